"""Plain Strawberry over this graph's types: its own schema, execution and ASGI application.

The types and their resolvers are this graph's, which any GraphQL executor can call; all else is
Strawberry's. What an application has to do is done as Strawberry's guides say: a context for each
operation (https://strawberry.rocks/docs/guides/custom-extensions), errors with codes
(https://strawberry.rocks/docs/types/schema), ``@defer`` and ``@stream``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import strawberry.federation
from graphql import GraphQLError, OperationType, get_operation_ast
from strawberry.asgi import GraphQL
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.subscriptions import (
    GRAPHQL_SSE_PROTOCOL,
    GRAPHQL_TRANSPORT_WS_PROTOCOL,
    GRAPHQL_WS_PROTOCOL,
    MULTIPART_SUBSCRIPTION_PROTOCOL,
)

from graph.entity import DECLARATIONS
from graph.errors import formatted
from graph.scalars import SCALARS
from graph.schema import FEDERATION, declared
from graph.selection import wanted
from resolvers.context import Context
from resolvers.watching import Watch

SOCKETS = (GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_WS_PROTOCOL)
"""The protocols of subscriptions that it comes with."""

HTTP = (GRAPHQL_SSE_PROTOCOL, MULTIPART_SUBSCRIPTION_PROTOCOL)
"""Those that have to be turned on, which also changes how queries are answered.
https://strawberry.rocks/docs/general/subscriptions"""

Wanted = Mapping[str, frozenset[str]]


class Followed:
    """What a subscription goes by: a watch for its source, and a context for what its events
    show, since Strawberry gives both the same."""

    def __init__(self, watch: Watch, fields: Wanted) -> None:
        self._fresh = watch.context
        self._fields = fields
        self._context = self.context()
        self.look = Watch(self.context, watch.pace).look
        self.pace = watch.pace

    def context(self) -> Context:
        """A context of its own for one look."""
        return _context(self._fresh(), self._fields)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)


def _context(fresh: Context, fields: Wanted) -> Context:
    fresh.ask.wanted = fields
    return fresh


class Contexts(SchemaExtension):
    """Makes an operation's context out of the watch that the application gives."""

    def on_execute(self) -> Iterator[None]:
        """Put the context in the watch's place, before the execution begins."""
        asked = self.execution_context
        document, watch = asked.graphql_document, asked.context
        assert document is not None and isinstance(watch, Watch)
        operation = get_operation_ast(document, asked.operation_name)
        assert operation is not None
        fields = wanted(asked.schema._schema, document, operation, asked.variables or {})
        if operation.operation is OperationType.SUBSCRIPTION:
            asked.context = Followed(watch, fields)
        else:
            asked.context = _context(watch.context(), fields)
            if operation.operation is OperationType.MUTATION:
                asked.context.begin_changes()
        yield


class Schema(strawberry.federation.Schema):
    """Strawberry's schema of this graph's types."""

    def __init__(self) -> None:
        types = declared()
        super().__init__(
            query=DECLARATIONS["Query"].cls,
            mutation=DECLARATIONS["Mutation"].cls,
            subscription=DECLARATIONS["Subscription"].cls,
            types=types,
            extensions=[Contexts],
            config=StrawberryConfig(
                scalar_map=SCALARS, enable_experimental_incremental_execution=True
            ),
            federation_version=FEDERATION,
        )

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Give the errors of this graph's resolvers their codes; Strawberry's own are left as they
        are."""
        for error in errors:
            if error.original_error is not None and error.path is not None:
                shown = formatted(error, "", valid=True)
                error.message, error.extensions = shown["message"], shown["extensions"]


class Application(GraphQL[Watch, None]):
    """Strawberry's ASGI application, whose sockets have ``patience`` seconds to begin, and whose
    subscriptions can be followed over HTTP where it is ``streaming``."""

    def __init__(self, watch: Watch, patience: float, *, streaming: bool) -> None:
        logging.getLogger("strawberry").setLevel(logging.CRITICAL)  # it tells every refusal
        super().__init__(
            Schema(),
            subscription_protocols=(*SOCKETS, *HTTP) if streaming else SOCKETS,
            connection_init_wait_timeout=timedelta(seconds=patience),
        )
        self.watch = watch

    async def get_context(self, request: Any, response: Any) -> Watch:
        """What the contexts of a request's operations are made of."""
        return self.watch
