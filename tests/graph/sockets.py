"""The graph on a loopback port, by the server that the command line runs, in the test's loop."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from coursegraph import SERVER, Protocol


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Line:
    """A connection to the graph."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)

    async def reply(self, *, head: bool = False) -> Reply:
        """The next answer; to a HEAD request it has no body."""
        status, headers = await self.head()
        size = 0 if head else int(headers["content-length"])
        return Reply(status, headers, await self.reader.readexactly(size))

    async def head(self) -> tuple[int, Mapping[str, str]]:
        """Status and headers of a stream."""
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        return int(first.split()[1]), headers

    async def chunk(self) -> bytes:
        """The next piece of a stream; empty at its end."""
        async with asyncio.timeout(5):
            size = int(await self.reader.readuntil(b"\r\n"), 16)
            return (await self.reader.readexactly(size + 2))[:-2]

    async def chunks(self) -> list[bytes]:
        """The pieces of a stream that are still to come."""
        found = []
        while piece := await self.chunk():
            found.append(piece)
        return found

    async def hang_up(self) -> None:
        """Close the connection."""
        self.writer.close()
        await self.writer.wait_closed()


@dataclass(frozen=True, slots=True)
class Served:
    """An application that is served."""

    port: int
    state: ServerState

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """A connection to it, closed at the end."""
        line = Line(*await asyncio.open_connection("127.0.0.1", self.port))
        try:
            yield line
        finally:
            await line.hang_up()

    async def at_rest(self) -> None:
        """Until no request is being answered."""
        if self.state.tasks:
            await asyncio.wait(self.state.tasks, timeout=5)


@asynccontextmanager
async def on_port(app: ASGIApp, **options: Any) -> AsyncIterator[Served]:
    """Serve an application whose sources are open, until the block ends."""
    config = uvicorn.Config(app, log_level="warning", **{**SERVER, **options})
    config.load()
    state = ServerState()
    listener = socket.create_server(("127.0.0.1", 0))
    server = await asyncio.get_running_loop().create_server(
        lambda: Protocol(config, state, {}), sock=listener
    )
    try:
        yield Served(listener.getsockname()[1], state)
    finally:
        server.close()
        for connection in list(state.connections):
            connection.shutdown()
        await server.wait_closed()


def request(
    body: bytes,
    *headers: tuple[str, str],
    method: str = "POST",
    target: str = "/graphql",
) -> bytes:
    """A request's bytes; the length of its body is told unless it is sent in chunks."""
    names = {name.lower() for name, _ in headers}
    lines = [f"{method} {target} HTTP/1.1", "host: graph"]
    lines += [f"{name}: {value}" for name, value in headers]
    if method == "POST" and not names & {"content-length", "transfer-encoding"}:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def chunked(body: bytes, size: int) -> list[bytes]:
    """A body's chunks, and the last one, which is empty."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return [b"%x\r\n%b\r\n" % (len(part), part) for part in [*parts, b""]]


def without_id(reply: Reply) -> tuple[int, Mapping[str, str], bytes]:
    """What two answers to one request have in common."""
    own = ("x-request-id", "date")
    headers = {name: value for name, value in reply.headers.items() if name not in own}
    return reply.status, headers, re.sub(rb'"requestId":"[^"]*"', b"", reply.body)
