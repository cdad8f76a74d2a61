"""Anything by its id."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

from resolvers import ids, sources
from resolvers.context import Context
from resolvers.entities import ENTITIES, load
from resolvers.errors import BadInput

SOURCE = "Source"


def node(context: Context, id: str, *types: str) -> Any:
    """The record of an id, to be awaited; None where its source isn't the tenant's.

    Raises:
        BadInput: where the id is malformed, or not of one of the types.
    """
    found = ids.decode(id, *(types or (*ENTITIES, SOURCE)))
    if found.source not in context.sources:
        return None
    if found.type == SOURCE:
        return sources.find(context, found.source) if found.key == found.source else None
    return load(context, ENTITIES[found.type].plural, found.source, found.key)


async def nodes(context: Context, ids: Sequence[str], most: int) -> list[Any]:
    """The records of several ids, in their order; None in the places of those that don't exist.

    An error stands in the place of its own id.

    Raises:
        BadInput: where there are too many.
    """
    if len(ids) > most:
        raise BadInput(f"`ids` has {len(ids)} ids; ask for at most {most}.")
    context.give(ids)
    return await asyncio.gather(*(_slot(context, id) for id in ids), return_exceptions=True)


async def _slot(context: Context, id: str) -> Any:
    found = node(context, id)
    return await found if isinstance(found, Awaitable) else found
