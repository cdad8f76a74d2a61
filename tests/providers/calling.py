"""The calls of one source to a server on loopback, and what becomes of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from providers.base import Ask
from providers.errors import ProviderError
from providers.http import Http, open_http
from providers.secrets import Header, Secret
from tests.providers.faults import (
    Script,
    serving,
)

SECRET = "hush-0123456789"


@asynccontextmanager
async def opened(
    url: str, *, timeout: float = 5.0, max_body: int = 1 << 20, concurrency: int = 8
) -> AsyncIterator[Http]:
    """The calls of a source at this address."""
    http = open_http(
        source="acme",
        provider="vendor",
        base_url=url,
        credentials=Header({"x-api-key": Secret(SECRET)}),
        timeout=timeout,
    )
    try:
        yield replace(http, max_body=max_body, concurrency=concurrency)
    finally:
        await http.close()


async def failing(http: Http, ask: Ask | None = None, route: str = "/things") -> ProviderError:
    """The error of a call."""
    with pytest.raises(ProviderError) as caught:
        await http.get(ask or Ask(), route)
    return caught.value


async def failure(script: Script, **terms: float) -> ProviderError:
    """The error of a call that this script answers."""
    async with serving(script) as server, opened(server.url, **terms) as http:  # type: ignore[arg-type]
        return await failing(http)
