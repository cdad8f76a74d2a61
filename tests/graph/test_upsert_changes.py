"""Courses and contents that are written at StackOne: what is sent, what comes of it, and what is
said of either."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from resolvers import ids
from tests.graph.stackone import DISABLED, LIMITED, NEWER, OLDER, PLAIN, UNKNOWN, Desk, opened
from tests.sandbox.specs import complaints, specification

DOCUMENTS = {
    NEWER: "stackone-lms.openapi.json",
    OLDER: "stackone-lms.2025-06-17.openapi.json",
}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened() as desk:
        yield desk


def word(value: str) -> dict[str, Any]:
    return {"value": value, "sourceValue": value.upper()}


def sent_word(value: str) -> dict[str, Any]:
    return {"value": value, "source_value": value.upper()}


BOTH = {
    "externalReference": "FIRE-1",
    "title": "Fire safety",
    "description": "What to do where it burns.",
    "languages": [word("en_GB"), word("de_DE")],
    "coverUrl": "https://academy.example/fire.png",
    "url": "https://academy.example/fire",
    "isActive": True,
    "duration": "PT1H30M",
    "localizations": [
        {
            "title": "Brandschutz",
            "description": "Was zu tun ist.",
            "language": word("de_DE"),
            "tags": ["Feuer"],
        }
    ],
    "customFields": {"floor": 3, "nested": {"a": [1, None]}},
}
SENT_BOTH = {
    "external_reference": "FIRE-1",
    "title": "Fire safety",
    "description": "What to do where it burns.",
    "languages": [sent_word("en_GB"), sent_word("de_DE")],
    "cover_url": "https://academy.example/fire.png",
    "active": True,
    "duration": "PT1H30M",
    "localizations": [
        {
            "title": "Brandschutz",
            "description": "Was zu tun ist.",
            "language": sent_word("de_DE"),
            "tags": ["Feuer"],
        }
    ],
    "unified_custom_fields": {"floor": 3, "nested": {"a": [1, None]}},
}
LATER = {
    "mobileUrl": "https://academy.example/m/fire",
    "order": 2.5,
    "shortDescription": "Fire!",
    "tags": ["safety", "fire"],
    "authors": [{"id": "author-1", "name": "Ada Byron"}],
    "additionalData": [{"id": "room", "remoteId": "r1", "value": ["4", "5"]}],
    "createdAt": "2026-01-31T09:30:00Z",
    "updatedAt": "2026-02-01T10:30:00+01:00",
    "passthrough": {"vendorField": True},
}
SENT_LATER = {
    "mobile_launch_content_url": "https://academy.example/m/fire",
    "order": 2.5,
    "short_description": "Fire!",
    "tags": ["safety", "fire"],
    "authors": [{"id": "author-1", "name": "Ada Byron"}],
    "additional_data": [{"id": "room", "remote_id": "r1", "value": ["4", "5"]}],
    "created_at": "2026-01-31T09:30:00Z",
    "updated_at": "2026-02-01T09:30:00Z",
    "passthrough": {"vendorField": True},
}
PLACED = {"hierarchy": word("primary"), "level": word("primary"), "language": word("en_GB")}
SENT_PLACED = {
    "hierarchy": sent_word("primary"),
    "level": sent_word("primary"),
    "language": sent_word("en_GB"),
}


async def filed(desk: Desk, source: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Categories and skills to file something under, as they are given and as they are sent."""
    category = await desk.first(source, "categories", "id key")
    skill = await desk.first(source, "skills", "id key")
    given = {
        "categories": [
            {"category": category["id"], "customFields": {"x": 1}, **PLACED},
            {"name": "Safety"},
        ],
        "skills": [{"skill": skill["id"], **PLACED}, {"name": "Calm"}],
    }
    sent = {
        "categories": [
            {"id": category["key"], "unified_custom_fields": {"x": 1}, **SENT_PLACED},
            {"name": "Safety"},
        ],
        "skills": [{"id": skill["key"], **SENT_PLACED}, {"name": "Calm"}],
    }
    return given, sent


COURSE = "course { key title externalReference description url tags } operation remoteId"


async def test_every_field_of_a_course_reaches_the_wire(desk: Desk) -> None:
    given, sent = await filed(desk, NEWER)
    course = {**BOTH, **LATER, **given}
    answer = await desk.change("courseUpsert", {"source": NEWER, "course": course}, COURSE)
    assert answer.errors == []
    (write,) = desk.wire.writes
    assert write.call == "PUT /content"
    expected = {
        **SENT_BOTH,
        **SENT_LATER,
        **sent,
        "content_url": "https://academy.example/fire",
        "content_type": {"value": "course"},
    }
    assert write.body == expected
    del expected["passthrough"]  # newer than the specification
    assert unlike(NEWER, "LmsUpsertContentRequestDto", expected) == []
    found = answer.data["courseUpsert"]
    assert found["userErrors"] == []
    assert found["operation"] == "PUT /content"
    assert found["course"]["title"] == "Fire safety"
    assert found["course"]["externalReference"] == "FIRE-1"
    assert found["course"]["url"] == "https://academy.example/fire"
    assert found["remoteId"]


@pytest.mark.parametrize("source", [NEWER, OLDER])
@pytest.mark.parametrize("kind", ["course", "content"])
async def test_null_is_as_good_as_left_out(desk: Desk, source: str, kind: str) -> None:
    asked = await desk.ask(
        "query($n: String!) { __type(name: $n) { inputFields { name } } }",
        n=f"StackOne{kind.title()}Input",
    )
    nothing = {each["name"]: None for each in asked.data["__type"]["inputFields"]}
    given = {**nothing, "externalReference": "FIRE-1", "title": "Fire safety"}
    item = {"source": source, kind: given}
    answer = await desk.change(f"{kind}Upsert", item, "operation")
    assert answer.errors == []
    assert answer.data[f"{kind}Upsert"]["userErrors"] == []
    (write,) = desk.wire.writes
    assert write.body.items() >= {"external_reference": "FIRE-1", "title": "Fire safety"}.items()
    assert None not in write.body.values()


async def test_every_field_of_a_course_reaches_the_wire_of_june_2025(desk: Desk) -> None:
    given, sent = await filed(desk, OLDER)
    part = {
        "externalReference": "FIRE-1-1",
        "title": "Extinguishers",
        "description": "Red.",
        "url": "https://academy.example/1",
        "mobileUrl": "https://academy.example/m/1",
        "order": 1,
    }
    course = {**BOTH, **given, "contents": [part]}
    answer = await desk.change(
        "courseUpsert",
        {"source": OLDER, "course": course},
        "course { title contents { title url } } operation externalReference",
    )
    assert answer.errors == []
    (write,) = desk.wire.writes
    assert write.call == "PUT /courses"
    expected = {
        **SENT_BOTH,
        **sent,
        "url": "https://academy.example/fire",
        "content": [
            {
                "external_reference": "FIRE-1-1",
                "title": "Extinguishers",
                "description": "Red.",
                "content_url": "https://academy.example/1",
                "mobile_launch_content_url": "https://academy.example/m/1",
                "order": 1,
            }
        ],
    }
    assert write.body == expected
    assert unlike(OLDER, "LmsUpsertCourseRequestDto", expected) == []
    assert answer.data["courseUpsert"] == {
        "course": {
            "title": "Fire safety",
            "contents": [{"title": "Extinguishers", "url": "https://academy.example/1"}],
        },
        "operation": "PUT /courses",
        "externalReference": "FIRE-1",
        "userErrors": [],
    }


def unlike(generation: str, schema: str, body: dict[str, Any]) -> list[str]:
    """Where a body with every field differs from its schema, fields that it lacks included."""
    document = specification(DOCUMENTS[generation])
    known = document["components"]["schemas"][schema]["properties"].keys()
    lacking = [f"{name} is missing" for name in known - body.keys()]
    return lacking + complaints(document, f"#/components/schemas/{schema}", body)


@pytest.mark.parametrize("source", [NEWER, OLDER])
async def test_every_field_of_a_content_reaches_the_wire(desk: Desk, source: str) -> None:
    given, sent = await filed(desk, source)
    newer = {"authors", "passthrough"} if source == OLDER else set()
    later = {name: value for name, value in LATER.items() if name not in newer}
    content = {**BOTH, **later, **given, "contentType": word("video")}
    answer = await desk.change(
        "contentUpsert",
        {"source": source, "content": content},
        "content { title url mobileUrl tags } operation remoteId externalReference",
    )
    assert answer.errors == []
    (write,) = desk.wire.writes
    assert write.call == "PUT /content"
    expected = {
        **SENT_BOTH,
        **{name: value for name, value in SENT_LATER.items() if name not in newer},
        **sent,
        "content_url": "https://academy.example/fire",
        "content_type": sent_word("video"),
    }
    assert write.body == expected
    expected.pop("passthrough", None)
    assert unlike(source, "LmsUpsertContentRequestDto", expected) == []
    assert answer.data["contentUpsert"]["content"] == {
        "title": "Fire safety",
        "url": "https://academy.example/fire",
        "mobileUrl": "https://academy.example/m/fire",
        "tags": ["safety", "fire"],
    }
    assert answer.data["contentUpsert"]["externalReference"] == "FIRE-1"


async def test_an_upsert_replaces_what_has_its_reference(desk: Desk) -> None:
    for title in ("First", "Second"):
        course = {"externalReference": "X-1", "title": title}
        answer = await desk.change(
            "courseUpsert", {"source": NEWER, "course": course}, "course { key title }"
        )
        assert answer.data["courseUpsert"]["course"]["title"] == title
    query = """query($s: [String!]) { courses(sources: $s, filter: {externalReference: "X-1"}) {
        nodes { title } } }"""
    found = await desk.ask(query, s=[NEWER])
    assert found.data["courses"]["nodes"] == [{"title": "Second"}]


async def test_what_a_generation_lacks_is_refused_before_a_call(desk: Desk) -> None:
    part = [{"title": "Part"}]
    newer = await desk.change(
        "courseUpsert", {"source": NEWER, "course": {"contents": part, "title": "T"}}, COURSE
    )
    older = await desk.change(
        "courseUpsert", {"source": OLDER, "course": {"tags": ["x"], "title": "T"}}, COURSE
    )
    assert paths(newer, "courseUpsert") == [["course", "contents"], ["course", "externalReference"]]
    assert paths(older, "courseUpsert") == [["course", "tags"]]
    assert newer.calls == older.calls == []


def paths(answer: Any, name: str) -> list[list[str]]:
    errors = answer.data[name]["userErrors"]
    assert {each["code"] for each in errors} == {"INVALID"}
    return [each["field"] for each in errors]


async def test_a_category_of_another_source_is_bad_input(desk: Desk) -> None:
    category = await desk.first(OLDER, "categories")
    course = {"externalReference": "X", "title": "X", "categories": [{"category": category["id"]}]}
    answer = await desk.change("courseUpsert", {"source": NEWER, "course": course}, COURSE)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert answer.calls == []


async def test_a_category_without_an_id_of_its_own_is_refused(desk: Desk) -> None:
    categories = [{"name": "A"}, {"category": ids.encode("Category", NEWER, "in:course/1/Safety")}]
    course = {"externalReference": "X", "title": "X", "categories": categories}
    answer = await desk.change("courseUpsert", {"source": NEWER, "course": course}, COURSE)
    assert paths(answer, "courseUpsert") == [["course", "categories", "1", "category"]]
    assert answer.calls == []


async def test_a_refused_course_is_told_in_stackone_s_words(desk: Desk) -> None:
    course = {"externalReference": "X", "title": "X", "duration": "soon"}
    answer = await desk.change("courseUpsert", {"source": NEWER, "course": course}, COURSE)
    (error,) = answer.data["courseUpsert"]["userErrors"]
    assert error["code"] == "INVALID"
    assert "duration must be an ISO 8601 duration" in error["message"]
    assert answer.data["courseUpsert"]["course"] is None


async def test_a_reference_that_something_else_has_is_a_conflict(desk: Desk) -> None:
    content = {"externalReference": "X", "title": "X"}
    await desk.change("contentUpsert", {"source": NEWER, "content": content}, "operation")
    answer = await desk.change("courseUpsert", {"source": NEWER, "course": content}, COURSE)
    (error,) = answer.data["courseUpsert"]["userErrors"]
    assert (error["field"], error["code"]) == (["course"], "CONFLICT")


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (DISABLED, "UPSTREAM_ACCOUNT_DISABLED"),
        (UNKNOWN, "UPSTREAM_AUTH_FAILED"),
        (LIMITED, "UNSUPPORTED"),
    ],
)
async def test_an_account_that_cannot_be_written_to_is_an_error(
    desk: Desk, source: str, code: str
) -> None:
    course = {"externalReference": "X", "title": "X"}
    answer = await desk.change("courseUpsert", {"source": source, "course": course}, COURSE)
    assert answer.codes == [code]
    assert answer.data == {"courseUpsert": None}


async def test_an_lms_that_cannot_is_named_once_its_name_is_known(desk: Desk) -> None:
    given = {"source": LIMITED, "course": {"externalReference": "X", "title": "X"}}
    unnamed = await desk.change("courseUpsert", given, COURSE)
    await desk.ask('{ source(name: "limited") { stackOne { account { providerName } } } }')
    named = await desk.change("courseUpsert", given, COURSE)
    assert unnamed.errors[0]["message"].startswith("limited: the learning system behind")
    assert named.errors[0]["message"].startswith("limited: Limited LMS doesn't offer this")


async def test_what_an_lms_tells_no_id_of_is_found_by_its_reference(desk: Desk) -> None:
    course = {"externalReference": "X-9", "title": "Without an id"}
    answer = await desk.change("courseUpsert", {"source": PLAIN, "course": course}, COURSE)
    assert answer.errors == []
    assert answer.data["courseUpsert"]["course"]["title"] == "Without an id"


async def test_a_lost_answer_is_settled_where_all_that_was_sent_can_be_seen(desk: Desk) -> None:
    desk.wire.losing = "PUT /content"
    course = {"externalReference": "X-2", "title": "Seen", "url": "https://academy.example/x"}
    answer = await desk.change("courseUpsert", {"source": NEWER, "course": course}, COURSE)
    assert answer.errors == []
    assert answer.data["courseUpsert"]["course"]["title"] == "Seen"
    assert len(desk.wire.writes) == 1


async def test_a_lost_answer_stays_unknown_where_something_sent_cannot_be_seen(desk: Desk) -> None:
    desk.wire.losing = "PUT /content"
    course = {"externalReference": "X-2", "title": "Seen", "customFields": {"a": 1}}
    answer = await desk.change("courseUpsert", {"source": NEWER, "course": course}, COURSE)
    assert answer.codes == ["OUTCOME_UNKNOWN"]
    assert "`externalReference`" in answer.errors[0]["message"]


async def test_a_lost_content_is_looked_for_in_the_list(desk: Desk) -> None:
    desk.wire.losing = "PUT /content"
    content = {"externalReference": "C-2", "title": "Seen", "tags": ["a"], "order": 3}
    answer = await desk.change(
        "contentUpsert", {"source": NEWER, "content": content}, "content { title }"
    )
    assert answer.errors == []
    assert answer.data["contentUpsert"]["content"] == {"title": "Seen"}


# Changing parts of a content.


async def test_every_field_of_an_update_reaches_the_wire(desk: Desk) -> None:
    content = await desk.first(OLDER, "contents", "id key")
    given, sent = await filed(desk, OLDER)
    later = {k: v for k, v in LATER.items() if k not in ("authors", "passthrough")}
    changes = {**BOTH, **later, **given, "contentType": word("quiz")}
    answer = await desk.change(
        "contentUpdate", {"content": content["id"], "changes": changes}, "content { id title }"
    )
    assert answer.errors == []
    (write,) = desk.wire.writes
    assert write.call == f"PATCH /content/{content['key']}"
    assert write.body == {
        **SENT_BOTH,
        **{k: v for k, v in SENT_LATER.items() if k not in ("authors", "passthrough")},
        **sent,
        "content_url": "https://academy.example/fire",
        "content_type": sent_word("quiz"),
    }
    assert unlike(OLDER, "LmsCreateContentRequestDto", write.body) == []
    assert answer.data["contentUpdate"]["content"] == {"id": content["id"], "title": "Fire safety"}


async def test_a_content_is_updated_in_june_2025_only(desk: Desk) -> None:
    content = await desk.first(NEWER, "contents")
    answer = await desk.change(
        "contentUpdate", {"content": content["id"], "changes": {"title": "T"}}, "content { title }"
    )
    assert answer.codes == ["UNSUPPORTED"]
    assert "upsert it instead" in answer.errors[0]["message"]
    assert answer.calls == []


async def test_a_lost_update_is_settled_by_reading_the_content(desk: Desk) -> None:
    content = await desk.first(OLDER, "contents")
    desk.wire.losing = "PATCH "
    for changes, codes in (
        ({"title": "T", "externalReference": "R"}, []),
        ({"customFields": {}}, ["OUTCOME_UNKNOWN"]),
    ):
        answer = await desk.change(
            "contentUpdate", {"content": content["id"], "changes": changes}, "content { title }"
        )
        assert answer.codes == codes


async def test_a_lost_update_that_was_not_made_stays_unknown(desk: Desk) -> None:
    content = await desk.first(OLDER, "contents")
    desk.wire.holding = "PATCH "
    for changes in ({"title": "T"}, {"externalReference": "R"}):
        answer = await desk.change(
            "contentUpdate", {"content": content["id"], "changes": changes}, "content { title }"
        )
        assert answer.codes == ["OUTCOME_UNKNOWN"]


async def test_a_content_that_is_not_there_cannot_be_updated(desk: Desk) -> None:
    content = await desk.first(OLDER, "contents", "id key")
    await desk.graph.fault("stackone", "status", status=404, path="/content/")
    answer = await desk.change(
        "contentUpdate", {"content": content["id"], "changes": {"title": "T"}}, "content { title }"
    )
    (error,) = answer.data["contentUpdate"]["userErrors"]
    assert (error["field"], error["code"]) == (["content"], "NOT_FOUND")


async def test_a_lost_content_of_another_type_proves_nothing(desk: Desk) -> None:
    content = {"externalReference": "C", "title": "T", "contentType": {"value": "video"}}
    given = {"source": NEWER, "content": content}
    desk.wire.losing = "PUT /content"
    seen = await desk.change("contentUpsert", given, "content { title }")
    assert seen.codes == []
    desk.wire.losing, desk.wire.holding = "", "PUT /content"
    content["contentType"] = {"value": "quiz"}
    unseen = await desk.change("contentUpsert", given, "content { title }")
    assert unseen.codes == ["OUTCOME_UNKNOWN"]
