"""A graph over a fresh SCORM Cloud, with an ear on the wire between them: what was sent, whole.

Answers can be lost on their way back, after the sandbox did what it was asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, unquote

import httpx
import msgspec

from graph.app import create_app
from sandbox.app import create_app as create_sandbox
from tests.graph.asking import Answer, Graph, demo, running, settings

SOURCE = "demo-scorm-cloud"
BASE = "/scormcloud/api/v2"


@dataclass(frozen=True, slots=True)
class Sent:
    """A request, as it went out."""

    method: str
    path: str
    """Below the API's base; what a key holds is decoded."""
    query: dict[str, str]
    body: Any
    """Its JSON; None where there was none."""
    status: int
    """How it was answered, whether or not the answer arrived."""

    @property
    def call(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"


@dataclass(slots=True)
class Tap(httpx.AsyncBaseTransport):
    """Passes requests on to the sandbox, and writes them down."""

    sandbox: httpx.ASGITransport
    sent: list[Sent] = field(default_factory=list)
    lost: str = ""
    """Methods whose answers don't arrive, such as ``POST DELETE``."""
    instead: dict[str, list[Any]] = field(default_factory=dict)
    """By the end of a path, bodies that are answered there in turn, instead of by the sandbox."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as the sandbox does, or not at all."""
        answer = await self._answer(request)
        raw, _, query = request.url.raw_path.decode().partition("?")
        content = await request.aread()
        is_json = request.headers.get("content-type") == "application/json"
        body = msgspec.json.decode(content) if is_json else None
        said = {name: values[0] for name, values in parse_qs(query).items()}
        path = unquote(raw).removeprefix(BASE)
        self.sent.append(Sent(request.method, path, said, body, answer.status_code))
        if request.method in self.lost.split():
            raise httpx.ReadError("the connection broke")
        return answer

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        for end, bodies in self.instead.items():
            if bodies and request.url.path.endswith(end):
                body = httpx.ByteStream(msgspec.json.encode(bodies.pop(0)))
                return httpx.Response(
                    200, headers={"content-type": "application/json"}, stream=body
                )
        return await self.sandbox.handle_async_request(request)

    @property
    def changes(self) -> list[Sent]:
        """What was sent that isn't a read."""
        return [each for each in self.sent if each.method not in ("GET", "HEAD")]

    @property
    def calls(self) -> list[str]:
        """Methods and paths of all that was sent."""
        return [each.call for each in self.sent]


@asynccontextmanager
async def tapped(**changes: Any) -> AsyncIterator[tuple[Graph, Tap]]:
    """A graph over a SCORM Cloud of its own, and the tap between them; with these changes to the
    source's settings."""
    academy, _ = demo()
    sandbox = create_sandbox(academy)
    tap = Tap(httpx.ASGITransport(sandbox))
    own = settings([SOURCE])
    own = replace(own, sources=[msgspec.structs.replace(own.sources[0], **changes)])
    async with running(create_app(own, transport=tap), sandbox, academy, own) as graph:
        yield graph, tap


async def change(graph: Graph, name: str, given: dict[str, Any], wanted: str = "") -> Any:
    """Make a change, and give its payload, which has no errors."""
    answer = await attempt(graph, name, given, wanted)
    assert answer.errors == []
    payload = answer.data[name]
    assert payload.pop("userErrors") == []
    return payload


async def refusal(graph: Graph, name: str, given: dict[str, Any]) -> tuple[Any, str, str]:
    """Attempt a change that is refused: the only error's field, code and message."""
    answer = await attempt(graph, name, given)
    assert answer.errors == []
    (error,) = answer.data[name]["userErrors"]
    return error["field"], error["code"], error["message"]


async def attempt(graph: Graph, name: str, given: dict[str, Any], wanted: str = "") -> Answer:
    """Attempt a change."""
    input = f"{name[0].upper()}{name[1:]}Input"
    query = f"""mutation($input: {input}!) {{
      {name}(input: $input) {{ {wanted} userErrors {{ field code message }} }}
    }}"""
    return await graph.ask(query, input=given)
