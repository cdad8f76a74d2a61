"""What a learner's visit to a course does to a registration: it begins, and it ends somehow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.configuration import effective
from sandbox.scormcloud.enrolments import blank
from sandbox.scormcloud.launches import launch_id, launches_of
from sandbox.scormcloud.reports import Completion, Success
from sandbox.scormcloud.roster import Launch, Registration, global_objectives


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a course says when its learner leaves: `score` 0–100, `seconds` of this visit."""

    completion: Completion
    success: Success
    score: float | None
    seconds: float


def renew(cloud: Cloud, registration: Registration) -> Registration:
    """A new instance after this one, on the latest version of the course, with its settings."""
    number = registration.instance + 1
    version = cloud.shelf(registration.version.course_id).latest
    fresh = blank(registration.id, number, version, registration.learner, cloud.now())
    fresh = replace(fresh, created=registration.created, tags=registration.tags)
    explicit = cloud.settings.of("registration", (registration.id, registration.instance))
    cloud.settings.set("registration", (registration.id, number), explicit)
    cloud.keep(fresh)
    return fresh


def due(cloud: Cloud, registration: Registration) -> Registration:
    """The instance that a launch is for: a new one, where `WhenToRestartRegistration` says so."""
    is_complete = registration.completion == "COMPLETED"
    is_old = registration.version is not cloud.shelf(registration.version.course_id).latest
    match effective(cloud, registration)["WhenToRestartRegistration"]:
        case "WHEN_EXISTING_REG_IS_COMPLETE":
            restarts = is_complete
        case "WHEN_NEWER_PACKAGE_VERSION_EXISTS":
            restarts = is_old
        case "WHEN_EXISTING_REG_IS_COMPLETE_AND_NEWER_PACKAGE_VERSION_EXISTS":
            restarts = is_complete and is_old
        case _:
            restarts = False
    return renew(cloud, registration) if restarts else registration


def begun(registration: Registration, now: datetime) -> Registration:
    """The registration with a launch more, which its learner has not left yet."""
    before = launches_of(registration)
    launch = Launch(
        id=launch_id(registration, len(before)),
        launched=now,
        updated=now,
        left=None,
        completion=registration.completion,
        success=registration.success,
        score=registration.score,
        seconds=0.0,
    )
    is_new = registration.completion == "UNKNOWN"
    return replace(
        registration,
        first_access=registration.first_access or now,
        last_access=now,
        updated=now,
        completion="INCOMPLETE" if is_new else registration.completion,
        launches=(*before, launch),
    )


def ended(
    registration: Registration, launch_id: str, outcome: Outcome, now: datetime
) -> Registration:
    """The registration as that launch left it; what was reported of its parts no longer holds."""
    is_done = outcome.completion == "COMPLETED"
    return replace(
        registration,
        last_access=now,
        updated=now,
        completed=(registration.completed or now) if is_done else None,
        completion=outcome.completion,
        success=outcome.success,
        amount=1.0 if is_done else min(registration.amount or 0.0, 0.99),
        score=outcome.score,
        seconds=registration.seconds + outcome.seconds,
        lesson=None,
        objectives=global_objectives(registration.version, outcome.completion, outcome.success),
        reported={},
        suspended=None,
        launches=tuple(
            _left(each, outcome, now) if each.id == launch_id else each
            for each in launches_of(registration)
        ),
    )


def _left(launch: Launch, outcome: Outcome, now: datetime) -> Launch:
    return replace(
        launch,
        updated=now,
        left=now,
        completion=outcome.completion,
        success=outcome.success,
        score=outcome.score,
        seconds=outcome.seconds,
    )
