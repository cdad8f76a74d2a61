"""Following an import of a course: what is told, when it is looked at, and what ends it."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from graph.app import Application
from graph.engine import plain
from graph.limits import Limits
from graph.requests import Operation
from graph.streams import Failed
from resolvers import ids
from resolvers.context import Context
from resolvers.watching import Pace, Watch
from sandbox.app import create_app as create_sandbox
from sandbox.scormcloud.library import FAILED_JOB, import_job_id
from tests.graph.asking import Graph, opened, settings
from tests.graph.hourglass import at_once
from tests.graph.importing import (
    COURSE,
    DONE,
    FAILED,
    FOLLOW,
    HALF,
    ID,
    RUNNING,
    SOURCE,
    following,
    importing,
    shown,
)
from tests.graph.test_deadline import HOUR
from tests.graph.visiting import stragglers, under_way

FAILS: dict[str, Response] = {
    "500": JSONResponse({}, 500),
    "429": JSONResponse({}, 429),
    "a page": PlainTextResponse("<html>Be right back</html>", media_type="text/html"),
    "broken JSON": PlainTextResponse('{"status":', media_type="application/json"),
}


def followed(
    *answers: Any, document: str = FOLLOW, **changes: Any
) -> tuple[list[Any], list[float]]:
    """What is told of an import that goes on so, and when it was looked at, from the first."""

    async def follow() -> tuple[list[Any], list[float]]:
        async with importing(*answers, **changes) as (graph, job):
            told = await shown(following(graph, document))
            assert await stragglers() == set()
            return told, [at - job.polls[0] for at in job.polls]

    return at_once(follow())


async def failure(graph: Graph, document: str = FOLLOW, **variables: Any) -> Failed:
    """How following fails before anything is told."""
    with pytest.raises(Failed) as raised:
        await anext(following(graph, document, **variables))
    return raised.value


# What is told.


def test_an_import_is_told_of_whenever_it_has_changed_until_it_is_complete() -> None:
    told, polls = followed(RUNNING, RUNNING, HALF, HALF, HALF, DONE)

    assert told == [
        {"status": "RUNNING", "message": ""},
        {"status": "RUNNING", "message": "half of it"},
        {"status": "COMPLETE", "message": "Import Successful"},
    ]
    assert len(polls) == 6


def test_an_import_is_told_of_until_it_has_failed() -> None:
    told, _ = followed(RUNNING, FAILED)

    assert [each["status"] for each in told] == ["RUNNING", "ERROR"]
    assert "no manifest" in told[-1]["message"]


def test_a_change_of_what_is_not_selected_is_not_told() -> None:
    told, _ = followed(
        RUNNING, HALF, DONE, document="subscription ($id: ID!) { courseImport(id: $id) { key } }"
    )

    assert told == [{"key": "job-1"}] * 2  # running, and complete


async def test_a_finished_import_is_told_of_once(graph: Graph) -> None:
    document = """subscription ($id: ID!) { import: courseImport(id: $id) {
      id status statusText warnings languages { tag } course { key title } source { name }
      scormCloud { webPath }
    } }"""
    id = ids.encode("CourseImport", SOURCE, import_job_id(COURSE, 0))

    (body,) = [body async for body in following(graph, document, id=id)]

    told = plain(body["data"])["import"]
    assert (told["id"], told["status"], told["statusText"]) == (id, "COMPLETE", "COMPLETE")
    assert told["course"] == {"key": COURSE, "title": "Geometry for Architects"}
    assert told["warnings"] == [] and told["languages"] and told["scormCloud"]["webPath"]
    assert told["source"] == {"name": SOURCE}


async def test_the_query_of_the_same_name_tells_the_same(graph: Graph) -> None:
    for job in (FAILED_JOB, import_job_id(COURSE, 0)):
        id = ids.encode("CourseImport", SOURCE, job)
        (told,) = await shown(following(graph, id=id))
        asked = await graph.ask(FOLLOW.replace("subscription", "query"), id=id)
        assert asked.data == {"courseImport": told}


async def test_an_import_is_an_entity_with_an_id(graph: Graph) -> None:
    id = ids.encode("CourseImport", SOURCE, FAILED_JOB)
    answer = await graph.ask(
        """query ($id: ID!, $import: [_Any!]!) {
          node(id: $id) { id ... on CourseImport { status } }
          _entities(representations: $import) { ... on CourseImport { id status } }
        }""",
        id=id,
        **{"import": [{"__typename": "CourseImport", "id": id}]},
    )

    assert not answer.errors and len(answer.calls) == 1
    assert answer.data["node"] == {"id": id, "status": "ERROR"}
    assert answer.data["_entities"] == [answer.data["node"]]


async def test_an_unknown_import_is_null_to_a_query(graph: Graph) -> None:
    answer = await graph.ask(FOLLOW.replace("subscription", "query"), id=ID)

    assert answer.data == {"courseImport": None} and not answer.errors


async def test_an_import_into_the_sandbox_is_followed_to_its_course() -> None:
    sandbox = create_sandbox(import_looks=2)
    transport = httpx.ASGITransport(sandbox)
    document = "subscription ($id: ID!) { courseImport(id: $id) { status course { key title } } }"
    async with (
        httpx.AsyncClient(
            transport=transport,
            base_url="http://sandbox/scormcloud/api/v2",
            auth=("demo-app", "demo-secret"),
        ) as cloud,
        opened(settings(poll_interval=0.001), transport=transport) as graph,
    ):
        package = (await cloud.get(f"/courses/{COURSE}/zip")).content
        begun = await cloud.post(
            "/courses/importJobs/upload",
            params={"courseId": "NEW-1"},
            files={"file": ("new.zip", package, "application/zip")},
        )
        id = ids.encode("CourseImport", SOURCE, begun.json()["result"])

        told = await shown(following(graph, document, id=id))

    assert told == [
        {"status": "RUNNING", "course": None},
        {"status": "COMPLETE", "course": {"key": "NEW-1", "title": "Geometry for Architects"}},
    ]


# When it is looked at.


def test_looks_become_rarer_while_nothing_changes() -> None:
    _, polls = followed(*[RUNNING] * 12, DONE, poll_interval=2.0)

    waits = [after - before for before, after in zip(polls, polls[1:], strict=False)]
    assert waits[0] == 2.0
    assert waits == sorted(waits) and waits[-1] == 10.0


def test_a_change_makes_looks_frequent_again() -> None:
    _, polls = followed(*[RUNNING] * 9, HALF, HALF, DONE)

    waits = [after - before for before, after in zip(polls, polls[1:], strict=False)]
    assert waits[8] > 5 and waits[9] == 1.0


@pytest.mark.parametrize("fault", FAILS)
def test_looks_that_fail_are_survived_in_silence(fault: str) -> None:
    told, polls = followed(RUNNING, *[FAILS[fault]] * 5, HALF, FAILS[fault], DONE)

    assert [each["message"] for each in told] == ["", "half of it", "Import Successful"]
    assert len(polls) == 9


def test_the_source_says_when_to_look_again() -> None:
    busy = JSONResponse({}, 503, {"retry-after": "77"})

    _, polls = followed(RUNNING, busy, DONE)

    assert polls == [0.0, 1.0, 78.0]


def test_a_look_that_gets_no_answer_is_survived() -> None:
    async def follow() -> list[Any]:
        async with importing(RUNNING, DONE) as (graph, job):
            sandbox = job.sandbox

            async def silent_once(scope: Any, receive: Any, send: Any) -> None:
                job.sandbox = sandbox
                await asyncio.sleep(HOUR)

            answers = following(graph)
            first = await anext(answers)
            job.sandbox = silent_once
            return [plain(first["data"])["courseImport"], *await shown(answers)]

    assert [each["status"] for each in at_once(follow())] == ["RUNNING", "COMPLETE"]


# What ends it.


def test_it_ends_with_the_error_of_the_last_of_too_many_looks() -> None:
    async def follow() -> tuple[list[Any], list[dict[str, Any]]]:
        async with importing(RUNNING, FAILS["500"]) as (graph, job):
            told = []
            with pytest.raises(Failed) as raised:
                async for body in following(graph):
                    told.append(body)
            assert len(job.polls) == 1 + 6
            return told, raised.value.errors

    told, (error,) = at_once(follow())

    assert len(told) == 1
    assert error["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert error["extensions"]["source"] == SOURCE
    assert error["extensions"]["requestId"] == "test"


def test_what_looking_again_cant_help_ends_it_at_once() -> None:
    async def follow() -> list[dict[str, Any]]:
        async with importing(JSONResponse({}, 401)) as (graph, job):
            errors = (await failure(graph)).errors
            assert len(job.polls) == 1
            return errors

    (error,) = at_once(follow())
    assert error["extensions"]["code"] == "UPSTREAM_AUTH_FAILED"


async def test_an_import_that_the_source_doesnt_know_is_an_error(graph: Graph) -> None:
    (error,) = (await failure(graph, id=ids.encode("CourseImport", SOURCE, "unknown"))).errors

    assert error["extensions"]["code"] == "NOT_FOUND" and error["extensions"]["source"] == SOURCE
    assert "no such import" in error["message"]


async def test_an_import_of_a_source_that_isnt_the_tenants_is_as_unknown(graph: Graph) -> None:
    (error,) = (await failure(graph, id=ids.encode("CourseImport", "others", "1"))).errors

    assert error["extensions"]["code"] == "NOT_FOUND"
    assert not await graph.requests()


async def test_an_id_of_something_else_is_an_error(graph: Graph) -> None:
    for id in ("?", ids.encode("Course", SOURCE, COURSE)):
        (error,) = (await failure(graph, id=id)).errors
        assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_documents_have_the_limits_of_queries() -> None:
    async with opened(limits=Limits(depth=3)) as graph:
        deep = "subscription { courseImport(id: 1) { course { contents { courses { id } } } } }"
        (error,) = (await failure(graph, deep)).errors
        assert error["extensions"]["code"] == "OPERATION_LIMIT_EXCEEDED"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription ($id: Int!) { courseImport(id: $id) { key } }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription ($id: ID!) { a: courseImport(id: $id) { key } b: courseImport(id: $id) "
            "{ key } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("subscription ($n: Int!) { courseImport(id: $n) { key } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription ($no: ID!) { courseImport(id: $no) { key } }", "BAD_USER_INPUT"),
        ("subscription A { __typename } subscription B { __typename }", "BAD_REQUEST"),
    ],
)
async def test_what_is_wrong_with_the_document_is_told_before_anything_is_asked(
    graph: Graph, document: str, code: str
) -> None:
    errors = (await failure(graph, document)).errors

    assert errors[0]["extensions"]["code"] == code
    assert not await graph.requests()


async def test_who_stops_listening_ends_what_is_under_way_upstream() -> None:
    async with opened() as graph:
        await graph.fault("scormcloud", "slow", delay=HOUR)
        listening = asyncio.ensure_future(anext(following(graph)))
        await under_way(graph, 1)

        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening

        assert await stragglers() == set()


async def test_who_stops_listening_between_looks_ends_the_watch() -> None:
    async with importing(RUNNING) as (graph, job):
        answers = following(graph)
        await anext(answers)

        await answers.aclose()

        assert await stragglers() == set() and len(job.polls) == 1


# What events share.


def test_each_event_is_executed_with_loaders_of_its_own() -> None:
    halfway = {**DONE, "status": "RUNNING"}
    document = """subscription ($id: ID!) { courseImport(id: $id) { message course { title } } }"""

    async def follow() -> list[list[str]]:
        async with importing(halfway, DONE) as (graph, _):
            bodies = [body async for body in following(graph, document, explain=True)]
            assert all(plain(body["data"])["courseImport"]["course"] for body in bodies)
            upstream = [body["extensions"]["upstream"]["calls"] for body in bodies]
            return [[call["route"] for call in calls] for calls in upstream]

    calls = ["GET /courses/importJobs/{}", "GET /courses/{}"]
    assert at_once(follow()) == [calls, calls]


def test_nothing_is_kept_of_an_event() -> None:
    async def follow() -> list[int]:
        kept = []
        async with importing(RUNNING, HALF, {**HALF, "message": "more"}, DONE) as (graph, _):
            gc.collect()
            before = {id(each) for each in gc.get_objects() if isinstance(each, Context)}
            async for _ in following(graph):
                gc.collect()
                found = [each for each in gc.get_objects() if isinstance(each, Context)]
                kept.append(sum(id(each) not in before for each in found))
        return kept

    assert max(at_once(follow())) <= 1


def test_events_are_executed_by_the_plan() -> None:
    async def follow() -> dict[str, int]:
        async with importing(RUNNING, HALF, DONE) as (graph, _):
            assert isinstance(graph.app, Application)
            await shown(following(graph))
            return dict(graph.app.streams.schema.executed)

    assert at_once(follow()) == {"planned": 3}


def test_graphql_core_executes_events_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    document = FOLLOW.replace("message", "message course { title } __typename")
    by_plan, _ = followed(RUNNING, HALF, DONE, document=document)

    async def follow() -> list[Any]:
        async with importing(RUNNING, HALF, DONE) as (graph, _):
            assert isinstance(graph.app, Application)
            graph.app.streams.schema.compiled = False
            return await shown(following(graph, document))

    assert at_once(follow()) == by_plan


def test_an_event_has_a_budget_of_its_own() -> None:
    told, _ = followed(RUNNING, RUNNING, HALF, DONE, budget=1)

    assert len(told) == 3


async def test_in_python_a_subscription_gives_dictionaries() -> None:
    async with importing(RUNNING, DONE, poll_interval=0.001) as (graph, _):
        assert isinstance(graph.app, Application)
        streams = graph.app.streams
        watch = Watch(streams.context, Pace(0.001))
        results = await streams.schema.subscribe(FOLLOW, {"id": ID}, watch)
        told = [result.data async for result in results]

    assert [each and each["courseImport"]["status"] for each in told] == ["RUNNING", "COMPLETE"]


async def test_in_python_too_a_bad_document_is_refused(graph: Graph) -> None:
    assert isinstance(graph.app, Application)
    streams = graph.app.streams
    watch = Watch(streams.context)

    (refused,) = [each async for each in await streams.schema.subscribe("nope", None, watch)]

    assert refused.data is None and refused.errors


# Queries go the same way, once.


async def test_a_query_is_a_stream_of_one_answer(graph: Graph) -> None:
    bodies = [body async for body in following(graph, "{ sources { name } }")]

    (body,) = bodies
    assert [each["name"] for each in plain(body["data"])["sources"]] == [
        each.name for each in settings().sources
    ]


def test_a_query_that_takes_too_long_ends_with_its_time() -> None:
    async def ask() -> Any:
        async with opened(settings(request_timeout=2.0)) as graph:
            await graph.fault("bindbee", "slow", delay=HOUR)
            (body,) = [
                body
                async for body in following(
                    graph, '{ courses(first: 1, sources: ["demo-bindbee"]) { nodes { key } } }'
                )
            ]
            return body

    assert at_once(ask())["errors"][0]["extensions"]["code"] == "DEADLINE_EXCEEDED"


@pytest.mark.parametrize("document", [FOLLOW, "{ sources { name } }"])
async def test_a_fault_of_ours_is_told_without_its_words(
    graph: Graph, document: str, caplog: pytest.LogCaptureFixture
) -> None:
    words = "a secret"  # in the fault's words, and not in the line that raises it

    def broken() -> Context:
        raise RuntimeError(words)

    assert isinstance(graph.app, Application)
    streams = replace(graph.app.streams, context=broken)

    with pytest.raises(Failed) as raised:
        await anext(streams.answers(Operation(document, {"id": ID}), "mine"))

    (error,) = raised.value.errors
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": "mine"}
    assert words not in error["message"] + caplog.text
    assert "mine" in caplog.text and "broken" in caplog.text
