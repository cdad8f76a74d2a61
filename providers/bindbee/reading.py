"""How Bindbee's JSON becomes our records.

Every model has ``id``, ``remote_id``, ``modified_at``, ``custom_fields`` and ``raw_data``;
relations are ids, or objects where they were expanded. Enums are open: a value that Bindbee can't
map is passed through, and stays in the ``…_text`` twin. https://docs.bindbee.dev/lms/data-models
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from providers.convert import (
    choice,
    duration,
    duration_seconds,
    first_text,
    full_name,
    grade,
    instant,
    languages,
    number_text,
    result_of_grade,
    text,
)
from providers.model import (
    Assignment,
    AssignmentStatus,
    Category,
    Completion,
    Content,
    Course,
    Instructor,
    Record,
    Skill,
    Status,
    User,
)
from providers.reading import Reader, Ref, Refs

STATUSES = {status.value: status for status in Status}

NOTES = {"updated_at": "when Bindbee last wrote its copy, which a full sync does to every record"}
"""What is particular about the common cells."""

COMMON: dict[str, Any] = {
    "remote_id": "remote_id",
    "updated_at": "modified_at",
    "custom_fields": "custom_fields",
    "raw_data": "raw_data",
}
"""Cells that every model has."""

STATUS: dict[str, Any] = {"status": ("status", choice(STATUSES)), "status_text": "status"}

DURATION: dict[str, Any] = {
    "duration": ("duration", duration),
    "duration_seconds": ("duration", duration_seconds),
}

NAME = (("first_name", "middle_name", "last_name"), full_name)

CATEGORY: Reader[Category] = Reader(
    Category,
    key="id",
    name="name",
    description="description",
    notes=NOTES,
    **STATUS,
    **COMMON,
)

SKILL = Reader(Skill, key="id", name="name", notes=NOTES, **STATUS, **COMMON)

USER = Reader(
    User,
    key="id",
    name=NAME,
    first_name="first_name",
    middle_name="middle_name",
    last_name="last_name",
    email="email_address",
    phone="phone_number",
    notes=NOTES,
    **STATUS,
    **COMMON,
)

INSTRUCTOR = Reader(
    Instructor,
    key="id",
    name=NAME,
    email="email_address",
    user_ref=("id", text),
    about="a user whom a course names",
)
"""There is no instructor model: ``course.instructors`` holds ids of users."""

CONTENT: Reader[Content] = Reader(
    Content,
    key="id",
    title=(("title", "id"), first_text),
    description="description",
    url="url",
    cover_url="cover_image",
    order="order",
    provider="provider",
    languages=("languages", languages),
    notes=NOTES,
    course_refs=("courses", Refs(lambda: COURSE)),
    category_refs=("categories", Refs(CATEGORY)),
    skill_refs=("skills", Refs(SKILL)),
    **DURATION,
    **STATUS,
    **COMMON,
)

COURSE: Reader[Course] = Reader(
    Course,
    key="id",
    title=(("name", "id"), first_text),
    description="description",
    cover_url="cover_image",
    url="url",
    languages=("languages", languages),
    category_refs=("categories", Refs(CATEGORY)),
    skill_refs=("skills", Refs(SKILL)),
    instructor_refs=("instructors", Refs(INSTRUCTOR)),
    content_refs=("contents", Refs(CONTENT)),
    notes=NOTES,
    **DURATION,
    **STATUS,
    **COMMON,
)

COMPLETION = Reader(
    Completion,
    key="id",
    user_ref=("user", Ref(USER)),
    course_ref=("course", Ref(COURSE)),
    content_ref=("content", Ref(CONTENT)),
    score="score",
    score_text=("score", number_text),
    grade=("grade", grade),
    grade_text="grade",
    result=("grade", result_of_grade),
    result_text="grade",
    started_at=("started_at", instant),
    completed_at=("completed_at", instant),
    time_spent=("time_duration", duration),
    time_spent_seconds=("time_duration", duration_seconds),
    notes=NOTES,
    **COMMON,
)


def enrollment_status(_: Any, completion: Any) -> AssignmentStatus:
    """An enrollment without a completion is outstanding; Bindbee says nothing of what is in
    between."""
    return AssignmentStatus.PENDING if completion is None else AssignmentStatus.COMPLETED


ASSIGNMENT = Reader(
    Assignment,
    key="id",
    user_ref=("user", Ref(USER)),
    course_ref=("course", Ref(COURSE)),
    completion_ref=("completion", Ref(COMPLETION)),
    # The id, which is never null, makes the converter run where the completion is null.
    status=(("id", "completion"), enrollment_status),
    starts_at=("start_date", instant),
    about="an enrollment",
    notes=NOTES,
    **COMMON,
)


class Connector(Record, frozen=True, kw_only=True):
    """A customer's connection to one learning system. Its token is a credential and stays
    unread."""

    is_active: bool | None = None
    status: str | None = None
    integration_slug: str | None = None
    end_user: str | None = None
    origin_id: str | None = None
    sync_status: str | None = None
    last_sync_started_at: datetime | None = None
    next_sync_starts_at: datetime | None = None
    category: str | None = None
    relink_needed_at: datetime | None = None
    is_test: bool | None = None
    completed_at: datetime | None = None
    created_at: datetime | None = None


CONNECTOR = Reader(
    Connector,
    key="id",
    is_active="is_active",
    status="status",
    integration_slug="integration_slug",
    end_user="end_user",
    origin_id="origin_id",
    sync_status="sync_status",
    last_sync_started_at="last_sync_start_time",
    next_sync_starts_at="next_sync_start_time",
    category="category",
    relink_needed_at="relink_needed_at",
    is_test="is_test_connector",
    completed_at="completed_at",
    created_at="created_at",
)


class Integration(Record, frozen=True, kw_only=True):
    """A learning system that Bindbee can connect to."""

    integration_id: str | None = None
    is_enabled: bool | None = None
    slug: str | None = None
    type: str | None = None
    category: str | None = None
    name: str | None = None
    icon_url: str | None = None
    description: str | None = None


INTEGRATION = Reader(
    Integration,
    key="id",
    integration_id="integration_id",
    is_enabled="is_enabled",
    slug="integration_slug",
    type="integration_type",
    category="category",
    name="display_name",
    icon_url="icon_url",
    description="description",
)
