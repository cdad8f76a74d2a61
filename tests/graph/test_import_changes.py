"""Imports of courses by address: what is sent, what comes of it, and that a repeated one is one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from graph.app import Application
from resolvers import attempts
from tests.graph.asking import Answer, Graph, settings
from tests.graph.tapping import Tap, tapped
from tests.graph.test_course_changes import blamed, payload, with_scopes
from tests.graph.test_transfers import package
from tests.sandbox.loopback import Shop, serving

CLOUD = "demo-scorm-cloud"

IMPORT = """mutation($i: CourseImportInput!) { courseImport(input: $i) {
  isRepeated
  courseImport { id key status }
  course { key title tags scormCloud { version } }
  userErrors { field message code }
} }"""
LOOK = """query($id: ID!) { courseImport(id: $id) {
  status message warnings languages { code } course { key title tags }
  userErrors { field message code }
} }"""

Tapped = tuple[Graph, Tap]


@pytest.fixture
async def open_tap() -> AsyncIterator[Tapped]:
    async with tapped(settings([CLOUD])) as found:
        yield found


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    shop = Shop()
    shop.files["/kites.zip"] = package()
    shop.files["/broken.zip"] = package()[:80]
    shop.files["/notes.pdf"] = b"%PDF-1.4\n%%EOF\n"
    with serving(shop) as found:
        yield found


async def begin(graph: Graph, **given: Any) -> Answer:
    return await graph.ask(IMPORT, i={"source": CLOUD, "key": "kites/1", **given})


async def ended(graph: Graph, id: str) -> dict[str, Any]:
    """An import, once it is over."""
    while True:
        answer = await graph.ask(LOOK, id=id)
        assert answer.errors == []
        found: dict[str, Any] = answer.data["courseImport"]
        if found["status"] != "RUNNING":
            return found


async def done(graph: Graph, **given: Any) -> dict[str, Any]:
    """Import something, and wait for it."""
    found = payload(await begin(graph, **given))
    return await ended(graph, found["courseImport"]["id"])


# What is sent


async def test_a_package_is_fetched_and_becomes_a_course(open_tap: Tapped, address: str) -> None:
    graph, tap = open_tap
    answer = await begin(
        graph,
        fetch={"url": f"{address}/kites.zip"},
        tags=["wind", "sky"],
        mayCreateNewVersion=False,
        postbackUrl=f"{address}/done",
    )
    found = payload(answer)
    assert found["isRepeated"] is False
    (sent,) = tap.changes
    assert sent.call == "POST /courses/importJobs"
    assert sent.params == {
        "courseId": "kites/1",
        "tags": "wind,sky",
        "mayCreateNewVersion": "false",
        "postbackUrl": f"{address}/done",
    }
    assert sent.body == {"url": f"{address}/kites.zip"}
    over = await ended(graph, found["courseImport"]["id"])
    assert (over["status"], over["userErrors"]) == ("COMPLETE", [])
    assert over["course"] == {"key": "kites/1", "title": "Kite flying", "tags": ["wind", "sky"]}


MEDIA = {
    "title": "Notes",
    "description": "What was said",
    "contentLanguage": "en-GB",
    "estimatedDuration": 90,
}


@pytest.mark.parametrize("no_upload", [None, False, True])
async def test_a_media_file_is_fetched_with_all_that_is_known_of_it(
    open_tap: Tapped, address: str, no_upload: bool | None
) -> None:
    graph, tap = open_tap
    fetch = {
        "url": f"{address}/notes.pdf",
        "mediaType": "application/pdf",
        "mediaFileMetadata": MEDIA,
    }
    wired = {**fetch, "contentType": "application/pdf"}
    del wired["mediaType"]
    over = await done(graph, fetch={**fetch, "usesNoUpload": no_upload})
    assert over["course"]["title"] == "Notes"
    (sent,) = tap.changes
    if no_upload:
        assert (sent.call, sent.body) == (
            "POST /courses/importJobs/noUpload",
            {"fetchRequest": wired},
        )
    else:
        assert (sent.call, sent.body) == ("POST /courses/importJobs", wired)


async def test_a_media_file_can_stay_where_it_is(open_tap: Tapped) -> None:
    graph, tap = open_tap
    reference = {
        "url": "https://media.example/talk.mp4",
        "mediaType": "video/mp4",
        "mediaFileMetadata": MEDIA,
    }
    assert (await done(graph, mediaFileReference=reference))["status"] == "COMPLETE"
    (sent,) = tap.changes
    assert sent.call == "POST /courses/importJobs/noUpload"
    assert sent.body == {
        "mediaFileReferenceRequest": {
            "url": reference["url"],
            "contentType": "video/mp4",
            "mediaFileMetadata": MEDIA,
        }
    }


async def test_a_connector_s_content_becomes_a_course(open_tap: Tapped) -> None:
    graph, tap = open_tap
    reference = {
        "connectorId": "lti",
        "connectorIdForContent": "42",
        "metadataForConnector": {"title": "A tool", "snake_case": [1, None]},
    }
    assert (await done(graph, connectorReference=reference))["course"]["title"] == "A tool"
    (sent,) = tap.changes
    assert sent.call == "POST /courses/importJobs/noUpload"
    assert sent.body == {"connectorReferenceRequest": reference}


async def test_an_upload_says_what_is_known_of_its_file(open_tap: Tapped) -> None:
    graph, tap = open_tap
    query = "mutation($i: CourseUploadInput!) { courseUpload(input: $i) { upload { url } } }"
    given = {"source": CLOUD, "key": "notes", "filename": "n.pdf", "mediaFileMetadata": MEDIA}
    url = (await graph.ask(query, i=given)).data["courseUpload"]["upload"]["url"]
    headers = {"content-type": "application/pdf"}
    response = await graph.client.put(url, content=b"%PDF-1.4\n%%EOF\n", headers=headers)
    assert response.status_code == 200, response.text
    over = await ended(graph, response.json()["data"]["id"])
    assert over["course"]["title"] == "Notes"
    (sent,) = tap.changes
    assert sent.headers["uploadedContentType"] == "application/pdf"
    assert '"contentLanguage":"en-GB"' in sent.body


# What can be wrong


async def test_a_course_that_is_there_is_a_conflict_unless_it_may_get_a_version(
    open_tap: Tapped, address: str
) -> None:
    graph, _ = open_tap
    await done(graph, fetch={"url": f"{address}/kites.zip"})
    answer = await begin(graph, fetch={"url": f"{address}/kites.zip"})
    assert blamed(answer) == (["key"], "CONFLICT")
    result = answer.data["courseImport"]
    assert "already exists" in result["userErrors"][0]["message"]
    assert (result["courseImport"], result["course"]) == (None, None)
    over = await done(graph, fetch={"url": f"{address}/kites.zip"}, mayCreateNewVersion=True)
    assert over["status"] == "COMPLETE"


@pytest.mark.parametrize("file", ["broken.zip", "none.zip"])
async def test_a_broken_package_shows_on_its_import(
    open_tap: Tapped, address: str, file: str
) -> None:
    graph, _ = open_tap
    over = await done(graph, fetch={"url": f"{address}/{file}"})
    assert (over["status"], over["course"]) == ("ERROR", None)
    (error,) = over["userErrors"]
    assert (error["field"], error["code"]) == (None, "INVALID")
    assert error["message"] == f"{CLOUD}: {over['message']}"


FETCH = {"url": "https://files.example/a.zip"}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "fetch"),
    ({"fetch": FETCH, "connectorReference": {}}, "connectorReference"),
    ({"fetch": FETCH, "mediaFileReference": {**FETCH, "mediaType": "a/b"}}, "mediaFileReference"),
    ({"fetch": FETCH, "key": ".."}, "key"),
    ({"fetch": FETCH, "key": ""}, "key"),
    ({"fetch": FETCH, "key": "k" * 256}, "key"),
    ({"fetch": FETCH, "tags": ["a, b"]}, "tags"),
    ({"fetch": FETCH, "idempotencyKey": ""}, "idempotencyKey"),
    ({"fetch": FETCH, "idempotencyKey": "k" * 256}, "idempotencyKey"),
]


@pytest.mark.parametrize(("given", "field"), WRONG)
async def test_what_can_be_seen_to_be_wrong_is_said_before_it_is_sent(
    open_tap: Tapped, given: dict[str, Any], field: str
) -> None:
    graph, tap = open_tap
    assert blamed(await begin(graph, **given)) == ([field], "INVALID")
    assert tap.changes == []


async def test_what_the_source_refuses_is_said_in_its_words(open_tap: Tapped) -> None:
    graph, _ = open_tap
    answer = await begin(graph, fetch={"url": "kites.zip"})
    assert blamed(answer) == (None, "INVALID")
    message = answer.data["courseImport"]["userErrors"][0]["message"]
    assert message == f"{CLOUD}: 'kites.zip' is not a URL."


async def test_an_import_of_a_key_that_no_upload_can_have_is_refused(open_tap: Tapped) -> None:
    graph, tap = open_tap
    query = """mutation($i: CourseUploadInput!) { courseUpload(input: $i) {
      upload { url } userErrors { field message code } } }"""
    answer = await graph.ask(query, i={"source": CLOUD, "key": "..", "tags": ["a,b"]})
    result = answer.data["courseUpload"]
    assert [error["field"] for error in result["userErrors"]] == [["key"], ["tags"]]
    assert (result["upload"], tap.changes) == (None, [])


async def test_an_import_that_the_sign_in_does_not_allow_is_not_tried() -> None:
    async with tapped(with_scopes("read", "delete")) as (graph, tap):
        answer = await begin(graph, fetch=FETCH)
        assert answer.codes == ["UNSUPPORTED"]
        assert "write or write:course" in answer.errors[0]["message"]
        query = "mutation($i: CourseUploadInput!) { courseUpload(input: $i) { upload { url } } }"
        answer = await graph.ask(query, i={"source": CLOUD, "key": "x"})
        assert answer.codes == ["UNSUPPORTED"]
        assert tap.changes == []


async def test_a_source_without_imports_says_so() -> None:
    async with tapped(settings(["demo-bindbee"])) as (graph, _):
        given = {"source": "demo-bindbee", "key": "x", "fetch": FETCH}
        for extra in ({}, {"idempotencyKey": "k"}):
            answer = await graph.ask(IMPORT, i={**given, **extra})
            assert answer.codes == ["UNSUPPORTED"]


async def test_a_lost_answer_without_a_key_says_what_to_check(
    open_tap: Tapped, address: str
) -> None:
    graph, tap = open_tap
    tap.lost = 1
    answer = await begin(graph, fetch={"url": f"{address}/kites.zip"})
    assert answer.codes == ["OUTCOME_UNKNOWN"]
    assert "look for a course of this key" in answer.errors[0]["message"]
    assert len(tap.changes) == 1


# Once


async def test_an_import_that_is_asked_for_again_is_the_first_one(
    open_tap: Tapped, address: str
) -> None:
    graph, tap = open_tap
    given = {"fetch": {"url": f"{address}/kites.zip"}, "idempotencyKey": "a", "tags": ["x"]}
    first = payload(await begin(graph, **given))
    again = payload(await begin(graph, **given))
    assert again["courseImport"]["id"] == first["courseImport"]["id"]
    assert (first["isRepeated"], again["isRepeated"]) == (False, True)
    assert len(tap.changes) == 1
    over = await ended(graph, first["courseImport"]["id"])
    assert over["status"] == "COMPLETE"
    later = payload(await begin(graph, **given))
    assert later["courseImport"]["status"] == "COMPLETE"
    assert later["course"]["key"] == "kites/1"


async def test_each_of_two_equal_imports_in_one_operation_shows_what_it_found(
    address: str,
) -> None:
    async with tapped(settings([CLOUD]), looks=1) as (graph, tap):
        query = """mutation($i: CourseImportInput!) {
          a: courseImport(input: $i) { isRepeated courseImport { status } }
          b: courseImport(input: $i) { isRepeated courseImport { status } } }"""
        given = {"source": CLOUD, "key": "kites", "fetch": {"url": f"{address}/kites.zip"}}
        answer = await graph.ask(query, i={**given, "idempotencyKey": "a"})
        assert answer.data == {
            "a": {"isRepeated": False, "courseImport": {"status": "RUNNING"}},
            "b": {"isRepeated": True, "courseImport": {"status": "COMPLETE"}},
        }
        assert len(tap.changes) == 1


async def test_what_is_null_is_as_good_as_left_out(open_tap: Tapped, address: str) -> None:
    graph, _ = open_tap
    given = {"fetch": {"url": f"{address}/kites.zip"}, "idempotencyKey": "a"}
    payload(await begin(graph, **given))
    again = payload(await begin(graph, **given, tags=None, connectorReference=None))
    assert again["isRepeated"] is True


async def test_a_key_needs_a_sign_in_that_reads() -> None:
    async with tapped(with_scopes("write")) as (graph, tap):
        answer = await begin(graph, fetch=FETCH, idempotencyKey="a")
        assert answer.codes == ["UNSUPPORTED"]
        assert "read or read:course" in answer.errors[0]["message"]
        assert tap.changes == []


async def test_imports_side_by_side_with_one_key_are_one(open_tap: Tapped, address: str) -> None:
    graph, tap = open_tap
    given = {"fetch": {"url": f"{address}/kites.zip"}, "idempotencyKey": "a"}
    answers = await asyncio.gather(*(begin(graph, **given) for _ in range(5)))
    results = [payload(each) for each in answers]
    assert len({each["courseImport"]["id"] for each in results}) == 1
    assert sorted(each["isRepeated"] for each in results) == [False, True, True, True, True]
    assert len(tap.changes) == 1


async def test_a_key_is_good_for_one_import_only(open_tap: Tapped, address: str) -> None:
    graph, tap = open_tap
    fetch = {"url": f"{address}/kites.zip"}
    payload(await begin(graph, fetch=fetch, idempotencyKey="a"))
    for other in ({"key": "kites/2"}, {"tags": ["x"]}, {"fetch": {**fetch, "usesNoUpload": True}}):
        answer = await begin(graph, **{"fetch": fetch, **other}, idempotencyKey="a")
        assert blamed(answer) == (["idempotencyKey"], "CONFLICT")
    assert len(tap.changes) == 1


async def test_a_refused_import_leaves_its_key_free(open_tap: Tapped, address: str) -> None:
    graph, tap = open_tap
    assert blamed(await begin(graph, fetch={"url": "x"}, idempotencyKey="a"))[1] == "INVALID"
    assert blamed(await begin(graph, idempotencyKey="a")) == (["fetch"], "INVALID")
    found = await begin(graph, fetch={"url": f"{address}/kites.zip"}, idempotencyKey="a")
    assert payload(found)["isRepeated"] is False
    assert len(tap.changes) == 2


async def test_an_import_that_was_never_sent_leaves_its_key_free(
    open_tap: Tapped, address: str
) -> None:
    graph, tap = open_tap
    given = {"fetch": {"url": f"{address}/kites.zip"}, "idempotencyKey": "a"}
    for terms in ({"status": 503, "path": "/importJobs"}, {"status": 503, "path": "/courses/"}):
        await graph.fault("scormcloud", "status", **terms)
        assert (await begin(graph, **given)).codes == ["UPSTREAM_UNAVAILABLE"]
        await graph.heal()
    assert payload(await begin(graph, **given))["isRepeated"] is False
    assert len(tap.changes) == 2


@pytest.mark.parametrize("versions", [0, 1])
async def test_a_lost_answer_is_settled_by_what_the_import_left(
    address: str, versions: int
) -> None:
    async with tapped(settings([CLOUD]), looks=0) as (graph, tap):
        fetch = {"url": f"{address}/kites.zip"}
        for _ in range(versions):
            await done(graph, fetch=fetch)
        tap.changes.clear()
        tap.lost = 1
        given = {"fetch": fetch, "idempotencyKey": "a", "mayCreateNewVersion": True}
        lost = await begin(graph, **given)
        assert lost.codes == ["OUTCOME_UNKNOWN"]  # it is under way still
        await finish(graph, tap)
        found = payload(await begin(graph, **given))
        assert found["isRepeated"] is True
        assert found["courseImport"] is None
        assert (found["course"]["title"], found["course"]["scormCloud"]) == (
            "Kite flying",
            {"version": versions},
        )
        assert payload(await begin(graph, **given)) == found
        assert len(tap.changes) == 1


async def finish(graph: Graph, tap: Tap) -> None:
    """Have the sandbox end the import whose answer was lost."""
    (answered,) = tap.unheard
    path = f"/scormcloud/api/v2/courses/importJobs/{answered['result']}"
    answer = await graph.sandbox.get(path, auth=("demo-app", "demo-secret"))
    assert answer.json()["status"] == "COMPLETE"


async def test_a_lost_import_is_not_sent_again_while_nothing_shows(
    open_tap: Tapped, address: str
) -> None:
    graph, tap = open_tap
    tap.unsent = 1
    given = {"fetch": {"url": f"{address}/kites.zip"}, "idempotencyKey": "a"}
    for _ in range(3):
        assert (await begin(graph, **given)).codes == ["OUTCOME_UNKNOWN"]
    assert len(tap.changes) == 1
    assert payload(await begin(graph, **{**given, "idempotencyKey": "b"}))["isRepeated"] is False


async def test_a_key_is_forgotten_after_a_day(open_tap: Tapped, address: str) -> None:
    graph, tap = open_tap
    given = {"fetch": {"url": f"{address}/kites.zip"}, "idempotencyKey": "a"}
    payload(await begin(graph, **given, mayCreateNewVersion=True))
    assert isinstance(graph.app, Application)
    ledger = graph.app.server.ledger
    late = ledger.clock() + attempts.REMEMBERED + 1
    ledger.clock = lambda: late
    again = await begin(graph, **given, mayCreateNewVersion=True)
    assert payload(again)["isRepeated"] is False
    assert len(tap.changes) == 2


async def test_keys_of_two_sources_are_two(address: str) -> None:
    own = settings([CLOUD])
    twin = renamed(own.sources[0], "second")
    async with tapped(replace(own, sources=[*own.sources, twin])) as (graph, tap):
        given = {"fetch": {"url": f"{address}/kites.zip"}, "idempotencyKey": "a"}
        first = payload(await begin(graph, **given))
        second = payload(await begin(graph, **given, source="second"))
        assert second["isRepeated"] is False
        assert first["courseImport"]["id"] != second["courseImport"]["id"]
        assert len(tap.changes) == 2


def renamed(source: Any, name: str) -> Any:
    changed = {each: getattr(source, each) for each in source.__struct_fields__}
    return type(source)(**{**changed, "name": name})


async def test_who_leaves_can_ask_what_became_of_it(address: str) -> None:
    async with tapped(settings([CLOUD])) as (graph, tap):
        tap.gate = asyncio.Event()
        given = {"fetch": {"url": f"{address}/kites.zip"}, "idempotencyKey": "a"}
        asking = asyncio.create_task(begin(graph, **given))
        while not tap.changes:
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        again = asyncio.create_task(begin(graph, **given))
        tap.gate.set()
        found = payload(await again)
        assert found["isRepeated"] is True
        assert found["courseImport"]["status"] == "RUNNING"
        assert len(tap.changes) == 1


async def test_an_answer_without_a_job_leaves_the_outcome_unknown() -> None:
    class Odd(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json={"id": "x"}, request=request)

    async with tapped(settings([CLOUD])) as (graph, tap):
        tap.inner = Odd()
        assert (await begin(graph, fetch=FETCH)).codes == ["OUTCOME_UNKNOWN"]
