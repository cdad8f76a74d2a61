"""What is measured, in order: each scenario gives medians by contender and by one number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench import queries
from bench.contenders import OURS, with_sources
from bench.measure import Medians, Run
from bench.queries import Operation

GROWING = ("coursegraph", "Mercurius + JIT", "Yoga + JIT", "Strawberry")
"""Whose growth is shown: ours, the best two peers, and the executor that ours replaces."""

LATENCY = 25.0
"""Milliseconds of a call where the upstream is far."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far to go."""

    connections: Sequence[int] = (1, 16, 64)
    far: Sequence[int] = (1, 16, 64)
    """Connections where the upstream is far."""
    longest: int = 5_000
    """Rows of the list."""
    listed: Sequence[int] = (1, 4)
    """Connections that ask for the list."""
    rows: Sequence[int] = (1, 10, 100, 1_000, 5_000)
    steps: Sequence[int] = (0, 1, 2, 3, 4)
    sources: Sequence[int] = (1, 4, 16, 64)
    operations: Sequence[int] = (1, 10, 100)
    crowds: Sequence[int] = (1, 4, 16, 64, 256)


QUICK = Extent(
    connections=(4,),
    far=(1,),
    longest=1_000,
    listed=(1,),
    rows=(1, 1_000),
    steps=(0, 2),
    sources=(1, 4),
    operations=(1, 10),
    crowds=(),
)


def nested(run: Run, extent: Extent) -> Medians:
    """The nested query, upstream near."""
    run.play()
    return run.measure(queries.NESTED, extent.connections)


def nested_far(run: Run, extent: Extent) -> Medians:
    """The nested query, upstream far."""
    run.play(latency=LATENCY)
    return run.measure(queries.NESTED, extent.far)


def long_list(run: Run, extent: Extent) -> Medians:
    """5,000 rows of ten fields, on one page for everybody."""
    run.play(courses=extent.longest, whole=True)
    return run.measure(queries.listed(extent.longest), extent.listed)


def tiny(run: Run, _: Extent) -> Medians:
    """Nothing but GraphQL and HTTP."""
    run.play()
    return run.measure(queries.TINY, (64,))


def wide(run: Run, _: Extent) -> Medians:
    """40 aliases."""
    run.play()
    return run.measure(queries.wide(), (16,))


def entities(run: Run, _: Extent) -> Medians:
    """1,000 representations."""
    run.play()
    return run.measure(queries.entities(), (4,))


def rows(run: Run, extent: Extent) -> Medians:
    """How cost grows with the rows of a list."""
    found: Medians = {}
    for count in extent.rows:
        run.play(courses=count, whole=True)
        _add(found, count, run.measure(queries.listed(count), (1,), GROWING))
    return found


def depth(run: Run, extent: Extent) -> Medians:
    """How cost grows with the steps from record to record."""
    run.play()
    found: Medians = {}
    for count in extent.steps:
        _add(found, count, run.measure(queries.deep(count), (1,), GROWING))
    return found


def crowd(run: Run, extent: Extent) -> Medians:
    """How requests a second, and latency, grow with those under way."""
    run.play()
    return run.measure(queries.NESTED, extent.crowds, GROWING) if extent.crowds else {}


def operations(run: Run, extent: Extent) -> Medians:
    """How cost grows with the number of operations that come again and again: ours only."""
    run.play()
    found: Medians = {}
    for count in extent.operations:
        texts = [
            Operation(
                f"O{number:03}", f"query O{number:03} {{ courses(first: 9) {{ nodes {{ key }} }} }}"
            )
            for number in range(count)
        ]
        # Each is asked first, since an operation that comes once isn't one that comes again.
        *_, answers = (run.compared(text, (OURS.name,)) for text in texts)
        _add(found, count, run.timed(texts, answers, (1,)))
    return found


def sources(run: Run, extent: Extent) -> Medians:
    """How cost grows with the sources: of the nested query, which one source answers, and of a
    query that asks each of them."""
    run.play()
    found: Medians = {}
    for count in extent.sources:
        contender = with_sources(count)
        run.start(contender)
        for name, operation in (("one", queries.NESTED), ("each", queries.by_source())):
            answers = run.compared(operation, (contender.name,))
            medians = run.timed([operation], answers, (1,))
            found.setdefault(f"asking {name}", {})[count] = medians[contender.name][1]
        run.end(contender.name)
    return found


def _add(found: Medians, at: int, medians: Medians) -> None:
    """Put the figures of one connection under another number."""
    for name, own in medians.items():
        (figures,) = own.values()
        found.setdefault(name, {})[at] = figures


Scenario = Callable[[Run, Extent], Medians]

SCENARIOS: Mapping[str, Scenario] = {
    "nested": nested,
    "list": long_list,
    "tiny": tiny,
    "wide": wide,
    "entities": entities,
    "nested_far": nested_far,
    "rows": rows,
    "depth": depth,
    "crowd": crowd,
    "operations": operations,
    "sources": sources,
}
"""By name, in the order in which they run: peaks of memory are read after the first."""


GROWTH = frozenset({"rows", "depth", "crowd", "operations", "sources"})
"""Scenarios that look at how a figure changes: they have many points, and take less for each."""


def chosen(names: Sequence[str]) -> Iterator[tuple[str, Scenario]]:
    """The scenarios of these names, or all."""
    yield from ((name, run) for name, run in SCENARIOS.items() if not names or name in names)
