"""The graph and the subgraphs beside it, as composers know them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from strawberry.printer import print_schema

from conformance.composition.composing import Subgraph
from conformance.subgraphs import people, reviews

SCHEMA = Path(__file__).parents[2] / "schema.graphql"

SDL: Mapping[str, str] = {
    "courses": SCHEMA.read_text(encoding="utf-8"),
    "reviews": print_schema(reviews.SCHEMA),
    "people": print_schema(people.SCHEMA),
}
"""By name of the subgraph; this graph's is ``courses``."""


def subgraphs(urls: Mapping[str, str]) -> list[Subgraph]:
    """The subgraphs, each at its URL, by their names."""
    return [Subgraph(name, urls[name], sdl) for name, sdl in SDL.items()]
