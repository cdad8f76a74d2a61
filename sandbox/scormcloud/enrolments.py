"""Creates registrations: anew, or with results that were reached somewhere else.

https://cloud.scorm.com/docs/api_reference/v2/endpoints/registrationservice/
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from sandbox.scormcloud.bodies import Schema
from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.configuration import SettingsPost, checked
from sandbox.scormcloud.library import Version
from sandbox.scormcloud.postbacks import PostBack
from sandbox.scormcloud.query import read_time
from sandbox.scormcloud.refusals import bad_request
from sandbox.scormcloud.reports import Report
from sandbox.scormcloud.roster import Learner, Registration, xapi_id
from sandbox.scormcloud.stores import Values

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
"""An id of the customer's own making: 255 characters at the most."""


class LearnerBody(Schema, frozen=True):
    """LearnerSchema."""

    id: Key
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class Enrolment(Schema, frozen=True):
    """CreateRegistrationSchema."""

    course_id: Key
    learner: LearnerBody
    registration_id: Key
    xapi_registration_id: str | None = None
    learner_tags: tuple[str, ...] | None = None
    course_tags: tuple[str, ...] | None = None
    registration_tags: tuple[str, ...] | None = None
    post_back: PostBack | None = None
    initial_registration_state: Report | None = None
    initial_settings: SettingsPost | None = None


def create(cloud: Cloud, asked: Enrolment, version_id: str | None) -> None:
    """`Refused` before anything changes: 400 for an id that is taken, 404 for no such course."""
    if asked.registration_id in cloud.registrations:
        raise bad_request(f"Registration with id [{asked.registration_id}] already exists")
    version = cloud.version(asked.course_id, version_id)
    settings = _settings(asked)
    registration = _begun(cloud, asked, version)
    # Before the register knows who has come: a new learner comes with no tags of the academy's.
    tag_others(cloud, registration, asked.learner_tags or (), asked.course_tags or ())
    cloud.keep(registration)
    cloud.settings.set("registration", (registration.id, 0), settings)
    cloud.tags.put("registration", registration.id, asked.registration_tags or ())


def tag_others(
    cloud: Cloud, registration: Registration, learner: Iterable[str], course: Iterable[str]
) -> None:
    """Tags that come with a registration or a launch are added to its learner's and its course's.

    What becomes of them is not documented beyond their names.
    """
    cloud.tags.add("learner", registration.learner.id, learner)
    cloud.tags.add("course", registration.version.course_id, course)


def blank(
    registration_id: str, instance: int, version: Version, learner: Learner, now: datetime
) -> Registration:
    """An instance that nobody has launched."""
    return Registration(
        id=registration_id,
        instance=instance,
        version=version,
        learner=learner,
        created=now,
        updated=now,
        first_access=None,
        last_access=None,
        completed=None,
        completion="UNKNOWN",
        success="UNKNOWN",
        amount=0.0,
        score=None,
        seconds=0.0,
        lesson=None,
        # Those that it gets are in the store of tags.
        tags=(),
        xapi_id=xapi_id(registration_id, instance),
        launches=(),
    )


def _settings(asked: Enrolment) -> Values:
    """What `initialSettings` says counts more than what `postBack` says of the same setting."""
    post_back = {} if asked.post_back is None else asked.post_back.settings()
    initial = {} if asked.initial_settings is None else checked(asked.initial_settings)
    return {**post_back, **initial}


def _begun(cloud: Cloud, asked: Enrolment, version: Version) -> Registration:
    said = asked.learner
    learner = Learner(said.id, said.email, said.first_name, said.last_name)
    fresh = blank(asked.registration_id, 0, version, learner, cloud.now())
    if asked.xapi_registration_id is not None:
        fresh = replace(fresh, xapi_id=_uuid(asked.xapi_registration_id))
    state = asked.initial_registration_state
    return fresh if state is None else _resumed(fresh, state)


def _resumed(fresh: Registration, state: Report) -> Registration:
    reported = state.activities()
    for activity in reported.values():
        activity.check()
    completion = state.registration_completion or fresh.completion
    last, done = _time(state.last_access_date), _time(state.completed_date)
    return replace(
        fresh,
        created=_time(state.created_date) or fresh.created,
        first_access=_time(state.first_access_date),
        last_access=last,
        completed=(done or last or fresh.created) if completion == "COMPLETED" else None,
        completion=completion,
        success=state.registration_success or fresh.success,
        amount=1.0 if completion == "COMPLETED" else state.amount,
        score=state.score.scaled if state.score else None,
        seconds=state.total_seconds_tracked or 0.0,
        objectives=tuple(state.global_objectives or ()),
        shared_data=tuple(state.shared_data or ()),
        reported=reported,
        suspended=state.suspended_activity_id,
    )


def _time(given: str | None) -> datetime | None:
    return None if given is None else read_time(given)


def _uuid(given: str) -> str:
    try:
        return str(UUID(given))
    except ValueError as error:
        raise bad_request(f"'{given[:80]}' is not a UUID, as xAPI wants one") from error
