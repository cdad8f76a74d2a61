"""What an operation wants of each record type: the union of all that it selects."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, parse, validate

from graph import selection
from graph.schema import make_schema
from graph.selection import wanted
from resolvers import ids
from tests.graph.asking import Graph
from tests.graph.counting import calls, doubled


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """The schema, as graphql-core has it."""
    return make_schema()._schema


def of(schema: GraphQLSchema, text: str, **variables: Any) -> dict[str, set[str]]:
    """Fields wanted by a document's first operation, by record type; types without any left out."""
    document = parse(text)
    assert validate(schema, document) == []
    operation = next(
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    )
    found = wanted(schema, document, operation, variables)
    return {record: set(fields) for record, fields in found.items() if fields}


def test_a_field_wants_what_it_reads(schema: GraphQLSchema) -> None:
    found = of(schema, "{ courses { nodes { title durationSeconds categories { name } } } }")

    assert found == {
        "Course": {"title", "duration_seconds", "category_refs"},
        "Category": {"name"},
    }


def test_fields_are_united_over_all_paths_to_a_type(schema: GraphQLSchema) -> None:
    found = of(
        schema,
        """{
          courses { nodes { title } edges { node { description } } }
          completions { nodes { score course { url } } }
          course(id: "x") { status completions { nodes { grade } } }
        }""",
    )

    assert found["Course"] == {"title", "description", "url", "status"}
    assert found["Completion"] == {"score", "grade", "course_ref"}


def test_fields_are_united_over_fragments_and_aliases(schema: GraphQLSchema) -> None:
    found = of(
        schema,
        """
        query { one: courses { nodes { ...A ... { url } ... on Course { status } t: title } } }
        fragment A on Course { description ...B }
        fragment B on Course { tags ... on Node { id } }
        """,
    )

    assert found["Course"] == {"description", "tags", "url", "status", "title"}


def test_a_fragment_is_read_by_its_own_condition_wherever_it_is_spread(
    schema: GraphQLSchema,
) -> None:
    found = of(
        schema,
        """
        query { courses { nodes { ...N } } users { nodes { ...N } } }
        fragment N on Node { ... on Course { title } ... on User { email } }
        """,
    )

    assert found["Course"] == {"title"}
    assert found["User"] == {"email"}


@pytest.mark.parametrize(
    "query",
    [
        '{ node(id: "x") { id ... on Course { title } ... on User { email } } }',
        '{ nodes(ids: ["x"]) { ... on Course { title } ...U } } fragment U on User { email }',
        "query ($r: [_Any!]!) { _entities(representations: $r) { __typename "
        "... on Course { title } ... on User { email } } }",
    ],
)
def test_behind_an_interface_each_type_wants_its_own(schema: GraphQLSchema, query: str) -> None:
    found = of(schema, query)

    assert found["Course"] == {"title"}
    assert found["User"] == {"email"}


def test_an_id_and_a_type_name_want_nothing(schema: GraphQLSchema) -> None:
    assert of(schema, '{ node(id: "x") { id __typename } courses { nodes { id } } }') == {}


CONDITIONS = """query (%s) {
  courses { nodes {
    title
    description @include(if: $yes) @skip(if: $no)
    url @include(if: $no)
    ... @skip(if: $yes) { status }
    ...T @include(if: $no)
    ... on Course @skip(if: $no) { createdAt }
    tags @skip(if: true)
    updatedAt @include(if: false)
    remoteId @include(if: true) @skip(if: false)
    categories @skip(if: $yes) { name }
  } }
}
fragment T on Course { durationSeconds }
"""


@pytest.mark.parametrize(
    ("declared", "variables"),
    [
        ("$yes: Boolean!, $no: Boolean!", {"yes": True, "no": False}),
        ("$yes: Boolean! = true, $no: Boolean! = false", {}),
    ],
)
async def test_what_is_left_out_is_not_wanted(
    graph: Graph, declared: str, variables: dict[str, bool]
) -> None:
    query = CONDITIONS % declared
    answer = await graph.ask(query, **variables)
    fields = [parse_qs(each["query"]) for each in await graph.requests()]

    (node, *_) = answer.data["courses"]["nodes"]
    assert set(node) == {"title", "description", "createdAt", "remoteId"}
    assert all("expand" not in each for each in fields)


def test_what_is_left_out_by_its_variable_is_not_wanted(schema: GraphQLSchema) -> None:
    query = CONDITIONS % "$yes: Boolean!, $no: Boolean!"
    one = of(schema, query, yes=True, no=False)
    other = of(schema, query, yes=False, no=True)

    assert one == {"Course": {"title", "description", "created_at", "remote_id"}}
    assert other == {
        "Course": {
            "title",
            "url",
            "status",
            "duration_seconds",
            "remote_id",
            "category_refs",
        },
        "Category": {"name"},
    }


def test_a_fragment_that_is_left_out_in_one_place_is_wanted_in_another(
    schema: GraphQLSchema,
) -> None:
    found = of(
        schema,
        "query ($no: Boolean!) { courses { nodes { ...T @include(if: $no) ...T } } } "
        "fragment T on Course { tags }",
        no=False,
    )

    assert found == {"Course": {"tags"}}


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ('{ courses(filter: {status: ACTIVE, categories: ["x"]}) { nodes { title } } }', {}),
        (
            "query ($s: Status, $c: [ID!]) "
            "{ courses(filter: {status: $s, categories: $c}) { nodes { title } } }",
            {"s": "ACTIVE", "c": ["x"]},
        ),
        (
            "query ($f: CourseFilter) { courses(filter: $f) { nodes { title } } }",
            {"f": {"status": "ACTIVE", "categories": ["x"]}},
        ),
        (
            "query ($f: CourseFilter) "
            '{ source(name: "x") { courses(filter: $f) { nodes { title } } } }',
            {"f": {"status": "ACTIVE", "categories": ["x"]}},
        ),
        (
            "{ sources { ...S } } fragment S on Source "
            '{ courses(filter: {status: ACTIVE, categories: ["x"]}) { edges { node { title } } } }',
            {},
        ),
    ],
)
def test_a_filter_wants_what_its_check_reads(
    schema: GraphQLSchema, query: str, variables: dict[str, Any]
) -> None:
    assert of(schema, query, **variables) == {"Course": {"title", "status", "category_refs"}}


def test_a_filter_by_a_variable_that_is_not_given_wants_nothing(schema: GraphQLSchema) -> None:
    query = "query ($f: CourseFilter) { courses(filter: $f) { nodes { title } } }"

    assert of(schema, query) == {"Course": {"title"}}
    assert of(schema, query, f=None) == {"Course": {"title"}}


def test_only_the_operation_that_runs_counts(schema: GraphQLSchema) -> None:
    found = of(
        schema,
        "query A { courses { nodes { title } } } query B { courses { nodes { tags } } }",
    )

    assert found == {"Course": {"title"}}


def test_every_fragment_is_visited_once(schema: GraphQLSchema) -> None:
    counts = []
    for levels in (10, 20, 30):
        document = parse(doubled(levels))
        (operation,) = (
            each for each in document.definitions if isinstance(each, OperationDefinitionNode)
        )
        counts.append(
            calls(selection, lambda: wanted(schema, document, operation, {}))  # noqa: B023
        )

    assert counts[2] - counts[1] == counts[1] - counts[0]
    assert counts[2] < 100 * 30


# On the wire.


async def test_every_read_of_a_type_asks_for_the_same_fields(graph: Graph) -> None:
    listed = await graph.ask('{ courses(first: 1, sources: ["demo-stackone"]) { nodes { id } } }')
    id = listed.data["courses"]["nodes"][0]["id"]
    await graph.forget()

    answer = await graph.ask(
        """query ($id: ID!) {
          courses(first: 2, sources: ["demo-stackone"]) { nodes { title } }
          course(id: $id) { coverUrl languages { tag } }
        }""",
        id=id,
    )

    assert answer.errors == []
    by_path = {each["path"]: parse_qs(each["query"]) for each in await graph.requests()}
    key = ids.decode(id).key
    assert set(by_path) == {"/unified/lms/courses", f"/unified/lms/courses/{key}"}
    fields = {each["fields"][0] for each in by_path.values()}
    assert len(fields) == 1
    assert {"title", "cover_url", "languages"} <= set(fields.pop().split(","))


async def test_what_is_not_selected_is_not_asked_for(graph: Graph) -> None:
    await graph.ask('{ courses(first: 1, sources: ["demo-stackone"]) { nodes { title } } }')
    (request,) = await graph.requests()

    assert set(parse_qs(request["query"])["fields"][0].split(",")) == {"id", "title"}


async def test_a_filter_by_variable_is_asked_for_and_checked(graph: Graph) -> None:
    answer = await graph.ask(
        """query ($f: CourseFilter) {
          courses(first: 100, filter: $f, sources: ["demo-bindbee"]) { nodes { statusText } }
        }""",
        f={"status": "ACTIVE"},
    )

    courses = graph.academy.campus("bindbee").courses
    active = [course for course in courses if course.status == "ACTIVE"]
    assert answer.errors == []
    assert answer.data["courses"]["nodes"] == [{"statusText": "ACTIVE"}] * len(active)
    (request,) = await graph.requests()
    assert parse_qs(request["query"])["status"] == ["ACTIVE"]
