"""Entities by their representations: what gateways ask of a subgraph.

https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec#query_entities
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLError
from graphql.pyutils import Path

from graph.columns import arriving
from graph.engine import Column, Level
from graph.engine.columns import Values
from graph.entity import DECLARATIONS
from resolvers import ids, learners, nodes
from resolvers.context import Context
from resolvers.errors import BadInput
from resolvers.levels import Arriving, Part, arrived

MOST = 1_000
"""Most representations that one ``_entities`` takes."""


async def all_there(context: Context, representations: Sequence[Any], where: Any) -> list[Any]:
    """The entity of each representation, or its own error."""
    return list(await arrived(find(context, representations, where)))


def find(context: Context, representations: Sequence[Any], where: Path | None) -> Arriving:
    """The entity of each representation, those of one type and source read at once.

    None stands for what doesn't exist, an error for a representation that can't be used.

    Raises:
        BadInput: where there are too many.
    """
    if len(representations) > MOST:
        count = len(representations)
        raise BadInput(f"`representations` has {count}; send at most {MOST} at once.")
    context.give(len(representations))
    keys = [_key(each) for each in representations]
    values: list[Any] = [None] * len(keys)
    parts: list[Part] = []
    records = [(place, key) for place, key in enumerate(keys) if not isinstance(key, str)]
    found = nodes.many(context, [key for _, key in records])
    known = found.values if isinstance(found, Arriving) else found
    coming = found.parts if isinstance(found, Arriving) else ()
    for (place, _), value in zip(records, known, strict=True):
        values[place] = value
    for places, part in coming:
        parts.append(([records[at][0] for at in places], part))
    people = {place: key for place, key in enumerate(keys) if isinstance(key, str)}
    if people:
        parts.append((list(people), context.start(_people(context, people, where))))
    return Arriving(values, parts)


async def _people(context: Context, people: Mapping[int, str], where: Path | None) -> Sequence[Any]:
    """The learners of these places, by e-mail, all at once: so that what is asked of them is read
    for all of them together."""

    async def find(place: int, email: str) -> Any:
        try:
            here = where.add_key(place) if where is not None else None
            return await learners.find(context, email, None, here)
        except BadInput as error:
            return error

    return await asyncio.gather(*(find(place, email) for place, email in people.items()))


def _key(representation: Any) -> ids.GlobalId | Exception | str:
    """What a representation names: a record, or a learner by e-mail; or why it can't be used."""
    name = representation.get("__typename") if isinstance(representation, Mapping) else None
    declaration = DECLARATIONS.get(name) if isinstance(name, str) else None
    if declaration is None or not declaration.keys:
        return GraphQLError("The representation's `__typename` is no entity of this subgraph.")
    (key,) = declaration.keys
    value = representation.get(key)
    if not isinstance(value, str):
        return GraphQLError(f"The representation of {name} needs its key `{key}`, as text.")
    return value if key == "email" else nodes.decoded(value, str(name))


def _load(level: Level, arguments: Mapping[str, Any]) -> Values:
    where = level.paths[0] if level.paths else None
    return [
        arriving(find(level.context, arguments["representations"], where)) for _ in level.objects
    ]


COLUMN = Column(_load)
"""``_entities`` for the whole of its level, which is the root."""
