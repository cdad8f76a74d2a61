"""Three subgraphs on ports of this machine, the graph among them, and a gateway over them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from conformance.gateways.gateways import Carrier, Gateway
from conformance.subgraphs.all import subgraphs
from conformance.subgraphs.people import Employee, People
from conformance.subgraphs.reviews import Reviews, Said
from graph.app import create_app
from sandbox.academy import Academy, Sizes
from sandbox.app import create_app as create_sandbox
from tests.graph.asking import Answer, Graph, answered, running, settings
from tests.graph.importing import DONE, HALF, RUNNING, Job
from tests.graph.sockets import on_port

ADA = "ada.byron@academy.example"

COURSES = 1_000
"""Courses that Bindbee has."""

SIZES: Mapping[str, Sizes] = {
    "bindbee": Sizes(people=40, subjects=10, skills=10, courses=COURSES, attempts=400)
}


@dataclass(slots=True)
class Heard:
    """An application, and the headers of the requests to it."""

    app: ASGIApp
    requests: list[dict[str, str]] = field(default_factory=list)
    sockets: int = 0
    """How many WebSockets were opened."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take note of a request, and hand it on."""
        if scope["type"] == "websocket":
            self.sockets += 1
        elif scope["type"] == "http":
            pairs = scope["headers"]
            self.requests.append({name.decode(): value.decode() for name, value in pairs})
        await self.app(scope, receive, send)


@dataclass(slots=True)
class World:
    """The subgraphs, and what they are made of."""

    graph: Graph
    heard: Heard
    """The graph, as gateways reach it."""
    job: Job
    """The import that the subscription follows."""
    said: list[Said]
    """Reviews; a test may add its own."""
    urls: Mapping[str, str]
    """By name of the subgraph."""

    async def courses(self, source: str, most: int) -> list[str]:
        """Ids of a source's courses, so many at most, in their order."""
        query = """query ($sources: [String!], $first: Int!, $after: String) {
          courses(sources: $sources, first: $first, after: $after) {
            nodes { id } pageInfo { endCursor hasNextPage } } }"""
        found: list[str] = []
        after, more = None, True
        while more and len(found) < most:
            first = min(100, most - len(found))
            page = await self.graph.ask(query, sources=[source], first=first, after=after)
            courses = page.data["courses"]
            found += [each["id"] for each in courses["nodes"]]
            after, more = courses["pageInfo"]["endCursor"], courses["pageInfo"]["hasNextPage"]
        return found


@dataclass(slots=True)
class Stage:
    """A gateway over the subgraphs."""

    gateway: Gateway
    url: str
    world: World
    client: httpx.AsyncClient

    async def ask(
        self, query: str, headers: Mapping[str, str] | None = None, /, **variables: Any
    ) -> Answer:
        """Ask the gateway."""
        body = {"query": query, "variables": variables}
        return answered(await self.client.post(self.url, json=body, headers=dict(headers or {})))

    async def follow(self, query: str, /, **variables: Any) -> list[dict[str, Any]]:
        """The answers to a subscription, to its end, as server-sent events.

        https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
        """
        body = {"query": query, "variables": variables}
        accepted = {"accept": "text/event-stream"}
        async with self.client.stream("POST", self.url, json=body, headers=accepted) as events:
            lines = [each async for each in events.aiter_lines()]
        data = [each.partition(":")[2].strip() for each in lines if each.startswith("data:")]
        told = [json.loads(each) for each in data if each]
        return [each for each in told if each is not None]


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    """The subgraphs, until the block ends."""
    academy = Academy(sizes=SIZES)
    sandbox = create_sandbox(academy)
    job = Job(sandbox, (RUNNING, HALF, DONE))
    own = settings(poll_interval=0.05)
    app = create_app(own, transport=httpx.ASGITransport(job))
    said: list[Said] = []
    employed = [Employee("Ada.Byron@academy.example", "Engines"), Employee("no@x.example", "Arts")]
    async with running(app, sandbox, academy, own) as graph:
        heard = Heard(app)
        async with (
            on_port(heard) as courses,
            on_port(Reviews(said), lifespan="off") as reviews,
            on_port(People(employed), lifespan="off") as people,
        ):
            urls = {
                "courses": f"http://127.0.0.1:{courses.port}/graphql",
                "reviews": f"http://127.0.0.1:{reviews.port}/",
                "people": f"http://127.0.0.1:{people.port}/",
            }
            made = World(graph, heard, job, said, urls)
            for at, course in enumerate(await made.courses("demo-bindbee", 3)):
                said.append(Said(f"r{at}", at + 1, course, ADA))
            yield made


@asynccontextmanager
async def staged(
    gateway: Gateway, made: World, folder: Path, carrier: Carrier = "events"
) -> AsyncIterator[Stage]:
    """A gateway over the subgraphs, until the block ends."""
    async with (
        gateway.start(subgraphs(made.urls), folder, carrier) as url,
        httpx.AsyncClient(timeout=30) as client,
    ):
        yield Stage(gateway, url, made, client)
