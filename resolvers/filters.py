"""Filters and orders, by their unified names: what of a row shows that it passes.

Every row is checked again here, since a source may ignore a filter. Names without a check are those
whose values the rows don't carry; a source offers them only if it honours them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from providers.base import Client, Listing
from providers.errors import Kind, ProviderError
from providers.model import Record


def _key(ref: Any) -> Any:
    return ref.key if isinstance(ref, Record) else ref


def _same(row: Any, value: Any) -> bool:
    return bool(row == value)


def _from(row: Any, value: Any) -> bool:
    return row is not None and row >= value


def _until(row: Any, value: Any) -> bool:
    return row is not None and row <= value


def _folded(row: Any, value: str) -> bool:
    return isinstance(row, str) and row.casefold() == value.casefold()


def _contains(row: Any, value: str) -> bool:
    return isinstance(row, str) and value.casefold() in row.casefold()


def _tag_contains(row: Any, value: str) -> bool:
    return any(_contains(tag, value) for tag in row or ())


def _any(row: Any, values: Any) -> bool:
    return any(each in values for each in row or ())


def _one_of(row: Any, values: Any) -> bool:
    return _key(row) in values


def _refers(row: Any, values: Any) -> bool:
    return any(_key(each) in values for each in row or ())


def _speaks(row: Any, values: Any) -> bool:
    return any(each.code in values or each.tag in values for each in row or ())


Check = Callable[[Any, Any], bool]

CHECKS: Mapping[str, tuple[str, Check]] = {
    "ids": ("key", _one_of),
    "key": ("key", _contains),
    "status": ("status", _same),
    "status_text": ("status_text", _same),
    "remote_id": ("remote_id", _same),
    "external_reference": ("external_reference", _same),
    "email": ("email", _folded),
    "title": ("title", _contains),
    "categories": ("category_refs", _refers),
    "skills": ("skill_refs", _refers),
    "instructors": ("instructor_refs", _refers),
    "languages": ("languages", _speaks),
    "grade": ("grade", _same),
    "grade_text": ("grade_text", _same),
    "created_from": ("created_at", _from),
    "created_until": ("created_at", _until),
    "updated_from": ("updated_at", _from),
    "updated_until": ("updated_at", _until),
    "started_from": ("started_at", _from),
    "started_until": ("started_at", _until),
    "completed_from": ("completed_at", _from),
    "completed_until": ("completed_at", _until),
    "starts_from": ("starts_at", _from),
    "starts_until": ("starts_at", _until),
}
"""By filter: the field of the row that is looked at, and the test of it against the filter's
value."""

BY_TYPE: Mapping[tuple[str, str], tuple[str, Check]] = {
    ("Course", "contents"): ("content_refs", _refers),
    ("Course", "tags"): ("tags", _any),
    ("Course", "tag"): ("tags", _tag_contains),
    ("Content", "courses"): ("course_refs", _refers),
    **{
        (type, plural): (field, _one_of)
        for type in ("Completion", "Assignment")
        for plural, field in {
            "users": "user_ref",
            "courses": "course_ref",
            "contents": "content_ref",
        }.items()
    },
}
"""The same, for filters whose field depends on the type."""


def _check(type: str, name: str) -> tuple[str, Check] | None:
    return BY_TYPE.get((type, name)) or CHECKS.get(name)


def needed(type: str, names: Any) -> set[str]:
    """The fields that checking these filters looks at."""
    found = (_check(type, name) for name in names)
    return {check[0] for check in found if check and check[0] != "key"}


def passes(type: str, filters: Mapping[str, Any]) -> Callable[[Any], bool]:
    """A test of rows against filters."""
    checks = [(check, value) for name, value in filters.items() if (check := _check(type, name))]

    def test(row: Any) -> bool:
        return all(check(getattr(row, field), value) for (field, check), value in checks)

    return test


def refuse_unsupported(
    client: Client, listing: str, filters: Mapping[str, Any], order: str | None
) -> None:
    """Make sure that a source can list so.

    Raises:
        ProviderError: ``UNSUPPORTED``, saying which filter or order the source can't answer.
    """
    offered = client.listings.get(listing, Listing())
    if unknown := sorted(set(filters) - offered.filters):
        names = ", ".join(f"`{argument(name)}`" for name in unknown)
        _refuse(client, f"this source can't filter by {names}")
    if order is not None and order not in offered.orders:
        _refuse(client, "this source can't sort so; ask it without `orderBy`")
    if missing := sorted(offered.needs - set(filters)):
        names = ", ".join(f"`{argument(name)}`" for name in missing)
        _refuse(client, f"this source lists only with a filter by {names}")


def _refuse(client: Client, detail: str) -> None:
    raise ProviderError(Kind.UNSUPPORTED, detail, source=client.source, provider=client.provider)


def argument(name: str) -> str:
    """The name of a filter, as callers write it."""
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)
