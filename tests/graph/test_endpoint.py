"""The short way from a request to its answer: the same by whichever way, however it comes."""

from __future__ import annotations

import asyncio
import gc
import json
import random
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount

from graph.app import Application
from graph.subgraph import Subgraph
from resolvers.context import Context
from resolvers.loaders import Batch
from tests.graph.asking import Graph, opened, settings
from tests.graph.sockets import Line, Served, chunked, on_port, request, without_id
from tests.graph.test_deadline import FIRST, HOUR, NESTED
from tests.graph.visiting import Visit, posted, stragglers, under_way

GRAPHQL_JSON = "application/graphql-response+json"
JSON = ("content-type", "application/json")
TINY = posted("{ __typename }")
TOLD = {"data": {"__typename": "Query"}}
NAMES = "/graphql?query=" + quote("{ sources { name } }")

FOREVER = hypothesis_settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
async def served(graph: Graph) -> AsyncIterator[Served]:
    """The graph on a port."""
    async with on_port(graph.app) as found:
        yield found


@pytest.fixture
async def line(served: Served) -> AsyncIterator[Line]:
    """A connection to the graph."""
    async with served.line() as found:
        yield found


# One endpoint, two ways to it.


@pytest.mark.parametrize(
    ("method", "target", "headers", "body"),
    [
        ("POST", "", {}, TINY),
        ("POST", "?query=ignored", {}, TINY),
        ("POST", "", {"accept": GRAPHQL_JSON}, posted("{ nope }")),
        ("POST", "", {"accept": "text/html"}, TINY),
        ("POST", "", {"content-type": "text/plain"}, TINY),
        ("POST", "", {"x-explain": "upstream"}, TINY),
        ("POST", "", {"x-request-id": "a b"}, b"[]"),
        ("POST", "", {"x-request-id": "mine"}, b"{"),
        ("POST", "", {}, b" " * 2_000_000),
        ("POST", "", {}, posted("{ sources { name courses(first: 1) { nodes { title } } } }")),
        ("POST", "", {}, posted("subscription { __typename }")),
        ("GET", "?query={__typename}", {}, b""),
        ("GET", "?query=mutation{__typename}", {}, b""),
        ("GET", "?query=a&query=b", {}, b""),
        ("GET", "", {"accept": "text/html"}, b""),
        ("HEAD", "?query={__typename}", {}, b""),
        ("HEAD", "", {"accept": "text/html"}, b""),
        ("PUT", "", {}, TINY),
        ("OPTIONS", "", {}, b""),
    ],
)
async def test_where_it_is_mounted_below_another_application_it_answers_the_same(
    graph: Graph, method: str, target: str, headers: dict[str, str], body: bytes
) -> None:
    mounted = Starlette(routes=[Mount("/learning", graph.app)])
    sent = {"content-type": "application/json", **headers}
    answers = []
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(mounted), base_url="http://graph"
    ) as other:
        for client, path in ((graph.client, "/graphql"), (other, "/learning/graphql")):
            answer = await client.request(method, path + target, headers=sent, content=body)
            id = answer.headers.pop("x-request-id", None) or "none"
            answers.append((answer.status_code, dict(answer.headers), answer.text.replace(id, "")))

    assert answers[0] == answers[1]


async def test_what_needs_nothing_from_upstream_is_answered_at_once(graph: Graph) -> None:
    visit = Visit(TINY)
    before = asyncio.all_tasks()
    answering = graph.app(visit.scope(), visit.receive, visit.send)

    with pytest.raises(StopIteration):
        answering.__await__().send(None)  # the first step is the last: nothing was waited for

    assert asyncio.all_tasks() == before
    assert json.loads(visit.sent[1]["body"]) == TOLD


async def test_what_an_operation_loaded_is_let_go_of_at_once(graph: Graph) -> None:
    gc.collect()
    gc.disable()
    before = [each for each in gc.get_objects() if isinstance(each, Context | Batch)]
    known = set(map(id, before))  # of other tests, kept alive until we have looked again
    try:
        answer = await graph.ask(NESTED)
        found = [each for each in gc.get_objects() if isinstance(each, Context | Batch)]
    finally:
        gc.enable()
    left = [each for each in found if id(each) not in known]

    assert answer.errors == []
    assert left == []


def schema_of(graph: Graph) -> Subgraph:
    app = graph.app
    assert isinstance(app, Application)
    return app.endpoint.schema


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        (
            "query A($x: [ID!]!) { nodes(ids: $x) { id } } "
            "query B($x: Boolean!) { sources @include(if: $x) { name } }",
            {"x": []},
        ),
        (
            "query A($x: Int) { courses(first: $x) { nodes { key } } } "
            "query B($x: CourseFilter) { courses(filter: $x) { nodes { key } } }",
            {"x": 1},
        ),
    ],
)
async def test_operations_may_call_different_things_by_one_name(
    graph: Graph, text: str, variables: Mapping[str, Any]
) -> None:
    for _ in range(3):
        asked = {"query": text, "variables": variables, "operationName": "A"}
        answer = await graph.post(asked)

        assert (answer.status, answer.errors) == (200, [])


async def test_no_value_of_a_variable_is_kept(graph: Graph) -> None:
    secret = "nobody-else-is-to-see-this"
    text = """query ($after: String, $first: Int = 1) {
      courses(first: $first, after: $after) { nodes { key } }
    }"""
    for _ in range(3):
        await graph.ask(text, after=secret, first=2)
        await graph.post({"query": text, "variables": {"first": secret}})
    kept = schema_of(graph).documents

    assert secret not in repr([kept._kept._kept, kept._shapes._kept])
    for document, _ in kept._kept._kept.values():
        assert secret not in repr((document.refusals._kept, document.text))


async def test_a_fault_is_told_with_its_request_and_nothing_else(
    graph: Graph, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError(" ".join(["a", "secret"]))

    monkeypatch.setattr(schema_of(graph), "_prepared", broken)
    answer = await graph.ask("{ sources { name } }")

    assert (answer.status, answer.codes) == (200, ["INTERNAL_SERVER_ERROR"])
    assert answer.errors[0]["extensions"]["requestId"] in caplog.text
    assert "a secret" not in caplog.text + str(answer.body)


# By the wire.


@FOREVER
@given(seed=st.randoms(use_true_random=False))
async def test_neither_order_nor_letters_of_headers_matter(line: Line, seed: random.Random) -> None:
    headers = [
        JSON,
        ("accept", "text/html"),
        ("accept", GRAPHQL_JSON),
        ("x-request-id", "mine"),
        ("user-agent", "test"),
        ("cookie", "a=b"),
    ]
    seed.shuffle(headers)
    line.send(
        request(
            posted("{ nope }"),
            *(("".join(seed.choice((c.lower(), c.upper())) for c in name), value)
              for name, value in headers),
        )
    )  # fmt: skip
    reply = await line.reply()

    assert reply.status == 400
    assert reply.headers["content-type"] == f"{GRAPHQL_JSON}; charset=utf-8"
    assert reply.headers["x-request-id"] == "mine"
    assert json.loads(reply.body)["errors"][0]["extensions"]["requestId"] == "mine"


@FOREVER
@given(size=st.integers(1, 60), spaces=st.integers(0, 200))
async def test_a_body_may_come_in_many_chunks(line: Line, size: int, spaces: int) -> None:
    chunks = chunked(TINY + b" " * spaces, size)
    line.send(request(b"", JSON, ("transfer-encoding", "chunked")))
    for chunk in chunks:
        line.send(chunk)
        await asyncio.sleep(0)

    assert json.loads((await line.reply()).body) == TOLD


async def test_a_body_is_waited_for(line: Line) -> None:
    whole = request(TINY, JSON)
    for at in range(len(whole)):
        line.send(whole[at : at + 1])
        await asyncio.sleep(0)

    assert json.loads((await line.reply()).body) == TOLD


@pytest.mark.parametrize("size", [1_000, 100_000])
async def test_a_body_over_the_limit_is_refused_and_the_connection_lives_on(size: int) -> None:
    async with (
        opened(settings(max_body=100)) as graph,
        on_port(graph.app) as served,
        served.line() as line,
    ):
        line.send(request(b" " * size, JSON))
        refused = await line.reply()
        line.send(request(TINY, JSON))
        answer = await line.reply()

    assert refused.status == 413
    assert json.loads(refused.body)["errors"][0]["message"] == (
        "The body is larger than 100 bytes: ask for less at once."
    )
    assert json.loads(answer.body) == TOLD


@pytest.mark.parametrize("sent", [0, 5], ids=["none of it", "half"])
async def test_a_body_that_doesnt_arrive_is_given_up_and_its_connection_closed(sent: int) -> None:
    async with (
        opened(settings(arrival_timeout=0.05)) as graph,
        on_port(graph.app) as served,
        served.line() as line,
    ):
        line.send(request(TINY, JSON)[: sent - len(TINY)])
        reply = await line.reply()
        assert await line.reader.read() == b""

    (error,) = json.loads(reply.body)["errors"]
    assert (reply.status, error["extensions"]["code"]) == (408, "BAD_REQUEST")
    assert reply.headers["connection"] == "close"


@pytest.mark.parametrize("size", [61_000, 64_000, 70_000, 100_000])
async def test_a_url_that_is_too_long_is_told_so_whoever_finds_it(line: Line, size: int) -> None:
    line.send(request(b"", method="GET", target=f"{NAMES}&{'a' * size}"))
    reply = await line.reply()

    (error,) = json.loads(reply.body)["errors"]
    assert (reply.status, error["extensions"]["code"]) == (414, "BAD_REQUEST")
    assert "POST" in error["message"] and error["extensions"]["requestId"]
    assert reply.headers["x-content-type-options"] == "nosniff"


async def test_a_head_request_is_told_the_length_and_sent_nothing(line: Line) -> None:
    line.send(request(b"", method="HEAD", target=NAMES))
    head = await line.reply(head=True)
    line.send(request(b"", method="GET", target=NAMES))
    get = await line.reply()

    assert without_id(head)[:2] == without_id(get)[:2]
    assert int(head.headers["content-length"]) == len(get.body) > 0


async def test_requests_sent_at_once_are_answered_in_their_order(line: Line) -> None:
    slow = posted('{ courses(first: 1, sources: ["demo-bindbee"]) { nodes { key } } }')
    bodies = [TINY, slow, TINY, b"{}", slow]
    line.send(
        b"".join(request(body, JSON, ("x-request-id", str(n))) for n, body in enumerate(bodies))
    )
    replies = [await line.reply() for _ in bodies]

    def gist(body: bytes) -> Any:
        found = json.loads(body)
        return sorted(found.get("data", ["refused"]))

    assert [reply.headers["x-request-id"] for reply in replies] == ["0", "1", "2", "3", "4"]
    assert [gist(reply.body) for reply in replies] == [
        ["__typename"], ["courses"], ["__typename"], ["refused"], ["courses"]
    ]  # fmt: skip


async def test_an_answer_has_these_headers_and_no_others(line: Line) -> None:
    line.send(request(TINY, JSON))
    reply = await line.reply()

    assert without_id(reply)[:2] == (
        200,
        {
            "content-type": "application/json; charset=utf-8",
            "content-length": str(len(reply.body)),
            "cache-control": "no-store",
            "vary": "Accept, Accept-Encoding, Router-Authorization, Authorization",
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
            "cross-origin-resource-policy": "same-origin",
            "referrer-policy": "no-referrer",
        },
    )


async def test_who_hangs_up_takes_the_calls_along(graph: Graph, served: Served) -> None:
    await graph.fault("bindbee", "slow", delay=HOUR)
    before = asyncio.all_tasks()
    async with served.line() as line:
        line.send(request(posted(FIRST), JSON))
        await under_way(graph, 1)

    await served.at_rest()
    assert served.state.tasks == set()
    assert len(await stragglers()) <= len(before)


async def test_who_hangs_up_in_the_middle_of_a_body_leaves_nothing(
    graph: Graph, served: Served
) -> None:
    async with served.line() as line:
        line.send(request(TINY, JSON)[:-5])
        while not served.state.tasks:
            await asyncio.sleep(0)

    await served.at_rest()
    assert served.state.tasks == set()
    assert await graph.requests() == []
