"""How SCORM Cloud's JSON becomes our records.

A course is a CourseSchema; a registration, a RegistrationSchema, is an assignment, a completion
once it is finished, and the only place where learners are named. Whatever isn't starred in the
reference may be missing. https://cloud.scorm.com/docs/v2/reference/swagger/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers.base import join_key, split_key
from providers.convert import (
    choice,
    first_text,
    full_name,
    key,
    languages,
    number_text,
    seconds_duration,
    text,
)
from providers.model import (
    Assignment,
    AssignmentStatus,
    Completion,
    Content,
    Course,
    CourseImport,
    ImportStatus,
    Record,
    Result,
    User,
)
from providers.reading import Facet, Reader, Reading, Ref, Refs
from providers.scormcloud.outline import ACTIVITY, COURSE_FACET, COURSE_IMPORT_FACET
from providers.scormcloud.parts import check_depth, children
from providers.scormcloud.progress import REGISTRATION_FACET
from providers.scormcloud.times import (
    clock_duration,
    clock_seconds,
    package_duration,
    package_seconds,
    percent,
)


def key_of_content(course: Any, activity: Any) -> str:
    """The key of a content: of its course and of its activity there."""
    return join_key(key(course), key(activity))


def content_of(course: Any, activity: Any) -> str | None:
    """The key of the content that an activity is; None where its course isn't named."""
    return None if course is None else key_of_content(course, activity)


def alone(value: Any) -> tuple[str, ...]:
    """One key, as the only one of its kind."""
    return (key(value),)


CONTENT = Reader(
    Content,
    key=(("course", "activity.itemIdentifier"), key_of_content),
    title=(("activity.title", "activity.itemIdentifier"), first_text),
    course_refs=("course", alone),
    facet=("activity", Facet(ACTIVITY)),
    about="an activity of a course's outline",
)
"""Read from an activity of the outline together with its course's id; see ``activities``."""


def activities(course: str, root: Any) -> list[dict[str, Any]]:
    """Every activity below the root of a course's outline, each with its course.

    In the outline's order: a branch comes before what is in it. The root stands for the course
    itself.

    Raises:
        ValueError: where the outline is too deep.
    """
    check_depth(root)
    found = []
    waiting = children(root)[::-1]
    while waiting:
        activity = waiting.pop()
        found.append({"course": course, "activity": activity})
        waiting += children(activity)[::-1]
    return found


class Outline(Refs):
    """The contents of a course, out of its outline."""

    def read(self, value: Any, reading: Reading, owner: str, *, shallow: bool) -> Any:
        """A tuple of contents."""
        if not isinstance(value, Mapping):
            raise TypeError("not an object")
        return Refs.read(self, activities(owner, value), reading, owner, shallow=shallow)


COURSE = Reader(
    Course,
    key="id",
    title=(("title", "id"), first_text),
    description="metadata.description",
    duration=("metadata.duration", package_duration),
    duration_seconds=("metadata.duration", package_seconds),
    content_refs=("rootActivity", Outline(CONTENT)),
    external_reference=("id", key),
    tags="tags",
    created_at="created",
    updated_at="updated",
    facet=("", Facet(COURSE_FACET)),
    notes={
        "description": "what the package's author wrote",
        "duration": "what the package's author wrote",
        "content_refs": "every activity below the root of its outline",
        "external_reference": "the course's own id, which its customer chose",
    },
)


IMPORT_STATUSES = {status.value: status for status in ImportStatus}

# The course stands in the result whole, but with a registration count of -1 and without metadata:
# only its key is taken.
COURSE_IMPORT = Reader(
    CourseImport,
    owned=True,
    status=("status", choice(IMPORT_STATUSES)),
    status_text="status",
    message="message",
    warnings="importResult.parserWarnings",
    languages=("importResult.courseLanguages", languages),
    course_ref=("importResult.course.id", key),
    facet=("", Facet(COURSE_IMPORT_FACET)),
    about="an import job, which is forgotten a week after it ended",
)
"""Owned by the job's id: an ImportJobResultSchema need not hold it."""


class ScormCloudLearner(Record, frozen=True, kw_only=True):
    """What only SCORM Cloud has about a learner: what it takes the id to ask for."""


LEARNER_FACET = Reader(ScormCloudLearner, owned=True)

USER = Reader(
    User,
    key="learner.id",
    name=(("learner.firstName", "learner.lastName"), full_name),
    first_name="learner.firstName",
    last_name="learner.lastName",
    email="learner.email",
    external_reference=("learner.id", key),
    updated_at="updated",
    facet=("", Facet(LEARNER_FACET)),
    about="a learner whom a registration names",
    notes={
        "external_reference": "the learner's own id, which the customer chose",
        "updated_at": "when a registration that names the user was last changed",
    },
)
"""Read from a registration: a learner is named nowhere else."""


class Learner(Ref):
    """The learner of a registration, read from all of it; None where it names none."""

    def read(self, value: Any, reading: Reading, owner: str, *, shallow: bool) -> Any:
        """The learner's record."""
        if value.get("learner") is None:
            return None
        return Ref.read(self, value, reading, owner, shallow=shallow)


_RESULTS = {"PASSED": Result.PASSED, "FAILED": Result.FAILED}

result = choice(_RESULTS)


def is_success_known(value: Any) -> bool:
    """Whether a word says that somebody passed or failed."""
    return isinstance(value, str) and value in _RESULTS


def is_finished(registration: Any) -> bool:
    """Whether a registration is a completion: it is COMPLETED, or its success is known."""
    if not isinstance(registration, Mapping):
        return False
    return registration.get("registrationCompletion") == "COMPLETED" or is_success_known(
        registration.get("registrationSuccess")
    )


COMPLETION = Reader(
    Completion,
    key="id",
    user_ref=("", Learner(USER)),
    # The course stands here with its title alone, which is less than a course's own answer has.
    course_ref=("course.id", key),
    score="score.scaled",
    score_text=("score.scaled", number_text),
    result=("registrationSuccess", result),
    result_text="registrationSuccess",
    started_at="firstAccessDate",
    completed_at="completedDate",
    time_spent=("totalSecondsTracked", seconds_duration),
    time_spent_seconds="totalSecondsTracked",
    created_at="createdDate",
    updated_at="updated",
    facet=("", Facet(REGISTRATION_FACET)),
    about="a registration that is completed, passed or failed",
    notes={"started_at": "when the learner first opened the course"},
)


class Finished(Ref):
    """The completion that a registration is, once it is finished."""

    def read(self, value: Any, reading: Reading, owner: str, *, shallow: bool) -> Any:
        """The completion's record, or None."""
        if not is_finished(value):
            return None
        return Ref.read(self, value, reading, owner, shallow=shallow)


def assignment_status(completion: Any, success: Any, first_access: Any) -> AssignmentStatus | None:
    """How far a registration is. UNKNOWN is also said of what was never opened.

    None for a word that the reference doesn't know.
    """
    match None if completion is None else text(completion):
        case "COMPLETED":
            return AssignmentStatus.COMPLETED
        case "INCOMPLETE":
            return AssignmentStatus.IN_PROGRESS
        case "UNKNOWN" | None if is_success_known(success):
            return AssignmentStatus.COMPLETED
        case "UNKNOWN":
            return (
                AssignmentStatus.PENDING if first_access is None else AssignmentStatus.IN_PROGRESS
            )
    return None


ASSIGNMENT = Reader(
    Assignment,
    key="id",
    user_ref=("", Learner(USER)),
    course_ref=("course.id", key),
    completion_ref=("", Finished(COMPLETION)),
    status=(
        ("registrationCompletion", "registrationSuccess", "firstAccessDate"),
        assignment_status,
    ),
    status_text="registrationCompletion",
    progress=("registrationCompletionAmount", percent),
    assigned_at="createdDate",
    starts_at="firstAccessDate",
    completed_at="completedDate",
    created_at="createdDate",
    updated_at="updated",
    facet=("", Facet(REGISTRATION_FACET)),
    about="a registration",
    notes={
        "assigned_at": "when the registration was created",
        "starts_at": "when the learner first opened the course",
    },
)

_OF_ACTIVITY = "activity"


def key_of_activity_completion(registration: Any, activity: Any) -> str:
    """The key of the completion of one activity.

    Registrations' ids are the customer's own words, so the first part tells these keys from theirs.
    """
    return join_key(_OF_ACTIVITY, key(registration), key(activity))


def split_activity_completion(key: str) -> tuple[str, str] | None:
    """Registration and activity out of such a key; None for any other."""
    parts = split_key(key, 3)
    return (parts[1], parts[2]) if parts and parts[0] == _OF_ACTIVITY else None


ACTIVITY_COMPLETION = Reader(
    Completion,
    key=(("registration.id", "activity.id"), key_of_activity_completion),
    user_ref=("registration", Learner(USER)),
    course_ref=("registration.course.id", key),
    content_ref=(("registration.course.id", "activity.id"), content_of),
    score="activity.score.scaled",
    score_text=("activity.score.scaled", number_text),
    result=("activity.activitySuccess", result),
    result_text="activity.activitySuccess",
    time_spent=("activity.timeTracked", clock_duration),
    time_spent_seconds=("activity.timeTracked", clock_seconds),
)
"""Read from an activity's results together with their registration; see ``finished_activities``.
When an activity was begun or finished isn't said."""


def finished_activities(registration: Any) -> list[dict[str, Any]]:
    """The activities below the root that are COMPLETED, or whose success is known.

    Raises:
        ValueError: where the results are nested too deeply.
    """
    details = registration.get("activityDetails") if isinstance(registration, Mapping) else None
    return [
        {"registration": registration, "activity": each["activity"]}
        for each in activities("", details)
        if _is_finished_activity(each["activity"])
    ]


def _is_finished_activity(activity: Any) -> bool:
    return isinstance(activity, Mapping) and (
        activity.get("activityCompletion") == "COMPLETED"
        or is_success_known(activity.get("activitySuccess"))
    )
