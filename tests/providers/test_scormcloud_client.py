"""SCORM Cloud's client against the sandbox: what it asks, what it gets, and what it makes of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import pytest

from providers.base import Ask, Head, Page, Query, join_key
from providers.errors import Kind, ProviderError
from providers.http import open_http
from providers.model import Course, HealthStatus, User
from providers.scormcloud import ScormCloud, Settings, learners
from providers.scormcloud.reading import key_of_activity_completion
from providers.secrets import Secret
from sandbox.academy import Academy
from tests.providers.faults import Request, answer, serving
from tests.providers.scormcloud_samples import COURSE, REGISTRATION, asking, everything

BASE = "/scormcloud/api/v2"
ADA = "ada.byron@academy.example"


@pytest.fixture(scope="module")
def academy() -> Academy:
    return Academy()


@pytest.fixture
async def cloud(transport: httpx.ASGITransport) -> AsyncIterator[ScormCloud]:
    client = opened("http://sandbox" + BASE, transport)
    yield client
    await client.close()


def opened(
    base_url: str, transport: httpx.ASGITransport | None = None, **settings: Any
) -> ScormCloud:
    known = {"name": "cloud", "app_id": "demo-app", "secret": Secret("demo-secret")}
    http = partial(open_http, source="cloud", provider="scorm_cloud", transport=transport)
    return ScormCloud(Settings(**{**known, "base_url": base_url, **settings}), http)


async def sent(sandbox: httpx.AsyncClient) -> list[tuple[str, dict[str, str]]]:
    """Path, below the base, and parameters of each request that the sandbox got."""
    entries = (await sandbox.get("/_requests")).json()["requests"]
    return [
        (unquote(each["path"]).removeprefix("/api/v2"), dict(parse_qsl(each["query"])))
        for each in entries
    ]


async def every(
    read: Callable[[Ask, Query], Awaitable[Page[Any]]], size: int = 20, **filters: Any
) -> list[Any]:
    """All rows of a list, page by page, each page read by an ask of its own."""
    rows: list[Any] = []
    token: str | None = None
    while True:
        page = await read(asking(), Query(size, token, filters))
        rows += page.items
        if (token := page.next) is None:
            return rows


def keys(rows: Any) -> list[str]:
    return [row.key for row in rows]


def heads(found: Mapping[str, Any]) -> dict[str, list[str]]:
    """Keys of the first rows by parent."""
    assert all(isinstance(each, Head) for each in found.values())
    return {key: keys(head.items) for key, head in found.items()}


# Courses.


async def test_a_walk_through_the_courses_loses_and_repeats_nothing(
    cloud: ScormCloud, sandbox: httpx.AsyncClient
) -> None:
    courses = await every(cloud.list_courses)

    assert len(courses) == len(set(keys(courses))) == 36
    requests = await sent(sandbox)
    assert [path for path, _ in requests] == ["/courses"] * 4
    assert [set(params) for _, params in requests[1:]] == [{"more"}] * 3


async def test_a_listed_course_is_the_course_that_is_read_by_its_key(cloud: ScormCloud) -> None:
    listed = (await cloud.list_courses(asking(), Query(20))).items

    for course in listed[:3]:
        assert await cloud.courses(asking(), [course.key]) == {course.key: course}


async def test_courses_are_asked_for_no_more_than_is_wanted(
    cloud: ScormCloud, sandbox: httpx.AsyncClient
) -> None:
    wants: list[dict[str, frozenset[str]]] = [
        {"Course": frozenset({"title", "tags", "content_refs"})},
        {"Course": frozenset({"description"})},
        {"Course": frozenset({"facet"}), "ScormCloudCourse": frozenset({"registration_count"})},
        everything(),
    ]
    for wanted in wants:
        await cloud.list_courses(Ask(wanted), Query(10))
        await cloud.courses(Ask(wanted), ["GEO-2516"])

    metadata, count = {"includeCourseMetadata": "true"}, {"includeRegistrationCount": "true"}
    asked = [params for _, params in await sent(sandbox)]
    assert asked[::2] == asked[1::2] == [{}, metadata, count, {**metadata, **count}]


async def test_a_walk_that_was_begun_for_less_is_read_again_for_more(
    cloud: ScormCloud, sandbox: httpx.AsyncClient
) -> None:
    begun = await cloud.list_courses(Ask({"Course": frozenset({"title"})}), Query(10))
    page = await cloud.list_courses(asking(), Query(10, begun.next))

    assert len(page.items) == 10
    assert all(course.facet is not None for course in page.items)
    assert any(course.description for course in page.items)
    # All of the list takes four calls, ten courses one by one ten.
    _, (_, going_on), (_, again), *rest = await sent(sandbox)
    assert set(going_on) == {"more"} and len(rest) <= 3
    assert again["includeCourseMetadata"] == "true"
    assert page.next is not None
    assert keys(page.items) == keys((await every(cloud.list_courses))[10:20])


async def test_a_few_courses_are_read_one_by_one_with_their_ids_quoted(
    cloud: ScormCloud, sandbox: httpx.AsyncClient
) -> None:
    wanted = ["catalogue/FER-5865", "Hand Hygiene for Families 9656", "nowhere"]

    found = await cloud.courses(asking(), wanted)

    assert list(found) == wanted[:2]
    entries = (await sandbox.get("/_requests")).json()["requests"]
    assert sorted(entry["path"] for entry in entries) == [
        "/api/v2/courses/Hand%20Hygiene%20for%20Families%209656",
        "/api/v2/courses/catalogue%2FFER-5865",
        "/api/v2/courses/nowhere",
    ]


async def test_many_courses_are_read_out_of_the_list_where_that_is_cheaper(
    cloud: ScormCloud,
) -> None:
    wanted = keys(await every(cloud.list_courses))
    ask = asking()

    found = await cloud.courses(ask, [*wanted, "nowhere"])

    assert set(found) == set(wanted)
    assert len(ask.calls) == 4


async def test_ids_of_every_kind_can_be_read(cloud: ScormCloud) -> None:
    """Slashes, spaces, letters beyond ASCII, and what looks quoted already."""
    courses = await every(cloud.list_courses)
    odd = [key for key in keys(courses) if not key.isascii() or set(key) & set("/ %")]

    assert {character for key in odd for character in key} >= set("/ %ü")
    for key in odd:
        found = (await cloud.courses(asking(), [key]))[key]
        assert isinstance(found, Course) and found.key == key


HOSTILE = ["", ".", "..", "../courses", "a/../b", "x\n", "\x00", "\ud800", "x" * 300, "a\\..\\b"]


async def test_hostile_keys_are_absent_and_cost_no_call(cloud: ScormCloud) -> None:
    ask = asking()
    for method in ("courses", "contents", "completions", "assignments"):
        assert await getattr(cloud, method)(ask, HOSTILE) == {}
    for method in ("configurations_of_courses", "course_versions", "registration_instances"):
        assert await getattr(cloud, method)(ask, HOSTILE) == {}

    assert ask.calls == []


async def test_hostile_keys_as_parameters_find_nothing(cloud: ScormCloud) -> None:
    ask = asking()

    assert await cloud.users(ask, HOSTILE) == {}
    found = await cloud.completions_of_courses(ask, HOSTILE, 5)

    assert [head.items for head in found.values() if isinstance(head, Head)] == [[]] * len(found)
    assert {path for call in ask.calls for path in [call.route]} == {"GET /registrations"}


JANUARY, JUNE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("filters", "order", "params"),
    [
        ({"tags": ("new", "popular")}, None, {"tags": "new,popular"}),
        ({"title": "hygiene"}, None, {"filter": "hygiene", "filterBy": "title"}),
        ({"key": "GEO"}, None, {"filter": "GEO", "filterBy": "course_id"}),
        ({"tag": "pop"}, None, {"filter": "pop", "filterBy": "tags"}),
        (
            {"created_from": JANUARY, "created_until": JUNE},
            None,
            {
                "datetimeFilter": "created",
                "since": "2026-01-01T00:00:00Z",
                "until": "2026-06-01T00:00:00Z",
            },
        ),
        (
            {"updated_from": JUNE, "created_from": JANUARY},
            None,
            {"datetimeFilter": "updated", "since": "2026-06-01T00:00:00Z"},
        ),
        ({}, "title_asc", {"orderBy": "title_asc"}),
        ({}, "updated_desc", {"orderBy": "updated_desc"}),
    ],
)
async def test_filters_and_orders_of_courses_go_along(
    cloud: ScormCloud,
    sandbox: httpx.AsyncClient,
    filters: dict[str, Any],
    order: str | None,
    params: dict[str, str],
) -> None:
    page = await cloud.list_courses(Ask(), Query(10, None, filters, order))

    assert page.items
    assert await sent(sandbox) == [("/courses", params)]


async def test_two_texts_cannot_be_searched_for_at_once(cloud: ScormCloud) -> None:
    with pytest.raises(ProviderError) as caught:
        await cloud.list_courses(Ask(), Query(10, None, {"title": "a", "tag": "b"}))

    assert caught.value.kind is Kind.UNSUPPORTED
    assert "leave out title or tag" in caught.value.detail


async def test_a_tag_with_a_comma_cannot_be_asked_for(cloud: ScormCloud) -> None:
    with pytest.raises(ProviderError) as caught:
        await cloud.list_courses(Ask(), Query(10, None, {"tags": ("one,two",)}))

    assert caught.value.kind is Kind.UNSUPPORTED


async def test_courses_that_are_named_are_one_page(cloud: ScormCloud) -> None:
    filters: dict[str, Any] = {"ids": ("GEO-2516", "nowhere")}
    page = await cloud.list_courses(asking(), Query(10, None, filters))
    same = await cloud.list_courses(asking(), Query(10, None, {"external_reference": "GEO-2516"}))

    assert keys(page.items) == keys(same.items) == ["GEO-2516"]
    assert page.next is same.next is None


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "{}",
        "[]",
        "-17",
        "017",
        '["", 0, []]',
        "[null, 0, []]",
        '["m", 0]',
        '["m", -1, []]',
        '["m", 1, []]',
        '["m", true, []]',
        '["m", 0, ["other"]]',
        '["m", 0, [["x"]]]',
        '["m", 0, "x"]',
        '[{"a": 1}, 0, []]',
        "[" * 10_000,
        '["not a token of the cloud", 0, []]',
    ],
)
async def test_a_page_token_that_no_page_gave_is_refused(cloud: ScormCloud, token: str) -> None:
    lists: list[Callable[[Ask, Query], Awaitable[Page[Any]]]] = [
        cloud.list_courses,
        cloud.list_contents,
        cloud.list_completions,
        cloud.list_assignments,
        cloud.list_users,
        lambda ask, query: cloud.completions_of_course(ask, "GEO-2516", query),
        lambda ask, query: cloud.statements_of_course(ask, "GEO-2516", query),
        lambda ask, query: cloud.instances_of_registration(ask, "R005513", query),
    ]
    for read in lists:
        with pytest.raises(ProviderError) as caught:
            await read(asking(), Query(10, token))
        assert caught.value.kind is Kind.INVALID_PAGE


async def test_the_token_of_another_list_is_refused(cloud: ScormCloud) -> None:
    token = (await cloud.list_courses(asking(), Query(10))).next

    with pytest.raises(ProviderError) as caught:
        await cloud.list_completions(asking(), Query(10, token))

    assert caught.value.kind is Kind.INVALID_PAGE


# Contents.


async def test_contents_are_those_of_their_courses(cloud: ScormCloud) -> None:
    contents = await every(cloud.list_contents)
    courses = await every(cloud.list_courses)

    assert len(contents) == len(set(keys(contents))) > 36
    assert contents == [content for course in courses for content in course.content_refs]


async def test_contents_are_read_by_key_at_a_call_for_each_course(cloud: ScormCloud) -> None:
    listed = (await cloud.list_contents(asking(), Query(10))).items
    course = listed[0].course_refs
    assert course is not None
    of_one = [content for content in listed if content.course_refs == course]
    ask = asking()

    found = await cloud.contents(ask, [*keys(of_one), join_key(str(course[0]), "nowhere")])

    assert found == {content.key: content for content in of_one}
    assert len(ask.calls) == 1


async def test_contents_can_be_listed_for_some_courses(cloud: ScormCloud) -> None:
    page = await cloud.list_contents(asking(), Query(10, None, {"courses": ("GEO-2516",)}))

    assert page.items and page.next is None
    assert {content.course_refs for content in page.items} == {("GEO-2516",)}


async def test_who_finished_a_content_is_found_in_the_registrations_of_its_course(
    cloud: ScormCloud, sandbox: httpx.AsyncClient
) -> None:
    contents = await every(cloud.list_contents)
    await sandbox.delete("/_requests")
    found = await cloud.completions_of_contents(asking(), keys(contents[:3]), 5)
    assert all(params["includeChildResults"] == "true" for _, params in await sent(sandbox))

    counted = Counter[str]()
    for content in contents:
        page = partial(cloud.completions_of_content, key=content.key)
        rows = await every(lambda ask, query, page=page: page(ask, query=query))  # type: ignore[misc]
        counted[content.key] = len(rows)
        assert {row.content_ref for row in rows} <= {content.key}
        if content.key in found:
            assert heads(found)[content.key] == keys(rows)[:5]
    assert sum(counted.values()) > 100


async def test_the_completion_of_a_content_is_read_by_its_key(cloud: ScormCloud) -> None:
    found = await cloud.completions_of_contents(
        asking(), keys((await every(cloud.list_contents))[:3]), 1
    )
    rows = [row for head in found.values() if isinstance(head, Head) for row in head.items]
    unknown = key_of_activity_completion("nobody", "nothing")

    read = await cloud.completions(asking(), [*keys(rows), unknown])

    assert rows and read == {row.key: row for row in rows}


# Completions and assignments.


async def test_walks_through_registrations_lose_and_repeat_nothing(cloud: ScormCloud) -> None:
    assignments = await every(cloud.list_assignments)
    completions = await every(cloud.list_completions)

    assert len(assignments) == len(set(keys(assignments))) == 160
    assert len(completions) == len(set(keys(completions))) > 80
    done = {each.key: each.completion_ref for each in assignments if each.completion_ref}
    assert done == {each.key: each for each in completions}


async def test_registrations_are_read_by_key(cloud: ScormCloud) -> None:
    listed = (await cloud.list_assignments(asking(), Query(10))).items
    wanted = [*keys(listed)[:3], "nowhere"]

    assignments = await cloud.assignments(asking(), wanted)
    completions = await cloud.completions(asking(), wanted)

    assert assignments == {each.key: each for each in listed[:3]}
    assert completions == {
        each.key: each.completion_ref for each in listed[:3] if each.completion_ref is not None
    }


async def test_many_registrations_are_read_out_of_the_list(cloud: ScormCloud) -> None:
    wanted = keys(await every(cloud.list_assignments))
    ask = asking()

    assert set(await cloud.assignments(ask, wanted)) == set(wanted)
    assert len(ask.calls) == 16


async def test_first_rows_of_many_courses_cost_a_walk_that_both_relations_share(
    cloud: ScormCloud,
) -> None:
    courses = keys(await every(cloud.list_courses))
    ask = asking()

    completions = await cloud.completions_of_courses(ask, courses, 3)
    assignments = await cloud.assignments_of_courses(ask, courses, 3)

    assert len(ask.calls) == 16
    assert set(completions) == set(assignments) == set(courses)
    for course in courses[:12]:
        of = partial(cloud.completions_of_course, key=course)
        rows = await every(lambda ask, query, of=of: of(ask, query=query))  # type: ignore[misc]
        assert heads(completions)[course] == keys(rows)[:3]
        head = completions[course]
        assert isinstance(head, Head) and (head.more or len(rows) == len(head.items))


async def test_first_rows_of_some_courses_cost_a_call_each_that_both_relations_share(
    cloud: ScormCloud,
) -> None:
    courses = keys(await every(cloud.list_courses))[:5]
    ask = asking()

    completions = await cloud.completions_of_courses(ask, courses, 3)
    assignments = await cloud.assignments_of_courses(ask, courses, 3)

    # One to see what the whole list would cost, and one a course.
    assert len(ask.calls) == 1 + 5
    assert heads(completions) != heads(assignments)


async def test_one_course_costs_one_call(cloud: ScormCloud) -> None:
    ask = asking()

    await cloud.completions_of_courses(ask, ["GEO-2516"], 3)

    assert len(ask.calls) == 1


async def test_first_rows_of_users_are_those_of_their_own_lists(cloud: ScormCloud) -> None:
    users = keys(await every(cloud.list_users))
    completions = await cloud.completions_of_users(asking(), users, 2)
    assignments = await cloud.assignments_of_users(asking(), users, 2)

    for user in users[:8]:
        one = await cloud.completions_of_user(asking(), user, Query(10))
        other = await cloud.assignments_of_user(asking(), user, Query(10))
        assert heads(completions)[user] == keys(one.items)[:2]
        assert heads(assignments)[user] == keys(other.items)[:2]
        assert {row.user_ref.key for row in other.items if isinstance(row.user_ref, User)} == {user}


async def test_unknown_courses_and_users_have_no_registrations(cloud: ScormCloud) -> None:
    found = await cloud.completions_of_courses(asking(), ["nowhere"], 5)

    assert found == {"nowhere": Head([], more=False)}
    assert await cloud.assignments_of_user(asking(), "nobody", Query(5)) == Page([])


@pytest.mark.parametrize(
    ("wanted", "includes"),
    [
        ({}, set()),
        ({"ScormCloudRegistration": {"tags", "completion_amount"}}, set()),
        ({"ScormCloudRegistration": {"objectives"}}, {"includeInteractionsAndObjectives"}),
        ({"ScormCloudRegistration": {"shared_data"}}, {"includeInteractionsAndObjectives"}),
        (
            {
                "ScormCloudRegistration": {"activity_details"},
                "ScormCloudActivityResult": {"score"},
            },
            set(),
        ),
        (
            {
                "ScormCloudRegistration": {"activity_details"},
                "ScormCloudActivityResult": {"children", "objectives"},
            },
            {"includeChildResults", "includeInteractionsAndObjectives"},
        ),
        (
            {
                "ScormCloudRegistration": {"activity_details"},
                "ScormCloudActivityResult": {"runtime"},
                "ScormCloudRuntime": {"location"},
            },
            {"includeChildResults", "includeRuntime"},
        ),
        (
            {
                "ScormCloudInstance": {"activity_details"},
                "ScormCloudActivityResult": {"runtime"},
                "ScormCloudRuntime": {"interactions"},
            },
            {"includeChildResults", "includeRuntime", "includeInteractionsAndObjectives"},
        ),
        ({"ScormCloudActivityResult": {"runtime"}, "ScormCloudRuntime": {"exit"}}, set()),
    ],
)
async def test_registrations_are_asked_for_no_more_than_is_wanted(
    cloud: ScormCloud,
    sandbox: httpx.AsyncClient,
    wanted: dict[str, set[str]],
    includes: set[str],
) -> None:
    ask = Ask({name: frozenset(fields) for name, fields in wanted.items()})

    await cloud.list_assignments(ask, Query(10))
    await cloud.completions(ask, ["R005513"])

    first, second = await sent(sandbox)
    assert first == ("/registrations", dict.fromkeys(includes, "true"))
    assert second == ("/registrations/R005513", dict.fromkeys(includes, "true"))


@pytest.mark.parametrize(
    ("filters", "params"),
    [
        ({"courses": ("GEO-2516",)}, {"courseId": "GEO-2516"}),
        ({"users": (ADA,)}, {"learnerId": ADA}),
        ({"courses": ("GEO-2516",), "users": (ADA,)}, {"courseId": "GEO-2516", "learnerId": ADA}),
        ({"tags": ("autumn", "funded")}, {"tags": "autumn,funded"}),
        ({"key": "R0"}, {"filter": "R0", "filterBy": "registration_id"}),
        ({"tag": "fund"}, {"filter": "fund", "filterBy": "tags"}),
        ({"course_title": "geo"}, {"filter": "geo", "filterBy": "course_title"}),
        ({"user_first_name": "ada"}, {"filter": "ada", "filterBy": "learner_first_name"}),
        ({"user_last_name": "byron"}, {"filter": "byron", "filterBy": "learner_last_name"}),
        (
            {"updated_until": JUNE},
            {"datetimeFilter": "updated", "until": "2026-06-01T00:00:00Z"},
        ),
        # The rows show when somebody began; nothing is asked.
        ({"started_from": JUNE}, {}),
    ],
)
async def test_filters_of_registrations_go_along(
    cloud: ScormCloud,
    sandbox: httpx.AsyncClient,
    filters: dict[str, Any],
    params: dict[str, str],
) -> None:
    await cloud.list_completions(Ask(), Query(10, None, filters))

    assert await sent(sandbox) == [("/registrations", params)]


@pytest.mark.parametrize(
    ("order", "parameter"),
    [
        ("created_asc", "created_asc"),
        ("updated_desc", "updated_desc"),
        ("course_title_asc", "course_title_asc"),
        ("user_first_name_desc", "learner_first_name_desc"),
        ("user_last_name_asc", "learner_last_name_asc"),
    ],
)
async def test_orders_of_registrations_go_along(
    cloud: ScormCloud, sandbox: httpx.AsyncClient, order: str, parameter: str
) -> None:
    assert order in cloud.listings["list_assignments"].orders

    await cloud.list_assignments(Ask(), Query(10, None, {}, order))

    assert await sent(sandbox) == [("/registrations", {"orderBy": parameter})]


async def test_filters_by_several_courses_walk_through_them_one_after_the_other(
    cloud: ScormCloud, sandbox: httpx.AsyncClient
) -> None:
    courses = tuple(keys(await every(cloud.list_courses))[:4])
    await sandbox.delete("/_requests")

    rows = await every(cloud.list_assignments, courses=courses)

    expected = [row for course in courses for row in await self_of(cloud, course)]
    assert keys(rows) == keys(expected)
    asked = [params["courseId"] for _, params in await sent(sandbox) if "courseId" in params]
    assert asked[: len(courses)] == list(courses)


async def self_of(cloud: ScormCloud, course: str) -> list[Any]:
    of = partial(cloud.assignments_of_course, key=course)
    return await every(lambda ask, query: of(ask, query=query))


async def test_sorted_rows_of_several_courses_come_from_the_whole_list(
    cloud: ScormCloud, sandbox: httpx.AsyncClient
) -> None:
    query = Query(10, None, {"courses": ("GEO-2516", "WEB-7324")}, "updated_asc")

    await cloud.list_assignments(Ask(), query)

    assert await sent(sandbox) == [("/registrations", {"orderBy": "updated_asc"})]


async def test_named_registrations_must_pass_the_filters_that_records_do_not_carry(
    cloud: ScormCloud,
) -> None:
    rows = await every(cloud.list_assignments)
    tagged = next(row for row in rows if "funded" in row.facet.tags)
    other = next(row for row in rows if "funded" not in row.facet.tags)
    named: dict[str, Any] = {"ids": (tagged.key, other.key), "tags": ("funded", "retake x")}

    page = await cloud.list_assignments(asking(), Query(10, None, named))

    assert keys(page.items) == [tagged.key]


# Users.


async def test_every_learner_is_listed_once_whatever_the_page(cloud: ScormCloud) -> None:
    whole = await every(cloud.list_users, 100)
    rows = await every(cloud.list_assignments)

    assert len(whole) == len(set(keys(whole)))
    assert set(keys(whole)) == {row.user_ref.key for row in rows}
    assert await every(cloud.list_users, 1) == await every(cloud.list_users, 7) == whole


async def test_pages_of_users_share_what_they_read_in_one_operation(cloud: ScormCloud) -> None:
    ask, token, pages = asking(), None, 0
    while True:
        page = await cloud.list_users(ask, Query(5, token))
        token, pages = page.next, pages + 1
        if token is None:
            break

    assert pages > 3
    assert len(ask.calls) == 16


async def test_users_are_read_as_their_newest_registration_names_them(cloud: ScormCloud) -> None:
    listed = await every(cloud.list_users, 100)
    wanted = keys(listed)

    few = await cloud.users(asking(), [*wanted[:3], "nobody"])
    ask = asking()
    many = await cloud.users(ask, wanted)

    assert few == {user.key: user for user in listed[:3]}
    assert many == {user.key: user for user in listed}
    assert len(ask.calls) == 16


async def test_users_can_be_listed_for_some_courses(cloud: ScormCloud) -> None:
    users = await every(cloud.list_users, courses=("GEO-2516",))
    rows = await self_of(cloud, "GEO-2516")

    assert set(keys(users)) == {row.user_ref.key for row in rows}
    assert keys(await every(cloud.list_users, ids=(ADA, "nobody"))) == [ADA]
    assert keys(await every(cloud.list_users, external_reference=ADA)) == [ADA]


async def test_the_walk_through_the_users_has_an_end_and_says_so(
    cloud: ScormCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learners, "MOST_PAGES", 2)
    ask = asking()
    page = await cloud.list_users(ask, Query(100))

    assert page.items and len(ask.calls) == 2
    with pytest.raises(ProviderError) as caught:
        await cloud.list_users(ask, Query(100, page.next))
    assert caught.value.kind is Kind.UNSUPPORTED


async def test_a_person_is_found_by_email_under_several_ids(cloud: ScormCloud) -> None:
    ask = asking()
    sighting = await cloud.users_by_email(ask, ADA)

    assert len(sighting.users) == 2
    assert {user.email for user in sighting.users} == {ADA}
    assert sighting.users[0].key == ADA
    assert not sighting.complete
    assert len(ask.calls) == 1 + 10


async def test_a_search_of_everything_is_complete(
    cloud: ScormCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learners, "MOST_SEARCHED", 100)

    assert (await cloud.users_by_email(asking(), ADA.upper())).complete
    nobody = await cloud.users_by_email(asking(), "nobody@academy.example")
    assert (list(nobody.users), nobody.complete) == ([], True)


async def test_a_search_that_breaks_off_keeps_what_it_found(
    cloud: ScormCloud, sandbox: httpx.AsyncClient
) -> None:
    ask = asking(budget=3)

    sighting = await cloud.users_by_email(ask, ADA)

    assert ADA in keys(sighting.users) and not sighting.complete
    with pytest.raises(ProviderError) as caught:
        await cloud.users_by_email(asking(budget=3), "nobody@academy.example")
    assert caught.value.kind is Kind.BUDGET_EXCEEDED


# What goes wrong.


async def test_a_walk_that_breaks_off_keeps_what_it_had() -> None:
    rows = [
        {**REGISTRATION, "id": f"R-{at}", "course": {"id": f"course-{at % 5}"}} for at in range(12)
    ]

    async def script(request: Request, writer: Any) -> None:
        params = dict(parse_qsl(urlsplit(request.target).query))
        if "more" in params:
            await answer(status="503 Service Unavailable")(request, writer)
        else:
            body = json.dumps({"registrations": rows[:10], "more": "next"}).encode()
            await answer(body, headers={"x-total-count": "12"})(request, writer)

    async with serving(script) as server:
        cloud = opened(server.url)
        courses = [f"course-{at}" for at in range(5)]
        enough = await cloud.completions_of_courses(Ask(), courses, 2)
        short = await cloud.completions_of_courses(Ask(), [*courses, "other"], 3)
        read = await cloud.assignments(Ask(), [f"R-{at}" for at in range(12)])
        users = await cloud.users(asking(), [ADA, "b", "c", "d"])
        await cloud.close()

    assert heads(enough) == {f"course-{at}": [f"R-{at}", f"R-{at + 5}"] for at in range(5)}
    assert {each.kind for each in short.values() if isinstance(each, ProviderError)} == {
        Kind.UNAVAILABLE
    }
    assert len(short) == 6 and not any(isinstance(each, Head) for each in short.values())
    assert [key for key, each in read.items() if isinstance(each, ProviderError)] == [
        "R-10",
        "R-11",
    ]
    assert isinstance(users[ADA], User) and isinstance(users["b"], ProviderError)


async def test_an_error_stands_for_its_key_only() -> None:
    async def script(request: Request, writer: Any) -> None:
        status = "500 Internal Server Error" if "broken" in request.target else "200 OK"
        await answer(json.dumps({**COURSE, "id": "good"}).encode(), status)(request, writer)

    async with serving(script) as server:
        cloud = opened(server.url)
        found = await cloud.courses(asking(), ["good", "broken"])
        await cloud.close()

    assert isinstance(found["good"], Course)
    assert isinstance(found["broken"], ProviderError)
    assert found["broken"].route == "GET /courses/{}"


async def test_rows_of_other_courses_are_not_believed() -> None:
    body = json.dumps({"registrations": [REGISTRATION, {**REGISTRATION, "course": 17}]}).encode()

    async with serving(answer(body)) as server:
        cloud = opened(server.url)
        own = await cloud.completions_of_course(Ask(), "catalogue/GOLF-1", Query(10))
        other = await cloud.completions_of_course(Ask(), "elsewhere", Query(10))
        first = await cloud.completions_of_courses(Ask(), ["elsewhere"], 5)
        await cloud.close()

    assert keys(own.items) == ["GOLF/7"]
    assert (list(other.items), heads(first)) == ([], {"elsewhere": []})


@pytest.mark.parametrize(
    "body", [b"[]", b"17", b'{"courses": {}}', b"{}", b'{"courses": [], "more": 17}']
)
async def test_a_page_that_is_none_is_a_bad_response(body: bytes) -> None:
    async with serving(answer(body)) as server:
        cloud = opened(server.url)
        with pytest.raises(ProviderError) as caught:
            await cloud.list_courses(asking(), Query(10))
        await cloud.close()

    assert caught.value.kind is Kind.BAD_RESPONSE


async def test_answers_of_wrong_types_cost_their_fields(
    cloud: ScormCloud, sandbox: httpx.AsyncClient
) -> None:
    await sandbox.put("/_faults/scormcloud", json={"kind": "wrong_types"})
    ask = asking()

    courses = await cloud.list_courses(ask, Query(10))
    assignments = await cloud.list_assignments(ask, Query(10))
    completions = await cloud.list_completions(ask, Query(10))

    assert len(courses.items) == len(assignments.items) == 10
    assert completions.items == []
    assert ask.unreadable["cloud", "Course.tags"] == 10


async def test_circling_pages_end() -> None:
    body = json.dumps({"registrations": [REGISTRATION], "more": "same"}).encode()

    async with serving(answer(body, headers={"x-total-count": "2"})) as server:
        cloud = opened(server.url)
        ask = asking()
        found = await cloud.completions_of_courses(ask, ["catalogue/GOLF-1", "b", "c", "d"], 50)
        await cloud.close()

    assert len(ask.calls) == 2
    assert isinstance(found["catalogue/GOLF-1"], Head)


# The account.


async def test_health_and_version_cost_a_call_each(cloud: ScormCloud) -> None:
    ask = asking()

    assert (await cloud.health(ask)).status is HealthStatus.UP
    assert (await cloud.about(ask)).distribution == "SCORM Cloud"
    assert [call.route for call in ask.calls] == ["GET /ping", "GET /about"]


async def test_wrong_credentials_are_said_so(transport: httpx.ASGITransport) -> None:
    cloud = opened("http://sandbox" + BASE, transport, secret=Secret("wrong"))

    with pytest.raises(ProviderError) as caught:
        await cloud.health(asking())
    await cloud.close()

    assert caught.value.kind is Kind.AUTH_FAILED
