"""Makes up valid operations for any schema, from a seed: the same seed makes the same operation.

What a document may not hold is kept out while it is written. The one rule that needs bookkeeping is
that fields of one response key must merge: a ``Scope`` remembers what stands under each key.
https://spec.graphql.org/September2025/#sec-Field-Selection-Merging
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLSchema,
    GraphQLString,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    is_object_type,
)
from graphql.utilities import do_types_overlap

from tests.engine.inputs import Inputs, Pool

TYPENAME = GraphQLField(GraphQLString)


@dataclass(frozen=True, slots=True)
class Operation:
    """What is sent to a graph."""

    text: str
    name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """How large operations get."""

    fields: int = 24
    """Most fields of an operation and its fragments."""
    depth: int = 5
    """Most fields inside each other."""
    mutations: float = 0.15
    """How many operations are mutations, where the schema has any."""
    unsuited: frozenset[str] = frozenset()
    """Fields that are left out, as ``Type.field``."""


@dataclass(slots=True)
class Entry:
    """What stands under one response key."""

    shape: str
    """The type's lists and non-nulls, and its name where it is a leaf's."""
    uses: set[tuple[str, bool, str, str]] = field(default_factory=set)
    """Parent type and whether it is an object's, field, arguments."""
    scope: Scope | None = None

    def takes(self, other: Entry) -> bool:
        """Whether the other's fields merge with these."""
        return (
            self.shape == other.shape
            and all(merge(ours, theirs) for ours in self.uses for theirs in other.uses)
            and (other.scope is None or self.scope is None or self.scope.takes(other.scope))
        )


def merge(a: tuple[str, bool, str, str], b: tuple[str, bool, str, str]) -> bool:
    """Whether two uses are of the same field, or can't meet in one object."""
    return a[2:] == b[2:] or (a[1] and b[1] and a[0] != b[0])


@dataclass(slots=True)
class Scope:
    """What a selection set holds, its fragments' fields included, by response key."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def takes(self, other: Scope) -> bool:
        """Whether the other's fields merge with these."""
        return all(
            self.entries[key].takes(entry)
            for key, entry in other.entries.items()
            if key in self.entries
        )

    def add(self, other: Scope) -> None:
        """Take the other's fields in."""
        for key, entry in other.entries.items():
            self.put(key, entry)

    def put(self, key: str, entry: Entry) -> Scope:
        """Take a field in; returns the scope of its own fields."""
        own = self.entries.setdefault(key, Entry(entry.shape, scope=Scope()))
        own.uses |= entry.uses
        assert own.scope is not None
        if entry.scope is not None:
            own.scope.add(entry.scope)
        return own.scope


@dataclass(slots=True)
class Fragment:
    """A named fragment that was written."""

    name: str
    type: Any
    body: str
    scope: Scope
    height: int
    """Fields inside each other."""
    variables: set[str]
    """Those of the fragments in it included."""
    fragments: set[str]
    """It and those in it."""


def documents(
    schema: GraphQLSchema, random: Random, pool: Pool = Pool(), terms: Terms = Terms()  # noqa: B008
) -> list[Operation]:
    """The operations of one document, one or a few, each with values for its variables."""
    return Writer(schema, random, pool, terms).write()


def operations(
    schema: GraphQLSchema, seed: int, pool: Pool = Pool(), terms: Terms = Terms()  # noqa: B008
) -> Iterator[Operation]:
    """Operations without end."""
    random = Random(seed)
    while True:
        yield from documents(schema, random, pool, terms)


@dataclass(slots=True)
class Writer:
    """Writes one document."""

    schema: GraphQLSchema
    random: Random
    pool: Pool
    terms: Terms
    inputs: Inputs = field(init=False)
    fragments: dict[str, Fragment] = field(default_factory=dict)
    spread: set[str] = field(default_factory=set)
    """Fragments that were spread since the caller last looked, those in them included."""
    left: int = 0
    aliases: int = 0

    def __post_init__(self) -> None:
        self.inputs = Inputs(self.random, self.pool)

    def write(self) -> list[Operation]:
        """The operations of a document."""
        count = self.random.choice((1, 1, 1, 1, 1, 2, 3))
        names = [f"Operation{at}" for at in range(count)]
        if count == 1 and self.random.random() < 0.5:
            names = [""]
        written = [self._operation(name) for name in names]
        spread = set().union(*(fragments for _, _, fragments in written))
        parts = [text for text, _, _ in written]
        parts += [self.fragments[each].body for each in sorted(spread)]
        self.random.shuffle(parts)
        document = "\n".join(parts)
        return [
            Operation(document, name or None, self.inputs.given(variables))
            for name, (_, variables, _) in zip(names, written, strict=True)
        ]

    def _operation(self, name: str) -> tuple[str, list[str], set[str]]:
        """Its text, and the variables and fragments that it uses."""
        self.left = self.random.choice((3, 6, self.terms.fields // 2, self.terms.fields))
        self.spread, self.inputs.used = set(), set()
        kind, root = "query", self.schema.query_type
        if self.schema.mutation_type and self.random.random() < self.terms.mutations:
            kind, root = "mutation", self.schema.mutation_type
        selection = self._selection(root, Scope(), self.terms.depth)
        used = self.inputs.used.union(*(self.fragments[each].variables for each in self.spread))
        variables = sorted(used)
        definitions = ", ".join(map(self.inputs.definition, variables))
        if kind == "query" and not name and not variables and self.random.random() < 0.7:
            return selection, variables, self.spread
        head = f"{kind} {name}{f'({definitions})' if definitions else ''}"
        return f"{head} {selection}", variables, self.spread

    def _selection(self, type: Any, scope: Scope, depth: int) -> str:
        """A selection set; never empty."""
        parts = []
        for _ in range(self.random.choice((1, 2, 2, 3, 3, 4, 5))):
            if part := self._part(type, scope, depth):
                parts.append(part)
            if self.left <= 0:
                break
        if not parts or all(part.startswith("...") for part in parts):
            parts.append(self._typename(scope, type))
        return f"{{ {' '.join(parts)} }}"

    def _part(self, type: Any, scope: Scope, depth: int) -> str:
        chance = self.random.random()
        if chance < 0.06:
            return self._typename(scope, type)
        if chance < 0.18:
            return self._inline(type, scope, depth)
        if chance < 0.28:
            return self._spread(type, scope, depth)
        return self._field(type, scope, depth)

    def _directives(self) -> str:
        if self.random.random() > 0.12:
            return ""
        names = self.random.choice((["skip"], ["include"], ["skip", "include"]))
        return "".join(f" @{name}(if: {self.inputs.condition()})" for name in names)

    def _typename(self, scope: Scope, type: Any) -> str:
        return self._put(scope, type, "__typename", TYPENAME, "")[0] + self._directives()

    def _put(
        self, scope: Scope, type: Any, name: str, known: GraphQLField, arguments: str
    ) -> tuple[str, Scope]:
        """A field under a key where it merges with what stands there, and its scope."""
        entry = Entry(shape(known.type), {(type.name, is_object_type(type), name, arguments)})
        key = name
        if self.random.random() < 0.2:
            # Mostly a name that others have, too.
            key = self.random.choice(("a", "b", *scope.entries, *type_names(type)))
        while key.startswith("__") is not (key == name == "__typename") or not (
            key not in scope.entries or scope.entries[key].takes(entry)
        ):
            self.aliases += 1
            key = f"k{self.aliases}"
        text = name if key == name else f"{key}: {name}"
        return text + arguments, scope.put(key, entry)

    def _field(self, type: Any, scope: Scope, depth: int) -> str:
        choices = [
            (name, each)
            for name, each in getattr(type, "fields", {}).items()
            if f"{type.name}.{name}" not in self.terms.unsuited
            and (depth > 1 or is_leaf_type(get_named_type(each.type)))
        ]
        if not choices:
            return ""
        self.left -= 1
        if scope.entries and self.random.random() < 0.15:
            again = [each for each in choices if each[0] in scope.entries]
            choices = again or choices
        elif depth > 2 and self.random.random() < 0.5:
            deep = [each for each in choices if is_composite_type(get_named_type(each[1].type))]
            choices = deep or choices
        name, known = self.random.choice(choices)
        arguments = self.inputs.arguments(f"{type.name}.{name}", known.args)
        text, own = self._put(scope, type, name, known, arguments)
        text += self._directives()
        inner = get_named_type(known.type)
        return f"{text} {self._selection(inner, own, depth - 1)}" if is_composite_type(inner) else text

    def _inline(self, type: Any, scope: Scope, depth: int) -> str:
        on = self.random.choice((None, *overlapping(self.schema, type)))
        condition = f" on {on.name}" if on else ""
        directives = self._directives()
        return f"...{condition}{directives} {self._selection(on or type, scope, depth)}"

    def _spread(self, type: Any, scope: Scope, depth: int) -> str:
        fitting = [
            each
            for each in self.fragments.values()
            if each.height <= depth
            and do_types_overlap(self.schema, each.type, type)
            and scope.takes(each.scope)
        ]
        if fitting and self.random.random() < 0.6:
            found = self.random.choice(fitting)
        else:
            found = self._fragment(self.random.choice(overlapping(self.schema, type)), depth)
            if not scope.takes(found.scope):
                return ""
        scope.add(found.scope)
        self.spread |= found.fragments
        return f"...{found.name}{self._directives()}"

    def _fragment(self, type: Any, depth: int) -> Fragment:
        """A new fragment, which isn't spread yet."""
        spread, self.spread = self.spread, set()
        used, self.inputs.used = self.inputs.used, set()
        scope = Scope()
        selection = self._selection(type, scope, depth)
        name = f"F{len(self.fragments)}"
        inner = [self.fragments[each] for each in self.spread]
        variables = self.inputs.used.union(*(each.variables for each in inner))
        body = f"fragment {name} on {type.name} {selection}"
        found = Fragment(name, type, body, scope, depth, variables, {name, *self.spread})
        self.fragments[name] = found
        self.spread, self.inputs.used = spread, used
        return found


def shape(type: Any) -> str:
    """What must be the same for two fields of one key, whatever their parents are."""
    named = get_named_type(type)
    return str(type) if is_leaf_type(named) else str(type).replace(named.name, "*")


@cache
def overlapping(schema: GraphQLSchema, type: Any) -> Sequence[Any]:
    """The types that a fragment inside this type may be on."""
    return [
        each
        for each in schema.type_map.values()
        if is_composite_type(each)
        and not each.name.startswith("__")
        and do_types_overlap(schema, type, each)
    ]


def type_names(type: Any) -> Sequence[str]:
    """The names of a type's fields, as aliases that confuse."""
    return list(getattr(type, "fields", {}))[:3]
