"""uvicorn's protocol, with answers that begin with one write."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from coursegraph import SERVER
from graph.answers import SAFE
from graph.serving import LARGEST_HEAD, PATIENCE, Together
from tests.graph.hourglass import at_once

GET = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"


class Wire(asyncio.Transport):
    """A transport that keeps what is written, write by write."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        assert not self.closed
        self.writes.append(bytes(data))

    def writelines(self, pieces: Any) -> None:
        self.write(b"".join(pieces))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


def sending(*bodies: bytes, headers: Sequence[tuple[bytes, bytes]] = ()) -> ASGIApp:
    """An application that sends these pieces of a body."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        for at, body in enumerate(bodies, 1):
            more = at < len(bodies)
            await send({"type": "http.response.body", "body": body, "more_body": more})

    return app


def sized(body: bytes) -> ASGIApp:
    return sending(body, headers=[(b"content-length", b"%d" % len(body))])


async def served(
    app: ASGIApp, *requests: bytes, by: Callable[..., HttpToolsProtocol] = Together
) -> Wire:
    """What is written to a client that sends these requests at once."""
    config = Config(app, lifespan="off", log_level="critical")
    state, wire = ServerState(), Wire()
    protocol = by(config, state, {})
    protocol.connection_made(wire)
    for request in requests:
        protocol.data_received(request)
    while state.tasks:
        await asyncio.gather(*state.tasks)
    if protocol.timeout_keep_alive_task is not None:
        protocol.timeout_keep_alive_task.cancel()
    return wire


def test_the_graph_is_served_so() -> None:
    assert SERVER["http"] is Together


async def test_a_whole_answer_is_one_write() -> None:
    wire = await served(sized(b"hello"), GET)

    (answer,) = wire.writes
    assert answer == b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"
    assert not wire.closed


async def test_the_pieces_of_a_stream_go_out_as_they_come_and_its_head_at_once() -> None:
    wire = await served(sending(b"one", b"two", b""), GET)

    first, *others = wire.writes
    assert first == b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    assert b"".join(others).startswith(b"3\r\none\r\n3\r\ntwo\r\n")


CLOSING = GET.replace(b"host", b"connection: close\r\nhost")


@pytest.mark.parametrize(
    "requests",
    [
        (GET,),
        (GET, GET, GET),
        (GET + GET,),
        (b"HEAD" + GET[3:], GET),
        (CLOSING,),
        (GET.replace(b"1.1", b"1.0"),),
        (b"POST / HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n", b"{}"),
    ],
    ids=["one", "several", "pipelined", "head", "closing", "old", "expecting"],
)
@pytest.mark.parametrize(
    "app",
    [sized(b"hello"), sized(b""), sending(b"a", b"b"), sending(b"")],
    ids=["sized", "empty", "streamed", "nothing"],
)
async def test_a_client_gets_what_it_would_get_from_uvicorn(
    app: ASGIApp, requests: Sequence[bytes]
) -> None:
    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await app(scope, receive, send)

    ours = await served(reading, *requests)
    theirs = await served(reading, *requests, by=HttpToolsProtocol)

    assert b"".join(ours.writes) == b"".join(theirs.writes)
    assert ours.closed == theirs.closed
    assert len(ours.writes) <= len(theirs.writes)


def failing(*messages: dict[str, Any]) -> ASGIApp:
    """An application that fails after these messages."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)
        raise ValueError

    return app


START = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]}


async def test_an_application_that_fails_before_its_body_is_an_error_of_the_server() -> None:
    wire = await served(failing(START), GET)

    assert b"".join(wire.writes).startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert wire.closed


async def test_an_answer_that_breaks_off_ends_its_connection() -> None:
    begun = {"type": "http.response.body", "body": b"part", "more_body": True}
    wire = await served(failing(START, begun), GET)

    assert b"".join(wire.writes).endswith(b"\r\n\r\npart")
    assert wire.closed


@pytest.mark.parametrize("messages", [(), (START,), (START, START)], ids=["no", "head", "heads"])
async def test_an_application_that_sends_no_body_is_told_on_as_by_uvicorn(
    messages: Sequence[dict[str, Any]],
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    ours = await served(app, GET)
    theirs = await served(app, GET, by=HttpToolsProtocol)

    assert ours.writes == theirs.writes
    assert ours.closed and theirs.closed


async def test_a_body_longer_than_it_says_is_refused_as_by_uvicorn() -> None:
    app = sending(b"hello", headers=[(b"content-length", b"3")])

    ours, theirs = await served(app, GET), await served(app, GET, by=HttpToolsProtocol)

    assert ours.writes == theirs.writes and len(theirs.writes) == 1
    assert ours.closed and theirs.closed


# Requests that are never there, or are none.


async def connected(app: ASGIApp) -> tuple[Together, Wire]:
    """A connection to an application, over which nothing was sent yet."""
    protocol, wire = Together(Config(app, lifespan="off"), ServerState(), {}), Wire()
    protocol.connection_made(wire)
    return protocol, wire


def refusal(wire: Wire) -> tuple[int, str]:
    """Status and code of the one refusal that was sent, before the connection was closed."""
    assert wire.closed
    head, _, body = b"".join(wire.writes).partition(b"\r\n\r\n")
    for name, value in (*SAFE, (b"connection", b"close"), (b"cache-control", b"no-store")):
        assert b"\r\n%b: %b" % (name, value) in head
    assert b"\r\ncontent-length: %d\r\n" % len(body) in head
    (error,) = json.loads(body)["errors"]
    assert error["extensions"]["requestId"].encode() in head
    return int(head.split()[1]), error["extensions"]["code"]


def test_a_connection_over_which_nothing_comes_is_closed_without_a_word() -> None:
    async def silent() -> None:
        protocol, wire = await connected(sized(b"hello"))
        await asyncio.sleep(PATIENCE - 1)
        assert not wire.closed
        await asyncio.sleep(2)
        assert wire.closed and not wire.writes
        assert protocol.cycle is None

    at_once(silent())


def test_a_head_that_doesnt_go_on_is_given_up_however_slowly_it_came() -> None:
    async def slow() -> None:
        protocol, wire = await connected(sized(b"hello"))
        for at in range(len(GET) - 2):
            protocol.data_received(GET[at : at + 1])
            await asyncio.sleep(5)
            if wire.closed:
                break
        assert refusal(wire) == (408, "BAD_REQUEST")

    at_once(slow())


@pytest.mark.parametrize("begun", [GET[:-2], b"\r\n"], ids=["half a head", "an empty line"])
def test_the_next_request_of_a_connection_has_to_arrive_as_well(begun: bytes) -> None:
    async def slow() -> None:
        protocol, wire = await connected(sized(b"hello"))
        protocol.data_received(GET)
        await asyncio.sleep(1)
        assert wire.writes.pop().endswith(b"hello")
        protocol.data_received(begun)
        await asyncio.sleep(PATIENCE - 1)
        assert not wire.closed
        await asyncio.sleep(2)
        assert wire.closed

    at_once(slow())


def test_an_answer_may_take_longer_than_a_request_and_the_next_waits_for_it() -> None:
    async def slow() -> None:
        done = asyncio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await done.wait()
            await sized(b"hello")(scope, receive, send)

        protocol, wire = await connected(app)
        protocol.data_received(GET + GET[:-2])
        await asyncio.sleep(10 * PATIENCE)
        assert not wire.writes and not wire.closed
        done.set()
        protocol.data_received(GET[-2:])
        await asyncio.sleep(1)
        assert b"".join(wire.writes).count(b"hello") == 2

    at_once(slow())


def test_what_comes_of_a_body_after_its_answer_has_an_end() -> None:
    async def slow() -> None:
        protocol, wire = await connected(sized(b"too large"))
        protocol.data_received(b"POST / HTTP/1.1\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(100):
            await asyncio.sleep(1)
            if wire.closed:
                break
            protocol.data_received(b"a")
        assert wire.closed and len(wire.writes) == 1

    at_once(slow())


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"no request\r\n\r\n", 400),
        (b"GET /?%b HTTP/1.1\r\nhost: a\r\n\r\n" % (b"a" * 70_000), 414),
        (b"GET / HTTP/1.1\r\n" + b"a: %b\r\n" % (b"b" * 1_000) * (LARGEST_HEAD // 1_000), 431),
    ],
    ids=["none", "long", "large"],
)
async def test_what_no_application_is_asked_about_is_refused_as_by_the_graph(
    sent: bytes, status: int
) -> None:
    protocol, wire = await connected(sized(b"hello"))
    for at in range(0, len(sent), 10_000):
        if not wire.closed:
            protocol.data_received(sent[at : at + 10_000])

    assert refusal(wire) == (status, "BAD_REQUEST")
