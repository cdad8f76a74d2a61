"""For how long an answer may be kept, and by whom: decided with the plan, from what is selected.

A type says for how many seconds its records may be shown again, and whether they are about a
person; an answer may be kept as long as the shortest-lived of what is in it, and only by its
reader where anything in it is about a person. What is read with a record, such as what only its
provider has of it, is as old as the record. What isn't declared and takes a call of its own is kept
by nobody, so that nothing is kept because it was forgotten here. The semantics are those of
Apollo's ``@cacheControl``: https://www.apollographql.com/docs/apollo-server/performance/caching
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
)

from graph.entity import PARTS
from graph.walk import Path, Walk
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

OLD_AS_THEIRS = frozenset({"Query", "PageInfo", "Language", "Localization", "Coverage"})
"""Types that are as old as what they are part of."""

PERSONAL = "JSON"
"""Scalar that may say of persons what nobody declared: raw data, custom fields, and the like."""


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
        if operation.operation is not OperationType.QUERY:
            return NEVER
        walk = _Ages(self, schema, document, variables)
        walk.over(operation)
        found = walk.found
        if not found:
            return NEVER  # __typename alone is worth no cache
        return Kept(min(each.seconds for each in found), any(each.private for each in found))

    def knows(self, type: GraphQLNamedType) -> bool:
        """Whether it is declared how records of a type may be kept."""
        return not isinstance(type, GraphQLObjectType) or (
            type.name in OLD_AS_THEIRS or _shown(type) in self.types
        )

    def of_type(self, type: GraphQLNamedType) -> Iterator[Kept]:
        """How records of a type may be kept; nothing where that is as what they are part of, or
        where the fragments below say of which type they are."""
        if isinstance(type, GraphQLObjectType) and type.name not in OLD_AS_THEIRS:
            yield self.types.get(_shown(type), NEVER)


def _shown(type: GraphQLNamedType) -> str:
    """The name of the type whose records a type shows."""
    if type.name in TYPES:
        return type.name
    return type.name.removesuffix("Connection").removesuffix("Edge")


class _Ages(Walk):
    """Notes how what is selected may be kept."""

    def __init__(
        self,
        ages: Ages,
        schema: GraphQLSchema,
        document: DocumentNode,
        variables: Mapping[str, Any],
    ) -> None:
        super().__init__(schema, document, variables)
        self.ages = ages
        self.found: list[Kept] = []

    def narrow(self, type: GraphQLNamedType, narrowed: GraphQLNamedType) -> None:
        self.found += self.ages.of_type(narrowed)

    def field(
        self, type: GraphQLNamedType, node: FieldNode, shown: GraphQLNamedType | None, path: Path
    ) -> None:
        name = node.name.value
        if shown is None:
            self.found += () if name == "__typename" else (NEVER,)  # else introspection
            return
        if shown.name == PERSONAL:
            self.found.append(ANYTIME._replace(private=True))
        if name in PARTS.get(type.name, ()):
            if self.ages.knows(shown):
                self.found += self.ages.of_type(shown)
        elif node.selection_set:
            self.found += self.ages.of_type(shown)
        elif not self.ages.knows(type):
            self.found.append(NEVER)
