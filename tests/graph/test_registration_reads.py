"""What SCORM Cloud's Registration and Learner Services can be asked: every read, with every
parameter."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from resolvers import ids
from tests.graph.asking import Answer, Graph
from tests.graph.test_registration_changes import of, some
from tests.graph.upstream import asked
from tests.graph.wiretap import SOURCE, change, tapped

T = "2026-01-31T09:30:00Z"
SINCE, UNTIL = {"since": T}, {"until": T}

LISTS = {
    "assignments": """query($filter: AssignmentFilter, $order: RecordOrder, $after: String) {
      assignments(first: 10, sources: ["demo-scorm-cloud"], filter: $filter, orderBy: $order,
        after: $after) { nodes { id PARTS } pageInfo { endCursor } } }""",
    "completions": """query($filter: CompletionFilter, $order: RecordOrder, $after: String) {
      completions(first: 3, sources: ["demo-scorm-cloud"], filter: $filter, orderBy: $order,
        after: $after) { nodes { id PARTS } pageInfo { endCursor } } }""",
}

CHILDREN = "scormCloud { activityDetails { children { title } } }"
OBJECTIVES = "scormCloud { objectives { objectiveId } }"
RUNTIME = "scormCloud { activityDetails { children { runtime { interactions { result } } } } }"
ALL = ("includeChildResults", "includeInteractionsAndObjectives", "includeRuntime")
COURSE = ids.encode("Course", SOURCE, "GEO-2516")
USER = ids.encode("User", SOURCE, "ada.byron@academy.example")
CONTAINED = ("courseTitle", "userFirstName", "userLastName", "tag", "key")
FIELDS = ("course_title", "learner_first_name", "learner_last_name", "tags", "registration_id")
ORDERS = ("COURSE_TITLE", "USER_FIRST_NAME", "USER_LAST_NAME", "CREATED", "UPDATED")
SORTED = ("course_title", "learner_first_name", "learner_last_name", "created", "updated")

LISTED: list[tuple[dict[str, Any], str, dict[str, str]]] = [
    ({"filter": {"courses": [COURSE]}}, "", {"courseId": "GEO-2516"}),
    ({"filter": {"users": [USER]}}, "", {"learnerId": "ada.byron@academy.example"}),
    ({"filter": {"createdFrom": T}}, "", {"datetimeFilter": "created", **SINCE}),
    ({"filter": {"createdUntil": T}}, "", {"datetimeFilter": "created", **UNTIL}),
    (
        {"filter": {"updatedFrom": T, "updatedUntil": T}},
        "",
        {"datetimeFilter": "updated", **SINCE, **UNTIL},
    ),
    ({"filter": {"tags": ["a", "b"]}}, "", {"tags": "a,b"}),
    *(
        ({"filter": {name: "x"}}, "", {"filter": "x", "filterBy": field})
        for name, field in zip(CONTAINED, FIELDS, strict=True)
    ),
    *(
        ({"order": f"{name}_{way}".upper()}, "", {"orderBy": f"{field}_{way}"})
        for name, field in zip(ORDERS, SORTED, strict=True)
        for way in ("asc", "desc")
    ),
    ({}, CHILDREN, {"includeChildResults": "true"}),
    ({}, OBJECTIVES, {"includeInteractionsAndObjectives": "true"}),
    ({}, RUNTIME, dict.fromkeys(ALL, "true")),
]


async def params(graph: Graph) -> list[dict[str, str]]:
    """What each request asked for."""
    return [found for _, found in asked(await graph.requests(), "scormcloud")]


@pytest.mark.parametrize("plural", LISTS)
@pytest.mark.parametrize(("given", "parts", "expected"), LISTED)
async def test_registrations_are_listed_by_every_parameter(
    graph: Graph, plural: str, given: dict[str, Any], parts: str, expected: dict[str, str]
) -> None:
    answer = await graph.ask(LISTS[plural].replace("PARTS", parts), **given)
    assert answer.errors == []
    assert {call["route"] for call in answer.calls} == {"GET /registrations"}
    assert (await params(graph))[0] == expected


async def test_a_list_goes_on_with_its_token_alone(graph: Graph) -> None:
    query = LISTS["assignments"].replace("PARTS", CHILDREN)
    first = await graph.ask(query, order="CREATED_ASC")
    await graph.forget()
    after = first.data["assignments"]["pageInfo"]["endCursor"]
    second = await graph.ask(query, order="CREATED_ASC", after=after)
    assert second.errors == [] and second.data["assignments"]["nodes"]
    assert [set(each) for each in await params(graph)] == [{"more"}]


async def test_a_list_is_asked_how_long_it_is_where_many_are_named(graph: Graph) -> None:
    named = [of(f"none {each}") for each in range(30)]
    query = LISTS["assignments"].replace("first: 10", "first: 50").replace("PARTS", "")
    answer = await graph.ask(query, filter={"ids": named})
    assert answer.data["assignments"]["nodes"] == []
    assert (await params(graph))[0] == {"includeTotalCount": "true"}


@pytest.mark.parametrize("plural", LISTS)
async def test_a_list_that_is_refused_is_an_error(graph: Graph, plural: str) -> None:
    await graph.fault("scormcloud", "status", status=400, path="/registrations")
    answer = await graph.ask(LISTS[plural].replace("PARTS", ""))
    assert answer.codes == ["UPSTREAM_REJECTED"]
    assert answer.errors[0]["extensions"]["source"] == SOURCE


# One registration, and what is below it.

ONE = "query($id: ID!) { assignment(id: $id) { PARTS } }"
INSTANCE = "scormCloud { instanceByNumber(number: 0) { PARTS } }"
CONFIGURATION = "configuration { key }"
DESCRIBED = "configuration { key metadata { dataType } }"
LAUNCHES = "launches { launchedAt }"
LOGGED = "launches { launchedAt historyLog }"
STATEMENTS = f'statements(first: 1, since: "{T}", until: "{T}") {{ nodes {{ key }} }}'
PERIOD = f'since: "{T}", until: "{T}"'

BELOW: list[tuple[str, str, dict[str, str]]] = [
    (CONFIGURATION, "/configuration", {}),
    (DESCRIBED, "/configuration", {"includeMetadata": "true"}),
    (LAUNCHES, "/launchHistory", {}),
    (LOGGED, "/launchHistory", {"includeHistoryLog": "true"}),
    (STATEMENTS, "/xAPIStatements", {**SINCE, **UNTIL}),
]
READS: list[tuple[str, str, dict[str, str]]] = [
    ("status", "", {}),
    (CHILDREN, "", {"includeChildResults": "true"}),
    (OBJECTIVES, "", {"includeInteractionsAndObjectives": "true"}),
    (RUNTIME, "", dict.fromkeys(ALL, "true")),
    (
        f"scormCloud {{ instances(first: 1, {PERIOD}) {{ nodes {{ instance }} }} }}",
        "/instances",
        {**SINCE, **UNTIL},
    ),
    (
        RUNTIME.replace("{ activity", "{ instances(first: 1) { nodes { activity") + " } }",
        "/instances",
        dict.fromkeys(ALL, "true"),
    ),
    (INSTANCE.replace("PARTS", "instance"), "/instances/0", {}),
    (
        RUNTIME.replace("{ activity", "{ instanceByNumber(number: 0) { activity") + " }",
        "/instances/0",
        dict.fromkeys(ALL, "true"),
    ),
    *((f"scormCloud {{ {parts} }}", path, expected) for parts, path, expected in BELOW),
    *(
        (INSTANCE.replace("PARTS", parts), f"/instances/0{path}", expected)
        for parts, path, expected in BELOW
    ),
]


def named(name: Any) -> str:
    return name if isinstance(name, str) and name.startswith("/") else ""


async def one(graph: Graph) -> tuple[str, str]:
    """A registration's id, and its path."""
    (id,) = await some(graph, 1)
    await graph.forget()
    return id, f"/api/v2/registrations/{quote(ids.decode(id).key, safe='')}"


@pytest.mark.parametrize(("parts", "path", "expected"), READS, ids=named)
async def test_a_registration_is_read_by_every_parameter(
    graph: Graph, parts: str, path: str, expected: dict[str, str]
) -> None:
    id, base = await one(graph)
    answer = await graph.ask(ONE.replace("PARTS", parts), id=id)
    assert answer.errors == []
    (seen,) = (each for each in await graph.requests() if each["path"] == base + path)
    assert asked([seen], "scormcloud")[0][1] == expected


@pytest.mark.parametrize(
    ("parts", "path"), sorted({(parts, path) for parts, path, _ in READS}), ids=named
)
async def test_a_read_that_fails_is_null_with_its_error(
    graph: Graph, parts: str, path: str
) -> None:
    id, base = await one(graph)
    await graph.fault("scormcloud", "status", status=500, path=base + path)
    answer = await graph.ask(ONE.replace("PARTS", parts), id=id)
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    assert answer.errors[0]["extensions"]["source"] == SOURCE


async def test_what_is_not_there_is_null(graph: Graph) -> None:
    answer = await graph.ask(ONE.replace("PARTS", "status"), id=of("none"))
    assert (answer.data, answer.errors) == ({"assignment": None}, [])
    id, _ = await one(graph)
    parts = INSTANCE.replace("number: 0", "number: 9").replace("PARTS", LAUNCHES)
    answer = await graph.ask(ONE.replace("PARTS", parts), id=id)
    assert answer.errors == []
    assert answer.data["assignment"]["scormCloud"] == {"instanceByNumber": None}


async def test_instances_go_on_with_their_token_alone(workshop: Graph) -> None:
    (id,) = await some(workshop, 1)
    for _ in range(11):
        await change(workshop, "registrationInstanceCreate", {"assignment": id})
    parts = """scormCloud { instances(first: 10, after: $after, since: "2001-01-01T00:00:00Z") {
      nodes { instance } pageInfo { endCursor hasNextPage } } }"""
    query = f"query($id: ID!, $after: String) {{ assignment(id: $id) {{ {parts} }} }}"
    first = _page(await workshop.ask(query, id=id))
    assert len(first["nodes"]) == 10 and first["pageInfo"]["hasNextPage"]
    await workshop.forget()
    second = _page(await workshop.ask(query, id=id, after=first["pageInfo"]["endCursor"]))
    log = [each for each in await workshop.requests() if each["path"].endswith("/instances")]
    assert [set(each) for _, each in asked(log, "scormcloud")] == [{"more"}]
    numbers = [each["instance"] for each in (*first["nodes"], *second["nodes"])]
    assert numbers == sorted(set(numbers), reverse=True) and numbers[-1] == 0


@pytest.mark.parametrize("below", ["PARTS", "instanceByNumber(number: 0) { PARTS }"])
async def test_statements_go_on_with_their_token_alone(below: str) -> None:
    # No course here is so long that there are more statements of a registration than fill a page.
    pages = [
        {"statements": [{"id": f"s{each}"} for each in range(10)], "more": "on"},
        {"statements": [{"id": "s10"}]},
    ]
    parts = """statements(first: 10, after: $after, since: "2001-01-01T00:00:00Z") {
      nodes { key } pageInfo { endCursor hasNextPage } }"""
    parts = f"scormCloud {{ {below.replace('PARTS', parts)} }}"
    async with tapped() as (graph, tap):
        (id,) = await some(graph, 1)
        tap.instead["/xAPIStatements"] = pages
        query = f"query($id: ID!, $after: String) {{ assignment(id: $id) {{ {parts} }} }}"
        first = _page(await graph.ask(query, id=id))
        second = _page(await graph.ask(query, id=id, after=first["pageInfo"]["endCursor"]))
    found = [each["key"] for each in (*first["nodes"], *second["nodes"])]
    assert found == [f"s{each}" for each in range(11)]
    assert [each.query for each in tap.sent if each.path.endswith("/xAPIStatements")] == [
        {"since": "2001-01-01T00:00:00Z"},
        {"more": "on"},
    ]


def _page(answer: Answer) -> dict[str, Any]:
    assert answer.errors == []
    return _list(answer.data["assignment"]["scormCloud"])


def _list(facet: dict[str, Any]) -> dict[str, Any]:
    """The only list in a facet, or in the instance that it shows."""
    (found,) = facet.values()
    return found if "nodes" in found else _list(found)


# Learners, and the service itself.

LEARNER = "query($id: ID!) { user(id: $id) { key scormCloud { tags } } }"


async def test_tags_of_a_learner_are_read(graph: Graph) -> None:
    answer = await graph.ask(LEARNER, id=USER)
    assert answer.errors == []
    assert isinstance(answer.data["user"]["scormCloud"]["tags"], list)
    log = await graph.requests()
    assert log[-1]["path"].endswith("/learner/ada.byron%40academy.example/tags")
    await graph.fault("scormcloud", "status", status=500, path="/learner")
    answer = await graph.ask(LEARNER, id=USER)
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    assert answer.data["user"]["scormCloud"] == {"tags": None}


@pytest.mark.parametrize("name", ["ping", "about"])
async def test_a_service_that_fails_does_not_say_what_it_is(graph: Graph, name: str) -> None:
    parts = {"ping": "ping { message }", "about": "about { version }"}[name]
    query = f"query($s: String!) {{ source(name: $s) {{ scormCloud {{ {parts} }} }} }}"
    assert (await graph.ask(query, s=SOURCE)).errors == []
    assert [each["path"] for each in await graph.requests()] == [f"/api/v2/{name}"]
    await graph.fault("scormcloud", "status", status=401, path=f"/{name}")
    answer = await graph.ask(query, s=SOURCE)
    assert answer.codes == ["UPSTREAM_AUTH_FAILED"]
    assert answer.data["source"]["scormCloud"] == {name: None}
