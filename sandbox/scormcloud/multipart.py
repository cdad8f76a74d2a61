"""Reads multipart forms piece by piece, so that a file never stands in memory whole.

The form is that of https://www.rfc-editor.org/rfc/rfc7578, as browsers and HTTP clients write it.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import unquote

from starlette.requests import Request

from sandbox.scormcloud.refusals import bad_request, refusal
from sandbox.wire import Refused

MAX_FORM_BYTES = 1024 * 1024 * 1024
MAX_FIELD_BYTES = 1024 * 1024
_MAX_HEAD_BYTES = 16 * 1024
_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))')


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file of a form: where it was put, the name that it had, and what it is said to be."""

    path: Path
    name: str
    kind: str | None


@dataclass(slots=True)
class Form:
    """The fields of a form, and its files, which are deleted unless somebody keeps them."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, Uploaded] = field(default_factory=dict)

    def __enter__(self) -> Form:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self.files.values():
            file.path.unlink(missing_ok=True)

    def keep(self, name: str) -> Uploaded:
        """Hands a file over to the caller; 400 where the form has none of the name."""
        if name not in self.files:
            raise bad_request(f"The form has no file '{name}'.")
        return self.files.pop(name)


async def read_form(request: Request, new_path: Callable[[], Path]) -> Form:
    """The form that a request brings; 400 where it is none, 413 where it is too large.

    Nothing is left behind where the client goes away in the middle.
    """
    form = Form()
    try:
        await _read(_Parts(request.stream(), _boundary(request)), form, new_path)
    except BaseException:
        form.__exit__(None, None, None)
        raise
    return form


async def _read(parts: _Parts, form: Form, new_path: Callable[[], Path]) -> None:
    while (head := await parts.next_head()) is not None:
        disposition = _parameters(head.get("content-disposition", ""))
        name, file_name = disposition.get("name"), disposition.get("filename")
        if name is None:
            raise bad_request("A part of the form has no name.")
        if file_name is None:
            form.fields[name] = await _text(parts)
        elif name in form.files:
            raise bad_request(f"The form has more than one file '{name}'.")
        else:
            uploaded = Uploaded(new_path(), file_name, head.get("content-type"))
            form.files[name] = uploaded
            with uploaded.path.open("xb") as file:
                await _save(parts, file)


async def _text(parts: _Parts) -> str:
    held = bytearray()
    async for chunk in parts.content():
        held += chunk
        if len(held) > MAX_FIELD_BYTES:
            raise Refused(refusal(413, f"A field is larger than {MAX_FIELD_BYTES} bytes."))
    return held.decode("utf-8", "replace")


async def _save(parts: _Parts, file: IO[bytes]) -> None:
    async for chunk in parts.content():
        file.write(chunk)


class _Parts:
    """The parts of a form, each to be read to its end before the next one."""

    def __init__(self, stream: AsyncIterator[bytes], boundary: bytes) -> None:
        self._stream = stream
        self._delimiter = b"\r\n--" + boundary
        # The first delimiter has no line before it.
        self._held = bytearray(b"\r\n")
        self._received = 0
        self._is_inside = True

    async def next_head(self) -> dict[str, str] | None:
        """The header fields of the next part, None after the last one."""
        async for _ in self.content():
            pass  # what nobody read of the part before, or what stands before the first one
        while len(self._held) < len(b"--"):
            await self._receive()
        if self._held.startswith(b"--"):
            await self._drain()
            return None
        # Before the fields stands the end of the boundary's line.
        _, *lines = (await self._head()).split("\r\n")
        self._is_inside = True
        fields = (line.partition(":") for line in lines)
        return {name.strip().lower(): value.strip() for name, _, value in fields}

    async def _head(self) -> str:
        while (end := self._held.find(b"\r\n\r\n")) < 0:
            if len(self._held) > _MAX_HEAD_BYTES:
                raise bad_request("The head of a part of the form is too long.")
            await self._receive()
        head = bytes(self._held[:end])
        del self._held[: end + len(b"\r\n\r\n")]
        return head.decode("utf-8", "replace")

    async def content(self) -> AsyncIterator[bytes]:
        """The content of the part whose head was read, up to the delimiter after it."""
        if not self._is_inside:
            return
        while (end := self._held.find(self._delimiter)) < 0:
            # What may be the beginning of a delimiter waits for the rest of it.
            safe = len(self._held) - len(self._delimiter)
            if safe > 0:
                yield self._take(safe)
            await self._receive()
        yield self._take(end)
        del self._held[: len(self._delimiter)]
        self._is_inside = False

    def _take(self, size: int) -> bytes:
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    async def _receive(self) -> None:
        with suppress(StopAsyncIteration):
            chunk = await anext(self._stream)
            self._received += len(chunk)
            if self._received > MAX_FORM_BYTES:
                raise Refused(refusal(413, f"The form is larger than {MAX_FORM_BYTES} bytes."))
            self._held += chunk
            return
        raise bad_request("The form ends before its last boundary.")

    async def _drain(self) -> None:
        async for _ in self._stream:
            pass


def _boundary(request: Request) -> bytes:
    kind = request.headers.get("content-type", "")
    boundary = _parameters(kind).get("boundary", "")
    if not kind.lower().startswith("multipart/form-data") or not 0 < len(boundary) <= 70:
        raise bad_request("The body is not multipart/form-data.")
    return boundary.encode("latin-1", "replace")


def _parameters(header: str) -> dict[str, str]:
    """The parameters of a header's value; file names in all the ways that clients quote them."""
    found: dict[str, str] = {}
    for name, quoted, bare in _PARAMETER.findall(header):
        value = re.sub(r"\\(.)", r"\1", quoted) or bare
        if name.lower() == "filename*":
            found["filename"] = unquote(value.rpartition("''")[2])
        elif name.lower() == "filename":
            found.setdefault("filename", value.replace("%22", '"'))
        else:
            found.setdefault(name.lower(), value)
    return found
