"""What the engine is told of this schema beyond itself: columns, records, and written scalars."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLScalarType
from strawberry.schema.schema_converter import GraphQLCoreConverter

from graph import representatives
from graph.columns import COLUMN
from graph.engine import Column, Hints, Written
from graph.entity import DECLARATIONS
from graph.scalars import WRITTEN


def _column(field: GraphQLField) -> Column | None:
    """The column that a field's declaration has."""
    declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if declared is None:
        return None
    if declared.python_name == "_entities":
        return representatives.COLUMN
    column: Column | None = declared.metadata.get(COLUMN)
    return column


def _record(type: GraphQLObjectType) -> type[Any] | None:
    """The class of the records that a type shows."""
    declaration = DECLARATIONS.get(type.name)
    return declaration.record if declaration else None


def _written(type: GraphQLScalarType) -> Written | None:
    """How a scalar of ours is written."""
    return WRITTEN.get(type.name)


HINTS = Hints(_column, _record, _written)
