"""How many streams and sockets may be open at once: more are told to come back, others go on."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack

import pytest
from starlette.types import Message
from websockets.exceptions import ConnectionClosed, InvalidStatus

from graph.app import Application
from graph.attendance import ABORT, GONE, PARTING
from graph.errors import Code
from graph.room import Anteroom, Room
from graph.sockets import PROTOCOL, Sockets
from tests.graph.asking import Graph, opened, settings
from tests.graph.hourglass import at_once
from tests.graph.importing import RUNNING, importing
from tests.graph.sockets import Line, on_port, request
from tests.graph.test_carriers import EVENTS, JSON, PARTS, follow, until
from tests.graph.test_sockets import serving, talking


def handshake(protocol: str) -> bytes:
    """What opens a WebSocket."""
    return request(
        b"",
        ("upgrade", "websocket"),
        ("connection", "Upgrade"),
        ("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="),
        ("sec-websocket-version", "13"),
        ("sec-websocket-protocol", protocol),
        method="GET",
    )


ASKED = request(b'{"query": "{ __typename }"}', ("content-type", JSON))


def test_a_place_is_free_again_whatever_happens() -> None:
    room = Room(1)
    with pytest.raises(ZeroDivisionError), room.place() as free:
        assert free
        with room.place() as another:
            assert not another
        raise ZeroDivisionError
    with room.place() as free:
        assert free


async def refused(line: Line) -> None:
    reply = await line.reply()
    (error,) = json.loads(reply.body)["errors"]
    assert reply.status == 503
    assert reply.headers["retry-after"] == "5"
    assert error["extensions"]["code"] == Code.SERVER_BUSY.value
    assert error["extensions"]["retryAfterMs"] == 5_000
    assert error["extensions"]["requestId"] == reply.headers["x-request-id"]
    assert "try again" in error["message"]


@pytest.mark.parametrize("accept", [EVENTS, PARTS])
async def test_streams_beyond_the_setting_are_told_to_come_back(accept: str) -> None:
    async with importing(RUNNING, poll_interval=60, streams=1) as (graph, _):
        async with on_port(graph.app) as served, served.line() as more:
            async with served.line() as first:
                first.send(follow(accept))
                await first.head()
                await until(first, b"RUNNING")

                more.send(follow(accept))
                await refused(more)
                more.send(ASKED)  # what is answered at once goes on
                assert (await more.reply()).status == 200
            await served.at_rest()

            more.send(follow(accept))  # the place is free again
            status, _ = await more.head()
            assert status == 200


async def test_sockets_beyond_the_setting_are_told_to_come_back() -> None:
    async with serving(sockets=1) as (graph, served):
        async with talking(served) as talk:
            await talk.begin()
            with pytest.raises(InvalidStatus) as refusal:
                async with talking(served):
                    pass
            response = refusal.value.response
            assert response.status_code == 503
            assert response.headers["retry-after"] == "5"
            body = json.loads(response.body or b"")
            assert body["errors"][0]["extensions"]["code"] == Code.SERVER_BUSY.value
            assert (await graph.ask("{ __typename }")).data
        await served.at_rest()
        async with talking(served) as talk:
            await talk.begin()


async def test_who_never_begins_keeps_nobody_from_going_on() -> None:
    async with serving(sockets=2) as (_, served), AsyncExitStack() as open:
        begun = await open.enter_async_context(talking(served))
        await begun.begin()
        waiting = [await open.enter_async_context(talking(served)) for _ in range(2)]
        newcomer = await open.enter_async_context(talking(served))
        with pytest.raises(ConnectionClosed):  # the first one made room for it
            await waiting[0].hear()
        await newcomer.begin()
        with pytest.raises(InvalidStatus):  # no place is left for who would begin
            await open.enter_async_context(talking(served))
        await waiting[1].say("connection_init")
        code, reason = await waiting[1].closed()
        assert code == 1013 and reason.startswith("Try again later")
        for talk in (begun, newcomer):
            await talk.ask("1", "{ __typename }")
            assert (await talk.hear())["type"] == "next"


@pytest.mark.parametrize("protocol", [PROTOCOL, "soap"])
async def test_a_closed_socket_that_has_not_parted_makes_room_for_the_next(
    protocol: str,
) -> None:
    async with serving(sockets=1, socket_patience=0.01) as (_, served):
        async with served.line() as line:
            line.send(handshake(protocol))
            assert (await line.head())[0] == 101
            closing = await line.reader.readexactly(2)  # a frame's head
            assert closing[0] == 0x88
            async with talking(served), asyncio.timeout(PARTING / 2):
                await line.reader.read()  # to its end: the next one took its place
                assert len(served.state.connections) == 1


class Silent:
    """A server's side of a socket whose client answers nothing, and its connection."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self.heard: list[Message] = [{"type": "websocket.connect"}]
        self.said: list[Message] = []

    async def receive(self) -> Message:
        """The handshake, then nothing."""
        if not self.heard:
            await asyncio.Event().wait()
        return self.heard.pop()

    async def send(self, message: Message) -> None:
        """Note what is said."""
        self.said.append(message)

    async def visit(self, graph: Graph) -> None:
        """Open a socket."""
        scope = {"type": "websocket", "path": "/graphql", "headers": [], "subprotocols": [PROTOCOL]}
        given = {**scope, ABORT: self.gone.set, GONE: self.gone}
        await graph.app(given, self.receive, self.send)


def test_who_never_answers_that_its_socket_is_closed_is_broken_off() -> None:
    async def run() -> None:
        async with opened(settings(sockets=1, socket_patience=3.0)) as graph:
            silent = Silent()
            await silent.visit(graph)
            assert silent.gone.is_set()
            assert asyncio.get_running_loop().time() == pytest.approx(3 + PARTING)
            assert silent.said[-1]["code"] == 4408

    at_once(run())


async def test_a_server_that_can_not_say_why_closes_the_socket() -> None:
    sent = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: object) -> None:
        sent.append(message)

    async with opened() as graph:
        assert isinstance(graph.app, Application)
        sockets = Sockets(settings(), graph.app.streams, Room(1), Anteroom(0))
        await sockets({"type": "websocket", "headers": []}, receive, send)
    assert sent == [{"type": "websocket.close"}]


def test_the_bounds_are_settings() -> None:
    assert (settings().streams, settings().sockets) == (1_000, 1_000)
