"""What a registration may be created with: results that were reached somewhere else, as they are
read from a RegistrationSchema.

https://cloud.scorm.com/docs/api_reference/v2/endpoints/registrationservice/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec

from sandbox.scormcloud.bodies import Schema
from sandbox.scormcloud.refusals import bad_request

JSONObject = dict[str, Any]
Completion = Literal["UNKNOWN", "COMPLETED", "INCOMPLETE"]
Success = Literal["UNKNOWN", "PASSED", "FAILED"]

Percent = Annotated[float, msgspec.Meta(ge=-100, le=100)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]

_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d):([0-5]\d(?:\.\d+)?)")


class Score(Schema, frozen=True):
    """ScoreSchema: 0–100; SCORM 2004 knows scores below nothing."""

    scaled: Percent | None = None


class Amount(Schema, frozen=True):
    """CompletionAmountSchema: documented as 0–100, seen as 0–1; both are taken, as they come."""

    scaled: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None


class Objective(Schema, frozen=True):
    """ObjectiveSchema."""

    id: str | None = None
    primary: bool | None = None
    score: Score | None = None
    score_max: float | None = None
    score_min: float | None = None
    score_raw: float | None = None
    previous_score_scaled: float | None = None
    first_score_scaled: float | None = None
    progress_measure: float | None = None
    first_success_time_stamp: str | None = None
    objective_completion: Completion | None = None
    objective_success: Success | None = None
    previous_objective_success: Success | None = None


class SharedData(Schema, frozen=True):
    """SharedDataEntrySchema: what parts of a course leave for each other."""

    id: str | None = None
    value: str | None = None


class Activity(Schema, frozen=True):
    """ActivityResultSchema: how one part of a course went."""

    id: str | None = None
    title: str | None = None
    attempts: int | None = None
    activity_completion: Completion | None = None
    activity_success: Success | None = None
    score: Score | None = None
    time_tracked: str | None = None
    completion_amount: Amount | None = None
    suspended: bool | None = None
    children: list[Activity] | None = None
    objectives: list[Objective] | None = None
    static_properties: JSONObject | None = None
    runtime: JSONObject | None = None

    @property
    def amount(self) -> float | None:
        return self.completion_amount.scaled if self.completion_amount else None

    @property
    def points(self) -> float | None:
        return self.score.scaled if self.score else None

    @property
    def seconds(self) -> float | None:
        """`0000:00:26.66` in seconds; `Refused` where it is none."""
        if self.time_tracked is None:
            return None
        found = _CLOCK.fullmatch(self.time_tracked)
        if found is None:
            raise bad_request(f"'{self.time_tracked[:40]}' is not a time like 0000:00:26.66")
        hours, minutes, seconds = found.groups()
        return int(hours) * 3_600 + int(minutes) * 60 + float(seconds)

    def check(self) -> None:
        """`Refused` where it says what its form alone does not rule out."""
        _ = self.seconds

    def family(self) -> Iterator[Activity]:
        """This part and all below it."""
        waiting = [self]
        while waiting:
            each = waiting.pop()
            yield each
            waiting += each.children or ()


class CourseReference(Schema, frozen=True):
    """CourseReferenceSchema."""

    id: str | None = None
    title: str | None = None
    version: int | None = None


class Report(Schema, frozen=True):
    """RegistrationSchema, as a registration can start with.

    What names the registration itself (`id`, `instance`, `xapiRegistrationId`, `dispatchId`,
    `course`, `learner`, `tags`) is taken, so that one that was read can be sent back, and not
    heeded: the request that creates a registration says it beside.
    """

    id: str | None = None
    instance: int | None = None
    xapi_registration_id: str | None = None
    dispatch_id: str | None = None
    updated: str | None = None
    registration_completion: Completion | None = None
    registration_completion_amount: Share | str | None = None
    registration_success: Success | None = None
    score: Score | None = None
    total_seconds_tracked: Annotated[float, msgspec.Meta(ge=0)] | None = None
    first_access_date: str | None = None
    last_access_date: str | None = None
    completed_date: str | None = None
    created_date: str | None = None
    course: CourseReference | None = None
    learner: JSONObject | None = None
    tags: list[str] | None = None
    global_objectives: list[Objective] | None = None
    shared_data: list[SharedData] | None = None
    suspended_activity_id: str | None = None
    activity_details: Activity | None = None

    @property
    def amount(self) -> float | None:
        """How much is done; None for the `NaN` that answers may hold."""
        given = self.registration_completion_amount
        if isinstance(given, str):
            if given != "NaN":
                raise bad_request(f"'{given[:40]}' is not a completion amount")
            return None
        return given or 0.0

    def activities(self) -> dict[str, Activity]:
        """What is said of each part of the course, by the part's identifier."""
        if self.activity_details is None:
            return {}
        return {each.id: each for each in self.activity_details.family() if each.id is not None}


def said(given: Any) -> JSONObject:
    """A checked object as JSON again, without what it does not say."""
    whole: JSONObject = msgspec.to_builtins(given)
    return {name: _said(value) for name, value in whole.items() if value is not None}


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _said(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_said(each) for each in value]
    return value
