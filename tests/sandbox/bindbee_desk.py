"""Bindbee's desk alone, with a clock that tests turn and a receiver of webhooks in the test."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox import bindbee
from sandbox.academy import Academy
from sandbox.outbound import Post
from sandbox.wire import Desk, Faults
from tests.sandbox.hourglass import Hourglass

HEADERS = {"Authorization": "Bearer demo-key", "x-connector-token": "demo-connector"}


@dataclass(slots=True)
class Receiver:
    """Takes webhooks, and answers with the statuses that it is given, then with 204."""

    statuses: list[int | None] = field(default_factory=list)
    got: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str], timeout: float
    ) -> int | None:
        """What an answer would be."""
        self.got.append((url, body, headers))
        return self.statuses.pop(0) if self.statuses else 204


@asynccontextmanager
async def desk(academy: Academy, clock: Hourglass, post: Post) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a Bindbee of its own; the sandbox's default headers are set."""
    routes = bindbee.routes(academy.campus("bindbee"), clock, post)
    app = Starlette(
        routes=[
            Mount(
                "/bindbee",
                Desk("bindbee", routes, log=[], faults=Faults(), refusal=bindbee.refusal),
            )
        ]
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://sandbox/bindbee", headers=HEADERS
    ) as client:
        yield client
