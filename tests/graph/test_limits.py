"""Limits of a document: each is kept, named, and measured in time linear in the document."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from graphql import (
    FragmentDefinitionNode,
    Lexer,
    Source,
    Token,
    TokenKind,
    get_introspection_query,
    parse,
)
from hypothesis import given
from hypothesis import strategies as st

from coursegraph import PERSON
from graph import lexical, limits
from graph.explorer.tabs import examples
from graph.limits import Limits
from tests.graph.asking import Graph, opened
from tests.graph.counting import calls, doubled, nested

ROOMY = Limits(
    tokens=100_000,
    depth=1_000,
    fields=100_000,
    aliases=100_000,
    root_fields=100_000,
    directives=100_000,
    duplicates=100_000,
    fragments=100_000,
    rows=100_000,
)
"""Limits that nothing here reaches."""


def check(document: str, bounds: Limits) -> dict[str, Any] | None:
    """What is said of a document: the extensions of its error."""
    error = limits.check(parse(document), bounds)
    return dict(error.extensions or {}) if error else None


def measured(document: str, name: str) -> int:
    """How large a document is, in one limit's terms: the smallest limit that lets it pass."""
    low, high = 0, 100_000
    while low < high:
        middle = (low + high) // 2
        if check(document, replace(ROOMY, **{name: middle})):
            low = middle + 1
        else:
            high = middle
    return low


def inside_each_other(levels: int) -> str:
    """Fragments, each two fields further inside the one before."""
    fragments = (f"fragment F{at} on T {{ a {{ b {{ ...F{at + 1} }} }} }}" for at in range(levels))
    return "\n".join(["{ ...F0 }", *fragments, f"fragment F{levels} on T {{ a }}"])


# What counts.


@pytest.mark.parametrize(
    ("document", "size"),
    [
        ("{ a }", 1),
        ("{ a { b { c } d } }", 3),
        ("{ ... { a { ... { b } } } }", 2),
        ("{ a { ...F } } fragment F on T { b { c } }", 3),
        ("{ a } query Q { a { b } }", 2),
        ("{ __typename }", 0),
        ("{ __schema { types { fields { type { ofType { name } } } } } }", 0),
        ("{ a { __typename } }", 1),
    ],
)
def test_depth_is_fields_inside_each_other(document: str, size: int) -> None:
    assert measured(document, "depth") == size


@pytest.mark.parametrize(
    ("document", "size"),
    [
        ("{ a b { c } }", 3),
        ("{ a b { c } } query Q { d }", 4),
        ("{ ...F x { ...F } } fragment F on T { a b }", 5),
        ("{ ... @include(if: true) { a } }", 1),
        ("{ a } fragment F on T { a b c }", 1),
    ],
)
def test_fields_are_counted_at_each_spread(document: str, size: int) -> None:
    assert measured(document, "fields") == size


@pytest.mark.parametrize(
    ("document", "size"),
    [
        ("{ a }", 0),
        ("{ x: a y: b { z: c } }", 3),
        ("{ ...F q { ...F } } fragment F on T { x: a }", 2),
    ],
)
def test_aliases_are_counted_at_each_spread(document: str, size: int) -> None:
    assert measured(document, "aliases") == size


@pytest.mark.parametrize(
    ("document", "size"),
    [
        ("{ a }", 0),
        ("{ x: a yy: b { zzz: c } }", 3),
        ("{ a ...F } fragment F on T { long: a }", 4),
        ("{ a } fragment F on T { longer: a }", 0),
    ],
)
def test_the_longest_alias_counts(document: str, size: int) -> None:
    assert measured(document, "alias_length") == size


@pytest.mark.parametrize(
    ("document", "size"),
    [
        ("{ ... @defer { a } }", 5),
        ("{ a @stream { b } ...F @defer } fragment F on T { a }", 10),
        ("{ a(first: 10) { nodes { ... @defer { b } ... @defer(if: false) { c } } } }", 110),
    ],
)
def test_what_comes_later_counts_as_rows(document: str, size: int) -> None:
    assert measured(document, "rows") == size


@pytest.mark.parametrize(
    ("document", "size"),
    [
        ("{ a b { c d e } }", 2),
        ("{ ... { a ... { b } } c }", 3),
        ("{ a ...F ...F } fragment F on Query { b c }", 5),
        ("query A { a } query B { a b c }", 3),
    ],
)
def test_root_fields_are_those_of_the_largest_operation(document: str, size: int) -> None:
    assert measured(document, "root_fields") == size


@pytest.mark.parametrize(
    ("document", "size"),
    [
        ("{ a }", 0),
        ("query @x { a @y @z ... @w { b } ...F @v } fragment F on T { c @u }", 6),
        ("{ q { ...F } ...F } fragment F on T { c @u }", 2),
        ("query ($a: Int @x @y, $b: Int @z) { a }", 3),
        ("{ ...F ...F } fragment F on T @x @y { a } fragment G on T @z { a }", 3),
    ],
)
def test_directives_are_counted_at_each_spread(document: str, size: int) -> None:
    assert measured(document, "directives") == size


@pytest.mark.parametrize(
    ("document", "size"),
    [
        ("{ a b c }", 0),
        ("{ a a a }", 2),
        ("{ a x: a b }", 0),
        ("{ x: a x: b }", 1),
        ("{ a { b } a { b } }", 1),
        ("{ a { b b } c { b b b } }", 3),
        ("{ ... { a } ... { a } a }", 2),
        ("{ ... { ... { a } } ... { b ... { a } } }", 1),
        ("{ ...F ...G a } fragment F on Query { a b } fragment G on Query { b }", 2),
        ("{ ...F ...F } fragment F on Query { a b }", 2),
        ("{ x } fragment F on Query { a a { b b } }", 2),
    ],
)
def test_duplicates_are_what_a_selection_holds_again_by_whatever_way(
    document: str, size: int
) -> None:
    assert measured(document, "duplicates") == size


@pytest.mark.parametrize(
    ("document", "size"),
    [
        ("{ a ... { b } }", 0),
        ("{ ...F ...F } fragment F on T { a } fragment G on T { a }", 2),
    ],
)
def test_fragments_are_those_that_are_defined(document: str, size: int) -> None:
    assert measured(document, "fragments") == size


@pytest.mark.parametrize(
    ("document", "size"),
    [
        ("{ a { b } }", 0),
        ("{ a(first: 5) { nodes { b } } }", 5),
        ("{ a { nodes { b } } }", limits.DEFAULT_FIRST),
        ("{ a { edges { node { b } } } }", limits.DEFAULT_FIRST),
        ("{ a(first: 5) { nodes { b(first: 3) { nodes { c } } } } }", 5 * (1 + 3)),
        ("{ a(first: 5) { nodes { ...F } } } fragment F on T { b(first: 2) { nodes { c } } }", 15),
        ("{ a(first: 5) { nodes { b } } c(first: 7) { nodes { b } } }", 12),
        ('{ nodes(ids: ["1", "2"]) { a(first: 5) { nodes { b } } } }', 12),
        ("query ($n: Int = 7) { a(first: $n) { nodes { b } } }", 7),
        ("{ a(first: -5) { nodes { b } } }", 0),
    ],
)
def test_rows_are_those_of_nested_lists_multiplied(document: str, size: int) -> None:
    assert measured(document, "rows") == size


@pytest.mark.parametrize(
    ("variables", "size"),
    [
        ({"n": 3}, 3),
        ({"n": 10**30}, limits.CEILING),  # as it is no Int, it is refused later
        ({"r": [{}] * 9}, 9 + limits.DEFAULT_FIRST),
        ({}, limits.DEFAULT_FIRST),
    ],
)
def test_rows_go_by_the_variables_that_are_given(variables: dict[str, Any], size: int) -> None:
    document = parse(
        "query ($n: Int, $r: [R!]!) { a(first: $n) { nodes { b } } e(representations: $r) { x } }"
    )

    assert limits.measure(document, variables).rows == size


# What it costs to measure.


@pytest.mark.parametrize("shape", [doubled, nested])
def test_measuring_takes_as_long_as_the_document_is(shape: Callable[[int], str]) -> None:
    counts = []
    for levels in (10, 20, 30):
        document = parse(shape(levels))
        counts.append(calls(limits, lambda: limits.check(document, Limits())))  # noqa: B023

    assert counts[2] - counts[1] == counts[1] - counts[0]
    assert counts[2] < 100 * 30


@pytest.mark.parametrize("shape", [doubled, nested])
def test_what_is_beyond_all_bounds_is_counted_no_further(shape: Callable[[int], str]) -> None:
    """A number that is too large for JSON's readers is no value, and is said to be more."""
    error = limits.check(parse(shape(60)), ROOMY)

    assert error is not None and error.extensions is not None
    assert "value" not in error.extensions
    assert f"more than {limits.CEILING} " in error.message


@pytest.mark.parametrize(
    ("document", "limit", "value"),
    [
        (doubled(40), "fields", 2 + 2**40),
        ("{ a(first: 1000000) { nodes { b(first: 2000000) { nodes { c } } } } }", "rows",
         10**6 * (1 + 2 * 10**6)),
        ("{ a(first: 2147483647) { nodes { b } } }", "rows", 2**31 - 1),
        (inside_each_other(1_000), "depth", 2_001),
    ],
)  # fmt: skip
def test_what_can_be_counted_is_told_exactly(document: str, limit: str, value: int) -> None:
    found = check(document, replace(ROOMY, depth=limits.CEILING if limit != "depth" else 1_000))

    assert found is not None
    assert (found["limit"], found["value"]) == (limit, value)


def test_a_circle_of_many_fragments_ends() -> None:
    circle = "".join(f"fragment F{at} on T {{ a {{ ...F{(at + 1) % 900} }} }}" for at in range(900))
    error = limits.check(parse("{ ...F0 } " + circle), ROOMY)

    assert error is None or "nested too deeply" in error.message


names = st.sampled_from("abcd")


@given(st.dictionaries(names, st.lists(names | st.just("missing"), max_size=4)))
def test_fragments_are_measured_from_the_inside_out(spread: dict[str, list[str]]) -> None:
    """Each is there once; and after all that it spreads, where there is no circle."""
    texts = [
        f"fragment {name} on T {{ x {{ ...{' ...'.join([*inner, 'missing'])} }} }}"
        for name, inner in spread.items()
    ]
    document = parse("{ x } " + " ".join(texts))
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }

    order = limits.inside_out(fragments)

    assert sorted(order) == sorted(spread)

    def reached(name: str, seen: frozenset[str] = frozenset()) -> set[str]:
        found: set[str] = set()
        for inner in set(spread.get(name, ())) - seen:
            found |= {inner} | reached(inner, seen | {inner})
        return found

    for name, inner in spread.items():
        for other in set(inner) & set(spread):
            if name not in reached(other):
                assert order.index(other) < order.index(name)


# How many tokens there are.

pieces = st.sampled_from(
    ["{", "}", "a", "_b1", "query", "(", ")", "$", ":", "!", "=", "@", "[", "]", "|", "&", "...",
     "1", "-2.5e+3", '""', '"x y # \\" \\u00e4"', '"""block\n"quoted" \\""" , { # """',
     "# comment\n", ",", " ", "\t", "\n", "\ufeff"]
)  # fmt: skip


@given(st.lists(pieces, max_size=40).map(" ".join))
def test_tokens_are_counted_as_the_parser_counts_them(text: str) -> None:
    lexer, lexed = Lexer(Source(text)), 0
    while lexer.advance().kind is not TokenKind.EOF:
        lexed += 1
    comments = sum(each.kind is TokenKind.COMMENT for each in all_tokens(lexer))

    assert lexical.count(text) == lexed + comments


def all_tokens(lexer: Lexer) -> Iterator[Token]:
    each: Token | None = lexer.token
    while each is not None:
        yield each
        each = each.prev


@pytest.mark.parametrize("text", ["{ a ? }", '{ a(b: "', '"""a', '"a\nb"', "{ .. }", "-", "é"])
def test_what_is_no_token_is_not_counted(text: str) -> None:
    assert lexical.count("a b c " + text) is None


def test_counting_takes_as_long_as_the_text_is() -> None:
    for piece in ('"""\\"""', '"\\"', '"', '\\"""', "a ", "#\n", '"""', "1.", "-"):
        begun = time.process_time()
        lexical.count(piece * (100_000 // len(piece)))
        assert time.process_time() - begun < 0.5, piece


@pytest.mark.parametrize(
    "document",
    [
        "{ a { ...F } } fragment F on T { b ...F }",
        "{ ...F } fragment F on T { ...G ...G } fragment G on T { ...F c ...F }",
        "{ ...Missing }",
    ],
)
def test_fragments_in_a_circle_or_missing_are_left_to_validation(document: str) -> None:
    assert check(document, Limits()) is None


# Over HTTP.


@pytest.mark.parametrize(
    ("limit", "query"),
    [
        ("tokens", "{ sources { " + "name " * 2_000 + "} }"),
        ("depth", "{ categories { nodes {" + "courses { nodes { categories { " * 5 + "id"
         + " } } }" * 5 + "} } }"),
        ("nesting", "{ sources { name(x: " + "[" * 600 + "]" * 600 + ") } }"),
        ("nesting", "query ($a: " + "[" * 220 + "Int" + "]" * 220 + ") { __typename }"),
        ("nesting", "{ " + "... { " * 600 + "__typename" + " }" * 601),
        ("depth", inside_each_other(130)),
        ("fields", doubled(30)),
        ("fields", doubled(11)),
        ("aliases", "{ sources { " + " ".join(f"a{at}: name" for at in range(31)) + " } }"),
        ("root fields", "{ " + " ".join(f"a{at}: __typename" for at in range(21)) + " }"),
        ("directives", "{ sources { name " + "@include(if: true) " * 51 + "} }"),
        ("duplicates", "{ sources { " + "name " * 102 + "} }"),
        ("rows", "{ courses(first: 100) { nodes { completions(first: 100) { nodes { "
         "user { completions(first: 2) { nodes { key } } } } } } } }"),
        ("fragments", "{ __typename } " + "".join(f"fragment F{at} on Source {{ name }} "
         for at in range(51))),
        ("duplicates", "{ sources { " + "... { name } " * 102 + "} }"),
        ("duplicates", "{ __typename } fragment F on Source { " + "name " * 102 + "}"),
    ],
)  # fmt: skip
async def test_a_document_beyond_a_limit_is_refused_and_told_which(
    graph: Graph, limit: str, query: str
) -> None:
    answer = await graph.ask(query)

    (error,) = answer.errors
    extensions = error["extensions"]
    assert extensions["code"] == "OPERATION_LIMIT_EXCEEDED"
    assert extensions["limit"] == limit
    assert f"; at most {extensions['maximum']} " in error["message"]
    assert "ask for less at once" in error["message"]
    told = extensions.get("value")  # all of it can be counted but what is too deep to be read
    assert "nested too deeply" in error["message"] if told is None else told > extensions["maximum"]
    assert "data" not in answer.body
    assert answer.calls == [] and await graph.requests() == []


async def test_what_is_wrong_and_too_large_is_too_large(graph: Graph) -> None:
    """Limits come before validation, whose work they bound."""
    answer = await graph.ask("{ sources { " + "nope " * 200 + "} }")

    assert answer.codes == ["OPERATION_LIMIT_EXCEEDED"]


async def test_a_document_is_validated_whatever_its_variables_would_be_without_values(
    graph: Graph,
) -> None:
    text = "query ($first: Int = 1000000) { courses(first: $first) { nodes { key nope } } }"
    for _ in range(3):
        answer = await graph.ask(text, first=2)

        assert answer.codes == ["GRAPHQL_VALIDATION_FAILED"]
        assert answer.data is None
        assert (await graph.ask(text)).codes == ["OPERATION_LIMIT_EXCEEDED"]


async def test_the_limits_are_the_applications_own() -> None:
    query = "{ sources { name provider capabilities } }"
    async with opened(limits=Limits(fields=4)) as graph:
        assert (await graph.ask(query)).errors == []
    async with opened(limits=Limits(fields=3)) as graph:
        (error,) = (await graph.ask(query)).errors
        assert error["extensions"]["limit"] == "fields"
        assert (error["extensions"]["maximum"], error["extensions"]["value"]) == (3, 4)


@pytest.mark.parametrize("terms", [
    {},
    {"descriptions": True, "specified_by_url": True, "directive_is_repeatable": True,
     "schema_description": True, "input_value_deprecation": True},
])  # fmt: skip
async def test_introspection_passes_the_usual_limits(graph: Graph, terms: dict[str, bool]) -> None:
    query = get_introspection_query(**terms)
    answer = await graph.ask(query)

    assert query.count("ofType") >= 7  # as deep as GraphiQL asks
    assert answer.errors == []
    assert {type["name"] for type in answer.data["__schema"]["types"]} >= {"Course", "Learner"}


async def test_the_explorers_own_operations_pass(workshop: Graph) -> None:
    for tab in examples(workshop.settings, PERSON):
        answer = await workshop.ask(tab.query, **dict(tab.variables))
        assert answer.data is not None or "\nsubscription" in tab.query
        assert "OPERATION_LIMIT_EXCEEDED" not in answer.codes


async def test_introspection_can_not_be_nested_without_end(graph: Graph) -> None:
    inner = "fields { type { " * 6 + "name" + " } }" * 6
    answer = await graph.ask("{ __schema { types { " + inner + " } } }")

    assert answer.codes and set(answer.codes) <= {
        "GRAPHQL_VALIDATION_FAILED",
        "OPERATION_LIMIT_EXCEEDED",
    }
    assert "data" not in answer.body


@pytest.mark.parametrize(
    "document",
    [
        "{ courses { n: nodes { completions { n: nodes { user { completions { n: nodes { key } } }"
        " } } } } }",
        "query A($n: Int! = 100) { courses(first: $n) { nodes { completions(first: $n) { nodes {"
        " user { completions(first: $n) { nodes { key } } } } } } } }"
        " query B($n: Int! = 1) { courses(first: $n) { nodes { key } } }",
    ],
)
def test_rows_are_not_hidden_by_aliases_or_by_other_operations(document: str) -> None:
    assert limits.measure(parse(document)).rows >= 20 * 20 * 20


def test_a_number_that_json_writes_with_a_fraction_is_counted() -> None:
    document = parse("query ($n: Int!) { courses(first: $n) { nodes { key } } }")
    assert limits.measure(document, {"n": 100.0}).rows == 100


async def test_an_operation_gives_so_many_records_and_no_more() -> None:
    """Relations that take no `first` multiply as well, which shows only as they are followed."""
    inside = "key"
    for relation in ("courses", "contents") * 5:
        inside = f"{relation} {{ {inside} }}"
    source = 'sources: ["demo-stackone"]'

    async with opened(limits=Limits(cost=limits.CEILING)) as graph:
        answer = await graph.ask(f"{{ courses(first: 100, {source}) {{ nodes {{ {inside} }} }} }}")

    assert set(answer.codes) == {"OPERATION_LIMIT_EXCEEDED"}
    assert "One operation may give 20000 records" in answer.errors[0]["message"]
    assert answer.errors[0]["extensions"]["limit"] == "records"
    assert answer.errors[0]["extensions"]["maximum"] == 20_000
    assert len(answer.errors) <= 500
    assert answer.data["courses"]["nodes"]
