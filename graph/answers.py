"""Answers: what came of an operation, as HTTP's status, headers and bytes."""

from __future__ import annotations

from dataclasses import asdict
from hashlib import blake2b
from typing import Any

import msgspec
from graphql import GraphQLError
from starlette.types import Message, Receive, Scope, Send
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from graph.caching import Kept
from graph.denials import TAKE_A_BREAK, Denied
from graph.documents import NO_SUCH_OPERATION
from graph.errors import Code, told
from graph.persisted import Unknown
from graph.requests import GRAPHQL_JSON, PLAIN_JSON, Unreadable, request_id
from providers.errors import DETAILS, Kind
from resolvers.context import Context

Body = dict[str, Any]
"""What an answer says, before it is JSON."""

encode = msgspec.json.Encoder(enc_hook=str).encode
"""Makes JSON of a body, or of what one is part of."""

_CONTENT_TYPES = {
    each: (b"content-type", f"{each}; charset=utf-8".encode())
    for each in (GRAPHQL_JSON, PLAIN_JSON)
}
_NO_STORE = (b"cache-control", b"no-store")
VARY = (b"vary", b"Accept, Accept-Encoding, Router-Authorization, Authorization")
"""What answers differ by (RFC 9110, section 12.5.5): who presents the gateways' secret, or a token,
may ask what others may not, and a cache keeps that apart. It is said where the server looks at
neither, too: what stands before it may."""

SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
)
"""What every answer is sent with that doesn't say otherwise: it is data, and no page's but ours.
Strict-Transport-Security is left to what speaks TLS in front of the server.
https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers"""


def guarded(send: Send) -> Send:
    """Sends an answer with what every answer is sent with, where it doesn't say otherwise."""

    async def safely(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            said = {name.lower() for name, _ in headers}
            headers += [each for each in SAFE if each[0] not in said]
            message = {**message, "headers": headers}
        await send(message)

    return safely


class Answer(msgspec.Struct, frozen=True):
    """An answer to an HTTP request."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]]

    async def send(self, send: Send) -> None:
        """Send it, in one piece."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})

    async def deny(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it to who would open a WebSocket, instead of accepting that."""
        await receive()  # the handshake
        # https://asgi.readthedocs.io/en/latest/extensions.html#websocket-denial-response
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close"})  # before it is accepted: HTTP's 403
            return
        start = {"type": "websocket.http.response.start", "status": self.status}
        await send({**start, "headers": self.headers})
        await send({"type": "websocket.http.response.body", "body": self.body})


def answer(status: int, body: Body, media_type: str, id: str) -> Answer:
    """The answer to the request of this id, to who accepts this media type."""
    encoded = encode(body)
    headers = [_CONTENT_TYPES[media_type], *_general(encoded, id)]
    if status == 405:
        headers.append((b"allow", b"POST"))
    if status == 400 and media_type == PLAIN_JSON:
        status = 200  # the older media type says nothing by its status
    return Answer(status, encoded, headers)


def kept(body: Body, media_type: str, id: str, how: Kept, seen: bytes) -> Answer:
    """The answer that may be kept so, or that the caller has it already (RFC 9110, section 13.1.2;
    by weak comparison, since what passes it on may compress it)."""
    encoded = encode(body)
    tag = b'W/"%b"' % blake2b(encoded, digest_size=16).hexdigest().encode()
    headers = [
        (b"x-request-id", id.encode()),
        (b"cache-control", how.header()),
        (b"etag", tag),
        VARY,
        *SAFE,
    ]
    if seen.strip() == b"*" or tag in (each.strip() for each in seen.split(b",")):
        return Answer(304, b"", headers)
    size = (b"content-length", b"%d" % len(encoded))
    return Answer(200, encoded, [_CONTENT_TYPES[media_type], size, *headers])


def refusal(error: Unreadable, media_type: str, id: str) -> Answer:
    """The answer to an HTTP request that carries no GraphQL request. Its status says so by either
    media type."""
    encoded = encode(_one(str(error), error.code, id))
    own = [(name.encode(), value.encode()) for name, value in error.headers.items()]
    return Answer(error.status, encoded, [_CONTENT_TYPES[media_type], *_general(encoded, id), *own])


RETRY_AFTER = 5
"""Seconds after which to come back where everything is taken."""


def busy(what: str, media_type: str = PLAIN_JSON, id: str = "") -> Answer:
    """The answer where as many of something are open as may be (RFC 9110, section 15.6.4)."""
    id = id or request_id("")
    message = f"As many {what} are open as the server takes; try again in {RETRY_AFTER} seconds."
    body = _one(message, Code.SERVER_BUSY, id)
    body["errors"][0]["extensions"] |= {"retryable": True, "retryAfterMs": RETRY_AFTER * 1000}
    encoded = encode(body)
    later = (b"retry-after", b"%d" % RETRY_AFTER)
    return Answer(503, encoded, [_CONTENT_TYPES[media_type], *_general(encoded, id), later])


def denial(error: Denied, media_type: str, id: str) -> Answer:
    """The answer to who is denied an operation, and accepts this media type, if any of JSON's.

    A token that isn't there or isn't believed is a matter of the request, which is refused by
    HTTP's means whatever is accepted; what a token doesn't allow is one of the operation, and the
    older media type says nothing of operations by its status.
    """
    made = answer(error.status, {"errors": error.told(id)}, media_type or PLAIN_JSON, id)
    if error.challenge:
        made.headers.append((b"www-authenticate", error.challenge.encode()))
    if error.status == 503:
        made.headers.append((b"retry-after", b"%d" % TAKE_A_BREAK))
    older = error.status == 403 and media_type == PLAIN_JSON
    return Answer(200 if older else error.status, made.body, made.headers)


def _general(encoded: bytes, id: str) -> tuple[tuple[bytes, bytes], ...]:
    return (
        (b"content-length", b"%d" % len(encoded)),
        (b"x-request-id", id.encode()),
        _NO_STORE,
        VARY,
        *SAFE,
    )


def executed(result: ExecutionResult, id: str) -> tuple[int, Body]:
    """HTTP status and body of what an operation gave."""
    errors = result.errors
    if not errors:
        return 200, {"data": result.data}
    body: Body = {"errors": told(errors, id, valid=not isinstance(result, PreExecutionError))}
    if _refused(result):
        return 400, body
    body["data"] = result.data
    return 200, body


def _refused(result: ExecutionResult) -> bool:
    """Whether execution never began: the document, or its variables, can't be used."""
    return isinstance(result, PreExecutionError) or (
        result.data is None
        and all(
            each.path is None
            and isinstance(each.original_error, GraphQLError | None)
            and not each.extensions
            for each in result.errors or ()
        )
    )


def faulty(fault: Exception) -> ExecutionResult:
    """The result where a fault of ours ended the execution: told, and logged, as any other."""
    error = GraphQLError("The server failed at this.", original_error=fault)
    return ExecutionResult(data=None, errors=[error])


def unanswered(
    error: CannotGetOperationTypeError | InvalidOperationTypeError, id: str
) -> tuple[int, Body]:
    """HTTP status and body where the document has no operation of that name, or one that this
    method may not carry."""
    if not isinstance(error, InvalidOperationTypeError):
        status, message = 400, NO_SUCH_OPERATION
    elif error.operation_type is OperationType.SUBSCRIPTION:
        message = (
            "Subscriptions are followed over a WebSocket (graphql-transport-ws), or by who accepts"
            " text/event-stream or multipart/mixed; subscriptionSpec=1.0."
        )
        status = 400
    else:
        status, message = 405, "Only queries can be sent by GET; send this one by POST."
    return status, _one(message, Code.BAD_REQUEST, id)


def unknown(error: Unknown, id: str) -> tuple[int, Body]:
    """HTTP status and body where an operation isn't known, or isn't one that is taken."""
    return error.status, _one(str(error), error.code, id)


def late() -> ExecutionResult:
    """What an operation gives that doesn't end in time."""
    extensions = {"code": Code.DEADLINE_EXCEEDED.value, "retryable": True}
    error = GraphQLError(DETAILS[Kind.DEADLINE_EXCEEDED], extensions=extensions)
    return ExecutionResult(data=None, errors=[error])


def upstream(*contexts: Context) -> Body:
    """What was done upstream in these contexts, for the operation's developer. Neither keys nor
    parameters are among it."""
    return {
        "calls": [asdict(call) for context in contexts for call in context.ask.calls],
        "unreadable": [
            {"source": source, "field": field, "count": count}
            for context in contexts
            for (source, field), count in context.ask.unreadable.items()
        ],
    }


def _one(message: str, code: Code, id: str) -> Body:
    extensions = {"code": code.value, "requestId": id}
    return {"errors": [{"message": message, "extensions": extensions}]}
