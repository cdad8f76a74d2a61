"""What several mutations of registrations take: who takes the course, where results are posted.

https://cloud.scorm.com/docs/v2/reference/swagger/#/registration
"""

from __future__ import annotations

from enum import StrEnum

from graph.entity import choices, input
from graph.scalars import URL


@input
class RegistrationLearnerInput:
    """Who takes a course. SCORM Cloud knows of learners only what their registrations say."""

    key: str
    """Id that the source's customer chose for the learner: up to 255 characters, often an e-mail
    address."""

    email: str | None
    """E-mail address."""

    first_name: str | None
    """First name."""

    last_name: str | None
    """Last name."""


class RegistrationPostbackAuthType(StrEnum):
    """How SCORM Cloud signs in where it posts."""

    UNDEFINED = "UNDEFINED"
    """Not said: SCORM Cloud decides."""

    HTTPBASIC = "HTTPBASIC"
    """By HTTP's basic authentication."""

    FORM = "FORM"
    """By the user name and password among the fields of a form."""


class RegistrationResultsFormat(StrEnum):
    """How much SCORM Cloud posts of a registration."""

    UNDEFINED = "UNDEFINED"
    """Not said: SCORM Cloud decides."""

    COURSE = "COURSE"
    """How the course went as a whole."""

    ACTIVITY = "ACTIVITY"
    """How each activity went, too."""

    FULL = "FULL"
    """All that content reported, too."""


choices(RegistrationPostbackAuthType)
choices(RegistrationResultsFormat)


@input
class RegistrationPostbackInput:
    """Where SCORM Cloud posts how a registration goes, and in which form."""

    url: URL
    """Address to post to."""

    auth_type: RegistrationPostbackAuthType | None
    """How to sign in there."""

    user_name: str | None
    """User name to sign in with."""

    password: str | None
    """Password to sign in with."""

    results_format: RegistrationResultsFormat | None
    """How much is posted."""

    is_legacy: bool | None
    """Whether results are XML, as the first version of the API posted them."""
