"""What requests about registrations and learners carry, under the names of SCORM Cloud's schemas.

Attributes are called as our records call them, so that what was read can be given back.
https://cloud.scorm.com/docs/v2/reference/swagger/#/registration
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, TypeVar, get_args, get_origin, get_type_hints

from msgspec import Struct, field

from providers.errors import Kind, ProviderError
from providers.scormcloud.bodies import Body, SettingsPost, settings_post
from providers.scormcloud.times import duration_clock

B = TypeVar("B", bound=Struct)
Makers = Mapping[str, Callable[[Any], Any]]


class Scaled(Body, frozen=True):
    """ScoreSchema, and CompletionAmountSchema."""

    scaled: float


def scaled(value: float | None) -> Scaled | None:
    """A number as these schemas wrap it."""
    return None if value is None else Scaled(scaled=value)


def clock(value: str | None) -> str | None:
    """A duration as SCORM Cloud writes one: ``0000:00:26.66``.

    Raises:
        ProviderError: ``REJECTED`` where it is none.
    """
    try:
        return None if value is None else duration_clock(value)
    except ValueError:
        detail = "a time is an ISO 8601 duration without years and months, such as PT26.66S"
        raise ProviderError(Kind.REJECTED, detail) from None


class Learner(Body, frozen=True):
    """LearnerSchema."""

    key: str = field(name="id")
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class PostBack(Body, frozen=True):
    """PostBackSchema."""

    url: str
    auth_type: str | None = None
    user_name: str | None = None
    password: str | None = None
    results_format: str | None = None
    is_legacy: bool | None = field(default=None, name="legacy")


class Objective(Body, frozen=True):
    """ObjectiveSchema."""

    made_by: ClassVar[Makers] = {"score": scaled}

    objective_id: str | None = field(default=None, name="id")
    is_primary: bool | None = field(default=None, name="primary")
    score: Scaled | None = None
    score_max: float | None = None
    score_min: float | None = None
    score_raw: float | None = None
    previous_score: float | None = field(default=None, name="previousScoreScaled")
    first_score: float | None = field(default=None, name="firstScoreScaled")
    progress_measure: float | None = None
    first_success_at: datetime | None = field(default=None, name="firstSuccessTimeStamp")
    completion: str | None = field(default=None, name="objectiveCompletion")
    success: str | None = field(default=None, name="objectiveSuccess")
    previous_success: str | None = field(default=None, name="previousObjectiveSuccess")


class SharedDataEntry(Body, frozen=True):
    """SharedDataEntrySchema."""

    data_id: str | None = field(default=None, name="id")
    value: str | None = None


class StaticProperties(Body, frozen=True):
    """StaticPropertiesSchema."""

    completion_threshold: str | None = None
    launch_data: str | None = None
    max_time_allowed: str | None = None
    scaled_passing_score: float | None = None
    is_scaled_passing_score_used: bool | None = field(default=None, name="scaledPassingScoreUsed")
    time_limit_action: str | None = None


class LearnerPreference(Body, frozen=True):
    """LearnerPreferenceSchema."""

    audio_level: float | None = None
    language: str | None = None
    delivery_speed: float | None = None
    audio_captioning: int | None = None


class Comment(Body, frozen=True):
    """CommentSchema."""

    value: str | None = None
    location: str | None = None
    date_time: str | None = None


class RuntimeInteraction(Body, frozen=True):
    """RuntimeInteractionSchema."""

    interaction_id: str | None = field(default=None, name="id")
    type: str | None = None
    objectives: Sequence[str] | None = None
    timestamp: str | None = None
    timestamp_utc: str | None = None
    correct_responses: Sequence[str] | None = None
    weighting: str | None = None
    learner_response: str | None = None
    result: str | None = None
    latency: str | None = None
    description: str | None = None


class RuntimeObjective(Body, frozen=True):
    """RuntimeObjectiveSchema."""

    objective_id: str | None = field(default=None, name="id")
    score_scaled: str | None = None
    score_min: str | None = None
    score_max: str | None = None
    score_raw: str | None = None
    success: str | None = field(default=None, name="runtimeObjectiveSuccessStatus")
    completion: str | None = field(default=None, name="runtimeObjectiveCompletionStatus")
    progress_measure: str | None = None
    description: str | None = None


class Runtime(Body, frozen=True):
    """RuntimeSchema."""

    completion_status: str | None = None
    credit: str | None = None
    entry: str | None = None
    exit: str | None = None
    learner_preference: LearnerPreference | None = None
    location: str | None = None
    mode: str | None = None
    progress_measure: str | None = None
    score_scaled: str | None = None
    score_raw: str | None = None
    score_min: str | None = None
    score_max: str | None = None
    total_time: str | None = None
    time_tracked: str | None = None
    success_status: str | None = field(default=None, name="runtimeSuccessStatus")
    suspend_data: str | None = None
    learner_comments: Sequence[Comment] | None = None
    lms_comments: Sequence[Comment] | None = None
    interactions: Sequence[RuntimeInteraction] | None = field(
        default=None, name="runtimeInteractions"
    )
    objectives: Sequence[RuntimeObjective] | None = field(default=None, name="runtimeObjectives")


class ActivityResult(Body, frozen=True):
    """ActivityResultSchema."""

    made_by: ClassVar[Makers] = {
        "score": scaled,
        "completion_amount": scaled,
        "time_tracked": clock,
    }

    activity_id: str | None = field(default=None, name="id")
    title: str | None = None
    attempts: int | None = None
    completion: str | None = field(default=None, name="activityCompletion")
    success: str | None = field(default=None, name="activitySuccess")
    score: Scaled | None = None
    time_tracked: str | None = None
    completion_amount: Scaled | None = None
    is_suspended: bool | None = field(default=None, name="suspended")
    children: Sequence[ActivityResult] | None = None
    objectives: Sequence[Objective] | None = None
    static_properties: StaticProperties | None = None
    runtime: Runtime | None = None


class CourseReference(Body, frozen=True):
    """CourseReferenceSchema."""

    key: str | None = field(default=None, name="id")
    title: str | None = None
    version: int | None = None


class Registration(Body, frozen=True):
    """RegistrationSchema."""

    made_by: ClassVar[Makers] = {"score": scaled}

    key: str | None = field(default=None, name="id")
    instance: int | None = None
    xapi_registration_id: str | None = None
    dispatch_id: str | None = None
    updated_at: datetime | None = field(default=None, name="updated")
    completion: str | None = field(default=None, name="registrationCompletion")
    completion_amount: float | None = field(default=None, name="registrationCompletionAmount")
    success: str | None = field(default=None, name="registrationSuccess")
    score: Scaled | None = None
    seconds_tracked: float | None = field(default=None, name="totalSecondsTracked")
    first_accessed_at: datetime | None = field(default=None, name="firstAccessDate")
    last_accessed_at: datetime | None = field(default=None, name="lastAccessDate")
    completed_at: datetime | None = field(default=None, name="completedDate")
    created_at: datetime | None = field(default=None, name="createdDate")
    course: CourseReference | None = None
    learner: Learner | None = None
    tags: Sequence[str] | None = None
    objectives: Sequence[Objective] | None = field(default=None, name="globalObjectives")
    shared_data: Sequence[SharedDataEntry] | None = None
    suspended_activity_id: str | None = None
    activity_details: ActivityResult | None = None


def initial(settings: Sequence[Mapping[str, Any]] | None) -> SettingsPost | None:
    """Settings that something begins with."""
    return None if settings is None else settings_post(settings)


class CreateRegistration(Body, frozen=True):
    """CreateRegistrationSchema."""

    made_by: ClassVar[Makers] = {"initial_settings": initial}

    course_id: str
    learner: Learner
    key: str = field(name="registrationId")
    xapi_registration_id: str | None = None
    learner_tags: Sequence[str] | None = None
    course_tags: Sequence[str] | None = None
    registration_tags: Sequence[str] | None = None
    postback: PostBack | None = field(default=None, name="postBack")
    initial_state: Registration | None = field(default=None, name="initialRegistrationState")
    initial_settings: SettingsPost | None = None


def body_of(kind: type[B], given: Mapping[str, Any]) -> B:
    """A body out of what is given by the names of its attributes, and so the bodies inside it.

    Raises:
        ProviderError: ``REJECTED`` where a value can't be written as the schema has it.
    """
    makers = _makers(kind)
    return kind(**{name: makers.get(name, _same)(value) for name, value in given.items()})


@cache
def _makers(kind: type[Struct]) -> Makers:
    """By attribute, what makes its value, where that isn't given as it is sent."""
    own: Makers = getattr(kind, "made_by", {})
    inner = {name: _struct(hint) for name, hint in get_type_hints(kind).items()}
    return {name: _maker(found) for name, found in inner.items() if found} | dict(own)


def _struct(hint: Any) -> type[Struct] | None:
    """The struct in an annotation, alone, or optional, or in a list."""
    if isinstance(hint, type) and get_origin(hint) is None:
        return hint if issubclass(hint, Struct) else None
    return next(filter(None, map(_struct, get_args(hint))), None)


def _maker(kind: type[Struct]) -> Callable[[Any], Any]:
    def make(value: Any) -> Any:
        if isinstance(value, list):
            return [make(each) for each in value]
        return body_of(kind, value) if isinstance(value, Mapping) else value

    return make


def _same(value: Any) -> Any:
    return value
