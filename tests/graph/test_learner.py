"""One person across all sources."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from resolvers import ids
from sandbox.academy import Academy
from sandbox.app import create_app as create_sandbox
from tests.graph.asking import SOURCES, Answer, Graph, opened, settings
from tests.graph.expected.stackone import StackOne
from tests.graph.expected.values import Row
from tests.graph.hourglass import at_once
from tests.graph.known import expected

ADA = "ada.byron@academy.example"

SEED = 1
"""Of an academy that has somebody at StackOne whose address is written in capitals."""

QUERY = """query ($email: String!, $courses: [ID!]) { learner(email: $email, courses: $courses) {
  email name users { key source { name } }
  places {
    source { name } completeness users { key email name }
    completions(first: 100) { nodes { key user { key } } }
    assignments(first: 100) { nodes { key user { key } } }
  }
} }"""


def known_as(letter: str, email: str) -> list[Row]:
    """The academy's people with that address, at one provider."""
    return [
        row
        for row in expected(letter).users()
        if row["email"] and row["email"].casefold() == email.casefold()
    ]


def places(answer: Answer) -> dict[str, Any]:
    return {place["source"]["name"]: place for place in answer.data["learner"]["places"]}


def keys(nodes: Iterable[Row]) -> list[str]:
    return [node["key"] for node in nodes]


async def test_ada_is_found_wherever_she_learns(graph: Graph) -> None:
    answer = await graph.ask(QUERY, email=ADA)

    assert not answer.errors
    found = places(answer)
    assert list(found) == list(SOURCES)
    for source, letter in zip(SOURCES, "BSC", strict=False):
        assert set(keys(found[source]["users"])) == set(keys(known_as(letter, ADA)))
    assert len(found["demo-scorm-cloud"]["users"]) == 2  # she goes by two ids there
    assert found["demo-vitalsource"]["users"] == []
    assert [found[source]["completeness"] for source in SOURCES] == [
        "COMPLETE",
        "COMPLETE",
        "PARTIAL",  # a part of the registrations was searched
        "UNSUPPORTED",  # nobody can be looked for without a course
    ]
    assert answer.data["learner"]["email"] == ADA
    assert answer.data["learner"]["name"] == known_as("B", ADA)[0]["name"]
    of_all = [user["key"] for place in found.values() for user in place["users"]]
    assert keys(answer.data["learner"]["users"]) == of_all


async def test_what_she_did_comes_from_every_place(graph: Graph) -> None:
    found = places(await graph.ask(QUERY, email=ADA))

    for source, letter in zip(SOURCES, "BSC", strict=False):
        for relation in ("completions", "assignments"):
            wanted = [
                (key, user["key"])
                for user in known_as(letter, ADA)
                for key in keys(user[relation]["nodes"])
            ]
            nodes = found[source][relation]["nodes"]
            assert wanted
            assert {(node["key"], node["user"]["key"]) for node in nodes} == set(wanted)
            assert len(nodes) == len(wanted)
    assert found["demo-vitalsource"]["completions"] is None


async def test_the_lists_of_a_person_of_two_ids_are_walked_one_after_the_other(
    graph: Graph,
) -> None:
    rows: list[str] = []
    after = ""
    while True:
        answer = await graph.ask(
            f"""query ($email: String!) {{ learner(email: $email) {{ places {{ source {{ name }}
              completions(first: 3{after}) {{
                nodes {{ key }} pageInfo {{ hasNextPage endCursor }}
              }}
            }} }} }}""",
            email=ADA,
        )
        page = places(answer)["demo-scorm-cloud"]["completions"]
        rows += keys(page["nodes"])
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = f', after: "{page["pageInfo"]["endCursor"]}"'

    wanted = [key for user in known_as("C", ADA) for key in keys(user["completions"]["nodes"])]
    assert sorted(rows) == sorted(wanted)


async def test_case_and_space_around_dont_matter(graph: Graph) -> None:
    plain = await graph.ask(QUERY, email=ADA)
    shouted = await graph.ask(QUERY, email="  ADA.Byron@Academy.EXAMPLE ")

    assert shouted.data == plain.data


async def test_an_address_that_a_source_keeps_in_capitals_is_matched() -> None:
    academy = Academy(seed=SEED)
    (known,) = [
        row
        for row in StackOne(academy.campus("stackone")).users()
        if row["email"] and row["email"] != row["email"].lower()
    ]
    async with opened(transport=httpx.ASGITransport(create_sandbox(academy))) as graph:
        answer = await graph.ask(QUERY, email=known["email"].lower())

    assert keys(places(answer)["demo-stackone"]["users"]) == [known["key"]]
    assert places(answer)["demo-stackone"]["users"][0]["email"] == known["email"]


async def test_vitalsource_is_searched_in_the_courses_that_are_named(graph: Graph) -> None:
    student = next(row for row in expected("V").users() if row["email"] and row["name"])
    course = student["key"].partition("/")[0]
    other = next(key for key in expected("V").shelf.courses if str(key) != course)
    courses = [ids.encode("Course", "demo-vitalsource", str(key)) for key in (course, other)]

    answer = await graph.ask(QUERY, email=student["email"], courses=courses)

    place = places(answer)["demo-vitalsource"]
    assert not answer.errors
    assert student["key"] in keys(place["users"])
    assert {user["email"] for user in place["users"]} == {student["email"]}
    assert place["completeness"] == "PARTIAL"  # there are other courses
    assert student["key"] in keys(place["assignments"]["nodes"])


async def test_courses_must_be_ids_of_courses(graph: Graph) -> None:
    for courses in (["nonsense"], [ids.encode("User", "demo-vitalsource", "1")]):
        answer = await graph.ask(QUERY, email=ADA, courses=courses)

        assert answer.data == {"learner": None}
        assert answer.codes == ["BAD_USER_INPUT"]


async def test_who_is_known_nowhere_is_null(graph: Graph) -> None:
    answer = await graph.ask(QUERY, email="nobody.at.all@academy.example")

    assert answer.data == {"learner": None} and not answer.errors


@pytest.mark.parametrize(
    "email", ["", "ada", "@", "ada@", "@academy.example", "ada@x\n.example", "a" * 250 + "@x.org"]
)
async def test_what_is_no_address_is_bad_input(graph: Graph, email: str) -> None:
    answer = await graph.ask(QUERY, email=email)

    assert answer.data == {"learner": None}
    assert answer.codes == ["BAD_USER_INPUT"]
    assert not answer.calls


@pytest.mark.parametrize("source", ["demo-bindbee", "demo-stackone", "demo-scorm-cloud"])
async def test_a_source_that_fails_is_partial_and_told(graph: Graph, source: str) -> None:
    await graph.fault(SOURCES[source], "status", status=503)

    answer = await graph.ask(QUERY, email=ADA)

    found = places(answer)
    assert found[source]["completeness"] == "PARTIAL" and found[source]["users"] == []
    assert all(found[name]["users"] for name in list(SOURCES)[:3] if name != source)
    (error,) = answer.errors
    assert error["path"] == ["learner"]
    assert error["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert error["extensions"]["source"] == source


async def test_a_filter_that_a_source_ignores_finds_nobody_else() -> None:
    """The whole list may come back: every row is looked at again."""
    own = settings(only=["demo-stackone"])
    (account,) = own.sources
    ignoring = [msgspec.structs.replace(account, account_id="demo-ignores-filters")]
    async with opened(replace(own, sources=ignoring)) as other:
        answer = await other.ask(QUERY, email=ADA)

    place = places(answer)["demo-stackone"]
    assert keys(place["users"]) == keys(known_as("S", ADA))
    assert place["completeness"] == "COMPLETE"


async def test_what_a_failed_search_could_not_see_is_null_and_not_empty(graph: Graph) -> None:
    await graph.fault("stackone", "status", status=503)
    answer = await graph.ask(
        """query ($email: String!) { learner(email: $email) { places {
          source { name } completions { nodes { key } } assignments { nodes { key } }
        } } }""",
        email=ADA,
    )

    found = {place["source"]["name"]: place for place in answer.data["learner"]["places"]}
    assert found["demo-stackone"]["completions"] is found["demo-stackone"]["assignments"] is None
    assert found["demo-bindbee"]["completions"]["nodes"]


async def test_a_person_whose_key_is_the_address_is_found_without_an_email() -> None:
    """SCORM Cloud's learners need no e-mail; their id often is one."""
    registration = {
        "id": "r1",
        "learner": {"id": "ada@academy.example", "firstName": "Ada"},
        "course": {"id": "c1"},
    }

    async def registrations(request: Request) -> JSONResponse:
        return JSONResponse({"registrations": [registration]})

    only = Starlette(routes=[Route("/scormcloud/api/v2/registrations", registrations)])
    own = settings(only=["demo-scorm-cloud"])
    async with opened(own, transport=httpx.ASGITransport(only)) as other:
        answer = await other.ask(
            '{ learner(email: "ada@academy.example") { name users { key email } } }'
        )

    assert answer.data["learner"] == {
        "name": "Ada",
        "users": [{"key": "ada@academy.example", "email": None}],
    }


async def test_a_list_at_one_place_is_walked_by_naming_its_source(graph: Graph) -> None:
    query = """query ($email: String!, $after: String) { learner(email: $email) {
      places(sources: ["demo-bindbee"]) {
        source { name }
        completions(first: 1, after: $after) { nodes { key } pageInfo { hasNextPage endCursor } }
      }
    } }"""
    found: list[str] = []
    after = None
    while True:
        answer = await graph.ask(query, email=ADA, after=after)
        assert answer.errors == []
        (place,) = answer.data["learner"]["places"]
        found += keys(place["completions"]["nodes"])
        after = place["completions"]["pageInfo"]["endCursor"]
        if not place["completions"]["pageInfo"]["hasNextPage"]:
            break

    whole = await graph.ask(query.replace("first: 1", "first: 100"), email=ADA)
    assert found == keys(whole.data["learner"]["places"][0]["completions"]["nodes"])
    assert len(found) == len(set(found)) > 1


# What she did, at all sources in one list.

TIMES = {"completions": "completedAt", "assignments": "assignedAt startsAt"}


def merged(relation: str, rows: str = "key source { name }", more: str = "") -> str:
    """A query for a page of a merged list."""
    return f"""query ($email: String!, $first: Int! = 100, $after: String, $sources: [String!]) {{
      learner(email: $email) {{ {more}
        {relation}(first: $first, after: $after, sources: $sources) {{
          nodes {{ {rows} }} pageInfo {{ hasNextPage hasPreviousPage endCursor }}
          coverage {{ source {{ name }} completeness }}
        }}
      }}
    }}"""


def at_places(relation: str, rows: str = "key source { name }") -> str:
    """A part of a query for what she has at each place."""
    return f"places {{ source {{ name }} {relation}(first: 100) {{ nodes {{ {rows} }} }} }}"


def places_alone(relation: str, rows: str) -> str:
    """A query for what she has at each place."""
    return f"query ($email: String!) {{ learner(email: $email) {{ {at_places(relation, rows)} }} }}"


def coverage(answer: Answer, relation: str) -> dict[str, str]:
    shown = answer.data["learner"][relation]["coverage"]
    return {each["source"]["name"]: each["completeness"] for each in shown}


def named(nodes: Iterable[Row]) -> list[tuple[str, str]]:
    """Rows by source and key."""
    return [(node["source"]["name"], node["key"]) for node in nodes]


async def in_order(graph: Graph, relation: str) -> list[tuple[str, str]]:
    """What she has at each place, put in the order that is promised."""
    times = TIMES[relation]
    rows = f"key source {{ name }} {times}"
    found = places(await graph.ask(places_alone(relation, rows), email=ADA))
    nodes = [
        node for place in found.values() for node in (place[relation] or {"nodes": ()})["nodes"]
    ]
    nodes.sort(key=lambda node: (list(SOURCES).index(node["source"]["name"]), node["key"]))
    timed = [
        (datetime.fromisoformat(time), node)
        for node in nodes
        if (time := next((node[name] for name in times.split() if node[name]), None))
    ]
    timed.sort(key=lambda each: each[0], reverse=True)
    known = [node for _, node in timed]
    return named([*known, *(node for node in nodes if node not in known)])


async def walked(
    graph: Graph, relation: str, after: str | None = None, **variables: Any
) -> tuple[list[tuple[str, str]], list[Row]]:
    """Rows and errors of a whole walk."""
    rows: list[tuple[str, str]] = []
    errors: list[Row] = []
    while True:
        answer = await graph.ask(merged(relation), email=ADA, after=after, **variables)
        page = answer.data["learner"][relation]
        rows += named(page["nodes"])
        errors += answer.errors
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return rows, errors


@pytest.mark.parametrize("first", [3, 7, 100])
@pytest.mark.parametrize("relation", TIMES)
async def test_what_she_did_anywhere_is_one_list_the_latest_first(
    graph: Graph, relation: str, first: int
) -> None:
    wanted = await in_order(graph, relation)

    rows, errors = await walked(graph, relation, first=first)

    assert rows == wanted and not errors
    assert len(set(rows)) == len(rows) > 7
    assert len({source for source, _ in rows}) == 3


async def test_a_merged_list_says_how_much_of_each_source_it_shows(graph: Graph) -> None:
    for relation in TIMES:
        answer = await graph.ask(merged(relation), email=ADA)

        assert not answer.errors
        assert coverage(answer, relation) == {
            "demo-bindbee": "COMPLETE",
            "demo-stackone": "COMPLETE",
            "demo-scorm-cloud": "PARTIAL",  # she may go by further ids
            "demo-vitalsource": "UNSUPPORTED",  # nobody can be looked for without a course
        }


async def test_a_merged_list_is_of_the_sources_that_are_named(graph: Graph) -> None:
    wanted = await in_order(graph, "completions")
    named = ["demo-scorm-cloud", "demo-bindbee"]

    answer = await graph.ask(merged("completions"), email=ADA, sources=named)
    rows, _ = await walked(graph, "completions", first=4, sources=named)
    unknown = await graph.ask(merged("completions"), email=ADA, sources=["nowhere"])

    assert list(coverage(answer, "completions")) == ["demo-bindbee", "demo-scorm-cloud"]
    assert rows == [each for each in wanted if each[0] in named]
    assert unknown.codes == ["BAD_USER_INPUT"] and unknown.data["learner"]["completions"] is None


async def test_a_cursor_of_one_list_does_not_continue_another(graph: Graph) -> None:
    answer = await graph.ask(merged("completions"), email=ADA, first=1)
    after = answer.data["learner"]["completions"]["pageInfo"]["endCursor"]

    for relation, more in (("assignments", {}), ("completions", {"sources": ["demo-bindbee"]})):
        other = await graph.ask(merged(relation), email=ADA, first=1, after=after, **more)
        assert other.codes == ["BAD_USER_INPUT"]


async def test_rosters_that_are_searched_are_merged_too(graph: Graph) -> None:
    student = next(row for row in expected("V").users() if row["email"] and row["name"])
    course = ids.encode("Course", "demo-vitalsource", student["key"].partition("/")[0])
    query = """query ($email: String!, $courses: [ID!], $after: String) {
      learner(email: $email, courses: $courses) { assignments(first: 1, after: $after) {
        edges { cursor node { key source { name } } }
        coverage { source { name } completeness }
      } } }"""

    found = await graph.ask(query, email=student["email"], courses=[course])
    (edge,) = found.data["learner"]["assignments"]["edges"]
    other = await graph.ask(query, email=ADA, courses=[], after=edge["cursor"])

    assert named([edge["node"]]) == [("demo-vitalsource", student["key"])]
    assert coverage(found, "assignments")["demo-vitalsource"] == "PARTIAL"  # of other courses
    assert other.codes == ["BAD_USER_INPUT"]


def routes(answer: Answer) -> Counter[tuple[str, str]]:
    return Counter((call["source"], call["route"]) for call in answer.calls)


@pytest.mark.parametrize("relation", TIMES)
async def test_asked_at_places_too_it_costs_the_same_calls(graph: Graph, relation: str) -> None:
    """Whichever stands first in the document."""
    alone = await graph.ask(merged(relation), email=ADA)
    before = await graph.ask(merged(relation, more=at_places(relation)), email=ADA)
    apart = await graph.ask(places_alone(relation, "key source { name }"), email=ADA)

    assert routes(alone) == routes(before) == routes(apart)
    assert before.data["learner"]["places"] == apart.data["learner"]["places"]
    assert before.data["learner"][relation] == alone.data["learner"][relation]


async def test_a_list_at_a_place_that_was_read_to_be_merged_can_be_gone_on_with(
    graph: Graph,
) -> None:
    """She goes by two ids at SCORM Cloud: one list after the other, but read at once."""
    page = "completions(first: %d%s) { nodes { key } pageInfo { hasNextPage endCursor } }"
    places = 'places(sources: ["demo-scorm-cloud"]) { %s }'
    whole = await graph.ask(f'{{ learner(email: "{ADA}") {{ {places % (page % (100, ""))} }} }}')
    wanted = keys(whole.data["learner"]["places"][0]["completions"]["nodes"])
    for first in range(1, len(wanted) + 1):
        begun = await graph.ask(
            merged("completions", more=places % (page % (first, ""))), email=ADA
        )
        shown = begun.data["learner"]["places"][0]["completions"]
        assert keys(shown["nodes"]) == wanted[:first]
        assert shown["pageInfo"]["hasNextPage"] is (first < len(wanted))
        if first < len(wanted):
            after = f', after: "{shown["pageInfo"]["endCursor"]}"'
            rest = await graph.ask(
                f'{{ learner(email: "{ADA}") {{ {places % (page % (99, after))} }} }}'
            )
            assert keys(rest.data["learner"]["places"][0]["completions"]["nodes"]) == wanted[first:]


@pytest.mark.parametrize("relation", TIMES)
@pytest.mark.parametrize("source", list(SOURCES)[:3])
async def test_a_source_that_is_down_costs_its_rows_and_its_error_has_a_cursor_for_them(
    graph: Graph, source: str, relation: str
) -> None:
    wanted = await in_order(graph, relation)
    await graph.fault(SOURCES[source], "status", status=503)

    answer = await graph.ask(merged(relation), email=ADA)

    assert named(answer.data["learner"][relation]["nodes"]) == [
        each for each in wanted if each[0] != source
    ]
    assert coverage(answer, relation)[source] == "PARTIAL"
    search, error = answer.errors
    assert (search["path"], error["path"]) == (["learner"], ["learner", relation])
    assert error["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert error["extensions"]["source"] == source
    await graph.heal()
    rows, errors = await walked(graph, relation, error["extensions"]["cursor"], first=2)
    assert rows == [each for each in wanted if each[0] == source] and not errors


@pytest.mark.parametrize("source", list(SOURCES)[:3])
async def test_a_source_that_goes_down_in_a_walk_is_told_once_and_resumed_from_there(
    graph: Graph, source: str
) -> None:
    wanted = await in_order(graph, "completions")
    begun = await graph.ask(merged("completions"), email=ADA, first=5)
    page = begun.data["learner"]["completions"]
    await graph.fault(SOURCES[source], "status", status=503)

    rows, errors = await walked(graph, "completions", page["pageInfo"]["endCursor"], first=3)
    await graph.heal()
    told = [each for each in errors if each["path"] == ["learner", "completions"]]
    later, _ = await walked(graph, "completions", told[0]["extensions"]["cursor"], first=3)

    assert len(told) == 1
    assert named(page["nodes"]) == wanted[:5]
    assert rows == [each for each in wanted[5:] if each[0] != source]
    assert later == [each for each in wanted[5:] if each[0] == source]


async def test_completions_that_cant_be_read_cost_nothing_else(graph: Graph) -> None:
    await graph.fault("bindbee", "status", status=503, path="/completions")

    answer = await graph.ask(merged("completions", more="users { key }"), email=ADA)

    (error,) = answer.errors
    assert error["path"] == ["learner", "completions"]
    assert coverage(answer, "completions")["demo-bindbee"] == "PARTIAL"
    assert answer.data["learner"]["completions"]["nodes"]


@pytest.mark.parametrize("path", ["", "/completions"])
def test_a_slow_source_is_not_waited_for_alone(path: str) -> None:
    """Whether it is slow in everything or only in what is to be merged."""

    async def ask() -> tuple[Answer, float]:
        async with opened(settings(request_timeout=4.0)) as graph:
            await graph.fault("bindbee", "slow", delay=3600, path=path)
            loop = asyncio.get_running_loop()
            began = loop.time()
            return await graph.ask(merged("completions"), email=ADA), loop.time() - began

    answer, seconds = at_once(ask())

    assert seconds == pytest.approx(2.0)
    assert {source for source, _ in named(answer.data["learner"]["completions"]["nodes"])} == {
        "demo-stackone",
        "demo-scorm-cloud",
    }
    assert coverage(answer, "completions")["demo-bindbee"] == "PARTIAL"
    error = answer.errors[-1]
    assert error["extensions"]["code"] == "UPSTREAM_TIMEOUT"
    assert error["extensions"]["source"] == "demo-bindbee" and error["extensions"]["cursor"]


async def test_more_rows_than_are_merged_are_told_and_not_claimed_to_be_all() -> None:
    def registration(number: int) -> Row:
        return {
            "id": f"r{number:04}",
            "learner": {"id": ADA},
            "course": {"id": "c1"},
            "registrationCompletion": "COMPLETED",
            "completedDate": f"2026-01-01T00:{number // 60:02}:{number % 60:02}Z",
        }

    async def registrations(request: Request) -> JSONResponse:
        return JSONResponse({"registrations": [registration(number) for number in range(1_100)]})

    only = Starlette(routes=[Route("/scormcloud/api/v2/registrations", registrations)])
    own = settings(only=["demo-scorm-cloud"])
    async with opened(own, transport=httpx.ASGITransport(only)) as other:
        answer = await other.ask(merged("completions"), email=ADA, first=2)
        page = answer.data["learner"]["completions"]
        later = await other.ask(
            merged("completions"), email=ADA, first=2, after=page["pageInfo"]["endCursor"]
        )

    assert keys(page["nodes"]) == ["r0999", "r0998"]
    assert keys(later.data["learner"]["completions"]["nodes"]) == ["r0997", "r0996"]
    assert coverage(answer, "completions") == coverage(later, "completions")
    assert coverage(answer, "completions") == {"demo-scorm-cloud": "PARTIAL"}
    assert answer.codes == ["UPSTREAM_TOO_LARGE"] and not later.errors


async def test_learners_as_entities_answer_the_same_and_are_read_together(graph: Graph) -> None:
    known = [row["email"] for row in expected("B").users() if row["email"]]
    people = [ADA, *(email for email in dict.fromkeys(known) if email != ADA)][:8]
    fields = """email completions(first: 3) { nodes { key source { name } }
      coverage { source { name } completeness } } assignments(first: 3) { nodes { key } }"""
    asked = [await graph.ask(f'{{ learner(email: "{each}") {{ {fields} }} }}') for each in people]

    answer = await graph.ask(
        f"""query ($of: [_Any!]!) {{
          _entities(representations: $of) {{ ... on Learner {{ {fields} }} }} }}""",
        of=[{"__typename": "Learner", "email": each} for each in people],
    )

    assert not answer.errors
    assert answer.data["_entities"] == [each.data["learner"] for each in asked]
    assert routes(answer)["demo-bindbee", "GET /api/lms/v1/completions"] <= 4
