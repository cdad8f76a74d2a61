"""The way out, against a real server: what is sent, what is never followed or shown, and time."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest

from providers.base import Ask
from providers.errors import Kind, ProviderError
from providers.http import fill
from providers.secrets import Header, Secret
from tests.providers.calling import SECRET, failing, failure, opened
from tests.providers.faults import (
    Request,
    Script,
    answer,
    hang_up,
    head,
    serving,
    trickle,
)

pytestmark = pytest.mark.usefixtures("wire")

# What is sent.


async def test_a_call_sends_its_credentials_and_offers_gzip_alone() -> None:
    async with serving(answer()) as server, opened(server.url) as http:
        await http.get(Ask(), "/things", params={"page": "2", "none": None})

    (request,) = server.requests
    assert request.target == "/things?page=2"
    assert request.headers["x-api-key"] == SECRET
    assert request.headers["accept"] == "application/json"
    assert request.headers["accept-encoding"] == "gzip"
    assert request.headers["user-agent"] == "coursegraph"


@pytest.mark.parametrize(
    ("key", "quoted"),
    [
        ("a/b", "a%2Fb"),
        ("a b?c#d&e", "a%20b%3Fc%23d%26e"),
        ("100%", "100%25"),
        ("%2e%2e", "%252e%252e"),
        ("a..b/c.", "a..b%2Fc."),
        ("..;x", "..%3Bx"),
        ("Ärger/日本", "%C3%84rger%2F%E6%97%A5%E6%9C%AC"),
    ],
)
async def test_a_key_stays_one_quoted_part_of_the_path(key: str, quoted: str) -> None:
    async with serving(answer()) as server, opened(f"{server.url}/api") as http:
        await http.get(Ask(), "/things/{}/parts", key)

    assert server.requests[0].target == f"/api/things/{quoted}/parts"


@pytest.mark.parametrize(
    "key",
    ["", ".", "..", "../../accounts", "a/../b", "a/./b", "..\\..", "a\\..\\b", "x/..", "\x00",
     "a\r\nx-evil: 1", "a\tb", "\x7f", "\u2028", "\ud800", "a" * 1025],
)  # fmt: skip
async def test_a_key_that_could_leave_its_place_is_refused_without_a_call(key: str) -> None:
    ask = Ask()
    async with serving(answer()) as server, opened(server.url) as http:
        with pytest.raises(ProviderError) as caught:
            await http.get(ask, "/things/{}", key)
        assert await http.find(ask, "/things/{}", key) is None

    assert caught.value.kind is Kind.INVALID_KEY
    assert caught.value.source == "acme"
    assert server.requests == []
    assert ask.calls == [] and ask.spent["acme"] == 0


def test_a_route_is_filled_with_as_many_keys_as_it_has_places() -> None:
    assert fill("/a/{}/b/{}", "1", "2") == "/a/1/b/2"
    with pytest.raises(TypeError, match="2 places, not 1"):
        fill("/a/{}/b/{}", "1")


@pytest.mark.parametrize("value", ["\ud800", "x" * 70_000])
async def test_a_parameter_that_can_not_be_sent_is_refused_without_a_call(value: str) -> None:
    async with serving(answer()) as server, opened(server.url) as http:
        with pytest.raises(ProviderError) as caught:
            await http.get(Ask(), "/things", params={"title": value})

    assert caught.value.kind is Kind.REJECTED
    assert (caught.value.source, caught.value.route) == ("acme", "GET /things")
    assert server.requests == []


async def test_a_form_is_posted_with_its_own_credentials() -> None:
    own = Header({"authorization": Secret("Basic abc")})
    async with serving(answer(b'{"token":1}')) as server, opened(server.url) as http:
        found = await http.post_form(Ask(), "/token", {"scope": "read write"}, own)

    assert found.body == {"token": 1}
    (request,) = server.requests
    assert (request.method, request.body) == ("POST", b"scope=read+write")
    assert request.headers["authorization"] == "Basic abc"
    assert "x-api-key" not in request.headers


async def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with serving(answer()) as server, opened(server.url) as http:
        await http.get(Ask(), "/things")

    assert len(server.requests) == 1


# What comes back, and must not be followed or kept.


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed_and_leak_no_header(status: int) -> None:
    async with serving(answer()) as elsewhere:
        error = await failure(
            answer(b"", f"{status} Moved", {"location": f"{elsewhere.url}/steal"})
        )

    assert error.kind is Kind.BAD_RESPONSE
    assert error.status == status
    assert elsewhere.requests == []
    assert elsewhere.url not in str(error)


async def test_cookies_are_never_sent_back() -> None:
    script = answer(headers={"set-cookie": "session=of-another-tenant; Path=/"})
    async with serving(script) as server, opened(server.url) as http:
        await http.get(Ask(), "/things")
        await http.get(Ask(), "/things")

    assert [request.headers.get("cookie") for request in server.requests] == [None, None]


# Time.


@pytest.mark.parametrize(
    "script",
    [
        trickle(head() + b"[", b"1,"),
        trickle(b"HTTP/1.1 200 OK\r\n", b"x-a: b\r\n"),
        trickle(b"", b""),
    ],
    ids=["body", "headers", "nothing"],
)
async def test_an_answer_that_trickles_is_cut_off_by_the_timeout_of_a_call(script: Script) -> None:
    started = time.perf_counter()
    async with serving(script) as server, opened(server.url, timeout=0.25) as http:
        error = await failing(http)
        elapsed = time.perf_counter() - started

    assert error.kind is Kind.TIMEOUT
    assert error.retryable
    assert 0.2 < elapsed < 2
    assert server.hung_up == 1


async def test_the_deadline_of_the_operation_cuts_a_call_short() -> None:
    ask = Ask(deadline=asyncio.get_running_loop().time() + 0.2)
    async with serving(trickle(head(), b" ")) as server, opened(server.url) as http:
        error = await failing(http, ask)

    assert error.kind is Kind.DEADLINE_EXCEEDED
    assert ask.calls[0].ms < 2000


async def test_after_the_deadline_nothing_is_sent() -> None:
    ask = Ask(deadline=asyncio.get_running_loop().time() - 1)
    async with serving(answer()) as server, opened(server.url) as http:
        error = await failing(http, ask)

    assert error.kind is Kind.DEADLINE_EXCEEDED
    assert server.requests == [] and ask.calls == []


async def test_waiting_for_a_place_counts_against_the_deadline_not_the_timeout_of_the_call() -> (
    None
):
    async def slowly(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        await answer()(request, writer)

    async with serving(slowly) as server, opened(server.url, timeout=0.8, concurrency=1) as http:
        patient, hurried = Ask(), Ask(deadline=asyncio.get_running_loop().time() + 0.2)
        served = asyncio.gather(*(http.get(patient, f"/things/{at}") for at in range(4)))
        await asyncio.sleep(0)
        error = await failing(http, hurried)
        assert len(await served) == 4  # The last waited for 0.9 s, and was served.

    assert error.kind is Kind.DEADLINE_EXCEEDED
    assert len(server.requests) == 4


async def test_a_call_that_was_cut_off_gives_its_place_and_its_connection_back() -> None:
    hangs = True

    async def at_first_hangs(request: Request, writer: asyncio.StreamWriter) -> None:
        await (trickle(head(), b" ") if hangs else answer(b"[1]"))(request, writer)

    async with serving(at_first_hangs) as server:
        async with opened(server.url, timeout=0.15, concurrency=1) as http:
            assert (await failing(http)).kind is Kind.TIMEOUT
            http.timeout = 10
            cancelled = asyncio.ensure_future(http.get(Ask(), "/things"))
            while len(server.requests) < 2:
                await asyncio.sleep(0.01)
            cancelled.cancel()
            with pytest.raises(asyncio.CancelledError):
                await cancelled
            hangs = False
            assert (await http.get(Ask(), "/things")).body == [1]


# Secrets.


def every_link(error: BaseException | None) -> list[BaseException]:
    """An exception, and all that it came from, shown or not."""
    return [error, *every_link(error.__cause__ or error.__context__)] if error else []


@pytest.mark.parametrize(
    "script",
    [hang_up, answer(b"", "401 No"), answer(b"<html>"), trickle(head(), b" ")],
    ids=["broken", "refused", "html", "slow"],
)
async def test_secrets_and_addresses_stay_out_of_errors_and_logs(
    script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(script) as server, opened(server.url, timeout=0.2) as http:
        with pytest.raises(ProviderError) as caught:
            await http.get(Ask(), "/people", params={"email": "ada@academy.example"})
        shown = f"{http!r}{http.credentials!r}"

    error = caught.value
    shown += "".join(f"{each}{each!r}{each.args}" for each in every_link(error))
    shown += f"{vars(error)}" + caplog.text
    assert SECRET not in shown
    assert "academy.example" not in shown
    assert server.url not in f"{error}{vars(error)}"


async def test_a_good_answer_logs_no_address_either(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(answer()) as server, opened(server.url) as http:
        await http.get(Ask(), "/people/{}", "ada", params={"email": "ada@academy.example"})

    assert "academy.example" not in caplog.text
    assert SECRET not in caplog.text
