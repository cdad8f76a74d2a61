"""One request and its answer: what is sent, and what the answer's head means."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from providers.content import Content
from providers.decoding import bad, decoded
from providers.errors import DETAILS, Kind, ProviderError
from providers.unpacking import Unpacking
from providers.wire import Arrival, Load

SPARED = 64 * 1024
"""Largest body, in bytes, that is read although it isn't wanted: reconnecting costs more."""

PATIENCE = 0.25
"""Seconds for which such a body is waited for."""

LONGEST_WAIT = 300.0
"""A provider's wish to be left alone is believed up to so many seconds."""

KINDS: Mapping[int, Kind] = {
    401: Kind.AUTH_FAILED,
    403: Kind.FORBIDDEN,
    404: Kind.NOT_FOUND,
    408: Kind.TIMEOUT,
    409: Kind.CONFLICT,
    412: Kind.ACCOUNT_DISABLED,
    429: Kind.RATE_LIMITED,
    501: Kind.UNSUPPORTED,
}
"""Kinds of the statuses that have one of their own; other 4xx are REJECTED, 5xx UNAVAILABLE."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request, ready to be sent."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    load: Load = field(default=b"", repr=False)
    changes: bool = False
    """Whether something may come of it at the provider."""
    any_type: bool = False
    """Whether its answer may be other than JSON."""
    timeout: float | None = None
    """Longest time for it, in seconds, where that is another than usual."""
    signed: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Those of its headers that sign it in."""

    @property
    def is_file(self) -> bool:
        """Whether it passes on a file."""
        return not isinstance(self.load, bytes)

    @property
    def identity(self) -> tuple[str, frozenset[tuple[str, str]]]:
        """What makes two reads equal: the credentials among the headers, too."""
        return self.url, frozenset(self.headers.items())


@dataclass(slots=True)
class Exchange:
    """A request on its way, and what became of it so far."""

    request: Request
    began: float | None = None
    """When it had its place among the source's calls, on ``time.perf_counter``."""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    error: ProviderError | None = None

    def check(self) -> None:
        """Raise its error, if it has one, each time as a new one: who catches it, places it."""
        if (error := self.error) is not None:
            raised = ProviderError(
                error.kind, error.detail, status=error.status, retry_after=error.retry_after
            )
            raised.said = error.said
            raise raised


def request_of(
    method: str,
    url: str,
    own: Mapping[str, str],
    signed: Mapping[str, str],
    content: Content | None,
    *,
    changes: bool,
    any_type: bool,
    timeout: float | None = None,
) -> Request:
    headers = {
        "accept": "*/*" if any_type else "application/json",
        "accept-encoding": "gzip",
        "user-agent": "coursegraph",
        **own,
        **signed,
    }
    if content is None:
        return Request(method, url, headers, b"", changes, any_type, timeout, signed)
    headers |= content.headers()
    return Request(method, url, headers, content.load, changes, any_type, timeout, signed)


def refusal_of(arrival: Arrival, request: Request) -> ProviderError | None:
    """Why the answer's body is not wanted, if so."""
    status, headers = arrival.status, arrival.headers
    if status >= 400:
        kind = KINDS.get(status, Kind.UNAVAILABLE if status >= 500 else Kind.REJECTED)
        wait = retry_after(headers, datetime.now(UTC), kind)
        return ProviderError(kind, DETAILS[kind], status=status, retry_after=wait)
    if status >= 300 or status < 200:
        return bad("it redirects, which is not followed", status)
    if not _is_json(arrival) and not request.any_type and not (request.changes and _empty(arrival)):
        return bad("it is not JSON", status)
    if headers.get("content-encoding", "identity").lower() not in ("identity", "gzip"):
        return bad("it is packed in a way that was not offered", status)
    return None


def _is_json(arrival: Arrival) -> bool:
    media_type = arrival.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def _empty(arrival: Arrival) -> bool:
    """Whether an answer says that it has no body."""
    return arrival.status in (204, 205) or arrival.headers.get("content-length") == "0"


async def spared(arrival: Arrival) -> bytes:
    """The body of a refusal, if it is small and soon there: it is read so that its connection can
    be used again."""
    pieces, size = [], 0
    try:
        async with asyncio.timeout(PATIENCE):
            while size <= SPARED and (piece := await arrival.read()):
                size += len(piece)
                pieces.append(piece)
    except (TimeoutError, ProviderError):
        return b""  # The answer's head says why the call failed.
    body = b"".join(pieces) if size <= SPARED else b""
    return _unpacked(body) if arrival.headers.get("content-encoding") else body


def _unpacked(body: bytes) -> bytes:
    try:
        return Unpacking(SPARED).unpacked(body)
    except ProviderError:
        return b""


def readable(body: bytes) -> Any:
    """What a body says, if it is JSON."""
    try:
        return decoded(body)
    except ProviderError:
        return None


def retry_after(headers: Mapping[str, str], now: datetime, kind: Kind) -> float | None:
    """How many seconds the provider wants to be left alone, between 0 and ``LONGEST_WAIT``.

    Read from ``Retry-After``, seconds or HTTP date (RFC 9110, section 10.2.3); where the quota is
    used up, else from ``X-RateLimit-Reset`` (Unix seconds). None where neither can be read, or
    where waiting doesn't help against this kind of failure.
    """
    if kind not in (Kind.RATE_LIMITED, Kind.UNAVAILABLE, Kind.TIMEOUT):
        return None
    value = headers.get("retry-after", "").strip()
    wait: float | None = count(value)
    if wait is None and value:
        try:
            when = parsedate_to_datetime(value)
            wait = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now.timestamp()
        except (TypeError, ValueError, OverflowError):
            wait = None
    reset = count(headers.get("x-ratelimit-reset"))
    # Some providers send it with every answer: it says something about a used up quota only.
    if wait is None and reset is not None and kind is Kind.RATE_LIMITED:
        wait = reset - now.timestamp()
    return None if wait is None else min(max(wait, 0.0), LONGEST_WAIT)


def count(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 16 else None
