"""What the demo academy holds, as the graph is to show it: by provider and list, made once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from tests.graph.asking import demo
from tests.graph.expected.bindbee import Bindbee
from tests.graph.expected.scormcloud import ScormCloud
from tests.graph.expected.stackone import StackOne
from tests.graph.expected.values import Row
from tests.graph.expected.vitalsource import VitalSource

PROVIDERS: Mapping[str, tuple[str, str, Callable[..., Any]]] = {
    "B": ("demo-bindbee", "bindbee", Bindbee),
    "S": ("demo-stackone", "stackone", StackOne),
    "C": ("demo-scorm-cloud", "scormcloud", ScormCloud),
    "V": ("demo-vitalsource", "vitalsource", VitalSource),
}
"""By letter: the demo source, the sandbox's name of its provider, and what makes its rows."""

NAMES = {"Bindbee": "B", "StackOne": "S", "SCORM Cloud": "C", "VitalSource": "V"}
"""Letters by the names that descriptions use."""

TYPES: Mapping[str, str] = {
    "courses": "Course",
    "contents": "Content",
    "completions": "Completion",
    "assignments": "Assignment",
    "users": "User",
    "categories": "Category",
    "skills": "Skill",
}
"""By list, the type."""

ROSTERS = 12
"""Courses at VitalSource whose rosters are walked, the crowded one among them."""


@cache
def rows(plural: str, letter: str) -> Mapping[str, Row]:
    """What a source is to show, by key."""
    found = {row["key"]: row for row in getattr(expected(letter), plural)()}
    assert found
    if plural in ("users", "assignments") and letter == "V":
        return {key: row for key, row in found.items() if key.partition("/")[0] in rosters()}
    return found


@cache
def expected(letter: str) -> Any:
    _, campus, make = PROVIDERS[letter]
    return make(demo()[0].campus(campus))


@cache
def rosters() -> list[str]:
    shelf = expected("V").shelf
    by_crowd = sorted(shelf.courses, key=lambda each: -len(shelf.first_attempts(each)))
    return [str(key) for key in (by_crowd[0], *by_crowd[-ROSTERS:], *by_crowd[50 : 50 + ROSTERS])]
