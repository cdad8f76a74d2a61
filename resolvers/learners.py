"""One person across all sources, matched by e-mail."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from providers.base import Sighting
from providers.errors import ProviderError
from providers.model import User
from resolvers import ids, paging
from resolvers.context import Context, Problem
from resolvers.entities import prime
from resolvers.errors import BadInput
from resolvers.loaders import named
from resolvers.paging import Slice
from resolvers.relations import Children
from resolvers.sources import Source

LONGEST_EMAIL = 254
"""Longest e-mail address, in characters (RFC 5321, section 4.5.3.1.3)."""


class Completeness(Enum):
    """How much of what a source knows about a person was found."""

    COMPLETE = "COMPLETE"
    """The source was searched whole: what it doesn't show, it doesn't have."""

    PARTIAL = "PARTIAL"
    """A part of the source was searched, or the search broke off: there may be more."""

    UNSUPPORTED = "UNSUPPORTED"
    """The source can't be searched for a person."""


@dataclass(frozen=True, slots=True)
class LearnerAtSource:
    """What one source knows about a person. A person may be several users of one source."""

    source: Source
    users: Sequence[User]
    completeness: Completeness


@dataclass(frozen=True, slots=True)
class Learner:
    """A person, by e-mail."""

    email: str
    places: Sequence[LearnerAtSource]

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
    clients = list(context.sources.values())

    async def search(source: Source) -> LearnerAtSource:
        look = getattr(source.client, "users_by_email", None)
        keys = [course.key for course in within if course.source == source.name]
        name = ("users_by_email", source.name, wanted, tuple(keys))
        try:
            sighting = (
                await context.once(name, lambda: look(context.ask, wanted, keys)) if look else None
            )
        except ProviderError as error:
            context.problems.append(Problem(where, named(context, source.name, error)))
            return LearnerAtSource(source, (), Completeness.PARTIAL)
        users = [user for user in sighting.users if _is(user, wanted)] if sighting else []
        prime(context, users)
        return LearnerAtSource(source, users, _completeness(sighting))

    places = await asyncio.gather(*(context.start(search(Source(client))) for client in clients))
    learner = Learner(wanted.casefold(), places)
    return learner if learner.users else None


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
    relation: Children,
    *,
    first: int,
    after: str | None,
    where: Any,
) -> Any:
    """A page of what the person's users at one source have, one user after the other.

    None where the source doesn't say.
    """
    answers = hasattr(place.source.client, relation.page)
    unsaid = not place.users and place.completeness is not Completeness.COMPLETE
    if not answers or unsaid:
        return None
    if len(place.users) == 1:
        return relation.resolve(context, place.users[0], first=first, after=after, where=where)
    return _walk(context, place, relation, first, after, where)


async def _walk(
    context: Context,
    place: LearnerAtSource,
    relation: Children,
    first: int,
    after: str | None,
    where: Any,
) -> Slice:
    keys = [user.key for user in place.users]
    return await paging.walk(
        context,
        [relation.leg(context, user) for user in place.users],
        first=first,
        after=after,
        digest=paging.digest(relation.page, place.source.name, keys),
        where=where,
    )
