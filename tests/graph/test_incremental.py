"""Queries whose answers come in parts: `@defer` and `@stream`, in both formats.

https://specs.apollo.dev/incremental/v0.2/
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import pytest
from graphql.execution import (
    IncrementalDeferResult,
    IncrementalResult,
    InitialIncrementalExecutionResult,
    SubsequentIncrementalExecutionResult,
)
from graphql.execution.types import CompletedResult, PendingResult

from graph.app import Application
from graph.incremental import Telling
from resolvers.context import Context
from tests.graph.asking import Graph, opened, settings
from tests.graph.sockets import on_port
from tests.graph.test_carriers import asked, events, follow, parts, until, until_head
from tests.graph.test_deadline import HOUR
from tests.graph.visiting import stragglers, under_way

NEW = "multipart/mixed;incrementalSpec=v0.2"
OLD = "multipart/mixed;deferSpec=20220824"
BARE = "multipart/mixed"

DEFERRED = """
query Q($first: Int = 3, $later: Boolean = true) {
  courses(first: $first, sources: ["demo-bindbee", "demo-stackone"]) {
    nodes { id title ...More @defer(label: "more", if: $later) }
  }
}
fragment More on Course {
  completions(first: 2) { nodes { id score user { name } } }
  categories { name }
}
"""

QUERIES = [
    DEFERRED,
    "{ sources @stream(initialCount: 1) { name courses(first: 2) { nodes { title } } } }",
    "{ sources @stream { name ... @defer { health { status } ... @defer { provider } } } }",
    "{ ... @defer { sources { courses(first: 3) { nodes @stream(initialCount: 2) { title } } } } }",
    "{ a: sources { name } ... @defer { b: sources { name ... @defer { provider } } } }",
]


def merged(bodies: Sequence[dict[str, Any]], *, by_id: bool) -> Any:
    """The whole answer, put together as a client does by ids, or by paths."""
    root = {"data": bodies[0]["data"]}
    pending: dict[str, list[Any]] = {}
    for body in bodies:
        pending |= {each["id"]: each["path"] for each in body.get("pending", ())}
        for each in body.get("incremental", ()):
            if by_id:
                path = [*pending[each["id"]], *each.get("subPath", ())]
            else:
                path = each["path"][:-1] if "items" in each else each["path"]
            place = reduce(lambda value, step: value[step], path, root["data"])
            if "items" in each:
                assert by_id or len(place) == each["path"][-1]
                place.extend(each["items"])
            else:
                combine(place, each["data"])
    assert [body["hasNext"] for body in bodies] == [True] * (len(bodies) - 1) + [False]
    return root["data"]


def combine(place: dict[str, Any], data: dict[str, Any]) -> None:
    for name, value in data.items():
        if isinstance(value, dict) and isinstance(place.get(name), dict):
            combine(place[name], value)
        else:
            place[name] = value


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(("accept", "by_id"), [(NEW, True), (NEW, False), (OLD, False)])
async def test_the_parts_make_the_whole(graph: Graph, query: str, accept: str, by_id: bool) -> None:
    whole = await asked(graph, "application/json", query)
    bodies = parts(await asked(graph, accept, query), "-")

    assert len(bodies) > 1
    assert merged(bodies, by_id=by_id) == whole.json()["data"]


@pytest.mark.parametrize("accept", [NEW, OLD, BARE])
async def test_each_format_has_its_own_words(graph: Graph, accept: str) -> None:
    response = await asked(graph, accept, DEFERRED)
    first, *rest = parts(response, "-")

    assert all("completions" not in each for each in first["data"]["courses"]["nodes"])
    patches = [each for body in rest for each in body.get("incremental", ())]
    assert [each["path"] for each in patches] == [["courses", "nodes", at] for at in range(3)]
    if accept == OLD:
        assert response.headers["content-type"].endswith(";deferSpec=20220824")
        assert {each["label"] for each in patches} == {"more"}
        assert "pending" not in first
    else:
        assert response.headers["content-type"].endswith(";incrementalSpec=v0.2")
        assert {each["label"] for each in first["pending"]} == {"more"}
        assert [each["id"] for each in patches] == [each["id"] for each in first["pending"]]


async def test_parts_are_told_in_events_too(graph: Graph) -> None:
    bodies = events(await asked(graph, "application/json, text/event-stream", DEFERRED))
    whole = await asked(graph, "application/json", DEFERRED)

    assert merged(bodies, by_id=True) == whole.json()["data"]


async def test_what_is_not_deferred_after_all_comes_in_one(graph: Graph) -> None:
    (body,) = parts(await asked(graph, NEW, DEFERRED, later=False), "-")
    whole = await asked(graph, "application/json", DEFERRED)

    assert body == {**whole.json(), "hasNext": False}


async def test_what_fails_before_anything_is_deferred_comes_in_one(graph: Graph) -> None:
    query = 'query { node(id: "?") { id } ... @defer(if: false) { sources { name } } }'
    (body,) = parts(await asked(graph, NEW, query), "-")

    assert [each["extensions"]["code"] for each in body["errors"]] == ["BAD_USER_INPUT"]
    assert body["hasNext"] is False


class Counted(PendingResult):
    """It counts how often it is looked at."""

    looked = 0

    def __getattribute__(self, name: str) -> Any:
        Counted.looked += name == "path"
        return super().__getattribute__(name)


def test_what_is_deferred_is_looked_at_a_few_times_each_however_much_there_is() -> None:
    telling = Telling(Context(sources={}), "test", patches=False)
    rows = range(1_000)
    pending: list[PendingResult] = [Counted(str(at), ["rows", at]) for at in rows]
    data = {"rows": [{"id": at} for at in rows]}
    Counted.looked = 0

    telling.first(InitialIncrementalExecutionResult(data, None, pending, True))
    for at in rows:
        came: list[IncrementalResult] = [IncrementalDeferResult({"name": at}, str(at))]
        done = [CompletedResult(str(at))]
        telling.next(SubsequentIncrementalExecutionResult(True, None, came, done))

    assert Counted.looked <= 5 * len(rows)


@pytest.mark.parametrize("accept", [NEW, "application/json"])
@pytest.mark.parametrize("count", ["-1", "$count"])
async def test_a_list_does_not_begin_with_fewer_items_than_none(
    graph: Graph, accept: str, count: str
) -> None:
    variable = "($count: Int = 0)" if "$" in count else ""
    query = f"query {variable} {{ sources @stream(initialCount: {count}) {{ name }} }}"
    body = (await asked(graph, accept, query, count=None)).json()

    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "initialCount" in body["errors"][0]["message"]
    assert "data" not in body or body["data"] is None


async def test_who_takes_no_parts_gets_the_whole_by_the_plan(graph: Graph) -> None:
    app = graph.app
    assert isinstance(app, Application)
    before = app.endpoint.schema.executed["planned"]
    response = await asked(graph, "application/json", DEFERRED)

    assert response.json()["data"]["courses"]["nodes"][0]["completions"]
    assert app.endpoint.schema.executed["planned"] == before + 1


async def test_the_parts_take_no_more_calls_than_the_whole(graph: Graph) -> None:
    await asked(graph, "application/json", DEFERRED)
    whole = len(await graph.requests())
    await graph.forget()
    await asked(graph, NEW, DEFERRED)

    assert len(await graph.requests()) <= whole + 1  # what is deferred can't be expanded with it


async def test_errors_are_told_with_their_part_and_a_code(graph: Graph) -> None:
    await graph.fault("bindbee", "status", status=500)
    failing = 'source(name: "demo-bindbee") { courses { nodes { id } } }'
    query = f"{{ sources {{ name }} ... @defer {{ {failing} }} }}"
    first, *rest = parts(await asked(graph, NEW, query), "-")
    errors = [error for body in rest for each in body["incremental"] for error in each["errors"]]

    assert "errors" not in first
    assert [each["extensions"]["code"] for each in errors] == ["UPSTREAM_UNAVAILABLE"]
    assert all(each["extensions"]["requestId"] for each in errors)


async def test_what_went_wrong_beside_the_data_is_told_once(graph: Graph) -> None:
    await graph.fault("bindbee", "status", status=500)
    query = "{ sources { name } ... @defer { courses(first: 100) { nodes { id } } } }"
    bodies = parts(await asked(graph, NEW, query), "-")
    errors = [error for body in bodies for error in body.get("errors", ())]

    assert [each["extensions"]["source"] for each in errors] == ["demo-bindbee"]


async def test_what_is_not_there_in_time_is_told_so() -> None:
    failing = 'source(name: "demo-bindbee") { courses { nodes { id } } }'
    query = f"{{ sources {{ name }} ... @defer {{ {failing} }} }}"
    async with opened(settings(request_timeout=0.05, call_timeout=HOUR)) as graph:
        await graph.fault("bindbee", "slow", delay=HOUR)
        first, *rest = parts(await asked(graph, NEW, query), "-")

    errors = [error for body in rest for each in body["incremental"] for error in each["errors"]]
    assert first["data"]["sources"]
    assert rest[-1]["hasNext"] is False
    assert [each["extensions"]["code"] for each in errors] == ["DEADLINE_EXCEEDED"]


@pytest.mark.parametrize("patches", [False, True])
def test_what_never_came_ends_the_answer_with_an_error(patches: bool) -> None:
    telling = Telling(Context(sources={}), "test", patches)
    telling.pending["0"] = PendingResult("0", ["courses", "nodes", 1], "more")
    last = telling.late()

    (part,) = last["incremental"] if patches else last["completed"]
    assert last["hasNext"] is False
    assert [each["extensions"]["code"] for each in part["errors"]] == ["DEADLINE_EXCEEDED"]
    if patches:
        assert (part["path"], part["label"]) == (["courses", "nodes", 1], "more")
        assert part["data"] is None
    else:
        assert part["id"] == "0"


async def test_a_setting_switches_parts_off() -> None:
    async with opened(settings(incremental=False)) as graph:
        whole = await asked(graph, f"{NEW}, application/json", DEFERRED)
        (event,) = events(await asked(graph, "text/event-stream", DEFERRED))

    assert whole.json()["data"]["courses"]["nodes"][0]["completions"]
    assert event == whole.json()


async def test_who_leaves_ends_what_is_deferred() -> None:
    query = '{ sources { name } ... @defer { source(name: "demo-bindbee") { health { status } } } }'
    async with opened(settings(request_timeout=HOUR, call_timeout=HOUR)) as graph:
        await graph.fault("bindbee", "slow", delay=HOUR)
        async with on_port(graph.app) as served:
            async with served.line() as line:
                line.send(follow(NEW, query))
                await until_head(line)
                await until(line, b"hasNext")
                await under_way(graph, 1)
            await served.at_rest()

        assert not served.state.tasks
        assert await stragglers() == set()


async def test_the_directives_are_known_to_documents_but_not_composed(graph: Graph) -> None:
    query = "{ __schema { directives { name } } _service { sdl } }"
    answer = await graph.ask(query)

    assert {"defer", "stream"} <= {each["name"] for each in answer.data["__schema"]["directives"]}
    assert "@defer" not in answer.data["_service"]["sdl"]
    assert "@stream" not in answer.data["_service"]["sdl"]
