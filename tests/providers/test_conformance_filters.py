"""What every provider's client keeps to: filters and orders, as its listings name them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from providers.base import Listing, Query
from providers.model import Record
from resolvers.filters import CHECKS, passes
from tests.providers.conforming import (
    PLURALS,
    Opened,
    asking,
    key_of,
)

LEFT_TO_THE_CALLER: Mapping[tuple[str, str], str] = {
    ("stackone", "list_courses"): (
        "categories contents created_from created_until languages skills status_text title "
        "updated_until"
    ),
    ("stackone", "list_contents"): "categories courses languages skills status_text",
    ("stackone", "list_completions"): (
        "completed_from completed_until contents courses created_from created_until updated_until "
        "users"
    ),
    ("stackone", "list_assignments"): (
        "courses created_from created_until status_text updated_until users"
    ),
    ("stackone", "list_users"): "status status_text",
    ("stackone", "list_categories"): "status status_text",
    ("stackone", "list_skills"): "status status_text",
    ("scorm_cloud", "list_completions"): (
        "completed_from completed_until started_from started_until"
    ),
    ("scorm_cloud", "list_assignments"): "starts_from starts_until status status_text",
    ("scorm_cloud", "list_users"): "email",
    ("vitalsource", "list_courses"): ("status status_text remote_id external_reference title key"),
    ("vitalsource", "list_users"): "email",
    ("vitalsource", "list_assignments"): "users",
}
"""Filters that the provider doesn't know: rows carry the field, and the caller drops the others."""

PLURAL_FILTERS = frozenset(
    {"ids", "categories", "skills", "instructors", "contents", "courses", "users", "languages"}
) | {"tags"}

SINGULAR = {"users": "user_ref", "courses": "course_ref", "contents": "content_ref"}

UNSEEN: Mapping[str, Any] = {
    "ends_from": datetime.fromisoformat("2000-01-01T00:00:00+00:00"),
    "ends_until": datetime.fromisoformat("2100-01-01T00:00:00+00:00"),
    "tag": "a",
    "tags": ("safety", "welcome"),
}
"""Filters by what no row of some lists shows, with values: only that they narrow can be seen."""

LINKED = {
    "course_title": ("course_ref", "title"),
    "user_first_name": ("user_ref", "first_name"),
    "user_last_name": ("user_ref", "last_name"),
}
"""Filters by a field of another record: which one, and the field."""


def value_for(name: str, values: list[Any]) -> Any:
    """A value for a filter that some rows pass and, where they differ, some don't."""
    present = [value for value in values if value is not None]
    if name in PLURAL_FILTERS:
        return tuple(dict.fromkeys(present))[:2]
    if name.endswith(("_from", "_until")):
        return sorted(present)[len(present) // 2]
    if name in ("title", "key", "tag", *LINKED):
        return re.split(r"[\s/]", present[0])[0][:6]
    return present[0]


def flat(value: Any) -> list[Any]:
    """A field's values as a filter would name them."""
    several = value if isinstance(value, tuple) else (value,)
    return [getattr(each, "code", None) or key_of(each) for each in several if each is not None]


async def values_of(source: Opened, plural: str, name: str, rows: Sequence[Any]) -> list[Any]:
    """What the rows say in the field that a filter looks at."""
    if name in LINKED:
        ref, field = LINKED[name]
        return [getattr(await linked(source, ref, row), field) for row in rows]
    if plural == "users" and name == "courses":
        return await source.keys("courses")
    by_filter = {
        "tags": "tags",
        "tag": "tags",
        "contents": "content_refs",
        "courses": "course_refs",
    }
    field = CHECKS[name][0] if name in CHECKS else by_filter.get(name, name)
    if name in SINGULAR and not hasattr(rows[0], field):
        field = SINGULAR[name]
    return [value for row in rows for value in flat(getattr(row, field))]


async def linked(source: Opened, ref: str, row: Any) -> Any:
    """The record that a row names."""
    value = getattr(row, ref)
    if isinstance(value, Record):
        return value
    found = await source.read("courses" if ref == "course_ref" else "users", asking(), [value])
    return found[value]


async def test_filters_are_honoured(source: Opened) -> None:
    for plural in source.lists:
        listing = source.client.listings[f"list_{plural}"]
        rows = await source.every(plural)
        for name in sorted(listing.filters):
            if name in UNSEEN and plural in ("completions", "assignments"):
                found = await source.every(plural, 7, **{name: UNSEEN[name]})
                assert {row.key for row in found} <= {row.key for row in rows}, (plural, name)
                continue
            values = await values_of(source, plural, name, rows)
            if not [value for value in values if value is not None]:
                continue
            await check_filter(source, plural, name, value_for(name, values), rows)


async def check_filter(
    source: Opened, plural: str, name: str, value: Any, rows: Sequence[Any]
) -> None:
    found = await source.every(plural, 7, **{name: value})
    where = (source.client.provider, f"list_{plural}", name, value)
    test = passes(PLURALS[plural], {name: value})
    expected = [row.key for row in rows if test(row)]
    if name in LINKED:
        ref, field = LINKED[name]
        expected = [
            row.key
            for row in rows
            if value.casefold() in (getattr(await linked(source, ref, row), field) or "").casefold()
        ]
    kept = [row.key for row in found if test(row)]
    assert found and len(set(kept)) == len(kept), where
    if name in CHECKS or name in LINKED or plural != "users":
        assert set(kept) == set(expected), where
    if name not in LEFT_TO_THE_CALLER.get(where[:2], "").split():
        assert len(kept) == len(found), where


async def test_a_filter_that_nothing_passes_gives_nothing(source: Opened) -> None:
    for plural in source.lists:
        listing = source.client.listings[f"list_{plural}"]
        nothing: dict[str, Any] = {
            "ids": ("does-not-exist",),
            "remote_id": "does-not-exist",
            "external_reference": "does-not-exist",
            "email": "nobody@nowhere.example",
            "title": "no such title",
            "updated_from": datetime.fromisoformat("2100-01-01T00:00:00+00:00"),
            "created_until": datetime.fromisoformat("1900-01-01T00:00:00+00:00"),
        }
        for name in sorted(listing.filters & nothing.keys()):
            found = await source.every(plural, 7, **{name: nothing[name]})
            test = passes(PLURALS[plural], {name: nothing[name]})
            assert not [row for row in found if test(row)], (plural, name)


SORTED_BY: Mapping[str, Callable[[Any], Any]] = {
    "created": lambda row: row.created_at,
    "updated": lambda row: row.updated_at,
    "title": lambda row: row.title.casefold(),
}


async def test_orders_are_kept(source: Opened) -> None:
    for plural in source.lists:
        name = f"list_{plural}"
        whole = {row.key for row in await source.every(plural)}
        for order in sorted(source.client.listings[name].orders):
            field, _, direction = order.rpartition("_")
            rows = [row async for row in ordered(source, name, order)]
            assert {row.key for row in rows} == whole, order
            if field not in SORTED_BY:
                ref, linked_field = LINKED[field]
                values = [
                    (getattr(await linked(source, ref, row), linked_field) or "").casefold()
                    for row in rows
                ]
            else:
                values = [SORTED_BY[field](row) for row in rows]
            known = [value for value in values if value]
            assert known == sorted(known, reverse=direction == "desc"), (plural, order)


async def ordered(source: Opened, name: str, order: str) -> AsyncIterator[Any]:
    token: str | None = None
    while True:
        page = await source.read(name, asking(), Query(10, token, order=order))
        for row in page.items:
            yield row
        if (token := page.next) is None:
            return


async def test_what_can_be_listed_says_how(source: Opened) -> None:
    for plural in source.lists:
        listing = source.client.listings[f"list_{plural}"]
        assert isinstance(listing, Listing)
        assert listing.needs <= listing.filters
    for name in source.client.listings:
        assert source.has(name)
