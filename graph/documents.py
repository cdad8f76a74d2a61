"""Documents that were read before: parsed, measured, validated and planned once for each text.

What a text is, its size, what is wrong with it, and how it is executed, is the same at every
request; only what depends on the values of variables is decided anew. A text is kept from its
second use on, so that texts that come once, such as those with values written into them, don't push
out those that come all the time; and what is kept is bounded by the length of the texts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    ValueNode,
    VariableNode,
    Visitor,
    parse,
    visit,
)
from graphql.execution.collect_fields import FragmentDetails

from graph import lexical, limits
from graph.bounded import Bounded
from graph.limits import SIZED, Limits

T = TypeVar("T")

MOST_TEXT = 100_000
"""How much text is kept, in characters: what is known of a text takes far more memory than it."""

MOST_SEEN = 4_096
"""Of how many texts it is remembered that they came once."""

MOST_PLANNED = 10_000
"""How many fields are kept as they are executed, in all shapes of all documents."""

MOST_SIZES = 16
"""For how many sizes of its variables it is known whether a document is refused."""


NO_SUCH_OPERATION = "`operationName` must name one of the document's operations."

INTROSPECTION = frozenset({"__schema", "__type"})
SDL = frozenset({"_service"})
REVEALING = INTROSPECTION | SDL
"""Fields of the query that show the schema."""


@dataclass(slots=True)
class Document:
    """A document, and all that is known of it whatever the values of its variables."""

    node: DocumentNode
    operations: Mapping[str, OperationDefinitionNode]
    """By name; the name of an operation without one is empty."""
    fragments: dict[str, FragmentDetails]
    sizes: tuple[str, ...]
    """Variables whose values say how much is asked for."""
    conditions: tuple[str, ...]
    """Variables that ``@skip`` and ``@include`` look at."""
    filters: tuple[str, ...]
    """Variables that are given to a ``filter``."""
    revealing: frozenset[str] = frozenset()
    """Which fields it asks that show the schema."""
    incremental: bool = False
    """Whether ``@defer`` or ``@stream`` is in it."""
    begun: tuple[ValueNode, ...] = ()
    """How many items its streamed lists begin with."""
    invalid: list[GraphQLError] | None = None
    """What is wrong with it; None until that was looked at."""
    refusals: Bounded[Hashable, list[GraphQLError]] = field(
        default_factory=lambda: Bounded(MOST_SIZES)
    )
    """By what the sizes are, why the document is not executed; no errors where it is."""
    text: str = ""
    """The text under which it is kept; empty where it isn't."""

    @classmethod
    def of(cls, node: DocumentNode) -> Document:
        """Look a document over."""
        operations: dict[str, OperationDefinitionNode] = {}
        fragments: dict[str, FragmentDetails] = {}
        for each in node.definitions:
            if isinstance(each, OperationDefinitionNode):
                operations.setdefault(each.name.value if each.name else "", each)
            elif isinstance(each, FragmentDefinitionNode):
                fragments[each.name.value] = FragmentDetails(each, None)
        variables = _Variables()
        visit(node, variables)
        found = {use: tuple(sorted(names)) for use, names in variables.found.items()}
        return cls(
            node,
            operations,
            fragments,
            found["sizes"],
            found["conditions"],
            found["filters"],
            frozenset(variables.revealing),
            variables.incremental,
            tuple(variables.begun),
        )

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation of that name; without a name, the only one."""
        if name is not None:
            return self.operations.get(name) if name else None
        return next(iter(self.operations.values())) if len(self.operations) == 1 else None


class _Variables(Visitor):
    """Finds what variables are used for, which fields show the schema, and whether parts may come
    later."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, set[str]] = {"sizes": set(), "conditions": set(), "filters": set()}
        self.revealing: set[str] = set()
        self.incremental = False
        self.begun: list[ValueNode] = []

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Note a field that shows the schema; nothing else may be called so."""
        if (name := node.name.value) in REVEALING:
            self.revealing.add(name)

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        """Note that parts of the answer are asked for later."""
        self.incremental |= node.name.value in ("defer", "stream")
        if node.name.value == "stream":
            given = (
                each.value for each in node.arguments or () if each.name.value == "initialCount"
            )
            self.begun += given

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        """Note what a variable that is an argument's value is for."""
        if not isinstance(node.value, VariableNode):
            return
        name = node.name.value
        if name == "if":
            self.found["conditions"].add(node.value.name.value)
        if name in SIZED:
            self.found["sizes"].add(node.value.name.value)
        if name == "filter":
            self.found["filters"].add(node.value.name.value)


class Documents(Generic[T]):
    """The documents that are kept, by their text, and how their operations are executed."""

    def __init__(self, read: Callable[[str], Document]) -> None:
        self._read = read
        self._kept: Bounded[str, Document] = Bounded(MOST_TEXT)
        self._shapes: Bounded[Hashable, T] = Bounded(MOST_PLANNED)
        self._once: set[int] = set()

    def get(self, text: str) -> Document:
        """The document of a text.

        Raises:
            GraphQLError: where it can't be read.
        """
        document = self._kept.get(text)
        if document is None:
            document = self._read(text)
            if self._is_second(text):
                self._kept.keep(text, document, len(text))
                document.text = text
        return document

    def shape(self, document: Document, key: Hashable) -> T | None:
        """How an operation of a document is executed, by its name and what else decides that."""
        return self._shapes.get((document.text, key)) if document.text else None

    def keep_shape(self, document: Document, key: Hashable, shape: T, fields: int) -> None:
        """Remember how an operation of a document is executed, if the document is kept."""
        if document.text:
            self._shapes.keep((document.text, key), shape, fields + 1)

    def _is_second(self, text: str) -> bool:
        mark = hash(text)
        if mark in self._once:
            self._once.discard(mark)
            return True
        if len(self._once) >= MOST_SEEN:
            self._once.clear()
        self._once.add(mark)
        return False


def parsed(text: str, bounds: Limits) -> DocumentNode:
    """A document.

    Raises:
        GraphQLError: where it is none, or too long to be read.
    """
    if len(text) > bounds.characters:
        raise limits.exceeded("characters", bounds.characters, len(text))
    try:
        return parse(text, max_tokens=bounds.tokens)
    except GraphQLSyntaxError as error:
        if f"{bounds.tokens} tokens" in error.message:
            raise limits.exceeded("tokens", bounds.tokens, lexical.count(text)) from None
        if "nested too deeply" in error.message:
            raise limits.too_deep() from None
        raise
