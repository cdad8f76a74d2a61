"""A source at Bindbee that may do everything, over a sandbox of its own whose clock tests turn, and
what reaches the wire there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import msgspec
from starlette.applications import Starlette
from starlette.routing import Mount

from graph.app import create_app
from providers.http import Transport
from sandbox import bindbee
from sandbox.academy import Academy
from sandbox.app import fault_routes, log_routes
from sandbox.outbound import Post
from sandbox.wire import Desk as Provider
from sandbox.wire import Entry, Faults
from tests.graph.asking import Answer, Graph, demo, running, settings
from tests.sandbox.hourglass import Hourglass

SOURCE = "demo-bindbee"


@dataclass(slots=True)
class Sent:
    """A request that reached the sandbox, or would have."""

    call: str
    """Method and path."""
    headers: httpx.Headers
    body: Any
    """Decoded, if there was one."""


@dataclass(slots=True)
class Wire(httpx.AsyncBaseTransport):
    """The way to the sandbox, on which requests are noted and answers can be lost."""

    sandbox: httpx.AsyncBaseTransport
    sent: list[Sent] = field(default_factory=list)
    losing: str = ""
    """Calls that begin so are made, and answered by a gateway that gave up."""
    holding: str = ""
    """Calls that begin so are never made, and answered likewise."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        call = f"{request.method} {request.url.path.removeprefix('/bindbee')}"
        load = await request.aread()
        self.sent.append(Sent(call, request.headers, msgspec.json.decode(load) if load else None))
        if self.holding and call.startswith(self.holding):
            return httpx.Response(504, stream=httpx.ByteStream(b""))
        response = await self.sandbox.handle_async_request(request)
        if self.losing and call.startswith(self.losing):
            await response.aread()
            return httpx.Response(504, stream=httpx.ByteStream(b""))
        return response

    @property
    def calls(self) -> list[str]:
        """What was sent, without its content."""
        return [each.call for each in self.sent]


@dataclass(slots=True)
class Desk:
    """A graph over the source, and beside it one at another provider that is never asked."""

    graph: Graph
    wire: Wire
    clock: Hourglass

    async def ask(self, query: str, /, **variables: Any) -> Answer:
        """Ask the graph; what the wire saw before is forgotten."""
        self.wire.sent.clear()
        return await self.graph.ask(query, **variables)

    async def change(self, name: str, input: Mapping[str, Any], selection: str) -> Answer:
        """Make one change; its errors are asked for as well."""
        kind = f"{name[0].upper()}{name[1:]}Input"
        query = f"""mutation($i: {kind}!) {{ {name}(input: $i) {{
            {selection} userErrors {{ field message code }} }} }}"""
        return await self.ask(query, i=dict(input))


@asynccontextmanager
async def opened(
    *, transport: Transport | None = None, terms: Mapping[str, Any] | None = None, **changes: Any
) -> AsyncIterator[Desk]:
    """A desk whose source has these settings, and whose server these terms; ``transport`` stands in
    for the sandbox. What its Bindbee sends goes to the graph."""
    own = settings(["demo-bindbee", "demo-vitalsource"], **(terms or {}))
    source = msgspec.structs.replace(
        own.sources[0], **{"passthrough": True, "manage_connectors": True, **changes}
    )
    own = replace(own, sources=[source, own.sources[1]])
    (academy, _), clock = demo(), Hourglass()
    graphs: list[Graph] = []

    async def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> int | None:
        return (await graphs[0].client.post(url, content=body, headers=dict(headers))).status_code

    sandbox = _sandbox(academy, clock, post)
    wire = Wire(transport or httpx.ASGITransport(sandbox))
    app = create_app(own, transport=wire)
    async with running(app, sandbox, academy, own) as graph:
        graphs.append(graph)
        yield Desk(graph, wire, clock)


def _sandbox(academy: Academy, clock: Hourglass, post: Post) -> Starlette:
    """Bindbee alone, with the sandbox's log and faults."""
    log: list[Entry] = []
    faults = Faults()
    routes = bindbee.routes(academy.campus("bindbee"), clock, post)
    own = Provider("bindbee", routes, log=log, faults=faults, refusal=bindbee.refusal)
    return Starlette(routes=[*log_routes(log), *fault_routes(faults), Mount("/bindbee", own)])
