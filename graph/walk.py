"""One pass over an operation and the fragments that it uses, each once, so linear in the document.

What depends on what is selected looks at it so: what is wanted of records (``graph.selection``),
how long an answer may be kept (``graph.caching``), what it takes of its caller (``graph.scopes``).
"""

from __future__ import annotations

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
    NamedTypeNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

Path = tuple[str, ...]
"""Names of fields in the answer, without places in lists."""


class Walk:
    """A pass, which ends in the methods that its kinds have for what they look at."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]
    ) -> None:
        self.schema = schema
        self.variables = variables
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._visited: set[str] = set()

    def over(self, operation: OperationDefinitionNode) -> None:
        """Go over an operation, without what these variables leave out."""
        root = self.schema.get_root_type(operation.operation)
        if root is not None:
            self._part(root, operation.selection_set, ())

    # For its kinds.

    def enter(self, type: GraphQLNamedType) -> None:
        """Look at a type of which something is selected."""

    def narrow(self, type: GraphQLNamedType, narrowed: GraphQLNamedType) -> None:
        """Look at the type that a fragment inside a selection of another is on, at each spread."""

    def field(
        self, type: GraphQLNamedType, node: FieldNode, shown: GraphQLNamedType | None, path: Path
    ) -> None:
        """Look at a field, with the type of what it shows; without one, where it is none of the
        type's own: ``__typename``, or of introspection."""

    def concrete(self, type: GraphQLNamedType) -> list[str]:
        """Names of the object types that a selection on a type may meet."""
        if isinstance(type, GraphQLInterfaceType | GraphQLUnionType):
            return [each.name for each in self.schema.get_possible_types(type)]
        return [type.name]

    def _part(self, type: GraphQLNamedType, selected: SelectionSetNode, path: Path) -> None:
        self.enter(type)
        for node in selected.selections:
            if skipped(node, self.variables):
                continue
            if isinstance(node, FieldNode):
                self._field(type, node, (*path, (node.alias or node.name).value))
            elif isinstance(node, InlineFragmentNode):
                self._fragment(type, node.type_condition, node.selection_set, path)
            elif isinstance(node, FragmentSpreadNode):
                self._spread(type, node.name.value, path)

    def _field(self, type: GraphQLNamedType, node: FieldNode, path: Path) -> None:
        own = type.fields if isinstance(type, GraphQLObjectType | GraphQLInterfaceType) else {}
        definition = own.get(node.name.value)
        shown = get_named_type(definition.type) if definition is not None else None
        self.field(type, node, shown, path)
        if shown is not None and node.selection_set:
            self._part(shown, node.selection_set, path)

    def _spread(self, type: GraphQLNamedType, name: str, path: Path) -> None:
        fragment = self._fragments[name]
        selected = None if name in self._visited else fragment.selection_set
        self._visited.add(name)
        self._fragment(type, fragment.type_condition, selected, path)

    def _fragment(
        self,
        type: GraphQLNamedType,
        condition: NamedTypeNode | None,
        selected: SelectionSetNode | None,
        path: Path,
    ) -> None:
        narrowed = self.schema.get_type(condition.name.value) if condition else type
        if narrowed is None:
            return
        if narrowed is not type:
            self.narrow(type, narrowed)
        if selected is not None:
            self._part(narrowed, selected, path)


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
