"""Launch links: what may be asked of one, and what the sandbox remembers of those it built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from sandbox.scormcloud.bodies import Schema
from sandbox.scormcloud.refusals import bad_request

SHORTEST, USUAL, LONGEST = 10, 120, 300
"""Seconds for which a link can be opened."""

KEYWORDS = ("closer", "blank", "message")
"""Pages of the live service's own to leave a course for."""


class _Pair(Schema, frozen=True):
    """ItemValuePairSchema: handed on to the content."""

    item: str | None = None
    value: str | None = None


class _AuthOptions(Schema, frozen=True):
    """LaunchAuthOptionsSchema."""

    ip_address: bool | None = None
    fingerprint: bool | None = None
    expiry: int | None = None
    sliding_expiry: int | None = None


class _Auth(Schema, frozen=True):
    """LaunchAuthSchema: how files of the course are guarded; the sandbox guards none."""

    type: Literal["cookies", "vault"] | None = None
    options: _AuthOptions | None = None


class LinkRequest(Schema, frozen=True):
    """LaunchLinkRequestSchema."""

    redirect_on_exit_url: str
    expiry: int | None = None
    tracking: bool | None = None
    start_sco: str | None = None
    culture: str | None = None
    css_url: str | None = None
    learner_tags: tuple[str, ...] | None = None
    course_tags: tuple[str, ...] | None = None
    registration_tags: tuple[str, ...] | None = None
    additionalvalues: tuple[_Pair, ...] | None = None
    launch_auth: _Auth | None = None


@dataclass(slots=True)
class Link:
    """A link that was built: opened until `expires` (seconds since 1970), then as long as it lasts.

    While the course is open, `launch` is the id of the launch and `instance` what was launched.
    """

    registration_id: str
    expires: float
    request: LinkRequest
    launch: str | None = None
    instance: int = 0

    @property
    def is_tracked(self) -> bool:
        return self.request.tracking is not False


def lifetime(expiry: int | None) -> int:
    """Seconds for which a link can be opened; 400 outside of what the reference allows."""
    seconds = USUAL if expiry is None else expiry
    if not SHORTEST <= seconds <= LONGEST:
        raise bad_request(f"'expiry' must be between {SHORTEST} and {LONGEST}, not {seconds}")
    return seconds


def check_exit(place: str | None) -> None:
    """400 unless it is a URL, a keyword, or empty, which leaves it to the settings.

    The reference's own words contradict each other: that such a link is refused, and that it leads
    to the page with the message.
    """
    if place and place not in KEYWORDS and not is_url(place):
        raise bad_request(f"'redirectOnExitUrl' must be a URL or {', '.join(KEYWORDS)}")


def is_url(text: str) -> bool:
    """Whether this is the whole URL of something on the web."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable()
    except ValueError:
        return False
