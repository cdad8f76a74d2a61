"""Subscribes over a WebSocket, in the same process: a client of graphql-transport-ws, as ASGI."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message

from graph.endpoint import PATH
from graph.sockets import PROTOCOL


@dataclass(slots=True)
class Socket:
    """One connection."""

    to_server: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)
    to_client: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)

    async def say(self, **message: Any) -> None:
        """Send a message of the protocol."""
        await self.to_server.put({"type": "websocket.receive", "text": json.dumps(message)})

    async def hear(self) -> Any:
        """The next message of the protocol; what the socket itself says, if it isn't one."""
        message = await asyncio.wait_for(self.to_client.get(), 5)
        return json.loads(message["text"]) if "text" in message else message

    async def subscribe(self, id: str, query: str, /, **variables: Any) -> None:
        """Ask, and be listened to: the answer to a ping shows that what was said before is under
        way."""
        payload = {"query": query, "variables": variables}
        await self.say(type="subscribe", id=id, payload=payload)
        await self.say(type="ping")
        assert (await self.hear())["type"] == "pong"
        for _ in range(20):  # until the subscription waits for its first event
            await asyncio.sleep(0)

    async def event(self) -> tuple[str, Any]:
        """Id of the subscription and data of its next event."""
        message = await self.hear()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["id"], message["payload"]["data"]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was said that wasn't heard yet."""
        return self.to_client.empty()


@asynccontextmanager
async def connected(app: ASGIApp) -> AsyncIterator[Socket]:
    """A socket whose protocol has begun, until the block ends."""
    socket = Socket()
    scope = {
        "type": "websocket",
        "path": PATH,
        "raw_path": PATH.encode(),
        "root_path": "",
        "scheme": "ws",
        "query_string": b"",
        "headers": [(b"host", b"graph")],
        "subprotocols": [PROTOCOL],
        "client": ("127.0.0.1", 1),
        "server": ("graph", 80),
        "extensions": {},
    }
    await socket.to_server.put({"type": "websocket.connect"})
    serving = asyncio.ensure_future(app(scope, socket.to_server.get, socket.to_client.put))
    try:
        assert (await socket.hear())["type"] == "websocket.accept"
        await socket.say(type="connection_init")
        assert (await socket.hear())["type"] == "connection_ack"
        yield socket
    finally:
        await socket.to_server.put({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(serving, 5)
