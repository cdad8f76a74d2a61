"""Events of sources, handed to whoever subscribes to them: in this process, and without waiting.

Who publishes never waits for who listens. A subscriber has room for so many events; where it is too
slow for them it loses the oldest, and the next event says how many it missed. What is sent while
nobody listens is not kept: events say that reading again is worth it, and reading is how a
subscriber catches up.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass, field, replace

from providers.events import Event

Wanted = Callable[[Event], bool]

ROOM = 100
"""How many events wait for one subscriber."""


@dataclass(eq=False, slots=True)
class Subscriber:
    """Who listens, and what waits for them."""

    wanted: Wanted
    waiting: deque[Event]
    missed: int = 0
    """How many were lost since one was taken."""
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, event: Event) -> None:
        """Put an event to the others that wait, if it is wanted; the oldest makes room for it."""
        if not self.wanted(event):
            return
        if len(self.waiting) == self.waiting.maxlen:
            self.missed += 1
        self.waiting.append(event)
        self._arrived.set()

    async def next(self) -> Event:
        """The oldest event that waits, or the next one."""
        while not self.waiting:
            self._arrived.clear()
            await self._arrived.wait()
        event, missed = self.waiting.popleft(), self.missed
        self.missed = 0
        return replace(event, missed=missed) if missed else event


@dataclass(eq=False, slots=True)
class Broadcast:
    """Everybody in this process who listens."""

    room: int = ROOM
    _subscribers: set[Subscriber] = field(default_factory=set)

    def __len__(self) -> int:
        """How many listen."""
        return len(self._subscribers)

    def publish(self, events: Iterable[Event]) -> None:
        """Hand events to who wants them."""
        for event in events:
            for subscriber in self._subscribers:
                subscriber.offer(event)

    async def follow(self, wanted: Wanted) -> AsyncGenerator[Event, None]:
        """Events from the first ``anext`` on, until the generator is closed."""
        subscriber = Subscriber(wanted, deque(maxlen=self.room))
        self._subscribers.add(subscriber)
        try:
            while True:
                yield await subscriber.next()
        finally:
            self._subscribers.discard(subscriber)
