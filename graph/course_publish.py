"""The mutation that hosts a course at one source and offers it at others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from graph.changes import Payload, given, mutation
from graph.entity import EXTENSIONS, choices, computed, extend, input, reference, value
from graph.errors import Code, code
from graph.scalars import URL
from providers import model
from resolvers import publishing, sources

if TYPE_CHECKING:
    from graph.course import Course
    from graph.course_import import CourseImport
    from graph.source import Source
    from resolvers.publishing import PublishStatus

choices(publishing.PublishStatus)


def _source(context: Any, root: publishing.PublishTarget) -> Any:
    return sources.find(context, root.source)


def _code(_: Any, root: publishing.PublishTarget) -> Code | None:
    return code(root.error) if root.error else None


@input
class CoursePublishTargetInput:
    """A source that is to offer the course."""

    source: str
    """Name of the source; its provider must be one that takes courses."""

    external_reference: str | None
    """Reference by which the target knows the course, so that it is written once. Left out, it is
    made of the hosting source's name and the course's key."""


@input
class CoursePublishInput:
    """A course, where it is hosted, and where it is to be offered."""

    source: str
    """Name of the source that hosts the course, such as one that runs SCORM packages."""

    key: str
    """Key that the course has, or is to have, at the hosting source; of your own making."""

    package_url: URL | None
    """Address of the package, which the hosting source fetches; left out, the course is there."""

    may_create_new_version: bool | None
    """Whether the package may become a new version of a course that is there; else that is a
    conflict. False where left out."""

    tags: list[str] | None
    """Words that the hosted course is marked with."""

    idempotency_key: str | None
    """Text of your own making by which the import is known if you ask for the same again: it is
    not begun twice. Remembered for 24 hours. To try a failed import again, take another key."""

    wait_for: float | None
    """Seconds to wait for the import at most; as long as the operation has time where left out."""

    title: str | None
    """Title that the targets show; the package's where left out."""

    description: str | None
    """What the targets say of the course; what the package says where left out."""

    launch_url: URL | None
    """Address on the web that learners start the course at. Either this or `invitedBy`."""

    invited_by: str | None
    """E-mail address of who invites learners: the hosting source then makes an address at which
    anybody can start the course, or uses the one that is there."""

    targets: list[CoursePublishTargetInput]
    """Sources that are to offer the course; at most 20."""


@value(publishing.PublishTarget)
class CoursePublishTarget:
    """What became of offering the course at one source."""

    source: Source = computed(_source)
    """The source."""

    status: PublishStatus
    """What became of it."""

    course: Course | None = reference("courses", by="key")
    """The course there, as it is now; null where it isn't there, or where the source doesn't tell
    which it is until it shows it."""

    external_reference: str = computed(lambda _, root: root.reference)
    """Reference by which the source knows the course."""

    message: str | None
    """Why it isn't done; null where it is, or where `userErrors` says it."""

    code: Code | None = computed(_code)
    """Code of the error that the source failed with, as in `errors`; null where it didn't."""

    resume: str | None
    """How to go on; null where all is done, nothing can be, or `userErrors` says it."""


EXTENSIONS["CoursePublishPayload"].append(Payload)


@value(
    publishing.Publication,
    reads={
        model.Course: frozenset({"title", "description", "duration"}),
        model.CourseImport: frozenset({"status", "message"}),
    },
)
class CoursePublishPayload:
    """What came of publishing a course."""

    course_import: CourseImport | None = reference("course_imports", by="import_key")
    """The import at the hosting source; null where no package was given, or it wasn't begun."""

    course: Course | None = reference("courses", by="key")
    """The course at the hosting source; null as long as its import isn't complete."""

    launch_url: URL | None
    """Address that learners start the course at; null as long as there is none."""

    targets: list[CoursePublishTarget]
    """What became of each target, in the order of the input. One that fails leaves the others as
    they are."""


def _publish(info: strawberry.Info, input: Any) -> Any:
    return publishing.publish(info.context, given(input))


@extend("Mutation")
class CoursePublishMutation:
    """What is added to the mutations."""

    course_publish: CoursePublishPayload | None = mutation(
        CoursePublishInput, _publish, "import_course"
    )
    """Host a course at one source, and offer it at others, with the address that it starts at.
    Whatever isn't done says how to go on; with an `idempotencyKey`, asking for the same again does
    no harm."""
