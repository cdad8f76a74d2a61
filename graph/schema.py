"""The schema: every declared type put together, as a federated subgraph.

https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal

import strawberry
import strawberry.federation
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
)
from graphql.execution import get_variable_values
from strawberry.extensions import SchemaExtension
from strawberry.federation.schema import FederationAny
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from graph import (
    assignment,
    category,
    completion,
    content,
    course,
    facets,
    instructor,
    learner,
    limits,
    query,
    skill,
    source,
    user,
    values,
)
from graph.connections import Connection
from graph.entity import DECLARATIONS, build
from graph.errors import Code, beside
from graph.limits import Limits
from graph.node import Node
from graph.scalars import SCALARS
from graph.selection import wanted
from resolvers import learners, nodes
from resolvers.context import Context
from resolvers.errors import BadInput

FEDERATION: Literal["2.9"] = "2.9"
"""The newest version that every composer accepts."""

MOST_REPRESENTATIONS = 1_000
"""Most representations that one ``_entities`` takes."""

MODULES = (
    assignment,
    category,
    completion,
    content,
    course,
    instructor,
    learner,
    query,
    skill,
    source,
    user,
    values,
)
"""The modules that declare types; importing them is what declares."""


class Bounded(SchemaExtension):
    """Refuses a document that is too large, before it is validated."""

    limits: Limits

    def on_parse(self) -> Any:
        """Parse with the limit of tokens, and measure what comes out."""
        execution = self.execution_context
        document = _parsed(execution.query or "", self.limits)
        if error := limits.check(document, self.limits, execution.variables):
            raise error
        if ambiguous := _ambiguous(document, execution):
            raise ambiguous
        execution.graphql_document = document
        yield


def _parsed(text: str, bounds: Limits) -> Any:
    try:
        return parse(text, max_tokens=bounds.tokens)
    except GraphQLSyntaxError as error:
        if f"{bounds.tokens} tokens" in error.message:
            raise limits.exceeded("tokens", bounds.tokens) from None
        if "nested too deeply" in error.message:
            raise limits.exceeded("depth", bounds.depth) from None
        raise


def _ambiguous(document: DocumentNode, execution: ExecutionContext) -> GraphQLError | None:
    """The error of a document with several operations, none of which is named."""
    operations = [
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    ]
    if execution.operation_name is not None or len(operations) < 2:
        return None
    return GraphQLError(
        "`operationName` must name one of the document's operations.",
        extensions={"code": Code.BAD_REQUEST.value},
    )


class Selected(SchemaExtension):
    """Decides what the operation wants of each type, and adds what went wrong beside the data."""

    async def on_execute(self) -> AsyncIterator[None]:
        """Around execution."""
        execution = self.execution_context
        context: Context = execution.context
        document = execution.graphql_document
        assert document is not None
        schema = execution.schema._schema
        operation = next(
            each
            for each in document.definitions
            if isinstance(each, OperationDefinitionNode)
            and (
                execution.operation_name is None
                or (each.name and each.name.value == execution.operation_name)
            )
        )
        coerced = get_variable_values(
            schema, operation.variable_definitions or (), execution.variables or {}
        )
        variables = getattr(coerced, "coerced", {})
        context.ask.wanted = wanted(schema, document, operation, variables)
        yield
        result = execution.result
        if result is not None and (more := beside(context)):
            result.errors = [*(result.errors or ()), *more]


class Subgraph(strawberry.federation.Schema):
    """A schema whose entities are resolved by type and at once, each representation for itself."""

    def entities_resolver(
        self, info: strawberry.Info, representations: list[FederationAny]
    ) -> list[FederationAny]:
        """One answer for each representation: a value, something to await, or its own error."""
        if len(representations) > MOST_REPRESENTATIONS:
            count = len(representations)
            raise BadInput(
                f"`representations` has {count}; send at most {MOST_REPRESENTATIONS} at once."
            )
        return [_entity(info, each) for each in representations]

    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """Nothing here: errors are logged where they are shown (``graph.errors``)."""


def _entity(info: strawberry.Info, representation: Any) -> Any:
    context: Context = info.context
    name = representation.get("__typename") if isinstance(representation, dict) else None
    declaration = DECLARATIONS.get(name) if isinstance(name, str) else None
    if declaration is None or not declaration.keys:
        return GraphQLError("The representation's `__typename` is no entity of this subgraph.")
    (key,) = declaration.keys
    value = representation.get(key)
    if not isinstance(value, str):
        return GraphQLError(f"The representation of {name} needs its key `{key}`, as text.")
    try:
        if name == "Learner":
            return learners.find(context, value, None, info.path)
        return nodes.node(context, value, name or "")
    except BadInput as error:
        return error


def make_schema(bounds: Limits | None = None) -> Subgraph:
    """The schema, refusing documents beyond these bounds.

    The declared types are finished at the first call; further schemas share them.
    """
    types = _types()

    class Bounds(Bounded):
        limits = bounds or Limits()

    return Subgraph(
        query=DECLARATIONS["Query"].cls,
        types=types,
        extensions=[Bounds, Selected],
        config=StrawberryConfig(scalar_map=SCALARS),
        federation_version=FEDERATION,
    )


_built: list[type] = []


def _types() -> Sequence[type]:
    if not _built:
        facets.load()
        _built.extend(build({"Node": Node, "Connection": Connection}))
    return _built


def sdl(schema: Subgraph) -> str:
    """The schema's text, as ``schema.graphql`` holds it."""
    return print_schema(schema) + "\n"
