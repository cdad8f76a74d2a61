"""SCORM Cloud API v2, played over a campus: https://cloud.scorm.com/docs/api_reference/v2/.

The Course, Registration and Learner Services, and the tokens that open them. Where the reference
says nothing, the choice stands in a comment beside it.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.academy import Campus
from sandbox.scormcloud import (
    assets,
    configuration,
    course_edits,
    courses,
    imports,
    invitations,
    launches,
    learners,
    player,
    previews,
    registration_edits,
    registrations,
    statements,
)
from sandbox.scormcloud.access import Clock, Door
from sandbox.scormcloud.cloud import LOOKS, Cloud
from sandbox.scormcloud.folder import Folder
from sandbox.scormcloud.query import written
from sandbox.scormcloud.refusals import refusal
from sandbox.scormcloud.writes import Write
from sandbox.wire import JSONAnswer

__all__ = ["refusal", "routes"]

BASE = "/api/v2"

Handler = Callable[[Cloud, Request], Response]

_COURSE = "/courses/{course}"
_VERSION = "/courses/{course}/versions/{version}"
_REGISTRATION = "/registrations/{id}"
_INSTANCE = "/registrations/{id}/instances/{instance}"

# Path, what answers, and the noun of the scopes that may read it. The reference lists scopes of the
# Course Service only; those of the others follow from the names of the scopes.
READS: tuple[tuple[str, Handler, str], ...] = (
    ("/courses", courses.listed, "course"),
    ("/courses/importJobs/{job}", courses.import_job, "course"),
    (_COURSE, courses.single, "course"),
    (f"{_COURSE}/asset", assets.asset, "course"),
    (f"{_COURSE}/asset/list", assets.files, "course"),
    (f"{_COURSE}/configuration", configuration.course, "course"),
    (f"{_COURSE}/tags", courses.tags, "course"),
    (f"{_COURSE}/versions", courses.versions, "course"),
    (f"{_COURSE}/xAPIStatements", statements.of_course, "course"),
    (f"{_COURSE}/zip", assets.zipped, "course"),
    (_VERSION, courses.single, "course"),
    (f"{_VERSION}/asset", assets.asset, "course"),
    (f"{_VERSION}/asset/list", assets.files, "course"),
    (f"{_VERSION}/configuration", configuration.course, "course"),
    (f"{_VERSION}/xAPIStatements", statements.of_course, "course"),
    (f"{_VERSION}/zip", assets.zipped, "course"),
    ("/registrations", registrations.listed, "registration"),
    (_REGISTRATION, registrations.single, "registration"),
    (f"{_REGISTRATION}/configuration", configuration.registration, "registration"),
    (f"{_REGISTRATION}/instances", registrations.instances, "registration"),
    (f"{_REGISTRATION}/launchHistory", launches.history, "registration"),
    (f"{_REGISTRATION}/tags", registrations.tags, "registration"),
    (f"{_REGISTRATION}/xAPIStatements", statements.of_registration, "registration"),
    (_INSTANCE, registrations.single, "registration"),
    (f"{_INSTANCE}/configuration", configuration.registration, "registration"),
    (f"{_INSTANCE}/launchHistory", launches.history, "registration"),
    (f"{_INSTANCE}/xAPIStatements", statements.of_registration, "registration"),
    ("/learner/{id}/tags", learners.tags, "registration"),
    ("/invitations/public", invitations.listed, "invitation"),
    ("/invitations/public/{invitation}", invitations.single, "invitation"),
    ("/appManagement/configuration", configuration.application, "appmgmt"),
)

# What changes something, or asks in a body; each module keeps the table of its own.
WRITES: tuple[Write, ...] = (
    *imports.WRITES,
    *assets.WRITES,
    *previews.WRITES,
    *course_edits.WRITES,
    *registration_edits.WRITES,
    *learners.WRITES,
    *invitations.WRITES,
)


def routes(
    campus: Campus,
    clock: Clock = time.time,
    looks: int = LOOKS,
    folder: Folder | None = None,
) -> list[BaseRoute]:
    """The API's routes below its host; `clock` tells when tokens and links expire.

    What is uploaded goes to `folder`, or to one that is deleted when nothing holds the routes.

    An import that posts nothing back is seen running `looks` times before it is over. Packages of
    the campus are made and read when something first asks for them.
    """
    cloud, door = Cloud(campus, clock, looks, folder), Door(clock)

    def opened(handler: Handler, noun: str) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            door.admit(request, "read", noun)
            return handler(cloud, request)

        return endpoint

    def opened_to(write: Write) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            door.admit(request, write.verb, write.noun)
            try:
                return await write.handler(cloud, request)
            except ClientDisconnect:
                # Nobody reads this but the log of requests.
                return refusal(400, "The client left before its request was complete.")

        return endpoint

    def ping(cloud: Cloud, request: Request) -> Response:
        now = written(datetime.fromtimestamp(clock(), UTC))
        return JSONAnswer({"apiMessage": "API is alive.", "currentTime": now})

    heads = Route(
        f"{BASE}{_REGISTRATION}", opened(registrations.exists, "registration"), methods=["HEAD"]
    )
    reads = (*READS, ("/ping", ping, "ping"), ("/about", about, "ping"))
    return [
        previews.route(cloud),
        heads,
        *(
            Route(f"{BASE}{path}", opened(read, noun), methods=["GET"])
            for path, read, noun in reads
        ),
        *(
            Route(f"{BASE}{write.path}", opened_to(write), methods=[write.method])
            for write in WRITES
        ),
        *player.routes(cloud),
        *invitations.routes(cloud),
        Route(
            f"{BASE}/oauth/authenticate/application/token", door.issue_for_form, methods=["POST"]
        ),
        Route(f"{BASE}/appManagement/token", door.issue_for_json, methods=["POST"]),
    ]


def about(cloud: Cloud, request: Request) -> Response:
    """The same for ever, says the reference."""
    return JSONAnswer({"version": "2.0", "distribution": "SCORM Cloud"})
