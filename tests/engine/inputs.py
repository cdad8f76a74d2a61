"""Values of arguments and variables, made up: of any input type, in every form that GraphQL has.

https://spec.graphql.org/September2025/#sec-Language.Variables
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNonNull,
    Undefined,
    assert_leaf_type,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

WORDS = ("", "a", "Ada", "tab\t", 'quote "', "back\\slash", "ünïcode ☃", "{ $not }")

LEAVES: Mapping[str, Sequence[Any]] = {
    "Int": (0, 1, 2, 3, -7, 2**31 - 1),
    "Float": (0, 1, 2.5, -1e21, 0.1),
    "String": WORDS,
    "Boolean": (True, False),
    "ID": ("1", "abc", 7),
}
"""By name of a scalar, values in JSON's form."""

CONDITION = GraphQLArgument(GraphQLNonNull(GraphQLBoolean))
"""``if`` of ``@skip`` and ``@include``."""

ANYTHING: Sequence[Any] = (None, 1, "x", [1, "two"], {"a": {"b": [None]}})
"""Values of a scalar that takes anything."""


@dataclass(frozen=True, slots=True)
class Pool:
    """What the caller knows of sensible values."""

    named: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """By ``Type.field.argument``, ``Input.field`` or the last name alone: values of the innermost
    type there."""
    scalars: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """By name of a leaf type, its values."""
    always: frozenset[str] = frozenset()
    """Arguments that are given wherever they may be."""

    def values(self, place: str, leaf: str) -> Sequence[Any] | None:
        """The values for a place, or None where nobody knows any."""
        for name in (place, place.rpartition(".")[2]):
            if name in self.named:
                return self.named[name]
        return self.scalars.get(leaf, LEAVES.get(leaf))


@dataclass(slots=True)
class Variable:
    """A variable of the document."""

    name: str
    type: GraphQLInputType
    place: str
    """Where it was first used: which pool its values are from."""
    default: Any = Undefined
    strict: bool = False
    """Whether null, which its type allows, would be an error where it is used."""


Form = Any
"""A value in JSON's form, in which a ``Variable`` may stand in place of any value."""


@dataclass(slots=True)
class Inputs:
    """Makes up arguments and remembers the variables in them."""

    random: Random
    pool: Pool
    variables: dict[str, Variable] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    """Names of variables used since the caller last looked."""

    def arguments(self, place: str, arguments: Mapping[str, GraphQLArgument]) -> str:
        """Some of a field's arguments, in parentheses, or nothing."""
        given = [
            f"{name}: {self.literal(argument.type, self.form(argument, f'{place}.{name}'))}"
            for name, argument in arguments.items()
            if is_required_argument(argument)
            or name in self.pool.always
            or self.random.random() < 0.4
        ]
        self.random.shuffle(given)
        return f"({', '.join(given)})" if given else ""

    def condition(self) -> str:
        """What ``@skip`` and ``@include`` depend on."""
        return self.literal(CONDITION.type, self.form(CONDITION, "if"))

    def form(self, location: GraphQLArgument | GraphQLInputField, place: str) -> Form:
        """What stands where an argument or an input field is given."""
        has_default = (
            location.default is not None or location.default_value is not Undefined
        )
        return self._form(location.type, place, has_default=has_default)

    def _form(
        self, type: Any, place: str, *, has_default: bool = False, bare: bool = False
    ) -> Form:
        """``bare`` is a form without variables."""
        if not bare and self.random.random() < 0.35:
            return self.variable(type, place, has_default=has_default)
        if not is_non_null_type(type) and self.random.random() < 0.15:
            return None
        type = get_nullable_type(type)
        if is_list_type(type):
            if not bare and self.random.random() < 0.2:  # one value is a list of one
                return self._item(type.of_type, place)
            count = self.random.choice((0, 1, 2, 2, 3))
            return [self._form(type.of_type, place, bare=bare) for _ in range(count)]
        if is_input_object_type(type):
            return self._object(type, bare)
        return self.leaf(type, place)

    def _item(self, type: Any, place: str) -> Form:
        """An item that stands for its list: no null, which would be the list's, and no variable."""
        if is_list_type(get_nullable_type(type)):
            return [self._item(get_nullable_type(type).of_type, place)]
        return self._form(strictly(type), place, bare=True)

    def _object(self, type: GraphQLInputObjectType, bare: bool) -> Form:
        if type.is_one_of:
            name, only = self.random.choice(list(type.fields.items()))
            place, needed = f"{type.name}.{name}", strictly(only.type)
            if not bare and self.random.random() < 0.4:
                return {name: self.variable(needed, place, firm=True)}
            return {name: self._form(needed, place, bare=True)}
        return {
            name: self._form(
                each.type,
                f"{type.name}.{name}",
                has_default=each.default is not None or each.default_value is not Undefined,
                bare=bare,
            )
            for name, each in type.fields.items()
            if is_required_input_field(each) or self.random.random() < 0.5
        }

    def leaf(self, type: GraphQLInputType, place: str) -> Any:
        """A value of a scalar or an enum."""
        name = assert_leaf_type(type).name
        if is_enum_type(type) and place.rpartition(".")[2] not in self.pool.named:
            return self.random.choice(list(type.values))
        values = self.pool.values(place, name)
        return self.random.choice(ANYTHING[1:] if values is None else values)

    def variable(
        self, type: Any, place: str, *, has_default: bool = False, firm: bool = False
    ) -> Variable:
        """A variable that may be used here: one that there is, or a new one, which is of the very
        type where it is to be ``firm``."""
        types = (str(type), f"{type}!")
        fitting = [each for each in self.variables.values() if str(each.type) in types]
        if fitting and self.random.random() < 0.5:
            found = self.random.choice(fitting)
        else:
            found = Variable(f"v{len(self.variables)}", type, place)
            if not firm:
                self._vary(found, has_default)
            self.variables[found.name] = found
        self.used.add(found.name)
        return found

    def _vary(self, variable: Variable, has_default: bool) -> None:
        """Give a new variable a default, or another type that may stand where it is used."""
        type, chance = variable.type, self.random.random()
        if not is_non_null_type(type):
            if chance < 0.3:
                variable.type = strictly(type)
            elif chance < 0.6:
                variable.default = self._form(type, variable.place, bare=True)
        elif chance < 0.4:
            # A nullable variable may stand where null may not, if one of them has a default.
            variable.default = self._form(type, variable.place, bare=True)
            if chance < 0.3:
                variable.type, variable.strict = type.of_type, True
        elif has_default and chance < 0.7:
            variable.type, variable.strict = type.of_type, True

    def given(self, names: Sequence[str]) -> dict[str, Any]:
        """Values for variables; those that need none are left out now and then."""
        values = {}
        for each in (self.variables[name] for name in names):
            required = is_non_null_type(each.type) and each.default is Undefined
            if not required and self.random.random() < 0.4:
                continue
            type = strictly(each.type) if each.strict else each.type
            values[each.name] = self._form(type, each.place, bare=True)
        return values

    def definition(self, name: str) -> str:
        """A variable as an operation defines it."""
        found = self.variables[name]
        default = found.default
        told = "" if default is Undefined else f" = {self.literal(found.type, default)}"
        return f"${name}: {found.type}{told}"

    def literal(self, type: Any, form: Form) -> str:
        """The form as it stands in a document."""
        if isinstance(form, Variable):
            return f"${form.name}"
        if form is None:
            return "null"
        type = get_nullable_type(type)
        if is_list_type(type):
            if not isinstance(form, list):
                return self.literal(type.of_type, form)
            return f"[{', '.join(self.literal(type.of_type, each) for each in form)}]"
        if is_input_object_type(type):
            fields = (
                f"{name}: {self.literal(type.fields[name].type, each)}"
                for name, each in form.items()
            )
            return f"{{{', '.join(fields)}}}"
        if isinstance(type, GraphQLEnumType) or not isinstance(form, str):
            return plain(form)
        if form.isascii() and form.isprintable() and '"' not in form and "\\" not in form:
            if self.random.random() < 0.1 and form:
                return f'"""{form}"""'
        return json.dumps(form, ensure_ascii=False)


def strictly(type: Any) -> Any:
    """The type without null."""
    return type if is_non_null_type(type) else GraphQLNonNull(type)


def plain(form: Any) -> str:
    """A literal of whatever type: its own keys are names, its own texts are strings or, where it
    is an enum's value, a name."""
    if isinstance(form, dict):
        return f"{{{', '.join(f'{name}: {_nested(each)}' for name, each in form.items())}}}"
    if isinstance(form, list):
        return f"[{', '.join(map(_nested, form))}]"
    return form if isinstance(form, str) else json.dumps(form)


def _nested(form: Any) -> str:
    return json.dumps(form) if isinstance(form, str) else plain(form)
