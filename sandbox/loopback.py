"""Posts to servers of this machine, and to no others: the sandbox calls nobody in the world."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, urlsplit

_SECONDS = 10.0


class Unreachable(Exception):
    """There is no server of this machine at the URL, or it does not answer as one."""


async def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer; `Unreachable` for any URL that does not lead back here."""
    host, port, target = _address(url)
    shown = f"[{host}]" if ":" in host else host
    lines = [f"POST {target} HTTP/1.1", f"Host: {shown}:{port}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    try:
        async with asyncio.timeout(_SECONDS):
            return await _exchange(host, port, "\r\n".join(lines).encode("ascii") + body)
    except (OSError, TimeoutError) as error:
        raise Unreachable(f"{url} does not answer: {error}") from error


def _address(url: str) -> tuple[str, int, str]:
    """Host, port, and what is asked for there."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
    except ValueError as error:
        raise Unreachable(f"{url} is not a URL") from error
    if parts.scheme != "http" or not _is_here(host):
        raise Unreachable(f"{url} is not on this machine: the sandbox calls http://127.0.0.1 only")
    return host, port, _target(parts)


def _is_here(host: str) -> bool:
    # No other name is looked up: it might lead elsewhere.
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _target(parts: SplitResult) -> str:
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._") or "/"
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return f"{path}?{query}" if query else path


async def _exchange(host: str, port: int, message: bytes) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(message)
        await writer.drain()
        words = (await reader.readline()).split()
        # What follows the status is of no interest; closing tells the server so.
        if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
            raise ConnectionError("its answer is not HTTP")
        return int(words[1])
    except ValueError as error:
        raise ConnectionError("the first line of its answer does not end") from error
    finally:
        writer.close()
