"""An import of a course that goes on as a test says: SCORM Cloud's answers, poll by poll."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.app import Application
from graph.engine import plain
from graph.requests import Operation
from resolvers import ids
from resolvers.inbox import utc_now
from tests.graph.asking import Graph, demo, opened, settings

SOURCE = "demo-scorm-cloud"
JOB = "job-1"
JOB_PATH = f"/courses/importJobs/{JOB}"
ID = ids.encode("CourseImport", SOURCE, JOB)
COURSE = "GEO-2516"

FOLLOW = "subscription ($id: ID!) { courseImport(id: $id) { status message } }"

RUNNING: dict[str, Any] = {"jobId": JOB, "status": "RUNNING", "message": ""}
HALF = {**RUNNING, "message": "half of it"}
FAILED = {**RUNNING, "status": "ERROR", "message": "Course is not properly formatted: no manifest"}
DONE = {
    **RUNNING,
    "status": "COMPLETE",
    "message": "Import Successful",
    "importResult": {
        "parserWarnings": ["No title."],
        "courseLanguages": ["en-GB"],
        "course": {"id": COURSE},
    },
}


@dataclass(slots=True)
class Job:
    """Answers for the job in turn, the last again and again; all else the sandbox answers."""

    sandbox: ASGIApp
    answers: Sequence[dict[str, Any] | Response]
    polls: list[float] = field(default_factory=list)
    """When it was asked for, by the loop's clock."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if not scope["path"].endswith(JOB_PATH):
            await self.sandbox(scope, receive, send)
            return
        self.polls.append(asyncio.get_running_loop().time())
        answer = self.answers[min(len(self.polls), len(self.answers)) - 1]
        response = answer if isinstance(answer, Response) else JSONResponse(answer)
        await response(scope, receive, send)


@asynccontextmanager
async def importing(
    *answers: dict[str, Any] | Response, now: Callable[[], datetime] = utc_now, **changes: Any
) -> AsyncIterator[tuple[Graph, Job]]:
    """A graph whose import goes on so, under settings with these changes, by this clock."""
    job = Job(demo()[1], answers)
    carried = httpx.ASGITransport(job)
    async with opened(settings(**changes), transport=carried, now=now) as graph:
        yield graph, job


def following(
    graph: Graph, document: str = FOLLOW, *, explain: bool = False, **variables: Any
) -> AsyncGenerator[dict[str, Any], None]:
    """The answers to an operation, by default those that follow the import."""
    assert isinstance(graph.app, Application)
    operation = Operation(document, {"id": ID, **variables})
    return graph.app.streams.answers(operation, "test", explain=explain)


async def shown(answers: AsyncGenerator[dict[str, Any], None]) -> list[Any]:
    """What the answers say of the import, which end without an error."""
    bodies = [plain(body["data"]) async for body in answers]
    return [body["courseImport"] for body in bodies]
