"""VitalSource's Launch API as the sandbox plays it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

JSONObject = dict[str, Any]

# The sixteen fields of a course, as its page documents them.
COURSE = {
    "id": int,
    "tenant_id": int,
    "term_id": int,
    "name": str,
    "title": str,
    "label": str,
    "lms_context_id": str,
    "sis_id": str,
    "lms_course_id": str,
    "start_date": str,
    "end_date": str,
    "census_date": str,
    "opt_out_date": str,
    "active": bool,
    "created_at": str,
    "updated_at": str,
}
ROSTER = {
    "id": int,
    "tenant_id": int,
    "course_id": int,
    "first_name": str,
    "last_name": str,
    "bookshelf_email_address": str,
    "created_at": str,
    "updated_at": str,
}
OPT_OUT = {
    "id": int,
    "tenant_id": int,
    "tenant_user_id": int,
    "course_id": int,
    "opt_out": bool,
    "sku": str,
    "created_at": str,
    "updated_at": str,
}


@pytest.fixture
async def vitalsource(sandbox: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    sandbox.headers["X-VitalSource-API-Key"] = "DEMOKEY"
    sandbox.base_url = httpx.URL("http://sandbox/vitalsource/api/v4/")
    yield sandbox


async def walk(vitalsource: httpx.AsyncClient, path: str, **params: Any) -> list[JSONObject]:
    """Every row of a list: pages until one is short."""
    rows: list[JSONObject] = []
    name = path.rpartition("/")[2]
    for number in range(1, 100):
        answer = await vitalsource.get(path, params={**params, "page": number})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body.keys() == {"page", "per_page", name}
        assert body["page"] == number
        rows += body[name]
        if len(body[name]) < body["per_page"]:
            break
    return rows


async def full_course(vitalsource: httpx.AsyncClient) -> int:
    """The course with the longest roster."""
    lengths: dict[int, int] = {
        row["id"]: len(await walk(vitalsource, f"courses/{row['id']}/rosters", per_page=1_000))
        for row in await walk(vitalsource, "courses", per_page=1_000)
    }
    return max(lengths, key=lambda course: lengths[course])


def check(rows: list[JSONObject], fields: dict[str, type]) -> None:
    """Rows have documented fields only, each of its type, and an id that 32 bits can't hold."""
    for row in rows:
        assert row.keys() <= fields.keys()
        assert all(value is None or type(value) is fields[name] for name, value in row.items())
    assert all(row["id"] > 2**32 for row in rows)
    assert len({row["id"] for row in rows}) == len(rows)


async def test_courses_have_their_documented_fields_and_take_three_pages(
    vitalsource: httpx.AsyncClient,
) -> None:
    rows = await walk(vitalsource, "courses")
    check(rows, COURSE)
    assert len(rows) > 200
    always = {"id", "tenant_id", "lms_context_id", "created_at", "updated_at"}
    for name in COURSE.keys() - always:
        assert any(name not in row for row in rows), name
        assert any(row.get(name, "missing") is None for row in rows), name


async def test_a_listed_course_is_read_by_id(vitalsource: httpx.AsyncClient) -> None:
    row = (await walk(vitalsource, "courses"))[5]
    assert (await vitalsource.get(f"courses/{row['id']}")).json() == row


async def test_titles_are_not_unique(vitalsource: httpx.AsyncClient) -> None:
    titles = [row["title"] for row in await walk(vitalsource, "courses") if row.get("title")]
    assert len(set(titles)) < len(titles)


async def test_a_roster_of_three_pages_names_each_student_once(
    vitalsource: httpx.AsyncClient,
) -> None:
    course = await full_course(vitalsource)
    rows = await walk(vitalsource, f"courses/{course}/rosters")
    check(rows, ROSTER)
    assert len(rows) > 200
    assert {row["course_id"] for row in rows} == {course}
    addresses = [row.get("bookshelf_email_address") for row in rows]
    known = [address for address in addresses if address]
    assert len(set(known)) == len(known) < len(rows)


async def test_ada_is_on_several_rosters_with_an_id_on_each(
    vitalsource: httpx.AsyncClient,
) -> None:
    courses = await walk(vitalsource, "courses", per_page=1_000)
    rosters = [await walk(vitalsource, f"courses/{row['id']}/rosters") for row in courses]
    ada = "ada.byron@academy.example"
    rows = [
        row for roster in rosters for row in roster if row.get("bookshelf_email_address") == ada
    ]
    assert len({row["id"] for row in rows}) == len(rows) > 3
    assert min(len(roster) for roster in rosters) == 0


async def test_opt_outs_are_decisions_of_tenant_users(vitalsource: httpx.AsyncClient) -> None:
    course = await full_course(vitalsource)
    rows = await walk(vitalsource, f"courses/{course}/opt_outs")
    check(rows, OPT_OUT)
    assert len(rows) > 200
    assert {row["opt_out"] for row in rows} == {True, False}
    roster = {row["id"] for row in await walk(vitalsource, f"courses/{course}/rosters")}
    assert not roster & {row["tenant_user_id"] for row in rows}


async def test_per_page_goes_up_to_1000_and_pages_end_empty(
    vitalsource: httpx.AsyncClient,
) -> None:
    whole = (await vitalsource.get("courses", params={"per_page": 5_000})).json()
    assert whole["per_page"] == 1_000
    assert whole["courses"] == await walk(vitalsource, "courses", per_page=7)
    beyond = (await vitalsource.get("courses", params={"page": 99})).json()
    assert beyond == {"page": 99, "per_page": 100, "courses": []}


@pytest.mark.parametrize("text", ["0", "-1", "one", ""])
async def test_a_page_that_is_none_is_the_first(vitalsource: httpx.AsyncClient, text: str) -> None:
    answer = await vitalsource.get("courses", params={"page": text, "per_page": text})
    assert answer.content == (await vitalsource.get("courses")).content


@pytest.mark.parametrize("time", ["created", "updated"])
async def test_times_are_bounded_inclusively(vitalsource: httpx.AsyncClient, time: str) -> None:
    rows = await walk(vitalsource, "courses")
    moments = sorted(row[f"{time}_at"] for row in rows)
    first, last = moments[40], moments[90]
    bounds = {f"{time}_from": first.removesuffix("Z"), f"{time}_until": last}
    assert await walk(vitalsource, "courses", **bounds) == [
        row for row in rows if first <= row[f"{time}_at"] <= last
    ]


async def test_a_time_that_cannot_be_read_is_a_bad_request(vitalsource: httpx.AsyncClient) -> None:
    answer = await vitalsource.get("courses", params={"created_from": "yesterday"})
    assert answer.status_code == 400


@pytest.mark.parametrize("key", ["", "demokey", "OTHER"])
async def test_a_wrong_key_is_401(vitalsource: httpx.AsyncClient, key: str) -> None:
    answer = await vitalsource.get("courses", headers={"X-VitalSource-API-Key": key})
    assert answer.status_code == 401


@pytest.mark.parametrize("course", ["12345678910", "0", "x", "%2e%2e", "1%2F2", "9" * 40])
@pytest.mark.parametrize("below", ["", "/rosters", "/opt_outs"])
async def test_an_unknown_course_is_404(
    vitalsource: httpx.AsyncClient, course: str, below: str
) -> None:
    answer = await vitalsource.get(f"courses/{course}{below}")
    assert answer.status_code == 404


async def test_a_throttled_answer_is_not_json(vitalsource: httpx.AsyncClient) -> None:
    fault = {"kind": "status", "status": 429, "retry_after": "15"}
    await vitalsource.put("http://sandbox/_faults/vitalsource", json=fault)
    answer = await vitalsource.get("courses")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "15")
    assert answer.headers["content-type"].startswith("text/plain")
