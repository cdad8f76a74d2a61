"""The one error that leaves this package.

A kind is what a caller can act on; the vendor's own words stay behind, because they may quote
credentials or people's data.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Kind(Enum):
    """What went wrong, as far as the caller can do something about it."""

    AUTH_FAILED = "AUTH_FAILED"
    """The provider refused the source's credentials (HTTP 401)."""

    FORBIDDEN = "FORBIDDEN"
    """The credentials are good, but don't allow this (HTTP 403)."""

    NOT_FOUND = "NOT_FOUND"
    """The provider has no such thing (HTTP 404)."""

    TIMEOUT = "TIMEOUT"
    """The provider did not answer in time (HTTP 408, or our own limit for one call)."""

    CONFLICT = "CONFLICT"
    """The provider's state doesn't allow this (HTTP 409)."""

    ACCOUNT_DISABLED = "ACCOUNT_DISABLED"
    """The account behind the source is disabled, suspended or expired (HTTP 412)."""

    REJECTED = "REJECTED"
    """The provider refused our parameters (HTTP 400, 422 and other 4xx)."""

    RATE_LIMITED = "RATE_LIMITED"
    """The provider's quota is used up (HTTP 429); ``retry_after`` says for how long, if known."""

    UNAVAILABLE = "UNAVAILABLE"
    """The provider can't be reached or failed (no connection, HTTP 5xx)."""

    UNSUPPORTED = "UNSUPPORTED"
    """This source can't answer this, now or later (HTTP 501, or the contract has no such call)."""

    BAD_RESPONSE = "BAD_RESPONSE"
    """The answer is not what the contract promises: a redirect, HTML, broken or misshapen JSON."""

    TOO_LARGE = "TOO_LARGE"
    """The answer, unpacked, is larger than we accept."""

    BUDGET_EXCEEDED = "BUDGET_EXCEEDED"
    """The operation made as many calls to this source as one operation may make."""

    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    """The operation's time was up before this call ended."""

    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    """A change was sent, and no answer says whether it was made."""

    INVALID_KEY = "INVALID_KEY"
    """A key that can't be part of a path, such as one with a dot segment."""

    INVALID_PAGE = "INVALID_PAGE"
    """A page token that this source never gave out."""


RETRYABLE = frozenset(
    {Kind.TIMEOUT, Kind.RATE_LIMITED, Kind.UNAVAILABLE, Kind.BAD_RESPONSE, Kind.DEADLINE_EXCEEDED}
)
"""Kinds for which the same question may succeed later."""


DETAILS: Mapping[Kind, str] = {
    Kind.AUTH_FAILED: "the provider refused the source's credentials; check them in the settings",
    Kind.FORBIDDEN: "the source's credentials don't allow this",
    Kind.NOT_FOUND: "the provider has nothing there; if that is so for everything, check base_url",
    Kind.TIMEOUT: "the provider did not answer in time",
    Kind.CONFLICT: "the provider's state doesn't allow this",
    Kind.ACCOUNT_DISABLED: "the account behind the source is disabled or expired",
    Kind.REJECTED: "the provider refused the request's parameters",
    Kind.RATE_LIMITED: "the provider's request quota is used up; wait before asking again",
    Kind.UNAVAILABLE: "the provider can't be reached or failed",
    Kind.UNSUPPORTED: "the system behind the source doesn't offer this",
    Kind.BAD_RESPONSE: "the provider's answer is not what its contract promises",
    Kind.TOO_LARGE: "the provider's answer is larger than we accept",
    Kind.DEADLINE_EXCEEDED: "the operation's time was up",
    Kind.OUTCOME_UNKNOWN: "the change was sent, but no answer says whether it was made",
    Kind.INVALID_KEY: "a key can't be part of a path",
}
"""What is said of a failure where nothing more particular is known."""


class ProviderError(Exception):
    """Why a source could not answer.

    ``detail`` is in our words and safe to show; ``retry_after`` is in seconds; ``status`` is the
    provider's HTTP status where there was an answer. ``said`` are the provider's own words about a
    change that it refused: for whoever asked for the change, and for nobody else.
    """

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        source: str = "",
        provider: str = "",
        route: str = "",
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{kind.value}: {source}: {detail}")
        self.kind = kind
        self.detail = detail
        self.source = source
        self.provider = provider
        self.route = route
        self.status = status
        self.retry_after = retry_after
        self.said: str | None = None

    @property
    def retryable(self) -> bool:
        """Whether asking again later may succeed."""
        return self.kind in RETRYABLE
