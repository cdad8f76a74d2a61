"""Plans against graphql-core, in one process, over data that is decoded already.

Only processor time is looked at, and only the ratio means anything: the two take turns, each with
the garbage collected before it. ``python -m bench.engine --hold`` fails where an operation's plan
is not as many times as fast as it has to be.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType

from bench import queries
from bench.queries import Operation
from bench.upstream.data import make_tables
from graph.limits import Limits
from graph.schema import make_schema
from graph.subgraph import Subgraph
from providers.base import Ask, Found, Head, Heads, Listing, Page, Query
from providers.bindbee import reading as tables
from providers.model import (
    Category,
    Completion,
    Course,
    Health,
    HealthStatus,
    Instructor,
    Record,
    Skill,
    User,
)
from providers.reading import Reader, Reading
from resolvers.context import Context

R = TypeVar("R", bound=Record)

SOURCE = "bench"
LARGEST_PAGE = 5_000

ENOUGH = 0.2
"""Seconds of processor that one turn takes at least, since clocks are coarse."""


QUERIES = {OperationType.QUERY}


class Ratio(msgspec.Struct, frozen=True):
    """What one operation costs, in milliseconds of processor, by plan and by graphql-core."""

    plan: float
    core: float

    @property
    def times(self) -> float:
        """How many times as fast the plan is."""
        return self.core / self.plan


class Decoded:
    """A source whose records are there already."""

    source = SOURCE
    provider = "bindbee"
    listings: Mapping[str, Listing] = {"list_courses": Listing(), "list_completions": Listing()}
    http: Any = None

    def __init__(self) -> None:
        self._listed_courses = _records(tables.COURSE, "courses")
        self._listed_completions = _records(tables.COMPLETION, "completions")
        self._courses = _by_key(self._listed_courses)
        self._of_courses: defaultdict[str, list[Completion]] = defaultdict(list)
        for each in self._listed_completions:
            self._of_courses[str(each.course_ref)].append(each)
        self._categories = _by_key(_records(tables.CATEGORY, "categories"))
        self._skills = _by_key(_records(tables.SKILL, "skills"))
        self._users = _by_key(_records(tables.USER, "users"))
        self._instructors = _by_key(_records(tables.INSTRUCTOR, "users"))

    async def health(self, ask: Ask) -> Health:
        """It is there."""
        return Health(status=HealthStatus.UP)

    async def close(self) -> None:
        """Nothing to let go of."""

    async def list_courses(self, ask: Ask, query: Query) -> Page[Course]:
        """The first courses."""
        return Page(self._listed_courses[: query.size])

    async def list_completions(self, ask: Ask, query: Query) -> Page[Completion]:
        """The first completions."""
        return Page(self._listed_completions[: query.size])

    async def courses(self, ask: Ask, keys: Sequence[str]) -> Found[Course]:
        """Courses by key."""
        return _found(self._courses, keys)

    async def categories(self, ask: Ask, keys: Sequence[str]) -> Found[Category]:
        """Categories by key."""
        return _found(self._categories, keys)

    async def skills(self, ask: Ask, keys: Sequence[str]) -> Found[Skill]:
        """Skills by key."""
        return _found(self._skills, keys)

    async def users(self, ask: Ask, keys: Sequence[str]) -> Found[User]:
        """Users by key."""
        return _found(self._users, keys)

    async def instructors(self, ask: Ask, keys: Sequence[str]) -> Found[Instructor]:
        """Instructors by key."""
        return _found(self._instructors, keys)

    async def completions_of_courses(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Completion]:
        """The first completions of each course."""
        return {key: Head(self._of_courses.get(key, [])[:first]) for key in keys}


def _records(reader: Reader[R], model: str) -> Sequence[R]:
    wanted = {reader.record.__name__: frozenset(reader.cells)}
    rows = [record.row for record in make_tables()[model].records]
    return list(reader.read_all(rows, Reading(SOURCE, Ask(wanted=wanted))))


def _by_key(records: Sequence[R]) -> Mapping[str, R]:
    return {record.key: record for record in records}


def _found(records: Mapping[str, R], keys: Sequence[str]) -> Found[R]:
    return {key: records[key] for key in keys if key in records}


OPERATIONS: Mapping[str, Operation] = {
    "nested": queries.NESTED,
    "list of 5,000": queries.listed(5_000),
    "list of 1": queries.listed(1),
    "tiny": queries.TINY,
    "wide": queries.wide(),
    "1,000 entities": queries.entities(),
}


FLOORS: Mapping[str, float] = {
    "nested": 20,
    "list of 5,000": 18,
    "list of 1": 0.9,
    "tiny": 1.1,
    "wide": 14,
    "1,000 entities": 2.5,
}
"""By operation, how many times as fast as graphql-core its plan has to be at least: some way below
what is measured, since other work on the machine weighs on both unevenly."""


def compared(rounds: int, names: Sequence[str] = ()) -> dict[str, Ratio]:
    """What each operation costs, by plan and by graphql-core: the least of so many turns."""
    limits = Limits(aliases=64)
    schemas = make_schema(limits), make_schema(limits, compiled=False)
    source = Decoded()
    return {
        name: asyncio.run(_compared(schemas, source, operation, rounds))
        for name, operation in OPERATIONS.items()
        if not names or name in names
    }


async def _compared(
    schemas: tuple[Subgraph, Subgraph], source: Decoded, operation: Operation, rounds: int
) -> Ratio:
    turns: tuple[list[float], list[float]] = ([], [])
    by_plan, by_core = [await _data(schema, source, operation) for schema in schemas]
    if msgspec.json.encode(by_plan, enc_hook=str) != msgspec.json.encode(by_core, enc_hook=str):
        raise AssertionError(f"{operation.name}: the plan answers differently from graphql-core")
    for _ in range(rounds):
        for schema, own in zip(schemas, turns, strict=True):
            own.append(await _turn(schema, source, operation))
    plan, core = (min(own) for own in turns)  # what else the machine does only adds
    return Ratio(plan, core)


async def _turn(schema: Subgraph, source: Decoded, operation: Operation) -> float:
    """Milliseconds of processor for one execution."""
    await _data(schema, source, operation)
    gc.collect()
    count, began = 0, time.process_time()
    while (used := time.process_time() - began) < ENOUGH:
        await _data(schema, source, operation)
        count += 1
    return used / count * 1000


async def _data(schema: Subgraph, source: Decoded, operation: Operation) -> Any:
    context = Context(sources={SOURCE: source}, largest_page=LARGEST_PAGE)
    result = schema.run(operation.text, operation.variables, operation.name, context, QUERIES)
    if not isinstance(result, ExecutionResult):
        result = await result
    context.cancel()
    if result.errors:
        raise AssertionError(f"{operation.name}: {result.errors[0]}")
    return result.data


def shown(ratios: Mapping[str, Ratio]) -> str:
    """The ratios as a table."""
    return "\n".join(
        f"{name:16}{ratio.plan:10.3f} ms{ratio.core:10.3f} ms{ratio.times:8.1f} times"
        for name, ratio in ratios.items()
    )


def main() -> None:
    """Print the table; fail where a plan is too slow."""
    parser = argparse.ArgumentParser(prog="bench.engine", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", default=[], choices=list(OPERATIONS))
    parser.add_argument("--hold", action="store_true", help="fail where a ratio is below its floor")
    arguments = parser.parse_args()
    found = compared(arguments.rounds, arguments.only)
    print(shown(found))
    if arguments.hold and (slow := [name for name in found if found[name].times < FLOORS[name]]):
        sys.exit(
            "Below what has to hold: " + "; ".join(f"{name}, {FLOORS[name]} times" for name in slow)
        )


if __name__ == "__main__":
    main()
