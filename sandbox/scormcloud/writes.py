"""How an operation that changes something is declared."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from sandbox.scormcloud.cloud import Cloud


class Write(NamedTuple):
    """An operation: where it is, what answers, and which scopes a token needs, `verb:noun`.

    The verb "secret" lets no token in.
    """

    method: Literal["DELETE", "POST", "PUT"]
    path: str
    handler: Callable[[Cloud, Request], Awaitable[Response]]
    verb: Literal["read", "write", "delete", "secret"]
    noun: str


def done() -> Response:
    """The answer to what has nothing to tell."""
    return Response(status_code=204)
