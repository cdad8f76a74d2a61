"""Tables of what was found of the servers, as Markdown: a column for each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version

from conformance.peers.servers import HERE, SERVERS

OK = "ok"
"""The cell of what went as it should."""

Rows = Mapping[tuple[str, ...], Mapping[str, str]]
"""By what stands before them, the cells by server."""


def versions() -> Mapping[str, str]:
    """The servers' names, those of others with the version that is looked at."""
    packages = json.loads((HERE / "package.json").read_text())["dependencies"]
    others = {
        "Yoga": packages["graphql-yoga"],
        "Apollo Server": packages["@apollo/server"],
        "Strawberry": version("strawberry-graphql"),
    }
    return {name: f"{name} {others.get(name, '')}".strip() for name in SERVERS}


def table(titles: Sequence[str], rows: Rows) -> str:
    """The rows, below the titles of what stands before the cells and the servers' names."""
    lines = [[*titles, *SERVERS], ["---"] * (len(titles) + len(SERVERS))]
    lines += [[*before, *(cells[server] for server in SERVERS)] for before, cells in rows.items()]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def quoted(said: str) -> str:
    """What a server or a client said in place of it: the first sentence."""
    first, *_ = re.split(r"[.:]?\s*\n|\. ", said.strip())
    return f"“{first.rstrip('.')}”".replace("|", "\\|")
