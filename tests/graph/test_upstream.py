"""What a developer is told of the calls upstream is what the sandbox saw."""

from __future__ import annotations

import asyncio

import pytest

from tests.graph.asking import Graph, opened, settings
from tests.graph.test_calls import NODE
from tests.graph.upstream import seen, told

DIVERSE = [
    "{ courses(first: 30) { nodes { title } } }",
    f"{{ sources {{ courses(first: 4) {{ nodes {{ {NODE} }} }} }} }}",
    "{ sources { courses(first: 3) { nodes { rawData customFields } } } }",
    "{ sources { courses(first: 12) { nodes { contents { title courses { title } } } } } }",
    "{ sources { health { status } } }",
    "{ completions(first: 60) { nodes { course { title } content { title } user { name } } } }",
    "{ contents(first: 100) { nodes { title } } }",
    "{ categories(first: 100) { nodes { name courses(first: 2) { nodes { title } } } } }",
    '{ users(first: 9, sources: ["demo-stackone"]) { nodes { completions { nodes { key } } } } }',
    '{ source(name: "demo-scorm-cloud") { users { nodes { assignments { nodes { key } } } } } }',
    '{ source(name: "demo-vitalsource") { courses { nodes { assignments { nodes { key } } } } } }',
    '{ learner(email: "ada.byron@academy.example") { places { completions { nodes { key } } } } }',
    '{ node(id: "Q291cnNlOmRlbW8tdml0YWxzb3VyY2U6MTA") { id } }',
    '{ source(name: "demo-bindbee") { bindbee { connector { key } integrations { name } } } }',
]


@pytest.mark.parametrize("query", DIVERSE)
async def test_what_is_told_of_the_calls_is_what_the_sandbox_saw(graph: Graph, query: str) -> None:
    answer = await graph.ask(query)

    assert answer.calls
    assert seen(await graph.requests(), answer.calls) == told(answer.calls)


async def test_failed_calls_are_told_of_too(graph: Graph) -> None:
    await graph.fault("stackone", "status", status=500)
    await graph.fault("vitalsource", "html")

    answer = await graph.ask("{ sources { courses(first: 3) { nodes { title } } } }")

    assert seen(await graph.requests(), answer.calls) == told(answer.calls)
    assert {(each["source"], each["status"]) for each in answer.calls} >= {
        ("demo-stackone", 500),
        ("demo-vitalsource", 200),
    }


async def test_calls_are_told_of_to_who_asks_for_it_only(graph: Graph) -> None:
    answer = await graph.post({"query": "{ courses(first: 1) { nodes { title } } }"}, headers={})

    assert "extensions" not in answer.body and answer.data


async def test_what_two_operations_share_was_sent_once(graph: Graph) -> None:
    query = "{ courses(first: 30) { nodes { title categories { name } } } }"

    first, second = await asyncio.gather(graph.ask(query), graph.ask(query))

    assert first.data == second.data
    assert len(first.calls) == len(second.calls)
    assert any(call["shared"] for call in second.calls)
    calls = first.calls + second.calls
    assert seen(await graph.requests(), calls) == told(calls)


async def test_sharing_is_a_setting() -> None:
    async with opened(settings(single_flight=False)) as graph:
        both = await asyncio.gather(*(graph.ask(DIVERSE[0]) for _ in range(2)))
        calls = [call for answer in both for call in answer.calls]

        assert not any(call["shared"] for call in calls)
        assert len(await graph.requests()) == len(calls)
