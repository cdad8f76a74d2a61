"""The only way out: the calls of one source, with every rule of the wire in one place.

What holds for each call, whatever the provider and whatever carries it (``providers/wire.py``):

* Redirects are not followed, since custom credential headers would follow them; cookies are
  refused, since they would carry one account's session into another's.
* One timeout covers the whole call, body included, within the operation's deadline: a server that
  trickles a byte at a time is cut off. The body is unpacked while it arrives, and given up past the
  cap, so a compressed bomb costs no memory. Only gzip is offered and accepted.
* Keys reach a path in one place (``fill``), quoted, dot segments refused. A URL is put together
  once, and sent as it is.
* Each failure becomes a ``ProviderError`` of one kind. A vendor's body never travels further.
* A source has at most so many calls under way; each call is counted against the operation's budget
  and shown in its list of calls.
* Equal reads under way at once share one request (``providers/flights.py``), however many
  operations make them. Equal are those of one URL and one set of credentials; what is shared are
  bytes, which each decodes for itself. A read that was begun before a change ended is shared with
  nobody who comes after it.
* A change is sent once, and never again. It is carried to its end, whoever stops waiting; where no
  answer says what became of it, the error is ``OUTCOME_UNKNOWN`` (``providers/outcomes.py``).

Secrets live here and in ``providers.secrets`` only: they go from the settings into request headers.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote, quote_plus

from providers import content as contents
from providers import outcomes
from providers.base import Ask, Call
from providers.content import Content
from providers.convert import LARGEST_INTEGER
from providers.decoding import decoded, decoded_if_any
from providers.errors import DETAILS, Kind, ProviderError
from providers.exchange import Exchange, Request, count, readable, refusal_of, request_of, spared
from providers.flights import Flights
from providers.unpacking import Unpacking
from providers.wire import CONNECTIONS, Arrival, Wire, failed, trusted
from providers.wire_aiohttp import AiohttpWire
from providers.wire_httpx import HttpxWire
from providers.wire_httpx import Transport as Transport

MAX_BODY = 10 * 1024 * 1024
"""Largest body accepted, in bytes, after unpacking."""

CALL_TIMEOUT = 8.0
"""Longest time for one call, in seconds, from the first byte sent to the last one read."""

CHANGE_TIMEOUT = 20.0
"""Longest time for one call that changes something, in seconds: giving one up leaves it unknown."""

CONCURRENCY = CONNECTIONS
"""Calls that one source may have under way: as many as it has connections. Others wait."""

FILES = 2
"""Files that pass to or from one source at once, beside its calls; others wait."""

IDLE = 30.0
"""Longest time without a piece of a file, in seconds."""

LONGEST_QUERY = 64 * 1024
"""Longest query of a URL that is sent, in characters."""


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


@dataclass(frozen=True, slots=True)
class File:
    """A file on its way from a provider."""

    headers: Mapping[str, str]
    arrival: Arrival = field(repr=False)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Its bytes as they come.

        Raises:
            ProviderError: where they end too soon, or don't come.
        """
        while True:
            try:
                async with asyncio.timeout(IDLE):
                    piece = await self.arrival.read()
            except TimeoutError:
                piece = None
            if piece is None:
                raise failed(Kind.TIMEOUT)
            if not piece:
                return
            yield piece


@dataclass(slots=True)
class Http:
    """The calls of one source."""

    source: str
    provider: str
    base_url: str
    credentials: Credentials
    reads: Wire
    """Carries what is hot."""
    writes: Wire
    """Carries all else: changes, files, and what tokens are asked for with."""
    timeout: float = CALL_TIMEOUT
    change_timeout: float = CHANGE_TIMEOUT
    max_body: int = MAX_BODY
    concurrency: int = CONCURRENCY
    single_flight: bool = True
    """Whether equal reads under way at once share one request."""
    rate: RateLimit = field(default_factory=RateLimit)
    _places: asyncio.Semaphore = field(init=False, repr=False)
    _files: asyncio.Semaphore = field(init=False, repr=False)
    _flights: Flights[Exchange] = field(init=False, repr=False, default_factory=Flights)
    _changing: set[asyncio.Task[None]] = field(init=False, repr=False, default_factory=set)

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.concurrency)
        self._files = asyncio.Semaphore(FILES)

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

    async def exists(self, ask: Ask, route: str, *keys: str) -> bool:
        """HEAD a route: whether the provider has such a thing.

        Raises:
            ProviderError: of any kind that reading can meet, other than that it isn't there.
        """
        try:
            await self._send(ask, "HEAD", route, keys, None, decode=decoded_if_any, any_type=True)
        except ProviderError as error:
            if error.kind in (Kind.NOT_FOUND, Kind.INVALID_KEY):
                return False
            raise
        return True

    async def post_form(
        self, ask: Ask, route: str, fields: Mapping[str, str], credentials: Credentials
    ) -> Answer:
        """POST a form with credentials of its own: how tokens are asked for."""
        return await self._send(
            ask, "POST", route, (), None, content=contents.form(fields), credentials=credentials
        )

    async def change(
        self,
        ask: Ask,
        method: str,
        route: str,
        *keys: str,
        params: Mapping[str, str | None] | None = None,
        content: Content | None = None,
        headers: Mapping[str, str] | None = None,
        credentials: Credentials | None = None,
        decode: Decode = decoded_if_any,
        any_type: bool = False,
        timeout: float | None = None,
    ) -> Answer:
        """Send what may change something, once, and decode the answer's JSON, if there is any.

        ``headers`` go along with those that sign in, which are the usual ones unless others are
        given; an answer of ``any_type`` may be no JSON.
        Content that comes in pieces is a file: its call takes up to ``timeout`` seconds, holds none
        of the places that other calls need, and is broken off by who stops waiting.

        Raises:
            ProviderError: of any kind; ``said`` are the provider's words where it refuses.
                ``OUTCOME_UNKNOWN`` where it was sent, and no answer says what became of it.
        """
        return await self._send(
            ask,
            method,
            route,
            keys,
            params,
            content=content,
            headers=headers,
            credentials=credentials,
            decode=decode,
            changes=True,
            any_type=any_type,
            timeout=timeout,
        )

    @asynccontextmanager
    async def file(
        self, ask: Ask, route: str, *keys: str, params: Mapping[str, str | None] | None = None
    ) -> AsyncIterator[File]:
        """GET a file, which is not held but passed on as it comes, as long as the block lasts.

        Raises:
            ProviderError: of any kind that reading can meet.
        """
        call = Call(self.source, self.provider, f"GET {route}")
        try:
            url = self._url(fill(route, *keys), params)
            signed = await self.credentials.headers(self, ask)
            headers = {
                "accept": "*/*",
                "accept-encoding": "identity",
                "user-agent": "coursegraph",
                **signed,
            }
            ask.spend(self.source, self.provider)
            ask.calls.append(call)
            async with self._files:
                async with asyncio.timeout(self.timeout):
                    arrival = await self.writes.send("GET", url, headers)
                try:
                    call.status = arrival.status
                    request = Request("GET", url, headers, any_type=True)
                    if refusal := refusal_of(arrival, request):
                        raise refusal
                    yield File(arrival.headers, arrival)
                finally:
                    await arrival.close()
        except TimeoutError:
            raise self._named(failed(Kind.TIMEOUT), call.route) from None
        except ProviderError as error:
            error.status = call.status
            raise self._named(error, call.route) from None

    async def close(self) -> None:
        """Wait for the changes under way, and close the connections."""
        await asyncio.gather(*self._changing, return_exceptions=True)
        await self.reads.close()
        await self.writes.close()

    async def _send(
        self,
        ask: Ask,
        method: str,
        route: str,
        keys: tuple[str, ...],
        params: Mapping[str, str | None] | None,
        *,
        content: Content | None = None,
        headers: Mapping[str, str] | None = None,
        credentials: Credentials | None = None,
        decode: Decode = decoded,
        changes: bool = False,
        any_type: bool = False,
        timeout: float | None = None,
    ) -> Answer:
        credentials = credentials or self.credentials
        try:
            url = self._url(fill(route, *keys), params)
            signed = await credentials.headers(self, ask)
            request = request_of(
                method,
                url,
                headers or {},
                signed,
                content,
                changes=changes,
                any_type=any_type,
                timeout=timeout,
            )
            if _over(ask.deadline):
                raise failed(Kind.DEADLINE_EXCEEDED)
        except ProviderError as error:
            raise self._named(error, f"{method} {route}") from None
        ask.spend(self.source, self.provider)
        call = Call(self.source, self.provider, f"{method} {route}")
        ask.calls.append(call)
        try:
            exchange = await self._made(ask, request, call)
            exchange.check()
            return Answer(_decoded(decode, exchange), exchange.headers, call)
        except ProviderError as error:
            if error.kind is Kind.AUTH_FAILED:
                credentials.refused(signed)
            error.status = call.status
            raise self._named(error, call.route) from None

    def _url(self, path: str, params: Mapping[str, str | None] | None) -> str:
        given = {name: value for name, value in (params or {}).items() if value is not None}
        query: str | None
        try:
            query = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in given.items())
        except UnicodeEncodeError:  # half of a surrogate pair, which JSON lets through
            query = None
        if query is None or len(query) > LONGEST_QUERY:
            detail = "a parameter is too long or no text that can be sent"
            raise ProviderError(Kind.REJECTED, detail)
        return f"{self.base_url}{path}?{query}" if query else self.base_url + path

    def _named(self, error: ProviderError, route: str) -> ProviderError:
        error.source, error.provider, error.route = self.source, self.provider, route
        return error

    async def _made(self, ask: Ask, request: Request, call: Call) -> Exchange:
        """Make the call, or share one under way; write down in ``call`` how it went."""
        joined = time.perf_counter()
        exchange = Exchange(request)
        try:
            if request.changes:
                await self._change(exchange, ask.deadline)
                return exchange
            if not self.single_flight or request.method != "GET":
                await self._carry(exchange, ask.deadline)
                return exchange
            flight = self._flights.join(request.identity, exchange, self._carry, self._is_young)
            call.shared = flight.freight is not exchange
            exchange = flight.freight
            try:
                async with asyncio.timeout_at(ask.deadline):
                    await flight.landed()
            except TimeoutError:
                raise failed(Kind.DEADLINE_EXCEEDED) from None
            return exchange
        finally:
            call.status = exchange.status
            # Waiting for a place is no part of it, nor what was before this operation joined.
            call.ms = round((time.perf_counter() - max(joined, exchange.began or joined)) * 1000, 1)

    def _is_young(self, exchange: Exchange) -> bool:
        """Whether who joins still has half of a call's time."""
        began = exchange.began
        return began is None or time.perf_counter() - began < self.timeout / 2

    async def _change(self, exchange: Exchange, deadline: float | None) -> None:
        """Send a change and read its answer, to the end: whoever stops waiting doesn't break it
        off. What comes in pieces ends where these do."""

        def landed(task: asyncio.Task[None]) -> None:
            self._changing.discard(task)
            self._flights.part()

        task = asyncio.get_running_loop().create_task(self._carry(exchange, deadline))
        self._changing.add(task)
        task.add_done_callback(landed)
        await (task if exchange.request.is_file else asyncio.shield(task))
        error = exchange.error
        if error and outcomes.doubted(error, exchange.status, begun=exchange.began is not None):
            exchange.error = outcomes.unknown()

    async def _carry(self, exchange: Exchange, deadline: float | None = None) -> None:
        """Send a request and read its answer, or write down why not.

        Waiting for a place counts against the deadline only, a slow answer against the timeout of a
        call, too.
        """
        try:
            places = self._files if exchange.request.is_file else self._places
            free = not places.locked()
            request = exchange.request
            timeout = request.timeout or (self.change_timeout if request.changes else self.timeout)
            until = _until(deadline, timeout) if free else deadline
            async with asyncio.timeout_at(until) as limit, places:
                if not free:
                    limit.reschedule(_until(deadline, timeout))
                exchange.began = time.perf_counter()
                await self._exchange(exchange)
        except TimeoutError:
            # Not by the clock, which may be a little short of the time that was set.
            over = limit.when() == deadline
            exchange.error = failed(Kind.DEADLINE_EXCEEDED if over else Kind.TIMEOUT)
        except ProviderError as error:
            exchange.error = error.with_traceback(None)  # which would keep the exchange alive

    async def _exchange(self, exchange: Exchange) -> None:
        request = exchange.request
        wire = self.reads if request.method == "GET" else self.writes
        arrival = await wire.send(request.method, request.url, request.headers, request.load)
        try:
            exchange.status, exchange.headers = arrival.status, arrival.headers
            self._note_rate(arrival.headers)
            refusal = refusal_of(arrival, request)
            if refusal is not None:
                body = await spared(arrival)
                if request.changes:
                    refusal.said = outcomes.words(refusal, readable(body), request.signed)
                raise refusal
            exchange.body = await self._body(arrival)
        finally:
            await arrival.close()

    async def _body(self, arrival: Arrival) -> bytes:
        packed = arrival.headers.get("content-encoding", "").lower() == "gzip"
        unpacking = Unpacking(self.max_body) if packed else None
        pieces, size = [], 0
        while piece := await arrival.read():
            if unpacking is not None:
                piece = unpacking.unpacked(piece)
            pieces.append(piece)
            size += len(piece)
            if size > self.max_body:
                raise failed(Kind.TOO_LARGE)
        if unpacking is not None:
            unpacking.end()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _note_rate(self, headers: Mapping[str, str]) -> None:
        """Keep what the answer says about the quota (``X-RateLimit-*``)."""
        found = {name: count(headers.get(f"x-ratelimit-{name}")) for name in _RATE_HEADERS}
        if found["limit"] is None and found["remaining"] is None:
            return
        reset = found["reset"]
        resets_at = datetime.fromtimestamp(reset, UTC) if reset and reset < 1 << 33 else None
        limit, remaining = (_shown(found[name]) for name in ("limit", "remaining"))
        self.rate = RateLimit(limit, remaining, resets_at)


def _until(deadline: float | None, timeout: float) -> float:
    """When a call that begins now must have ended, on the event loop's clock."""
    until = asyncio.get_running_loop().time() + timeout
    return until if deadline is None else min(until, deadline)


def _over(deadline: float | None) -> bool:
    return deadline is not None and asyncio.get_running_loop().time() >= deadline


def _decoded(decode: Decode, exchange: Exchange) -> Any:
    try:
        return decode(exchange.body)
    except ProviderError:
        if not exchange.request.changes:
            raise
    raise outcomes.unknown()


_is_list = re.compile(r"[A-Za-z0-9_.~,\[\]-]*").fullmatch


def _quoted(text: str) -> str:
    """A name or a value in a query, quoted as forms are."""
    # Lists of keys are long, and quoting walks a text character by character.
    return _marked(text) if _is_list(text) else quote_plus(text)


def _marked(text: str) -> str:
    return text.replace(",", "%2C").replace("[", "%5B").replace("]", "%5D")


_RATE_HEADERS = ("limit", "remaining", "reset")


def _shown(count: int | None) -> int | None:
    return None if count is None or count > LARGEST_INTEGER else count


def open_http(
    *,
    source: str,
    provider: str,
    base_url: str,
    credentials: Credentials,
    transport: Transport | None = None,
    tls: ssl.SSLContext | None = None,
    timeout: float = CALL_TIMEOUT,
    concurrency: int = CONCURRENCY,
    single_flight: bool = True,
) -> Http:
    """The calls of one source, over connections of its own.

    ``transport`` replaces the network, for an application in the same process; ``tls`` says which
    authorities to trust, where they aren't the usual ones.
    """
    if transport is None and tls is None and base_url.startswith("https:"):
        tls = trusted()  # read now, not when calls wait for it
    other = HttpxWire(tls, transport, connections=concurrency)
    return Http(
        source,
        provider,
        base_url.rstrip("/"),
        credentials,
        reads=AiohttpWire(tls, connections=concurrency) if transport is None else other,
        writes=other,
        timeout=timeout,
        concurrency=concurrency,
        single_flight=single_flight,
    )
