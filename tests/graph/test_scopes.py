"""What callers may do: by the scopes of their tokens, over every carrier, as it is printed."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import parse

from graph.app import Application, create_app
from graph.entity import DECLARATIONS, MUTATIONS, ROOTS
from graph.policies import SECRET
from graph.schema import make_schema, sdl
from graph.scopes import INTROSPECT, MANAGE, MANAGING, WRITE, Access
from graph.sockets import PROTOCOL
from graph.tokens import LEEWAY
from providers.secrets import Secret
from resolvers import ids
from tests.graph.asking import Answer, Graph, answered, demo, opened, running, settings
from tests.graph.hourglass import at_once
from tests.graph.importing import DONE, FOLLOW, HALF, ID, RUNNING, importing
from tests.graph.issuing import HOUR, START, Issuer, bearer, believing, key_server
from tests.graph.marks import fields, taken
from tests.graph.sockets import on_port
from tests.graph.subscribing import Socket
from tests.graph.test_carriers import EVENTS, PARTS, events, parts
from tests.graph.test_sockets import NAMES, Talk, talking
from tests.graph.visiting import stragglers

COURSE = ids.encode("Course", "demo-bindbee", "1")
READ = "{ sources { name } }"
PERSON = '{ __typename learner(email: "ada.byron@academy.example") { email } }'
RESYNC = 'mutation { sourceResync(input: { source: "x" }) { userErrors { code } } }'
UNLINK = (
    'mutation { gone: connectorDelete(input: { source: "x", key: "x" }) { userErrors { code } } }'
)
SCHEMA = "{ __schema { queryType { name } } }"
SDL = "{ _service { sdl } }"
NEW = "application/graphql-response+json"
OLD = "application/json"
KEY = "a-secret-of-gateways"
GATEWAY = {SECRET: KEY}
EVERYTHING = f"{WRITE} {MANAGE} {INTROSPECT}"


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture(scope="module")
def keys(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """File with the issuer's keys."""
    return issuer.write(tmp_path_factory.mktemp("keys"))


def application(keys: str, **changes: Any) -> Application:
    own = settings(authentication=believing(keys), gateway_secret=Secret(KEY), **changes)
    return create_app(own, transport=httpx.ASGITransport(demo()[1]), now=lambda: START)


@pytest.fixture(scope="module")
def developing(keys: str) -> Application:
    return application(keys)


@pytest.fixture(scope="module")
def producing(keys: str) -> Application:
    return application(keys, mode="production")


@asynccontextmanager
async def run(app: Application) -> AsyncIterator[Graph]:
    academy, sandbox = demo()
    async with running(app, sandbox, academy, app.server.settings) as graph:
        yield graph


@pytest.fixture
async def graph(developing: Application) -> AsyncIterator[Graph]:
    """A server in development, whose callers present tokens."""
    async with run(developing) as graph:
        yield graph


@pytest.fixture
async def production(producing: Application) -> AsyncIterator[Graph]:
    async with run(producing) as graph:
        yield graph


async def asked(
    graph: Graph, query: str, token: str | None = None, accept: str = NEW, **more: Any
) -> Answer:
    """What comes of a query with this token, if any; ``more`` are headers and variables."""
    headers = {"accept": accept, **(bearer(token) if token else {}), **more.pop("headers", {})}
    return await graph.post({"query": query, "variables": more}, headers)


# What fields take.


async def test_reading_takes_a_token_and_no_scope(graph: Graph, issuer: Issuer) -> None:
    assert (await asked(graph, READ)).codes == ["UNAUTHENTICATED"]
    assert (await asked(graph, READ, issuer.token())).data == NAMES["data"]


async def test_a_change_takes_the_scope_to_write(graph: Graph, issuer: Issuer) -> None:
    denied = await asked(graph, RESYNC, issuer.token(INTROSPECT))

    assert (denied.status, denied.codes) == (403, ["FORBIDDEN"])
    (error,) = denied.errors
    assert error["path"] == ["sourceResync"]
    assert error["locations"] == [{"line": 1, "column": 12}]
    assert error["extensions"]["requiredScopes"] == [WRITE]
    assert error["message"] == "`sourceResync` takes a token with the scope `write`."
    assert denied.headers["www-authenticate"] == (
        'Bearer realm="coursegraph", error="insufficient_scope", scope="write"'
    )
    assert "data" not in denied.body
    assert "FORBIDDEN" not in (await asked(graph, RESYNC, issuer.token(WRITE))).codes


async def test_what_reaches_past_the_graph_takes_a_further_scope(
    graph: Graph, issuer: Issuer
) -> None:
    denied = await asked(graph, UNLINK, issuer.token(WRITE))

    (error,) = denied.errors
    assert error["extensions"]["requiredScopes"] == [WRITE, MANAGE]
    assert error["path"] == ["gone"]
    assert 'scope="manage write"' in denied.headers["www-authenticate"]
    assert (await asked(graph, UNLINK, issuer.token(MANAGE))).codes == ["FORBIDDEN"]
    assert "FORBIDDEN" not in (await asked(graph, UNLINK, issuer.token(EVERYTHING))).codes


@pytest.mark.parametrize(
    "claims", [{"scp": [WRITE, "x"]}, {"scp": "x write"}, {"scope": "a write"}]
)
async def test_scopes_are_a_text_or_a_list(
    graph: Graph, issuer: Issuer, claims: dict[str, Any]
) -> None:
    assert "FORBIDDEN" not in (await asked(graph, RESYNC, issuer.token(**claims))).codes


@pytest.mark.parametrize(
    "claims",
    [
        {"scp": {"write": 1}},
        {"scp": [["write"]]},
        {"scope": ["Write", 7]},
        {"scope": "write,manage"},
    ],
)
async def test_what_is_no_scope_allows_nothing(
    graph: Graph, issuer: Issuer, claims: dict[str, Any]
) -> None:
    assert (await asked(graph, RESYNC, issuer.token(**claims))).codes == ["FORBIDDEN"]


async def test_nothing_is_executed_where_one_field_is_denied(graph: Graph, issuer: Issuer) -> None:
    query = f"mutation {{ {RESYNC[11:-2]} {UNLINK[11:-2]} }}"
    denied = await asked(graph, query, issuer.token(WRITE))

    assert [each["path"] for each in denied.errors] == [["gone"]]
    assert await graph.requests() == []


@pytest.mark.parametrize(
    "query",
    [
        'mutation { mine: sourceResync(input: { source: "x" }) { userErrors { code } } }',
        'mutation { ...F } fragment F on Mutation { sourceResync(input: { source: "x" })'
        " { userErrors { code } } }",
        'mutation { ... on Mutation { ... { sourceResync(input: { source: "x" })'
        " { userErrors { code } } } } }",
        'mutation ($yes: Boolean!) { sourceResync(input: { source: "x" }) @include(if: $yes)'
        " { userErrors { code } } }",
    ],
)
async def test_a_change_is_found_however_it_is_written(
    graph: Graph, issuer: Issuer, query: str
) -> None:
    for _ in range(3):  # whether the document is known or not
        assert (await asked(graph, query, issuer.token(), yes=True)).codes == ["FORBIDDEN"]


async def test_what_is_left_out_takes_nothing(graph: Graph, issuer: Issuer) -> None:
    query = (
        'mutation ($no: Boolean = false) { __typename sourceResync(input: { source: "x" })'
        " @include(if: $no) { userErrors { code } } }"
    )
    for _ in range(3):
        left_out = await asked(graph, query, issuer.token())
        assert (left_out.codes, left_out.data) == ([], {"__typename": "Mutation"})
        assert (await asked(graph, query, issuer.token(), no=True)).codes == ["FORBIDDEN"]


async def test_one_callers_scopes_are_no_others(graph: Graph, issuer: Issuer) -> None:
    for _ in range(3):  # the document and its plan are kept for all
        assert "FORBIDDEN" not in (await asked(graph, RESYNC, issuer.token(WRITE))).codes
        assert (await asked(graph, RESYNC, issuer.token())).codes == ["FORBIDDEN"]
        assert (await asked(graph, RESYNC)).codes == ["UNAUTHENTICATED"]


async def test_entities_take_a_token(graph: Graph, issuer: Issuer) -> None:
    query = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Course { title } } }"
    of = [{"__typename": "Course", "id": COURSE}]

    denied = await asked(graph, query, of=of)

    assert (denied.codes, denied.errors[0]["path"]) == (["UNAUTHENTICATED"], ["_entities"])
    assert await graph.requests() == []
    assert "UNAUTHENTICATED" not in (await asked(graph, query, issuer.token(), of=of)).codes


async def test_the_first_field_that_takes_a_token_is_named(graph: Graph) -> None:
    (error,) = (await asked(graph, PERSON)).errors
    assert error["path"] == ["learner"]


async def test_reading_may_be_for_everybody(keys: str, issuer: Issuer) -> None:
    own = settings(authentication=believing(keys, required=False), mode="production")
    async with opened(own, now=lambda: START) as graph:
        assert (await asked(graph, READ)).data == NAMES["data"]
        denied = await asked(graph, RESYNC)
        assert (denied.status, denied.codes) == (401, ["UNAUTHENTICATED"])
        assert (await asked(graph, RESYNC, issuer.token())).codes == ["FORBIDDEN"]
        assert (await asked(graph, READ, "a.b.c")).codes == ["UNAUTHENTICATED"]


# What is shown.


async def test_in_production_nobody_is_told_anything_without_a_token(production: Graph) -> None:
    for query in (SCHEMA, SDL, "{ __typename }", "{ cours }", "{", READ):
        assert (await asked(production, query)).codes == ["UNAUTHENTICATED"]


async def test_in_development_the_schema_is_shown_without_a_token(graph: Graph) -> None:
    for query in (SCHEMA, SDL, "{ __typename }"):
        assert (await asked(graph, query)).codes == []


@pytest.mark.parametrize("query", [SCHEMA, SDL])
async def test_in_production_the_schema_is_shown_by_scope(
    production: Graph, issuer: Issuer, query: str
) -> None:
    hidden = await asked(production, query, issuer.token(WRITE))
    assert hidden.codes == ["INTROSPECTION_DISABLED"]
    (error,) = hidden.errors
    for way in ("`router-authorization`", "tokens, to those with the scope `introspect`"):
        assert way in error["message"]
    assert (await asked(production, query, issuer.token(INTROSPECT))).codes == []
    assert (await asked(production, query, issuer.token(WRITE))).codes == ["INTROSPECTION_DISABLED"]


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ('{ course(id: "x") { titel } }', {}),
        (
            "query ($f: CourseFilter) { courses(filter: $f) { nodes { key } } }",
            {"f": {"status": "ACTIV"}},
        ),
    ],
)
async def test_in_production_suggestions_are_made_by_scope(
    production: Graph, issuer: Issuer, query: str, variables: dict[str, Any]
) -> None:
    for _ in range(3):
        helped = await asked(production, query, issuer.token(INTROSPECT), **variables)
        assert "Did you mean" in str(helped.body)
        unhelped = await asked(production, query, issuer.token(), **variables)
        assert "Did you mean" not in str(unhelped.body)
        assert unhelped.codes == helped.codes


async def test_a_gateway_without_a_users_token_is_told_the_schema_and_no_more(
    production: Graph,
) -> None:
    for query in (SCHEMA, SDL, "{ __typename }"):
        assert (await asked(production, query, headers=GATEWAY)).codes == []
    for query in (READ, RESYNC, "{ sources { name } _service { sdl } }"):
        answer = await asked(production, query, headers=GATEWAY)
        assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])


async def test_behind_a_gateway_the_users_token_says_what_may_be_asked(
    production: Graph, issuer: Issuer
) -> None:
    token = issuer.token()
    assert (await asked(production, READ, token, headers=GATEWAY)).codes == []
    assert (await asked(production, SDL, token, headers=GATEWAY)).codes == []
    assert (await asked(production, RESYNC, token, headers=GATEWAY)).codes == ["FORBIDDEN"]


# The carriers.


@pytest.mark.parametrize("accept", [NEW, OLD, EVENTS, PARTS, f"{EVENTS}, {NEW}"])
async def test_who_is_denied_gets_no_stream(graph: Graph, issuer: Issuer, accept: str) -> None:
    without = await asked(graph, READ, accept=accept)
    assert (without.status, without.codes) == (401, ["UNAUTHENTICATED"])
    short = await asked(graph, RESYNC, issuer.token(), accept)
    # The older media type says nothing of operations by its status.
    assert (short.status, short.codes) == (200 if accept == OLD else 403, ["FORBIDDEN"])
    followed = await asked(graph, FOLLOW, accept=f"{EVENTS}, {PARTS}", id=ID)
    assert (followed.status, followed.codes) == (401, ["UNAUTHENTICATED"])


async def test_a_token_goes_with_every_carrier_over_http(graph: Graph, issuer: Issuer) -> None:
    headers = bearer(issuer.token())
    got = await graph.client.get("/graphql", params={"query": READ}, headers=headers)
    assert answered(got).data == NAMES["data"]
    accept = {"accept": EVENTS, **headers}
    streamed = await graph.client.post("/graphql", json={"query": READ}, headers=accept)
    assert events(streamed) == [NAMES]
    deferred = "{ ... @defer { sources { name } } }"
    accept = {"accept": "multipart/mixed", **headers}
    found = await graph.client.post("/graphql", json={"query": deferred}, headers=accept)
    assert found.headers["content-type"].startswith("multipart/mixed")
    assert (await asked(graph, deferred, accept="multipart/mixed")).codes == ["UNAUTHENTICATED"]


async def test_a_known_document_takes_what_its_fields_do(
    keys: str, issuer: Issuer, tmp_path: Path
) -> None:
    manifest = tmp_path / "documents.json"
    manifest.write_text(json.dumps({"resync": RESYNC}))
    own = settings(authentication=believing(keys), documents=[str(manifest)], only_trusted=True)
    async with opened(own, now=lambda: START) as graph:
        for token, code in ((issuer.token(), "FORBIDDEN"), (None, "UNAUTHENTICATED")):
            headers = bearer(token) if token else {}
            assert (await graph.post({"documentId": "resync"}, headers)).codes == [code]


async def test_an_address_for_a_file_is_all_that_it_takes(graph: Graph) -> None:
    # Who may ask for one is looked at where it is asked for.
    assert (await graph.client.put("/uploads/unknown", content=b"x")).status_code == 404
    assert (await graph.client.get("/downloads/unknown")).status_code == 404


# WebSockets.


@asynccontextmanager
async def connected(app: Application, **headers: str) -> AsyncIterator[Talk]:
    """A socket that hasn't begun."""
    async with run(app), on_port(app) as served:
        async with talking(served, additional_headers=headers) as talk:
            yield talk


@pytest.mark.parametrize("name", ["authorization", "Authorization"])
async def test_over_a_socket_the_token_is_in_the_first_message(
    producing: Application, issuer: Issuer, name: str
) -> None:
    async with connected(producing) as talk:
        await talk.begin({name: f"Bearer {issuer.token()}"})
        await talk.ask("1", READ)
        assert (await talk.hear())["payload"] == NAMES
        assert (await talk.hear())["type"] == "complete"
        await talk.ask("2", RESYNC)
        denied = await talk.hear()
        assert (denied["id"], denied["type"]) == ("2", "error")
        (error,) = denied["payload"]
        assert error["extensions"]["code"] == "FORBIDDEN"
        await talk.ask("3", SCHEMA)
        assert (await talk.hear())["type"] == "error"


async def test_over_a_socket_the_token_may_be_in_the_handshake(
    producing: Application, issuer: Issuer
) -> None:
    async with connected(producing, **bearer(issuer.token(WRITE))) as talk:
        await talk.begin({"x-explain": "no"})
        await talk.ask("1", READ)
        assert (await talk.hear())["payload"] == NAMES


async def test_the_first_message_goes_before_the_handshake(
    producing: Application, issuer: Issuer
) -> None:
    async with connected(producing, **bearer("a.b.c")) as talk:
        await talk.begin({"authorization": f"Bearer {issuer.token()}"})


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (None, "Forbidden: This takes a token: send `Authorization: Bearer …`."),
        ({"authorization": "Bearer a.b.c"}, "Forbidden: The token can't be used here."),
        ({"authorization": ["Bearer"]}, "Forbidden: This takes a token"),
        ({"authorization": "Bearer a", "Authorization": "Bearer a"}, "Forbidden: Send one token"),
    ],
)
async def test_a_socket_is_closed_where_its_token_isnt_good(
    producing: Application, payload: Any, reason: str
) -> None:
    async with connected(producing) as talk:
        await talk.say("connection_init", **({} if payload is None else {"payload": payload}))
        code, said = await talk.closed()
        assert code == 4403 and said.startswith(reason)


async def test_a_socket_without_a_token_is_closed_whatever_is_shown_without_one(
    keys: str, issuer: Issuer
) -> None:
    own = settings(authentication=believing(keys), introspection=True)
    async with opened(own, now=lambda: START) as graph:
        assert (await graph.ask(SCHEMA)).codes == []
        async with on_port(graph.app) as served, talking(served) as talk:
            await talk.say("connection_init")
            code, said = await talk.closed()
            assert code == 4403 and said.startswith("Forbidden: This takes a token")


async def test_a_gateways_socket_takes_no_token_until_something_does(
    producing: Application,
) -> None:
    async with connected(producing) as talk:
        await talk.begin(GATEWAY)
        await talk.ask("1", SDL)
        assert [(await talk.hear())["type"] for _ in range(2)] == ["next", "complete"]
        await talk.ask("2", READ)
        (error,) = (await talk.hear())["payload"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_socket_is_to_be_opened_again_later_where_the_keys_cant_be_read() -> None:
    issuer = Issuer()
    async with key_server(issuer) as server:
        server.status = 500
        async with connected(application(server.url)) as talk:
            token = f"Bearer {issuer.token()}"
            await talk.say("connection_init", payload={"authorization": token})
            assert (await talk.closed())[0] == 1013


# A token's end, while something is followed.


class Clock:
    """A time that passes as the event loop's does."""

    def __call__(self) -> datetime:
        return START + timedelta(seconds=asyncio.get_running_loop().time())


FOLLOWED = {"query": FOLLOW, "variables": {"id": ID}}


@pytest.mark.parametrize("accept", [EVENTS, PARTS])
def test_a_followed_stream_ends_with_its_token(keys: str, issuer: Issuer, accept: str) -> None:
    token = issuer.token()

    async def follow() -> tuple[httpx.Response, float, list[float]]:
        slow = importing(
            RUNNING,
            authentication=believing(keys),
            now=Clock(),
            poll_interval=60.0,
            heartbeat=2.0 * HOUR,
        )
        async with slow as (graph, job):
            headers = {"accept": accept, **bearer(token)}
            response = await graph.client.post("/graphql", json=FOLLOWED, headers=headers)
            assert await stragglers() == set()
            return response, asyncio.get_running_loop().time(), job.polls

    response, ended, polls = at_once(follow())

    assert ended == pytest.approx(HOUR + LEEWAY, abs=1)
    assert polls[-1] < ended
    told = events(response) if accept == EVENTS else [e for e in parts(response) if e != {}]
    (error,) = told[-1]["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert error["message"] == "The token has expired."


def test_a_socket_is_closed_when_its_token_ends(keys: str, issuer: Issuer) -> None:
    token = issuer.token()
    scope = {"type": "websocket", "path": "/graphql", "headers": [], "subprotocols": [PROTOCOL]}

    async def follow() -> tuple[list[Any], float]:
        slow = importing(
            RUNNING, HALF, authentication=believing(keys), now=Clock(), poll_interval=60.0
        )
        async with slow as (graph, _):
            socket = Socket()
            await socket.to_server.put({"type": "websocket.connect"})
            payload = {"authorization": f"Bearer {token}"}
            await socket.say(type="connection_init", payload=payload)
            await socket.say(type="subscribe", id="1", payload=FOLLOWED)
            talking = asyncio.create_task(
                graph.app(scope, socket.to_server.get, socket.to_client.put)
            )
            said: list[Any] = []
            while not said or said[-1].get("type") != "websocket.close":
                message = await socket.to_client.get()
                said.append(json.loads(message["text"]) if "text" in message else message)
                if said[-1].get("type") == "ping":
                    await socket.say(type="pong")
            await talking
            assert await stragglers() == set()
            return said, asyncio.get_running_loop().time()

    said, ended = at_once(follow())

    assert ended == pytest.approx(HOUR + LEEWAY, abs=1)
    assert said[-1]["code"] == 4403
    assert said[-1]["reason"] == b"Forbidden: The token has expired".decode()
    # Nothing is said of the operation: the client asks it again with a new token.
    assert {each["type"] for each in said[2:-1]} == {"next", "ping"}


async def test_what_runs_out_of_time_besides_is_not_called_a_tokens_end(
    keys: str, issuer: Issuer
) -> None:
    def stuck() -> datetime:
        raise TimeoutError

    own = settings(authentication=believing(keys))
    app = create_app(own, transport=httpx.ASGITransport(demo()[1]), now=stuck)
    scope = {"type": "websocket", "path": "/graphql", "headers": [], "subprotocols": [PROTOCOL]}
    async with run(app):
        socket = Socket()
        await socket.to_server.put({"type": "websocket.connect"})
        payload = {"authorization": f"Bearer {issuer.token()}"}
        await socket.say(type="connection_init", payload=payload)
        with pytest.raises(TimeoutError):
            await app(scope, socket.to_server.get, socket.to_client.put)
        assert (await socket.to_client.get())["type"] == "websocket.accept"
        assert socket.to_client.empty()  # the server that runs it closes it, as after any fault


def test_a_change_that_is_under_way_outlasts_the_token(keys: str, issuer: Issuer) -> None:
    nearly = int(START.timestamp()) - LEEWAY + 1

    async def change() -> httpx.Response:
        own = settings(authentication=believing(keys))
        async with opened(own, now=Clock(), fresh=True) as graph:
            await graph.fault("scormcloud", "slow", delay=5.0)
            course = ids.encode("Course", "demo-scorm-cloud", "x")
            query = (
                f'mutation {{ courseTagsReplace(input: {{ course: "{course}", tags: [] }})'
                " { userErrors { code } } }"
            )
            headers = {"accept": EVENTS, **bearer(issuer.token(WRITE, exp=nearly))}
            return await graph.client.post("/graphql", json={"query": query}, headers=headers)

    (told,) = events(at_once(change()))

    assert "UNAUTHENTICATED" not in str(told)


async def test_following_ends_as_ever_before_the_token_does(keys: str, issuer: Issuer) -> None:
    own: dict[str, Any] = {"authentication": believing(keys), "poll_interval": 0.01}
    async with importing(RUNNING, DONE, now=lambda: START, **own) as (graph, _):
        headers = {"accept": EVENTS, **bearer(issuer.token())}
        response = await graph.client.post("/graphql", json=FOLLOWED, headers=headers)
        found = [each["data"]["courseImport"]["status"] for each in events(response)]
        assert found == ["RUNNING", "COMPLETE"]


# What is printed.


@pytest.mark.parametrize("required", [True, False])
def test_what_is_printed_is_what_is_enforced(required: bool) -> None:
    access = Access(required=required)
    text = sdl(make_schema(access=access))
    found = {at: taken(each) for at, each in fields(text)}

    assert found == {at: access.need(*at) for at in found}
    taking = {at for at, scopes in found.items() if scopes is not None}
    assert {type for type, _ in taking} >= ROOTS if required else {"Mutation"}
    assert taking >= {("Mutation", name) for name in MUTATIONS}
    assert found["Mutation", "passthrough"] == (WRITE, MANAGE)
    keyed = {(name, key) for name, each in DECLARATIONS.items() for key in each.keys}
    assert not keyed & taking  # others' fields lead there, too
    assert MANAGING <= MUTATIONS.keys()


async def test_every_field_of_the_roots_is_enforced(graph: Graph, issuer: Issuer) -> None:
    schema = graph.app.streams.schema  # type: ignore[attr-defined]
    for (type, name), field in fields(sdl(schema)):
        if type in ROOTS:
            needs = schema.access.needs(schema._schema, *operation(type, name), {})
            scopes = taken(field)
            assert [each.scopes for each in needs] == ([] if scopes is None else [scopes])


def operation(type: str, field: str) -> tuple[Any, Any]:
    """A document that asks a field of a root, and its operation."""
    document = parse(f"{type.lower()} {{ {field} }}")
    return document, document.definitions[0]


async def test_gateways_are_told_the_same(graph: Graph) -> None:
    told = (await asked(graph, SDL)).data["_service"]["sdl"]
    assert told + "\n" == sdl(make_schema(access=Access()))


def test_without_tokens_nothing_is_marked() -> None:
    plain = sdl(make_schema())
    marked = sdl(make_schema(access=Access()))
    assert "@authenticated" not in plain and "@requiresScopes" not in plain
    assert re.findall(r'"@\w+"', marked.partition("{")[0]) == [
        '"@authenticated"', '"@cost"', '"@key"', '"@listSize"', '"@requiresScopes"', '"@shareable"',
    ]  # fmt: skip
    unmarked = re.sub(r" @authenticated| @requiresScopes\(scopes: \S+ ?\S*\]\]\)", "", marked)
    assert unmarked.partition("{")[2].partition("{")[2] == plain.partition("{")[2].partition("{")[2]
    assert sdl(make_schema()) == plain  # nothing of it stays


def test_where_reading_takes_nothing_only_changes_are_marked() -> None:
    text = sdl(make_schema(access=Access(required=False)))
    assert "@authenticated" not in text and "@requiresScopes" in text


async def test_costs_are_the_same_with_marks() -> None:
    plain, marked = make_schema(), make_schema(access=Access())
    document = parse("{ courses(first: 7) { nodes { title categories { name } } } }")
    assert plain.costs.of(document) == marked.costs.of(document) > 7
