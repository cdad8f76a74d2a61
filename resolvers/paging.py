"""Pages that run through several lists one after the other, and the cursors that hold where they
are.

A *leg* is one list at one source: the courses of a source, the completions of a course. A
connection runs through its legs in order. Its state is small, and all of it is in the cursor:

* the leg, the provider's token of the page there, how many of that page's rows are behind us, and
  the size that the walk was begun with, since a provider's pages must keep their size;
* the legs that failed: each is tried once in a walk, which then ends. The error that names it
  carries a cursor of its own, which walks that leg alone, from where it broke;
* a digest of what was asked (filter, order, sources), so that a cursor can't continue another list.

The current leg fills the page. If it falls short, or takes half of the time that is left, all legs
after it are asked side by side, so that a page over many short lists costs two rounds, not one a
list; what doesn't fit is read again when its turn comes. A page may be empty and still have a next
one: a provider may say "more" where none of it passes the filter, or nothing comes. No row is lost
or repeated while nothing changes at the sources.
"""

from __future__ import annotations

import asyncio
import hashlib
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Sequence, Set
from dataclasses import dataclass, field
from itertools import count, islice, repeat
from operator import itemgetter
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec
from msgspec import Struct

from providers.base import Page, Query
from providers.errors import DETAILS, Kind, ProviderError
from resolvers import ids
from resolvers.context import Context, Problem
from resolvers.entities import prime
from resolvers.errors import BadInput
from resolvers.loaders import afresh, named

LONGEST = 16_384
"""Longest cursor accepted, in characters: it holds a provider's token, of which some are long."""


class Spot(Struct, frozen=True, array_like=True):
    """A place in one leg."""

    size: int
    """Rows asked for a page, the same through a walk."""
    token: str | None = None
    """The provider's token of the page, None for the first."""
    offset: int = 0
    """Rows of that page that are behind us."""
    last: str | None = None
    """Key of the last row behind us, where its page isn't known: a read for many parents found
    it."""
    turns: int = 0
    """Pages that were turned to get here."""
    mark: str | None = None
    """Digest of a token that was met before, for noticing that the pages run in a circle."""

    def turn(self, token: str) -> Spot | None:
        """The beginning of the next page; None where the walk was there before.

        The mark moves at each power of two, so that a circle of any length is noticed after at
        most three rounds (R. P. Brent, "An improved Monte Carlo factorization algorithm", 1980).
        """
        turns, met = self.turns + 1, digest(token)
        if met == self.mark:
            return None
        moves = turns & (turns - 1) == 0
        return Spot(self.size, token, turns=turns, mark=met if moves else self.mark)

    def behind(self, rows: int) -> Spot:
        """Behind so many rows of this page."""
        return Spot(self.size, self.token, rows, turns=self.turns, mark=self.mark)


class Position(Struct, frozen=True, array_like=True):
    """A place in a walk through several legs: what a cursor holds."""

    digest: str
    leg: str
    spot: Spot
    failed: tuple[str, ...] = ()
    alone: bool = False
    """Whether the walk is of this leg only: it resumes a leg that failed."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One list at one source."""

    name: str
    source: str
    read: Callable[[Query], Awaitable[Page[Any]]]
    """Reads a page; raises ProviderError."""
    check: Callable[[Any], bool] | None = None
    """Whether a row is one that was asked for: a source may ignore a filter."""


class Place(Protocol):
    """A place in a list, which a cursor holds."""

    @property
    def digest(self) -> str:
        """Of what the list was asked."""
        ...


P = TypeVar("P", bound=Place)


class Walked(Protocol):
    """Where the rows of a page stand; it is asked only for the cursors that somebody wants."""

    def behind(self, at: int) -> Place:
        """The place behind a row, by its number from 0."""
        ...

    def following(self) -> Place | None:
        """Where the next page begins; None where this is the last."""
        ...


class Edge(Struct, frozen=True, eq=False, gc=False):
    """A row, and where it stands."""

    node: Any
    at: int
    """Its number in the page, from 0."""
    walked: Walked

    @property
    def cursor(self) -> str:
        """The cursor that continues after this row."""
        return encode(self.walked.behind(self.at))


class Slice(Struct, frozen=True, eq=False):
    """A page of a connection. Most pages are asked for their rows only, so nothing else is made
    before it is asked for."""

    nodes: Sequence[Any]
    """The rows."""
    has_previous_page: bool
    has_next_page: bool
    """Whether there may be rows after this page."""
    walked: Walked

    @property
    def edges(self) -> list[Edge]:
        """The rows with their cursors."""
        return list(map(Edge, self.nodes, count(), repeat(self.walked)))

    @property
    def page_info(self) -> Slice:
        """A page describes itself."""
        return self

    @property
    def start_cursor(self) -> str | None:
        """Cursor of the first row."""
        return encode(self.walked.behind(0)) if self.nodes else None

    @property
    def end_cursor(self) -> str | None:
        """Cursor that the next page begins after; also of an empty page, if there is a next one."""
        if (following := self.walked.following()) is not None:
            return encode(following)
        return encode(self.walked.behind(len(self.nodes) - 1)) if self.nodes else None


_encoder = msgspec.json.Encoder()


def encode(place: Place) -> str:
    """The cursor of a place."""
    return ids.pack(_encoder.encode(place))


def opened(cursor: str, digest: str, kind: type[P]) -> P:
    """The place of this kind in a cursor of this very list.

    Raises:
        BadInput: where the text is no cursor of ours, or one of another list.
    """
    try:
        place = msgspec.json.decode(ids.unpack(cursor, LONGEST), type=kind)
    except (ValueError, RecursionError):
        raise BadInput(
            "`after` is malformed: use a cursor that this graph gave, unchanged."
        ) from None
    if place.digest != digest:
        raise BadInput(
            "`after` is a cursor of another list: keep filter, order and sources as they were."
        )
    return place


def decode(cursor: str, digest: str) -> Position:
    """The position in a cursor of this very list.

    Raises:
        BadInput: where the text is no cursor of ours, or one of another list.
    """
    position = opened(cursor, digest, Position)
    if not 1 <= position.spot.size <= 1000 or not 0 <= position.spot.offset <= 100_000:
        raise BadInput("`after` is malformed: use a cursor that this graph gave, unchanged.")
    return position


def question(query: Query) -> tuple[Any, ...]:
    """What a page is asked with: equal for equal questions, and hashable."""
    filters = (
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in query.filters.items()
    )
    return query.size, query.page, query.order, *sorted(filters, key=itemgetter(0))


def digest(*parts: Any) -> str:
    """A short digest of what a list was asked, the same in every process."""
    plain = msgspec.json.encode(parts, enc_hook=str, order="sorted")
    return hashlib.blake2s(plain, digest_size=6).hexdigest()


def page_size(context: Context, first: int) -> int:
    """``first``, if it is allowed.

    Raises:
        BadInput: where it isn't.
    """
    if not 1 <= first <= context.largest_page:
        raise BadInput(f"`first` is {first}; ask for 1 to {context.largest_page} rows.")
    return first


def patience(context: Context) -> float | None:
    """Half of the time that is left, in seconds: how long a list is waited for.

    So that one that answers, but slowly, uses up neither the time of the others nor that of what is
    asked of their rows.
    """
    if context.ask.deadline is None:
        return None
    return max(0.0, context.ask.deadline - asyncio.get_running_loop().time()) / 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows that one page of a leg gave."""

    page: Spot
    records: Sequence[Any]
    numbers: Sequence[int]
    """Which row of the page each is, from 1."""
    length: int
    """Rows of the page."""
    next: Spot | None
    """The beginning of the next page; None at the end."""

    def here(self, at: int) -> Spot:
        """Right behind a row, in its own page."""
        return self.page.behind(self.numbers[at])

    def following(self, at: int) -> Spot | None:
        """Where the row after it is read: on the next page, if this was its page's last; None at
        the end."""
        return self.next if self.numbers[at] == self.length else self.here(at)


@dataclass(slots=True)
class Filled:
    """Rows of one leg, and the error that ended them, if one did."""

    start: Spot
    stretches: list[Stretch] = field(default_factory=list)
    count: int = 0
    """Rows in all."""
    error: ProviderError | None = None
    resumable: bool = True

    def add(self, stretch: Stretch) -> None:
        """Take what a page gave."""
        if stretch.records:
            self.stretches.append(stretch)
            self.count += len(stretch.records)

    def spot(self, taken: int) -> Spot | None:
        """Where to read on after so many of the rows."""
        if not taken:
            return self.start
        for stretch in self.stretches:
            if taken <= len(stretch.records):
                return stretch.following(taken - 1)
            taken -= len(stretch.records)
        raise IndexError("more rows were taken than there are")


async def fill(leg: Leg, start: Spot, need: int) -> Filled:
    """Read a leg on from a spot until so many rows are there, or the leg ends or breaks."""
    filled = Filled(start)
    spot, skipping, seen = start, start.last, set()
    while True:
        seen.add(spot.token)
        try:
            page = await leg.read(Query(size=spot.size, page=spot.token))
        except ProviderError as error:
            filled.error = error
            return filled
        following = spot.turn(page.next) if page.next and page.next not in seen else None
        behind = spot.offset
        if skipping is not None:
            found = next((at for at, row in enumerate(page.items, 1) if row.key == skipping), None)
            behind = max(behind, len(page.items) if found is None else found)
            skipping = skipping if found is None else None
        stretch = rows(leg, page.items, spot, following, behind, need - filled.count)
        filled.add(stretch)
        if filled.count == need and stretch.records and stretch.numbers[-1] < stretch.length:
            return filled
        if page.next and following is None:
            filled.error = ProviderError(Kind.BAD_RESPONSE, "the pages run in a circle")
            filled.resumable = False
            return filled
        if following is None:
            if skipping is not None:
                raise BadInput("`after` names a row that is gone: begin the list anew.")
            return filled
        if filled.count == need:
            return filled
        spot = following


def rows(
    leg: Leg, items: Sequence[Any], spot: Spot, following: Spot | None, behind: int, need: int
) -> Stretch:
    """As many rows of a page as are needed, of those that pass and are not behind us."""
    if leg.check is None:
        numbers: Sequence[int] = range(behind + 1, min(behind + need, len(items)) + 1)
        records = items[behind : behind + need]
    else:
        passing = (at for at in range(behind, len(items)) if leg.check(items[at]))
        places = list(islice(passing, need))
        numbers = [at + 1 for at in places]
        records = [items[at] for at in places]
    return Stretch(spot, records, numbers, len(items), following)


async def walk(
    context: Context,
    legs: Sequence[Leg],
    *,
    first: int,
    after: str | None,
    digest: str,
    where: Any,
    alone: bool = False,
) -> Slice:
    """A page of a connection over these legs.

    ``alone`` says that there is one leg by nature: if it fails before any row, so does the page.

    Raises:
        BadInput: where ``first`` or ``after`` can't be used.
        ProviderError: where the only leg fails.
    """
    size = page_size(context, first)
    position = decode(after, digest) if after is not None else None
    taking = Taking.begin(context, legs, size, digest, position)
    page, problems = await taking.page(where, size)
    if alone and not page.nodes and problems:
        raise afresh(problems[0].error)
    context.problems += problems
    context.give(len(page.nodes))
    prime(context, page.nodes)
    return page


class Run(NamedTuple):
    """Rows of a page that stand in one page of a leg."""

    begin: int
    """The number of the first, from 0."""
    leg: int
    stretch: Stretch
    failed: Set[str]
    """The legs that count as failed behind these rows."""
    others: tuple[str, ...]
    """Those that a position in this leg names."""


@dataclass(slots=True)
class Taking:
    """The making of one page, and afterwards where its rows stand."""

    context: Context
    legs: Sequence[Leg]
    """The legs that this page may take from, the current one first."""
    start: Spot
    size: int
    digest: str
    alone: bool
    failed: set[str]
    continued: bool
    first: int = 0
    """How many rows the page may have."""
    parts: Sequence[Filled] = ()
    """What the legs gave."""
    taken: Sequence[int] = ()
    """How many rows of each the page has."""
    runs: Sequence[Run] = ()
    """Where the rows stand, once that was asked for."""

    @classmethod
    def begin(
        cls,
        context: Context,
        legs: Sequence[Leg],
        size: int,
        digest: str,
        position: Position | None,
    ) -> Taking:
        """Find where the page begins."""
        if position is None:
            return cls(
                context=context,
                legs=legs,
                start=Spot(size),
                size=size,
                digest=digest,
                alone=False,
                failed=set(),
                continued=False,
            )
        names = [leg.name for leg in legs]
        if position.leg not in names:
            raise BadInput("`after` names a source that is no longer there: begin the list anew.")
        begin = names.index(position.leg)
        rest = legs[begin : begin + 1] if position.alone else legs[begin:]
        failed = set(position.failed)
        return cls(
            context=context,
            legs=[leg for leg in rest if leg.name not in failed],
            start=position.spot,
            size=position.spot.size,
            digest=digest,
            alone=position.alone,
            failed=failed,
            continued=True,
        )

    async def page(self, where: Any, first: int) -> tuple[Slice, list[Problem]]:
        """Fill from the current leg and, if it falls short, from the others side by side."""
        self.first = first
        if not self.legs:
            return Slice([], self.continued, False, self), []
        current, *others = self.legs
        if not others:
            return self.slice([await fill(current, self.start, first)], where)
        begun = self.context.start(fill(current, self.start, first))
        await asyncio.wait([begun], timeout=patience(self.context))
        missing = first - begun.result().count if begun.done() else first
        beside = [
            self.context.start(fill(leg, Spot(self.size), missing))
            for leg in (others if missing else ())
        ]
        rest = await asyncio.gather(*beside)
        cut = any(part.count for part in rest)
        return self.slice([await (self.cut(begun) if cut else begun), *rest], where)

    def slice(self, parts: Sequence[Filled], where: Any) -> tuple[Slice, list[Problem]]:
        """The page out of what the legs gave."""
        self.parts = parts
        taken: list[int] = []
        for part in parts:
            taken.append(min(part.count, self.first - sum(taken)))
        self.taken = taken
        problems = self.problems(where)
        records: list[Any] = []
        for at, part in enumerate(self.parts, 1):
            for stretch in part.stretches:
                records += stretch.records
            del records[sum(taken[:at]) :]
        return Slice(records, self.continued, self.following() is not None, self), problems

    async def cut(self, begun: asyncio.Task[Filled]) -> Filled:
        """What the current leg gives while others wait with rows. Where that takes too long it ends
        as a failure, to be resumed from where it began."""
        await asyncio.wait([begun], timeout=patience(self.context))
        if begun.done():
            return begun.result()
        begun.cancel()
        await asyncio.wait([begun])
        return Filled(self.start, error=ProviderError(Kind.TIMEOUT, DETAILS[Kind.TIMEOUT]))

    def problems(self, where: Any) -> list[Problem]:
        """The legs that broke: each is told of once, and not tried again in this walk."""
        found = []
        for leg, part, took in zip(self.legs, self.parts, self.taken, strict=False):
            if part.error is None:
                continue
            self.failed.add(leg.name)
            error = named(self.context, leg.source, part.error)
            spot = part.spot(took) if part.resumable else None
            resume = None
            if spot is not None and error.kind is not Kind.UNSUPPORTED:
                resume = encode(Position(self.digest, leg.name, spot, alone=True))
            found.append(Problem(where, error, resume))
        return found

    def at(self, leg: Leg, spot: Spot, failed: Set[str]) -> Position:
        """A position of this walk. A leg that is named in it isn't among its failures."""
        return Position(self.digest, leg.name, spot, self.others(leg, failed), self.alone)

    def others(self, leg: Leg, failed: Set[str]) -> tuple[str, ...]:
        """The failures that a position in a leg names."""
        return tuple(sorted(failed - {leg.name}))

    def begin_after(self, at: int, failed: Set[str]) -> Position | None:
        """The beginning of the next leg that didn't fail."""
        rest = (leg for leg in self.legs[at + 1 :] if leg.name not in failed)
        leg = next(rest, None)
        return self.at(leg, Spot(self.size), failed) if leg else None

    def stretches(self) -> list[Run]:
        """Where the rows of the page stand. Legs that come later and gave rows before they failed
        are tried again from there: those rows are not behind the earlier ones."""
        gave = {
            leg.name
            for leg, part, took in zip(self.legs, self.parts, self.taken, strict=False)
            if part.error and took
        }
        runs: list[Run] = []
        begin = 0
        for at, (leg, part, took) in enumerate(
            zip(self.legs, self.parts, self.taken, strict=False)
        ):
            failed = self.failed - (gave & {leg.name for leg in self.legs[at + 1 :]})
            end = begin + took
            for stretch in part.stretches:
                if begin < end:
                    runs.append(Run(begin, at, stretch, failed, self.others(leg, failed)))
                    begin = min(begin + len(stretch.records), end)
        return runs

    def behind(self, at: int) -> Position:
        """The position behind a row of the page, by its number from 0."""
        self.runs = self.runs or self.stretches()
        run = self.runs[bisect_right(self.runs, at, key=itemgetter(0)) - 1]
        leg = self.legs[run.leg]
        following = run.stretch.following(at - run.begin)
        if following is not None:
            return Position(self.digest, leg.name, following, run.others, self.alone)
        here = run.stretch.here(at - run.begin)
        return self.begin_after(run.leg, run.failed) or self.at(leg, here, run.failed)

    def following(self) -> Position | None:
        """Where the next page begins, or None where all legs are through."""
        if sum(self.taken) < self.first:
            return None
        at = max(at for at, took in enumerate(self.taken) if took)
        spot = self.parts[at].spot(self.taken[at])
        leg = self.legs[at]
        if spot is None or leg.name in self.failed:
            return self.begin_after(at, self.failed)
        return self.at(leg, spot, self.failed)


class HeadWalked(Struct, eq=False):
    """Where the rows of a first page stand that was read for many parents."""

    digest: Callable[[], str]
    """Makes the list's digest."""
    leg: str | Sequence[str]
    """The leg of all rows, or of each."""
    size: int
    records: Sequence[Any]
    more: bool
    made: str = ""
    """The digest, once it was needed."""

    def behind(self, at: int) -> Position:
        """The position behind a row, which its key marks."""
        self.made = self.made or self.digest()
        leg = self.leg if isinstance(self.leg, str) else self.leg[at]
        return Position(self.made, leg, Spot(self.size, last=self.records[at].key))

    def following(self) -> Position | None:
        """The position behind the last row, if there may be more."""
        return self.behind(-1) if self.more and self.records else None


def head_slice(
    digest: Callable[[], str],
    leg: str | Sequence[str],
    records: Sequence[Any],
    *,
    more: bool,
    size: int,
) -> Slice:
    """The first page of a list, out of a read for many parents: its cursors name the last row.

    ``leg`` is the leg of all rows, or of each, where they are of several.
    """
    walked = HeadWalked(digest, leg, size, records, more)
    return Slice(records, False, more and bool(records), walked)
