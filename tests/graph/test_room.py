"""How many streams and sockets may be open at once: more are told to come back, others go on."""

from __future__ import annotations

import json

import pytest
from websockets.exceptions import InvalidStatus

from graph.errors import Code
from graph.room import Bounded, Room
from tests.graph.asking import settings
from tests.graph.importing import RUNNING, importing
from tests.graph.sockets import Line, on_port, request
from tests.graph.test_carriers import EVENTS, JSON, PARTS, follow, until
from tests.graph.test_sockets import serving, talking

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


async def test_a_server_that_can_not_say_why_closes_the_socket() -> None:
    sent = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: object) -> None:
        sent.append(message)

    async def never(*_: object) -> None:
        raise AssertionError

    await Bounded(never, Room(0))({"type": "websocket"}, receive, send)
    assert sent == [{"type": "websocket.close"}]


def test_the_bounds_are_settings() -> None:
    assert (settings().streams, settings().sockets) == (1_000, 1_000)
