"""One operation makes no more calls to a source than its budget; what that leaves out is told."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.graph.asking import Answer, Graph, opened, settings
from tests.graph.upstream import seen, told

NESTED = """{ sources { name courses(first: 10) { nodes {
  title completions(first: 5) { nodes { score user { name email } } }
  assignments(first: 5) { nodes { key } }
} } } }"""


def spent(answer: Answer) -> Counter[str]:
    return Counter(call["source"] for call in answer.calls)


async def check(graph: Graph, answer: Answer, budget: int) -> None:
    assert max(spent(answer).values()) <= budget
    assert seen(await graph.requests(), answer.calls) == told(answer.calls)


@pytest.mark.parametrize("budget", [1, 2, 3, 6])
async def test_a_query_spends_its_budget_and_answers_with_what_it_got(budget: int) -> None:
    async with opened(settings(budget=budget)) as graph:
        answer = await graph.ask(NESTED)
        await check(graph, answer, budget)

    for source in answer.data["sources"]:
        nodes = source["courses"]["nodes"]
        assert len(nodes) == 10 and all(node["title"] for node in nodes)
    assert set(answer.codes) == {"UPSTREAM_BUDGET_EXCEEDED"}
    over = {error["extensions"]["source"] for error in answer.errors}
    assert all(spent(answer)[source] == budget for source in over)
    for error in answer.errors:
        assert error["path"][:1] == ["sources"] and error["path"][-1] in (
            "completions",
            "assignments",
            "user",
        )
        assert not error["extensions"]["retryable"]


async def test_every_null_of_a_spent_budget_has_its_error() -> None:
    async with opened(settings(budget=2)) as graph:
        answer = await graph.ask(NESTED)

    told_of = {tuple(error["path"]) for error in answer.errors}
    for at, source in enumerate(answer.data["sources"]):
        for place, node in enumerate(source["courses"]["nodes"]):
            path = ("sources", at, "courses", "nodes", place)
            if source["name"] != "demo-vitalsource":
                assert (node["completions"] is None) == ((*path, "completions") in told_of)
            assert (node["assignments"] is None) == ((*path, "assignments") in told_of)


async def test_a_budget_is_each_sources_own() -> None:
    async with opened(settings(budget=1)) as graph:
        answer = await graph.ask("{ sources { courses(first: 2) { nodes { title } } } }")

    assert not answer.errors
    assert set(spent(answer).values()) == {1} and len(spent(answer)) == 4


async def test_a_page_that_costs_more_than_the_budget_breaks_off_and_can_be_resumed() -> None:
    query = """query ($after: String) {
      courses(first: 30, after: $after, sources: ["demo-scorm-cloud"]) {
        nodes { key } pageInfo { hasNextPage endCursor }
      }
    }"""
    async with opened(settings(budget=2)) as graph:  # SCORM Cloud's pages have ten rows
        first = await graph.ask(query)
        (error,) = first.errors
        cursor = error["extensions"]["cursor"]
        second = await graph.ask(query, after=cursor)

    keys = [node["key"] for node in first.data["courses"]["nodes"]]
    later = [node["key"] for node in second.data["courses"]["nodes"]]
    assert first.codes == ["UPSTREAM_BUDGET_EXCEEDED"]
    assert len(keys) == 20 and later and not set(keys) & set(later)


async def test_the_budget_counts_a_search_for_a_person() -> None:
    async with opened(settings(budget=3)) as graph:
        answer = await graph.ask(
            """{ learner(email: "ada.byron@academy.example") {
              places { source { name } completeness users { key } }
            } }"""
        )
        await check(graph, answer, 3)

    places = {each["source"]["name"]: each for each in answer.data["learner"]["places"]}
    assert places["demo-scorm-cloud"]["completeness"] == "PARTIAL"
    assert places["demo-bindbee"]["completeness"] == "COMPLETE"


async def test_the_budget_begins_anew_with_each_operation() -> None:
    async with opened(settings(budget=1)) as graph:
        answers = [
            await graph.ask('{ courses(first: 1, sources: ["demo-bindbee"]) { nodes { title } } }')
            for _ in range(3)
        ]

    assert not any(answer.errors for answer in answers)
