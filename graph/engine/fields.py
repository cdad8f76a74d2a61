"""Executing fields: their arguments and their values (GraphQL, sections 6.4.1 and 6.4.2)."""

from __future__ import annotations

from asyncio import iscoroutine
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    FieldNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
)
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.executor import Executor
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path, gather_with_cancel, is_awaitable
from graphql.type.definition import GraphQLResolveInfoHelpers

from graph.engine.columns import Arriving, Column, Level
from graph.engine.places import Places
from graph.engine.run import Run
from graph.engine.shapes import Shape
from graph.engine.waiting import Later, Part, begin, look_at


def _let_go(awaitables: Sequence[Any]) -> None:
    """Nobody will await these any more."""
    for each in awaitables:
        if iscoroutine(each):
            each.close()


_HELPERS = GraphQLResolveInfoHelpers(
    gather=lambda awaitables: gather_with_cancel(*awaitables), track=_let_go
)

_PLAIN = (str, int, float, bool, type(None))


class Field:
    """A field of a selection: all nodes that have its response key, merged (section 6.3.2)."""

    shape: Shape
    placed: bool
    """Whether it, or something below it, is to be told its place in the answer."""

    def __init__(
        self,
        key: str,
        details: Sequence[FieldDetails],
        parent: GraphQLObjectType,
        definition: GraphQLField,
        column: Column | None,
    ) -> None:
        self.key = key
        self.details = details
        self.nodes: list[FieldNode] = [each.node for each in details]
        self.node = self.nodes[0]
        self.name = self.node.name.value
        self.parent = parent
        self.definition = definition
        given = {each.name.value for each in self.node.arguments or ()}
        self.column = column
        self.unless = column.unless & given if column is not None else frozenset()
        self.resolves = column is None or bool(self.unless)
        """Whether the resolver answers, or may: an argument may turn out to be null."""
        self._constant: Mapping[str, Any] | None = None
        if not definition.args:
            self._constant = {}
        self._varies = any(_varies(each.value) for each in self.node.arguments or ())
        self._names = {each.out_name or name: name for name, each in definition.args.items()}

    def values(
        self, run: Run, level: Level, places: Places
    ) -> tuple[Sequence[Any], Sequence[Part], bool]:
        """The field's value for each object of a level, as far as it is there, what is to be
        awaited for the rest, and whether all of these are looked at, or will be when they come.
        An exception is the error of its object's field."""
        try:
            arguments = self.arguments(run)
        except Exception as error:
            return [error] * len(level.objects), (), True
        column = self.column
        if column is None or any(arguments.get(name) is not None for name in self.unless):
            found = self._resolved(run, level, arguments, places)
            return *look_at(run, self.shape, found, places, awaited=True), True
        if places.paths is not None:
            level = level._replace(paths=places.paths)
        try:
            named = {self._names[name]: value for name, value in arguments.items()}
            values = column.load(level, named)
        except Exception as error:
            return [error] * len(level.objects), (), True
        if isinstance(values, Arriving):
            return values.values, values.parts, False
        if self.shape.looking:
            return *look_at(run, self.shape, values, places, awaited=False), True
        return values, (), True

    def arguments(self, run: Run) -> Mapping[str, Any]:
        """The arguments, coerced (section 6.4.1).

        Raises:
            GraphQLError: where one can't be.
        """
        if self._constant is not None:
            return self._constant
        request = run.request
        found = get_argument_values(
            self.definition,
            self.node,
            request.variables,
            self.details[0].fragment_variable_values,
            request.hide_suggestions,
        )
        # A resolver may change a list or an object that it is given: those are made anew.
        if not self._varies and all(isinstance(each, _PLAIN) for each in found.values()):
            self._constant = found
        return found

    def _resolved(
        self, run: Run, level: Level, arguments: Mapping[str, Any], places: Places
    ) -> list[Any]:
        """What the resolver answers for each object (section 6.4.2)."""
        resolve = self.definition.resolve or run.request.field_resolver
        again = not all(isinstance(each, _PLAIN) for each in arguments.values())
        found: list[Any] = []
        for place, source in enumerate(level.objects):
            try:
                if again and place:
                    arguments = self.arguments(run)
                found.append(resolve(source, self.info(run, places, place), **arguments))
            except Exception as error:
                found.append(error)
        return found

    def info(self, run: Run, places: Places, place: int) -> GraphQLResolveInfo[Any]:
        """What a resolver is told of the place where it answers; ``place`` may be that of an item
        of the field's list."""
        request = run.request
        path = places.paths[place] if places.paths is not None else None
        while path is not None and isinstance(path.key, int):
            path = path.prev
        return GraphQLResolveInfo(
            self.name,
            self.nodes,
            self.definition.type,
            self.parent,
            path or Path(None, self.key, self.parent.name),
            request.schema,
            request.fragment_definitions,
            request.root,
            request.operation,
            request.variables,
            request.context,
            is_awaitable,
            None,
            _HELPERS,
        )

    def concrete_type(
        self,
        run: Run,
        name: Any,
        abstract: GraphQLAbstractType,
        value: Any,
        places: Places,
        place: int,
    ) -> GraphQLObjectType:
        """The object type of that name, if it is one of the abstract type's.

        Raises:
            GraphQLError: where it isn't.
        """
        info = self.info(run, places, place)
        return Executor.ensure_valid_runtime_type(
            _WithSchema(run.request.schema),  # type: ignore[arg-type]
            name,
            abstract,
            list(self.details),
            info,
            value,
        )

    def complete(
        self, run: Run, level: Level, places: Places
    ) -> tuple[Sequence[Any], Later | None]:
        """The field's column of the answer; where some of it is still to come, also how to go on
        with the rest."""
        values, parts, looked = self.values(run, level, places)
        return begin(run, self.shape, values, parts, places, looked=looked)


class _WithSchema:
    """As much of an executor as it takes to check a type."""

    def __init__(self, schema: Any) -> None:
        self.schema = schema


def _varies(value: ValueNode) -> bool:
    """Whether a value has a variable in it."""
    if isinstance(value, ListValueNode):
        return any(map(_varies, value.values))
    if isinstance(value, ObjectValueNode):
        return any(_varies(each.value) for each in value.fields)
    return isinstance(value, VariableNode)
