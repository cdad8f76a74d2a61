"""The wire of reads, where it does itself what libraries do elsewhere."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from providers.connections import ENOUGH
from providers.errors import Kind, ProviderError
from providers.wire import Arrival, Unsent
from providers.wire_direct import IDLE, DirectWire
from tests.providers.faults import JSON, Request, Script, Server, answer, head, serving

CHUNKED = head(headers={**JSON, "transfer-encoding": "chunked"})


@asynccontextmanager
async def wired(script: Script) -> AsyncIterator[tuple[Server, DirectWire]]:
    async with serving(script) as server:
        wire = DirectWire()
        try:
            yield server, wire
        finally:
            await wire.close()


def raw(*parts: bytes, closing: bool = False) -> Script:
    """A script that writes these bytes, each for itself."""

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
        if closing:
            writer.close()

    return script


async def whole(arrival: Arrival) -> bytes:
    pieces = []
    while piece := await arrival.read():
        pieces.append(piece)
    await arrival.close()
    return b"".join(pieces)


def sized(body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    return head(headers={**JSON, "content-length": str(len(body)), **(headers or {})}) + body


async def test_a_request_says_whom_it_asks_and_for_what() -> None:
    async with wired(answer()) as (server, wire):
        await whole(await wire.send("GET", f"{server.url}", {"x-one": "1"}))
        await whole(await wire.send("GET", f"{server.url}/a?b=/c", {}))

    first, second = server.requests
    host = server.url.removeprefix("http://")
    assert (first.method, first.headers) == ("GET", {"host": host, "x-one": "1"})
    assert second.target == "/a?b=/c"


@pytest.mark.parametrize("size", range(1, 8))
async def test_it_does_not_matter_how_an_answer_is_cut_into_pieces(size: int) -> None:
    chunks = CHUNKED + b"2\r\n[1\r\n1\r\n]\r\n0\r\n\r\n"
    for data in (sized(b"[1]"), chunks):
        parts = [data[at : at + size] for at in range(0, len(data), size)]
        async with wired(raw(*parts)) as (server, wire):
            for _ in range(2):
                assert await whole(await wire.send("GET", server.url, {})) == b"[1]"
        assert server.connections == 1


async def test_answers_that_only_announce_another_are_passed_over() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    async with wired(raw(early + sized(b"[1]"))) as (server, wire):
        arrival = await wire.send("GET", server.url, {})
        assert (arrival.status, "link" in arrival.headers) == (200, False)
        assert await whole(arrival) == b"[1]"


async def test_a_body_without_a_length_goes_on_to_the_end_of_its_connection() -> None:
    async with wired(raw(head(), b"[1,", b"2]", closing=True)) as (server, wire):
        for _ in range(2):
            assert await whole(await wire.send("GET", server.url, {})) == b"[1,2]"

    assert server.connections == 2


async def test_a_body_without_a_length_that_is_reset_is_cut() -> None:
    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head() + b"[1")
        await writer.drain()
        at_once = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        writer.transport.abort()

    async with wired(script) as (server, wire):
        with pytest.raises(ProviderError) as caught:
            # A reset may overtake what was sent before it.
            await whole(await wire.send("GET", server.url, {}))

    assert caught.value.kind is Kind.UNAVAILABLE


@pytest.mark.parametrize(
    "data",
    [
        sized(b"[1]", {"connection": "close"}),
        sized(b"[1]").replace(b"HTTP/1.1", b"HTTP/1.0"),
        sized(b"[1]") + b"more",
        sized(b"[1]") + sized(b"[2]"),
        CHUNKED + b"3\r\n[1]\r\n0\r\n\r\n" + sized(b"[2]"),
    ],
    ids=["closing", "old", "too much", "two", "two, in chunks"],
)  # fmt: skip
async def test_a_connection_that_cannot_be_trusted_is_not_used_again(data: bytes) -> None:
    async with wired(raw(data)) as (server, wire):
        for _ in range(2):
            assert await whole(await wire.send("GET", server.url, {})) == b"[1]"

    assert server.connections == 2


async def test_what_comes_unasked_ends_a_connection() -> None:
    unasked = asyncio.Event()

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(sized(b"[1]"))
        await writer.drain()
        await unasked.wait()
        writer.write(sized(b"[2]"))

    async with wired(script) as (server, wire):
        assert await whole(await wire.send("GET", server.url, {})) == b"[1]"
        unasked.set()
        (connection,) = wire._open
        await connection.closed
        assert await whole(await wire.send("GET", server.url, {})) == b"[1]"

    assert server.connections == 2


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
        head(headers={**JSON, "content-length": "1", "transfer-encoding": "chunked"})
        + b"0\r\n\r\n",
        b"x" * 100_000,
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 20_000,
    ],
    ids=["another protocol", "two lengths", "no HTTP", "endless fields"],
)
async def test_what_is_no_answer_is_unavailable(data: bytes) -> None:
    async with wired(raw(data)) as (server, wire):
        with pytest.raises(ProviderError) as caught:
            await wire.send("GET", server.url, {})

    assert caught.value.kind is Kind.UNAVAILABLE
    assert len(server.requests) == 1


async def test_no_more_is_held_than_somebody_takes() -> None:
    sent = 0

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(head())
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()
            sent += 65_536

    async with wired(script) as (server, wire):
        arrival = await wire.send("GET", server.url, {})
        (connection,) = wire._open
        while not connection._paused:
            await asyncio.sleep(0)
        held = connection._held
        taken = 0
        while taken < 4 * ENOUGH:
            taken += len(await arrival.read())
        await arrival.close()

    assert held < 4 * ENOUGH


async def test_who_stops_waiting_leaves_nothing_behind() -> None:
    async def silent(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with wired(silent) as (server, wire):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await wire.send("GET", server.url, {})
        await asyncio.gather(*(each.closed for each in wire._open))

        assert not wire._open


async def test_connections_that_nobody_uses_are_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    async with wired(answer(b"[1]")) as (server, wire):
        await whole(await wire.send("GET", server.url, {}))
        (connection,) = wire._open
        wire._sweep()
        assert connection.is_open

        connection.since -= IDLE
        wire._sweep()
        await connection.closed

        assert not wire._open and wire._sweeping is None


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("http://127.0.0.1:1/a b", {}),
        ("http://127.0.0.1:1/a\r\nx-evil: 1", {}),
        ("http://127.0.0.1:1/ä", {}),
        ("http://me:secret@127.0.0.1:1/", {}),
        ("http:///a", {}),
        ("http://127.0.0.1:99999/", {}),
        ("ftp://127.0.0.1:1/", {}),
        ("http://127.0.0.1:1/", {"x-key": "a\r\nx-evil: 1"}),
        ("http://127.0.0.1:1/", {"x-key": "a\x00"}),
        ("http://127.0.0.1:1/", {"x key": "a"}),
        ("http://127.0.0.1:1/", {"": "a"}),
    ],
)
async def test_what_cannot_be_sent_as_it_is_is_not_sent(url: str, headers: dict[str, str]) -> None:
    with pytest.raises(Unsent) as caught:
        await DirectWire().send("GET", url, headers)

    assert caught.value.kind is Kind.UNAVAILABLE


@pytest.mark.parametrize(("method", "body"), [("POST", b""), ("GET", b"{}")])
async def test_it_carries_nothing_but_reads(method: str, body: bytes) -> None:
    with pytest.raises(TypeError):
        await DirectWire().send(method, "http://127.0.0.1:1/", {}, body)
