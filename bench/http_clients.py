"""What one GET costs in each HTTP client, in CPU time: `python -m bench.http_clients`.

Every client asks the same server, a process of its own on another core, for a small body by a short
URL, and for 42 kB by a URL of 2 kB, as a read of 240 records by key does; one at a time and 16 at a
time; in the open and over TLS, with an authority made for the occasion. All ask with ready
headers, offer gzip, and read the whole body. The CPU time is that of the whole process, system and
threads included; shown are medians of interleaved rounds. `coursegraph` is the way that reads
really go, with all their rules (``providers/http.py``), over each wire. No two addresses are equal.

Clients that are not installed are left out; the dependency group ``bench`` names them.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import count as counting
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
import httpx
import msgspec
import trustme
import uvloop
from yarl import URL

from bench.least_client import Pool, pool
from providers.base import Ask
from providers.http import open_http
from providers.secrets import Header, Secret
from providers.wire import Wire
from providers.wire_aiohttp import AiohttpWire
from providers.wire_httpx import HttpxWire

HEADERS: Mapping[str, str] = {
    "accept": "application/json",
    "accept-encoding": "gzip",
    "user-agent": "bench",
    "authorization": "Bearer 0123456789abcdef0123456789abcdef",
    "x-connector-token": "0123456789abcdef",
}

IDS = ",".join(f"{at:07x}" for at in range(240))

ROW: Mapping[str, Any] = {
    "id": "0192f3c4-7a5b-7c00-8000-000000000000", "title": "A course of some length",
    "status": "ACTIVE", "languages": ["en", "de"], "modified_at": "2026-01-01T00:00:00Z",
}  # fmt: skip

TARGETS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "short": ("/small", {}),
    "2 kB URL, 42 kB": ("/large", {"page_size": "200", "ids": IDS}),
}

BODIES: Mapping[str, bytes] = {
    "/small": msgspec.json.encode([ROW]),
    "/large": msgspec.json.encode([ROW] * (42_000 // len(msgspec.json.encode(ROW)))),
}


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server is, and whom to trust there."""

    base: str
    tls: ssl.SSLContext | None

    @property
    def port(self) -> int:
        return urlsplit(self.base).port or 0


Get = Callable[[str, Mapping[str, str]], Awaitable[bytes]]
"""GETs a path with parameters: the body's bytes."""


Client = Callable[[Server], AbstractAsyncContextManager[Get]]
"""Opens a client to a server."""


def ready(server: Server, path: str, params: Mapping[str, str]) -> str:
    """The whole URL, quoted once."""
    query = "&".join(f"{name}={value.replace(',', '%2C')}" for name, value in params.items())
    return f"{server.base}{path}?{query}" if query else server.base + path


# The clients.


@asynccontextmanager
async def _httpx(server: Server, transport: httpx.AsyncBaseTransport | None) -> AsyncIterator[Get]:
    verify = server.tls or False
    async with httpx.AsyncClient(transport=transport, verify=verify, trust_env=False) as client:

        async def get(path: str, params: Mapping[str, str]) -> bytes:
            url = server.base + path
            return (await client.get(url, params=params, headers=HEADERS)).content

        yield get


@asynccontextmanager
async def as_it_is(server: Server) -> AsyncIterator[Get]:
    """httpx, as its documentation teaches."""
    async with _httpx(server, None) as get:
        yield get


@asynccontextmanager
async def over_aiohttp(server: Server) -> AsyncIterator[Get]:
    """httpx over the transport of httpx-aiohttp."""
    from httpx_aiohttp import AiohttpTransport

    async with _httpx(server, AiohttpTransport(verify=server.tls or False)) as get:
        yield get


class Lean(httpx.AsyncBaseTransport):
    """A transport of httpx over the least client."""

    def __init__(self, connections: Pool) -> None:
        self._connections = connections

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in request.headers.raw)
        found = await self._connections.get(request.url.raw_path.decode(), lines)
        return httpx.Response(
            found.status, headers=found.headers, stream=httpx.ByteStream(found.body)
        )


@asynccontextmanager
async def lean(server: Server) -> AsyncIterator[Get]:
    """httpx over the least client, with URLs put together of their parts, not parsed."""
    from httpx._urlparse import ParseResult  # there is no public way to do this

    parts = urlsplit(server.base)

    async with pool("localhost", server.port, server.tls) as connections:
        async with httpx.AsyncClient(transport=Lean(connections), trust_env=False) as client:

            async def get(path: str, params: Mapping[str, str]) -> bytes:
                query = ready(server, path, params).partition("?")[2] or None
                url = httpx.URL.__new__(httpx.URL)
                url._uri_reference = ParseResult(
                    parts.scheme, "", parts.hostname or "", parts.port, path, query, None
                )
                request = httpx.Request("GET", url, headers=HEADERS)
                return (await client.send(request)).content

            yield get


@asynccontextmanager
async def by_aiohttp(server: Server) -> AsyncIterator[Get]:
    """aiohttp, with ready URLs."""
    connector = aiohttp.TCPConnector(ssl=server.tls or True, limit=16)
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=None),
    ) as session:

        async def get(path: str, params: Mapping[str, str]) -> bytes:
            url = URL(ready(server, path, params), encoded=True)
            async with session.get(url, headers=HEADERS, allow_redirects=False) as response:
                return await response.read()

        yield get


@asynccontextmanager
async def by_pyreqwest(server: Server) -> AsyncIterator[Get]:
    """pyreqwest, with ready URLs."""
    from pyreqwest.client import ClientBuilder

    builder = ClientBuilder().no_proxy().gzip(False).timeout(timedelta(seconds=30))
    if server.tls:
        for authority in server.tls.get_ca_certs(binary_form=True):
            builder = builder.add_root_certificate_der(authority)
    async with builder.build() as client:

        async def get(path: str, params: Mapping[str, str]) -> bytes:
            request = client.get(ready(server, path, params)).headers(HEADERS).build()
            return bytes(await (await request.send()).bytes())

        yield get


@asynccontextmanager
async def as_reads_go(
    server: Server, wire: Callable[[ssl.SSLContext | None], Wire], single_flight: bool
) -> AsyncIterator[Get]:
    """The project's own calls, their bodies left as bytes."""
    secrets = {name: Secret(HEADERS[name]) for name in ("authorization", "x-connector-token")}
    http = open_http(
        source="bench",
        provider="bench",
        base_url=server.base,
        credentials=Header(secrets),
        single_flight=single_flight,
    )
    http = replace(http, reads=wire(server.tls))
    loop = asyncio.get_running_loop()

    async def get(path: str, params: Mapping[str, str]) -> bytes:
        ask = Ask(deadline=loop.time() + 10)
        return cast(bytes, (await http.get(ask, path, params=params, decode=bytes)).body)

    try:
        yield get
    finally:
        await http.close()


@asynccontextmanager
async def least(server: Server) -> AsyncIterator[Get]:
    """The floor: asyncio and httptools."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    head = f"host: localhost:{server.port}\r\n{lines}".encode()
    async with pool("localhost", server.port, server.tls) as connections:

        async def get(path: str, params: Mapping[str, str]) -> bytes:
            target = ready(server, path, params).removeprefix(server.base)
            return (await connections.get(target, head)).body

        yield get


CLIENTS: Mapping[str, Client] = {
    "httpx": as_it_is,
    "httpx, httpx-aiohttp": over_aiohttp,
    "httpx, least transport, ready URL": lean,
    "aiohttp": by_aiohttp,
    "pyreqwest": by_pyreqwest,
    "least client": least,
    "coursegraph, httpx": partial(as_reads_go, wire=HttpxWire, single_flight=False),
    "coursegraph, aiohttp": partial(as_reads_go, wire=AiohttpWire, single_flight=False),
    "coursegraph, aiohttp, single flight": partial(
        as_reads_go, wire=AiohttpWire, single_flight=True
    ),
}

NEEDS: Mapping[str, str] = {"httpx, httpx-aiohttp": "httpx_aiohttp", "pyreqwest": "pyreqwest"}


# The server.


class Answering(asyncio.Protocol):
    """Answers each request, known by its path, with bytes that are ready."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._head = b""

    def data_received(self, data: bytes) -> None:
        self._head += data
        while b"\r\n\r\n" in self._head:
            request, _, self._head = self._head.partition(b"\r\n\r\n")
            self._transport.write(ANSWERS[request.split(b" ", 2)[1].partition(b"?")[0].decode()])


ANSWERS: Mapping[str, bytes] = {
    path: (
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-ratelimit-limit: 200\r\n"
        f"x-ratelimit-remaining: 199\r\ncontent-length: {len(body)}\r\n\r\n"
    ).encode()
    + body
    for path, body in BODIES.items()
}


async def serve(certificate: str) -> None:
    """Answer until the input ends: in the open on the first port printed, over TLS on the other."""
    loop = asyncio.get_running_loop()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    servers = [
        await loop.create_server(Answering, "127.0.0.1", 0, ssl=context) for context in (None, tls)
    ]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


# The measuring.

CURSORS = counting()


def pin(core: int) -> None:
    """Keep this process on one core, where the machine has several."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {core})


async def cost(get: Get, path: str, params: Mapping[str, str], count: int, at_once: int) -> float:
    """CPU time of one GET, in µs."""

    async def work() -> None:
        for _ in range(count // at_once):
            # A client that remembers addresses must not gain by it.
            await get(path, {**params, "cursor": str(next(CURSORS))})

    started = time.process_time()
    await asyncio.gather(*(work() for _ in range(at_once)))
    return (time.process_time() - started) / (count // at_once * at_once) * 1e6


async def measure(
    servers: Mapping[str, Server], clients: Mapping[str, Client], rounds: int, count: int
) -> dict[Any, float]:
    """Medians, by client, server, target and how many are under way."""
    costs: dict[Any, list[float]] = {}
    async with AsyncExitStack() as stack:
        gets = {
            (name, where): await stack.enter_async_context(client(server))
            for name, client in clients.items()
            for where, server in servers.items()
        }
        for (name, _), get in gets.items():
            for path, params in TARGETS.values():
                if await get(path, params) != BODIES[path]:
                    raise SystemExit(f"{name} read something else")
        for _ in range(rounds):
            for (name, where), get in gets.items():
                for what, (path, params) in TARGETS.items():
                    for at_once in (1, 16):
                        found = await cost(get, path, params, count, at_once)
                        costs.setdefault((name, where, what, at_once), []).append(found)
    return {key: statistics.median(found) for key, found in costs.items()}


def available(only: str) -> dict[str, Client]:
    """The clients that are installed, or those of them whose names hold this."""
    return {
        name: client
        for name, client in CLIENTS.items()
        if only in name and (name not in NEEDS or importlib.util.find_spec(NEEDS[name]))
    }


def table(
    found: Mapping[Any, float], servers: Mapping[str, Server], clients: Mapping[str, Client]
) -> str:
    """The figures in Markdown."""
    columns = [
        (where, what, at_once) for where in servers for what in TARGETS for at_once in (1, 16)
    ]
    titles = [f"{where}, {what}, {at_once}" for where, what, at_once in columns]
    lines = ["| CPU µs per GET | " + " | ".join(titles) + " |", "| --- " * (len(titles) + 1) + "|"]
    for name in clients:
        cells = " | ".join(f"{found[name, *column]:.0f}" for column in columns)
        lines.append(f"| {name} | {cells} |")
    return "\n".join(lines)


def main() -> None:
    """Start the server, measure, print, and end the server."""
    parser = argparse.ArgumentParser(description="CPU time of a GET in several clients")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=320, help="GETs of each kind in a round")
    parser.add_argument("--serve", metavar="CERTIFICATE", help=argparse.SUPPRESS)
    parser.add_argument("--only", default="", help="clients whose names hold this")
    terms = parser.parse_args()
    if terms.serve:
        pin(1)
        uvloop.run(serve(terms.serve))
        return
    authority = trustme.CA()
    tls = ssl.create_default_context()
    authority.configure_trust(tls)
    with tempfile.TemporaryDirectory() as folder:
        certificate = Path(folder, "certificate.pem")
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(
            str(certificate)
        )
        server = subprocess.Popen(
            [sys.executable, "-m", "bench.http_clients", "--serve", str(certificate)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout
            open_port, tls_port = server.stdout.readline().split()
            servers = {
                "open": Server(f"http://localhost:{open_port}", None),
                "TLS": Server(f"https://localhost:{tls_port}", tls),
            }
            pin(0)
            clients = available(terms.only)
            found = uvloop.run(measure(servers, clients, terms.rounds, terms.count))
            print(table(found, servers, clients))
        finally:
            server.communicate(timeout=10)


if __name__ == "__main__":
    main()
