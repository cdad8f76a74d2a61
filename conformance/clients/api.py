"""The schema as clients see it: what ``schema.graphql`` says to gateways alone, left out."""

from __future__ import annotations

from typing import Any

from graphql import (
    REMOVE,
    DirectiveNode,
    FieldDefinitionNode,
    Node,
    TypeDefinitionNode,
    Visitor,
    parse,
    print_ast,
    specified_directives,
    visit,
)

OURS = frozenset(each.name for each in specified_directives)


class _Gateways(Visitor):
    """Takes out what only gateways read: federation's directives, fields and types."""

    def enter_directive(self, node: DirectiveNode, *_: Any) -> Any:
        return None if node.name.value in OURS else REMOVE

    def enter_directive_definition(self, *_: Any) -> Any:
        return REMOVE

    def enter_field_definition(self, node: FieldDefinitionNode, *_: Any) -> Any:
        return REMOVE if node.name.value.startswith("_") else None

    def enter(self, node: Node, *_: Any) -> Any:
        is_theirs = isinstance(node, TypeDefinitionNode) and node.name.value.startswith("_")
        return REMOVE if is_theirs else None


def of(sdl: str) -> str:
    """The API schema of a subgraph's text."""
    return print_ast(visit(parse(sdl), _Gateways())) + "\n"
