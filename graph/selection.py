"""What an operation wants of each record type: the union of the fields selected anywhere in it.

Decided once, before anything is read, so that two paths to one record never see it at different
widths, and a provider can be asked for just these fields. Linear in the document: each fragment is
visited once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLNamedType,
    GraphQLSchema,
    ObjectValueNode,
    OperationDefinitionNode,
    ValueNode,
    VariableNode,
)
from strawberry.utils.str_converters import to_snake_case

from graph.entity import NEEDS, READS, RECORDS
from graph.lists import LISTED
from graph.walk import Path, Walk
from resolvers.entities import BY_PLURAL
from resolvers.filters import needed


def wanted(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> dict[str, frozenset[str]]:
    """Fields wanted, by the name of the record type."""
    walk = _Wanted(schema, document, variables)
    walk.over(operation)
    return {record: frozenset(fields) for record, fields in walk.found.items()}


class _Wanted(Walk):
    """Notes what of records is selected."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]
    ) -> None:
        super().__init__(schema, document, variables)
        self.found: defaultdict[str, set[str]] = defaultdict(set)

    def enter(self, type: GraphQLNamedType) -> None:
        for record, fields in READS.get(type.name, {}).items():
            self.found[record] |= fields

    def field(
        self, type: GraphQLNamedType, node: FieldNode, shown: GraphQLNamedType | None, path: Path
    ) -> None:
        name = node.name.value
        for each in self.concrete(type):
            if record := RECORDS.get(each):
                self.found[record] |= NEEDS[each].get(name, frozenset())
        if name in LISTED:
            listed = BY_PLURAL[name].type
            self.found[listed] |= needed(listed, self.filters(node))
        if shown is not None and (record := RECORDS.get(shown.name)) is not None:
            self.found.setdefault(record, set())  # selected, if only for its key

    def filters(self, node: FieldNode) -> list[str]:
        """Unified names of the filters that a field is given."""
        value: ValueNode | None = next(
            (each.value for each in node.arguments or () if each.name.value == "filter"), None
        )
        if isinstance(value, VariableNode):
            given = self.variables.get(value.name.value)
            return [to_snake_case(name) for name in given] if isinstance(given, dict) else []
        if isinstance(value, ObjectValueNode):
            return [to_snake_case(each.name.value) for each in value.fields]
        return []
