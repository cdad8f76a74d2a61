"""The load: so many connections, each sending its request again as soon as it is answered.

It reads of an answer no more than where it ends, and that it is as long as the one that was
compared, so that one core loads the fastest server several times over.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from typing import cast

PATIENCE = 120.0
"""Longest time that what is under way may take when a round is over, in seconds."""

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Wrong(Exception):
    """An answer that isn't the one that was compared."""


@dataclass(slots=True)
class Round:
    """What happened while there was load."""

    latencies: list[float] = field(default_factory=list)
    """Of every request, in seconds."""
    seconds: float = 0.0
    """From the first request to the last answer."""

    def percentile(self, share: float) -> float:
        """The latency that this share of the requests stays within, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


def request(body: bytes | None, target: str = "/graphql", headers: str = "") -> bytes:
    """A request on the wire: a POST with a body of JSON, or a GET without one."""
    method = "GET" if body is None else "POST"
    head = f"{method} {target} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\n{headers}"
    if body is None:
        return f"{head}\r\n".encode()
    head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


class Connection(asyncio.Protocol):
    """One client, which goes on until the round is over."""

    transport: asyncio.Transport

    def __init__(
        self, requests: Iterator[bytes], length: int | None, until: float, round: Round
    ) -> None:
        self.requests = requests
        self.length = length
        self.until = until
        self.round = round
        self.began = 0.0
        self.start = b""
        """The answer's head, and what came with it, as long as its end isn't known."""
        self.missing = 0
        """Bytes of the answer that are still to come."""
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self.transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer; after the last one, send again."""
        if self.missing:
            self.missing -= len(data)
        else:
            self.start += data
            left = self._left()
            if left is None:
                return
            self.missing = left
        if not self.missing:
            self._answered()

    def connection_lost(self, error: Exception | None) -> None:
        """Tell who waits that it is over."""
        if not self.over.done():
            self.over.set_exception(error or Wrong("the server closed the connection"))

    def _send(self) -> None:
        self.began = time.perf_counter()
        self.transport.write(next(self.requests))

    def _left(self) -> int | None:
        """How many bytes are missing; None where that can't be told yet."""
        end = self.start.find(b"\r\n\r\n")
        if end < 0:
            return None
        if not self.start.startswith(b"HTTP/1.1 200"):
            self._wrong("no success")
            return None
        if (found := LENGTH.search(self.start, 0, end)) is None:
            return 0 if self.start.endswith(b"\r\n0\r\n\r\n") else None  # chunked: RFC 9112, 7.1
        length = int(found[1])
        if self.length is not None and length != self.length:
            self._wrong(f"{length} bytes, not {self.length}")
            return None
        return end + 4 + length - len(self.start)

    def _wrong(self, reason: str) -> None:
        if not self.over.done():
            self.over.set_exception(
                Wrong(f"{reason}: {self.start[:1000].decode(errors='replace')}")
            )
        self.transport.close()

    def _answered(self) -> None:
        self.start = b""
        now = time.perf_counter()
        self.round.latencies.append(now - self.began)
        if now < self.until:
            self._send()
        elif not self.over.done():
            self.over.set_result(None)


async def load(
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int,
    seconds: float,
    length: int | None = None,
) -> Round:
    """Load a server for so long, and until everything that is under way then is answered.

    So each request that was begun is counted, however slow the server is. The connections take
    turns with the requests. ``length`` is that of the only right answer, in bytes.

    Raises:
        Wrong: where an answer is none that was compared.
    """
    loop = asyncio.get_running_loop()
    round = Round()
    began = time.perf_counter()
    until = began + seconds
    opened = await asyncio.gather(
        *(
            loop.create_connection(
                partial(Connection, cycle([*requests[at:], *requests[:at]]), length, until, round),
                "127.0.0.1",
                port,
            )
            for at in (number % len(requests) for number in range(connections))
        )
    )
    try:
        async with asyncio.timeout(seconds + PATIENCE):
            await asyncio.gather(*(protocol.over for _, protocol in opened))
    finally:
        round.seconds = time.perf_counter() - began
        for transport, protocol in opened:
            protocol.over.cancel()
            transport.abort()
    return round
