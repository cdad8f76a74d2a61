"""StackOne's lists and records against the sandbox: what is asked, what comes, and what it
costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from providers.base import Ask, Listing, Page, Query
from providers.errors import Kind, ProviderError
from providers.model import AssignmentStatus, Category, Instructor, Status
from providers.stackone import StackOne
from providers.stackone.resources import Generation
from sandbox.academy import Academy
from tests.providers.stackone_accounts import JUNE, WHOLE, Desk, answering, asking, every, opened

SIZES = {
    "courses": 80,
    "contents": 228,
    "completions": 320,
    "assignments": 400,
    "users": 90,
    "categories": 60,
    "skills": 60,
}
"""How many of each the academy has."""

BOTH = pytest.mark.parametrize(
    ("account", "generation"), [("demo-account", "2025-12"), (JUNE, "2025-06")]
)


@pytest.fixture(scope="module")
def academy() -> Academy:
    return Academy()


@pytest.fixture
def desk(academy: Academy) -> Desk:
    return Desk(academy)


@pytest.fixture
def stackone(desk: Desk) -> StackOne:
    return desk.open()


# Lists.


@BOTH
@pytest.mark.parametrize("plural", SIZES)
@pytest.mark.parametrize("size", [7, 100, 5000])
async def test_a_walk_gives_every_row_once(
    desk: Desk, account: str, generation: Generation, plural: str, size: int
) -> None:
    rows = await every(getattr(desk.open(account, generation), f"list_{plural}"), size)

    assert len(rows) == len({row.key for row in rows}) == SIZES[plural]


async def test_short_and_empty_pages_have_a_next_one(stackone: StackOne) -> None:
    ask = asking()
    await every(lambda _, query: stackone.list_completions(ask, query), 50)
    lengths = [call.rows for call in ask.calls]

    assert lengths == [50, 30, 50, 0, 50, 50, 50, 40]


async def test_a_walk_keeps_its_page_size(desk: Desk, stackone: StackOne) -> None:
    first = await stackone.list_users(asking(), Query(7))
    await stackone.list_users(asking(), Query(50, first.next))

    assert [params["page_size"] for _, params in await desk.sent()] == ["7", "7"]


async def test_rows_are_what_the_source_says(desk: Desk, stackone: StackOne) -> None:
    raw = {
        row["id"]: row for row in (await desk.raw("/unified/lms/users", page_size="100"))["data"]
    }

    for user in await every(stackone.list_users):
        row = raw.pop(user.key)
        assert (user.name, user.email, user.phone) == (
            row["name"],
            row["email"],
            row["phone_number"],
        )
        assert user.updated_at == datetime.fromisoformat(row["updated_at"])
        assert user.status_text == (None if row["active"] is None else str(row["active"]).lower())
    assert not raw


@BOTH
@pytest.mark.parametrize("plural", SIZES)
async def test_everything_is_readable(
    desk: Desk, account: str, generation: Generation, plural: str
) -> None:
    ask = asking()
    await getattr(desk.open(account, generation), f"list_{plural}")(ask, Query(100))

    assert not ask.unreadable and not ask.dropped


# Fields.


async def test_only_what_is_wanted_is_asked_for(desk: Desk, stackone: StackOne) -> None:
    wanted = {"Course": frozenset({"title", "status", "category_refs"}), "User": frozenset[str]()}
    ask = Ask(wanted)
    await stackone.list_courses(ask, Query(5))
    await stackone.list_users(ask, Query(5))
    await stackone.courses(ask, ["1"])

    assert [params["fields"] for _, params in await desk.sent()] == [
        "id,title,categories,active",
        "id",
        "id,title,categories,active",
    ]


@pytest.mark.parametrize(
    ("generation", "record", "fields", "asked"),
    [
        ("2025-12", "Course", {"instructor_refs"}, "id,authors"),
        ("2025-06", "Course", {"instructor_refs"}, "id"),
        ("2025-12", "Course", {"custom_fields"}, "id,unified_custom_fields"),
        # June's rows have them, but its list of names for `fields` hasn't.
        ("2025-06", "Course", {"custom_fields"}, None),
        # Only shown where they are asked for, in both.
        ("2025-06", "Course", {"localizations"}, "id,localizations"),
        ("2025-06", "Completion", {"score", "certificate_url", "result"}, "id,result"),
        ("2025-06", "Assignment", {"assigned_at", "completed_at", "progress"}, "id,progress"),
        ("2025-12", "Assignment", {"assigned_at"}, "id,assigned_at"),
        # Rows of skills have a level, but `fields` doesn't take it.
        ("2025-12", "Skill", {"level"}, None),
        ("2025-12", "Category", {"level"}, "id,hierarchy,level"),
    ],
)
async def test_fields_name_only_what_the_generation_has(
    desk: Desk, generation: Generation, record: str, fields: set[str], asked: str | None
) -> None:
    client = desk.open(generation=generation)
    plural = {"Category": "categories"}.get(record, f"{record.lower()}s")
    await getattr(client, f"list_{plural}")(Ask({record: frozenset(fields)}), Query(5))

    ((_, params),) = await desk.sent()
    assert params.get("fields") == asked


async def test_fields_of_a_facet_are_asked_for(desk: Desk, stackone: StackOne) -> None:
    wanted = {"Content": frozenset({"facet"}), "StackOneContent": frozenset({"additional_data"})}
    page: Page[Any] = await stackone.list_contents(Ask(wanted), Query(100))

    assert (await desk.sent())[0][1]["fields"] == "id,additional_data"
    assert any(row.facet.additional_data for row in page.items)


# Filters.

MOMENT = datetime(2026, 1, 1, 12, tzinfo=UTC)
BEFORE = "2026-01-01T11:59:59.000Z"


@pytest.mark.parametrize(
    ("plural", "filters", "sent"),
    [
        ("courses", {"updated_from": MOMENT}, {"filter[updated_after]": BEFORE}),
        ("courses", {"external_reference": "A-1"}, {"filter[external_reference]": "A-1"}),
        ("courses", {"status": Status.ACTIVE}, {"filter[active]": "true"}),
        ("contents", {"updated_from": MOMENT}, {"filter[updated_after]": BEFORE}),
        ("contents", {"status": Status.ACTIVE}, {"filter[active]": "true"}),
        ("users", {"email": "a@b.c"}, {"filter[email]": "a@b.c"}),
        ("users", {"external_reference": "5"}, {"filter[external_reference]": "5"}),
        ("completions", {"updated_from": MOMENT}, {"filter[updated_after]": BEFORE}),
        ("assignments", {"updated_from": MOMENT}, {"filter[updated_after]": BEFORE}),
        (
            "assignments",
            {"status": AssignmentStatus.IN_PROGRESS},
            {"filter[status]": "in_progress"},
        ),
        ("assignments", {"users": ("u1",)}, {"user_id": "u1"}),
    ],
)
async def test_filters_are_pushed_down(
    desk: Desk, stackone: StackOne, plural: str, filters: dict[str, Any], sent: dict[str, str]
) -> None:
    assert set(filters) <= stackone.listings[f"list_{plural}"].filters
    await getattr(stackone, f"list_{plural}")(Ask(), Query(5, filters=filters))

    ((_, params),) = await desk.sent()
    assert params == {**sent, "fields": "id", "page_size": "5"}


@pytest.mark.parametrize(
    ("plural", "filters"),
    [
        ("courses", {"status": Status.INACTIVE}),
        ("courses", {"title": "fire"}),
        ("users", {"status": Status.ACTIVE}),
        ("users", {"external_reference": ""}),
        ("assignments", {"users": ("u1", "u2")}),
        ("completions", {"updated_from": datetime.min.replace(tzinfo=UTC)}),
    ],
)
async def test_filters_that_are_left_to_the_caller_are_read_in_the_largest_pages(
    desk: Desk, stackone: StackOne, plural: str, filters: dict[str, Any]
) -> None:
    await getattr(stackone, f"list_{plural}")(Ask(), Query(5, filters=filters))

    ((_, params),) = await desk.sent()
    assert params == {"fields": "id", "page_size": "100"}


async def test_june_can_not_filter_by_active(desk: Desk) -> None:
    filters = {"status": Status.ACTIVE}
    await desk.open(JUNE, "2025-06").list_courses(Ask(), Query(5, filters=filters))

    ((_, params),) = await desk.sent()
    assert params == {"fields": "id", "page_size": "100"}


async def test_what_a_generation_can_be_asked_shows_in_its_listings(desk: Desk) -> None:
    newer, older = desk.open().listings, desk.open(JUNE, "2025-06").listings

    assert newer.keys() == older.keys() == {f"list_{plural}" for plural in SIZES}
    assert newer["list_courses"].filters - older["list_courses"].filters == {"instructors"}
    assert newer["list_categories"] == Listing(
        frozenset({"ids", "remote_id", "status", "status_text"})
    )
    assert not any(listing.orders or listing.needs for listing in newer.values())


async def test_a_moment_is_included_in_what_was_updated_from_it(stackone: StackOne) -> None:
    completions = await every(stackone.list_completions)
    moments = sorted(row.updated_at for row in completions)
    found = await every(stackone.list_completions, updated_from=moments[100])

    wanted = {row.key for row in completions if row.updated_at >= moments[100]}
    assert len(wanted) >= 220
    assert wanted <= {row.key for row in found}


async def test_a_filter_by_ids_reads_these_page_after_page(desk: Desk, stackone: StackOne) -> None:
    courses = await every(stackone.list_courses)
    await desk.sent()
    ids = (courses[7].key, "404", courses[3].key, courses[9].key, courses[7].key)
    ask = asking()
    first = await stackone.list_courses(ask, Query(2, filters={"ids": ids}))
    second = await stackone.list_courses(ask, Query(2, first.next, {"ids": ids}))

    assert [*first.items, *second.items] == [courses[7], courses[3], courses[9]]
    assert second.next is None
    assert len(ask.calls) == 4


async def test_a_record_is_found_by_the_id_that_the_system_behind_uses(stackone: StackOne) -> None:
    contents = await every(stackone.list_contents)
    slashed = next(row for row in contents if "/" in row.remote_id)
    ask = asking()
    filters = {"remote_id": slashed.remote_id}

    assert await stackone.list_contents(ask, Query(20, filters=filters)) == Page([slashed])
    assert [call.route for call in ask.calls] == ["GET /unified/lms/content/{}"]


async def test_the_course_of_an_instructor_is_known_from_the_key(stackone: StackOne) -> None:
    courses = await every(stackone.list_courses)
    course = next(each for each in courses if each.instructor_refs)
    filters = {"instructors": (course.instructor_refs[0].key, "content/1/2", "nonsense")}
    ask = asking()

    assert await stackone.list_courses(ask, Query(20, filters=filters)) == Page([course])
    assert len(ask.calls) == 1


async def test_completions_of_one_user_are_read_below_the_user(
    desk: Desk, stackone: StackOne
) -> None:
    users = await every(stackone.list_users)
    completions = await every(stackone.list_completions)
    user = completions[0].user_ref
    await desk.sent()
    filters = {"users": (user,), "updated_from": datetime(2000, 1, 1, tzinfo=UTC)}
    page = await stackone.list_completions(asking(), Query(100, filters=filters))

    # In another order than the whole list's.
    own = {row.key: row for row in completions if row.user_ref == user}
    assert {row.key: row for row in page.items} == own and len(page.items) == len(own)
    assert page.next is None
    ((path, params),) = await desk.sent()
    assert path == f"/users/{user}/completions"
    assert params["filter[updated_after]"] == "1999-12-31T23:59:59.000Z"
    for unknown in ("404", ".."):
        gone = Query(5, filters={"users": (unknown,)})
        assert await stackone.list_completions(asking(), gone) == Page([])
    two = Query(5, filters={"users": (user, users[3].key)})
    assert len((await stackone.list_completions(asking(), two)).items) == 100


async def test_assignments_of_one_user_are_asked_for(stackone: StackOne) -> None:
    assignments = await every(stackone.list_assignments)
    user = assignments[0].user_ref

    assert await every(stackone.list_assignments, users=(user,)) == [
        row for row in assignments if row.user_ref == user
    ]


# Raw data.


async def test_raw_data_are_read_for_each_row_by_itself(desk: Desk, stackone: StackOne) -> None:
    plain = await stackone.list_courses(asking(), Query(3))
    raw = asking(Course={*WHOLE["Course"], "raw_data"})
    await desk.sent()
    page = await stackone.list_courses(raw, Query(3))

    for row, without in zip(page.items, plain.items, strict=True):
        assert row.raw_data[0]["response"]["items"][0]["title"] == row.title
        assert row == type(row)(
            **{
                name: getattr(without, name) for name in row.__struct_fields__ if name != "raw_data"
            },
            raw_data=row.raw_data,
        )
    first, *others = await desk.sent()
    assert "raw" not in first[1]
    assert [params["raw"] for _, params in others] == ["true"] * 3


async def test_rows_that_cost_a_call_each_are_not_read_by_the_hundred(
    desk: Desk, stackone: StackOne
) -> None:
    raw = asking(Course={"title", "raw_data"})
    page = await stackone.list_courses(raw, Query(3, filters={"title": "a"}))

    assert len(page.items) == 3
    assert (await desk.sent())[0][1]["page_size"] == "3"


async def test_raw_data_beyond_the_budget_are_an_error_not_a_gap(stackone: StackOne) -> None:
    raw = asking(Course={"raw_data"}, budget=3)
    with pytest.raises(ProviderError) as caught:
        await stackone.list_courses(raw, Query(3))

    assert caught.value.kind is Kind.BUDGET_EXCEEDED


# Page tokens.


@pytest.mark.parametrize(
    "token",
    [
        "",
        "null",
        "{}",
        "[]",
        "7",
        '["users",25]',
        '["users",25,"x","y"]',
        '["courses",25,"x"]',
        '["users/{}/completions",25,"x"]',
        '["users",0,"x"]',
        '["users",101,"x"]',
        '["users",true,"x"]',
        '["users",25.0,"x"]',
        '["users","25","x"]',
        '["users",25,""]',
        '["users",25,null]',
        '["users",25,["x"]]',
        '["users",25,"a\\nb"]',
        '["users",25,"' + "x" * 20_000 + '"]',
        "[" * 100_000,
        "\x00",
    ],
)
async def test_a_token_that_no_page_gave_is_refused(stackone: StackOne, token: str) -> None:
    ask = asking()
    with pytest.raises(ProviderError) as caught:
        await stackone.list_users(ask, Query(5, token))

    assert caught.value.kind is Kind.INVALID_PAGE
    assert not ask.calls


async def test_a_token_that_stackone_does_not_know_any_more_is_refused(
    stackone: StackOne,
) -> None:
    user = (await stackone.list_users(asking(), Query(1))).items[0].key
    reads = {
        "courses": stackone.list_courses(asking(), Query(5, '["courses",5,"expired"]')),
        "title": stackone.list_courses(
            asking(), Query(5, '["courses",5,"expired"]', {"title": "a"})
        ),
        "completions_of_user": stackone.completions_of_user(
            asking(), user, Query(5, '["users/{}/completions",5,"expired"]')
        ),
    }
    for name, read in reads.items():
        with pytest.raises(ProviderError) as caught:
            await read
        assert caught.value.kind is Kind.INVALID_PAGE, name


async def test_parameters_that_stackone_refuses_are_no_matter_of_the_page(
    desk: Desk, stackone: StackOne
) -> None:
    first = await stackone.list_courses(asking(), Query(5))
    await desk.break_with(400, "/courses", times=1)
    with pytest.raises(ProviderError) as caught:
        await stackone.list_courses(asking(), Query(5))
    assert caught.value.kind is Kind.REJECTED

    await desk.break_with(503, "/courses", times=1)
    with pytest.raises(ProviderError) as caught:
        await stackone.list_courses(asking(), Query(5, first.next))
    assert caught.value.kind is Kind.UNAVAILABLE


@pytest.mark.parametrize("cursor", ["-1", "3", "1e0", "１", "01234567", "x"])
async def test_a_token_into_a_list_of_ids_stays_in_it(stackone: StackOne, cursor: str) -> None:
    query = Query(1, f'["users/ids",1,"{cursor}"]', {"ids": ("a", "b")})
    with pytest.raises(ProviderError) as caught:
        await stackone.list_users(asking(), query)

    assert caught.value.kind is Kind.INVALID_PAGE


async def test_a_token_of_another_list_is_refused(stackone: StackOne) -> None:
    page = await stackone.list_users(asking(), Query(5))
    for read in (stackone.list_courses, stackone.list_skills):
        with pytest.raises(ProviderError) as caught:
            await read(asking(), Query(5, page.next))
        assert caught.value.kind is Kind.INVALID_PAGE


# Records by key.


@pytest.mark.parametrize("plural", SIZES)
async def test_records_by_key_are_those_of_the_list(stackone: StackOne, plural: str) -> None:
    rows = {row.key: row for row in await every(getattr(stackone, f"list_{plural}"))}
    some = list(rows)[::9]
    found = await getattr(stackone, plural)(asking(), [*some, "404", "..", ""])

    assert found == {key: rows[key] for key in some}


@pytest.mark.parametrize(("count", "calls"), [(0, 0), (1, 1), (4, 4), (5, 1), (90, 1)])
async def test_users_are_read_by_key_the_cheaper_way(
    stackone: StackOne, count: int, calls: int
) -> None:
    users = (await every(stackone.list_users))[:count]
    ask = asking()

    assert await stackone.users(ask, [user.key for user in users]) == {
        user.key: user for user in users
    }
    assert len(ask.calls) == calls


async def test_a_walk_that_does_not_pay_is_left_for_single_reads(stackone: StackOne) -> None:
    contents = await every(stackone.list_contents)
    ask = asking()
    keys = [row.key for row in contents[-6:]]

    assert (await stackone.contents(ask, keys)).keys() == set(keys)
    assert len(ask.calls) == 1 + len(keys)


async def test_a_walk_is_shared_by_one_operation(stackone: StackOne) -> None:
    users = await every(stackone.list_users)
    keys = [user.key for user in users]
    ask = asking()

    assert len(await stackone.users(ask, keys[:9])) == 9
    assert len(await stackone.users(ask, keys[40:42])) == 2
    assert [call.route for call in ask.calls] == ["GET /unified/lms/users"]
    narrower = replace(ask, wanted={"User": frozenset({"name"})})
    found: Any = await stackone.users(narrower, keys[:1])
    assert found[keys[0]].email is None
    assert len(ask.calls) == 2


async def test_what_the_list_does_not_show_is_asked_for_by_its_id(
    desk: Desk, stackone: StackOne
) -> None:
    keys = [user.key for user in await every(stackone.list_users)]
    ask = asking()
    await stackone.users(ask, [*keys, "404"])

    assert [call.route for call in ask.calls] == [
        "GET /unified/lms/users",
        "GET /unified/lms/users/{}",
    ]


async def test_a_walk_that_fails_fails_the_keys_that_it_did_not_bring(
    desk: Desk, stackone: StackOne
) -> None:
    contents = [row.key for row in await every(stackone.list_contents)]
    ask = asking(budget=2)
    found = await stackone.contents(ask, contents)

    read = {key for key, row in found.items() if not isinstance(row, ProviderError)}
    assert len(read) == 160
    kinds = {found[key].kind for key in contents if key not in read}  # type: ignore[union-attr]
    assert kinds == {Kind.BUDGET_EXCEEDED}
    await desk.break_with(429, "/content")
    found = await stackone.contents(asking(), contents)
    assert {each.kind for each in found.values() if isinstance(each, ProviderError)} == {
        Kind.RATE_LIMITED
    }


async def test_a_list_that_a_system_does_not_offer_leaves_single_reads(
    desk: Desk, stackone: StackOne
) -> None:
    keys = [row.key for row in await every(stackone.list_categories)][:6]
    await desk.break_with(501, "/categories", times=1)
    ask = asking()

    assert len(await stackone.categories(ask, keys)) == 6
    assert len(ask.calls) == 7


# Records inside others.


async def test_what_stands_inside_a_course_is_read_again_by_its_key(stackone: StackOne) -> None:
    narrow = {"name"}
    ask = asking(Category=narrow, Skill=narrow)
    rows: list[Any] = [
        *(await stackone.list_courses(ask, Query(100))).items,
        *(await stackone.list_contents(ask, Query(100))).items,
    ]
    for relation, read, record in (
        ("category_refs", stackone.categories, Category),
        ("instructor_refs", stackone.instructors, Instructor),
    ):
        refs = {ref.key: ref for row in rows for ref in getattr(row, relation)}
        assert all(isinstance(ref, record) for ref in refs.values())
        assert (
            await read(asking(Category=narrow), [*refs, "in:course/404/x", "course/404/x"]) == refs
        )
    assert any(ref.key.startswith("in:content/") for row in rows for ref in row.skill_refs)


async def test_what_a_course_embeds_is_as_wide_as_the_record_itself(stackone: StackOne) -> None:
    categories = {row.key: row for row in await every(stackone.list_categories)}
    ask = asking(Category={"name", "status"})
    page: Page[Any] = await stackone.list_courses(ask, Query(100))
    refs = [ref for course in page.items for ref in course.category_refs]

    assert {ref for ref in refs if isinstance(ref, str)} <= categories.keys()
    assert all(ref.key.startswith("in:") for ref in refs if not isinstance(ref, str))
    named: Page[Any] = await stackone.list_courses(asking(Category={"name"}), Query(100))
    for course in named.items:
        for ref in course.category_refs:
            assert ref.key.startswith("in:") or ref.name == categories[ref.key].name


async def test_the_authors_of_many_courses_cost_one_walk(stackone: StackOne) -> None:
    page: Page[Any] = await stackone.list_courses(asking(), Query(100))
    keys = [ref.key for course in page.items for ref in course.instructor_refs]
    ask = asking()

    assert len(await stackone.instructors(ask, keys)) == len(set(keys)) > 50
    assert [call.route for call in ask.calls] == ["GET /unified/lms/courses"]


async def test_a_course_that_can_not_be_read_stands_for_its_authors(
    desk: Desk, stackone: StackOne
) -> None:
    await desk.break_with(502, "/courses")
    found = await stackone.instructors(asking(), ["course/1/2", "course/1/3"])

    assert [each.kind for each in found.values() if isinstance(each, ProviderError)] == [
        Kind.UNAVAILABLE
    ] * 2


async def test_june_knows_no_authors(desk: Desk) -> None:
    client = desk.open(JUNE, "2025-06")
    assert (await client.list_courses(asking(), Query(5))).items[0].instructor_refs is None
    with pytest.raises(ProviderError) as caught:
        await client.instructors(asking(), ["course/1/2"])

    assert caught.value.kind is Kind.UNSUPPORTED


# Answers that break the contract.


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"data": None},
        {"data": {}},
        {"data": [], "next": 7},
        {"data": [], "next": "same"},
    ],
)
async def test_a_page_that_breaks_the_contract_is_an_error(body: Any) -> None:
    client = opened(answering(body))
    with pytest.raises(ProviderError) as caught:
        await client.list_users(asking(), Query(5, '["users",5,"same"]'))

    assert caught.value.kind is Kind.BAD_RESPONSE
    assert (caught.value.source, caught.value.provider) == ("campus", "stackone")


@pytest.mark.parametrize("body", [[], {}, {"data": None}, {"data": []}])
async def test_a_record_that_breaks_the_contract_is_an_error(body: Any) -> None:
    client = opened(answering(body))
    found = await client.users(asking(), ["1"])

    error = found["1"]
    assert isinstance(error, ProviderError)
    assert error.kind is Kind.BAD_RESPONSE


@pytest.mark.parametrize("end", [{"next": None}, {"next": ""}, {}])
async def test_a_list_ends_where_next_is_null_absent_or_empty(end: Any) -> None:
    body = {"data": [{"id": "1"}, {"name": "nobody"}], **end}
    client = opened(answering(body))
    ask = asking()
    page = await client.list_users(ask, Query(5))

    assert ([row.key for row in page.items], page.next) == (["1"], None)
    assert ask.dropped == {("campus", "User"): 1}
