"""Clients that follow subscriptions and incremental answers, against this server and three others.

npm's graphql-sse, graphql-ws, Apollo Client 4 (its multipart protocol, and both of its formats of
incremental delivery), and urql (events for subscriptions and incremental answers alike); then the
rules of graphql-transport-ws.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import msgspec

from conformance import node
from conformance.peers.servers import OWN, PATIENCE, STREAMING
from conformance.peers.tables import OK, Rows, table
from conformance.subscriptions import talks
from conformance.subscriptions.cases import CASES, ENDLESS, Outcome, jobs
from conformance.subscriptions.jobs import id_of, importing
from tests.graph.importing import FOLLOW

HERE = Path(__file__).parent

WHOLE = "{ sources { name } }"
STREAMED = "{ sources @stream(initialCount: 1) { name } }"
DEFERRED = """
{
  courses(first: 2) {
    nodes { id title ... @defer(label: "later") { completions(first: 1) { nodes { id score } } } }
  }
}
"""
DOCUMENTS = {"follow": FOLLOW, "whole": WHOLE, "deferred": DEFERRED, "streamed": STREAMED}

PACKAGES = {
    "graphql-sse": "graphql-sse",
    "graphql-ws": "graphql-ws",
    "Apollo Client": "@apollo/client",
    "urql": "@urql/core",
}
"""By client, its package."""

TALK = "a bare socket"
"""The import that a bare socket follows."""

Judged = Mapping[str, str]
"""By what a client does, how that went."""


async def run() -> str:
    """Ask all servers by all clients; this one has to do everything."""
    clients: dict[str, Judged] = {}
    rules: dict[str, Judged] = {}
    for name in STREAMING:
        clients[name], rules[name] = await found(name)
    faults = [
        f"{act}: {said}"
        for each in (clients, rules)
        for act, said in each[OWN].items()
        if said != OK
    ]
    if faults:
        raise node.Failed("\n".join(faults))
    return f"{_clients(clients)}\n\n{table(('a socket of graphql-transport-ws',), _rows(rules))}"


async def found(name: str) -> tuple[Judged, Judged]:
    """What the clients do with a server, and how it keeps the protocol's rules."""
    endless = [*ENDLESS, TALK]
    async with (
        importing(endless, socket_patience=PATIENCE) as (graph, watch),
        STREAMING[name](graph) as url,
    ):
        output = await node.run(
            "node",
            "clients.mjs",
            folder=HERE,
            URL=url,
            JOBS=watch,
            DOCUMENTS=json.dumps(DOCUMENTS),
            IDS=json.dumps({name: [*map(id_of, jobs(name))] for name in CASES}),
        )
        outcomes = msgspec.json.decode(output, type=dict[str, Outcome])
        follow = {"query": FOLLOW, "variables": {"id": id_of(TALK)}}
        rules = await talks.found(url, follow)
    return {case: each.judge(outcomes[case]) for case, each in CASES.items()}, rules


def _clients(found: Mapping[str, Judged]) -> str:
    versions = json.loads((HERE / "package.json").read_text())["dependencies"]
    rows: Rows = {
        (f"{each.client} {versions[PACKAGES[each.client]]}", each.act): {
            server: judged[case] for server, judged in found.items()
        }
        for case, each in CASES.items()
    }
    return table(("client", ""), rows)


def _rows(found: Mapping[str, Judged]) -> Rows:
    return {(act,): {server: judged[act] for server, judged in found.items()} for act in found[OWN]}
