"""Relations, over real clients and the sandbox: what they give, and in how many calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from providers.base import Ask, Client, Query
from providers.errors import Kind, ProviderError
from providers.model import Category, Completion, Course
from providers.sources import open_sources
from resolvers.context import Context
from resolvers.errors import BadInput
from resolvers.relations import Children, Detail, Reference, References
from tests.graph.asking import demo, settings

CATEGORIES = References("categories", by="category_refs")
USER = Reference("users", by="user_ref")
COMPLETIONS = Children("completions_of_courses", "completions_of_course")

WANTED: Mapping[str, frozenset[str]] = {
    "Course": frozenset({"title"}),  # no references: they are not expanded, but loaded
    "Category": frozenset({"name"}),
    "Completion": frozenset({"score", "user_ref"}),
    "User": frozenset({"name", "email"}),
}


@pytest.fixture
async def context() -> AsyncIterator[Context]:
    """An operation over the demo sources."""
    clients: Mapping[str, Client] = open_sources(settings(), httpx.ASGITransport(demo()[1]))
    context = Context(sources=clients, ask=Ask(wanted=WANTED))
    yield context
    context.cancel()
    for client in clients.values():
        await client.close()


async def courses(context: Context, source: str, count: int) -> Sequence[Course]:
    """The first courses of a source, with their references as keys."""
    client: Any = context.sources[source]
    wanted = {"Course": frozenset({"title", "category_refs", "skill_refs"})}
    page = await client.list_courses(Ask(wanted=wanted), Query(size=count))
    rows: Sequence[Course] = page.items
    return rows[:count]


def keys(records: Sequence[Any]) -> list[str]:
    return [record.key for record in records]


# References: all the records that a record names.


async def test_what_a_level_names_is_read_at_once_and_given_in_the_order_it_is_named(
    context: Context,
) -> None:
    level = [
        Course(source="demo-bindbee", key=f"c{at}", title="x", category_refs=refs)
        for at, refs in enumerate(await some_category_refs(context))
    ]

    found = await asyncio.gather(*(CATEGORIES.resolve(context, each) for each in level))

    assert [keys(each) for each in found] == [list(each.category_refs or ()) for each in level]
    assert all(each.name for each in found[0])
    assert [call.route for call in context.ask.calls] == ["GET /api/lms/v1/categories"]


async def some_category_refs(context: Context) -> list[tuple[str, ...]]:
    """Keys of categories at Bindbee, some named twice, in shuffled order."""
    client: Any = context.sources["demo-bindbee"]
    page = await client.list_categories(Ask(), Query(size=6))
    a, b, c, d, e, f = keys(page.items)
    return [(d, a), (b,), (a, f, e, d), (c, b, a)]


async def test_a_key_that_leads_nowhere_is_left_out(context: Context) -> None:
    (first, _), *_ = await some_category_refs(context)
    gone = "00000000-0000-7000-8000-000000000000"
    record = Course(source="demo-bindbee", key="c", title="x", category_refs=(gone, first))

    assert keys(await CATEGORIES.resolve(context, record)) == [first]


async def test_what_is_embedded_is_given_as_it_is_and_costs_nothing(context: Context) -> None:
    inside = Category(source="demo-bindbee", key="k1", name="Inside")
    record = Course(source="demo-bindbee", key="c", title="x", category_refs=(inside,))

    assert CATEGORIES.resolve(context, record) == (inside,)
    assert context.ask.calls == []


async def test_what_is_partly_embedded_keeps_its_order(context: Context) -> None:
    (first, second), *_ = await some_category_refs(context)
    inside = Category(source="demo-bindbee", key="k1", name="Inside")
    record = Course(
        source="demo-bindbee", key="c", title="x", category_refs=(first, inside, second)
    )

    assert keys(await CATEGORIES.resolve(context, record)) == [first, "k1", second]


@pytest.mark.parametrize("refs", [None, ()])
async def test_none_and_nothing_are_told_apart_without_a_call(
    context: Context, refs: tuple[str, ...] | None
) -> None:
    record = Course(source="demo-bindbee", key="c", title="x", category_refs=refs)

    assert CATEGORIES.resolve(context, record) == refs
    assert context.ask.calls == []


# Reference: the one record that a record names.


async def test_one_record_named_by_many_is_read_once(context: Context) -> None:
    client: Any = context.sources["demo-bindbee"]
    page = await client.list_users(Ask(wanted=WANTED), Query(size=3))
    level = [
        Completion(source="demo-bindbee", key=f"x{at}", user_ref=key)
        for at, key in enumerate(keys(page.items) * 4)
    ]

    found = await asyncio.gather(*(USER.resolve(context, each) for each in level))

    assert keys(found) == keys(page.items) * 4
    assert found == list(page.items) * 4
    assert len(context.ask.calls) == 1


async def test_no_reference_is_none_and_an_embedded_one_is_itself(context: Context) -> None:
    inside = Category(source="demo-bindbee", key="k1", name="Inside")
    alone = Completion(source="demo-bindbee", key="x", user_ref=None)
    whole = Completion(source="demo-bindbee", key="x", user_ref=inside)  # type: ignore[arg-type]

    assert USER.resolve(context, alone) is None
    assert USER.resolve(context, whole) is inside
    assert context.ask.calls == []


# Children: lists that grow.


def head(context: Context, record: Course, first: int, after: str | None = None) -> Any:
    """A page of a course's completions."""
    return COMPLETIONS.resolve(context, record, first=first, after=after, where=None)


@pytest.mark.parametrize("source", ["demo-bindbee", "demo-stackone", "demo-scorm-cloud"])
async def test_first_pages_of_many_parents_are_one_load_and_go_on_behind_each_row(
    context: Context, source: str
) -> None:
    level = await courses(context, source, 4)
    whole = [await all_completions(context, course) for course in level]
    context.ask.calls.clear()

    heads = await asyncio.gather(*(head(context, course, 2) for course in level))

    if source == "demo-bindbee":
        assert len(context.ask.calls) == 1
    for course, page, rows in zip(level, heads, whole, strict=True):
        assert keys(page.nodes) == rows[:2]
        assert page.has_next_page or len(rows) <= 2
        for at, edge in enumerate(page.edges, 1):
            assert await rest(context, course, edge.cursor, first=3) == rows[at:]
    assert max(map(len, whole)) > 3


async def all_completions(context: Context, course: Course) -> list[str]:
    """Keys of all completions of a course, by its own list."""
    leg, found, page = COMPLETIONS.leg(context, course), [], None
    while True:
        rows = await leg.read(Query(size=20, page=page))
        found += keys(rows.items)
        if (page := rows.next) is None:
            return found


async def rest(context: Context, course: Course, after: str | None, first: int) -> list[str]:
    """Keys of the completions of a course behind a cursor."""
    found = []
    while after is not None:
        page = await head(context, course, first, after)
        found += keys(page.nodes)
        after = page.end_cursor if page.has_next_page else None
    return found


async def test_records_of_a_list_are_not_read_again_by_key(context: Context) -> None:
    (course,) = await courses(context, "demo-bindbee", 1)
    page = await head(context, course, 3)
    context.ask.calls.clear()
    by_key = Reference("completions", by="completion_ref")

    class Named:
        source, completion_ref = "demo-bindbee", page.nodes[0].key

    assert await by_key.resolve(context, Named()) is page.nodes[0]  # type: ignore[arg-type]
    assert context.ask.calls == []


async def test_a_source_without_such_a_list_says_nothing(context: Context) -> None:
    record = Course(source="demo-vitalsource", key="1", title="x")

    assert head(context, record, 2) is None
    assert context.ask.calls == []


async def test_a_list_that_every_source_should_have_is_unsupported_where_it_is_missing(
    context: Context,
) -> None:
    expected = Children("courses_of_categories", "courses_of_category", expected=True)
    record = Category(source="demo-stackone", key="1", name="x")

    with pytest.raises(ProviderError) as caught:
        expected.resolve(context, record, first=2, after=None, where=None)

    assert caught.value.kind is Kind.UNSUPPORTED
    assert (caught.value.source, caught.value.provider) == ("demo-stackone", "stackone")


async def test_a_cursor_of_another_parent_is_refused(context: Context) -> None:
    one, other = await courses(context, "demo-bindbee", 2)
    page = await head(context, one, 1)

    with pytest.raises(BadInput, match="`after` is a cursor of another list"):
        await head(context, other, 1, page.edges[0].cursor)


@pytest.mark.parametrize("first", [0, 101])
async def test_a_page_of_children_has_the_size_of_any_page(context: Context, first: int) -> None:
    record = Course(source="demo-bindbee", key="1", title="x")

    with pytest.raises(BadInput, match=f"`first` is {first}; ask for 1 to 100 rows."):
        head(context, record, first)


# Detail: what takes a call of its own.


async def test_a_detail_is_asked_for_once_by_all_that_want_it_and_by_its_arguments(
    context: Context,
) -> None:
    level = await courses(context, "demo-scorm-cloud", 2)
    versions, since = Detail("versions_of_courses"), datetime(2100, 1, 1, tzinfo=UTC)

    found = await asyncio.gather(
        *(versions.resolve(context, course) for course in [*level, *level]),
        *(versions.resolve(context, course, since=since) for course in level),
    )

    assert all(found[:2]) and found[2:4] == found[:2]
    assert found[4:] == [(), ()]
    asked = [call for call in context.ask.calls if call.route == "GET /courses/{}/versions"]
    assert len(asked) == 4  # there is no read for several courses at once


async def test_a_detail_that_a_source_does_not_have_is_none(context: Context) -> None:
    record = Course(source="demo-bindbee", key="1", title="x")

    assert await Detail("versions_of_courses").resolve(context, record) is None
    assert context.ask.calls == []
