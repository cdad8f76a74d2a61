"""GraphQL over HTTP: what a request carries, and how its answer is marked.

https://graphql.github.io/graphql-over-http/draft/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from random import getrandbits
from typing import Any

import msgspec
from starlette.datastructures import QueryParams
from starlette.types import Receive

from graph.errors import Code
from graph.media import media
from graph.misread import torn
from graph.patience import Within

GRAPHQL_JSON = "application/graphql-response+json"
PLAIN_JSON = "application/json"

METHODS = "GET, HEAD, POST"
"""What the endpoint answers."""

READING = ("GET", "HEAD")
"""Methods that carry the GraphQL request in the URL, and can only ask for a query."""

NO_QUERY = "`query` is missing: it is the GraphQL document to execute."

LONGEST_URL = 60_000
"""Longest query string that is taken, in bytes: the server's parser reads no URL of 65,536."""

_UTF_8 = ("utf-8", "utf8")

_QUOTED = 60
"""Characters of what a caller sent that a message repeats, at most."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Unreadable(Exception):
    """The HTTP request carries no GraphQL request; ``status`` is the answer's, and ``headers`` say
    what would be taken, by names in small letters."""

    def __init__(
        self, status: int, message: str, *, code: Code = Code.BAD_REQUEST, **headers: str
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @classmethod
    def too_long(cls, most: int = LONGEST_URL) -> Unreadable:
        """The refusal of a URL with more bytes than are taken."""
        message = f"The URL is longer than {most} bytes: send it by POST, or by its id or hash."
        return cls(414, message)


class Gone(Exception):
    """The client has left: nobody would read the answer."""


class Headers(msgspec.Struct, frozen=True):
    """What matters of a request's headers; a header that isn't there is empty."""

    accept: str
    content_type: str
    request_id: str
    """``x-request-id``: the caller's name for the request."""
    explain: str
    """``x-explain``: asks for ``extensions.upstream``, with the value ``upstream``."""
    secret: bytes = b""
    """``router-authorization``: what a gateway shows that it is one."""
    seen: bytes = b""
    """``if-none-match``: which answers the caller has."""
    trace: bytes = b""
    """``apollo-federation-include-trace``: asks for ``extensions.ftv1``; see ``graph.traces``."""
    encoding: str = ""
    """``content-encoding``: how the body is packed."""


class Operation(msgspec.Struct):
    """A GraphQL request, as JSON carries it. What it asks is its text, or what the server knows the
    text by; see ``graph.persisted``."""

    query: str | None = None
    variables: dict[str, Any] | None = None
    operation_name: str | None = msgspec.field(default=None, name="operationName")
    extensions: dict[str, Any] | None = None
    document_id: str | None = msgspec.field(default=None, name="documentId")
    doc_id: str | None = None
    """The same, as Relay's documentation calls it."""

    @property
    def id(self) -> str | None:
        """The id of a document in the server's lists."""
        return self.document_id if self.document_id is not None else self.doc_id

    @property
    def is_named(self) -> bool:
        """Whether it says what it asks without a text."""
        return self.id is not None or bool(self.extensions and "persistedQuery" in self.extensions)


NAMING = ("documentId", "doc_id", "extensions")
"""Parameters that may say what is asked without a text."""

_decoder = msgspec.json.Decoder(Operation)


def headers(sent: Iterable[tuple[bytes, bytes]]) -> Headers:
    """The headers of an ASGI scope, whose names are in small letters.

    Several ``accept`` are one, and several ``content-encoding`` (RFC 9110, section 5.3); of the
    others the first counts.
    """
    found: dict[bytes, bytes] = {}
    accepted = []
    for name, value in sent:
        if name == b"accept":
            accepted.append(value)
        elif name == b"content-encoding":
            found[name] = b"%b,%b" % (found[name], value) if name in found else value
        else:
            found.setdefault(name, value)
    return Headers(
        b",".join(accepted).decode("latin-1"),
        found.get(b"content-type", b"").decode("latin-1"),
        found.get(b"x-request-id", b"").decode("latin-1"),
        found.get(b"x-explain", b"").decode("latin-1"),
        found.get(b"router-authorization", b""),
        found.get(b"if-none-match", b""),
        found.get(b"apollo-federation-include-trace", b""),
        found.get(b"content-encoding", b"").decode("latin-1"),
    )


def refuse_bodiless(method: str, most: int) -> None:
    """Refuse what neither has parameters of a length that is taken, nor a body.

    Raises:
        Unreadable: with status 405 or 414.
    """
    if method in READING:
        raise Unreadable.too_long(most)
    if method != "POST":
        raise Unreadable(405, "Send the request by POST or GET.", allow=METHODS)


async def posted(found: Headers, receive: Receive, most: int, seconds: float) -> Operation:
    """The GraphQL request that a POST carries, whose body may have so many bytes, and take so many
    seconds to arrive.

    Raises:
        Unreadable: with status 400, 408, 413 or 415.
        Gone: where the client leaves before its body is there.
    """
    if found.content_type != PLAIN_JSON:
        _refuse_foreign(found.content_type)
    if found.encoding:
        _refuse_packed(found.encoding)
    try:
        body = await Within(seconds, _body(receive, most))
    except TimeoutError:
        # What is left of it would be taken for the next request.
        message = "The request's body took too long: send it at once."
        raise Unreadable(408, message, connection="close") from None
    return _decoded(body)


def _refuse_foreign(content_type: str) -> None:
    type, parameters = media(content_type)
    if type != PLAIN_JSON:
        message = f"Send the request as JSON, with `Content-Type: {PLAIN_JSON}`."
        raise Unreadable(415, message, accept=PLAIN_JSON)
    for name, value in parameters:
        if name == "charset" and value not in _UTF_8:
            raise Unreadable(
                415,
                f"Send the request in UTF-8, not in {value[:_QUOTED]!r}, and leave `charset` out or"
                " say `charset=utf-8`.",
                accept=f"{PLAIN_JSON};charset=utf-8",
            )


def _refuse_packed(encoding: str) -> None:
    """Refuse a body that would have to be unpacked: a small one could fill the memory."""
    codings = {each.strip().lower() for each in encoding.split(",")} - {"", "identity"}
    if codings:
        raise Unreadable(
            415,
            f"Send the request as it is, without `Content-Encoding: {encoding[:_QUOTED]}`:"
            " compressed requests are not taken.",
            accept_encoding="identity",  # RFC 9110, section 15.5.16
        )


async def _body(receive: Receive, most: int) -> bytearray:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
        if len(body) > most:
            raise Unreadable(413, f"The body is larger than {most} bytes: ask for less at once.")
        if not message.get("more_body"):
            return body


def of_url(parameters: QueryParams) -> Operation:
    """The GraphQL request in a URL's parameters.

    Raises:
        Unreadable: with status 400.
    """
    found: dict[str, Any] = {}
    for name in ("query", "operationName", "variables", *NAMING):
        given = parameters.getlist(name)
        if len(given) > 1:
            raise Unreadable(400, f"`{name}` is given more than once: give it once.")
        if given:
            found[name] = given[0]
    for name in ("variables", "extensions"):
        if found.get(name):
            try:
                found[name] = msgspec.json.decode(found[name])
            except (msgspec.DecodeError, RecursionError) as error:
                cure = "Give it as an object, as in a request's body."
                raise _misread(f"`{name}`", found[name], error, cure) from None
        else:
            found.pop(name, None)
    return _checked(found)


def _decoded(body: bytearray) -> Operation:
    try:
        operation = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _judged(body)
    return operation if operation.query or operation.is_named else _judged(body)


def _judged(body: bytearray) -> Operation:
    """The request in a body that can't be decoded as one, most often to say why."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        text, cure = body.decode(errors="replace"), "Send an object with `query`, in UTF-8."
        raise _misread("The body", text, error, cure) from None
    if isinstance(found, list):
        raise Unreadable(400, "Batches are not taken: send one operation in a request.")
    if not isinstance(found, dict):
        raise Unreadable(400, "The body must be a JSON object with `query`.")
    return _checked(found)


def _misread(what: str, text: str, error: Exception, cure: str) -> Unreadable:
    """The refusal of what can't be read as JSON, by what is wrong with it."""
    try:
        if (half := torn(text)) is not None:
            return Unreadable(400, half.told(what), code=Code.BAD_USER_INPUT)
    except RecursionError as deeper:
        error = deeper
    if isinstance(error, RecursionError):
        return Unreadable(400, f"{what} is nested too deeply to be read.")
    if isinstance(error, msgspec.ValidationError):  # it is JSON, with a number that can't be kept
        return Unreadable(400, f"{what} can't be read: {error}.")
    return Unreadable(400, f"{what} is not JSON. {cure}")


def _checked(found: Mapping[str, Any]) -> Operation:
    if not found.get("query") and not any(found.get(name) for name in NAMING):
        raise Unreadable(400, NO_QUERY)
    try:
        # Clients that ask by hash may say that there is no text.
        given = {name: value for name, value in found.items() if value is not None}
        operation = msgspec.convert(given, Operation)
    except msgspec.ValidationError as error:
        raise Unreadable(400, f"The request can't be read: {error}.") from None
    if not operation.query and not operation.is_named:
        raise Unreadable(400, NO_QUERY)
    return operation


def asks_nothing(parameters: QueryParams) -> bool:
    """Whether a URL names no operation, as when a browser is led to it."""
    return parameters.keys().isdisjoint(("query", *NAMING))


def request_id(given: str) -> str:
    """The caller's name for the request, if it is a plain one, else one of ours."""
    if given and _REQUEST_ID.fullmatch(given):
        return given
    return f"{getrandbits(128):032x}"  # it keeps no secret: it only has to be another each time
