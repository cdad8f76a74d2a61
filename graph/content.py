"""Contents: what courses are made of."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from graph.connections import Connection
from graph.entity import children, entity, references
from graph.node import Node
from graph.scalars import JSON, URL, Duration
from providers import model

if TYPE_CHECKING:
    from graph.category import Category
    from graph.completion import Completion
    from graph.course import Course
    from graph.instructor import Instructor
    from graph.skill import Skill
    from graph.values import Language, Localization
    from providers.model import ContentType, Status


@entity(model.Content)
class Content(Node):
    """A piece of a course: a video, a quiz, a lesson, an activity of a package."""

    title: str
    """Title of the content, as its source shows it; the content's key where the source gives
    none."""

    description: str | None
    """What the content is about."""

    url: URL | None
    """Address of the content."""

    mobile_url: URL | None
    """Address that opens the content on a phone."""

    cover_url: URL | None
    """Address of the cover picture."""

    duration: Duration | None
    """Time that the content takes, as the source states it."""

    duration_seconds: float | None
    """Time that the content takes, in seconds; null where `duration` counts in years or months."""

    order: float | None
    """Place of the content in its course; smaller comes first."""

    type: ContentType | None
    """Kind of content. Null where `typeText` is none of ours."""

    type_text: str | None
    """Kind of content in the source's own word."""

    provider: str | None
    """Name of whoever supplies the content."""

    tags: list[str] | None
    """Words that the content is marked with."""

    localizations: list[Localization] | None
    """Title and description in other languages."""

    languages: list[Language] | None
    """Languages that the content is offered in."""

    status: Status | None
    """Whether the content is offered. Null where `statusText` is none of ours."""

    status_text: str | None
    """Status in the source's own word."""

    courses: list[Course] | None = references("courses", by="course_refs")
    """Courses that the content is part of."""

    categories: list[Category] | None = references("categories", by="category_refs")
    """Subjects that the content is filed under."""

    skills: list[Skill] | None = references("skills", by="skill_refs")
    """Skills that the content teaches."""

    instructors: list[Instructor] | None = references("instructors", by="instructor_refs")
    """Who wrote the content."""

    completions: Connection[Completion] | None = children(
        "completions_of_contents", "completions_of_content"
    )
    """Who finished the content, in the source's own order; null where the source doesn't say."""

    external_reference: str | None
    """Reference that the source's customer chose."""

    remote_id: str | None
    """Id in the learning system behind the source."""

    created_at: datetime | None
    """When the content was created at its source."""

    updated_at: datetime | None
    """When the content was last changed at its source."""

    custom_fields: JSON | None
    """Fields that the source's customer defined."""

    raw_data: JSON | None
    """Record of the learning system behind the source, unread."""
