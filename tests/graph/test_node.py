"""Anything by its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from resolvers import ids
from tests.graph.asking import SOURCES, Graph
from tests.graph.known import PROVIDERS, TYPES, expected
from tests.graph.upstream import asked

LISTED = [
    (letter, plural)
    for letter, plurals in {
        "B": TYPES,
        "S": TYPES,
        "C": ("courses", "contents", "completions", "assignments", "users"),
        "V": ("courses", "assignments", "users"),
    }.items()
    for plural in plurals
]

BY_ID = """query ($id: ID!, $ids: [ID!]!) {
  node(id: $id) { __typename id }
  named: FIELD(id: $id) { id key source { name } }
  nodes(ids: $ids) { __typename id }
}"""


def field_of(plural: str) -> str:
    type = TYPES[plural]
    return type[0].lower() + type[1:]


@pytest.mark.parametrize(("letter", "plural"), LISTED)
async def test_every_type_of_every_source_is_found_by_id(
    graph: Graph, letter: str, plural: str
) -> None:
    source = PROVIDERS[letter][0]
    rows = list(getattr(expected(letter), plural)())
    sample = [rows[0]["key"], rows[len(rows) // 2]["key"], rows[-1]["key"]]
    several = [ids.encode(TYPES[plural], source, key) for key in sample]

    answer = await graph.ask(BY_ID.replace("FIELD", field_of(plural)), id=several[0], ids=several)

    assert not answer.errors
    assert answer.data["node"] == {"__typename": TYPES[plural], "id": several[0]}
    assert answer.data["named"] == {
        "id": several[0],
        "key": sample[0],
        "source": {"name": source},
    }
    assert [node["id"] for node in answer.data["nodes"]] == several


@pytest.mark.parametrize(("letter", "plural"), LISTED)
async def test_the_ids_that_lists_give_find_the_same_records(
    graph: Graph, letter: str, plural: str
) -> None:
    source = PROVIDERS[letter][0]
    filter = ""
    if letter == "V" and plural != "courses":
        course = next(iter(expected("V").users()))["key"].partition("/")[0]
        filter = f', filter: {{ courses: ["{ids.encode("Course", source, course)}"] }}'
    listed = await graph.ask(
        f'{{ source(name: "{source}") {{ {plural}(first: 3{filter}) {{ nodes {{ id key }} }} }} }}'
    )
    nodes = listed.data["source"][plural]["nodes"]

    answer = await graph.ask(
        f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {TYPES[plural]} {{ id key }} }} }}",
        ids=[node["id"] for node in nodes],
    )

    assert len(nodes) == 3
    assert answer.data == {"nodes": nodes}


@pytest.mark.parametrize("source", ["demo-bindbee", "demo-stackone"])
async def test_instructors_are_found_by_id(graph: Graph, source: str) -> None:
    listed = await graph.ask(
        f"""{{ source(name: "{source}") {{ courses(first: 20) {{ nodes {{
          instructors {{ id key name }}
        }} }} }} }}"""
    )
    known = [
        each
        for node in listed.data["source"]["courses"]["nodes"]
        for each in node["instructors"] or ()
    ]

    answer = await graph.ask(
        """query ($id: ID!, $ids: [ID!]!) {
          instructor(id: $id) { id key name } nodes(ids: $ids) { ... on Instructor { id key name } }
        }""",
        id=known[0]["id"],
        ids=[each["id"] for each in known],
    )

    assert known and not answer.errors
    assert answer.data == {"instructor": known[0], "nodes": known}


async def test_categories_and_skills_without_an_id_of_their_own_are_found_by_ours(
    graph: Graph,
) -> None:
    listed = await graph.ask(
        """{ source(name: "demo-stackone") { courses(first: 60) { nodes {
          categories { id key name } skills { id key name }
        } } } }"""
    )
    known = [
        each
        for node in listed.data["source"]["courses"]["nodes"]
        for relation in ("categories", "skills")
        for each in node[relation]
        if each["key"].startswith("in:")
    ][:10]
    answer = await graph.ask(
        """query ($ids: [ID!]!) { nodes(ids: $ids) {
          ... on Category { id key name } ... on Skill { id key name }
        } }""",
        ids=[each["id"] for each in known],
    )

    assert len(known) == 10 and not answer.errors
    assert answer.data == {"nodes": known}


async def test_a_completion_of_an_activity_is_found_by_id(graph: Graph) -> None:
    listed = await graph.ask(
        """{ source(name: "demo-scorm-cloud") { contents(first: 12) { nodes {
          completions(first: 2) { nodes { id score content { key } } }
        } } } }"""
    )
    known = [
        each
        for node in listed.data["source"]["contents"]["nodes"]
        for each in node["completions"]["nodes"]
    ]
    answer = await graph.ask(
        """query ($ids: [ID!]!) {
          nodes(ids: $ids) { ... on Completion { id score content { key } } }
        }""",
        ids=[each["id"] for each in known],
    )

    assert known and not listed.errors
    assert answer.data == {"nodes": known}


@pytest.mark.parametrize("source", SOURCES)
async def test_sources_are_nodes(graph: Graph, source: str) -> None:
    id = ids.encode("Source", source, source)

    answer = await graph.ask(
        "query ($id: ID!) { node(id: $id) { id ... on Source { name } } }", id=id
    )

    assert answer.data == {"node": {"id": id, "name": source}}
    assert not answer.calls


@pytest.mark.parametrize("plural", TYPES)
async def test_an_id_of_another_type_is_bad_input(graph: Graph, plural: str) -> None:
    other = "User" if plural != "users" else "Course"
    id = ids.encode(other, "demo-bindbee", "01969597-f4f0-7354-a074-e257ed0ea18a")

    answer = await graph.ask(f"query ($id: ID!) {{ {field_of(plural)}(id: $id) {{ id }} }}", id=id)

    assert answer.data == {field_of(plural): None}
    assert answer.codes == ["BAD_USER_INPUT"]
    assert TYPES[plural] in answer.errors[0]["message"]
    assert not answer.calls


MALFORMED = ["", " ", "x", "Q291cnNl", "Q291cnNlOmE6Yg==", "👾", "a" * 5000, "Q291cnNlOjo", "../x"]


@pytest.mark.parametrize("id", [*MALFORMED, ids.encode("Planet", "demo-bindbee", "1")])
async def test_a_malformed_id_is_bad_input(graph: Graph, id: str) -> None:
    answer = await graph.ask("query ($id: ID!) { node(id: $id) { id } }", id=id)

    assert answer.data == {"node": None}
    assert answer.codes == ["BAD_USER_INPUT"]
    assert not answer.calls


async def test_a_malformed_id_among_several_costs_its_own_place(graph: Graph) -> None:
    good = ids.encode("Source", "demo-bindbee", "demo-bindbee")

    answer = await graph.ask(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[good, "nonsense", good]
    )

    assert answer.data == {"nodes": [{"id": good}, None, {"id": good}]}
    assert [error["path"] for error in answer.errors] == [["nodes", 1]]
    assert answer.codes == ["BAD_USER_INPUT"]


async def test_too_many_ids_are_bad_input(graph: Graph) -> None:
    id = ids.encode("Source", "demo-bindbee", "demo-bindbee")

    answer = await graph.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[id] * 101)

    assert answer.codes == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("type", [*TYPES.values(), "CourseImport", "Instructor", "Source"])
async def test_an_id_of_a_source_that_isnt_the_tenants_is_as_if_missing(
    graph: Graph, type: str
) -> None:
    id = ids.encode(type, "somebody-elses", "1")

    answer = await graph.ask(
        "query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }", id=id
    )

    assert answer.data == {"node": None, "nodes": [None]}
    assert not answer.errors and not answer.calls


HOSTILE = [
    "..",
    ".",
    "../courses",
    "a/../../accounts",
    "%2e%2e",
    "a?b=c",
    "a#b",
    "\n",
    "0",
    "," * 9,
]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("type", ["Course", "User", "Completion"])
async def test_a_hostile_key_finds_nothing_and_leaves_no_path(
    graph: Graph, type: str, source: str
) -> None:
    """Keys travel in clients' hands: none may become a path or a parameter of its own."""
    several = [ids.encode(type, source, key) for key in HOSTILE]

    answer = await graph.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=several)

    assert answer.status == 200
    assert answer.data == {"nodes": [None] * len(HOSTILE)}
    assert set(answer.codes) <= {"UPSTREAM_REJECTED", "BAD_USER_INPUT"}
    for each in await graph.requests():
        assert "/.." not in each["path"] and "/./" not in each["path"]
    for _, parameters in asked(await graph.requests(), SOURCES[source]):
        assert "b" not in parameters


async def test_a_record_that_is_gone_is_null_without_an_error(graph: Graph) -> None:
    gone = {
        "demo-bindbee": "00000000-0000-7000-8000-000000000000",
        "demo-stackone": "no-such-thing",
        "demo-scorm-cloud": "no such thing",
        "demo-vitalsource": "10000000001",
    }
    several = [ids.encode("Course", source, key) for source, key in gone.items()]

    answer = await graph.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=several)

    assert answer.data == {"nodes": [None] * 4}
    assert not answer.errors


async def test_a_list_that_a_source_lacks_finds_nothing_by_id_either(graph: Graph) -> None:
    several = [
        ids.encode(type, "demo-vitalsource", "1") for type in ("Category", "Skill", "Completion")
    ]

    answer = await graph.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=several)

    assert answer.data == {"nodes": [None] * 3}
    assert not answer.errors and not answer.calls


async def test_fields_of_a_node_are_read_in_the_call_that_finds_it(graph: Graph) -> None:
    row: Mapping[str, Any] = next(
        row for row in expected("B").courses() if row["categories"] and row["customFields"]
    )
    answer = await graph.ask(
        """query ($id: ID!) { node(id: $id) { ... on Course {
          title categories { name } customFields
        } } }""",
        id=ids.encode("Course", "demo-bindbee", row["key"]),
    )

    assert answer.data["node"] == {
        name: row[name] for name in ("title", "categories", "customFields")
    }
    assert len(answer.calls) == 1
