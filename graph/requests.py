"""GraphQL over HTTP: what a request carries, and how its answer is marked.

https://graphql.github.io/graphql-over-http/draft/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request

GRAPHQL_JSON = "application/graphql-response+json"
PLAIN_JSON = "application/json"

EXPLAIN = "x-explain"
"""Header that asks for ``extensions.upstream``, with the value ``upstream``."""

REQUEST_ID = "x-request-id"
"""Header that names the request, from the caller and in the answer."""

READING = ("GET", "HEAD")
"""Methods that carry the GraphQL request in the URL, and can only ask for a query."""

_WEIGHT = re.compile(r"q=([01](?:\.\d{0,3})?)", re.ASCII)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Unreadable(Exception):
    """The HTTP request carries no GraphQL request; ``status`` is the answer's."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})


class Operation(msgspec.Struct):
    """A GraphQL request, as JSON carries it."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = msgspec.field(default=None, name="operationName")
    extensions: dict[str, Any] | None = None


async def read(request: Request, most: int) -> Operation:
    """The GraphQL request of an HTTP request, whose body may have so many bytes.

    Raises:
        Unreadable: with status 400, 405, 413 or 415.
    """
    if request.method in READING:
        return _of_url(request)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != PLAIN_JSON:
        raise Unreadable(415, f"Send the request as {PLAIN_JSON}.")
    return _decoded(await _body(request, most))


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise Unreadable(413, f"The body is larger than {most} bytes.")
    return bytes(body)


def _of_url(request: Request) -> Operation:
    found: dict[str, Any] = {}
    for name in ("query", "operationName", "variables", "extensions"):
        given = request.query_params.getlist(name)
        if len(given) > 1:
            raise Unreadable(400, f"`{name}` is given more than once.")
        if given:
            found[name] = given[0]
    for name in ("variables", "extensions"):
        if found.get(name):
            try:
                found[name] = msgspec.json.decode(found[name])
            except (msgspec.DecodeError, RecursionError):
                raise Unreadable(400, f"`{name}` is not JSON.") from None
        else:
            found.pop(name, None)
    return _checked(found)


def _decoded(body: bytes) -> Operation:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unreadable(400, "The body is not JSON.") from None
    if isinstance(found, list):
        raise Unreadable(400, "Batches are not taken: send one operation in a request.")
    if not isinstance(found, dict):
        raise Unreadable(400, "The body must be a JSON object with `query`.")
    return _checked(found)


def _checked(found: dict[str, Any]) -> Operation:
    if not found.get("query"):
        raise Unreadable(400, "`query` is missing: it is the GraphQL document to execute.")
    try:
        return msgspec.convert(found, Operation)
    except msgspec.ValidationError as error:
        raise Unreadable(400, f"The request can't be read: {error}.") from None


def media_type(request: Request) -> str:
    """The media type of the answer: the newer one for who accepts it by name, else plain JSON.

    Raises:
        Unreadable: with status 406, where neither is accepted.
    """
    types = _accepted(request)
    if GRAPHQL_JSON in types and (
        PLAIN_JSON not in types or types.index(GRAPHQL_JSON) < types.index(PLAIN_JSON)
    ):
        return GRAPHQL_JSON
    if not request.headers.get("accept") or {PLAIN_JSON, "application/*", "*/*"} & set(types):
        return PLAIN_JSON
    raise Unreadable(406, f"Answers are {GRAPHQL_JSON} or {PLAIN_JSON}; accept one of them.")


def _accepted(request: Request) -> list[str]:
    """The accepted media types, the most wanted first (RFC 9110, section 12.5.1)."""
    weights: dict[str, float] = {}
    for each in ",".join(request.headers.getlist("accept")).lower().split(","):
        name, *parameters = (part.strip() for part in each.split(";"))
        found = (_WEIGHT.fullmatch(part) for part in parameters)
        weights.setdefault(name, next((float(weight[1]) for weight in found if weight), 1.0))
    wanted = sorted(weights, key=lambda name: -weights[name])
    return [name for name in wanted if name and weights[name] > 0]


def wants_page(request: Request) -> bool:
    """Whether a browser asks for a page: a GET without a query, that accepts HTML."""
    accepted = request.headers.get("accept", "")
    return (
        request.method in READING
        and "query" not in request.query_params
        and "text/html" in accepted.lower()
    )


def request_id(request: Request, make: str) -> str:
    """The caller's name for the request, if it is a plain one, else one of ours."""
    given = request.headers.get(REQUEST_ID, "")
    return given if _REQUEST_ID.fullmatch(given) else make
