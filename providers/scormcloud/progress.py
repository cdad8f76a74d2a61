"""What SCORM Cloud says of a registration beyond our model: results, runtime data, launches.

https://cloud.scorm.com/docs/v2/reference/swagger/#/registration . Words of its closed lists are
given as they come; numbers that content reported itself are text, as content wrote them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from providers.base import join_key
from providers.convert import key
from providers.model import Record
from providers.reading import Reader
from providers.scormcloud.parts import Part, Parts, Tree
from providers.scormcloud.times import clock_duration, clock_seconds, optional_number


class ScormCloudObjective(Record, frozen=True, kw_only=True):
    """A learning objective, and how far the learner has met it."""

    objective_id: str | None = None
    is_primary: bool | None = None
    """Whether it is the one that decides about its activity."""
    score: float | None = None
    """0–100."""
    score_max: float | None = None
    score_min: float | None = None
    score_raw: float | None = None
    previous_score: float | None = None
    """Score of the attempt before, scaled."""
    first_score: float | None = None
    """Score of the first attempt, scaled."""
    progress_measure: float | None = None
    first_success_at: datetime | None = None
    completion: str | None = None
    """UNKNOWN, COMPLETED or INCOMPLETE."""
    success: str | None = None
    """UNKNOWN, PASSED or FAILED."""
    previous_success: str | None = None
    """UNKNOWN, PASSED or FAILED, in the attempt before."""


OBJECTIVE = Reader(
    ScormCloudObjective,
    owned=True,
    objective_id="id",
    is_primary="primary",
    score="score.scaled",
    score_max="scoreMax",
    score_min="scoreMin",
    score_raw="scoreRaw",
    previous_score="previousScoreScaled",
    first_score="firstScoreScaled",
    progress_measure="progressMeasure",
    first_success_at="firstSuccessTimeStamp",
    completion="objectiveCompletion",
    success="objectiveSuccess",
    previous_success="previousObjectiveSuccess",
)


class ScormCloudStaticProperties(Record, frozen=True, kw_only=True):
    """What the course's manifest says of an activity."""

    completion_threshold: str | None = None
    launch_data: str | None = None
    max_time_allowed: str | None = None
    scaled_passing_score: float | None = None
    is_scaled_passing_score_used: bool | None = None
    time_limit_action: str | None = None


STATIC_PROPERTIES = Reader(
    ScormCloudStaticProperties,
    owned=True,
    completion_threshold="completionThreshold",
    launch_data="launchData",
    max_time_allowed="maxTimeAllowed",
    scaled_passing_score="scaledPassingScore",
    is_scaled_passing_score_used="scaledPassingScoreUsed",
    time_limit_action="timeLimitAction",
)


class ScormCloudLearnerPreference(Record, frozen=True, kw_only=True):
    """How the learner wants content to be played."""

    audio_level: float | None = None
    language: str | None = None
    delivery_speed: float | None = None
    audio_captioning: int | None = None


LEARNER_PREFERENCE = Reader(
    ScormCloudLearnerPreference,
    owned=True,
    audio_level="audioLevel",
    language="language",
    delivery_speed="deliverySpeed",
    audio_captioning="audioCaptioning",
)


class ScormCloudComment(Record, frozen=True, kw_only=True):
    """A comment of the learner, or for the learner."""

    value: str | None = None
    location: str | None = None
    """The place in the content that it is about."""
    date_time: str | None = None
    """When it was written, as the content wrote it."""


COMMENT = Reader(
    ScormCloudComment, owned=True, value="value", location="location", date_time="dateTime"
)


class ScormCloudInteraction(Record, frozen=True, kw_only=True):
    """A question, and how the learner answered it."""

    interaction_id: str | None = None
    type: str | None = None
    """TrueFalse, Choice, FillIn, LongFillIn, Likert, Matching, Performance, Sequencing, Numeric or
    Other."""
    objectives: tuple[str, ...] | None = None
    """Identifiers of the objectives that it belongs to."""
    timestamp: str | None = None
    timestamp_utc: str | None = None
    correct_responses: tuple[str, ...] | None = None
    weighting: str | None = None
    learner_response: str | None = None
    result: str | None = None
    latency: str | None = None
    """How long the learner took."""
    description: str | None = None


INTERACTION = Reader(
    ScormCloudInteraction,
    owned=True,
    interaction_id="id",
    type="type",
    objectives="objectives",
    timestamp="timestamp",
    timestamp_utc="timestampUtc",
    correct_responses="correctResponses",
    weighting="weighting",
    learner_response="learnerResponse",
    result="result",
    latency="latency",
    description="description",
)


class ScormCloudRuntimeObjective(Record, frozen=True, kw_only=True):
    """An objective, as content itself reported it."""

    objective_id: str | None = None
    score_scaled: str | None = None
    score_min: str | None = None
    score_max: str | None = None
    score_raw: str | None = None
    success: str | None = None
    """UNKNOWN, PASSED or FAILED."""
    completion: str | None = None
    """UNKNOWN, COMPLETED, INCOMPLETE, NOT_ATTEMPTED or BROWSED."""
    progress_measure: str | None = None
    description: str | None = None


RUNTIME_OBJECTIVE = Reader(
    ScormCloudRuntimeObjective,
    owned=True,
    objective_id="id",
    score_scaled="scoreScaled",
    score_min="scoreMin",
    score_max="scoreMax",
    score_raw="scoreRaw",
    success="runtimeObjectiveSuccessStatus",
    completion="runtimeObjectiveCompletionStatus",
    progress_measure="progressMeasure",
    description="description",
)


class ScormCloudRuntime(Record, frozen=True, kw_only=True):
    """What content itself last reported: the data model of its standard."""

    completion_status: str | None = None
    credit: str | None = None
    entry: str | None = None
    exit: str | None = None
    learner_preference: ScormCloudLearnerPreference | None = None
    location: str | None = None
    mode: str | None = None
    progress_measure: str | None = None
    score_scaled: str | None = None
    score_raw: str | None = None
    score_min: str | None = None
    score_max: str | None = None
    total_time: str | None = None
    time_tracked: str | None = None
    success_status: str | None = None
    """UNKNOWN, PASSED or FAILED."""
    suspend_data: str | None = None
    """What content keeps for itself until the learner comes back."""
    learner_comments: tuple[ScormCloudComment, ...] | None = None
    lms_comments: tuple[ScormCloudComment, ...] | None = None
    interactions: tuple[ScormCloudInteraction, ...] | None = None
    objectives: tuple[ScormCloudRuntimeObjective, ...] | None = None


RUNTIME = Reader(
    ScormCloudRuntime,
    owned=True,
    completion_status="completionStatus",
    credit="credit",
    entry="entry",
    exit="exit",
    learner_preference=("learnerPreference", Part(LEARNER_PREFERENCE)),
    location="location",
    mode="mode",
    progress_measure="progressMeasure",
    score_scaled="scoreScaled",
    score_raw="scoreRaw",
    score_min="scoreMin",
    score_max="scoreMax",
    total_time="totalTime",
    time_tracked="timeTracked",
    success_status="runtimeSuccessStatus",
    suspend_data="suspendData",
    learner_comments=("learnerComments", Parts(COMMENT)),
    lms_comments=("lmsComments", Parts(COMMENT)),
    interactions=("runtimeInteractions", Parts(INTERACTION)),
    objectives=("runtimeObjectives", Parts(RUNTIME_OBJECTIVE)),
)


class ScormCloudActivityResult(Record, frozen=True, kw_only=True):
    """How an activity of the course went."""

    activity_id: str | None = None
    """Identifier of the activity in its course."""
    title: str | None = None
    attempts: int | None = None
    completion: str | None = None
    """UNKNOWN, COMPLETED or INCOMPLETE."""
    success: str | None = None
    """UNKNOWN, PASSED or FAILED."""
    score: float | None = None
    """0–100."""
    time_tracked: str | None = None
    """Time spent, as an ISO 8601 duration."""
    time_tracked_seconds: float | None = None
    completion_amount: float | None = None
    """How much is done: documented as 0–100, but seen as 0–1. Given as it comes."""
    is_suspended: bool | None = None
    children: tuple[ScormCloudActivityResult, ...] | None = None
    objectives: tuple[ScormCloudObjective, ...] | None = None
    static_properties: ScormCloudStaticProperties | None = None
    runtime: ScormCloudRuntime | None = None
    """What content reported; only the lowest activities have any."""


ACTIVITY_RESULT: Reader[ScormCloudActivityResult] = Reader(
    ScormCloudActivityResult,
    owned=True,
    activity_id="id",
    title="title",
    attempts="attempts",
    completion="activityCompletion",
    success="activitySuccess",
    score="score.scaled",
    time_tracked=("timeTracked", clock_duration),
    time_tracked_seconds=("timeTracked", clock_seconds),
    completion_amount=("completionAmount.scaled", optional_number),
    is_suspended="suspended",
    children=("children", Parts(lambda: ACTIVITY_RESULT)),
    objectives=("objectives", Parts(OBJECTIVE)),
    static_properties=("staticProperties", Part(STATIC_PROPERTIES)),
    runtime=("runtime", Part(RUNTIME)),
)


class ScormCloudSharedData(Record, frozen=True, kw_only=True):
    """Data that activities of the course share."""

    data_id: str | None = None
    value: str | None = None


SHARED_DATA = Reader(ScormCloudSharedData, owned=True, data_id="id", value="value")


class ScormCloudRegistration(Record, frozen=True, kw_only=True):
    """What SCORM Cloud says of a registration: its newest instance."""

    instance: int | None = None
    """Number of the instance, from 0. A new one begins when the learner moves to another
    version."""
    xapi_registration_id: str | None = None
    """Id of the registration in xAPI statements."""
    dispatch_id: str | None = None
    """The dispatch that it came through, if it did."""
    completion: str | None = None
    """UNKNOWN, COMPLETED or INCOMPLETE."""
    completion_amount: float | None = None
    """How much of the course is done, 0–1."""
    success: str | None = None
    """UNKNOWN, PASSED or FAILED."""
    score: float | None = None
    """0–100, also while the course isn't finished."""
    seconds_tracked: float | None = None
    """Time spent, in seconds."""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    first_accessed_at: datetime | None = None
    last_accessed_at: datetime | None = None
    completed_at: datetime | None = None
    course_title: str | None = None
    """Title of the version that is taken."""
    course_version: int | None = None
    """Number of the version that is taken, from 0."""
    tags: tuple[str, ...] | None = None
    objectives: tuple[ScormCloudObjective, ...] | None = None
    """Objectives that the activities share."""
    shared_data: tuple[ScormCloudSharedData, ...] | None = None
    suspended_activity_id: str | None = None
    """The activity that the learner will come back to."""
    activity_details: ScormCloudActivityResult | None = None
    """How the course went, from the top of its outline."""


PROGRESS: dict[str, Any] = {
    "instance": "instance",
    "xapi_registration_id": "xapiRegistrationId",
    "dispatch_id": "dispatchId",
    "completion": "registrationCompletion",
    "completion_amount": ("registrationCompletionAmount", optional_number),
    "success": "registrationSuccess",
    "score": "score.scaled",
    "seconds_tracked": "totalSecondsTracked",
    "created_at": "createdDate",
    "updated_at": "updated",
    "first_accessed_at": "firstAccessDate",
    "last_accessed_at": "lastAccessDate",
    "completed_at": "completedDate",
    "course_title": "course.title",
    "course_version": "course.version",
    "tags": "tags",
    "objectives": ("globalObjectives", Parts(OBJECTIVE)),
    "shared_data": ("sharedData", Parts(SHARED_DATA)),
    "suspended_activity_id": "suspendedActivityId",
    "activity_details": ("activityDetails", Tree(ACTIVITY_RESULT)),
}
"""Cells that a registration and each of its instances have."""

REGISTRATION_FACET = Reader(ScormCloudRegistration, owned=True, **PROGRESS)


class ScormCloudInstance(ScormCloudRegistration, frozen=True, kw_only=True):
    """One instance of a registration. Its key is of registration and instance."""


def key_of_instance(registration: str, instance: Any) -> str:
    """The key of an instance, by its registration's key and its number."""
    return join_key(registration, key(instance))


INSTANCE = Reader(ScormCloudInstance, key=("instance", key_of_instance), owned=True, **PROGRESS)


class ScormCloudLaunch(Record, frozen=True, kw_only=True):
    """One time that the learner opened the course."""

    instance: int | None = None
    """Number of the registration's instance."""
    score: float | None = None
    """0–100."""
    completion: str | None = None
    """UNKNOWN, COMPLETED or INCOMPLETE."""
    success: str | None = None
    """UNKNOWN, PASSED or FAILED."""
    history_log: str | None = None
    """What happened in the player, as XML."""
    seconds_tracked: float | None = None
    """Time spent, in seconds."""
    launched_at: datetime | None = None
    exited_at: datetime | None = None
    reported_at: datetime | None = None
    """When content last reported anything."""


LAUNCH = Reader(
    ScormCloudLaunch,
    key="launchHistoryId",
    instance="instance",
    score="score.scaled",
    completion="completionStatus",
    success="successStatus",
    history_log="historyLog",
    seconds_tracked="totalSecondsTracked",
    launched_at="launchTime",
    exited_at="exitTime",
    reported_at="lastRuntimeUpdate",
)
