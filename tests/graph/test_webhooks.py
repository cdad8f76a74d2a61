"""Providers' messages: from the address that they are sent to, to who subscribes."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from coursegraph import CONNECTOR
from graph.app import create_app
from providers.secrets import basic
from providers.sources import make_settings
from resolvers import ids
from tests.graph.asking import Graph, demo, running, settings
from tests.graph.subscribing import Socket, connected
from tests.sandbox.bindbee_desk import desk
from tests.sandbox.hourglass import Hourglass

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = "demo-webhook-key"
BINDBEE = "x-bindbee-webhook-signature"
STACKONE = "x-stackone-signature"

SYNCED = "subscription { sourceSynced { source { name } status receivedAt missed } }"
CHANGED = "subscription { recordsChanged { source { name } type ids keys change missed } }"


def bindbee_source(name: str, **more: Any) -> dict[str, Any]:
    """A source at the sandbox's demo connector."""
    return {
        "name": name,
        "provider": "bindbee",
        "api_key": "demo-key",
        "connector_token": "demo-connector",
        **more,
    }


@pytest.fixture
async def graph() -> AsyncIterator[Graph]:
    """The demo sources, and beside them one whose messages are signed with another key."""
    academy, sandbox = demo()
    other = bindbee_source("other-bindbee", connector_id=CONNECTOR, webhook_secrets=["another-key"])
    sources = [*settings().sources, *make_settings({"sources": [other]}, {}).sources]
    own = replace(settings(max_body=8192), sources=sources)
    app = create_app(own, transport=httpx.ASGITransport(sandbox), now=lambda: AT)
    async with running(app, sandbox, academy, own) as graph:
        yield graph


@pytest.fixture
async def socket(graph: Graph) -> AsyncIterator[Socket]:
    async with connected(graph.app) as socket:
        yield socket


def signature(body: bytes, key: str = KEY) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key.encode(), body, "sha256")).decode()


def sync(event: str = "connector_synced", number: int = 1, **more: Any) -> bytes:
    """A message of Bindbee's about the demo connector."""
    message = {
        "webhook": {"event": event},
        "connector": {"id": CONNECTOR},
        "sync": {"sync_id": str(number)},
    }
    return json.dumps(message | more).encode()


async def send(
    graph: Graph, source: str, body: bytes, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    return await graph.client.post(
        f"/webhooks/{source}",
        content=body,
        headers=dict(headers) if headers is not None else {BINDBEE: signature(body)},
    )


async def test_a_signed_message_reaches_the_subscriber(graph: Graph, socket: Socket) -> None:
    await socket.subscribe("1", SYNCED)

    answer = await send(graph, "demo-bindbee", sync())

    assert (answer.status_code, answer.content) == (204, b"")
    assert await socket.event() == (
        "1",
        {
            "sourceSynced": {
                "source": {"name": "demo-bindbee"},
                "status": "SYNCED",
                "receivedAt": "2026-03-02T09:00:00Z",
                "missed": 0,
            }
        },
    )
    assert await graph.requests() == []


async def test_the_records_that_changed_can_be_read_by_their_ids(
    graph: Graph, socket: Socket
) -> None:
    listed = await graph.ask(
        '{ courses(first: 2, sources: ["demo-bindbee"]) { nodes { id key } } }'
    )
    nodes = listed.data["courses"]["nodes"]
    await socket.subscribe("1", CHANGED)
    data = {"lms_course": [node["key"] for node in nodes]}

    await send(graph, "demo-bindbee", sync("connector_data_modified", data=data))

    _, event = await socket.event()
    assert event["recordsChanged"] == {
        "source": {"name": "demo-bindbee"},
        "type": "COURSE",
        "ids": [node["id"] for node in nodes],
        "keys": [node["key"] for node in nodes],
        "change": "WRITTEN",
        "missed": 0,
    }


async def test_a_subscriber_hears_of_the_sources_and_types_that_they_name(
    graph: Graph, socket: Socket
) -> None:
    await socket.subscribe(
        "1", 'subscription { recordsChanged(sources: ["demo-bindbee"], types: [SKILL]) { keys } }'
    )
    body = sync("connector_data_modified", data={"lms_course": ["c"], "lms_skill": ["s"]})
    theirs = {BINDBEE: signature(body, "another-key")}

    assert (await send(graph, "other-bindbee", body, theirs)).status_code == 204
    assert (await send(graph, "demo-bindbee", body)).status_code == 204

    assert await socket.event() == ("1", {"recordsChanged": {"keys": ["s"]}})
    assert socket.is_quiet


async def test_naming_a_source_that_there_is_not_is_an_error(socket: Socket) -> None:
    await socket.say(
        type="subscribe",
        id="1",
        payload={"query": 'subscription { sourceSynced(sources: ["x"]) { status } }'},
    )
    message = await socket.hear()
    (error,) = message["payload"]["errors"]
    assert (message["type"], error["extensions"]["code"]) == ("next", "BAD_USER_INPUT")


async def test_a_message_that_is_repeated_is_taken_and_not_told_again(
    graph: Graph, socket: Socket
) -> None:
    await socket.subscribe("1", SYNCED)

    statuses = [(await send(graph, "demo-bindbee", sync())).status_code for _ in range(3)]
    assert (await send(graph, "demo-bindbee", sync(number=2))).status_code == 204

    assert statuses == [204, 204, 204]
    await socket.event()
    await socket.event()
    assert socket.is_quiet


def missing(answer: httpx.Response) -> str:
    """What is told where there is no such address, but for the request's id."""
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    return answer.text.replace(answer.headers.pop("x-request-id"), "")


@pytest.mark.parametrize(
    ("source", "headers"),
    [
        ("demo-bindbee", {}),
        ("demo-bindbee", {BINDBEE: ""}),
        ("demo-bindbee", {BINDBEE: "wrong"}),
        ("demo-bindbee", {BINDBEE: signature(sync(number=2))}),
        ("demo-bindbee", {BINDBEE: signature(sync(), "another-key")}),
        ("other-bindbee", {BINDBEE: signature(sync())}),
        ("demo-bindbee", {STACKONE: signature(sync())}),
        ("demo-stackone", {BINDBEE: signature(sync())}),
        ("demo-scorm-cloud", {"authorization": basic("demo-postback", "wrong").reveal()}),
        ("demo-vitalsource", {BINDBEE: signature(sync())}),
        ("nobodys", {BINDBEE: signature(sync())}),
        ("..%2Fgraphql", {BINDBEE: signature(sync())}),
    ],
)
async def test_what_is_not_proven_looks_like_an_address_that_is_not_there(
    graph: Graph, socket: Socket, source: str, headers: dict[str, str]
) -> None:
    await socket.subscribe("1", SYNCED)
    nowhere = await graph.client.post("/nowhere", content=sync())

    answer = await send(graph, source, sync(), headers)

    assert missing(answer) == missing(nowhere)
    assert answer.headers == nowhere.headers
    assert socket.is_quiet


async def test_a_source_without_a_secret_takes_no_messages() -> None:
    academy, sandbox = demo()
    own = make_settings({"sources": [bindbee_source("demo-bindbee")]}, {})
    app = create_app(own, transport=httpx.ASGITransport(sandbox))
    async with running(app, sandbox, academy, own) as graph:
        for key in (KEY, ""):
            headers = {BINDBEE: signature(sync(), key)}
            answer = await send(graph, "demo-bindbee", sync(), headers)
            assert missing(answer)


@pytest.mark.parametrize("source", ["demo-bindbee", "nobodys"])
async def test_a_body_that_is_too_large_is_cut_off_whoever_it_is_for(
    graph: Graph, source: str
) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 1024
            yield b"x" * 1024

    answer = await graph.client.post(f"/webhooks/{source}", content=endless())

    assert (answer.status_code, read) == (413, 9 * 1024)
    assert (await send(graph, "demo-bindbee", sync(more="x" * 8192))).status_code == 413
    assert (await send(graph, "demo-bindbee", sync(more="x" * 7500))).status_code == 204


@pytest.mark.parametrize("body", [b'{"a": "\xff\xfe"}', b"\xff", b"", b"[1]", b"{"])
async def test_a_signed_body_that_makes_no_sense_is_refused(graph: Graph, body: bytes) -> None:
    assert (await send(graph, "demo-bindbee", body)).status_code == 400


async def test_a_message_about_another_connector_is_taken_and_told_to_nobody(
    graph: Graph, socket: Socket
) -> None:
    await socket.subscribe("1", SYNCED)
    body = sync(connector={"id": "018f99e2-ed3a-7f4c-ae97-83d619bdf95c"})

    assert (await send(graph, "demo-bindbee", body)).status_code == 204

    assert socket.is_quiet


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("source", ["demo-bindbee", "nobodys"])
async def test_messages_are_posted(graph: Graph, method: str, source: str) -> None:
    assert (await graph.client.request(method, f"/webhooks/{source}")).status_code == 405


async def test_stackones_messages_are_told(graph: Graph, socket: Socket) -> None:
    await socket.subscribe("1", CHANGED)
    message = {
        "event": "lms_completions.created",
        "account_id": "demo-account",
        "record_id": "r1",
        "sent_at": "2026-03-02T08:59:00Z",
    }
    body = json.dumps(message).encode()
    old = json.dumps(message | {"sent_at": "2026-02-02T08:59:00Z"}).encode()

    for each in (old, body):
        headers = {STACKONE: signature(each).rstrip("=")}
        assert (await send(graph, "demo-stackone", each, headers)).status_code == 204

    _, event = await socket.event()
    assert event["recordsChanged"] == {
        "source": {"name": "demo-stackone"},
        "type": "COMPLETION",
        "ids": [ids.encode("Completion", "demo-stackone", "r1")],
        "keys": ["r1"],
        "change": "CREATED",
        "missed": 0,
    }
    assert socket.is_quiet


async def test_scorm_clouds_postbacks_are_told(graph: Graph, socket: Socket) -> None:
    await socket.subscribe("1", "subscription { recordsChanged { type keys change } }")
    body = json.dumps({"id": "r/1", "registrationCompletion": "COMPLETED"}).encode()
    headers = {"authorization": basic("demo-postback", "demo-secret").reveal()}

    assert (await send(graph, "demo-scorm-cloud", body, headers)).status_code == 204

    told = [(await socket.event())[1]["recordsChanged"] for _ in range(2)]
    assert [(each["type"], each["keys"]) for each in told] == [
        ("ASSIGNMENT", ["r/1"]),
        ("COMPLETION", ["r/1"]),
    ]


async def test_a_sync_at_bindbee_is_told_from_its_begin_to_what_it_wrote(
    graph: Graph, socket: Socket
) -> None:
    """Through the sandbox's own sender: what it signs, we take."""

    async def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> int | None:
        return (await graph.client.post(url, content=body, headers=dict(headers))).status_code

    clock = Hourglass()
    async with desk(graph.academy, clock, post) as bindbee:
        hooks = [{"url": "http://127.0.0.1/webhooks/demo-bindbee"}]
        await bindbee.put("/_webhooks", json=hooks)
        await socket.subscribe("syncs", SYNCED)
        await socket.subscribe(
            "courses", "subscription { recordsChanged(types: [COURSE]) { keys } }"
        )

        await bindbee.post("/api/embedded/v1/connectors/resync")
        await clock.sleeper()
        await clock.turn(2)

        _, begin = await socket.event()
        assert begin["sourceSynced"]["status"] == "STARTED"
        rest = dict([await socket.event(), await socket.event()])
        assert rest["syncs"]["sourceSynced"]["status"] == "SYNCED"
        assert len(rest["courses"]["recordsChanged"]["keys"]) == 20
        deliveries = (await bindbee.get("/_webhooks")).json()["deliveries"]
        assert [each["status"] for each in deliveries] == [204, 204, 204]


async def test_who_leaves_is_not_listened_for(graph: Graph, socket: Socket) -> None:
    await socket.subscribe("1", SYNCED)
    await socket.say(type="complete", id="1")
    await socket.say(type="ping")
    assert (await socket.hear())["type"] == "pong"

    await send(graph, "demo-bindbee", sync())
    await socket.subscribe("2", SYNCED)
    await send(graph, "demo-bindbee", sync(number=2))

    assert (await socket.event())[0] == "2"
    assert socket.is_quiet


async def test_a_message_that_one_process_took_is_told_by_all(tmp_path: Path) -> None:
    academy, sandbox = demo()
    own = replace(settings(), ledger=str(tmp_path / "ledger"), poll_interval=0.001)
    one, other = (create_app(own, transport=httpx.ASGITransport(sandbox)) for _ in range(2))
    async with (
        running(one, sandbox, academy, own) as graph,
        other.router.lifespan_context(other),
        connected(other) as socket,
    ):
        await socket.subscribe("1", SYNCED)
        response = await send(graph, "demo-bindbee", sync())
        assert response.status_code == 204
        _, data = await socket.event()
        assert data["sourceSynced"]["status"] == "SYNCED"
