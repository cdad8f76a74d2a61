"""Courses."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from graph.connections import Connection
from graph.entity import children, entity, references
from graph.node import Node
from graph.scalars import JSON, URL, Duration
from providers import model

if TYPE_CHECKING:
    from graph.assignment import Assignment
    from graph.category import Category
    from graph.completion import Completion
    from graph.content import Content
    from graph.instructor import Instructor
    from graph.skill import Skill
    from graph.values import Language, Localization
    from providers.model import Status


@entity(model.Course)
class Course(Node):
    """A unit of learning that a source offers."""

    title: str
    """Title of the course, as its source shows it; the course's key where the source gives none."""

    description: str | None
    """What the course is about."""

    cover_url: URL | None
    """Address of the cover picture."""

    url: URL | None
    """Address where the course is taken."""

    duration: Duration | None
    """Time that the course takes, as the source states it."""

    duration_seconds: float | None
    """Time that the course takes, in seconds; null where `duration` counts in years or months."""

    languages: list[Language] | None
    """Languages that the course is offered in."""

    status: Status | None
    """Whether the course is offered. Null where `statusText` is none of ours."""

    status_text: str | None
    """Status in the source's own word."""

    categories: list[Category] | None = references("categories", by="category_refs")
    """Subjects that the course is filed under; null where the source has none."""

    skills: list[Skill] | None = references("skills", by="skill_refs")
    """Skills that the course teaches."""

    instructors: list[Instructor] | None = references("instructors", by="instructor_refs")
    """Who teaches or wrote the course; null where the source doesn't say."""

    contents: list[Content] | None = references("contents", by="content_refs")
    """Pieces that the course is made of."""

    completions: Connection[Completion] | None = children(
        "completions_of_courses", "completions_of_course"
    )
    """Who finished the course, in the source's own order; null where the source keeps no
    completions."""

    assignments: Connection[Assignment] | None = children(
        "assignments_of_courses", "assignments_of_course"
    )
    """Who is to take the course, finished or not."""

    external_reference: str | None
    """Reference that the source's customer chose."""

    remote_id: str | None
    """Id in the learning system behind the source."""

    localizations: list[Localization] | None
    """Title and description in other languages."""

    tags: list[str] | None
    """Words that the course is marked with."""

    starts_on: date | None
    """First day of the course."""

    ends_on: date | None
    """Last day of the course."""

    created_at: datetime | None
    """When the course was created at its source."""

    updated_at: datetime | None
    """When the course was last changed at its source."""

    custom_fields: JSON | None
    """Fields that the source's customer defined."""

    raw_data: JSON | None
    """Record of the learning system behind the source, unread. Asking for it makes answers
    large."""
