"""Results that a registration may begin with, because they were reached somewhere else.

Fields are called as those that show results (`ScormCloudRegistration`), so that what was read at
one source can be given to another. https://cloud.scorm.com/docs/v2/reference/swagger/#/registration
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from graph.entity import input
from graph.scalars import Duration

if TYPE_CHECKING:
    from graph.facets.scormcloud.inputs import RegistrationLearnerInput
    from graph.facets.scormcloud.runtime_inputs import ScormCloudRuntimeInput


@input
class ScormCloudObjectiveInput:
    """A learning objective, and how far the learner has met it."""

    objective_id: str | None
    """Identifier of the objective."""

    is_primary: bool | None
    """Whether it is the one that decides about its activity."""

    score: float | None
    """Score between 0 and 100."""

    score_max: float | None
    """Largest score that can be had."""

    score_min: float | None
    """Smallest score that can be had."""

    score_raw: float | None
    """Score between these two."""

    previous_score: float | None
    """Scaled score of the attempt before."""

    first_score: float | None
    """Scaled score of the first attempt."""

    progress_measure: float | None
    """How far the learner has come."""

    first_success_at: datetime | None
    """When the objective was first met."""

    completion: str | None
    """UNKNOWN, COMPLETED or INCOMPLETE, in SCORM Cloud's words."""

    success: str | None
    """UNKNOWN, PASSED or FAILED, in SCORM Cloud's words."""

    previous_success: str | None
    """Success in the attempt before: UNKNOWN, PASSED or FAILED."""


@input
class ScormCloudSharedDataInput:
    """Data that the activities of a course share."""

    data_id: str | None
    """Identifier of the data."""

    value: str | None
    """The data."""


@input
class ScormCloudStaticPropertiesInput:
    """What the manifest of a course says of an activity."""

    completion_threshold: str | None
    """Progress from which it counts as complete."""

    launch_data: str | None
    """Data that content gets when it starts."""

    max_time_allowed: str | None
    """Longest time that it may take."""

    scaled_passing_score: float | None
    """Scaled score from which it counts as passed."""

    is_scaled_passing_score_used: bool | None
    """Whether that score decides."""

    time_limit_action: str | None
    """What happens when the time is up."""


@input
class ScormCloudActivityResultInput:
    """How an activity of the course went."""

    activity_id: str | None
    """Identifier of the activity in its course."""

    title: str | None
    """Title of the activity."""

    attempts: int | None
    """How often it was begun."""

    completion: str | None
    """UNKNOWN, COMPLETED or INCOMPLETE, in SCORM Cloud's words."""

    success: str | None
    """UNKNOWN, PASSED or FAILED, in SCORM Cloud's words."""

    score: float | None
    """Score between 0 and 100."""

    time_tracked: Duration | None
    """Time spent."""

    completion_amount: float | None
    """How much is done: documented as 0 to 100, but shown as 0 to 1; sent as it is given."""

    is_suspended: bool | None
    """Whether the learner means to come back to it."""

    children: list[ScormCloudActivityResultInput] | None
    """How the activities below went."""

    objectives: list[ScormCloudObjectiveInput] | None
    """Objectives of the activity."""

    static_properties: ScormCloudStaticPropertiesInput | None
    """What the manifest says of it."""

    runtime: ScormCloudRuntimeInput | None
    """What content reported."""


@input
class RegistrationCourseInput:
    """A course, as results name it."""

    key: str | None
    """Id of the course."""

    title: str | None
    """Title of its version."""

    version: int | None
    """Number of its version, from 0."""


@input
class RegistrationStateInput:
    """How far a registration has come. What names the registration is said beside as well; that
    counts."""

    key: str | None
    """Id of the registration."""

    instance: int | None
    """Number of the instance, from 0."""

    xapi_registration_id: str | None
    """Id in xAPI statements."""

    dispatch_id: str | None
    """Id of the dispatch that it came through."""

    updated_at: datetime | None
    """When it was last changed."""

    completion: str | None
    """UNKNOWN, COMPLETED or INCOMPLETE, in SCORM Cloud's words."""

    completion_amount: float | None
    """How much of the course is done, between 0 and 1."""

    success: str | None
    """UNKNOWN, PASSED or FAILED, in SCORM Cloud's words."""

    score: float | None
    """Score between 0 and 100."""

    seconds_tracked: float | None
    """Time spent, in seconds."""

    first_accessed_at: datetime | None
    """When the learner first opened the course."""

    last_accessed_at: datetime | None
    """When the learner last opened the course."""

    completed_at: datetime | None
    """When the course was finished."""

    created_at: datetime | None
    """When it was created."""

    course: RegistrationCourseInput | None
    """Course that was taken."""

    learner: RegistrationLearnerInput | None
    """Who took it."""

    tags: list[str] | None
    """Words that it is marked with."""

    objectives: list[ScormCloudObjectiveInput] | None
    """Objectives that the activities share."""

    shared_data: list[ScormCloudSharedDataInput] | None
    """Data that the activities share."""

    suspended_activity_id: str | None
    """Identifier of the activity that the learner will come back to."""

    activity_details: ScormCloudActivityResultInput | None
    """How the course went, from the top of its outline."""
