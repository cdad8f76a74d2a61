"""How Bindbee's lists are asked: which models there are, what is expanded, and what a walk keeps.

https://docs.bindbee.dev/basics/pagination and https://docs.bindbee.dev/reading-data/expand
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Generic, TypeVar

from providers.base import Ask
from providers.bindbee import reading as tables
from providers.errors import Kind, ProviderError
from providers.model import Record
from providers.reading import Facet, Nested, Reader, Selection

R = TypeVar("R", bound=Record)

LARGEST_PAGE = 200
"""More is refused with 422. https://docs.bindbee.dev/basics/pagination"""


def wire_value(value: Any) -> str:
    """A filter's value on the wire: lists with commas, enums by value, instants in ISO 8601."""
    if isinstance(value, Enum):
        return "-" if value.value == "NONE" else str(value.value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str) else ",".join(map(wire_value, value))


def filter_value(name: str, value: Any) -> str:
    """The value of a filter on the wire, by the filter's unified name."""
    if name != "languages":
        return wire_value(value)
    # Codes are POSIX-like: the tag pt-BR is pt_BR here. https://docs.bindbee.dev/enum-values
    forms = (form for code in value for form in (code, code.replace("-", "_")))
    return wire_value(tuple(dict.fromkeys(forms)))


@dataclass(frozen=True, slots=True)
class Model(Generic[R]):
    """One of Bindbee's models: where it is, how it is read, and how its list is narrowed."""

    path: str
    reader: Reader[R]
    filters: Mapping[str, str]
    """Parameter by unified filter name."""
    expands: bool = True

    def relation(self, parameter: str) -> str:
        """The field that names what the list is narrowed to by this parameter."""
        return next(
            cell.name
            for cell in self.reader.cells.values()
            if isinstance(cell.converter, Nested) and cell.paths == ((parameter,),)
        )


COURSES = Model(
    "courses",
    tables.COURSE,
    {
        "ids": "ids",
        "status": "status",
        "status_text": "status",
        "remote_id": "remote_id",
        "categories": "categories",
        "skills": "skills",
        "instructors": "instructors",
        "contents": "contents",
        "languages": "languages",
    },
)
CONTENTS = Model(
    "contents",
    tables.CONTENT,
    {
        "ids": "ids",
        "status": "status",
        "status_text": "status",
        "remote_id": "remote_id",
        "courses": "courses",
        "categories": "categories",
        "skills": "skills",
        "languages": "languages",
    },
)
COMPLETIONS = Model(
    "completions",
    tables.COMPLETION,
    {
        "ids": "ids",
        "remote_id": "remote_id",
        "courses": "course",
        "users": "user",
        "contents": "content",
        "grade": "grade",
        "grade_text": "grade",
        "started_from": "started_at_from",
        "started_until": "started_at_to",
        "completed_from": "completed_at_from",
        "completed_until": "completed_at_to",
    },
)
ENROLLMENTS = Model(
    "enrollments",
    tables.ASSIGNMENT,
    {
        "ids": "ids",
        "remote_id": "remote_id",
        "courses": "course",
        "users": "user",
        "starts_from": "start_date_from",
        "starts_until": "start_date_to",
        "ends_from": "end_date_from",
        "ends_until": "end_date_to",
    },
)
USERS = Model(
    "users",
    tables.USER,
    {
        "ids": "ids",
        "remote_id": "remote_id",
        "email": "email_address",
        "status": "status",
        "status_text": "status",
    },
    expands=False,
)
INSTRUCTORS = Model("users", tables.INSTRUCTOR, {}, expands=False)
_NAMED = {"ids": "ids", "remote_id": "remote_id", "status": "status", "status_text": "status"}
CATEGORIES = Model("categories", tables.CATEGORY, _NAMED, expands=False)
SKILLS = Model("skills", tables.SKILL, _NAMED, expands=False)

BRACKETLESS = frozenset({"custom_fields", "raw_data"})
"""Fields that stand in an expanded object only if its owner's page was asked for them too."""

_EXPANSION = re.compile(r"(?P<relation>[a-z_]+)\[(?P<fields>[a-z_,]+)\]")


@lru_cache(maxsize=256)
def expansion(reader: Reader[Any], selection: Selection) -> str | None:
    """What to expand, for the relations that are wanted.

    https://docs.bindbee.dev/reading-data/expand : one level deep, and the fields in brackets come
    alone, so the id is always among them.
    """
    ask = Ask(reader.selected(selection))
    found = []
    for cell in reader.chosen(ask.fields(reader.record)):
        if isinstance(cell.converter, Nested) and not isinstance(cell.converter, Facet):
            wanted = ask.fields(cell.converter.reader.record)
            names = cell.converter.reader.names(wanted)
            selected = cell.converter.reader.record.__name__ in ask.wanted
            if selected and not wanted & BRACKETLESS:
                found.append(f"{cell.paths[0][0]}[{','.join(names)}]")
    return ",".join(found) or None


@dataclass(frozen=True, slots=True)
class Walking:
    """The parameters that stay the same through a walk, since the cursor doesn't hold them."""

    size: int
    expand: str | None = None
    raw: bool = False
    custom: bool = False

    @classmethod
    def start(cls, model: Model[Any], ask: Ask, size: int) -> Walking:
        """The parameters of a walk that begins now."""
        wanted = ask.fields(model.reader.record)
        return cls(
            size=min(max(size, 1), LARGEST_PAGE),
            expand=_expansion(model, ask),
            raw="raw_data" in wanted,
            custom="custom_fields" in wanted,
        )

    @classmethod
    def resume(cls, model: Model[Any], token: str) -> tuple[Walking, str]:
        """The parameters and the cursor out of a page token.

        Raises:
            ProviderError: ``INVALID_PAGE`` where no page of ours gave this token.
        """
        try:
            cursor, size, expand, raw, custom = json.loads(token)
        except (ValueError, TypeError, RecursionError):
            cursor = size = expand = raw = custom = None
        known = (
            isinstance(cursor, str)
            and type(size) is int
            and 1 <= size <= LARGEST_PAGE
            and (expand is None or isinstance(expand, str))
            and type(raw) is bool
            and type(custom) is bool
            and _expands(model, expand or "")
        )
        if not known:
            raise unknown_page()
        return cls(size, expand, raw, custom), cursor

    def token(self, cursor: str) -> str:
        """The page token for the page at this cursor."""
        return json.dumps([cursor, self.size, self.expand, self.raw, self.custom])

    def params(self) -> dict[str, str | None]:
        """The query parameters."""
        return {
            "page_size": str(self.size),
            "expand": self.expand,
            "include_raw_data": "true" if self.raw else None,
            "include_custom_fields": "true" if self.custom else None,
        }

    def shallow(self, model: Model[Any], ask: Ask) -> frozenset[str]:
        """Relations that this walk expands, but to less than is wanted now."""
        if self.expand == _expansion(model, ask):
            return frozenset()
        expanded = {
            match["relation"]: set(match["fields"].split(","))
            for match in _EXPANSION.finditer(self.expand or "")
        }
        return frozenset(
            cell.name
            for cell in model.reader.chosen(ask.fields(model.reader.record))
            if isinstance(cell.converter, Nested)
            and (names := expanded.get(cell.paths[0][0]))
            and not names >= _needed(cell.converter, ask)
        )


def _expansion(model: Model[Any], ask: Ask) -> str | None:
    return expansion(model.reader, model.reader.selection(ask)) if model.expands else None


def unknown_page() -> ProviderError:
    """The error for a page token that is none of ours, or no longer good."""
    return ProviderError(Kind.INVALID_PAGE, "no page of this list gave that cursor")


def _expands(model: Model[Any], expand: str) -> bool:
    """Whether an expansion is one that this model could have been asked for."""
    relations = {
        cell.paths[0][0]: set(cell.converter.reader.names(cell.converter.reader.cells))
        for cell in model.reader.cells.values()
        if isinstance(cell.converter, Nested) and model.expands
    }
    return not _EXPANSION.sub("", expand).strip(",") and all(
        set(match["fields"].split(",")) <= relations.get(match["relation"], set())
        for match in _EXPANSION.finditer(expand)
    )


def _needed(nested: Nested, ask: Ask) -> set[str]:
    return set(nested.reader.names(ask.fields(nested.reader.record)))
