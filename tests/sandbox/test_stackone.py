"""StackOne's Unified LMS API as the sandbox plays it."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from sandbox import stackone
from sandbox.academy import Academy
from sandbox.app import create_app
from sandbox.stackone.fields import RESOURCES
from sandbox.stackone.keys import remote, synthetic

LMS = "/unified/lms"
DEMO, JUNE = "demo-account", "demo-account-2025-06"
LISTS = tuple(RESOURCES)

JSONObject = dict[str, Any]


@pytest.fixture
async def client(academy: Academy) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(create_app(academy), "/stackone") as client:
        yield client


def connect(app: Starlette, path: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url=f"http://sandbox{path}",
        auth=("demo-key", ""),
        headers={"x-account-id": "demo-account"},
    )


async def ask(client: httpx.AsyncClient, path: str, account: str = DEMO, **query: str) -> Any:
    answer = await client.get(path, params=query, headers={"x-account-id": account})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def pages(
    client: httpx.AsyncClient, path: str, account: str = DEMO, **query: str
) -> list[JSONObject]:
    """Walk a list until `next` is null or empty."""
    walked = [await ask(client, path, account, **query)]
    while walked[-1]["next"]:
        following = {**query, "next": walked[-1]["next"]}
        walked.append(await ask(client, path, account, **following))
    return walked


async def rows(
    client: httpx.AsyncClient, path: str, account: str = DEMO, **query: str
) -> list[JSONObject]:
    walked = await pages(client, path, account, page_size="100", **query)
    return [row for page in walked for row in page["data"]]


async def status(client: httpx.AsyncClient, path: str, **headers: str) -> int:
    return (await client.get(path, headers=headers)).status_code


@pytest.mark.parametrize("name", LISTS)
async def test_a_walk_meets_every_row_once(client: httpx.AsyncClient, name: str) -> None:
    walked = await pages(client, f"{LMS}/{name}")

    ids = [row["id"] for page in walked for row in page["data"]]
    assert len(ids) == len(set(ids)) > 50
    assert len([page for page in walked if page["data"]]) >= 3


async def test_pages_may_be_short_or_empty_and_still_have_a_successor(
    client: httpx.AsyncClient,
) -> None:
    walked = await pages(client, f"{LMS}/courses")

    assert [len(page["data"]) for page in walked] == [25, 15, 25, 0, 15]
    assert [bool(page["next"]) for page in walked] == [True, True, True, True, False]


async def test_only_courses_and_content_count_their_rows(client: httpx.AsyncClient) -> None:
    counted = {name for name in LISTS if "total" in await ask(client, f"{LMS}/{name}")}

    assert counted == {"courses", "content"}
    page = await ask(client, f"{LMS}/courses", page_size="5")
    assert page["total"] == 80
    assert page["next_page"] == page["next"]


async def test_a_page_has_at_most_100_rows(client: httpx.AsyncClient) -> None:
    page = await ask(client, f"{LMS}/completions", page_size="101")

    assert len(page["data"]) == 100


@pytest.mark.parametrize("size", ["0", "-1", "many", "9" * 5_000])
async def test_a_page_size_that_is_no_positive_number_is_refused(
    client: httpx.AsyncClient, size: str
) -> None:
    answer = await client.get(f"{LMS}/courses", params={"page_size": size})

    assert answer.status_code == 400
    assert answer.json()["data"]["message"] == "page_size must be a positive number"


async def test_the_deprecated_page_takes_a_number_or_a_cursor(client: httpx.AsyncClient) -> None:
    first = await ask(client, f"{LMS}/users", page_size="20")
    second = await ask(client, f"{LMS}/users", page_size="20", page="2")
    everybody = await ask(client, f"{LMS}/users", page_size="100")

    assert first["data"] + second["data"] == everybody["data"][:40]
    courses = await ask(client, f"{LMS}/courses")
    by_page = await ask(client, f"{LMS}/courses", page=courses["next_page"])
    assert by_page == await ask(client, f"{LMS}/courses", next=courses["next"])


@pytest.mark.parametrize("cursor", ["eyJ", "%%%", "é", base64.b64encode(b"[1]").decode()])
async def test_a_cursor_that_it_never_gave_is_refused(
    client: httpx.AsyncClient, cursor: str
) -> None:
    answer = await client.get(f"{LMS}/courses", params={"next": cursor})

    assert answer.status_code == 400


async def test_a_cursor_of_another_list_is_refused(client: httpx.AsyncClient) -> None:
    cursor = (await ask(client, f"{LMS}/users"))["next"]

    answer = await client.get(f"{LMS}/courses", params={"next": cursor})
    assert answer.status_code == 400


@pytest.mark.parametrize("name", LISTS)
async def test_a_record_is_read_by_its_id_and_by_its_remote_id(
    client: httpx.AsyncClient, name: str
) -> None:
    listed = (await ask(client, f"{LMS}/{name}"))["data"][0]

    for key in (listed["id"], listed["remote_id"]):
        path = f"{LMS}/{name}/{key.replace('/', '%2F')}"
        assert (await ask(client, path))["data"] == listed
    assert await status(client, f"{LMS}/{name}/nothing") == 404


async def test_a_slash_in_a_remote_id_travels_encoded(client: httpx.AsyncClient) -> None:
    content = await rows(client, f"{LMS}/content")
    slashed = next(row for row in content if "/" in row["remote_id"])

    path = f"{LMS}/content/{slashed['remote_id'].replace('/', '%2F')}"
    assert (await ask(client, path))["data"] == slashed
    assert await status(client, f"{LMS}/content/{slashed['remote_id']}") == 404


def test_a_synthetic_id_is_minted_as_in_the_documentation() -> None:
    assert synthetic("1") == "c28xIQaWQ6MQ"
    assert remote("c28xIQaWQ6MQ") == "1"
    assert remote("c28xIQ_no_id_of_ours") == "c28xIQ_no_id_of_ours"
    assert remote("library/7") == "library/7"


async def test_fields_are_shown_alone(client: httpx.AsyncClient) -> None:
    page = await ask(client, f"{LMS}/courses", fields="id, title,nonsense")

    assert all(row.keys() == {"id", "title"} for row in page["data"])
    key = page["data"][0]["id"]
    record = await ask(client, f"{LMS}/courses/{key}", fields="title")
    assert record["data"] == {"title": page["data"][0]["title"]}


async def test_some_fields_are_shown_on_request_only(client: httpx.AsyncClient) -> None:
    plain = (await ask(client, f"{LMS}/courses"))["data"]
    asked = (await ask(client, f"{LMS}/courses", fields="id,localizations,content"))["data"]

    assert not any("localizations" in row or "content" in row for row in plain)
    assert any(row["localizations"] for row in asked)
    assert [[each["id"] for each in row["content"]] for row in asked] == [
        row["content_ids"] for row in plain
    ]


@pytest.mark.parametrize("parameter", ["filter[updated_after]", "updated_after"])
@pytest.mark.parametrize("name", ["courses", "content", "users", "completions", "assignments"])
async def test_lists_are_filtered_by_their_last_change(
    client: httpx.AsyncClient, name: str, parameter: str
) -> None:
    since = "2026-04-01T00:00:00.000Z"
    every = await rows(client, f"{LMS}/{name}")

    changed = await rows(client, f"{LMS}/{name}", **{parameter: since})

    assert changed == [row for row in every if row["updated_at"] > since]
    assert 0 < len(changed) < len(every)


async def test_a_date_that_is_none_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{LMS}/courses", params={"filter[updated_after]": "yesterday"})

    assert answer.status_code == 400


@pytest.mark.parametrize("parameter", ["filter[status]", "status"])
async def test_assignments_are_filtered_by_status_in_both_written_forms(
    client: httpx.AsyncClient, parameter: str
) -> None:
    found = {
        value: await rows(client, f"{LMS}/assignments", **{parameter: value})
        for value in ("pending", "in_progress", "completed", "unmapped_value")
    }

    assert all(found.values())
    for value, assignments in found.items():
        assert {row["status"]["value"] for row in assignments} == {value}
    assert sum(map(len, found.values())) == len(await rows(client, f"{LMS}/assignments"))
    refused = await client.get(f"{LMS}/assignments", params={parameter: "in-progress"})
    assert refused.status_code == 400


async def test_courses_are_filtered_by_reference_and_by_being_active(
    client: httpx.AsyncClient,
) -> None:
    every = await rows(client, f"{LMS}/courses")

    active = await rows(client, f"{LMS}/courses", **{"filter[active]": "true"})
    assert active == [row for row in every if row["active"] in (True, "true")]
    reference = every[7]["external_reference"]
    found = await rows(client, f"{LMS}/courses", **{"filter[external_reference]": reference})
    assert found == [every[7]]


async def test_users_are_found_by_email_where_the_lms_can_filter(
    client: httpx.AsyncClient,
) -> None:
    email = "ada.byron@academy.example"
    everybody = await rows(client, f"{LMS}/users")

    found = await rows(client, f"{LMS}/users", **{"filter[email]": email.title()})
    assert [row["email"] for row in found] == [email]
    # The flattened form is the official client's, for other lists: here it is no filter at all.
    assert await rows(client, f"{LMS}/users", email=email) == everybody
    plain = "demo-ignores-filters"
    assert await rows(client, f"{LMS}/users", plain, **{"filter[email]": email}) == everybody


@pytest.mark.parametrize("name", ["completions", "assignments"])
async def test_what_a_user_did_is_listed_below_the_user(
    client: httpx.AsyncClient, name: str
) -> None:
    every = await rows(client, f"{LMS}/{name}")
    users = await rows(client, f"{LMS}/users")

    for user in users[:12]:
        below = await rows(client, f"{LMS}/users/{user['remote_id']}/{name}")
        # Nothing documents an order: a user's own list has another one than the whole list.
        assert below == [row for row in reversed(every) if row["user_id"] == user["id"]]
    own = every[0]
    path = f"{LMS}/users/{own['user_id']}/{name}/{own['remote_id']}"
    assert (await ask(client, path))["data"] == own
    other = next(row for row in every if row["user_id"] != own["user_id"])
    assert await status(client, f"{LMS}/users/{own['user_id']}/{name}/{other['id']}") == 404
    assert await status(client, f"{LMS}/users/nobody/{name}") == 404
    assert await status(client, f"{LMS}/users/nobody/{name}/{own['id']}") == 404


async def test_assignments_are_listed_by_user(client: httpx.AsyncClient) -> None:
    every = await rows(client, f"{LMS}/assignments")
    own = [row for row in every if row["user_id"] == every[0]["user_id"]]

    assert await rows(client, f"{LMS}/assignments", user_id=own[0]["user_id"]) == own
    assert await rows(client, f"{LMS}/assignments", user_id=own[0]["remote_user_id"]) == own
    assert await rows(client, f"{LMS}/assignments", remote_user_id=own[0]["remote_user_id"]) == own
    assert await rows(client, f"{LMS}/assignments", user_id="nobody") == []


async def test_completions_cannot_be_filtered_by_user(client: httpx.AsyncClient) -> None:
    every = await rows(client, f"{LMS}/completions")

    assert await rows(client, f"{LMS}/completions", user_id=every[0]["user_id"]) == every


async def test_references_lead_to_records(client: httpx.AsyncClient) -> None:
    ids = {name: {row["id"] for row in await rows(client, f"{LMS}/{name}")} for name in LISTS}
    targets = {"course": ids["courses"], "content": ids["content"], "collection": set()}

    for name in ("completions", "assignments"):
        met = set()
        for row in await rows(client, f"{LMS}/{name}"):
            kind = row["learning_object_type"]["value"]
            met.add(kind)
            assert row["user_id"] in ids["users"]
            assert (row["learning_object_id"] in targets[kind]) is (kind != "collection")
        assert met == set(targets)
    for row in await rows(client, f"{LMS}/courses"):
        assert ids["content"].issuperset(row["content_ids"])
        assert ids["categories"].issuperset(each["id"] for each in row["categories"] if each["id"])
        assert ids["skills"].issuperset(each["id"] for each in row["skills"] if each["id"])
    for row in await rows(client, f"{LMS}/content"):
        assert ids["courses"].issuperset(row["course_ids"])


async def test_every_kind_of_value_occurs(client: httpx.AsyncClient) -> None:
    courses = await rows(client, f"{LMS}/courses")
    content = await rows(client, f"{LMS}/content")
    completions = await rows(client, f"{LMS}/completions")

    switches = {json.dumps(row["active"]) for row in courses + content}
    assert switches == {"true", "false", '"true"', '"false"', "null"}
    kinds = {row["content_type"] and row["content_type"]["value"] for row in content}
    video, *others = "video quiz document audio article unmapped_value".split()
    assert kinds == {video, *others, None}
    results = {row["result"] and row["result"]["value"] for row in completions}
    assert results == {"Pass", "Fail", "unmapped_value", None}
    for name in ("authors", "categories", "skills"):
        keys = [each["id"] for row in courses for each in row[name]]
        assert None in keys and any(keys)
        assert any(not row[name] for row in courses)
    tongues = {each["value"] for row in courses for each in row["languages"]}
    assert {"en_GB", "unmapped_value"} <= tongues
    assert any(row["score"] is None for row in completions)
    assert any(row["score"] and row["score"]["raw_value"] is None for row in completions)


async def test_raw_shows_the_exchange_with_the_lms(client: httpx.AsyncClient) -> None:
    query = {"raw": "true", "page_size": "2", "proxy[filter[eq][age]]": "25", "proxy[a][b]": "1"}
    page = await ask(client, f"{LMS}/users", **query)

    [exchange] = page["raw"]
    url = httpx.URL(exchange["url"])
    assert dict(url.params) == {"filter[eq][age]": "25", "a[b]": "1"}
    assert exchange["method"] == "GET"
    assert len(exchange["response"]["items"]) == 2
    assert "raw" not in await ask(client, f"{LMS}/users", raw="false")
    record = await ask(client, f"{LMS}/users/{page['data'][0]['id']}", raw="true")
    assert len(record["raw"]) == 1


@pytest.mark.parametrize("plain", ["demo-key:", "demo-key"])
async def test_the_key_is_taken_with_and_without_its_colon(
    client: httpx.AsyncClient, plain: str
) -> None:
    token = base64.b64encode(plain.encode()).decode()
    client.auth = None  # type: ignore[assignment]

    assert await status(client, f"{LMS}/users", authorization=f"Basic {token}") == 200


@pytest.mark.parametrize(
    "authorization", ["", "Basic", "Basic %%%", "Bearer demo-key", "Basic ZGVtbzo=", "Basic /w=="]
)
@pytest.mark.parametrize("path", [f"{LMS}/users", "/accounts", "/connectors/meta"])
async def test_another_key_is_unauthorized(
    client: httpx.AsyncClient, authorization: str, path: str
) -> None:
    client.auth = None  # type: ignore[assignment]

    assert await status(client, path, authorization=authorization) == 401


async def test_the_account_decides_whether_anything_is_answered(
    client: httpx.AsyncClient,
) -> None:
    path = f"{LMS}/courses"

    assert await status(client, path, **{"x-account-id": ""}) == 400
    assert await status(client, path, **{"x-account-id": "unknown"}) == 404
    assert await status(client, path, **{"x-account-id": "demo-disabled"}) == 412
    assert await status(client, path, **{"user-agent": ""}) == 403


async def test_an_lms_without_skills_and_completions_answers_not_implemented(
    client: httpx.AsyncClient,
) -> None:
    user = (await ask(client, f"{LMS}/users"))["data"][0]["id"]
    limited = {"x-account-id": "demo-limited"}

    answers = {name: await status(client, f"{LMS}/{name}", **limited) for name in LISTS}
    assert answers == dict.fromkeys(LISTS, 200) | {"skills": 501, "completions": 501}
    assert await status(client, f"{LMS}/users/{user}/completions", **limited) == 501
    assert await status(client, f"{LMS}/users/{user}/assignments", **limited) == 200
    assert await status(client, f"{LMS}/skills/1", **limited) == 501


async def test_a_refusal_has_a_status_a_message_and_a_time_with_an_offset(
    client: httpx.AsyncClient,
) -> None:
    body = (await client.get(f"{LMS}/courses/nothing")).json()

    assert body.keys() == {"statusCode", "message", "timestamp"}
    assert (body["statusCode"], body["message"]) == (404, "Not Found")
    assert datetime.fromisoformat(body["timestamp"]).utcoffset() is not None
    assert (await client.get("/elsewhere")).json()["message"] == "Not Found"
    assert (await client.put(f"{LMS}/users")).json()["message"] == "Method Not Allowed"


async def test_too_many_requests_say_when_to_come_back(
    client: httpx.AsyncClient,
) -> None:
    await client.put("http://sandbox/_faults/stackone", json={"kind": "status", "status": 429})

    answer = await client.get(f"{LMS}/courses")
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "60"
    assert answer.json()["message"] == "Too many requests"


async def test_the_june_generation_lacks_what_came_later(client: httpx.AsyncClient) -> None:
    for name, resource in RESOURCES.items():
        newer = await ask(client, f"{LMS}/{name}")
        older = await ask(client, f"{LMS}/{name}", JUNE)
        assert "total" not in older
        for before, after in zip(older["data"], newer["data"], strict=True):
            assert before.keys() == after.keys() - resource.newer
    asked = await ask(client, f"{LMS}/courses", JUNE, fields="id,authors")
    assert all(row.keys() == {"id"} for row in asked["data"])


async def test_the_june_generation_writes_some_values_otherwise(
    client: httpx.AsyncClient,
) -> None:
    for name in ("courses", "content", "users", "categories", "skills"):
        shown = {type(row["active"]) for row in await rows(client, f"{LMS}/{name}", JUNE)}
        assert shown <= {bool, type(None)}
    assignments = await rows(client, f"{LMS}/assignments", JUNE)
    assert sum(isinstance(row["progress"], str) for row in assignments) == 1
    assert {len(row["due_date"]) for row in assignments if row["due_date"]} == {10, 24}
    last = (await pages(client, f"{LMS}/users", JUNE))[-1]
    assert last["next"] == ""


async def test_the_june_generation_cannot_filter_by_being_active(
    client: httpx.AsyncClient,
) -> None:
    every = await rows(client, f"{LMS}/courses", JUNE)

    assert await rows(client, f"{LMS}/courses", JUNE, **{"filter[active]": "true"}) == every


async def test_all_accounts_can_speak_the_june_generation(academy: Academy) -> None:
    routes = stackone.routes(academy.campus("stackone"), generation="2025-06")

    async with connect(Starlette(routes=routes), "") as client:
        assert await ask(client, f"{LMS}/courses") == await ask(client, f"{LMS}/courses", JUNE)


async def test_accounts_are_a_bare_array_that_can_be_filtered(client: httpx.AsyncClient) -> None:
    every = await ask(client, "/accounts")

    assert {account["id"]: account["status"] for account in every} == {
        "demo-account": "active",
        "demo-account-2025-06": "active",
        "demo-ignores-filters": "active",
        "demo-limited": "active",
        "demo-disabled": "suspended",
    }
    assert [each["id"] for each in await ask(client, "/accounts", status="suspended")] == [
        "demo-disabled"
    ]
    two = await client.get("/accounts?providers[]=limitedlms&providers[]=plainlms")
    assert [each["id"] for each in two.json()] == ["demo-ignores-filters", "demo-limited"]
    assert await ask(client, "/accounts", account_ids="demo-limited", status="suspended") == []
    assert await ask(client, "/accounts", page="2", page_size="2") == every[2:4]
    assert await ask(client, "/accounts", origin_owner_id=every[0]["origin_owner_id"]) == [
        each for each in every if each["provider"] == "academylms"
    ]
    assert await ask(client, "/accounts/demo-disabled") == every[-1]
    assert await status(client, "/accounts/unknown") == 404


async def test_an_account_tells_what_its_lms_supports(client: httpx.AsyncClient) -> None:
    whole = await ask(client, "/accounts/demo-account/meta")
    limited = await ask(client, "/accounts/demo-limited/meta")

    assert set(whole["models"]) == set(LISTS)
    assert set(limited["models"]) == set(LISTS) - {"skills", "completions"}
    assert await status(client, "/accounts/unknown/meta") == 404


async def test_connectors_describe_themselves(client: httpx.AsyncClient) -> None:
    active = await ask(client, "/connectors/meta")
    every = await ask(client, "/connectors/meta", include="resources,inactive")

    assert {each["provider"] for each in active} == {"academylms", "plainlms", "limitedlms"}
    assert {each["provider"] for each in every if not each["active"]} == {"retiredlms"}
    assert all("resources" in each for each in every)
    assert await ask(client, "/connectors/meta/limitedlms") in active
    assert await status(client, "/connectors/meta/unknown") == 404
