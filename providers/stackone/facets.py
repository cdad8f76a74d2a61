"""What only StackOne says of a record: the LMS's own ids and words, and deprecated fields.

https://docs.stackone.com/lms/api-reference
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from providers.convert import text
from providers.model import Record
from providers.reading import Reader
from providers.stackone.values import Coded, coded, coded_list


class AdditionalData(msgspec.Struct, frozen=True, kw_only=True):
    """A field that an LMS keeps beside the unified ones."""

    id: str | None = None
    remote_id: str | None = None
    value: Any = None
    """Text, or a list of text."""


def additional_data(value: Any) -> tuple[AdditionalData, ...]:
    """A list of additional fields."""
    if not isinstance(value, list):
        raise TypeError("not a list")
    return tuple(_additional(each) for each in value if each is not None)


def _additional(value: Any) -> AdditionalData:
    if not isinstance(value, Mapping):
        raise TypeError("not an object")
    ids = {
        name: None if value.get(name) is None else text(value[name]) for name in ("id", "remote_id")
    }
    return AdditionalData(**ids, value=value.get("value"))


class StackOneCourse(Record, frozen=True, kw_only=True):
    """What only StackOne says of a course."""

    remote_content_ids: tuple[str, ...] | None = None
    provider: str | None = None
    """Who made the course."""
    content: Any = None
    """Content embedded in the course, as given: StackOne names the field, not its form."""
    languages: tuple[Coded, ...] | None = None


COURSE_FACET = Reader(
    StackOneCourse,
    owned=True,
    remote_content_ids="remote_content_ids",
    provider="provider",
    content="content",
    languages=("languages", coded_list),
)


class StackOneContent(Record, frozen=True, kw_only=True):
    """What only StackOne says of a piece of content."""

    remote_course_ids: tuple[str, ...] | None = None
    short_description: str | None = None
    """Deprecated by StackOne."""
    additional_data: tuple[AdditionalData, ...] | None = None
    content_type: Coded | None = None
    languages: tuple[Coded, ...] | None = None


CONTENT_FACET = Reader(
    StackOneContent,
    owned=True,
    remote_course_ids="remote_course_ids",
    short_description="short_description",
    additional_data=("additional_data", additional_data),
    content_type=("content_type", coded),
    languages=("languages", coded_list),
)


class LearningObject(Record, frozen=True, kw_only=True):
    """What a completion or assignment is about: content, a course, or a collection of both."""

    learning_object_type: Coded | None = None
    learning_object_id: str | None = None
    remote_learning_object_id: str | None = None
    learning_object_external_reference: str | None = None
    remote_user_id: str | None = None
    course_id: str | None = None
    """Deprecated by StackOne, as is ``remote_course_id``."""
    remote_course_id: str | None = None
    result: Coded | None = None


LEARNING_OBJECT: Mapping[str, Any] = {
    "learning_object_type": ("learning_object_type", coded),
    "learning_object_id": "learning_object_id",
    "remote_learning_object_id": "remote_learning_object_id",
    "learning_object_external_reference": "learning_object_external_reference",
    "remote_user_id": "remote_user_id",
    "course_id": "course_id",
    "remote_course_id": "remote_course_id",
    "result": ("result", coded),
}


class StackOneCompletion(LearningObject, frozen=True, kw_only=True):
    """What only StackOne says of a completion. Ids beside the learning object's are deprecated."""

    external_id: str | None = None
    remote_external_id: str | None = None
    content_external_reference: str | None = None
    content_id: str | None = None
    remote_content_id: str | None = None


COMPLETION_FACET = Reader(
    StackOneCompletion,
    owned=True,
    external_id="external_id",
    remote_external_id="remote_external_id",
    content_external_reference="content_external_reference",
    content_id="content_id",
    remote_content_id="remote_content_id",
    **LEARNING_OBJECT,
)


class StackOneAssignment(LearningObject, frozen=True, kw_only=True):
    """What only StackOne says of an assignment."""

    status: Coded | None = None
    certificate_url: str | None = None


ASSIGNMENT_FACET = Reader(
    StackOneAssignment,
    owned=True,
    status=("status", coded),
    certificate_url="certificate_url",
    **LEARNING_OBJECT,
)


class StackOneCategory(Record, frozen=True, kw_only=True):
    """What only StackOne says of a category: its enums beside the LMS's own words."""

    hierarchy: Coded | None = None
    level: Coded | None = None
    """Deprecated by StackOne: use ``hierarchy``."""
    language: Coded | None = None


class StackOneSkill(Record, frozen=True, kw_only=True):
    """What only StackOne says of a skill: its enums beside the LMS's own words."""

    hierarchy: Coded | None = None
    level: Coded | None = None
    """Deprecated by StackOne: use ``hierarchy``."""
    language: Coded | None = None


_PLACED: Mapping[str, Any] = {
    "hierarchy": ("hierarchy", coded),
    "level": ("level", coded),
    "language": ("language", coded),
}

CATEGORY_FACET = Reader(StackOneCategory, owned=True, **_PLACED)
SKILL_FACET = Reader(StackOneSkill, owned=True, **_PLACED)
