"""Imports of courses from addresses, which SCORM Cloud alone takes.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.changes import change, payload
from graph.entity import computed, extend, input, reference
from graph.scalars import JSON, URL
from resolvers import entities
from resolvers.changes import Outcome
from resolvers.context import Context
from resolvers.imports import IMPORT

if TYPE_CHECKING:
    from graph.course import Course
    from graph.course_import import CourseImport
    from graph.facets.scormcloud.files import MediaFileInput


async def _course(context: Context, root: Outcome) -> Any:
    if root.value is None:
        return None
    return await entities.load(context, "courses", root.source, root.value.given["key"])


def _repeated(_: Context, root: Outcome) -> bool:
    return root.value is not None and root.value.repeated


@input
class CourseImportFetchInput:
    """A file on the web that the source fetches and keeps."""

    url: URL
    """Address of a package (a zip file) or a media file."""

    media_type: str | None
    """MIME type of the file; `application/zip` where left out. Needed for media files, for example
    `application/pdf`."""

    media_file_metadata: MediaFileInput | None
    """What is known of a media file."""

    uses_no_upload: bool | None
    """Whether SCORM Cloud is asked by its operation for everything that isn't uploaded, which does
    the same. False where left out."""


@input
class CourseImportMediaFileReferenceInput:
    """A media file on the web that stays where it is."""

    url: URL
    """Address of the file, which learners' browsers open."""

    media_type: str
    """MIME type of the file, for example `video/mp4`."""

    media_file_metadata: MediaFileInput | None
    """What is known of the file."""


@input
class CourseImportConnectorReferenceInput:
    """Something that a content connector of the source leads to, such as an LTI 1.3 tool."""

    connector_id: str | None
    """Id of the connector."""

    connector_id_for_content: str | None
    """Id that the connector gives to the content."""

    metadata_for_connector: JSON | None
    """What the connector is told; its form is the connector's own."""


@input
class CourseImportInput:
    """What a course is to be made of; exactly one of `fetch`, `mediaFileReference` and
    `connectorReference`."""

    source: str
    """Name of the source that is to have the course."""

    key: str
    """Key that the course is to have, of your own making, up to 255 characters."""

    fetch: CourseImportFetchInput | None
    """A file on the web that the source fetches and keeps."""

    media_file_reference: CourseImportMediaFileReferenceInput | None
    """A media file on the web that stays where it is."""

    connector_reference: CourseImportConnectorReferenceInput | None
    """Something that a content connector leads to."""

    may_create_new_version: bool | None
    """Whether this may become a new version of a course that is there; else that is a conflict.
    False where left out."""

    tags: list[str] | None
    """Words that the course is marked with."""

    postback_url: URL | None
    """Address that the source posts to when the import is over."""

    idempotency_key: str | None
    """Text of your own making, up to 255 characters, by which an import that you ask for again is
    known: the first one is told of, and no other begun. Another import with the same key is a
    CONFLICT. Remembered for 24 hours by source; an import that was refused leaves the key free. To
    try a failed import again, take another key. Costs a call more."""


@payload
class CourseImportPayload:
    """What came of asking for an import."""

    course_import: CourseImport | None = reference("course_imports", by="key")
    """The import, which goes on: follow it by the subscription `courseImport`. Null where none was
    begun, or where its answer was lost and only its course is known of."""

    course: Course | None = computed(_course)
    """Course of that key as it is now; null until there is one. Costs a call."""

    is_repeated: bool = computed(_repeated)
    """Whether an earlier import with the same idempotency key is told of."""


@extend("Mutation")
class ImportMutations:
    """What is added to the mutations."""

    course_import: CourseImportPayload | None = change(CourseImportInput, IMPORT)
    """Make a course, or a new version of one, of what is at an address. The import takes its source
    a while; a package that is broken shows on it."""
