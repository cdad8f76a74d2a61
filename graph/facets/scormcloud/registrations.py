"""What only SCORM Cloud has about registrations: their state, instances, launches and settings.

https://cloud.scorm.com/docs/v2/reference/swagger/#/registration
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from graph.connections import Connection
from graph.entity import detail, extend, value
from graph.facets.scormcloud.courses import numbered
from graph.facets.scormcloud.statements import of_time
from providers.scormcloud import progress

if TYPE_CHECKING:
    from graph.facets.scormcloud.courses import ScormCloudSetting
    from graph.facets.scormcloud.results import ScormCloudActivityResult, ScormCloudObjective
    from graph.facets.scormcloud.statements import ScormCloudStatement


@value(progress.ScormCloudSharedData)
class ScormCloudSharedData:
    """Data that the activities of a course share."""

    data_id: str | None
    """Identifier of the data."""

    value: str | None
    """The data."""


@value(progress.ScormCloudLaunch)
class ScormCloudLaunch:
    """One time that the learner opened the course."""

    key: str
    """Id of the launch."""

    instance: int | None
    """Number of the registration's instance."""

    score: float | None
    """Score between 0 and 100; null where there is none."""

    completion: str | None
    """UNKNOWN, COMPLETED or INCOMPLETE, in SCORM Cloud's words."""

    success: str | None
    """UNKNOWN, PASSED or FAILED, in SCORM Cloud's words."""

    history_log: str | None
    """What happened in the player, as XML. Asking for it makes answers large."""

    seconds_tracked: float | None
    """Time spent, in seconds."""

    launched_at: datetime | None
    """When the course was opened."""

    exited_at: datetime | None
    """When the course was left; null where it wasn't."""

    reported_at: datetime | None
    """When content last reported anything."""


@value(progress.ScormCloudRegistration)
class ScormCloudRegistration:
    """What only SCORM Cloud says of a registration, which is an assignment and, once finished, a
    completion. It shows the newest instance."""

    instances: Connection[ScormCloudInstance] | None = of_time(
        "instances_of_registrations", "instances_of_registration"
    )
    """All instances, or those that were changed in some time: a new one begins when the learner
    moves to another version. Costs a call a registration."""

    instance_by_number: ScormCloudInstance | None = numbered("registration_instances")
    """One instance; null where there is none of that number. Costs a call."""

    configuration: list[ScormCloudSetting] | None = detail("configurations_of_registrations")
    """Settings of the registration. Costs a call a registration."""

    launches: list[ScormCloudLaunch] | None = detail("launches_of_registrations")
    """When the learner came and went. Costs a call a registration."""

    statements: Connection[ScormCloudStatement] | None = of_time(
        "statements_of_registrations", "statements_of_registration"
    )
    """What the learner did, in the words of xAPI. Costs a call a registration."""


@value(progress.ScormCloudInstance)
class ScormCloudInstance:
    """One instance of a registration."""

    configuration: list[ScormCloudSetting] | None = detail("configurations_of_instances")
    """Settings of the instance. Costs a call an instance."""

    launches: list[ScormCloudLaunch] | None = detail("launches_of_instances")
    """When the learner came and went. Costs a call an instance."""

    statements: Connection[ScormCloudStatement] | None = of_time(
        "statements_of_instances", "statements_of_instance"
    )
    """What the learner did, in the words of xAPI. Costs a call an instance."""


@extend("ScormCloudRegistration")
@extend("ScormCloudInstance")
class Progress:
    """What a registration, which is its newest instance, and each of its instances show alike."""

    instance: int | None
    """Number of the instance, from 0."""

    xapi_registration_id: str | None
    """Id in xAPI statements."""

    dispatch_id: str | None
    """Id of the dispatch that it came through; null where it came through none."""

    completion: str | None
    """UNKNOWN, COMPLETED or INCOMPLETE, in SCORM Cloud's words."""

    completion_amount: float | None
    """How much of the course is done, between 0 and 1; null where that can't be told."""

    success: str | None
    """UNKNOWN, PASSED or FAILED, in SCORM Cloud's words."""

    score: float | None
    """Score between 0 and 100, also while the course isn't finished; null where there is none."""

    seconds_tracked: float | None
    """Time spent, in seconds."""

    created_at: datetime | None
    """When it was created."""

    updated_at: datetime | None
    """When it was last changed."""

    first_accessed_at: datetime | None
    """When the learner first opened the course; null before that."""

    last_accessed_at: datetime | None
    """When the learner last opened the course; null before that."""

    completed_at: datetime | None
    """When the course was finished; null before that."""

    course_title: str | None
    """Title of the version that is taken."""

    course_version: int | None
    """Number of the version that is taken, from 0."""

    tags: list[str] | None
    """Words that it is marked with."""

    objectives: list[ScormCloudObjective] | None
    """Objectives that the activities share."""

    shared_data: list[ScormCloudSharedData] | None
    """Data that the activities share."""

    suspended_activity_id: str | None
    """Identifier of the activity that the learner will come back to; null where there is none."""

    activity_details: ScormCloudActivityResult | None
    """How the course went, from the top of its outline."""
