"""What nasty schemas show: made up from a seed, faults included, never from the order of calls.

The same world answers a field object by object and for a whole level, so that two executors see the
same data, the same faults and the same moments.
"""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLSchema,
    Undefined,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from graph.engine import Arriving

KEYS = 5
"""Things of each type: few, so that they are met again and again, on the way to themselves too."""


class Dice:
    """Numbers that depend on nothing but what they are thrown for."""

    __slots__ = ("for_what", "state")

    def __init__(self, *for_what: Any) -> None:
        self.for_what = repr(for_what)
        self.state = 1

    def __call__(self, sides: int) -> int:
        if self.state < 1_000_000:
            digest = blake2b(self.for_what.encode(), digest_size=24).digest()
            self.for_what += "+"
            self.state = int.from_bytes(digest) + 2**190
        self.state, number = divmod(self.state, sides)
        return number


class Broken(Exception):
    """What a resolver fails with."""


class Thing:
    """An object. Those of one key are equal, whatever their types: only identity tells them
    apart."""

    __slots__ = ("key", "type", "world")

    def __init__(self, world: World, type: str, key: int) -> None:
        self.world, self.type, self.key = world, type, key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing) and other.key == self.key

    def __hash__(self) -> int:
        return self.key

    def __getattr__(self, name: str) -> Any:
        """A field's value, for fields without a resolver."""
        if name == "_Thing__typename":  # what graphql-core looks for
            return self.type
        return self.world.attribute(self.type, name, self)


class Row(Mapping[str, Any]):
    """An object whose fields are items; it can't be hashed."""

    __slots__ = ("key", "type", "world")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, world: World, type: str, key: int) -> None:
        self.world, self.type, self.key = world, type, key

    def __getitem__(self, name: str) -> Any:
        if name == "__typename":
            return self.type
        try:
            return self.world.attribute(self.type, name, self)
        except AttributeError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(("__typename",))

    def __len__(self) -> int:
        return 1


class Soon:
    """An awaitable that is no coroutine."""

    def __init__(self, value: Any, moments: int) -> None:
        self.value, self.moments = value, moments

    def __await__(self) -> Generator[Any, None, Any]:
        return later(self.value, self.moments).__await__()


async def later(value: Any, moments: int) -> Any:
    """The value, or the exception raised, after so many turns of the loop."""
    for _ in range(moments):
        await asyncio.sleep(0)
    if isinstance(value, Broken):
        raise value
    return value


@dataclass(slots=True)
class World:
    """Everything that one execution meets; its context value."""

    schema: GraphQLSchema
    seed: int
    faults: int = 0
    """How many of 1,000 values are wrong."""
    waits: bool = True
    """Whether anything is awaitable."""
    written: list[Any] = field(default_factory=list)
    """What mutations did, in order."""
    things: dict[tuple[str, int], Any] = field(default_factory=dict)

    def dice(self, *for_what: Any) -> Dice:
        return Dice(self.seed, *for_what)

    def fails(self, dice: Dice) -> bool:
        return self.faults > 0 and dice(1000) < self.faults

    def attribute(self, type: str, name: str, thing: Any) -> Any:
        """What an object says itself of a field: a value, or a method where there are
        arguments.

        Raises:
            AttributeError: where it says nothing.
        """
        parent: Any = self.schema.type_map[type]
        known = parent.fields.get(name)
        if known is None or known.resolve is not None:
            raise AttributeError(name)
        if known.args:
            return lambda info, **arguments: self.answer(type, name, thing, arguments)
        return self.answer(type, name, thing, {})

    def answer(
        self, type: str, name: str, source: Any, arguments: Mapping[str, Any], wait: bool = False
    ) -> Any:
        """A field of one object, in any form that a resolver may give."""
        value = self.value(type, name, source, arguments, rich=True)
        dice = self.dice("form", type, name, key_of(source))
        if self.waits and (wait or dice(8) == 0):
            moments = dice(4)
            return Soon(value, moments) if dice(3) == 0 else later(value, moments)
        if isinstance(value, Broken) and dice(2):
            raise value
        return value

    def value(
        self, type: str, name: str, source: Any, arguments: Mapping[str, Any], *, rich: bool = False
    ) -> Any:
        """A field of one object; a ``Broken`` where it fails."""
        parent: Any = self.schema.type_map[type]
        if error := self.outage(type, name) or self.outage(type, name, half(key_of(source))):
            return error
        place = f"{type}.{name}", key_of(source), sorted(arguments.items())
        return self.made(parent.fields[name].type, self.dice(*place), rich)

    def outage(self, type: str, name: str, part: str = "all") -> Broken | None:
        """The error of a whole column, or of one of its parts."""
        if self.fails(self.dice("outage", type, name, part)):
            return Broken(f"{type}.{name} is out for {part}")
        return None

    def made(self, type: Any, dice: Dice, rich: bool) -> Any:
        """A value of any type, or something else in its place; ``rich`` ones can be used once."""
        inner: Any = get_nullable_type(type)
        if self.fails(dice):
            return self.fault(type, inner, dice, rich)
        if not is_non_null_type(type) and dice(7) == 0:
            return None
        if is_list_type(inner):
            items = [self.made(inner.of_type, dice, rich) for _ in range(dice(4))]
            return self.list(items, dice) if rich else items
        if is_leaf_type(inner):
            return leaf(inner, dice)
        return self.thing(inner, dice)

    def thing(self, type: Any, dice: Dice) -> Any:
        """An object: mostly the one of its type and key, now and then one that is made anew."""
        choices = [type] if is_object_type(type) else self.schema.get_possible_types(type)
        chosen: Any = choices[dice(len(choices))]
        name, key = chosen.name, dice(KEYS)
        make = chosen.extensions["class"]
        if dice(5) == 0:
            return make(self, name, key)
        if (name, key) not in self.things:
            self.things[name, key] = make(self, name, key)
        return self.things[name, key]

    def list(self, items: list[Any], dice: Dice) -> Any:
        """A list in one of the forms that a resolver may give."""
        forms: list[Any] = [list, list, tuple, iter, values_of]
        if self.waits:
            forms += [each_later, one_by_one]
        return forms[dice(len(forms))](items)

    def fault(self, type: Any, inner: Any, dice: Dice, rich: bool) -> Any:
        """What should not stand where the type is wanted."""
        name = f"{type} {dice(KEYS)}"
        choices: list[Any] = [Broken(name), told(name)]
        if is_non_null_type(type):
            choices += [None, None, Undefined]
        if is_list_type(inner):
            choices += [42, "text", {"a": 1}]
            items = [self.made(inner.of_type, dice, rich) for _ in range(dice(3))]
            if rich:
                choices += [breaking(items, name)]
            if rich and self.waits:
                choices += [breaking_later(items, name)]
        elif is_leaf_type(inner):
            choices += [object, [1], {"a": 1}, float("nan"), "no such", "bad", "none", "undefined"]
        else:
            others = [each for each in self.schema.type_map.values() if is_object_type(each)]
            other = others[dice(len(others))]
            make = other.extensions.get("class", Thing)
            choices += [42, "text", [], make(self, other.name, 1)]
        return choices[dice(len(choices))]


def key_of(source: Any) -> Any:
    """What tells an object from others of its type, whatever stands in its place."""
    return getattr(source, "key", source.__class__.__name__)


def half(key: Any) -> str:
    """Which part of a column an object's value comes in."""
    return "odd" if isinstance(key, int) and key % 2 else "even"


def told(text: str) -> GraphQLError:
    """An exception that is given as a value, with extensions."""
    return GraphQLError(text, extensions={"code": text.upper()})


def leaf(type: Any, dice: Dice) -> Any:
    """An internal value of a leaf type."""
    if isinstance(type, GraphQLEnumType):
        values = list(type.values.values())
        return values[dice(len(values))].value
    choices: Sequence[Any] = LEAVES[type.name]
    return choices[dice(len(choices))]


LEAVES: Mapping[str, Sequence[Any]] = {
    "Int": (0, 1, -5, 2**31 - 1, 3.0, True, "12"),
    "Float": (0, 1, 2.5, -1e300, True, "1.5"),
    "String": ("", "text", "ünïcode ☃", 7, True, 2.5),
    "Boolean": (True, False, 0, 1, 2.0),
    "ID": ("", "id", 7, 3.0),
    "Picky": ("fine", "map", 3),
    "Anything": ("x", 0, False, {"a": [None]}, [1]),
}
"""By name of a scalar, internal values that it can put out."""


class Values:
    """Can be iterated again and again, and is no collection."""

    def __init__(self, items: Iterable[Any]) -> None:
        self.items = items

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)


def values_of(items: list[Any]) -> Any:
    return Values(items)


def each_later(items: list[Any]) -> list[Any]:
    """Every other item is awaitable."""
    return [later(each, at % 3) if at % 2 else each for at, each in enumerate(items)]


async def one_by_one(items: Iterable[Any]) -> AsyncIterator[Any]:
    for each in items:
        await asyncio.sleep(0)
        yield each


def breaking(items: list[Any], name: str) -> Iterator[Any]:
    yield from items
    raise Broken(name)


async def breaking_later(items: list[Any], name: str) -> AsyncIterator[Any]:
    for each in items:
        yield each
    raise Broken(name)


Part = tuple[Sequence[int], Awaitable[Sequence[Any]]]


def arrival(world: World, type: str, name: str, objects: Sequence[Any], values: list[Any]) -> Any:
    """The values as a column that arrives in parts."""
    dice = world.dice("arrival", type, name)
    known: list[Any] = [None] * len(values)
    parts: list[Part] = []
    for part in ("even", "odd"):
        places = [at for at, each in enumerate(objects) if half(key_of(each)) == part]
        error = world.outage(type, name, part)
        if dice(3) == 0 and error is None:
            for at in places:
                known[at] = values[at]
        elif places:
            found: Any = [values[at] for at in places]
            parts.append((places, later(error or found, dice(5))))
    return Arriving(known, parts)
