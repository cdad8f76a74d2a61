"""GraphQL over HTTP's own audits (npm's graphql-http), for this server and three others.

https://github.com/graphql/graphql-http#audit-implementation
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import strawberry
from strawberry.asgi import GraphQL

from conformance import node
from tests.graph.asking import opened
from tests.graph.sockets import on_port

HERE = Path(__file__).parent

STATUSES = ("ok", "notice", "warn", "error")


class Audit(msgspec.Struct):
    """How one audit ended."""

    id: str
    name: str
    status: str
    reason: str


async def audits(url: str) -> list[Audit]:
    """How the server at this URL does."""
    output = await node.run("node", "audit.mjs", folder=HERE, URL=url)
    return msgspec.json.decode(output, type=list[Audit])


@strawberry.type
class Query:
    """The least that can be audited."""

    hello: str = "world"


@asynccontextmanager
async def plain_strawberry() -> AsyncIterator[str]:
    """Strawberry as it comes, served as this server is."""
    logging.getLogger("strawberry.execution").setLevel(logging.CRITICAL)  # it tells every refusal
    async with on_port(GraphQL(strawberry.Schema(Query))) as served:
        yield f"http://127.0.0.1:{served.port}/graphql"


@asynccontextmanager
async def peer(name: str) -> AsyncIterator[str]:
    """Another server as it comes, by its name in ``peers.mjs``."""
    command = ("node", "peers.mjs")
    async with node.serving(*command, folder=HERE, says=r"listening at (\S+)", PEER=name) as line:
        yield line[1]


@asynccontextmanager
async def own() -> AsyncIterator[str]:
    """This server, over the sandbox."""
    async with opened() as graph, on_port(graph.app) as served:
        yield f"http://127.0.0.1:{served.port}/graphql"


SERVERS = {
    "coursegraph": own,
    "Yoga": lambda: peer("yoga"),
    "Apollo Server": lambda: peer("apollo"),
    "Strawberry": plain_strawberry,
}


async def run() -> str:
    """Audit all four; this one has to be ok in everything."""
    found: dict[str, list[Audit]] = {}
    for name, serve in SERVERS.items():
        async with serve() as url:
            found[name] = await audits(url)
    missed = [each for each in found["coursegraph"] if each.status != "ok"]
    if missed or not found["coursegraph"]:
        said = "\n".join(f"{each.id} {each.name}: {each.reason}" for each in missed)
        raise node.Failed(f"{len(missed)} audits are not ok:\n{said}")
    return _table(found)


def _table(found: dict[str, list[Audit]]) -> str:
    lines = [f"| | {' | '.join(STATUSES)} | of |", "|---|" + "---:|" * (len(STATUSES) + 1)]
    for name, results in found.items():
        counts = Counter(each.status for each in results)
        cells = " | ".join(str(counts[status]) for status in STATUSES)
        lines.append(f"| {name} | {cells} | {len(results)} |")
    return "\n".join(lines)
