"""What SCORM Cloud says of a course beyond our model: outline, versions, settings, imports.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course . Words of its closed lists are given as
they come.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from providers.base import join_key
from providers.convert import key
from providers.model import Record
from providers.reading import Reader
from providers.scormcloud.parts import Part, Parts, Tree


class ScormCloudMetadata(Record, frozen=True, kw_only=True):
    """What the package's author wrote about it."""

    title: str | None = None
    title_language: str | None = None
    description: str | None = None
    description_language: str | None = None
    duration: str | None = None
    """How long the media in it play, in the author's own words: mostly ISO 8601 or
    hours:minutes:seconds."""
    typical_time: str | None = None
    """How long learners usually take, in the author's own words."""
    keywords: tuple[str, ...] | None = None


METADATA = Reader(
    ScormCloudMetadata,
    owned=True,
    title="title",
    title_language="titleLanguage",
    description="description",
    description_language="descriptionLanguage",
    duration="duration",
    typical_time="typicalTime",
    keywords="keywords",
)


class ScormCloudActivity(Record, frozen=True, kw_only=True):
    """A place in a course's outline."""

    external_identifier: str | None = None
    """Identifier that the customer's system may give the activity, to follow it through several
    courses."""
    item_identifier: str | None = None
    """Identifier in its course."""
    resource_identifier: str | None = None
    """Identifier of its resource in the course's manifest."""
    activity_type: str | None = None
    """UNKNOWN, AGGREGATION, SCO, ASSET or OBJECTIVE."""
    href: str | None = None
    """Where it starts, within the package."""
    scaled_passing_score: str | None = None
    """The score that it takes to pass."""
    title: str | None = None
    children: tuple[ScormCloudActivity, ...] | None = None


ACTIVITY: Reader[ScormCloudActivity] = Reader(
    ScormCloudActivity,
    owned=True,
    external_identifier="externalIdentifier",
    item_identifier="itemIdentifier",
    resource_identifier="resourceIdentifier",
    activity_type="activityType",
    href="href",
    scaled_passing_score="scaledPassingScore",
    title="title",
    children=("children", Parts(lambda: ACTIVITY)),
)


class ScormCloudCourse(Record, frozen=True, kw_only=True):
    """What only SCORM Cloud says of a course."""

    version: int | None = None
    """Number of the version, from 0; of a course, its newest."""
    registration_count: int | None = None
    """How many registrations there are."""
    xapi_activity_id: str | None = None
    """Id of the course in xAPI statements."""
    activity_id: str | None = None
    """Identifier of the course's outline in its manifest."""
    learning_standard: str | None = None
    """UNKNOWN, SCORM11, SCORM12, SCORM20042NDEDITION, SCORM20043RDEDITION, SCORM20044THEDITION,
    AICC, XAPI, CMI5 or LTI13."""
    is_dispatched: bool | None = None
    """Whether the course is dispatched from another system."""
    metadata: ScormCloudMetadata | None = None
    root_activity: ScormCloudActivity | None = None
    """The outline, from its top."""


PACKAGE: dict[str, Any] = {
    "version": "version",
    "registration_count": "registrationCount",
    "xapi_activity_id": "xapiActivityId",
    "activity_id": "activityId",
    "learning_standard": "courseLearningStandard",
    "is_dispatched": "dispatched",
    "metadata": ("metadata", Part(METADATA)),
    "root_activity": ("rootActivity", Tree(ACTIVITY)),
}
"""Cells that a course and each of its versions have."""

COURSE_FACET = Reader(ScormCloudCourse, owned=True, **PACKAGE)


class ScormCloudVersion(ScormCloudCourse, frozen=True, kw_only=True):
    """One version of a course. Its key is of course and version."""

    title: str | None = None
    tags: tuple[str, ...] | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


def key_of_version(course: str, version: Any) -> str:
    """The key of a version, by its course's key and its number."""
    return join_key(course, key(version))


VERSION = Reader(
    ScormCloudVersion,
    key=("version", key_of_version),
    owned=True,
    title="title",
    tags="tags",
    created_at="created",
    updated_at="updated",
    **PACKAGE,
)


class ScormCloudFile(Record, frozen=True, kw_only=True):
    """A file of a course's package. Its key is its path."""

    path: str | None = None
    size: int | None = None
    """In bytes."""
    modified_at: datetime | None = None


FILE = Reader(ScormCloudFile, key="path", path="path", size="size", modified_at="modified")


class ScormCloudValidValue(Record, frozen=True, kw_only=True):
    """A value that a setting can have."""

    value: str | None = None
    description: str | None = None


VALID_VALUE = Reader(
    ScormCloudValidValue, owned=True, value="value", description="valueDescription"
)


class ScormCloudSettingMetadata(Record, frozen=True, kw_only=True):
    """What a setting is for, and what it can be."""

    default: str | None = None
    data_type: str | None = None
    description: str | None = None
    level: str | None = None
    """Where it can be set at most; at ``Registration``, that is everywhere."""
    learning_standards: tuple[str, ...] | None = None
    """The standards that it concerns; None for all."""
    learning_standard_variant: str | None = None
    """singleScoOnly, multiScoOnly or either."""
    fallback: str | None = None
    """The setting whose value counts where this one has none."""
    valid_values: tuple[ScormCloudValidValue, ...] | None = None


SETTING_METADATA = Reader(
    ScormCloudSettingMetadata,
    owned=True,
    default="default",
    data_type="dataType",
    description="settingDescription",
    level="level",
    learning_standards="learningStandards",
    learning_standard_variant="learningStandardVariant",
    fallback="fallback",
    valid_values=("validValues", Parts(VALID_VALUE)),
)


class ScormCloudSetting(Record, frozen=True, kw_only=True):
    """A setting and its value. All values are text. Its key is its id."""

    effective_value: str | None = None
    """The value that counts."""
    effective_value_source: str | None = None
    """Where that was set: default, application, learningStandardForApplication,
    dispatchDestination, course, dispatch or registration."""
    explicit_value: str | None = None
    """The value that was set right here, if one was."""
    metadata: ScormCloudSettingMetadata | None = None


SETTING = Reader(
    ScormCloudSetting,
    key="id",
    effective_value="effectiveValue",
    effective_value_source="effectiveValueSource",
    explicit_value="explicitValue",
    metadata=("metadata", Part(SETTING_METADATA)),
)


class ScormCloudCourseImport(Record, frozen=True, kw_only=True):
    """What only SCORM Cloud says of the import of a course."""

    web_path: str | None = None
    """Where the course's files are."""


COURSE_IMPORT_FACET = Reader(
    ScormCloudCourseImport, owned=True, web_path="importResult.webPathToCourse"
)


class ScormCloudAbout(Record, frozen=True, kw_only=True):
    """What the API says of itself."""

    version: str | None = None
    distribution: str | None = None


ABOUT = Reader(ScormCloudAbout, owned=True, version="version", distribution="distribution")


class ScormCloudPing(Record, frozen=True, kw_only=True):
    """A sign of life."""

    message: str | None = None
    current_at: datetime | None = None
    """What the time was at SCORM Cloud."""


PING = Reader(ScormCloudPing, owned=True, message="apiMessage", current_at="currentTime")
