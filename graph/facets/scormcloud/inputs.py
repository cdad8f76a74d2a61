"""What several mutations of SCORM Cloud take alike: settings, values for content, launches, people.

https://cloud.scorm.com/docs/v2/reference/swagger/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.entity import input

if TYPE_CHECKING:
    from graph.scalars import URL


@input
class ScormCloudSettingInput:
    """A setting and the value that it gets."""

    setting_id: str
    """Id of the setting: the `key` of a `ScormCloudSetting`, such as PlayerLaunchType."""

    value: str
    """Value, as text, whatever its type is; what it can be is told by the setting's `metadata`."""

    explicit: bool | None
    """Whether the value counts as set right here, even where it is the one that would be inherited;
    SCORM Cloud decides where it is left out."""


@input
class ScormCloudItemValueInput:
    """A value that is handed on to the content, by name."""

    item: str
    """Name of the value."""

    value: str
    """The value."""


@input
class ScormCloudLaunchAuthOptionsInput:
    """How closely a launch is guarded."""

    ip_address: bool | None
    """Whether all requests must come from the address that opened the link."""

    fingerprint: bool | None
    """Whether all requests must come from the browser that opened the link."""

    expiry: int | None
    """Seconds for which the launch lasts."""

    sliding_expiry: int | None
    """Seconds without a request after which the launch ends."""


@input
class ScormCloudLaunchAuthInput:
    """How the files of the course are guarded while it is open."""

    type: str
    """`cookies` or `vault`, in SCORM Cloud's words."""

    options: ScormCloudLaunchAuthOptionsInput | None
    """How closely."""


@input
class ScormCloudLearnerInput:
    """Who takes a course. A learner is nothing but what registrations say."""

    key: str
    """Id that the customer chose for the learner: up to 255 characters, often an e-mail address."""

    email: str | None
    """E-mail address."""

    first_name: str | None
    """First name."""

    last_name: str | None
    """Last name."""


@input
class ScormCloudPostbackInput:
    """Where SCORM Cloud posts what changes in a registration, and how.

    https://cloud.scorm.com/docs/v2/guides/postback/
    """

    url: URL
    """Address to post to."""

    auth_type: str | None
    """UNDEFINED, FORM (user name and password among the fields of a form) or HTTPBASIC (in the
    Authorization header), in SCORM Cloud's words."""

    user_name: str | None
    """User name to sign in with."""

    password: str | None
    """Password to sign in with."""

    results_format: str | None
    """How much is posted: UNDEFINED, COURSE, ACTIVITY or FULL, in SCORM Cloud's words."""

    legacy: bool | None
    """Whether it is posted as XML, as the API's first version did."""
