"""Listens to what goes from the graph to a sandbox of its own, bodies and all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx

from graph.app import create_app
from providers.sources import Settings
from sandbox.app import create_app as create_sandbox
from tests.graph.asking import Graph, demo, running, settings


@dataclass(frozen=True, slots=True)
class Sent:
    """A request."""

    call: str
    """Method and path, without the API's base; the path as it was sent."""
    params: dict[str, str]
    body: Any
    """Of JSON, what it says; else the text; None where there is none."""
    headers: httpx.Headers = field(repr=False)


@dataclass(slots=True)
class Tap(httpx.AsyncBaseTransport):
    """Passes requests on, and keeps those that may change something."""

    inner: httpx.AsyncBaseTransport
    changes: list[Sent] = field(default_factory=list)
    lost: int = 0
    """How many answers to the next changes get lost, after these were made."""
    unsent: int = 0
    """How many of the next changes get lost themselves, though it can't be seen that they did."""
    unheard: list[Any] = field(default_factory=list)
    """What lost answers said, as JSON."""
    gate: asyncio.Event | None = None
    """What changes wait for, after they were made."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET" or request.url.path.endswith("/token"):
            return await self.inner.handle_async_request(request)
        self.changes.append(sent(request, await request.aread()))
        if self.unsent:
            self.unsent -= 1
            raise httpx.ReadError("lost on its way", request=request)
        answer = await self.inner.handle_async_request(request)
        if self.gate is not None:
            await self.gate.wait()
        if self.lost:
            self.lost -= 1
            self.unheard.append(json.loads(await answer.aread()))
            raise httpx.ReadError("lost on its way back", request=request)
        return answer


def sent(request: httpx.Request, body: bytes) -> Sent:
    """A request as it is kept."""
    path = request.url.raw_path.partition(b"?")[0].decode().partition("/api/v2")[2]
    is_json = request.headers.get("content-type") == "application/json"
    return Sent(
        f"{request.method} {path}",
        dict(parse_qsl(request.url.query.decode(), keep_blank_values=True)),
        json.loads(body) if is_json else body.decode("utf-8", "replace") or None,
        request.headers,
    )


@asynccontextmanager
async def tapped(
    own: Settings | None = None, *, looks: int = 1
) -> AsyncIterator[tuple[Graph, Tap]]:
    """A graph over a sandbox of its own, and what passes between them; an import is seen running
    so many times."""
    academy, _ = demo()
    sandbox = create_sandbox(academy, import_looks=looks)
    tap = Tap(httpx.ASGITransport(sandbox))
    own = own or settings()
    async with running(create_app(own, transport=tap), sandbox, academy, own) as graph:
        yield graph, tap
