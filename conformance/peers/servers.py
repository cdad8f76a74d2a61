"""This server and three others, each over the same schema and data, on a port of its own.

What the others are is theirs: HTTP, carriers, validation, execution, hashes, errors. Their data is
this graph's, which Yoga and Apollo Server ask over HTTP (``peers.mjs``), and Strawberry by the same
resolvers (``plain``).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from conformance import node
from conformance.peers import plain
from graph.app import Application
from resolvers.watching import Pace, Watch
from tests.graph.asking import Graph
from tests.graph.sockets import on_port

HERE = Path(__file__).parent

PATIENCE = 2.0
"""How long every server lets a WebSocket wait before its protocol begins, in seconds."""

Serve = Callable[[Graph], AbstractAsyncContextManager[str]]
"""Serves a graph's schema and data until the block ends, at the URL that it gives."""


@asynccontextmanager
async def own(graph: Graph) -> AsyncIterator[str]:
    """This server."""
    async with _served(graph.app) as url:
        yield url


@asynccontextmanager
async def strawberry(graph: Graph, *, streaming: bool = False) -> AsyncIterator[str]:
    """Plain Strawberry, served as this server is; see ``plain.Application``."""
    assert isinstance(graph.app, Application)
    watch = Watch(graph.app.server.context, Pace(graph.settings.poll_interval))
    async with _served(plain.Application(watch, PATIENCE, streaming=streaming)) as url:
        yield url


@asynccontextmanager
async def peer(
    name: str, graph: Graph, documents: Mapping[str, str] | None = None
) -> AsyncIterator[str]:
    """One of the servers in ``peers.mjs``; Yoga takes trusted documents only, where it is given
    some by their hashes."""
    await node.install(HERE)
    listed: Any = {} if documents is None else {"DOCUMENTS": json.dumps(documents)}
    async with (
        own(graph) as url,
        node.serving(
            "node",
            "peers.mjs",
            folder=HERE,
            says=r"listening at (\S+)",
            PEER=name,
            GRAPH=url,
            PATIENCE=PATIENCE,
            **listed,
        ) as line,
    ):
        yield line[1]


@asynccontextmanager
async def _served(app: ASGIApp) -> AsyncIterator[str]:
    async with on_port(app) as served:
        yield f"http://127.0.0.1:{served.port}/graphql"


SERVERS: Mapping[str, Serve] = {
    "coursegraph": own,
    "Yoga": lambda graph: peer("yoga", graph),
    "Apollo Server": lambda graph: peer("apollo", graph),
    "Strawberry": strawberry,
}
"""By name, in the order of the tables."""

STREAMING: Mapping[str, Serve] = {**SERVERS, "Strawberry": partial(strawberry, streaming=True)}
"""The same, with all the ways to follow a subscription that each has."""

OWN = "coursegraph"
