"""SCORM Cloud's Registration Service, what it answers to reads.

https://cloud.scorm.com/docs/api_reference/v2/endpoints/registrationservice/
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.progress import Detail, result_json, results, suspended_activity
from sandbox.scormcloud.query import Listing, Query, page, within, written
from sandbox.scormcloud.reports import said
from sandbox.scormcloud.roster import Learner, Registration
from sandbox.wire import JSONAnswer, key

Read = Callable[[Cloud, Request], Response]


def _listing(cloud: Cloud) -> Listing[Registration]:
    def tags_of(registration: Registration) -> tuple[str, ...]:
        return cloud.tags.of("registration", registration.id)

    return Listing(
        times={
            "created": lambda registration: registration.created,
            "updated": lambda registration: registration.updated,
        },
        texts={
            "registration_id": lambda registration: (registration.id,),
            "course_title": lambda registration: (registration.version.package.title,),
            "learner_first_name": lambda registration: (registration.learner.first_name or "",),
            "learner_last_name": lambda registration: (registration.learner.last_name or "",),
            "tags": tags_of,
        },
        orders={
            "created": lambda registration: registration.created,
            "updated": lambda registration: registration.updated,
            "course_title": lambda registration: registration.version.package.title.casefold(),
            "learner_first_name": lambda each: (each.learner.first_name or "").casefold(),
            "learner_last_name": lambda each: (each.learner.last_name or "").casefold(),
        },
        tags=tags_of,
    )


def _lagging(read: Read) -> Read:
    """A read after which what was promised before it is done.

    Changes of learners come some time after their answers; when is not documented. Here, who reads
    registrations at once sees them as they were, and who reads again as they are.
    """

    @wraps(read)
    def answer(cloud: Cloud, request: Request) -> Response:
        answered = read(cloud, request)
        cloud.settle()
        return answered

    return answer


@_lagging
def listed(cloud: Cloud, request: Request) -> Response:
    """Unknown courses and learners have no registrations; they are no error."""
    query = Query(request)
    course, learner = query.text("courseId"), query.text("learnerId")
    rows = cloud.current if course is None else cloud.registrations_of(course)
    rows = [each for each in rows if learner is None or each.learner.id == learner]
    detail = Detail.asked_for(query)
    return page(
        "registrations",
        _listing(cloud).select(rows, query),
        query,
        lambda registration: registration_json(cloud, registration, detail),
    )


@_lagging
def single(cloud: Cloud, request: Request) -> Response:
    found = cloud.registration(key(request), request.path_params.get("instance"))
    return JSONAnswer(registration_json(cloud, found, Detail.asked_for(Query(request))))


def exists(cloud: Cloud, request: Request) -> Response:
    return Response(status_code=200 if key(request) in cloud.registrations else 404)


@_lagging
def instances(cloud: Cloud, request: Request) -> Response:
    found, query = cloud.instances(key(request)), Query(request)
    # Neither the order nor the time that since and until speak of is documented here.
    kept = within(found[::-1], query, lambda registration: registration.updated)
    detail = Detail.asked_for(query)
    return page("registrations", kept, query, lambda each: registration_json(cloud, each, detail))


def tags(cloud: Cloud, request: Request) -> Response:
    found = cloud.registration(key(request))
    return JSONAnswer({"tags": cloud.tags.of("registration", found.id)})


def registration_json(cloud: Cloud, registration: Registration, detail: Detail) -> dict[str, Any]:
    """A RegistrationSchema; what has not happened yet is left out."""
    whole = results(registration)
    shown: dict[str, Any] = {
        "id": registration.id,
        "instance": registration.instance,
        "xapiRegistrationId": registration.xapi_id,
        "updated": written(registration.updated),
        "registrationCompletion": registration.completion,
        # As Java's JSON writers put what is not a number.
        "registrationCompletionAmount": (
            "NaN" if registration.amount is None else registration.amount
        ),
        "registrationSuccess": registration.success,
        "totalSecondsTracked": float(registration.seconds),
        "createdDate": written(registration.created),
        "course": {
            "id": registration.version.course_id,
            "title": registration.version.package.title,
            "version": registration.version.number,
        },
        "learner": _learner(registration.learner),
        "tags": cloud.tags.of("registration", registration.id),
        "activityDetails": result_json(whole, detail, registration),
        **_dates(registration),
    }
    if registration.score is not None:
        shown["score"] = {"scaled": float(registration.score)}
    suspended = registration.suspended or suspended_activity(whole)
    if suspended is not None:
        shown["suspendedActivityId"] = suspended
    if detail.objectives:
        shown["globalObjectives"] = [said(each) for each in registration.objectives]
        shown["sharedData"] = [said(each) for each in registration.shared_data]
    return shown


def _dates(registration: Registration) -> dict[str, str]:
    happened: dict[str, datetime | None] = {
        "firstAccessDate": registration.first_access,
        "lastAccessDate": registration.last_access,
        "completedDate": registration.completed,
    }
    return {name: written(time) for name, time in happened.items() if time is not None}


def _learner(learner: Learner) -> dict[str, str]:
    shown = {
        "id": learner.id,
        "firstName": learner.first_name,
        "lastName": learner.last_name,
        "email": learner.email,
    }
    return {name: value for name, value in shown.items() if value is not None}
