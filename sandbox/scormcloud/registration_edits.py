"""SCORM Cloud's Registration Service, what changes registrations, and the links that launch them.

https://cloud.scorm.com/docs/api_reference/v2/endpoints/registrationservice/
"""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from sandbox.scormcloud import postbacks
from sandbox.scormcloud.bodies import TagBatch, TagList, read_body
from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.configuration import clear_setting, post_settings
from sandbox.scormcloud.enrolments import Enrolment, blank, create
from sandbox.scormcloud.player import link_to
from sandbox.scormcloud.roster import Registration
from sandbox.scormcloud.sittings import renew
from sandbox.scormcloud.writes import Write, done
from sandbox.wire import JSONAnswer, key

_REGISTRATION = "/registrations/{id}"
_INSTANCE = "/registrations/{id}/instances/{instance}"


async def create_registration(cloud: Cloud, request: Request) -> Response:
    asked = await read_body(request, Enrolment)
    create(cloud, asked, request.query_params.get("courseVersion") or None)
    return done()


async def test_postback(cloud: Cloud, request: Request) -> Response:
    await postbacks.test(await read_body(request, postbacks.PostBack))
    return done()


async def delete(cloud: Cloud, request: Request) -> Response:
    cloud.forget_registration(cloud.registration(key(request)).id)
    return done()


async def reset(cloud: Cloud, request: Request) -> Response:
    """Of the current instance: where none is named, the latest one is meant everywhere.

    It begins again on the latest version of its course, and keeps its settings and its tags.
    """
    found = cloud.registration(key(request))
    version = cloud.shelf(found.version.course_id).latest
    fresh = blank(found.id, found.instance, version, found.learner, cloud.now())
    cloud.keep(replace(fresh, created=found.created, tags=found.tags, xapi_id=found.xapi_id))
    return done()


async def delete_global_data(cloud: Cloud, request: Request) -> Response:
    """Of every instance, for it belongs to the registration."""
    now = cloud.now()
    for each in cloud.instances(key(request)):
        cloud.keep(replace(each, objectives=(), shared_data=(), updated=now))
    return done()


async def create_instance(cloud: Cloud, request: Request) -> Response:
    renew(cloud, cloud.registration(key(request)))
    return done()


async def delete_instance(cloud: Cloud, request: Request) -> Response:
    """With the last instance goes the registration."""
    found = _named(cloud, request)
    left = tuple(each for each in cloud.instances(found.id) if each is not found)
    if not left:
        cloud.forget_registration(found.id)
        return done()
    cloud.registrations[found.id] = left
    cloud.settings.forget("registration", (found.id, found.instance))
    return done()


async def build_link(cloud: Cloud, request: Request) -> Response:
    return JSONAnswer(
        {"launchLink": await link_to(cloud, cloud.registration(key(request)), request)}
    )


async def set_configuration(cloud: Cloud, request: Request) -> Response:
    """On one instance; on the latest one where none is named. New instances take it over."""
    found = _named(cloud, request)
    return await post_settings(cloud, request, "registration", (found.id, found.instance))


async def clear_configuration(cloud: Cloud, request: Request) -> Response:
    found = _named(cloud, request)
    return clear_setting(cloud, request, "registration", (found.id, found.instance))


async def put_tags(cloud: Cloud, request: Request) -> Response:
    """Adds them, as all texts of this service have it, other than the Course Service's."""
    found = cloud.registration(key(request))
    cloud.tags.add("registration", found.id, (await read_body(request, TagList)).tags)
    return done()


async def delete_tags(cloud: Cloud, request: Request) -> Response:
    found = cloud.registration(key(request))
    cloud.tags.remove("registration", found.id, (await read_body(request, TagList)).tags)
    return done()


async def put_tags_batch(cloud: Cloud, request: Request) -> Response:
    """All or none: an unknown registration is found before the first one changes."""
    batch = await read_body(request, TagBatch)
    for registration_id in batch.ids:
        cloud.registration(registration_id)
    for registration_id in batch.ids:
        cloud.tags.add("registration", registration_id, batch.tags)
    return done()


def _named(cloud: Cloud, request: Request) -> Registration:
    return cloud.registration(key(request), request.path_params.get("instance"))


# The reference lists scopes of the Course Service alone: those of the same acts there hold here.
WRITES: tuple[Write, ...] = (
    Write("POST", "/registrations", create_registration, "write", "registration"),
    Write("POST", "/registrations/postBackTest", test_postback, "write", "registration"),
    Write("PUT", "/registrations/tags", put_tags_batch, "write", "registration"),
    Write("DELETE", _REGISTRATION, delete, "delete", "registration"),
    Write("DELETE", f"{_REGISTRATION}/globalData", delete_global_data, "delete", "registration"),
    Write("DELETE", f"{_REGISTRATION}/progress", reset, "delete", "registration"),
    Write("POST", f"{_REGISTRATION}/instances", create_instance, "write", "registration"),
    Write("DELETE", _INSTANCE, delete_instance, "delete", "registration"),
    Write("POST", f"{_REGISTRATION}/launchLink", build_link, "read", "registration"),
    Write("PUT", f"{_REGISTRATION}/tags", put_tags, "write", "registration"),
    Write("DELETE", f"{_REGISTRATION}/tags", delete_tags, "write", "registration"),
    *(
        write
        for path in (f"{_REGISTRATION}/configuration", f"{_INSTANCE}/configuration")
        for write in (
            Write("POST", path, set_configuration, "write", "registration"),
            Write("DELETE", f"{path}/{{setting}}", clear_configuration, "write", "registration"),
        )
    ),
)
