"""OAuth2 tokens of SCORM Cloud: when they are asked for, kept, shared, and given up."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from providers.base import Ask, Query
from providers.errors import Kind, ProviderError
from providers.http import Http, open_http
from providers.scormcloud import ScormCloud, Settings
from providers.scormcloud.tokens import LIFETIME, MARGIN, ROUTE, Tokens
from providers.secrets import Secret, basic
from sandbox.app import create_app
from tests.providers.faults import Request, answer, serving

ASK_FOR_TOKEN = f"POST {ROUTE}"


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Office:
    """What issues tokens, and what takes them: counts both."""

    lifetime: Any = LIFETIME
    delay: float = 0.0
    broken: int = 0
    """So many more tokens are refused."""
    revoked: set[str] = field(default_factory=set)
    issued: int = 0
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    credentials: list[str] = field(default_factory=list)

    async def __call__(self, request: Request, writer: Any) -> None:
        if request.target == ROUTE:
            await self.issue(request, writer)
        elif request.headers["authorization"].removeprefix("Bearer ") in self.revoked:
            await answer(status="401 Unauthorized")(request, writer)
        else:
            await answer()(request, writer)

    async def issue(self, request: Request, writer: Any) -> None:
        self.issued += 1
        self.forms.append(parse_qs(request.body.decode()))
        self.credentials.append(request.headers["authorization"])
        await asyncio.sleep(self.delay)
        if self.broken:
            self.broken -= 1
            await answer(status="503 Service Unavailable")(request, writer)
            return
        body = {"access_token": f"token-{self.issued}", "token_type": "bearer"}
        if self.lifetime is not None:
            body["expires_in"] = self.lifetime
        await answer(json.dumps(body).encode())(request, writer)


def opened(url: str, clock: Callable[[], float]) -> Http:
    tokens = Tokens(basic("demo-app", "demo-secret"), ("read:course", "read:ping"), clock)
    return open_http(source="cloud", provider="scorm_cloud", base_url=url, credentials=tokens)


async def test_a_token_is_asked_for_once_and_kept() -> None:
    office, ask = Office(), Ask()

    async with serving(office) as server:
        http = opened(server.url, Clock())
        for _ in range(3):
            await http.get(ask, "/ping")
        await http.close()

    assert [call.route for call in ask.calls] == [ASK_FOR_TOKEN, *["GET /ping"] * 3]
    assert ask.spent["cloud"] == 4
    assert office.forms == [{"scope": ["read:course read:ping"], "expiration": [str(LIFETIME)]}]
    assert b64decode(office.credentials[0].removeprefix("Basic ")) == b"demo-app:demo-secret"
    assert server.requests[1].headers["authorization"] == "Bearer token-1"


@pytest.mark.parametrize(
    ("lifetime", "good_for"),
    [(LIFETIME, LIFETIME - MARGIN), (20, 10), (None, LIFETIME - MARGIN), (3600.5, 3600.5 - MARGIN)],
)
async def test_a_token_is_renewed_before_it_ends(lifetime: Any, good_for: float) -> None:
    office, clock, ask = Office(lifetime), Clock(), Ask()

    async with serving(office) as server:
        http = opened(server.url, clock)
        await http.get(ask, "/ping")
        clock.now += good_for - 0.1
        await http.get(ask, "/ping")
        assert office.issued == 1
        clock.now += 0.1
        await http.get(ask, "/ping")
        await http.close()

    assert office.issued == 2
    assert server.requests[-1].headers["authorization"] == "Bearer token-2"


async def test_many_calls_at_once_ask_for_one_token() -> None:
    office, asks = Office(delay=0.05), [Ask() for _ in range(8)]

    async with serving(office) as server:
        http = opened(server.url, Clock())
        await asyncio.gather(*(http.get(ask, "/ping") for ask in asks))
        await http.close()

    assert office.issued == 1
    assert sorted(len(ask.calls) for ask in asks) == [1] * 7 + [2]


async def test_a_token_that_cannot_be_had_fails_those_who_wait_and_nobody_later() -> None:
    office = Office(delay=0.02, broken=1)

    async with serving(office) as server:
        http = opened(server.url, Clock())
        failed = await asyncio.gather(
            *(http.get(Ask(), "/ping") for _ in range(4)), return_exceptions=True
        )
        await http.get(Ask(), "/ping")
        await http.close()

    assert [each.kind for each in failed if isinstance(each, ProviderError)] == [
        Kind.UNAVAILABLE
    ] * 4
    assert len({id(each) for each in failed}) == 4
    assert office.issued == 2


async def test_a_refused_token_is_forgotten() -> None:
    office, clock = Office(), Clock()

    async with serving(office) as server:
        http = opened(server.url, clock)
        await http.get(Ask(), "/ping")
        office.revoked.add("token-1")
        with pytest.raises(ProviderError) as caught:
            await http.get(Ask(), "/ping")
        await http.get(Ask(), "/ping")
        await http.close()

    assert caught.value.kind is Kind.AUTH_FAILED
    assert office.issued == 2


async def test_an_old_token_that_is_refused_late_does_not_cost_the_new_one() -> None:
    office, clock = Office(), Clock()
    gate, waits = asyncio.Event(), asyncio.Event()

    async def slow(request: Request, writer: Any) -> None:
        if request.target == "/slow":
            waits.set()
            await gate.wait()
        await office(request, writer)

    async with serving(slow) as server:
        http = opened(server.url, clock)
        late = asyncio.create_task(http.get(Ask(), "/slow"))
        await waits.wait()
        clock.now += LIFETIME
        await http.get(Ask(), "/ping")
        office.revoked.add("token-1")
        gate.set()
        with pytest.raises(ProviderError) as caught:
            await late
        await http.get(Ask(), "/ping")
        await http.close()

    assert caught.value.kind is Kind.AUTH_FAILED
    assert office.issued == 2


async def test_who_gives_up_waiting_leaves_the_others_their_token() -> None:
    office = Office(delay=0.1)

    async with serving(office) as server:
        http = opened(server.url, Clock())
        loop = asyncio.get_running_loop()
        hurried = asyncio.create_task(http.get(Ask(deadline=loop.time() + 0.02), "/ping"))
        await asyncio.sleep(0)
        cancelled = asyncio.create_task(http.get(Ask(), "/ping"))
        patient = asyncio.create_task(http.get(Ask(), "/ping"))
        await asyncio.sleep(0.01)
        cancelled.cancel()
        await patient
        with pytest.raises(ProviderError) as caught:
            await hurried
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        await http.close()

    assert caught.value.kind is Kind.DEADLINE_EXCEEDED
    assert office.issued == 1


async def test_one_operation_without_calls_left_costs_the_others_nothing() -> None:
    office, poor, rich = Office(delay=0.02), Ask(budget=0), Ask()

    async with serving(office) as server:
        http = opened(server.url, Clock())
        results = await asyncio.gather(
            http.get(poor, "/ping"), http.get(rich, "/ping"), return_exceptions=True
        )
        await http.close()

    assert isinstance(results[0], ProviderError)
    assert results[0].kind is Kind.BUDGET_EXCEEDED
    assert not isinstance(results[1], BaseException)
    assert [call.route for call in rich.calls] == [ASK_FOR_TOKEN, "GET /ping"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"access_token": 17, "expires_in": 300},
        {"access_token": "", "expires_in": 300},
        {"access_token": "line\nbreak", "expires_in": 300},
        {"access_token": "tökén", "expires_in": 300},
        {"access_token": "t", "expires_in": 0},
        {"access_token": "t", "expires_in": -1},
        {"access_token": "t", "expires_in": True},
        {"access_token": "t", "expires_in": "300"},
    ],
)
async def test_an_answer_without_a_usable_token_is_a_bad_response(body: Any) -> None:
    async with serving(answer(json.dumps(body).encode())) as server:
        http = opened(server.url, Clock())
        with pytest.raises(ProviderError) as caught:
            await http.get(Ask(), "/ping")
        await http.close()

    assert caught.value.kind is Kind.BAD_RESPONSE


async def test_tokens_are_not_shown() -> None:
    async with serving(Office()) as server:
        http = opened(server.url, Clock())
        await http.get(Ask(), "/ping")
        tokens = http.credentials
        assert isinstance(tokens, Tokens)
        shown = f"{http!r} {vars(tokens)!r} {tokens._token!r}"
        await http.close()

    assert "token-1" not in shown and "demo-secret" not in shown


async def test_a_source_can_sign_in_with_tokens() -> None:
    transport = httpx.ASGITransport(app=create_app())
    settings = Settings(
        name="cloud",
        app_id="demo-app",
        secret=Secret("demo-secret"),
        auth="oauth2",
        base_url="http://sandbox/scormcloud/api/v2",
    )
    http = partial(open_http, source="cloud", provider="scorm_cloud", transport=transport)
    cloud, ask = ScormCloud(settings, http), Ask()

    page = await cloud.list_courses(ask, Query(10))
    await cloud.completions_of_courses(ask, [course.key for course in page.items], 2)
    await cloud.health(ask)
    await cloud.close()

    routes = [call.route for call in ask.calls]
    assert routes[0] == ASK_FOR_TOKEN and routes.count(ASK_FOR_TOKEN) == 1
    assert {call.status for call in ask.calls} == {200}
