"""What it takes a call of its own to know: how settings, files, launches and statements are read.

Each method answers for many keys, a call for each, side by side: SCORM Cloud has no bulk reads.
Keys of versions and instances are of two parts. https://cloud.scorm.com/docs/v2/reference/swagger/
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from providers import convert
from providers.base import Ask, Found, Head, Heads, Page, Query, Walk, split_key
from providers.errors import Kind, ProviderError
from providers.http import Answer
from providers.model import Record
from providers.reading import Reader
from providers.scormcloud.application import Application, is_id
from providers.scormcloud.courses import switched_on
from providers.scormcloud.forms import INCLUDES
from providers.scormcloud.listing import Params, Place, page_of, read_rows
from providers.scormcloud.outline import SETTING, ScormCloudSetting
from providers.scormcloud.statements import STATEMENT
from providers.scormcloud.times import moment

R = TypeVar("R", bound=Record)

_NUMBER = re.compile(r"[0-9]{1,9}")

Details = Mapping[str, tuple[R, ...] | ProviderError]
"""All rows of a list, by the key of what they are details of."""


@dataclass(frozen=True, slots=True)
class Series:
    """A list below something, which comes in pages."""

    route: str
    name: str
    reader: Reader[Any]


def statements_below(route: str) -> Series:
    """The statements about what a route names."""
    return Series(f"{route}/xAPIStatements", "statements", STATEMENT)


class DetailReads(Application):
    """Reads lists and single records below a course, a registration or a learner."""

    async def _settings(
        self, ask: Ask, route: str, keys: Sequence[str]
    ) -> Details[ScormCloudSetting]:
        described = "metadata" in ask.fields(ScormCloudSetting)
        params = {"includeMetadata": "true" if described else None}
        return await self._lists(
            SETTING, ask, f"{route}/configuration", keys, "settingItems", params
        )

    async def _tags(
        self, ask: Ask, route: str, keys: Sequence[str]
    ) -> Mapping[str, tuple[str, ...] | ProviderError]:
        async def read(key: str) -> tuple[str, ...] | None:
            answer = await self._below(ask, f"{route}/tags", key, {})
            try:
                return None if answer is None else convert.texts(_list(answer, "tags"))
            except TypeError:
                raise ProviderError(Kind.BAD_RESPONSE, "the provider's tags are no text") from None

        return await self._each(keys, read)

    async def _below(self, ask: Ask, route: str, key: str, params: Params) -> Answer | None:
        """GET a route below what a key names; None where there is no such thing."""
        parts = _parts(route, key)
        return await self.http.find(ask, route, *parts, params=params) if parts else None

    async def _lists(
        self,
        reader: Reader[R],
        ask: Ask,
        route: str,
        keys: Sequence[str],
        name: str,
        params: Params | None = None,
    ) -> Details[R]:
        """Lists that come whole."""

        async def read(key: str) -> tuple[R, ...] | None:
            answer = await self._below(ask, route, key, params or {})
            if answer is None:
                return None
            return tuple(reader.read_all(_list(answer, name), self._reading(ask), key))

        return await self._each(keys, read)

    async def _singles(
        self, reader: Reader[R], ask: Ask, route: str, keys: Sequence[str], params: Params
    ) -> Found[R]:
        async def read(key: str) -> R | None:
            answer = await self._below(ask, route, key, params)
            if answer is None:
                return None
            # The key's first part, of a version its course, is what the record's own is made with.
            (owner, *_) = _parts(route, key)
            read = reader.read_all([answer.body], self._reading(ask), owner)
            return next((record for record in read if record.key == key), None)

        return await self._each(keys, read)

    async def _series_page(
        self,
        series: Series,
        ask: Ask,
        key: str,
        query: Query,
        includes: frozenset[str] = frozenset(),
    ) -> Page[Any]:
        """One page of a list below something; empty where there is no such thing."""
        place = Place(include=includes) if query.page is None else place_of(query)
        parts = _parts(series.route, key)
        if not parts:
            return Page(())
        filters = query.filters
        params = {
            **switched_on(place.include),
            **period(filters.get("since"), filters.get("until")),
            "learnerId": filters.get("learner"),
        }
        try:
            page = await read_rows(
                self.http,
                ask,
                series.route,
                *parts,
                name=series.name,
                params=params,
                more=place.more,
                decode=self._typed.reads(
                    series.reader, self._reading(ask), page_of(series.name), key
                ),
            )
        except ProviderError as error:
            if error.kind in (Kind.NOT_FOUND, Kind.INVALID_KEY):
                return Page(())
            raise
        return Page(page.rows, place.following(page.more, 1))

    async def _series_heads(
        self,
        series: Series,
        ask: Ask,
        keys: Sequence[str],
        first: int,
        includes: frozenset[str] = frozenset(),
    ) -> Heads[Any]:
        """First rows of the lists below several things: pages are read until there are enough."""

        async def read(key: str) -> Head[Any]:
            page = partial(self._series_page, series, ask, key, includes=includes)
            walk: Walk[Any] = Walk(lambda token: page(query=Query(size=first, page=token)))
            return await _head(walk, first)

        return await self._each(keys, read)


async def _head(walk: Walk[Any], first: int) -> Head[Any]:
    rows: list[Any] = []
    number = 0
    while len(rows) < first and (page := await walk.page(number)) is not None:
        rows += page
        number += 1
    ended = walk.ended and number >= len(walk.pages)
    return Head(rows[:first], more=len(rows) > first or not ended)


def _parts(route: str, key: str) -> tuple[str, ...]:
    """A key as the parts that a route asks for; none where it isn't such a key.

    The second part, if there is one, is a number.
    """
    if route.count("{}") == 1:
        return (key,) if is_id(key) else ()
    parts = split_key(key, 2)
    if parts is None or not is_id(parts[0]) or not _NUMBER.fullmatch(parts[1]):
        return ()
    return parts


def _list(answer: Answer, name: str) -> list[Any]:
    rows = answer.body.get(name) if isinstance(answer.body, Mapping) else None
    if not isinstance(rows, list):
        raise ProviderError(Kind.BAD_RESPONSE, "the provider's answer has no rows")
    answer.call.rows = len(rows)
    return rows


def period(since: datetime | None, until: datetime | None) -> Params:
    return {
        "since": moment(since) if since is not None else None,
        "until": moment(until) if until is not None else None,
    }


def place_of(query: Query) -> Place:
    return Place.resume(query.page or "", 1, INCLUDES)
