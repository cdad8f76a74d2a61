"""Why a document isn't executed, apart from what validation finds and what is too large."""

from __future__ import annotations

from collections.abc import Sequence

from graphql import (
    GraphQLError,
    Undefined,
    ValueNode,
    value_from_ast_untyped,
)
from graphql.execution.values import VariableValues

from graph.documents import INTROSPECTION, NO_SUCH_OPERATION, SDL, Document
from graph.errors import Code
from graph.policies import Policy
from graph.scopes import INTROSPECT

_INITIATED = (
    "only to gateways, which present their secret as `router-authorization`, and, where it takes"
    f" tokens, to those with the scope `{INTROSPECT}`"
)


def hidden(document: Document, policy: Policy) -> GraphQLError | None:
    """Why a document isn't executed that asks for the schema."""
    if document.revealing & INTROSPECTION and not policy.introspection:
        message = f"Introspection is off: this server tells its schema {_INITIATED}."
    elif document.revealing & SDL and not policy.sdl:
        message = f"This server tells its SDL {_INITIATED}."
    else:
        return None
    return GraphQLError(message, extensions={"code": Code.INTROSPECTION_DISABLED.value})


def empty() -> GraphQLError:
    """The error of a document with fragments alone."""
    return GraphQLError(
        "The document has no operation: write one, such as a query, that spreads its fragments.",
        extensions={"code": Code.BAD_REQUEST.value},
    )


def ambiguous() -> GraphQLError:
    """The error of a document with several operations, none of which is named."""
    return GraphQLError(NO_SUCH_OPERATION, extensions={"code": Code.BAD_REQUEST.value})


def miscounted(begun: Sequence[ValueNode], variables: VariableValues) -> GraphQLError | None:
    """Why a document isn't executed whose streamed lists begin with less than nothing: graphql-core
    would find it while it executes the document, and call it a fault of the server's."""
    for node in begun:
        value = value_from_ast_untyped(node, dict(variables.coerced))
        if value is None or (value is not Undefined and value < 0):
            return GraphQLError("`initialCount` of `@stream` must be 0 or more.", node)
    return None
