"""Assignments and completions of a user that are written at StackOne."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from resolvers import ids
from tests.graph.stackone import DISABLED, LIMITED, NEWER, OLDER, Desk, opened
from tests.graph.test_upsert_changes import sent_word, unlike, word

ASSIGNED = "assignment { key status progress dueAt course { id } user { id } } remoteId"
COMPLETED = "completion { key result score timeSpent course { id } user { id } } remoteId"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened() as desk:
        yield desk


async def course_of(desk: Desk, source: str) -> dict[str, Any]:
    """A course with an external reference, which nobody has taken yet."""
    course = {"externalReference": "NEW-1", "title": "New"}
    answer = await desk.change(
        "courseUpsert", {"source": source, "course": course}, "course { id key }"
    )
    found: dict[str, Any] = answer.data["courseUpsert"]["course"]
    return found


@pytest.mark.parametrize("source", [NEWER, OLDER])
async def test_every_field_of_an_assignment_reaches_the_wire(desk: Desk, source: str) -> None:
    user = await desk.first(source, "users", "id key")
    course = await course_of(desk, source)
    when = ("assignedAt", "assigned_at") if source == NEWER else ("createdAt", "created_at")
    given = {
        "user": user["id"],
        "course": course["id"],
        "learningObjectExternalReference": "NEW-1",
        "dueAt": "2026-12-01T12:00:00+02:00",
        when[0]: "2026-11-01T10:00:00Z",
        "status": word("in_progress"),
        "progress": 40,
        "externalReference": "A-1",
        "passthrough": {"x": [1]},
    }
    answer = await desk.change("assignmentCreate", given, ASSIGNED)
    assert answer.errors == []
    sent = {
        "learning_object_id": course["key"],
        "learning_object_external_reference": "NEW-1",
        "due_date": "2026-12-01T10:00:00Z",
        when[1]: "2026-11-01T10:00:00Z",
        "status": sent_word("in_progress"),
        "progress": 40,
        "external_reference": "A-1",
        "passthrough": {"x": [1]},
    }
    (write,) = desk.wire.writes
    assert (write.call, write.body) == (f"POST /users/{user['key']}/assignments", sent)
    assert unlike(source, "LmsCreateAssignmentRequestDto", sent) == []
    made = answer.data["assignmentCreate"]
    assert made["remoteId"]
    assert made["assignment"] == {
        "key": made["assignment"]["key"],
        "status": "IN_PROGRESS",
        "progress": 40,
        "dueAt": "2026-12-01T10:00:00Z",
        "course": {"id": course["id"]},
        "user": {"id": user["id"]},
    }


@pytest.mark.parametrize("source", [NEWER, OLDER])
async def test_every_field_of_a_completion_reaches_the_wire(desk: Desk, source: str) -> None:
    user = await desk.first(source, "users", "id key")
    course = await course_of(desk, source)
    more, sent_more = {}, {}
    if source == NEWER:
        more = {"score": {"percentage": 87.5, "rawValue": "87.5"}}
        sent_more = {"score": {"percentage": 87.5, "raw_value": "87.5"}}
    given = {
        "user": user["id"],
        "course": course["id"],
        "learningObjectExternalReference": "NEW-1",
        "completedAt": "2026-11-01T10:00:00Z",
        "result": word("Pass"),
        "timeSpent": "PT1H",
        "contentId": course["key"],
        "contentExternalReference": "NEW-1",
        "passthrough": {"x": 1},
        **more,
    }
    answer = await desk.change("completionCreate", given, COMPLETED)
    assert answer.errors == []
    sent = {
        "learning_object_id": course["key"],
        "learning_object_external_reference": "NEW-1",
        "completed_at": "2026-11-01T10:00:00Z",
        "result": sent_word("Pass"),
        "time_spent": "PT1H",
        "content_id": course["key"],
        "content_external_reference": "NEW-1",
        "passthrough": {"x": 1},
        **sent_more,
    }
    (write,) = desk.wire.writes
    assert (write.call, write.body) == (f"POST /users/{user['key']}/completions", sent)
    assert unlike(source, "LmsCreateCompletionRequestDto", sent) == []
    made = answer.data["completionCreate"]
    assert made["remoteId"]
    assert made["completion"] == {
        "key": made["completion"]["key"],
        "result": "PASSED",
        "score": 87.5 if source == NEWER else None,
        "timeSpent": "PT1H",
        "course": {"id": course["id"]},
        "user": {"id": user["id"]},
    }


async def test_a_reference_that_is_needed_and_not_given_is_read(desk: Desk) -> None:
    user = await desk.first(NEWER, "users", "id key")
    course = await course_of(desk, NEWER)
    given = {"user": user["id"], "course": course["id"]}
    answer = await desk.change("assignmentCreate", given, "assignment { course { id } }")
    assert answer.errors == []
    assert [each.call for each in desk.wire.sent[:2]] == [
        f"GET /courses/{course['key']}",
        f"POST /users/{user['key']}/assignments",
    ]
    assert desk.wire.writes[0].body == {
        "learning_object_id": course["key"],
        "learning_object_external_reference": "NEW-1",
    }


async def test_a_collection_is_assigned_by_its_reference(desk: Desk) -> None:
    user = await desk.first(NEWER, "users", "id key")
    content = {
        "externalReference": "COL-1",
        "title": "Starters",
        "contentType": {"value": "collection"},
    }
    await desk.change("contentUpsert", {"source": NEWER, "content": content}, "operation")
    given = {"user": user["id"], "learningObjectExternalReference": "COL-1"}
    answer = await desk.change(
        "assignmentCreate",
        given,
        "assignment { course { id } stackOne { learningObjectType { value } } }",
    )
    assert answer.errors == []
    assert answer.data["assignmentCreate"]["assignment"] == {
        "course": None,
        "stackOne": {"learningObjectType": {"value": "collection"}},
    }


async def test_what_it_is_about_must_be_one_thing(desk: Desk) -> None:
    user = await desk.first(NEWER, "users", "id key")
    course = await desk.first(NEWER, "courses", "id key")
    content = await desk.first(NEWER, "contents", "id key")
    both = {"user": user["id"], "course": course["id"], "content": content["id"]}
    for given, path in (
        (both, ["content"]),
        ({"user": user["id"]}, ["learningObjectExternalReference"]),
        (
            {"user": user["id"], "collection": "c"},
            ["learningObjectExternalReference"],
        ),
    ):
        answer = await desk.change("completionCreate", given, COMPLETED)
        (error,) = answer.data["completionCreate"]["userErrors"]
        assert (error["field"], error["code"]) == (path, "INVALID")
        assert desk.wire.writes == []


@pytest.mark.parametrize(
    ("source", "given"),
    [(OLDER, {"score": {"percentage": 1}}), (NEWER, {"createdAt": "2026-01-01T00:00:00Z"})],
)
async def test_what_a_generation_lacks_is_refused_before_a_call(
    desk: Desk, source: str, given: dict[str, Any]
) -> None:
    user = await desk.first(source, "users")
    name = "completionCreate" if source == OLDER else "assignmentCreate"
    about = {"user": user["id"], "learningObjectExternalReference": "x"}
    answer = await desk.change(name, {**about, **given}, "remoteId")
    (error,) = answer.data[name]["userErrors"]
    assert error["field"] == list(given)
    assert answer.calls == []


async def test_what_is_assigned_already_is_a_conflict(desk: Desk) -> None:
    user = await desk.first(NEWER, "users")
    await course_of(desk, NEWER)
    given = {"user": user["id"], "learningObjectExternalReference": "NEW-1"}
    await desk.change("assignmentCreate", given, ASSIGNED)
    answer = await desk.change("assignmentCreate", given, ASSIGNED)
    (error,) = answer.data["assignmentCreate"]["userErrors"]
    assert error["code"] == "CONFLICT"


async def test_a_user_that_is_not_there_is_not_found(desk: Desk) -> None:
    user = await desk.first(NEWER, "users")
    await desk.graph.fault("stackone", "status", status=404, path="/users/")
    given = {"user": user["id"], "learningObjectExternalReference": "NEW-1"}
    for name in ("assignmentCreate", "completionCreate"):
        answer = await desk.change(name, given, "remoteId")
        (error,) = answer.data[name]["userErrors"]
        assert (error["field"], error["code"]) == (["user"], "NOT_FOUND")


@pytest.mark.parametrize("status", [412, 501, 504])
async def test_what_the_user_cannot_put_right_is_an_error(desk: Desk, status: int) -> None:
    user = await desk.first(NEWER, "users")
    await desk.graph.fault("stackone", "status", status=status, path="/users/")
    given = {"user": user["id"], "learningObjectExternalReference": "NEW-1"}
    codes = {412: "UPSTREAM_ACCOUNT_DISABLED", 501: "UNSUPPORTED", 504: "OUTCOME_UNKNOWN"}
    for name in ("assignmentCreate", "completionCreate"):
        answer = await desk.change(name, given, "remoteId")
        assert answer.codes == [codes[status]]
        assert answer.data == {name: None}
        assert len(desk.wire.writes) == 1


async def a_completion(desk: Desk, source: str) -> dict[str, Any]:
    return await desk.first(source, "completions", "id key user { id key }")


@pytest.mark.parametrize("source", [NEWER, OLDER])
async def test_a_completion_is_deleted(desk: Desk, source: str) -> None:
    found = await a_completion(desk, source)
    given = {"completion": found["id"], "user": found["user"]["id"]}
    answer = await desk.change("completionDelete", given, "deletedId")
    assert answer.errors == []
    assert answer.data["completionDelete"] == {"deletedId": found["id"], "userErrors": []}
    call = f"DELETE /users/{found['user']['key']}/completions/{found['key']}"
    assert [each.call for each in desk.wire.sent] == [call]
    again = await desk.ask("query($c: ID!) { completion(id: $c) { id } }", c=found["id"])
    assert again.data == {"completion": None}


async def test_whose_a_completion_is_is_read_where_it_is_not_said(desk: Desk) -> None:
    found = await a_completion(desk, NEWER)
    answer = await desk.change("completionDelete", {"completion": found["id"]}, "deletedId")
    assert answer.data["completionDelete"]["deletedId"] == found["id"]
    assert [each.call.split()[0] for each in desk.wire.sent] == ["GET", "DELETE"]


async def test_a_completion_that_is_gone_is_not_found(desk: Desk) -> None:
    found = await a_completion(desk, NEWER)
    given = {"completion": found["id"], "user": found["user"]["id"]}
    await desk.change("completionDelete", given, "deletedId")
    for gone in (given, {"completion": found["id"]}):
        answer = await desk.change("completionDelete", gone, "deletedId")
        (error,) = answer.data["completionDelete"]["userErrors"]
        assert (error["field"], error["code"]) == (["completion"], "NOT_FOUND")
        assert answer.data["completionDelete"]["deletedId"] is None


async def test_a_lost_deletion_is_settled_by_looking_whether_it_is_gone(desk: Desk) -> None:
    found = await a_completion(desk, NEWER)
    desk.wire.losing = "DELETE "
    given = {"completion": found["id"], "user": found["user"]["id"]}
    answer = await desk.change("completionDelete", given, "deletedId")
    assert answer.errors == []
    assert answer.data["completionDelete"]["deletedId"] == found["id"]


async def test_a_lost_deletion_of_what_is_still_there_stays_unknown(desk: Desk) -> None:
    found = await a_completion(desk, NEWER)
    desk.wire.holding = "DELETE "
    given = {"completion": found["id"], "user": found["user"]["id"]}
    answer = await desk.change("completionDelete", given, "deletedId")
    assert answer.codes == ["OUTCOME_UNKNOWN"]


@pytest.mark.parametrize(
    ("source", "code"), [(LIMITED, "UNSUPPORTED"), (DISABLED, "UPSTREAM_ACCOUNT_DISABLED")]
)
async def test_an_account_that_cannot_have_completions_is_an_error(
    desk: Desk, source: str, code: str
) -> None:
    key = (await desk.first(NEWER, "users", "key"))["key"]
    given = {name: ids.encode(name.title(), source, key) for name in ("completion", "user")}
    answer = await desk.change("completionDelete", given, "deletedId")
    assert answer.codes == [code]
