"""What carries requests: the seam between the rules of the wire and the libraries that move bytes.

The rules are in ``providers.http``, once. A wire sends one request and hands over the answer as it
arrives. It follows nothing, keeps no cookies, asks no proxies of the environment, unpacks nothing,
sends a URL as it is given, and checks certificates. It holds connections open to use them again.

What a library raises may quote addresses and people's data, so it ends here: a wire raises
``ProviderError`` alone, and outside of handlers, where it would keep the other as its context.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterable, Iterable, Mapping
from functools import cache
from typing import Protocol

import certifi

from providers.errors import DETAILS, Kind, ProviderError

CONNECT_TIMEOUT = 2.0
"""Longest time to connect, in seconds."""

CONNECTIONS = 8
"""Connections that one source may have, unless it is told otherwise."""


Load = bytes | AsyncIterable[bytes]
"""What a request carries: bytes, or pieces of them as they come."""


class Unsent(ProviderError):
    """The request never left: nothing can have come of it."""


class Arrival(Protocol):
    """An answer whose head is there."""

    status: int

    headers: Mapping[str, str]
    """By name in small letters; of a repeated one, all values (RFC 9110, section 5.3)."""

    async def read(self) -> bytes:
        """The next piece of the body, as it was packed; nothing after the last.

        Raises:
            ProviderError: ``UNAVAILABLE`` where the connection breaks before the end.
        """
        ...

    async def close(self) -> None:
        """Let go of the connection: for others if the body was read to its end, else for good."""
        ...


class Wire(Protocol):
    """Carries the requests of one source."""

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: Load = b""
    ) -> Arrival:
        """Send a request; who gets its answer closes it.

        Raises:
            ProviderError: ``TIMEOUT`` where connecting takes too long, ``UNAVAILABLE`` where the
                connection fails or what comes back is no HTTP; ``Unsent`` where there was no
                connection to send it by.
            Exception: what the pieces of the body raise.
        """
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


def failed(kind: Kind) -> ProviderError:
    """The error for a request that failed in this way."""
    return ProviderError(kind, DETAILS[kind])


def lowered(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Header fields by name in small letters, the values of repeated ones joined by commas."""
    found: dict[str, str] = {}
    for name, value in headers:
        name = name.lower()
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


@cache
def trusted() -> ssl.SSLContext:
    """The authorities that every source's certificate is checked against.

    Reading them takes longer than many calls, so that all sources share them.
    """
    return ssl.create_default_context(cafile=certifi.where())
