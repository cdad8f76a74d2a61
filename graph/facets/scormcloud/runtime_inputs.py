"""What content itself reported of a learner, in the data model of its standard, to begin with.

https://cloud.scorm.com/docs/v2/reference/swagger/#/registration . Numbers that content reports
itself are text, as content writes them.
"""

from __future__ import annotations

from graph.entity import input


@input
class ScormCloudLearnerPreferenceInput:
    """How a learner wants content to be played."""

    audio_level: float | None
    """Loudness."""

    language: str | None
    """Language."""

    delivery_speed: float | None
    """Speed."""

    audio_captioning: int | None
    """Whether captions are shown."""


@input
class ScormCloudCommentInput:
    """A comment of the learner, or for the learner."""

    value: str | None
    """What it says."""

    location: str | None
    """Place in the content that it is about."""

    date_time: str | None
    """When it was written, in the content's own words."""


@input
class ScormCloudInteractionInput:
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


@input
class ScormCloudRuntimeObjectiveInput:
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


@input
class ScormCloudRuntimeInput:
    """What content itself last reported, in the data model of its standard."""

    completion_status: str | None
    """Whether it is complete."""

    credit: str | None
    """Whether it counts."""

    entry: str | None
    """Whether it was begun anew or resumed."""

    exit: str | None
    """How it was left."""

    learner_preference: ScormCloudLearnerPreferenceInput | None
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
    """Time spent, as SCORM Cloud counts it: `0000:00:26.66`."""

    success_status: str | None
    """UNKNOWN, PASSED or FAILED, in SCORM Cloud's words."""

    suspend_data: str | None
    """What content keeps for itself until the learner comes back."""

    learner_comments: list[ScormCloudCommentInput] | None
    """Comments of the learner."""

    lms_comments: list[ScormCloudCommentInput] | None
    """Comments for the learner."""

    interactions: list[ScormCloudInteractionInput] | None
    """Questions and answers."""

    objectives: list[ScormCloudRuntimeObjectiveInput] | None
    """Objectives, as content reported them."""
