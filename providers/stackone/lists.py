"""How StackOne's lists and records are read: a page, a record, many records, records inside others.

StackOne has no read for several ids. So one read of the whole list may stand for many: all who need
it in one operation share a ``Walk``, and each takes it only as far as it costs less than single
reads. Costs are counted in calls, as the quota does. https://docs.stackone.com/guides/rate-limiting
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from providers.base import Ask, Found, Page, Query, Walk, found_one_by_one
from providers.decoding import decoded
from providers.errors import Kind, ProviderError
from providers.http import Answer, Decode, Http
from providers.model import Record
from providers.reading import Reader, Reading
from providers.stackone.reading import RAW
from providers.stackone.resources import (
    CONTENTS,
    COURSES,
    LARGEST_PAGE,
    Generation,
    Resource,
    Spot,
    unknown_page,
)
from providers.typed import Bodies, Body, Envelope

R = TypeVar("R", bound=Record)
E = TypeVar("E", bound=Record)

API = "/unified/lms"

PAGE = Envelope("data", rest=("next",))
"""https://docs.stackone.com/docs/pagination"""

RECORD = Envelope("data", many=False)

FEW = 4
"""So many records are read one by one, before a page of the whole list is tried."""

UNKNOWN_ACCOUNT = "the provider doesn't know the linked account; check account_id in the settings"


class Lists:
    """The lists and records of one linked account."""

    def __init__(self, http: Http, generation: Generation) -> None:
        self.http = http
        self.generation = generation
        self.pages: dict[str, int] = {}
        """Calls that a walk of a list is known to take at least, by the list's path."""
        self._bodies = Bodies()

    # Pages.

    async def page(
        self,
        resource: Resource[R],
        ask: Ask,
        query: Query,
        *,
        user: str | None = None,
        keep: Callable[[R], bool] | None = None,
    ) -> Page[R]:
        """A page of a resource's list, or of one user's; with ``keep``, only the rows that pass it.

        Where rows are left out, here or by the caller, pages are the largest, so that many rows are
        looked at with few calls; but not where each row costs a call for its raw data as well.

        Raises:
            ProviderError: as any read; ``INVALID_PAGE`` where StackOne doesn't know the cursor.
        """
        keys = resource.keys_in(query.filters, self.generation) if user is None else None
        if keys is not None:
            return await self._page_of_keys(resource, ask, query, keys)
        raw = "raw_data" in ask.fields(resource.reader.record)
        left = resource.leaves(query.filters, self.generation) and not raw
        size = LARGEST_PAGE if keep or left else query.size
        try:
            page = await self._page(resource, ask, replace(query, size=size), user)
        except ProviderError as error:
            # Not documented, nor how long a cursor lasts: that one can't be used is a bad request.
            if query.page is not None and error.kind is Kind.REJECTED:
                raise unknown_page() from None
            raise
        rows = [row for row in page.items if keep is None or keep(row)]
        return Page(await self.with_raw_data(resource, ask, rows), page.next)

    async def _page(
        self, resource: Resource[R], ask: Ask, query: Query, user: str | None = None
    ) -> Page[R]:
        below = "" if user is None else "users/{}/"
        spot = _spot(f"{below}{resource.path}", query)
        params = {
            **resource.params(query.filters, self.generation),
            "fields": resource.fields(ask, self.generation),
            "page_size": str(spot.size),
            "next": spot.cursor,
        }
        decode = self._bodies.reads(resource.reader, Reading(self.http.source, ask), PAGE)
        answer = await self.read(ask, f"{API}/{spot.list}", user, params, decode)
        if answer is None:
            return Page(())
        rows, cursor = self._rows(answer, spot)
        return Page(rows, spot.token(cursor) if cursor else None)

    async def read(
        self,
        ask: Ask,
        route: str,
        user: str | None,
        params: Mapping[str, str | None],
        decode: Decode = decoded,
    ) -> Answer | None:
        """GET a list; None where there is no such user.

        A list without a user in its path is always there: then it is the account that isn't found.
        https://docs.stackone.com/api/authentication
        """
        if user is not None:
            return await self.http.find(ask, route, user, params=params, decode=decode)
        try:
            return await self.http.get(ask, route, params=params, decode=decode)
        except ProviderError as error:
            if error.kind is not Kind.NOT_FOUND:
                raise
            raise self._error(Kind.AUTH_FAILED, UNKNOWN_ACCOUNT, error.status) from None

    def _rows(self, answer: Answer, spot: Spot) -> tuple[list[Any], str | None]:
        """Rows and cursor of a page.

        A page may be short or empty and still have a next one, where the LMS was slow: the list
        ends where ``next`` is null, absent or empty.
        https://docs.stackone.com/iam/common-guide/pagination
        """
        body: Body[Any] = answer.body
        if body.records is None:
            raise self._error(Kind.BAD_RESPONSE, "the provider's page has no data")
        cursor = body.rest["next"]
        if cursor is not None and not isinstance(cursor, str):
            raise self._error(Kind.BAD_RESPONSE, "the provider's page has a cursor that is no text")
        if cursor and cursor == spot.cursor:
            raise self._error(Kind.BAD_RESPONSE, "the provider's pages run in a circle")
        answer.call.rows = body.count
        return body.records, cursor or None

    async def _page_of_keys(
        self, resource: Resource[R], ask: Ask, query: Query, keys: Sequence[str]
    ) -> Page[R]:
        spot = _spot(f"{resource.path}/ids", query)
        begin = _offset(spot, keys)
        end = begin + spot.size
        found = await self.many(resource, ask, keys[begin:end])
        return Page(
            [_told(found[key]) for key in keys[begin:end] if key in found],
            spot.token(str(end)) if end < len(keys) else None,
        )

    async def with_raw_data(self, resource: Resource[R], ask: Ask, rows: Sequence[R]) -> list[R]:
        """The rows, each read again where raw data are wanted: a list's are of all its rows.

        Raises:
            ProviderError: where a row can't be read again: a list can't leave it out.
        """
        if not rows or "raw_data" not in ask.fields(resource.reader.record):
            return list(rows)
        found = await self.many(resource, ask, [row.key for row in rows])
        return [_told(found[row.key]) for row in rows if row.key in found]

    # Records by key.

    async def find(self, resource: Resource[R], ask: Ask, key: str) -> R | None:
        """GET a record, with its raw data where they are wanted."""
        raw = "true" if "raw_data" in ask.fields(resource.reader.record) else None
        params = {"fields": resource.fields(ask, self.generation), "raw": raw}
        reading = Reading(self.http.source, ask)
        decode = (
            self._bodies.reads(resource.reader, reading, RECORD)
            if raw is None
            else partial(_with_raw, resource.reader, reading)
        )
        answer = await self.http.find(
            ask, f"{API}/{resource.path}/{{}}", key, params=params, decode=decode
        )
        if answer is None:
            return None
        body: Body[R] = answer.body
        if body.records is None:
            raise self._error(Kind.BAD_RESPONSE, "the provider's answer has no data")
        return next(iter(body.records), None)

    async def many(self, resource: Resource[R], ask: Ask, keys: Sequence[str]) -> Found[R]:
        """Records by key: from a walk while each page brings one of them, the others one by one.

        So it costs at most one call more than single reads would. What the list doesn't show may
        still be there by its id, therefore it is asked for.
        """
        missing = dict.fromkeys(keys)
        found: dict[str, R | ProviderError] = {}
        try:
            if "raw_data" not in ask.fields(resource.reader.record):
                await self._collect(self.walk(resource, ask), missing, found)
        except ProviderError as error:
            if error.kind is not Kind.UNSUPPORTED:
                return {**found, **dict.fromkeys(missing, error)}
        read = found_one_by_one(list(missing), lambda key: self.find(resource, ask, key))
        return {**found, **await read}

    async def _collect(
        self, walk: Walk[R], missing: dict[str, None], found: dict[str, R | ProviderError]
    ) -> None:
        """Move keys from missing to found, as far as the walk is worth its calls."""
        number = paid = gained = 0
        while missing:
            is_paid = number >= len(walk.pages)
            if is_paid and (len(missing) <= FEW or gained < paid):
                return
            page = await walk.page(number)
            if page is None:
                return
            own = {row.key: row for row in page if row.key in missing}
            found |= own
            for key in own:
                del missing[key]
            number += 1
            if is_paid:
                paid, gained = paid + 1, gained + len(own)

    def walk(self, resource: Resource[R], ask: Ask) -> Walk[R]:
        """The whole list, shared by all who read it on the same terms in one operation."""
        wide = ask.wanting(resource.reader.record, *resource.grouped)

        async def read(token: str | None) -> Page[R]:
            page = await self._page(resource, wide, Query(size=LARGEST_PAGE, page=token))
            known = len(walk.pages) + (1 if page.next is None else 2)
            self.pages[resource.path] = max(known, self.pages.get(resource.path, 0))
            return page

        terms = frozenset(wide.wanted.items())
        walk = ask.once((self.http.source, resource.path, terms), lambda: Walk(read))
        return walk

    # Records inside others.

    async def embedded(
        self, ask: Ask, owners: Mapping[str, tuple[str, str]], relation: str, record: type[E]
    ) -> Found[E]:
        """Records that can't be read by themselves, out of the courses and contents that embed
        them.

        ``owners`` has the kind and key of the embedding record by the key that is looked for.
        """
        # What embeds them need not be read whole.
        own = {record.__name__: ask.fields(record)}
        only = frozenset({relation})
        parts = await asyncio.gather(
            *(
                self._embedded(
                    resource,
                    replace(ask, wanted={resource.reader.record.__name__: only, **own}),
                    {key: owner for key, (named, owner) in owners.items() if named == kind},
                    relation,
                    record,
                )
                for kind, resource in OWNERS.items()
            )
        )
        return {key: each for part in parts for key, each in part.items()}

    async def _embedded(
        self,
        resource: Resource[Any],
        ask: Ask,
        owners: Mapping[str, str],
        relation: str,
        record: type[E],
    ) -> dict[str, E | ProviderError]:
        read = await self.many(resource, ask, list(dict.fromkeys(owners.values())))
        found: dict[str, E | ProviderError] = {}
        for key, owner in owners.items():
            answer = read.get(owner)
            if isinstance(answer, ProviderError):
                found[key] = answer
                continue
            for each in getattr(answer, relation, None) or ():
                if isinstance(each, record) and each.key == key:
                    found[key] = each
        return found

    def _error(self, kind: Kind, detail: str, status: int | None = None) -> ProviderError:
        return ProviderError(
            kind, detail, source=self.http.source, provider=self.http.provider, status=status
        )


def _with_raw(reader: Reader[R], reading: Reading, data: bytes) -> Body[R]:
    """A record, with the exchange with the LMS that stands beside it put into it."""
    body = decoded(data)
    row = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(row, Mapping):
        return Body(None)
    return Body(reader.read_all([{**row, RAW: body.get("raw")}], reading), 1)


OWNERS: Mapping[str, Resource[Any]] = {"course": COURSES, "content": CONTENTS}
"""By the word in an embedded object's key, what embeds it."""


def _spot(list: str, query: Query) -> Spot:
    if query.page is not None:
        return Spot.resume(list, query.page)
    return Spot(list, min(max(query.size, 1), LARGEST_PAGE))


def _offset(spot: Spot, keys: Sequence[str]) -> int:
    """Where in a list of keys a page begins."""
    text = spot.cursor or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 7 and int(text) <= len(keys)):
        raise unknown_page()
    return int(text)


def _told(answer: R | ProviderError) -> R:
    if isinstance(answer, ProviderError):
        raise answer
    return answer
