"""Rewrites operations in ways that change nothing, or nothing but names or order."""

from __future__ import annotations

from random import Random
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    visit,
)

PREFIX = "z_"


class Aliased(Visitor):
    """Gives every field another response key."""

    def leave_field(self, node: FieldNode, *_: Any) -> FieldNode:
        key = node.alias or node.name
        return copied(node, alias=NameNode(value=PREFIX + key.value))


def aliased(document: DocumentNode) -> DocumentNode:
    """The document with other response keys throughout."""
    return changed(document, Aliased())


def unaliased(data: Any) -> Any:
    """An aliased document's data, or path, as the document itself would have got it."""
    if isinstance(data, dict):
        return {key.removeprefix(PREFIX): unaliased(value) for key, value in data.items()}
    if isinstance(data, list):
        return [
            each.removeprefix(PREFIX) if isinstance(each, str) else unaliased(each) for each in data
        ]
    return data


class Split(Visitor):
    """Puts neighbouring selections into fragments, inline or named."""

    def __init__(self, random: Random, info: TypeInfo) -> None:
        super().__init__()
        self.random = random
        self.info = info
        self.made: list[FragmentDefinitionNode] = []

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> SelectionSetNode:
        parent = self.info.get_parent_type()
        selections = list(node.selections)
        start = self.random.randrange(len(selections))
        stop = self.random.randint(start + 1, len(selections))
        part = SelectionSetNode(selections=tuple(selections[start:stop]))
        assert parent is not None
        selections[start:stop] = [self._fragment(parent.name, part)]
        return SelectionSetNode(selections=tuple(selections))

    def _fragment(self, type: str, part: SelectionSetNode) -> SelectionNode:
        condition = NamedTypeNode(name=NameNode(value=type))
        form = self.random.randrange(3)
        if form == 2:
            name = NameNode(value=f"Split{len(self.made)}")
            self.made.append(
                FragmentDefinitionNode(
                    name=name,
                    type_condition=condition,
                    selection_set=part,
                    variable_definitions=(),
                    directives=(),
                )
            )
            return FragmentSpreadNode(name=name, directives=(), arguments=())
        return InlineFragmentNode(
            type_condition=condition if form else None, selection_set=part, directives=()
        )


def split(schema: GraphQLSchema, document: DocumentNode, random: Random) -> DocumentNode:
    """The document with parts of its selections in fragments."""
    info = TypeInfo(schema)
    visitor = Split(random, info)
    found = changed(document, TypeInfoVisitor(info, visitor))
    return DocumentNode(definitions=(*found.definitions, *visitor.made))


class Permuted(Visitor):
    """Shuffles selections."""

    def __init__(self, random: Random) -> None:
        super().__init__()
        self.random = random

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> SelectionSetNode:
        selections = list(node.selections)
        self.random.shuffle(selections)
        return SelectionSetNode(selections=tuple(selections))


def permuted(document: DocumentNode, random: Random) -> DocumentNode:
    """The document with its selections in another order; a document with mutations, whose order
    matters, as it is."""
    if any(is_mutation(each) for each in document.definitions):
        return document
    return changed(document, Permuted(random))


def is_mutation(definition: Any) -> bool:
    return (
        isinstance(definition, OperationDefinitionNode)
        and definition.operation is OperationType.MUTATION
    )


class Inlined(Visitor):
    """Puts named fragments where they are spread."""

    def __init__(self, document: DocumentNode) -> None:
        super().__init__()
        self.fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }

    def leave_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> InlineFragmentNode:
        fragment = self.fragments[node.name.value]
        return InlineFragmentNode(
            type_condition=fragment.type_condition,
            directives=node.directives,
            selection_set=changed(fragment.selection_set, self),
        )


def inlined(document: DocumentNode) -> DocumentNode:
    """The document without named fragments."""
    found = changed(document, Inlined(document))
    return DocumentNode(
        definitions=tuple(
            each for each in found.definitions if not isinstance(each, FragmentDefinitionNode)
        )
    )


def changed(node: Any, visitor: Visitor) -> Any:
    """The node as the visitor leaves it."""
    return visit(node, visitor)


def copied(node: Any, **changes: Any) -> Any:
    """A node with some attributes of other values."""
    kept = {name: getattr(node, name, None) for name in node.keys if name != "loc"}
    return type(node)(**{**kept, **changes})
