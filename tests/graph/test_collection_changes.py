"""Collections that are written at StackOne, as June 2025 could."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.graph.stackone import NEWER, OLDER, UNKNOWN, Desk, opened
from tests.graph.test_upsert_changes import unlike

CREATED = "key remoteId"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened() as desk:
        yield desk


async def test_every_field_of_a_collection_reaches_the_wire(desk: Desk) -> None:
    course = await desk.first(OLDER, "courses", "id key")
    content = await desk.first(OLDER, "contents", "id key remoteId")
    collection = {
        "externalReference": "COL-1",
        "title": "Starters",
        "description": "For the first week.",
        "courses": [course["id"]],
        "contents": [content["id"]],
        "remoteLearningObjectIds": [content["remoteId"]],
        "languages": ["en_GB"],
        "coverUrl": "https://academy.example/c.png",
        "categories": [{"name": "Safety"}],
        "skills": [{"name": "Calm"}],
        "customFields": {"a": 1},
    }
    sent = {
        "external_reference": "COL-1",
        "title": "Starters",
        "description": "For the first week.",
        "learning_object_ids": [course["key"], content["key"]],
        "remote_learning_object_ids": [content["remoteId"]],
        "languages": ["en_GB"],
        "cover_url": "https://academy.example/c.png",
        "categories": [{"name": "Safety"}],
        "skills": [{"name": "Calm"}],
        "unified_custom_fields": {"a": 1},
    }
    given = {"source": OLDER, "collection": collection}
    answer = await desk.change("collectionCreate", given, CREATED)
    assert answer.errors == []
    assert [(each.call, each.body) for each in desk.wire.writes] == [("POST /collections", sent)]
    assert unlike(OLDER, "LmsCreateCollectionRequestDto", sent) == []
    made = answer.data["collectionCreate"]
    assert made["key"] and made["remoteId"]

    changes = {**collection, "title": "Beginners"}
    update = {"source": OLDER, "key": made["key"], "changes": changes}
    answer = await desk.change("collectionUpdate", update, "key")
    assert answer.errors == []
    assert [(each.call, each.body) for each in desk.wire.writes] == [
        (f"PATCH /collections/{made['key']}", {**sent, "title": "Beginners"})
    ]
    assert answer.data["collectionUpdate"] == {"key": made["key"], "userErrors": []}


async def test_a_collection_can_be_emptied(desk: Desk) -> None:
    given = {"source": OLDER, "collection": {"title": "T"}}
    made = (await desk.change("collectionCreate", given, CREATED)).data["collectionCreate"]
    assert desk.wire.writes[-1].body == {"title": "T"}
    update = {"source": OLDER, "key": made["key"], "changes": {"courses": []}}
    answer = await desk.change("collectionUpdate", update, "key")
    assert answer.errors == []
    assert [each.body for each in desk.wire.writes] == [{"learning_object_ids": []}]


async def test_collections_are_written_in_june_2025_only(desk: Desk) -> None:
    created = await desk.change(
        "collectionCreate", {"source": NEWER, "collection": {"title": "T"}}, CREATED
    )
    updated = await desk.change(
        "collectionUpdate", {"source": NEWER, "key": "1", "changes": {"title": "T"}}, "key"
    )
    assert created.codes == updated.codes == ["UNSUPPORTED"]
    assert "contents of the type `collection`" in created.errors[0]["message"]
    assert created.calls == updated.calls == []


async def test_a_collection_of_what_is_not_there_is_refused(desk: Desk) -> None:
    collection = {"title": "T", "remoteLearningObjectIds": ["nothing"]}
    answer = await desk.change(
        "collectionCreate", {"source": OLDER, "collection": collection}, CREATED
    )
    (error,) = answer.data["collectionCreate"]["userErrors"]
    assert error["code"] == "INVALID"
    assert "No such learning object" in error["message"]


async def test_a_collection_that_is_not_there_is_not_found_by_its_key(desk: Desk) -> None:
    for key in ("nothing", "../courses"):
        update = {"source": OLDER, "key": key, "changes": {"title": "T"}}
        answer = await desk.change("collectionUpdate", update, "key")
        (error,) = answer.data["collectionUpdate"]["userErrors"]
        assert (error["field"], error["code"]) == (["key"], "NOT_FOUND")


async def test_a_reference_that_is_taken_is_a_conflict(desk: Desk) -> None:
    given = {"source": OLDER, "collection": {"title": "T", "externalReference": "COL"}}
    await desk.change("collectionCreate", given, CREATED)
    answer = await desk.change("collectionCreate", given, CREATED)
    (error,) = answer.data["collectionCreate"]["userErrors"]
    assert (error["field"], error["code"]) == (["collection"], "CONFLICT")


async def test_a_lost_collection_stays_unknown(desk: Desk) -> None:
    desk.wire.losing = "POST /collections"
    given = {"source": OLDER, "collection": {"title": "T"}}
    answer = await desk.change("collectionCreate", given, CREATED)
    assert answer.codes == ["OUTCOME_UNKNOWN"]
    assert "StackOne shows no collections" in answer.errors[0]["message"]


async def test_an_unknown_account_is_the_operators_to_put_right(desk: Desk) -> None:
    async with opened(generation="2025-06") as older:
        given = {"source": UNKNOWN, "collection": {"title": "T"}}
        answer = await older.change("collectionCreate", given, CREATED)
    assert answer.codes == ["UPSTREAM_AUTH_FAILED"]
