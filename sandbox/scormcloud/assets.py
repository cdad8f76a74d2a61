"""SCORM Cloud's Course Service, the files of a course: listed, read, replaced, taken away.

A changed manifest changes nothing that was read in it: whether the live service reads a package
again is not documented.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from sandbox.packages.archive import leaves, plain
from sandbox.scormcloud.bodies import Schema, read_body
from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.library import Version
from sandbox.scormcloud.multipart import read_form
from sandbox.scormcloud.outward import FetchError, fetch, is_address
from sandbox.scormcloud.query import Query, written_to_the_millisecond
from sandbox.scormcloud.refusals import bad_request, not_found
from sandbox.scormcloud.writes import Write, done
from sandbox.wire import JSONAnswer, key

_COURSE = "/courses/{course}"
_VERSION = "/courses/{course}/versions/{version}"
_MAX_PATH = 1_000


class _ImportAsset(Schema, frozen=True):
    """An ImportAssetRequestSchema."""

    fetch_url: str
    destination: str


def files(cloud: Cloud, request: Request) -> Response:
    listing = [
        {
            "path": file.path,
            "size": file.size,
            "modified": written_to_the_millisecond(file.modified),
        }
        for file in _version(cloud, request).content.files
    ]
    return JSONAnswer({"files": listing}, rows=len(listing))


def asset(cloud: Cloud, request: Request) -> Response:
    version, path = _found(cloud, request)
    kind, _ = mimetypes.guess_type(path)
    return StreamingResponse(
        version.content.chunks(path),
        headers={"Content-Length": str(version.content.listing[path].size)},
        media_type=kind or "application/octet-stream",
    )


async def delete_asset(cloud: Cloud, request: Request) -> Response:
    version, path = _found(cloud, request)
    version.content.remove(path)
    version.updated = cloud.now()
    return done()


async def upload_asset(cloud: Cloud, request: Request) -> Response:
    version, policy = _version(cloud, request), _policy(request)
    with await read_form(request, cloud.folder.new) as form:
        path = _destination(form.fields.get("destination"))
        _check(version, path, policy)
        source = form.keep("file").path
    return _put(cloud, version, path, source)


async def import_asset(cloud: Cloud, request: Request) -> Response:
    version, policy = _version(cloud, request), _policy(request)
    asked = await read_body(request, _ImportAsset)
    path = _destination(asked.destination)
    if not is_address(asked.fetch_url):
        raise bad_request(f"'{asked.fetch_url[:80]}' is not a URL.")
    _check(version, path, policy)
    source = cloud.folder.new()
    try:
        await fetch(asked.fetch_url, source)
    except FetchError as error:
        raise bad_request(str(error)) from error
    return _put(cloud, version, path, source)


def _put(cloud: Cloud, version: Version, path: str, source: Path) -> Response:
    now = cloud.now()
    version.content.put(path, source, now.replace(tzinfo=None))
    version.updated = now
    return JSONAnswer({"filename": path.rpartition("/")[2], "destination": path})


def zipped(cloud: Cloud, request: Request) -> Response:
    """The package as it came, or made anew once files were changed."""
    content = _version(cloud, request).content
    # Clients know the archive by exactly this content type.
    kind = "application/zip"
    match content.whole():
        case bytes() as package:
            return Response(package, media_type=kind)
        case Path() as path:
            return FileResponse(path, media_type=kind)
    if not content.files:
        raise bad_request("The course has no files of its own.")
    return StreamingResponse(content.packed(cloud.folder.new()), media_type=kind)


def _version(cloud: Cloud, request: Request) -> Version:
    return cloud.version(key(request, "course"), request.path_params.get("version"))


def _found(cloud: Cloud, request: Request) -> tuple[Version, str]:
    """The version and the file in it that a request names."""
    version = _version(cloud, request)
    path = _path(request.query_params.get("relativePath"), "relativePath")
    if path not in version.content.listing:
        raise not_found(f"file [{path}] of course", version.course_id)
    return version, path


def _destination(given: str | None) -> str:
    return _path(given, "destination")


def _path(given: str | None, name: str) -> str:
    """A path from the top of the course, with which the reference allows a slash to begin."""
    if not given:
        raise bad_request(f"The parameter '{name}' is required.")
    path = plain(given)
    if "\\" in given or "\0" in given or leaves(path) or len(given) > _MAX_PATH:
        raise bad_request(f"'{given[:80]}' is not a path inside of the course.")
    if not path or given.endswith("/"):
        raise bad_request(f"'{given[:80]}' names no file.")
    return path


def _policy(request: Request) -> str:
    policies = {policy: policy for policy in ("reject", "strict", "lax")}
    return Query(request).choice("updateAssetPolicy", policies, "lax")


def _check(version: Version, path: str, policy: str) -> None:
    """400 where the policy forbids it, since no other refusal is documented."""
    exists = path in version.content.listing
    if policy == "reject" and exists:
        raise bad_request(f"The file [{path}] exists already.")
    if policy == "strict" and not exists:
        raise bad_request(f"The file [{path}] does not exist.")
    if version.content.clashes(path):
        raise bad_request(f"The path [{path}] is a folder, or lies in a file.")


WRITES: tuple[Write, ...] = tuple(
    write
    for of in (_COURSE, _VERSION)
    for write in (
        # Among those that came later, for which tokens are taken; the scope is published nowhere.
        Write("DELETE", f"{of}/asset", delete_asset, "delete", "course"),
        Write("POST", f"{of}/asset", import_asset, "secret", "course"),
        Write("POST", f"{of}/asset/upload", upload_asset, "secret", "course"),
    )
)
