"""An operation's time: what is there when it is up is given, and what still runs is stopped."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from graph.attendance import GRACE
from tests.graph.asking import SOURCES, Answer, Graph, demo, opened, settings
from tests.graph.hourglass import at_once
from tests.graph.visiting import Visit, posted, stragglers, under_way

HOUR = 3600.0

FIRST = "{ sources { name courses(first: 2) { nodes { title } } } }"

NESTED = """{ courses(first: 3, sources: ["demo-bindbee"]) {
  nodes { title completions(first: 2) { nodes { key } } }
} }"""


@dataclass(slots=True)
class Spent:
    """What an operation gave, and how long it took."""

    answer: Answer
    seconds: float


async def timed(graph: Graph, query: str) -> Spent:
    """Ask, by the loop's clock; nothing of it may be left behind."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    answer = await graph.ask(query)
    spent = Spent(answer, loop.time() - began)
    assert await stragglers() == set()
    return spent


# The deadline.


@pytest.mark.parametrize("slow", SOURCES)
def test_what_is_there_when_the_time_is_up_is_given(slow: str) -> None:
    async def ask() -> Spent:
        async with opened(settings(request_timeout=2.0)) as graph:
            await graph.fault(SOURCES[slow], "slow", delay=HOUR)
            return await timed(graph, FIRST)

    spent = at_once(ask())

    assert spent.seconds == pytest.approx(2.0)
    assert spent.answer.status == 200
    for source in spent.answer.data["sources"]:
        if source["name"] == slow:
            assert source["courses"] is None
        else:
            assert len(source["courses"]["nodes"]) == 2
    (error,) = spent.answer.errors
    assert error["path"] == ["sources", list(SOURCES).index(slow), "courses"]
    assert error["extensions"]["code"] == "DEADLINE_EXCEEDED"
    assert error["extensions"]["source"] == slow
    assert error["extensions"]["retryable"] is True


def test_levels_that_were_read_in_time_are_given() -> None:
    async def ask() -> Spent:
        async with opened(settings(request_timeout=2.0)) as graph:
            await graph.fault("bindbee", "slow", delay=HOUR, path="/completions")
            return await timed(graph, NESTED)

    spent = at_once(ask())

    nodes = spent.answer.data["courses"]["nodes"]
    assert len(nodes) == 3
    assert all(node["title"] and node["completions"] is None for node in nodes)
    assert set(spent.answer.codes) == {"DEADLINE_EXCEEDED"}
    assert [error["path"][-1] for error in spent.answer.errors] == ["completions"] * 3


def test_the_time_is_that_of_all_calls_together() -> None:
    """Each call would be in time by itself."""

    async def ask() -> tuple[Spent, list[dict[str, Any]]]:
        async with opened(settings(request_timeout=2.0, call_timeout=2.0)) as graph:
            await graph.fault("bindbee", "slow", delay=1.5)
            return await timed(graph, NESTED), await graph.requests()

    spent, log = at_once(ask())

    assert spent.seconds == pytest.approx(2.0)
    assert set(spent.answer.codes) == {"DEADLINE_EXCEEDED"}
    assert len(spent.answer.data["courses"]["nodes"]) == 3
    assert [entry["status"] for entry in log] == [200, None]


def test_calls_that_wait_for_their_turn_end_with_the_time() -> None:
    """A source has so many calls under way; the others queue, and are never sent."""
    query = """{ users(first: 60, sources: ["demo-stackone"]) {
      nodes { completions(first: 1) { nodes { key } } }
    } }"""

    async def ask() -> tuple[Spent, list[dict[str, Any]]]:
        async with opened(settings(request_timeout=2.0)) as graph:
            await graph.fault("stackone", "slow", delay=HOUR, path="completions")
            return await timed(graph, query), await graph.requests()

    spent, log = at_once(ask())

    assert spent.seconds == pytest.approx(2.0)
    assert set(spent.answer.codes) == {"DEADLINE_EXCEEDED"}
    unanswered = [entry for entry in log if entry["status"] is None]
    assert 1 <= len(unanswered) <= 8


def test_a_walk_whose_time_is_up_can_be_resumed() -> None:
    query = "query ($after: String) { courses(first: 100, after: $after, %s) { nodes { key } } }"
    query %= 'sources: ["demo-scorm-cloud", "demo-stackone"]'

    async def ask() -> tuple[Answer, Answer]:
        async with opened(settings(request_timeout=2.0)) as graph:
            await graph.fault("stackone", "slow", delay=HOUR)
            cut = await graph.ask(query)
            await graph.heal()
            return cut, await graph.ask(query, after=cut.errors[0]["extensions"]["cursor"])

    cut, rest = at_once(ask())
    academy, _ = demo()

    assert cut.codes == ["DEADLINE_EXCEEDED"]
    assert len(cut.data["courses"]["nodes"]) == len(academy.campus("scormcloud").courses)
    assert rest.errors == []
    assert len(rest.data["courses"]["nodes"]) == len(academy.campus("stackone").courses)


class Stubborn(httpx.AsyncBaseTransport):
    """A way out that doesn't end when it is told to, the first time."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            await asyncio.sleep(HOUR)
        except asyncio.CancelledError:
            await asyncio.sleep(HOUR)
        return httpx.Response(200, json={})


def test_whatever_runs_on_after_its_time_is_stopped_a_grace_later() -> None:
    async def ask() -> Spent:
        async with opened(settings(request_timeout=2.0), transport=Stubborn()) as graph:
            return await timed(graph, FIRST)

    spent = at_once(ask())

    assert spent.seconds == pytest.approx(2.0 + GRACE)
    assert spent.answer.data is None
    assert spent.answer.codes == ["DEADLINE_EXCEEDED"]
    assert spent.answer.errors[0]["extensions"]["retryable"] is True


# The client that has gone.


async def test_who_leaves_takes_the_calls_along(graph: Graph) -> None:
    for provider in SOURCES.values():
        await graph.fault(provider, "slow", delay=HOUR)
    visit = Visit(posted(FIRST))
    serving = visit.begin(graph)
    await under_way(graph, 4)

    visit.left.set()
    await asyncio.wait_for(serving, 5)

    assert visit.sent == []
    assert await stragglers() == set()
    assert [entry["status"] for entry in await graph.requests()] == [None] * 4


async def test_who_leaves_takes_the_loads_of_deeper_levels_along(graph: Graph) -> None:
    await graph.fault("bindbee", "slow", delay=HOUR, path="/completions")
    visit = Visit(posted(NESTED))
    serving = visit.begin(graph)
    await under_way(graph, 1)

    visit.left.set()
    await asyncio.wait_for(serving, 5)

    assert visit.sent == []
    assert await stragglers() == set()
    assert [entry["status"] for entry in await graph.requests()] == [200, None]


async def test_who_leaves_a_get_takes_the_calls_along(graph: Graph) -> None:
    await graph.fault("bindbee", "slow", delay=HOUR)
    url = httpx.URL("http://graph/graphql", params={"query": FIRST})
    visit = Visit(b"", method="GET", query=url.query)
    serving = visit.begin(graph)
    await under_way(graph, 1)

    visit.left.set()
    await asyncio.wait_for(serving, 5)

    assert visit.sent == []
    assert await stragglers() == set()


async def test_who_leaves_in_the_middle_of_a_body_leaves_nothing(graph: Graph) -> None:
    visit = Visit(posted(FIRST)[:10], more_body=True)
    serving = visit.begin(graph)
    await asyncio.sleep(0)

    visit.left.set()
    await asyncio.wait_for(serving, 5)

    assert visit.sent == []
    assert await stragglers() == set()
    assert await graph.requests() == []


async def test_who_stays_gets_the_answer(graph: Graph) -> None:
    visit = Visit(posted("{ __typename }"))

    await asyncio.wait_for(visit.begin(graph), 5)

    assert [message["type"] for message in visit.sent] == [
        "http.response.start",
        "http.response.body",
    ]
    assert json.loads(visit.sent[1]["body"]) == {"data": {"__typename": "Query"}}
    assert await stragglers() == set()


async def test_who_leaves_disturbs_nobody_else(graph: Graph) -> None:
    await graph.fault("bindbee", "slow", delay=HOUR)
    visit = Visit(posted(FIRST))
    serving = visit.begin(graph)
    await under_way(graph, 1)
    await graph.heal()

    # The same would be shared with who leaves.
    other = asyncio.ensure_future(graph.ask(FIRST.replace("first: 2", "first: 3")))
    visit.left.set()

    answer = await other
    await serving
    assert answer.errors == []
    assert all(len(source["courses"]["nodes"]) == 3 for source in answer.data["sources"])
