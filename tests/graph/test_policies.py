"""What the server shows of itself: by mode, by setting, and to gateways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.app import check
from graph.policies import SECRET
from providers.secrets import Secret
from providers.sources import Settings, SettingsError, make_settings, read_settings
from tests.graph.asking import Graph, opened, settings
from tests.graph.test_carriers import EVENTS, events
from tests.graph.test_sockets import serving, talking

KEY = "a-secret-of-gateways"
GATEWAY = {SECRET: KEY}

SCHEMA = "{ __schema { queryType { name } } }"
TYPE = '{ __type(name: "Course") { name } }'
SDL = "{ _service { sdl } }"
PAGE = {"accept": "text/html"}

SOURCE = {"name": "a", "provider": "vitalsource", "api_key": "x"}


def production(**changes: Any) -> Settings:
    """Settings of a server in production, with these changes."""
    return settings(mode="production", gateway_secret=Secret(KEY), **changes)


async def asked(graph: Graph, query: str, headers: dict[str, str] | None = None) -> list[str]:
    """The codes of what comes of a query."""
    return (await graph.post({"query": query}, headers or {})).codes


# Introspection and the SDL.


@pytest.mark.parametrize("query", [SCHEMA, TYPE, SDL])
async def test_development_shows_the_schema(graph: Graph, query: str) -> None:
    assert await asked(graph, query) == []


@pytest.mark.parametrize(
    "query",
    [
        SCHEMA,
        TYPE,
        SDL,
        "{ ...F } fragment F on Query { ... { x: __schema { queryType { name } } } }",
        "{ sources { name } _service { sdl } }",
        "query ($no: Boolean = false) { __schema @include(if: $no) { queryType { name } } }",
    ],
)
async def test_production_hides_the_schema_whatever_way_it_is_asked(query: str) -> None:
    async with opened(production()) as graph:
        for _ in range(3):  # whether the document is known or not
            answer = await graph.ask(query)
            assert answer.codes == ["INTROSPECTION_DISABLED"]
            assert "data" not in answer.body
            assert answer.calls == []


async def test_typename_is_no_introspection() -> None:
    async with opened(production()) as graph:
        answer = await graph.ask("{ __typename sources { __typename } }")
        assert answer.errors == []


@pytest.mark.parametrize("query", [SCHEMA, TYPE, SDL])
async def test_a_gateway_with_the_secret_is_shown_the_schema(query: str) -> None:
    async with opened(production()) as graph:
        assert await asked(graph, query, GATEWAY) == []
        assert await asked(graph, query) == ["INTROSPECTION_DISABLED"]


@pytest.mark.parametrize("secret", ["", "wrong", KEY[:-1], KEY + "x", "\xff" * 20])
async def test_nobody_is_a_gateway_by_another_secret(secret: str) -> None:
    async with opened(production()) as graph:
        request = {SECRET.encode(): secret.encode("latin-1")}
        response = await graph.client.post("/graphql", json={"query": SDL}, headers=request)
        (error,) = response.json()["errors"]
        assert error["extensions"]["code"] == "INTROSPECTION_DISABLED"


async def test_without_a_secret_in_the_settings_nobody_is_a_gateway() -> None:
    async with opened(settings(mode="production")) as graph:
        assert await asked(graph, SDL, {SECRET: ""}) == ["INTROSPECTION_DISABLED"]


@pytest.mark.parametrize(
    ("change", "shown", "hidden"),
    [
        ({"introspection": True}, [SCHEMA, TYPE], [SDL]),
        ({"sdl": True}, [SDL], [SCHEMA, TYPE]),
    ],
)
async def test_a_setting_overrides_the_mode(
    change: dict[str, bool], shown: list[str], hidden: list[str]
) -> None:
    async with opened(production(**change)) as graph:
        assert [await asked(graph, query) for query in shown] == [[] for _ in shown]
        assert [await asked(graph, query) for query in hidden] == [
            ["INTROSPECTION_DISABLED"] for _ in hidden
        ]


TRACED = {"apollo-federation-include-trace": "ftv1"}


@pytest.mark.parametrize(
    ("change", "headers", "told"),
    [
        ({}, {}, False),
        ({}, GATEWAY, True),
        ({}, {SECRET: "wrong"}, False),
        ({"traces": True}, {}, True),
        ({"traces": False}, GATEWAY, True),
        ({"mode": "development"}, {}, True),
        ({"mode": "development", "traces": False}, {}, False),
    ],
)
async def test_production_tells_traces_to_gateways_only(
    change: dict[str, Any], headers: dict[str, str], told: bool
) -> None:
    chosen = {"mode": "production", "gateway_secret": Secret(KEY), **change}
    async with opened(settings(**chosen)) as graph:
        answer = await graph.post({"query": "{ sources { name } }"}, {**TRACED, **headers})
        assert answer.data["sources"] and answer.errors == []
        assert ("ftv1" in answer.body.get("extensions", {})) is told


async def test_over_a_socket_the_secret_is_in_the_handshake_or_in_the_first_message() -> None:
    async with serving(mode="production", gateway_secret=Secret(KEY)) as (_, served):
        for payload, headers, known in (
            ({}, {}, False),
            (GATEWAY, {}, True),
            ({}, GATEWAY, True),
            ({SECRET: "a client's own"}, GATEWAY, True),
            (GATEWAY, {SECRET: "a client's own"}, True),
        ):
            async with talking(served, additional_headers=headers) as talk:
                await talk.begin(payload)
                await talk.ask("1", SDL)
                assert (await talk.hear())["type"] == ("next" if known else "error")


async def test_a_stream_shows_what_its_caller_may_see() -> None:
    async with opened(production()) as graph:
        for headers, shown in (({}, False), (GATEWAY, True)):
            response = await graph.client.post(
                "/graphql", json={"query": SDL}, headers={"accept": EVENTS, **headers}
            )
            (body,) = events(response)
            assert ("data" in body) is shown


# Suggestions.

MISTAKES: list[tuple[str, dict[str, Any]]] = [
    ("{ course { title } cours { title } }", {}),
    ('{ course(id: "x") { titel } }', {}),
    ("{ courses(frist: 2) { nodes { key } } }", {}),
    ("{ courses(filter: { statu: ACTIVE }) { nodes { key } } }", {}),
    ("{ courses(filter: { status: ACTIV }) { nodes { key } } }", {}),
    ("{ ... on Cours { title } }", {}),
    ("query ($s: Statu) { __typename }", {}),
    (
        "query ($f: CourseFilter) { courses(filter: $f) { nodes { key } } }",
        {"f": {"status": "ACTIV"}},
    ),
    (
        "query ($f: CourseFilter) { courses(filter: $f) { nodes { key } } }",
        {"f": {"statu": "ACTIVE"}},
    ),
]


@pytest.mark.parametrize(("query", "variables"), MISTAKES)
async def test_suggestions_help_in_development_and_not_in_production(
    graph: Graph, query: str, variables: dict[str, Any]
) -> None:
    helped = await graph.ask(query, **variables)
    async with opened(production()) as hiding:
        for _ in range(2):
            unhelped = await hiding.ask(query, **variables)
            assert unhelped.codes == helped.codes
            assert "Did you mean" not in str(unhelped.body)
    assert "Did you mean" in str(helped.body) or "CourseFilter" in query


async def test_suggestions_are_hidden_where_graphql_core_executes() -> None:
    async with opened(production()) as graph:
        schema = graph.app.streams.schema  # type: ignore[attr-defined]
        schema.compiled = False
        query, variables = MISTAKES[-2]
        assert "Did you mean" not in str((await graph.ask(query, **variables)).body)


# The explorer.


async def test_the_explorer_is_there_in_development_only() -> None:
    async with opened(settings()) as graph:
        page = await graph.client.get("/graphql", headers=PAGE)
        assert page.headers["content-type"].startswith("text/html")
    async with opened(production()) as graph:
        hidden = await graph.client.get("/graphql", headers=PAGE)
        assert hidden.status_code == 406
        assert (await graph.client.get("/explorer/manifest.json")).status_code == 404
    async with opened(production(explorer=True)) as graph:
        page = await graph.client.get("/graphql", headers=PAGE)
        assert page.headers["content-type"].startswith("text/html")


# Settings.


def test_settings_name_a_mode_and_its_exceptions() -> None:
    made = make_settings(
        {
            "mode": "production",
            "introspection": True,
            "gateway_secret": "env:GATEWAY",
            "sources": [SOURCE],
        },
        {"GATEWAY": KEY},
    )
    assert (made.mode, made.introspection, made.sdl) == ("production", True, None)
    assert made.gateway_secret is not None and made.gateway_secret.reveal() == KEY
    assert KEY not in repr(made)


async def test_a_server_may_take_nothing_but_what_gateways_ask() -> None:
    made = make_settings({"only_trusted": True, "gateway_secret": KEY, "sources": [SOURCE]}, {})
    own = settings(only_trusted=made.only_trusted, gateway_secret=made.gateway_secret)
    async with opened(own) as graph:
        query = {"query": "{ sources { name } }"}
        assert (await graph.post(query, GATEWAY)).errors == []
        (error,) = (await graph.post(query)).errors
        assert error["message"] == "This server takes only what its gateways ask."
        assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_IN_LIST"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"mode": "prod"}, "mode is 'prod'; it must be one of development, production"),
        ({"gateway_secret": "short"}, "gateway_secret must have 16 characters"),
        ({"gateway_secret": "env:MISSING"}, "environment variable MISSING"),
        ({"gateway_secret": "zwölf große Geheimnisse"}, "gateway_secret: a credential must be"),
        ({"only_trusted": True}, "only_trusted needs documents, or a gateway_secret"),
        ({"gateway_limits": {"cost": 5}}, "gateway_limits needs a gateway_secret"),
    ],
)
def test_settings_that_can_not_be_say_so(given: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        make_settings({**given, "sources": [SOURCE]}, {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[limits]\ndepht = 5", "limits.depht is none; there are tokens, depth"),
        ("[limits]\ndepth = 0", "limits.depth must be 1 or more"),
        ("[limits]\ncost = 'many'", "limits.cost is 'many'; it must be a whole number"),
        ("[max_ages]\nCourse = 1.5", "max_ages.Course is 1.5; it must be a whole number"),
        ("[limits]\nrows = 9007199254740991", "less than 9007199254740991"),
        (
            f'gateway_secret = "{KEY}"\n[gateway_limits]\ndepth = 5',
            "gateway_limits.depth is none; there are rows, cost",
        ),
        (
            f'gateway_secret = "{KEY}"\n[gateway_limits]\ncost = 0',
            "gateway_limits.cost must be 1 or more",
        ),
        ("[max_ages]\nCours = 5", "max_ages.Cours = 5: give 0 or more to one of Course"),
        ("[max_ages]\nCourse = -1", "max_ages.Course = -1"),
    ],
)
def test_tables_of_the_settings_are_looked_at_before_anything_is_opened(
    tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "coursegraph.toml"
    file.write_text(f'{text}\n[[sources]]\nname = "a"\nprovider = "vitalsource"\napi_key = "x"\n')
    with pytest.raises(SettingsError, match=words):
        check(read_settings(file))


async def test_limits_are_settings() -> None:
    async with opened(settings(limits={"fields": 3})) as graph:
        (error,) = (await graph.ask("{ sources { name provider capabilities } }")).errors
        assert error["extensions"]["maximum"] == 3


# Limits of gateways.

LISTS = "query ($first: Int!) { courses(first: $first) { nodes { id } } }"


async def test_a_gateway_may_ask_for_ten_times_the_rows_and_the_cost() -> None:
    async with opened(production(limits={"cost": 6, "rows": 8})) as graph:
        for first, limit in ((5, None), (6, "cost"), (9, "rows")):
            body = {"query": LISTS, "variables": {"first": first}}
            for headers, expected in (({}, limit), (GATEWAY, None), ({}, limit)):
                found = (await graph.post(body, headers)).errors
                assert [each["extensions"]["limit"] for each in found] == [expected] * bool(
                    expected
                )
        answer = await graph.post({"query": LISTS, "variables": {"first": 60}}, GATEWAY)
        (error,) = answer.errors
        assert (error["extensions"]["limit"], error["extensions"]["maximum"]) == ("cost", 60)


async def test_a_gateways_limits_are_settings() -> None:
    own = production(limits={"cost": 6}, gateway_limits={"cost": 7})
    async with opened(own) as graph:
        for first, codes in ((6, []), (7, ["OPERATION_LIMIT_EXCEEDED"])):
            body = {"query": LISTS, "variables": {"first": first}}
            assert (await graph.post(body, GATEWAY)).codes == codes


async def test_what_a_gateway_sends_may_be_no_longer_than_what_everybody_does() -> None:
    async with opened(production(limits={"aliases": 1})) as graph:
        body = {"query": "{ a: __typename b: __typename }"}
        assert (await graph.post(body, GATEWAY)).errors[0]["extensions"]["maximum"] == 1


async def test_over_a_socket_a_gateway_has_its_limits_too() -> None:
    query = LISTS.replace("$first: Int!", "$first: Int = 6")
    async with serving(mode="production", gateway_secret=Secret(KEY), limits={"cost": 6}) as (
        _,
        served,
    ):
        for payload, known in (({}, "error"), (GATEWAY, "next")):
            async with talking(served) as talk:
                await talk.begin(payload)
                await talk.ask("1", query)
                assert (await talk.hear())["type"] == known
