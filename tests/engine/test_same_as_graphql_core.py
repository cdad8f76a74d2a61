"""The engine answers as graphql-core does: generated operations over schemas made to be nasty."""

from __future__ import annotations

import asyncio
import inspect
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from random import Random
from typing import Any

import graphql
import pytest
from graphql import DocumentNode, GraphQLSchema, parse, print_ast, validate
from graphql.execution import Executor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.engine import PLANNED, Plan, Reasons, Request, execute, planned
from graph.engine.execution import with_plain
from tests.engine import rewriting
from tests.engine.comparing import Outcome, outcome, reduced, same, settled
from tests.engine.operations import Operation, documents, operations
from tests.engine.schemas import HINTS, SOURCES, nasty
from tests.engine.worlds import World

VARIANTS = 4
OPERATIONS = 1000
"""Operations for each variant of each schema."""
FEWER = 150
"""The same, where each costs more or tells less."""
FAULTS = (15, 60)
"""How many of 1,000 values are wrong, in the worlds that each operation is executed in beside one
without faults."""

# A cancelled sibling of a failed field may never have been begun, at graphql-core too.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    # Where the collector finds one while a named tuple is made, the warning itself fails.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

EVERY = pytest.mark.parametrize(
    ("source", "variant"), [(source, each) for source in SOURCES for each in range(VARIANTS)]
)


parsed = lru_cache(maxsize=8)(parse)


@dataclass(slots=True)
class Arena:
    """A schema, and how often what was executed on it."""

    schema: GraphQLSchema
    reasons: Reasons = field(default_factory=Counter)

    def begin(self, operation: Operation, world: World, *, planned: bool) -> Any:
        """Execute by plan or by graphql-core: a result, or what to await for it."""
        own: Mapping[str, Any] = {}
        run: Callable[..., Any] = graphql.execute
        if planned:
            run, own = execute, {"hints": HINTS, "reasons": self.reasons}
        return run(
            self.schema,
            parsed(operation.text),
            context_value=world,
            variable_values=dict(operation.variables),
            operation_name=operation.name,
            **own,
        )

    def request(self, operation: Operation, world: World) -> Request:
        """What a plan is asked."""
        built: Any = Executor.build(
            self.schema,
            parsed(operation.text),
            context_value=world,
            raw_variable_values=dict(operation.variables),
            operation_name=operation.name,
        )
        return Request(
            self.schema, built.operation, built.fragments, built.variable_values, context=world
        )

    async def answer(self, operation: Operation, world: World, *, planned: bool) -> Outcome:
        """What the operation answers, and what it did."""
        result = await settled(self.begin(operation, world, planned=planned))
        return outcome(result, world.written)

    def world(self, seed: int, faults: int, *, waits: bool = True) -> World:
        return World(self.schema, seed, faults, waits)

    async def compare(self, operation: Operation, seed: int, faults: int) -> None:
        """Execute on both, and show the smallest operation that differs if this one does."""

        async def both(each: Operation) -> tuple[Outcome, Outcome]:
            plan = await self.answer(each, self.world(seed, faults), planned=True)
            return plan, await self.answer(each, self.world(seed, faults), planned=False)

        async def differs(each: Operation) -> bool:
            ours, theirs = await both(each)
            return not same(ours, theirs)

        if not await differs(operation):
            return
        least = await reduced(operation, differs)
        ours, theirs = await both(least)
        assert same(ours, theirs), f"in world {seed} with {faults} faults:\n{least}"


@EVERY
async def test_answers_are_the_same_and_the_plan_gives_them(source: str, variant: int) -> None:
    schema = nasty(source, variant)
    calm, rough = Arena(schema), Arena(schema)
    for seed, operation in enumerate(islice(operations(schema, variant), OPERATIONS)):
        await calm.compare(operation, seed, faults=0)
        for faults in FAULTS:
            await rough.compare(operation, seed, faults)

    print("without faults", dict(calm.reasons), "with faults", dict(rough.reasons))
    assert calm.reasons[PLANNED] >= 0.95 * calm.reasons.total()
    assert rough.reasons[PLANNED] >= 0.8 * rough.reasons.total()


@EVERY
async def test_one_plan_serves_many_requests(source: str, variant: int) -> None:
    arena = Arena(nasty(source, variant))
    for seed, operation in enumerate(islice(operations(arena.schema, variant + 100), FEWER)):
        plan = planned(arena.request(operation, arena.world(seed, 0)), HINTS)
        assert isinstance(plan, Plan)
        again = replace(operation, variables=operation.others)
        for at, each in enumerate((operation, again, operation)):
            world = arena.world(seed + at, FAULTS[0])
            result = await settled(plan.execute(arena.request(each, world)))
            ours = outcome(with_plain(result), world.written)
            theirs = await arena.answer(each, arena.world(seed + at, FAULTS[0]), planned=False)
            assert same(ours, theirs), f"{each} in world {seed + at}"


@EVERY
def test_nothing_is_awaited_where_nothing_is_awaitable(source: str, variant: int) -> None:
    arena = Arena(nasty(source, variant, waits=False))
    for seed, operation in enumerate(islice(operations(arena.schema, variant), FEWER)):
        for faults in (0, *FAULTS):
            worlds = [arena.world(seed, faults, waits=False) for _ in range(2)]
            ours = arena.begin(operation, worlds[0], planned=True)
            theirs = arena.begin(operation, worlds[1], planned=False)
            assert not inspect.isawaitable(ours) and not inspect.isawaitable(theirs)
            assert same(outcome(ours, worlds[0].written), outcome(theirs, worlds[1].written)), (
                f"in world {seed} with {faults} faults:\n{operation}"
            )


@EVERY
async def test_wrong_variables_are_refused_alike(source: str, variant: int) -> None:
    arena, random = Arena(nasty(source, variant)), Random(variant)
    for seed, operation in enumerate(islice(operations(arena.schema, -variant), FEWER)):
        wrong = dict(operation.variables)
        for name in wrong:
            if random.random() < 0.5:
                wrong[name] = random.choice((None, "?", 1, 2.5, True, [], [None], {}, {"a": 1}))
        missing = dict(islice(operation.variables.items(), len(wrong) // 2))
        for variables in (wrong, missing):
            await arena.compare(replace(operation, variables=variables), seed, faults=0)


@EVERY
def test_generated_operations_are_valid(source: str, variant: int) -> None:
    schema = nasty(source, variant)
    for operation in islice(operations(schema, variant), FEWER):
        assert not validate(schema, parse(operation.text)), operation.text


INTROSPECTION = (
    "{ __schema { queryType { name } } text: __typename }",
    '{ __type(name: "Kind") { enumValues { name } } ... { person: __typename } }',
)


@pytest.mark.parametrize("text", INTROSPECTION)
async def test_introspection_is_handed_over_and_counted(text: str) -> None:
    arena = Arena(nasty("shaped", 0))
    await arena.compare(Operation(text), 0, faults=0)
    assert arena.reasons == {"introspection": 1}


@pytest.mark.parametrize("source", SOURCES)
@given(random=st.randoms(use_true_random=False), seed=st.integers(0, 100))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_hypothesis_finds_no_difference(source: str, random: Random, seed: int) -> None:
    arena = Arena(nasty(source, seed % VARIANTS))

    async def compare() -> None:
        for operation in documents(arena.schema, random):
            await arena.compare(operation, seed, faults=30)

    asyncio.run(compare())


# What must not change an answer.

Rewrite = Callable[[GraphQLSchema, DocumentNode, Random], DocumentNode]

REWRITES: Mapping[str, Rewrite] = {
    "aliasing every field": lambda _, document, __: rewriting.aliased(document),
    "splitting into fragments": rewriting.split,
    "permuting fields": lambda _, document, random: rewriting.permuted(document, random),
    "putting fragments inline": lambda _, document, __: rewriting.inlined(document),
}


def plainly(result: Any, *, ordered: bool) -> Any:
    """An answer without aliases and places in the document; its order only where it matters."""
    errors = Counter(
        (str(rewriting.unaliased(list(each.path or ()))), each.message)
        for each in result.errors or ()
    )
    data = rewriting.unaliased(result.data)
    return graphql.pyutils.inspect(data) if ordered else data, errors


@pytest.mark.parametrize("name", REWRITES)
@EVERY
async def test_rewriting_an_operation_changes_nothing_else(
    source: str, variant: int, name: str
) -> None:
    arena, random = Arena(nasty(source, variant)), Random(variant)
    ordered = name != "permuting fields"
    for seed, operation in enumerate(islice(operations(arena.schema, variant), FEWER)):
        if " path" in operation.text:
            continue  # a field of that name tells its key, and how many nodes it has
        document = REWRITES[name](arena.schema, parse(operation.text), random)
        other = replace(operation, text=print_ast(document))
        for faults in (0, FAULTS[0]) if ordered else (0,):
            results = [
                await settled(arena.begin(each, arena.world(seed, faults), planned=True))
                for each in (operation, other)
            ]
            before, after = (plainly(each, ordered=ordered) for each in results)
            assert before == after, f"{name}:\n{operation}\n{other.text}"
