"""What the sandbox sends by itself: a POST to this machine, and nowhere else."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from http.client import HTTPConnection, HTTPException
from urllib.parse import SplitResult, urlsplit

Post = Callable[[str, bytes, Mapping[str, str], float], Awaitable[int | None]]
"""Sends a body to a URL, with these headers, within so many seconds: the status that it got, or
None where there was no answer."""


class NotHere(ValueError):
    """The address is none of this machine's, and so nothing is sent there."""


def local(url: str) -> SplitResult:
    """A URL's parts, if it leads to this machine: plain HTTP to a loopback address.

    Raises:
        NotHere: where it leads elsewhere.
    """
    try:
        parts = urlsplit(url)
        port_fits = parts.port != 0
    except ValueError:
        raise NotHere(f"{url!r} is no URL.") from None
    if parts.scheme != "http" or not port_fits or not is_loopback(parts.hostname or ""):
        raise NotHere(f"{url!r} is not http:// to a loopback address.")
    return parts


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its address; of names, `localhost` alone is."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> int | None:
    """Send a body to this machine, see `Post`; redirects are not followed."""
    return await asyncio.to_thread(_post, local(url), body, headers, timeout)


def _post(
    parts: SplitResult, body: bytes, headers: Mapping[str, str], timeout: float
) -> int | None:
    # A name could be looked up to be somewhere else.
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname
    connection = HTTPConnection(host or "", parts.port or 80, timeout=timeout)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body, dict(headers))
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
