"""Visits the graph as a server hands a request over: with a client that may leave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.graph.asking import Graph


@dataclass(slots=True)
class Visit:
    """A request as a server hands it over, whose client leaves when it is told to."""

    body: bytes
    more_body: bool = False
    method: str = "POST"
    query: bytes = b""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    sent: list[Mapping[str, Any]] = field(default_factory=list)
    begun: bool = False

    async def receive(self) -> dict[str, Any]:
        """The body, then nothing, then the end."""
        if not self.begun:
            self.begun = True
            return {"type": "http.request", "body": self.body, "more_body": self.more_body}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        """Note what would have been sent."""
        self.sent.append(message)

    def begin(self, graph: Graph) -> asyncio.Task[None]:
        """Hand the request over."""
        return asyncio.ensure_future(graph.app(self.scope(), self.receive, self.send))

    def scope(self) -> dict[str, Any]:
        """The request without its body."""
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "root_path": "",
            "query_string": self.query,
            "headers": [(b"content-type", b"application/json")],
            "server": ("graph", 80),
            "client": ("127.0.0.1", 1),
        }


async def under_way(graph: Graph, count: int) -> None:
    """Until so many upstream calls wait for their answer."""
    for _ in range(10_000):
        if sum(entry["status"] is None for entry in await graph.requests()) >= count:
            return
        await asyncio.sleep(0)
    raise AssertionError("the calls were never sent")


def posted(query: str) -> bytes:
    """The body that asks a query."""
    return json.dumps({"query": query}).encode()


async def stragglers() -> set[str]:
    """What still runs beside the test, once all that was cancelled could end."""
    for _ in range(20):
        await asyncio.sleep(0)
    return {str(task) for task in asyncio.all_tasks() - {asyncio.current_task()}}
