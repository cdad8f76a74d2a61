"""One person across all sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
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
