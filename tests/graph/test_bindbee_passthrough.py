"""Requests of a caller's own making that go through Bindbee to the learning system behind it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.graph.bindbee import SOURCE, Desk, opened

CALL = "POST /api/v1/passthrough"
ANSWER = "status headers { name } body mediaType content errors"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened() as desk:
        yield desk


def request(path: str = "/echo", method: str = "GET", **more: Any) -> dict[str, Any]:
    return {"source": SOURCE, "method": method, "path": path, **more}


def named(**values: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


async def test_every_part_of_a_request_reaches_the_wire(desk: Desk) -> None:
    given = request(
        "/echo/groups",
        "POST",
        headers=[{"name": "Accept-Language", "value": "de"}],
        parameters=[*named(a="1 & 2", b="x"), *named(a="3")],
        body={"title": "Ropes", "units": [1, None]},
        requestFormat="MULTIPART",
        responseFormat="JSON",
        timeout=12.5,
    )

    answer = await desk.change("passthrough", given, ANSWER)

    assert answer.errors == []
    (sent,) = desk.wire.sent
    assert (sent.call, sent.headers["x-connector-token"]) == (CALL, "demo-connector")
    assert sent.body == {
        "method": "POST",
        "path": "/echo/groups",
        "headers": {"Accept-Language": "de"},
        "params": {"a": ["1 & 2", "3"], "b": "x"},
        "data": {"title": "Ropes", "units": [1, None]},
        "request_format": "MULTIPART",
        "response_format": "JSON",
        "timeout": 12.5,
    }
    found = answer.data["passthrough"]
    assert found.pop("body") == {
        "method": "POST",
        "path": "/echo/groups",
        "params": {"a": ["1 & 2", "3"], "b": "x"},
        "headers": {
            "content-type": "multipart/form-data; boundary=bindbee",
            "accept-language": "de",
        },
        "data": {"title": "Ropes", "units": [1, None]},
    }
    assert found == {
        "status": None,
        "headers": [],
        "mediaType": "application/json",
        "content": None,
        "errors": None,
        "userErrors": [],
    }


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
async def test_what_is_not_given_is_not_sent_but_the_headers_that_bindbee_wants(
    desk: Desk, method: str
) -> None:
    answer = await desk.change("passthrough", request(method=method), ANSWER)

    assert answer.errors == []
    assert desk.wire.sent[0].body == {"method": method, "path": "/echo", "headers": {}}
    assert answer.data["passthrough"]["body"]["method"] == method


@pytest.mark.parametrize(
    ("body", "format"),
    [
        ({"a": {"b": [1.5]}}, "JSON"),
        ([1, "two"], "JSON"),
        ("text", "JSON"),
        ("<course><title>Ropes</title></course>", "XML"),
        ({"file": "text"}, "MULTIPART"),
    ],
)
async def test_a_body_is_sent_as_it_is_given(desk: Desk, body: Any, format: str) -> None:
    given = request(method="POST", body=body, requestFormat=format)

    answer = await desk.change("passthrough", given, "body")

    assert answer.errors == []
    assert answer.data["passthrough"]["body"]["data"] == body


async def test_what_was_written_can_be_read(desk: Desk) -> None:
    made = await desk.change(
        "passthrough", request("/courses", "POST", body={"title": "Ropes"}), "body"
    )
    key = made.data["passthrough"]["body"]["sourceId"]

    read = await desk.change("passthrough", request(f"/courses/{key}"), "body")

    assert read.data["passthrough"]["body"] == {"sourceId": key, "title": "Ropes"}


async def test_a_course_is_reached_by_its_remote_id(desk: Desk) -> None:
    query = "query($s: [String!]) { courses(sources: $s, first: 1) { nodes { remoteId rawData } } }"
    (course,) = (await desk.ask(query, s=[SOURCE])).data["courses"]["nodes"]

    answer = await desk.change("passthrough", request(f"/courses/{course['remoteId']}"), "body")

    assert answer.data["passthrough"]["body"] == course["rawData"]


@pytest.mark.parametrize(
    ("format", "begins", "media_type"),
    [
        ("XML", "<response><courses><item>", "application/xml"),
        ("MULTIPART", "--bindbee\r\nContent-Disposition", "multipart/form-data; boundary=bindbee"),
    ],
)
async def test_an_answer_that_isnt_json_is_text(
    desk: Desk, format: str, begins: str, media_type: str
) -> None:
    given = request("/courses", responseFormat=format)

    answer = await desk.change("passthrough", given, ANSWER)

    assert answer.errors == []
    found = answer.data["passthrough"]
    assert found["body"].startswith(begins)
    assert (found["mediaType"].partition(" ")[0], found["content"]) == (
        media_type.partition(" ")[0],
        None,
    )


async def test_bytes_are_given_in_base64(desk: Desk) -> None:
    given = request("/courses/7/certificate.pdf", responseFormat="BINARY")

    answer = await desk.change("passthrough", given, ANSWER)

    assert answer.errors == []
    found = answer.data["passthrough"]
    assert base64.b64decode(found["content"]) == b"%PDF-1.4 certificate of 7"
    assert (found["body"], found["mediaType"]) == (None, "application/octet-stream")


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/broken", 503)])
async def test_what_fails_at_the_learning_system_is_an_answer(
    desk: Desk, path: str, status: int
) -> None:
    answer = await desk.change("passthrough", request(path), ANSWER)

    assert answer.errors == []
    found = answer.data["passthrough"]
    assert found["body"]["error"]["status"] == status
    assert (found["status"], found["userErrors"]) == (None, [])


@pytest.mark.parametrize(
    ("answered", "media_type", "body"),
    [
        (b"<h1>Down</h1>", "text/html", "<h1>Down</h1>"),
        (b"", "application/json", None),
        (b"\xff", "text/plain", "\ufffd"),
    ],
)
async def test_an_answer_of_another_form_than_asked_for_is_text(
    answered: bytes, media_type: str, body: str | None
) -> None:
    class Vendor(httpx.AsyncBaseTransport):
        async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
            headers = {"content-type": media_type}
            return httpx.Response(200, headers=headers, stream=httpx.ByteStream(answered))

    async with opened(transport=Vendor()) as desk:
        answer = await desk.change("passthrough", request(), ANSWER)

    assert answer.errors == []
    assert answer.data["passthrough"]["body"] == body
    assert answer.data["passthrough"]["mediaType"] == media_type


# What isn't let through.


async def test_nothing_is_passed_on_unless_the_settings_let_it() -> None:
    async with opened(passthrough=False) as desk:
        answer = await desk.change("passthrough", request(), ANSWER)

    assert answer.data == {"passthrough": None}
    assert answer.codes == ["UNSUPPORTED"]
    assert "`passthrough = true`" in answer.errors[0]["message"]
    assert desk.wire.calls == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"path": "https://elsewhere.example/"}, ["path"]),
        ({"path": "/a/%2e%2e/b"}, ["path"]),
        ({"headers": named(Authorization="Bearer x")}, ["headers", "0", "name"]),
        ({"headers": named(a="b", Host="x")}, ["headers", "1", "name"]),
        ({"headers": named(**{"X-Connector-Token": "x"})}, ["headers", "0", "name"]),
        ({"timeout": 0.0}, ["timeout"]),
        ({"timeout": -1.0}, ["timeout"]),
    ],
)
async def test_what_is_not_a_caller_s_to_ask_is_refused_before_it_is_sent(
    desk: Desk, more: dict[str, Any], field: list[str]
) -> None:
    answer = await desk.change("passthrough", {**request(), **more}, ANSWER)

    assert answer.errors == []
    (error,) = answer.data["passthrough"]["userErrors"]
    assert (error["field"], error["code"]) == (field, "INVALID")
    assert desk.wire.calls == []


async def test_a_time_that_the_operation_doesnt_have_is_refused_and_says_which_setting() -> None:
    async with opened(terms={"mutation_timeout": 60.0}) as desk:
        refused = await desk.change("passthrough", request(timeout=300.0), ANSWER)
        passed = await desk.change("passthrough", request(timeout=50.0), ANSWER)

    (error,) = refused.data["passthrough"]["userErrors"]
    assert (error["field"], error["code"]) == (["timeout"], "INVALID")
    assert "at most (`mutation_timeout`" in error["message"]
    assert passed.errors == [] and passed.data["passthrough"]["userErrors"] == []
    assert desk.wire.sent[0].body["timeout"] == 50.0


async def test_what_bindbee_refuses_is_told_in_its_words(desk: Desk) -> None:
    answer = await desk.change("passthrough", request(method="POST", body=5), ANSWER)

    assert answer.errors == []
    (error,) = answer.data["passthrough"]["userErrors"]
    assert (error["field"], error["code"]) == (None, "INVALID")
    assert error["message"] == f"{SOURCE}: body.data: Input should be a valid string"


async def test_a_learning_system_that_is_too_slow_leaves_the_outcome_unknown(desk: Desk) -> None:

    given = request("/slow", parameters=named(seconds="9"), timeout=3.0)
    answer = await desk.change("passthrough", given, ANSWER)

    assert answer.codes == ["OUTCOME_UNKNOWN"]
    assert "by a request that changes nothing" in answer.errors[0]["message"]
    assert desk.wire.calls == [CALL]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "UPSTREAM_AUTH_FAILED"),
        (403, "UPSTREAM_FORBIDDEN"),
        (429, "UPSTREAM_RATE_LIMITED"),
        (500, "OUTCOME_UNKNOWN"),
    ],
)
async def test_what_fails_at_bindbee_is_an_error(desk: Desk, status: int, code: str) -> None:
    await desk.graph.fault("bindbee", "status", status=status, path="/passthrough")

    answer = await desk.change("passthrough", request(), ANSWER)

    assert answer.data == {"passthrough": None}
    assert answer.codes == [code]
