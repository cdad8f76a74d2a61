"""Links by which learners take their courses, and whether results arrive where they are posted.

https://cloud.scorm.com/docs/v2/reference/swagger/#/registration
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from graph.changes import change, payload
from graph.entity import computed, extend, input
from graph.facets.scormcloud.registration_changes import registered
from graph.scalars import URL
from providers.errors import Kind
from resolvers.changes import Change

if TYPE_CHECKING:
    from graph.facets.scormcloud.inputs import RegistrationPostbackInput
    from graph.facets.scormcloud.launch_links import LaunchAuthInput
    from graph.mutation import NameValueInput


@input
class RegistrationLaunchLinkCreateInput:
    """A registration that is to be launched, and how."""

    assignment: strawberry.ID
    """The registration: an assignment, or the completion that it led to."""

    expiry: int | None
    """Seconds for which the link is good, from 10 to 300; 120 where left out."""

    redirect_on_exit_url: str | None
    """Where to go at the end: an address, or `closer`, `blank` or `message`, which are pages of
    SCORM Cloud's. The configured one where left out or empty."""

    is_tracked: bool | None
    """Whether what the learner does is recorded; it is where left out. If not, as little as the
    course's standard allows."""

    start_sco: str | None
    """Identifier of the activity to begin with, of SCORM packages; in their own order where left
    out."""

    culture: str | None
    """Language of the player, such as `en-US`; the browser's where left out."""

    css_url: URL | None
    """Address of a style sheet for the player."""

    learner_tags: list[str] | None
    """Words to mark the learner with."""

    course_tags: list[str] | None
    """Words to mark the course with."""

    registration_tags: list[str] | None
    """Words to mark the registration with."""

    additional_values: list[NameValueInput] | None
    """Values that are handed on to the content."""

    launch_auth: LaunchAuthInput | None
    """How to make sure who uses the link."""


@payload
class RegistrationLaunchLinkCreatePayload:
    """What came of asking for a launch."""

    launch_url: URL | None = computed(lambda _, root: root.value)
    """Address at which whoever has it takes the course as the learner, until it expires; null where
    there is none."""


@input
class RegistrationPostbackTestInput:
    """A source, and where it is to post results."""

    source: str
    """Name of the source that posts."""

    postback: RegistrationPostbackInput
    """Where to, and in which form."""


@payload
class RegistrationPostbackTestPayload:
    """What came of posting made-up results."""

    is_posted: bool = computed(lambda _, root: not root.user_errors)
    """Whether SCORM Cloud posted them."""


@extend("Mutation")
class LaunchMutations:
    """What is added to the mutations."""

    registration_launch_link_create: RegistrationLaunchLinkCreatePayload | None = change(
        RegistrationLaunchLinkCreateInput,
        registered(
            "make_registration_launch_link",
            "ask for another link: one that nobody has does no harm",
        ),
    )
    """Make a link by which a learner takes the course. What it is to be marked with is marked at
    once."""

    registration_postback_test: RegistrationPostbackTestPayload | None = change(
        RegistrationPostbackTestInput,
        Change(
            "test_registration_postback",
            check="look whether something was posted, or test again",
            blamed={Kind.REJECTED: "postback"},
        ),
    )
    """Have made-up results posted, to see whether they arrive."""
