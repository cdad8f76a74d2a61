"""Changes at the wire: what they carry, that they are sent once, and what a lost answer means."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest

from providers.base import Ask
from providers.content import Part, json, multipart
from providers.errors import Kind, ProviderError
from providers.http import Http, open_http
from providers.outcomes import MOST_SAID
from providers.secrets import Header, Secret, bearer
from tests.providers.faults import Script, Server, answer, hang_up, serving

SECRET = "s3cret-token"


def http_of(server: Server, **terms: float) -> Http:
    credentials = Header({"authorization": bearer(Secret(SECRET))})
    http = open_http(source="mine", provider="acme", base_url=server.url, credentials=credentials)
    for name, value in terms.items():
        setattr(http, name, value)
    return http


async def failure(script: Script, **terms: float) -> tuple[ProviderError, Server]:
    async with serving(script) as server:
        http = http_of(server, **terms)
        with pytest.raises(ProviderError) as raised:
            await http.change(Ask(), "PUT", "/things/{}", "1", content=json({"a": 1}))
        await http.close()
    return raised.value, server


async def test_a_change_carries_json_and_needs_no_answer() -> None:
    async with serving(answer(b"", "204 No Content")) as server:
        http = http_of(server)
        found = await http.change(
            Ask(), "PUT", "/things/{}", "a/b", params={"x": "y z"}, content=json({"a": "ü"})
        )
        await http.close()
    (request,) = server.requests
    assert found.body is None
    assert (request.method, request.target) == ("PUT", "/things/a%2Fb?x=y+z")
    assert request.body == '{"a":"ü"}'.encode()
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "found"), [("200 OK", True), ("204 No Content", True), ("404 Not Found", False)]
)
async def test_whether_something_is_there_is_asked_by_head(status: str, found: bool) -> None:
    async with serving(answer(b"", status)) as server:
        http = http_of(server)
        ask = Ask()
        assert await http.exists(ask, "/things/{}", "a/b") is found
        assert not await http.exists(ask, "/things/{}", "..")
        await http.close()
    (request,) = server.requests
    assert (request.method, request.target) == ("HEAD", "/things/a%2Fb")
    assert [call.route for call in ask.calls] == ["HEAD /things/{}"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("401 No", Kind.AUTH_FAILED),
        ("302 Elsewhere", Kind.BAD_RESPONSE),
        ("500 Broken", Kind.UNAVAILABLE),
    ],
)
async def test_whether_something_is_there_may_not_be_known(status: str, kind: Kind) -> None:
    async with serving(answer(b"", status)) as server:
        http = http_of(server)
        with pytest.raises(ProviderError) as raised:
            await http.exists(Ask(), "/things/{}", "1")
        await http.close()
    assert raised.value.kind is kind


async def test_parts_are_sent_as_they_come_with_their_length() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    body = multipart(
        [Part("note", b"hello"), Part("file", pieces(), 'a"b.zip', "application/zip", 7)]
    )
    async with serving(answer(b'{"ok":true}')) as server:
        http = http_of(server)
        await http.change(Ask(), "POST", "/upload", content=body)
        await http.close()
    (request,) = server.requests
    assert request.headers["content-length"] == str(len(request.body))
    assert b'name="note"\r\n\r\nhello\r\n' in request.body
    assert (
        b'name="file"; filename="a%22b.zip"\r\nContent-Type: application/zip\r\n\r\none two\r\n'
        in (request.body)
    )


@pytest.mark.parametrize("status", [200, 408, 500, 502, 504, 520])
async def test_what_says_nothing_about_the_change_leaves_it_unknown(status: int) -> None:
    error, server = await failure(answer(b"<html>", f"{status} Perhaps"))
    assert error.kind is Kind.OUTCOME_UNKNOWN
    assert not error.retryable
    assert len(server.requests) == 1


async def test_a_connection_that_breaks_leaves_it_unknown_and_sends_it_once() -> None:
    error, server = await failure(hang_up)
    assert error.kind is Kind.OUTCOME_UNKNOWN
    assert len(server.requests) == 1


async def test_an_answer_that_is_late_leaves_it_unknown() -> None:
    async def never(_: object, __: object) -> None:
        await asyncio.Event().wait()

    error, _ = await failure(never, change_timeout=0.05)
    assert error.kind is Kind.OUTCOME_UNKNOWN


async def test_a_source_that_cannot_be_reached_was_asked_nothing() -> None:
    async with serving(hang_up) as server:
        http = http_of(server)
    with pytest.raises(ProviderError) as raised:
        await http.change(Ask(), "DELETE", "/things/{}", "1")
    await http.close()
    assert raised.value.kind is Kind.UNAVAILABLE


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Kind.REJECTED),
        (404, Kind.NOT_FOUND),
        (409, Kind.CONFLICT),
        (422, Kind.REJECTED),
        (501, Kind.UNSUPPORTED),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
async def test_a_refusal_s_words_are_kept_for_who_asked(
    status: int, kind: Kind, packed: bool
) -> None:
    body = b'{"message": "No such\\nsetting: Foo"}'
    headers = {"content-encoding": "gzip"} if packed else {}
    body = gzip.compress(body) if packed else body
    error, _ = await failure(answer(body, f"{status} No", headers))
    assert error.kind is kind
    assert error.said == "No such setting: Foo"
    assert "Foo" not in str(error)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error": "taken"}', "taken"),
        (
            b'{"detail": [{"loc": ["body", "path"], "msg": "Field required"}]}',
            "body.path: Field required",
        ),
        (b'{"detail": "no"}', "no"),
        (b'{"message": "the key s3cret-token is bad"}', None),
        (b'{"message": "it is no application/json"}', "it is no application/json"),
        (b'{"message": {"a": 1}}', None),
        (b"<html>", None),
        (b'["x"]', None),
        (b'{"message": "' + b"x" * 400 + b'"}', "x" * (MOST_SAID - 1) + "…"),
    ],
)
async def test_words_are_short_and_quote_no_credentials(body: bytes, said: str | None) -> None:
    error, _ = await failure(answer(body, "400 Bad Request"))
    assert error.said == said


async def test_a_refusal_that_nobody_can_act_on_is_not_quoted() -> None:
    error, _ = await failure(answer(b'{"message": "internals"}', "403 Forbidden"))
    assert error.said is None
