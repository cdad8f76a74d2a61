"""The calls of one source to a server on loopback, and what becomes of them."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from providers.base import Ask
from providers.errors import ProviderError
from providers.http import Http, open_http
from providers.secrets import Header, Secret
from providers.wire import Wire
from providers.wire_aiohttp import AiohttpWire
from providers.wire_httpx import HttpxWire
from tests.providers.faults import (
    Script,
    serving,
)

SECRET = "hush-0123456789"


WIRES: Mapping[str, Callable[[ssl.SSLContext | None], Wire]] = {
    "aiohttp": AiohttpWire,
    "httpx": HttpxWire,
}
"""All that may carry reads."""

chosen = "aiohttp"
"""The one that carries them now; the fixture ``wire`` runs a test over each."""


@asynccontextmanager
async def opened(
    url: str,
    *,
    timeout: float = 5.0,
    max_body: int = 1 << 20,
    concurrency: int = 8,
    single_flight: bool = True,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Http]:
    """The calls of a source at this address."""
    http = open_http(
        source="acme",
        provider="vendor",
        base_url=url,
        credentials=Header({"x-api-key": Secret(SECRET)}),
        tls=tls,
        timeout=timeout,
        single_flight=single_flight,
    )
    http = replace(http, reads=WIRES[chosen](tls), max_body=max_body, concurrency=concurrency)
    try:
        yield http
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
