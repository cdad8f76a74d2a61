"""What holds for every mutation: one write, what it changed read anew, and who is told what."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import httpx
import msgspec
import pytest

from graph.app import Application
from graph.engine import PLANNED
from tests.graph.asking import EXPLAIN, Graph, opened, settings

TITLE = """mutation($course: ID!, $title: String!) {
  courseTitleSet(input: {course: $course, title: $title}) {
    course { title }
    userErrors { field message code }
  }
}"""

SCORM = ["demo-scorm-cloud"]


async def a_course(graph: Graph, source: str = "demo-scorm-cloud") -> dict[str, Any]:
    query = "query($s: String!) { source(name: $s) { courses(first: 1) { nodes { id title } } } }"
    answer = await graph.ask(query, s=source)
    found: dict[str, Any] = answer.data["source"]["courses"]["nodes"][0]
    return found


async def test_a_change_costs_one_call_and_reading_what_it_changed_another(workshop: Graph) -> None:
    course = await a_course(workshop)
    answer = await workshop.ask(TITLE, course=course["id"], title="Fire safety, revised")
    assert answer.errors == []
    assert answer.data == {
        "courseTitleSet": {"course": {"title": "Fire safety, revised"}, "userErrors": []}
    }
    assert [call["route"] for call in answer.calls] == [
        "PUT /courses/{}/title",
        "GET /courses/{}",
    ]


async def test_what_is_not_asked_for_is_not_read(workshop: Graph) -> None:
    course = await a_course(workshop)
    query = (
        "mutation($i: CourseTitleSetInput!) { courseTitleSet(input: $i) { userErrors { code } } }"
    )
    answer = await workshop.ask(query, i={"course": course["id"], "title": "New"})
    assert answer.data == {"courseTitleSet": {"userErrors": []}}
    assert [call["route"] for call in answer.calls] == ["PUT /courses/{}/title"]


async def test_each_of_several_changes_shows_what_it_found(workshop: Graph) -> None:
    course = await a_course(workshop)
    query = """mutation($c: ID!) {
      a: courseTitleSet(input: {course: $c, title: "First"}) { course { title } }
      b: courseTitleSet(input: {course: $c, title: "Second"}) { course { title } }
      c: courseTagsReplace(input: {course: $c, tags: ["x", "y"]}) { course { title tags } }
    }"""
    answer = await workshop.ask(query, c=course["id"])
    assert answer.errors == []
    assert answer.data == {
        "a": {"course": {"title": "First"}},
        "b": {"course": {"title": "Second"}},
        "c": {"course": {"title": "Second", "tags": ["x", "y"]}},
    }


async def test_a_refusal_is_told_to_the_user_in_the_source_s_words(workshop: Graph) -> None:
    course = await a_course(workshop)
    await workshop.ask(
        "mutation($c: ID!) { courseDelete(input: {course: $c}) { deletedId } }", c=course["id"]
    )
    answer = await workshop.ask(TITLE, course=course["id"], title="Too late")
    assert answer.errors == []
    (error,) = answer.data["courseTitleSet"]["userErrors"]
    assert (error["field"], error["code"]) == (["course"], "NOT_FOUND")
    assert error["message"].startswith("demo-scorm-cloud: Could not find course [")
    assert answer.data["courseTitleSet"]["course"] is None


async def test_a_source_of_somebody_else_s_has_nothing(workshop: Graph) -> None:
    text = base64.urlsafe_b64encode(b"Course:not-mine:1").decode().rstrip("=")
    answer = await workshop.ask(TITLE, course=text, title="Mine now")
    (error,) = answer.data["courseTitleSet"]["userErrors"]
    assert (error["field"], error["code"]) == (["course"], "NOT_FOUND")
    assert answer.calls == []


async def test_a_source_that_cannot_change_says_so_by_name(workshop: Graph) -> None:
    course = await a_course(workshop, "demo-vitalsource")
    answer = await workshop.ask(TITLE, course=course["id"], title="New")
    assert answer.data == {"courseTitleSet": None}
    (error,) = answer.errors
    assert error["extensions"]["code"] == "UNSUPPORTED"
    assert error["extensions"]["source"] == "demo-vitalsource"
    assert error["message"].endswith("no such change; sources at SCORM Cloud do")
    assert answer.calls == []


async def test_an_id_of_another_type_is_bad_input(workshop: Graph) -> None:
    query = "{ users(first: 1) { nodes { id } } }"
    user = (await workshop.ask(query)).data["users"]["nodes"][0]
    answer = await workshop.ask(TITLE, course=user["id"], title="New")
    assert answer.codes == ["BAD_USER_INPUT"]
    assert "one of a Course is needed" in answer.errors[0]["message"]


@pytest.mark.parametrize("status", [500, 502, 504, 408])
async def test_a_lost_answer_leaves_the_outcome_unknown_and_says_what_to_check(
    workshop: Graph, status: int
) -> None:
    course = await a_course(workshop)
    await workshop.forget()
    await workshop.fault("scormcloud", "status", status=status, path="/title")
    answer = await workshop.ask(TITLE, course=course["id"], title="Perhaps")
    assert answer.codes == ["OUTCOME_UNKNOWN"]
    assert answer.errors[0]["message"].endswith("read the course's `title`")
    assert answer.errors[0]["extensions"]["retryable"] is False
    assert len(await workshop.requests()) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "UPSTREAM_AUTH_FAILED"),
        (403, "UPSTREAM_FORBIDDEN"),
        (429, "UPSTREAM_RATE_LIMITED"),
        (503, "UPSTREAM_UNAVAILABLE"),
        (501, "UNSUPPORTED"),
    ],
)
async def test_what_only_an_operator_can_put_right_is_an_error(
    workshop: Graph, status: int, code: str
) -> None:
    course = await a_course(workshop)
    await workshop.fault("scormcloud", "status", status=status, path="/title")
    answer = await workshop.ask(TITLE, course=course["id"], title="No")
    assert answer.codes == [code]
    assert answer.data == {"courseTitleSet": None}


def course_of(title: str) -> httpx.Response:
    """A course's body, yet to be read."""
    body = httpx.ByteStream(msgspec.json.encode({"id": "1", "title": title}))
    return httpx.Response(200, headers={"content-type": "application/json"}, stream=body)


async def test_a_client_that_leaves_does_not_break_a_change_off() -> None:
    began, go_on = asyncio.Event(), asyncio.Event()
    seen: list[str] = []

    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "GET":
                return course_of("One")
            began.set()
            await go_on.wait()
            seen.append(request.method)
            return httpx.Response(204, stream=httpx.ByteStream(b""))

    async with opened(settings(SCORM), transport=Slow()) as graph:
        course = base64.urlsafe_b64encode(b"Course:demo-scorm-cloud:1").decode().rstrip("=")
        body = {"query": TITLE, "variables": {"course": course, "title": "Go on"}}
        asking = asyncio.create_task(graph.post(body, EXPLAIN))
        await began.wait()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        go_on.set()
    assert seen == ["PUT"]


async def test_a_read_that_began_before_a_change_is_shared_with_nobody_after_it() -> None:
    reads: list[asyncio.Event] = []
    title = "Before"

    class Old(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            nonlocal title
            if request.method != "GET":
                title = "After"
                return httpx.Response(204, stream=httpx.ByteStream(b""))
            found = title
            gate = asyncio.Event()
            reads.append(gate)
            if len(reads) == 1:
                await gate.wait()
            return course_of(found)

    async with opened(settings(SCORM), transport=Old()) as graph:
        course = base64.urlsafe_b64encode(b"Course:demo-scorm-cloud:1").decode().rstrip("=")
        query = "query($c: ID!) { course(id: $c) { title } }"
        early = asyncio.create_task(graph.ask(query, c=course))
        while not reads:
            await asyncio.sleep(0)
        answer = await graph.ask(TITLE, course=course, title="After")
        assert answer.errors == []
        assert answer.data["courseTitleSet"]["course"] == {"title": "After"}
        reads[0].set()
        assert (await early).data == {"course": {"title": "Before"}}


SEVERAL = """mutation($c: ID!, $other: ID!, $mine: ID!) {
  first: courseTitleSet(input: {course: $c, title: "One"}) { course { title tags } }
  ...Rest
  gone: courseDelete(input: {course: $other}) { deletedId userErrors { code } }
  again: courseDelete(input: {course: $other}) { deletedId userErrors { field code message } }
  no: courseTitleSet(input: {course: $mine, title: "No"}) { course { title } }
  last: courseTagsRemove(input: {course: $c, tags: ["x"]}) { ...Tagged }
}
fragment Rest on Mutation {
  second: courseTagsReplace(input: {course: $c, tags: ["x", "y"]}) { ...Marked }
}
fragment Marked on CourseTagsReplacePayload { course { ...Course } userErrors { code } }
fragment Tagged on CourseTagsRemovePayload { course { ...Course } userErrors { code } }
fragment Course on Course { tags title source { name } }
"""


async def test_a_plan_changes_what_graphql_core_changes() -> None:
    seen = []
    for compiled in (True, False):
        async with opened(fresh=True) as graph:
            assert isinstance(graph.app, Application)
            schema = graph.app.endpoint.schema
            schema.compiled = compiled
            course = await a_course(graph)
            mine = await a_course(graph, "demo-vitalsource")
            query = '{ source(name: "demo-scorm-cloud") { courses(first: 2) { nodes { id } } } }'
            nodes = (await graph.ask(query)).data["source"]["courses"]["nodes"]
            await graph.forget()
            before = schema.executed[PLANNED]
            answer = await graph.ask(SEVERAL, c=course["id"], other=nodes[1]["id"], mine=mine["id"])
            assert (schema.executed[PLANNED] - before == 1) is compiled
            for error in answer.errors:
                error["extensions"].pop("requestId")
            calls = [(each["route"], each["status"]) for each in answer.calls]
            log = [(each["method"], each["path"]) for each in await graph.requests()]
            seen.append((answer.data, answer.errors, calls, log))
    planned, core = seen
    assert planned == core
    data, errors, calls, _ = planned
    assert list(data) == ["first", "second", "gone", "again", "no", "last"]
    assert data["last"]["course"]["tags"] == ["y"]
    assert [error["path"] for error in errors] == [["no"]]
    assert [route for route, _ in calls if not route.startswith("GET")] == [
        "PUT /courses/{}/title",
        "PUT /courses/{}/tags",
        "DELETE /courses/{}",
        "DELETE /courses/{}",
        "DELETE /courses/{}/tags",
    ]
