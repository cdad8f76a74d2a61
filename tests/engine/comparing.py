"""Runs one operation on two executors, and says where their answers differ."""

from __future__ import annotations

import inspect
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    REMOVE,
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    Node,
    Visitor,
    get_operation_ast,
    parse,
    print_ast,
    visit,
)

from tests.engine.operations import Operation


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer in a form that can be compared."""

    data: str
    """As JSON, keys in their order."""
    errors: Counter[str]
    """Messages, places in the document, paths and extensions."""
    beside: Any = None
    """What the execution did besides."""


def outcome(result: ExecutionResult, beside: Any = None) -> Outcome:
    """The outcome of an execution."""
    data = json.dumps(result.data, default=repr)
    return Outcome(data, Counter(map(told, result.errors or ())), beside)


def same(ours: Outcome, theirs: Outcome) -> bool:
    """Whether two outcomes are as alike as they must be.

    A mutation can't be executed twice: where several errors are around one null, others of them
    may be told.
    """
    if ours == theirs or ours.beside == [] or len(ours.errors | theirs.errors) < 2:
        return ours == theirs
    return (ours.data, ours.beside) == (theirs.data, theirs.beside) and bool(ours.errors)


def told(error: GraphQLError) -> str:
    """Everything that a client may see of an error, and the kind of its cause."""
    return json.dumps([error.formatted, type(error.original_error).__name__], default=repr)


async def settled(result: Any) -> ExecutionResult:
    """The result, whether it must be awaited or not."""
    found: ExecutionResult = await result if inspect.isawaitable(result) else result
    return found


Differs = Callable[[Operation], Awaitable[bool]]


async def reduced(operation: Operation, differs: Differs) -> Operation:
    """The operation with everything taken out that it takes not to differ."""
    found = replace(operation, text=print_ast(parse(operation.text)))
    at = 0
    while (smaller := without(parse(found.text), at)) is not None:
        candidate = replace(found, text=smaller)
        if smaller != found.text and readable(candidate) and await differs(candidate):
            found = candidate
        else:
            at += 1
    return found


def readable(operation: Operation) -> bool:
    """Whether there is still a document, and the operation in it."""
    try:
        return get_operation_ast(parse(operation.text), operation.name) is not None
    except GraphQLError:
        return False


PARTS = ("field", "inline_fragment", "fragment_spread", "argument", "directive")
DEFINITIONS = ("fragment_definition", "operation_definition", "variable_definition")


class Without(Visitor):
    """Takes one part out of a document: the one of this number."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.left = at

    def enter(self, node: Node, *_: Any) -> Any:
        if node.kind not in (*PARTS, *DEFINITIONS):
            return None
        self.left -= 1
        return REMOVE if self.left == -1 else None


def without(document: DocumentNode, at: int) -> str | None:
    """The document without one of its parts, or None where it has no part of that number."""
    visitor = Without(at)
    changed = visit(document, visitor)
    return print_ast(changed) if visitor.left < 0 else None
