"""Mutations of courses that SCORM Cloud alone takes: titles, tags, settings, and what goes.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from graph.changes import change, payload
from graph.entity import computed, extend, input, reference, references
from providers.base import join_key
from providers.errors import Kind
from providers.model import Record
from resolvers import entities
from resolvers.changes import Change, ChangeOfMany, Outcome
from resolvers.context import Context
from resolvers.relations import Detail

if TYPE_CHECKING:
    from graph.course import Course
    from graph.facets.scormcloud.courses import ScormCloudVersion

VERSIONS = Detail("course_versions")


def changed_version(context: Context, root: Outcome) -> Any:
    """The version that a change named, whose number is the outcome's value."""
    if root.key is None or root.value is None:
        return None
    version = Record(source=root.source, key=join_key(root.key, str(root.value)))
    return VERSIONS.resolve(context, version)


async def _gone(context: Context, root: Outcome) -> str | None:
    """The id of a course that isn't there any more."""
    if root.key is None:
        return None
    found = await entities.load(context, "courses", root.source, root.key)
    return root.id if found is None else None


class ChangedCourse:
    """What every payload of a changed course has."""

    course: Course | None = reference("courses", by="key")
    """The course as it is now; null where it wasn't changed."""


@input
class CourseTitleSetInput:
    """A course and its new title."""

    course: strawberry.ID
    """Course to name."""

    title: str
    """Title that its newest version gets."""


@payload
class CourseTitleSetPayload(ChangedCourse):
    """What came of naming a course."""


class TaggedCourse:
    """What every change of a course's tags takes."""

    course: strawberry.ID
    """Course that is marked."""

    tags: list[str]
    """Words that courses and registrations can be found by."""


@input
class CourseTagsReplaceInput(TaggedCourse):
    """A course, and all the tags that it is to have."""


@payload
class CourseTagsReplacePayload(ChangedCourse):
    """What came of replacing a course's tags."""


@input
class CourseTagsRemoveInput(TaggedCourse):
    """A course, and tags that it is to lose."""


@payload
class CourseTagsRemovePayload(ChangedCourse):
    """What came of taking tags off a course."""


@input
class CoursesTagsAddInput:
    """Some courses and tags."""

    courses: list[strawberry.ID]
    """Courses of one source that are marked, one at least."""

    tags: list[str]
    """Words that courses and registrations can be found by."""


@payload
class CoursesTagsAddPayload:
    """What came of marking courses."""

    courses: list[Course] | None = references("courses", by="keys")
    """The courses as they are now; null where none was changed."""


@input
class SettingInput:
    """A setting and its new value."""

    key: str
    """Id of the setting, as a configuration's `key` shows it."""

    value: str
    """Value, as text."""

    is_explicit: bool | None
    """Whether the value counts as set right here, even where it is the one that counts anyway."""


@input
class CourseConfigurationSetInput:
    """A course, or one of its versions, and settings."""

    course: strawberry.ID
    """Course to configure."""

    version: int | None
    """Number of the version to configure; the newest where left out."""

    settings: list[SettingInput]
    """Settings that get a value; the others stay as they are."""


@input
class CourseSettingClearInput:
    """A course, or one of its versions, and a setting."""

    course: strawberry.ID
    """Course to configure."""

    version: int | None
    """Number of the version to configure; the newest where left out."""

    setting: str
    """Id of the setting whose value goes, so that a more general one counts."""


class ConfiguredCourse:
    """What every payload of a configured course has."""

    course: Course | None = reference("courses", by="key")
    """The course as it is now; null where it wasn't configured."""

    version: ScormCloudVersion | None = computed(changed_version)
    """The version as it is now; null where the input named none, or it wasn't configured. Costs a
    call."""


@payload
class CourseConfigurationSetPayload(ConfiguredCourse):
    """What came of giving settings of a course a value."""


@payload
class CourseSettingClearPayload(ConfiguredCourse):
    """What came of taking a setting's value back."""


@input
class CourseVersionDeleteInput:
    """A version of a course that is to go."""

    course: strawberry.ID
    """Course whose version goes."""

    version: int
    """Number of the version. If it is the only one, the whole course goes with it, and so do its
    registrations, invitations and dispatches."""


@payload
class CourseVersionDeletePayload:
    """What came of deleting a version."""

    deleted_version: int | None = computed(lambda _, root: root.value)
    """Number of the version that is no more; null where it wasn't deleted."""

    course: Course | None = reference("courses", by="key")
    """The course as it is now; null where it went with its last version."""

    deleted_id: strawberry.ID | None = computed(_gone)
    """Id of the course, if it went with its last version; null where it is there still. Costs a
    call, the same as `course`."""


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
        Change(
            "set_course_title",
            "Course",
            "course",
            check="read the course's `title`",
            blamed={Kind.REJECTED: "title"},
        ),
    )
    """Name a course: its newest version."""

    course_tags_replace: CourseTagsReplacePayload | None = change(
        CourseTagsReplaceInput,
        Change(
            "replace_course_tags",
            "Course",
            "course",
            check="read the course's `tags`",
            blamed={Kind.REJECTED: "tags"},
        ),
    )
    """Mark a course with these tags, and no others; `coursesTagsAdd` keeps those that it has."""

    course_tags_remove: CourseTagsRemovePayload | None = change(
        CourseTagsRemoveInput,
        Change(
            "remove_course_tags",
            "Course",
            "course",
            check="read the course's `tags`",
            blamed={Kind.REJECTED: "tags"},
        ),
    )
    """Take these tags off a course; those that it doesn't have do no harm."""

    courses_tags_add: CoursesTagsAddPayload | None = change(
        CoursesTagsAddInput,
        ChangeOfMany(
            "add_tags_to_courses",
            "Course",
            "courses",
            check="read the courses' `tags`",
            blamed={Kind.REJECTED: "tags"},
        ),
    )
    """Mark several courses of one source with all of these tags, by one call. Where one of them
    isn't there, that is told, and it isn't documented whether the others are marked."""

    course_configuration_set: CourseConfigurationSetPayload | None = change(
        CourseConfigurationSetInput,
        Change(
            "set_course_configuration",
            "Course",
            "course",
            check="read the `configuration`",
            blamed={Kind.REJECTED: "settings"},
        ),
    )
    """Give settings of a course, or of one of its versions, a value."""

    course_setting_clear: CourseSettingClearPayload | None = change(
        CourseSettingClearInput,
        Change(
            "clear_course_setting",
            "Course",
            "course",
            check="read the `configuration`",
            blamed={Kind.REJECTED: "setting", Kind.INVALID_KEY: "setting"},
        ),
    )
    """Take back the value that a setting has at a course, or at one of its versions."""

    course_version_delete: CourseVersionDeletePayload | None = change(
        CourseVersionDeleteInput,
        Change(
            "delete_course_version",
            "Course",
            "course",
            check="read the course's `versions`",
            blamed={Kind.REJECTED: "version"},
        ),
    )
    """Delete one version of a course; with the last one, the course goes, and all that hangs on
    it."""

    course_delete: CourseDeletePayload | None = change(
        CourseDeleteInput, Change("delete_course", "Course", "course", check="look for the course")
    )
    """Delete a course with all its versions, and with its registrations, invitations, dispatches
    and debug logs."""
