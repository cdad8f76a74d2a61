"""SCORM Cloud's Course Service, what changes a course: title, tags, settings, deletion.

https://cloud.scorm.com/docs/api_reference/v2/endpoints/courseservice/
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from sandbox.scormcloud.bodies import Schema, TagBatch, TagList, read_body
from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.configuration import clear_setting, post_settings
from sandbox.scormcloud.library import Version, retitled
from sandbox.scormcloud.refusals import bad_request
from sandbox.scormcloud.writes import Write, done
from sandbox.wire import key

_COURSE = "/courses/{course}"
_VERSION = "/courses/{course}/versions/{version}"


class _Title(Schema, frozen=True):
    title: str | None = None


async def set_title(cloud: Cloud, request: Request) -> Response:
    # The latest version's, as everywhere; that an empty title is refused is our choice.
    version = cloud.shelf(key(request, "course")).latest
    title = (await read_body(request, _Title)).title
    if not title:
        raise bad_request("A title is required.")
    retitled(version, title, cloud.now())
    return done()


async def put_tags(cloud: Cloud, request: Request) -> Response:
    """Replaces them, as the reference says; the clients' own texts say "adds"."""
    course_id = cloud.shelf(key(request, "course")).course_id
    cloud.tags.put("course", course_id, (await read_body(request, TagList)).tags)
    return done()


async def delete_tags(cloud: Cloud, request: Request) -> Response:
    course_id = cloud.shelf(key(request, "course")).course_id
    cloud.tags.remove("course", course_id, (await read_body(request, TagList)).tags)
    return done()


async def put_tags_batch(cloud: Cloud, request: Request) -> Response:
    """All or none: an unknown course is found before the first one changes.

    Tags that are there stay: all texts about many courses say "add" or "apply", none "replace".
    """
    batch = await read_body(request, TagBatch)
    for course_id in batch.ids:
        cloud.shelf(course_id)
    for course_id in batch.ids:
        cloud.tags.add("course", course_id, batch.tags)
    return done()


async def delete_course(cloud: Cloud, request: Request) -> Response:
    cloud.delete_course(key(request, "course"))
    return done()


async def delete_version(cloud: Cloud, request: Request) -> Response:
    cloud.delete_version(_version(cloud, request))
    return done()


async def set_configuration(cloud: Cloud, request: Request) -> Response:
    version = _version(cloud, request)
    return await post_settings(cloud, request, "course", (version.course_id, version.number))


async def clear_configuration(cloud: Cloud, request: Request) -> Response:
    version = _version(cloud, request)
    return clear_setting(cloud, request, "course", (version.course_id, version.number))


def _version(cloud: Cloud, request: Request) -> Version:
    return cloud.version(key(request, "course"), request.path_params.get("version"))


WRITES: tuple[Write, ...] = (
    Write("PUT", "/courses/tags", put_tags_batch, "write", "course"),
    Write("DELETE", _COURSE, delete_course, "delete", "course"),
    Write("PUT", f"{_COURSE}/title", set_title, "write", "course"),
    Write("PUT", f"{_COURSE}/tags", put_tags, "write", "course"),
    Write("DELETE", f"{_COURSE}/tags", delete_tags, "write", "course"),
    Write("DELETE", _VERSION, delete_version, "delete", "course"),
    *(
        write
        for path in (f"{_COURSE}/configuration", f"{_VERSION}/configuration")
        for write in (
            Write("POST", path, set_configuration, "write", "course"),
            Write("DELETE", f"{path}/{{setting}}", clear_configuration, "write", "course"),
        )
    ),
)
