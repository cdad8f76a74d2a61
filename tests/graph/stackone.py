"""Sources at StackOne of both generations over one sandbox, and what reaches the wire there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import httpx
import msgspec

from graph.app import create_app
from providers.sources import Settings, make_settings
from sandbox.academy import Academy
from sandbox.app import create_app as create_sandbox
from tests.graph.asking import PORT, Answer, Graph, running

NEWER, OLDER, LIMITED, PLAIN, DISABLED, UNKNOWN = (
    "newer", "june-2025", "limited", "plain", "disabled", "unknown",
)  # fmt: skip

ACCOUNTS = {
    NEWER: "demo-account",
    OLDER: "demo-account-2025-06",
    LIMITED: "demo-limited",
    PLAIN: "demo-ignores-filters",
    DISABLED: "demo-disabled",
    UNKNOWN: "nobody",
}


def sources(terms: Mapping[str, Any], **changes: Any) -> Settings:
    """One source for each of the sandbox's accounts, and one for an account that isn't there."""
    base = f"http://127.0.0.1:{PORT}/stackone"
    entries = [
        {
            "name": name,
            "provider": "stackone",
            "api_key": "demo-key",
            "account_id": account,
            "base_url": base,
            "generation": "2025-06" if name == OLDER else "2025-12",
            **changes,
        }
        for name, account in ACCOUNTS.items()
    ]
    return make_settings({"explain": True, "sources": entries, **terms}, {})


@dataclass(slots=True)
class Sent:
    """A request that reached the sandbox, or would have."""

    call: str
    """Method and path below the API's base."""
    body: Any
    params: list[tuple[str, str]]


@dataclass(slots=True)
class Wire(httpx.AsyncBaseTransport):
    """The way to the sandbox, on which requests are noted and answers can be lost."""

    sandbox: httpx.ASGITransport
    sent: list[Sent] = field(default_factory=list)
    losing: str = ""
    """Calls that begin so are made, and answered by a gateway that gave up."""
    holding: str = ""
    """Calls that begin so are never made, and answered likewise."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        path = request.url.path.removeprefix("/stackone").removeprefix("/unified/lms")
        call = f"{request.method} {path}"
        load = await request.aread()
        body = msgspec.json.decode(load) if load else None
        self.sent.append(Sent(call, body, list(request.url.params.multi_items())))
        if self.holding and call.startswith(self.holding):
            return httpx.Response(504, stream=httpx.ByteStream(b""))
        response = await self.sandbox.handle_async_request(request)
        if self.losing and call.startswith(self.losing):
            await response.aread()
            return httpx.Response(504, stream=httpx.ByteStream(b""))
        return response

    @property
    def writes(self) -> list[Sent]:
        """What was sent that isn't a read."""
        return [each for each in self.sent if not each.call.startswith("GET ")]


@dataclass(slots=True)
class Desk:
    """A graph over sources at StackOne."""

    graph: Graph
    wire: Wire
    pauses: list[float] = field(default_factory=list)
    """Seconds that were waited for, by a clock that doesn't run."""

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

    async def first(self, source: str, plural: str, fields: str = "id") -> dict[str, Any]:
        """The first record of a list."""
        query = f"""query($s: String!) {{ source(name: $s) {{
            {plural}(first: 1) {{ nodes {{ {fields} }} }} }} }}"""
        answer = await self.ask(query, s=source)
        assert answer.errors == []
        found: dict[str, Any] = answer.data["source"][plural]["nodes"][0]
        return found

    async def habits(self, source: str, **habits: Any) -> None:
        """Say how the LMS behind a source takes batches."""
        path = f"/stackone/_habits/{ACCOUNTS[source]}"
        answer = await self.graph.sandbox.put(path, json=habits)
        assert answer.status_code == 204, answer.text

    def time(self) -> None:
        """Let the sources wait by a clock that doesn't run."""

        async def pause(seconds: float) -> None:
            self.pauses.append(seconds)

        for client in self.graph.app.server.sources.values():  # type: ignore[attr-defined]
            client.pause = pause


@asynccontextmanager
async def opened(
    terms: Mapping[str, Any] = MappingProxyType({}), **changes: Any
) -> AsyncIterator[Desk]:
    """A desk over a sandbox of its own; the server has these terms, every source these settings."""
    academy = Academy()
    sandbox = create_sandbox(academy)
    wire = Wire(httpx.ASGITransport(sandbox))
    own = sources(terms, **changes)
    app = create_app(own, transport=wire)
    async with running(app, sandbox, academy, own) as graph:
        desk = Desk(graph, wire)
        desk.time()
        yield desk
