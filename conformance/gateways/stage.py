"""Three subgraphs on ports of this machine, the graph among them, and a gateway over them.

The graph is in production, and takes nothing but what gateways ask.
"""

from __future__ import annotations

import asyncio
import json
import tomllib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from conformance.gateways.gateways import LOG, SECRET, Carrier, Gateway
from conformance.gateways.recipes import recipe
from conformance.subgraphs.all import subgraphs
from conformance.subgraphs.people import Employee, People
from conformance.subgraphs.reviews import Reviews, Said
from graph import policies
from graph.app import create_app
from providers.sources import Settings, make_settings
from sandbox.academy import Academy, Sizes
from sandbox.app import create_app as create_sandbox
from tests.graph.asking import Answer, Graph, answered, running, settings
from tests.graph.importing import DONE, HALF, RUNNING, Job
from tests.graph.sockets import Served, on_port

GATEWAY: Mapping[str, str] = {policies.SECRET: SECRET}
"""Headers of a gateway's requests."""

LONGEST = 30.0
"""Longest time for an answer, in seconds."""

ADA = "ada.byron@academy.example"

COURSES = 1_000
"""Courses that Bindbee has."""

SIZES: Mapping[str, Sizes] = {
    "bindbee": Sizes(people=40, subjects=10, skills=10, courses=COURSES, attempts=400)
}


@dataclass(slots=True)
class Heard:
    """An application, and what it was asked."""

    app: ASGIApp
    requests: list[dict[str, str]] = field(default_factory=list)
    """Headers of the requests; what is sent twice is there with a comma between."""
    sockets: list[dict[str, str]] = field(default_factory=list)
    """Headers of the WebSockets' handshakes."""
    addresses: list[str] = field(default_factory=list)
    """Of both, with their parameters."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take note of a request, and hand it on."""
        if scope["type"] in ("http", "websocket"):
            heard = self.sockets if scope["type"] == "websocket" else self.requests
            headers = Headers(scope=scope)
            heard.append({name: ", ".join(headers.getlist(name)) for name in headers})
            self.addresses.append(f"{scope['path']}?{scope['query_string'].decode()}")
        await self.app(scope, receive, send)

    def forget(self) -> None:
        """Forget the requests; sockets may stay open for what comes next."""
        self.requests.clear()
        self.addresses.clear()


@dataclass(slots=True)
class World:
    """The subgraphs, and what they are made of."""

    graph: Graph
    served: Served
    """The graph's port."""
    heard: Heard
    """The graph, as gateways reach it."""
    elsewhere: Sequence[Heard]
    """The other subgraphs."""
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
            variables = {"sources": [source], "first": first, "after": after}
            page = await self.graph.post({"query": query, "variables": variables}, GATEWAY)
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
    log: Path
    """What the gateway printed."""
    own: Mapping[str, Any] = field(default_factory=dict)
    """What else is in the client's requests, beside the query and its variables."""

    async def ask(
        self, query: str, headers: Mapping[str, str] | None = None, /, **variables: Any
    ) -> Answer:
        """Ask the gateway."""
        body = {"query": query, "variables": variables, **self.own}
        response = await self.client.post(self.url, json=body, headers=dict(headers or {}))
        assert SECRET not in f"{response.headers}{response.text}"
        return answered(response)

    async def follow(
        self, query: str, headers: Mapping[str, str] | None = None, /, **variables: Any
    ) -> list[dict[str, Any]]:
        """The answers to a subscription, to its end, as server-sent events.

        https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
        """
        body = {"query": query, "variables": variables, **self.own}
        accepted = {"accept": "text/event-stream", **(headers or {})}
        async with (
            asyncio.timeout(LONGEST),
            self.client.stream("POST", self.url, json=body, headers=accepted) as events,
        ):
            lines = [each async for each in events.aiter_lines()]
        assert SECRET not in f"{events.headers}{lines}"
        data = [each.partition(":")[2].strip() for each in lines if each.startswith("data:")]
        told = [json.loads(each) for each in data if each]
        return [each for each in told if each is not None]


def production() -> Settings:
    """The settings of the recipe for production, over the demo's sources."""
    environment = {"GATEWAY_SECRET": SECRET, "VITALSOURCE_API_KEY": "none"}
    told = make_settings(tomllib.loads(recipe("coursegraph.toml")), environment)
    demo = settings()
    return replace(told, sources=demo.sources, hosts=demo.hosts, poll_interval=0.05)


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    """The subgraphs, until the block ends."""
    academy = Academy(sizes=SIZES)
    sandbox = create_sandbox(academy)
    job = Job(sandbox, (RUNNING, HALF, DONE))
    own = production()
    app = create_app(own, transport=httpx.ASGITransport(job))
    said: list[Said] = []
    employed = [Employee("Ada.Byron@academy.example", "Engines"), Employee("no@x.example", "Arts")]
    async with running(app, sandbox, academy, own) as graph:
        heard, *elsewhere = Heard(app), Heard(Reviews(said)), Heard(People(employed))
        async with (
            on_port(heard) as courses,
            on_port(elsewhere[0], lifespan="off") as reviews,
            on_port(elsewhere[1], lifespan="off") as people,
        ):
            urls = {
                "courses": f"http://127.0.0.1:{courses.port}/graphql",
                "reviews": f"http://127.0.0.1:{reviews.port}/",
                "people": f"http://127.0.0.1:{people.port}/",
            }
            made = World(graph, courses, heard, elsewhere, job, said, urls)
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
        httpx.AsyncClient(timeout=LONGEST) as client,
    ):
        yield Stage(gateway, url, made, client, folder / LOG)
