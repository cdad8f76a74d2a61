"""Changes that are made once, however often they are asked for under one key of their caller's.

A caller who doesn't know what became of a change asks for it again with the same key. What was
begun is then told of instead of being begun again: what it made, if an answer said so; and if the
answer was lost, whether a trace shows that it was made. A *trace* is what a method of the source's
client reads before and after, and what the change alters.

What is remembered stands in the ledger, so that all processes of a server know of it; what is under
way here is waited for. Who stops waiting doesn't stop the attempt.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from providers import outcomes
from providers.base import Done, Refusal
from providers.errors import Kind, ProviderError
from resolvers.ledger import Ledger

REMEMBERED = 24 * 60 * 60
"""Seconds for which it is known what became of an attempt."""

ABANDONED = 300
"""Seconds after which nobody is at an attempt any more that has no end."""

LONGEST_KEY = 255
"""Longest key, in characters."""

Act = Callable[[], Awaitable[Done]]
Trace = Callable[[], Awaitable[Any]]


class Entry(msgspec.Struct, frozen=True):
    """What is remembered of an attempt."""

    digest: str
    """Of what was asked for."""
    began: float
    """When, in Unix seconds."""
    state: Literal["claimed", "begun", "made", "doubted"] = "claimed"
    """``claimed`` until the trace before it is read: nothing was sent yet."""
    key: str | None = None
    """Key of what it made, if an answer told."""
    before: Any = None
    """The trace before it."""


Told = tuple[Done, bool]
"""What came of an attempt, and whether it is an earlier one of the same key."""


def digest(method: str, given: Mapping[str, Any]) -> str:
    """A text that is equal for equal arguments of one method, and tells nothing of them."""
    said = msgspec.json.encode([method, given], order="deterministic")
    return hashlib.sha256(said).hexdigest()


def refusal(message: str, kind: Kind = Kind.REJECTED) -> Done:
    """A change that isn't made because of its key."""
    return Done(refused=[Refusal(("idempotencyKey",), message, kind)])


def misfit(key: str) -> Done | None:
    """Why a text can't be a key, if it can't."""
    if 0 < len(key) <= LONGEST_KEY:
        return None
    return refusal(f"the key has {len(key)} characters; it needs 1 to {LONGEST_KEY}")


@dataclass(slots=True)
class Attempts:
    """What was attempted under callers' keys, in one server."""

    ledger: Ledger = field(default_factory=Ledger)
    _running: dict[str, asyncio.Task[Told]] = field(default_factory=dict, repr=False)

    async def made(self, source: str, key: str, digest: str, act: Act, trace: Trace) -> Told:
        """Make a change of a source under a key, unless it was made under it before.

        Raises:
            ProviderError: as the change itself. After ``OUTCOME_UNKNOWN`` the key stays taken, and
                later attempts look at the trace; after any other, it is free again.
        """
        name = _name(source, key)
        while (running := self._running.get(name)) is not None:
            await asyncio.wait((running,))
        task = asyncio.get_running_loop().create_task(self._made(name, digest, act, trace))
        self._running[name] = task
        task.add_done_callback(lambda ended: self._ended(name, ended))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _ended(self, name: str, task: asyncio.Task[Told]) -> None:
        if self._running.get(name) is task:
            del self._running[name]
        if not task.cancelled():
            task.exception()  # seen, whether or not anybody still waits for it

    async def _made(self, name: str, digest: str, act: Act, trace: Trace) -> Told:
        now = self.ledger.clock()
        entry = Entry(digest, now)
        seen = self.ledger.claim(name, msgspec.json.encode(entry), REMEMBERED)
        if seen is not None:
            earlier = msgspec.json.decode(seen, type=Entry)
            return await self._repeated(name, earlier, digest, trace), True
        try:
            entry = msgspec.structs.replace(entry, state="begun", before=await trace())
            self._write(name, entry)
        except BaseException:
            self.ledger.drop(name)
            raise
        return await self._acted(name, entry, act, trace), False

    async def _acted(self, name: str, entry: Entry, act: Act, trace: Trace) -> Done:
        try:
            done = await act()
        except ProviderError as error:
            if error.kind is not Kind.OUTCOME_UNKNOWN:
                self.ledger.drop(name)
                raise
            doubted = msgspec.structs.replace(entry, state="doubted")
            self._write(name, doubted)
            return await self._settled(name, doubted, trace)
        if done.refused:
            self.ledger.drop(name)
        else:
            self._write(name, msgspec.structs.replace(entry, state="made", key=done.key))
        return done

    async def _repeated(self, name: str, earlier: Entry, digest: str, trace: Trace) -> Done:
        if earlier.digest != digest:
            return refusal(
                "this key was used for a change with other arguments; use another for this one",
                Kind.CONFLICT,
            )
        if earlier.state == "made":
            return Done(key=earlier.key)
        abandoned = self.ledger.clock() - earlier.began > ABANDONED
        if abandoned and earlier.state == "claimed":
            words = "the change of this key was broken off before it was sent; use another key"
            return refusal(words, Kind.CONFLICT)
        if abandoned or earlier.state == "doubted":
            return await self._settled(name, earlier, trace)
        return refusal("the change of this key is under way; ask again in a while", Kind.CONFLICT)

    async def _settled(self, name: str, doubted: Entry, trace: Trace) -> Done:
        """What became of a change whose answer was lost.

        Raises:
            ProviderError: ``OUTCOME_UNKNOWN`` where its trace doesn't show, yet or ever.
        """
        try:
            after = await trace()
        except ProviderError:
            raise outcomes.unknown() from None
        if after == doubted.before:
            raise outcomes.unknown()
        self._write(name, msgspec.structs.replace(doubted, state="made"))
        return Done()

    def _write(self, name: str, entry: Entry) -> None:
        self.ledger.write(name, msgspec.json.encode(entry), REMEMBERED)


def _name(source: str, key: str) -> str:
    return f"attempts:{source}:{hashlib.sha256(key.encode()).hexdigest()}"
