"""Composes subgraphs to a supergraph by each composer, and finds what a new schema breaks."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from conformance import node

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Subgraph:
    """A subgraph, as composers know it."""

    name: str
    url: str
    sdl: str


Compose = Callable[[Sequence[Subgraph], Path], Awaitable[str]]
"""What makes a supergraph of subgraphs, with a folder for its files; raises ``node.Failed``, with
the composer's words, where they don't compose."""


async def by_apollo(subgraphs: Sequence[Subgraph], folder: Path) -> str:
    """The supergraph's SDL, by @apollo/composition: for Apollo's routers and others."""
    return await _composed("apollo", subgraphs, folder)


async def by_guild(subgraphs: Sequence[Subgraph], folder: Path) -> str:
    """The supergraph's SDL, by @theguild/federation-composition: for Hive's routers."""
    return await _composed("guild", subgraphs, folder)


async def _composed(composer: str, subgraphs: Sequence[Subgraph], folder: Path) -> str:
    given = folder / "subgraphs.json"
    given.write_text(json.dumps([asdict(each) for each in subgraphs]))
    return await node.run("node", "compose.mjs", composer, str(given), folder=FOLDER)


async def by_cosmo(subgraphs: Sequence[Subgraph], folder: Path) -> str:
    """The configuration of a Cosmo router, as JSON, by ``wgc router compose``."""
    listed = [
        {"name": each.name, "routing_url": each.url, "schema": {"file": f"{each.name}.graphql"}}
        for each in subgraphs
    ]
    graph = json.dumps({"version": 1, "subgraphs": listed})  # YAML takes JSON
    return await cosmo_router(graph, subgraphs, folder)


async def cosmo_router(graph: str, subgraphs: Sequence[Subgraph], folder: Path) -> str:
    """What ``wgc router compose`` makes of a ``graph.yaml`` that finds the subgraphs' SDL in files
    of their names.

    https://cosmo-docs.wundergraph.com/cli/router/compose
    """
    for each in subgraphs:
        (folder / f"{each.name}.graphql").write_text(each.sdl)
    given, made = folder / "graph.yaml", folder / "router.json"
    given.write_text(graph)
    command = (str(FOLDER / "node_modules" / ".bin" / "wgc"), "router", "compose")
    await node.run(*command, "-i", str(given), "-o", str(made), folder=FOLDER)
    return made.read_text()


COMPOSERS: Mapping[str, Compose] = {
    "@apollo/composition": by_apollo,
    "@theguild/federation-composition": by_guild,
    "wgc": by_cosmo,
}
"""By the name of their package."""


async def broken(old: str, new: str, folder: Path) -> list[str]:
    """What may break clients of the old schema in the new one, a sentence each.

    https://the-guild.dev/graphql/inspector/docs/essentials/diff
    """
    files = []
    for name, sdl in (("old.graphql", old), ("new.graphql", new)):
        (folder / name).write_text(sdl)
        files.append(str(folder / name))
    return (await node.run("node", "compare.mjs", *files, folder=FOLDER)).splitlines()


def version(folder: Path, package: str) -> str:
    """The version of a package that a folder asks for."""
    asked = json.loads((folder / "package.json").read_text())
    found: str = {**asked["dependencies"], **asked.get("optionalDependencies", {})}[package]
    return found
