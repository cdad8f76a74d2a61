"""One person across all sources, matched by e-mail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Any

from providers.base import Head, Sighting
from providers.errors import ProviderError
from providers.model import User
from resolvers import ids, merging, paging
from resolvers.context import Context, Problem
from resolvers.entities import prime
from resolvers.errors import BadInput
from resolvers.loaders import afresh, named
from resolvers.merging import Completeness, Merged, Strand, Strip, together, too_late
from resolvers.paging import Slice
from resolvers.relations import Children
from resolvers.sources import Source, every

LONGEST_EMAIL = 254
"""Longest e-mail address, in characters (RFC 5321, section 4.5.3.1.3)."""


MOST = 1_000
"""Most rows that are read of one user to merge what a person did at all sources."""


class MergedCompletions(Merged, frozen=True, eq=False):
    """What a person finished, of all sources."""


class MergedAssignments(Merged, frozen=True, eq=False):
    """What a person is to take, of all sources."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """What a person has at every source, and can be merged by time."""

    relation: Children
    """Of the person's users."""
    kind: type[Merged]
    time: Callable[[Any], datetime | None]

    def is_merged(self, context: Context) -> bool:
        """Whether the operation merges this anywhere: then whoever reads it shares what that
        reads."""
        return self.kind.__name__ in context.ask.wanted


COMPLETIONS = Timeline(
    Children("completions_of_users", "completions_of_user"),
    MergedCompletions,
    attrgetter("completed_at"),
)

ASSIGNMENTS = Timeline(
    Children("assignments_of_users", "assignments_of_user"),
    MergedAssignments,
    # Some sources don't say when somebody was assigned something, but from when on it is to be
    # taken: better than at the end of all.
    lambda assignment: assignment.assigned_at or assignment.starts_at,
)


@dataclass(frozen=True, slots=True)
class LearnerAtSource:
    """What one source knows about a person. A person may be several users of one source."""

    source: Source
    users: Sequence[User]
    completeness: Completeness
    failure: ProviderError | None = None
    """Why the person could not be looked for."""


@dataclass(frozen=True, slots=True)
class Learner:
    """A person, by e-mail."""

    email: str
    places: Sequence[LearnerAtSource]
    within: Sequence[str] = ()
    """Ids of the courses that were searched where people are known only per course."""

    @property
    def name(self) -> str | None:
        """The first name that a source gives."""
        return next((user.name for place in self.places for user in place.users if user.name), None)

    @property
    def users(self) -> list[User]:
        """The users, of all sources."""
        return [user for place in self.places for user in place.users]


async def find(
    context: Context, email: str, courses: Sequence[str] | None, where: Any
) -> Learner | None:
    """Search every source for a person, side by side; None where nobody is known by that e-mail.

    ``courses`` are ids of courses: a source that knows people only per course is searched there.

    Raises:
        BadInput: where the e-mail can't be one, or an id is no course's.
    """
    local, at, domain = email.strip().partition("@")
    if not (local and at and domain) or len(email) > LONGEST_EMAIL or not email.isprintable():
        raise BadInput("`email` is no e-mail address: give one such as ada@example.org.")
    wanted = email.strip()
    within = [ids.decode(course, "Course") for course in courses or ()]

    async def search(source: Source) -> LearnerAtSource:
        look = getattr(source.client, "users_by_email", None)
        keys = [course.key for course in within if course.source == source.name]
        name = ("users_by_email", source.name, wanted, tuple(keys))
        try:
            sighting = (
                await context.once(name, lambda: look(context.ask, wanted, keys)) if look else None
            )
        except ProviderError as error:
            return _unseen(context, source, error)
        users = [user for user in sighting.users if _is(user, wanted)] if sighting else []
        prime(context, users)
        return LearnerAtSource(source, users, _completeness(sighting))

    sources = [Source(client) for client in context.sources.values()]
    found = await together(context, list(map(search, sources)), lambda place: bool(place.users))
    places = [
        place or _unseen(context, source, too_late())
        for source, place in zip(sources, found, strict=True)
    ]
    context.problems += [Problem(where, each.failure) for each in places if each.failure]
    learner = Learner(wanted.casefold(), places, courses or ())
    return learner if learner.users else None


def _unseen(context: Context, source: Source, error: ProviderError) -> LearnerAtSource:
    """A source where the person could not be looked for."""
    return LearnerAtSource(source, (), Completeness.PARTIAL, named(context, source.name, error))


def _is(user: User, email: str) -> bool:
    """Whether a user has this e-mail address; some sources have it as the user's key alone."""
    return (user.email or user.key).strip().casefold() == email.casefold()


def _completeness(sighting: Sighting | None) -> Completeness:
    if sighting is None or not sighting.searched:
        return Completeness.UNSUPPORTED
    return Completeness.COMPLETE if sighting.complete else Completeness.PARTIAL


def children(
    context: Context,
    place: LearnerAtSource,
    timeline: Timeline,
    *,
    first: int,
    after: str | None,
    where: Any,
) -> Any:
    """A page of what the person's users at one source have, one user after the other.

    None where the source doesn't say.
    """
    relation = timeline.relation
    answers = hasattr(place.source.client, relation.page)
    unsaid = not place.users and place.completeness is not Completeness.COMPLETE
    if not answers or unsaid:
        return None
    most = MOST if timeline.is_merged(context) else None
    if len(place.users) == 1:
        (user,) = place.users
        return relation.resolve(context, user, first=first, after=after, where=where, most=most)
    if after is None and most is not None:
        return _beginning(context, place, relation, first, where)
    return _walk(context, place, relation, first, after, where)


def merged(
    context: Context,
    learner: Learner,
    timeline: Timeline,
    *,
    first: int,
    after: str | None,
    sources: Sequence[str] | None,
    where: Any,
) -> Awaitable[Merged]:
    """A page of what the person has at all sources, or at those of these names, newest first.

    Raises:
        BadInput: where an argument can't be used.
    """
    names = [source.name for source in every(context, sources, "sources")]
    strands = [
        Strand(place.source.name, partial(_strip, context, place, timeline.relation))
        for place in learner.places
        if place.source.name in names
    ]
    return merging.page(
        context,
        strands,
        kind=timeline.kind,
        time=timeline.time,
        first=first,
        after=after,
        digest=paging.digest(timeline.kind.__name__, learner.email, learner.within, names),
        where=where,
    )


async def _strip(context: Context, place: LearnerAtSource, relation: Children) -> Strip:
    """All that the person's users have at one source, each row once."""
    if place.failure is not None:
        raise afresh(place.failure)
    answers = hasattr(place.source.client, relation.heads)
    if not answers or place.completeness is Completeness.UNSUPPORTED:
        return Strip((), Completeness.UNSUPPORTED)
    heads = await _heads(context, place, relation)
    said = [head for head in heads if head is not None]
    if heads and not said:
        return Strip((), Completeness.UNSUPPORTED)
    rows = {row.key: row for head in said for row in head.items}
    if any(head.more for head in said):
        rest = f"a user has more than {MOST} rows, of which the first are shown; `places` has all"
        return Strip(list(rows.values()), Completeness.PARTIAL, rest)
    whole = len(said) == len(heads)
    return Strip(list(rows.values()), place.completeness if whole else Completeness.PARTIAL)


async def _heads(
    context: Context, place: LearnerAtSource, relation: Children
) -> Sequence[Head[Any] | None]:
    """What each of the person's users at one source has, up to ``MOST`` rows."""
    return await asyncio.gather(*(relation.whole(context, user, MOST) for user in place.users))


async def _beginning(
    context: Context, place: LearnerAtSource, relation: Children, first: int, where: Any
) -> Slice:
    """The first page of a walk through the person's users, out of what was read to be merged."""
    size = paging.page_size(context, first)
    try:
        heads = await _heads(context, place, relation)
    except ProviderError:  # the walk says it, and shows the rows of the others
        return await _walk(context, place, relation, first, None, where)
    rows = [
        (user.key, row)
        for user, head in zip(place.users, heads, strict=True)
        for row in (head.items if head else ())
    ]
    shown = [row for _, row in rows[:size]]
    context.give(len(shown))
    prime(context, shown)
    return paging.head_slice(
        partial(_digest, place, relation),
        [user for user, _ in rows[:size]],
        shown,
        more=len(rows) > size or any(head.more for head in heads if head),
        size=size,
    )


async def _walk(
    context: Context,
    place: LearnerAtSource,
    relation: Children,
    first: int,
    after: str | None,
    where: Any,
) -> Slice:
    return await paging.walk(
        context,
        [relation.leg(context, user) for user in place.users],
        first=first,
        after=after,
        digest=_digest(place, relation),
        where=where,
    )


def _digest(place: LearnerAtSource, relation: Children) -> str:
    keys = [user.key for user in place.users]
    return paging.digest(relation.page, place.source.name, keys)
