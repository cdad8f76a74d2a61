"""What stands around StackOne's LMS API in the sandbox: accounts, the proxy and webhooks."""

import hmac
import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

LMS = "/unified/lms"
DEMO = {"x-account-id": "demo-account"}

JSONObject = dict[str, Any]


@pytest.fixture
async def client(sandbox: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    sandbox.base_url = httpx.URL("http://sandbox/stackone")
    sandbox.auth = ("demo-key", "")
    yield sandbox


async def get(client: httpx.AsyncClient, path: str, **query: str) -> Any:
    answer = await client.get(path, params=query, headers=DEMO)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def proxied(client: httpx.AsyncClient, **request: Any) -> JSONObject:
    answer = await client.post("/unified/proxy", json=request, headers=DEMO)
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


async def test_an_account_is_changed_and_shows_it_everywhere(client: httpx.AsyncClient) -> None:
    before = await get(client, "/accounts/demo-account")
    change = {
        "origin_owner_id": "owner-7",
        "origin_owner_name": "Owner",
        "origin_username": "ada",
        "label": "Main",
        "type": "production",
        "setup_information": {"site": "north"},
        "credentials": {"token": "hidden"},
        "secrets": {"token": "hidden"},
    }

    answer = await client.patch("/accounts/demo-account", json=change)

    after = await get(client, "/accounts/demo-account")
    assert answer.json() == after
    shown = {
        name: value for name, value in change.items() if name not in ("credentials", "secrets")
    }
    assert after == before | shown | {"updated_at": "2026-11-01T00:00:01.000Z"}
    assert "hidden" not in answer.text
    assert await get(client, "/accounts", origin_owner_id="owner-7") == [after]


async def test_an_account_changes_to_a_provider_that_there_is(client: httpx.AsyncClient) -> None:
    answer = await client.patch("/accounts/demo-account", json={"provider": "limitedlms"})

    assert answer.json()["provider_name"] == "Limited LMS"
    assert (await client.get(f"{LMS}/skills", headers=DEMO)).status_code == 501
    refused = await client.patch("/accounts/demo-account", json={"provider": "nothing"})
    assert refused.status_code == 400
    assert (await client.patch("/accounts/demo-account", json={"type": 1})).status_code == 400
    assert (await client.patch("/accounts/nothing", json={})).status_code == 404


async def test_a_deleted_account_is_unknown_from_then_on(client: httpx.AsyncClient) -> None:
    account = await get(client, "/accounts/demo-account")

    answer = await client.delete("/accounts/demo-account")

    assert (answer.status_code, answer.json()) == (200, account)
    for path in ("/accounts/demo-account", "/accounts/demo-account/meta", f"{LMS}/courses"):
        assert (await client.get(path, headers=DEMO)).status_code == 404
    assert (await client.delete("/accounts/demo-account")).status_code == 404
    assert len(await get(client, "/accounts")) == 4


@pytest.mark.parametrize(
    ("account", "written"),
    [
        ("demo-account", {"content", "assignments", "completions"}),
        (
            "demo-account-2025-06",
            {"courses", "content", "collections", "assignments", "completions"},
        ),
        ("demo-limited", {"assignments"}),
    ],
)
async def test_the_meta_of_an_account_tells_what_can_be_written(
    client: httpx.AsyncClient, account: str, written: set[str]
) -> None:
    models = (await get(client, f"/accounts/{account}/meta"))["models"]

    assert {name for name, operations in models.items() if operations.keys() - {"list", "get"}} == (
        written
    )
    create = models["assignments"]["create"]
    assert create["apiPath"] == f"{LMS}/users/{{id}}/assignments"
    assert {"name": "due_date", "type": "datetime"} in create["input"]["defaultFields"]


async def test_the_proxy_shows_what_reached_the_lms(client: httpx.AsyncClient) -> None:
    told = await proxied(
        client,
        url="https://lms.academy.example/api",
        path="/badges/7?give=1&empty=",
        method="patch",
        headers={"x-flag": "on"},
        body={"name": "Gold"},
    )

    assert told["status"] == 200
    assert told["provider_errors"] is None
    assert told["data"] == {
        "method": "PATCH",
        "path": "/api/badges/7",
        "query": {"give": "1", "empty": ""},
        "headers": {"x-flag": "on"},
        "body": {"name": "Gold"},
    }


async def test_the_proxy_reads_what_the_lms_keeps(client: httpx.AsyncClient) -> None:
    body = {"external_reference": "R", "title": "T", "passthrough": {"shelf": 4}}
    written = await client.put(f"{LMS}/content", json=body, headers=DEMO)
    remote_id = written.json()["data"]["remote_id"]

    told = await proxied(client, path=f"/content/{remote_id}")
    slashed = next(
        row["remote_id"]
        for row in (await get(client, f"{LMS}/content", page_size="100"))["data"]
        if "/" in row["remote_id"]
    )

    assert told["data"] == {"id": remote_id, **body}
    assert (await proxied(client, path=f"/content/{slashed}"))["status"] == 200
    assert len((await proxied(client, path="/users"))["data"]["items"]) == 90


async def test_a_failure_of_the_lms_is_an_answer_of_the_proxy(client: httpx.AsyncClient) -> None:
    for path, status in (("/status/503", 503), ("/courses/nothing", 404), ("/status/204", 204)):
        told = await proxied(client, path=path)
        assert told["status"] == status
        assert bool(told["provider_errors"]) is (status >= 400)
    created = await client.post(
        "/unified/proxy", json={"path": "/badges", "method": "post"}, headers=DEMO
    )
    assert created.status_code == created.json()["status"] == 201


@pytest.mark.parametrize(
    "body", [{"method": "trace"}, {"url": "https://elsewhere.example"}, {"path": 7}, []]
)
async def test_the_proxy_takes_no_other_request(client: httpx.AsyncClient, body: Any) -> None:
    answer = await client.post("/unified/proxy", json=body, headers=DEMO)

    assert answer.status_code == 400
    assert answer.json().keys() >= {"statusCode", "message", "timestamp", "data"}
    assert (await client.post("/unified/proxy", json={})).status_code == 400


class Inbox(HTTPServer):
    """Takes what is posted to a loopback port."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), Letter)
        self.status = status
        self.letters: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hooks?token=t"


class Letter(BaseHTTPRequestHandler):
    server: Inbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.letters.append((self.path, headers, body))
        self.send_response(self.server.status)
        self.send_header("location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test's output clean."""


@pytest.fixture(params=[200, 302])
def inbox(request: pytest.FixtureRequest) -> Iterator[Inbox]:
    with Inbox(request.param) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


async def test_an_event_of_a_record_is_posted_and_signed(
    client: httpx.AsyncClient, inbox: Inbox
) -> None:
    row = (await get(client, f"{LMS}/completions"))["data"][0]
    order = {
        "event": "lms_completions.created",
        "record_id": row["id"],
        "url": inbox.url,
        "secret": "s3cret",
    }

    told = (await client.post("/_webhooks", json=order)).json()

    [(path, headers, body)] = inbox.letters
    assert path == "/hooks?token=t"
    assert told["status"] == inbox.status
    assert told["body"] == body.decode()
    digest = hmac.digest(b"s3cret", body, sha256)
    assert headers["x-stackone-signature"] == urlsafe_b64encode(digest).decode().rstrip("=")
    event = json.loads(body)
    assert event["event_data"] == row
    assert (event["record_type"], event["record_remote_id"]) == ("completions", row["remote_id"])
    assert (event["account_id"], event["provider"]) == ("demo-account", "academylms")


async def test_a_deleted_record_has_no_data_and_an_account_no_record(
    client: httpx.AsyncClient,
) -> None:
    deleted = {"event": "lms_content.deleted", "record_id": "library-1"}
    account = {"event": "account.updated", "account_id": "demo-disabled"}

    answers = [(await client.post("/_webhooks", json=order)).json() for order in (deleted, account)]

    record, owner = [json.loads(answer["body"]) for answer in answers]
    assert (record["record_remote_id"], record["event_data"]) == ("library-1", None)
    assert (owner["record_type"], owner["record_id"]) == ("account", "demo-disabled")
    assert all(answer["status"] is None for answer in answers)
    assert not any("signature" in name for answer in answers for name in answer["headers"])


async def test_the_header_of_a_signature_can_be_another(client: httpx.AsyncClient) -> None:
    order = {"event": "account.created", "secret": "s", "signature_header": "x-other"}

    answer = (await client.post("/_webhooks", json=order)).json()

    assert "x-other" in answer["headers"]


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"event": "lms_courses.renamed", "record_id": "1"},
        {"event": "lms_courses.created"},
        {"event": "account.created", "account_id": "nobody"},
        {"event": "account.created", "url": "http://sandbox.example/"},
        {"event": "account.created", "url": "https://127.0.0.1/"},
        {"event": "account.created", "url": "http://127.0.0.1:1/"},
    ],
)
async def test_what_cannot_be_sent_is_said(client: httpx.AsyncClient, order: JSONObject) -> None:
    answer = await client.post("/_webhooks", json=order)

    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_habits_are_of_an_account_that_there_is(client: httpx.AsyncClient) -> None:
    assert (await client.put("/_habits/nobody", json={})).status_code == 404
    assert (await client.put("/_habits/demo-account", json={"lag": "no"})).status_code == 400
