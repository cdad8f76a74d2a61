"""Assignments: who is to take what."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from graph.entity import entity, reference
from graph.node import Node
from graph.scalars import JSON
from providers import model

if TYPE_CHECKING:
    from graph.completion import Completion
    from graph.content import Content
    from graph.course import Course
    from graph.user import User
    from providers.model import AssignmentStatus


@entity(model.Assignment)
class Assignment(Node):
    """What somebody is to take, a course or a piece of content, finished or not."""

    user: User | None = reference("users", by="user_ref")
    """Who is to take it; null where the source doesn't say, or no longer has the user."""

    course: Course | None = reference("courses", by="course_ref")
    """Course to take; null where it is a piece of content, or the course is gone."""

    content: Content | None = reference("contents", by="content_ref")
    """Content to take; null where it is a course."""

    completion: Completion | None = reference("completions", by="completion_ref")
    """The completion that the assignment led to; null as long as there is none."""

    status: AssignmentStatus | None
    """How far the assignment has come. Null where `statusText` is none of ours."""

    status_text: str | None
    """Status in the source's own word."""

    progress: float | None
    """How much is done, between 0 and 100."""

    assigned_at: datetime | None
    """When it was assigned."""

    starts_at: datetime | None
    """When it begins, or was begun."""

    due_at: datetime | None
    """When it is to be finished."""

    completed_at: datetime | None
    """When it was finished."""

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
