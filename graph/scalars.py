"""The scalars beyond GraphQL's own: what they look like, and where that is specified."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, NewType

import msgspec
import strawberry
from graphql import GraphQLError, ValueNode, value_from_ast_untyped
from strawberry.types.scalar import ScalarDefinition

from graph.engine import Written

URL = NewType("URL", str)
Duration = NewType("Duration", str)
JSON = NewType("JSON", object)

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _write_instant(value: datetime) -> str:
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat()[:-6] + "Z"  # which is +00:00


def _read_instant(value: Any) -> datetime:
    try:
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            raise ValueError(value)
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise GraphQLError(
            "a DateTime is RFC 3339 text with an offset, such as 2026-01-31T09:30:00Z"
        ) from None


def _read_day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError("a Date is ISO 8601 text, such as 2026-01-31") from None


def _in_document(read: Callable[[Any], Any]) -> Callable[..., Any]:
    """How a value is read where it stands in the document: an error says where that is."""

    def parse(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        try:
            return read(value_from_ast_untyped(node, variables))
        except GraphQLError as error:
            raise GraphQLError(error.message, node) from None

    return parse


def _same(value: Any) -> Any:
    return value


def _write_instants(values: Sequence[datetime]) -> list[Any]:
    # msgspec writes instants in UTC as ``_write_instant`` does, only faster.
    utc = [value if value.tzinfo is UTC else value.astimezone(UTC) for value in values]
    written: list[Any] = msgspec.to_builtins(utc)
    return written


WRITTEN: dict[str, Written] = {
    "URL": Written(str),
    "Duration": Written(str),
    "DateTime": Written(datetime, _write_instants),
}
"""By name, what scalars are in our records, and how these are written."""

SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="Instant in UTC, as RFC 3339 text such as `2026-01-31T09:30:00Z`.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=_write_instant,
        parse_value=_read_instant,
        parse_literal=_in_document(_read_instant),
    ),
    date: strawberry.scalar(
        name="Date",
        description="Day without a time, as ISO 8601 text such as `2026-01-31`.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date",
        serialize=date.isoformat,
        parse_value=_read_day,
        parse_literal=_in_document(_read_day),
    ),
    URL: strawberry.scalar(
        name="URL",
        description="Address on the web, as the source gives it.",
        specified_by_url="https://url.spec.whatwg.org/",
        serialize=_same,
        parse_value=_same,
    ),
    Duration: strawberry.scalar(
        name="Duration",
        description="Length of time, as ISO 8601 text such as `PT1H30M`.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#appendix-A",
        serialize=_same,
        parse_value=_same,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value, for what a source's customers define themselves.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=_same,
        parse_value=_same,
    ),
}
"""By Python type."""
