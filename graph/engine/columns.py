"""What the engine asks of whoever declares a schema: the values of one field for a whole level.

A *level* is all the objects that one selection meets in one step of the execution. A *column* is
one field's value for each of them, in their order. Where a field has a ``Column``, the engine asks
it once for the whole level; where it has none, its resolver is called object by object.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import GraphQLField, GraphQLObjectType, GraphQLScalarType
from graphql.pyutils import Path


class Level(NamedTuple):
    """The objects that a field is asked of."""

    context: Any
    """The context value of the execution."""
    objects: Sequence[Any]
    """The objects, each once."""
    weights: Sequence[int] | None = None
    """In how many places of the answer each object stands; None where each stands in one."""
    paths: Sequence[Path | None] | None = None
    """Where in the answer the field stands for each object; None where nothing at or below it
    needs to know."""


@dataclass(frozen=True, slots=True)
class Arriving:
    """A column, or a list, of which some values are still to come, in parts that don't wait for
    each other."""

    values: Sequence[Any]
    """What is known already, in the order of the objects; anything in the places of the rest."""
    parts: Sequence[tuple[Sequence[int], Awaitable[Sequence[Any]]]]
    """Places in the column, and what to await for their values, in the same order."""


Values = Sequence[Any] | Arriving
"""A column. A value that is an exception is the error of its object's field."""

Load = Callable[[Level, Mapping[str, Any]], Values]
"""Answers a level. The arguments are those that were given or have defaults, coerced, by their
names in the schema. An exception that it raises is the error of every object's field."""


@dataclass(frozen=True, slots=True)
class Column:
    """How a field is answered for a whole level."""

    load: Load
    unless: frozenset[str] = frozenset()
    """Arguments with which it can't be: where the document gives one of them, the field's resolver
    answers, object by object."""
    placed: bool = False
    """Whether it is to be told where in the answer the objects stand."""


@dataclass(frozen=True, slots=True)
class Written:
    """How a scalar writes the instances of one class, many at once."""

    kind: type
    write: Callable[[Sequence[Any]], Sequence[Any]] | None = None
    """Writes them; None where they are written as they are."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What a schema's owner tells the engine beyond the schema. None of it changes an answer."""

    column: Callable[[GraphQLField], Column | None] = lambda _: None
    """How a field is answered for a whole level; None where its resolver is to be called."""

    record: Callable[[GraphQLObjectType], type | None] = lambda _: None
    """The class of the objects that a type shows, where just the instances of one class pass the
    type's ``is_type_of``."""

    written: Callable[[GraphQLScalarType], Written | None] = lambda _: None
    """How a scalar writes instances of the class that it usually has."""
