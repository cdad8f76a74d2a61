"""Courses and contents that are written at StackOne many at once, and looked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.graph.stackone import LIMITED, NEWER, OLDER, PLAIN, Desk, opened
from tests.graph.test_upsert_changes import paths


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened() as desk:
        yield desk


MANY = """operation howToVerify
    items { index externalReference status errors course { title } }"""


def courses(*references: str) -> list[dict[str, Any]]:
    return [{"externalReference": each, "title": f"Course {each}"} for each in references]


@pytest.mark.parametrize(
    ("source", "call", "more"),
    [
        (NEWER, "POST /content/batch", {"content_type": {"value": "course"}}),
        (OLDER, "POST /courses/batch", {}),
    ],
)
async def test_a_batch_of_courses_is_taken_and_not_looked_at(
    desk: Desk, source: str, call: str, more: dict[str, Any]
) -> None:
    answer = await desk.change(
        "coursesUpsert", {"source": source, "courses": courses("A", "B")}, MANY
    )
    assert answer.errors == []
    assert [(each.call, each.body) for each in desk.wire.sent] == [
        (
            call,
            {
                "items": [
                    {"external_reference": each, "title": f"Course {each}", **more}
                    for each in ("A", "B")
                ]
            },
        )
    ]
    found = answer.data["coursesUpsert"]
    assert found["operation"] == call
    assert "filter `externalReference`" in found["howToVerify"]
    assert [(each["status"], each["course"]) for each in found["items"]] == [("PENDING", None)] * 2


@pytest.mark.parametrize("source", [NEWER, OLDER])
async def test_an_item_that_is_refused_is_told_by_its_index(desk: Desk, source: str) -> None:
    items = courses("A", "B", "C")
    del items[1]["title"]
    answer = await desk.change(
        "coursesUpsert", {"source": source, "courses": items, "waitFor": 0}, MANY
    )
    assert answer.errors == []
    found = answer.data["coursesUpsert"]
    (error,) = found["userErrors"]
    assert (error["field"], error["code"]) == (["courses", "1"], "INVALID")
    assert error["message"] == "Missing field: title"
    assert [each["status"] for each in found["items"]] == ["CONFIRMED", "REFUSED", "CONFIRMED"]
    assert [each["course"] for each in found["items"]] == [
        {"title": "Course A"},
        None,
        {"title": "Course C"},
    ]


async def test_a_batch_is_waited_for_until_it_shows(desk: Desk) -> None:
    await desk.habits(NEWER, lag=3, loses=[])
    given = {"source": NEWER, "courses": courses("A"), "waitFor": 10}
    answer = await desk.change("coursesUpsert", given, MANY)
    assert [each["status"] for each in answer.data["coursesUpsert"]["items"]] == ["CONFIRMED"]
    assert desk.pauses == [0.5, 1.0, 2.0]


async def test_what_never_shows_is_pending_when_the_time_is_up(desk: Desk) -> None:
    await desk.habits(NEWER, lag=0, loses=["B"])
    given = {"source": NEWER, "courses": courses("A", "B"), "waitFor": 5}
    answer = await desk.change("coursesUpsert", given, MANY)
    assert answer.errors == []
    states = [each["status"] for each in answer.data["coursesUpsert"]["items"]]
    assert states == ["CONFIRMED", "PENDING"]
    assert sum(desk.pauses) == 5


async def test_looking_leaves_time_to_answer() -> None:
    async with opened(terms={"mutation_timeout": 1.5}) as desk:
        given = {"source": NEWER, "courses": courses("A"), "waitFor": 20}
        answer = await desk.change("coursesUpsert", given, "items { status }")
        assert answer.errors == []
        assert answer.data["coursesUpsert"]["items"] == [{"status": "PENDING"}]
        assert [each.call for each in desk.wire.sent] == ["POST /content/batch"]


async def test_looking_leaves_calls_to_answer_with() -> None:
    async with opened(terms={"budget": 6}) as desk:
        await desk.habits(NEWER, lag=50)
        given = {"source": NEWER, "courses": courses("A"), "waitFor": 20}
        answer = await desk.change("coursesUpsert", given, "items { status }")
        assert answer.errors == []
        assert len(answer.calls) == 4


async def test_many_are_looked_for_in_one_walk(desk: Desk) -> None:
    names = [f"N-{at}" for at in range(20)]
    given = {"source": NEWER, "courses": courses(*names), "waitFor": 0}
    answer = await desk.change("coursesUpsert", given, "items { status }")
    assert {each["status"] for each in answer.data["coursesUpsert"]["items"]} == {"CONFIRMED"}
    assert len(answer.calls) <= 4


async def test_an_lms_that_ignores_the_filter_is_looked_through(desk: Desk) -> None:
    given = {"source": PLAIN, "courses": courses("A"), "waitFor": 0}
    answer = await desk.change("coursesUpsert", given, "items { status course { title } }")
    assert answer.data["coursesUpsert"]["items"] == [
        {"status": "CONFIRMED", "course": {"title": "Course A"}}
    ]


async def test_an_old_course_under_the_reference_confirms_nothing(desk: Desk) -> None:
    old = {"externalReference": "A", "title": "Old"}
    await desk.change("courseUpsert", {"source": NEWER, "course": old}, "operation")
    await desk.habits(NEWER, lag=0, loses=["A"])
    given = {"source": NEWER, "courses": courses("A"), "waitFor": 0}
    answer = await desk.change("coursesUpsert", given, "items { status course { title } }")
    assert answer.data["coursesUpsert"]["items"] == [
        {"status": "PENDING", "course": {"title": "Old"}}
    ]


async def test_looking_that_fails_costs_no_batch(desk: Desk) -> None:
    await desk.graph.fault("stackone", "status", status=502, path="/courses")
    given = {"source": NEWER, "courses": courses("A"), "waitFor": 10}
    answer = await desk.change("coursesUpsert", given, "items { status }")
    assert answer.errors == []
    assert answer.data["coursesUpsert"]["items"] == [{"status": "PENDING"}]


async def test_a_batch_with_an_item_that_cannot_be_sent_is_not_sent(desk: Desk) -> None:
    items = [*courses("A"), {"title": "No reference"}]
    answer = await desk.change("coursesUpsert", {"source": NEWER, "courses": items}, MANY)
    assert paths(answer, "coursesUpsert") == [["courses", "1", "externalReference"]]
    assert answer.data["coursesUpsert"]["items"] == []
    assert answer.calls == []


async def test_two_items_of_one_reference_are_refused_before_a_call(desk: Desk) -> None:
    given = {"source": NEWER, "courses": courses("A", "B", "A")}
    answer = await desk.change("coursesUpsert", given, MANY)
    assert paths(answer, "coursesUpsert") == [["courses", "2", "externalReference"]]
    assert answer.calls == []


async def test_an_empty_batch_is_not_sent(desk: Desk) -> None:
    answer = await desk.change("coursesUpsert", {"source": NEWER, "courses": []}, MANY)
    assert paths(answer, "coursesUpsert") == [["courses"]]
    assert answer.calls == []


async def test_a_lost_batch_is_settled_where_all_of_it_is_there(desk: Desk) -> None:
    desk.wire.losing = "POST /content/batch"
    given: dict[str, Any] = {"source": NEWER, "courses": courses("A", "B")}
    answer = await desk.change("coursesUpsert", given, "items { status }")
    assert answer.errors == []
    assert answer.data["coursesUpsert"]["items"] == [{"status": "CONFIRMED"}] * 2
    await desk.habits(NEWER, lag=2)
    given |= {"courses": courses("E"), "waitFor": 5}
    answer = await desk.change("coursesUpsert", given, "items { status }")
    assert answer.data["coursesUpsert"]["items"] == [{"status": "CONFIRMED"}]
    await desk.habits(NEWER, lag=0, loses=["D"])
    given = {"source": NEWER, "courses": courses("C", "D")}
    answer = await desk.change("coursesUpsert", given, "items { status }")
    assert answer.codes == ["OUTCOME_UNKNOWN"]


async def test_a_batch_at_an_lms_that_only_reads_is_unsupported(desk: Desk) -> None:
    answer = await desk.change("coursesUpsert", {"source": LIMITED, "courses": courses("A")}, MANY)
    assert answer.codes == ["UNSUPPORTED"]


@pytest.mark.parametrize("source", [NEWER, OLDER])
async def test_a_batch_of_contents_is_found_by_walking(desk: Desk, source: str) -> None:
    items = [{"externalReference": each, "title": f"Content {each}"} for each in ("A", "B")]
    del items[1]["title"]
    answer = await desk.change(
        "contentsUpsert",
        {"source": source, "contents": items, "waitFor": 0},
        "operation howToVerify items { index externalReference status errors content { title } }",
    )
    assert answer.errors == []
    assert desk.wire.writes[0].body == {
        "items": [{"external_reference": "A", "title": "Content A"}, {"external_reference": "B"}]
    }
    found = answer.data["contentsUpsert"]
    assert found["operation"] == "POST /content/batch"
    assert [each["status"] for each in found["items"]] == ["CONFIRMED", "REFUSED"]
    assert found["items"][0]["content"] == {"title": "Content A"}
    assert found["userErrors"][0]["field"] == ["contents", "1"]
