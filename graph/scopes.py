"""What a field takes of its caller, where callers present tokens: said here, printed, and enforced.

Reading takes a token, whoever's, unless the settings say otherwise. A change takes the scope
``write``, and ``manage`` beside it where it does more than its payload can tell. ``introspect``
lets a caller see what the server shows of itself. What shows the schema takes no token here:
whether it is answered is decided by ``graph.policies``.

What gateways read as ``@authenticated`` and ``@requiresScopes`` and what ``Access`` finds in an
operation come from ``Access.need``, so that they can't differ. Fields of entities are marked one by
one: others have these types, too, and a mark on the type, or on its key, would be on their fields.
https://www.apollographql.com/docs/graphos/routing/security/authorization
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
)
from strawberry.federation.schema_directives import Authenticated, RequiresScopes
from strawberry.schema.schema_converter import GraphQLCoreConverter

from graph.denials import Denied, lacking, without_token
from graph.documents import REVEALING
from graph.entity import DECLARATIONS, ROOTS
from graph.tokens import Caller
from graph.walk import Path, Walk

INTROSPECT = "introspect"
"""Lets its caller see the schema, the SDL and suggestions, where they aren't shown to everybody."""

WRITE = "write"
"""Lets its caller change something."""

MANAGE = "manage"
"""Lets its caller do what reaches past the graph, or can't be undone for a whole account."""

MANAGING = frozenset({"connectorDelete", "passthrough", "userInformationDelete"})
"""The mutations that take ``manage``, beside ``write``."""

TOKEN: tuple[str, ...] = ()
"""A token, whatever its scopes."""


class Need(NamedTuple):
    """A field of an operation that takes something."""

    scopes: tuple[str, ...]
    """All of them, or a token alone where there are none."""
    path: tuple[str, ...]
    """Where its value would be in the answer, without places in lists."""
    node: FieldNode


def denial(needs: Sequence[Need], caller: Caller | None) -> Denied | None:
    """Why a caller is denied an operation with these needs, if so."""
    if not needs:
        return None
    if caller is None:
        return without_token(needs[0].path, needs[0].node)
    short = [each for each in needs if not caller.scopes.issuperset(each.scopes)]
    return lacking([(each.path, each.node, each.scopes) for each in short]) if short else None


class Access:
    """What fields take of callers, where reading takes a token, or doesn't."""

    def __init__(self, *, required: bool = True) -> None:
        self.required = required

    def need(self, type: str, field: str) -> tuple[str, ...] | None:
        """The scopes that a field takes; None where it takes no token either."""
        if field.startswith("__") or field in REVEALING:
            return None
        if type == "Mutation":
            return (WRITE, MANAGE) if field in MANAGING else (WRITE,)
        return TOKEN if self.required and (type in ROOTS or self._is_own(type, field)) else None

    def _is_own(self, type: str, field: str) -> bool:
        """Whether other subgraphs can lead to a field of ours, which isn't a key of theirs."""
        declared = DECLARATIONS.get(type)
        return declared is not None and bool(declared.keys) and field not in declared.keys

    def needs(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> tuple[Need, ...]:
        """What an operation of a valid document takes, with these variables: the fields that take
        scopes, and the first of those that take a token alone."""
        walk = _Needs(self, schema, document, variables)
        walk.over(operation)
        found: dict[Any, Need] = {}
        for need in walk.found:
            found.setdefault(need.path if need.scopes else None, need)
        return tuple(found.values())

    def mark(self, schema: GraphQLSchema) -> None:
        """Say in a schema what its fields take, for who prints it."""
        for type in schema.type_map.values():
            if not isinstance(type, GraphQLObjectType):
                continue
            for name, field in type.fields.items():
                declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
                scopes = self.need(type.name, name)
                if scopes is None or declared is None:
                    continue
                marked = copy(declared)  # other schemas share it
                marked.directives = [*declared.directives, *_marks(scopes)]
                field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF] = marked

    def marks(self) -> Sequence[object]:
        """One of each directive that is printed."""
        return [*(_marks(TOKEN) if self.required else ()), *_marks((WRITE,))]


def _marks(scopes: tuple[str, ...]) -> Sequence[object]:
    return [RequiresScopes(scopes=[list(scopes)])] if scopes else [Authenticated()]


class _Needs(Walk):
    """Notes what takes something. What a fragment's fields take doesn't depend on where it is
    spread."""

    def __init__(
        self,
        access: Access,
        schema: GraphQLSchema,
        document: DocumentNode,
        variables: Mapping[str, Any],
    ) -> None:
        super().__init__(schema, document, variables)
        self.access = access
        self.found: list[Need] = []

    def field(
        self, type: GraphQLNamedType, node: FieldNode, shown: GraphQLNamedType | None, path: Path
    ) -> None:
        for each in self.concrete(type):
            scopes = self.access.need(each, node.name.value)
            if scopes is not None:
                self.found.append(Need(scopes, path, node))
