"""The composers, held against the schema and two others; see ``test_composition``."""

from __future__ import annotations

from pathlib import Path

from conformance import tested
from conformance.composition.composing import COMPOSERS, version

HERE = Path(__file__).parent


async def run() -> str:
    """Compose by every composer; all of them have to."""
    found = await tested.outcomes(HERE)
    columns = {each: f"{each} {version(HERE, each)}" for each in COMPOSERS}
    compared = f"Changes, by @graphql-inspector/core {version(HERE, '@graphql-inspector/core')}:"
    return "\n\n".join((tested.table(found, columns), compared, tested.listed(found)))
