"""One HTTP/1.1 connection that reads, one request after the other (RFC 9112).

Requests have no bodies. httptools reads heads and bodies in chunks; a body whose length is known
needs no reading, so its bytes are handed on as they came.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import cast

import httptools

from providers.errors import Kind
from providers.wire import failed, lowered

LONGEST_HEAD = 64 * 1024
"""Longest head of an answer that is waited for, in bytes; some providers put whole page addresses
there."""

ENOUGH = 256 * 1024
"""Bytes of a body that are handed on before its end is there; of twice as many no more is read
until they are taken."""


class Broken(Exception):
    """The connection ended, or what came over it is no answer; ``begun`` says whether one had
    begun."""

    def __init__(self, begun: bool) -> None:
        super().__init__()
        self.begun = begun


class Connection(asyncio.Protocol):
    """A connection, and the answer that comes over it: an ``Arrival`` once its head is there."""

    status: int
    headers: Mapping[str, str]
    _transport: asyncio.Transport
    _parser: httptools.HttpResponseParser

    def __init__(self, idle: Callable[[Connection], None]) -> None:
        """``idle`` is told when the connection can be used for the next request."""
        self._idle = idle
        self._loop = asyncio.get_running_loop()
        self.closed: asyncio.Future[None] = self._loop.create_future()
        """Done when nothing of it is left."""
        self.used = False
        """Whether it has carried a request."""
        self.since = 0.0
        """Since when it is idle, on the loop's clock."""
        self._busy = False
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep hold of the transport."""
        self._transport = cast(asyncio.Transport, transport)

    @property
    def is_open(self) -> bool:
        """Whether a request can be sent by it."""
        return not self._transport.is_closing()

    async def ask(self, request: bytes) -> None:
        """Send a request, and wait for the head of its answer.

        Raises:
            Broken: where none comes.
        """
        self.used = self._busy = True
        self._head = b""
        self._begun = self._whole = self._broken = False
        self._left: int | None = None
        """Bytes of the body that are to come, where that is known."""
        self._chunked = self._lasting = False
        self._fields: list[tuple[str, str]] = []
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._waiter: asyncio.Future[None] | None = None
        self.status = 0
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(request)
        while not self.status:
            if self._broken:
                raise Broken(self._begun)
            await self._news()

    async def read(self) -> bytes:
        """As ``Arrival.read``."""
        while not self._pieces or not (self._whole or self._held >= ENOUGH):
            if self._broken:
                raise failed(Kind.UNAVAILABLE)
            if self._whole:
                return b""
            await self._news()
        piece = self._pieces.popleft()
        self._held -= len(piece)
        if self._paused and self._held < ENOUGH:
            self._paused = False
            self._transport.resume_reading()
        return piece

    async def close(self) -> None:
        """As ``Arrival.close``."""
        if not self._busy:
            return
        self._busy = False
        if self._whole and self._lasting and self.is_open:
            self._idle(self)
        else:
            self.abort()

    def abort(self) -> None:
        """End it at once."""
        self._transport.abort()

    async def _news(self) -> None:
        """Wait until something came that is to be looked at."""
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # What the transport calls.

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if not self._busy or self._whole:  # nobody asked for this
            self._lasting = False
            self.abort()
            return
        self._begun = True
        try:
            self._take(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade, ValueError):
            if self._whole:
                self._lasting = False  # what is behind the answer is none of ours
            else:
                self._break()
        if self._whole or self._broken or self._held >= ENOUGH:
            self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        """Note that nothing more comes: the end of a body that has no other."""
        if not self.closed.done():
            self.closed.set_result(None)
        if self._busy and not self._whole:
            until_the_end = self.status and self._left is None and not self._chunked
            self._whole = error is None and bool(until_the_end)
            self._broken = not self._whole
            self._wake()

    def _break(self) -> None:
        self._broken = True
        self.abort()

    def _take(self, data: bytes) -> None:
        while data and not self.status:
            data = self._take_head(data)
        if not data or self._whole:
            self._lasting = self._lasting and not data
        elif self._chunked:
            self._parser.feed_data(data)
        else:
            self._keep(data)
        if self._held >= 2 * ENOUGH and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def _take_head(self, data: bytes) -> bytes:
        """Read the head, once all of it is there; what comes behind it."""
        begun = len(self._head)
        self._head += data
        end = self._head.find(b"\r\n\r\n", max(0, begun - 3)) + 4
        if end < 4:
            if len(self._head) > LONGEST_HEAD:
                raise ValueError("too long")
            return b""
        head, rest = self._head[:end], self._head[end:]
        self._head = b""
        self._parser.feed_data(head)
        if self.status:
            self._wake()
        return rest

    def _keep(self, data: bytes) -> None:
        """Keep bytes of the body."""
        if self._left is not None:
            self._lasting = self._lasting and len(data) <= self._left
            data = data[: self._left]
            self._left -= len(data)
            self._whole = not self._left
        self._pieces.append(data)
        self._held += len(data)

    # What the parser calls.

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field of the head, or one behind the last chunk, which nobody needs."""
        if not self.status:
            self._fields.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """Look at the head, which says where the body ends (RFC 9112, section 6.3)."""
        if self.status:
            self._lasting = False  # another answer, which nobody asked for
            return
        status = self._parser.get_status_code()
        if status < 200:  # there is another one to come
            self._fields.clear()
            return
        self.headers = headers = lowered(self._fields)
        self._lasting = self._parser.should_keep_alive()
        coding = headers.get("transfer-encoding", "").lower()
        self._chunked = coding.rpartition(",")[2].strip() == "chunked"
        if not coding and "content-length" in headers:
            self._left = int(headers["content-length"])
        if status in (204, 304) or self._left == 0:
            self._left, self._whole = 0, True
        self.status = status

    def on_body(self, piece: bytes) -> None:
        """Take what a chunk holds."""
        if not self._whole:
            self._keep(piece)

    def on_message_complete(self) -> None:
        """Note the end of a body in chunks."""
        if self._chunked:
            self._whole = True
