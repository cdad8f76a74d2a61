"""Courses and their contents: the Course Service, as far as our model goes.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers.base import Ask, Found, Listing, Page, Query, split_key
from providers.errors import ProviderError
from providers.model import Content, Course
from providers.reading import Reader
from providers.scormcloud.application import Application, is_id
from providers.scormcloud.listing import (
    COURSES,
    Params,
    Place,
    list_params,
    page_of,
    read_rows,
    unknown_page,
)
from providers.scormcloud.outline import COURSE_FACET, ScormCloudCourse
from providers.scormcloud.reading import CONTENT, COURSE, activities

INCLUDES = {
    "metadata": "includeCourseMetadata",
    "registrationCount": "includeRegistrationCount",
}
"""Parameters without which a part of a course isn't sent."""

LISTINGS: Mapping[str, Listing] = {
    "list_courses": COURSES.listing,
    # Contents are taken out of their courses; both filters are answered by reading just these
    # courses.
    "list_contents": Listing(frozenset({"ids", "courses"})),
}


def course_includes(ask: Ask) -> frozenset[str]:
    """The parameters that bring what is wanted of courses."""
    names = {
        *COURSE.names(ask.fields(Course)),
        *COURSE_FACET.names(ask.fields(ScormCloudCourse)),
    }
    return frozenset(parameter for part, parameter in INCLUDES.items() if part in names)


def switched_on(includes: frozenset[str]) -> Params:
    """Parameters that are all true."""
    return dict.fromkeys(sorted(includes), "true")


class CourseReads(Application):
    """Reads courses and contents."""

    async def list_courses(self, ask: Ask, query: Query) -> Page[Course]:
        """GET /courses; courses that are named are read by their ids."""
        named = query.filters.get("ids")
        if named is None and "external_reference" in query.filters:
            # A course's id is its customer's own:
            # https://cloud.scorm.com/docs/v2/guides/lms_integration/
            named = (query.filters["external_reference"],)
        if named is not None:
            return _whole(query, await self.courses(ask, named))
        return Page(*await self._course_page(ask, query, COURSE))

    async def courses(self, ask: Ask, keys: Sequence[str]) -> Found[Course]:
        """GET /courses/{id}, or GET /courses where that takes fewer calls."""
        return self._found(COURSE, ask, await self._course_bodies(ask, keys))

    async def list_contents(self, ask: Ask, query: Query) -> Page[Content]:
        """GET /courses, and the activities of each course: a page is as long as its courses'
        outlines."""
        if "ids" in query.filters:
            return _whole(query, await self.contents(ask, query.filters["ids"]))
        if "courses" in query.filters:
            bodies = await self._course_bodies(ask, query.filters["courses"])
            return _whole(
                query,
                {
                    key: found
                    for course, body in bodies.items()
                    for key, found in self._contents_in(ask, course, body).items()
                },
            )
        rows, following = await self._course_page(ask, query)
        found = [self._contents_in(ask, "", row) for row in rows]
        return Page(
            [each for part in found for each in part.values() if isinstance(each, Content)],
            following,
        )

    async def contents(self, ask: Ask, keys: Sequence[str]) -> Found[Content]:
        """GET /courses/{id} of the courses that the keys name."""
        courses = {key: parts[0] for key in keys if (parts := split_key(key, 2))}
        bodies = await self._course_bodies(ask, list(courses.values()))
        read = {course: self._contents_in(ask, course, body) for course, body in bodies.items()}
        found: dict[str, Content | ProviderError] = {}
        for key, course in courses.items():
            body = bodies.get(course)
            if isinstance(body, ProviderError):
                found[key] = body
            elif (content := read.get(course, {}).get(key)) is not None:
                found[key] = content
        return found

    def _contents_in(self, ask: Ask, course: str, body: Any) -> dict[str, Content | ProviderError]:
        """The contents of a course by key; or the error that stands for the course, under its
        key."""
        if isinstance(body, ProviderError):
            return {course: body}
        known = body.get("id") if isinstance(body, Mapping) else None
        root = body.get("rootActivity") if isinstance(body, Mapping) else None
        try:
            rows = activities(known if isinstance(known, str) else course, root)
        except ValueError:
            ask.unreadable[self.source, "Course.content_refs"] += 1
            return {}
        # An outline that names an identifier twice means the first of them.
        found: dict[str, Content | ProviderError] = {}
        for content in CONTENT.read_all(rows, self._reading(ask)):
            found.setdefault(content.key, content)
        return found

    async def _course_page(
        self, ask: Ask, query: Query, reader: Reader[Any] | None = None
    ) -> tuple[Sequence[Any], str | None]:
        """One page's rows, with all that is wanted of them, and the token of the page after it.

        They are as they came, or the records that the reader makes of them.
        """
        includes = course_includes(ask)
        if query.page is None:
            place = Place(include=includes)
        else:
            place = Place.resume(query.page, 1, frozenset(INCLUDES.values()))
        params = {
            **list_params(COURSES, query.filters, query.order),
            **switched_on(place.include),
        }
        reading = self._reading(ask)
        is_whole = includes <= place.include
        page = await read_rows(
            self.http,
            ask,
            COURSES.route,
            name=COURSES.name,
            params=params,
            more=place.more,
            decode=self._typed.reads(reader, reading, page_of(COURSES.name))
            if reader and is_whole
            else None,
        )
        following = place.following(page.more, 1)
        if is_whole:
            return page.rows, following
        rows = await self._again(ask, COURSES, switched_on(includes), page.rows)
        return reader.read_all(rows, reading) if reader else rows, following

    async def _course_bodies(self, ask: Ask, keys: Sequence[str]) -> Mapping[str, Any]:
        usable = [key for key in keys if is_id(key)]
        return await self._bodies(ask, COURSES, switched_on(course_includes(ask)), usable)


def _whole(query: Query, found: Found[Any]) -> Page[Any]:
    """Records that were read by key, as a list of one page.

    Raises:
        ProviderError: where one of them could not be read, or a second page is asked for.
    """
    if query.page is not None:
        raise unknown_page()
    for each in found.values():
        if isinstance(each, ProviderError):
            raise each
    return Page(list(found.values()))
