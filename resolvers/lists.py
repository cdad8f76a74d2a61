"""Lists over sources: which sources are asked, with what, and in which order."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from providers.base import Client, Page, Query
from resolvers import ids, paging
from resolvers.context import Context
from resolvers.entities import BY_PLURAL, Entity
from resolvers.errors import BadInput
from resolvers.filters import argument, passes, refuse_unsupported
from resolvers.paging import Leg, Slice


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of a list are wanted.

    ``filters`` are unified names with their values, where ids are still global ids; ``order`` is a
    unified order; ``sources`` names the sources to ask, None for all.
    """

    filters: Mapping[str, Any]
    order: str | None = None
    sources: Sequence[str] | None = None


MOST_VALUES = 200
"""Most values of one filter: what a provider reads in one call."""

ID_FILTERS: Mapping[str, str] = {
    "categories": "Category",
    "skills": "Skill",
    "instructors": "Instructor",
    "contents": "Content",
    "courses": "Course",
    "users": "User",
}
"""Filters whose values are ids, with the type that they must be of; ``ids`` are of the listed
type."""


def page(
    context: Context,
    plural: str,
    wanted: Wanted,
    *,
    first: int,
    after: str | None,
    where: Any,
    source: str | None = None,
) -> Awaitable[Slice | None] | None:
    """A page of everything of a type, over all sources, or at one source alone.

    None where the one source has no such list. Sources that have none take no part.

    Raises:
        BadInput: where an argument can't be used.
    """
    entity = BY_PLURAL[plural]
    decoded = _decoded(entity, wanted.filters)
    names = [source] if source is not None else _named(context, wanted.sources)
    clients = [context.sources[name] for name in names]
    legs = [
        _leg(context, client, entity, decoded, wanted.order)
        for client in clients
        if hasattr(client, entity.listing)
    ]
    if source is not None and not legs:
        return None
    asked = paging.digest(plural, wanted.filters, wanted.order, names)
    return paging.walk(
        context,
        legs,
        first=first,
        after=after,
        digest=asked,
        where=where,
        alone=source is not None,
    )


def _named(context: Context, sources: Sequence[str] | None) -> Iterable[str]:
    if sources is None:
        return list(context.sources)
    if unknown := [name for name in sources if name not in context.sources]:
        known = ", ".join(context.sources)
        raise BadInput(f"`sources` names {unknown[0]!r}; the sources here are {known}.")
    return list(dict.fromkeys(sources))


def _decoded(entity: Entity, filters: Mapping[str, Any]) -> dict[str, Any]:
    """Filters with their ids decoded and checked for their type."""
    found = dict(filters)
    for name, value in filters.items():
        if any(isinstance(each, str) and not each.strip() for each in _several(value)):
            raise BadInput(f"`filter` has an empty `{argument(name)}`: leave it out, or fill it.")
        if isinstance(value, list) and len(value) > MOST_VALUES:
            raise BadInput(
                f"`filter.{argument(name)}` has {len(value)} values; give at most {MOST_VALUES}."
            )
        type = entity.type if name == "ids" else ID_FILTERS.get(name)
        if type is not None:
            found[name] = tuple(ids.decode(each, type) for each in value)
    return found


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _leg(
    context: Context, client: Client, entity: Entity, filters: Mapping[str, Any], order: str | None
) -> Leg:
    own: dict[str, Any] = {}
    for name, value in filters.items():
        if name == "ids" or name in ID_FILTERS:
            value = tuple(each.key for each in value if each.source == client.source)
        own[name] = value
    # Nothing can match one of no values, such as ids that are all of other sources: no call is
    # needed.
    empty = any(isinstance(value, list | tuple) and not value for value in own.values())

    async def read(query: Query) -> Page[Any]:
        refuse_unsupported(client, entity.listing, own, order)
        if empty:
            return Page([])
        narrowed = replace(query, filters=own, order=order)
        method = getattr(client, entity.listing)
        name = (entity.listing, client.source, *paging.question(narrowed))
        return await context.once(name, lambda: method(context.ask, narrowed))

    check = passes(entity.type, own) if own else None
    return Leg(client.source, client.source, read, check)
