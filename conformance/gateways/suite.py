"""The gateways, run over the graph and two other subgraphs; see ``test_gateways``."""

from __future__ import annotations

from conformance import node, tested
from conformance.composition import composing
from conformance.composition.composing import version
from conformance.gateways.gateways import FOLDER, GATEWAYS


async def run() -> str:
    """Ask the graph through every gateway; the answers have to be the same."""
    await node.install(composing.FOLDER)
    found = await tested.outcomes(FOLDER)
    columns = {name: f"{name} ({version(FOLDER, each.package)})" for name, each in GATEWAYS.items()}
    return tested.table(found, columns)
