"""Single flight: what several want at once is fetched once, as long as anybody waits for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Flight(Generic[T]):
    """Something under way, and how many wait for it."""

    freight: T
    """What is filled on the way; nobody changes it after the landing."""
    task: asyncio.Task[None]
    waiting: int = 0

    async def landed(self) -> None:
        """Wait for the end.

        Who gives up leaves the others theirs. The last one ends the flight, and leaves when nothing
        of it is left.
        """
        self.waiting += 1
        try:
            await asyncio.shield(self.task)
        finally:
            self.waiting -= 1
            if not self.waiting and not self.task.done():
                self.task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await self.task


@dataclass(slots=True)
class Flights(Generic[T]):
    """What is under way, by what makes it equal."""

    _under_way: dict[Hashable, Flight[T]] = field(default_factory=dict, repr=False)

    def join(
        self,
        name: Hashable,
        freight: T,
        carry: Callable[[T], Coroutine[Any, Any, None]],
        fits: Callable[[T], bool],
    ) -> Flight[T]:
        """The flight of that name: the one under way, if it fits, or a new one with this freight.

        Who joins waits for it at once, with ``landed``.
        """
        flight = self._under_way.get(name)
        # One that all have left is being cancelled: its freight won't be complete.
        if flight is not None and flight.waiting and fits(flight.freight):
            return flight
        flight = Flight(freight, asyncio.get_running_loop().create_task(carry(freight)))
        self._under_way[name] = flight
        flight.task.add_done_callback(lambda _: self._forget(name, flight))
        return flight

    def part(self) -> None:
        """Let nobody join those under way any more: what they bring is out of date."""
        self._under_way.clear()

    def _forget(self, name: Hashable, flight: Flight[T]) -> None:
        if self._under_way.get(name) is flight:
            del self._under_way[name]
