"""Every cell of the unified model: each source's value of each field is the academy's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from resolvers import ids
from tests.graph.asking import Graph
from tests.graph.cells import SELECTIONS, TABLES
from tests.graph.expected.values import MOST
from tests.graph.known import NAMES, PROVIDERS, expected, rosters, rows

FILLED = [
    (plural, field, letter)
    for plural, table in TABLES.items()
    for field, letters in table.items()
    for letter in letters
    if letter != "-"
]

DASHES = {
    (plural, "BSCV"[at]): [field for field, letters in table.items() if letters[at : at + 1] == "-"]
    for plural, table in TABLES.items()
    for at in range(4)
}

SIZES = {"rawData": 20, "completions": MOST, "assignments": MOST}
"""Rows of a page, for the cells that need smaller ones to stay within the budget of calls."""


def selected(plural: str, field: str) -> str:
    return f"{field} {SELECTIONS[plural].get(field, '')}"


async def walked(
    graph: Graph,
    plural: str,
    letter: str,
    fields: Iterable[str],
    enough: Callable[[Mapping[str, Any]], bool] = lambda _: False,
    size: int = 100,
) -> dict[str, Any]:
    """A source's list with these fields, by key: all of it, or as much as is enough."""
    source = PROVIDERS[letter][0]
    narrow = plural in ("users", "assignments") and letter == "V"
    courses = [ids.encode("Course", source, key) for key in rosters()] if narrow else None
    selection = " ".join(selected(plural, field) for field in fields)
    listed = plural
    if plural == "instructors":
        listed, selection = "courses", f"instructors {{ {selection} }}"
    given = "$source: String!, $after: String, $first: Int!" + (", $courses: [ID!]" * narrow)
    taken = "first: $first, after: $after" + (", filter: { courses: $courses }" * narrow)
    query = f"""query ({given}) {{ source(name: $source) {{ list: {listed}({taken}) {{
      nodes {{ key {selection} }} pageInfo {{ hasNextPage endCursor }}
    }} }} }}"""
    # Some cells cost a call for each row.
    first = next((size for field, size in SIZES.items() if field in fields), size)
    found: dict[str, Any] = {}
    after = None
    while True:
        answer = await graph.ask(query, source=source, after=after, first=first, courses=courses)
        assert not answer.errors, answer.errors[:2]
        page = answer.data["source"]["list"]
        for node in page["nodes"]:
            assert node["key"] not in found
            found[node["key"]] = node
        if not page["pageInfo"]["hasNextPage"] or enough(found):
            return found
        after = page["pageInfo"]["endCursor"]


def column(plural: str, field: str, found: Mapping[str, Any]) -> dict[str, Any]:
    if plural == "instructors":
        lists = {key: node["instructors"] for key, node in found.items()}
        return {
            key: [each[field] for each in several]
            for key, several in lists.items()
            if several is not None
        }
    return {key: node[field] for key, node in found.items()}


CELLS = [(plural, field) for plural, table in TABLES.items() for field in table]

DESCRIBED = {
    # Tests of their own are below.
    ("contents", "completions"): "BSC",
    ("completions", "content"): "BSC",
    ("categories", "courses"): "B-",
    ("skills", "courses"): "B-",
    # StackOne's API can be asked for them, though no published row has them.
    ("skills", "customFields"): "BS",
}
"""Cells that are described otherwise than the table has them."""


@pytest.mark.parametrize(("plural", "field"), CELLS)
async def test_the_description_names_the_providers_that_fill_the_cell(
    graph: Graph, plural: str, field: str
) -> None:
    type = "Category" if plural == "categories" else plural.removesuffix("s").title()
    answer = await graph.ask(f'{{ __type(name: "{type}") {{ fields {{ name description }} }} }}')

    (text,) = (
        each["description"] for each in answer.data["__type"]["fields"] if each["name"] == field
    )
    told = re.search(rf"(?:Given|Answered) by ((?:(?:, | and )?(?:{'|'.join(NAMES)}))+)", text)
    letters = DESCRIBED.get((plural, field), TABLES[plural][field])
    if told is None:  # all that have the type
        assert "-" not in letters
    else:
        named = "".join(letter for name, letter in NAMES.items() if name in told[1])
        assert named == letters.replace("-", "")


def says_something(values: Iterable[Any]) -> bool:
    return any(value not in (None, [], {"nodes": []}) for value in values)


@pytest.mark.parametrize(
    ("plural", "field", "letter"),
    [pytest.param(*cell, id=f"{cell[0]}.{cell[1]}-{cell[2]}") for cell in FILLED],
)
async def test_a_filled_cell_shows_the_academys_own_value(
    graph: Graph, plural: str, field: str, letter: str
) -> None:
    """Asked for alone, so that a source is asked for no more than this cell needs."""

    def enough(found: Mapping[str, Any]) -> bool:
        return says_something(column(plural, field, found).values())

    found = await walked(graph, plural, letter, [field], enough, size=25)

    shown = column(plural, field, found)
    wanted = rows(plural, letter)
    assert says_something(shown.values())
    assert shown == {key: wanted[key].get(field) for key in shown}


@pytest.mark.parametrize(
    ("plural", "letter"),
    [pytest.param(*pair, id="-".join(pair)) for pair, fields in DASHES.items() if fields],
)
async def test_a_dash_is_null_without_an_error(graph: Graph, plural: str, letter: str) -> None:
    fields = DASHES[plural, letter]

    found = await walked(graph, plural, letter, fields, enough=bool, size=25)

    assert found.keys() & rows(plural, letter).keys()
    for field in fields:
        values = list(column(plural, field, found).values())
        if plural == "instructors":
            values = [each for several in values for each in several]
        assert [value for value in values if value is not None] == [], field


COSTLY = {"completions", "assignments", "rawData"}
"""Cells that may cost a call for each row: of all rows, they are too many for one test."""

ABSENT = {plural: ("",) if plural != "instructors" else ("", "-") for plural in TABLES}
"""Letters of cells that the walk leaves out: what has tests of its own, and lists of nulls."""


@pytest.mark.parametrize(("plural", "letter"), sorted({(each[0], each[2]) for each in FILLED}))
async def test_every_row_is_there_once_with_all_its_cells(
    graph: Graph, plural: str, letter: str
) -> None:
    place = "BSCV".index(letter)
    fields = [
        field
        for field, letters in TABLES[plural].items()
        if field not in COSTLY and letters[place : place + 1] not in ABSENT[plural]
    ]

    found = await walked(graph, plural, letter, fields)

    wanted = rows(plural, letter)
    for field in fields:
        assert column(plural, field, found) == {
            key: row.get(field) for key, row in wanted.items()
        }, field


@pytest.mark.parametrize("plural", ["categories", "skills"])
async def test_stackone_cant_be_asked_for_the_courses_of_a_category_or_skill(
    graph: Graph, plural: str
) -> None:
    answer = await graph.ask(
        f"""{{ source(name: "demo-stackone") {{ {plural}(first: 2) {{
          nodes {{ name courses {{ nodes {{ key }} }} }}
        }} }} }}"""
    )

    nodes = answer.data["source"][plural]["nodes"]
    assert [node["courses"] for node in nodes] == [None, None]
    assert all(node["name"] for node in nodes)
    assert answer.codes == ["UNSUPPORTED"] * 2
    assert {error["extensions"]["source"] for error in answer.errors} == {"demo-stackone"}


async def test_scorm_cloud_tells_who_finished_an_activity(graph: Graph) -> None:
    answer = await graph.ask(
        """{ source(name: "demo-scorm-cloud") { courses(first: 5) { nodes { key contents {
          key completions(first: 50) { nodes {
            user { key } course { key } content { key } result score
          } }
        } } } } }"""
    )

    assert not answer.errors
    wanted = expected("C").finished_activities()
    shown = {
        content["key"]: content["completions"]["nodes"]
        for course in answer.data["source"]["courses"]["nodes"]
        for content in course["contents"]
    }
    assert sum(map(len, shown.values())) > 5
    assert shown == {key: wanted.get(key, []) for key in shown}


@pytest.mark.parametrize("plural", ["completions", "contents", "categories", "skills"])
async def test_a_list_that_a_source_has_not_is_null(graph: Graph, plural: str) -> None:
    answer = await graph.ask(
        f'{{ source(name: "demo-vitalsource") {{ {plural} {{ nodes {{ key }} }} }} }}'
    )

    assert answer.data == {"source": {plural: None}}
    assert not answer.errors and not answer.calls
