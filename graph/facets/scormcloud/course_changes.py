"""Mutations of courses that SCORM Cloud alone takes.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from graph.changes import change, payload
from graph.entity import computed, extend, input, reference
from resolvers.changes import Change

if TYPE_CHECKING:
    from graph.course import Course


@input
class CourseTitleSetInput:
    """A course and its new title."""

    course: strawberry.ID
    """Course to name."""

    title: str
    """Title that its newest version gets."""


@payload
class CourseTitleSetPayload:
    """What came of naming a course."""

    course: Course | None = reference("courses", by="key")
    """The course as it is now; null where it wasn't changed."""


@input
class CourseTagsInput:
    """A course and tags."""

    course: strawberry.ID
    """Course that is marked."""

    tags: list[str]
    """Words that courses and registrations can be found by."""


@payload
class CourseTagsPayload:
    """What came of changing a course's tags."""

    course: Course | None = reference("courses", by="key")
    """The course as it is now; null where it wasn't changed."""


@input
class CourseDeleteInput:
    """A course that is to go."""

    course: strawberry.ID
    """Course to delete, all its versions, registrations, invitations and dispatches with it."""


@payload
class CourseDeletePayload:
    """What came of deleting a course."""

    deleted_id: strawberry.ID | None = computed(lambda _, root: root.id)
    """Id of what is no more; null where it wasn't deleted. Registrations may take a while to go."""


@extend("Mutation")
class CourseMutations:
    """What is added to the mutations."""

    course_title_set: CourseTitleSetPayload | None = change(
        CourseTitleSetInput,
        Change("set_course_title", "Course", "course", check="read the course's `title`"),
    )
    """Name a course."""

    course_tags_replace: CourseTagsPayload | None = change(
        CourseTagsInput,
        Change("replace_course_tags", "Course", "course", check="read the course's `tags`"),
    )
    """Mark a course with these tags, and no others."""

    course_tags_remove: CourseTagsPayload | None = change(
        CourseTagsInput,
        Change("remove_course_tags", "Course", "course", check="read the course's `tags`"),
    )
    """Take these tags off a course; those that it doesn't have do no harm."""

    course_delete: CourseDeletePayload | None = change(
        CourseDeleteInput, Change("delete_course", "Course", "course", check="look for the course")
    )
    """Delete a course with all its versions, and with its registrations, invitations, dispatches
    and debug logs."""
