"""What a document may cost, by the schema's ``@cost`` and ``@listSize``: before it is validated.

An object costs 1, or the weight of its field; a leaf costs nothing; a list costs as often as it has
rows: as many as its slicing argument asks for, or as the schema assumes. A mutation costs 10 more.
So does Apollo's router count, except for input objects, which it counts too, and what ``@skip`` and
``@include`` leave out, which it doesn't.
https://www.apollographql.com/docs/graphos/routing/security/demand-control

Theory of operation: a selection costs a fixed amount, and, for each list in it that is sized from
above (the ``edges`` and ``nodes`` of a connection), an amount for each row. Both are found once for
each fragment, wherever it is spread, so that measuring takes time linear in the document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
)
from strawberry.federation.schema_directives import Cost, ListSize
from strawberry.schema.schema_converter import GraphQLCoreConverter

from graph.limits import CEILING, KEYS, inside_out, plain, variable_values
from graph.weights import ASSUMED, ROWS

MUTATION = 10
"""What an operation that changes something costs by itself."""

_COMPOSITE = (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the schema says of a field's cost."""

    weight: int
    """Of one object, or of one leaf."""
    type: GraphQLNamedType
    listed: bool
    """Whether it is a list itself."""
    sliced: bool = False
    """Whether ``first`` says how many rows it, or its sized fields, have."""
    default: int = ASSUMED
    """Rows where nothing says how many."""
    sized: frozenset[str] = frozenset()
    """Fields below that have these rows."""
    known: bool = False
    """Whether it has a size of its own, which nothing above it overrides."""


@dataclass(slots=True)
class Part:
    """What a selection costs."""

    fixed: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    """By field, what one row costs of lists that are sized from above."""

    def add(self, other: Part) -> None:
        """Put the cost of another part of the same selection on top."""
        self.fixed = min(self.fixed + other.fixed, CEILING)
        for name, each in other.rows.items():
            self.rows[name] = min(self.rows[name] + each, CEILING)

    def total(self, size: int = ASSUMED, sized: frozenset[str] = frozenset()) -> int:
        """The whole, where the sized fields have so many rows."""
        above = sum(each * (size if name in sized else ASSUMED) for name, each in self.rows.items())
        return min(self.fixed + above, CEILING)


class Costs:
    """The costs of a schema's fields; each is looked up once."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._known: dict[tuple[str, str], Weighed] = {}

    def of(self, document: DocumentNode, variables: Mapping[str, Any] | None = None) -> int:
        """The cost of a document with these variables: that of its dearest operation.

        What the schema doesn't have costs nothing here: validation refuses it.

        Raises:
            RecursionError: where fragments are too far inside each other.
        """
        measuring = _Measuring(self, document, variables or {})
        for name in inside_out(measuring.fragments):
            measuring.fragment(name)
        operations = [
            each for each in document.definitions if isinstance(each, OperationDefinitionNode)
        ]
        return max(map(measuring.operation, operations), default=0)

    def field(self, type: GraphQLNamedType, name: str) -> Weighed | None:
        """What a field costs; None where the type has none of that name."""
        key = type.name, name
        if key not in self._known:
            if not isinstance(type, GraphQLObjectType | GraphQLInterfaceType):
                return None
            if name not in type.fields:
                return None  # not kept: there is no end of names that don't exist
            self._known[key] = _weighed(type.fields[name])
        return self._known[key]


def _weighed(field: GraphQLField) -> Weighed:
    """What the directives of a field say, as they are printed."""
    type = get_named_type(field.type)
    declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    directives = list(declared.directives) if declared is not None else []
    weight = next((each.weight for each in directives if isinstance(each, Cost)), None)
    if weight is None:
        weight = 1 if isinstance(type, _COMPOSITE) else 0
    shown = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    listed = isinstance(shown, GraphQLList)
    size = next((each for each in directives if isinstance(each, ListSize)), None)
    if size is None:
        keyed = any(name in field.args for name in KEYS)
        return Weighed(weight, type, listed, known=keyed)
    sliced = bool(size.slicing_arguments)
    assumed = size.assumed_size or ASSUMED
    default = field.args[ROWS].default_value if sliced else assumed
    sized = frozenset(size.sized_fields or ())
    return Weighed(weight, type, listed, sliced, default, sized, known=True)


class _Measuring:
    """Measures the parts of one document, each fragment once."""

    def __init__(self, costs: Costs, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.costs = costs
        self.variables = variable_values(document, variables)
        self.fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self.measured: dict[str, Part] = {}

    def operation(self, node: OperationDefinitionNode) -> int:
        root = self.costs.schema.get_root_type(node.operation)
        own = MUTATION if node.operation is OperationType.MUTATION else 0
        return own + (self.part(root, node.selection_set).total() if root else 0)

    def part(self, type: GraphQLNamedType, selected: SelectionSetNode) -> Part:
        found = Part()
        for node in selected.selections:
            if isinstance(node, FieldNode):
                self.field(type, node, found)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                narrowed = self.named(condition.name.value) if condition else type
                if narrowed is not None:
                    found.add(self.part(narrowed, node.selection_set))
            elif isinstance(node, FragmentSpreadNode):
                found.add(self.fragment(node.name.value))
        return found

    def fragment(self, name: str) -> Part:
        if name not in self.measured:
            # Stands while it is measured, for those that spread themselves.
            self.measured[name] = Part()
            fragment = self.fragments.get(name)
            type = self.named(fragment.type_condition.name.value) if fragment else None
            if fragment is not None and type is not None:
                self.measured[name] = self.part(type, fragment.selection_set)
        return self.measured[name]

    def named(self, name: str) -> GraphQLNamedType | None:
        return self.costs.schema.get_type(name)

    def field(self, type: GraphQLNamedType, node: FieldNode, found: Part) -> None:
        name = node.name.value
        weighed = None if name.startswith("__") else self.costs.field(type, name)
        if weighed is None:
            return
        size = self.size(weighed, node)
        one = weighed.weight
        if node.selection_set:
            one += self.part(weighed.type, node.selection_set).total(size, weighed.sized)
        if not weighed.listed:
            found.fixed = min(found.fixed + one, CEILING)
        elif weighed.known:
            found.fixed = min(found.fixed + size * one, CEILING)
        else:
            found.rows[name] = min(found.rows[name] + one, CEILING)

    def size(self, weighed: Weighed, node: FieldNode) -> int:
        """How many rows a field has, or those of its fields that it sizes."""
        for argument in node.arguments or ():
            name, value = argument.name.value, plain(argument.value, self.variables)
            if weighed.sliced and name == ROWS:
                if isinstance(value, int | float) and value == value:
                    return int(min(max(value, 0), CEILING))
            elif name in KEYS and isinstance(value, list):
                return len(value)
        return weighed.default
