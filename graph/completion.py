"""Completions: who finished what."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from graph.entity import entity, reference
from graph.node import Node
from graph.scalars import JSON, URL, Duration
from providers import model

if TYPE_CHECKING:
    from graph.content import Content
    from graph.course import Course
    from graph.user import User
    from providers.model import Grade, Result


@entity(model.Completion)
class Completion(Node):
    """What somebody finished, a course or a piece of content. There is one for each repetition."""

    user: User | None = reference("users", by="user_ref")
    """Who finished; null where the source doesn't say, or no longer has the user."""

    course: Course | None = reference("courses", by="course_ref")
    """Course that was finished; null where it was a piece of content, or the course is gone."""

    content: Content | None = reference("contents", by="content_ref")
    """Content that was finished; null where it was a course."""

    score: float | None
    """Score between 0 and 100, as the source says it; null where there is none."""

    score_text: str | None
    """Score in the source's own words, for scores that are no percentage."""

    grade: Grade | None
    """Mark in letters. Null where `gradeText` is none of ours."""

    grade_text: str | None
    """Mark in the source's own word."""

    result: Result | None
    """Whether the learner passed; null where the source doesn't say."""

    result_text: str | None
    """Result in the source's own word."""

    started_at: datetime | None
    """When the learner began."""

    completed_at: datetime | None
    """When the learner finished."""

    time_spent: Duration | None
    """Time that the learner took, as the source states it."""

    time_spent_seconds: float | None
    """Time that the learner took, in seconds; null where `timeSpent` counts in years or months."""

    certificate_url: URL | None
    """Address of the certificate."""

    external_reference: str | None
    """Reference that the source's customer chose."""

    remote_id: str | None
    """Id in the learning system behind the source."""

    created_at: datetime | None
    """When the record was created at its source."""

    updated_at: datetime | None
    """When the record was last changed at its source."""

    custom_fields: JSON | None
    """Fields that the source's customer defined."""

    raw_data: JSON | None
    """Record of the learning system behind the source, unread."""
