"""Anything by its id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from resolvers import ids, sources
from resolvers.context import Context
from resolvers.entities import ENTITIES, load, loader
from resolvers.errors import BadInput
from resolvers.ids import GlobalId
from resolvers.levels import Arriving, Part, Values, arrived, put

SOURCE = "Source"

TYPES = (*ENTITIES, SOURCE)
"""The types that have ids."""


def node(context: Context, id: str, *types: str) -> Any:
    """The record of an id, to be awaited; None where its source isn't the tenant's.

    Raises:
        BadInput: where the id is malformed, or not of one of the types.
    """
    found = ids.decode(id, *(types or TYPES))
    if found.source not in context.sources:
        return None
    if found.type == SOURCE:
        return _source(context, found)
    return load(context, ENTITIES[found.type].plural, found.source, found.key)


async def nodes(context: Context, ids: Sequence[str], most: int) -> Sequence[Any]:
    """The records of several ids, in their order; None in the places of those that don't exist.

    An error stands in the place of its own id.

    Raises:
        BadInput: where there are too many.
    """
    if len(ids) > most:
        raise BadInput(f"`ids` has {len(ids)} ids; ask for at most {most}.")
    context.give(len(ids))
    return await arrived(many(context, [decoded(id, *TYPES) for id in ids]))


def decoded(id: str, *types: str) -> GlobalId | BadInput:
    """What an id says, or the error that it is none."""
    try:
        return ids.decode(id, *types)
    except BadInput as error:
        return error


def many(context: Context, found: Sequence[GlobalId | Exception]) -> Values:
    """The records of several decoded ids, one load for all of one type at one source.

    None stands for a record that doesn't exist, also for one whose source isn't the tenant's; an
    error stands for itself, or for the record that it met.
    """
    values: list[Any] = [None] * len(found)
    parts: list[Part] = []
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for place, each in enumerate(found):
        if isinstance(each, Exception):
            values[place] = each
        else:
            groups[each[:2]].append(place)
    for (type, source), places in groups.items():
        own = [cast(GlobalId, found[place]) for place in places]
        if source not in context.sources:
            continue
        if type == SOURCE:
            put(values, parts, places, list(map(partial(_source, context), own)))
        else:
            keys = [each.key for each in own]
            batch = loader(context, ENTITIES[type].plural)
            put(values, parts, places, batch.many(source, keys))
    return Arriving(values, parts) if parts else values


def _source(context: Context, found: GlobalId) -> Any:
    return sources.find(context, found.source) if found.key == found.source else None
