"""What became of a change: refused with the provider's words, made, or not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from providers.errors import DETAILS, Kind, ProviderError
from providers.wire import Unsent

MOST_SAID = 300
"""Longest text of a provider that is told on, in characters."""

LEAST_SECRET = 6
"""Shorter parts of a header are no secrets."""

_REFUSED = frozenset({Kind.REJECTED, Kind.NOT_FOUND, Kind.CONFLICT, Kind.UNSUPPORTED})
"""Kinds whose words are about what was asked for, and so of use to who asked."""


def doubted(error: ProviderError, status: int | None, *, begun: bool) -> bool:
    """Whether a change that failed so may have been made all the same.

    It can't where it was never sent, or where the provider says so: by a refusal (4xx), a redirect,
    503 or 501. Other 5xx, and 408, come from something that had given up waiting.
    """
    if not begun or isinstance(error, Unsent):
        return False
    if status is None or 200 <= status < 300 or status == 408:
        return True
    return status >= 500 and status not in (501, 503)


def unknown() -> ProviderError:
    """The error for a change of which nobody can say whether it was made."""
    return ProviderError(Kind.OUTCOME_UNKNOWN, DETAILS[Kind.OUTCOME_UNKNOWN])


def words(error: ProviderError, body: Any, signed: Mapping[str, str]) -> str | None:
    """What a provider says of a refusal, if it can be shown to who asked for the change.

    Providers word it under ``message``, ``error`` or ``detail``; a list of them is that of a
    request's parameters (Bindbee). Where there is a message in ``data``, it says more than the one
    beside it (StackOne's ``UnifiedError``). Words that quote credentials are not told.
    """
    if error.kind not in _REFUSED or not isinstance(body, Mapping):
        return None
    inner = body.get("data")
    particular = inner.get("message") if isinstance(inner, Mapping) else None
    general = (body.get(name) for name in ("message", "error", "detail"))
    texts = map(_text, (particular, *general))
    said = next((text for text in texts if text), None)
    if said is None or any(secret in said for secret in _secrets(signed.values())):
        return None
    return said if len(said) <= MOST_SAID else said[: MOST_SAID - 1] + "…"


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = "; ".join(filter(None, map(_detail, value)))
    if not isinstance(value, str):
        return ""
    return " ".join("".join(each if each.isprintable() else " " for each in value).split())


def _detail(value: Any) -> str:
    """An entry of FastAPI's list: where and what, without the value that was sent."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        return ""
    place = value.get("loc")
    where = ".".join(map(str, place)) if isinstance(place, list) else ""
    message = value.get("msg")
    return f"{where}: {message}" if isinstance(message, str) else ""


def _secrets(headers: Iterable[str]) -> Iterable[str]:
    for value in headers:
        yield from (part for part in value.split() if len(part) >= LEAST_SECRET)
