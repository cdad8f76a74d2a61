"""How large a document may be: decided before validation, in time linear in the document.

Each fragment is measured once and its measure added at each spread, so that a document can't be
small and cost much to measure. Fragments that spread themselves are left to validation, which
refuses them. https://cheatsheetseries.owasp.org/cheatsheets/GraphQL_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from graph.errors import LimitExceeded

CEILING = 1_000_000
"""Counts stop here: more is as bad, and adding up stays cheap."""


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
    """Directives, counting a fragment's at each spread."""
    duplicates: int = 100
    """Fields that are written again in the same selection, or come again by its fragments."""


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
    names: set[str] = field(default_factory=set)
    """What the part's own fields are called in the answer."""

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


def check(document: DocumentNode, limits: Limits) -> LimitExceeded | None:
    """The error for the first limit that any operation of a document exceeds."""
    try:
        total = measure(document)
    except RecursionError:  # fragments inside fragments: no parser bounds how deep
        return exceeded("depth", limits.depth)
    for name in ("depth", "fields", "aliases", "root_fields", "directives", "duplicates"):
        value, limit = getattr(total, name), getattr(limits, name)
        if value > limit:
            return exceeded(name.replace("_", " "), limit, value)
    return None


def measure(document: DocumentNode) -> Measure:
    """How large a document is, all its operations together."""
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    measuring = _Measuring(fragments)
    total = Measure()
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            found = measuring.part(operation.selection_set)
            found.duplicates = found.all_duplicates()
            total.add(found)
            total.directives += len(operation.directives or ())
            total.root_fields = max(total.root_fields, found.root_fields)
    for name in fragments:  # validation looks at unused ones too
        total.duplicates = max(total.duplicates, measuring.fragment(name).all_duplicates())
    return total


def exceeded(what: str, limit: int, value: int | None = None) -> LimitExceeded:
    """The error that names a limit."""
    found = f" has {value}" if value is not None else " has more"
    return LimitExceeded(
        f"The document{found} where the limit of {what} is {limit}: ask for less in one operation.",
        extensions={"limit": what, "maximum": limit, **({"value": value} if value else {})},
    )


class _Measuring:
    """Measures parts, each fragment once."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.fragments = fragments
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
            if isinstance(node, FieldNode):
                self.field(node, measure)
            elif isinstance(node, InlineFragmentNode):
                self.spread(self.part(node.selection_set), measure)
            elif isinstance(node, FragmentSpreadNode):
                self.spread(self.fragment(node.name.value), measure)
        return measure

    def field(self, node: FieldNode, measure: Measure) -> None:
        measure.names.add(node.alias.value if node.alias else node.name.value)
        measure.fields += 1
        measure.root_fields += 1
        measure.aliases += node.alias is not None
        part = self.part(node.selection_set) if node.selection_set else Measure()
        part.duplicates = part.all_duplicates()
        if node.name.value.startswith("__"):
            part.depth = -1  # a validation rule of its own bounds the depth of introspection
        measure.add(part, deeper=1)

    def spread(self, part: Measure, measure: Measure) -> None:
        measure.add(part)
        measure.names |= part.names
        measure.root_fields = min(measure.root_fields + part.root_fields, CEILING)
