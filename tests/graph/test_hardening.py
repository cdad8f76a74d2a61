"""A checklist of what is known to go wrong with GraphQL servers: each item a test, or a reason.

graphql-cop's tests, GraphQL Armor's protections with their defaults, and what OWASP advises.
https://github.com/dolevf/graphql-cop https://escape.tech/graphql-armor/docs/category/plugins
https://cheatsheetseries.owasp.org/cheatsheets/GraphQL_Cheat_Sheet.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import parse

from graph import limits
from graph.explorer.tabs import ALL, LEARNER
from graph.limits import Limits
from graph.schema import make_schema
from providers.secrets import Secret
from tests.graph.asking import Graph, opened, settings
from tests.graph.test_changes import a_course
from tests.graph.test_policies import KEY

CHECKLIST: Mapping[str, str] = {
    # graphql-cop.
    "cop: alias overloading": "test_an_overload_is_refused",
    "cop: array batching": "test_batches_are_not_taken",
    "cop: directive overloading": "test_an_overload_is_refused",
    "cop: circular introspection": "test_introspection_does_not_go_in_circles",
    "cop: circular fragment": "test_fragments_do_not_go_in_circles",
    "cop: field duplication": "test_an_overload_is_refused",
    "cop: field suggestions": "test_production_suggests_nothing",
    "cop: GraphiQL": "test_production_has_no_explorer",
    "cop: introspection": "test_production_tells_no_schema",
    "cop: GET method": "because a query changes nothing, and who reads another origin's answers "
    "needs CORS, which is off",
    "cop: GET based mutation": "test_a_url_changes_nothing",
    "cop: POST urlencoded": "test_forms_are_not_taken",
    "cop: trace mode": "test_answers_carry_no_traces",
    "cop: unhandled errors": "test_errors_have_no_insides",
    # GraphQL Armor.
    "armor: block field suggestions": "test_production_suggests_nothing",
    "armor: character limit": "test_armors_defaults_are_settings",
    "armor: cost limit": "test_armors_defaults_are_settings",
    "armor: max aliases": "test_armors_defaults_are_settings",
    "armor: max depth": "test_armors_defaults_are_settings",
    "armor: max directives": "test_armors_defaults_are_settings",
    "armor: max tokens": "test_armors_defaults_are_settings",
    # OWASP's sheet, in its order.
    "owasp: input validation": "test_inputs_are_of_their_types_and_sizes",
    "owasp: injection": "because nothing is put into a query language: keys are quoted into paths "
    "in one place (tests/providers), and ids decoded strictly (tests/graph/test_node.py)",
    "owasp: process validation": "because nothing that is sent leads the server to another host: "
    "addresses of packages are the provider's to fetch, and what passes through stays on the "
    "learning system's own host (tests/graph/test_passthrough.py)",
    "owasp: query limiting": "test_an_overload_is_refused",
    "owasp: depth limiting": "test_an_overload_is_refused",
    "owasp: amount limiting": "test_an_overload_is_refused",
    "owasp: pagination": "test_every_list_that_grows_is_paged",
    "owasp: timeouts": "because tests/graph/test_deadline.py holds them: request_timeout, "
    "mutation_timeout",
    "owasp: query cost analysis": "test_an_overload_is_refused",
    "owasp: rate limiting": "because it is by caller, whom only what stands before the server "
    "knows; the sources' quotas are kept by a budget (tests/graph/test_budget.py)",
    "owasp: server-side batching and caching": "because every relation is loaded in batches "
    "(tests/graph/test_calls.py)",
    "owasp: system resource management": "because answers, bodies, messages and files are bounded "
    "(max_body, max_upload, 20,000 records, providers/http.py)",
    "owasp: access control": "because a context holds its tenant's sources only "
    "(resolvers/context.py), which no id or cursor gets around (tests/graph/test_node.py)",
    "owasp: general data access": "test_nobody_reads_a_source_that_is_not_theirs",
    "owasp: query access": "because everything of a source is shown to who may read the source; "
    "what says more of the server than of its data is for whom the policies name "
    "(tests/graph/test_policies.py)",
    "owasp: mutation access": "test_nobody_changes_a_source_that_is_not_theirs",
    "owasp: introspection": "test_production_tells_no_schema",
    "owasp: GraphiQL": "test_production_has_no_explorer",
    "owasp: excessive errors": "test_errors_have_no_insides",
    "owasp: batching attacks": "test_batches_are_not_taken",
    "owasp: batching of objects by aliases": "test_an_overload_is_refused",
    "owasp: suggestions": "test_production_suggests_nothing",
    "owasp: allow-list of operations": "because tests/graph/test_persisted.py holds it: "
    "only_trusted",
}
"""By item, the test here that holds it, or why there is none."""


def test_every_item_is_held_or_has_a_reason() -> None:
    for item, answer in CHECKLIST.items():
        held = answer.startswith("test_") and callable(globals().get(answer))
        assert held or answer.startswith("because "), item


@dataclass(frozen=True, slots=True)
class Overload:
    """A document that asks for too much of one thing."""

    limit: str
    text: str


OVERLOADS = (
    # As graphql-cop sends them.
    Overload("aliases", "query cop { " + " ".join(f"a{at}: __typename" for at in range(101)) + "}"),
    Overload("directives", "query cop { __typename " + "@aa" * 60 + " }"),
    Overload("root fields", "query cop { " + "__typename " * 500 + "}"),
    Overload("duplicates", "query cop { sources { " + "name " * 500 + "} }"),
    # As OWASP describes them.
    Overload("root fields", "{ " + " ".join(f'a{at}: learner(email: "{at}@a.example") {{ name }}'
             for at in range(30)) + " }"),
    Overload("rows", "{ courses(first: 99999999) { nodes { title } } }"),
    Overload("depth", "{ courses { nodes { contents { " + "courses { contents { " * 8 + "key"
             + " } }" * 8 + " } } } }"),
    Overload("cost", "{ courses(first: 100) { nodes { contents { courses { contents { key } } } "
             "} } }"),
    Overload("rows", "{ courses(first: 100) { nodes { completions(first: 100) { nodes { user { "
             "assignments(first: 100) { nodes { key } } } } } } } }"),
    Overload("tokens", "{ sources { name " + "# a\n" * 10 + "name " * 2_000 + "} }"),
    Overload("characters", "{ sources { name } }" + " " * 100_000),
    Overload("characters", "{ sources { name } } # " + "a" * 100_000),
)  # fmt: skip


@pytest.mark.parametrize("overload", OVERLOADS, ids=lambda each: each.limit)
async def test_an_overload_is_refused(graph: Graph, overload: Overload) -> None:
    answer = await graph.ask(overload.text)

    (error,) = answer.errors
    extensions = error["extensions"]
    assert extensions["code"] == "OPERATION_LIMIT_EXCEEDED"
    assert extensions["limit"] == overload.limit
    assert extensions["value"] > extensions["maximum"] and "data" not in answer.body
    assert await graph.requests() == []


ARMOR: Mapping[str, int] = {
    "characters": 15_000,
    "cost": 5_000,
    "aliases": 15,
    "depth": 6,
    "directives": 50,
    "tokens": 1_000,
}
"""Armor's defaults. Ours are as strict in directives. They are wider in the others: a connection
takes two levels and a dozen tokens where a list takes one, and it is the cost, by what the schema
says of each field, that bounds what a document may ask for."""


async def test_armors_defaults_are_settings() -> None:
    inside = "completions(first: 1) { nodes { user { name } } }"
    within = f"{{ courses(first: 1) {{ nodes {{ {inside} }} }} }}"
    many = " ".join(f"a{at}: name" for at in range(16))
    async with opened(settings(limits=dict(ARMOR))) as graph:
        assert (await graph.ask(within)).errors == []
        for limit, text in {
            "characters": "{ __typename }" + " " * 15_000,
            "cost": "{ courses(first: 100) { nodes { contents { courses { key } } } } }",
            "aliases": f"{{ sources {{ {many} }} }}",
            "depth": within.replace("name", "source { name }"),
            "directives": "{ __typename " + "@include(if: true) " * 51 + "}",
            "tokens": "{ sources { " + "name " * 1_000 + "} }",
        }.items():
            (error,) = (await graph.ask(text)).errors
            assert error["extensions"]["limit"] == limit
            assert error["extensions"]["maximum"] == ARMOR[limit]


def test_no_limit_is_wider_than_armors_without_another_below_it() -> None:
    """What the explorer asks is beyond Armor's, and far within ours."""
    ours = Limits()
    assert ours.directives == ARMOR["directives"]
    for text in (ALL, LEARNER):
        measure = limits.measure(parse(text))
        assert ARMOR["depth"] < measure.depth < ours.depth or measure.depth <= ARMOR["depth"]
        assert measure.aliases < ARMOR["aliases"]


async def test_a_url_carries_no_more_than_a_body() -> None:
    async with opened(settings(max_body=1_000)) as graph:
        response = await graph.client.get("/graphql", params={"query": "#" * 1_000})
        assert response.status_code == 414
        (error,) = response.json()["errors"]
        assert error["extensions"]["code"] == "BAD_REQUEST"


async def test_batches_are_not_taken(graph: Graph) -> None:
    response = await graph.client.post("/graphql", json=[{"query": "{ __typename }"}] * 10)
    assert response.status_code == 400
    assert "data" not in response.text


@pytest.mark.parametrize("mode", ["development", "production"])
async def test_introspection_does_not_go_in_circles(mode: str) -> None:
    fields = "fields { type { " * 5 + "name" + " } }" * 5
    text = f"query cop {{ __schema {{ types {{ {fields} }} }} }}"
    async with opened(settings(mode=mode)) as graph:
        answer = await graph.ask(text)
        assert answer.errors and "data" not in answer.body


async def test_fragments_do_not_go_in_circles(graph: Graph) -> None:
    there = "fragment A on __Schema { __typename ...B }"
    answer = await graph.ask(f"{{ __schema {{ ...A }} }} {there} fragment B on __Schema {{ ...A }}")
    assert set(answer.codes) == {"GRAPHQL_VALIDATION_FAILED"}
    straight = "fragment B on __Schema { __typename }"
    assert (await graph.ask(f"{{ __schema {{ ...A }} }} {there} {straight}")).errors == []


async def test_production_suggests_nothing(graph: Graph) -> None:
    hidden = settings(mode="production", introspection=True)
    async with opened(hidden) as production:
        for text in ("query cop { __schema { directive } }", "{ cours { title } }"):
            assert "Did you mean" in str((await graph.ask(text)).body)
            answer = await production.ask(text)
            assert answer.codes == ["GRAPHQL_VALIDATION_FAILED"]
            assert "Did you mean" not in str(answer.body)


@pytest.mark.parametrize("path", ["/", "/graphiql", "/playground", "/console", "/graphql"])
async def test_production_has_no_explorer(path: str) -> None:
    async with opened(settings(mode="production")) as graph:
        headers = {"accept": "text/html"}
        response = await graph.client.get(path, headers=headers, follow_redirects=True)
        assert response.status_code in (404, 405, 406)
        assert "<html" not in response.text


async def test_production_tells_no_schema() -> None:
    async with opened(settings(mode="production", gateway_secret=Secret(KEY))) as graph:
        for text in (
            "query cop { __schema { types { name fields { name } } } }",
            '{ __type(name: "Course") { fields { name } } }',
            "{ _service { sdl } }",
        ):
            answer = await graph.ask(text)
            assert answer.codes == ["INTROSPECTION_DISABLED"]
            assert "Course" not in str(answer.body)


DELETE = "mutation ($c: ID!) { courseDelete(input: { course: $c }) { deletedId } }"


async def test_a_url_changes_nothing(workshop: Graph) -> None:
    course = (await a_course(workshop))["id"]
    await workshop.forget()
    carried = {"query": DELETE, "variables": json.dumps({"c": course})}
    for headers in ({}, {"accept": "text/event-stream"}, {"apollo-require-preflight": "true"}):
        response = await workshop.client.get("/graphql", params=carried, headers=headers)
        assert response.status_code == 405
        assert response.headers["allow"] == "POST"
    assert (await workshop.client.head("/graphql", params=carried)).status_code == 405
    assert await workshop.requests() == []

    answer = await workshop.ask(DELETE, c=course)  # the same by POST does it
    assert answer.data == {"courseDelete": {"deletedId": course}}
    assert [each["method"] for each in await workshop.requests()] == ["DELETE"]


@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "text/plain", ""],
)
async def test_forms_are_not_taken(graph: Graph, content_type: str) -> None:
    response = await graph.client.post(
        "/graphql", content="query=%7B__typename%7D", headers={"content-type": content_type}
    )
    assert response.status_code == 415


async def test_answers_carry_no_traces() -> None:
    async with opened(settings(mode="production", explain=False)) as graph:
        response = await graph.client.post(
            "/graphql",
            json={"query": "{ __typename }"},
            headers={"x-apollo-tracing": "1", "x-explain": "upstream"},
        )
        assert response.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    "body",
    [
        {"query": "qwerty cop { abc }"},
        {"query": "{ courses(first: 1.5) { nodes { key } } }"},
        {"query": "{ sources { name } }", "variables": [1]},
        {"query": "{", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x"}}},
        {"query": '{ node(id: "\\u0000") { id } }'},
    ],
)
async def test_errors_have_no_insides(graph: Graph, body: dict[str, Any]) -> None:
    answer = await graph.post(body)
    told = str(answer.body).lower()
    assert answer.errors
    for inside in ("traceback", "exception", "stack", ".py", "graphql.error", "strawberry"):
        assert inside not in told


@pytest.mark.parametrize(
    "text",
    [
        "{ courses(first: 101) { nodes { key } } }",
        "{ courses(first: -1) { nodes { key } } }",
        '{ courses(after: "../../etc") { nodes { key } } }',
        '{ course(id: "../../accounts") { key } }',
        '{ learner(email: "nobody") { name } }',
        '{ courses(filter: { status: "ACTIVE" }) { nodes { key } } }',
    ],
)
async def test_inputs_are_of_their_types_and_sizes(graph: Graph, text: str) -> None:
    answer = await graph.ask(text)
    assert answer.codes in (["BAD_USER_INPUT"], ["GRAPHQL_VALIDATION_FAILED"])
    assert await graph.requests() == []


def test_every_list_that_grows_is_paged() -> None:
    """The lists of everything are connections; others are parts of a record."""
    query = make_schema()._schema.query_type
    assert query is not None
    for name in ("courses", "contents", "completions", "assignments", "users", "categories"):
        assert "first" in query.fields[name].args


async def test_nobody_reads_a_source_that_is_not_theirs() -> None:
    async with opened() as everything:
        found = await everything.ask('{ courses(sources: ["demo-bindbee"]) { nodes { id } } }')
        ids = [each["id"] for each in found.data["courses"]["nodes"]]
    assert ids
    async with opened(settings(only=["demo-stackone"])) as own:
        answer = await own.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
        assert answer.data == {"nodes": [None] * len(ids)}
        assert await own.requests() == []


async def test_nobody_changes_a_source_that_is_not_theirs(workshop: Graph) -> None:
    course = (await a_course(workshop))["id"]
    async with opened(settings(only=["demo-stackone"])) as own:
        answer = await own.ask(
            "mutation ($c: ID!) { courseDelete(input: { course: $c }) "
            "{ deletedId userErrors { code } } }",
            c=course,
        )
        assert answer.data == {
            "courseDelete": {"deletedId": None, "userErrors": [{"code": "NOT_FOUND"}]}
        }
        assert await own.requests() == []
