"""What a provider's bytes say, decoded from JSON."""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec

from providers.errors import DETAILS, Kind, ProviderError


def bad(why: str, status: int | None = None) -> ProviderError:
    """The error for an answer that breaks its contract in this way."""
    detail = f"{DETAILS[Kind.BAD_RESPONSE]}: {why}"
    return ProviderError(Kind.BAD_RESPONSE, detail, status=status)


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


def decoded_if_any(body: bytes) -> Any:
    """As ``decoded``, and None where there is no body."""
    return decoded(body) if body else None


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
