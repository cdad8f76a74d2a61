"""The least that HTTP/1.1 GETs cost in asyncio: the floor that clients are measured against.

Not for use: it has no timeouts, no limits and no retries.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import httptools


@dataclass(slots=True)
class Received:
    """An answer."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Connection(asyncio.Protocol):
    """One connection, with one request under way at most."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self._answer: asyncio.Future[Received]
        self._parser: httptools.HttpResponseParser
        self._headers: list[tuple[bytes, bytes]] = []
        self._pieces: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def ask(self, request: bytes) -> asyncio.Future[Received]:
        """Send a request; its answer is there when the whole of it came."""
        self._headers, self._pieces = [], []
        self._parser = httptools.HttpResponseParser(self)
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, error: Exception | None) -> None:
        if hasattr(self, "_answer") and not self._answer.done():
            self._answer.set_exception(error or ConnectionError("the server hung up"))

    # What the parser calls.

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name, value))

    def on_body(self, piece: bytes) -> None:
        self._pieces.append(piece)

    def on_message_complete(self) -> None:
        body = b"".join(self._pieces)
        self._answer.set_result(Received(self._parser.get_status_code(), self._headers, body))


@dataclass(slots=True)
class Pool:
    """Connections to one server."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    idle: list[Connection] = field(default_factory=list)

    async def get(self, target: str, headers: bytes) -> Received:
        """GET a target; ``headers`` are ready lines."""
        connection = self.idle.pop() if self.idle else await self._connect()
        request = f"GET {target} HTTP/1.1\r\n".encode() + headers + b"\r\n"
        answer = await connection.ask(request)
        self.idle.append(connection)
        return answer

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, self.host, self.port, ssl=self.tls)
        return connection


@asynccontextmanager
async def pool(host: str, port: int, tls: ssl.SSLContext | None) -> AsyncIterator[Pool]:
    """A pool, its connections closed at the end."""
    opened = Pool(host, port, tls)
    try:
        yield opened
    finally:
        for connection in opened.idle:
            connection.transport.abort()
        await asyncio.sleep(0)
