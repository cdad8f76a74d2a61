"""What only SCORM Cloud has about courses: outline, versions, settings, files, imports.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from graph.columns import arriving
from graph.connections import Connection
from graph.engine.columns import Column, Level, Values
from graph.entity import answered_by, detail, extend, given, value
from graph.facets.scormcloud.statements import Since, Until, statements_of_course
from providers.base import join_key
from providers.model import Record
from providers.scormcloud import outline
from resolvers.relations import Detail

if TYPE_CHECKING:
    from graph.facets.scormcloud.statements import ScormCloudStatement

Number = Annotated[int, strawberry.argument(description="Number, from 0.")]


def numbered(method: str) -> Any:
    """One of the numbered parts of a record, by its number; null where there is none of it."""
    relation = Detail(method)

    def part(root: Any, number: int) -> Record:
        return Record(source=root.source, key=join_key(root.key, str(number)))

    def resolve(root: Any, info: strawberry.Info, number: Number) -> Any:
        return relation.resolve(info.context, part(root, number))

    def load(level: Level, arguments: Mapping[str, Any]) -> Values:
        parts = [part(root, arguments["number"]) for root in level.objects]
        return arriving(relation.level(level.context, parts, level.weights))

    return answered_by(resolve, method, Column(load))


VERSIONS = Detail("versions_of_courses")


def _versions(
    root: Any,
    info: strawberry.Info,
    since: Since = strawberry.UNSET,
    until: Until = strawberry.UNSET,
) -> Any:
    return VERSIONS.resolve(info.context, root, since=given(since), until=given(until))


def _versions_of_all(level: Level, arguments: Mapping[str, Any]) -> Values:
    since, until = arguments.get("since"), arguments.get("until")
    return arriving(
        VERSIONS.level(level.context, level.objects, level.weights, since=since, until=until)
    )


@value(outline.ScormCloudMetadata)
class ScormCloudMetadata:
    """What the author of a package wrote about it."""

    title: str | None
    """Title of the package."""

    title_language: str | None
    """Language of the title."""

    description: str | None
    """What the package is about."""

    description_language: str | None
    """Language of the description."""

    duration: str | None
    """How long the media in it play, in the author's own words."""

    typical_time: str | None
    """How long learners usually take, in the author's own words."""

    keywords: list[str] | None
    """Words that the package is marked with."""


@value(outline.ScormCloudActivity)
class ScormCloudActivity:
    """A place in the outline of a course."""

    external_identifier: str | None
    """Identifier that follows the activity through several courses."""

    item_identifier: str | None
    """Identifier in the course."""

    resource_identifier: str | None
    """Identifier of its resource in the course's manifest."""

    activity_type: str | None
    """UNKNOWN, AGGREGATION, SCO, ASSET or OBJECTIVE, in SCORM Cloud's words."""

    href: str | None
    """Where it starts, within the package."""

    scaled_passing_score: str | None
    """Score that it takes to pass."""

    title: str | None
    """Title of the activity."""

    children: list[ScormCloudActivity] | None
    """Activities below it; empty at the lowest ones."""


@value(outline.ScormCloudFile)
class ScormCloudFile:
    """A file of a course's package."""

    path: str | None
    """Path within the package."""

    size: float | None
    """Size in bytes."""

    modified_at: datetime | None
    """When the file was last changed."""


@value(outline.ScormCloudValidValue)
class ScormCloudValidValue:
    """A value that a setting can have."""

    value: str | None
    """The value."""

    description: str | None
    """What it means."""


@value(outline.ScormCloudSettingMetadata)
class ScormCloudSettingMetadata:
    """What a setting is for, and what it can be."""

    default: str | None
    """Value where nothing is set."""

    data_type: str | None
    """Kind of value."""

    description: str | None
    """What the setting does."""

    level: str | None
    """Narrowest level at which it can be set."""

    learning_standards: list[str] | None
    """Standards that it concerns; null for all of them."""

    learning_standard_variant: str | None
    """Courses that it concerns: singleScoOnly, multiScoOnly or either, in SCORM Cloud's words."""

    fallback: str | None
    """Setting whose value counts where this one has none."""

    valid_values: list[ScormCloudValidValue] | None
    """Values that it can have; null where it takes more than a list of them."""


@value(outline.ScormCloudSetting)
class ScormCloudSetting:
    """A setting of a course, a version, a registration or an instance, and its value."""

    key: str
    """Id of the setting."""

    effective_value: str | None
    """Value that counts, as text."""

    effective_value_source: str | None
    """Level at which that value was set, in SCORM Cloud's words."""

    explicit_value: str | None
    """Value that was set right here; null where none was."""

    metadata: ScormCloudSettingMetadata | None
    """What the setting is for."""


@value(outline.ScormCloudCourse)
class ScormCloudCourse:
    """What only SCORM Cloud says of a course."""

    versions: list[ScormCloudVersion] | None = answered_by(
        _versions, VERSIONS.method, Column(_versions_of_all)
    )
    """All versions, or those that were changed in some time. Costs a call a course."""

    version_by_number: ScormCloudVersion | None = numbered("course_versions")
    """One version; null where there is none of that number. Costs a call."""

    configuration: list[ScormCloudSetting] | None = detail("configurations_of_courses")
    """Settings of the course. Costs a call a course."""

    files: list[ScormCloudFile] | None = detail("files_of_courses")
    """Files of the course's package. Costs a call a course."""

    tags: list[str] | None = detail("tags_of_courses")
    """Words that the course is marked with, read on their own. Costs a call a course; `Course.tags`
    has them at no cost of a call."""

    statements: Connection[ScormCloudStatement] | None = statements_of_course(
        "statements_of_courses", "statements_of_course"
    )
    """What learners did in the course, in the words of xAPI. Costs a call a course."""


@value(outline.ScormCloudVersion)
class ScormCloudVersion:
    """One version of a course."""

    title: str | None
    """Title of the version."""

    tags: list[str] | None
    """Words that the version is marked with."""

    created_at: datetime | None
    """When the version was made."""

    updated_at: datetime | None
    """When the version was last changed."""

    configuration: list[ScormCloudSetting] | None = detail("configurations_of_versions")
    """Settings of the version. Costs a call a version."""

    files: list[ScormCloudFile] | None = detail("files_of_versions")
    """Files of the version's package. Costs a call a version."""

    statements: Connection[ScormCloudStatement] | None = statements_of_course(
        "statements_of_versions", "statements_of_version"
    )
    """What learners did in the version, in the words of xAPI. Costs a call a version."""


@extend("ScormCloudCourse")
@extend("ScormCloudVersion")
class Package:
    """What a course, which is its newest version, and each of its versions show alike."""

    version: int | None
    """Number of the version, from 0."""

    registration_count: int | None
    """How many registrations there are."""

    xapi_activity_id: str | None
    """Id in xAPI statements."""

    activity_id: str | None
    """Identifier of the outline in the package's manifest."""

    learning_standard: str | None
    """UNKNOWN, SCORM11, SCORM12, SCORM20042NDEDITION, SCORM20043RDEDITION, SCORM20044THEDITION,
    AICC, XAPI, CMI5 or LTI13, in SCORM Cloud's words."""

    is_dispatched: bool | None
    """Whether it is dispatched from another system."""

    metadata: ScormCloudMetadata | None
    """What the package's author wrote about it; null where that is nothing."""

    root_activity: ScormCloudActivity | None
    """Outline, from its top."""


@value(outline.ScormCloudCourseImport)
class ScormCloudCourseImport:
    """What only SCORM Cloud says of the import of a course."""

    web_path: str | None
    """Where the course's files are; null unless the import is complete."""
