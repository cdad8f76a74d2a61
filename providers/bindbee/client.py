"""Bindbee's endpoints: seven models of one shape, each listed, read by ``ids=`` and expanded one
level.

https://docs.bindbee.dev/lms/overview
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import ceil
from operator import attrgetter
from typing import Any, TypeVar

from providers.base import Ask, Found, Head, Heads, Listing, Page, Query, Sighting, heads
from providers.bindbee import reading as tables
from providers.bindbee.connected import API, PAGE, opened
from providers.bindbee.connector_changes import ConnectorChanges
from providers.bindbee.models import (
    CATEGORIES,
    COMPLETIONS,
    CONTENTS,
    COURSES,
    ENROLLMENTS,
    INSTRUCTORS,
    LARGEST_PAGE,
    SKILLS,
    USERS,
    Model,
    Walking,
    filter_value,
    unknown_page,
)
from providers.bindbee.passing import Passing
from providers.bindbee.reading import Connector
from providers.errors import Kind, ProviderError
from providers.model import (
    Assignment,
    Category,
    Completion,
    Content,
    Course,
    Health,
    HealthStatus,
    Instructor,
    Record,
    Skill,
    User,
)
from providers.reading import Reading
from providers.typed import Envelope

R = TypeVar("R", bound=Record)
OBJECT = Envelope(many=False)

PARENTS_PER_CALL = 50
"""Most parents whose children one walk reads."""

MOST_WALKS = 4
"""Most walks that the children of so many parents are read in, side by side."""


class Bindbee(ConnectorChanges, Passing):
    """One connector at Bindbee."""

    listings: Mapping[str, Listing] = {
        "list_courses": Listing(frozenset(COURSES.filters)),
        "list_contents": Listing(frozenset(CONTENTS.filters)),
        "list_completions": Listing(frozenset(COMPLETIONS.filters)),
        "list_assignments": Listing(frozenset(ENROLLMENTS.filters)),
        "list_users": Listing(frozenset(USERS.filters)),
        "list_categories": Listing(frozenset(CATEGORIES.filters)),
        "list_skills": Listing(frozenset(SKILLS.filters)),
    }

    # Listing: one page of any model.

    async def list_courses(self, ask: Ask, query: Query) -> Page[Course]:
        """GET /courses."""
        return await self._list(COURSES, ask, query)

    async def list_contents(self, ask: Ask, query: Query) -> Page[Content]:
        """GET /contents."""
        return await self._list(CONTENTS, ask, query)

    async def list_completions(self, ask: Ask, query: Query) -> Page[Completion]:
        """GET /completions."""
        return await self._list(COMPLETIONS, ask, query)

    async def list_assignments(self, ask: Ask, query: Query) -> Page[Assignment]:
        """GET /enrollments."""
        return await self._list(ENROLLMENTS, ask, query)

    async def list_users(self, ask: Ask, query: Query) -> Page[User]:
        """GET /users."""
        return await self._list(USERS, ask, query)

    async def list_categories(self, ask: Ask, query: Query) -> Page[Category]:
        """GET /categories."""
        return await self._list(CATEGORIES, ask, query)

    async def list_skills(self, ask: Ask, query: Query) -> Page[Skill]:
        """GET /skills."""
        return await self._list(SKILLS, ask, query)

    async def _list(self, model: Model[R], ask: Ask, query: Query) -> Page[R]:
        if query.page is None:
            walking, cursor = Walking.start(model, ask, query.size), None
        else:
            walking, cursor = Walking.resume(model, query.page)
        params: dict[str, str | None] = {
            model.filters[name]: filter_value(name, value) for name, value in query.filters.items()
        }
        params |= walking.params() | {"cursor": cursor}
        reading = Reading(self.source, ask, walking.shallow(model, ask))
        records: Sequence[R]
        try:
            records, following = await self._page(model, reading, params)
        except ProviderError as error:
            if cursor is not None and error.kind is Kind.REJECTED:
                raise unknown_page() from None
            raise
        wanted = ask.fields(model.reader.record)
        if ("raw_data" in wanted) > walking.raw or ("custom_fields" in wanted) > walking.custom:
            found = await self._by_ids(model, ask, [record.key for record in records])
            for answer in found.values():
                if isinstance(answer, ProviderError):
                    raise answer
            records = [
                each for record in records if isinstance(each := found.get(record.key), Record)
            ]
        return Page(records, walking.token(following) if following else None)

    async def _page(
        self, model: Model[R], reading: Reading, params: Mapping[str, str | None]
    ) -> tuple[list[R], str | None]:
        """One page's records, and the cursor of the next page."""
        decode = self._bodies.reads(model.reader, reading, PAGE)
        return opened(
            await self.http.get(reading.ask, f"{API}/{model.path}", params=params, decode=decode)
        )

    # Reading by key: up to 200 ids a call, the calls side by side.

    async def courses(self, ask: Ask, keys: Sequence[str]) -> Found[Course]:
        """GET /courses?ids=."""
        return await self._by_ids(COURSES, ask, keys)

    async def contents(self, ask: Ask, keys: Sequence[str]) -> Found[Content]:
        """GET /contents?ids=."""
        return await self._by_ids(CONTENTS, ask, keys)

    async def completions(self, ask: Ask, keys: Sequence[str]) -> Found[Completion]:
        """GET /completions?ids=."""
        return await self._by_ids(COMPLETIONS, ask, keys)

    async def assignments(self, ask: Ask, keys: Sequence[str]) -> Found[Assignment]:
        """GET /enrollments?ids=."""
        return await self._by_ids(ENROLLMENTS, ask, keys)

    async def users(self, ask: Ask, keys: Sequence[str]) -> Found[User]:
        """GET /users?ids=."""
        return await self._by_ids(USERS, ask, keys)

    async def instructors(self, ask: Ask, keys: Sequence[str]) -> Found[Instructor]:
        """GET /users?ids=: an instructor is a user whom a course names."""
        return await self._by_ids(INSTRUCTORS, ask, keys)

    async def categories(self, ask: Ask, keys: Sequence[str]) -> Found[Category]:
        """GET /categories?ids=."""
        return await self._by_ids(CATEGORIES, ask, keys)

    async def skills(self, ask: Ask, keys: Sequence[str]) -> Found[Skill]:
        """GET /skills?ids=."""
        return await self._by_ids(SKILLS, ask, keys)

    async def _by_ids(self, model: Model[R], ask: Ask, keys: Sequence[str]) -> Found[R]:
        usable = [key for key in keys if _is_id(key)]
        if len(usable) == 1:
            return await self._by_id(model, ask, usable[0])
        groups = [usable[at : at + LARGEST_PAGE] for at in range(0, len(usable), LARGEST_PAGE)]
        parts = await asyncio.gather(*(self._group(model, ask, group) for group in groups))
        return {key: found for part in parts for key, found in part.items()}

    async def _by_id(self, model: Model[R], ask: Ask, key: str) -> dict[str, R | ProviderError]:
        """GET /{model}/{id}."""
        params = Walking.start(model, ask, 1).params() | {"page_size": None}
        decode = self._bodies.reads(model.reader, Reading(self.source, ask), OBJECT)
        try:
            answer = await self.http.find(
                ask, f"{API}/{model.path}/{{}}", key, params=params, decode=decode
            )
        except ProviderError as error:
            # A key that is no UUID is refused (422), and nothing has it.
            return {} if error.kind is Kind.REJECTED else {key: error}
        records: Sequence[R] = answer.body.records if answer else ()
        return {record.key: record for record in records}

    async def _group(
        self, model: Model[R], ask: Ask, keys: Sequence[str]
    ) -> dict[str, R | ProviderError]:
        params = Walking.start(model, ask, LARGEST_PAGE).params() | {"ids": ",".join(keys)}
        found: dict[str, R | ProviderError] = {}
        try:
            read = partial(self._page, model, Reading(self.source, ask))
            async for records in self._walk(read, params):
                found |= {record.key: record for record in records}
                if found.keys() >= set(keys):
                    break
        except ProviderError as error:
            return {**dict.fromkeys(keys, error), **found}
        return found

    # Children: the rows of many parents, in walks that several groups of parents make side by side.

    async def completions_of_courses(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Completion]:
        """GET /completions?course=, many courses a walk."""
        return await self._children(COMPLETIONS, "course", ask, keys, first)

    async def completions_of_course(self, ask: Ask, key: str, query: Query) -> Page[Completion]:
        """GET /completions?course=."""
        return await self.list_completions(ask, _narrowed(query, courses=key))

    async def completions_of_contents(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Completion]:
        """GET /completions?content=, many contents a walk."""
        return await self._children(COMPLETIONS, "content", ask, keys, first)

    async def completions_of_content(self, ask: Ask, key: str, query: Query) -> Page[Completion]:
        """GET /completions?content=."""
        return await self.list_completions(ask, _narrowed(query, contents=key))

    async def completions_of_users(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Completion]:
        """GET /completions?user=, many users a walk."""
        return await self._children(COMPLETIONS, "user", ask, keys, first)

    async def completions_of_user(self, ask: Ask, key: str, query: Query) -> Page[Completion]:
        """GET /completions?user=."""
        return await self.list_completions(ask, _narrowed(query, users=key))

    async def assignments_of_courses(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Assignment]:
        """GET /enrollments?course=, many courses a walk."""
        return await self._children(ENROLLMENTS, "course", ask, keys, first)

    async def assignments_of_course(self, ask: Ask, key: str, query: Query) -> Page[Assignment]:
        """GET /enrollments?course=."""
        return await self.list_assignments(ask, _narrowed(query, courses=key))

    async def assignments_of_users(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Assignment]:
        """GET /enrollments?user=, many users a walk."""
        return await self._children(ENROLLMENTS, "user", ask, keys, first)

    async def assignments_of_user(self, ask: Ask, key: str, query: Query) -> Page[Assignment]:
        """GET /enrollments?user=."""
        return await self.list_assignments(ask, _narrowed(query, users=key))

    async def courses_of_categories(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Course]:
        """GET /courses?categories=, many categories a walk."""
        return await self._children(COURSES, "categories", ask, keys, first)

    async def courses_of_category(self, ask: Ask, key: str, query: Query) -> Page[Course]:
        """GET /courses?categories=."""
        return await self.list_courses(ask, _narrowed(query, categories=key))

    async def courses_of_skills(self, ask: Ask, keys: Sequence[str], first: int) -> Heads[Course]:
        """GET /courses?skills=, many skills a walk."""
        return await self._children(COURSES, "skills", ask, keys, first)

    async def courses_of_skill(self, ask: Ask, key: str, query: Query) -> Page[Course]:
        """GET /courses?skills=."""
        return await self.list_courses(ask, _narrowed(query, skills=key))

    async def _children(
        self, model: Model[R], param: str, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[R]:
        usable = [key for key in keys if _is_id(key)]
        parts = await asyncio.gather(
            *(
                self._children_of(model, param, ask, group, first)
                for group in _groups(usable, first)
            )
        )
        return {key: found for part in parts for key, found in part.items()}

    async def _children_of(
        self, model: Model[R], param: str, ask: Ask, parents: Sequence[str], first: int
    ) -> dict[str, Head[R] | ProviderError | None]:
        """Walk until every parent has what was asked. A walk that breaks off keeps what it had."""
        params = Walking.start(model, ask, LARGEST_PAGE).params() | {param: ",".join(parents)}
        rows: dict[str, list[R]] = {parent: [] for parent in parents}
        relation = model.relation(param)
        owners = attrgetter(relation)
        # A row says whose it is, whether that is wanted or not.
        reading = Reading(self.source, ask.wanting(model.reader.record, relation))
        try:
            async for records in self._walk(partial(self._page, model, reading), params):
                for record in records:
                    for owner in _keys_of(owners(record)):
                        if owner in rows:
                            rows[owner].append(record)
                if all(len(own) >= first for own in rows.values()):
                    return heads(parents, rows, first, complete=False)
        except ProviderError as error:
            return {
                parent: Head(own[:first], more=True) if len(own := rows[parent]) >= first else error
                for parent in parents
            }
        return heads(parents, rows, first, complete=True)

    # People, and the account itself.

    async def users_by_email(self, ask: Ask, email: str, courses: Sequence[str] = ()) -> Sighting:
        """GET /users?email_address=, which ignores case. Rows are checked again by the caller."""
        users: list[User] = []
        params = Walking.start(USERS, ask, LARGEST_PAGE).params() | {"email_address": email}
        read = partial(self._page, USERS, Reading(self.source, ask))
        async for found in self._walk(read, params):
            users += found
        return Sighting(users)

    async def health(self, ask: Ask) -> Health:
        """The connector's own entry: whether it is linked, and when it was last synced."""
        every = frozenset(tables.CONNECTOR.cells)
        connector = await self.connector(replace(ask, wanted={Connector.__name__: every}))
        if connector is None:
            detail = "no connector of the API key has this connector_token"
            return Health(status=HealthStatus.DOWN, detail=detail)
        return _health(connector)


def _groups(parents: Sequence[str], first: int) -> list[Sequence[str]]:
    """Parents whose children are read in one walk each, side by side.

    As many walks as the rows that are wanted fill pages: so each may be a page long.
    """
    least = ceil(len(parents) / PARENTS_PER_CALL)
    filled = ceil(len(parents) * first / LARGEST_PAGE)
    number = max(least, min(filled, least * MOST_WALKS), 1)
    size = max(ceil(len(parents) / number), 1)
    return [parents[at : at + size] for at in range(0, len(parents), size)]


def _is_id(key: str) -> bool:
    """Whether a key can be among ``ids``: a comma would make it two."""
    return "," not in key and key.isprintable()


def _keys_of(refs: Any) -> Sequence[str]:
    """The keys under a relation, whether it was expanded or not."""
    if isinstance(refs, str):
        return (refs,)
    several = refs if isinstance(refs, tuple) else (refs,) if refs is not None else ()
    return [each.key if isinstance(each, Record) else each for each in several]


def _narrowed(query: Query, **parent: str) -> Query:
    return replace(query, filters={**query.filters, **{k: (v,) for k, v in parent.items()}})


def _health(connector: Connector) -> Health:
    """https://docs.bindbee.dev/enum-values : Connector.status and sync_status."""
    detail = None
    if connector.is_active is False:
        detail = "the connector is not active"
    elif connector.status == "RELINK_NEEDED":
        detail = "the connector needs to be linked again by its customer"
    elif connector.status == "INCOMPLETE":
        detail = "the connector's set-up is not complete"
    elif connector.sync_status == "Failed":
        detail = "the last sync failed"
    return Health(
        status=HealthStatus.DEGRADED if detail else HealthStatus.UP,
        detail=detail,
        last_synced_at=connector.last_sync_started_at,
        next_sync_at=connector.next_sync_starts_at,
    )
