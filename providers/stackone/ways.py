"""How courses and contents are upserted in each generation of StackOne's API, and what it answers.

June 2025 wrote courses by operations of their own; since then they are contents of the type
``course``. https://docs.stackone.com/lms/api-reference/content/upsert-content
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from providers.base import Refusal
from providers.http import Answer
from providers.stackone import bodies
from providers.stackone.bodies import faults, made
from providers.stackone.resources import CONTENTS, COURSES, OLDER, Generation, Resource

COURSE = {"content_type": {"value": "course"}}
"""What makes a content a course, since June 2025."""


@dataclass(frozen=True, slots=True)
class Written:
    """What StackOne tells of what was written."""

    operation: str
    """Method and path below ``/unified/lms``."""
    remote_id: str | None = None
    external_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How one kind of thing is upserted in one generation."""

    path: str
    body: type[Struct]
    resource: Resource[Any]
    needs: tuple[str, ...] = ()
    adds: Mapping[str, Any] | None = None
    """What each body has besides what was given."""

    def faults(self, given: Mapping[str, Any], *path: str) -> list[Refusal]:
        """What is known to be wrong with an item, before it is sent."""
        return faults(self.body, given, path, *self.needs)

    def made(self, given: Mapping[str, Any]) -> Struct:
        """The body of an item."""
        return made(self.body, {**given, **(self.adds or {})})


REFERENCE = ("external_reference",)
OLDER_COURSE = Way("/courses", bodies.OlderCourse, COURSES)
NEWER_COURSE = Way("/content", bodies.Content, COURSES, REFERENCE, COURSE)
OLDER_CONTENT = Way("/content", bodies.OlderContent, CONTENTS)
NEWER_CONTENT = Way("/content", bodies.Content, CONTENTS, REFERENCE)


def course_way(generation: Generation) -> Way:
    """How that generation upserts courses."""
    return OLDER_COURSE if generation == OLDER else NEWER_COURSE


def content_way(generation: Generation) -> Way:
    """How that generation upserts contents."""
    return OLDER_CONTENT if generation == OLDER else NEWER_CONTENT


def _data(answer: Answer) -> Mapping[str, Any]:
    """``UpsertResult`` and ``CreateResult``: what they tell, all of which may be missing."""
    data = answer.body.get("data") if isinstance(answer.body, Mapping) else None
    return data if isinstance(data, Mapping) else {}


def _text(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    return str(value) if value not in (None, "") else None


def key_of(answer: Answer) -> str | None:
    """The key of what was written: either of its ids leads to it.

    https://docs.stackone.com/docs/stackone-identifiers
    """
    data = _data(answer)
    return _text(data, "id") or _text(data, "remote_id")


def written_of(operation: str, answer: Answer) -> Written:
    """What an answer tells of what was written."""
    data = _data(answer)
    return Written(operation, _text(data, "remote_id"), _text(data, "external_reference"))
