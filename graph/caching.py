"""For how long an answer may be kept, and by whom: decided with the plan, from what is selected.

A type says for how many seconds its records may be shown again, and whether they are about a
person; an answer may be kept as long as the shortest-lived of what is in it, and only by its
reader where anything in it is about a person. What isn't declared is kept by nobody, so that
nothing is kept because it was forgotten here. The semantics are those of Apollo's
``@cacheControl``: https://www.apollographql.com/docs/apollo-server/performance/caching
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
)

from graph.selection import skipped
from providers.sources import SettingsError


class Kept(NamedTuple):
    """How an answer may be kept."""

    seconds: int
    """For how long; 0 where it isn't kept at all."""
    private: bool
    """Whether only by who asked for it."""

    def header(self) -> bytes:
        """The value of ``Cache-Control`` (RFC 9111, section 5.2.2).

        Without ``public``, which would have shared caches keep the answers to requests that carry
        ``Authorization``.
        """
        if not self.seconds:
            return b"no-store"
        return b"%bmax-age=%d" % (b"private, " if self.private else b"", self.seconds)


NEVER = Kept(0, private=True)
"""For what must be new, or isn't declared."""

ANYTIME = Kept(2**31, private=False)
"""For what is as old as what it is part of: the longest that HTTP knows."""

TYPES: Mapping[str, Kept] = {
    "Course": Kept(60, private=False),
    "Content": Kept(60, private=False),
    "Category": Kept(300, private=False),
    "Skill": Kept(300, private=False),
    "Instructor": Kept(60, private=True),
    "User": Kept(30, private=True),
    "Completion": Kept(30, private=True),
    "Assignment": Kept(30, private=True),
    "Learner": Kept(30, private=True),
    "LearnerAtSource": Kept(30, private=True),
    "LearnerCompletionConnection": Kept(30, private=True),
    "LearnerAssignmentConnection": Kept(30, private=True),
    "Source": Kept(60, private=False),
    "CourseImport": NEVER,
}
"""By type; those with an id are all here."""

PARTS = frozenset({"Query", "PageInfo", "Language", "Localization", "Coverage"})
"""Types that are as old as what they are part of."""

PERSONAL = frozenset({"rawData", "customFields"})
"""Fields that may say of persons what nobody declared."""

_ROWS = ("Connection", "Edge")


class Ages:
    """How long answers may be kept, by what is selected."""

    def __init__(self, changes: Mapping[str, int] | None = None) -> None:
        """Take the declared ages, with these changes of their seconds.

        Raises:
            SettingsError: where there is no such type.
        """
        self.types = dict(TYPES)
        for name, seconds in (changes or {}).items():
            if name not in TYPES or seconds < 0:
                known = ", ".join(TYPES)
                message = f"max_ages.{name} = {seconds}: give 0 or more to one of {known}"
                raise SettingsError(message)
            self.types[name] = Kept(seconds, TYPES[name].private)

    def of(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> Kept:
        """How the answer to an operation may be kept; only a query's is."""
        root = schema.query_type
        if operation.operation is not OperationType.QUERY or root is None:
            return NEVER
        found = list(_Walk(self, schema, document, variables).part(root, operation.selection_set))
        if not found:
            return NEVER  # __typename alone is worth no cache
        return Kept(min(each.seconds for each in found), any(each.private for each in found))

    def of_type(self, type: GraphQLNamedType) -> Iterator[Kept]:
        """How records of a type may be kept; nothing where that is as what they are part of, or
        where the fragments below say of which type they are."""
        if isinstance(type, GraphQLObjectType) and type.name not in PARTS:
            shown = type.name
            for rows in _ROWS:
                shown = shown.removesuffix(rows)
            yield self.types.get(type.name) or self.types.get(shown, NEVER)


class _Walk:
    """One pass over an operation and the fragments that it uses."""

    def __init__(
        self,
        ages: Ages,
        schema: GraphQLSchema,
        document: DocumentNode,
        variables: Mapping[str, Any],
    ) -> None:
        self.ages = ages
        self.schema = schema
        self.variables = variables
        self.fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self.visited: set[str] = set()

    def part(self, type: GraphQLNamedType, selected: SelectionSetNode) -> Iterator[Kept]:
        for node in selected.selections:
            if skipped(node, self.variables):
                continue
            if isinstance(node, FieldNode):
                yield from self.field(type, node)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                narrowed = self.schema.get_type(condition.name.value) if condition else type
                if narrowed is not None:
                    yield from self.shown(narrowed, node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in self.visited:
                self.visited.add(node.name.value)
                fragment = self.fragments[node.name.value]
                narrowed = self.schema.get_type(fragment.type_condition.name.value)
                if narrowed is not None:
                    yield from self.shown(narrowed, fragment.selection_set)

    def field(self, type: GraphQLNamedType, node: FieldNode) -> Iterator[Kept]:
        name = node.name.value
        if name == "__typename":
            return
        definition = (
            type.fields.get(name)
            if isinstance(type, GraphQLObjectType | GraphQLInterfaceType)
            else None
        )
        if definition is None:  # introspection
            yield NEVER
            return
        if name in PERSONAL:
            yield ANYTIME._replace(private=True)
        if node.selection_set:
            yield from self.shown(get_named_type(definition.type), node.selection_set)

    def shown(self, type: GraphQLNamedType, selected: SelectionSetNode) -> Iterator[Kept]:
        yield from self.ages.of_type(type)
        yield from self.part(type, selected)
