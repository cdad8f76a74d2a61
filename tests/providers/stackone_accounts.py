"""Opens StackOne's client over the sandbox, and shows what was sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from providers.base import Ask, Page, Query
from providers.http import open_http
from providers.model import RECORDS, Record
from providers.secrets import Secret
from providers.stackone import Settings, StackOne, facets
from providers.stackone.account import AccountMeta, ConnectorMeta, LinkedAccount
from providers.stackone.resources import NEWER, Generation
from sandbox.academy import Academy
from sandbox.app import create_app

JUNE = "demo-account-2025-06"

FACETS: tuple[type[Record], ...] = (
    facets.StackOneCourse,
    facets.StackOneContent,
    facets.StackOneCompletion,
    facets.StackOneAssignment,
    facets.StackOneCategory,
    facets.StackOneSkill,
)
AROUND: tuple[type[Record], ...] = (LinkedAccount, AccountMeta, ConnectorMeta)

WHOLE = {
    record.__name__: frozenset(record.__struct_fields__) - {"source", "key", "raw_data"}
    for record in (*RECORDS, *FACETS, *AROUND)
}
"""Every field of every type, but for raw data, which cost a call for each record."""


class Desk:
    """StackOne's sandbox over one academy, with a log of its own."""

    def __init__(self, academy: Academy) -> None:
        self.transport = httpx.ASGITransport(app=create_app(academy))

    def open(
        self,
        account: str = "demo-account",
        generation: Generation = NEWER,
        api_key: str = "demo-key",
    ) -> StackOne:
        return opened(self.transport, account, generation, api_key)

    async def sent(self) -> list[tuple[str, dict[str, str]]]:
        """Path and parameters of the requests since the last look, in order."""
        async with self.client() as client:
            entries = (await client.get("/_requests")).json()["requests"]
            await client.delete("/_requests")
        paths = ((entry["path"].removeprefix("/unified/lms"), entry["query"]) for entry in entries)
        return [(path, dict(parse_qsl(query))) for path, query in paths]

    async def break_with(self, status: int, path: str, times: int | None = None) -> None:
        """Answer with a status wherever this stands in the path, so many times."""
        fault = {"kind": "status", "status": status, "path": path, "times": times}
        async with self.client() as client:
            await client.put("/_faults/stackone", json=fault)

    async def raw(self, path: str, **params: str) -> Any:
        """What the sandbox itself answers."""
        async with self.client() as client:
            headers = {"x-account-id": "demo-account"}
            answer = await client.get(
                f"/stackone{path}", params=params, headers=headers, auth=("demo-key", "")
            )
            return answer.json()

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=self.transport, base_url="http://sandbox")


def opened(
    transport: httpx.AsyncBaseTransport,
    account: str = "demo-account",
    generation: Generation = NEWER,
    api_key: str = "demo-key",
) -> StackOne:
    """A client over a transport."""
    settings = Settings(
        name="campus",
        api_key=Secret(api_key),
        account_id=account,
        generation=generation,
        base_url="http://sandbox/stackone",
    )
    http = partial(open_http, source="campus", provider="stackone", transport=transport)
    return StackOne(settings, http)


def asking(*, budget: int = 100, **less: set[str]) -> Ask:
    """An ask for everything, but for the types that are given."""
    wanted = {name: frozenset(fields) for name, fields in less.items()}
    return Ask({**WHOLE, **wanted}, budget=budget)


def answering(body: Any, seen: list[Request] | None = None) -> httpx.ASGITransport:
    """A provider that answers everything with one body, and notes what it was asked."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if seen is not None:
            seen.append(Request(scope))
        await JSONResponse(body)(scope, receive, send)

    return httpx.ASGITransport(app=app)


async def every(
    read: Callable[[Ask, Query], Awaitable[Page[Any]]], size: int = 100, **filters: Any
) -> list[Any]:
    """All rows of a list, walked in pages, each read by an ask of its own."""
    rows: list[Any] = []
    token: str | None = None
    while True:
        page = await read(asking(), Query(size, token, filters))
        rows += page.items
        if (token := page.next) is None:
            return rows
