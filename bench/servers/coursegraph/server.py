"""This project as ``coursegraph serve`` runs it, over one source or several at the fake Bindbee.

Everything that each request passes is on. Raised, and checked all the same, are the numbers that
the benchmark's own queries exceed: ``largest_page`` for the list of 5,000, aliases for the wide
query, the calls that a source may have under way, to as many connections as the peers' pools have,
and the time, since with 256 requests under way slow rounds queue for longer.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial

import coursegraph
from graph.limits import Limits
from providers.sources import make_settings

LIMITS = Limits(aliases=64)
LARGEST_PAGE = 5_000


def settings(upstream: str, sources: int) -> dict[str, object]:
    """What a settings file would say."""
    return {
        "request_timeout": 60.0,
        "concurrency": 128,
        "single_flight": False,
        "sources": [
            {
                "name": f"bench-{number}" if number else "bench",
                "provider": "bindbee",
                "api_key": "bench-key",
                "connector_token": f"bench-connector-{number}",
                "base_url": upstream,
            }
            for number in range(sources)
        ],
    }


if __name__ == "__main__":
    port, upstream, *options = sys.argv[1:]
    sources = int(options[0]) if options else 1
    made = replace(make_settings(settings(upstream, sources), {}), largest_page=LARGEST_PAGE)
    with coursegraph._listen(int(port), "PORT") as listener:
        coursegraph._run(partial(coursegraph.graph, made, limits=LIMITS), listener)
