"""Handling field errors (GraphQL, section 6.4.4), after an execution that met some.

The answer was made optimistically, with ``Broken`` in the places of errors. Here it is gone through
once more, place by place, in the order of the document: each error gets its path, each null that
may not stand where it is becomes an error, and an error in a place without nulls makes null of what
is around it.

An object that stands in several places of the answer has one row, so a new answer is made rather
than the old one changed: of dictionaries.
"""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError
from graphql.error import located_error
from graphql.pyutils import Path
from msgspec.structs import astuple

from graph.engine.completion import Abstract, List, Object
from graph.engine.fields import Field
from graph.engine.rows import Row
from graph.engine.run import Broken, Run
from graph.engine.selection import Selection
from graph.engine.shapes import Shape


class Located:
    """The errors of an answer, with their paths."""

    def __init__(self, run: Run) -> None:
        self.errors: list[GraphQLError] = []
        self.ambiguous = run.ambiguous
        """Whether several errors have to do with one null: which of them are told depends on the
        order in which they happened, which is not known any more."""
        self._failures = run.errors
        self._shown = {id(row): selection for rows, selection in run.shown for row in rows}

    def data(self, selection: Selection, row: Row) -> dict[str, Any] | None:
        """The data of the answer; None where an error reaches its root."""
        try:
            return self._row(selection, row, None)
        except GraphQLError as error:
            self.errors.append(error)
            return None

    def field(self, parent: Selection, field: Field, value: Any) -> Any:
        """The value of one root field.

        Raises:
            GraphQLError: where an error reaches the root.
        """
        return self._place(field.shape, value, Path(None, field.key, parent.type.name))

    def _row(self, selection: Selection, row: Row, path: Path | None) -> dict[str, Any]:
        found: dict[str, Any] = {}
        whole = _Whole(self)
        for field, value in zip(selection.fields, astuple(row), strict=True):
            if isinstance(field, str):
                found[field] = value
                continue
            below = Path(path, field.key, selection.type.name)
            try:
                found[field.key] = self._place(field.shape, value, below)
            except GraphQLError as error:
                whole.fail(error)
        whole.end()
        return found

    def _place(self, shape: Shape, value: Any, path: Path) -> Any:
        """The value of a place; null where it, or something in it, is an error, if it may be."""
        try:
            return self._value(shape, value, path)
        except GraphQLError as error:
            if not shape.nullable:
                raise
            self.errors.append(error)
            return None

    def _value(self, shape: Shape, value: Any, path: Path) -> Any:
        field = shape.field
        if type(value) is Broken:
            raise located_error(self._failures[value.at], field.nodes, path.as_list())
        if value is None:
            if shape.nullable:
                return None
            message = f"Cannot return null for non-nullable field {field.parent}.{field.name}."
            raise located_error(TypeError(message), field.nodes, path.as_list())
        if isinstance(shape, List):
            return self._items(shape.item, value, path)
        if isinstance(shape, Object):
            return self._row(shape.selection, value, path)
        if isinstance(shape, Abstract):
            return self._row(self._shown[id(value)], value, path)
        return value

    def _items(self, item: Shape, values: list[Any], path: Path) -> list[Any]:
        found, whole = [], _Whole(self)
        for at, value in enumerate(values):
            try:
                found.append(self._place(item, value, Path(path, at, None)))
            except GraphQLError as error:
                whole.fail(error)
        whole.end()
        return found


class _Whole:
    """A list or an object, which an error in a place without nulls makes null as a whole.

    What comes after the first such error isn't executed any more, or not waited for; it is gone
    through only to see whether there was more than one error.
    """

    def __init__(self, located: Located) -> None:
        self.located = located
        self.begun = self.told = len(located.errors)
        self.failure: GraphQLError | None = None

    def fail(self, error: GraphQLError) -> None:
        """An error that may not stand where it is."""
        if self.failure is not None:
            self.located.ambiguous = True
            return
        self.failure = error
        self.told = len(self.located.errors)

    def end(self) -> None:
        """Pass the first such error on to what is around this.

        Raises:
            GraphQLError: that error, if there was one.
        """
        if self.failure is not None:
            if len(self.located.errors) > self.begun:
                self.located.ambiguous = True
            del self.located.errors[self.told :]
            raise self.failure
