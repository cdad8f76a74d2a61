"""The completions and assignments of many courses, contents or users.

StackOne can narrow them to a user, never to a course. So the rows of many parents come from one
walk of the whole list, which all who need it in one operation share. It documents no order: first
rows and those after them must come from the same list, or some are lost and some come twice.
https://docs.stackone.com/lms/api-reference/completions/list-completions
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from providers.base import Ask, Head, Heads, Page, Query, Walk, heads, heads_one_by_one
from providers.errors import Kind, ProviderError
from providers.model import Record
from providers.stackone.lists import Lists
from providers.stackone.resources import Resource

R = TypeVar("R", bound=Record)

USERS_PER_PAGE = 2
"""Users for whom a page of the whole list is tried before each user's own list is read. How long
the list is can't be known before, nor how many users it shows whole; so at worst the attempt costs
half as much again."""

FILTERS = {"course_ref": "courses", "content_ref": "contents"}
"""By the field that names a parent, the filter that does."""


async def page_of_parent(
    lists: Lists, resource: Resource[R], ask: Ask, query: Query, relation: str, key: str
) -> Page[R]:
    """The rows of one parent in a page of the whole list: few, or none, and still a next page."""
    return await lists.page(
        resource,
        ask.wanting(resource.reader.record, relation),
        replace(query, filters={**query.filters, FILTERS[relation]: (key,)}),
        keep=lambda row: getattr(row, relation) == key,
    )


async def heads_of_parents(
    lists: Lists, resource: Resource[R], ask: Ask, relation: str, parents: Sequence[str], first: int
) -> Heads[R]:
    """First rows of many parents, from the walk, which is read no further than needed.

    A walk that breaks off keeps what it had.
    """
    rows: dict[str, list[R]] = {parent: [] for parent in parents}
    try:
        ended = await _group(lists.walk(resource, ask), relation, rows, first)
    except ProviderError as error:
        return await _with_raw_data(lists, resource, ask, _broken(rows, first, error))
    return await _with_raw_data(lists, resource, ask, heads(parents, rows, first, complete=ended))


async def heads_of_users(
    lists: Lists, resource: Resource[R], ask: Ask, users: Sequence[str], first: int
) -> Heads[R]:
    """First rows of many users: of those whom a short walk shows to have no more, from the walk.

    The others' are read from each user's own list, as are all rows after the first.
    """
    rows: dict[str, list[R]] = {user: [] for user in users}
    most = len(users) // USERS_PER_PAGE
    if lists.pages.get(resource.path, 0) > most:
        most = 0
    try:
        # One row more than wanted from everybody: then nobody's rows are whole.
        ended = await _group(lists.walk(resource, ask), "user_ref", rows, first + 1, most)
    except ProviderError as error:
        if error.kind is not Kind.UNSUPPORTED:
            return dict.fromkeys(users, error)
        ended = False
    whole = [user for user in users if ended and len(rows[user]) <= first]
    shown = heads(whole, rows, first, complete=True)

    async def read(user: str) -> Page[R]:
        return await _first_rows(lists, resource, ask, user, first)

    others = [user for user in users if user not in shown]
    found, own = await asyncio.gather(
        _with_raw_data(lists, resource, ask, shown), heads_one_by_one(others, read, first)
    )
    return {**found, **own}


def _broken(
    rows: Mapping[str, list[R]], first: int, error: ProviderError
) -> dict[str, Head[R] | ProviderError | None]:
    """What a walk that broke off has: the error stands for the parents that lack rows."""
    return {
        parent: Head(own[:first], more=True) if len(own) >= first else error
        for parent, own in rows.items()
    }


def _is_enough(rows: Mapping[str, list[R]], first: int) -> bool:
    return all(len(own) >= first for own in rows.values())


async def _group(
    walk: Walk[R],
    relation: str,
    rows: Mapping[str, list[R]],
    first: int,
    most: int | None = None,
) -> bool:
    """Give each parent its rows until all have enough, or more than ``most`` calls were needed.

    Says whether the walk came to its end, so that a parent's rows are all that it has.
    """
    number = paid = 0
    while not _is_enough(rows, first):
        is_paid = number >= len(walk.pages) and not walk.ended
        if is_paid and most is not None and paid >= most:
            return False
        page = await walk.page(number)
        if page is None:
            return True
        for row in page:
            parent = getattr(row, relation)
            if parent is not None and parent in rows:
                rows[parent].append(row)
        number += 1
        paid += is_paid
    return walk.ended and number >= len(walk.pages)


async def _first_rows(
    lists: Lists, resource: Resource[R], ask: Ask, user: str, first: int
) -> Page[R]:
    """So many first rows of a user's list, whose pages may be short or empty on the way."""
    rows: list[R] = []
    query = Query(size=first)
    while True:
        page = await lists.page(resource, ask, query, user=user)
        rows += page.items
        if page.next is None or len(rows) >= first:
            return Page(rows, page.next)
        query = replace(query, page=page.next)


async def _with_raw_data(
    lists: Lists, resource: Resource[R], ask: Ask, found: Heads[R]
) -> Heads[R]:
    async def read(head: Head[R] | ProviderError | None) -> Head[R] | ProviderError | None:
        if not isinstance(head, Head):
            return head
        try:
            return Head(await lists.with_raw_data(resource, ask, head.items), head.more)
        except ProviderError as error:
            return error

    answers = await asyncio.gather(*map(read, found.values()))
    return dict(zip(found, answers, strict=True))
