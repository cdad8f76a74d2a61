"""Relations, declared once as data: which client method answers them, by which field of the record.

A type's fields name a relation; from that one declaration come the resolver that any executor calls
object by object, the level function that reads a whole level at once, and the fields of the record
that it needs, which is what providers are asked to expand or include. There is no place to write an
N+1.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from providers.base import Client, Head, Page, Query
from providers.errors import Kind, ProviderError
from providers.model import Record
from resolvers import entities, paging
from resolvers.context import Context
from resolvers.levels import Arriving, Part, Values, by_source, given, put
from resolvers.loaders import Batch
from resolvers.paging import Leg, Slice

NO_FILTERS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class References:
    """Records that a record names, all of them: ``by`` holds their keys, or the records themselves.

    A key that leads nowhere is left out. None where the source doesn't say.
    """

    plural: str
    by: str

    def resolve(self, context: Context, record: Record) -> Any:
        """The records, in the order in which they are named."""
        refs = getattr(record, self.by)
        if refs is None:
            return None
        context.give(len(refs))
        if str not in map(type, refs):
            return refs
        return self._gather(context, record.source, refs)

    def level(
        self, context: Context, records: Sequence[Record], weights: Sequence[int] | None = None
    ) -> Values:
        """The same for a whole level, read at once; see ``resolvers.levels``."""
        named = list(map(attrgetter(self.by), records))
        counts = [None if refs is None else len(refs) for refs in named]
        refused = given(context, counts, weights)
        if refused:
            named = [None if error else refs for error, refs in zip(refused, named, strict=True)]
        values = _with(named, refused)
        parts: list[Part] = []
        keyed = [place for place, refs in enumerate(named) if refs and str in map(type, refs)]
        for source, places in by_source(records, keyed).items():
            own = [named[place] for place in places]
            keys = [ref for refs in own for ref in refs if type(ref) is str]
            loader = entities.loader(context, self.plural)
            put(values, parts, places, loader.many(source, keys, partial(_filled, own)))
        return Arriving(values, parts) if parts else values

    async def _gather(self, context: Context, source: str, refs: Sequence[Any]) -> list[Record]:
        waiting = [
            entities.load(context, self.plural, source, ref) for ref in refs if isinstance(ref, str)
        ]
        loaded = iter(await asyncio.gather(*waiting))
        found = [next(loaded) if isinstance(ref, str) else ref for ref in refs]
        return [each for each in found if each is not None]


def _filled(named: Sequence[Sequence[Any]], loaded: Sequence[Any]) -> list[Any]:
    """For each of several lists of references, the records, or the error that one of them met."""
    rest = iter(loaded)
    if all(issubclass(kind, Record) for kind in set(map(type, loaded))):
        return [[next(rest) if type(ref) is str else ref for ref in refs] for refs in named]
    values: list[Any] = []
    for refs in named:
        found = [next(rest) if type(ref) is str else ref for ref in refs]
        error = next((each for each in found if isinstance(each, Exception)), None)
        values.append(error or [each for each in found if each is not None])
    return values


def _with(values: list[Any], refused: Sequence[Exception | None]) -> list[Any]:
    """The values, errors in the places of those that were refused."""
    if not refused:
        return values
    return [error or each for error, each in zip(refused, values, strict=True)]


@dataclass(frozen=True, slots=True)
class Reference:
    """The record that a record names: ``by`` holds its key, or the record itself."""

    plural: str
    by: str

    def resolve(self, context: Context, record: Record) -> Any:
        """The record, or None where there is none."""
        ref = getattr(record, self.by)
        if ref is None:
            return None
        context.give(1)
        if not isinstance(ref, str):
            return ref
        return entities.load(context, self.plural, record.source, ref)

    def level(
        self, context: Context, records: Sequence[Record], weights: Sequence[int] | None = None
    ) -> Values:
        """The same for a whole level, read at once; see ``resolvers.levels``."""
        named = list(map(attrgetter(self.by), records))
        refused = given(context, [None if ref is None else 1 for ref in named], weights)
        values = _with(named, refused)
        parts: list[Part] = []
        keyed = [place for place, ref in enumerate(values) if type(ref) is str]
        for source, places in by_source(records, keyed).items():
            keys = [named[place] for place in places]
            put(values, parts, places, entities.loader(context, self.plural).many(source, keys))
        return Arriving(values, parts) if parts else values


@dataclass(frozen=True, slots=True)
class Children:
    """A list that grows, of records that name this one.

    ``heads`` reads the first rows of many parents, ``page`` any page of one parent. Where the
    source has neither, the answer is None, or UNSUPPORTED for a relation that is ``expected`` of
    every source. With ``filters``, which only ``page`` takes, each parent is read by itself.
    """

    heads: str
    page: str
    expected: bool = False

    def resolve(
        self,
        context: Context,
        record: Record,
        *,
        first: int,
        after: str | None,
        where: Any,
        filters: Mapping[str, Any] | None = None,
        most: int | None = None,
    ) -> Any:
        """A page of the children.

        With ``most``, a first page is the beginning of what ``whole`` reads.
        """
        client = context.sources[record.source]
        size = paging.page_size(context, first)
        if not hasattr(client, self.heads):
            if self.expected:
                raise _unsupported(client)
            return None
        if after is None and not filters:
            return self._head(context, record, size, most or size)
        return paging.walk(
            context,
            [self.leg(context, record, filters or {})],
            first=first,
            after=after,
            digest=self._digest(record, filters or {}),
            where=where,
            alone=True,
        )

    def level(
        self,
        context: Context,
        records: Sequence[Record],
        weights: Sequence[int] | None = None,
        *,
        first: int,
    ) -> Values:
        """The first pages of a whole level, read at once; see ``resolvers.levels``."""
        size = paging.page_size(context, first)
        values: list[Any] = [None] * len(records)
        parts: list[Part] = []
        for source, places in by_source(records).items():
            client = context.sources[source]
            if hasattr(client, self.heads):
                own = [records[place] for place in places]
                heavy = [weights[place] for place in places] if weights is not None else None
                keys = [record.key for record in own]
                slices = partial(self._slices, context, own, heavy, size)
                put(values, parts, places, self._batch(context, size).many(source, keys, slices))
            elif self.expected:
                put(values, parts, places, [_unsupported(client)] * len(places))
        return Arriving(values, parts) if parts else values

    def whole(self, context: Context, record: Record, most: int) -> Awaitable[Head[Any] | None]:
        """So many first children, read as first pages are: once, together with what others ask for,
        and whoever asks for as many of this record is given the same. They are not counted as
        given.
        """
        return self._batch(context, most).wait(record.source, record.key)

    def _batch(self, context: Context, size: int) -> Batch:
        return context.batch((self.heads, size), partial(_heads, self.heads, size))

    async def _head(self, context: Context, record: Record, size: int, most: int) -> Slice | None:
        head = await self.whole(context, record, most)
        if head is None:
            return None
        if len(head.items) > size:
            head = Head(head.items[:size], more=True)
        context.give(len(head.items))
        entities.prime(context, head.items)
        return self._slice(record, size, head)

    def _slices(
        self,
        context: Context,
        records: Sequence[Record],
        weights: Sequence[int] | None,
        size: int,
        heads: Sequence[Any],
    ) -> list[Any]:
        """First pages out of what was read: heads, None, and errors."""
        counts = [len(head.items) if isinstance(head, Head) else None for head in heads]
        heads = _with(list(heads), given(context, counts, weights))
        shown = (head.items for head in heads if isinstance(head, Head))
        entities.prime(context, list(chain.from_iterable(shown)))
        return [
            self._slice(record, size, head) if isinstance(head, Head) else head
            for record, head in zip(records, heads, strict=True)
        ]

    def _slice(self, record: Record, size: int, head: Head[Any]) -> Slice:
        digest = partial(self._digest, record)
        return paging.head_slice(digest, record.key, head.items, more=head.more, size=size)

    def leg(self, context: Context, record: Record, filters: Mapping[str, Any] = NO_FILTERS) -> Leg:
        """The children as a list to walk."""
        method = getattr(context.sources[record.source], self.page)

        async def read(query: Query) -> Page[Any]:
            narrowed = replace(query, filters=filters)
            name = (self.page, record.source, record.key, *paging.question(narrowed))
            return await context.once(name, lambda: method(context.ask, record.key, narrowed))

        return Leg(record.key, record.source, read)

    def _digest(self, record: Record, filters: Mapping[str, Any] = NO_FILTERS) -> str:
        return paging.digest(self.page, record.source, record.key, dict(filters))


def _unsupported(client: Client) -> ProviderError:
    return ProviderError(
        Kind.UNSUPPORTED,
        "this source can't answer this relation",
        source=client.source,
        provider=client.provider,
    )


async def _heads(
    heads: str, size: int, context: Context, source: str, keys: Sequence[str]
) -> Mapping[str, Any]:
    found: Mapping[str, Any] = await getattr(context.sources[source], heads)(
        context.ask, keys, size
    )
    return found


@dataclass(frozen=True, slots=True)
class Detail:
    """What it takes a call of its own to know of a record: ``method`` reads it for many keys.

    Arguments are passed on; answers are by key.
    """

    method: str

    def resolve(self, context: Context, record: Record, **arguments: Any) -> Any:
        """The answer for this record, or None where the source has none."""
        return self._batch(context, arguments).wait(record.source, record.key)

    def level(
        self,
        context: Context,
        records: Sequence[Record],
        weights: Sequence[int] | None = None,
        **arguments: Any,
    ) -> Values:
        """The same for a whole level, read at once; see ``resolvers.levels``."""
        values: list[Any] = [None] * len(records)
        parts: list[Part] = []
        for source, places in by_source(records).items():
            keys = [records[place].key for place in places]
            put(values, parts, places, self._batch(context, arguments).many(source, keys))
        return Arriving(values, parts) if parts else values

    def _batch(self, context: Context, arguments: Mapping[str, Any]) -> Batch:
        name = (self.method, *sorted(arguments.items()))
        return context.batch(name, partial(_detail, self.method, arguments))


async def _detail(
    method: str,
    arguments: Mapping[str, Any],
    context: Context,
    source: str,
    keys: Sequence[str],
) -> Mapping[str, Any]:
    ask = getattr(context.sources.get(source), method, None)
    if ask is None:
        return {}
    found: Mapping[str, Any] = await ask(context.ask, keys, **arguments)
    return found


Relation = References | Reference | Children | Detail
