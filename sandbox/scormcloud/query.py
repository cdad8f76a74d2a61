"""Reads what a request asks for: times, flags, and pages that a `more` token continues."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.scormcloud.refusals import bad_request
from sandbox.wire import JSONAnswer

T = TypeVar("T")

# Not documented; what the live service was seen to do.
PAGE_SIZE = 10


class Query:
    """The parameters of a request, or those that the first request of its walk came with.

    The reference lets no other parameter accompany the token; what was asked for first holds on.
    """

    def __init__(self, request: Request) -> None:
        asked = request.query_params
        self.path: str = request.scope["path"]
        self.values: dict[str, list[str]] = {name: asked.getlist(name) for name in asked}
        self.start = 0
        if "more" in self.values:
            if len(asked.multi_items()) > 1:
                raise bad_request("No other parameter may accompany 'more'.")
            self._resume(self.values.pop("more")[0])

    def _resume(self, token: str) -> None:
        try:
            place = msgspec.json.decode(decode(token), type=_Place)
        except (binascii.Error, msgspec.DecodeError, UnicodeError, ValueError) as error:
            raise bad_request(f"'{token[:40]}' is not a valid 'more' token.") from error
        if place.path != self.path or place.start < 0:
            raise bad_request("The 'more' token belongs to another list.")
        self.values, self.start = place.values, place.start

    def more(self, start: int) -> str:
        return encode(msgspec.json.encode(_Place(self.path, self.values, start)))

    def text(self, name: str) -> str | None:
        return self.values.get(name, [None])[0] or None

    def flag(self, name: str) -> bool:
        """`true` or `false`; the official Python client writes `True` and `False`."""
        given = self.text(name) or "false"
        if given.lower() not in ("true", "false"):
            raise bad_request(f"'{given}' is not a boolean value of '{name}'.")
        return given.lower() == "true"

    def choice(self, name: str, choices: Mapping[str, T], default: str) -> T:
        given = self.text(name) or default
        if given not in choices:
            raise bad_request(f"'{given}' is not a valid value of '{name}': {', '.join(choices)}")
        return choices[given]

    def time(self, name: str) -> datetime | None:
        given = self.text(name)
        return None if given is None else read_time(given)

    def list_of(self, name: str) -> tuple[str, ...]:
        """Values that commas part, or repetitions of the parameter."""
        joined = ",".join(self.values.get(name, []))
        return tuple(each.strip() for each in joined.split(",") if each.strip())

    def tags(self) -> frozenset[str]:
        return frozenset(self.list_of("tags"))


class _Place(msgspec.Struct, frozen=True):
    path: str
    values: dict[str, list[str]]
    start: int


def encode(data: bytes) -> str:
    """Bytes as text that needs no quoting anywhere in a URL."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def decode(token: str) -> bytes:
    return urlsafe_b64decode(token + "=" * (-len(token) % 4))


def read_time(given: str) -> datetime:
    """An ISO 8601 timestamp, in UTC where it names no zone."""
    try:
        time = datetime.fromisoformat(given)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise bad_request(
            f"'{given[:80]}' is either not a timestamp or seems to be not formatted according to "
            "ISO 8601"
        ) from error


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """What a list can be asked for: which times, which fields to filter by and to order by.

    The first entry of `times` and of `texts` is what the reference gives as the default.
    """

    times: Mapping[str, Callable[[T], datetime]]
    texts: Mapping[str, Callable[[T], Sequence[str]]]
    orders: Mapping[str, Callable[[T], Any]]
    tags: Callable[[T], Sequence[str]]

    def select(self, rows: Sequence[T], query: Query) -> list[T]:
        time = query.choice("datetimeFilter", self.times, next(iter(self.times)))
        text = query.choice("filterBy", self.texts, next(iter(self.texts)))
        kept = within(rows, query, time)
        wanted, tags = query.text("filter"), query.tags()
        if wanted is not None:
            # How the filter matches is not documented: any part of the field, in any case.
            kept = [
                row for row in kept if any(wanted.lower() in each.lower() for each in text(row))
            ]
        if tags:
            kept = [row for row in kept if tags & set(self.tags(row))]
        return self._order(kept, query)

    def _order(self, rows: list[T], query: Query) -> list[T]:
        orders = {
            f"{name}_{way}": (field, way == "desc")
            for name, field in self.orders.items()
            for way in ("asc", "desc")
        }
        field, backwards = query.choice("orderBy", orders, "created_desc")
        return sorted(rows, key=field, reverse=backwards)


def within(rows: Sequence[T], query: Query, time: Callable[[T], datetime]) -> list[T]:
    """The rows of `since` to `until`, both included."""
    since, until = query.time("since"), query.time("until")
    return [
        row
        for row in rows
        if (since is None or time(row) >= since) and (until is None or time(row) <= until)
    ]


def page(name: str, rows: Sequence[T], query: Query, show: Callable[[T], Any]) -> Response:
    """One page of a list, with `more` unless it is the last one."""
    end = query.start + PAGE_SIZE
    shown = [show(row) for row in rows[query.start : end]]
    body: dict[str, Any] = {name: shown}
    if end < len(rows):
        body["more"] = query.more(end)
    counts = query.flag("includeTotalCount") and query.start == 0
    headers = {"X-Total-Count": str(len(rows))} if counts else None
    return JSONAnswer(body, headers=headers, rows=len(shown))


def written(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def written_to_the_millisecond(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z")
