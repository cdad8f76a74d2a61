"""The wire of reads: aiohttp, which costs a tenth of httpx's time a call.

``bench/http_clients.py`` compares them. aiohttp unpacks, follows, quotes and keeps cookies unless
it is told not to; here it is told.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from weakref import WeakSet

import aiohttp
from aiohttp.connector import Connection
from yarl import URL

from providers.errors import Kind
from providers.wire import CONNECT_TIMEOUT, CONNECTIONS, Load, failed, lowered, trusted

IDLE = 15.0
"""Seconds for which a connection is kept that nothing is sent on."""

LONGEST_FIELD = 32 * 1024
"""Longest header field accepted, in bytes; some providers put whole page addresses there."""


class AiohttpArrival:
    """An answer of aiohttp."""

    __slots__ = ("_response", "headers", "status")

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers: Mapping[str, str] = lowered(response.headers.items())

    async def read(self) -> bytes:
        """As ``Arrival.read``."""
        try:
            return await self._response.content.readany()
        except (aiohttp.ClientError, OSError):
            pass  # What these say is left behind.
        raise failed(Kind.UNAVAILABLE)

    async def close(self) -> None:
        """As ``Arrival.close``: what was read to its end has given its connection back."""
        self._response.close()


class AiohttpWire:
    """A session of aiohttp, opened when it is first needed.

    A request is repeated at most once, and only where that is safe: a GET, on a connection that had
    carried another, and that ended before an answer began. So it ends when the server closes an
    idle connection just as it is used again (RFC 9110, section 9.2.2).
    """

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        *,
        connect_timeout: float = CONNECT_TIMEOUT,
        connections: int = CONNECTIONS,
    ) -> None:
        self._tls = tls
        self._connect_timeout = connect_timeout
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: Load = b""
    ) -> AiohttpArrival:
        """As ``Wire.send``."""
        try:
            session = self._session or self._open()
            response = await session.request(
                method,
                URL(url, encoded=True),
                headers=headers,
                data=body or None,
                allow_redirects=False,
            )
            return AiohttpArrival(response)
        except TimeoutError:
            kind = Kind.TIMEOUT
        except (aiohttp.ClientError, _Broken, OSError, ValueError):
            kind = Kind.UNAVAILABLE
        raise failed(kind)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=self._tls or trusted(),
                limit=self._connections,
                keepalive_timeout=IDLE,
                resolver=aiohttp.ThreadedResolver(),
            ),
            timeout=aiohttp.ClientTimeout(total=None, connect=self._connect_timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            max_field_size=LONGEST_FIELD,
            request_class=_noting(WeakSet()),
            middlewares=(_repeat_only_the_reused,),
        )
        return self._session


class _Broken(Exception):
    """A connection ended that had carried nothing before."""


class _Request(aiohttp.ClientRequest):
    """A request that knows whether its connection had carried another before."""

    reused = False


def _noting(carriers: WeakSet[object]) -> type[_Request]:
    """The class of requests that note in this set which connections have carried one."""

    class Noting(_Request):
        async def send(self, conn: Connection) -> aiohttp.ClientResponse:
            self.reused = conn.protocol in carriers
            carriers.add(conn.protocol)
            return await super().send(conn)

    return Noting


async def _repeat_only_the_reused(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep from aiohttp what it would repeat: it does so whenever a connection ends."""
    try:
        return await send(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
        if isinstance(request, _Request) and request.reused:
            raise
    raise _Broken
