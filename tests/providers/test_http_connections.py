"""The connections under the way out: kept, given up, repeated, and checked."""

from __future__ import annotations

import asyncio
import gc
import ssl
import time
from dataclasses import replace

import pytest
import trustme

from providers.base import Ask
from providers.errors import Kind
from providers.wire_aiohttp import AiohttpWire
from providers.wire_httpx import HttpxWire
from tests.providers.calling import SECRET, failing, failure, opened
from tests.providers.faults import (
    JSON,
    Request,
    Script,
    answer,
    flood,
    hang_up,
    head,
    serving,
    trickle,
)

pytestmark = pytest.mark.usefixtures("wire")

# Kept, or given up.


async def test_calls_one_after_another_use_one_connection() -> None:
    async with serving(answer(b"[1]")) as server, opened(server.url) as http:
        for _ in range(5):
            assert (await http.get(Ask(), "/things")).body == [1]

    assert (len(server.requests), server.connections) == (5, 1)


@pytest.mark.parametrize("status", [302, 400, 401, 404, 429, 500, 503])
async def test_a_small_answer_that_is_not_wanted_leaves_the_connection_good(status: int) -> None:
    script = answer(b'{"message": "no"}' * 1000, f"{status} No")
    async with serving(script) as server, opened(server.url) as http:
        for _ in range(3):
            assert (await failing(http)).status == status

    assert (len(server.requests), server.connections) == (3, 1)


@pytest.mark.parametrize(
    "script",
    [
        flood(head("500 Broken"), b"x" * 1000),
        trickle(head("500 Broken"), b"x"),
        answer(b"cut", "500 Broken", length=1000),
    ],
    ids=["endless", "slow", "cut"],
)
async def test_a_large_or_slow_answer_that_is_not_wanted_is_not_waited_for(script: Script) -> None:
    started = time.perf_counter()
    async with serving(script) as server, opened(server.url) as http:
        error = await failing(http)
        elapsed = time.perf_counter() - started

    assert (error.kind, error.status) == (Kind.UNAVAILABLE, 500)
    assert elapsed < 2


def once_then(later: Script) -> Script:
    """A script that answers the first request of each connection, and others by another script."""
    seen: set[asyncio.StreamWriter] = set()

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        await (later if writer in seen else answer(b"[1]"))(request, writer)
        seen.add(writer)

    return script


async def reset(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@pytest.mark.parametrize("ending", [hang_up, reset], ids=["closed", "reset"])
async def test_a_read_is_repeated_where_an_idle_connection_ends_under_it(
    ending: Script, wire: str
) -> None:
    async with serving(once_then(ending)) as server, opened(server.url) as http:
        ask = Ask()
        await http.get(ask, "/things")
        if wire == "aiohttp":
            assert (await http.get(ask, "/things")).body == [1]
        else:
            assert (await failing(http, ask)).kind is Kind.UNAVAILABLE

    assert len(server.requests) == (3 if wire == "aiohttp" else 2)
    assert len(ask.calls) == 2


async def test_a_read_is_repeated_once_at_most() -> None:
    refuses = False

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        await (hang_up if refuses else answer())(request, writer)

    async with serving(script) as server, opened(server.url) as http:
        await http.get(Ask(), "/things")
        refuses = True
        assert (await failing(http)).kind is Kind.UNAVAILABLE

    assert len(server.requests) <= 3


@pytest.mark.parametrize("ending", [hang_up, reset], ids=["closed", "reset"])
async def test_nothing_is_repeated_on_a_new_connection(ending: Script) -> None:
    async with serving(ending) as server, opened(server.url) as http:
        assert (await failing(http)).kind is Kind.UNAVAILABLE

    assert len(server.requests) == server.connections == 1


async def test_a_read_whose_answer_began_is_not_repeated() -> None:
    cut = answer(b'{"id":', length=1000)
    async with serving(once_then(cut)) as server, opened(server.url) as http:
        await http.get(Ask(), "/things")
        assert (await failing(http)).kind is Kind.UNAVAILABLE

    assert len(server.requests) == 2


async def test_closing_leaves_nothing_open() -> None:
    authority = trustme.CA()
    async with serving(answer(), tls=identity(authority), host="localhost") as server:
        async with opened(server.url, tls=trusting(authority)) as http:
            await http.get(Ask(), "/things")
        await http.close()
        del http
        gc.collect()  # Warnings of what is unclosed are errors.


# What comes over them.


CHUNKED = head(headers={**JSON, "transfer-encoding": "chunked"})


@pytest.mark.parametrize(
    "raw",
    [
        CHUNKED + b"5\r\n[1,2,",
        CHUNKED + b"5\r\n[1,2,\r\n",
        CHUNKED + b"x\r\n[1]\r\n0\r\n\r\n",
        head(headers={**JSON, "content-length": "5"}) + b"[1]",
        head(headers={**JSON, "content-length": "-1"}) + b"[1]",
        head(headers={**JSON, "content-length": "3, 4"}) + b"[1]",
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx: " + b"y" * 500_000 + b"\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
    ],
    ids=["cut", "no last", "no chunk", "short", "negative", "two", "long field", "no status"],
)
async def test_what_is_no_whole_answer_is_unavailable(raw: bytes) -> None:
    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        writer.close()

    error = await failure(script)

    assert error.kind is Kind.UNAVAILABLE
    assert error.retryable


async def test_a_body_in_pieces_is_whole() -> None:
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in (b"[1,", b"2", b",3]"))

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED + pieces + b"0\r\n\r\n")

    async with serving(script) as server, opened(server.url) as http:
        assert (await http.get(Ask(), "/things")).body == [1, 2, 3]


async def test_a_field_that_stands_twice_counts_twice() -> None:
    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        twice = b"content-encoding: gzip\r\ncontent-encoding: br\r\n"
        writer.write(head().removesuffix(b"\r\n") + twice + b"content-length: 2\r\n\r\n{}")

    error = await failure(script)

    assert error.kind is Kind.BAD_RESPONSE
    assert "not offered" in error.detail


async def test_a_long_field_is_read() -> None:
    script = answer(headers={"link": f"<https://api.example/things?cursor={'c' * 12_000}>"})
    async with serving(script) as server, opened(server.url) as http:
        found = await http.get(Ask(), "/things")

    assert len(found.headers["link"]) > 12_000


@pytest.mark.parametrize(
    ("params", "target"),
    [
        ({}, "/api/things"),
        ({"page": None}, "/api/things"),
        ({"ids": "a,b-c_d.e~f"}, "/api/things?ids=a%2Cb-c_d.e~f"),
        ({"filter[email]": "a+b@c.d e"}, "/api/things?filter%5Bemail%5D=a%2Bb%40c.d+e"),
        ({"expand": "users[id,name]"}, "/api/things?expand=users%5Bid%2Cname%5D"),
        ({"q": "Ä%20/?#&=;'\"\\"}, "/api/things?q=%C3%84%2520%2F%3F%23%26%3D%3B%27%22%5C"),
        ({"q": "\r\nx-evil: 1"}, "/api/things?q=%0D%0Ax-evil%3A+1"),
        ({"a": "1", "b": ""}, "/api/things?a=1&b="),
    ],
)
async def test_an_address_is_quoted_once(params: dict[str, str | None], target: str) -> None:
    async with serving(answer()) as server, opened(f"{server.url}/api") as http:
        await http.get(Ask(), "/things", params=params)

    assert server.requests[0].target == target


# Certificates.


def identity(authority: trustme.CA, name: str = "localhost") -> ssl.SSLContext:
    """A server's: a certificate for this name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """A client's, that trusts one authority."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_a_server_is_asked_over_tls() -> None:
    authority = trustme.CA()
    async with serving(answer(b"[1]"), tls=identity(authority), host="localhost") as server:
        async with opened(server.url, tls=trusting(authority)) as http:
            for _ in range(3):
                assert (await http.get(Ask(), "/things")).body == [1]

    assert server.connections == 1
    assert server.requests[0].headers["x-api-key"] == SECRET


async def test_a_server_of_another_name_gets_nothing() -> None:
    authority = trustme.CA()
    tls = identity(authority, "elsewhere.example")
    async with serving(answer(), tls=tls, host="localhost") as server:
        async with opened(server.url, tls=trusting(authority)) as http:
            error = await failing(http)

    assert error.kind is Kind.UNAVAILABLE
    assert server.requests == []


@pytest.mark.parametrize("trusted", ["another authority", "the usual ones"])
async def test_a_server_that_nobody_vouches_for_gets_nothing(trusted: str) -> None:
    tls = trusting(trustme.CA()) if trusted == "another authority" else None
    async with serving(answer(), tls=identity(trustme.CA()), host="localhost") as server:
        async with opened(server.url, tls=tls) as http:
            error = await failing(http)

    assert error.kind is Kind.UNAVAILABLE
    assert server.requests == []


async def test_a_server_that_speaks_no_tls_gets_nothing() -> None:
    received: list[bytes] = []

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.read(4096))
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, opened(url) as http:
        assert (await failing(http)).kind is Kind.UNAVAILABLE

    assert SECRET.encode() not in b"".join(received)


async def test_connecting_takes_so_long_and_no_longer(wire: str) -> None:
    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)  # and no handshake
        writer.close()

    silent = await asyncio.start_server(never, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{silent.sockets[0].getsockname()[1]}"
    hasty = (
        AiohttpWire(connect_timeout=0.1) if wire == "aiohttp" else HttpxWire(connect_timeout=0.1)
    )
    started = time.perf_counter()
    async with silent, opened(url) as http:
        error = await failing(replace(http, reads=hasty))
        await hasty.close()

    assert error.kind is Kind.TIMEOUT
    assert time.perf_counter() - started < 2
