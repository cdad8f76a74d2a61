"""The ways in which a source fails, and the error that each is to be."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import httpx
import msgspec
from starlette.applications import Starlette

from providers.sources import Settings
from sandbox.academy import Academy, Sizes
from sandbox.app import create_app as create_sandbox
from tests.graph.asking import PORT, SOURCES, Graph, demo, opened, settings


@dataclass(frozen=True)
class Fault:
    """What a provider does wrong, and the error that it is to be."""

    kind: str
    code: str
    terms: Mapping[str, Any] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)
    """Further ``extensions`` of the error."""


def refused(status: int, code: str, **extensions: Any) -> Fault:
    return Fault("status", code, {"status": status}, {"upstreamStatus": status, **extensions})


FAULTS: Mapping[str, Fault] = {
    "closed port": Fault("closed", "UPSTREAM_UNAVAILABLE", {}, {"retryable": True}),
    "401": refused(401, "UPSTREAM_AUTH_FAILED", retryable=False),
    "403": refused(403, "UPSTREAM_FORBIDDEN", retryable=False),
    "404": refused(404, "NOT_FOUND", retryable=False),
    "412": refused(412, "UPSTREAM_ACCOUNT_DISABLED", retryable=False),
    "429": Fault(
        "status",
        "UPSTREAM_RATE_LIMITED",
        {"status": 429, "retry_after": "7"},
        {"retryAfterMs": 7000, "retryable": True},
    ),
    "500": refused(500, "UPSTREAM_UNAVAILABLE", retryable=True),
    "501": refused(501, "UNSUPPORTED", retryable=False),
    "503": Fault(
        "status",
        "UPSTREAM_UNAVAILABLE",
        {"status": 503, "retry_after": "2"},
        {"retryAfterMs": 2000},
    ),
    "broken JSON": Fault("broken_json", "UPSTREAM_BAD_RESPONSE", {}, {"retryable": True}),
    "HTML": Fault("html", "UPSTREAM_BAD_RESPONSE"),
    "truncated": Fault("truncated", "UPSTREAM_BAD_RESPONSE"),
}

SLOW = Fault("slow", "UPSTREAM_TIMEOUT", {"delay": 600.0}, {"retryable": True})

PROVIDERS: Mapping[str, str] = {
    "bindbee": "BINDBEE",
    "stackone": "STACKONE",
    "scormcloud": "SCORM_CLOUD",
    "vitalsource": "VITALSOURCE",
}


def source_of(provider: str) -> str:
    return next(source for source, each in SOURCES.items() if each == provider)


def code_of(fault: Fault, provider: str) -> str:
    """Of StackOne's lists, 404 says that the account is unknown."""
    is_account = provider == "stackone" and fault.terms.get("status") == 404
    return "UPSTREAM_AUTH_FAILED" if is_account else fault.code


class Doors(httpx.AsyncBaseTransport):
    """The sandbox behind its port; at every other port, the real network."""

    def __init__(self, sandbox: Starlette) -> None:
        self.sandbox = httpx.ASGITransport(sandbox)
        self.network = httpx.AsyncHTTPTransport(verify=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        behind = self.sandbox if request.url.port == PORT else self.network
        return await behind.handle_async_request(request)

    async def aclose(self) -> None:
        await self.network.aclose()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def moved(own: Settings, source: str) -> Settings:
    """The settings with one source at a port where nobody listens."""
    port = closed_port()
    sources = [
        msgspec.structs.replace(each, base_url=each.base_url.replace(str(PORT), str(port)))
        if each.name == source
        else each
        for each in own.sources
    ]
    return replace(own, sources=sources)


@cache
def little() -> tuple[Academy, Starlette]:
    """A smaller academy, for walks that are taken often, and its sandbox."""
    sizes = {
        name: Sizes(people=20, subjects=9, skills=9, courses=courses, attempts=30)
        for name, courses in zip(PROVIDERS, (14, 13, 12, 15), strict=True)
    }
    academy = Academy(sizes=sizes)
    return academy, create_sandbox(academy)


@asynccontextmanager
async def failing(graph: Graph, fault: Fault, provider: str, **terms: Any) -> AsyncIterator[Graph]:
    """The graph while one of its sources fails."""
    if fault.kind == "closed":
        _, sandbox = little() if graph.academy is little()[0] else demo()
        own = moved(settings(), source_of(provider))
        async with opened(own, transport=Doors(sandbox)) as other:
            yield other
        return
    await graph.fault(provider, fault.kind, **{**fault.terms, **terms})
    yield graph
    await graph.heal()


def check(error: Mapping[str, Any], fault: Fault, provider: str) -> None:
    extensions = error["extensions"]
    assert extensions["code"] == code_of(fault, provider)
    assert extensions["source"] == source_of(provider)
    assert extensions["provider"] == PROVIDERS[provider]
    assert error["message"].startswith(source_of(provider))
    wanted = {name: extensions.get(name) for name in fault.extensions}
    if code_of(fault, provider) == fault.code:
        assert wanted == dict(fault.extensions)
