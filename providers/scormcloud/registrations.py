"""Completions and assignments: the Registration Service, as far as our model goes.

A registration is both: an assignment from its beginning, a completion once it is finished. Reads of
both share what they read. https://cloud.scorm.com/docs/v2/reference/swagger/#/registration
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from providers.base import Ask, Found, Head, Heads, Listing, Page, Query, split_key
from providers.errors import ProviderError
from providers.model import Assignment, Completion, Record
from providers.scormcloud.application import Application, is_id
from providers.scormcloud.courses import switched_on
from providers.scormcloud.forms import (
    ASSIGNMENTS,
    COMPLETIONS,
    INCLUDES,
    Form,
    Gathered,
    belongs,
    gather,
    of_activities,
    passes,
)
from providers.scormcloud.listing import (
    REGISTRATIONS,
    Params,
    Place,
    list_params,
    read_rows,
    unknown_page,
)
from providers.scormcloud.reading import split_activity_completion

R = TypeVar("R", bound=Record)

# When somebody began or finished can't be asked for; the rows show it.
_CHECKED = REGISTRATIONS.listing.filters
LISTINGS: Mapping[str, Listing] = {
    "list_completions": Listing(
        _CHECKED | {"started_from", "started_until", "completed_from", "completed_until"},
        REGISTRATIONS.listing.orders,
    ),
    "list_assignments": Listing(
        _CHECKED | {"starts_from", "starts_until", "status", "status_text"},
        REGISTRATIONS.listing.orders,
    ),
}


class RegistrationReads(Application):
    """Reads completions and assignments."""

    async def list_completions(self, ask: Ask, query: Query) -> Page[Completion]:
        """GET /registrations, those that are finished."""
        if "ids" in query.filters:
            return await self._named_page(ask, query, self._completions)
        return await self._page_of(COMPLETIONS, ask, query, _lists(query))

    async def list_assignments(self, ask: Ask, query: Query) -> Page[Assignment]:
        """GET /registrations."""
        if "ids" in query.filters:
            return await self._named_page(ask, query, self._assignments)
        return await self._page_of(ASSIGNMENTS, ask, query, _lists(query))

    async def completions(self, ask: Ask, keys: Sequence[str]) -> Found[Completion]:
        """GET /registrations/{id}, or GET /registrations where that takes fewer calls."""
        return await self._completions(ask, keys, {})

    async def assignments(self, ask: Ask, keys: Sequence[str]) -> Found[Assignment]:
        """GET /registrations/{id}, or GET /registrations where that takes fewer calls."""
        return await self._assignments(ask, keys, {})

    async def completions_of_courses(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Completion]:
        """GET /registrations?courseId=, or GET /registrations where that takes fewer calls."""
        return await self._heads(COMPLETIONS, ask, "courseId", keys, first)

    async def completions_of_course(self, ask: Ask, key: str, query: Query) -> Page[Completion]:
        """GET /registrations?courseId=, those that are finished."""
        return await self._page_of(COMPLETIONS, ask, query, _only("courseId", key))

    async def completions_of_users(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Completion]:
        """GET /registrations?learnerId=, or GET /registrations where that takes fewer calls."""
        return await self._heads(COMPLETIONS, ask, "learnerId", keys, first)

    async def completions_of_user(self, ask: Ask, key: str, query: Query) -> Page[Completion]:
        """GET /registrations?learnerId=, those that are finished."""
        return await self._page_of(COMPLETIONS, ask, query, _only("learnerId", key))

    async def assignments_of_courses(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Assignment]:
        """GET /registrations?courseId=, or GET /registrations where that takes fewer calls."""
        return await self._heads(ASSIGNMENTS, ask, "courseId", keys, first)

    async def assignments_of_course(self, ask: Ask, key: str, query: Query) -> Page[Assignment]:
        """GET /registrations?courseId=."""
        return await self._page_of(ASSIGNMENTS, ask, query, _only("courseId", key))

    async def assignments_of_users(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Assignment]:
        """GET /registrations?learnerId=, or GET /registrations where that takes fewer calls."""
        return await self._heads(ASSIGNMENTS, ask, "learnerId", keys, first)

    async def assignments_of_user(self, ask: Ask, key: str, query: Query) -> Page[Assignment]:
        """GET /registrations?learnerId=."""
        return await self._page_of(ASSIGNMENTS, ask, query, _only("learnerId", key))

    async def completions_of_contents(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Completion]:
        """The registrations of the contents' courses with their children: the activities that are
        done."""
        parts = {key: found for key in keys if (found := split_key(key, 2))}
        forms = {key: of_activities((activity,)) for key, (_, activity) in parts.items()}

        def enough(course: str, rows: list[Any]) -> bool:
            own = (form for key, form in forms.items() if parts[key][0] == course)
            return all(len(self._rows(ask, form, rows)) >= first for form in own)

        includes = of_activities(()).includes(ask)
        courses = [course for course, _ in parts.values()]
        gathered = await self._gather(ask, "courseId", courses, includes, enough)
        return {
            key: self._head(form, ask, gathered[parts[key][0]], first)
            for key, form in forms.items()
            if parts[key][0] in gathered
        }

    async def completions_of_content(self, ask: Ask, key: str, query: Query) -> Page[Completion]:
        """GET /registrations?courseId= with the children: those who finished this activity."""
        parts = split_key(key, 2)
        if parts is None:
            return Page(())
        course, activity = parts
        return await self._page_of(
            of_activities((activity,)), ask, query, _only("courseId", course)
        )

    # Pages.

    async def _page_of(
        self, form: Form[R], ask: Ask, query: Query, lists: Sequence[Params]
    ) -> Page[R]:
        """A page of several lists in a row, each narrowed in its own way."""
        if not lists:
            return Page(())
        includes = form.includes(ask)
        place = Place() if query.page is None else Place.resume(query.page, len(lists), INCLUDES)
        if place.more is None:
            place = replace(place, include=includes)
        own = lists[place.at]
        params = {
            **list_params(REGISTRATIONS, query.filters, query.order),
            **own,
            **switched_on(place.include),
        }
        page = await read_rows(
            self.http,
            ask,
            REGISTRATIONS.route,
            name=REGISTRATIONS.name,
            params=params,
            more=place.more,
        )
        rows = [row for row in page.rows if belongs(row, own) and passes(row, query.filters)]
        if not includes <= place.include:
            rows = await self._again(ask, REGISTRATIONS, switched_on(includes), rows)
        return Page(
            form.reader.read_all(self._rows(ask, form, rows), self._reading(ask)),
            place.following(page.more, len(lists)),
        )

    async def _named_page(self, ask: Ask, query: Query, read: Callable[..., Any]) -> Page[Any]:
        if query.page is not None:
            raise unknown_page()
        found: Found[Any] = await read(ask, query.filters["ids"], query.filters)
        for each in found.values():
            if isinstance(each, ProviderError):
                raise each
        return Page(list(found.values()))

    # Reading by key.

    async def _assignments(
        self, ask: Ask, keys: Sequence[str], filters: Mapping[str, Any]
    ) -> Found[Assignment]:
        return await self._by_keys(ASSIGNMENTS, ask, {key: key for key in keys}, filters)

    async def _completions(
        self, ask: Ask, keys: Sequence[str], filters: Mapping[str, Any]
    ) -> Found[Completion]:
        parts = {key: split_activity_completion(key) for key in keys}
        whole = {key: key for key, part in parts.items() if part is None}
        below = {key: part[0] for key, part in parts.items() if part is not None}
        found = dict(await self._by_keys(COMPLETIONS, ask, whole, filters)) if whole else {}
        if below:
            activities = [part[1] for part in parts.values() if part is not None]
            found |= await self._by_keys(of_activities(activities), ask, below, filters)
        return found

    async def _by_keys(
        self, form: Form[R], ask: Ask, keys: Mapping[str, str], filters: Mapping[str, Any]
    ) -> dict[str, R | ProviderError]:
        """Records by key, where ``keys`` tells the registration that each is in."""
        params = switched_on(form.includes(ask))
        bodies = await self._bodies(ask, REGISTRATIONS, params, list(keys.values()))
        rows = [
            body
            for body in bodies.values()
            if not isinstance(body, ProviderError) and passes(body, filters)
        ]
        read = form.reader.read_all(self._rows(ask, form, rows), self._reading(ask))
        found: dict[str, R | ProviderError] = {
            key: body
            for key, registration in keys.items()
            if isinstance(body := bodies.get(registration), ProviderError)
        }
        return found | {record.key: record for record in read if record.key in keys}

    # First rows of many parents.

    async def _heads(
        self, form: Form[R], ask: Ask, parameter: str, keys: Sequence[str], first: int
    ) -> Heads[R]:
        def enough(_: str, rows: list[Any]) -> bool:
            return len(self._rows(ask, form, rows)) >= first

        found = await self._gather(ask, parameter, keys, form.includes(ask), enough)
        return {key: self._head(form, ask, each, first) for key, each in found.items()}

    def _head(
        self, form: Form[R], ask: Ask, found: Gathered, first: int
    ) -> Head[R] | ProviderError:
        rows = self._rows(ask, form, found.rows)
        if found.error is not None and len(rows) < first:
            return found.error
        records = form.reader.read_all(rows[:first], self._reading(ask))
        return Head(records, more=len(rows) > first or not found.complete)

    async def _gather(
        self,
        ask: Ask,
        parameter: str,
        keys: Sequence[str],
        includes: frozenset[str],
        enough: Callable[[str, list[Any]], bool],
    ) -> dict[str, Gathered]:
        """Registrations by parent: one list after the other, or out of the list of all of them."""
        parents = [key for key in dict.fromkeys(keys) if is_id(key)]
        params = switched_on(includes)
        whole = self._roll(ask, REGISTRATIONS, params)
        try:
            if await self._is_walk_cheaper(whole, len(parents)):
                return await gather(whole, parameter, parents, enough)
        except ProviderError as error:
            return {parent: Gathered(error=error) for parent in parents}
        parts = await asyncio.gather(
            *(
                gather(
                    self._roll(ask, REGISTRATIONS, {**params, parameter: parent}),
                    parameter,
                    [parent],
                    enough,
                )
                for parent in parents
            )
        )
        return {parent: each for part in parts for parent, each in part.items()}

    def _rows(self, ask: Ask, form: Form[Any], registrations: Sequence[Any]) -> list[Any]:
        """The form's rows in some registrations."""
        found: list[Any] = []
        for registration in registrations:
            try:
                found += form.rows(registration)
            except ValueError:
                ask.unreadable[self.source, "Completion.content_ref"] += 1
        return found


def _only(parameter: str, key: str) -> Sequence[Params]:
    return ({parameter: key},) if is_id(key) else ()


def _lists(query: Query) -> Sequence[Params]:
    """The lists to read for a filter by courses and users: one for each course, or for each user.

    One course and one user go into one question. Sorted rows can't come from several lists, so then
    the whole list is read, and its rows are checked.
    """
    courses, users = query.filters.get("courses"), query.filters.get("users")
    named: list[dict[str, str | None]] = [{}]
    if users is not None and (courses is None or len(users) == 1):
        named = [{"learnerId": user} for user in dict.fromkeys(users) if is_id(user)]
    if courses is not None:
        distinct = [course for course in dict.fromkeys(courses) if is_id(course)]
        named = [{**each, "courseId": course} for each in named for course in distinct]
    return [{}] if query.order is not None and len(named) > 1 else named
