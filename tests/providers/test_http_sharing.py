"""Equal reads under way at once share one request; nobody feels it but the provider."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from providers.base import Ask
from providers.decoding import decoded
from providers.errors import Kind, ProviderError
from providers.http import Http
from providers.secrets import Header, Secret
from tests.providers.calling import opened
from tests.providers.faults import Request, Script, Server, answer, hang_up, serving, trickle

pytestmark = pytest.mark.usefixtures("wire")


@dataclass(slots=True)
class Gate:
    """A script that lets answers out when it is opened."""

    script: Script = field(default_factory=lambda: answer(b'[{"id": 1}]'))
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        await self.open.wait()
        await self.script(request, writer)


async def reached(server: Server, count: int) -> None:
    """Wait for so many requests."""
    while len(server.requests) < count:
        await asyncio.sleep(0)


def asking(http: Http, ask: Ask, **terms: Any) -> asyncio.Task[Any]:
    """A read of things, under way."""

    async def read() -> Any:
        return (await http.get(ask, "/things", **terms)).body

    return asyncio.ensure_future(read())


async def test_equal_reads_at_once_are_one_request() -> None:
    gate = Gate()
    asks = [Ask(budget=1) for _ in range(5)]
    async with serving(gate) as server, opened(server.url) as http:
        reads = [asking(http, ask) for ask in asks]
        await reached(server, 1)
        gate.open.set()
        bodies = await asyncio.gather(*reads)

    assert len(server.requests) == 1
    assert bodies == [[{"id": 1}]] * 5
    assert len({id(body) for body in bodies}) == 5  # Each may do with its own what it likes.


async def test_each_operation_counts_and_shows_what_it_shared() -> None:
    gate = Gate()
    first, second = Ask(budget=1), Ask(budget=1)
    async with serving(gate) as server, opened(server.url) as http:
        reads = [asking(http, first), asking(http, second)]
        await reached(server, 1)
        gate.open.set()
        await asyncio.gather(*reads)
        with pytest.raises(ProviderError) as caught:
            await http.get(second, "/things")

    assert caught.value.kind is Kind.BUDGET_EXCEEDED
    (sent,), (shared,) = first.calls, second.calls
    assert (sent.shared, shared.shared) == (False, True)
    assert (sent.route, sent.status) == (shared.route, shared.status) == ("GET /things", 200)
    assert sent.ms > 0 and shared.ms > 0


async def test_an_operation_shares_with_itself_too() -> None:
    gate = Gate()
    ask = Ask()
    async with serving(gate) as server, opened(server.url) as http:
        reads = [asking(http, ask), asking(http, ask)]
        await reached(server, 1)
        gate.open.set()
        await asyncio.gather(*reads)

    assert len(server.requests) == 1
    assert [call.shared for call in ask.calls] == [False, True]


async def test_each_decodes_for_itself() -> None:
    gate = Gate()

    def broken(body: bytes) -> Any:
        raise ProviderError(Kind.BAD_RESPONSE, "not to my taste")

    async with serving(gate) as server, opened(server.url) as http:
        reads = [asking(http, Ask(), decode=decode) for decode in (decoded, broken, bytes.upper)]
        await reached(server, 1)
        gate.open.set()
        good, bad, loud = await asyncio.gather(*reads, return_exceptions=True)

    assert (good, loud) == ([{"id": 1}], b'[{"ID": 1}]')
    assert isinstance(bad, ProviderError) and bad.detail == "not to my taste"
    assert len(server.requests) == 1


async def test_reads_one_after_another_are_requests_each() -> None:
    async with serving(answer()) as server, opened(server.url) as http:
        await http.get(Ask(), "/things")
        await http.get(Ask(), "/things")

    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"params": {"page": "2"}},
        {"credentials": Header({"authorization": Secret("Bearer of-another")})},
        {"credentials": Header({"x-api-key": Secret("of-another")})},
    ],
    ids=["address", "credentials", "same header, other secret"],
)
async def test_what_differs_is_not_shared(other: Mapping[str, Any]) -> None:
    gate = Gate()
    async with serving(gate) as server, opened(server.url) as http:
        reads = [asking(http, Ask()), asking(http, Ask(), **other)]
        await reached(server, 2)
        gate.open.set()
        await asyncio.gather(*reads)

    assert len(server.requests) == 2


async def test_what_is_posted_is_never_shared() -> None:
    gate = Gate()
    own = Header({"authorization": Secret("Basic abc")})
    async with serving(gate) as server, opened(server.url) as http:
        posts = [http.post_form(Ask(), "/token", {"scope": "read"}, own) for _ in range(3)]
        under_way = asyncio.gather(*posts)
        await reached(server, 3)
        gate.open.set()
        await under_way

    assert len(server.requests) == 3


async def test_sharing_can_be_turned_off() -> None:
    gate = Gate()
    ask = Ask()
    async with serving(gate) as server, opened(server.url, single_flight=False) as http:
        reads = [asking(http, ask) for _ in range(3)]
        await reached(server, 3)
        gate.open.set()
        await asyncio.gather(*reads)

    assert [call.shared for call in ask.calls] == [False] * 3


# Those who leave.


@pytest.mark.parametrize("leaver", [0, 1], ids=["who asked first", "who joined"])
async def test_who_is_cancelled_leaves_the_others_their_answer(leaver: int) -> None:
    gate = Gate()
    async with serving(gate) as server, opened(server.url) as http:
        reads = [asking(http, Ask()), asking(http, Ask())]
        await reached(server, 1)
        reads[leaver].cancel()
        await asyncio.wait([reads[leaver]])
        gate.open.set()
        assert await reads[1 - leaver] == [{"id": 1}]

    assert reads[leaver].cancelled()
    assert len(server.requests) == 1


@pytest.mark.parametrize("hurried", [0, 1], ids=["who asked first", "who joined"])
async def test_each_keeps_its_own_deadline(hurried: int) -> None:
    gate = Gate()
    asks = [Ask(), Ask()]
    asks[hurried].deadline = asyncio.get_running_loop().time() + 0.1
    async with serving(gate) as server, opened(server.url) as http:
        reads = [asking(http, ask) for ask in asks]
        with pytest.raises(ProviderError) as caught:
            await reads[hurried]
        gate.open.set()
        assert await reads[1 - hurried] == [{"id": 1}]

    assert caught.value.kind is Kind.DEADLINE_EXCEEDED
    assert len(server.requests) == 1


async def test_the_last_who_leaves_ends_the_call() -> None:
    gate = Gate()
    async with serving(gate) as server, opened(server.url, concurrency=1) as http:
        reads = [asking(http, Ask()), asking(http, Ask())]
        await reached(server, 1)
        for read in reads:
            read.cancel()
        await asyncio.wait(reads)
        gate.open.set()
        assert (await http.get(Ask(), "/others")).body == [{"id": 1}]  # The place is free again.

    assert [request.target for request in server.requests] == ["/things", "/others"]
    assert server.connections == 2


async def test_who_comes_after_all_have_left_asks_anew() -> None:
    gate = Gate()
    async with serving(gate) as server, opened(server.url) as http:
        left = asking(http, Ask())
        await reached(server, 1)
        left.cancel()
        late = asking(http, Ask())
        await reached(server, 2)
        gate.open.set()
        assert await late == [{"id": 1}]

    assert left.cancelled()


async def test_an_old_call_is_not_joined() -> None:
    gate = Gate()
    async with serving(gate) as server, opened(server.url, timeout=0.4) as http:
        old = asking(http, Ask())
        await reached(server, 1)
        await asyncio.wait([old], timeout=0.3)
        new = asking(http, Ask())
        with pytest.raises(ProviderError):
            await old
        gate.open.set()
        assert await new == [{"id": 1}]

    assert len(server.requests) == 2


# Failures.


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (answer(b"", "500 Broken"), Kind.UNAVAILABLE),
        (answer(b"", "429 Wait", {"retry-after": "7"}), Kind.RATE_LIMITED),
        (answer(b"<html>"), Kind.BAD_RESPONSE),
        (hang_up, Kind.UNAVAILABLE),
        (trickle(b"", b""), Kind.TIMEOUT),
    ],
    ids=["status", "quota", "no JSON", "connection", "time"],
)
async def test_each_has_an_error_of_its_own(script: Script, kind: Kind) -> None:
    gate = Gate(script)
    async with serving(gate) as server, opened(server.url, timeout=0.3) as http:
        reads = [asking(http, Ask()) for _ in range(3)]
        await reached(server, 1)
        gate.open.set()
        errors: list[ProviderError] = await asyncio.gather(*reads, return_exceptions=True)

    assert [error.kind for error in errors] == [kind] * 3
    assert len({id(error) for error in errors}) == 3
    assert [error.retry_after for error in errors] == [errors[0].retry_after] * 3
    assert {(error.source, error.route) for error in errors} == {("acme", "GET /things")}


async def test_secrets_of_calls_under_way_are_not_shown() -> None:
    gate = Gate()
    async with serving(gate) as server, opened(server.url) as http:
        read = asking(http, Ask(), params={"email": "ada@academy.example"})
        await reached(server, 1)
        shown = repr(http)
        gate.open.set()
        await read

    assert "hush" not in shown and "ada@" not in shown
