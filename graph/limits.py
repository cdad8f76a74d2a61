"""How large a document may be: decided before validation, in time linear in the document.

Each fragment is measured once and its measure added at each spread, so that a document can't be
small and cost much to measure. Fragments that spread themselves are left to validation, which
refuses them. https://cheatsheetseries.owasp.org/cheatsheets/GraphQL_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)
from graphql.language.parser import MAX_NESTING_DEPTH

from graph.errors import LimitExceeded
from graph.weights import ROWS
from providers.sources import SettingsError

DEFAULT_FIRST = 20
"""Rows of a connection that isn't told how many to give."""

KEYS = ("ids", "representations")
"""Arguments that are lists of what is to be given, one by one."""

SIZED = frozenset({ROWS, *KEYS})
"""Arguments whose values say how much is asked for."""

LATER = 5
"""How many rows a part that comes later counts as: each has to be announced, and to be placed."""

CEILING = 2**53 - 1
"""Counts stop here: the largest number that every reader of JSON takes as it is."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest document that is executed."""

    tokens: int = 2_000
    """Lexical tokens."""
    depth: int = 15
    """Fields inside each other; introspection is not counted."""
    fields: int = 2_000
    """Fields, counting a fragment's at each spread."""
    aliases: int = 30
    """Aliases, counting a fragment's at each spread."""
    root_fields: int = 20
    """Fields of the query itself."""
    directives: int = 50
    """Directives, counting a fragment's at each spread; of variables and fragments, too."""
    duplicates: int = 100
    """Fields that are written again in the same selection, or come again by its fragments."""
    fragments: int = 50
    """Fragments that are defined."""
    rows: int = 12_000
    """Rows that lists may give: their sizes, multiplied where one is inside another. Each part that
    comes later (``@defer``, ``@stream``) counts as five."""
    alias_length: int = 200
    """Characters of an alias: each row of the answer repeats it."""
    cost: int = 30_000
    """What it may cost, by the schema's ``@cost`` and ``@listSize``; about that of as many objects.
    See ``graph.costs``."""
    characters: int = 100_000
    """Characters of its text, which are counted before it is read."""


def bounds(given: Mapping[str, int]) -> Limits:
    """The limits, with those that settings give.

    Raises:
        SettingsError: where there is no such limit, or where it would let nothing pass.
    """
    known = Limits.__dataclass_fields__
    for name, value in given.items():
        if name not in known:
            raise SettingsError(f"limits.{name} is none; there are {', '.join(known)}")
        if not 1 <= value < CEILING:
            raise SettingsError(f"limits.{name} must be 1 or more, and less than {CEILING}")
    return Limits(**given)


@dataclass(slots=True)
class Measure:
    """How large a part of a document is."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    root_fields: int = 0
    directives: int = 0
    duplicates: int = 0
    """Of the selections inside; those of the part itself are known where it ends."""
    fragments: int = 0
    rows: int = 0
    alias_length: int = 0
    names: set[str] = field(default_factory=set)
    """What the part's own fields are called in the answer."""
    fields_named: set[str] = field(default_factory=set)
    """What the part's own fields are called in the schema."""

    def all_duplicates(self) -> int:
        """Duplicates inside and of the part itself."""
        return min(self.duplicates + self.root_fields - len(self.names), CEILING)

    def add(self, other: Measure, *, deeper: int = 0) -> None:
        """Add a part of this part."""
        self.depth = max(self.depth, other.depth + deeper)
        self.fields = min(self.fields + other.fields, CEILING)
        self.aliases = min(self.aliases + other.aliases, CEILING)
        self.directives = min(self.directives + other.directives, CEILING)
        self.duplicates = min(self.duplicates + other.duplicates, CEILING)
        self.rows = min(self.rows + other.rows, CEILING)
        self.alias_length = max(self.alias_length, other.alias_length)


def check(
    document: DocumentNode, limits: Limits, variables: Mapping[str, Any] | None = None
) -> LimitExceeded | None:
    """The error for the first limit that any operation of a document exceeds."""
    try:
        total = measure(document, variables)
    except RecursionError:  # fragments in a circle that is too long to be followed
        return too_deep()
    for name in COUNTED:
        value, limit = getattr(total, name), getattr(limits, name)
        if value > limit:
            return exceeded(name, limit, value)
    return None


def measure(document: DocumentNode, variables: Mapping[str, Any] | None = None) -> Measure:
    """How large a document is with these variables, all its operations together."""
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    measuring = _Measuring(fragments, variable_values(document, variables or {}))
    for name in inside_out(fragments):
        measuring.fragment(name)
    total = Measure(fragments=len(fragments))
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            found = measuring.part(operation.selection_set)
            found.duplicates = found.all_duplicates()
            total.add(found)
            total.directives += len(operation.directives or ())
            for variable in operation.variable_definitions or ():
                total.directives += len(variable.directives or ())
            total.root_fields = max(total.root_fields, found.root_fields)
    for name, fragment in fragments.items():  # validation looks at unused ones too
        total.duplicates = max(total.duplicates, measuring.fragment(name).all_duplicates())
        total.directives += len(fragment.directives or ())
    return total


WORDS: Mapping[str, str] = {
    "tokens": "tokens",
    "depth": "levels of fields",
    "fields": "fields",
    "aliases": "aliases",
    "root_fields": "fields at its root",
    "directives": "directives",
    "duplicates": "repeated fields",
    "fragments": "fragments",
    "rows": "rows in its lists (the product of `first` where they are nested)",
    "alias_length": "characters in an alias",
    "cost": "points of cost (by the schema's `@cost` and `@listSize`)",
    "characters": "characters",
}
"""What each limit counts."""

COUNTED = tuple(name for name in WORDS if name in Measure.__dataclass_fields__)
"""The limits that are counted here; what a document costs, the schema says (``graph.costs``)."""


def exceeded(name: str, limit: int, value: int | None = None) -> LimitExceeded:
    """The error that names a limit; without the value, where that isn't known."""
    counted = value is not None and value < CEILING
    found = value if counted else f"more than {limit if value is None else CEILING}"
    return LimitExceeded(
        f"The document has {found} {WORDS[name]}; at most {limit} are taken: ask for less at once.",
        extensions={
            "limit": name.replace("_", " "),
            "maximum": limit,
            **({"value": value} if counted else {}),
        },
    )


def too_deep() -> LimitExceeded:
    """The error of a document that nobody can read to its bottom, whether its fields, its values,
    or its types are inside each other, so that nothing can be counted there."""
    most = MAX_NESTING_DEPTH
    return LimitExceeded(
        f"The document is nested too deeply to be read; at most {most} braces and brackets inside"
        " each other are taken: ask for less at once.",
        extensions={"limit": "nesting", "maximum": most},
    )


def inside_out(fragments: Mapping[str, FragmentDefinitionNode]) -> list[str]:
    """The names of fragments, what one spreads before itself, as far as there is no circle.

    So measuring one never leads through a chain of others, which could be longer than Python lets
    functions call each other.
    """
    found: dict[str, None] = {}
    entered: set[str] = set()
    for first in fragments:
        open = [first]
        while open:
            name = open[-1]
            if name in entered or name not in fragments:
                found.setdefault(open.pop())
            else:
                entered.add(name)
                spread = _spread(fragments[name].selection_set)
                open += [each for each in spread if each not in entered]
    return [name for name in found if name in fragments]


def _spread(selected: SelectionSetNode) -> list[str]:
    """The names of the fragments that a selection spreads."""
    found: list[str] = []
    open = [selected]
    while open:
        for node in open.pop().selections:
            if isinstance(node, FragmentSpreadNode):
                found.append(node.name.value)
            elif isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set:
                open.append(node.selection_set)
    return found


def variable_values(document: DocumentNode, given: Mapping[str, Any]) -> dict[str, Any]:
    """What variables are, as far as it says how much is asked for: as given, or by default; where
    operations differ, the largest number."""
    return {**_defaults(document), **given}


def _defaults(document: DocumentNode) -> dict[str, Any]:
    """The default values of variables; where operations differ, the largest number."""
    found: dict[str, Any] = {}
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            for each in operation.variable_definitions or ():
                name, value = each.variable.name.value, plain(each.default_value, {})
                known = found.get(name)
                if not isinstance(known, int) or (isinstance(value, int) and value > known):
                    found[name] = value
    return found


def plain(value: ValueNode | None, variables: Mapping[str, Any]) -> Any:
    """A number or list as it will be, as far as that shows in the document; else None."""
    if isinstance(value, VariableNode):
        return variables.get(value.name.value)
    if isinstance(value, IntValueNode):
        return min(int(value.value[:17]), CEILING)  # more digits are more than it anyway
    return list(value.values) if isinstance(value, ListValueNode) else None


def _is_later(node: SelectionNode) -> bool:
    """Whether a part of the answer is asked for later."""
    return any(each.name.value in ("defer", "stream") for each in node.directives or ())


class _Measuring:
    """Measures parts, each fragment once."""

    def __init__(
        self, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self.fragments = fragments
        self.variables = variables
        self.known: dict[str, Measure] = {}

    def fragment(self, name: str) -> Measure:
        if name not in self.known:
            # Stands while it is measured, for those that spread themselves.
            self.known[name] = Measure()
            if (fragment := self.fragments.get(name)) is not None:
                self.known[name] = self.part(fragment.selection_set)
        return self.known[name]

    def part(self, selected: SelectionSetNode) -> Measure:
        measure = Measure()
        for node in selected.selections:
            measure.directives += len(node.directives or ())
            measure.rows += LATER * _is_later(node)
            if isinstance(node, FieldNode):
                self.field(node, measure)
            elif isinstance(node, InlineFragmentNode):
                self.spread(self.part(node.selection_set), measure)
            elif isinstance(node, FragmentSpreadNode):
                self.spread(self.fragment(node.name.value), measure)
        return measure

    def field(self, node: FieldNode, measure: Measure) -> None:
        measure.names.add(node.alias.value if node.alias else node.name.value)
        measure.fields_named.add(node.name.value)
        measure.fields += 1
        measure.root_fields += 1
        measure.aliases += node.alias is not None
        length = len(node.alias.value) if node.alias else 0
        measure.alias_length = max(measure.alias_length, length)
        part = self.part(node.selection_set) if node.selection_set else Measure()
        part.duplicates = part.all_duplicates()
        if node.name.value.startswith("__"):
            part.depth = -1  # a validation rule of its own bounds the depth of introspection
        if (size := self.size(node, part)) is not None:
            part.rows = min(size * (1 + part.rows), CEILING)
        measure.add(part, deeper=1)

    def size(self, node: FieldNode, part: Measure) -> int | None:
        """How many rows a field may give, or None where it is no list that a caller sizes."""
        for argument in node.arguments or ():
            name, value = argument.name.value, plain(argument.value, self.variables)
            if name == ROWS and isinstance(value, int | float) and value == value:
                return int(min(max(value, 0), CEILING))
            if name in KEYS and isinstance(value, list):
                return len(value)
        return DEFAULT_FIRST if part.fields_named & {"nodes", "edges"} else None

    def spread(self, part: Measure, measure: Measure) -> None:
        measure.add(part)
        measure.names |= part.names
        measure.fields_named |= part.fields_named
        measure.root_fields = min(measure.root_fields + part.root_fields, CEILING)
