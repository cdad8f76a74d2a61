"""The graph's own HTTP client, as bare as it can be used: no budget, no kinds of errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import orjson

HEADERS = {
    "accept": "application/json",
    "authorization": "Bearer bench-key",
    "x-connector-token": "bench-connector",
}


class Client:
    """GETs JSON from one origin."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        limits = httpx.Limits(max_connections=128, max_keepalive_connections=128)
        self.client = httpx.AsyncClient(headers=HEADERS, timeout=60, limits=limits)

    async def get(self, path: str, params: Mapping[str, str]) -> Any:
        """The decoded body of a successful answer."""
        response = await self.client.get(self.origin + path, params=params)
        response.raise_for_status()
        return orjson.loads(response.content)
