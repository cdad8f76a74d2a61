"""What requests carry: JSON, forms, and files in pieces."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import msgspec

from providers.wire import Load


@dataclass(frozen=True, slots=True)
class Content:
    """The body of a request, and what it is."""

    media_type: str
    load: Load = field(repr=False)
    length: int | None = None
    """Bytes in it, where it comes in pieces and that is known."""

    def headers(self) -> dict[str, str]:
        """What a request says of it."""
        said = {"content-type": self.media_type}
        if self.length is not None:
            said["content-length"] = str(self.length)
        return said


def json(value: Any) -> Content:
    """A value as JSON; what is ``msgspec.UNSET`` in its structs is left out."""
    return Content("application/json", msgspec.json.encode(value))


def form(fields: Mapping[str, str]) -> Content:
    """Fields as an HTML form sends them."""
    return Content("application/x-www-form-urlencoded", urlencode(fields).encode())


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a multipart body."""

    name: str
    load: Load = field(repr=False)
    filename: str | None = None
    media_type: str | None = None
    length: int | None = None
    """Bytes in it, where it comes in pieces and that is known."""


def multipart(parts: Sequence[Part]) -> Content:
    """Parts as ``multipart/form-data``, which are sent as they come (RFC 7578).

    Its length is told where that of every part is known, as some servers want.
    """
    boundary = secrets.token_hex(16)
    heads = [_head(boundary, part) for part in parts]
    end = f"--{boundary}--\r\n".encode()
    lengths = [len(part.load) if isinstance(part.load, bytes) else part.length for part in parts]
    known = [length for length in lengths if length is not None]
    length = (
        sum(known) + sum(map(len, heads)) + 2 * len(parts) + len(end)
        if len(known) == len(parts)
        else None
    )
    return Content(f"multipart/form-data; boundary={boundary}", _pieces(heads, parts, end), length)


async def _pieces(
    heads: Sequence[bytes], parts: Sequence[Part], end: bytes
) -> AsyncIterator[bytes]:
    for head, part in zip(heads, parts, strict=True):
        yield head
        if isinstance(part.load, bytes):
            yield part.load
        else:
            async for piece in part.load:
                yield piece
        yield b"\r\n"
    yield end


def _head(boundary: str, part: Part) -> bytes:
    said = f'form-data; name="{_quoted(part.name)}"'
    if part.filename is not None:
        said += f'; filename="{_quoted(part.filename)}"'
    lines = [f"--{boundary}", f"Content-Disposition: {said}"]
    if part.media_type is not None:
        lines.append(f"Content-Type: {part.media_type}")
    return "\r\n".join([*lines, "", ""]).encode()


_ESCAPED = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


def _quoted(text: str) -> str:
    """A name as browsers write it.

    https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
    """
    return text.translate(_ESCAPED)
