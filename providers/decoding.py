"""What a provider's bytes say: unpacked within bounds, and decoded from JSON."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from providers.errors import DETAILS, Kind, ProviderError


def bad(why: str, status: int | None = None) -> ProviderError:
    """The error for an answer that breaks its contract in this way."""
    detail = f"{DETAILS[Kind.BAD_RESPONSE]}: {why}"
    return ProviderError(Kind.BAD_RESPONSE, detail, status=status)


async def unpacked(chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    """Unpack gzip piece by piece, each at most ``limit`` bytes and a bit, and notice a missing end.

    Raises:
        ProviderError: ``TOO_LARGE`` where a piece is larger, ``BAD_RESPONSE`` where it is broken.
    """
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        async for chunk in chunks:
            yield unpacker.decompress(chunk, limit + 1)
            if unpacker.unconsumed_tail:
                raise ProviderError(Kind.TOO_LARGE, DETAILS[Kind.TOO_LARGE])
            if unpacker.unused_data:  # It would be kept, however much comes.
                raise bad("it goes on after its end")
    except zlib.error:
        raise bad("its compression is broken") from None
    if not unpacker.eof:
        raise bad("it is cut short")


def decoded(body: bytes) -> Any:
    """The value of a JSON text.

    What no decoder should let through costs its own field, not the page: NaN, which Java services
    write, and numbers beyond a float's range become None, half a surrogate pair a question mark.

    Raises:
        ProviderError: ``BAD_RESPONSE`` where it is no JSON otherwise.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _tolerated(body)


def _tolerated(body: bytes) -> Any:
    try:
        found = json.loads(body, parse_constant=lambda _: None, parse_float=_finite)
        text = json.dumps(found, ensure_ascii=False)
        return found if _is_sendable(text) else json.loads(text.encode(errors="replace"))
    except (ValueError, RecursionError):
        raise bad("its JSON is broken") from None


def _finite(number: str) -> float | None:
    found = float(number)
    return found if math.isfinite(found) else None


def _is_sendable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
