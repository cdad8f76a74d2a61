"""Lists of several sources merged into one, newest first, and the cursors that hold where it is.

``paging`` runs through lists one after the other and reads no further than a page needs. Here every
list, a *strand*, is read whole for each page, up to a bound, since none of the sources sorts alike.
So it is for what is few, such as one person's completions. A row stands by its *rank*: its time,
then the order of the sources, then its key; rows without a time come last. All of a walk's state is
in the cursor:

* the rank of the row behind us;
* the sources that failed: each costs all of its rows that are still to come, is told of once, and
  isn't tried again in this walk. Its error carries a cursor of its own, which walks this source
  alone from where the page began;
* a digest of what was asked, as in ``paging``.

No row is lost or repeated while nothing changes at the sources. What was left out is said on every
page, source by source (``Merged.coverage``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from msgspec import Struct

from providers.errors import DETAILS, Kind, ProviderError
from resolvers import paging
from resolvers.context import Context, Problem
from resolvers.entities import prime
from resolvers.errors import BadInput
from resolvers.loaders import named
from resolvers.paging import Slice
from resolvers.sources import Source

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Completeness(Enum):
    """How much of what a source knows about a person was found."""

    COMPLETE = "COMPLETE"
    """The source was searched whole: what it doesn't show, it doesn't have."""

    PARTIAL = "PARTIAL"
    """A part of the source was searched, or the search broke off: there may be more."""

    UNSUPPORTED = "UNSUPPORTED"
    """The source can't be searched for a person, or doesn't keep what is asked for."""


class Coverage(NamedTuple):
    """How much of one source a merged list shows."""

    source: Source
    completeness: Completeness


class Merged(Slice, frozen=True, eq=False):
    """A page of a merged list, and how much of each source the list shows."""

    coverage: Sequence[Coverage]


class Strip(NamedTuple):
    """What a strand gave: each row once, in any order."""

    rows: Sequence[Any]
    completeness: Completeness
    rest: str = ""
    """Why there may be more rows than these, in words for the error; empty where these are all."""


@dataclass(frozen=True, slots=True)
class Strand:
    """What one source adds to a merged list."""

    source: str
    read: Callable[[], Coroutine[Any, Any, Strip]]
    """Reads it whole; raises ProviderError."""


class Rank(Struct, frozen=True, array_like=True):
    """Where a row stands."""

    time: int | None
    """In microseconds since 1970; None for rows that have no time."""
    source: str
    key: str


class Mark(Struct, frozen=True, array_like=True):
    """A place in a merged list: what a cursor holds."""

    digest: str
    behind: Rank | None = None
    """The row behind us; None at the beginning."""
    failed: tuple[str, ...] = ()
    """The sources that failed in this walk."""
    alone: str | None = None
    """The only source of a walk that resumes one that failed."""


class Ranked(Struct, eq=False):
    """Where the rows of a page stand."""

    begin: Mark
    ranks: Sequence[Rank]
    more: bool

    def behind(self, at: int) -> Mark:
        """The place behind a row, by its number from 0."""
        begin = self.begin
        return Mark(begin.digest, self.ranks[at], begin.failed, begin.alone)

    def following(self) -> Mark | None:
        """Where the next page begins; None where this is the last."""
        return self.behind(-1) if self.more else None


K = TypeVar("K", bound=Merged)


async def page(
    context: Context,
    strands: Sequence[Strand],
    *,
    kind: type[K],
    time: Callable[[Any], datetime | None],
    first: int,
    after: str | None,
    digest: str,
    where: Any,
) -> K:
    """A page of these strands, merged by the time that ``time`` reads off a row.

    Raises:
        BadInput: where ``first`` or ``after`` can't be used.
    """
    size = paging.page_size(context, first)
    mark = paging.opened(after, digest, Mark) if after is not None else Mark(digest)
    order = {strand.source: at for at, strand in enumerate(strands)}
    if any(name not in order for name in _names(mark)):
        raise BadInput("`after` names a source that is no longer there: begin the list anew.")
    meant = [strand for strand in strands if mark.alone in (None, strand.source)]
    strips = await _read(context, [each for each in meant if each.source not in mark.failed])
    broken = _failures(strips)
    context.problems += _problems(context, strips, mark, where)
    known = {name: each for name, each in strips.items() if isinstance(each, Strip)}
    ranked = _behind(mark.behind, known, time, order)
    nodes = [row for _, row in ranked[:size]]
    context.give(len(nodes))
    prime(context, nodes)
    begin = Mark(digest, mark.behind, tuple(sorted({*mark.failed, *broken})), mark.alone)
    walked = Ranked(begin, [rank for rank, _ in ranked[:size]], more=len(ranked) > size)
    return kind(
        nodes=nodes,
        has_previous_page=after is not None,
        has_next_page=walked.more,
        walked=walked,
        coverage=[_covered(context, each.source, strips.get(each.source)) for each in meant],
    )


def _names(mark: Mark) -> Iterable[str]:
    """The sources that a walk can't go on without."""
    if mark.behind is not None:
        yield mark.behind.source
    if mark.alone is not None:
        yield mark.alone


def _behind(
    behind: Rank | None,
    strips: Mapping[str, Strip],
    time: Callable[[Any], datetime | None],
    order: Mapping[str, int],
) -> list[tuple[Rank, Any]]:
    """All rows behind a rank, in order, with their own."""

    def place(rank: Rank) -> tuple[bool, int, int, str]:
        return rank.time is None, -(rank.time or 0), order[rank.source], rank.key

    least = place(behind) if behind is not None else None
    placed = []
    for name, strip in strips.items():
        for row in strip.rows:
            rank = Rank(_microseconds(time(row)), name, row.key)
            if least is None or place(rank) > least:
                placed.append((place(rank), rank, row))
    placed.sort(key=itemgetter(0))  # no two rows have one rank
    return [(rank, row) for _, rank, row in placed]


def _microseconds(time: datetime | None) -> int | None:
    return None if time is None else (time - EPOCH) // MICROSECOND


Outcome = Strip | ProviderError


async def _read(context: Context, strands: Sequence[Strand]) -> dict[str, Outcome]:
    """What each strand gives, or what it failed at; they are read side by side."""

    async def outcome(strand: Strand) -> Outcome:
        try:
            return await strand.read()
        except ProviderError as error:
            return error

    found = await together(
        context,
        [outcome(strand) for strand in strands],
        is_worth=lambda each: isinstance(each, Strip) and bool(each.rows),
    )
    return {strand.source: each or too_late() for strand, each in zip(strands, found, strict=True)}


def too_late() -> ProviderError:
    """Why something was cut that others could not wait for."""
    return ProviderError(Kind.TIMEOUT, DETAILS[Kind.TIMEOUT])


async def together(
    context: Context, works: Sequence[Coroutine[Any, Any, T]], is_worth: Callable[[T], bool]
) -> list[T | None]:
    """What works give that run side by side; None for one that is cut.

    What isn't there after half of the time that is left is cut, if another has given something that
    is worth answering with; else the same is decided once more, after half of the rest. Where
    nothing is there even then, nothing is cut: waiting costs nobody anything.
    """
    tasks = [context.start(work) for work in works]
    pending = set(tasks)
    for _ in range(2):
        if pending:
            _, pending = await asyncio.wait(pending, timeout=paging.patience(context))
        if any(is_worth(task.result()) for task in tasks if task not in pending):
            break
    else:
        return list(await asyncio.gather(*tasks))
    for task in pending:
        task.cancel()
    if pending:
        await asyncio.wait(pending)
    return [None if task in pending else task.result() for task in tasks]


def _failures(strips: Mapping[str, Outcome]) -> list[str]:
    """The sources that broke. That one can't answer at all is no failure of a walk."""
    return [
        name
        for name, each in strips.items()
        if isinstance(each, ProviderError) and each.kind is not Kind.UNSUPPORTED
    ]


def _problems(
    context: Context, strips: Mapping[str, Outcome], mark: Mark, where: Any
) -> list[Problem]:
    """What is to be told of a page: sources that broke, with cursors to resume them; and, as a walk
    begins, those of which it leaves rows out."""
    found = []
    for name in _failures(strips):
        error = strips[name]
        assert isinstance(error, ProviderError)
        resume = Mark(mark.digest, mark.behind, alone=name)
        found.append(Problem(where, named(context, name, error), paging.encode(resume)))
    for name, strip in strips.items():
        if isinstance(strip, Strip) and strip.rest and mark.behind is None:
            rest = ProviderError(Kind.TOO_LARGE, strip.rest)
            found.append(Problem(where, named(context, name, rest)))
    return found


def _covered(context: Context, name: str, outcome: Outcome | None) -> Coverage:
    """How much of a source a page shows; it has no outcome where it failed before."""
    source = Source(context.sources[name])
    if isinstance(outcome, Strip):
        return Coverage(source, outcome.completeness)
    if outcome is not None and outcome.kind is Kind.UNSUPPORTED:
        return Coverage(source, Completeness.UNSUPPORTED)
    return Coverage(source, Completeness.PARTIAL)
