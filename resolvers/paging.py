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
from collections.abc import Awaitable, Callable, Sequence, Set
from dataclasses import dataclass
from typing import Any

import msgspec

from providers.base import Page, Query
from providers.errors import DETAILS, Kind, ProviderError
from resolvers import ids
from resolvers.context import Context, Problem
from resolvers.entities import prime
from resolvers.errors import BadInput
from resolvers.loaders import named

LONGEST = 16_384
"""Longest cursor accepted, in characters: it holds a provider's token, of which some are long."""


class Spot(msgspec.Struct, frozen=True, array_like=True):
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


class Position(msgspec.Struct, frozen=True, array_like=True):
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
    check: Callable[[Any], bool] = lambda _: True
    """Whether a row is one that was asked for: a source may ignore a filter."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A row, and where it stands."""

    node: Any
    position: Position

    @property
    def cursor(self) -> str:
        """The cursor that continues after this row."""
        return encode(self.position)


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of a connection."""

    edges: Sequence[Edge]
    has_previous_page: bool
    following: Position | None
    """Where the next page begins; None where this is the last."""

    @property
    def nodes(self) -> list[Any]:
        """The rows."""
        return [edge.node for edge in self.edges]

    @property
    def page_info(self) -> Slice:
        """A page describes itself."""
        return self

    @property
    def has_next_page(self) -> bool:
        """Whether there may be rows after this page."""
        return self.following is not None

    @property
    def start_cursor(self) -> str | None:
        """Cursor of the first row."""
        return self.edges[0].cursor if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        """Cursor that the next page begins after; also of an empty page, if there is a next one."""
        if self.following is not None:
            return encode(self.following)
        return self.edges[-1].cursor if self.edges else None


def encode(position: Position) -> str:
    """The cursor of a position."""
    return ids.pack(msgspec.json.encode(position))


def decode(cursor: str, digest: str) -> Position:
    """The position in a cursor of this very list.

    Raises:
        BadInput: where the text is no cursor of ours, or one of another list.
    """
    try:
        position = msgspec.json.decode(ids.unpack(cursor, LONGEST), type=Position)
    except (ValueError, RecursionError):
        raise BadInput(
            "`after` is malformed: use a cursor that this graph gave, unchanged."
        ) from None
    if position.digest != digest:
        raise BadInput(
            "`after` is a cursor of another list: keep filter, order and sources as they were."
        )
    if not 1 <= position.spot.size <= 1000 or not 0 <= position.spot.offset <= 100_000:
        raise BadInput("`after` is malformed: use a cursor that this graph gave, unchanged.")
    return position


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


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a leg, and the spots behind it."""

    record: Any
    here: Spot
    """Right behind the row, in its own page."""
    following: Spot | None
    """Where the row after it is read: on the next page, if this was its page's last; None at the
    end."""


@dataclass(slots=True)
class Filled:
    """Rows of one leg, and the error that ended them, if one did."""

    start: Spot
    rows: list[Row]
    error: ProviderError | None = None
    resumable: bool = True

    def spot(self, taken: int) -> Spot | None:
        """Where to read on after so many of the rows."""
        return self.rows[taken - 1].following if taken else self.start


async def fill(leg: Leg, start: Spot, need: int) -> Filled:
    """Read a leg on from a spot until so many rows are there, or the leg ends or breaks."""
    filled = Filled(start, [])
    spot, skipping, seen = start, start.last, set()
    while True:
        seen.add(spot.token)
        try:
            page = await leg.read(Query(size=spot.size, page=spot.token))
        except ProviderError as error:
            filled.error = error
            return filled
        following = spot.turn(page.next) if page.next and page.next not in seen else None
        for at, record in enumerate(page.items, 1):
            if skipping is not None:
                skipping = None if record.key == skipping else skipping
            elif at > spot.offset and leg.check(record):
                here, ended = spot.behind(at), at == len(page.items)
                filled.rows.append(Row(record, here, following if ended else here))
                if len(filled.rows) == need and not ended:
                    return filled
        if page.next and following is None:
            filled.error = ProviderError(Kind.BAD_RESPONSE, "the pages run in a circle")
            filled.resumable = False
            return filled
        if following is None:
            if skipping is not None:
                raise BadInput("`after` names a row that is gone: begin the list anew.")
            return filled
        if len(filled.rows) == need:
            return filled
        spot = following


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
    if alone and not page.edges and problems:
        raise problems[0].error
    context.problems += problems
    context.give(page.edges)
    prime(context, page.nodes)
    return page


@dataclass(slots=True)
class Taking:
    """The making of one page."""

    context: Context
    legs: Sequence[Leg]
    """The legs that this page may take from, the current one first."""
    start: Spot
    size: int
    digest: str
    alone: bool
    failed: set[str]
    continued: bool

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
        if not self.legs:
            return Slice([], self.continued, None), []
        current, *others = self.legs
        begun = self.context.start(fill(current, self.start, first))
        await asyncio.wait([begun], timeout=self.patience() if others else None)
        missing = first - len(begun.result().rows) if begun.done() else first
        beside = [
            self.context.start(fill(leg, Spot(self.size), missing))
            for leg in (others if missing else ())
        ]
        rest = await asyncio.gather(*beside)
        cut = any(part.rows for part in rest)
        parts = [await (self.cut(begun) if cut else begun), *rest]
        taken: list[int] = []
        for part in parts:
            taken.append(min(len(part.rows), first - sum(taken)))
        problems = self.problems(parts, taken, where)
        gave = [
            leg.name
            for leg, part, count in zip(self.legs, parts, taken, strict=False)
            if part.error and count
        ]
        edges = [
            Edge(row.record, self.behind(at, row, gave))
            for at, part in enumerate(parts)
            for row in part.rows[: taken[at]]
        ]
        return Slice(edges, self.continued, self.following(parts, taken, first)), problems

    async def cut(self, begun: asyncio.Task[Filled]) -> Filled:
        """What the current leg gives while others wait with rows. Where that takes too long it ends
        as a failure, to be resumed from where it began."""
        await asyncio.wait([begun], timeout=self.patience())
        if begun.done():
            return begun.result()
        begun.cancel()
        await asyncio.wait([begun])
        return Filled(self.start, [], ProviderError(Kind.TIMEOUT, DETAILS[Kind.TIMEOUT]))

    def patience(self) -> float | None:
        """Half of the time that is left, in seconds: how long a leg is waited for.

        So that a leg that answers, but slowly, uses up neither the time of the others nor that of
        what is asked of their rows.
        """
        if self.context.ask.deadline is None:
            return None
        return max(0.0, self.context.ask.deadline - asyncio.get_running_loop().time()) / 2

    def problems(self, parts: Sequence[Filled], taken: Sequence[int], where: Any) -> list[Problem]:
        """The legs that broke: each is told of once, and not tried again in this walk."""
        found = []
        for leg, part, count in zip(self.legs, parts, taken, strict=False):
            if part.error is None:
                continue
            self.failed.add(leg.name)
            error = named(self.context, leg.source, part.error)
            spot = part.spot(count) if part.resumable else None
            resume = None
            if spot is not None and error.kind is not Kind.UNSUPPORTED:
                resume = encode(Position(self.digest, leg.name, spot, alone=True))
            found.append(Problem(where, error, resume))
        return found

    def at(self, leg: Leg, spot: Spot, failed: Set[str]) -> Position:
        """A position of this walk. A leg that is named in it isn't among its failures."""
        others = tuple(sorted(failed - {leg.name}))
        return Position(self.digest, leg.name, spot, others, self.alone)

    def begin_after(self, at: int, failed: Set[str]) -> Position | None:
        """The beginning of the next leg that didn't fail."""
        rest = (leg for leg in self.legs[at + 1 :] if leg.name not in failed)
        leg = next(rest, None)
        return self.at(leg, Spot(self.size), failed) if leg else None

    def behind(self, at: int, row: Row, gave: Sequence[str]) -> Position:
        """The position behind a row. Legs that come later and ``gave`` rows before they failed are
        tried again from there: those rows are not behind it."""
        leg = self.legs[at]
        failed = self.failed - (set(gave) & {each.name for each in self.legs[at + 1 :]})
        if row.following is not None:
            return self.at(leg, row.following, failed)
        return self.begin_after(at, failed) or self.at(leg, row.here, failed)

    def following(
        self, parts: Sequence[Filled], taken: Sequence[int], first: int
    ) -> Position | None:
        """Where the next page begins, or None where all legs are through."""
        if sum(taken) < first:
            return None
        at = max(at for at, count in enumerate(taken) if count)
        spot = parts[at].spot(taken[at])
        leg = self.legs[at]
        if spot is None or leg.name in self.failed:
            return self.begin_after(at, self.failed)
        return self.at(leg, spot, self.failed)


def head_slice(digest: str, leg: str, records: Sequence[Any], *, more: bool, size: int) -> Slice:
    """The first page of a list, out of a read for many parents: its cursors name the last row."""
    edges = [Edge(record, Position(digest, leg, Spot(size, last=record.key))) for record in records]
    following = edges[-1].position if more and edges else None
    return Slice(edges, False, following)
