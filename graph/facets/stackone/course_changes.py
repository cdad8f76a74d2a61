"""Courses that are written at StackOne, one or many.

June 2025 wrote courses by an operation of their own; since then they are written as contents of the
type `course`. https://docs.stackone.com/lms/api-reference/courses/batch-upsert-course
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from graph.changes import change, payload
from graph.entity import choices, computed, deprecated, extend, input, reference, value
from graph.scalars import JSON, URL, Duration
from providers.errors import Kind
from providers.stackone import batch_changes
from providers.stackone.batch_changes import BatchItem
from resolvers.changes import Change

if TYPE_CHECKING:
    from graph.course import Course
    from graph.facets.stackone.parts import (
        StackOneAdditionalDataInput,
        StackOneAuthorInput,
        StackOneCategoryInput,
        StackOneLocalizationInput,
        StackOnePartInput,
        StackOneSkillInput,
        StackOneWordInput,
    )
    from providers.stackone.batch_changes import UpsertStatus

choices(batch_changes.UpsertStatus)


@input
class StackOneCourseInput:
    """A course as it is to be. What the source's generation of the API lacks is refused before
    anything is sent."""

    external_reference: str | None
    """Reference of the source's customer, by which the course is found again. A source that speaks
    the API of June 2025 may do without."""

    title: str | None
    """Title of the course."""

    description: str | None
    """What the course is about."""

    languages: list[StackOneWordInput] | None
    """Languages that the course is offered in, for example `en_GB`."""

    cover_url: URL | None
    """Address of the cover picture."""

    url: URL | None
    """Address where the course is taken."""

    is_active: bool | None
    """Whether the course is offered."""

    duration: Duration | None
    """Time that the course takes."""

    categories: list[StackOneCategoryInput] | None
    """Subjects that the course is filed under."""

    skills: list[StackOneSkillInput] | None
    """Skills that the course teaches."""

    contents: list[StackOnePartInput] | None
    """Contents inside the course. API of June 2025 only."""

    localizations: list[StackOneLocalizationInput] | None
    """Its words in several languages."""

    custom_fields: JSON | None
    """Object of the fields that StackOne's customer has set up."""

    mobile_url: URL | None
    """Address of the course for phones. Not in the API of June 2025, as is all that follows."""

    order: float | None
    """Place of the course among others."""

    short_description: str | None = deprecated("Use `description` instead.")
    """What the course is about, in short."""

    tags: list[str] | None
    """Words that the course is marked with."""

    authors: list[StackOneAuthorInput] | None
    """Who wrote the course."""

    additional_data: list[StackOneAdditionalDataInput] | None
    """Fields that the learning system keeps beside the unified ones."""

    created_at: datetime | None
    """When the course was made."""

    updated_at: datetime | None
    """When the course was last changed."""

    passthrough: JSON | None
    """Object that is passed on to the learning system as it is."""


@input
class CourseUpsertInput:
    """A source and a course."""

    source: str
    """Name of the source."""

    course: StackOneCourseInput
    """The course."""


@payload
class CourseUpsertPayload:
    """What came of writing a course."""

    course: Course | None = reference("courses", by="key")
    """The course as it is now; null where it wasn't written, or can't be read yet."""

    operation: str | None = computed(lambda _, root: root.value and root.value.operation)
    """Operation of StackOne's that wrote it: `PUT /courses` in June 2025, `PUT /content` since."""

    remote_id: str | None = computed(lambda _, root: root.value and root.value.remote_id)
    """Id in the learning system, where StackOne tells it."""

    external_reference: str | None = computed(
        lambda _, root: root.value and root.value.external_reference
    )
    """Reference by which the course is found again, as StackOne repeats it."""


@input
class CoursesUpsertInput:
    """A source and courses."""

    source: str
    """Name of the source."""

    courses: list[StackOneCourseInput]
    """The courses. Where one of them can't be sent, none is."""

    wait_for: float | None
    """For how many seconds at most to look whether the courses are there, within the operation's
    time; 0 looks once. Left out, nothing is read."""


@value(BatchItem)
class CoursesUpsertItem:
    """What became of one of several courses."""

    index: int
    """Its place among `courses`, from 0."""

    external_reference: str | None
    """Reference that it was sent with."""

    status: UpsertStatus
    """What became of it, as far as it was looked at."""

    errors: list[str]
    """Why the source refused it; empty where it didn't."""

    course: Course | None = reference("courses", by="key")
    """The course, where it was looked for and found. Costs a call each, beside the looking."""


@payload
class CoursesUpsertPayload:
    """What came of writing courses. That they were taken doesn't say that they are there."""

    items: list[CoursesUpsertItem] = computed(
        lambda _, root: root.value.items if root.value else []
    )
    """What became of each, in the order of `courses`; empty where nothing was sent."""

    operation: str | None = computed(lambda _, root: root.value and root.value.operation)
    """Operation of StackOne's that took them: `POST /courses/batch` in June 2025,
    `POST /content/batch` since."""

    how_to_verify: str | None = computed(lambda _, root: root.value and root.value.how_to_verify)
    """How to see what became of those that are pending."""


INSIDE = {"categories.category": "Category", "skills.skill": "Skill"}
"""Ids inside what is written, with their type."""

CHECK = "look for a course with this `externalReference`; writing it again does no harm"


def within(name: str) -> dict[str, str]:
    """The same inside a field."""
    return {f"{name}.{path}": type for path, type in INSIDE.items()}


@extend("Mutation")
class CourseMutations:
    """What is added to the mutations."""

    course_upsert: CourseUpsertPayload | None = change(
        CourseUpsertInput,
        Change(
            "upsert_course",
            check=CHECK,
            keys=within("course"),
            blamed={Kind.CONFLICT: "course"},
        ),
    )
    """Write a course, or replace the one that has its `externalReference`. Where the answer is
    lost, it is read back, if that can tell for certain."""

    courses_upsert: CoursesUpsertPayload | None = change(
        CoursesUpsertInput,
        Change("upsert_courses", check=CHECK, keys=within("courses")),
    )
    """Write several courses, or replace those that have their `externalReference`. The source takes
    them first and writes them later; `waitFor` looks what becomes of them."""
