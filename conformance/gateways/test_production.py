"""The graph in production, behind gateways: who comes round them is told nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from hashlib import sha256
from typing import Any

import pytest
import pytest_asyncio

from conformance.gateways.gateways import SECRET
from conformance.gateways.stage import GATEWAY, World, world
from graph.policies import SECRET as HEADER
from tests.graph.importing import ID
from tests.graph.test_sockets import talking

pytestmark = pytest.mark.asyncio(loop_scope="module")

STRANGERS: list[Mapping[str, str]] = [
    {},
    {HEADER: "a-secret-that-was-guessed"},
    {HEADER: SECRET[:-1]},
]

READING = [
    "{ __typename }",
    "{ courses(first: 1) { nodes { title } } }",
    "{ __schema { queryType { name } } }",
    "{ _service { sdl } }",
    '{ _entities(representations: [{ __typename: "Course", id: "x" }]) { __typename } }',
]
CHANGING = 'mutation { courseTagsReplace(input: { course: "x", tags: [] }) { course { title } } }'
FOLLOWING = f'subscription {{ courseImport(id: "{ID}") {{ status }} }}'
ALL = [*READING, CHANGING, FOLLOWING]

EVENTS = "text/event-stream"
PARTS = "multipart/mixed; subscriptionSpec=1.0"

REFUSED = "PERSISTED_QUERY_NOT_IN_LIST"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared() -> AsyncIterator[World]:
    async with world() as each:
        yield each


@pytest_asyncio.fixture(loop_scope="module")
async def made(shared: World) -> AsyncIterator[World]:
    """The graph, of whose sources nothing is asked."""
    await shared.graph.forget()
    yield shared
    assert await shared.graph.requests() == [] and not shared.job.polls


async def test_who_comes_round_the_gateways_is_told_nothing(made: World) -> None:
    for headers in STRANGERS:
        for query in ALL:
            answer = await made.graph.post({"query": query}, headers)
            assert (answer.codes, "data" in answer.body) == ([REFUSED], False)


async def test_by_GET_neither(made: World) -> None:
    for headers in STRANGERS:
        for query in READING:
            response = await made.graph.client.get(
                "/graphql", params={"query": query}, headers=headers
            )
            assert REFUSED in response.text and '"data"' not in response.text


async def test_by_streams_neither(made: World) -> None:
    for headers in STRANGERS:
        for query in ALL:
            for accepted in (EVENTS, PARTS):
                response = await made.graph.client.post(
                    "/graphql", json={"query": query}, headers={**headers, "accept": accepted}
                )
                assert REFUSED in response.text and '"data"' not in response.text


async def test_over_a_WebSocket_neither(made: World) -> None:
    for headers in STRANGERS:
        for payload in STRANGERS:
            async with talking(made.served, additional_headers=headers) as talk:
                await talk.begin(payload)
                for query in ALL:
                    await talk.ask("1", query)
                    told = await talk.hear()
                    assert told["type"] == "error"
                    assert [each["extensions"]["code"] for each in told["payload"]] == [REFUSED]


async def test_what_a_gateway_asked_by_its_hash_is_for_gateways_only(made: World) -> None:
    query = "{ sources { name } }"
    persisted = {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}
    by_hash: dict[str, Any] = {"extensions": {"persistedQuery": persisted}}

    assert not (await made.graph.post({"query": query, **by_hash}, GATEWAY)).errors
    assert not (await made.graph.post(by_hash, GATEWAY)).errors
    for headers in STRANGERS:
        assert (await made.graph.post(by_hash, headers)).codes == [REFUSED]


async def test_there_is_no_page_for_a_browser(made: World) -> None:
    for path in ("/graphql", "/explorer/manifest.json"):
        response = await made.graph.client.get(path, headers={"accept": "text/html"})
        assert response.status_code in (404, 406) and "<script" not in response.text
