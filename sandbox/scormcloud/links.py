"""Launch links: what may be asked of one, and what the sandbox remembers of those it built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.scormcloud.bodies import Schema


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
    expiry: int = 120
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
