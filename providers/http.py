"""The only way out: one HTTP client per source, with every rule of the wire in one place.

What holds for each call, whatever the provider:

* Redirects are not followed, since custom credential headers would follow them; cookies are
  refused, since they would carry one account's session into another's.
* One timeout covers the whole call, body included, within the operation's deadline: a server that
  trickles a byte at a time is cut off. The body is unpacked while it arrives, and given up past the
  cap, so a compressed bomb costs no memory. Only gzip is offered and accepted.
* Keys reach a path in one place (``fill``), quoted, dot segments refused.
* Each failure becomes a ``ProviderError`` of one kind. A vendor's body never travels further.
* A source has at most so many calls under way; each call is counted against the operation's budget
  and shown in its list of calls.

Secrets live here and in ``providers.secrets`` only: they go from the settings into request headers.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Protocol
from urllib.parse import quote

import httpx

from providers.base import Ask, Call
from providers.convert import LARGEST_INTEGER
from providers.decoding import bad, decoded, unpacked
from providers.errors import DETAILS, Kind, ProviderError

Transport = httpx.AsyncBaseTransport
"""What carries requests: the network, or an application in the same process."""

MAX_BODY = 10 * 1024 * 1024
"""Largest body accepted, in bytes, after unpacking."""

CALL_TIMEOUT = 8.0
"""Longest time for one call, in seconds, from the first byte sent to the last one read."""

CONNECT_TIMEOUT = 2.0
"""Longest time to connect, in seconds."""

CONCURRENCY = 8
"""Calls that one source may have under way."""

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


class Credentials(Protocol):
    """What signs a request in."""

    async def headers(self, http: Http, ask: Ask) -> Mapping[str, str]:
        """The headers to send; may make a call of its own to get a token."""
        ...

    def refused(self, headers: Mapping[str, str]) -> None:
        """The provider refused these headers: a token among them is to be forgotten."""
        ...


@dataclass(slots=True)
class RateLimit:
    """What a source's last answer said about its quota."""

    limit: int | None = None
    remaining: int | None = None
    resets_at: datetime | None = None


Decode = Callable[[bytes], Any]
"""Makes a body of its bytes; raises ProviderError where they are none of what was promised."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A decoded answer."""

    body: Any
    headers: Mapping[str, str]
    call: Call
    """The call's entry in the operation's list; who knows the rows writes them there."""


def fill(route: str, *keys: str) -> str:
    """A route template with its ``{…}`` places filled by keys, each quoted whole.

    Raises:
        ProviderError: ``INVALID_KEY`` where a key is empty, too long, has control characters, or
            has a dot segment that a server might resolve.
    """
    parts = route.split("{}")
    if len(parts) != len(keys) + 1:
        raise TypeError(f"{route} has {len(parts) - 1} places, not {len(keys)}")
    for key in keys:
        segments = key.replace("\\", "/").split("/")
        if not 0 < len(key) <= 1024 or not key.isprintable() or {".", ".."} & set(segments):
            raise ProviderError(Kind.INVALID_KEY, DETAILS[Kind.INVALID_KEY])
    try:
        quoted = [quote(key, safe="") for key in keys]
    except UnicodeEncodeError:  # a lone surrogate
        raise ProviderError(Kind.INVALID_KEY, DETAILS[Kind.INVALID_KEY]) from None
    return parts[0] + "".join(key + part for key, part in zip(quoted, parts[1:], strict=True))


@dataclass(slots=True)
class Http:
    """The calls of one source."""

    source: str
    provider: str
    base_url: str
    credentials: Credentials
    client: httpx.AsyncClient
    timeout: float = CALL_TIMEOUT
    max_body: int = MAX_BODY
    concurrency: int = CONCURRENCY
    rate: RateLimit = field(default_factory=RateLimit)
    _places: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.concurrency)

    async def get(
        self,
        ask: Ask,
        route: str,
        *keys: str,
        params: Mapping[str, str | None] | None = None,
        credentials: Credentials | None = None,
        decode: Decode = decoded,
    ) -> Answer:
        """GET a route and decode its JSON. Parameters that are None are left out.

        ``credentials`` sign this call in, where it takes others than the source's usual ones;
        ``decode`` makes the answer's body of its bytes.

        Raises:
            ProviderError: of any kind that reading can meet.
        """
        return await self._send(
            ask, "GET", route, keys, params, credentials=credentials, decode=decode
        )

    async def find(
        self,
        ask: Ask,
        route: str,
        *keys: str,
        params: Mapping[str, str | None] | None = None,
        decode: Decode = decoded,
    ) -> Answer | None:
        """As ``get``, but None where the provider has no such thing, or can't by such a key."""
        try:
            return await self.get(ask, route, *keys, params=params, decode=decode)
        except ProviderError as error:
            if error.kind in (Kind.NOT_FOUND, Kind.INVALID_KEY):
                return None
            raise

    async def post_form(
        self, ask: Ask, route: str, form: Mapping[str, str], credentials: Credentials
    ) -> Answer:
        """POST a form with credentials of its own: how tokens are asked for."""
        return await self._send(ask, "POST", route, (), None, form=form, credentials=credentials)

    async def close(self) -> None:
        """Close the connections."""
        await self.client.aclose()

    async def _send(
        self,
        ask: Ask,
        method: str,
        route: str,
        keys: tuple[str, ...],
        params: Mapping[str, str | None] | None,
        *,
        form: Mapping[str, str] | None = None,
        credentials: Credentials | None = None,
        decode: Decode = decoded,
    ) -> Answer:
        credentials = credentials or self.credentials
        try:
            path = fill(route, *keys)
            signed = await credentials.headers(self, ask)
            request = self._request(method, path, params, form, signed)
            if _over(ask):
                raise ProviderError(Kind.DEADLINE_EXCEEDED, DETAILS[Kind.DEADLINE_EXCEEDED])
        except ProviderError as error:
            raise self._named(error, f"{method} {route}") from None
        ask.spend(self.source, self.provider)
        call = Call(self.source, self.provider, f"{method} {route}")
        ask.calls.append(call)
        try:
            body, headers = await self._answer(ask, request, call)
            return Answer(decode(body), headers, call)
        except ProviderError as error:
            if error.kind is Kind.AUTH_FAILED:
                credentials.refused(signed)
            error.status = call.status
            raise self._named(error, call.route) from None

    def _request(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | None] | None,
        form: Mapping[str, str] | None,
        signed: Mapping[str, str],
    ) -> httpx.Request:
        try:
            return self.client.build_request(
                method,
                self.base_url + path,
                params={name: value for name, value in (params or {}).items() if value is not None},
                data=form,
                headers={"accept": "application/json", "accept-encoding": "gzip", **signed},
            )
        # A parameter of more than 64 KiB, or half of a surrogate pair, which JSON lets through.
        except (httpx.InvalidURL, UnicodeEncodeError):
            detail = "a parameter is too long or no text that can be sent"
            raise ProviderError(Kind.REJECTED, detail) from None

    def _named(self, error: ProviderError, route: str) -> ProviderError:
        error.source, error.provider, error.route = self.source, self.provider, route
        return error

    async def _answer(
        self, ask: Ask, request: httpx.Request, call: Call
    ) -> tuple[bytes, Mapping[str, str]]:
        started = time.perf_counter()
        expired = False
        try:
            # Waiting for a place counts against the operation's time only, a slow answer against
            # both.
            async with asyncio.timeout_at(ask.deadline), self._places:
                started = time.perf_counter()
                try:
                    async with asyncio.timeout(self.timeout):
                        return await self._exchange(request, call)
                except TimeoutError:
                    expired = True
                    raise
        except TimeoutError:
            late = Kind.TIMEOUT if expired and not _over(ask) else Kind.DEADLINE_EXCEEDED
            raise ProviderError(late, DETAILS[late]) from None
        except httpx.TimeoutException:
            raise ProviderError(Kind.TIMEOUT, DETAILS[Kind.TIMEOUT]) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError):
            raise ProviderError(Kind.UNAVAILABLE, DETAILS[Kind.UNAVAILABLE]) from None
        finally:
            call.ms = round((time.perf_counter() - started) * 1000, 1)

    async def _exchange(
        self, request: httpx.Request, call: Call
    ) -> tuple[bytes, Mapping[str, str]]:
        response = await self.client.send(request, stream=True)
        try:
            call.status = response.status_code
            self._check(response)
            return await self._body(response), response.headers
        finally:
            await response.aclose()

    def _check(self, response: httpx.Response) -> None:
        """Sort out every answer whose body is not wanted."""
        self._note_rate(response.headers)
        status = response.status_code
        if status >= 400:
            kind = KINDS.get(status, Kind.UNAVAILABLE if status >= 500 else Kind.REJECTED)
            wait = retry_after(response.headers, datetime.now(UTC), kind)
            raise ProviderError(kind, DETAILS[kind], status=status, retry_after=wait)
        if status >= 300 or status < 200:
            raise bad("it redirects, which is not followed", status)
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json" and not media_type.endswith("+json"):
            raise bad("it is not JSON", status)
        if response.headers.get("content-encoding", "identity").lower() not in ("identity", "gzip"):
            raise bad("it is packed in a way that was not offered", status)

    async def _body(self, response: httpx.Response) -> bytes:
        packed = response.headers.get("content-encoding", "").lower() == "gzip"
        chunks = unpacked(response.aiter_raw(), self.max_body) if packed else response.aiter_raw()
        body = bytearray()
        async for chunk in chunks:
            body += chunk
            if len(body) > self.max_body:
                raise ProviderError(Kind.TOO_LARGE, DETAILS[Kind.TOO_LARGE])
        return bytes(body)

    def _note_rate(self, headers: Mapping[str, str]) -> None:
        """Keep what the answer says about the quota (``X-RateLimit-*``)."""
        found = {name: _count(headers.get(f"x-ratelimit-{name}")) for name in _RATE_HEADERS}
        if found["limit"] is None and found["remaining"] is None:
            return
        reset = found["reset"]
        resets_at = datetime.fromtimestamp(reset, UTC) if reset and reset < 1 << 33 else None
        limit, remaining = (_shown(found[name]) for name in ("limit", "remaining"))
        self.rate = RateLimit(limit, remaining, resets_at)


def _over(ask: Ask) -> bool:
    return ask.deadline is not None and asyncio.get_running_loop().time() >= ask.deadline


_RATE_HEADERS = ("limit", "remaining", "reset")


def _shown(count: int | None) -> int | None:
    return None if count is None or count > LARGEST_INTEGER else count


def _count(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 16 else None


def retry_after(headers: Mapping[str, str], now: datetime, kind: Kind) -> float | None:
    """How many seconds the provider wants to be left alone, between 0 and ``LONGEST_WAIT``.

    Read from ``Retry-After``, seconds or HTTP date (RFC 9110, section 10.2.3); where the quota is
    used up, else from ``X-RateLimit-Reset`` (Unix seconds). None where neither can be read, or
    where waiting doesn't help against this kind of failure.
    """
    if kind not in (Kind.RATE_LIMITED, Kind.UNAVAILABLE, Kind.TIMEOUT):
        return None
    value = headers.get("retry-after", "").strip()
    wait: float | None = _count(value)
    if wait is None and value:
        try:
            when = parsedate_to_datetime(value)
            wait = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now.timestamp()
        except (TypeError, ValueError, OverflowError):
            wait = None
    reset = _count(headers.get("x-ratelimit-reset"))
    # Some providers send it with every answer: it says something about a used up quota only.
    if wait is None and reset is not None and kind is Kind.RATE_LIMITED:
        wait = reset - now.timestamp()
    return None if wait is None else min(max(wait, 0.0), LONGEST_WAIT)


def open_http(
    *,
    source: str,
    provider: str,
    base_url: str,
    credentials: Credentials,
    transport: httpx.AsyncBaseTransport | None = None,
    timeout: float = CALL_TIMEOUT,
) -> Http:
    """The calls of one source, over a client of its own.

    ``transport`` replaces the network, for an application in the same process.
    """
    # What httpx logs below this are whole URLs, with the keys and addresses in them.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    client = httpx.AsyncClient(
        transport=transport,
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=httpx.Timeout(None, connect=CONNECT_TIMEOUT),
        limits=httpx.Limits(max_connections=CONCURRENCY, max_keepalive_connections=CONCURRENCY),
        headers={"user-agent": "coursegraph"},
    )
    return Http(source, provider, base_url.rstrip("/"), credentials, client, timeout)
