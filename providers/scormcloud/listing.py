"""How SCORM Cloud's lists are asked, and how they are paged.

A list answers with some rows and, unless these are the last, a ``more`` token; the token stands for
all that the first page was asked with, and nothing may accompany it. How many rows a page holds
isn't documented: it was seen to be 10. https://cloud.scorm.com/docs/v2/reference/swagger/
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from typing import Any

from providers.base import Ask, Listing, Page, Walk
from providers.errors import Kind, ProviderError
from providers.http import Decode, Http
from providers.model import Record
from providers.scormcloud.times import moment
from providers.typed import Body, Envelope, unread

Params = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Collection:
    """A list of SCORM Cloud's, and how it is narrowed and sorted."""

    route: str
    name: str
    """Under which the answer holds the rows."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """``filterBy`` by unified filter: a text that one field must contain. One of them at a time."""
    orders: Mapping[str, str] = field(default_factory=dict)
    """First part of ``orderBy`` by the first part of a unified order."""
    rechecked: frozenset[str] = frozenset()
    """Filters that it doesn't know, but whose fields are in every row, so that the caller sees to
    them."""

    @property
    def listing(self) -> Listing:
        """What it can be asked."""
        return Listing(
            frozenset({"ids", "tags", *PERIODS, *self.texts, *self.rechecked}),
            frozenset(f"{name}_{way}" for name in self.orders for way in ("asc", "desc")),
        )


PERIODS = ("created_from", "created_until", "updated_from", "updated_until")

COURSES = Collection(
    "/courses",
    "courses",
    texts={"key": "course_id", "title": "title", "tag": "tags"},
    orders={"created": "created", "updated": "updated", "title": "title"},
    rechecked=frozenset({"external_reference"}),
)
REGISTRATIONS = Collection(
    "/registrations",
    "registrations",
    texts={
        "key": "registration_id",
        "course_title": "course_title",
        "user_first_name": "learner_first_name",
        "user_last_name": "learner_last_name",
        "tag": "tags",
    },
    orders={
        "created": "created",
        "updated": "updated",
        "course_title": "course_title",
        "user_first_name": "learner_first_name",
        "user_last_name": "learner_last_name",
    },
    rechecked=frozenset({"courses", "users"}),
)


def list_params(collection: Collection, filters: Mapping[str, Any], order: str | None) -> Params:
    """The parameters of a list's first page.

    Raises:
        ProviderError: ``UNSUPPORTED`` where SCORM Cloud can't be asked all of it in one question.
    """
    params: dict[str, str | None] = {**_period(filters)}
    if tags := filters.get("tags"):
        params["tags"] = _joined(tags)
    texts = [name for name in collection.texts if name in filters]
    if len(texts) > 1:
        raise ProviderError(
            Kind.UNSUPPORTED,
            f"this source searches one field at a time; leave out {' or '.join(texts)}",
        )
    for name in texts:
        params |= {"filter": filters[name], "filterBy": collection.texts[name]}
    if order is not None:
        name, _, way = order.rpartition("_")
        params["orderBy"] = f"{collection.orders[name]}_{way}"
    return params


def _period(filters: Mapping[str, Any]) -> Params:
    """One pair of times can be asked for; the other is left to the caller, as rows carry both."""
    for name in ("updated", "created"):
        since, until = filters.get(f"{name}_from"), filters.get(f"{name}_until")
        if since is not None or until is not None:
            return {
                "datetimeFilter": name,
                "since": moment(since) if since is not None else None,
                "until": moment(until) if until is not None else None,
            }
    return {}


def _joined(tags: Sequence[str]) -> str:
    if any("," in tag for tag in tags):
        raise ProviderError(
            Kind.UNSUPPORTED, "this source can't be asked for a tag with a comma in it"
        )
    return ",".join(tags)


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of a list."""

    rows: Sequence[Any]
    """As they came, or the records that were made of them."""
    more: str | None
    total: int | None
    """How many rows the whole list has, where the page was asked to tell."""


def page_of(name: str) -> Envelope:
    """The envelope of a list whose rows stand under this name."""
    return Envelope(name, rest=("more",))


async def read_rows(
    http: Http,
    ask: Ask,
    route: str,
    *keys: str,
    name: str,
    params: Params,
    more: str | None = None,
    decode: Decode | None = None,
) -> Rows:
    """The first page of a list, or the one that ``more`` stands for.

    ``decode`` makes records of its body; without it, the rows are as they came.

    Raises:
        ProviderError: as any read; ``INVALID_PAGE`` where SCORM Cloud doesn't know ``more``.
    """
    try:
        answer = await http.get(
            ask,
            route,
            *keys,
            params=params if more is None else {"more": more},
            decode=decode or partial(unread, page_of(name)),
        )
    except ProviderError as error:
        # Parameters that can't be used were seen to be answered with 404 too.
        if more is not None and error.kind in (Kind.REJECTED, Kind.NOT_FOUND):
            raise unknown_page() from None
        raise
    body: Body[Any] = answer.body
    if body.records is None:
        raise ProviderError(Kind.BAD_RESPONSE, "the provider's page has no rows")
    following = body.rest["more"]
    if following is not None and not isinstance(following, str):
        raise ProviderError(Kind.BAD_RESPONSE, "the provider's page has a token that is no text")
    answer.call.rows = body.count
    total = answer.headers.get("x-total-count", "")
    known = total.isascii() and total.isdigit() and len(total) < 16
    return Rows(body.records, following or None, int(total) if known else None)


def unknown_page() -> ProviderError:
    """The error of a page token that no page gave."""
    return ProviderError(Kind.INVALID_PAGE, "no page of this list gave that cursor")


class Row(Record, frozen=True, kw_only=True):
    """A row of a list as it came, to be read by more than one table."""

    raw: Any


class Roll:
    """A whole list that several reads of one operation share; its first page tells what the rest
    costs."""

    def __init__(
        self, source: str, read: Callable[[str | None], Awaitable[Rows]], key: Callable[[Any], str]
    ) -> None:
        """``key`` makes a row's key; what it can't be made of is left out."""
        self._source = source
        self._read = read
        self._key = key
        self._total: int | None = None
        self._walk = Walk(self._page)

    async def _page(self, more: str | None) -> Page[Row]:
        page = await self._read(more)
        if more is None:
            self._total = page.total
        rows = [Row(source=self._source, key=self._key(raw), raw=raw) for raw in page.rows]
        return Page(rows, page.more)

    @property
    def begun(self) -> bool:
        """Whether anybody has read of it."""
        return bool(self._walk.pages)

    async def pages_left(self) -> int | None:
        """How many more pages there are; None where the list doesn't tell. Reads the first one.

        Raises:
            ProviderError: where the first page can't be read.
        """
        first = await self._walk.page(0)
        if self._walk.ended:
            return 0
        if not first or self._total is None:
            return None
        return max(ceil(self._total / len(first)) - len(self._walk.pages), 1)

    async def page(self, number: int) -> Sequence[Row] | None:
        """The page of that number, from 0, or None after the last.

        Raises:
            ProviderError: where it can't be read.
        """
        return await self._walk.page(number)

    def is_last(self, number: int) -> bool:
        """Whether it is known that no page follows the one of that number."""
        return self._walk.ended and number + 1 >= len(self._walk.pages)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a page is: what a page token holds."""

    more: str | None = None
    at: int = 0
    """Which of several lists in a row."""
    include: frozenset[str] = frozenset()
    """What the walk's first page asked to include, which ``more`` stands for too."""

    @classmethod
    def resume(cls, token: str, lists: int, includes: frozenset[str]) -> Place:
        """The place in a page token, of a walk through so many lists.

        Raises:
            ProviderError: ``INVALID_PAGE`` where no page of ours gave this token.
        """
        try:
            more, at, include = json.loads(token)
        except (ValueError, TypeError, RecursionError):
            raise unknown_page() from None
        known = (
            (more is None or (isinstance(more, str) and more != ""))
            and type(at) is int
            and 0 <= at < lists
            and (more is not None or at > 0)
            and isinstance(include, list)
            and all(isinstance(each, str) for each in include)
            and includes.issuperset(include)
        )
        if not known:
            raise unknown_page()
        return cls(more, at, frozenset(include))

    def following(self, more: str | None, lists: int) -> str | None:
        """The token of the page after this one, or None after the last."""
        if more is not None:
            return json.dumps([more, self.at, sorted(self.include)])
        return json.dumps([None, self.at + 1, []]) if self.at + 1 < lists else None
