"""Answers packed by gzip, where they are large enough to gain by it and the client takes it.

Streams are not packed: each of their answers is small, and has to be sent as it comes.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterable

from graph.answers import Answer
from graph.explorer.assets import accepts_gzip

SMALLEST = 2048
"""Smallest body that is packed, in bytes: what is smaller travels in as many packets anyway."""

LONG = 64 * 1024
"""From this size on, in bytes, a body is packed beside the event loop: others would wait for it."""

LEVEL = 1
"""Of zlib: packs JSON to an eighth. Higher levels take several times as long for little more."""

_GZIP = 31
_ENCODING = (b"content-encoding", b"gzip")


async def packed(answer: Answer, headers: Iterable[tuple[bytes, bytes]]) -> Answer:
    """The answer as these headers of the request take it. Only large ones are worth asking for."""
    taken = b",".join(value for name, value in headers if name == b"accept-encoding")
    if not taken or not accepts_gzip(taken.decode("latin-1")):
        return answer
    if len(answer.body) < LONG:
        body = zlib.compress(answer.body, LEVEL, _GZIP)
    else:
        body = await asyncio.to_thread(zlib.compress, answer.body, LEVEL, _GZIP)
    rest = [each for each in answer.headers if each[0] != b"content-length"]
    length = (b"content-length", b"%d" % len(body))
    return Answer(answer.status, body, [length, _ENCODING, *rest])
