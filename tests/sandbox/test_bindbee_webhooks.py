"""Webhooks of the sandbox's Bindbee: when they come, what is in them, and how they are signed."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.academy import Academy
from sandbox.outbound import NotHere, local, post
from tests.explorer.serving import served
from tests.sandbox.bindbee_desk import Receiver, desk
from tests.sandbox.hourglass import Hourglass

URL = "http://127.0.0.1:8000/webhooks/demo-bindbee"
RESYNC = "/api/embedded/v1/connectors/resync"


@pytest.fixture
def clock() -> Hourglass:
    return Hourglass()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def bindbee(
    academy: Academy, clock: Hourglass, receiver: Receiver
) -> AsyncIterator[httpx.AsyncClient]:
    async with desk(academy, clock, receiver.post) as client:
        answer = await client.put("/_webhooks", json=[{"url": URL, "key": "shh"}])
        assert answer.status_code == 204, answer.text
        yield client


def payloads(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body, _ in receiver.got]


def events(receiver: Receiver) -> list[str]:
    return [each["webhook"]["event"] for each in payloads(receiver)]


async def test_a_sync_tells_of_its_begin_its_end_and_what_it_wrote(
    bindbee: httpx.AsyncClient, clock: Hourglass, receiver: Receiver
) -> None:
    await bindbee.post(RESYNC)
    await clock.turn(0)
    assert events(receiver) == ["connector_sync_started"]

    await clock.turn(2)
    assert events(receiver)[1:] == ["connector_synced", "connector_data_modified"]
    begin, end, written = payloads(receiver)
    assert begin["sync"] == end["sync"] == written["sync"]
    assert begin["sync"]["sync_type"] == "MANUAL"
    assert (begin["data"], "error" in begin) == (None, False)
    courses = (await bindbee.get("/api/lms/v1/courses", params={"page_size": 200})).json()["items"]
    assert set(written["data"]["lms_course"]) <= {row["id"] for row in courses}


async def test_a_sync_that_fails_tells_why(
    bindbee: httpx.AsyncClient, clock: Hourglass, receiver: Receiver
) -> None:
    await bindbee.post(RESYNC, headers={"x-connector-token": "demo-connector-relink"})
    await clock.turn(2)
    assert events(receiver) == ["connector_sync_started", "connector_sync_error"]
    assert "credentials" in payloads(receiver)[1]["error"]


async def test_a_payload_names_the_webhook_and_the_connector_but_no_token(
    bindbee: httpx.AsyncClient, receiver: Receiver
) -> None:
    await bindbee.post("/_webhooks/send", json={"event": "connector_synced"})
    (payload,) = payloads(receiver)
    row = (
        await bindbee.get("/api/lms/v1/connectors", params={"connector_token": "demo-connector"})
    ).json()["items"][0]
    assert payload["webhook"]["url"] == URL
    assert payload["connector"] == {
        "id": row["id"],
        "display_name": "Harbour Learn",
        "integration_slug": "harbour-learn",
        "categories": ["LMS"],
        "org_name": "The Academy",
        "origin_id": "academy-1",
        "connector_status": "COMPLETE",
    }
    assert b"demo-connector" not in receiver.got[0][1]


async def test_a_body_is_signed_by_the_webhooks_key(
    bindbee: httpx.AsyncClient, receiver: Receiver
) -> None:
    await bindbee.post("/_webhooks/send", json={"event": "connector_synced"})
    _, body, headers = receiver.got[0]
    expected = urlsafe_b64encode(hmac.new(b"shh", body, sha256).digest()).decode()
    assert headers["X-Bindbee-Webhook-Signature"] == expected


async def test_a_delivery_is_tried_five_times_within_a_minute(
    bindbee: httpx.AsyncClient, clock: Hourglass, receiver: Receiver
) -> None:
    receiver.statuses[:] = [500, None, 404, 302, 503]
    await bindbee.post(RESYNC)
    await clock.turn(60)
    assert events(receiver)[:6] == ["connector_sync_started"] * 5 + ["connector_synced"]
    assert len({body for _, body, _ in receiver.got[:5]}) == 1
    shown = (await bindbee.get("/_webhooks")).json()["deliveries"]
    assert [each["status"] for each in shown[:6]] == [500, None, 404, 302, 503, 204]


async def test_a_delivery_that_is_taken_is_not_repeated(
    bindbee: httpx.AsyncClient, clock: Hourglass, receiver: Receiver
) -> None:
    receiver.statuses[:] = [500, 200]
    await bindbee.post(RESYNC)
    await clock.turn(1.9)
    assert len(receiver.got) == 1
    await clock.turn(0.1)
    assert len(receiver.got) == 2


async def test_a_webhook_gets_the_events_that_it_wants(
    bindbee: httpx.AsyncClient, clock: Hourglass, receiver: Receiver
) -> None:
    await bindbee.put("/_webhooks", json=[{"url": URL, "events": ["connector_synced"]}])
    await bindbee.post(RESYNC)
    await clock.turn(2)
    assert events(receiver) == ["connector_synced"]
    await bindbee.delete("/_webhooks")
    await bindbee.post(RESYNC)
    await clock.turn(2)
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    "hook",
    [
        {"url": "http://example.com/"},
        {"url": "https://127.0.0.1/"},
        {"url": "http://127.0.0.1.example.com/"},
        {"url": "http://localhost@10.0.0.1/"},
        {"url": "http://[::ffff:10.0.0.1]/"},
        {"url": "http://127.0.0.1:99999/"},
        {"url": URL, "events": ["connector_dreamt"]},
    ],
)
async def test_a_webhook_leads_to_this_machine_and_wants_events_that_there_are(
    bindbee: httpx.AsyncClient, hook: dict[str, Any]
) -> None:
    assert (await bindbee.put("/_webhooks", json=[hook])).status_code == 400


async def test_an_event_of_no_connector_is_not_sent(bindbee: httpx.AsyncClient) -> None:
    sending = {"event": "connector_synced", "connector_token": "nobodys"}
    assert (await bindbee.post("/_webhooks/send", json=sending)).status_code == 404


async def test_a_post_reaches_a_loopback_port() -> None:
    got: list[tuple[bytes, str]] = []

    async def take(request: Request) -> Response:
        got.append((await request.body(), request.headers["x-own"]))
        return Response(status_code=202)

    app = Starlette(routes=[Route("/hook", take, methods=["POST"])])
    with served(app) as url:
        status = await post(f"{url}/hook?a=b", b"{}", {"X-Own": "yes"}, 5.0)
    assert (status, got) == (202, [(b"{}", "yes")])
    assert await post(f"{url}/hook", b"{}", {}, 1.0) is None


def test_nothing_is_sent_elsewhere() -> None:
    with pytest.raises(NotHere, match="loopback"):
        local("http://192.168.0.1/hook")
    assert local("http://localhost/hook").path == "/hook"
