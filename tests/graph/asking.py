"""Asks the graph over HTTP, above a sandbox in the same process: the seams that its tests use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

import httpx
from starlette.applications import Starlette

from coursegraph import sandbox_settings
from graph.app import create_app
from graph.endpoint import PATH
from graph.limits import Limits
from providers.http import Transport
from providers.sources import Settings
from resolvers.inbox import utc_now
from sandbox.academy import Academy, Sizes
from sandbox.app import create_app as create_sandbox

PORT = 8001
"""Port in the sources' addresses; nothing listens there."""

HOST = "graph"
"""Name by which the graph is asked."""

EXPLAIN: Mapping[str, str] = {"x-explain": "upstream"}

SOURCES: Mapping[str, str] = {
    "demo-bindbee": "bindbee",
    "demo-stackone": "stackone",
    "demo-scorm-cloud": "scormcloud",
    "demo-vitalsource": "vitalsource",
}
"""By name of a demo source, the sandbox's name of its provider, in the settings' order."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    data: Any
    """Also None where there was none."""
    errors: list[dict[str, Any]]
    """Empty where there was none."""
    calls: list[dict[str, Any]]
    """``extensions.upstream.calls``."""
    headers: Mapping[str, str]
    body: dict[str, Any] = field(repr=False)

    @property
    def codes(self) -> list[str]:
        """The errors' codes, in their order."""
        return [error["extensions"]["code"] for error in self.errors]


@dataclass(slots=True)
class Graph:
    """A running graph and the sandbox under it."""

    client: httpx.AsyncClient
    """Speaks to the graph."""
    sandbox: httpx.AsyncClient
    """Speaks to the sandbox: ``/_requests``, ``/_faults``."""
    app: Starlette
    academy: Academy
    settings: Settings

    async def ask(self, query: str, /, **variables: Any) -> Answer:
        """Ask by POST, upstream calls shown."""
        return await self.post({"query": query, "variables": variables})

    async def post(self, body: Mapping[str, Any], headers: Mapping[str, str] = EXPLAIN) -> Answer:
        """Ask with a whole request body."""
        return answered(await self.client.post(PATH, json=body, headers=dict(headers)))

    async def requests(self) -> list[dict[str, Any]]:
        """The sandbox's log."""
        log: list[dict[str, Any]] = (await self.sandbox.get("/_requests")).json()["requests"]
        return log

    async def forget(self) -> None:
        """Clear the sandbox's log."""
        await self.sandbox.delete("/_requests")

    async def fault(self, provider: str, kind: str, **terms: Any) -> None:
        """Put a provider of the sandbox (``SOURCES``' values) under a fault."""
        answer = await self.sandbox.put(f"/_faults/{provider}", json={"kind": kind, **terms})
        assert answer.status_code == 204, answer.text

    async def heal(self) -> None:
        """Clear all faults."""
        await self.sandbox.delete("/_faults")


def answered(response: httpx.Response) -> Answer:
    """A GraphQL answer, read."""
    body = response.json()
    upstream = body.get("extensions", {}).get("upstream", {})
    return Answer(
        response.status_code,
        body.get("data"),
        body.get("errors", []),
        upstream.get("calls", []),
        response.headers,
        body,
    )


def settings(only: Sequence[str] | None = None, **changes: Any) -> Settings:
    """The demo sources' settings, or those of some sources, with these changes."""
    demo = sandbox_settings(PORT)
    chosen = [each for each in demo.sources if only is None or each.name in only]
    return replace(demo, **{"sources": chosen, "hosts": [HOST], **changes})


@asynccontextmanager
async def running(
    app: Starlette, sandbox: Starlette, academy: Academy, own: Settings
) -> AsyncIterator[Graph]:
    """A graph, its sources open, until the block ends; the log is empty and no fault is on."""
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=f"http://{HOST}", timeout=None
        ) as client,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(sandbox), base_url="http://sandbox"
        ) as sandbox_client,
    ):
        graph = Graph(client, sandbox_client, app, academy, own)
        await graph.forget()
        await graph.heal()
        try:
            yield graph
        finally:
            await graph.heal()


@asynccontextmanager
async def opened(
    own: Settings | None = None,
    *,
    sizes: Mapping[str, Sizes] | None = None,
    limits: Limits | None = None,
    transport: Transport | None = None,
    fresh: bool = False,
    now: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Graph]:
    """A graph of one's own: other settings, other sizes of the academy, other limits, another
    transport than to the sandbox, a ``fresh`` sandbox that may be changed, or another clock."""
    own = own or settings()
    academy, sandbox = (Academy(sizes=sizes), None) if sizes else demo()
    sandbox = None if fresh else sandbox
    sandbox = sandbox or create_sandbox(academy)
    carried = transport or httpx.ASGITransport(sandbox)
    app = create_app(own, transport=carried, limits=limits, now=now)
    async with running(app, sandbox, academy, own) as graph:
        yield graph


@cache
def demo() -> tuple[Academy, Starlette]:
    """The default academy and its sandbox, made once, for whoever doesn't change anything there."""
    academy = Academy()
    return academy, create_sandbox(academy)
