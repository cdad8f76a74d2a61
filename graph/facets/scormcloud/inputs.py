"""What several mutations of registrations take: who takes the course, where results are posted.

https://cloud.scorm.com/docs/v2/reference/swagger/#/registration
"""

from __future__ import annotations

from graph.entity import input
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


@input
class RegistrationPostbackInput:
    """Where SCORM Cloud posts how a registration goes, and in which form."""

    url: URL
    """Address to post to."""

    auth_type: str | None
    """How to sign in there: HTTPBASIC, FORM (user name and password among the fields of a form) or
    UNDEFINED, in SCORM Cloud's words."""

    user_name: str | None
    """User name to sign in with."""

    password: str | None
    """Password to sign in with."""

    results_format: str | None
    """How much is posted: COURSE, ACTIVITY, FULL or UNDEFINED, in SCORM Cloud's words."""

    legacy: bool | None
    """Whether results are XML, as the first version of the API posted them."""
