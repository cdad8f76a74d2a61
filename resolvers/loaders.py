"""One loader class for every relation: many keys in, one load a level, answers by key.

graphql-core resolves object by object; each resolver asks a ``Batch`` for its key, and the batch
asks a *level function* once for all keys of the level. The level function is the unit that
everything below is written in: (context, source, keys) -> answers by key. An executor that has a
whole level at hand calls it directly.

Rules that hold in one place, here:

* A batch is split by source. The sources are asked side by side, none waits for another's answer,
  and one that fails, fails its own keys only.
* Answers are placed by key, never by position. A key without an answer is None.
* Who waits is shielded from the others: a cancelled waiter doesn't cancel the load that others wait
  for. The load itself belongs to the context, which ends it with the operation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from aiodataloader import DataLoader

from providers.errors import ProviderError

if TYPE_CHECKING:
    from resolvers.context import Context


class Place(NamedTuple):
    """Where a record is: its source's name and its key there."""

    source: str
    key: str


Level = Callable[["Context", str, Sequence[str]], Awaitable[Mapping[str, Any]]]
"""Answers of one source by key; an answer may be the error that stands for it."""


class Batch:
    """Gathers the keys of a level and loads them at once, each key once, each source for itself."""

    def __init__(self, context: Context, level: Level) -> None:
        self.context = context
        self.level = level
        self._of: dict[str, _OfSource] = {}

    def wait(self, source: str, key: str) -> Awaitable[Any]:
        """The answer for one key, shielded from whoever else waits for it."""
        loading = self._at(source).load(key)
        waiting = asyncio.shield(loading)
        # An executor that gives up doesn't await all that it was handed; that is no fault to log.
        loading.add_done_callback(_seen)
        waiting.add_done_callback(_seen)
        return waiting

    def prime(self, place: Place, answer: Any) -> None:
        """Remember an answer that is known already."""
        self._at(place.source).prime(place.key, answer)

    def _at(self, source: str) -> _OfSource:
        if source not in self._of:
            self._of[source] = _OfSource(self, source)
        return self._of[source]


class _OfSource(DataLoader[str, Any]):
    """The keys of one source: it waits for no other."""

    def __init__(self, owner: Batch, source: str) -> None:
        super().__init__()
        self.owner = owner
        self.source = source

    # aiodataloader raises the exceptions that it finds among the answers.
    async def batch_load_fn(self, keys: list[str]) -> list[Any]:
        """The answers, in the order of the keys."""
        found = await self.owner.context.start(self._found(keys))
        return [_named(self.owner.context, self.source, found.get(key)) for key in keys]

    async def _found(self, keys: Sequence[str]) -> Mapping[str, Any]:
        try:
            return await self.owner.level(self.owner.context, self.source, keys)
        except ProviderError as error:
            return dict.fromkeys(keys, error)


def _seen(waiting: asyncio.Future[Any]) -> None:
    if not waiting.cancelled():
        waiting.exception()


def _named(context: Context, source: str, answer: Any) -> Any:
    return named(context, source, answer) if isinstance(answer, ProviderError) else answer


def named(context: Context, source: str, error: ProviderError) -> ProviderError:
    """The error, saying whose it is."""
    error.source = error.source or source
    if client := context.sources.get(source):
        error.provider = error.provider or client.provider
    return error
