"""Users: learners are named inside registrations, and can neither be listed nor read by themselves.

https://support.scorm.com/hc/en-us/articles/360029498134
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from providers import convert
from providers.base import Ask, Found, Listing, Page, Query, Sighting
from providers.errors import Kind, ProviderError
from providers.model import User
from providers.scormcloud.application import Application, is_id
from providers.scormcloud.courses import switched_on
from providers.scormcloud.forms import owner_of, registration_includes
from providers.scormcloud.listing import (
    REGISTRATIONS,
    Params,
    Roll,
    list_params,
    read_rows,
    unknown_page,
)
from providers.scormcloud.reading import USER

MOST_PAGES = 50
"""Pages of registrations that one walk through the users may look at."""

MOST_SEARCHED = 10
"""Pages of registrations that the search for one person looks at."""

NEWEST_FIRST: Params = {"orderBy": "updated_desc"}
"""So that a learner is first met in the registration that was changed last."""

# E-mail addresses are in the rows, but SCORM Cloud can't be asked for one.
LISTINGS: Mapping[str, Listing] = {
    "list_users": Listing(
        frozenset({"ids", "external_reference", "email", "courses", "updated_from"})
    )
}


class LearnerReads(Application):
    """Reads users."""

    async def list_users(self, ask: Ask, query: Query) -> Page[User]:
        """The learners of GET /registrations, each at its newest one.

        A walk looks at up to ``MOST_PAGES`` pages of registrations, about 500, the newest first;
        going on from there is UNSUPPORTED. A page token is the number of pages that are behind it:
        who was met there isn't met again, so they are looked at again for every page.
        """
        start = _number(query.page)
        filters = query.filters
        if "ids" in filters or "external_reference" in filters:
            return await self._named_users(ask, query)
        found: dict[str, Any] = {}
        met: set[str] = set()
        number = 0
        rolls = self._user_rolls(ask, filters)
        for roll in rolls:
            at = 0
            while (page := await roll.page(at)) is not None:
                for row in page:
                    learner = owner_of(row.raw, "learnerId")
                    if learner is not None and learner not in met and number >= start:
                        found[learner] = row.raw
                    met.add(learner or "")
                at, number = at + 1, number + 1
                if number > start and (len(found) >= query.size or number >= MOST_PAGES):
                    users = USER.read_all(found.values(), self._reading(ask))
                    ended = roll is rolls[-1] and roll.is_last(at - 1)
                    return Page(users, None if ended else str(number))
        return Page(USER.read_all(found.values(), self._reading(ask)))

    async def _named_users(self, ask: Ask, query: Query) -> Page[User]:
        if query.page is not None:
            raise unknown_page()
        # A learner's id is its customer's own.
        keys = query.filters.get("ids") or (query.filters["external_reference"],)
        found = await self.users(ask, keys)
        for each in found.values():
            if isinstance(each, ProviderError):
                raise each
        return Page([each for each in found.values() if isinstance(each, User)])

    def _user_rolls(self, ask: Ask, filters: Mapping[str, Any]) -> Sequence[Roll]:
        """The lists of registrations to look at: all, or those of each course that is named."""
        since = {name: filters[name] for name in ("updated_from",) if name in filters}
        params = {**list_params(REGISTRATIONS, since, None), **NEWEST_FIRST}
        if "courses" not in filters:
            return [self._roll(ask, REGISTRATIONS, params)]
        return [
            self._roll(ask, REGISTRATIONS, {**params, "courseId": course})
            for course in dict.fromkeys(filters["courses"])
            if is_id(course)
        ]

    async def users(self, ask: Ask, keys: Sequence[str]) -> Found[User]:
        """GET /registrations?learnerId=, or GET /registrations where that takes fewer calls."""
        wanted = [key for key in dict.fromkeys(keys) if is_id(key)]
        roll = self._roll(ask, REGISTRATIONS, switched_on(registration_includes(ask)))
        try:
            if await self._is_walk_cheaper(roll, len(wanted)):
                return self._found(USER, ask, await _newest(roll, wanted))
        except ProviderError as error:
            return dict.fromkeys(wanted, error)

        async def read(key: str) -> Any:
            return await self._newest_of(ask, key)

        return self._found(USER, ask, await self._each(wanted, read))

    async def _newest_of(self, ask: Ask, learner: str) -> Any:
        """The registration of a learner that was changed last, or None."""
        page = await read_rows(
            self.http,
            ask,
            REGISTRATIONS.route,
            name=REGISTRATIONS.name,
            params={**NEWEST_FIRST, "learnerId": learner},
        )
        return next((row for row in page.rows if owner_of(row, "learnerId") == learner), None)

    async def users_by_email(self, ask: Ask, email: str, courses: Sequence[str] = ()) -> Sighting:
        """GET /registrations?learnerId=, as most ids are e-mail addresses; then GET /registrations.

        Somebody may be there under other ids as well, so up to ``MOST_SEARCHED`` pages of
        registrations are looked through, the newest first. What was found is kept where that breaks
        off.
        """
        if not is_id(email):
            return Sighting()
        found: dict[str, Any] = {}
        if (direct := await self._newest_of(ask, email)) is not None:
            found[email] = direct
        roll = self._roll(ask, REGISTRATIONS, NEWEST_FIRST)
        number = 0
        try:
            while number < MOST_SEARCHED and (page := await roll.page(number)) is not None:
                for row in page:
                    learner = owner_of(row.raw, "learnerId")
                    if learner is not None and _has_email(row.raw, email):
                        found.setdefault(learner, row.raw)
                number += 1
        except ProviderError:
            # The search is bounded anyway; that it ended early shows in ``complete``.
            if not found:
                raise
        users = USER.read_all(found.values(), self._reading(ask))
        return Sighting(users, complete=roll.is_last(number - 1))


async def _newest(roll: Roll, learners: Sequence[str]) -> dict[str, Any]:
    """By learner, the registration that was changed last, or the error that stands for who is
    missing."""
    found: dict[str, Any] = {}
    number = 0
    try:
        while (page := await roll.page(number)) is not None:
            for row in page:
                learner = owner_of(row.raw, "learnerId")
                if learner is None or learner not in learners:
                    continue
                if learner not in found or _updated(row.raw) > _updated(found[learner]):
                    found[learner] = row.raw
            number += 1
    except ProviderError as error:
        return {**dict.fromkeys(learners, error), **found}
    return found


_NEVER = datetime.min.replace(tzinfo=UTC)


def _updated(registration: Any) -> datetime:
    """When a registration was changed last; long ago where it doesn't say."""
    value = registration.get("updated") if isinstance(registration, Mapping) else None
    try:
        return convert.instant(value)
    except (TypeError, ValueError, OverflowError):
        return _NEVER


def _has_email(registration: Any, email: str) -> bool:
    found = registration["learner"].get("email")
    return isinstance(found, str) and found.strip().casefold() == email.casefold()


def _number(token: str | None) -> int:
    """How many pages of registrations are behind a page token.

    Raises:
        ProviderError: ``INVALID_PAGE`` where no page gave it; ``UNSUPPORTED`` where the walk is at
        its end.
    """
    if token is None:
        return 0
    if not (token.isascii() and token.isdigit() and token[0] != "0" and len(token) < 4):
        raise unknown_page()
    if int(token) >= MOST_PAGES:
        raise ProviderError(
            Kind.UNSUPPORTED,
            "this source has no list of users: those of its newest registrations were given",
        )
    return int(token)
