"""Every filter and order that a source claims, held against the academy; those that it doesn't
claim are refused by name, while the other sources answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from strawberry.utils.str_converters import to_camel_case

from graph.lists import LISTED
from providers.base import Listing
from resolvers import ids
from tests.graph.asking import Graph, opened, settings
from tests.graph.claims import (
    BY_NAME,
    a_value,
    camel,
    claims,
    input_fields,
    needed,
    source_of,
    wanted_keys,
)
from tests.graph.expected.values import Row
from tests.graph.known import TYPES
from tests.graph.known import rows as known_rows

CLAIMED = [
    (plural, to_camel_case(name), letter)
    for letter in "BSCV"
    for plural in LISTED
    for name in sorted((claims(letter, plural) or Listing()).filters)
]

Found = list[tuple[str, str]]


async def listed(
    graph: Graph, plural: str, filter: Mapping[str, Any], sources: list[str] | None = None
) -> tuple[Found, list[dict[str, Any]]]:
    """All rows that pass, as (source, key), and the errors."""
    filter_type = LISTED[plural][0].__name__
    query = f"""query ($filter: {filter_type}, $sources: [String!], $after: String) {{
      {plural}(first: 100, filter: $filter, sources: $sources, after: $after) {{
        nodes {{ key source {{ name }} }} pageInfo {{ hasNextPage endCursor }}
      }}
    }}"""
    found: Found = []
    errors: list[dict[str, Any]] = []
    after = None
    while True:
        answer = await graph.ask(query, filter=filter, sources=sources, after=after)
        page = answer.data[plural]
        found += [(node["source"]["name"], node["key"]) for node in page["nodes"]]
        errors += answer.errors
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found, errors


@pytest.mark.parametrize(("plural", "name", "letter"), CLAIMED)
async def test_a_claimed_filter_gives_exactly_the_academys_rows(
    graph: Graph, plural: str, name: str, letter: str
) -> None:
    assert name in input_fields(plural)  # claimed means that it can be asked for
    filter = {**needed(plural, letter), name: a_value(plural, name, letter)}

    found, errors = await listed(graph, plural, filter, [source_of(letter)])

    wanted = wanted_keys(plural, letter, filter)
    assert wanted
    assert not errors
    assert sorted(key for _, key in found) == wanted


@pytest.mark.parametrize(("plural", "name"), BY_NAME)
async def test_a_filter_narrows_the_sources_that_can_and_the_others_say_so(
    graph: Graph, plural: str, name: str
) -> None:
    able = {
        letter: listing
        for letter in "BSCV"
        if (listing := claims(letter, plural)) and name in camel(listing.filters)
    }
    assert able, "a filter that no source can answer"
    value = a_value(plural, name, next(iter(able)))
    able = {letter: each for letter, each in able.items() if camel(each.needs) <= {name}}

    found, errors = await listed(graph, plural, {name: value})

    for letter in "BSCV":
        own = sorted(key for source, key in found if source == source_of(letter))
        own_errors = [each for each in errors if each["extensions"]["source"] == source_of(letter)]
        if letter in able:
            assert not own_errors
            if not camel(able[letter].needs):  # of one roster, not of those that are compared
                assert own == wanted_keys(plural, letter, {name: value})
        elif claims(letter, plural) is None:
            assert not own and not own_errors
        else:
            assert own == []
            (error,) = own_errors
            assert error["extensions"]["code"] == "UNSUPPORTED"
            lacks = claims(letter, plural)
            assert lacks is not None
            blamed = f"`{name}`" if name not in camel(lacks.filters) else "courses"
            assert blamed in error["message"] and source_of(letter) in error["message"]


@pytest.mark.parametrize("letter", ["B", "S"])
@pytest.mark.parametrize("plural", ["courses", "contents"])
async def test_a_language_is_found_by_its_code_and_by_its_tag(
    graph: Graph, plural: str, letter: str
) -> None:
    by_code = await listed(graph, plural, {"languages": ["pt_BR"]}, [source_of(letter)])
    by_tag = await listed(graph, plural, {"languages": ["pt-BR"]}, [source_of(letter)])

    assert by_code[0] and not by_code[1]
    assert by_tag == by_code


@pytest.mark.parametrize(
    ("plural", "letter", "names"),
    [
        ("courses", "B", ("status", "languages")),
        ("courses", "B", ("categories", "skills", "status")),
        ("courses", "S", ("status", "title", "updatedFrom")),
        ("courses", "C", ("title", "createdFrom", "updatedUntil")),
        ("courses", "C", ("createdFrom", "createdUntil")),
        ("courses", "V", ("status", "updatedFrom", "title")),
        ("completions", "B", ("courses", "completedFrom")),
        ("completions", "S", ("courses", "completedUntil")),
        ("completions", "C", ("courses", "users")),
        ("assignments", "C", ("status", "createdFrom", "updatedUntil", "tags")),
        ("assignments", "S", ("status", "users")),
        ("users", "S", ("status", "updatedFrom")),
    ],
)
async def test_filters_together_must_all_hold(
    graph: Graph, plural: str, letter: str, names: tuple[str, ...]
) -> None:
    filter = {name: a_value(plural, name, letter) for name in names}
    if {"createdFrom", "createdUntil"} <= set(names):
        times = sorted(row["createdAt"] for row in known_rows(plural, letter).values())
        filter |= {"createdFrom": times[5], "createdUntil": times[-5]}

    found, errors = await listed(graph, plural, filter, [source_of(letter)])

    assert not errors
    assert sorted(key for _, key in found) == wanted_keys(plural, letter, filter)


async def test_one_field_at_a_time_is_searched_at_scorm_cloud(graph: Graph) -> None:
    found, (error,) = await listed(
        graph, "courses", {"title": "a", "key": "b"}, ["demo-scorm-cloud"]
    )

    assert not found
    assert error["extensions"]["code"] == "UNSUPPORTED"
    assert "title" in error["message"] and "key" in error["message"]


async def test_no_filter_null_and_empty_are_the_same(graph: Graph) -> None:
    query = "query ($filter: CourseFilter) { courses(first: 5, filter: $filter) { nodes { key } } }"

    none = await graph.ask(query)
    null = await graph.ask(query, filter=None)
    empty = await graph.ask(query, filter={})
    nulls = await graph.ask(query, filter={"status": None, "ids": None})

    assert not none.errors
    assert none.data == null.data == empty.data == nulls.data


@pytest.mark.parametrize("plural", TYPES)
async def test_no_ids_at_all_find_nothing_and_cost_nothing(graph: Graph, plural: str) -> None:
    filter_type = LISTED[plural][0].__name__

    answer = await graph.ask(
        f"query ($filter: {filter_type}) {{ {plural}(filter: $filter) {{ nodes {{ key }} }} }}",
        filter={"ids": []},
    )

    assert answer.data == {plural: {"nodes": []}}
    assert not answer.calls


async def test_ids_of_one_source_cost_no_call_at_the_others(graph: Graph) -> None:
    value = a_value("courses", "ids", "S")

    answer = await graph.ask(
        "query ($ids: [ID!]) { courses(filter: { ids: $ids }) { nodes { id } } }", ids=value
    )

    assert not answer.errors
    assert sorted(node["id"] for node in answer.data["courses"]["nodes"]) == sorted(value)
    assert {call["source"] for call in answer.calls} == {"demo-stackone"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("ids", ["nonsense"]), ("categories", [ids.encode("Skill", "demo-bindbee", "x")])],
)
async def test_what_is_no_id_of_the_type_is_bad_input(graph: Graph, name: str, value: Any) -> None:
    answer = await graph.ask(
        "query ($filter: CourseFilter) { courses(filter: $filter) { nodes { id } } }",
        filter={name: value},
    )

    assert answer.data == {"courses": None}
    assert answer.codes == ["BAD_USER_INPUT"] and not answer.calls


async def test_every_row_is_checked_where_a_source_ignores_its_filters() -> None:
    own = settings(only=["demo-stackone"])
    (account,) = own.sources
    ignoring = [msgspec.structs.replace(account, account_id="demo-ignores-filters")]
    async with opened(replace(own, sources=ignoring)) as other:
        for plural, name in (
            ("courses", "updatedFrom"),
            ("courses", "externalReference"),
            ("courses", "status"),
            ("users", "email"),
            ("assignments", "status"),
            ("completions", "updatedFrom"),
        ):
            filter = {name: a_value(plural, name, "S")}

            found, errors = await listed(other, plural, filter)

            assert not errors
            assert sorted(key for _, key in found) == wanted_keys(plural, "S", filter)


# Orders.

ORDERED = [
    (plural, order, letter)
    for letter in "BSCV"
    for plural in LISTED
    for order in sorted((claims(letter, plural) or Listing()).orders)
]

ORDER_FIELDS: Mapping[str, Callable[[Row], Any]] = {
    "created": lambda row: row["createdAt"],
    "updated": lambda row: row["updatedAt"],
    "title": lambda row: row["title"].casefold(),
    "course_title": lambda row: row["-courseTitle"].casefold(),
    "user_first_name": lambda row: row["-userFirstName"].casefold(),
    "user_last_name": lambda row: row["-userLastName"].casefold(),
}


@pytest.mark.parametrize(("plural", "order", "letter"), ORDERED)
async def test_a_claimed_order_sorts_the_whole_walk(
    graph: Graph, plural: str, order: str, letter: str
) -> None:
    field, _, way = order.rpartition("_")
    keys: list[str] = []
    after = None
    while True:
        answer = await graph.ask(
            f"""query ($source: String!, $after: String) {{ source(name: $source) {{
              {plural}(first: 30, after: $after, orderBy: {order.upper()}) {{
                nodes {{ key }} pageInfo {{ hasNextPage endCursor }}
            }} }} }}""",
            source=source_of(letter),
            after=after,
        )
        assert not answer.errors
        page = answer.data["source"][plural]
        keys += [node["key"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    known = known_rows(plural, letter)
    assert len(keys) == len(known) and set(keys) == set(known)
    values = [ORDER_FIELDS[field](known[key]) for key in keys]
    assert values == sorted(values, reverse=way == "desc")
    assert len(set(values)) > 3


async def test_an_order_that_a_source_cant_sort_by_is_refused_by_name(graph: Graph) -> None:
    answer = await graph.ask(
        "{ courses(first: 10, orderBy: TITLE_ASC) { nodes { source { name } } } }"
    )

    assert {node["source"]["name"] for node in answer.data["courses"]["nodes"]} == {
        "demo-scorm-cloud"
    }
    assert {error["extensions"]["source"] for error in answer.errors} == {
        "demo-bindbee",
        "demo-stackone",
        "demo-vitalsource",
    }
    assert set(answer.codes) == {"UNSUPPORTED"}
    assert all("orderBy" in error["message"] for error in answer.errors)


@pytest.mark.parametrize(
    "filter", ["{languages: []}", "{tags: []}", "{categories: []}", "{ids: []}"]
)
async def test_any_of_no_values_is_nothing_and_costs_nothing(graph: Graph, filter: str) -> None:
    answer = await graph.ask(
        f'{{ courses(filter: {filter}, sources: ["demo-bindbee"]) {{ nodes {{ id }} }} }}'
    )

    assert answer.data["courses"]["nodes"] == []
    assert answer.calls == []


async def test_a_filter_of_nothing_is_bad_input(graph: Graph) -> None:
    answer = await graph.ask('{ courses(filter: {remoteId: ""}) { nodes { id } } }')

    (error,) = answer.errors
    assert error["message"] == "`filter` has an empty `remoteId`: leave it out, or fill it."
    assert answer.calls == []


async def test_a_filter_of_too_many_values_is_bad_input(graph: Graph) -> None:
    query = "query ($tags: [String!]) { courses(filter: {tags: $tags}) { nodes { id } } }"
    answer = await graph.ask(query, tags=["x"] * 201)

    (error,) = answer.errors
    assert error["message"] == "`filter.tags` has 201 values; give at most 200."
    assert answer.calls == []
