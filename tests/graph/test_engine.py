"""Plans answer as graphql-core does, over our own schema, and ask the sources the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

import httpx
import pytest

from graph.engine import PLANNED
from graph.explorer.tabs import examples
from tests.engine.comparing import reduced
from tests.engine.inputs import Pool
from tests.engine.operations import Operation, Terms, operations
from tests.graph.asking import SOURCES, demo, settings
from tests.graph.twins import Remembered, Twins, pool, schema, twins
from tests.test_readme import QUERIES

SEEDS = range(12)
OPERATIONS = 120
"""Operations for each seed."""
FEWER = 40
"""Operations under each fault."""
TERMS = Terms(
    mutations=0,  # which would change what both executions ask
    fields=20,
    depth=8,  # enough for a course's completions' users' completions
    unsuited=frozenset({"SourceHealth.rateLimit"}),  # as the call says that happens to be the last
)

_pools: list[Pool] = []


@pytest.fixture
async def samples() -> Pool:
    """Ids and cursors of the sandbox's data."""
    if not _pools:
        async with twins(Remembered()) as graph:
            _pools.append(await pool(graph))
    return _pools[0]


async def compare(graph: Twins, seed: int, known: Pool, count: int) -> None:
    """Ask both of them, and show the smallest operation that differs if one does."""
    for operation in islice(operations(schema(True)._schema, seed, known, TERMS), count):
        if await graph.differ(operation):
            least = await reduced(operation, graph.differ)
            ours = await graph.ask(least, by_plan=True)
            assert ours == await graph.ask(least, by_plan=False), least


@pytest.mark.parametrize("seed", SEEDS)
async def test_plans_answer_and_ask_as_graphql_core_does(samples: Pool, seed: int) -> None:
    async with twins(Remembered()) as graph:
        await compare(graph, seed, samples, OPERATIONS)

    print(dict(graph.reasons))
    assert graph.reasons[PLANNED] >= 0.95 * graph.reasons.total()


FAULTS: Mapping[str, Mapping[str, Any]] = {
    "500": {"kind": "status", "status": 500},
    "401": {"kind": "status", "status": 401},
    "wrong types": {"kind": "wrong_types"},
    "broken JSON": {"kind": "broken_json"},
}


@pytest.mark.parametrize("provider", SOURCES.values())
@pytest.mark.parametrize("name", [*FAULTS, "dead"])
async def test_they_do_so_while_a_source_fails(samples: Pool, name: str, provider: str) -> None:
    transport = Remembered(dead=provider if name == "dead" else "")
    if name != "dead":
        await transport.fault(provider, **FAULTS[name])
    async with twins(transport) as graph:
        await compare(graph, sum(map(ord, name + provider)), samples, FEWER)


SHOWN = {
    **{f"README {at}": Operation(text) for at, text in enumerate(QUERIES)},
    **{
        f"tab {at}": Operation(tab.query, variables=json.loads(json.dumps(tab.variables or {})))
        for at, tab in enumerate(examples(settings()))
        if "\nquery" in tab.query
    },
}


@pytest.mark.parametrize("name", SHOWN)
async def test_what_we_show_runs_on_the_plan_with_the_same_calls(name: str) -> None:
    async with twins(httpx.ASGITransport(demo()[1])) as graph:
        ours = await graph.ask(SHOWN[name], by_plan=True)
        theirs = await graph.ask(SHOWN[name], by_plan=False)

    assert ours == theirs
    assert ours.calls and not ours.errors
    assert graph.reasons == {PLANNED: 1}
