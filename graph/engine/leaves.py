"""Leaves of the answer: scalars and enums, written a column at a time (GraphQL, section 3.5)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import Enum
from types import NoneType
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)
from graphql.pyutils import inspect
from graphql.pyutils.undefined import UndefinedType

from graph.engine.columns import Written
from graph.engine.places import Places
from graph.engine.run import Run
from graph.engine.shapes import Kinds, Shape

if TYPE_CHECKING:
    from graph.engine.fields import Field


def _is_int(values: Sequence[Any]) -> bool:
    return bool(-(2**31) <= min(values) and max(values) < 2**31)


def _is_finite(values: Sequence[Any]) -> bool:
    return all(map(math.isfinite, values))


_PLAIN: dict[str, tuple[type, Callable[[Sequence[Any]], bool] | None]] = {
    GraphQLString.name: (str, None),
    GraphQLID.name: (str, None),
    GraphQLBoolean.name: (bool, None),
    GraphQLInt.name: (int, _is_int),
    GraphQLFloat.name: (float, _is_finite),
}
"""By GraphQL's own scalars: the class whose instances are written as they are, and what else must
hold of a column of them (section 3.5)."""

_BUILT_IN = (GraphQLString, GraphQLID, GraphQLBoolean, GraphQLInt, GraphQLFloat)


class Leaf(Shape):
    """Scalars and enums: result coercion (section 3.5)."""

    looking = False

    def __init__(
        self, field: Field, type: GraphQLLeafType, written: Written | None = None, *, nullable: bool
    ) -> None:
        super().__init__(field, nullable=nullable)
        self.type = type
        self.plain: Any = None
        self.written = written
        if written is not None and written.write is None:
            self.plain = written.kind
        self.check: Callable[[Sequence[Any]], bool] | None = None
        built_in = next((each for each in _BUILT_IN if _same_scalar(each, type)), None)
        if built_in is not None:
            self.plain, self.check = _PLAIN[built_in.name]
        self.names: dict[Any, dict[int, str]] = {}

    def complete(self, run: Run, values: Sequence[Any], places: Places) -> Sequence[Any]:
        """The values, written."""
        if self.plain is not None and self.nullable and self.check is None:
            kinds = set(map(type, values))
            if kinds <= {self.plain, NoneType}:
                return values
        return super().complete(run, values, places)

    def there(self, run: Run, values: Sequence[Any], kinds: Kinds, places: Places) -> Sequence[Any]:
        """The values, written."""
        if kinds == {self.plain} and (self.check is None or self.check(values)):
            return values
        (kind, *others) = kinds
        if not others and isinstance(self.type, GraphQLEnumType) and issubclass(kind, Enum):
            return self._members(run, values, kind)
        if not others and self.written is not None and kind is self.written.kind:
            assert self.written.write is not None
            return self.written.write(values)
        write = self.type.coerce_output_value
        try:
            written = list(map(write, values))
        except Exception:
            return [self._one(run, value) for value in values]
        if {NoneType, UndefinedType} & set(map(type, written)):
            return [self._one(run, value) for value in values]
        return written

    def _members(self, run: Run, values: Sequence[Any], kind: type[Enum]) -> Sequence[Any]:
        """Members of one enumeration: there is one object for each, whose name is known by it."""
        names = self.names.setdefault(kind, {})
        try:
            return list(map(names.__getitem__, map(id, values)))
        except KeyError:
            written = [self._one(run, value) for value in values]
            for value, name in zip(values, written, strict=True):
                if type(name) is str:
                    names[id(value)] = name
            return written

    def _one(self, run: Run, value: Any) -> Any:
        try:
            written = self.type.coerce_output_value(value)
            if written is None or written is Undefined:
                call = f"{self.type}.coerce_output_value({inspect(value)})"
                raise TypeError(
                    f"Expected `{call}` to return non-nullable value, returned: {inspect(written)}"
                )
        except Exception as error:
            return run.fail(error)
        return written


def _same_scalar(own: Any, type: GraphQLLeafType) -> bool:
    """Whether a type is, or behaves as, one of GraphQL's own: a schema may have copies of them."""
    return type.name == own.name and (
        type is own or type.coerce_output_value == own.coerce_output_value
    )
