"""How StackOne's JSON becomes our records.

Every property is optional and nullable. Enums are open objects, ``{value, source_value}``: what
StackOne has no word for stays in the ``…_text`` twin, in the LMS's own words. Relations are ids,
but categories, skills and authors come embedded, some without an id.
https://docs.stackone.com/lms/api-reference
"""

from __future__ import annotations

from typing import Any

from providers.convert import duration, duration_seconds, first_text, key, number_text
from providers.model import (
    Assignment,
    AssignmentStatus,
    Category,
    Completion,
    Content,
    ContentType,
    Course,
    Instructor,
    Level,
    Result,
    Skill,
    User,
)
from providers.reading import Facet, Reader, Refs
from providers.stackone.embedding import Embedded, author_key, embedded_key
from providers.stackone.facets import (
    ASSIGNMENT_FACET,
    CATEGORY_FACET,
    COMPLETION_FACET,
    CONTENT_FACET,
    COURSE_FACET,
    SKILL_FACET,
)
from providers.stackone.values import (
    flag_text,
    language_of,
    languages_of,
    learning_object,
    localizations,
    mapped,
    said,
    status_of,
)

RAW = "raw"
"""Where the exchange with the LMS is put into a row before it is read. StackOne gives it beside the
data, one for the whole answer: so it belongs to a row in answers for one record only.
https://docs.stackone.com/lms/api-reference"""

LEVELS = {level.value: level for level in Level}
CONTENT_TYPES = {each.value: each for each in ContentType}
RESULTS = {"Pass": Result.PASSED, "Fail": Result.FAILED}
ASSIGNMENT_STATUSES = {
    **{status.value: status for status in AssignmentStatus},
    # Older pages of the documentation write it so.
    "in-progress": AssignmentStatus.IN_PROGRESS,
}

NOTES = {
    "raw_data": "the exchange with the learning system; every record costs a call of its own",
}
"""What is particular about the common cells."""

ABOUT_NOTES = {
    **NOTES,
    "course_ref": "null also where it is about a collection of courses and contents",
    "content_ref": "null also where it is about a collection of courses and contents",
}

COMMON: dict[str, Any] = {
    "remote_id": "remote_id",
    "custom_fields": "unified_custom_fields",
    "raw_data": RAW,
}
"""Cells that every resource has."""

CHANGES: dict[str, Any] = {"created_at": "created_at", "updated_at": "updated_at"}

STATUS: dict[str, Any] = {"status": ("active", status_of), "status_text": ("active", flag_text)}

DURATION: dict[str, Any] = {
    "duration": ("duration", duration),
    "duration_seconds": ("duration", duration_seconds),
}

NAMED: dict[str, Any] = {
    "name": "name",
    "language": ("language", language_of),
    **STATUS,
    **COMMON,
}


# ``level`` is the deprecated name of ``hierarchy``.
def _level(hierarchy: Any, level: Any) -> Level | None:
    return mapped(LEVELS)(level if hierarchy is None else hierarchy)


def _level_text(hierarchy: Any, level: Any) -> str | None:
    return said(level if hierarchy is None else hierarchy)


PLACE: dict[str, Any] = {
    "level": (("hierarchy", "level"), _level),
    "level_text": (("hierarchy", "level"), _level_text),
}


def _category(**options: Any) -> Reader[Category]:
    facet = ("", Facet(CATEGORY_FACET))
    return Reader(Category, notes=NOTES, facet=facet, **options, **NAMED, **PLACE)


def _skill(**options: Any) -> Reader[Skill]:
    facet = ("", Facet(SKILL_FACET))
    return Reader(Skill, notes=NOTES, facet=facet, **options, **NAMED, **PLACE)


def _author(owner: str) -> dict[str, Any]:
    return {"key": (("id", "name"), author_key(owner)), "owned": True, "name": "name"}


AUTHOR = Reader(Instructor, about="an author", **_author("course"))
CONTENT_AUTHOR = Reader(Instructor, **_author("content"))


def _relations(owner: str, author: Reader[Instructor]) -> dict[str, Any]:
    """Cells of the objects that a course or a piece of content embeds."""
    embedded = (("id", "name"), embedded_key(owner))
    return {
        "category_refs": ("categories", Embedded(_category(key=embedded, owned=True))),
        "skill_refs": ("skills", Embedded(_skill(key=embedded, owned=True))),
        "instructor_refs": ("authors", Refs(author)),
    }


CATEGORY = _category(key="id")
SKILL = _skill(key="id")

USER = Reader(
    User,
    key="id",
    notes=NOTES,
    name="name",
    email="email",
    phone="phone_number",
    external_reference="external_reference",
    **STATUS,
    **CHANGES,
    **COMMON,
)

CONTENT: Reader[Content] = Reader(
    Content,
    key="id",
    notes=NOTES,
    title=(("title", "id"), first_text),
    description="description",
    url="content_url",
    mobile_url="mobile_launch_content_url",
    cover_url="cover_url",
    order="order",
    type=("content_type", mapped(CONTENT_TYPES)),
    type_text=("content_type", said),
    provider="provider",
    tags="tags",
    localizations=("localizations", localizations),
    languages=("languages", languages_of),
    course_refs=("course_ids", Refs(lambda: COURSE)),
    external_reference="external_reference",
    facet=("", Facet(CONTENT_FACET)),
    **_relations("content", CONTENT_AUTHOR),
    **DURATION,
    **STATUS,
    **CHANGES,
    **COMMON,
)

COURSE: Reader[Course] = Reader(
    Course,
    key="id",
    notes=NOTES,
    title=(("title", "id"), first_text),
    description="description",
    cover_url="cover_url",
    url="url",
    languages=("languages", languages_of),
    content_refs=("content_ids", Refs(CONTENT)),
    external_reference="external_reference",
    localizations=("localizations", localizations),
    facet=("", Facet(COURSE_FACET)),
    **_relations("course", AUTHOR),
    **DURATION,
    **STATUS,
    **CHANGES,
    **COMMON,
)

ABOUT: dict[str, Any] = {
    "user_ref": ("user_id", key),
    "course_ref": (
        ("learning_object_type", "learning_object_id", "course_id"),
        learning_object("course"),
    ),
    "external_reference": "external_reference",
}
"""Who, and what of: cells of completions and assignments."""

COMPLETION = Reader(
    Completion,
    key="id",
    notes=ABOUT_NOTES,
    content_ref=(
        ("learning_object_type", "learning_object_id", "content_id"),
        learning_object("content"),
    ),
    score="score.percentage",
    score_text=("score.raw_value", number_text),
    result=("result", mapped(RESULTS)),
    result_text=("result", said),
    completed_at="completed_at",
    time_spent=("time_spent", duration),
    time_spent_seconds=("time_spent", duration_seconds),
    certificate_url="certificate_url",
    facet=("", Facet(COMPLETION_FACET)),
    **ABOUT,
    **CHANGES,
    **COMMON,
)


def _assigned_content(type: Any, id: Any) -> str | None:
    return learning_object("content")(type, id, None)


ASSIGNMENT = Reader(
    Assignment,
    key="id",
    notes=ABOUT_NOTES,
    # Assignments never had a ``content_id``.
    content_ref=(("learning_object_type", "learning_object_id"), _assigned_content),
    status=("status", mapped(ASSIGNMENT_STATUSES)),
    status_text=("status", said),
    progress="progress",
    assigned_at="assigned_at",
    due_at="due_date",
    completed_at="completed_at",
    facet=("", Facet(ASSIGNMENT_FACET)),
    **ABOUT,
    **CHANGES,
    **COMMON,
)
