"""The HTTP client that the graph has, without any of its rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

from providers.wire_direct import DirectWire

HEADERS = {
    "accept": "application/json",
    "authorization": "Bearer bench-key",
    "x-connector-token": "bench-connector",
}


class Client:
    """GETs JSON from one origin; made in a running event loop."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.wire = DirectWire()

    async def get(self, path: str, params: Mapping[str, str]) -> Any:
        """The decoded body of a successful answer."""
        url = f"{self.origin}{path}?{urlencode(params, safe='[],')}"
        arrival = await self.wire.send("GET", url, HEADERS)
        pieces = []
        while piece := await arrival.read():
            pieces.append(piece)
        await arrival.close()
        if arrival.status != 200:
            raise ValueError(f"status {arrival.status}")
        return orjson.loads(b"".join(pieces))
