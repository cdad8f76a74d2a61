"""How declared fields are answered for a whole level: columns of attributes, functions, relations.

The interface is the engine's (``graph.engine.columns``); a field's column stands in the metadata of
its Strawberry field.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from graph.engine.columns import Arriving, Column, Level, Values
from resolvers import levels
from resolvers.levels import Part
from resolvers.relations import Children, Detail, Reference, References

COLUMN = "column"
"""Where a field's metadata holds its column."""


@dataclass(frozen=True, slots=True)
class Attribute(Column):
    """A column that is nothing but an attribute of the objects, as its name says."""

    name: str = ""


def attribute(name: str) -> Attribute:
    """The column of an attribute."""
    read = attrgetter(name)

    def load(level: Level, _: Mapping[str, Any]) -> Values:
        return list(map(read, level.objects))

    return Attribute(load, name=name)


def arriving(found: levels.Values) -> Values:
    """What resolvers answer for a level, as the engine takes it."""
    return Arriving(found.values, found.parts) if isinstance(found, levels.Arriving) else found


def marked(column: Column | None) -> dict[str, Column]:
    """The metadata of a field with this column."""
    return {COLUMN: column} if column is not None else {}


def each(function: Callable[[Any, Any], Any]) -> Column:
    """What a function of the context and the object makes, or is awaited to make, of each."""

    def load(level: Level, _: Mapping[str, Any]) -> Values:
        return _made(level, lambda place: function(level.context, level.objects[place]))

    return Column(load)


def each_where(function: Callable[[Any, Any, Mapping[str, Any], Any], Any], *unless: str) -> Column:
    """The same of a function that is told the arguments too, and where in the answer it is asked;
    with one of the arguments ``unless``, the resolver answers."""

    def load(level: Level, arguments: Mapping[str, Any]) -> Values:
        paths = level.paths or [None] * len(level.objects)
        return _made(
            level,
            lambda place: function(level.context, level.objects[place], arguments, paths[place]),
        )

    return Column(load, frozenset(unless), placed=True)


def _made(level: Level, make: Callable[[int], Any]) -> Values:
    """What is made for each place, errors as values; what is to be awaited comes by itself."""
    values: list[Any] = []
    parts: list[Part] = []
    for place in range(len(level.objects)):
        try:
            made = make(place)
        except Exception as error:
            made = error
        if isinstance(made, Awaitable):
            parts.append(((place,), level.context.start(_alone(made))))
            made = None
        values.append(made)
    return Arriving(values, parts) if parts else values


async def _alone(coming: Awaitable[Any]) -> Sequence[Any]:
    """One value as a part of its own, or the error that stands for it."""
    try:
        return [await coming]
    except Exception as error:
        return [error]


def of_relation(relation: References | Reference | Detail) -> Column:
    """What a relation gives without arguments."""

    def load(level: Level, _: Mapping[str, Any]) -> Values:
        return arriving(relation.level(level.context, level.objects, level.weights))

    return Column(load)


def first_pages(relation: Children, *narrowing: str) -> Column:
    """The first pages of children. Each parent answers for itself where there is a cursor, or one
    of the arguments that narrow the list."""

    def load(level: Level, arguments: Mapping[str, Any]) -> Values:
        first = arguments["first"]
        return arriving(relation.level(level.context, level.objects, level.weights, first=first))

    return Column(load, unless=frozenset({"after", *narrowing}))
