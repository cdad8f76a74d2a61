"""What comes in from a real server that does everything wrong, and what it costs."""

from __future__ import annotations

import asyncio
import gzip
import socket
import time
import tracemalloc
import zlib

import pytest

from providers.base import Ask
from providers.errors import Kind, ProviderError
from providers.unpacking import Unpacking
from tests.providers.calling import failing, failure, opened
from tests.providers.faults import (
    JSON,
    Request,
    Script,
    answer,
    flood,
    hang_up,
    head,
    serving,
)

PACKED = {"content-encoding": "gzip"}

pytestmark = pytest.mark.usefixtures("wire")

# Size and packing.


async def test_a_packed_answer_is_unpacked() -> None:
    body = gzip.compress(b'{"name": "Ada"}')
    async with serving(answer(body, headers=PACKED)) as server, opened(server.url) as http:
        found = await http.get(Ask(), "/things")

    assert found.body == {"name": "Ada"}


@pytest.mark.parametrize("cut", [1, 8, 12, 200])
async def test_a_packed_answer_that_is_cut_short_is_refused(cut: int) -> None:
    whole = gzip.compress(b"[" + b"1, " * 5000 + b"2]")
    script = answer(whole[:-cut], headers=PACKED)

    assert (await failure(script)).kind is Kind.BAD_RESPONSE


async def test_a_packed_answer_that_is_broken_is_refused() -> None:
    error = await failure(answer(b"this is no gzip", headers=PACKED))

    assert error.kind is Kind.BAD_RESPONSE
    assert "compression is broken" in error.detail


def bomb(size: int) -> bytes:
    """Zeros, packed a thousand times smaller."""
    packer = zlib.compressobj(level=9, wbits=31)
    piece = bytes(1 << 20)
    return b"".join([*(packer.compress(piece) for _ in range(size >> 20)), packer.flush()])


async def test_a_compressed_bomb_is_given_up_and_costs_no_memory() -> None:
    packed = bomb(256 << 20)
    async with serving(answer(packed, headers=PACKED)) as server:
        async with opened(server.url, max_body=1 << 20) as http:
            tracemalloc.start()
            try:
                error = await failing(http)
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    assert error.kind is Kind.TOO_LARGE
    assert peak < 16 << 20


def test_no_piece_is_unpacked_beyond_the_limit() -> None:
    unpacking = Unpacking(1000)
    with pytest.raises(ProviderError) as caught:
        unpacking.unpacked(bomb(8 << 20))
    assert caught.value.kind is Kind.TOO_LARGE


async def test_what_comes_after_the_end_of_a_packed_answer_is_not_gathered() -> None:
    script = flood(head(headers={**JSON, **PACKED}) + gzip.compress(b"{}"), bytes(1 << 16))
    started = time.perf_counter()

    assert (await failure(script, timeout=5)).kind is Kind.BAD_RESPONSE
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize(
    "script",
    [answer(b'"' + b"x" * 3000 + b'"'), flood(head(), b"x" * 1000)],
    ids=["announced", "endless"],
)
async def test_an_answer_beyond_the_cap_is_given_up(script: Script) -> None:
    error = await failure(script, max_body=2000)

    assert error.kind is Kind.TOO_LARGE
    assert not error.retryable


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip"])
async def test_packing_that_was_not_offered_is_refused(encoding: str) -> None:
    error = await failure(answer(b"\x0b\x02\x80{}\x03", headers={"content-encoding": encoding}))

    assert error.kind is Kind.BAD_RESPONSE
    assert "not offered" in error.detail


# What an answer says.


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"[NaN, -Infinity, 1e999, 2.5]", [None, None, None, 2.5]),
        (b'{"score": NaN, "name": "Ada"}', {"score": None, "name": "Ada"}),
        (b'["half of \\ud83d a pair", "\\ud83d\\ude00"]', ["half of ? a pair", "😀"]),
        (b"[12345678901234567890123]", [12345678901234567890123]),
        (b'\xef\xbb\xbf{"marked": true}', {"marked": True}),
        ("[1]".encode("utf-16"), [1]),
    ],
)
async def test_json_that_is_nearly_right_is_read(body: bytes, value: object) -> None:
    async with serving(answer(body)) as server, opened(server.url) as http:
        assert (await http.get(Ask(), "/things")).body == value


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"id"= 1}', b"<html></html>", b'"\xff"', b"[" * 200_000, b'{"a":' * 200_000,
     b"1" * 5000, b"null null"],
    ids=["empty", "cut", "broken", "html", "no UTF-8", "deep", "deep objects", "long", "two"],
)  # fmt: skip
async def test_json_that_can_not_be_read_is_refused(body: bytes) -> None:
    error = await failure(answer(body), max_body=4 << 20)

    assert error.kind is Kind.BAD_RESPONSE
    assert "JSON is broken" in error.detail


@pytest.mark.parametrize("media_type", ["text/html", "text/plain", "", "application/jsonp"])
async def test_a_page_with_200_is_not_an_answer(media_type: str) -> None:
    error = await failure(answer(b"<h1>Be right back</h1>", headers={"content-type": media_type}))

    assert error.kind is Kind.BAD_RESPONSE
    assert error.status == 200
    assert "Be right back" not in f"{error}{error!r}{error.detail}"


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "application/hal+json"])
async def test_json_by_any_of_its_names_is_an_answer(media_type: str) -> None:
    async with serving(answer(b"[]", headers={"content-type": media_type})) as server:
        async with opened(server.url) as http:
            assert (await http.get(Ask(), "/things")).body == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Kind.REJECTED), (401, Kind.AUTH_FAILED), (402, Kind.REJECTED), (403, Kind.FORBIDDEN),
        (404, Kind.NOT_FOUND), (405, Kind.REJECTED), (408, Kind.TIMEOUT), (409, Kind.CONFLICT),
        (410, Kind.REJECTED), (412, Kind.ACCOUNT_DISABLED), (413, Kind.REJECTED),
        (422, Kind.REJECTED), (429, Kind.RATE_LIMITED), (499, Kind.REJECTED),
        (500, Kind.UNAVAILABLE), (501, Kind.UNSUPPORTED), (502, Kind.UNAVAILABLE),
        (503, Kind.UNAVAILABLE), (504, Kind.UNAVAILABLE), (599, Kind.UNAVAILABLE),
        (204, Kind.BAD_RESPONSE), (304, Kind.BAD_RESPONSE),
    ],
)  # fmt: skip
async def test_every_status_has_its_kind_and_the_body_stays_behind(status: int, kind: Kind) -> None:
    bodiless = status in (204, 304)
    body = b"" if bodiless else b'{"message": "password=swordfish of Ada"}'
    ask = Ask()
    async with serving(answer(body, f"{status} Whatever")) as server:
        async with opened(server.url) as http:
            error = await failing(http, ask)

    assert (error.kind, error.status) == (kind, status)
    assert (error.source, error.provider, error.route) == ("acme", "vendor", "GET /things")
    assert "swordfish" not in f"{error}{error!r}{error.args}{error.detail}"
    assert [(call.route, call.status) for call in ask.calls] == [("GET /things", status)]


async def test_only_what_is_not_there_is_found_missing() -> None:
    async def by_path(request: Request, writer: asyncio.StreamWriter) -> None:
        status = request.target.removeprefix("/things/")
        await answer(b'{"id": 1}', f"{status} Whatever")(request, writer)

    async with serving(by_path) as server, opened(server.url) as http:
        assert await http.find(Ask(), "/things/{}", "404") is None
        found = await http.find(Ask(), "/things/{}", "200")
        assert found and found.body == {"id": 1}
        with pytest.raises(ProviderError) as caught:
            await http.find(Ask(), "/things/{}", "403")

    assert caught.value.kind is Kind.FORBIDDEN


# Connections that break.


async def test_a_server_that_does_not_listen_is_unavailable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        async with opened(f"http://127.0.0.1:{unused.getsockname()[1]}") as http:
            ask = Ask()
            error = await failing(http, ask)

    assert error.kind is Kind.UNAVAILABLE
    assert error.retryable
    assert ask.calls[0].status is None


async def reset(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def babble(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"I am not HTTP\r\n\r\n")
    writer.close()


@pytest.mark.parametrize(
    "script",
    [
        hang_up,
        reset,
        babble,
        answer(b'{"id":', length=1000),
        flood(b"HTTP/1.1 200 OK\r\n", b"x-large: header\r\n" * 1000),
    ],
    ids=["empty", "reset", "no HTTP", "cut", "endless headers"],
)
async def test_a_connection_that_breaks_is_unavailable(script: Script) -> None:
    assert (await failure(script)).kind is Kind.UNAVAILABLE
