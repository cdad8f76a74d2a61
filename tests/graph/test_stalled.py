"""Clients that don't read: a stream waits for one in vain only so long, and its place is free."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from graph.attendance import break_off
from graph.carriers import FAREWELL, LARGEST
from graph.tokens import LEEWAY
from providers.http import IDLE
from tests.graph.asking import Graph, opened, settings
from tests.graph.hourglass import at_once
from tests.graph.importing import FOLLOW, ID, RUNNING, importing
from tests.graph.issuing import HOUR, START, Issuer, bearer, believing
from tests.graph.sockets import on_port, request
from tests.graph.test_carriers import EVENTS, PARTS, asked
from tests.graph.visiting import Visit, stragglers

EASY = "{ __typename }"


@dataclass(slots=True)
class Stalling(Visit):
    """A client that reads so many messages of an answer, and no more."""

    reads: int = 0
    accept: str = EVENTS
    headers: dict[str, str] = field(default_factory=dict)
    stalls: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it doesn't read what it should."""

    async def send(self, message: Message) -> None:
        """Take a message, or let the server wait."""
        if len(self.sent) >= self.reads:
            self.stalls.set()
            await asyncio.Event().wait()
        self.sent.append(message)

    def scope(self) -> dict[str, Any]:
        """The request without its body."""
        own = {"accept": self.accept, "content-type": "application/json", **self.headers}
        headers = [(name.encode(), value.encode()) for name, value in own.items()]
        return {**Visit.scope(self), "headers": headers}


def followed(query: str = FOLLOW) -> bytes:
    return json.dumps({"query": query, "variables": {"id": ID}}).encode()


async def has_place(graph: Graph) -> bool:
    return (await asked(graph, EVENTS, EASY)).status_code == 200


@pytest.mark.parametrize("reads", [0, 1, 2, 3])
@pytest.mark.parametrize(("accept", "query"), [(EVENTS, EASY), (EVENTS, FOLLOW), (PARTS, FOLLOW)])
def test_a_stream_that_nobody_reads_gives_its_place_up(accept: str, query: str, reads: int) -> None:
    async def run() -> float:
        async with importing(RUNNING, poll_interval=1.0, streams=1, heartbeat=HOUR) as (graph, _):
            visit = Stalling(followed(query), reads=reads, accept=accept)
            visiting = visit.begin(graph)
            await visit.stalls.wait()
            began = asyncio.get_running_loop().time()
            assert not await has_place(graph)
            await visiting
            passed = asyncio.get_running_loop().time() - began
            assert await stragglers() == set()
            assert await has_place(graph)
            assert len(visit.sent) == reads
            return passed

    assert at_once(run()) == pytest.approx(IDLE)


def test_who_leaves_without_having_read_gives_its_place_up_at_once() -> None:
    async def run() -> float:
        async with opened(settings(streams=1)) as graph:
            visit = Stalling(followed(EASY), reads=2)
            visiting = visit.begin(graph)
            await visit.stalls.wait()
            visit.left.set()
            await visiting
            assert await has_place(graph)
            return asyncio.get_running_loop().time()

    assert at_once(run()) < 1


@pytest.mark.parametrize("query", [EASY, FOLLOW])
def test_a_stream_that_nobody_reads_ends_with_its_token(query: str, tmp_path: Path) -> None:
    issuer = Issuer()
    keys = issuer.write(tmp_path)
    soon = issuer.token(exp=int(START.timestamp()) - LEEWAY + 5)

    def now() -> datetime:
        return START + timedelta(seconds=asyncio.get_running_loop().time())

    async def run() -> float:
        slow = importing(RUNNING, authentication=believing(keys), now=now, poll_interval=1.0)
        async with slow as (graph, _):
            visit = Stalling(followed(query), reads=2, headers=bearer(soon))
            await visit.begin(graph)
            assert visit.sent[0]["status"] == 200
            assert await stragglers() == set()
            return asyncio.get_running_loop().time()

    assert at_once(run()) == pytest.approx(5 + FAREWELL, abs=0.5)


async def test_a_large_answer_is_handed_over_in_pieces() -> None:
    async with opened() as graph:
        many = " ".join(f'a{at}: __type(name: "Course") {{ ...T }}' for at in range(20))
        query = f"{{ {many} }} fragment T on __Type {{ fields {{ name description }} }}"
        visit = Stalling(followed(query), reads=100)
        await visit.begin(graph)

    _, opening, *pieces, closing, end = [each.get("body", b"") for each in visit.sent]
    assert (opening, closing, end) == (b":\n\n", b"event: complete\ndata:\n\n", b"")
    assert len(pieces) > 1 and {len(each) for each in pieces[:-1]} == {LARGEST}
    body = b"".join(pieces).removeprefix(b"event: next\ndata: ")
    assert len(json.loads(body)["data"]) == 20


async def test_a_connection_is_broken_off_with_all_that_was_never_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        body = bytes(50_000_000)
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await break_off(scope, receive)

    async with on_port(app) as served, served.line() as line:
        line.send(request(b""))
        await line.head()
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await line.reader.readexactly(50_000_000)
        await served.at_rest()
        assert not served.state.connections
    assert not caplog.records  # a client's doing is no fault of the application
