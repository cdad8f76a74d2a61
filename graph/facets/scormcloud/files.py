"""Files at SCORM Cloud: where to send packages and files of them, and where to fetch them.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import strawberry

from graph.changes import change, payload
from graph.columns import each_where
from graph.entity import answered_by, choices, computed, extend, input, value
from graph.scalars import URL
from providers.base import split_key
from providers.scormcloud import outline
from resolvers import transfers
from resolvers.context import Context
from resolvers.transfers import Ticket, UploadOpening

Path = Annotated[str, strawberry.argument(description="Path of the file within the package.")]


class UpdateAssetPolicy(StrEnum):
    """What becomes of a file that is there already, or isn't."""

    REJECT = "reject"
    """It fails where the file is there."""

    STRICT = "strict"
    """It fails where the file isn't there."""

    LAX = "lax"
    """The file is put there, whether it was there or not."""


choices(UpdateAssetPolicy)


@value(transfers.Ticket)
class Upload:
    """An address that takes one file: send it by PUT, as the body, with its `Content-Type`.

    Its answer is JSON: `data` says what was made of the file (for a package the `id` of its
    import), `errors` what was wrong, in the form of GraphQL's.
    """

    url: str
    """Address; a path on this server where the server doesn't know its own name. Who has it needs
    nothing else to use it."""

    expires_at: datetime
    """When the upload has to have begun."""

    most_bytes: float | None = computed(lambda _, root: root.most)
    """Largest file that is taken, in bytes; null where none is too large."""


@value(transfers.Ticket)
class Download:
    """An address that a file can be fetched from, by GET."""

    url: str
    """Address; a path on this server where the server doesn't know its own name. Who has it needs
    nothing else to use it."""

    expires_at: datetime
    """When the download has to have begun."""


def _place(root: outline.ScormCloudCourse) -> tuple[str, int | None]:
    """A course's key, and a version's number; none for the newest."""
    parts = split_key(root.key, 2) if isinstance(root, outline.ScormCloudVersion) else None
    return (parts[0], int(parts[1])) if parts else (root.key, None)


def _zip(context: Context, root: outline.ScormCloudCourse) -> Ticket | None:
    key, version = _place(root)
    return transfers.download(context, root.source, "course_zip", key, version=version)


def _file(context: Context, root: outline.ScormCloudCourse, path: str) -> Ticket | None:
    key, version = _place(root)
    return transfers.download(context, root.source, "asset_file", key, path=path, version=version)


def _course_file(root: Any, info: strawberry.Info, path: Path) -> Any:
    return _file(info.context, root, path)


FILES = each_where(lambda context, root, arguments, _: _file(context, root, arguments["path"]))


@input
class MediaFileInput:
    """What is known of a media file, which says little of itself."""

    title: str | None
    """Title that the course gets; made of the file's name where left out."""

    description: str | None
    """What the file is about."""

    content_language: str | None
    """Language of the file, for example `en-US`."""

    estimated_duration: int | None
    """How long it takes. The unit is SCORM Cloud's, which doesn't document it."""


@input
class CourseUploadInput:
    """A package, or a single media file, that is to be imported."""

    source: str
    """Name of the source that is to have the course."""

    key: str
    """Key that the course is to have, up to 255 characters."""

    may_create_new_version: bool | None
    """Whether the file may become a new version of a course that is there; else that is a
    conflict. False where left out."""

    tags: list[str] | None
    """Words that the course is marked with."""

    postback_url: URL | None
    """Address that the source posts to when the import is over."""

    filename: str | None
    """Name of the file: a media file's title is made of it."""

    media_file_metadata: MediaFileInput | None
    """What is known of a media file."""


@payload
class CourseUploadPayload:
    """What came of wanting to upload a package."""

    upload: Upload | None = computed(lambda _, root: root.value)
    """Where to send the file; null where the input is wrong."""


@input
class CourseAssetUploadInput:
    """A file that is to be put into a course's package."""

    course: strawberry.ID
    """Course that gets it."""

    version: int | None
    """Number of the version that gets it; the newest where left out."""

    path: str
    """Path that the file gets within the package, for example `media/intro.mp4`."""

    update_asset_policy: UpdateAssetPolicy | None
    """What becomes of a file that is there already, or isn't; LAX where left out."""


@payload
class CourseAssetUploadPayload:
    """What came of wanting to upload a file."""

    upload: Upload | None = computed(lambda _, root: root.value)
    """Where to send the file; null where the input is wrong."""


@extend("Mutation")
class FileMutations:
    """What is added to the mutations."""

    course_upload: CourseUploadPayload | None = change(
        CourseUploadInput, UploadOpening("upload_course", named="key", gives="CourseImport")
    )
    """Import a package, or a media file, that you send: gives the address to send it to. The answer
    there is JSON that has the id of the import, for `courseImport`: `{"data": {"id": …}}`."""

    course_asset_upload: CourseAssetUploadPayload | None = change(
        CourseAssetUploadInput, UploadOpening("upload_asset", "Course", "course")
    )
    """Put a file that you send into a course's package: gives the address to send it to."""


@extend("ScormCloudCourse")
@extend("ScormCloudVersion")
class PackageFiles:
    """What is added to courses and versions."""

    zip: Download | None = computed(_zip)
    """The package as it is now, as a zip file. Costs no call until it is fetched."""

    file: Download | None = answered_by(_course_file, "asset_file", FILES)
    """A file of the package, as it is now. Costs no call until it is fetched."""
