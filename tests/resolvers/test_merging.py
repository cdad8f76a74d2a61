"""Lists merged by time: whatever the sources give and when they fail, the order holds, no row is
lost and none comes twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.base import Ask, Client
from providers.errors import Kind, ProviderError
from providers.model import Completion
from resolvers import ids, merging, paging
from resolvers.context import Context, Problem
from resolvers.errors import BadInput
from resolvers.merging import Completeness, Mark, Merged, Rank, Strand, Strip
from tests.graph.hourglass import at_once
from tests.resolvers.lists import DIGEST, over_and_over, sizes

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Box:
    """What one source has, in no order, and how it behaves."""

    source: str
    rows: Sequence[Completion]
    fails: int | None = None
    """Number of the read that fails, from 0."""
    kind: Kind = Kind.UNAVAILABLE
    completeness: Completeness = Completeness.COMPLETE
    rest: str = ""
    seconds: float = 0.0
    reads: int = 0
    provider: str = ""

    async def read(self) -> Strip:
        """Everything at once."""
        self.reads += 1
        await asyncio.sleep(self.seconds)
        if self.reads - 1 == self.fails:
            raise ProviderError(self.kind, "the provider can't be reached or failed")
        return Strip(self.rows, self.completeness, self.rest)


@dataclass(slots=True)
class Walked:
    """What a walk gave, page by page."""

    pages: list[Merged] = field(default_factory=list)
    told: list[list[Problem]] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        """What went wrong."""
        return [problem for page in self.told for problem in page]

    @property
    def rows(self) -> list[str]:
        """The rows, by key."""
        return [row.key for page in self.pages for row in page.nodes]


def row(source: str, number: int, days: int | None) -> Completion:
    at = None if days is None else BEGAN + timedelta(days=days, microseconds=days)
    return Completion(source=source, key=f"{source}{number:02}", completed_at=at)


@st.composite
def boxes(draw: st.DrawFn, *, failing: bool = False, most: int = 4) -> list[Box]:
    """Some sources, whose rows have few times, so that many have the same, or none."""
    made = []
    for letter in "dbca"[: draw(st.integers(1, most))]:
        times = draw(st.lists(st.none() | st.integers(-2, 3), max_size=7))
        rows = [row(letter, number, days) for number, days in enumerate(times)]
        fails = draw(st.none() | st.integers(0, 3)) if failing else None
        made.append(Box(letter, draw(st.permutations(rows)), fails))
    return made


def expected(made: Sequence[Box]) -> list[str]:
    """The rows in the order that is promised: the latest first, those without a time last; of one
    time, by source as they stand, then by key."""
    every = [(each, at) for at, box in enumerate(made) for each in box.rows]
    every.sort(key=lambda found: (found[1], found[0].key))
    timed = [each for each, _ in every if each.completed_at]
    timed.sort(key=attrgetter("completed_at"), reverse=True)
    return [each.key for each in [*timed, *(each for each, _ in every if not each.completed_at)]]


async def a_page(
    made: Sequence[Box], first: int, after: str | None = None, time: float | None = None
) -> tuple[Merged, list[Problem]]:
    """One page, as one operation reads it, in so many seconds at most."""
    deadline = asyncio.get_running_loop().time() + time if time is not None else None
    sources = {box.source: cast(Client, box) for box in made}
    context = Context(sources=sources, ask=Ask(deadline=deadline))
    page = await merging.page(
        context,
        [Strand(box.source, box.read) for box in made],
        kind=Merged,
        time=attrgetter("completed_at"),
        first=first,
        after=after,
        digest=DIGEST,
        where=None,
    )
    assert context.given == len(page.nodes) <= first
    context.cancel()
    return page, context.problems


async def walk(
    made: Sequence[Box], firsts: Iterable[int], after: str | None = None, time: float | None = None
) -> Walked:
    """A whole walk, each page as large as ``firsts`` says next."""
    walked = Walked()
    for first in firsts:
        page, problems = await a_page(made, first, after, time)
        walked.pages.append(page)
        walked.told.append(problems)
        after = page.end_cursor
        if not page.has_next_page:
            return walked
        assert after is not None and len(page.nodes) == first
    raise AssertionError("firsts ended before the walk")


async def resumed(made: Sequence[Box], problems: Iterable[Problem], firsts: list[int]) -> list[str]:
    """What the errors' cursors lead to, once everything is mended."""
    found: list[str] = []
    for box in made:
        box.fails, box.seconds = None, 0.0
    for problem in problems:
        assert problem.cursor is not None
        again = await walk(made, over_and_over(firsts), problem.cursor)
        assert again.problems == []
        assert all(key[0] == problem.error.source for key in again.rows)
        found += again.rows
    return found


# The order.


@given(boxes(), sizes)
async def test_a_walk_gives_every_row_once_the_latest_first(
    made: list[Box], firsts: list[int]
) -> None:
    walked = await walk(made, over_and_over(firsts))

    assert walked.rows == expected(made)
    assert walked.problems == []


@given(boxes(most=3), sizes, sizes)
async def test_a_walk_can_be_resumed_behind_every_row(
    made: list[Box], firsts: list[int], later: list[int]
) -> None:
    walked = await walk(made, over_and_over(firsts))

    cursors = [edge.cursor for page in walked.pages for edge in page.edges]
    for at, cursor in enumerate(cursors, 1):
        assert (await walk(made, over_and_over(later), cursor)).rows == expected(made)[at:]


@given(boxes(), sizes)
async def test_the_page_info_says_how_a_page_stands(made: list[Box], firsts: list[int]) -> None:
    walked = await walk(made, over_and_over(firsts))

    assert [page.has_previous_page for page in walked.pages] == [False] + [True] * (
        len(walked.pages) - 1
    )
    for page in walked.pages:
        assert page.start_cursor == (page.edges[0].cursor if page.edges else None)
        assert page.end_cursor == (page.edges[-1].cursor if page.edges else None)


async def test_rows_without_a_time_come_last_and_ties_keep_the_order_of_the_sources() -> None:
    made = [
        Box("b", [row("b", 1, None), row("b", 2, 5), row("b", 3, 1)]),
        Box("a", [row("a", 2, 5), row("a", 1, 5), row("a", 3, None)]),
    ]

    page, _ = await a_page(made, 6)

    assert [each.key for each in page.nodes] == ["b02", "a01", "a02", "b03", "b01", "a03"]


# Sources that fail.


@given(boxes(failing=True), sizes, sizes)
async def test_what_a_failed_source_owes_comes_with_its_errors_cursor_and_no_more(
    made: list[Box], firsts: list[int], later: list[int]
) -> None:
    walked = await walk(made, over_and_over(firsts))
    told = [problem.error.source for problem in walked.problems]
    owed = await resumed(made, walked.problems, later)

    assert sorted(told) == sorted(set(told)), "an error was told twice"
    assert sorted(walked.rows + owed) == sorted(expected(made))
    in_order = expected(made)
    assert walked.rows == sorted(walked.rows, key=in_order.index)
    for name in told:  # where it broke is where it goes on
        mine = [key for key in walked.rows + owed if key[0] == name]
        assert mine == [key for key in in_order if key[0] == name]


@given(boxes(failing=True, most=3), sizes)
async def test_a_source_that_failed_is_not_tried_again_and_its_part_stays_partial(
    made: list[Box], firsts: list[int]
) -> None:
    walked = await walk(made, over_and_over(firsts))

    failed: set[str] = set()
    for page, problems in zip(walked.pages, walked.told, strict=True):
        failed |= {problem.error.source for problem in problems}
        shown = {each.source.name: each.completeness for each in page.coverage}
        assert list(shown) == [box.source for box in made]
        assert {name for name, each in shown.items() if each is Completeness.PARTIAL} == failed
    for box in made:
        assert box.fails is None or box.reads <= box.fails + 1


@given(boxes(failing=True, most=3), sizes, sizes)
async def test_a_walk_past_failed_sources_can_be_resumed_behind_every_row(
    made: list[Box], firsts: list[int], later: list[int]
) -> None:
    """Whoever goes back to a row, with the errors told until then at hand, gets all that is
    missing."""
    walked = await walk(made, over_and_over(firsts))
    for box in made:
        box.fails = None
    seen: list[str] = []
    known: list[Problem] = []
    for page, problems in zip(walked.pages, walked.told, strict=True):
        known += problems
        for edge in page.edges:
            seen.append(edge.node.key)
            again = await walk(made, over_and_over(later), edge.cursor)
            owed = await resumed(made, known, later)

            assert sorted(seen + again.rows + owed) == sorted(expected(made))


async def test_a_source_that_fails_again_when_it_is_resumed_says_so_with_the_same_cursor() -> None:
    made = [Box("a", [row("a", 1, 1)], fails=0), Box("b", [row("b", 1, 2)])]
    _, (problem,) = await a_page(made, 5)
    made[0].fails = 1

    page, (again,) = await a_page(made, 5, problem.cursor)

    assert page.nodes == [] and not page.has_next_page
    assert again.cursor == problem.cursor
    assert made[1].reads == 1


async def test_a_source_that_cant_answer_is_no_failure() -> None:
    made = [Box("a", [], fails=0, kind=Kind.UNSUPPORTED), Box("b", [row("b", 1, 1)])]

    page, problems = await a_page(made, 5)

    assert problems == []
    assert [each.completeness for each in page.coverage] == [
        Completeness.UNSUPPORTED,
        Completeness.COMPLETE,
    ]


async def test_rows_that_are_left_out_are_told_as_a_walk_begins() -> None:
    cut = Box("a", [row("a", n, n) for n in range(4)], rest="there are more")
    cut.completeness = Completeness.PARTIAL
    walked = await walk([cut], over_and_over([2]))

    (problem,) = walked.told[0]
    assert (problem.error.kind, problem.error.detail) == (Kind.TOO_LARGE, "there are more")
    assert problem.cursor is None
    assert walked.told[1:] == [[]]
    for page in walked.pages:
        assert [each.completeness for each in page.coverage] == [Completeness.PARTIAL]


# Sources that are slow.


def timed(made: list[Box]) -> tuple[list[str], list[Problem], float]:
    """A page's rows, what it tells, and how long it took of ten seconds."""

    async def took() -> tuple[list[str], list[Problem], float]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        page, problems = await a_page(made, 9, time=10.0)
        return [each.key for each in page.nodes], problems, loop.time() - began

    return at_once(took())


def test_a_source_that_takes_half_the_time_is_cut_where_others_have_rows() -> None:
    slow = Box("a", [row("a", 1, 1)], seconds=600.0)
    rows, (problem,), seconds = timed([slow, Box("b", [row("b", 1, 1)], seconds=1.0)])

    assert rows == ["b01"]
    assert seconds == pytest.approx(5.0)
    assert (problem.error.kind, problem.error.source) == (Kind.TIMEOUT, "a")
    assert at_once(resumed([slow, Box("b", [])], [problem], [9])) == ["a01"]


def test_a_source_is_waited_for_where_nobody_else_has_rows() -> None:
    rows, problems, seconds = timed([Box("a", [row("a", 1, 1)], seconds=9.0), Box("b", [])])

    assert (rows, problems) == (["a01"], [])
    assert seconds == pytest.approx(9.0)


def test_of_two_slow_sources_the_slower_is_cut_after_three_quarters() -> None:
    made = [Box("a", [row("a", 1, 1)], seconds=6.0), Box("b", [row("b", 1, 1)], seconds=600.0)]
    rows, problems, seconds = timed(made)

    assert rows == ["a01"]
    assert [problem.error.source for problem in problems] == ["b"]
    assert seconds == pytest.approx(7.5)


# Cursors that nobody gave.


def forged(value: Any) -> str:
    """A cursor that holds this."""
    return ids.pack(msgspec.json.encode(value))


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "null",
        forged([]),
        forged([DIGEST, 7]),
        forged([DIGEST, [1.5, "a", "a01"]]),
        forged([DIGEST, ["now", "a", "a01"]]),
        forged([DIGEST, [1, "a"]]),
        forged([DIGEST, None, "a"]),
        forged([DIGEST, None, [], 7]),
        forged([DIGEST, "a", [2, None, 0, None]]),
    ],
)
async def test_a_cursor_that_this_graph_never_gave_is_refused(cursor: str) -> None:
    box = Box("a", [row("a", 1, 1)])

    with pytest.raises(BadInput, match="`after` is malformed"):
        await a_page([box], 2, cursor)
    assert box.reads == 0


@given(
    st.recursive(
        st.none() | st.integers() | st.sampled_from([DIGEST, "a", "z"]),
        lambda inner: st.lists(inner, max_size=4),
    ).map(forged)
)
async def test_any_cursor_is_followed_or_refused(cursor: str) -> None:
    try:
        await a_page([Box("a", [row("a", 1, 1)])], 2, cursor)
    except BadInput as error:
        assert str(error).startswith("`after` ")


@pytest.mark.parametrize("mark", [Mark(DIGEST, Rank(1, "z", "z01")), Mark(DIGEST, alone="z")])
async def test_a_cursor_of_a_source_that_is_gone_says_to_begin_anew(mark: Mark) -> None:
    with pytest.raises(BadInput, match="`after` names a source that is no longer there"):
        await a_page([Box("a", [])], 2, paging.encode(mark))


@pytest.mark.parametrize("first", [0, -1, 101])
async def test_no_more_rows_than_the_setting_and_at_least_one(first: int) -> None:
    with pytest.raises(BadInput, match=f"`first` is {first}; ask for 1 to 100 rows."):
        await a_page([Box("a", [])], first)
