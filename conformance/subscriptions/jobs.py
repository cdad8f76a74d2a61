"""Imports of courses for everybody who follows one: each goes on as it is asked about.

A source plays them, so that it can be seen there whether anybody still asks.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from resolvers import ids
from tests.graph.asking import Graph, demo, opened, settings
from tests.graph.importing import DONE, HALF, RUNNING, SOURCE
from tests.graph.sockets import on_port

COURSE = (RUNNING, HALF, DONE)
"""How an import goes on, look by look."""

INTERVAL = 0.05
"""Seconds between two looks at an import."""

QUIET = 1.0
"""For how many seconds nobody has asked for an import that nobody follows."""

LONGEST = 4.0
"""How many seconds it may take until nobody does."""

PATH = "/courses/importJobs/"


def id_of(job: str) -> str:
    """The id of an import in the graph."""
    return ids.encode("CourseImport", SOURCE, job)


@dataclass(slots=True)
class Jobs:
    """Answers for any import; all else the sandbox answers."""

    sandbox: ASGIApp
    endless: Collection[str]
    """Imports that go on for ever."""
    looks: Counter[str] = field(default_factory=Counter)
    """How often each was asked for."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        _, found, job = scope["path"].partition(PATH)
        if not found:
            await self.sandbox(scope, receive, send)
            return
        self.looks[job] += 1
        await JSONResponse(self._answer(job))(scope, receive, send)

    def _answer(self, job: str) -> dict[str, Any]:
        look = self.looks[job]
        if job in self.endless:
            return {**RUNNING, "jobId": job, "message": f"{look} files"}
        return {**COURSE[min(look, len(COURSE)) - 1], "jobId": job}

    async def ended(self, request: Request) -> JSONResponse:
        """Whether nobody asks for an import any more."""
        _, _, job = ids.decode(request.path_params["id"], "CourseImport")
        loop = asyncio.get_running_loop()
        end = loop.time() + LONGEST
        while loop.time() < end:
            seen = self.looks[job]
            await asyncio.sleep(QUIET)
            if self.looks[job] == seen:
                return JSONResponse(True)
        return JSONResponse(False)


@asynccontextmanager
async def importing(endless: Collection[str], **changes: Any) -> AsyncIterator[tuple[Graph, str]]:
    """A graph over the sandbox and such imports, under settings with these changes, and where one
    can ask whether an import has ended: ``GET URL/id``."""
    jobs = Jobs(demo()[1], endless)
    own = settings(poll_interval=INTERVAL, **changes)
    watching = Starlette(routes=[Route("/{id}", jobs.ended)])
    async with (
        opened(own, transport=httpx.ASGITransport(jobs)) as graph,
        on_port(watching, lifespan="off") as served,
    ):
        yield graph, f"http://127.0.0.1:{served.port}"
