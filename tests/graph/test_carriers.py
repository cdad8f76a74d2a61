"""Streams over HTTP: how they are asked for, what is sent, and that they end with their client.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
"""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.graph.asking import Graph, opened, settings
from tests.graph.importing import DONE, FOLLOW, HALF, ID, RUNNING, importing
from tests.graph.sockets import Line, on_port, request
from tests.graph.test_deadline import HOUR, NESTED
from tests.graph.visiting import stragglers, under_way

EVENTS = "text/event-stream"
PARTS = 'multipart/mixed;subscriptionSpec="1.0"'
JSON = "application/json"
NAMES = "{ sources { name } }"
FOUR = {"data": {"sources": [{"name": each.name} for each in settings().sources]}}
STATUSES = [("RUNNING", ""), ("RUNNING", "half of it"), ("COMPLETE", "Import Successful")]


async def asked(
    graph: Graph, accept: str, query: str = FOLLOW, method: str = "POST", **variables: Any
) -> httpx.Response:
    """An answer, read to its end."""
    body = {"query": query, "variables": variables}
    if method == "POST":
        return await graph.client.post("/graphql", json=body, headers={"accept": accept})
    params = {"query": query, "variables": json.dumps(variables)}
    return await graph.client.request(method, "/graphql", params=params, headers={"accept": accept})


def events(response: httpx.Response) -> list[Any]:
    """What the events say, the last of which is that there are no more."""
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert "\r" not in response.text
    *nexts, last, rest = response.text.removeprefix(":\n\n").split("\n\n")
    assert (last, rest) == ("event: complete\ndata:", "")
    return [json.loads(each.removeprefix("event: next\ndata: ")) for each in nexts]


def parts(response: httpx.Response, boundary: str = "graphql") -> list[Any]:
    """What the parts of a multipart say."""
    assert f'boundary="{boundary}"' in response.headers["content-type"]
    opening, *found, last = response.text.split(f"\r\n--{boundary}")
    assert (opening, last) == ("", "--\r\n")
    head = "\r\ncontent-type: application/json\r\n\r\n"
    assert all(each.startswith(head) for each in found)
    return [json.loads(each.removeprefix(head)) for each in found]


def shown(bodies: list[Any]) -> list[tuple[str, str]]:
    imports = [each["data"]["courseImport"] for each in bodies]
    return [(each["status"], each["message"]) for each in imports]


# How they are asked for.


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_subscription_is_followed_by_events(method: str) -> None:
    async with importing(RUNNING, HALF, DONE, poll_interval=0.01) as (graph, _):
        response = await asked(graph, EVENTS, method=method, id=ID)

    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-request-id"]
    assert shown(events(response)) == STATUSES


@pytest.mark.parametrize("accept", [PARTS, f"multipart/mixed;boundary=graphql;"
                                    f"subscriptionSpec=1.0,{JSON};q=0.9"])  # fmt: skip
async def test_a_subscription_is_followed_by_parts(accept: str) -> None:
    async with importing(RUNNING, HALF, DONE, poll_interval=0.01) as (graph, _):
        response = await asked(graph, accept, id=ID)

    assert response.headers["content-type"] == (
        'multipart/mixed;boundary="graphql";subscriptionSpec=1.0'
    )
    assert shown([each["payload"] for each in parts(response)]) == STATUSES


async def test_what_is_wanted_more_is_given(graph: Graph) -> None:
    preferring = await asked(graph, f"{EVENTS}, {JSON};q=0.9", NAMES)
    taking = await asked(graph, f"{JSON}, {EVENTS}, multipart/mixed", NAMES)

    assert events(preferring) == [FOUR]
    assert taking.json() == FOUR


async def test_a_query_in_parts_for_subscriptions_is_answered_in_json(graph: Graph) -> None:
    response = await asked(graph, f"{PARTS}, {JSON}", NAMES)

    assert response.json() == FOUR


async def test_who_takes_json_alone_is_told_how_subscriptions_are_followed(graph: Graph) -> None:
    response = await asked(graph, JSON, id=ID)

    (error,) = response.json()["errors"]
    for way in ("graphql-transport-ws", EVENTS, "subscriptionSpec=1.0"):
        assert way in error["message"]


# What can't be answered.


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", "BAD_REQUEST"),
        (FOLLOW, "BAD_USER_INPUT"),
    ],
)
async def test_what_is_wrong_with_an_operation_is_told_in_an_event(
    graph: Graph, query: str, code: str
) -> None:
    response = await asked(graph, EVENTS, query)

    assert response.status_code == 200
    (body,) = events(response)
    assert "data" not in body
    assert [each["extensions"]["code"] for each in body["errors"]] == [code]


async def test_a_subscription_that_can_not_be_followed_ends_with_its_errors(graph: Graph) -> None:
    by_events = await asked(graph, EVENTS, id="?")
    by_parts = await asked(graph, PARTS, id="?")

    (event,), (part,) = events(by_events), parts(by_parts)
    assert part["payload"] is None
    for body in (event, part):
        assert [each["extensions"]["code"] for each in body["errors"]] == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("accept", [f"{PARTS}, {JSON}", f"{JSON}, {EVENTS}"])
@pytest.mark.parametrize(
    ("query", "code"),
    [("subscription { nope }", "GRAPHQL_VALIDATION_FAILED"), (FOLLOW, "BAD_USER_INPUT")],
)
async def test_what_is_wrong_with_a_subscription_is_told_in_json_to_who_takes_that_too(
    graph: Graph, accept: str, query: str, code: str
) -> None:
    (error,) = (await asked(graph, accept, query)).json()["errors"]

    assert error["extensions"]["code"] == code


@pytest.mark.parametrize("accept", [EVENTS, f"{EVENTS}, {JSON}"])
async def test_what_changes_something_can_not_be_sent_by_get(graph: Graph, accept: str) -> None:
    response = await asked(graph, accept, "mutation { __typename }", "GET")

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


async def test_a_head_request_follows_nothing(graph: Graph) -> None:
    response = await asked(graph, f"{EVENTS}, {JSON};q=0.1", method="HEAD", id=ID)

    assert response.headers["content-type"].startswith(JSON)


# That they live, and that they end.


def follow(accept: str = EVENTS, query: str = FOLLOW) -> bytes:
    body = json.dumps({"query": query, "variables": {"id": ID}}).encode()
    return request(body, ("content-type", JSON), ("accept", accept))


async def until(line: Line, text: bytes) -> None:
    """Until a piece of the stream has this in it."""
    while text not in await line.chunk():
        continue


@pytest.mark.parametrize(("accept", "sign"), [(EVENTS, b":\n\n"), (PARTS, b"\r\n\r\n{}\r\n--")])
async def test_a_stream_that_says_nothing_shows_that_it_lives(accept: str, sign: bytes) -> None:
    async with importing(RUNNING, poll_interval=60, heartbeat=0.01) as (graph, _):
        async with on_port(graph.app) as served, served.line() as line:
            line.send(follow(accept))
            await line.head()
            await until(line, b"RUNNING")
            pieces = [await line.chunk() for _ in range(3)]

    assert all(sign in each for each in pieces)


@pytest.mark.parametrize("accept", [EVENTS, PARTS])
async def test_who_leaves_ends_what_is_followed(accept: str) -> None:
    async with importing(RUNNING, poll_interval=0.01) as (graph, job):
        async with on_port(graph.app) as served:
            async with served.line() as line:
                line.send(follow(accept))
                await until_head(line)
                await until(line, b"RUNNING")
            await served.at_rest()
            polls = len(job.polls)
            assert await stragglers() == set()
            assert len(job.polls) == polls


async def until_head(line: Line) -> None:
    status, _ = await line.head()
    assert status == 200


async def test_who_leaves_ends_the_calls_of_a_query_in_events() -> None:
    async with opened(settings(request_timeout=HOUR, call_timeout=HOUR)) as graph:
        await graph.fault("bindbee", "slow", delay=HOUR)
        async with on_port(graph.app) as served:
            async with served.line() as line:
                line.send(follow(query=NESTED))
                await until_head(line)
                await under_way(graph, 1)
            await served.at_rest()

        assert not served.state.tasks
        assert await stragglers() == set()


async def test_a_server_that_ends_ends_its_streams_without_saying_that_this_was_all() -> None:
    async with importing(RUNNING, poll_interval=60) as (graph, _):
        async with on_port(graph.app) as served, served.line() as line:
            line.send(follow())
            await line.head()
            await until(line, b"RUNNING")
            for connection in list(served.state.connections):
                connection.shutdown()

            assert await line.chunks() == []
            await served.at_rest()
            assert not served.state.tasks
