"""SCORM Cloud's Course Service, what it answers to reads.

https://cloud.scorm.com/docs/api_reference/v2/endpoints/courseservice/
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.packages import Activity, Metadata
from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.library import ImportJob, Shelf, Version
from sandbox.scormcloud.query import (
    Listing,
    Query,
    page,
    within,
    written_to_the_millisecond,
)
from sandbox.wire import JSONAnswer, key


def _listing(cloud: Cloud) -> Listing[Shelf]:
    def tags_of(shelf: Shelf) -> tuple[str, ...]:
        return cloud.tags.of("course", shelf.course_id)

    return Listing(
        times={
            "updated": lambda shelf: shelf.latest.updated,
            "created": lambda shelf: shelf.latest.created,
        },
        texts={
            "course_id": lambda shelf: (shelf.course_id,),
            "title": lambda shelf: (shelf.latest.package.title,),
            "tags": tags_of,
        },
        orders={
            "created": lambda shelf: shelf.latest.created,
            "updated": lambda shelf: shelf.latest.updated,
            "title": lambda shelf: shelf.latest.package.title.casefold(),
        },
        tags=tags_of,
    )


def listed(cloud: Cloud, request: Request) -> Response:
    query = Query(request)
    shelves = _listing(cloud).select(list(cloud.shelves.values()), query)
    return page("courses", shelves, query, lambda shelf: _shown(cloud, shelf.latest, query))


def single(cloud: Cloud, request: Request) -> Response:
    names_version = "version" in request.path_params
    version = _version(cloud, request)
    return JSONAnswer(_shown(cloud, version, Query(request), counts_version=names_version))


def versions(cloud: Cloud, request: Request) -> Response:
    shelf, query = cloud.shelf(key(request, "course")), Query(request)
    # Of which time since and until speak is not documented here; updated, as for courses.
    kept = within(shelf.versions, query, lambda version: version.updated)
    shown = [_shown(cloud, version, query, counts_version=True) for version in kept]
    return JSONAnswer({"courses": shown}, rows=len(shown))


def tags(cloud: Cloud, request: Request) -> Response:
    shelf = cloud.shelf(key(request, "course"))
    return JSONAnswer({"tags": cloud.tags.of("course", shelf.course_id)})


def import_job(cloud: Cloud, request: Request) -> Response:
    return JSONAnswer(import_job_json(cloud, cloud.job(key(request, "job"))))


def import_job_json(cloud: Cloud, job: ImportJob) -> dict[str, Any]:
    """An ImportJobResultSchema."""
    answer: dict[str, Any] = {"jobId": job.id, "status": job.status, "message": job.message}
    if job.version is not None:
        package = job.version.package
        # The course in an import's result was seen with this count and without metadata.
        imported = {**course_json(cloud, job.version), "registrationCount": -1, "metadata": {}}
        answer["importResult"] = {
            "webPathToCourse": job.web_path,
            "parserWarnings": package.warnings,
            "courseLanguages": package.languages,
            "course": imported,
        }
    return answer


def _version(cloud: Cloud, request: Request) -> Version:
    return cloud.version(key(request, "course"), request.path_params.get("version"))


def _shown(
    cloud: Cloud, version: Version, query: Query, *, counts_version: bool = False
) -> dict[str, Any]:
    shown = course_json(cloud, version)
    if query.flag("includeRegistrationCount"):
        # A course counts those of all its versions, here; the reference doesn't say.
        all_of_them = cloud.registrations_of(version.course_id)
        of_version = [each for each in all_of_them if each.version is version]
        shown["registrationCount"] = len(of_version if counts_version else all_of_them)
    if query.flag("includeCourseMetadata") and version.package.metadata:
        shown["metadata"] = metadata_json(version.package.metadata)
    return shown


def course_json(cloud: Cloud, version: Version) -> dict[str, Any]:
    """A CourseSchema; lists hold the tree as well, as the engine's recorded lists do."""
    return {
        "id": version.course_id,
        "title": version.package.title,
        "xapiActivityId": version.xapi_activity_id,
        "created": written_to_the_millisecond(version.created),
        "updated": written_to_the_millisecond(version.updated),
        "version": version.number,
        "activityId": version.package.identifier,
        "courseLearningStandard": version.package.standard,
        "tags": cloud.tags.of("course", version.course_id),
        "dispatched": False,
        "rootActivity": activity_json(version.package.root),
    }


def metadata_json(metadata: Metadata) -> dict[str, Any]:
    """A MetadataSchema, without what the package doesn't say."""
    said: dict[str, Any] = {
        "title": metadata.title,
        "titleLanguage": metadata.title_language,
        "description": metadata.description,
        "descriptionLanguage": metadata.description_language,
        "duration": metadata.duration,
        "typicalTime": metadata.typical_time,
        "keywords": metadata.keywords or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def activity_json(activity: Activity) -> dict[str, Any]:
    """A CourseActivitySchema."""
    shown: dict[str, Any] = {
        "externalIdentifier": activity.external_identifier,
        "itemIdentifier": activity.item_identifier,
        "resourceIdentifier": activity.resource_identifier,
        "activityType": activity.kind,
        "href": activity.href,
        "title": activity.title,
        "children": [activity_json(child) for child in activity.children],
    }
    if activity.scaled_passing_score is not None:
        shown["scaledPassingScore"] = activity.scaled_passing_score
    return shown
