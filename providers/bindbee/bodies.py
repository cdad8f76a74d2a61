"""What is sent to Bindbee, in the form of its own schemas.

https://api.bindbee.dev/openapi.json
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class PassThroughRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``PassThroughRequest``. Its ``headers`` may be empty, but not left out: that is a 422."""

    method: str
    path: str
    headers: Mapping[str, str]
    params: Mapping[str, str | list[str]] | None = None
    data: Any = None
    request_format: str | None = None
    response_format: str | None = None
    timeout: float | None = None
    """Seconds that the learning system is waited for."""
