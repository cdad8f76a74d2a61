"""uvicorn's protocol, with answers that begin with one write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from coursegraph import SERVER
from graph.serving import Together

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
        (b"no request\r\n\r\n",),
    ],
    ids=["one", "several", "pipelined", "head", "closing", "old", "expecting", "none"],
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
