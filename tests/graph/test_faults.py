"""One source fails, in every way that it can; the others' data come, and the failure is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from functools import cache
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from graph.app import create_app
from tests.graph.asking import SOURCES, Answer, Graph, opened, running, settings
from tests.graph.failing import (
    FAULTS,
    PROVIDERS,
    SLOW,
    Fault,
    check,
    code_of,
    failing,
    little,
    source_of,
)
from tests.graph.hourglass import at_once
from tests.graph.known import PROVIDERS as MADE

EACH = pytest.mark.parametrize("provider", PROVIDERS)
EVERY = pytest.mark.parametrize("name", FAULTS)

SIDE_BY_SIDE = "{ sources { name courses(first: 3) { nodes { title } } } }"


async def check_side_by_side(graph: Graph, fault: Fault, provider: str) -> None:
    whole = await graph.ask(SIDE_BY_SIDE)

    async with failing(graph, fault, provider) as other:
        answer = await other.ask(SIDE_BY_SIDE)

    at = list(SOURCES).index(source_of(provider))
    wanted = [*whole.data["sources"]]
    wanted[at] = {"name": source_of(provider), "courses": None}
    assert answer.data == {"sources": wanted}
    (error,) = answer.errors
    assert error["path"] == ["sources", at, "courses"]
    check(error, fault, provider)
    assert len([call for call in answer.calls if call["source"] == source_of(provider)]) == 1


@EACH
@EVERY
async def test_a_failing_source_costs_its_own_field_of_sources(
    graph: Graph, name: str, provider: str
) -> None:
    await check_side_by_side(graph, FAULTS[name], provider)


@EACH
def test_a_slow_source_costs_its_own_field_of_sources(provider: str) -> None:
    async def check_slow() -> None:
        async with opened() as graph:
            await check_side_by_side(graph, SLOW, provider)

    at_once(check_slow())


@pytest.fixture(scope="module")
def small_application() -> Starlette:
    return create_app(settings(), transport=httpx.ASGITransport(little()[1]))


@pytest.fixture
async def small(small_application: Starlette) -> AsyncIterator[Graph]:
    """A graph over a smaller academy."""
    academy, sandbox = little()
    async with running(small_application, sandbox, academy, settings()) as graph:
        yield graph


WALK = """query ($after: String, $first: Int!, $sources: [String!]) {
  courses(first: $first, after: $after, sources: $sources) {
    nodes { key source { name } } pageInfo { hasNextPage endCursor }
  }
}"""

Key = tuple[str, str]


def keys_in(answer: Answer) -> list[Key]:
    nodes = answer.data["courses"]["nodes"]
    return [(node["source"]["name"], node["key"]) for node in nodes]


async def walked(
    graph: Graph,
    after: str | None = None,
    sources: list[str] | None = None,
    first: int = 30,
    between: Callable[[], Any] | None = None,
) -> tuple[list[Key], list[dict[str, Any]]]:
    """A walk to its end: keys and errors."""
    rows: list[Key] = []
    errors: list[dict[str, Any]] = []
    for _ in range(60):
        answer = await graph.ask(WALK, after=after, first=first, sources=sources)
        assert answer.data["courses"] is not None, answer.errors
        rows += keys_in(answer)
        errors += answer.errors
        after = answer.data["courses"]["pageInfo"]["endCursor"]
        if not answer.data["courses"]["pageInfo"]["hasNextPage"]:
            return rows, errors
        if between is not None:
            await between()
            between = None
    raise AssertionError("the walk doesn't end")


@cache
def every_key() -> dict[str, list[str]]:
    """What the smaller academy has, by source."""
    academy, _ = little()
    return {
        source: sorted(row["key"] for row in make(academy.campus(campus)).courses())
        for source, campus, make in MADE.values()
    }


def sorted_keys(rows: list[Key], source: str) -> list[str]:
    return sorted(key for name, key in rows if name == source)


async def check_walk(graph: Graph, fault: Fault, provider: str) -> None:
    dead, wanted = source_of(provider), every_key()

    async with failing(graph, fault, provider) as other:
        rows, errors = await walked(other)

    for source, keys in wanted.items():
        assert sorted_keys(rows, source) == ([] if source == dead else keys)
    (error,) = errors
    assert error["path"] == ["courses"]
    check(error, fault, provider)
    if code_of(fault, provider) == "UNSUPPORTED":  # neither now nor later
        assert "cursor" not in error["extensions"]
        return
    later, still = await walked(graph, error["extensions"]["cursor"])
    assert not still
    assert {source for source, _ in later} == {dead}
    assert sorted_keys(later, dead) == wanted[dead]


@EACH
@EVERY
async def test_a_walk_goes_on_without_a_failing_source_which_is_resumed_later(
    small: Graph, name: str, provider: str
) -> None:
    await check_walk(small, FAULTS[name], provider)


@EACH
def test_a_walk_goes_on_without_a_slow_source_which_is_resumed_later(provider: str) -> None:
    async def check_slow() -> None:
        academy, sandbox = little()
        app = create_app(settings(), transport=httpx.ASGITransport(sandbox))
        async with running(app, sandbox, academy, settings()) as graph:
            await check_walk(graph, SLOW, provider)

    at_once(check_slow())


@EACH
async def test_a_source_that_breaks_in_the_middle_is_resumed_where_it_broke(
    small: Graph, provider: str
) -> None:
    dead, wanted = source_of(provider), every_key()
    begun = list(wanted)[list(wanted).index(dead) :]

    async def break_down() -> None:
        await small.fault(provider, "status", status=503)

    rows, (error,) = await walked(small, sources=begun, first=5, between=break_down)
    await small.heal()
    later, still = await walked(small, error["extensions"]["cursor"], sources=begun, first=5)

    assert not still
    assert len(sorted_keys(rows, dead)) == 5
    assert {source for source, _ in later} == {dead}
    for source in begun:
        both = sorted_keys(rows, source) + sorted_keys(later, source)
        assert sorted(both) == wanted[source]


async def test_all_sources_dead_is_an_empty_page_and_an_error_for_each(graph: Graph) -> None:
    for provider in PROVIDERS:
        await graph.fault(provider, "status", status=500)

    answer = await graph.ask(WALK, first=30)

    assert answer.status == 200
    assert answer.data["courses"]["nodes"] == []
    assert not answer.data["courses"]["pageInfo"]["hasNextPage"]
    assert [error["extensions"]["source"] for error in answer.errors] == list(SOURCES)


NESTED: Mapping[str, tuple[str, str]] = {
    "bindbee": ("completions", "/completions"),
    "stackone": ("completions", "/completions"),
    "scormcloud": ("completions", "/registrations"),
    "vitalsource": ("assignments", "/rosters"),
}
"""By provider: a relation of courses, and the path that it is read from."""


@EACH
@pytest.mark.parametrize("name", ["401", "429", "500", "501", "HTML", "truncated"])
async def test_a_failing_relation_costs_its_own_fields_and_each_is_told(
    graph: Graph, name: str, provider: str
) -> None:
    relation, path = NESTED[provider]
    query = f"""{{ source(name: "{source_of(provider)}") {{ courses(first: 4) {{ nodes {{
      title {relation}(first: 2) {{ nodes {{ key user {{ name }} }} }}
    }} }} }} }}"""
    whole = await graph.ask(query)

    async with failing(graph, FAULTS[name], provider, path=path):
        answer = await graph.ask(query)

    nodes = answer.data["source"]["courses"]["nodes"]
    assert nodes == [{**node, relation: None} for node in whole.data["source"]["courses"]["nodes"]]
    paths = [error["path"] for error in answer.errors]
    assert sorted(paths) == [["source", "courses", "nodes", at, relation] for at in range(4)]
    for error in answer.errors:
        check(error, FAULTS[name], provider)


async def test_a_dead_reference_costs_the_field_that_refers(graph: Graph) -> None:
    await graph.fault("stackone", "status", status=500, path="/users")

    answer = await graph.ask(
        """{ source(name: "demo-stackone") { completions(first: 3) { nodes {
          key score user { name } course { title }
        } } } }"""
    )

    nodes = answer.data["source"]["completions"]["nodes"]
    assert len(nodes) == 3
    assert all(node["user"] is None and node["course"]["title"] for node in nodes)
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"] * 3
