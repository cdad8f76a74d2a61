"""The terms of calls against a real server: waits, quotas, concurrency, budgets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from providers.base import Ask
from providers.errors import Kind, ProviderError
from providers.exchange import LONGEST_WAIT, retry_after
from providers.http import Http
from tests.providers.calling import failure, opened
from tests.providers.faults import (
    Request,
    answer,
    serving,
)

pytestmark = pytest.mark.usefixtures("wire")

# The terms of the provider, and ours.

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def at(**offset: float) -> datetime:
    return NOW + timedelta(**offset)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "15"}, 15),
        ({"retry-after": " 0 "}, 0),
        ({"retry-after": "1000000000"}, LONGEST_WAIT),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "١٥"}, None),
        ({"retry-after": "Wed, 99 Foo 99999 99:99:99 GMT"}, None),
        ({"retry-after": format_datetime(at(seconds=42), usegmt=True)}, 42),
        ({"retry-after": format_datetime(at(days=-1), usegmt=True)}, 0),
        ({"retry-after": format_datetime(at(days=9), usegmt=True)}, LONGEST_WAIT),
        ({"x-ratelimit-reset": str(int(at(seconds=7).timestamp()))}, 7),
        ({"x-ratelimit-reset": str(int(at(seconds=-7).timestamp()))}, 0),
        ({"x-ratelimit-reset": "tomorrow"}, None),
        ({"retry-after": "x", "x-ratelimit-reset": str(int(at(seconds=7).timestamp()))}, 7),
        ({"retry-after": "3", "x-ratelimit-reset": str(int(at(seconds=7).timestamp()))}, 3),
    ],
)
def test_how_long_to_wait_is_read_from_what_the_provider_says(
    headers: Mapping[str, str], seconds: float | None
) -> None:
    assert retry_after(headers, NOW, Kind.RATE_LIMITED) == seconds


@pytest.mark.parametrize(
    ("status", "header", "wait"),
    [
        ("429 Too Many", "retry-after", True),
        ("503 Unavailable", "retry-after", True),
        ("408 Timeout", "retry-after", True),
        ("400 Bad", "retry-after", False),
        ("404 Missing", "retry-after", False),
        ("429 Too Many", "x-ratelimit-reset", True),
        ("503 Unavailable", "x-ratelimit-reset", False),
    ],
)
async def test_an_error_says_to_wait_where_waiting_helps(
    status: str, header: str, wait: bool
) -> None:
    value = "15" if header == "retry-after" else str(int(time.time()) + 15)
    error = await failure(answer(b"", status, {header: value}))

    assert error.retry_after == pytest.approx(15, abs=2) if wait else error.retry_after is None


async def test_what_is_left_of_the_quota_is_kept() -> None:
    limits = {"x-ratelimit-limit": "200", "x-ratelimit-remaining": "7", "x-ratelimit-reset": "60"}
    async with serving(answer(headers=limits)) as server, opened(server.url) as http:
        await http.get(Ask(), "/things")

    assert (http.rate.limit, http.rate.remaining) == (200, 7)
    assert http.rate.resets_at == datetime(1970, 1, 1, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize("value", ["many", "-1", "", "9" * 50, "1.5"])
async def test_a_quota_that_makes_no_sense_is_ignored(value: str) -> None:
    limits = {"x-ratelimit-limit": value, "x-ratelimit-remaining": "1", "x-ratelimit-reset": value}
    async with serving(answer(headers=limits)) as server, opened(server.url) as http:
        assert (await http.get(Ask(), "/things")).body == {}

    assert (http.rate.limit, http.rate.remaining, http.rate.resets_at) == (None, 1, None)


async def test_a_source_has_so_many_calls_under_way_and_no_more() -> None:
    async def slowly(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.02)
        await answer()(request, writer)

    async with serving(slowly) as server, opened(server.url, concurrency=3) as http:
        ask = Ask()
        await asyncio.gather(*(http.get(ask, f"/things/{at}") for at in range(12)))

    assert len(server.requests) == 12
    assert server.most_under_way == 3


async def test_an_operation_may_make_so_many_calls_to_a_source_and_no_more() -> None:
    ask = Ask(budget=3)
    async with serving(answer()) as server, opened(server.url) as http:
        calls = (http.get(ask, f"/things/{at}") for at in range(5))
        results = await asyncio.gather(*calls, return_exceptions=True)

    kinds = [each.kind for each in results if isinstance(each, ProviderError)]
    assert kinds == [Kind.BUDGET_EXCEEDED] * 2
    assert len(server.requests) == len(ask.calls) == 3


class Token:
    """Credentials that remember whether they were refused."""

    refused_headers: Mapping[str, str] | None = None

    async def headers(self, http: Http, ask: Ask) -> Mapping[str, str]:
        return {"authorization": "Bearer t"}

    def refused(self, headers: Mapping[str, str]) -> None:
        self.refused_headers = headers


@pytest.mark.parametrize(("status", "refused"), [("401 No", True), ("403 No", False)])
async def test_credentials_hear_that_they_were_refused(status: str, refused: bool) -> None:
    token = Token()
    async with serving(answer(b"", status)) as server, opened(server.url) as http:
        with pytest.raises(ProviderError):
            await http.get(Ask(), "/things", credentials=token)

    assert token.refused_headers == ({"authorization": "Bearer t"} if refused else None)
