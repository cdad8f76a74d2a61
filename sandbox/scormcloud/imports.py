"""SCORM Cloud's Course Service, how courses come in: fetched, uploaded, or only referred to.

https://cloud.scorm.com/docs/api_reference/v2/endpoints/courseservice/. A package is received and
read before its request is answered; what came of it shows when the job is over.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from anyio.to_thread import run_sync
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from sandbox.packages import PackageError, ParsedPackage, parse
from sandbox.packages.media import (
    MEDIA,
    MediaMetadata,
    describe_media,
    describe_tool,
    read_media,
)
from sandbox.scormcloud.bodies import Schema, read_body
from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.content import Content
from sandbox.scormcloud.courses import import_job_json
from sandbox.scormcloud.library import FAILURE, SUCCESS, ImportJob, Version
from sandbox.scormcloud.multipart import read_form
from sandbox.scormcloud.outward import FetchError, fetch, file_name, is_address, post
from sandbox.scormcloud.query import Query
from sandbox.scormcloud.refusals import bad_request, refusal
from sandbox.scormcloud.writes import Write
from sandbox.wire import JSONAnswer, Refused

MAX_ID = 255
_ZIPS = ("application/zip", "application/x-zip-compressed", "application/octet-stream")


class _MediaMetadata(Schema, frozen=True):
    """A MediaFileMetadataSchema."""

    title: str | None = None
    description: str | None = None
    content_language: str | None = None
    estimated_duration: int | None = None

    def read(self) -> MediaMetadata:
        return MediaMetadata(
            self.title, self.description, self.content_language, self.estimated_duration
        )


class _Fetch(Schema, frozen=True):
    """An ImportFetchRequestSchema."""

    url: str
    content_type: str | None = None
    media_file_metadata: _MediaMetadata | None = None


class _MediaReference(Schema, frozen=True):
    """An ImportMediaFileReferenceRequestSchema."""

    url: str
    content_type: str
    media_file_metadata: _MediaMetadata | None = None


class _ConnectorReference(Schema, frozen=True):
    """An ImportConnectorRequestSchema; `metadata_for_connector` is each connector's own."""

    connector_id: str | None = None
    connector_id_for_content: str | None = None
    metadata_for_connector: dict[str, Any] | None = None


class _NoUpload(Schema, frozen=True):
    """An ImportRequestSchema: one of the three."""

    fetch_request: _Fetch | None = None
    media_file_reference_request: _MediaReference | None = None
    connector_reference_request: _ConnectorReference | None = None


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the three operations are told alike."""

    course_id: str
    may_create_new_version: bool
    tags: tuple[str, ...]
    postback: str | None


@dataclass(frozen=True, slots=True)
class _Arrival:
    """What was received, and read."""

    package: ParsedPackage
    content: Content


_Receive = Callable[[], Awaitable[_Arrival]]


async def fetch_and_import(cloud: Cloud, request: Request) -> Response:
    wish = _wish(cloud, request)
    return await _run(cloud, wish, _fetching(cloud, await read_body(request, _Fetch)))


async def import_without_upload(cloud: Cloud, request: Request) -> Response:
    wish = _wish(cloud, request)
    match await read_body(request, _NoUpload):
        case _NoUpload(_Fetch() as asked, None, None):
            return await _run(cloud, wish, _fetching(cloud, asked))
        case _NoUpload(None, _MediaReference() as media, None):
            return await _run(cloud, wish, _referring(media))
        case _NoUpload(None, None, _ConnectorReference() as tool):
            return await _run(cloud, wish, _connecting(tool))
    raise bad_request(
        "Exactly one of 'fetchRequest', 'mediaFileReferenceRequest' and "
        "'connectorReferenceRequest' is required."
    )


async def upload_and_import(cloud: Cloud, request: Request) -> Response:
    try:
        wish = _wish(cloud, request)
        kind = _kind(request.headers.get("uploadedContentType"))
    except Refused:
        # A client that is still sending would meet a closed connection, not the reason.
        async for _ in request.stream():
            pass
        raise
    with await read_form(request, cloud.folder.new) as form:
        metadata = _metadata(form.fields.get("contentMetadata"))
        uploaded = form.keep("file")

    async def receive() -> _Arrival:
        return await _read(cloud, uploaded.path, uploaded.name, kind, metadata)

    return await _run(cloud, wish, receive)


def _wish(cloud: Cloud, request: Request) -> _Wish:
    query = Query(request)
    course_id, postback = query.text("courseId"), query.text("postbackUrl")
    if course_id is None:
        raise bad_request("The parameter 'courseId' is required.")
    if len(course_id) > MAX_ID:
        raise bad_request(f"A course id has no more than {MAX_ID} characters.")
    if postback is not None and not is_address(postback):
        raise bad_request(f"'{postback[:80]}' is not a URL.")
    wish = _Wish(course_id, query.flag("mayCreateNewVersion"), query.list_of("tags"), postback)
    if course_id in cloud.shelves and not wish.may_create_new_version:
        raise Refused(refusal(409, _taken(course_id)))
    return wish


def _taken(course_id: str) -> str:
    return f"Course [{course_id}] already exists in app [demo-app]"


def _kind(given: str | None) -> str:
    """The content type without its parameters; 400 for what can be no course."""
    kind = (given or _ZIPS[0]).partition(";")[0].strip().lower()
    if kind not in MEDIA and kind not in _ZIPS:
        raise bad_request(f"'{kind[:80]}' is not the content type of a zip, PDF, MP3 or MP4 file.")
    return kind


def _metadata(given: str | None) -> MediaMetadata:
    if not given:
        return MediaMetadata()
    try:
        return msgspec.json.decode(given, type=_MediaMetadata).read()
    except msgspec.DecodeError as error:
        raise bad_request(f"The field 'contentMetadata' is not valid: {error}") from error


def _fetching(cloud: Cloud, asked: _Fetch) -> _Receive:
    if not is_address(asked.url):
        raise bad_request(f"'{asked.url[:80]}' is not a URL.")
    kind = _kind(asked.content_type)
    metadata = (asked.media_file_metadata or _MediaMetadata()).read()

    async def receive() -> _Arrival:
        path = cloud.folder.new()
        await fetch(asked.url, path)
        return await _read(cloud, path, file_name(asked.url), kind, metadata)

    return receive


def _referring(media: _MediaReference) -> _Receive:
    """The file stays where it is, and is not looked at before somebody takes the course."""
    if not is_address(media.url):
        raise bad_request(f"'{media.url[:80]}' is not a URL.")
    if _kind(media.content_type) not in MEDIA:
        raise bad_request("Only PDF, MP3 and MP4 files can be referred to.")
    metadata = (media.media_file_metadata or _MediaMetadata()).read()

    async def receive() -> _Arrival:
        name = file_name(media.url) or media.url
        return _Arrival(describe_media(media.url, name, metadata), Content(None, {}))

    return receive


def _connecting(tool: _ConnectorReference) -> _Receive:
    if not tool.connector_id or not tool.connector_id_for_content:
        # No schema requires them, but nothing is named without.
        raise bad_request("'connectorId' and 'connectorIdForContent' are required.")
    connector, content = tool.connector_id, tool.connector_id_for_content
    said = (tool.metadata_for_connector or {}).get("title")

    async def receive() -> _Arrival:
        title = said if isinstance(said, str) and said else content
        return _Arrival(describe_tool(connector, content, title), Content(None, {}))

    return receive


async def _read(
    cloud: Cloud, path: Path, name: str, kind: str, metadata: MediaMetadata
) -> _Arrival:
    """Reads what was received, beside the event loop; a file that can't be read is deleted."""
    try:
        if kind not in MEDIA:
            package = await run_sync(parse, path)
            return _Arrival(package, Content.of_package(path, package.files))
        safe = name.replace("\\", "/").rpartition("/")[2].strip(". \0") or "media"
        modified = cloud.now().replace(tzinfo=None)
        package = await run_sync(read_media, path, safe, kind, metadata, modified)
        return _Arrival(package, Content.of_file(package.files[0], path))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


async def _run(cloud: Cloud, wish: _Wish, receive: _Receive) -> Response:
    try:
        arrival = await receive()
    except (PackageError, FetchError) as error:
        job_id = cloud.jobs.begin(wish.course_id, _failing(f"{FAILURE}{error}"))
    else:
        job_id = cloud.jobs.begin(wish.course_id, _landing(cloud, wish, arrival))
    answer = JSONAnswer({"result": job_id})
    if wish.postback is not None:
        answer.background = BackgroundTask(_post_back, cloud, job_id, wish.postback)
    return answer


def _failing(message: str) -> Callable[[str], ImportJob]:
    return lambda job_id: ImportJob(job_id, "ERROR", message)


def _landing(cloud: Cloud, wish: _Wish, arrival: _Arrival) -> Callable[[str], ImportJob]:
    def finish(job_id: str) -> ImportJob:
        shelf = cloud.shelves.get(wish.course_id)
        if shelf is not None and not wish.may_create_new_version:
            # Another import of the same id was over first.
            arrival.content.discard()
            return ImportJob(job_id, "ERROR", _taken(wish.course_id))
        now = cloud.now()
        version = Version(
            course_id=wish.course_id,
            number=0 if shelf is None else shelf.latest.number + 1,
            created=now,
            updated=now,
            package=arrival.package,
            content=arrival.content,
        )
        cloud.add_version(version)
        cloud.tags.add("course", wish.course_id, wish.tags)
        return ImportJob(job_id, "COMPLETE", SUCCESS, version)

    return finish


async def _post_back(cloud: Cloud, job_id: str, url: str) -> None:
    """Tells that a job is over, once; what is sent is not documented: the job's own answer."""
    job = cloud.jobs.finish(job_id)
    body = msgspec.json.encode(import_job_json(cloud, job))
    await post(url, body, {"Content-Type": "application/json"})


WRITES: tuple[Write, ...] = (
    Write("POST", "/courses/importJobs", fetch_and_import, "write", "course"),
    Write("POST", "/courses/importJobs/noUpload", import_without_upload, "write", "course"),
    Write("POST", "/courses/importJobs/upload", upload_and_import, "write", "course"),
)
