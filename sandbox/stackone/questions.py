"""What a request asks of a list or of a record: its fields, filters, page and raw answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.datastructures import QueryParams

from sandbox.stackone.fields import Generation, Resource
from sandbox.stackone.paging import DEFAULT_SIZE, LARGEST_SIZE, Place
from sandbox.stackone.refusals import refused

# The published spec declares `filter` as deepObject on some lists only; on the others the
# official client writes filter[status]=completed as status=completed.
FLATTENED: Mapping[str, frozenset[str]] = {"assignments": frozenset({"status"})}

STATUSES = frozenset({"pending", "in_progress", "completed", "unmapped_value"})

PROXY = re.compile(r"proxy\[(.+)]")

KNOWN = frozenset(
    {"raw", "fields", "page", "page_size", "next", "updated_after", "user_id", "remote_user_id"}
)


@dataclass(frozen=True, slots=True)
class Question:
    """The query parameters of a read, understood."""

    fields: frozenset[str]
    """Top-level names to show; empty for all of the published row."""
    filters: Mapping[str, str]
    place: Place
    size: int
    raw: bool
    passed_on: Mapping[str, str]
    """Parameters that `proxy` passes on to the LMS."""


def understand(query: QueryParams, resource: Resource, generation: Generation) -> Question:
    """Read the parameters of a list or a record; refused with 400 are values that make no sense.

    Names that the operation doesn't have are ignored: what they do at StackOne isn't published.
    """
    filters = asked_filters(query, resource, generation)
    # Above the maximum is clamped: that it is refused is nowhere said.
    size = min(counted(query, "page_size", DEFAULT_SIZE), LARGEST_SIZE)
    return Question(
        fields=frozenset(name.strip() for name in query.get("fields", "").split(",")) - {""},
        filters=filters,
        place=asked_place(query, resource, size),
        size=size,
        raw=query.get("raw", "").lower() == "true",
        passed_on=dict(passed_on(query, resource)),
    )


def asked_filters(query: QueryParams, resource: Resource, generation: Generation) -> dict[str, str]:
    flattened = FLATTENED.get(resource.name, frozenset()) | {"updated_after"}
    filters = {}
    for name in resource.filtered_by(generation):
        value = query.get(f"filter[{name}]") or (query.get(name) if name in flattened else None)
        if value:
            check(name, value)
            filters[name] = value
    return filters


def check(name: str, value: str) -> None:
    if name == "updated_after":
        moment(value)
    if name == "status" and value not in STATUSES:
        raise refused(400, f"filter.status must be one of {', '.join(sorted(STATUSES))}")
    # The spec knows `true` only: the filter selects active rows or nothing.
    if name == "active" and value != "true":
        raise refused(400, "filter.active must be true")


def moment(text: str) -> datetime:
    """Read an ISO 8601 date or date-time; without an offset it is taken as UTC."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise refused(400, "updated_after must be a valid ISO 8601 date string") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def asked_place(query: QueryParams, resource: Resource, size: int) -> Place:
    """Find where the page begins: `next`, or the deprecated `page`, a number or a cursor.

    The answer's `next_page`, deprecated too, is what once went into `page`.
    """
    page = query.get("page", "")
    cursor = query.get("next") or ("" if page.isdecimal() else page)
    if not cursor:
        return Place((counted(query, "page", 1) - 1) * size)
    try:
        return Place.of_cursor(cursor, resource.name)
    except ValueError:
        raise refused(400, "Invalid cursor") from None


def counted(query: QueryParams, name: str, default: int) -> int:
    """Read a positive number; that another one is a bad request is our choice, not published."""
    text = query.get(name) or str(default)
    if not text.isdecimal() or len(text) > 9 or int(text) < 1:
        raise refused(400, f"{name} must be a positive number")
    return int(text)


def passed_on(query: QueryParams, resource: Resource) -> list[tuple[str, str]]:
    """List the parameters for the LMS: `proxy[limit]=5`, `proxy[filter[eq][age]]=25`.

    Where the spec declares `proxy` without a style, the official client writes `limit=5`.
    https://docs.stackone.com/guides/using-the-passthrough-query-parameters
    """
    parameters = []
    for name, value in query.multi_items():
        if match := PROXY.fullmatch(name):
            parameters.append((outward(match[1]), value))
        elif name not in KNOWN | resource.filters and not name.startswith("filter["):
            parameters.append((name, value))
    return parameters


def outward(name: str) -> str:
    """Name what stands inside `proxy[...]`: both its forms mean filter[eq][age].

    The docs write proxy[filter[eq][age]], the official client proxy[filter][eq][age].
    """
    head, split, rest = name.partition("][")
    return f"{head}[{rest}]" if split and "[" not in head else name
