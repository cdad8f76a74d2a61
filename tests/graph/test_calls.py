"""What queries cost upstream: how many calls, and what each asks for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from math import ceil
from typing import Any

import httpx
import pytest

from resolvers import ids
from tests.graph.asking import SOURCES, Answer, Graph, demo, opened
from tests.graph.expected.bindbee import Bindbee
from tests.graph.known import expected

NODE = """
  id title
  categories { id name } skills { id name } instructors { id name }
  completions(first: 5) { nodes { score grade user { name email } } }
"""

SAMPLE = f"""query ($after: String, $filter: CourseFilter) {{
  courses(first: 50, after: $after, filter: $filter, sources: ["demo-bindbee"]) {{
    nodes {{ key {NODE} }} pageInfo {{ hasNextPage endCursor }}
  }}
}}"""


def bindbee() -> Bindbee:
    found: Bindbee = expected("B")
    return found


def completions_of(courses: list[dict[str, Any]]) -> int:
    """How many completions the academy has of these courses."""
    numbers = {number: key for key, number in bindbee().ids.courses.items()}
    shown = {numbers[course["key"]] for course in courses}
    return sum(each.course in shown and each.lesson is None for each in bindbee().completed)


def walks_of(parents: int, first: int) -> int:
    """In how many walks side by side the children of at most 50 parents are read: as many as there
    are pages of 200 in what is wanted, but at most 4."""
    return max(min(ceil(parents * first / 200), 4), 1)


def check_cost(answer: Answer) -> None:
    """As many calls as it takes to read the courses, and their completions 200 at a time; and one
    more for each walk but the first, since each may end in a page that isn't full."""
    assert not answer.errors
    courses = answer.data["courses"]["nodes"]
    walks = walks_of(len(courses), 5)
    assert len(answer.calls) <= 1 + ceil(completions_of(courses) / 200) + walks - 1
    assert len(answer.calls) <= 5


async def test_the_sample_query_costs_a_call_and_few_for_200_completions(graph: Graph) -> None:
    after, shown = None, 0
    while True:
        answer = await graph.ask(SAMPLE, after=after)

        check_cost(answer)
        page = answer.data["courses"]
        shown += len(page["nodes"])
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert shown == len(bindbee().campus.courses)


async def test_the_sample_query_costs_no_more_for_the_50_busiest_courses(graph: Graph) -> None:
    numbers = [each.course for each in bindbee().completed if each.lesson is None]
    busiest = sorted(bindbee().ids.courses, key=numbers.count)[-50:]
    wanted = [ids.encode("Course", "demo-bindbee", bindbee().ids.courses[n]) for n in busiest]

    answer = await graph.ask(SAMPLE, filter={"ids": wanted})

    check_cost(answer)
    assert len(answer.data["courses"]["nodes"]) == 50
    assert completions_of(answer.data["courses"]["nodes"]) > 400


@pytest.mark.parametrize(
    "filter",
    [{"status": "ACTIVE"}, {"status": "INACTIVE"}, {"languages": ["cy_GB"]}, {"statusText": "?"}],
)
async def test_the_sample_query_costs_no_more_when_filtered(
    graph: Graph, filter: Mapping[str, Any]
) -> None:
    check_cost(await graph.ask(SAMPLE, filter=filter))


async def test_the_nested_query_answers_for_all_sources_side_by_side(graph: Graph) -> None:
    answer = await graph.ask(
        f"{{ sources {{ name provider courses(first: 10) {{ nodes {{ {NODE} }} }} }} }}"
    )

    assert not answer.errors
    assert [source["name"] for source in answer.data["sources"]] == list(SOURCES)
    for source in answer.data["sources"]:
        nodes = source["courses"]["nodes"]
        assert len(nodes) == 10 and all(node["title"] for node in nodes)
        keeps = source["provider"] != "VITALSOURCE"
        assert all((node["completions"] is not None) == keeps for node in nodes)
        assert any(node["completions"]["nodes"] for node in nodes) if keeps else True
    counts = {name: sum(call["source"] == name for call in answer.calls) for name in SOURCES}
    # A page of courses and one of completions; a whole list of completions, for all courses, in
    # pages of 100, and of registrations in pages of 10; and a page of users.
    assert counts["demo-bindbee"] == 2 and counts["demo-vitalsource"] == 1
    assert counts["demo-stackone"] <= 7 and counts["demo-scorm-cloud"] <= 1 + 16


async def test_the_sample_query_takes_two_rounds(graph: Graph) -> None:
    """The courses with what they name, then their completions with users, in walks side by side."""
    numbers = [each.course for each in bindbee().completed if each.lesson is None]
    # The courses that have fewest, which fill no page: no walk goes on to a second one.
    fewest = sorted(bindbee().ids.courses, key=numbers.count)[:50]
    wanted = [ids.encode("Course", "demo-bindbee", bindbee().ids.courses[n]) for n in fewest]
    assert walks_of(50, 5) == 2

    async with Waves.opened() as (waves, other):
        answer = await other.ask(SAMPLE, filter={"ids": wanted})

    assert not answer.errors
    assert [len(wave) for wave in waves.sent] == [1, 2]
    assert [{path.rpartition("/")[2] for path in wave} for wave in waves.sent] == [
        {"courses"},
        {"completions"},
    ]


class Waves(httpx.AsyncBaseTransport):
    """Sends what is asked at the same time as one wave, once nothing else is asked any more."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.sent: list[list[str]] = []
        self._flowing: asyncio.Event | None = None

    @classmethod
    @asynccontextmanager
    async def opened(cls) -> AsyncIterator[tuple[Waves, Graph]]:
        waves = cls(httpx.ASGITransport(demo()[1]))
        async with opened(transport=waves) as graph:
            yield waves, graph

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._flowing is None:
            self._flowing = flowing = asyncio.Event()
            self.sent.append([request.url.path])
            for _ in range(100):  # Whoever would ask now has had its turn.
                await asyncio.sleep(0)
            self._flowing = None
            flowing.set()
        else:
            self.sent[-1].append(request.url.path)
            await self._flowing.wait()
        return await self.inner.handle_async_request(request)


class Rendezvous(httpx.AsyncBaseTransport):
    """Holds the requests to some providers back until each of these has been asked."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *providers: str) -> None:
        self.inner = inner
        self.missing = set(providers)
        self.all_there = asyncio.Event()
        self.providers = frozenset(providers)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        provider = request.url.path.split("/")[1]
        self.missing.discard(provider)
        if not self.missing:
            self.all_there.set()
        if provider in self.providers:
            await self.all_there.wait()
        return await self.inner.handle_async_request(request)


@asynccontextmanager
async def meeting(*providers: str) -> AsyncIterator[Graph]:
    """A graph whose sources at these providers answer only if all of them are asked at once."""
    transport = Rendezvous(httpx.ASGITransport(demo()[1]), *providers)
    async with opened(transport=transport) as graph:
        yield graph


@pytest.mark.parametrize(
    "query",
    [
        "{ sources { courses(first: 3) { nodes { title } } } }",
        "{ sources { health { status } } }",
        '{ learner(email: "ada.byron@academy.example", courses: [COURSE]) { name } }',
    ],
)
async def test_sources_are_asked_at_the_same_time(query: str) -> None:
    course = ids.encode("Course", "demo-vitalsource", next(iter(expected("V").courses()))["key"])
    async with meeting(*SOURCES.values()) as graph:
        answer = await graph.ask(query.replace("COURSE", f'"{course}"'))

    assert not answer.errors and answer.data


async def test_a_page_that_one_source_cant_fill_asks_the_others_at_the_same_time(
    graph: Graph,
) -> None:
    at_end = await graph.ask("{ courses(first: 100) { pageInfo { endCursor } } }")
    after = at_end.data["courses"]["pageInfo"]["endCursor"]

    # 20 rows of Bindbee's are left.
    async with meeting("stackone", "scormcloud", "vitalsource") as other:
        answer = await other.ask(
            "query ($after: String) { courses(first: 100, after: $after) { nodes { title } } }",
            after=after,
        )
        assert not answer.errors
        assert len(answer.data["courses"]["nodes"]) == 100
    assert {call["source"] for call in answer.calls} == set(SOURCES)


async def test_aliases_of_a_relation_with_other_arguments_answer_each_for_itself(
    graph: Graph,
) -> None:
    answer = await graph.ask(
        """{ courses(first: 10, sources: ["demo-bindbee"]) { nodes {
          one: completions(first: 1) { nodes { key } pageInfo { hasNextPage } }
          many: completions(first: 50) { nodes { key } pageInfo { hasNextPage } }
          again: completions(first: 50) { nodes { user { name } } }
        } } }"""
    )

    assert not answer.errors
    for node in answer.data["courses"]["nodes"]:
        one, many = node["one"], node["many"]
        assert one["nodes"] == many["nodes"][:1]
        assert one["pageInfo"]["hasNextPage"] == (len(many["nodes"]) > 1)
        assert not many["pageInfo"]["hasNextPage"]
        assert len(node["again"]["nodes"]) == len(many["nodes"])
    rows = completions_of_first(10)
    assert len(answer.calls) <= 1 + 2 * ceil(rows / 200) + walks_of(10, 50) - 1


def completions_of_first(count: int) -> int:
    keys = sorted(bindbee().ids.courses.values())[:count]
    return completions_of([{"key": key} for key in keys])


@pytest.mark.parametrize("source", SOURCES)
async def test_what_a_list_gave_is_not_loaded_again(graph: Graph, source: str) -> None:
    children = "assignments" if source == "demo-vitalsource" else "completions"
    answer = await graph.ask(
        f"""{{ source(name: "{source}") {{ courses(first: 4) {{ nodes {{
          title {children}(first: 3) {{ nodes {{ course {{ title }} }} }}
        }} }} }} }}"""
    )

    assert not answer.errors
    for course in answer.data["source"]["courses"]["nodes"]:
        titles = [each["course"]["title"] for each in course[children]["nodes"]]
        assert titles == [course["title"]] * len(titles)
    routes = [call["route"] for call in answer.calls]
    assert len([route for route in routes if route.endswith(("/courses", "/courses/{}"))]) == 1


async def test_one_record_is_read_once_however_often_it_is_asked_for(graph: Graph) -> None:
    listed = await graph.ask('{ courses(first: 2, sources: ["demo-stackone"]) { nodes { id } } }')
    one, two = (node["id"] for node in listed.data["courses"]["nodes"])
    await graph.forget()

    answer = await graph.ask(
        """query ($one: ID!, $two: ID!) {
          a: course(id: $one) { title } b: course(id: $one) { title } c: node(id: $two) { id }
          nodes(ids: [$one, $two, $one]) { ... on Course { title } }
        }""",
        one=one,
        two=two,
    )

    assert not answer.errors
    assert answer.data["a"] == answer.data["b"] == answer.data["nodes"][2]
    assert len(answer.calls) == len(await graph.requests()) == 2


async def test_users_of_completions_come_with_one_read(graph: Graph) -> None:
    answer = await graph.ask(
        """{ completions(first: 50, sources: ["demo-stackone"]) { nodes {
          user { name email } course { title }
        } } }"""
    )

    assert not answer.errors
    routes = [call["route"].rpartition("/")[2] for call in answer.calls]
    assert routes.count("completions") == 1
    assert routes.count("users") == 1  # all 90 fit into a page
    assert routes.count("courses") == 1


@pytest.mark.parametrize("plural", ["categories", "skills"])
async def test_the_courses_of_many_categories_or_skills_come_in_bulk(
    graph: Graph, plural: str
) -> None:
    answer = await graph.ask(
        f"""{{ source(name: "demo-bindbee") {{ {plural}(first: 50) {{ nodes {{
          key courses(first: 3) {{ nodes {{ key }} pageInfo {{ hasNextPage }} }}
        }} }} }} }}"""
    )

    assert not answer.errors
    wanted = {row["key"]: row["courses"]["nodes"] for row in getattr(bindbee(), plural)()}
    nodes = answer.data["source"][plural]["nodes"]
    for node in nodes:
        assert node["courses"]["nodes"] == wanted[node["key"]][:3]
        assert node["courses"]["pageInfo"]["hasNextPage"] == (len(wanted[node["key"]]) > 3)
    assert len(answer.calls) == 2
    assert any(node["courses"]["pageInfo"]["hasNextPage"] for node in nodes)


async def test_what_many_users_did_and_are_to_do_comes_in_bulk(graph: Graph) -> None:
    answer = await graph.ask(
        """{ source(name: "demo-bindbee") { users(first: 50) { nodes { key
          completions(first: 3) { nodes { key } } assignments(first: 3) { nodes { key } }
        } } } }"""
    )

    assert not answer.errors
    wanted = {row["key"]: row for row in bindbee().users()}
    nodes = answer.data["source"]["users"]["nodes"]
    for node in nodes:
        for relation in ("completions", "assignments"):
            assert node[relation]["nodes"] == wanted[node["key"]][relation]["nodes"][:3]
    shown = {node["key"] for node in nodes}
    rows = [
        each for each in bindbee().campus.attempts if bindbee().ids.people[each.person] in shown
    ]
    assert len(answer.calls) <= 1 + 2 * ceil(len(rows) / 200)
