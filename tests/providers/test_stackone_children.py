"""Completions and assignments of many parents at StackOne: right, shared, and no dearer than need
be."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import Any

import pytest

from providers.base import Ask, Head, Page, Query
from providers.errors import Kind, ProviderError
from providers.stackone import StackOne
from sandbox.academy import Academy
from tests.providers.stackone_accounts import WHOLE, Desk, asking, every

WALKED = {"completions": 5, "assignments": 6}
"""Calls that a walk of the whole list takes."""


@pytest.fixture(scope="module")
def academy() -> Academy:
    return Academy()


@pytest.fixture
def desk(academy: Academy) -> Desk:
    return Desk(academy)


@pytest.fixture
def stackone(desk: Desk) -> StackOne:
    return desk.open()


async def grouped(stackone: StackOne, plural: str, relation: str) -> dict[str, list[Any]]:
    """All rows of a list by their parent."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in await every(getattr(stackone, f"list_{plural}")):
        if parent := getattr(row, relation):
            found[parent].append(row)
    return found


async def of_users(stackone: StackOne, plural: str) -> dict[str, list[Any]]:
    """All rows of a list by their user, in the order of the users' own lists, which is another."""
    page = getattr(stackone, f"{plural}_of_user")
    found = await grouped(stackone, plural, "user_ref")
    for key, rows in found.items():
        own = await every(partial(below, page, key))
        assert {row.key: row for row in own} == {row.key: row for row in rows}
        found[key] = own
    return defaultdict(list, found)


async def below(page: Any, key: str, ask: Ask, query: Query) -> Page[Any]:
    """A page of one parent's rows."""
    found: Page[Any] = await page(ask, key, query)
    return found


PARENTS = pytest.mark.parametrize(
    ("plural", "parents", "relation"),
    [
        ("completions", "courses", "course_ref"),
        ("completions", "contents", "content_ref"),
        ("assignments", "courses", "course_ref"),
    ],
)


@PARENTS
async def test_first_rows_of_all_parents_cost_one_walk(
    stackone: StackOne, plural: str, parents: str, relation: str
) -> None:
    rows = await grouped(stackone, plural, relation)
    keys = [each.key for each in await every(getattr(stackone, f"list_{parents}"))]
    ask = asking()
    found = await getattr(stackone, f"{plural}_of_{parents}")(ask, keys, 3)

    assert found == {key: Head(rows[key][:3], more=len(rows[key]) > 3) for key in keys}
    assert sum(len(head.items) for head in found.values()) > 10
    assert len(ask.calls) == WALKED[plural]


@pytest.mark.parametrize("plural", ["completions", "assignments"])
async def test_first_rows_of_users_cost_one_walk_and_a_call_for_each_who_has_more(
    stackone: StackOne, plural: str
) -> None:
    listed = await grouped(stackone, plural, "user_ref")
    rows = await of_users(stackone, plural)
    keys = [each.key for each in await every(stackone.list_users)]
    ask = asking()
    found = await getattr(stackone, f"{plural}_of_users")(ask, keys, 6)

    longer = [key for key in keys if len(rows[key]) > 6]
    assert 0 < len(longer) < 20
    assert found == {
        key: Head(rows[key][:6], more=True) if key in longer else Head(listed[key]) for key in keys
    }
    assert [call.route for call in ask.calls] == [
        *[f"GET /unified/lms/{plural}"] * WALKED[plural],
        *[f"GET /unified/lms/users/{{}}/{plural}"] * len(longer),
    ]


@pytest.mark.parametrize("plural", ["completions", "assignments"])
@pytest.mark.parametrize("size", [1, 100])
async def test_the_pages_of_a_user_have_its_rows(
    stackone: StackOne, plural: str, size: int
) -> None:
    rows = await grouped(stackone, plural, "user_ref")
    page = getattr(stackone, f"{plural}_of_user")
    for key in (max(rows, key=lambda key: len(rows[key])), *list(rows)[:3]):
        own = await every(partial(below, page, key), size)
        assert len(own) == len(rows[key])
        assert {row.key: row for row in own} == {row.key: row for row in rows[key]}


@pytest.mark.parametrize("plural", ["completions", "assignments"])
@pytest.mark.parametrize("count", [1, 8, 90])
async def test_a_users_first_rows_are_those_that_its_next_pages_follow(
    stackone: StackOne, plural: str, count: int
) -> None:
    keys = [each.key for each in await every(stackone.list_users)][:count]
    found = await getattr(stackone, f"{plural}_of_users")(asking(), keys, 2)
    page = getattr(stackone, f"{plural}_of_user")

    longer = [key for key in keys if found[key].more]
    assert longer
    for key in longer[:10]:
        rows = await every(partial(below, page, key), 100)
        assert found[key].items == rows[:2] and len(rows) > 2


async def test_a_walk_for_users_that_breaks_off_leaves_none_of_them_half_a_list(
    stackone: StackOne,
) -> None:
    keys = [each.key for each in await every(stackone.list_users)]
    ask = asking(budget=2)
    found = await stackone.completions_of_users(ask, keys, 1)

    kinds = [each.kind for each in found.values() if isinstance(each, ProviderError)]
    assert kinds == [Kind.BUDGET_EXCEEDED] * len(keys)
    assert len(ask.calls) == 2


@PARENTS
@pytest.mark.parametrize("size", [1, 100])
async def test_the_pages_of_one_parent_have_its_rows(
    stackone: StackOne, plural: str, parents: str, relation: str, size: int
) -> None:
    rows = await grouped(stackone, plural, relation)
    page = getattr(stackone, f"{plural}_of_{parents[:-1]}")
    for key in (max(rows, key=lambda key: len(rows[key])), *list(rows)[:3]):
        assert await every(partial(below, page, key), size) == rows[key]


async def test_a_walk_is_shared_by_all_who_need_it(stackone: StackOne) -> None:
    courses = [each.key for each in await every(stackone.list_courses)]
    contents = [each.key for each in await every(stackone.list_contents)]
    users = [each.key for each in await every(stackone.list_users)]
    ask = asking()
    await stackone.completions_of_courses(ask, courses, 20)
    await stackone.completions_of_contents(ask, contents, 20)
    await stackone.completions_of_users(ask, users[1:3], 20)
    completions = await every(stackone.list_completions)
    assert await stackone.completions(ask, [completions[-1].key]) == {
        completions[-1].key: completions[-1]
    }

    assert [call.route for call in ask.calls] == ["GET /unified/lms/completions"] * 5


async def test_a_walk_goes_no_further_than_needed(stackone: StackOne) -> None:
    first: Any = (await stackone.list_completions(asking(), Query(100))).items
    course = next(row.course_ref for row in first if row.course_ref)
    ask = asking()
    found = await stackone.completions_of_courses(ask, [course], 1)

    assert found == {
        course: Head([next(row for row in first if row.course_ref == course)], more=True)
    }
    assert len(ask.calls) == 1


async def test_what_a_relation_is_told_by_is_read_even_if_nobody_wants_it(
    desk: Desk, stackone: StackOne
) -> None:
    rows = await grouped(stackone, "completions", "course_ref")
    course = next(iter(rows))
    await desk.sent()
    ask = asking(Completion={"score"})
    found = await stackone.completions_of_courses(ask, [course], 100)
    page = await stackone.completions_of_course(ask, course, Query(5))

    head = found[course]
    assert isinstance(head, Head)
    assert [row.key for row in head.items] == [row.key for row in rows[course]]
    assert [row.score for row in page.items] == [row.score for row in head.items][: len(page.items)]
    assert {params["page_size"] for _, params in await desk.sent()} == {"100"}


@pytest.mark.parametrize(
    ("count", "calls"), [(1, 1), (3, 1 + 3), (8, 4 + 8), (20, 5 + 2), (90, 5 + 2)]
)
async def test_users_cost_a_call_each_or_the_walk_whichever_is_less(
    stackone: StackOne, count: int, calls: int
) -> None:
    rows = await of_users(stackone, "completions")
    keys = [each.key for each in await every(stackone.list_users)][:count]
    ask = asking()
    found = await stackone.completions_of_users(ask, keys, 10)

    for key in keys:
        head = found[key]
        assert isinstance(head, Head) and head.more is (len(rows[key]) > 10)
        assert {row.key for row in head.items} == {row.key for row in rows[key][:10]}
    assert len(ask.calls) == calls


async def test_a_walk_that_proved_too_long_is_not_tried_again(stackone: StackOne) -> None:
    keys = [each.key for each in await every(stackone.list_users)]
    await stackone.completions_of_users(asking(), keys[:8], 10)
    again, more = asking(), asking()
    await stackone.completions_of_users(again, keys[:8], 10)
    await stackone.completions_of_users(more, keys[:12], 10)

    assert len(again.calls) == 8
    assert [call.route for call in more.calls][:5] == ["GET /unified/lms/completions"] * 5
    assert len(more.calls) == 5 + 2


async def test_first_rows_of_a_user_are_read_over_short_and_empty_pages(
    stackone: StackOne,
) -> None:
    rows = await of_users(stackone, "completions")
    busy = max(rows, key=lambda key: len(rows[key]))
    ask = asking()
    pages = await every(lambda _, query: stackone.completions_of_user(ask, busy, query), 2)
    lengths = [call.rows for call in ask.calls]

    assert pages == rows[busy] and len(pages) > 5
    assert lengths[:4] == [2, 1, 2, 0]
    assert await stackone.completions_of_users(asking(), [busy], 6) == {
        busy: Head(rows[busy][:6], more=len(rows[busy]) > 6)
    }


async def test_a_walk_that_breaks_off_keeps_what_it_had(stackone: StackOne) -> None:
    rows = await grouped(stackone, "completions", "course_ref")
    keys = [each.key for each in await every(stackone.list_courses)]
    ask = asking(budget=2)
    found = await stackone.completions_of_courses(ask, keys, 2)

    whole = {key: head for key, head in found.items() if isinstance(head, Head)}
    assert whole == {key: Head(rows[key][:2], more=True) for key in whole}
    errors = [each for each in found.values() if isinstance(each, ProviderError)]
    assert whole and errors and len(whole) + len(errors) == len(keys)
    assert {error.kind for error in errors} == {Kind.BUDGET_EXCEEDED}


async def test_a_walk_for_users_that_fails_is_not_tried_again_user_by_user(
    desk: Desk, stackone: StackOne
) -> None:
    keys = [each.key for each in await every(stackone.list_users)]
    await desk.break_with(429, "/assignments")
    ask = asking()
    found = await stackone.assignments_of_users(ask, keys, 2)

    kinds = [each.kind for each in found.values() if isinstance(each, ProviderError)]
    assert kinds == [Kind.RATE_LIMITED] * len(keys)
    assert len(ask.calls) == 1


async def test_a_user_that_fails_costs_its_own_rows_only(desk: Desk, stackone: StackOne) -> None:
    keys = [each.key for each in await every(stackone.list_users)][:3]
    await desk.break_with(502, f"{keys[1]}/completions")
    found = await stackone.completions_of_users(asking(), keys, 2)

    assert [isinstance(found[key], Head) for key in keys] == [True, False, True]


async def test_a_list_that_a_system_does_not_offer_leaves_each_user(
    desk: Desk, stackone: StackOne
) -> None:
    rows = await of_users(stackone, "completions")
    keys = [each.key for each in await every(stackone.list_users)][:8]
    await desk.break_with(501, "/lms/completions")
    ask = asking()
    found = await stackone.completions_of_users(ask, keys, 3)

    assert found == {key: Head(rows[key][:3], more=len(rows[key]) > 3) for key in keys}


async def test_raw_data_are_read_for_the_rows_that_are_given(stackone: StackOne) -> None:
    rows = await grouped(stackone, "completions", "course_ref")
    keys = list(rows)[:2]
    ask = asking(Completion={*WHOLE["Completion"], "raw_data"})
    found = await stackone.completions_of_courses(ask, keys, 2)
    page = await stackone.completions_of_course(
        asking(Completion={"raw_data"}), keys[0], Query(100)
    )

    for head in found.values():
        assert isinstance(head, Head)
        assert all(row.raw_data[0]["method"] == "GET" for row in head.items)
    assert len([call for call in ask.calls if call.route.endswith("{}")]) == sum(
        min(len(rows[key]), 2) for key in keys
    )
    assert all(row.raw_data for row in page.items)


async def test_raw_data_beyond_the_budget_are_an_error_of_their_parent(
    stackone: StackOne,
) -> None:
    rows = await grouped(stackone, "completions", "course_ref")
    keys = list(rows)
    found = await stackone.completions_of_courses(
        asking(Completion={"raw_data"}, budget=20), keys, 1
    )

    kinds = {each.kind for each in found.values() if isinstance(each, ProviderError)}
    assert kinds == {Kind.BUDGET_EXCEEDED}
    assert any(isinstance(each, Head) for each in found.values())


async def test_what_is_about_a_collection_is_of_no_course_and_no_content(
    stackone: StackOne,
) -> None:
    collections = [
        row
        for row in await every(stackone.list_completions)
        if row.facet.learning_object_type.value == "collection"
    ]

    assert collections
    assert {(row.course_ref, row.content_ref) for row in collections} == {(None, None)}
    assert all(row.facet.learning_object_id for row in collections)
