"""Bindbee's LMS API over one campus: seven models to read, and what is done to connectors.

Follows Bindbee's published OpenAPI document; what it leaves open is a comment where it is decided.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from inspect import isawaitable
from typing import Any, TypeVar

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.bindbee.connectors import (
    API_KEY,
    HAS_DATA,
    HRIS_TOKEN,
    Connectors,
    Meter,
    limit_headers,
    make_connectors,
    make_integrations,
)
from sandbox.bindbee.control import control_routes
from sandbox.bindbee.models import CONNECTORS, INTEGRATIONS, MODELS, Model
from sandbox.bindbee.passthrough import pass_through
from sandbox.bindbee.question import Invalid, Shape, read_id, read_question, read_shape
from sandbox.bindbee.rows import Store, make_store
from sandbox.bindbee.syncs import Syncs
from sandbox.bindbee.table import Record, Table, cursor_of
from sandbox.bindbee.vendor import Vendor
from sandbox.bindbee.webhooks import Outbox
from sandbox.clock import Clock, WallClock
from sandbox.outbound import Post, post
from sandbox.records import Campus
from sandbox.wire import JSONAnswer, Refused, key

__all__ = ["refusal", "routes"]

T = TypeVar("T")

PREFIX = "/api/lms/v1"

WORDS = {
    401: "Invalid API key",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    429: "Rate limit exceeded",
    500: "Internal Server Error",
}


def routes(campus: Campus, clock: Clock | None = None, post: Post = post) -> list[BaseRoute]:
    """Everything that Bindbee has for an LMS, and the webhooks' control.

    `clock` and `post` are how time passes for syncs and webhooks, and how these are sent.
    """
    connectors = Connectors(make_connectors(), HAS_DATA)
    integrations = make_integrations()
    full = campus.derived(make_store)
    api = Api(
        stores={True: full, False: {model: Table() for model in MODELS}},
        connectors=connectors,
        integrations=integrations,
        meter=Meter(),
        syncs=Syncs(connectors, full, integrations, Outbox(clock or WallClock(), post)),
    )
    return [
        *(
            Route(f"{PREFIX}/{name}{suffix}", api.metered(partial(answer, name)))
            for name in MODELS
            for suffix, answer in (("", api.list), ("/{id}", api.find))
        ),
        Route(f"{PREFIX}/connectors", api.metered(api.list_connectors)),
        Route(
            f"{PREFIX}/connectors/{{connector_id}}/delete",
            api.metered(api.delete_connector),
            methods=["DELETE"],
        ),
        Route(
            f"{PREFIX}/integrations",
            api.metered(partial(api.list_all, INTEGRATIONS, api.integrations)),
        ),
        Route("/api/embedded/v1/connectors/resync", api.metered(api.resync), methods=["POST"]),
        Route("/api/v1/passthrough", api.metered(api.pass_through), methods=["POST"]),
        *control_routes(api.syncs),
    ]


def refusal(status: int) -> Response:
    """An error without a particular reason; `detail` is a string on all of them but 422."""
    headers = limit_headers(0, int(time.time()) + 60) if status == 429 else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONAnswer({"detail": WORDS.get(status, f"Error {status}")}, status, headers)


def refuse(status: int, detail: str) -> Refused:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return Refused(JSONAnswer({"detail": detail}, status, headers))


@dataclass(frozen=True, slots=True)
class Api:
    """What the endpoints share: the tables, and the counts of requests."""

    stores: Mapping[bool, Store]
    """The tables of connectors that have data, and of those that don't yet."""
    connectors: Connectors
    integrations: Table
    meter: Meter
    syncs: Syncs
    vendors: dict[str, Vendor] = field(default_factory=dict)
    """The learning systems behind the connectors, by token."""

    def metered(
        self, answer: Callable[[Request], Response | Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint of this, whose every answer tells what is left of the minute."""

        async def endpoint(request: Request) -> Response:
            try:
                authenticate(request.headers)
                given = answer(request)
                response = await given if isawaitable(given) else given
            except Refused as refused:
                response = refused.answer
            except Invalid as invalid:
                response = JSONAnswer({"detail": [invalid.entry]}, 422)
            token = request.headers.get("x-connector-token", "")
            response.headers.update(self.meter.headers(token))
            return response

        return endpoint

    def list(self, name: str, request: Request) -> Response:
        """A page of a model: `{cursor, page_size, items}`, `page_size` being what is in it."""
        model = MODELS[name]
        shape = read_shape(request.query_params, model)
        question = read_question(request.query_params, model)
        store = self.store(request.headers)
        records, last = store[name].page(
            question.sought, question.spans, after=question.after, size=question.size
        )
        return page([show(each, shape, model, store) for each in records], last)

    def find(self, name: str, request: Request) -> Response:
        model = MODELS[name]
        row_id = read_id(key(request))
        shape = read_shape(request.query_params, model)
        store = self.store(request.headers)
        if record := store[name].by_id.get(row_id):
            return JSONAnswer(show(record, shape, model, store))
        raise refuse(404, "Not found")

    def list_all(self, model: Model, table: Table, request: Request) -> Response:
        """A page of what belongs to the API key and not to a connector."""
        question = read_question(request.query_params, model)
        records, last = table.page(question.sought, (), after=question.after, size=question.size)
        return page([record.row for record in records], last)

    def list_connectors(self, request: Request) -> Response:
        """A page of connectors, as they are now."""
        return self.list_all(CONNECTORS, self.connectors.table, request)

    def delete_connector(self, request: Request) -> Response:
        """Delete a connector; what it had can't be read any more."""
        row_id = read_id(key(request, "connector_id"), "connector_id")
        if not self.connectors.delete(row_id):
            raise refuse(404, "Not found")
        return JSONAnswer({"message": "Connector deleted successfully"})

    def resync(self, request: Request) -> Response:
        """Begin a sync: a bare JSON string, and news of it by webhooks."""
        self.syncs.begin(self.token(request.headers))
        return JSONAnswer("Resync started")

    async def pass_through(self, request: Request) -> Response:
        """What the vendor behind the connector answers."""
        token = self.token(request.headers)
        return pass_through(await request.body(), self.vendor(token))

    def vendor(self, token: str) -> Vendor:
        """The learning system behind a connector. Bindbee's copy of it is what it had."""
        if token not in self.vendors:
            connector = self.connectors.of_token(token)
            is_linked = connector is not None and connector.row["status"] == "COMPLETE"
            self.vendors[token] = Vendor(self.stores[True], is_linked)
        return self.vendors[token]

    def store(self, headers: Headers) -> Store:
        """What the connector of this token has."""
        return self.stores[self.connectors.has_data(self.token(headers))]

    def token(self, headers: Headers) -> str:
        """The token of a connector that there is."""
        token = headers.get("x-connector-token")
        if token is None:
            raise Invalid(("header", "x-connector-token"), "missing", "Field required", input=None)
        if token == HRIS_TOKEN:
            raise refuse(403, "This connector does not belong to the LMS category")
        # Which status an unknown token gets isn't published; it is a credential, so 401.
        if self.connectors.of_token(token) is None:
            raise refuse(401, "Invalid connector token")
        return token


def authenticate(headers: Headers) -> None:
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise refuse(401, "Not authenticated")
    if credentials.strip() != API_KEY:
        raise refuse(401, "Invalid API key")


def page(rows: list[Any], last: str | None) -> Response:
    answer = {"cursor": cursor_of(last), "page_size": len(rows), "items": rows}
    return JSONAnswer(answer, rows=len(rows))


def show(record: Record, shape: Shape, model: Model, store: Store) -> dict[str, Any]:
    """A row with what was asked for beside it, and its relations expanded, one level deep."""
    row = dict(record.row)
    if shape.with_raw_data:
        row["raw_data"] = record.raw
    if shape.with_custom_fields:
        row["custom_fields"] = record.custom
    for relation, fields in shape.expansion.items():
        row[relation] = expand(row[relation], store[model.relations[relation]], fields)
    return row


def expand(value: Any, table: Table, fields: frozenset[str] | None) -> Any:
    """The objects in place of ids; with `fields`, these alone, not even the id beside them."""
    if isinstance(value, list):
        return [expand(each, table, fields) for each in value]
    if value is None:
        return None
    row = table.by_id[value].row
    return row if fields is None else {name: row[name] for name in row if name in fields}
