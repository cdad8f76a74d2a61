"""VitalSource's endpoints: courses, and the students and opt-outs of one course at a time.

Four GETs are documented, and no call that writes. There are no completions and no list of people.
https://developer.vitalsource.com/hc/en-us/articles/360025486773
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import msgspec

from providers.base import (
    Ask,
    Found,
    Heads,
    Listing,
    Page,
    Query,
    Sighting,
    Walk,
    found_one_by_one,
    heads_one_by_one,
)
from providers.errors import Kind, ProviderError
from providers.http import Http
from providers.model import Assignment, Course, Health, HealthStatus, Record, User
from providers.reading import Reader, Reading
from providers.secrets import Header, Secret
from providers.typed import Bodies, Envelope
from providers.vitalsource.pages import (
    LARGEST_PAGE,
    PAGE,
    PERIODS,
    Place,
    course_of,
    is_id,
    periods,
    rows_of,
    unknown_page,
)
from providers.vitalsource.reading import ASSIGNMENT, COURSE, OPT_OUT, USER, OptOut

R = TypeVar("R", bound=Record)

COURSES = "/courses"
ROSTERS = "/courses/{}/rosters"
OPT_OUTS = "/courses/{}/opt_outs"

OBJECT = Envelope(many=False)

FEW = 2
"""So many courses are read one by one; for more, a page of the whole list is the smaller cost: the
quota counts calls, not rows. https://developer.vitalsource.com/hc/en-us/articles/204649578"""

CHECKED = ("ids", "status", "status_text", "remote_id", "external_reference", "title", "key")
"""Filters of courses that are left to the caller: their fields are in every row."""


class Settings(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="provider", tag="vitalsource",
    forbid_unknown_fields=True,
):  # fmt: skip
    """An API key at VitalSource, which belongs to one LTI integration."""

    name: str
    api_key: Secret
    base_url: str = "https://launch.vitalsource.com/api/v4"


class VitalSource:
    """One API key at VitalSource."""

    provider = "vitalsource"

    listings: Mapping[str, Listing] = {
        "list_courses": Listing(frozenset({*PERIODS, *CHECKED})),
        # Students are listed per course; their names and addresses are in every row.
        "list_users": Listing(
            frozenset({"courses", "ids", "email", *PERIODS}), needs=frozenset({"courses"})
        ),
        "list_assignments": Listing(
            frozenset({"courses", "ids", "users", *PERIODS}), needs=frozenset({"courses"})
        ),
        "opt_outs_of_course": Listing(frozenset(PERIODS)),
    }

    def __init__(self, settings: Settings, http: Callable[..., Http]) -> None:
        self.source = settings.name
        signed = {
            "X-VitalSource-API-Key": settings.api_key,
            # Asked for on every call, though no call has a body.
            # https://developer.vitalsource.com/hc/en-us/articles/360025489673
            "Content-Type": Secret("application/json"),
        }
        self.http = http(base_url=settings.base_url, credentials=Header(signed))
        self._bodies = Bodies()

    async def close(self) -> None:
        """Close the connections."""
        await self.http.close()

    async def health(self, ask: Ask) -> Health:
        """GET /courses with one row: there is no call that shows less."""
        await self._page(COURSE, ask, COURSES, Place(size=1))
        return Health(status=HealthStatus.UP)

    # Courses.

    async def list_courses(self, ask: Ask, query: Query) -> Page[Course]:
        """GET /courses."""
        place = Place.of(query)
        if place.course:
            raise unknown_page()
        if "ids" in query.filters:
            return _named(await self.courses(ask, query.filters["ids"]), query)
        return await self._page(COURSE, ask, COURSES, place, query.filters)

    async def courses(self, ask: Ask, keys: Sequence[str]) -> Found[Course]:
        """GET /courses/{id} for a few, else GET /courses, as far as it costs less than one by one.

        The list doesn't say how long it is. So it is read on while more courses are missing than
        pages were read: at worst that costs twice as much as the cheaper way.
        """
        missing = dict.fromkeys(filter(is_id, keys))
        walk = self._walk(COURSE, ask, COURSES)
        found: dict[str, Course | ProviderError] = {}
        number = 0
        try:
            while missing and (number < len(walk.pages) or len(missing) > FEW + number):
                page = await walk.page(number)
                for course in page or ():
                    if course.key in missing:
                        found[course.key] = course
                        del missing[course.key]
                number += 1
                if walk.ended and number >= len(walk.pages):
                    return found
        except ProviderError as error:
            return {**found, **dict.fromkeys(missing, error)}
        return {**found, **await found_one_by_one(list(missing), partial(self._course, ask))}

    async def _course(self, ask: Ask, key: str) -> Course | None:
        """GET /courses/{id}."""
        decode = self._bodies.reads(COURSE, Reading(self.source, ask), OBJECT)
        answer = await self.http.find(ask, "/courses/{}", key, decode=decode)
        read: Sequence[Course] = answer.body.records if answer else ()
        return next((course for course in read if course.key == key), None)

    # Rosters: each row is a student of the course, and that the student is to take it.

    async def list_users(self, ask: Ask, query: Query) -> Page[User]:
        """GET /courses/{id}/rosters of the courses that the filter names, one after the other."""
        return await self._enrolled(USER, ask, query)

    async def users(self, ask: Ask, keys: Sequence[str]) -> Found[User]:
        """GET /courses/{id}/rosters of the courses that the keys name."""
        return await self._by_keys(USER, ask, keys)

    async def users_by_email(self, ask: Ask, email: str, courses: Sequence[str] = ()) -> Sighting:
        """GET /courses/{id}/rosters of these courses: nobody can be looked for across courses."""
        usable = [course for course in dict.fromkeys(courses) if is_id(course)]
        rosters = await asyncio.gather(*(self._roster(ask, course) for course in usable))
        found = [user for roster in rosters for user in roster if user.email]
        return Sighting(
            [user for user in found if str(user.email).casefold() == email.casefold()],
            complete=False,
            searched=bool(usable),
        )

    async def _roster(self, ask: Ask, course: str) -> Sequence[User]:
        walk = self._walk(USER, ask, ROSTERS, course)
        users: list[User] = []
        number = 0
        while (page := await walk.page(number)) is not None:
            users += page
            number += 1
        return users

    async def list_assignments(self, ask: Ask, query: Query) -> Page[Assignment]:
        """GET /courses/{id}/rosters of the courses that the filter names, one after the other."""
        return await self._enrolled(ASSIGNMENT, ask, query)

    async def assignments(self, ask: Ask, keys: Sequence[str]) -> Found[Assignment]:
        """GET /courses/{id}/rosters of the courses that the keys name."""
        return await self._by_keys(ASSIGNMENT, ask, keys)

    async def assignments_of_courses(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Assignment]:
        """GET /courses/{id}/rosters, a call for each course."""
        return await self._heads(partial(self.assignments_of_course, ask), keys, first)

    async def assignments_of_course(self, ask: Ask, key: str, query: Query) -> Page[Assignment]:
        """GET /courses/{id}/rosters."""
        return await self._of_course(ASSIGNMENT, ask, ROSTERS, key, query)

    async def assignments_of_users(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Assignment]:
        """A user is a row of one roster, and so is the only assignment that the user has."""
        usable = [key for key in keys if course_of(key)]
        return await heads_one_by_one(
            usable, lambda key: self.assignments_of_user(ask, key, Query(size=first)), first
        )

    async def assignments_of_user(self, ask: Ask, key: str, query: Query) -> Page[Assignment]:
        """The user's row as an assignment: there is only one, so no page follows."""
        if query.page is not None:
            raise unknown_page()
        found = (await self.assignments(ask, (key,))).get(key)
        if isinstance(found, ProviderError):
            raise found
        return Page([found] if found else [])

    # Opt-outs.

    async def opt_outs_of_courses(self, ask: Ask, keys: Sequence[str], first: int) -> Heads[OptOut]:
        """GET /courses/{id}/opt_outs, a call for each course."""
        return await self._heads(partial(self.opt_outs_of_course, ask), keys, first)

    async def opt_outs_of_course(self, ask: Ask, key: str, query: Query) -> Page[OptOut]:
        """GET /courses/{id}/opt_outs: what was decided about the course's material."""
        return await self._of_course(OPT_OUT, ask, OPT_OUTS, key, query)

    # What all of them share.

    async def _page(
        self,
        reader: Reader[R],
        ask: Ask,
        route: str,
        place: Place,
        filters: Mapping[str, Any] | None = None,
    ) -> Page[R]:
        """One numbered page. Of a course that doesn't exist, it is empty."""
        params = periods(filters or {}) | place.params()
        decode = self._bodies.reads(reader, Reading(self.source, ask), PAGE, place.course)
        if place.course:
            answer = await self.http.find(ask, route, place.course, params=params, decode=decode)
        else:
            answer = await self.http.get(ask, route, params=params, decode=decode)
        if answer is None:
            return Page([])
        rows, full = rows_of(answer, place.size)
        following = replace(place, number=place.number + 1).token() if full else None
        return Page(rows, following)

    def _walk(self, reader: Reader[R], ask: Ask, route: str, course: str = "") -> Walk[R]:
        """The whole list, shared by all who read it in one operation."""

        async def read(token: str | None) -> Page[R]:
            place = Place.resume(token) if token else Place(size=LARGEST_PAGE, course=course)
            return await self._page(reader, ask, route, place)

        return ask.once((self.source, route, course, reader.record), lambda: Walk(read))

    async def _of_course(
        self, reader: Reader[R], ask: Ask, route: str, key: str, query: Query
    ) -> Page[R]:
        place = Place.of(query, key)
        if place.course != key:
            raise unknown_page()
        if not is_id(key):
            return Page([])
        return await self._page(reader, ask, route, place, query.filters)

    async def _heads(
        self, read: Callable[[str, Query], Any], keys: Sequence[str], first: int
    ) -> Heads[Any]:
        """First rows of each course. One row more than wanted shows whether there are more."""
        usable = [key for key in dict.fromkeys(keys) if is_id(key)]
        return await heads_one_by_one(usable, lambda key: read(key, Query(size=first + 1)), first)

    async def _enrolled(self, reader: Reader[R], ask: Ask, query: Query) -> Page[R]:
        """A page of the rosters of several courses, put one after the other."""
        if not query.filters.get("courses"):
            raise ProviderError(
                Kind.UNSUPPORTED,
                "VitalSource lists people by course only; filter by courses",
                source=self.source,
                provider=self.provider,
            )
        courses = [key for key in dict.fromkeys(query.filters["courses"]) if is_id(key)]
        place = Place.of(query, courses[0] if courses else "")
        if place.course not in (courses or [""]):
            raise unknown_page()
        if not courses:
            return Page([])
        if "ids" in query.filters:
            return _named(await self._by_keys(reader, ask, query.filters["ids"]), query)
        page = await self._page(reader, ask, ROSTERS, place, query.filters)
        rest = courses[courses.index(place.course) + 1 :]
        if page.next is None and rest:
            return replace(page, next=Place(size=place.size, course=rest[0]).token())
        return page

    async def _by_keys(self, reader: Reader[R], ask: Ask, keys: Sequence[str]) -> Found[R]:
        """Rows of rosters by key: a course's roster is read until all that are wanted are found."""
        wanted: dict[str, list[str]] = {}
        for key in dict.fromkeys(keys):
            if course := course_of(key):
                wanted.setdefault(course, []).append(key)
        parts = await asyncio.gather(
            *(self._in_roster(reader, ask, course, own) for course, own in wanted.items())
        )
        return {key: found for part in parts for key, found in part.items()}

    async def _in_roster(
        self, reader: Reader[R], ask: Ask, course: str, keys: Sequence[str]
    ) -> dict[str, R | ProviderError]:
        walk = self._walk(reader, ask, ROSTERS, course)
        missing = dict.fromkeys(keys)
        found: dict[str, R | ProviderError] = {}
        number = 0
        try:
            while missing and (page := await walk.page(number)) is not None:
                own = {row.key: row for row in page if row.key in missing}
                found |= own
                missing = {key: None for key in missing if key not in own}
                number += 1
        except ProviderError as error:
            return {**found, **dict.fromkeys(missing, error)}
        return found


def _named(found: Found[R], query: Query) -> Page[R]:
    """The records that a filter by ids names, as the only page of a list."""
    if query.page is not None:
        raise unknown_page()
    answers = [found[key] for key in dict.fromkeys(query.filters["ids"]) if key in found]
    for answer in answers:
        if isinstance(answer, ProviderError):
            raise answer
    return Page([answer for answer in answers if not isinstance(answer, ProviderError)])
