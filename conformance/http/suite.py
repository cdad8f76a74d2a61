"""GraphQL over HTTP's own audits (npm's graphql-http), for this server and three others.

https://github.com/graphql/graphql-http#audit-implementation
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from conformance import node
from conformance.peers.servers import OWN, SERVERS
from conformance.peers.tables import versions
from tests.graph.asking import opened

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


async def run() -> str:
    """Audit all four; this one has to be ok in everything."""
    found: dict[str, list[Audit]] = {}
    for name, serve in SERVERS.items():
        async with opened() as graph, serve(graph) as url:
            found[name] = await audits(url)
    missed = [each for each in found[OWN] if each.status != "ok"]
    if missed or not found[OWN]:
        said = "\n".join(f"{each.id} {each.name}: {each.reason}" for each in missed)
        raise node.Failed(f"{len(missed)} audits are not ok:\n{said}")
    return _table(found)


def _table(found: dict[str, list[Audit]]) -> str:
    lines = [f"| | {' | '.join(STATUSES)} | of |", "|---|" + "---:|" * (len(STATUSES) + 1)]
    names = versions()
    for server, results in found.items():
        counts = Counter(each.status for each in results)
        cells = " | ".join(str(counts[status]) for status in STATUSES)
        lines.append(f"| {names[server]} | {cells} | {len(results)} |")
    return "\n".join(lines)
