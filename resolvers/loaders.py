"""One loader class for every relation: many keys in, one load a level, answers by key.

The *level function* is the unit that everything below is written in: (context, source, keys) ->
answers by key. Two kinds of executors ask a ``Batch`` for answers, and share what it remembers: one
that has a whole level at hand asks for ``many`` keys at once; graphql-core resolves object by
object, each resolver ``wait``s for one key, and aiodataloader gathers these.

Rules that hold in one place, here:

* A batch is split by source. The sources are asked side by side, none waits for another's answer,
  and one that fails, fails its own keys only.
* What is asked for in one tick, by whichever field, is one load. A key is loaded once an operation,
  and its answer is remembered, be it an error.
* Answers are placed by key, never by position. A key without an answer is None.
* Who waits is shielded from the others: a cancelled waiter doesn't cancel the load that others wait
  for. The load itself belongs to the context, which ends it with the operation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from aiodataloader import DataLoader

from providers.errors import ProviderError

if TYPE_CHECKING:
    from providers.model import Record
    from resolvers.context import Context

E = TypeVar("E", bound=Exception)


class Place(NamedTuple):
    """Where a record is: its source's name and its key there."""

    source: str
    key: str


Level = Callable[["Context", str, Sequence[str]], Awaitable[Mapping[str, Any]]]
"""Answers of one source by key; an answer may be the error that stands for it."""

Shape = Callable[[list[Any]], Sequence[Any]]
"""What is made of the answers for some keys, in the order of the keys."""


class Batch:
    """Gathers the keys of a level and loads them at once, each key once, each source for itself."""

    def __init__(self, context: Context, level: Level) -> None:
        self.context = context
        self.level = level
        self._of: dict[str, _OfSource] = {}

    def wait(self, source: str, key: str) -> Awaitable[Any]:
        """The answer for one key, shielded from whoever else waits for it."""
        return self._at(source).wait(key)

    def many(
        self, source: str, keys: Sequence[str], shape: Shape = list
    ) -> Sequence[Any] | asyncio.Future[Sequence[Any]]:
        """The answers for many keys of one source, in their order: at once where all are known,
        else to be awaited.

        An error is the answer for its key, not raised.
        """
        return self._at(source).many(keys, shape)

    def prime(self, place: Place, answer: Any) -> None:
        """Remember an answer that is known already."""
        self._at(place.source).answers.setdefault(place.key, answer)

    def prime_all(self, records: Iterable[Record]) -> None:
        """Remember records that are known already."""
        for record in records:
            self._at(record.source).answers.setdefault(record.key, record)

    def forget(self) -> None:
        """Let go of all answers: what holds on to each other waits for the garbage collector."""
        self._of.clear()

    def _at(self, source: str) -> _OfSource:
        found = self._of.get(source)
        if found is None:
            found = self._of[source] = _OfSource(self, source)
        return found


class _Load:
    """Keys that one load of a source asks for, and its end."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.keys: dict[str, None] = {}
        self.ended: asyncio.Future[None] = loop.create_future()


class _OfSource(DataLoader[str, Any]):
    """The keys of one source: it waits for no other."""

    # Answers are remembered here, so that both ways of asking find them.
    cache = False

    def __init__(self, owner: Batch, source: str) -> None:
        super().__init__()
        self.owner = owner
        self.source = source
        self.answers: dict[str, Any] = {}
        self.under_way: dict[str, _Load] = {}
        self.gathering: _Load | None = None

    def wait(self, key: str) -> asyncio.Future[Any]:
        """The answer for one key, a future of the caller's own; an error is raised."""
        if key in self.answers:
            waiting = self.loop.create_future()
            answer = self.answers[key]
            if isinstance(answer, Exception):
                waiting.set_exception(afresh(answer))
            else:
                waiting.set_result(answer)
        else:
            self._asked((key,))  # now, so that it is one load with what others ask for
            waiting = self.load(key)
        # An executor that gives up doesn't await all that it was handed; that is no fault to log.
        waiting.add_done_callback(seen)
        return waiting

    def many(
        self, keys: Sequence[str], shape: Shape
    ) -> Sequence[Any] | asyncio.Future[Sequence[Any]]:
        """The answers for many keys; see ``Batch.many``."""
        try:
            found = list(map(self.answers.__getitem__, keys))
        except KeyError:
            return self._coming(keys, shape)
        return shape(found)

    # aiodataloader raises the exceptions that it finds among the answers.
    async def batch_load_fn(self, keys: list[str]) -> list[Any]:
        """The answers, in the order of the keys, which were gathered one by one."""
        found = self.many(keys, list)
        return list(await found if isinstance(found, asyncio.Future) else found)

    def _coming(self, keys: Sequence[str], shape: Shape) -> asyncio.Future[Sequence[Any]]:
        waiting: asyncio.Future[Sequence[Any]] = self.loop.create_future()
        loads = self._asked(keys)

        def settle(ended: asyncio.Future[None]) -> None:
            loads.discard(ended)
            if waiting.done():
                return
            if ended.cancelled():
                waiting.cancel()
            elif not loads:
                try:
                    waiting.set_result(shape(list(map(self.answers.__getitem__, keys))))
                except Exception as fault:
                    waiting.set_exception(fault)

        for load in tuple(loads):
            load.add_done_callback(settle)
        return waiting

    def _asked(self, keys: Sequence[str]) -> set[asyncio.Future[None]]:
        """The ends of the loads that these keys are in; those that are in none join the next."""
        unknown = [key for key in dict.fromkeys(keys) if key not in self.answers]
        joining = [key for key in unknown if key not in self.under_way]
        if joining:
            load = self.gathering or self._gather()
            joined = dict.fromkeys(joining, load)
            load.keys.update(dict.fromkeys(joining))
            self.under_way.update(joined)
        return {self.under_way[key].ended for key in unknown}

    def _gather(self) -> _Load:
        self.gathering = _Load(self.loop)
        # As late as aiodataloader: what wakes other fields may be a turn behind what woke this one.
        self.loop.call_soon(self.loop.call_soon, self._send)
        return self.gathering

    def _send(self) -> None:
        load, self.gathering = self.gathering, None
        assert load is not None
        task = self.owner.context.start(self._answered(list(load.keys)))

        def end(_: asyncio.Task[None]) -> None:
            for key in load.keys:
                self.under_way.pop(key, None)
            if task.cancelled():
                load.ended.cancel()
            else:
                load.ended.set_result(None)

        task.add_done_callback(end)

    async def _answered(self, keys: Sequence[str]) -> None:
        """Load the keys, and remember an answer for each."""
        context = self.owner.context
        try:
            found = await self.owner.level(context, self.source, keys)
            values: list[Any] = list(map(found.get, keys))
        except Exception as error:
            values = [error] * len(keys)
        if any(issubclass(kind, ProviderError) for kind in set(map(type, values))):
            for value in values:
                if isinstance(value, ProviderError):
                    named(context, self.source, value)
        for key, value in zip(keys, values, strict=True):
            self.answers.setdefault(key, value)


def seen(waiting: asyncio.Future[Any]) -> None:
    """Take note of how it ended, so that an error that nobody awaits isn't logged as a fault."""
    if not waiting.cancelled():
        waiting.exception()


def afresh(error: E) -> E:
    """The error, to be raised again: without the traces of whoever raised it before.

    Faults of ours keep theirs, which lead to their place.
    """
    return error.with_traceback(None) if isinstance(error, ProviderError) else error


def named(context: Context, source: str, error: ProviderError) -> ProviderError:
    """The error, saying whose it is."""
    error.source = error.source or source
    if client := context.sources.get(source):
        error.provider = error.provider or client.provider
    return error
