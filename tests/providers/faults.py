"""A real server on loopback that answers as a script says, byte by byte, and keeps what it got."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

JSON = {"content-type": "application/json"}

Script = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Server:
    """What a running server saw."""

    url: str
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    """How many were made, also those that came to nothing."""
    under_way: int = 0
    most_under_way: int = 0
    hung_up: int = 0
    """Answers that the client did not want to the end."""


@asynccontextmanager
async def serving(
    script: Script, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Server]:
    """A server on a free port, until the block ends; ``host`` is what its URL calls it."""
    server = Server("")
    connections: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        task = asyncio.ensure_future(_serve(server, script, reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    scheme = "https" if tls else "http"
    server.url = f"{scheme}://{host}:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await listening.wait_closed()


async def _serve(
    server: Server, script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        while request := await _read(reader):
            server.requests.append(request)
            server.under_way += 1
            server.most_under_way = max(server.most_under_way, server.under_way)
            try:
                await script(request, writer)
            finally:
                server.under_way -= 1
            if writer.is_closing():
                break
    except (ConnectionError, asyncio.CancelledError):
        server.hung_up += 1
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body)


def answer(
    body: bytes = b"{}",
    status: str = "200 OK",
    headers: Mapping[str, str] | None = None,
    *,
    length: int | None = None,
) -> Script:
    """A script for one answer; ``length`` may lie."""
    found = {**JSON, **(headers or {})}

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(status, {**found, "content-length": str(length or len(body))}) + body)
        if length:
            writer.close()
        await writer.drain()

    return script


def relay(transport: httpx.AsyncBaseTransport) -> Script:
    """A script that lets another answer, such as an application in the same process."""

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        url = f"http://{request.headers['host']}{request.target}"
        passed_on = httpx.Request(
            request.method, url, headers=request.headers, content=request.body or None
        )
        answered = await transport.handle_async_request(passed_on)
        body = b"".join([piece async for piece in answered.aiter_raw()])
        headers = {**answered.headers, "content-length": str(len(body))}
        writer.write(head(f"{answered.status_code} {answered.reason_phrase}", headers) + body)

    return script


async def hang_up(request: Request, writer: asyncio.StreamWriter) -> None:
    """A script that closes the connection without an answer."""
    writer.close()


def trickle(start: bytes, drop: bytes) -> Script:
    """A script that never ends: some bytes at once, then more and more of the same, slowly."""

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            await writer.drain()
            await asyncio.sleep(0.02)
            writer.write(drop)

    return script


def flood(start: bytes, wave: bytes) -> Script:
    """A script that never ends: some bytes at once, then more of the same, as fast as it can."""

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            await writer.drain()
            writer.write(wave)

    return script


def head(status: str = "200 OK", headers: Mapping[str, str] | None = None) -> bytes:
    """The head of an answer; without headers of its own, JSON up to the end of the connection."""
    lines = [f"{name}: {value}" for name, value in (headers or JSON).items()]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()
