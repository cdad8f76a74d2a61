"""Events that any process of a server took, told to the subscribers of every one of them.

The processes share a ledger: who takes an event leaves a note there, and who has subscribers looks
for the others' notes now and then.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Iterable

import msgspec

from providers.events import Event, RecordsChanged, SourceSynced
from resolvers.broadcast import ROOM, Broadcast, Wanted
from resolvers.ledger import Ledger

KEPT = 60.0
"""Seconds for which a note can be found."""

_TYPES: dict[str, type[Event]] = {each.__name__: each for each in (SourceSynced, RecordsChanged)}


class Relay(Broadcast):
    """Everybody who listens, in this process and in those that share its ledger."""

    __slots__ = ("_ledger", "_name", "_seen")

    def __init__(self, ledger: Ledger, room: int = ROOM) -> None:
        super().__init__(room)
        self._ledger = ledger
        self._name = secrets.token_hex(8)
        self._seen = 0

    def publish(self, events: Iterable[Event]) -> None:
        """Hand events to who wants them, here and elsewhere."""
        told = list(events)
        super().publish(told)
        for event in told:
            note = msgspec.json.encode((type(event).__name__, event))
            self._ledger.note(self._name, note, KEPT)

    async def follow(self, wanted: Wanted) -> AsyncGenerator[Event, None]:
        """As ``Broadcast.follow``."""
        if not len(self):  # nobody looked since the last one left
            self._seen = self._ledger.last_note()
        async for event in super().follow(wanted):
            yield event

    async def run(self, pause: float) -> None:
        """Look for the others' notes every so many seconds, for ever."""
        while True:
            await asyncio.sleep(pause)
            self.look()

    def look(self) -> None:
        """Tell what others noted since the last look, if anybody listens."""
        if not len(self):
            return
        for number, note in self._ledger.notes(self._seen, self._name):
            self._seen = number
            name, event = msgspec.json.decode(note, type=tuple[str, msgspec.Raw])
            super().publish([msgspec.json.decode(event, type=_TYPES[name])])
