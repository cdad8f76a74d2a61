"""What is passed through Bindbee to the learning system behind a connector.

https://api.bindbee.dev/openapi.json
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from providers.base import Ask, Done, Refusal
from providers.bindbee.bodies import PassThroughRequest
from providers.bindbee.connected import Connected
from providers.content import json
from providers.decoding import decoded_if_any
from providers.errors import Kind, ProviderError
from providers.http import Answer
from providers.passing import SWITCHED_OFF, Passed, PassthroughFormat, refusals

TEXTS = (PassthroughFormat.XML, PassthroughFormat.MULTIPART)

GRACE = 2.0
"""Seconds that Bindbee gets beyond those that it gives the learning system."""


class Passing(Connected):
    """Passes requests on."""

    async def passthrough(
        self,
        ask: Ask,
        *,
        method: Enum,
        path: str,
        headers: Sequence[Mapping[str, str]] | None = None,
        parameters: Sequence[Mapping[str, str]] | None = None,
        body: Any = None,
        request_format: PassthroughFormat | None = None,
        response_format: PassthroughFormat | None = None,
        timeout: float | None = None,
    ) -> Done:
        """POST /api/v1/passthrough. An answer of 200 says that the learning system was reached; its
        own status is told by nothing but its words."""
        if not self.passes:
            raise self.error(Kind.UNSUPPORTED, SWITCHED_OFF)
        if wrong := [*refusals(path, headers or ()), *_untimely(timeout, ask.deadline)]:
            return Done(refused=wrong)
        request = PassThroughRequest(
            method=method.value,
            path=path,
            headers={each["name"]: each["value"] for each in headers or ()},
            params=_gathered(parameters or ()) or None,
            data=body,
            request_format=request_format and request_format.value,
            response_format=response_format and response_format.value,
            timeout=timeout,
        )
        answer = await self.http.change(
            ask,
            "POST",
            "/api/v1/passthrough",
            content=json(request),
            decode=bytes,
            any_type=True,
            timeout=None if timeout is None else timeout + GRACE,
        )
        return Done(value=_passed(answer, response_format))


def _untimely(timeout: float | None, deadline: float | None) -> list[Refusal]:
    """Why so many seconds can't be waited, if so: what is given up early is left unknown."""
    if timeout is None:
        return []
    if timeout <= 0:
        return [Refusal(["timeout"], "it must be more than 0")]
    left = None if deadline is None else deadline - asyncio.get_running_loop().time() - GRACE
    if left is not None and timeout > left:
        longest = f"the operation leaves time for {max(left, 0):.0f} seconds at most"
        return [Refusal(["timeout"], f"{longest} (`mutation_timeout` in the server's settings)")]
    return []


def _gathered(parameters: Sequence[Mapping[str, str]]) -> dict[str, str | list[str]]:
    """Parameters by name; one that comes several times has several values."""
    found: dict[str, str | list[str]] = {}
    for each in parameters:
        name, value = each["name"], each["value"]
        before = found.get(name)
        if before is None:
            found[name] = value
        else:
            found[name] = [*before, value] if isinstance(before, list) else [before, value]
    return found


def _passed(answer: Answer, format: PassthroughFormat | None) -> Passed:
    """The answer in the form that was asked for; what isn't what it should be is given as text."""
    media_type = answer.headers.get("content-type")
    if format is PassthroughFormat.BINARY:
        return Passed(None, content=answer.body, media_type=media_type)
    body = _text(answer.body) if format in TEXTS else _value(answer.body)
    return Passed(None, body=body, media_type=media_type)


def _value(body: bytes) -> Any:
    """What it says in JSON, or in words: learning systems have HTML for errors."""
    try:
        return decoded_if_any(body)
    except ProviderError:
        return _text(body)


def _text(body: bytes) -> str | None:
    return body.decode(errors="replace") or None
