"""The HTTP client that the graph has, aiohttp, as bare as it can be used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson
from yarl import URL

HEADERS = {
    "accept": "application/json",
    "authorization": "Bearer bench-key",
    "x-connector-token": "bench-connector",
}


class Client:
    """GETs JSON from one origin; made in a running event loop."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=128),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=HEADERS,
        )

    async def get(self, path: str, params: Mapping[str, str]) -> Any:
        """The decoded body of a successful answer."""
        url = f"{self.origin}{path}?{urlencode(params, safe='[],')}"
        async with self.session.get(URL(url, encoded=True)) as response:
            response.raise_for_status()
            return orjson.loads(await response.read())
