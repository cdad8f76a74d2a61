"""Executing selection sets (GraphQL, section 6.3), planned once for all objects of a type.

A ``Selection`` is what one selection set asks of one object type: its fields, merged and in the
answer's order, fragments resolved, ``@skip`` and ``@include`` decided. It is executed for a whole
level: each field once, for all objects. graphql-core's own ``collect_fields`` decides what belongs
to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from graphql import (
    DirectiveNode,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    is_abstract_type,
    is_leaf_type,
    is_object_type,
    visit,
)
from graphql.execution.collect_fields import (
    FieldDetails,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues

from graph.engine.columns import Hints, Level
from graph.engine.completion import Abstract, List, Object
from graph.engine.fields import Field
from graph.engine.leaves import Leaf
from graph.engine.places import Places
from graph.engine.rows import Row, put, row_type
from graph.engine.run import Run
from graph.engine.shapes import Shape
from graph.engine.waiting import Later


class Unplanned(Exception):
    """The plan can't do what the operation asks; the message says what."""


class Selection:
    """What is selected of the objects of one type."""

    def __init__(self, type: GraphQLObjectType, fields: Sequence[Field | str]) -> None:
        """Fields in the answer's order; a text is the response key of a ``__typename``."""
        self.type = type
        self.fields = tuple(fields)
        self.row = row_type(tuple(each if isinstance(each, str) else each.key for each in fields))

    def execute(self, run: Run, objects: Sequence[Any], places: Places) -> list[Row]:
        """The row of each object: its fields in the answer. Values that are still to come are null
        until they are put into it."""
        level = Level(run.request.context, objects, places.weights)
        columns: list[Sequence[Any]] = []
        rest: list[tuple[int, Later]] = []
        unplaced = Places(None, places.weights)
        for at, field in enumerate(self.fields):
            if isinstance(field, str):
                columns.append([self.type.name] * len(objects))
                continue
            here = places.field(field.key, self.type.name) if field.placed else unplaced
            column, later = field.complete(run, level, here)
            columns.append(column)
            if later is not None:
                rest.append((at, later))
        rows = list(map(self.row, *columns)) if columns else [self.row() for _ in objects]
        for at, later in rest:
            later(partial(put, rows, at))
        return rows


UNDECIDED = "a condition that can't be decided"
"""A variable of ``@skip`` or ``@include`` is null: an error, but only where the selection is met,
which may be after a mutation has begun."""


class _Conditions(Visitor):
    """Finds the variables that conditions look at."""

    def __init__(self) -> None:
        super().__init__()
        self.variables: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        """Note the variable of ``if``."""
        for argument in node.arguments or ():
            if argument.name.value == "if" and isinstance(argument.value, VariableNode):
                self.variables.add(argument.value.name.value)


class Planning:
    """The making of selections out of one operation, for these values of its conditions."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDetails],
        variables: VariableValues,
        hints: Hints,
        kind: type[Field] = Field,
    ) -> None:
        """``kind`` is what fields are made of."""
        self.kind = kind
        self.schema = schema
        self.operation = operation
        self.fragments = dict(fragments)
        self.hints = hints
        self.size = 0
        """How many fields were planned."""
        self.conditions = self._conditions()
        # The plan is kept: of the variables it knows just these.
        self.variables = VariableValues(
            {name: variables.sources[name] for name in self.conditions & variables.sources.keys()},
            {name: variables.coerced[name] for name in self.conditions & variables.coerced.keys()},
        )

    def root(self, type: GraphQLObjectType) -> Selection:
        """What the operation selects of its root type.

        Raises:
            Unplanned: where a plan can't do it.
        """
        if any(self.variables.coerced.get(each) is None for each in self.conditions):
            raise Unplanned(UNDECIDED)
        try:
            collected = collect_fields(
                self.schema, self.fragments, self.variables, type, self.operation
            )
            return self._selection(type, collected.grouped_field_set)
        except RecursionError:
            pass
        raise Unplanned("depth")  # not from there: the error would keep all the frames

    def _conditions(self) -> set[str]:
        """The operation's variables that ``@skip`` and ``@include`` look at, anywhere."""
        own = {each.variable.name.value for each in self.operation.variable_definitions or ()}
        found = _Conditions()
        if own:
            for each in (self.operation, *(each.definition for each in self.fragments.values())):
                visit(each, found)
        return found.variables & own

    def _below(self, type: GraphQLObjectType, details: Sequence[FieldDetails]) -> Selection:
        try:
            collected = collect_subfields(
                self.schema, self.fragments, self.variables, self.operation, type, list(details)
            )
            return self._selection(type, collected.grouped_field_set)
        except RecursionError:
            pass
        raise Unplanned("depth")

    def _selection(
        self, type: GraphQLObjectType, grouped: Mapping[str, Sequence[FieldDetails]]
    ) -> Selection:
        fields: list[Field | str] = []
        for key, details in grouped.items():
            name = details[0].node.name.value
            if name == "__typename":
                fields.append(key)
                continue
            if name in ("__schema", "__type"):
                raise Unplanned("introspection")
            definition = self.schema.get_field(type, name)
            if definition is None:
                continue
            self.size += 1
            field = self.kind(key, details, type, definition, self.hints.column(definition))
            field.shape = self._shape(field, definition.type)
            below = _needs_places(field.shape)  # which plans all that isn't below abstract types
            told = field.resolves or (field.column is not None and field.column.placed)
            field.placed = below or told
            fields.append(field)
        return Selection(type, fields)

    def _shape(self, field: Field, type: GraphQLOutputType) -> Shape:
        nullable = not isinstance(type, GraphQLNonNull)
        inner: Any = type if nullable else type.of_type  # type: ignore[union-attr]
        if isinstance(inner, GraphQLList):
            return List(field, self._shape(field, inner.of_type), nullable=nullable)
        if is_leaf_type(inner):
            written = self.hints.written(inner) if isinstance(inner, GraphQLScalarType) else None
            return Leaf(field, inner, written, nullable=nullable)
        if is_object_type(inner):
            return self._object(field, inner, nullable=nullable)
        if is_abstract_type(inner):
            return Abstract(
                field,
                inner,
                lambda concrete: self._object(field, concrete, nullable=True),
                self._candidates(inner),
                nullable=nullable,
            )
        raise Unplanned("unknown type")

    def _object(self, field: Field, type: GraphQLObjectType, *, nullable: bool) -> Object:
        record = self.hints.record(type)
        return Object(
            field, type, lambda: self._below(type, field.details), record, nullable=nullable
        )

    def _candidates(self, type: Any) -> list[tuple[GraphQLObjectType, type]]:
        found = []
        for each in self.schema.get_possible_types(type):
            record = self.hints.record(each)
            if record is not None:
                found.append((each, record))
        return found


def _needs_places(shape: Shape) -> bool:
    """Whether something at or below a field is to be told its place in the answer."""
    if isinstance(shape, List):
        return _needs_places(shape.item)
    if isinstance(shape, Abstract):
        return True
    if isinstance(shape, Object):
        if shape.type.is_type_of is not None and shape.record is None:
            return True
        return any(not isinstance(each, str) and each.placed for each in shape.selection.fields)
    return False
