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
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
)
from strawberry.utils.str_converters import to_snake_case

from graph.entity import NEEDS, READS, RECORDS
from graph.lists import LISTED
from resolvers.entities import BY_PLURAL
from resolvers.filters import needed


def wanted(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> dict[str, frozenset[str]]:
    """Fields wanted, by the name of the record type."""
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    walk = _Walk(schema, fragments, variables)
    root = schema.get_root_type(operation.operation)
    if root is not None:
        walk.selections(root, operation.selection_set)
    return {record: frozenset(fields) for record, fields in walk.found.items()}


class _Walk:
    """One pass over an operation and the fragments that it uses."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.variables = variables
        self.found: defaultdict[str, set[str]] = defaultdict(set)
        self.visited: set[str] = set()

    def selections(self, type: GraphQLNamedType, selected: SelectionSetNode) -> None:
        for record, fields in READS.get(type.name, {}).items():
            self.found[record] |= fields
        for selection in selected.selections:
            if not skipped(selection, self.variables):
                self.selection(type, selection)

    def selection(self, type: GraphQLNamedType, node: SelectionNode) -> None:
        if isinstance(node, FieldNode):
            self.field(type, node)
        elif isinstance(node, InlineFragmentNode):
            narrowed = (
                self.schema.get_type(node.type_condition.name.value)
                if (node.type_condition)
                else type
            )
            if narrowed is not None:
                self.selections(narrowed, node.selection_set)
        elif isinstance(node, FragmentSpreadNode):
            fragment = self.fragments.get(node.name.value)
            if fragment is not None and fragment.name.value not in self.visited:
                self.visited.add(fragment.name.value)
                condition = self.schema.get_type(fragment.type_condition.name.value)
                if condition is not None:
                    self.selections(condition, fragment.selection_set)

    def field(self, type: GraphQLNamedType, node: FieldNode) -> None:
        name = node.name.value
        for each in self.concrete(type):
            if record := RECORDS.get(each):
                self.found[record] |= NEEDS[each].get(name, frozenset())
        if name in LISTED:
            listed = BY_PLURAL[name].type
            self.found[listed] |= needed(listed, self.filters(node))
        if node.selection_set and isinstance(type, GraphQLObjectType | GraphQLInterfaceType):
            definition = type.fields.get(name)
            if definition is not None:
                inner = get_named_type(definition.type)
                if (record := RECORDS.get(inner.name)) is not None:
                    self.found.setdefault(record, set())  # selected, if only for its key
                self.selections(inner, node.selection_set)

    def concrete(self, type: GraphQLNamedType) -> list[str]:
        """Names of the object types that a selection on this type may meet."""
        if isinstance(type, GraphQLInterfaceType | GraphQLUnionType):
            return [each.name for each in self.schema.get_possible_types(type)]
        return [type.name]

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


def skipped(node: SelectionNode, variables: Mapping[str, Any]) -> bool:
    """Whether ``@skip`` or ``@include`` leaves a selection out."""
    return any(
        (each.name.value == "skip" and _condition(each, variables) is True)
        or (each.name.value == "include" and _condition(each, variables) is False)
        for each in node.directives or ()
    )


def _condition(directive: DirectiveNode, variables: Mapping[str, Any]) -> Any:
    value = next((each.value for each in directive.arguments or ()), None)
    if isinstance(value, VariableNode):
        return variables.get(value.name.value)
    return value.value if isinstance(value, BooleanValueNode) else None
