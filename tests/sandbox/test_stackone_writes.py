"""What the sandbox's StackOne does with what is written to it, in both of its generations."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from sandbox import stackone
from sandbox.academy import Academy
from sandbox.app import create_app
from sandbox.stackone.bodies import WRITES, Write
from sandbox.wire import Desk, Faults

LMS = "/unified/lms"
DEMO, JUNE = "demo-account", "demo-account-2025-06"
LIMITED, PLAIN = "demo-limited", "demo-ignores-filters"

JSONObject = dict[str, Any]


class StackOne:
    """Asks a sandbox's StackOne, as one account unless another is named."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def send(
        self, method: str, path: str, body: Any = None, account: str = DEMO, **query: str
    ) -> httpx.Response:
        return await self.client.request(
            method, f"{LMS}{path}", json=body, params=query, headers={"x-account-id": account}
        )

    async def write(
        self, method: str, path: str, body: Any = None, account: str = DEMO, status: int = 201
    ) -> Any:
        answer = await self.send(method, path, body, account)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def read(self, path: str, account: str = DEMO, **query: str) -> Any:
        answer = await self.send("GET", path, None, account, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def rows(self, path: str, account: str = DEMO, **query: str) -> list[JSONObject]:
        page = await self.read(path, account, page_size="100", **query)
        rows = list(page["data"])
        while page["next"]:
            page = await self.read(path, account, page_size="100", **query, next=page["next"])
            rows += page["data"]
        return rows

    async def refusal(
        self, method: str, path: str, body: Any = None, account: str = DEMO
    ) -> tuple[int, str]:
        """The status of an answer, and what it says is wrong."""
        answer = await self.send(method, path, body, account)
        told = answer.json()
        assert told["statusCode"] == answer.status_code
        return answer.status_code, (told.get("data") or told)["message"]

    async def kept(self, path: str, account: str = DEMO) -> JSONObject:
        """What the LMS itself keeps of a record, as `raw` shows it."""
        [exchange] = (await self.read(path, account, raw="true"))["raw"]
        [record] = exchange["response"]["items"]
        return dict(record)


@pytest.fixture
async def so(academy: Academy) -> AsyncIterator[StackOne]:
    async with connect(create_app(academy), "/stackone") as client:
        yield StackOne(client)


def connect(app: ASGIApp, path: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url=f"http://sandbox{path}",
        auth=("demo-key", ""),
    )


async def test_an_upserted_course_is_listed_found_and_read_by_either_id(so: StackOne) -> None:
    before = await so.rows("/courses", JUNE)

    answer = await so.write(
        "PUT", "/courses", {"external_reference": "NEW-1", "title": "Knots"}, JUNE
    )

    ids = answer["data"]
    assert (answer["statusCode"], ids["external_reference"]) == (201, "NEW-1")
    after = await so.rows("/courses", JUNE)
    assert after[:-1] == before
    [course] = await so.rows("/courses", JUNE, **{"filter[external_reference]": "NEW-1"})
    assert course == after[-1]
    assert (course["id"], course["title"], course["content_ids"]) == (ids["id"], "Knots", [])
    for key in (ids["id"], ids["remote_id"]):
        assert (await so.read(f"/courses/{key}", JUNE))["data"] == course


async def test_every_field_of_a_course_is_kept(so: StackOne) -> None:
    category = (await so.rows("/categories", JUNE))[3]
    english = {"value": "en_GB", "source_value": "British"}
    body = {
        "external_reference": "NEW-1",
        "title": "Knots",
        "description": "How to tie them.",
        "cover_url": "https://x.example/knots.png",
        "url": "https://x.example/knots",
        "active": False,
        "duration": "PT1H30M45S",
        "unified_custom_fields": {"cost_centre": "CC-7"},
        "languages": [english, {"value": "fr_FR"}, {"source_value": "Welsh"}],
        "categories": [{"id": category["id"]}, {"name": "Ropes", "language": english}],
        "skills": [{"id": "skill-knots", "name": "Knots", "hierarchy": {"value": "primary"}}],
        "localizations": [
            {"title": "Knots", "languages": {"value": "en-GB", "source_value": "string"}},
            {"title": "Nœuds", "description": "…", "language": {"value": "fr_FR"}, "tags": ["a"]},
        ],
    }
    key = (await so.write("PUT", "/courses", body, JUNE))["data"]["id"]

    course = (await so.read(f"/courses/{key}", JUNE))["data"]
    shown = (await so.read(f"/courses/{key}", JUNE, fields="localizations"))["data"]
    same = ("title", "description", "cover_url", "url", "active", "duration")
    assert {name: course[name] for name in same} == {name: body[name] for name in same}
    assert course["unified_custom_fields"] == {"cost_centre": "CC-7"}
    assert course["languages"] == [
        english,
        {"value": "fr_FR", "source_value": "fr_FR"},
        {"value": "unmapped_value", "source_value": "Welsh"},
    ]
    assert course["categories"][0]["name"] == category["name"]
    ropes, knots = course["categories"][1], course["skills"][0]
    # What the LMS didn't have yet it has from now on.
    assert (await so.read(f"/categories/{ropes['id']}", JUNE))["data"]["language"] == english
    assert knots["remote_id"] == "skill-knots"
    assert (await so.read("/skills/skill-knots", JUNE))["data"]["name"] == "Knots"
    assert [each["language"]["value"] for each in shown["localizations"]] == ["en_GB", "fr_FR"]
    assert shown["localizations"][1]["tags"] == ["a"]
    assert await so.kept(f"/courses/{key}", JUNE) == {"id": course["remote_id"], **body}


async def test_an_upsert_replaces_what_has_its_reference_and_keeps_its_id(so: StackOne) -> None:
    old = (await so.rows("/courses", JUNE))[5]
    body = {"external_reference": old["external_reference"], "title": "Changed"}

    answer = await so.write("PUT", "/courses", body, JUNE)

    assert answer["data"]["id"] == old["id"]
    new = (await so.rows("/courses", JUNE))[5]
    assert (new["id"], new["title"], new["description"]) == (old["id"], "Changed", None)
    assert (new["created_at"], new["content_ids"]) == (old["created_at"], old["content_ids"])
    assert new["updated_at"] > old["updated_at"]


async def test_without_a_reference_june_matches_by_title(so: StackOne) -> None:
    old = (await so.rows("/courses", JUNE))[5]

    answer = await so.write("PUT", "/courses", {"title": old["title"]}, JUNE)
    assert answer["data"]["id"] == old["id"]
    other = await so.write("PUT", "/courses", {"title": "Nobody has this"}, JUNE)
    assert other["data"]["external_reference"] is None
    assert other["data"]["id"] != old["id"]


async def test_the_content_of_a_course_is_written_with_it(so: StackOne) -> None:
    old = (await so.rows("/courses", JUNE))[5]
    children = [
        {"external_reference": "PART-1", "title": "One", "content_url": "https://x.example/1"},
        {"title": "Two", "order": 2},
    ]
    body = {"external_reference": old["external_reference"], "title": "T", "content": children}
    key = (await so.write("PUT", "/courses", body, JUNE))["data"]["id"]
    await so.write("PUT", "/courses", body, JUNE)

    course = (await so.read(f"/courses/{key}", JUNE))["data"]
    assert course["content_ids"][:-2] == old["content_ids"]
    one, two = [
        (await so.read(f"/content/{each}", JUNE))["data"] for each in course["content_ids"][-2:]
    ]
    assert (one["external_reference"], one["content_url"]) == ("PART-1", "https://x.example/1")
    assert (two["title"], two["order"]) == ("Two", 2)
    assert one["course_ids"] == two["course_ids"] == [key]
    inside = (await so.read(f"/courses/{key}", JUNE, fields="content"))["data"]["content"]
    assert [each["id"] for each in inside] == course["content_ids"]


async def test_content_of_the_type_course_is_a_course(so: StackOne) -> None:
    body = {
        "external_reference": "NEW-1",
        "title": "Knots",
        "content_url": "https://x.example/knots",
        "content_type": {"value": "course"},
        "tags": ["rope"],
        "passthrough": {"shelf": 4},
    }
    key = (await so.write("PUT", "/content", body))["data"]["id"]

    [course] = await so.rows("/courses", **{"filter[external_reference]": "NEW-1"})
    assert (course["id"], course["url"]) == (key, "https://x.example/knots")
    assert (await so.send("GET", f"/content/{key}")).status_code == 404
    kept = await so.kept(f"/courses/{key}")
    assert (kept["tags"], kept["passthrough"]) == (["rope"], {"shelf": 4})


@pytest.mark.parametrize(
    ("written", "value", "source"),
    [
        ({"value": "video", "source_value": "clip"}, "video", "clip"),
        ({"value": "book"}, "unmapped_value", "book"),
        ({"value": "unmapped_value", "source_value": 17}, "unmapped_value", 17),
        ({"source_value": "HOLOGRAM"}, "unmapped_value", "HOLOGRAM"),
    ],
)
async def test_other_types_are_content_shown_as_far_as_reads_know_them(
    so: StackOne, written: JSONObject, value: str, source: Any
) -> None:
    body = {"external_reference": "NEW-1", "title": "Knots", "content_type": written}
    key = (await so.write("PUT", "/content", body))["data"]["id"]

    shown = (await so.read(f"/content/{key}"))["data"]
    assert shown["content_type"] == {"value": value, "source_value": source}


async def test_every_field_of_content_is_kept(so: StackOne) -> None:
    body = {
        "external_reference": "NEW-1",
        "title": "Knots",
        "description": "d",
        "short_description": "s",
        "content_url": "https://x.example/knots",
        "mobile_launch_content_url": "https://m.x.example/knots",
        "cover_url": "https://x.example/knots.png",
        "duration": "P3Y6M4DT12H30M5S",
        "order": 3,
        "active": "true",
        "tags": ["a", "b"],
        "authors": [{"id": "7", "name": "Ada"}],
        "unified_custom_fields": {"x": 1},
        "additional_data": [{"id": "outcomes", "value": ["one", "two"]}],
        "created_at": "2021-07-21T14:00:00.000Z",
        "updated_at": "2022-07-21T14:00:00.000Z",
    }
    key = (await so.write("PUT", "/content", body))["data"]["id"]

    shown = (await so.read(f"/content/{key}", fields=",".join(body)))["data"]
    assert shown == body
    assert (await so.read(f"/content/{key}", fields="localizations"))["data"] == {
        "localizations": []
    }


async def test_a_batch_is_accepted_and_its_errors_stand_at_the_items_places(
    so: StackOne,
) -> None:
    items = [
        {"title": "No reference", "content_type": {"value": "course"}},
        {"external_reference": "NEW-1", "title": "Fit", "content_type": {"value": "course"}},
        {"external_reference": "NEW-2", "order": "first", "tags": [1]},
        {"external_reference": "NEW-3"},
        {"external_reference": "NEW-4", "title": "Fit too"},
        "nonsense",
    ]

    answer = await so.write("POST", "/content/batch", {"items": items}, status=202)

    assert answer["message"] == "Batch operation accepted"
    assert answer["errors"] == [
        ["Missing field: external_reference"],
        [],
        ["order must be a number", "tags [0] must be a string"],
        ["Missing field: title"],
        [],
        ["Body must be an object"],
    ]
    assert answer.keys() == {"statusCode", "message", "timestamp", "errors"}
    assert len(await so.rows("/courses", **{"filter[external_reference]": "NEW-1"})) == 1
    references = {row["external_reference"] for row in await so.rows("/content")}
    assert "NEW-4" in references
    assert not references & {"NEW-2", "NEW-3"}


async def test_a_batch_of_courses_is_junes(so: StackOne) -> None:
    items = [{"external_reference": f"NEW-{number}", "title": "T"} for number in range(120)]

    answer = await so.write("POST", "/courses/batch", {"items": items}, JUNE, status=202)

    assert answer["errors"] == [[]] * 120
    assert len({row["id"] for row in await so.rows("/courses", JUNE)}) == 80 + 120
    assert await so.refusal("POST", "/courses/batch", {"items": items}) == (404, "Not Found")


async def test_a_slow_lms_shows_a_batch_some_reads_later_and_may_lose_an_item(
    so: StackOne,
) -> None:
    habits = {"lag": 2, "loses": ["NEW-2"]}
    await so.client.put(f"/_habits/{DEMO}", json=habits)
    items = [{"external_reference": f"NEW-{number}", "title": "T"} for number in (1, 2)]

    answer = await so.write("POST", "/content/batch", {"items": items}, status=202)

    assert answer["errors"] == [[], []]
    totals = [(await so.read("/content"))["total"] for _ in range(4)]
    assert totals == [totals[0], totals[0], totals[0] + 1, totals[0] + 1]


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/content", [], "Body must be an object"),
        ("/content", {"title": "T"}, "Missing field: external_reference"),
        ("/content", {"external_reference": ""}, "Missing field: external_reference"),
        ("/content", {"external_reference": 7}, "external_reference must be a string"),
        ("/content", {"external_reference": "R", "active": "yes"}, "active must be a boolean"),
        (
            "/content",
            {"external_reference": "R", "duration": "1h"},
            "duration must be an ISO 8601 duration",
        ),
        (
            "/content",
            {"external_reference": "R", "updated_at": "2021-07-21"},
            "updated_at must be a valid ISO 8601 date string",
        ),
        (
            "/content",
            {"external_reference": "R", "categories": [{"name": 1}]},
            "categories [0] is wrong: name must be a string",
        ),
        (
            "/content",
            {"external_reference": "R", "content_type": "video"},
            "content_type must be an object with value and source_value",
        ),
        (
            "/content",
            {"external_reference": "R", "additional_data": [{"value": [1]}]},
            "additional_data [0] is wrong: value must be a string or a list of strings",
        ),
    ],
)
async def test_a_body_that_is_not_as_published_is_a_bad_request(
    so: StackOne, path: str, body: Any, message: str
) -> None:
    assert await so.refusal("PUT", path, body) == (400, message)


async def test_what_june_did_not_require_or_have_is_no_error_there(so: StackOne) -> None:
    body = {"title": "T", "updated_at": "2021-07-21", "authors": "nobody", "unknown": 1}
    key = (await so.write("PUT", "/content", body, JUNE))["data"]["id"]

    kept = await so.kept(f"/content/{key}", JUNE)
    assert kept.keys() == {"id", "title", "updated_at"}
    refused = await so.refusal("PUT", "/content", {"title": "T", "active": "true"}, JUNE)
    assert refused == (400, "active must be a boolean")


async def test_a_body_that_is_no_json_is_a_bad_request(so: StackOne) -> None:
    for content, kind in ((b"{", "application/json"), (b"\xff", "application/json"), (b"{}", "")):
        headers = {"x-account-id": DEMO, "content-type": kind}
        answer = await so.client.put(f"{LMS}/content", content=content, headers=headers)
        assert answer.status_code == 400
    bodies: list[Any] = [{}, {"items": {}}, []]
    for body in bodies:
        assert (await so.refusal("POST", "/content/batch", body))[1] == "items must be a list"
    many: JSONObject = {"items": [{}] * 1_001}
    assert (await so.refusal("POST", "/content/batch", many))[0] == 400


async def test_a_title_is_what_no_lms_goes_without(so: StackOne) -> None:
    assert await so.refusal("PUT", "/content", {"external_reference": "R"}) == (
        422,
        "Missing field: title",
    )
    bad = {"title": "T", "content": [{"order": 1}]}
    before = len(await so.rows("/courses", JUNE))
    assert (await so.refusal("PUT", "/courses", bad, JUNE))[0] == 422
    assert len(await so.rows("/courses", JUNE)) == before


async def test_a_reference_of_another_kind_of_thing_is_a_conflict(so: StackOne) -> None:
    course = (await so.rows("/courses"))[0]["external_reference"]
    body = {"external_reference": course, "title": "T", "content_type": {"value": "video"}}

    status, message = await so.refusal("PUT", "/content", body)
    assert (status, message) == (409, "Conflict: external_reference belongs to a course")
    batch = await so.write("POST", "/content/batch", {"items": [body]}, status=202)
    assert batch["errors"] == [[message]]


async def test_content_is_changed_field_by_field_in_june(so: StackOne) -> None:
    old, other = [row for row in await so.rows("/content", JUNE) if row["external_reference"]][:2]
    path = f"/content/{old['remote_id'].replace('/', '%2F')}"
    before = await so.kept(path, JUNE)

    answer = await so.write("PATCH", path, {"title": "Changed"}, JUNE)

    # As published: the answer's status is 201, the one in its body 200.
    assert (answer["statusCode"], answer["message"]) == (200, "Record updated successfully.")
    new = (await so.read(path, JUNE))["data"]
    assert new == {**old, "title": "Changed", "updated_at": new["updated_at"]}
    kept = await so.kept(path, JUNE)
    assert kept == {**before, "id": old["remote_id"], "title": "Changed"}
    taken = {"external_reference": other["external_reference"]}
    assert (await so.refusal("PATCH", path, taken, JUNE))[0] == 409
    assert (await so.refusal("PATCH", "/content/nothing", {"title": "T"}, JUNE))[0] == 404
    assert (await so.refusal("PATCH", path, {"title": "T"}))[0] == 404


async def test_collections_are_created_changed_and_learned_but_not_read(so: StackOne) -> None:
    course, user = (await so.rows("/courses", JUNE))[0], (await so.rows("/users", JUNE))[0]
    body = {
        "external_reference": "PATH-1",
        "title": "A path",
        "languages": ["en_GB"],
        "learning_object_ids": [course["id"]],
    }

    answer = await so.write("POST", "/collections", body, JUNE)
    changed = await so.write(
        "PATCH", f"/collections/{answer['data']['id']}", {"title": "Another"}, JUNE
    )

    assert changed["statusCode"] == 200
    assert (await so.send("GET", "/collections", account=JUNE)).status_code == 405
    proxied = await so.client.post(
        "/unified/proxy",
        json={"path": f"/collections/{answer['data']['remote_id']}"},
        headers={"x-account-id": JUNE},
    )
    kept = proxied.json()["data"]
    assert (kept["title"], kept["remote_learning_object_ids"]) == ("Another", [course["remote_id"]])
    learn = {"learning_object_external_reference": "PATH-1"}
    key = (await so.write("POST", f"/users/{user['id']}/assignments", learn, JUNE))["data"]["id"]
    assignment = (await so.read(f"/assignments/{key}", JUNE))["data"]
    assert assignment["learning_object_type"]["value"] == "collection"


async def test_a_collection_is_refused_for_what_is_wrong_with_it(so: StackOne) -> None:
    reference = (await so.rows("/courses", JUNE))[0]["external_reference"]
    taken = {"external_reference": reference, "title": "T"}
    unknown = {"title": "T", "remote_learning_object_ids": ["nothing"]}

    assert (await so.refusal("POST", "/collections", taken, JUNE))[0] == 409
    assert (await so.refusal("POST", "/collections", unknown, JUNE))[0] == 422
    assert (await so.refusal("POST", "/collections", {}, JUNE))[0] == 422
    assert (await so.refusal("PATCH", "/collections/nothing", {}, JUNE))[0] == 404
    assert (await so.refusal("POST", "/collections", {"title": "T"}))[0] == 404


async def unassigned(so: StackOne, account: str = DEMO) -> tuple[JSONObject, JSONObject]:
    """A user, and a course that the user hasn't to do with."""
    user = (await so.rows("/users", account))[0]
    below = await so.rows(f"/users/{user['id']}/assignments", account)
    taken = {row["learning_object_id"] for row in below}
    courses = await so.rows("/courses", account)
    return user, next(course for course in courses if course["id"] not in taken)


async def test_an_assignment_is_listed_everywhere_with_all_that_was_said(so: StackOne) -> None:
    user, course = await unassigned(so)
    body = {
        "learning_object_external_reference": course["external_reference"],
        "learning_object_id": course["id"],
        "external_reference": "ASSIGNED-1",
        "progress": 40,
        "status": {"value": "in_progress", "source_value": "Begun"},
        "assigned_at": "2026-10-01T08:00:00.000Z",
        "due_date": "2026-12-01T08:00:00.000Z",
        "passthrough": {"mailed": True},
    }
    path = f"/users/{user['id']}/assignments"

    key = (await so.write("POST", path, body))["data"]["id"]

    row = (await so.read(f"{path}/{key}"))["data"]
    assert row in await so.rows("/assignments", **{"filter[status]": "in_progress"})
    assert (await so.rows("/assignments"))[-1] == (await so.rows(path))[-1] == row
    same = ("external_reference", "progress", "status", "assigned_at", "due_date")
    assert {name: row[name] for name in same} == {name: body[name] for name in same}
    assert (row["course_id"], row["user_id"]) == (course["id"], user["id"])
    assert (await so.kept(f"/assignments/{key}"))["passthrough"] == {"mailed": True}


async def test_what_is_assigned_already_is_a_conflict(so: StackOne) -> None:
    user, course = await unassigned(so)
    path = f"/users/{user['remote_id']}/assignments"
    body = {"learning_object_external_reference": course["external_reference"]}

    key = (await so.write("POST", path, body))["data"]["id"]

    assert (await so.refusal("POST", path, body))[0] == 409
    row = (await so.read(f"/assignments/{key}"))["data"]
    assert (row["status"]["value"], row["progress"], row["due_date"]) == ("pending", 0, None)


async def test_a_completion_is_created_read_and_deleted(so: StackOne) -> None:
    user, course = await unassigned(so)
    body = {
        "learning_object_external_reference": course["external_reference"],
        "result": {"value": "Pass"},
        "completed_at": "2026-10-30T08:00:00.000Z",
        "time_spent": "PT1H30M45S",
        "score": {"percentage": 87.5, "raw_value": "87.5 / 100"},
        "passthrough": {"examiner": "Ada"},
    }
    path = f"/users/{user['id']}/completions"
    every = await so.rows("/completions")

    key = (await so.write("POST", path, body))["data"]["id"]
    again = (await so.write("POST", path, body))["data"]["id"]

    assert key != again
    row = (await so.read(f"{path}/{key}"))["data"]
    assert row == (await so.rows("/completions"))[-2]
    assert row["result"] == {"value": "Pass", "source_value": "Pass"}
    same = ("completed_at", "time_spent", "score")
    assert {name: row[name] for name in same} == {name: body[name] for name in same}
    assert row["course_id"] == row["learning_object_id"] == course["id"]
    assert (await so.kept(f"/completions/{key}"))["passthrough"] == {"examiner": "Ada"}

    deleted = await so.write("DELETE", f"{path}/{key}", status=200)
    # As published: the answer's status is 200, the one in its body 204.
    assert (deleted["statusCode"], deleted["message"]) == (204, "Record deleted successfully.")
    for gone in (f"{path}/{key}", f"/completions/{key}"):
        assert (await so.send("GET", gone)).status_code == 404
    assert (await so.refusal("DELETE", f"{path}/{key}"))[0] == 404
    assert [row["id"] for row in await so.rows("/completions")] == [
        *(row["id"] for row in every),
        again,
    ]


async def test_june_deletes_without_a_word(so: StackOne) -> None:
    row = (await so.rows("/completions", JUNE))[0]

    answer = await so.send(
        "DELETE", f"/users/{row['user_id']}/completions/{row['id']}", account=JUNE
    )

    assert (answer.status_code, answer.content) == (204, b"")
    assert row not in await so.rows("/completions", JUNE)


async def test_june_knows_a_learning_object_by_older_names(so: StackOne) -> None:
    user = (await so.rows("/users", JUNE))[0]
    content = next(row for row in await so.rows("/content", JUNE) if row["external_reference"])
    path = f"/users/{user['id']}/completions"

    for body in (
        {"content_id": content["remote_id"]},
        {"content_external_reference": content["external_reference"]},
        {"learning_object_id": content["id"]},
    ):
        key = (await so.write("POST", path, body, JUNE))["data"]["id"]
        row = (await so.read(f"/completions/{key}", JUNE))["data"]
        assert row["learning_object_id"] == row["content_id"] == content["id"]
    assert (await so.refusal("POST", path, {}, JUNE))[0] == 400
    status, message = await so.refusal("POST", path, {"learning_object_id": content["id"]})
    assert (status, message) == (400, "Missing field: learning_object_external_reference")


async def test_what_an_lms_cannot_find_it_cannot_process(so: StackOne) -> None:
    user, course = await unassigned(so)
    reference = {"learning_object_external_reference": course["external_reference"]}
    unknown = {"learning_object_external_reference": "nothing"}
    mixed = {"learning_object_external_reference": "other", "learning_object_id": course["id"]}

    for name in ("assignments", "completions"):
        path = f"/users/{user['id']}/{name}"
        assert (await so.refusal("POST", f"/users/nobody/{name}", reference))[0] == 404
        assert (await so.refusal("POST", path, unknown))[0] == 422
        assert (await so.refusal("POST", path, mixed))[0] == 422
    path = f"/users/{user['id']}/completions"
    above = {**reference, "score": {"percentage": 101}}
    assert await so.refusal("POST", path, above) == (
        400,
        "score is wrong: percentage must be a number from 0 to 100",
    )


async def test_a_completion_of_somebody_else_is_not_deleted(so: StackOne) -> None:
    row = (await so.rows("/completions"))[0]
    other = next(user for user in await so.rows("/users") if user["id"] != row["user_id"])

    path = f"/users/{other['id']}/completions/{row['id']}"
    assert (await so.refusal("DELETE", path))[0] == 404
    assert row in await so.rows("/completions")


async def test_a_walk_goes_on_where_it_was_while_rows_come_and_go(so: StackOne) -> None:
    every = await so.rows("/completions")
    page = await so.read("/completions", page_size="20")
    walked = list(page["data"])
    user, course = await unassigned(so)

    for row in walked[:3]:
        await so.write("DELETE", f"/users/{row['user_id']}/completions/{row['id']}", status=200)
    reference = {"learning_object_external_reference": course["external_reference"]}
    await so.write("POST", f"/users/{user['id']}/completions", reference)
    while page["next"]:
        page = await so.read("/completions", page_size="20", next=page["next"])
        walked += page["data"]

    assert [row["id"] for row in walked[:-1]] == [row["id"] for row in every]
    assert walked[-1]["learning_object_id"] == course["id"]


async def test_what_was_written_last_is_found_by_when_it_changed(so: StackOne) -> None:
    since = "2026-11-01T00:00:00.000Z"
    assert await so.rows("/courses", **{"filter[updated_after]": since}) == []
    body = {"external_reference": "R", "title": "T", "content_type": {"value": "course"}}

    await so.write("PUT", "/content", body)

    [row] = await so.rows("/courses", **{"filter[updated_after]": since})
    assert row["created_at"] == row["updated_at"] == "2026-11-01T00:00:01.000Z"


async def test_accounts_do_not_see_what_others_wrote_nor_do_other_sandboxes(
    so: StackOne, academy: Academy
) -> None:
    body = {"external_reference": "R", "title": "T"}
    await so.write("PUT", "/content", body)

    async with connect(create_app(academy), "/stackone") as client:
        assert "R" in [row["external_reference"] for row in await so.rows("/content")]
        assert "R" not in [row["external_reference"] for row in await so.rows("/content", PLAIN)]
        assert "R" not in [
            row["external_reference"] for row in await StackOne(client).rows("/content")
        ]


async def test_two_sandboxes_answer_the_same_writes_alike(academy: Academy) -> None:
    answers = []
    for _ in range(2):
        async with connect(create_app(academy), "/stackone") as client:
            so = StackOne(client)
            written = await so.write("PUT", "/content", {"external_reference": "R", "title": "T"})
            answers.append((written, await so.read(f"/content/{written['data']['id']}")))
    assert answers[0] == answers[1]


async def test_an_lms_that_goes_by_references_tells_no_ids(so: StackOne) -> None:
    body = {"external_reference": "R", "title": "T"}

    answer = await so.write("PUT", "/content", body, PLAIN)

    assert answer["data"] == {"external_reference": "R"}


async def test_an_lms_that_only_reads_answers_not_implemented(
    so: StackOne, academy: Academy
) -> None:
    user, course = await unassigned(so, LIMITED)
    reference = {"learning_object_external_reference": course["external_reference"]}
    body = {"external_reference": "R", "title": "T"}

    assert (await so.refusal("PUT", "/content", body, LIMITED))[0] == 501
    assert (await so.refusal("POST", "/content/batch", {"items": [body]}, LIMITED))[0] == 501
    path = f"/users/{user['id']}"
    assert (await so.refusal("POST", f"{path}/completions", reference, LIMITED))[0] == 501
    assert (await so.refusal("DELETE", f"{path}/completions/x", None, LIMITED))[0] == 501
    await so.write("POST", f"{path}/assignments", reference, LIMITED)
    routes = stackone.routes(academy.campus("stackone"), generation="2025-06")
    june = Desk("stackone", routes, log=[], faults=Faults(), refusal=stackone.refusal)
    async with connect(june, "") as client:
        assert (await StackOne(client).refusal("PUT", "/courses", body, LIMITED))[0] == 501


@pytest.mark.parametrize("write", WRITES, ids=lambda write: f"{write.resource}-{write.name}")
async def test_no_write_is_taken_from_nobody_or_for_nobody(so: StackOne, write: Write) -> None:
    path = write.path.replace("{id}", "x").replace("{sub}", "x")

    assert (await so.refusal(write.method, path, {}, "unknown"))[0] == 404
    assert (await so.refusal(write.method, path, {}, "demo-disabled"))[0] == 412
    assert (await so.refusal(write.method, path, {}, ""))[0] == 400
    so.client.auth = None  # type: ignore[assignment]
    assert (await so.refusal(write.method, path, {}))[0] == 401


async def test_a_preferred_heartbeat_comes_before_the_answer(so: StackOne) -> None:
    headers = {"x-account-id": DEMO, "prefer": "heartbeat"}
    body = {"external_reference": "R", "title": "T"}

    read = await so.client.get(f"{LMS}/courses", headers=headers)
    written = await so.client.put(f"{LMS}/content", json=body, headers=headers)
    refused = await so.client.get(f"{LMS}/courses/nothing", headers=headers)

    for answer in (read, written):
        assert answer.headers["preference-applied"] == "heartbeat"
        assert answer.content.startswith(b"\n\n{")
        assert "content-length" not in answer.headers
    assert read.json() == await so.read("/courses")
    assert (written.status_code, refused.status_code) == (201, 404)
    assert "preference-applied" not in refused.headers
