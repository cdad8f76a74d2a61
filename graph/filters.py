"""What lists can be narrowed by. A source that can't answer a filter says so, with the error
UNSUPPORTED."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import strawberry

from graph.entity import asked, filters, given

if TYPE_CHECKING:
    from providers.model import AssignmentStatus, Grade, Status


@filters("list_courses")
class CourseFilter:
    """Narrows courses; what is given must all hold."""

    ids: list[strawberry.ID] | None
    """Any of these courses."""

    key: str | None
    """Text that the course's key contains."""

    title: str | None
    """Text that the title contains."""

    status: Status | None
    """Whether the course is offered."""

    status_text: str | None
    """Status in the source's own word."""

    remote_id: str | None
    """Id in the learning system behind the source."""

    external_reference: str | None
    """Reference that the source's customer chose."""

    categories: list[strawberry.ID] | None
    """Filed under any of these categories."""

    skills: list[strawberry.ID] | None
    """Teaching any of these skills."""

    instructors: list[strawberry.ID] | None
    """Taught by any of these instructors."""

    contents: list[strawberry.ID] | None
    """Made of any of these contents."""

    languages: list[str] | None
    """Offered in any of these languages, by the source's code or the BCP 47 tag that it gives."""

    tags: list[str] | None
    """Marked with any of these words."""

    tag: str | None
    """Text that one of the tags contains."""

    created_from: datetime | None
    """Created then or later."""

    created_until: datetime | None
    """Created then or earlier."""

    updated_from: datetime | None
    """Last changed then or later."""

    updated_until: datetime | None
    """Last changed then or earlier."""


@filters("list_contents")
class ContentFilter:
    """Narrows contents; what is given must all hold."""

    ids: list[strawberry.ID] | None
    """Any of these contents."""

    status: Status | None
    """Whether the content is offered."""

    status_text: str | None
    """Status in the source's own word."""

    remote_id: str | None
    """Id in the learning system behind the source."""

    courses: list[strawberry.ID] | None
    """Part of any of these courses."""

    categories: list[strawberry.ID] | None
    """Filed under any of these categories."""

    skills: list[strawberry.ID] | None
    """Teaching any of these skills."""

    languages: list[str] | None
    """Offered in any of these languages, by the source's code or the BCP 47 tag that it gives."""

    updated_from: datetime | None
    """Last changed then or later."""


@filters("list_completions")
class CompletionFilter:
    """Narrows completions; what is given must all hold."""

    ids: list[strawberry.ID] | None
    """Any of these completions."""

    key: str | None
    """Text that the completion's key contains."""

    remote_id: str | None
    """Id in the learning system behind the source."""

    users: list[strawberry.ID] | None
    """Of any of these users."""

    courses: list[strawberry.ID] | None
    """Of any of these courses."""

    contents: list[strawberry.ID] | None
    """Of any of these contents."""

    grade: Grade | None
    """With this mark."""

    grade_text: str | None
    """With this mark in the source's own word."""

    course_title: str | None
    """Text that the course's title contains."""

    user_first_name: str | None
    """Text that the user's first name contains."""

    user_last_name: str | None
    """Text that the user's last name contains."""

    tags: list[str] | None
    """Marked with any of these words."""

    tag: str | None
    """Text that one of the tags contains."""

    started_from: datetime | None
    """Begun then or later."""

    started_until: datetime | None
    """Begun then or earlier."""

    completed_from: datetime | None
    """Finished then or later."""

    completed_until: datetime | None
    """Finished then or earlier."""

    created_from: datetime | None
    """Created then or later."""

    created_until: datetime | None
    """Created then or earlier."""

    updated_from: datetime | None
    """Last changed then or later."""

    updated_until: datetime | None
    """Last changed then or earlier."""


@filters("list_assignments")
class AssignmentFilter:
    """Narrows assignments; what is given must all hold."""

    ids: list[strawberry.ID] | None
    """Any of these assignments."""

    key: str | None
    """Text that the assignment's key contains."""

    remote_id: str | None
    """Id in the learning system behind the source."""

    users: list[strawberry.ID] | None
    """Of any of these users."""

    courses: list[strawberry.ID] | None
    """Of any of these courses."""

    status: AssignmentStatus | None
    """How far the assignment has come."""

    status_text: str | None
    """Status in the source's own word."""

    course_title: str | None
    """Text that the course's title contains."""

    user_first_name: str | None
    """Text that the user's first name contains."""

    user_last_name: str | None
    """Text that the user's last name contains."""

    tags: list[str] | None
    """Marked with any of these words."""

    tag: str | None
    """Text that one of the tags contains."""

    starts_from: datetime | None
    """Beginning then or later."""

    starts_until: datetime | None
    """Beginning then or earlier."""

    ends_from: datetime | None
    """Ending then or later; the end itself is never shown."""

    ends_until: datetime | None
    """Ending then or earlier; the end itself is never shown."""

    created_from: datetime | None
    """Created then or later."""

    created_until: datetime | None
    """Created then or earlier."""

    updated_from: datetime | None
    """Last changed then or later."""

    updated_until: datetime | None
    """Last changed then or earlier."""


@filters("list_users")
class UserFilter:
    """Narrows users; what is given must all hold."""

    ids: list[strawberry.ID] | None
    """Any of these users."""

    email: str | None
    """With this e-mail address, whatever its case."""

    remote_id: str | None
    """Id in the learning system behind the source."""

    external_reference: str | None
    """Reference that the source's customer chose."""

    status: Status | None
    """Whether the user is active."""

    status_text: str | None
    """Status in the source's own word."""

    courses: list[strawberry.ID] | None
    """Of this course."""

    created_from: datetime | None
    """Created then or later."""

    created_until: datetime | None
    """Created then or earlier."""

    updated_from: datetime | None
    """Last changed then or later."""

    updated_until: datetime | None
    """Last changed then or earlier."""


@filters("list_categories")
class CategoryFilter:
    """Narrows categories; what is given must all hold."""

    ids: list[strawberry.ID] | None
    """Any of these categories."""

    remote_id: str | None
    """Id in the learning system behind the source."""

    status: Status | None
    """Whether the category is in use."""

    status_text: str | None
    """Status in the source's own word."""


@filters("list_skills")
class SkillFilter:
    """Narrows skills; what is given must all hold."""

    ids: list[strawberry.ID] | None
    """Any of these skills."""

    remote_id: str | None
    """Id in the learning system behind the source."""

    status: Status | None
    """Whether the skill is in use."""

    status_text: str | None
    """Status in the source's own word."""


def chosen(filter: Any) -> dict[str, Any]:
    """The filters that were given, by their unified names; null is as good as left out."""
    if given(filter) is None:
        return {}
    return asked(**{name: getattr(filter, name) for name in type(filter).__annotations__})
