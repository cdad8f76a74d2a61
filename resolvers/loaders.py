"""One loader class for every relation: many keys in, one load a level, answers by key.

graphql-core resolves object by object; each resolver asks a ``Batch`` for its key, and the batch
asks a *level function* once for all keys of the level. The level function is the unit that
everything below is written in: (context, source, keys) -> answers by key. An executor that has a
whole level at hand calls it directly.

Rules that hold in one place, here:

* A batch is split by source, and the sources are asked side by side; one that fails, fails its own
  keys only.
* Answers are placed by key, never by position. A key without an answer is None.
* Who waits is shielded from the others: a cancelled waiter doesn't cancel the load that others wait
  for. The load itself belongs to the context, which ends it with the operation.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
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


class Batch(DataLoader[Place, Any]):
    """Gathers the keys of a level and loads them at once, each key once."""

    def __init__(self, context: Context, level: Level) -> None:
        super().__init__()
        self.context = context
        self.level = level

    def wait(self, source: str, key: str) -> Awaitable[Any]:
        """The answer for one key, shielded from whoever else waits for it."""
        return asyncio.shield(self.load(Place(source, key)))

    # aiodataloader raises the exceptions that it finds among the answers.
    async def batch_load_fn(self, places: list[Place]) -> list[Any]:
        """The answers, in the order of the places."""
        by_source: defaultdict[str, list[str]] = defaultdict(list)
        for place in places:
            by_source[place.source].append(place.key)
        parts = await asyncio.gather(
            *(self.context.start(self._part(*each)) for each in by_source.items())
        )
        answers = {place: answer for part in parts for place, answer in part.items()}
        return [answers.get(place) for place in places]

    async def _part(self, source: str, keys: Sequence[str]) -> dict[Place, Any]:
        try:
            found = await self.level(self.context, source, keys)
        except ProviderError as error:
            found = dict.fromkeys(keys, error)
        return {Place(source, key): _named(self.context, source, found.get(key)) for key in keys}


def _named(context: Context, source: str, answer: Any) -> Any:
    return named(context, source, answer) if isinstance(answer, ProviderError) else answer


def named(context: Context, source: str, error: ProviderError) -> ProviderError:
    """The error, saying whose it is."""
    error.source = error.source or source
    if client := context.sources.get(source):
        error.provider = error.provider or client.provider
    return error
