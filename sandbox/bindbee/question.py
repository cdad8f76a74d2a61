"""What a request asks for: its parameters, checked as FastAPI checks them.

Parameters that Bindbee doesn't know are ignored, as FastAPI ignores them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from starlette.datastructures import QueryParams

from sandbox.bindbee.models import Model
from sandbox.bindbee.table import Sought, Span, id_of

MOST = 200
DEFAULT = 50

BOOLEANS = {
    **dict.fromkeys(("true", "1", "on", "t", "y", "yes"), True),
    **dict.fromkeys(("false", "0", "off", "f", "n", "no"), False),
}

# expand = item *("," item); item = relation [ "[" field *("," field) "]" ]
ITEM = re.compile(r"([a-z_]+)(?:\[([^\]]*)\])?(?:,|$)")

Expansion = Mapping[str, frozenset[str] | None]
"""The relations to expand, with the fields to show of each; None shows all."""


class Invalid(Exception):
    """A parameter that breaks its rule: one entry of a 422's `detail`."""

    def __init__(self, loc: tuple[str | int, ...], kind: str, msg: str, **extra: Any) -> None:
        super().__init__(msg)
        self.entry = {"type": kind, "loc": list(loc), "msg": msg, **extra}


@dataclass(frozen=True, slots=True)
class Shape:
    """How each row is shown."""

    expansion: Expansion
    with_raw_data: bool
    with_custom_fields: bool


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows of a list are asked for, and how many of them."""

    sought: tuple[Sought, ...]
    spans: tuple[Span, ...]
    after: str | None
    size: int


def read_shape(params: QueryParams, model: Model) -> Shape:
    """Read what by-id and list requests have in common; raises `Invalid`."""
    return Shape(
        expansion=read_expansion(params.get("expand", ""), model),
        with_raw_data=read_flag(params, "include_raw_data"),
        with_custom_fields=read_flag(params, "include_custom_fields"),
    )


def read_question(params: QueryParams, model: Model) -> Question:
    """Read the filters and the paging of a list; raises `Invalid`."""
    return Question(
        sought=tuple(read_matches(params, model)),
        spans=tuple(read_spans(params, model)),
        after=read_cursor(params.get("cursor")),
        size=read_size(params.get("page_size")),
    )


def read_expansion(text: str, model: Model) -> Expansion:
    """Relations that the model doesn't have, and what isn't in the grammar, is passed over.

    Bindbee publishes no example of either, nor of a relation inside a relation.
    """
    return {
        relation: frozenset(fields.split(",")) if fields is not None else None
        for relation, fields in ((item[1], item[2]) for item in ITEM.finditer(text))
        if relation in model.relations
    }


def read_flag(params: QueryParams, name: str, default: bool = False) -> bool:
    text = params.get(name)
    if text is None:
        return default
    if text.lower() not in BOOLEANS:
        message = "Input should be a valid boolean, unable to interpret input"
        raise Invalid(("query", name), "bool_parsing", message, input=text)
    return BOOLEANS[text.lower()]


def read_size(text: str | None) -> int:
    """A page size from 1 to 200: more is refused, not cut down."""
    if text is None:
        return DEFAULT
    loc = ("query", "page_size")
    if not re.fullmatch(r"\s*[+-]?\d{1,9}\s*", text):
        message = "Input should be a valid integer, unable to parse string as an integer"
        raise Invalid(loc, "int_parsing", message, input=text)
    size = int(text)
    if size > MOST:
        message = f"Input should be less than or equal to {MOST}"
        raise Invalid(loc, "less_than_equal", message, input=text, ctx={"le": MOST})
    if size < 1:
        message = "Input should be greater than or equal to 1"
        raise Invalid(loc, "greater_than_equal", message, input=text, ctx={"ge": 1})
    return size


def read_cursor(text: str | None) -> str | None:
    if not text:
        return None
    try:
        return id_of(text)
    # What a broken cursor leads to isn't published: here it is a parameter like any other.
    except ValueError:
        message = "Value error, invalid cursor"
        raise Invalid(("query", "cursor"), "value_error", message, input=text) from None


def read_matches(params: QueryParams, model: Model) -> list[Sought]:
    """A filter without a value filters nothing (not published; so does `if ids:`)."""
    sought = []
    for name, match in model.matches.items():
        if name == "is_active":
            if name in params:
                sought.append(Sought(match.field, [read_flag(params, name)]))
        elif text := params.get(name):
            values = text.split(",") if match.many else [text]
            sought.append(Sought(match.field, values, match.ignores_case))
    return sought


def read_spans(params: QueryParams, model: Model) -> list[Span]:
    spans = []
    for time in model.spans:
        earliest = read_time(params, f"{time}_from")
        latest = read_time(params, f"{time}_to")
        if earliest or latest:
            spans.append(Span(time, earliest, latest))
    return spans


def read_time(params: QueryParams, name: str) -> datetime | None:
    """An ISO 8601 date or time; without an offset it is UTC."""
    text = params.get(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = "Input should be a valid datetime"
        raise Invalid(("query", name), "datetime_parsing", message, input=text) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_id(text: str, name: str = "id") -> str:
    try:
        return str(UUID(text))
    except ValueError:
        message = "Input should be a valid UUID"
        raise Invalid(("path", name), "uuid_parsing", message, input=text) from None
