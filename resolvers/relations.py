"""Relations, declared once as data: which client method answers them, by which field of the record.

A type's fields name a relation; from that one declaration come the resolver that any executor calls
object by object, the level function that reads a whole level at once, and the fields of the record
that it needs, which is what providers are asked to expand or include. There is no place to write an
N+1.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

from providers.base import Head, Page, Query
from providers.errors import Kind, ProviderError
from providers.model import Record
from resolvers import entities, paging
from resolvers.context import Context
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
        context.give(refs)
        if not any(isinstance(ref, str) for ref in refs):
            return refs
        return self._gather(context, record.source, refs)

    async def _gather(self, context: Context, source: str, refs: Sequence[Any]) -> list[Record]:
        waiting = [
            entities.load(context, self.plural, source, ref) for ref in refs if isinstance(ref, str)
        ]
        loaded = iter(await asyncio.gather(*waiting))
        found = [next(loaded) if isinstance(ref, str) else ref for ref in refs]
        return [each for each in found if each is not None]


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
        context.give((ref,))
        if not isinstance(ref, str):
            return ref
        return entities.load(context, self.plural, record.source, ref)


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
    ) -> Any:
        """A page of the children."""
        client = context.sources[record.source]
        size = paging.page_size(context, first)
        if not hasattr(client, self.heads):
            if self.expected:
                raise ProviderError(
                    Kind.UNSUPPORTED,
                    "this source can't answer this relation",
                    source=client.source,
                    provider=client.provider,
                )
            return None
        if after is None and not filters:
            return self._head(context, record, size)
        return paging.walk(
            context,
            [self.leg(context, record, filters or {})],
            first=first,
            after=after,
            digest=self._digest(record, filters or {}),
            where=where,
            alone=True,
        )

    async def _head(self, context: Context, record: Record, size: int) -> Slice | None:
        batch = context.batch((self.heads, size), partial(_heads, self.heads, size))
        head: Head[Any] | None = await batch.wait(record.source, record.key)
        if head is None:
            return None
        context.give(head.items)
        entities.prime(context, head.items)
        return paging.head_slice(
            self._digest(record), record.key, head.items, more=head.more, size=size
        )

    def leg(self, context: Context, record: Record, filters: Mapping[str, Any] = NO_FILTERS) -> Leg:
        """The children as a list to walk."""
        method = getattr(context.sources[record.source], self.page)

        async def read(query: Query) -> Page[Any]:
            narrowed = replace(query, filters=filters)
            found: Page[Any] = await method(context.ask, record.key, narrowed)
            return found

        return Leg(record.key, record.source, read)

    def _digest(self, record: Record, filters: Mapping[str, Any] = NO_FILTERS) -> str:
        return paging.digest(self.page, record.source, record.key, dict(filters))


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
        name = (self.method, *sorted(arguments.items()))
        level = partial(_detail, self.method, arguments)
        return context.batch(name, level).wait(record.source, record.key)


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
