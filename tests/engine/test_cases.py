"""Small cases of what generated operations found."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, cast

import graphql
import pytest
from graphql import GraphQLSchema, build_schema, parse

from graph.engine import Arriving, Column, Hints, execute
from graph.engine.run import Run
from tests.engine.comparing import outcome, settled

HINTS = Hints(column=lambda field: field.extensions.get("column"))


async def check(schema: GraphQLSchema, text: str, **variables: Any) -> Any:
    """Both executors answer alike; returns the data."""
    options: Any = {"variable_values": variables}
    ours = await settled(execute(schema, parse(text), hints=HINTS, **options))
    theirs = await settled(graphql.execute(schema, parse(text), **options))
    assert outcome(ours) == outcome(theirs)
    return ours.data


def answer(schema: GraphQLSchema, place: str, resolve: Any, load: Any = None) -> None:
    """Give a field its resolver, and how it is answered for a whole level."""
    type, name = place.split(".")
    field = getattr(schema.type_map[type], "fields")[name]  # noqa: B009
    field.resolve = resolve
    if load is not None:
        field.extensions["column"] = Column(load)


async def some(*values: Any) -> Sequence[Any]:
    return values


ANIMALS = """
interface Animal { name: String }
type Dog implements Animal { name: String }
type Query { animal: Animal animals: [Animal] names: [String] }
"""


def animals() -> GraphQLSchema:
    schema = build_schema(ANIMALS)

    async def later(*_: Any) -> str:
        return "Dog"

    animal: Any = schema.type_map["Animal"]
    animal.resolve_type = later
    return schema


@pytest.mark.parametrize(
    "column",
    [
        lambda: [{"name": "Rex"}],
        lambda: Arriving([{"name": "Rex"}], ()),
        lambda: Arriving([None], [((0,), some({"name": "Rex"}))]),
    ],
    ids=["there", "arriving without parts", "arriving"],
)
async def test_a_type_that_is_told_later_is_asked_once_for_each_value(column: Any) -> None:
    schema = animals()
    answer(schema, "Query.animal", lambda *_: {"name": "Rex"}, lambda *_: column())
    found = await check(schema, "{ animal { __typename name } }")
    assert found == {"animal": {"__typename": "Dog", "name": "Rex"}}


async def test_a_column_gets_its_arguments_by_their_names_in_the_schema() -> None:
    schema = build_schema("type Query { add(class: Int = 1, to: Int): Int }")
    field: Any = getattr(schema.type_map["Query"], "fields")["add"]  # noqa: B009
    field.args["class"].out_name = "class_"
    answer(
        schema,
        "Query.add",
        lambda *_, class_, to: class_ + to,
        lambda level, arguments: [arguments["class"] + arguments["to"]],
    )
    assert await check(schema, "{ add(to: 2) }") == {"add": 3}


def names(*_: Any) -> Iterator[Any]:
    yield "Rex"
    yield ["no name"]
    raise ValueError("the list broke off")


async def test_a_list_that_breaks_off_tells_the_errors_before_it_too() -> None:
    schema = animals()
    answer(schema, "Query.names", names)
    assert await check(schema, "{ names }") == {"names": None}


async def test_a_list_that_breaks_off_is_not_asked_for_again_without_need() -> None:
    schema, asked = animals(), []

    def once(*_: Any) -> Iterator[str]:
        asked.append("names")
        yield "Rex"
        raise ValueError("the list broke off")

    answer(schema, "Query.names", once)
    result = await settled(execute(schema, parse("{ names }")))
    assert [error.path for error in result.errors or ()] == [["names"]]
    assert asked == ["names"]


async def test_a_condition_that_is_null_is_an_error_where_it_is_met() -> None:
    schema = animals()
    answer(schema, "Query.animals", lambda *_: [{"name": "Rex"}, None])
    text = """query ($named: Boolean = true) {
      animals { __typename ... on Dog { name @include(if: $named) } }
    }"""
    assert await check(schema, text, named=None) == {"animals": [None, None]}


async def test_a_condition_of_another_operation_is_none_of_this_one() -> None:
    schema = animals()
    answer(schema, "Query.names", lambda *_: ["Rex"])
    text = """query A { names } query B($named: Boolean!) { ...F }
    fragment F on Query { names @include(if: $named) }"""
    reasons: Any = Counter()
    result = await settled(
        execute(schema, parse(text), operation_name="A", reasons=reasons, hints=HINTS)
    )
    assert result.data == {"names": ["Rex"]}
    assert reasons == {"planned": 1}


class Listed(list[int]):
    """A list that looks like something else."""

    parts = (1, 2)
    values = (1, 2)


async def test_what_looks_like_a_column_is_none() -> None:
    schema = build_schema("type Query { numbers: [Int] }")
    answer(schema, "Query.numbers", lambda *_: Listed([1, 2]))

    assert await check(schema, "{ numbers }") == {"numbers": [1, 2]}


@pytest.mark.parametrize("turns", range(4))
async def test_a_cancelled_execution_begins_nothing_more(turns: int) -> None:
    schema = build_schema("type Query { outer: Outer } type Outer { inner: Int }")
    begun = asyncio.Event()
    told: list[str] = []

    async def outer(*_: Any) -> object:
        await begun.wait()
        return {}

    async def inner(*_: Any) -> int:
        told.append("begun")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.append("cancelled")
            raise
        return 1

    answer(schema, "Query.outer", outer)
    answer(schema, "Outer.inner", inner)
    running = asyncio.ensure_future(cast(Any, execute(schema, parse("{ outer { inner } }"))))
    await asyncio.sleep(0)
    begun.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    for _ in range(4):
        await asyncio.sleep(0)

    assert told in ([], ["begun", "cancelled"])


async def test_an_error_keeps_nothing_alive() -> None:
    schema = build_schema("type Query { fails: Int works: [Int] }")

    def fails(*_: Any) -> int:
        raise ValueError("always")

    answer(schema, "Query.fails", fails)
    answer(schema, "Query.works", lambda *_: [1])
    for _ in range(3):
        await check(schema, "{ fails works }")
    gc.collect()

    assert not [each for each in gc.get_objects() if isinstance(each, Run)]
