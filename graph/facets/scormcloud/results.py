"""How the activities of a registration went: results, objectives, and what content reported.

https://cloud.scorm.com/docs/v2/reference/swagger/#/registration . Numbers that content reported
itself are text, as content wrote them.
"""

from __future__ import annotations

from datetime import datetime

from graph.entity import value
from graph.scalars import Duration
from providers.scormcloud import progress


@value(progress.ScormCloudObjective)
class ScormCloudObjective:
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


@value(progress.ScormCloudStaticProperties)
class ScormCloudStaticProperties:
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


@value(progress.ScormCloudLearnerPreference)
class ScormCloudLearnerPreference:
    """How a learner wants content to be played."""

    audio_level: float | None
    """Loudness."""

    language: str | None
    """Language."""

    delivery_speed: float | None
    """Speed."""

    audio_captioning: int | None
    """Whether captions are shown."""


@value(progress.ScormCloudComment)
class ScormCloudComment:
    """A comment of the learner, or for the learner."""

    value: str | None
    """What it says."""

    location: str | None
    """Place in the content that it is about."""

    date_time: str | None
    """When it was written, in the content's own words."""


@value(progress.ScormCloudInteraction)
class ScormCloudInteraction:
    """A question, and how the learner answered it."""

    interaction_id: str | None
    """Identifier of the question."""

    type: str | None
    """TrueFalse, Choice, FillIn, LongFillIn, Likert, Matching, Performance, Sequencing, Numeric or
    Other, in SCORM Cloud's words."""

    objectives: list[str] | None
    """Identifiers of the objectives that it belongs to."""

    timestamp: str | None
    """When it was asked, in the content's own words."""

    timestamp_utc: str | None
    """When it was asked, in UTC."""

    correct_responses: list[str] | None
    """Answers that are right."""

    weighting: str | None
    """Weight of the question among others."""

    learner_response: str | None
    """Answer that the learner gave."""

    result: str | None
    """Whether the answer is right, in the content's own words."""

    latency: str | None
    """How long the learner took."""

    description: str | None
    """What was asked."""


@value(progress.ScormCloudRuntimeObjective)
class ScormCloudRuntimeObjective:
    """An objective, as content itself reported it."""

    objective_id: str | None
    """Identifier of the objective."""

    score_scaled: str | None
    """Score as a share of one."""

    score_min: str | None
    """Smallest score that can be had."""

    score_max: str | None
    """Largest score that can be had."""

    score_raw: str | None
    """Score between these two."""

    success: str | None
    """UNKNOWN, PASSED or FAILED, in SCORM Cloud's words."""

    completion: str | None
    """UNKNOWN, COMPLETED, INCOMPLETE, NOT_ATTEMPTED or BROWSED, in SCORM Cloud's words."""

    progress_measure: str | None
    """How far the learner has come."""

    description: str | None
    """What the objective is."""


@value(progress.ScormCloudRuntime)
class ScormCloudRuntime:
    """What content itself last reported, in the data model of its standard."""

    completion_status: str | None
    """Whether it is complete."""

    credit: str | None
    """Whether it counts."""

    entry: str | None
    """Whether it was begun anew or resumed."""

    exit: str | None
    """How it was left."""

    learner_preference: ScormCloudLearnerPreference | None
    """How the learner wants it to be played."""

    location: str | None
    """Where the learner is in it."""

    mode: str | None
    """Whether it is taken, browsed or reviewed."""

    progress_measure: str | None
    """How much is done."""

    score_scaled: str | None
    """Score as a share of one."""

    score_raw: str | None
    """Score between smallest and largest."""

    score_min: str | None
    """Smallest score that can be had."""

    score_max: str | None
    """Largest score that can be had."""

    total_time: str | None
    """Time spent, as content counts it."""

    time_tracked: str | None
    """Time spent, as SCORM Cloud counts it."""

    success_status: str | None
    """UNKNOWN, PASSED or FAILED, in SCORM Cloud's words."""

    suspend_data: str | None
    """What content keeps for itself until the learner comes back."""

    learner_comments: list[ScormCloudComment] | None
    """Comments of the learner."""

    lms_comments: list[ScormCloudComment] | None
    """Comments for the learner."""

    interactions: list[ScormCloudInteraction] | None
    """Questions and answers."""

    objectives: list[ScormCloudRuntimeObjective] | None
    """Objectives, as content reported them."""


@value(progress.ScormCloudActivityResult)
class ScormCloudActivityResult:
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
    """Score between 0 and 100; null where there is none."""

    time_tracked: Duration | None
    """Time spent."""

    time_tracked_seconds: float | None
    """Time spent, in seconds."""

    completion_amount: float | None
    """How much is done: documented as 0 to 100, but seen as 0 to 1; shown as it comes."""

    is_suspended: bool | None
    """Whether the learner means to come back to it."""

    children: list[ScormCloudActivityResult] | None
    """How the activities below went."""

    objectives: list[ScormCloudObjective] | None
    """Objectives of the activity."""

    static_properties: ScormCloudStaticProperties | None
    """What the manifest says of it."""

    runtime: ScormCloudRuntime | None
    """What content reported; null but at the lowest activities."""
