"""Requests of a caller's own making that are passed to a learning system: what is let through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.graph.stackone import DISABLED, NEWER, Desk, opened

ANSWER = "status headers { name value } body errors"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened(passthrough=True) as desk:
        yield desk


def request(path: str = "/groups", method: str = "GET", **more: Any) -> dict[str, Any]:
    return {"source": NEWER, "method": method, "path": path, **more}


async def test_a_request_is_passed_on_with_all_its_parts(desk: Desk) -> None:
    headers = [{"name": "Accept-Language", "value": "de"}, {"name": "X-Any", "value": "1"}]
    params = [{"name": "a", "value": "1 & 2"}, {"name": "a", "value": "3"}]
    parts = {"headers": headers, "parameters": params, "body": {"x": [1]}}
    given = request("/groups?sort=name", "POST", **parts)
    answer = await desk.change("passthrough", given, ANSWER)
    assert answer.errors == []
    (sent,) = desk.wire.sent
    assert sent.call == "POST /unified/proxy" or sent.call == "POST /proxy"
    assert sent.body == {
        "method": "post",
        "path": "/groups?sort=name&a=1+%26+2&a=3",
        "headers": {"Accept-Language": "de", "X-Any": "1"},
        "body": {"x": [1]},
    }
    found = answer.data["passthrough"]
    assert found["status"] == 201
    assert {"name": "content-type", "value": "application/json"} in found["headers"]
    assert found["body"]["path"].endswith("/groups")
    assert found["body"]["body"] == {"x": [1]}
    assert (found["errors"], found["userErrors"]) == (None, [])


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_every_method_is_passed_on(desk: Desk, method: str) -> None:
    answer = await desk.change("passthrough", request(method=method), "status")
    assert answer.errors == []
    assert desk.wire.sent[0].body == {"method": method.lower(), "path": "/groups"}


async def test_what_fails_at_the_learning_system_is_an_answer(desk: Desk) -> None:
    answer = await desk.change("passthrough", request("/status/404"), ANSWER)
    assert answer.errors == []
    found = answer.data["passthrough"]
    assert (found["status"], found["body"]) == (404, {"error": "Not Found"})
    assert found["errors"][0]["status"] == 404


async def test_it_is_off_unless_the_settings_say_so() -> None:
    async with opened() as desk:
        answer = await desk.change("passthrough", request(), ANSWER)
    assert answer.codes == ["UNSUPPORTED"]
    assert "`passthrough = true`" in answer.errors[0]["message"]
    assert answer.calls == []


@pytest.mark.parametrize(
    "path",
    [
        "",
        "groups",
        "https://elsewhere.example/x",
        "//elsewhere.example/x",
        "/a//elsewhere.example",
        "/\\elsewhere.example",
        "/../admin",
        "/a/..",
        "/a/./b",
        "/%2e%2e/admin",
        "/%252e%252e/admin",
        "/..;x/admin",
        "/a%2f..%2fb",
        "/a%5c..%5cb",
        "/a#b",
        "/a b",
        "/a\nHost: elsewhere",
        "/%0d%0ax",
        "/a?b c",
        "/" + "a" * 9000,
    ],
)
async def test_a_path_that_may_lead_elsewhere_is_refused(desk: Desk, path: str) -> None:
    answer = await desk.change("passthrough", request(path), ANSWER)
    (error,) = answer.data["passthrough"]["userErrors"]
    assert (error["field"], error["code"]) == (["path"], "INVALID")
    assert answer.calls == []


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("Authorization", "Basic x", "name"),
        ("x-account-id", "another", "name"),
        ("X-Connector-Token", "another", "name"),
        ("Cookie", "a=b", "name"),
        ("Host", "elsewhere", "name"),
        ("Connection", "close", "name"),
        ("Transfer-Encoding", "chunked", "name"),
        ("Proxy-Authorization", "x", "name"),
        ("X-HTTP-Method-Override", "DELETE", "name"),
        ("X-Original-URL", "/admin", "name"),
        ("X-Rewrite-Url", "/admin", "name"),
        ("Bad Name", "x", "name"),
        ("", "x", "name"),
        ("ACCEPT", "text/html", "name"),
        ("X-Any", "a\r\nHost: elsewhere", "value"),
        ("X-Any", "ü", "value"),
    ],
)
async def test_a_header_that_is_not_a_caller_s_is_refused(
    desk: Desk, name: str, value: str, part: str
) -> None:
    headers = [{"name": "Accept", "value": "*/*"}, {"name": name, "value": value}]
    answer = await desk.change("passthrough", request(headers=headers), ANSWER)
    (error,) = answer.data["passthrough"]["userErrors"]
    assert (error["field"], error["code"]) == (["headers", "1", part], "INVALID")
    assert answer.calls == []


async def test_another_host_cannot_be_asked_for(desk: Desk) -> None:
    answer = await desk.change("passthrough", request(url="https://elsewhere.example"), ANSWER)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert answer.calls == []


@pytest.mark.parametrize(
    ("source", "status", "code"),
    [(DISABLED, None, "UPSTREAM_ACCOUNT_DISABLED"), (NEWER, 504, "OUTCOME_UNKNOWN")],
)
async def test_what_stackone_fails_at_is_an_error(
    desk: Desk, source: str, status: int | None, code: str
) -> None:
    if status:
        await desk.graph.fault("stackone", "status", status=status, path="/proxy")
    answer = await desk.change("passthrough", {**request(), "source": source}, ANSWER)
    assert answer.codes == [code]


async def test_what_stackone_refuses_is_told_in_its_words(desk: Desk) -> None:
    answer = await desk.change("passthrough", request(body=["no object"], method="POST"), ANSWER)
    (error,) = answer.data["passthrough"]["userErrors"]
    assert error["code"] == "INVALID"
    assert "body must be an object" in error["message"]


@pytest.mark.parametrize(
    "more",
    [{"method": "HEAD"}, {"method": "OPTIONS"}, {"requestFormat": "XML"},
     {"responseFormat": "BINARY"}, {"timeout": 3.0}],
)  # fmt: skip
async def test_what_the_proxy_cant_do_is_said_before_anything_is_sent(
    desk: Desk, more: dict[str, Any]
) -> None:
    answer = await desk.change("passthrough", {**request(), **more}, ANSWER)

    assert answer.codes == ["UNSUPPORTED"]
    assert desk.wire.sent == []
