"""Bindbee's seven LMS models: what their fields lead to, and what their lists filter by.

https://docs.bindbee.dev, "Learning": the parameters of every `GET /api/lms/v1/<model>`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Match:
    """A filter that compares a field exactly; a list of the row matches by any of its values."""

    field: str
    many: bool = False
    """Whether the parameter takes several values, joined by commas; any of them will do."""
    ignores_case: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """One kind of record, with a list and a read by id."""

    relations: Mapping[str, str] = field(default_factory=dict)
    """The model that each field holds ids of; `expand` takes these and no others."""
    matches: Mapping[str, Match] = field(default_factory=dict)
    """Filters by parameter."""
    spans: tuple[str, ...] = ()
    """Times that are filtered by `<name>_from` and `<name>_to`, both inclusive."""


def matches(single: str = "", many: str = "") -> dict[str, Match]:
    """Filters named like their fields, beside those that every model has."""
    return {
        "ids": Match("id", many=True),
        "remote_id": Match("remote_id"),
        **{name: Match(name) for name in single.split()},
        **{name: Match(name, many=True) for name in many.split()},
    }


MODELS: Mapping[str, Model] = {
    "courses": Model(
        # Bindbee publishes no model of an instructor: they are users.
        relations={
            "categories": "categories",
            "contents": "contents",
            "skills": "skills",
            "instructors": "users",
        },
        matches=matches("status", "categories skills instructors contents languages"),
    ),
    "contents": Model(
        relations={"categories": "categories", "skills": "skills", "courses": "courses"},
        matches=matches("status", "courses skills categories languages"),
    ),
    "completions": Model(
        relations={"user": "users", "course": "courses", "content": "contents"},
        matches=matches("grade", "course user content"),
        spans=("started_at", "completed_at"),
    ),
    "enrollments": Model(
        relations={"user": "users", "course": "courses", "completion": "completions"},
        matches=matches("", "user course"),
        # Rows don't show an end date, and yet are filtered by one.
        spans=("start_date", "end_date"),
    ),
    "users": Model(
        matches={
            **matches("status"),
            # Whether it takes several addresses isn't known: it takes one.
            "email_address": Match("email_address", ignores_case=True),
        }
    ),
    "categories": Model(matches=matches("status")),
    "skills": Model(matches=matches("status")),
}

CONNECTORS = Model(
    matches={
        "connector_token": Match("connector_token"),
        "origin_id": Match("origin_id"),
        "is_active": Match("is_active"),
    }
)
INTEGRATIONS = Model()
