"""What sources claim that their lists can be asked, and what of the academy then passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import httpx
from strawberry.utils.str_converters import to_camel_case

from graph.lists import LISTED
from providers.base import Listing
from providers.sources import open_sources
from resolvers import ids
from tests.graph.asking import SOURCES, demo, settings
from tests.graph.expected.values import Row
from tests.graph.known import TYPES, rosters
from tests.graph.known import rows as known_rows

REFERRED = {
    "categories": "Category",
    "skills": "Skill",
    "instructors": "Instructor",
    "contents": "Content",
    "courses": "Course",
    "users": "User",
}
"""Filters by ids, and the type of these; ``ids`` are of what is listed."""


@cache
def listings() -> Mapping[str, Mapping[str, Listing]]:
    """By letter and list, what a source claims."""
    clients = open_sources(settings(), httpx.ASGITransport(demo()[1]))
    return {
        letter: {name.removeprefix("list_"): listing for name, listing in client.listings.items()}
        for letter, client in zip("BSCV", clients.values(), strict=True)
    }


def claims(letter: str, plural: str) -> Listing | None:
    return listings()[letter].get(plural)


def source_of(letter: str) -> str:
    return list(SOURCES)["BSCV".index(letter)]


@cache
def input_fields(plural: str) -> tuple[str, ...]:
    """The filters of a list, as the schema has them."""
    filter_type, _ = LISTED[plural]
    return tuple(to_camel_case(name) for name in filter_type.__annotations__)


def camel(names: Iterable[str]) -> set[str]:
    return {to_camel_case(name) for name in names}


BY_NAME = [(plural, name) for plural in LISTED for name in input_fields(plural)]

# What a row must be like to pass, in words of the graph's own answers.


def keys_in(value: Iterable[str]) -> set[str]:
    return {ids.decode(each).key for each in value}


def contains(text: str | None, part: str) -> bool:
    return text is not None and part.casefold() in text.casefold()


def refers(row: Row, name: str, value: Iterable[str]) -> bool:
    wanted = keys_in(value)
    hidden = row.get(f"-{name}")
    if hidden is not None:
        return bool(wanted & set(hidden))
    several = row.get(name)  # the list of a course's contents, of a content's courses
    if isinstance(several, list):
        return bool(wanted & {each["key"] for each in several})
    one = row.get({"courses": "course", "contents": "content", "users": "user"}[name])
    return one is not None and one["key"] in wanted


TIMES = {
    "created": "createdAt",
    "updated": "updatedAt",
    "started": "startedAt",
    "completed": "completedAt",
    "starts": "startsAt",
    "ends": "-endsAt",
}


def passes(row: Row, name: str, value: Any) -> bool:
    """Whether the academy's row is one that a filter asks for."""
    if name == "ids":
        return row["key"] in keys_in(value)
    if name in REFERRED:
        return refers(row, name, value)
    for end in ("From", "Until"):
        if name.endswith(end):
            moment = row.get(TIMES[name.removesuffix(end)])
            return moment is not None and (moment >= value if end == "From" else moment <= value)
    shown = row.get(f"-{name}", row.get(name))
    match name:
        case "key" | "title" | "courseTitle" | "userFirstName" | "userLastName":
            return contains(shown, value)
        case "email":
            return shown is not None and shown.casefold() == value.casefold()
        case "languages":
            return any({each["code"], each["tag"]} & set(value) for each in shown or ())
        case "tags":
            return bool(set(value) & set(tags_of(row)))
        case "tag":
            return any(contains(each, value) for each in tags_of(row))
        case _:
            return bool(shown == value)


def tags_of(row: Row) -> list[str]:
    tags: list[str] | None = row.get("-tags", row.get("tags"))
    return tags or []


# Values to filter by, out of the academy: such that some rows pass, and mostly not all.


def share(values: Iterable[Any], part: float) -> Any:
    """The value that this part of all values is smaller than."""
    found = sorted(each for each in values if each is not None)
    return found[int(len(found) * part)]


def median(values: Iterable[Any]) -> Any:
    return share(values, 0.5)


def common(values: Iterable[Any]) -> Any:
    ((value, _),) = Counter(each for each in values if each is not None).most_common(1)
    return value


def rare(values: Iterable[Any]) -> Any:
    (*_, (value, _)) = Counter(each for each in values if each is not None).most_common()
    return value


def a_value(plural: str, name: str, letter: str) -> Any:
    """Something to filter by, at a source that can."""
    rows = list(known_rows(plural, letter).values())
    if name == "ids":
        return encoded(TYPES[plural], letter, [rows[at]["key"] for at in (0, len(rows) // 2, -1)])
    if name in REFERRED:
        return encoded(REFERRED[name], letter, referred(rows, name))
    for end in ("From", "Until"):
        if name.endswith(end):
            moments = [row.get(TIMES[name.removesuffix(end)]) for row in rows]
            return share(moments, 0.9 if end == "From" else 0.1)
    match name:
        case "key" | "title" | "courseTitle" | "userFirstName" | "userLastName":
            text: str = median(row.get(f"-{name}", row.get(name)) for row in rows)
            return text[1:5].swapcase()
        case "email":
            return str(median(row["email"] for row in rows)).upper()
        case "remoteId" | "externalReference":
            return median(row[name] for row in rows)
        case "languages":
            return sorted({each["code"] for row in rows for each in row["languages"] or ()})[:2]
        case "tags":
            return sorted({tag for row in rows for tag in tags_of(row)})[:2]
        case "tag":
            return common(tag for row in rows for tag in tags_of(row))[1:4].upper()
        case _:  # of a source with many rows, few
            values = [row[name] for row in rows]
            return rare(values) if letter == "B" else common(values)


def encoded(type: str, letter: str, keys: Iterable[str]) -> list[str]:
    return [ids.encode(type, source_of(letter), key) for key in keys]


def referred(rows: Iterable[Row], name: str) -> list[str]:
    """Two keys that rows refer to."""
    found: list[str] = []
    for row in rows:
        if (hidden := row.get(f"-{name}")) is not None:
            found += hidden
        elif isinstance(several := row.get(name), list):
            found += [each["key"] for each in several]
        else:
            one = row.get({"courses": "course", "contents": "content", "users": "user"}[name])
            found += [one["key"]] if one else []
    return list(dict.fromkeys(found))[:2]


def wanted_keys(plural: str, letter: str, filter: Mapping[str, Any]) -> list[str]:
    return sorted(
        key
        for key, row in known_rows(plural, letter).items()
        if all(passes(row, name, value) for name, value in filter.items())
    )


def needed(plural: str, letter: str) -> dict[str, Any]:
    """Filters without which a source can't list."""
    listing = claims(letter, plural)
    if listing is None or not listing.needs:
        return {}
    return {"courses": encoded("Course", letter, rosters())}
