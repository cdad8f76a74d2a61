"""Walks through several lists: whatever the pages are like, no row is lost and none comes twice."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from itertools import repeat
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import Kind, ProviderError
from resolvers import ids, paging
from resolvers.context import Context
from resolvers.errors import BadInput
from resolvers.paging import Leg, Position, Spot
from tests.graph.hourglass import at_once
from tests.resolvers.lists import (
    DIGEST,
    Shelf,
    Walked,
    a_page,
    over_and_over,
    shelves,
    sizes,
    walk,
)

MALFORMED = "`after` is malformed: use a cursor that this graph gave, unchanged."


def legs(lists: list[Shelf], check: Callable[[Any], bool] = lambda _: True) -> list[Leg]:
    """The lists as the legs of a walk."""
    return [each.leg(check) for each in lists]


def rows(lists: list[Shelf]) -> list[str]:
    """All rows, list after list."""
    return [row for each in lists for row in each.rows]


def even(row: Any) -> bool:
    """A filter that drops every other row."""
    return int(row.key[1:]) % 2 == 0


# Nothing lost, nothing twice.


@given(shelves(), sizes)
async def test_a_walk_gives_every_row_once_and_in_order(
    lists: list[Shelf], firsts: list[int]
) -> None:
    walked = await walk(legs(lists), over_and_over(firsts))

    assert walked.rows == rows(lists)
    assert walked.problems == []


@given(shelves(), sizes, st.sets(st.integers(0, 8)))
async def test_a_walk_gives_every_row_that_passes_the_filter(
    lists: list[Shelf], firsts: list[int], kept: set[int]
) -> None:
    walked = await walk(legs(lists, lambda row: int(row.key[1:]) in kept), over_and_over(firsts))

    assert walked.rows == [row for row in rows(lists) if int(row[1:]) in kept]


@given(shelves(most=3, longest=6), sizes, sizes)
async def test_a_walk_can_be_resumed_behind_every_row(
    lists: list[Shelf], firsts: list[int], later: list[int]
) -> None:
    walked = await walk(legs(lists), over_and_over(firsts))

    for at, cursor in enumerate(walked.cursors, 1):
        resumed = await walk(legs(lists), over_and_over(later), cursor)
        assert resumed.rows == rows(lists)[at:]


@given(shelves(most=3, longest=6), sizes, sizes)
async def test_a_filtered_walk_can_be_resumed_behind_every_row(
    lists: list[Shelf], firsts: list[int], later: list[int]
) -> None:
    walked = await walk(legs(lists, even), over_and_over(firsts))

    for at, cursor in enumerate(walked.cursors, 1):
        resumed = await walk(legs(lists, even), over_and_over(later), cursor)
        assert resumed.rows == walked.rows[at:]


@given(shelves(), sizes)
async def test_the_page_info_says_how_a_page_stands(lists: list[Shelf], firsts: list[int]) -> None:
    walked = await walk(legs(lists), over_and_over(firsts))
    first, *others = walked.pages

    assert not first.has_previous_page
    assert all(page.has_previous_page for page in others)
    assert [page.has_next_page for page in walked.pages] == [True] * len(others) + [False]
    for page in walked.pages:
        assert page.start_cursor == (page.edges[0].cursor if page.edges else None)
        assert page.nodes == [edge.node for edge in page.edges]


@given(shelves(), sizes)
async def test_a_page_is_full_unless_it_is_the_last(lists: list[Shelf], firsts: list[int]) -> None:
    walked = await walk(legs(lists), over_and_over(firsts))

    for page, first in zip(walked.pages[:-1], over_and_over(firsts), strict=False):
        assert len(page.edges) == first


# What it costs.


async def test_one_list_that_fills_the_page_is_the_only_one_asked() -> None:
    lists = [Shelf(letter, [f"{letter}{n}" for n in range(6)], [3]) for letter in "abc"]

    page, _ = await a_page(legs(lists), 3)

    assert [row.key for row in page.nodes] == ["a0", "a1", "a2"]
    assert [len(each.read) for each in lists] == [1, 0, 0]


async def test_where_a_list_falls_short_all_others_are_asked_once() -> None:
    lists = [Shelf(letter, [f"{letter}{n}" for n in range(2)], [10]) for letter in "abcdef"]

    page, _ = await a_page(legs(lists), 10)

    assert [row.key for row in page.nodes] == rows(lists)[:10]
    assert [len(each.read) for each in lists] == [1] * 6


async def test_a_page_keeps_its_size_through_a_walk() -> None:
    shelf = Shelf("a", [f"a{n}" for n in range(12)], [5])

    walked = await walk(legs([shelf]), over_and_over([5, 1, 3]))

    assert walked.rows == list(shelf.rows)
    assert {query.size for query in shelf.read} == {5}


# Lists that are slow.


@given(shelves(breaking=True), st.lists(st.sampled_from([0.0, 0.1, 7.0]), min_size=4), sizes)
def test_slow_lists_lose_and_repeat_nothing(
    lists: list[Shelf], seconds: list[float], firsts: list[int]
) -> None:
    for shelf, each in zip(lists, seconds, strict=False):
        shelf.seconds = each

    async def both() -> tuple[Walked, list[str]]:
        walked = await walk(legs(lists), over_and_over(firsts), time=10.0)
        return walked, await resumed(lists, [each.cursor for each in walked.problems], [100])

    walked, owed = at_once(both())
    told = {problem.error.source for problem in walked.problems}

    assert sorted(walked.rows + owed) == sorted(rows(lists))
    whole = [row for row in walked.rows if row[0] not in told]
    assert whole == [row for row in rows(lists) if row[0] not in told]


def test_a_list_that_takes_half_the_time_is_waited_for_no_longer_alone() -> None:
    lists = [Shelf("a", ["a0"], seconds=6.0), Shelf("b", ["b0", "b1"], seconds=3.0)]

    async def took() -> tuple[list[str], float]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        page, _ = await a_page(legs(lists), 2, time=10.0)
        return [row.key for row in page.nodes], loop.time() - began

    found, seconds = at_once(took())

    assert found == ["a0", "b0"]
    assert seconds == pytest.approx(8.0)  # b begins after half of the ten


def test_a_list_that_is_still_not_there_is_cut_while_others_wait_and_can_be_resumed() -> None:
    lists = [Shelf("a", ["a0"], seconds=600.0), Shelf("b", ["b0", "b1"])]

    async def took() -> tuple[list[str], list[str | None], float]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        page, problems = await a_page(legs(lists), 2, time=10.0)
        cursors = [problem.cursor for problem in problems]
        lists[0].seconds = 0.0
        (cursor,) = cursors
        assert cursor is not None
        again, _ = await a_page(legs(lists), 2, cursor)
        return (
            [row.key for row in page.nodes],
            [row.key for row in again.nodes],
            loop.time() - began,
        )

    found, resumed_rows, seconds = at_once(took())

    assert found == ["b0", "b1"] and resumed_rows == ["a0"]
    assert seconds == pytest.approx(7.5)  # half of the ten, and half of what is left


# Lists that break.


async def resumed(lists: list[Shelf], cursors: list[str | None], firsts: list[int]) -> list[str]:
    """What the cursors of errors lead to, once everything is mended."""
    found = []
    for shelf in lists:
        shelf.broken = None
    for cursor in cursors:
        assert cursor is not None
        again = await walk(legs(lists), over_and_over(firsts), cursor)
        assert again.problems == []
        found += again.rows
    return found


@given(shelves(breaking=True), sizes, sizes)
async def test_what_a_broken_list_owes_comes_with_its_errors_cursor_and_no_more(
    lists: list[Shelf], firsts: list[int], later: list[int]
) -> None:
    walked = await walk(legs(lists), over_and_over(firsts))
    told = [problem.error.source for problem in walked.problems]
    owed = await resumed(lists, [each.cursor for each in walked.problems], later)

    assert sorted(told) == sorted(set(told)), "an error was told twice"
    assert {each.error.kind for each in walked.problems} <= {Kind.UNAVAILABLE}
    whole = [row for row in walked.rows if row[0] not in told]
    assert whole == [row for row in rows(lists) if row[0] not in told]
    assert sorted(walked.rows + owed) == sorted(rows(lists))
    for name in told:  # where it broke is where it goes on
        mine = [row for row in walked.rows + owed if row[0] == name]
        assert mine == [row for row in rows(lists) if row[0] == name]


@given(shelves(breaking=True), sizes)
async def test_a_broken_list_is_tried_once_in_a_walk(lists: list[Shelf], firsts: list[int]) -> None:
    await walk(legs(lists), over_and_over(firsts))

    for shelf in lists:
        broke = [query for query in shelf.read if shelf.place(query)[0] == shelf.broken]
        assert len(broke) <= 1


@given(shelves(most=3, longest=6, breaking=True), sizes, sizes)
async def test_a_walk_past_broken_lists_can_be_resumed_behind_every_row(
    lists: list[Shelf], firsts: list[int], later: list[int]
) -> None:
    """Whoever goes back to a row, with the errors told until then at hand, gets all that is
    missing."""
    broken = [shelf.broken for shelf in lists]
    walked = await walk(legs(lists), over_and_over(firsts))
    known: dict[str, str | None] = {}
    for page, problems in zip(walked.pages, walked.told, strict=True):
        known |= {each.error.source: each.cursor for each in problems}
        for edge in page.edges:
            for shelf, number in zip(lists, broken, strict=True):
                shelf.broken = number
            seen = walked.rows[: walked.cursors.index(edge.cursor) + 1]
            again = await walk(legs(lists), over_and_over(later), edge.cursor)
            cursors = known | {each.error.source: each.cursor for each in again.problems}
            owed = await resumed(lists, list(cursors.values()), later)

            assert sorted(seen + again.rows + owed) == sorted(rows(lists))


async def test_a_list_that_breaks_again_when_it_is_resumed_says_so_with_the_same_cursor() -> None:
    lists = [Shelf("a", ["a0", "a1", "a2"], [2], broken=1), Shelf("b", ["b0"])]
    walked = await walk(legs(lists), repeat(2))
    (problem,) = walked.problems

    page, problems = await a_page(legs(lists), 2, problem.cursor)

    assert walked.rows == ["a0", "a1", "b0"]
    assert page.nodes == [] and not page.has_next_page
    assert [each.cursor for each in problems] == [problem.cursor]


async def test_a_dead_list_that_is_the_only_one_by_nature_fails_the_page() -> None:
    context = Context(sources={})
    leg = Shelf("a", ["a0"], broken=0).leg()

    with pytest.raises(ProviderError, match="the provider can't be reached") as caught:
        await paging.walk(
            context, [leg], first=1, after=None, digest=DIGEST, where=None, alone=True
        )
    assert (caught.value.kind, caught.value.source) == (Kind.UNAVAILABLE, "a")
    assert context.problems == []


async def test_a_circle_of_pages_ends_with_an_error_and_no_cursor() -> None:
    lists = [Shelf("a", ["a0", "a1", "a2"], [1], circle=True), Shelf("b", ["b0"])]

    walked = await walk(legs(lists), repeat(10))

    assert walked.rows == ["a0", "a1", "a2", "b0"]
    (problem,) = walked.problems
    assert problem.error.kind is Kind.BAD_RESPONSE
    assert problem.error.detail == "the pages run in a circle"
    assert problem.cursor is None


@given(st.integers(1, 12), st.integers(1, 3), sizes)
async def test_a_circle_of_pages_ends_however_small_the_steps(
    count: int, length: int, firsts: list[int]
) -> None:
    shelf = Shelf("a", [f"a{n}" for n in range(count)], [length], circle=True)

    walked = await walk([shelf.leg(), Shelf("b", ["b0"]).leg()], over_and_over(firsts))

    assert set(walked.rows) == {*shelf.rows, "b0"}
    assert walked.rows[-1] == "b0"
    assert [problem.error.detail for problem in walked.problems] == ["the pages run in a circle"]


async def test_a_circle_of_empty_pages_ends() -> None:
    shelf = Shelf("a", ["a0", "a1"], [1], circle=True)

    walked = await walk([shelf.leg(lambda _: False)], repeat(5))

    assert walked.rows == []
    assert len(walked.problems) == 1
    assert len(shelf.read) <= 4


# Cursors that nobody gave.


def forged(value: Any) -> str:
    """A cursor that holds this."""
    return ids.pack(msgspec.json.encode(value))


SPOT = [2, None, 0, None]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "null",
        "-1",
        "\x00",
        "\ud800",
        "A" * 5000,
        forged(None),
        forged([]),
        forged({}),
        forged("text"),
        forged([DIGEST]),
        forged([DIGEST, "a"]),
        forged([DIGEST, "a", None]),
        forged([DIGEST, "a", []]),
        forged([DIGEST, 7, SPOT]),
        forged([DIGEST, "a", ["2"]]),
        forged([DIGEST, "a", [2.5]]),
        forged([DIGEST, "a", [0]]),
        forged([DIGEST, "a", [-1]]),
        forged([DIGEST, "a", [1001]]),
        forged([DIGEST, "a", [10**30]]),
        forged([DIGEST, "a", [2, 5]]),
        forged([DIGEST, "a", [2, None, -1]]),
        forged([DIGEST, "a", [2, None, 10**9]]),
        forged([DIGEST, "a", [2, None, 0, 9]]),
        forged([DIGEST, "a", SPOT, "b"]),
        forged([DIGEST, "a", SPOT, [1]]),
        forged([DIGEST, "a", SPOT, [], "yes"]),
        ids.pack(b"[" * 3000),
        ids.pack(b'["' + DIGEST.encode() + b'","\xff\xff",[2]]'),
        ids.pack(b"\x00\x01\x02"),
        base64.b64encode(b'{"a": 1}').decode(),
    ],
)
async def test_a_cursor_that_this_graph_never_gave_is_refused(cursor: str) -> None:
    shelf = Shelf("a", ["a0", "a1"])

    with pytest.raises(BadInput) as caught:
        await a_page([shelf.leg()], 2, cursor)

    assert str(caught.value) == MALFORMED
    assert shelf.read == []


@given(st.binary(max_size=60) | st.recursive(
    st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=6)
).map(msgspec.json.encode))  # fmt: skip
async def test_any_cursor_is_followed_or_refused(data: bytes) -> None:
    try:
        await a_page([Shelf("a", ["a0", "a1"]).leg()], 2, ids.pack(data))
    except BadInput as error:
        assert str(error).startswith("`after` ")


async def test_a_cursor_of_another_list_is_refused() -> None:
    lists = [Shelf("a", ["a0", "a1", "a2"])]
    page, _ = await a_page(legs(lists), 1)
    other = paging.digest("courses", {"status": "ACTIVE"})

    with pytest.raises(BadInput, match="`after` is a cursor of another list: keep filter, order"):
        await paging.walk(
            Context(sources={}),
            legs(lists),
            first=1,
            after=page.end_cursor,
            digest=other,
            where=None,
        )


async def test_a_cursor_into_a_list_that_is_no_longer_there_says_to_begin_anew() -> None:
    page, _ = await a_page(legs([Shelf("a", ["a0", "a1"])]), 1)

    with pytest.raises(BadInput, match="`after` names a source that is no longer there"):
        await a_page(legs([Shelf("b", ["b0"])]), 1, page.end_cursor)


async def test_a_row_that_is_gone_says_to_begin_anew() -> None:
    cursor = paging.encode(Position(DIGEST, "a", Spot(2, last="a9")))

    with pytest.raises(BadInput, match="`after` names a row that is gone: begin the list anew"):
        await a_page(legs([Shelf("a", ["a0", "a1"])]), 1, cursor)


async def test_a_head_goes_on_behind_its_last_row() -> None:
    shelf = Shelf("a", [f"a{n}" for n in range(9)], [2, 0, 3])
    whole = await walk([shelf.leg()], repeat(20))
    head = paging.head_slice(lambda: DIGEST, "a", whole.pages[0].nodes[:4], more=True, size=4)

    assert head.has_next_page and not head.has_previous_page
    for at, cursor in enumerate((edge.cursor for edge in head.edges), 1):
        on = await walk([shelf.leg()], repeat(2), cursor)
        assert on.rows == list(shelf.rows)[at:]
    assert head.end_cursor == head.edges[-1].cursor


@pytest.mark.parametrize("first", [0, -1, 101, 10**9])
async def test_no_more_rows_than_the_setting_and_at_least_one(first: int) -> None:
    with pytest.raises(BadInput, match=f"`first` is {first}; ask for 1 to 100 rows."):
        await a_page([Shelf("a", ["a0"]).leg()], first)
