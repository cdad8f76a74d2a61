"""VitalSource's client against the sandbox: what it asks, what it gets, and what it makes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import httpx
import msgspec
import pytest

from providers.base import Ask, Head, Page, Query
from providers.errors import Kind, ProviderError
from providers.http import open_http
from providers.model import Course, HealthStatus, User
from providers.secrets import Secret
from providers.vitalsource import Settings, VitalSource
from providers.vitalsource.reading import ASSIGNMENT, COURSE, COURSE_FACET, OPT_OUT, USER
from sandbox.academy import Academy
from tests.providers.faults import Request, answer, serving

CROWD = 200
"""More students than this are in one course of the academy."""


@pytest.fixture(scope="module")
def academy() -> Academy:
    return Academy()


@pytest.fixture
async def launch(transport: httpx.ASGITransport) -> AsyncIterator[VitalSource]:
    client = opened("http://sandbox/vitalsource/api/v4", transport)
    yield client
    await client.close()


def opened(
    base_url: str, transport: httpx.ASGITransport | None = None, api_key: str = "DEMOKEY"
) -> VitalSource:
    settings = Settings(name="campus", api_key=Secret(api_key), base_url=base_url)
    http = partial(open_http, source="campus", provider="vitalsource", transport=transport)
    return VitalSource(settings, http)


def asking(**terms: Any) -> Ask:
    """An ask for every field of every type."""
    tables: tuple[Any, ...] = (COURSE, COURSE_FACET, USER, ASSIGNMENT, OPT_OUT)
    return Ask({each.record.__name__: frozenset(each.cells) for each in tables}, **terms)


async def every(
    read: Callable[[Ask, Query], Awaitable[Page[Any]]], size: int, **filters: Any
) -> list[Any]:
    """All rows of a list, walked in pages of this size, each read by an ask of its own."""
    rows: list[Any] = []
    token: str | None = None
    while True:
        page = await read(asking(), Query(size, token, filters))
        rows += page.items
        if (token := page.next) is None:
            return rows


async def sent(sandbox: httpx.AsyncClient) -> list[tuple[str, dict[str, list[str]]]]:
    """Path and parameters of the requests that the sandbox got; it forgets them."""
    entries = (await sandbox.get("/_requests")).json()["requests"]
    await sandbox.delete("/_requests")
    return [(entry["path"], parse_qs(entry["query"])) for entry in entries]


async def crowded(launch: VitalSource) -> str:
    """The course with the most students."""
    courses = [course.key for course in await every(launch.list_courses, 1000)]
    found = await launch.assignments_of_courses(Ask(budget=500), courses, CROWD)
    (crowd,) = (key for key, head in found.items() if isinstance(head, Head) and head.more)
    return crowd


# Courses.


@pytest.mark.parametrize("size", [7, 100, 240, 1000, 5000])
async def test_a_walk_gives_every_course_once(
    launch: VitalSource, academy: Academy, size: int
) -> None:
    keys = [course.key for course in await every(launch.list_courses, size)]

    assert len(keys) == len(set(keys)) == len(academy.campus("vitalsource").courses)


async def test_courses_are_what_the_source_says(
    launch: VitalSource, sandbox: httpx.AsyncClient
) -> None:
    raw = await sandbox.get(
        "/vitalsource/api/v4/courses?per_page=1000", headers={"X-VitalSource-API-Key": "DEMOKEY"}
    )
    rows = {str(row["id"]): row for row in raw.json()["courses"]}
    for course in await every(launch.list_courses, 1000):
        row = rows.pop(course.key)
        assert course.title == (row.get("title") or str(row["id"]))
        assert course.external_reference == row.get("sis_id")
        assert course.facet.is_active is row.get("active")
        assert course.facet.term_id == (str(row["term_id"]) if row.get("term_id") else None)
    assert not rows


@pytest.mark.parametrize(("wanted", "calls"), [(1, 1), (2, 2), (3, 1), (240, 1)])
async def test_courses_are_read_by_key_the_cheaper_way(
    launch: VitalSource, wanted: int, calls: int
) -> None:
    listed = (await every(launch.list_courses, 1000))[:wanted]
    ask = asking()
    found = await launch.courses(ask, [course.key for course in listed])

    assert found == {course.key: course for course in listed}
    assert len(ask.calls) == calls
    assert {call.status for call in ask.calls} == {200}


async def test_a_walk_for_courses_is_shared_by_one_operation(launch: VitalSource) -> None:
    keys = [course.key for course in await every(launch.list_courses, 1000)]
    ask = asking()

    assert len(await launch.courses(ask, keys[:9])) == 9
    assert len(await launch.courses(ask, keys[100:102])) == 2
    assert await launch.courses(ask, ["99999999999"]) == {}
    assert [call.route for call in ask.calls] == ["GET /courses"]


async def test_courses_that_do_not_exist_are_absent(launch: VitalSource) -> None:
    ask = asking()
    listed = (await launch.list_courses(ask, Query(1))).items[0]
    hostile = ["", "..", "../../courses", "1 or 1=1", "007", "１２", "1e3", "9" * 30, "a/b"]

    assert await launch.courses(ask, ["9999", listed.key]) == {listed.key: listed}
    calls = len(ask.calls)
    assert await launch.courses(ask, hostile) == {}
    assert len(ask.calls) == calls


@pytest.mark.parametrize("name", ["created", "updated"])
async def test_periods_are_asked_of_the_source_and_include_both_ends(
    launch: VitalSource, sandbox: httpx.AsyncClient, name: str
) -> None:
    courses = await every(launch.list_courses, 1000)
    times = sorted(getattr(course, f"{name}_at") for course in courses)
    start, end = times[40], times[80]
    inside = {each.key for each in courses if start <= getattr(each, f"{name}_at") <= end}
    await sent(sandbox)
    found = await every(launch.list_courses, 25, **{f"{name}_from": start, f"{name}_until": end})

    assert {course.key for course in found} == inside
    path, params = (await sent(sandbox))[0]
    assert path == "/api/v4/courses"
    assert params == {
        f"{name}_from": [start.strftime("%Y-%m-%dT%H:%M:%SZ")],
        f"{name}_until": [end.strftime("%Y-%m-%dT%H:%M:%SZ")],
        "page": ["1"],
        "per_page": ["25"],
    }


async def test_filters_that_the_caller_checks_are_read_in_the_largest_pages(
    launch: VitalSource, sandbox: httpx.AsyncClient
) -> None:
    page = await launch.list_courses(asking(), Query(5, filters={"title": "fire"}))

    assert len(page.items) == 240 and page.next is None
    assert await sent(sandbox) == [("/api/v4/courses", {"page": ["1"], "per_page": ["1000"]})]


async def test_a_filter_by_ids_reads_just_these(launch: VitalSource) -> None:
    courses = await every(launch.list_courses, 1000)
    picked = [courses[7], courses[3]]
    ask = asking()
    query = Query(1, filters={"ids": (picked[0].key, "404", picked[1].key)})

    assert await launch.list_courses(ask, query) == Page(picked)
    crowd = await crowded(launch)
    rows = await every(launch.list_users, 1000, courses=(crowd,))
    filters = {"courses": (crowd,), "ids": (rows[9].key, "404/1")}
    assert await launch.list_users(asking(), Query(1, filters=filters)) == Page([rows[9]])
    with pytest.raises(ProviderError) as caught:
        await launch.list_courses(asking(), replace(query, page=".2.10"))
    assert caught.value.kind is Kind.INVALID_PAGE


# Rosters.


async def test_a_roster_is_walked_without_loss(launch: VitalSource) -> None:
    crowd = await crowded(launch)
    read = partial(first_of, launch.assignments_of_course, crowd)
    whole = await every(read, 1000)

    assert len(whole) > CROWD
    assert len({row.key for row in whole}) == len(whole)
    for size in (1, 7, 100):
        assert await every(read, size) == whole
    assert {row.course_ref for row in whole} == {crowd}
    assert all(isinstance(row.user_ref, User) for row in whole)


async def first_of(read: Any, key: str, ask: Ask, query: Query) -> Page[Any]:
    """A page of a parent's list."""
    found: Page[Any] = await read(ask, key, query)
    return found


async def test_first_rows_of_many_courses_cost_a_call_each_and_know_whether_more_follow(
    launch: VitalSource,
) -> None:
    keys = [course.key for course in (await launch.list_courses(asking(), Query(30))).items]
    ask = asking()
    found = await launch.assignments_of_courses(ask, [*keys, "..", "1/2"], 3)

    assert list(found) == keys
    assert len(ask.calls) == 30
    mores = Counter[bool]()
    for key, head in found.items():
        assert isinstance(head, Head)
        rows = await every(partial(first_of, launch.assignments_of_course, key), 1000)
        assert list(head.items) == rows[:3]
        assert head.more is (len(rows) > 3)
        mores[head.more] += 1
    assert mores[True] and mores[False]


async def test_one_course_that_fails_costs_its_own_rows_only(
    launch: VitalSource, sandbox: httpx.AsyncClient
) -> None:
    keys = [course.key for course in (await launch.list_courses(asking(), Query(3))).items]
    fault = {"kind": "status", "status": 429, "retry_after": "15", "path": f"{keys[1]}/rosters"}
    await sandbox.put("/_faults/vitalsource", json=fault)
    found = await launch.assignments_of_courses(asking(), keys, 3)

    error = found[keys[1]]
    assert isinstance(error, ProviderError)
    assert (error.kind, error.retry_after) == (Kind.RATE_LIMITED, 15)
    assert isinstance(found[keys[0]], Head) and isinstance(found[keys[2]], Head)


async def test_users_and_assignments_are_read_by_key_with_a_walk_for_each_course(
    launch: VitalSource,
) -> None:
    crowd = await crowded(launch)
    rows = await every(launch.list_assignments, 1000, courses=(crowd,))
    people = await every(launch.list_users, 1000, courses=(crowd,))
    others = [course.key for course in await every(launch.list_courses, 1000)]
    found = await launch.assignments_of_courses(Ask(asking().wanted, budget=500), others, 1)
    single = next(
        head.items[0]
        for key, head in found.items()
        if key != crowd and isinstance(head, Head) and head.items
    )
    ask = asking()

    keys = [rows[0].key, rows[-1].key, single.key]
    assert await launch.assignments(ask, keys) == {
        row.key: row for row in (rows[0], rows[-1], single)
    }
    assert len(ask.calls) == 2
    assert await launch.users(asking(), [people[5].key]) == {people[5].key: people[5]}
    assert [person.key for person in people] == [row.key for row in rows]
    assert people == [row.user_ref for row in rows]


async def test_rows_that_do_not_exist_are_absent(launch: VitalSource) -> None:
    crowd = await crowded(launch)
    ask = asking()
    hostile = ["", "1", "../1", "1/..", "1/2/3", f"{crowd}/", "a/b", f"{crowd}%2F1", "1//2"]

    assert await launch.users(ask, hostile) == {}
    assert await launch.assignments(ask, hostile) == {}
    assert ask.calls == []
    assert await launch.users(ask, [f"{crowd}/1", "5/6"]) == {}
    assert await launch.assignments_of_courses(ask, ["5"], 3) == {"5": Head([])}


async def test_a_user_has_the_one_assignment_that_is_its_row(launch: VitalSource) -> None:
    crowd = await crowded(launch)
    rows = await every(launch.list_assignments, 1000, courses=(crowd,))
    ask = asking()
    found = await launch.assignments_of_users(ask, [rows[0].key, rows[1].key, f"{crowd}/1"], 20)

    assert found == {
        rows[0].key: Head([rows[0]]),
        rows[1].key: Head([rows[1]]),
        f"{crowd}/1": Head([]),
    }
    assert len(ask.calls) == 1
    assert await launch.assignments_of_user(asking(), rows[0].key, Query(5)) == Page([rows[0]])


async def test_people_are_listed_course_after_course(launch: VitalSource) -> None:
    courses = [course.key for course in (await launch.list_courses(asking(), Query(12))).items]
    expected = [
        row.key
        for course in courses
        for row in await every(launch.list_users, 1000, courses=(course,))
    ]

    for size in (3, 100):
        walked = await every(launch.list_users, size, courses=(*courses, "404", "../x"))
        assert [user.key for user in walked] == expected


async def test_people_can_not_be_listed_without_a_course(launch: VitalSource) -> None:
    for read in (launch.list_users, launch.list_assignments):
        ask = asking()
        with pytest.raises(ProviderError) as caught:
            await read(ask, Query(10))
        assert caught.value.kind is Kind.UNSUPPORTED
        assert "courses" in caught.value.detail
        assert ask.calls == []
    for name in ("list_users", "list_assignments"):
        assert launch.listings[name].needs == {"courses"}


async def test_the_period_of_a_roster_is_asked_of_the_source(
    launch: VitalSource, sandbox: httpx.AsyncClient
) -> None:
    crowd = await crowded(launch)
    rows = await every(launch.list_assignments, 1000, courses=(crowd,))
    start = sorted(row.updated_at for row in rows)[len(rows) // 2]
    await sent(sandbox)
    found = await every(launch.list_assignments, 50, courses=(crowd,), updated_from=start)

    assert {row.key for row in found} == {row.key for row in rows if row.updated_at >= start}
    path, params = (await sent(sandbox))[0]
    assert path == f"/api/v4/courses/{crowd}/rosters"
    assert params["updated_from"] == [start.strftime("%Y-%m-%dT%H:%M:%SZ")]


@pytest.mark.parametrize("name", ["created_from", "created_until", "updated_from", "updated_until"])
async def test_students_of_a_course_are_narrowed_by_time(
    launch: VitalSource, sandbox: httpx.AsyncClient, name: str
) -> None:
    assert name in launch.listings["list_users"].filters
    crowd = await crowded(launch)
    field, _, end = name.partition("_")
    times = {
        row.key: getattr(row, f"{field}_at")
        for row in await every(launch.list_users, 1000, courses=(crowd,))
    }
    middle = sorted(times.values())[len(times) // 2]
    await sent(sandbox)
    found = await every(launch.list_users, 50, courses=(crowd,), **{name: middle})

    wanted = {
        key for key, time in times.items() if (time >= middle if end == "from" else time <= middle)
    }
    assert {row.key for row in found} == wanted and 0 < len(wanted) < len(times)
    path, params = (await sent(sandbox))[0]
    assert path == f"/api/v4/courses/{crowd}/rosters"
    assert params[name] == [middle.strftime("%Y-%m-%dT%H:%M:%SZ")]


async def test_nobody_can_be_looked_for_across_courses(launch: VitalSource) -> None:
    ask = asking()
    sighting = await launch.users_by_email(ask, "ada.byron@academy.example")

    assert (list(sighting.users), sighting.searched, sighting.complete) == ([], False, False)
    assert ask.calls == []


# Opt-outs.


async def test_opt_outs_of_a_course_are_read(launch: VitalSource) -> None:
    crowd = await crowded(launch)
    read = partial(first_of, launch.opt_outs_of_course, crowd)
    whole = await every(read, 1000)

    assert len(whole) > CROWD
    assert await every(read, 7) == whole
    assert {row.is_opted_out for row in whole} == {True, False}
    assert all(row.key == f"{crowd}/{row.key.split('/')[1]}" for row in whole)
    assert {row.course_ref for row in whole} == {crowd}
    found = await launch.opt_outs_of_courses(asking(), [crowd, "5", ".."], 4)
    assert found == {crowd: Head(whole[:4], more=True), "5": Head([])}
    start = datetime(2100, 1, 1, tzinfo=UTC)
    assert await every(read, 7, created_from=start) == []


# Pages, and what else may come back.


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "1", "1.1", "0.1.1", ".0.10", ".1.0", ".1.1001", ".1.9999", ".-1.10", ".1.10 ",
     ".1.10\n", "..1.10", "5.1.10", "../x.1.10", ".1.１０", ".1e3.10", '["1"]', ".9999999999.10",
     "null", "\x00", "a" * 5000],
)  # fmt: skip
async def test_a_page_that_nobody_gave_out_is_refused(launch: VitalSource, token: str) -> None:
    ask = asking()
    query = Query(10, token)
    reads = (
        launch.list_courses(ask, query),
        launch.list_users(ask, Query(10, token, {"courses": ("77",)})),
        launch.list_assignments(ask, Query(10, token, {"courses": ("..",)})),
        launch.assignments_of_course(ask, "77", query),
        launch.assignments_of_user(ask, "77/1", query),
        launch.opt_outs_of_course(ask, "77", query),
    )
    for read in reads:
        with pytest.raises(ProviderError) as caught:
            await read
        assert caught.value.kind is Kind.INVALID_PAGE
    assert ask.calls == []


async def test_a_token_of_one_list_does_not_open_another(launch: VitalSource) -> None:
    courses = await launch.list_courses(asking(), Query(5))
    crowd = await crowded(launch)
    roster = await launch.assignments_of_course(asking(), crowd, Query(5))
    assert courses.next and roster.next

    for read in (
        launch.list_courses(asking(), Query(5, roster.next)),
        launch.assignments_of_course(asking(), crowd, Query(5, courses.next)),
        launch.assignments_of_course(asking(), "77", Query(5, roster.next)),
        launch.list_users(asking(), Query(5, roster.next, {"courses": ("77",)})),
    ):
        with pytest.raises(ProviderError) as caught:
            await read
        assert caught.value.kind is Kind.INVALID_PAGE


ROWS = [{"id": number} for number in range(1, 6)]


@pytest.mark.parametrize(
    ("body", "follows"),
    [
        (ROWS, True),
        (ROWS[:4], False),
        ([], False),
        ({"page": 1, "per_page": 5, "courses": ROWS}, True),
        ({"courses": ROWS[:3]}, False),
        ({"meta": {"total": 5}, "anything": ROWS}, True),
        ({"per_page": 3, "courses": ROWS[:3]}, True),
        ({"per_page": 1000, "courses": ROWS}, True),
        ({"per_page": "5", "courses": ROWS}, True),
        ({"per_page": 0, "courses": []}, False),
    ],
)
async def test_a_list_is_an_array_or_an_object_that_holds_one(body: Any, follows: bool) -> None:
    async with serving(answer(msgspec.json.encode(body))) as server:
        client = opened(server.url)
        ask = asking()
        page = await client.list_courses(ask, Query(5))
        await client.close()

    count = len(body if isinstance(body, list) else next(filter(is_list, body.values())))
    assert [course.key for course in page.items] == [str(n) for n in range(1, count + 1)]
    assert (page.next is not None) is follows
    assert ask.calls[0].rows == count


def is_list(value: Any) -> bool:
    return isinstance(value, list)


@pytest.mark.parametrize("body", [b"{}", b"null", b"7", b'"courses"', b'{"courses": {"1": {}}}'])
async def test_a_body_without_a_list_is_not_what_was_promised(body: bytes) -> None:
    async with serving(answer(body)) as server:
        client = opened(server.url)
        with pytest.raises(ProviderError) as caught:
            await client.list_courses(asking(), Query(5))
        await client.close()

    assert caught.value.kind is Kind.BAD_RESPONSE


async def test_a_course_is_read_only_under_its_own_key() -> None:
    async with serving(answer(b'{"id": 8}')) as server:
        client = opened(server.url)
        found = await client.courses(asking(), ["7"])
        await client.close()

    assert found == {}


async def test_many_full_pages_are_given_up_for_single_reads() -> None:
    """Of a list that never ends, no more pages are read than there are courses to find."""

    async def endless(request: Request, writer: Any) -> None:
        _, _, key = request.target.partition("/courses/")
        page = int(parse_qs(request.target.partition("?")[2]).get("page", ["0"])[0])
        rows = [{"id": page * 1000 + n} for n in range(1000)]
        body = {"id": int(key)} if key else {"courses": rows}
        await answer(msgspec.json.encode(body))(request, writer)

    wanted = ["1001", *(str(n) for n in range(900_000, 900_009))]
    async with serving(endless) as server:
        client = opened(server.url)
        ask = asking()
        found = await client.courses(ask, wanted)
        await client.close()

    assert set(found) == set(wanted)
    assert all(isinstance(course, Course) for course in found.values())
    assert Counter(call.route for call in ask.calls) == {"GET /courses": 7, "GET /courses/{}": 9}


async def test_a_walk_that_breaks_off_keeps_what_it_found() -> None:
    async def breaks(request: Request, writer: Any) -> None:
        page = int(parse_qs(request.target.partition("?")[2])["page"][0])
        body = msgspec.json.encode([{"id": page * 1000 + n} for n in range(1000)])
        await answer(body, "200 OK" if page == 1 else "503 Down")(request, writer)

    courses, rows = ["1001", "1999"], ["7/1500", "7/1501"]
    lost = [str(n) for n in range(900_000, 900_009)]
    async with serving(breaks) as server:
        client = opened(server.url)
        found = await client.courses(asking(), [*courses, *lost])
        enrolled = await client.assignments(asking(), [*rows, "7/900000"])
        await client.close()

    assert {key for key, each in found.items() if isinstance(each, Course)} == set(courses)
    errors = {key: each.kind for key, each in found.items() if isinstance(each, ProviderError)}
    assert errors == dict.fromkeys(lost, Kind.UNAVAILABLE)
    assert [key for key, each in enrolled.items() if not isinstance(each, ProviderError)] == rows
    assert isinstance(enrolled["7/900000"], ProviderError)


@pytest.mark.parametrize("kind", ["html", "broken_json", "truncated"])
async def test_what_a_source_breaks_is_an_error_not_a_crash(
    launch: VitalSource, sandbox: httpx.AsyncClient, kind: str
) -> None:
    await sandbox.put("/_faults/vitalsource", json={"kind": kind})
    with pytest.raises(ProviderError) as caught:
        await launch.list_courses(asking(), Query(10))

    assert caught.value.kind is Kind.BAD_RESPONSE


async def test_wrong_types_cost_fields_and_are_counted(
    launch: VitalSource, sandbox: httpx.AsyncClient
) -> None:
    await sandbox.put("/_faults/vitalsource", json={"kind": "wrong_types"})
    ask = asking()
    page = await launch.list_courses(ask, Query(10))

    assert len(page.items) == 10
    assert ask.unreadable["campus", "Course.created_at"] == 10


async def test_health_takes_one_row(launch: VitalSource, sandbox: httpx.AsyncClient) -> None:
    health = await launch.health(Ask())

    assert health.status is HealthStatus.UP
    assert await sent(sandbox) == [("/api/v4/courses", {"page": ["1"], "per_page": ["1"]})]


async def test_a_wrong_key_is_refused_and_not_shown(transport: httpx.ASGITransport) -> None:
    client = opened("http://sandbox/vitalsource/api/v4", transport, api_key="STOLENKEY")
    with pytest.raises(ProviderError) as caught:
        await client.health(Ask())
    await client.close()

    assert caught.value.kind is Kind.AUTH_FAILED
    assert "STOLENKEY" not in f"{caught.value}{vars(caught.value)}{client.http!r}"


async def test_every_call_sends_the_documented_headers() -> None:
    async with serving(answer(b"[]")) as server:
        client = opened(server.url)
        await client.list_courses(Ask(), Query(5))
        await client.close()

    headers = server.requests[0].headers
    assert headers["x-vitalsource-api-key"] == "DEMOKEY"
    assert headers["accept"] == headers["content-type"] == "application/json"
