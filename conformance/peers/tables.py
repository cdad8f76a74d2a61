"""Tables of what was found of the servers, as Markdown: a column for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conformance.peers.servers import SERVERS

Rows = Mapping[tuple[str, ...], Mapping[str, str]]
"""By what stands before them, the cells by server."""


def table(titles: Sequence[str], rows: Rows) -> str:
    """The rows, below the titles of what stands before the cells and the servers' names."""
    lines = [[*titles, *SERVERS], ["---"] * (len(titles) + len(SERVERS))]
    lines += [[*before, *(cells[server] for server in SERVERS)] for before, cells in rows.items()]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
