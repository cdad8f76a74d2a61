"""Every parameter that VitalSource documents is sent for something that a query asks for, and every
field that it documents is shown.

https://developer.vitalsource.com/hc/en-us/articles/360025486773 and the three pages beside it.
"""

from __future__ import annotations

from typing import Any

import pytest

from resolvers import ids
from tests.graph.asking import Graph
from tests.graph.upstream import asked

SOURCE = "demo-vitalsource"

AT = "2025-03-02T09:00:00+01:00"
SENT_AT = "2025-03-02T08:00:00Z"

PERIODS = {
    "createdFrom": "created_from",
    "createdUntil": "created_until",
    "updatedFrom": "updated_from",
    "updatedUntil": "updated_until",
}
"""By the graph's argument, the parameter."""

FIRST = "first: 2, after: $after"
LISTS = {
    "courses": (
        f'courses({FIRST}, sources: ["{SOURCE}"], filter: {{ TIMES }}) {{ PAGE }}',
        ["courses"],
    ),
    "users": (
        f'users({FIRST}, sources: ["{SOURCE}"], filter: {{ courses: [$course] TIMES }}) {{ PAGE }}',
        ["users"],
    ),
    "assignments": (
        f'assignments({FIRST}, sources: ["{SOURCE}"], '
        "filter: { courses: [$course] TIMES }) { PAGE }",
        ["assignments"],
    ),
    "roster": (
        f"course(id: $course) {{ assignments({FIRST}) {{ PAGE }} }}",
        ["course", "assignments"],
    ),
    "optOuts": (
        f"course(id: $course) {{ vitalSource {{ optOuts({FIRST} TIMES) {{ PAGE }} }} }}",
        ["course", "vitalSource", "optOuts"],
    ),
}
"""By name: how a list is asked, and the way to it in the answer."""

PATHS = {
    "courses": "courses",
    "users": "rosters",
    "assignments": "rosters",
    "roster": "rosters",
    "optOuts": "opt_outs",
}
"""By name of a list, the last part of the path that gives it."""


async def course_id(graph: Graph) -> str:
    """A course that many take."""
    answer = await graph.ask(
        '{ source(name: "demo-vitalsource") { courses(first: 30) { nodes { id assignments(first: 5)'
        " { pageInfo { hasNextPage } } } } } }"
    )
    nodes = answer.data["source"]["courses"]["nodes"]
    await graph.forget()
    found: str = next(
        each["id"] for each in nodes if each["assignments"]["pageInfo"]["hasNextPage"]
    )
    return found


async def listed(
    graph: Graph, name: str, course: str, after: str | None = None, times: str = ""
) -> tuple[Any, list[dict[str, Any]]]:
    """A page of a list, and the errors."""
    asked_for, way = LISTS[name]
    text = asked_for.replace("TIMES", times).replace("PAGE", "nodes { key } pageInfo { endCursor }")
    uses = "$course: ID!, " * ("$course" in text)
    answer = await graph.ask(
        f"query ({uses}$after: String) {{ {text} }}", course=course, after=after
    )
    found = answer.data
    for part in way:
        found = found and found[part]
    return found, answer.errors


async def sent(graph: Graph, name: str) -> list[dict[str, str]]:
    """The parameters that a list was asked with."""
    calls = asked(await graph.requests(), "vitalsource")
    return [params for path, params in calls if path == PATHS[name]]


@pytest.mark.parametrize("name", LISTS)
async def test_pages_are_asked_for_by_number_and_size(graph: Graph, name: str) -> None:
    course = await course_id(graph)
    page, _ = await listed(graph, name, course)
    following, _ = await listed(graph, name, course, page["pageInfo"]["endCursor"])

    pages = [(each["page"], each["per_page"]) for each in await sent(graph, name)]
    # What relations give first is one row longer, which shows whether there are more.
    is_relation = name in ("roster", "optOuts")
    assert pages == [("1", "3")] * is_relation + [("1", "2"), ("2", "2")]
    assert len({each["key"] for each in (*page["nodes"], *following["nodes"])}) == 4


@pytest.mark.parametrize(
    ("name", "argument"),
    [(name, each) for name in LISTS if name != "roster" for each in PERIODS],
)
async def test_a_period_reaches_the_wire(graph: Graph, name: str, argument: str) -> None:
    course = await course_id(graph)

    _, errors = await listed(graph, name, course, times=f'{argument}: "{AT}"')

    assert errors == []
    (params,) = await sent(graph, name)
    size = {"page": "1", "per_page": "2"}
    assert params == {**size, PERIODS[argument]: SENT_AT}


async def raw(graph: Graph, path: str) -> Any:
    """An answer of VitalSource's own."""
    headers = {"X-VitalSource-API-Key": "DEMOKEY"}
    answer = await graph.sandbox.get(f"/vitalsource/api/v4/{path}", headers=headers)
    assert answer.status_code == 200
    return answer.json()


COURSE = """{
  id: key title status statusText externalReference remoteId startsOn endsOn createdAt updatedAt
  vitalSource { tenantId termId name title label lmsContextId censusOn optOutOn isActive }
}"""


def as_documented(course: dict[str, Any]) -> dict[str, Any]:
    """A course of the graph's under the names of the vendor's page."""
    facet = course["vitalSource"]
    return {
        "id": course["id"],
        "tenant_id": facet["tenantId"],
        "term_id": facet["termId"],
        "name": facet["name"],
        "title": facet["title"],
        "label": facet["label"],
        "lms_context_id": facet["lmsContextId"],
        "sis_id": course["externalReference"],
        "lms_course_id": course["remoteId"],
        "start_date": course["startsOn"],
        "end_date": course["endsOn"],
        "census_date": facet["censusOn"],
        "opt_out_date": facet["optOutOn"],
        "active": facet["isActive"],
        "created_at": course["createdAt"],
        "updated_at": course["updatedAt"],
    }


def in_text(row: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """A row's values, whole numbers as text, missing ones as null."""
    values = {name: row.get(name) for name in names}
    return {name: str(value) if type(value) is int else value for name, value in values.items()}


async def test_every_documented_field_of_a_course_is_shown_by_the_list_and_by_its_id(
    graph: Graph,
) -> None:
    answer = await graph.ask(
        f'{{ courses(first: 100, sources: ["{SOURCE}"]) {{ nodes {COURSE} }} }}'
    )
    assert answer.errors == []
    rows = {str(each["id"]): each for each in (await raw(graph, "courses"))["courses"]}
    for course in answer.data["courses"]["nodes"]:
        shown = as_documented(course)
        assert shown == in_text(rows[course["id"]], list(shown))
        assert course["title"] == (shown["title"] or course["id"])
    key = answer.data["courses"]["nodes"][0]["id"]
    await graph.forget()

    one = await graph.ask(
        f"query ($id: ID!) {{ course(id: $id) {COURSE} }}", id=ids.encode("Course", SOURCE, key)
    )

    assert one.errors == []
    assert one.data["course"] == answer.data["courses"]["nodes"][0]
    assert [call["route"] for call in one.calls] == ["GET /courses/{}"]


async def test_every_documented_field_of_a_roster_is_shown(graph: Graph) -> None:
    course = await course_id(graph)
    answer = await graph.ask(
        """query ($course: ID!) {
          users(first: 100, sources: ["demo-vitalsource"], filter: { courses: [$course] }) { nodes {
            key firstName lastName email createdAt updatedAt
            vitalSource { tenantId course { key } }
          } }
        }""",
        course=course,
    )

    assert answer.errors == []
    own = ids.decode(course).key
    rows = (await raw(graph, f"courses/{own}/rosters"))["rosters"][:100]
    names = ["id", "tenant_id", "course_id", "first_name", "last_name"]
    names += ["bookshelf_email_address", "created_at", "updated_at"]
    assert [
        [
            user["key"].removeprefix(f"{own}/"),
            user["vitalSource"]["tenantId"],
            user["vitalSource"]["course"]["key"],
            user["firstName"],
            user["lastName"],
            user["email"],
            user["createdAt"],
            user["updatedAt"],
        ]
        for user in answer.data["users"]["nodes"]
    ] == [list(in_text(row, names).values()) for row in rows]


# What is documented to go wrong.


@pytest.mark.parametrize(
    ("status", "code"), [(401, "UPSTREAM_AUTH_FAILED"), (429, "UPSTREAM_RATE_LIMITED")]
)
@pytest.mark.parametrize("name", LISTS)
async def test_a_refused_key_and_a_used_up_quota_are_errors(
    graph: Graph, name: str, status: int, code: str
) -> None:
    course = await course_id(graph)
    path = PATHS[name]
    await graph.fault("vitalsource", "status", status=status, retry_after="15", path=path)

    page, errors = await listed(graph, name, course)

    assert not (page and page["nodes"])
    (error,) = errors
    assert (error["extensions"]["code"], error["extensions"]["source"]) == (code, SOURCE)
    if status == 429:
        assert error["extensions"]["retryAfterMs"] == 15_000


@pytest.mark.parametrize(
    ("status", "code"), [(401, "UPSTREAM_AUTH_FAILED"), (429, "UPSTREAM_RATE_LIMITED")]
)
async def test_so_they_are_of_a_single_course(graph: Graph, status: int, code: str) -> None:
    course = await course_id(graph)
    await graph.fault("vitalsource", "status", status=status, retry_after="15", path="/courses/")

    answer = await graph.ask("query ($id: ID!) { course(id: $id) { title } }", id=course)

    assert answer.data == {"course": None}
    assert answer.codes == [code]


async def test_of_a_course_that_isnt_there_there_is_nothing(graph: Graph) -> None:
    missing = ids.encode("Course", SOURCE, "424242")
    one = await graph.ask("query ($id: ID!) { course(id: $id) { title } }", id=missing)
    roster, errors = await listed(graph, "users", missing)

    assert (one.data, one.errors) == ({"course": None}, [])
    assert (roster["nodes"], errors) == ([], [])
    assert [call["status"] for call in one.calls] == [404]


async def test_opt_outs_of_a_course_that_went_meanwhile_are_none(graph: Graph) -> None:
    course = await course_id(graph)
    await graph.fault("vitalsource", "status", status=404, path="/opt_outs")

    page, errors = await listed(graph, "optOuts", course)

    assert (page["nodes"], errors) == ([], [])
