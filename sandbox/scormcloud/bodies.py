"""Reads the JSON that requests bring along."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from starlette.requests import Request

from sandbox.scormcloud.refusals import bad_request, refusal
from sandbox.wire import Refused

T = TypeVar("T")

MAX_BYTES = 4 * 1024 * 1024


class Schema(msgspec.Struct, frozen=True, rename="camel"):
    """Base of the schemas that requests bring; fields that nobody documented are passed over."""


class TagList(Schema, frozen=True):
    tags: tuple[str, ...] = ()


class TagBatch(Schema, frozen=True):
    ids: tuple[str, ...]
    tags: tuple[str, ...]


async def read_body(request: Request, kind: type[T]) -> T:
    """The body as a `kind`; 400 that says what is wrong where it is none."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise Refused(refusal(413, f"The body is larger than {MAX_BYTES} bytes."))
    try:
        return msgspec.json.decode(bytes(body), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request(f"The request body is not valid: {error}") from error
