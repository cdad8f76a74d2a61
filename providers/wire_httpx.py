"""The wire of what is not hot, and of applications in the same process: httpx."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from providers.errors import DETAILS, Kind, ProviderError
from providers.wire import (
    CONNECT_TIMEOUT,
    CONNECTIONS,
    Load,
    Unsent,
    failed,
    lowered,
    trusted,
)

Transport = httpx.AsyncBaseTransport
"""What carries requests: the network, or an application in the same process."""

_FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError)


class HttpxArrival:
    """An answer of httpx."""

    __slots__ = ("_pieces", "_response", "headers", "status")

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._pieces: AsyncIterator[bytes] = response.aiter_raw()
        self.status = response.status_code
        self.headers: Mapping[str, str] = lowered(response.headers.multi_items())

    async def read(self) -> bytes:
        """As ``Arrival.read``."""
        try:
            async for piece in self._pieces:
                if piece:
                    return piece
            return b""
        except _FAILURES:
            pass  # What these say is left behind.
        raise failed(Kind.UNAVAILABLE)

    async def close(self) -> None:
        """As ``Arrival.close``."""
        await self._response.aclose()


class HttpxWire:
    """A client of httpx, opened when it is first needed; nothing is repeated.

    ``transport`` replaces the network.
    """

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        transport: Transport | None = None,
        *,
        connect_timeout: float = CONNECT_TIMEOUT,
        connections: int = CONNECTIONS,
    ) -> None:
        self._tls = tls
        self._connections = connections
        self._connect_timeout = connect_timeout
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: Load = b""
    ) -> HttpxArrival:
        """As ``Wire.send``."""
        try:
            client = self._client or self._open()
            request = client.build_request(method, url, headers=dict(headers), content=body or None)
            return HttpxArrival(await client.send(request, stream=True))
        except httpx.TimeoutException:  # of connecting, the only timeout that is set
            error: ProviderError = Unsent(Kind.TIMEOUT, DETAILS[Kind.TIMEOUT])
        except (httpx.ConnectError, httpx.InvalidURL):
            error = Unsent(Kind.UNAVAILABLE, DETAILS[Kind.UNAVAILABLE])
        except _FAILURES:
            error = failed(Kind.UNAVAILABLE)
        raise error

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    def _open(self) -> httpx.AsyncClient:
        # What httpx logs below this are whole URLs, with the keys and addresses in them.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._client = httpx.AsyncClient(
            transport=self._transport,
            verify=self._tls or trusted(),
            follow_redirects=False,
            trust_env=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=httpx.Timeout(None, connect=self._connect_timeout),
            limits=httpx.Limits(
                max_connections=self._connections, max_keepalive_connections=self._connections
            ),
        )
        return self._client
