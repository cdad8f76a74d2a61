"""The wire of reads: HTTP/1.1 on asyncio's own connections, with nothing in between.

It does as much of HTTP as reads take (``providers.connections``), at a third of the processor time
that libraries for everything need; ``bench/http_clients.py`` compares them.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohappyeyeballs

from providers.connections import Broken, Connection
from providers.errors import DETAILS, Kind
from providers.wire import CONNECT_TIMEOUT, Arrival, Load, Unsent, failed, trusted

IDLE = 15.0
"""Seconds for which a connection is kept that nothing is sent on."""

NEXT_ADDRESS = 0.25
"""Seconds after which a host's next address is tried beside the last one (RFC 8305)."""

_is_url = re.compile(r"https?://[!-~]+").fullmatch
_is_field = re.compile(r"[!-9;-~]+: [^\x00-\x08\x0a-\x1f\x7f]*").fullmatch


class Origin(NamedTuple):
    """Whom a connection leads to."""

    host: str
    port: int
    is_safe: bool


class DirectWire:
    """Connections of one source, opened when they are needed and used again.

    It sends GETs alone. A request is repeated at most once, on a new connection, and only where
    that is safe: its connection had carried another, and ended before an answer began. So it ends
    when the server closes an idle connection just as it is used again (RFC 9110, section 9.2.2).
    As many connections are open as there ever were requests under way at once.
    """

    def __init__(
        self, tls: ssl.SSLContext | None = None, *, connect_timeout: float = CONNECT_TIMEOUT
    ) -> None:
        self._tls = tls
        self._connect_timeout = connect_timeout
        self._open: set[Connection] = set()
        self._idle: dict[Origin, list[Connection]] = {}
        self._sweeping: asyncio.TimerHandle | None = None
        self._closed = False

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: Load = b""
    ) -> Arrival:
        """As ``Wire.send``."""
        if method != "GET" or body != b"":
            raise TypeError("this wire carries reads alone")
        try:
            origin, request = _request(url, headers)
        except ValueError:
            origin = None
        if origin is None:
            raise Unsent(Kind.UNAVAILABLE, DETAILS[Kind.UNAVAILABLE])
        connection = self._take(origin) or await self._connect(origin)
        if await self._is_answered(connection, request):
            return connection
        connection = await self._connect(origin)
        if await self._is_answered(connection, request):
            return connection
        raise failed(Kind.UNAVAILABLE)

    async def close(self) -> None:
        """Close the connections."""
        self._closed = True
        if self._sweeping is not None:
            self._sweeping.cancel()
        closing = list(self._open)
        for connection in closing:
            connection.abort()
        await asyncio.gather(*(connection.closed for connection in closing))

    async def _is_answered(self, connection: Connection, request: bytes) -> bool:
        """Whether an answer begins; False where the request may be repeated.

        Raises:
            ProviderError: ``UNAVAILABLE`` where there is no answer, and none may be asked for.
        """
        reused = connection.used
        try:
            await connection.ask(request)
            return True
        except Broken as broken:
            again = reused and not broken.begun and not self._closed
        except BaseException:
            connection.abort()
            raise
        if again:
            return False
        raise failed(Kind.UNAVAILABLE)

    def _take(self, origin: Origin) -> Connection | None:
        """An idle connection, the one that was used last."""
        kept = self._idle.get(origin)
        while kept:
            connection = kept.pop()
            if connection.is_open:
                return connection
        return None

    async def _connect(self, origin: Origin) -> Connection:
        kind = Kind.UNAVAILABLE
        try:
            async with asyncio.timeout(self._connect_timeout):
                return await self._connected(origin)
        except TimeoutError:
            kind = Kind.TIMEOUT
        except (OSError, ValueError):
            pass  # What these say is left behind.
        raise Unsent(kind, DETAILS[kind])

    async def _connected(self, origin: Origin) -> Connection:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(origin.host, origin.port, type=1)  # of streams
        socket = await aiohappyeyeballs.start_connection(
            found, happy_eyeballs_delay=NEXT_ADDRESS, interleave=1, loop=loop
        )
        try:
            _, connection = await loop.create_connection(
                lambda: Connection(lambda idle: self._keep(origin, idle)),
                sock=socket,
                ssl=(self._tls or trusted()) if origin.is_safe else None,
                server_hostname=origin.host if origin.is_safe else None,
            )
        except BaseException:
            socket.close()
            raise
        self._open.add(connection)
        connection.closed.add_done_callback(lambda _: self._open.discard(connection))
        return connection

    def _keep(self, origin: Origin, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        connection.since = loop.time()
        self._idle.setdefault(origin, []).append(connection)
        if self._sweeping is None:
            self._sweeping = loop.call_later(IDLE, self._sweep)

    def _sweep(self) -> None:
        """Let go of the connections that were not used for long."""
        loop = asyncio.get_running_loop()
        self._sweeping = None
        for origin, kept in self._idle.items():
            for connection in kept:
                if connection.since + IDLE <= loop.time():
                    connection.abort()
            self._idle[origin] = [each for each in kept if each.is_open]
        if any(self._idle.values()):
            self._sweeping = loop.call_later(IDLE, self._sweep)


def _request(url: str, headers: Mapping[str, str]) -> tuple[Origin, bytes]:
    """Where a request goes, and its bytes.

    Raises:
        ValueError: where a URL or a header can't be sent as it is.
    """
    if not _is_url(url):
        raise ValueError("no URL")
    slash = url.find("/", 8)
    begin, target = (url, "/") if slash < 0 else (url[:slash], url[slash:])
    origin, authority = _origin(begin)
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if not all(map(_is_field, lines)):
        raise ValueError("no header")
    text = "\r\n".join((f"GET {target} HTTP/1.1", f"host: {authority}", *lines, "", ""))
    return origin, text.encode()


@lru_cache(maxsize=256)
def _origin(begin: str) -> tuple[Origin, str]:
    """Whom the scheme and the authority of a URL name, and the authority for the host field."""
    parts = urlsplit(begin)
    if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
        raise ValueError("no authority")
    is_safe = parts.scheme == "https"
    port = parts.port or (443 if is_safe else 80)
    return Origin(parts.hostname, port, is_safe), parts.netloc
