"""Links into SCORM Cloud's player: how they are asked for, and those that show a course.

https://cloud.scorm.com/docs/v2/reference/swagger/#/course
"""

from __future__ import annotations

from enum import StrEnum

import strawberry

from graph.changes import change, payload
from graph.entity import choices, computed, extend, input
from graph.scalars import URL
from resolvers.changes import Change


class LaunchAuthType(StrEnum):
    """How it is made sure that who uses a link is who was given it."""

    COOKIES = "cookies"
    """By cookies."""

    VAULT = "vault"
    """By what the browser shows of itself."""


choices(LaunchAuthType)


@input
class LaunchAuthOptionsInput:
    """What a link's user is known again by, and for how long."""

    ip_address: bool | None
    """Whether by the address on the network."""

    fingerprint: bool | None
    """Whether by the browser's traits."""

    expiry: int | None
    """Seconds after which they are known no more."""

    sliding_expiry: int | None
    """Seconds without a sign of them after which they are known no more."""


@input
class LaunchAuthInput:
    """How it is made sure that who uses a link is who was given it."""

    type: LaunchAuthType
    """The way."""

    options: LaunchAuthOptionsInput | None
    """More about it."""


@input
class ItemValueInput:
    """A named value that is handed on to the content."""

    item: str
    """Name of the item."""

    value: str
    """Value of the item."""


@input
class CoursePreviewLinkCreateInput:
    """A course that is to be looked at, and how."""

    course: strawberry.ID
    """Course to show."""

    version: int | None
    """Number of the version to show; the newest where left out."""

    expiry: int | None
    """Seconds for which the link is good, from 10 to 300; 120 where left out."""

    redirect_on_exit_url: str | None
    """Where to go at the end: an address, or `closer`, `blank` or `message`, which are pages of
    SCORM Cloud's. The configured one where left out or empty."""

    start_sco: str | None
    """Identifier of the activity to begin with, of SCORM packages; in their own order where left
    out."""

    culture: str | None
    """Language of the player, such as `en-US`; the browser's where left out."""

    css_url: str | None
    """Address of a style sheet for the player."""

    additional_values: list[ItemValueInput] | None
    """Values that are handed on to the content."""

    tracking: bool | None
    """Whether anything is recorded. Taken by older editions of the API only, which newer ones may
    pass over: previews are never recorded there."""

    learner_tags: list[str] | None
    """Words to mark the learner with. Taken by older editions of the API only."""

    course_tags: list[str] | None
    """Words to mark the course with. Taken by older editions of the API only."""

    registration_tags: list[str] | None
    """Words to mark the registration with. Taken by older editions of the API only."""

    launch_auth: LaunchAuthInput | None
    """How to make sure who uses the link. Taken by older editions of the API only."""


@payload
class CoursePreviewLinkCreatePayload:
    """What came of asking for a preview."""

    launch_link: URL | None = computed(lambda _, root: root.value)
    """Address that shows the course, to anybody who has it, until it expires; null where there is
    none. A cmi5 course has no preview: its link leads to an error."""


@extend("Mutation")
class PreviewMutations:
    """What is added to the mutations."""

    course_preview_link_create: CoursePreviewLinkCreatePayload | None = change(
        CoursePreviewLinkCreateInput,
        Change(
            "make_course_preview_link",
            "Course",
            "course",
            check="ask for another link: one that nobody has does no harm",
        ),
    )
    """Make a link that shows a course without recording anything."""
