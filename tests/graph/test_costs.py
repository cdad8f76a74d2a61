"""What a document costs: by the directives that the schema prints, as Apollo's router counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    parse,
)

from coursegraph import PERSON
from graph import costs, limits
from graph.explorer.tabs import examples
from graph.limits import Limits
from graph.schema import make_schema, sdl
from tests.graph.asking import Graph, opened
from tests.graph.counting import calls, doubled, nested

SCHEMA = make_schema()
TEXT = sdl(SCHEMA)
COMPOSITE = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


def cost(document: str, /, **variables: Any) -> int:
    """The cost of a document."""
    return SCHEMA.costs.of(parse(document), variables)


@pytest.mark.parametrize(
    ("document", "points"),
    [
        ("{ __typename }", 0),
        ("{ __schema { types { name } } }", 0),
        ('{ course(id: "x") { title url } }', 1),
        ('{ course(id: "x") { title tags } }', 1),
        ('{ course(id: "x") { source { name } } }', 2),
        ('{ course(id: "x") { scormCloud { tags } } }', 1 + 1 + 5),
        ('{ course(id: "x") { scormCloud { configuration { id } } } }', 1 + 1 + 10),
        ("{ courses { nodes { title } } }", 1 + 20),
        ("{ courses(first: 5) { nodes { title } } }", 1 + 5),
        ("{ courses(first: 5) { pageInfo { endCursor } } }", 2),
        ("{ courses(first: 5) { edges { cursor node { title } } } }", 1 + 5 * 2),
        ("{ courses(first: 5) { nodes { key } edges { cursor } } }", 1 + 5 + 5),
        ("{ courses(first: 5) { n: nodes { key } } }", 1 + 5),
        ("{ courses(first: 5) { nodes { categories { name } } } }", 1 + 5 * (1 + 10)),
        (
            "{ courses(first: 5) { nodes { completions(first: 3) { nodes { user { name } } } } } }",
            1 + 5 * (1 + 1 + 3 * 2),
        ),
        ("{ courses(first: 5) { ...F } } fragment F on CourseConnection { nodes { key } }", 1 + 5),
        ("{ courses(first: 5) { ... on CourseConnection { nodes { key } } } }", 1 + 5),
        (
            "{ a: courses(first: 5) { ...F } b: courses(first: 7) { ...F } }"
            " fragment F on CourseConnection { nodes { key } }",
            1 + 5 + 1 + 7,
        ),
        ("{ sources { name } }", 10),
        ("{ sources { health { status } } }", 10 * (1 + 5)),
        ('{ nodes(ids: ["a", "b"]) { id } }', 2),
        ("{ courses(first: -5) { nodes { title } } }", 1),
        ('{ learner(email: "a@b.example") { name } }', 10),
        ('mutation { courseDelete(input: { course: "x" }) { deletedId } }', 10 + 10),
        ("subscription { sourceSynced { source { name } } }", 10 + 1),
        ("query A { __typename } query B { courses(first: 5) { nodes { key } } }", 1 + 5),
        ("{ nope { nope } courses(first: 2) { nope { nope } nodes { key } } }", 1 + 2),
    ],
)
def test_a_document_costs_its_objects_as_often_as_lists_have_them(
    document: str, points: int
) -> None:
    assert cost(document) == points


@pytest.mark.parametrize(
    ("variables", "points"),
    [
        ({"n": 3}, 1 + 3),
        ({"n": 3.0}, 1 + 3),
        ({}, 1 + 7),
        ({"n": "3"}, 1 + 20),
        ({"n": 10**30}, limits.CEILING),
    ],
)
def test_sizes_go_by_the_variables_that_are_given(variables: dict[str, Any], points: int) -> None:
    document = "query ($n: Int! = 7) { courses(first: $n) { nodes { key } } }"

    assert cost(document, **variables) == points


def test_as_many_entities_cost_as_are_represented() -> None:
    document = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Course { title } } }"

    assert cost(document, r=[{}] * 1_000) == 1_000


@pytest.mark.parametrize("shape", [doubled, nested])
def test_measuring_takes_as_long_as_the_document_is(shape: Callable[[int], str]) -> None:
    counts = []
    for levels in (10, 20, 30):
        document = parse(shape(levels))
        SCHEMA.costs.of(document)
        counts.append(calls(costs, lambda: SCHEMA.costs.of(document)))  # noqa: B023

    assert counts[2] - counts[1] == counts[1] - counts[0]
    assert counts[2] < 250 * 30


def test_a_long_chain_of_fragments_is_measured() -> None:
    chain = " ".join(
        f"fragment F{at} on Course {{ ...F{at + 1} ...F{at + 1} }}" for at in range(900)
    )
    last = "fragment F900 on Course { contents { key } }"

    assert cost(f"{{ course(id: 1) {{ ...F0 }} }} {chain} {last}") == limits.CEILING


@pytest.mark.parametrize(
    "document",
    [
        "{ course(id: 1) { ...F } } fragment F on Course { title ...F }",
        "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F ...G }",
        "{ ...Missing }",
        "{ ...F } fragment F on Nothing { a }",
        "{ ... on Nothing { a } }",
    ],
)
def test_what_is_wrong_costs_nothing_and_is_left_to_validation(document: str) -> None:
    assert cost(document) <= 1


def test_every_list_of_objects_says_how_long_it_may_be() -> None:
    """What isn't sized above it or by itself would be counted by a guess."""
    sized = {"edges", "nodes"}
    for type in SCHEMA._schema.type_map.values():
        if not isinstance(type, GraphQLObjectType) or type.name.startswith("__"):
            continue
        for name, field in type.fields.items():
            listed = isinstance(get_nullable_type(field.type), GraphQLList)
            if not listed or not isinstance(get_named_type(field.type), COMPOSITE):
                continue
            weighed = SCHEMA.costs.field(type, name)
            assert weighed is not None
            above = type.name.endswith("Connection") and name in sized
            assert weighed.known or above, f"{type.name}.{name}"


def test_the_schema_prints_what_is_counted() -> None:
    assert 'import: ["@cost", "@key", "@listSize", "@shareable"]' in TEXT
    slicing = '@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"], requireOne'
    for line in TEXT.splitlines():
        if line.startswith("  )") and "Connection" in line:
            assert slicing in line
    assert "tags: [String!] @cost(weight: 1) @listSize(assumedSize: 5)" in TEXT
    assert "health: SourceHealth @cost(weight: 5)" in TEXT
    assert "null" not in "".join(line for line in TEXT.splitlines() if "@listSize" in line)


async def test_what_costs_too_much_is_refused_with_the_limit_and_the_value(graph: Graph) -> None:
    many = "contents { courses { key } } " * 4
    answer = await graph.ask(f"{{ courses(first: 100) {{ nodes {{ {many} }} }} }}")

    (error,) = answer.errors
    assert error["extensions"]["code"] == "OPERATION_LIMIT_EXCEEDED"
    assert error["extensions"]["limit"] == "cost"
    assert error["extensions"]["maximum"] == Limits().cost
    assert error["extensions"]["value"] == 1 + 100 * (1 + 4 * 10 * 11)
    assert answer.status == 200 and "data" not in answer.body
    assert await graph.requests() == []


async def test_cost_is_looked_at_for_every_size_that_comes() -> None:
    query = "query ($n: Int!) { courses(first: $n) { nodes { key } } }"
    async with opened(limits=Limits(cost=11)) as graph:
        for _ in range(3):
            assert (await graph.ask(query, n=10)).errors == []
            assert (await graph.ask(query, n=11)).codes == ["OPERATION_LIMIT_EXCEEDED"]


async def test_the_explorers_own_queries_are_far_from_the_limit(graph: Graph) -> None:
    for tab in examples(graph.settings, PERSON):
        assert cost(tab.query, **dict(tab.variables)) < Limits().cost / 5
