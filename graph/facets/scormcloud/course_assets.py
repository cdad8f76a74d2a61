"""Mutations of single files of courses that SCORM Cloud alone takes.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from graph.changes import change, payload
from graph.entity import computed, extend, input, reference, value
from graph.scalars import URL
from providers.errors import Kind
from providers.scormcloud import course_assets
from resolvers.changes import Change

if TYPE_CHECKING:
    from graph.course import Course
    from graph.facets.scormcloud.files import UpdateAssetPolicy


@value(course_assets.ScormCloudAsset)
class ScormCloudAsset:
    """A file that was put into a course's package."""

    filename: str | None
    """Name of the file."""

    destination: str | None
    """Where it was put, in SCORM Cloud's words."""


@input
class CourseAssetImportInput:
    """A file on the web that is to be put into a course's package."""

    course: strawberry.ID
    """Course that gets it."""

    version: int | None
    """Number of the version that gets it; the newest where left out."""

    url: URL
    """Address that the source fetches the file from."""

    path: str
    """Path that the file gets within the package, for example `media/intro.mp4`."""

    update_asset_policy: UpdateAssetPolicy | None
    """What becomes of a file that is there already, or isn't; LAX where left out."""


@payload
class CourseAssetImportPayload:
    """What came of putting a file into a package."""

    file: ScormCloudAsset | None = computed(lambda _, root: root.value)
    """The file; null where it wasn't put there."""

    course: Course | None = reference("courses", by="key")
    """The course as it is now; null where it wasn't changed."""


@input
class CourseAssetDeleteInput:
    """A file of a course's package that is to go."""

    course: strawberry.ID
    """Course that has it."""

    version: int | None
    """Number of the version that has it; the newest where left out."""

    path: str
    """Path of the file within the package. Nobody looks whether other files lead to it."""


@payload
class CourseAssetDeletePayload:
    """What came of deleting a file."""

    deleted_path: str | None = computed(lambda _, root: root.value)
    """Path of what is no more; null where it wasn't deleted."""

    course: Course | None = reference("courses", by="key")
    """The course as it is now; null where it wasn't changed."""


@extend("Mutation")
class AssetMutations:
    """What is added to the mutations."""

    course_asset_import: CourseAssetImportPayload | None = change(
        CourseAssetImportInput,
        Change("import_course_asset", "Course", "course", check="look for the file in the `files`"),
    )
    """Put a file that the source fetches into a course's package. Needs a source that signs in with
    its secret itself, as every change of files but deleting does."""

    course_asset_delete: CourseAssetDeletePayload | None = change(
        CourseAssetDeleteInput,
        Change(
            "delete_course_asset",
            "Course",
            "course",
            check="look for the file in the `files`",
            blamed={Kind.REJECTED: "path"},
        ),
    )
    """Delete a file of a course's package."""
