"""What SCORM Cloud's Course Service can be asked: every read, with every parameter."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from resolvers import ids
from sandbox.scormcloud.library import FAILED_JOB
from tests.graph.asking import Answer, Graph
from tests.graph.upstream import asked

CLOUD = "demo-scorm-cloud"
JOB = ids.encode("CourseImport", CLOUD, FAILED_JOB)

LIST = """query($filter: CourseFilter, $order: CourseOrder, $after: String) {
  courses(first: 5, sources: ["demo-scorm-cloud"], filter: $filter, orderBy: $order, after: $after)
  { nodes { id key PARTS } pageInfo { endCursor hasNextPage } } }"""

METADATA = "scormCloud { metadata { title } }"
COUNT = "scormCloud { registrationCount }"
T = "2026-01-31T09:30:00Z"
SINCE, UNTIL = {"since": T}, {"until": T}


async def some_course(graph: Graph) -> dict[str, Any]:
    """A course of several versions."""
    parts = LIST.replace("first: 5", "first: 60").replace(
        "PARTS", "scormCloud { versions { version } }"
    )
    nodes = (await graph.ask(parts)).data["courses"]["nodes"]
    found = next(node for node in nodes if len(node["scormCloud"]["versions"]) > 1)
    await graph.forget()
    return dict(found)


async def params(graph: Graph) -> list[dict[str, str]]:
    """What each request asked for."""
    return [found for _, found in asked(await graph.requests(), "scormcloud")]


LISTED: list[tuple[dict[str, Any], str, dict[str, str]]] = [
    ({"filter": {"createdFrom": T}}, "", {"datetimeFilter": "created", **SINCE}),
    ({"filter": {"createdUntil": T}}, "", {"datetimeFilter": "created", **UNTIL}),
    (
        {"filter": {"updatedFrom": T, "updatedUntil": T}},
        "",
        {"datetimeFilter": "updated", **SINCE, **UNTIL},
    ),
    ({"filter": {"tags": ["a", "b"]}}, "", {"tags": "a,b"}),
    ({"filter": {"key": "x"}}, "", {"filter": "x", "filterBy": "course_id"}),
    ({"filter": {"title": "x"}}, "", {"filter": "x", "filterBy": "title"}),
    ({"filter": {"tag": "x"}}, "", {"filter": "x", "filterBy": "tags"}),
    *(
        ({"order": f"{name}_{way}".upper()}, "", {"orderBy": f"{name}_{way}"})
        for name in ("created", "updated", "title")
        for way in ("asc", "desc")
    ),
    ({}, METADATA, {"includeCourseMetadata": "true"}),
    ({}, COUNT, {"includeRegistrationCount": "true"}),
]


@pytest.mark.parametrize(("given", "parts", "expected"), LISTED)
async def test_courses_are_listed_by_every_parameter(
    graph: Graph, given: dict[str, Any], parts: str, expected: dict[str, str]
) -> None:
    answer = await graph.ask(LIST.replace("PARTS", parts), **given)
    assert answer.errors == []
    assert (await params(graph))[0] == expected


async def test_a_list_goes_on_with_its_token_alone(graph: Graph) -> None:
    query = LIST.replace("PARTS", METADATA).replace("first: 5", "first: 10")
    first = await graph.ask(query, order="TITLE_ASC")
    after = first.data["courses"]["pageInfo"]["endCursor"]
    await graph.forget()
    answer = await graph.ask(query, order="TITLE_ASC", after=after)
    assert answer.errors == []
    assert [set(each) for each in await params(graph)] == [{"more"}]


async def test_a_list_is_asked_how_long_it_is_where_many_courses_are_named(graph: Graph) -> None:
    named = [ids.encode("Course", CLOUD, f"none {each}") for each in range(30)]
    answer = await graph.ask(
        LIST.replace("first: 5", "first: 50").replace("PARTS", ""), filter={"ids": named}
    )
    assert answer.data["courses"]["nodes"] == []
    assert (await params(graph))[0] == {"includeTotalCount": "true"}


ONE = "query($c: ID!) { course(id: $c) { PARTS } }"
READS: list[tuple[str, str, dict[str, str]]] = [
    (f"title {METADATA}", "", {"includeCourseMetadata": "true"}),
    (f"title {COUNT}", "", {"includeRegistrationCount": "true"}),
    ("scormCloud { tags }", "/tags", {}),
    ("scormCloud { files { path size modifiedAt } }", "/asset/list", {}),
    ("scormCloud { configuration { key } }", "/configuration", {}),
    (
        "scormCloud { configuration { metadata { dataType } } }",
        "/configuration",
        {"includeMetadata": "true"},
    ),
    (
        f'scormCloud {{ versions(since: "{T}", until: "{T}") {{ metadata {{ title }} }} }}',
        "/versions",
        {"includeCourseMetadata": "true", **SINCE, **UNTIL},
    ),
    (
        "scormCloud { versions { registrationCount } }",
        "/versions",
        {"includeRegistrationCount": "true"},
    ),
    (
        "scormCloud { versionByNumber(number: 0) { registrationCount metadata { title } } }",
        "/versions/0",
        {"includeRegistrationCount": "true", "includeCourseMetadata": "true"},
    ),
    (
        "scormCloud { versionByNumber(number: 0) { configuration { metadata { level } } } }",
        "/versions/0/configuration",
        {"includeMetadata": "true"},
    ),
    (
        "scormCloud { versionByNumber(number: 0) { files { path } } }",
        "/versions/0/asset/list",
        {},
    ),
]
LEARNER = ids.encode("User", CLOUD, "somebody")
TERMS = f'user: "{LEARNER}", since: "{T}", until: "{T}"'
NARROWED = f"statements(first: 1, {TERMS}) {{ nodes {{ key }} }}"
NARROW = {"learnerId": "somebody", **SINCE, **UNTIL}
READS += [
    (f"scormCloud {{ {NARROWED} }}", "/xAPIStatements", NARROW),
    (
        f"scormCloud {{ versionByNumber(number: 0) {{ {NARROWED} }} }}",
        "/versions/0/xAPIStatements",
        NARROW,
    ),
]


def named(name: Any) -> str:
    return name if isinstance(name, str) and name.startswith("/") else ""


@pytest.mark.parametrize(("parts", "path", "expected"), READS, ids=named)
async def test_a_course_is_read_by_every_parameter(
    graph: Graph, parts: str, path: str, expected: dict[str, str]
) -> None:
    course = await some_course(graph)
    answer = await graph.ask(ONE.replace("PARTS", parts), c=course["id"])
    assert answer.errors == []
    base = f"/api/v2/courses/{quote(course['key'], safe='')}"
    log = await graph.requests()
    (seen,) = (each for each in log if each["path"] == base + path)
    assert asked([seen], "scormcloud")[0][1] == expected
    assert not _has_null(answer.data)


def _has_null(value: Any) -> bool:
    """Whether anything but a package's own words is null."""
    if isinstance(value, dict):
        words = ("metadata",)
        return any(_has_null(each) for name, each in value.items() if name not in words)
    return any(map(_has_null, value)) if isinstance(value, list) else value is None


@pytest.mark.parametrize("version", [False, True])
async def test_statements_go_on_with_their_token_alone(graph: Graph, version: bool) -> None:
    course = await busiest(graph)
    below = "versionByNumber(number: 0) { STATEMENTS }" if version else "STATEMENTS"
    parts = below.replace(
        "STATEMENTS",
        'statements(first: 10, after: $after, since: "2001-01-01T00:00:00Z")'
        " { nodes { key } pageInfo { endCursor } }",
    )
    query = f"query($c: ID!, $after: String) {{ course(id: $c) {{ scormCloud {{ {parts} }} }} }}"

    def page(answer: Answer) -> dict[str, Any]:
        assert answer.errors == []
        facet = answer.data["course"]["scormCloud"]
        found: dict[str, Any] = (facet["versionByNumber"] if version else facet)["statements"]
        return found

    first = page(await graph.ask(query, c=course))
    await graph.forget()
    second = page(await graph.ask(query, c=course, after=first["pageInfo"]["endCursor"]))
    assert len(first["nodes"]) == 10 and second["nodes"]
    assert not {each["key"] for each in first["nodes"]} & {each["key"] for each in second["nodes"]}
    statements = [each for each in await graph.requests() if "xAPIStatements" in each["path"]]
    assert [set(each) for _, each in asked(statements, "scormcloud")] == [{"more"}]


async def busiest(graph: Graph) -> str:
    """Id of the course with the most registrations in its first version."""
    answer = await graph.ask("""{ source(name: "demo-scorm-cloud") { courses(first: 100) { nodes {
      id scormCloud { versionByNumber(number: 0) { registrationCount } } } } } }""")
    nodes = answer.data["source"]["courses"]["nodes"]
    counted = [
        (node["scormCloud"]["versionByNumber"]["registrationCount"], node["id"])
        for node in nodes
        if node["scormCloud"]["versionByNumber"]
    ]
    return str(max(counted)[1])


async def test_files_and_zips_of_versions_are_their_own(graph: Graph) -> None:
    course = await some_course(graph)
    parts = 'zip { url } file(path: "imsmanifest.xml") { url } files { path }'
    query = ONE.replace("PARTS", f"scormCloud {{ versionByNumber(number: 0) {{ {parts} }} }}")
    answer = await graph.ask(query, c=course["id"])
    found = answer.data["course"]["scormCloud"]["versionByNumber"]
    await graph.forget()
    (path, *_) = [each["path"] for each in found["files"]]
    query = query.replace("imsmanifest.xml", path)
    found = (await graph.ask(query, c=course["id"])).data["course"]["scormCloud"]["versionByNumber"]
    await graph.forget()
    assert (await graph.client.get(found["zip"]["url"])).status_code == 200
    assert (await graph.client.get(found["file"]["url"])).status_code == 200
    base = f"/api/v2/courses/{quote(course['key'], safe='')}/versions/0"
    log = await graph.requests()
    assert [each["path"] for each in log] == [f"{base}/zip", f"{base}/asset"]
    assert asked(log, "scormcloud")[1][1] == {"relativePath": path}


TROUBLE = sorted({(parts, path) for parts, path, _ in READS})


@pytest.mark.parametrize(("parts", "path"), TROUBLE, ids=named)
async def test_a_read_that_fails_is_null_with_its_error(
    graph: Graph, parts: str, path: str
) -> None:
    course = await some_course(graph)
    place = f"/courses/{quote(course['key'], safe='')}{path}"
    await graph.fault("scormcloud", "status", status=500, path=place)
    answer = await graph.ask(ONE.replace("PARTS", parts), c=course["id"])
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    assert answer.errors[0]["extensions"]["source"] == CLOUD


@pytest.mark.parametrize(("parts", "path"), TROUBLE, ids=named)
async def test_what_is_not_there_is_null(graph: Graph, parts: str, path: str) -> None:
    missing = ids.encode("Course", CLOUD, "none")
    answer = await graph.ask(ONE.replace("PARTS", parts), c=missing)
    assert (answer.data, answer.errors) == ({"course": None}, [])


async def test_a_version_that_is_not_there_is_null(graph: Graph) -> None:
    course = await some_course(graph)
    parts = "title scormCloud { versionByNumber(number: 99) { title files { path } } }"
    answer = await graph.ask(ONE.replace("PARTS", parts), c=course["id"])
    assert answer.errors == []
    assert answer.data["course"]["scormCloud"] == {"versionByNumber": None}


async def test_a_zip_that_is_not_there_is_not_found(graph: Graph) -> None:
    course = await some_course(graph)
    parts = "scormCloud { zip { url } versionByNumber(number: 0) { zip { url } } }"
    found = (await graph.ask(ONE.replace("PARTS", parts), c=course["id"])).data["course"]
    facet = found["scormCloud"]
    await graph.fault("scormcloud", "status", status=404, path="/zip")
    for each in (facet, facet["versionByNumber"]):
        response = await graph.client.get(each["zip"]["url"])
        assert response.status_code == 404
        assert response.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_an_import_is_read_by_its_id(graph: Graph) -> None:
    query = "query($i: ID!) { courseImport(id: $i) { key status message } }"
    answer = await graph.ask(query, i=JOB)
    assert answer.data["courseImport"]["status"] == "ERROR"
    assert [call["route"] for call in answer.calls] == ["GET /courses/importJobs/{}"]
    unknown = await graph.ask(query, i=ids.encode("CourseImport", CLOUD, "never"))
    assert (unknown.data, unknown.errors) == ({"courseImport": None}, [])
    await graph.fault("scormcloud", "status", status=400, path="importJobs")
    assert (await graph.ask(query, i=JOB)).codes == ["UPSTREAM_REJECTED"]


async def test_a_list_that_is_refused_is_an_error(graph: Graph) -> None:
    await graph.fault("scormcloud", "status", status=400, path="/courses")
    answer = await graph.ask(LIST.replace("PARTS", ""))
    assert answer.codes == ["UPSTREAM_REJECTED"]
