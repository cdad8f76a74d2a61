"""Lists that behave as badly as providers' lists do, for walks to run through."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from providers.base import Ask, Page, Query
from providers.errors import Kind, ProviderError
from providers.model import Course
from resolvers import paging
from resolvers.context import Context, Problem
from resolvers.paging import Leg, Slice

DIGEST = paging.digest("courses", {})


@dataclass(slots=True)
class Shelf:
    """A list at one source.

    Its pages have the lengths of ``lengths``, one after the other and over again: shorter than
    what was wished for, longer, or none at all. A token is good for one size only, as at providers
    whose cursors count pages.
    """

    name: str
    rows: Sequence[str]
    lengths: Sequence[int] = (3,)
    broken: int | None = None
    """Number of the page that can't be had, if any."""
    seconds: float = 0.0
    """How long each page takes."""
    circle: bool = False
    """Whether the last page leads back to the second one, or to itself where it is the only one."""
    read: list[Query] = field(default_factory=list)

    async def page(self, query: Query) -> Page[Course]:
        """A page, as a client would give it."""
        self.read.append(query)
        if self.seconds:
            await asyncio.sleep(self.seconds)
        number, begin = self.place(query)
        if number == self.broken:
            raise ProviderError(Kind.UNAVAILABLE, "the provider can't be reached or failed")
        length = min(self.lengths[number % len(self.lengths)], query.size)
        # Nothing but empty pages would never end.
        end = begin + (length if any(self.lengths) else query.size)
        items = [Course(source=self.name, key=key, title=key) for key in self.rows[begin:end]]
        following = f"{query.size} {number + 1} {end}" if end < len(self.rows) else None
        if following is None and self.circle:
            following = f"{query.size} 1 {self.lengths[0]}" if number else f"{query.size} 0 0"
        return Page(items, following)

    def place(self, query: Query) -> tuple[int, int]:
        """Number of the page that is wanted, and of its first row."""
        if query.page is None:
            return 0, 0
        size, number, begin = map(int, query.page.split())
        assert size == query.size, "a token was used with another size than it was given for"
        return number, begin

    def leg(self, check: Callable[[Any], bool] = lambda _: True) -> Leg:
        """The list as a leg of a walk."""
        return Leg(self.name, self.name, self.page, check)


@dataclass(slots=True)
class Walked:
    """What a walk gave."""

    pages: list[Slice]
    told: list[list[Problem]]
    """What went wrong, page by page."""

    @property
    def problems(self) -> list[Problem]:
        """What went wrong."""
        return [problem for page in self.told for problem in page]

    @property
    def rows(self) -> list[str]:
        """The rows, by key."""
        return [edge.node.key for page in self.pages for edge in page.edges]

    @property
    def cursors(self) -> list[str]:
        """The rows' cursors."""
        return [edge.cursor for page in self.pages for edge in page.edges]


async def a_page(
    legs: Sequence[Leg], first: int, after: str | None = None, time: float | None = None
) -> tuple[Slice, list[Problem]]:
    """One page, as one operation reads it, in so many seconds at most."""
    deadline = asyncio.get_running_loop().time() + time if time is not None else None
    context = Context(sources={}, ask=Ask(deadline=deadline))
    page = await paging.walk(context, legs, first=first, after=after, digest=DIGEST, where=None)
    context.cancel()
    return page, context.problems


async def walk(
    legs: Sequence[Leg],
    firsts: Iterable[int],
    after: str | None = None,
    *,
    time: float | None = None,
    most: int = 200,
) -> Walked:
    """A whole walk, each page as large as ``firsts`` says next."""
    walked = Walked([], [])
    for first in firsts:
        page, problems = await a_page(legs, first, after, time)
        assert len(page.edges) <= first
        walked.pages.append(page)
        walked.told.append(problems)
        if not page.has_next_page:
            return walked
        after = page.end_cursor
        assert after is not None
        assert len(walked.pages) < most, "the walk doesn't end"
    raise AssertionError("firsts ended before the walk")


def over_and_over(firsts: Sequence[int]) -> Iterator[int]:
    """The sizes again and again."""
    while True:
        yield from firsts


@st.composite
def shelves(
    draw: st.DrawFn, *, most: int = 4, longest: int = 9, breaking: bool = False
) -> list[Shelf]:
    """Some lists; each row's key is its list's letter and its number."""
    made = []
    for letter in "abcdefg"[: draw(st.integers(1, most))]:
        count = draw(st.integers(0, longest))
        lengths = draw(st.lists(st.integers(0, 5), min_size=1, max_size=4))
        broken = draw(st.none() | st.integers(0, 4)) if breaking else None
        made.append(Shelf(letter, [f"{letter}{n}" for n in range(count)], lengths, broken))
    return made


sizes = st.lists(st.integers(1, 7), min_size=1, max_size=4)
"""How many rows are asked for, page after page."""
