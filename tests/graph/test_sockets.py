"""The graph over WebSockets: every rule of graphql-transport-ws, over a real port.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.responses import JSONResponse
from starlette.types import Message
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from graph.sockets import PROTOCOL
from tests.graph.asking import Graph, opened, settings
from tests.graph.hourglass import at_once
from tests.graph.importing import DONE, FOLLOW, HALF, ID, RUNNING, importing
from tests.graph.sockets import Served, on_port
from tests.graph.test_deadline import HOUR
from tests.graph.visiting import stragglers, under_way

NAMES = {"data": {"sources": [{"name": each.name} for each in settings().sources]}}


@dataclass(slots=True)
class Talk:
    """A client's side of a socket."""

    socket: ClientConnection

    async def say(self, type: str, **parts: Any) -> None:
        """Send a message."""
        await self.socket.send(json.dumps({"type": type, **parts}))

    async def hear(self) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(5):
            message: dict[str, Any] = json.loads(await self.socket.recv())
            return message

    async def begin(self, payload: Any = None) -> None:
        """Say hello, and be acknowledged."""
        await self.say("connection_init", **({} if payload is None else {"payload": payload}))
        assert await self.hear() == {"type": "connection_ack"}

    async def ask(self, id: str, query: str, /, **variables: Any) -> None:
        """Ask for an operation."""
        await self.say("subscribe", id=id, payload={"query": query, "variables": variables})

    async def closed(self) -> tuple[int, str]:
        """The code and reason that the server closes with, before it says anything else."""
        with pytest.raises(ConnectionClosed) as raised:
            await self.hear()
        received = raised.value.rcvd
        assert received is not None
        return received.code, received.reason


@asynccontextmanager
async def talking(served: Served, *protocols: str, **options: Any) -> AsyncIterator[Talk]:
    """A socket to the graph, closed at the end."""
    wanted = [Subprotocol(each) for each in protocols or (PROTOCOL,)]
    address = f"ws://127.0.0.1:{served.port}/graphql"
    async with connect(
        address, subprotocols=wanted, proxy=None, compression=None, **options
    ) as socket:
        yield Talk(socket)


@asynccontextmanager
async def serving(**changes: Any) -> AsyncIterator[tuple[Graph, Served]]:
    """The graph on a port, under settings with these changes."""
    async with opened(settings(**changes)) as graph, on_port(graph.app) as served:
        yield graph, served


@pytest.fixture
async def served(graph: Graph) -> AsyncIterator[Served]:
    """The graph on a port."""
    async with on_port(graph.app) as found:
        yield found


@pytest.fixture
async def talk(served: Served) -> AsyncIterator[Talk]:
    """An acknowledged socket."""
    async with talking(served) as found:
        await found.begin()
        yield found


# The handshake.


async def test_the_protocol_is_agreed_on_among_others(served: Served) -> None:
    async with talking(served, "graphql-ws", PROTOCOL) as talk:
        assert talk.socket.subprotocol == PROTOCOL


@pytest.mark.parametrize("protocols", [("graphql-ws",), ("chat", "soap")])
async def test_other_protocols_are_refused(served: Served, protocols: tuple[str, ...]) -> None:
    async with talking(served, *protocols) as talk:
        code, reason = await talk.closed()

    assert code == 4406 and reason.startswith("Subprotocol not acceptable")


async def test_other_paths_have_no_sockets(served: Served) -> None:
    with pytest.raises(InvalidStatus) as raised:
        async with connect(f"ws://127.0.0.1:{served.port}/explorer", proxy=None):
            pass

    assert refused(raised.value, 404) == "NOT_FOUND"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1",  # another port is another site
        "http://127.0.0.1.evil.example:{port}",
        "http://[",
    ],
)
async def test_pages_of_other_sites_may_not_open_a_socket(served: Served, origin: str) -> None:
    with pytest.raises(InvalidStatus) as raised:
        async with talking(served, origin=Origin(origin.replace("{port}", str(served.port)))):
            pass

    assert refused(raised.value, 403) == "BAD_REQUEST"
    assert b"`origins`" in raised.value.response.body


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "localhost.evil.example"])
async def test_no_page_opens_a_socket_by_a_name_of_its_own(
    served: Served, host: str, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"host": host, "origin": f"http://{host}"}
    with pytest.raises(InvalidStatus) as raised:
        async with talking(served, additional_headers=headers):
            pass

    assert refused(raised.value, 421) == "BAD_REQUEST"
    assert b"`hosts`" in raised.value.response.body
    await served.at_rest()
    assert caplog.records == []  # nothing is wrong with the server


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "graph:9", "origin": "http://graph:9"},
        {"host": "evil.example"},  # a program: a page would say where it is from
        {"host": "evil.example", "origin": "https://app.example.com"},  # as a proxy passes it on
    ],
)
async def test_who_is_no_such_page_opens_one(headers: dict[str, str]) -> None:
    async with (
        serving(origins=["https://app.example.com"]) as (_, served),
        talking(served, additional_headers=headers) as talk,
    ):
        await talk.begin()


def refused(status: InvalidStatus, code: int) -> str:
    """The code of a refusal in JSON, of this status."""
    response = status.response
    (error,) = json.loads(response.body or b"")["errors"]
    assert response.status_code == code
    assert response.headers["content-type"].startswith("application/json")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-request-id"] == error["extensions"]["requestId"]
    found: str = error["extensions"]["code"]
    return found


async def test_pages_of_the_same_site_may(served: Served) -> None:
    async with talking(served, origin=Origin(f"http://127.0.0.1:{served.port}")) as talk:
        await talk.begin()


async def test_pages_of_sites_in_the_settings_may() -> None:
    async with serving(origins=["https://app.example.com"]) as (_, served):
        async with talking(served, origin=Origin("https://app.example.com")) as talk:
            await talk.begin()


# Beginning.


async def test_who_doesnt_begin_in_time_is_closed() -> None:
    async with serving(socket_patience=0.05) as (_, served):
        async with talking(served) as talk:
            await talk.say("ping")
            assert await talk.hear() == {"type": "pong"}
            assert await talk.closed() == (4408, "Connection initialisation timeout")


async def test_beginning_twice_is_closed(talk: Talk) -> None:
    await talk.say("connection_init")

    assert await talk.closed() == (4429, "Too many initialisation requests")


async def test_subscribing_before_the_beginning_is_closed(served: Served) -> None:
    async with talking(served) as talk:
        await talk.ask("1", "{ __typename }")

        assert await talk.closed() == (4401, "Unauthorized")


async def test_a_beginning_may_have_a_payload(served: Served) -> None:
    async with talking(served) as talk:
        await talk.begin({"authorization": "whatever"})


@pytest.mark.parametrize(
    "message",
    [
        "",
        "hello",
        "null",
        "[]",
        "{}",
        '{"type":"start"}',
        '{"type":1}',
        '{"type":"subscribe"}',
        '{"type":"subscribe","id":"1"}',
        '{"type":"subscribe","id":"1","payload":null}',
        '{"type":"subscribe","id":"1","payload":{}}',
        '{"type":"subscribe","id":"1","payload":{"query":1}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[]}}',
        '{"type":"subscribe","id":1,"payload":{"query":"{a}"}}',
        '{"type":"subscribe","id":"","payload":{"query":"{a}"}}',
        '{"type":"complete"}',
        '{"type":"next","id":"1","payload":{}}',
        '{"type":"connection_init","payload":7}',
        "[" * 100_000,
        b'{"type":"ping"}',
    ],
)
async def test_a_message_that_is_none_is_closed(talk: Talk, message: str | bytes) -> None:
    await talk.socket.send(message)

    code, reason = await talk.closed()
    assert code == 4400 and reason.startswith("Invalid message")


# As browsers write a text that was cut in the middle of a character.
CUT = '{"type":"subscribe","id":"%s","payload":{"query":"%s","variables":{"e":["a","\\ud83d@x"]}}}'
LEARNER = "query ($e: String!) { learner(email: $e) { name } }"


async def test_half_a_character_ends_its_operation_and_not_the_socket(talk: Talk) -> None:
    await talk.socket.send(CUT % ("cut", LEARNER))
    told = await talk.hear()

    assert (told["type"], told["id"]) == ("error", "cut")
    (error,) = told["payload"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT" and error["extensions"]["requestId"]
    assert "`variables.e[1]`" in error["message"] and "\\ud83d" in error["message"]

    await talk.ask("cut", "{ sources { name } }")  # the id is free, and the socket lives
    assert (await talk.hear())["payload"] == NAMES


async def test_half_a_character_is_no_way_around_the_protocol(served: Served) -> None:
    async with talking(served) as talk:
        await talk.socket.send(CUT % ("1", LEARNER))
        assert (await talk.closed())[0] == 4401


async def test_half_a_character_under_an_id_that_is_in_use_is_closed() -> None:
    async with importing(RUNNING, poll_interval=60) as (graph, _), on_port(graph.app) as served:
        async with talking(served) as talk:
            await talk.begin()
            await talk.ask("1", FOLLOW, id=ID)
            await talk.hear()
            await talk.socket.send(CUT % ("1", LEARNER))
            assert (await talk.closed())[0] == 4409


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (CUT % ("\\ud83d", ""), "half of a character"),
        ('{"type":"ping","payload":{"a":"\\ude00"}}', "half of a character at `a`"),
        ('{"type":"subscribe","id":"1","payload":' + "[" * 9_000, "nested too deeply"),
    ],
)
async def test_what_leaves_no_operation_to_tell_says_why_the_socket_is_closed(
    talk: Talk, message: str, why: str
) -> None:
    await talk.socket.send(message)
    code, reason = await talk.closed()

    assert code == 4400 and why in reason


@pytest.mark.parametrize("largest", [1024 * 1024, 200])
async def test_a_message_that_is_too_large_is_closed(largest: int) -> None:
    async with opened(settings(max_body=200)) as graph:
        async with on_port(graph.app, ws_max_size=largest) as served, talking(served) as talk:
            await talk.begin()
            await talk.ask("1", "{ __typename }" + " " * 200)

            assert (await talk.closed())[0] == 1009


async def test_a_ping_is_answered(talk: Talk) -> None:
    await talk.say("ping", payload={"a": 1})
    assert await talk.hear() == {"type": "pong", "payload": {"a": 1}}

    await talk.say("pong")  # nobody asked for one
    await talk.say("ping")
    assert await talk.hear() == {"type": "pong"}


async def test_a_silent_client_is_pinged_and_then_given_up() -> None:
    async with serving(socket_keepalive=0.05) as (_, served):
        async with talking(served) as talk:
            await talk.begin()
            for _ in range(3):
                assert await talk.hear() == {"type": "ping"}
                await talk.say("pong")
            assert await talk.hear() == {"type": "ping"}

            assert (await talk.closed())[0] == 4499


# Operations.


async def test_a_query_has_one_answer(talk: Talk) -> None:
    await talk.ask("q", "{ sources { name } }")

    assert await talk.hear() == {"id": "q", "type": "next", "payload": NAMES}
    assert await talk.hear() == {"id": "q", "type": "complete"}


async def test_an_answer_may_have_errors_beside_its_data(talk: Talk) -> None:
    await talk.ask("q", '{ course(id: "?") { title } }')

    told = await talk.hear()
    assert told["type"] == "next" and told["payload"]["data"] == {"course": None}
    assert told["payload"]["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert told["payload"]["errors"][0]["extensions"]["requestId"]
    assert (await talk.hear())["type"] == "complete"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", "BAD_REQUEST"),
        ("{ a: __typename " * 20 + "}" * 20, "GRAPHQL_VALIDATION_FAILED"),
        ("{ nodes(ids: []) { id } " + "__typename " * 200 + "}", "OPERATION_LIMIT_EXCEEDED"),
    ],
)
async def test_what_is_wrong_with_a_document_ends_it_and_not_the_socket(
    talk: Talk, query: str, code: str
) -> None:
    await talk.ask("bad", query)
    await talk.ask("good", "{ sources { name } }")

    told = [await talk.hear() for _ in range(3)]
    (error,) = (each for each in told if each["id"] == "bad")
    assert error["type"] == "error"
    assert error["payload"][0]["extensions"]["code"] == code
    assert [each["type"] for each in told if each["id"] == "good"] == ["next", "complete"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('subscription { courseImport(id: "?") { key } }', "BAD_USER_INPUT"),
        (f'subscription {{ courseImport(id: "{ID}") {{ key }} }}', "NOT_FOUND"),
        ('subscription { sourceSynced(sources: ["x"]) { status } }', "BAD_USER_INPUT"),
        ("query ($a: Int!) { courses(first: $a) { nodes { id } } }", "BAD_USER_INPUT"),
        ("subscription ($a: ID!) { courseImport(id: $a) { key } }", "BAD_USER_INPUT"),
    ],
)
async def test_what_fails_as_it_begins_is_told_as_an_answer_as_the_protocols_own_server_does(
    talk: Talk, query: str, code: str
) -> None:
    await talk.ask("1", query)

    told, ended = await talk.hear(), await talk.hear()
    assert (told["type"], ended) == ("next", {"id": "1", "type": "complete"})
    (error,) = told["payload"].pop("errors")
    assert error["extensions"]["code"] == code and error["extensions"]["requestId"]
    assert "path" not in error and told["payload"] == {}  # there is no data that it leads into


async def test_a_subscription_that_breaks_off_tells_why_as_its_last_answer() -> None:
    gone = JSONResponse({}, 401)
    async with importing(RUNNING, gone, poll_interval=0.01) as (graph, _):
        async with on_port(graph.app) as served, talking(served) as talk:
            await talk.begin()
            await talk.ask("1", FOLLOW, id=ID)
            told = [await talk.hear() for _ in range(3)]

    assert [each["type"] for each in told] == ["next", "next", "complete"]
    (error,) = told[1]["payload"]["errors"]
    assert error["extensions"]["code"] == "UPSTREAM_AUTH_FAILED"


async def test_an_operation_name_chooses(talk: Talk) -> None:
    query = "query A { sources { name } } query B { __typename }"
    await talk.say("subscribe", id="1", payload={"query": query, "operationName": "B"})
    assert (await talk.hear())["payload"] == {"data": {"__typename": "Query"}}
    await talk.hear()

    await talk.say("subscribe", id="2", payload={"query": query, "operationName": "C"})
    told = await talk.hear()
    assert told["type"] == "error" and told["payload"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_subscription_is_told_until_it_ends() -> None:
    async with importing(RUNNING, HALF, DONE, poll_interval=0.01) as (graph, _):
        async with on_port(graph.app) as served, talking(served) as talk:
            await talk.begin()
            await talk.ask("1", FOLLOW, id=ID)
            told = [await talk.hear() for _ in range(4)]

    assert [each["type"] for each in told] == ["next", "next", "next", "complete"]
    shown = [each["payload"]["data"]["courseImport"]["status"] for each in told[:3]]
    assert shown == ["RUNNING", "RUNNING", "COMPLETE"]


async def test_operations_run_beside_each_other() -> None:
    async with importing(RUNNING, poll_interval=HOUR) as (graph, _):
        async with on_port(graph.app) as served, talking(served) as talk:
            await talk.begin()
            await talk.ask("import", FOLLOW, id=ID)
            assert (await talk.hear())["id"] == "import"

            await talk.ask("query", "{ sources { name } }")
            assert [(await talk.hear())["id"] for _ in range(2)] == ["query", "query"]


async def test_operations_of_a_socket_share_no_loaders(graph: Graph, talk: Talk) -> None:
    query = '{ courses(first: 1, sources: ["demo-bindbee"]) { nodes { key categories { name } } } }'
    for id in ("1", "2"):
        await talk.ask(id, query)
        assert not (await talk.hear())["payload"].get("errors")
        await talk.hear()

    asked = await graph.requests()
    half = len(asked) // 2
    assert half and asked[:half] == asked[half:]


async def test_calls_are_shown_to_who_begins_so(served: Served) -> None:
    async with talking(served) as talk:
        await talk.begin({"x-explain": "upstream"})
        await talk.ask("1", '{ courses(first: 1, sources: ["demo-bindbee"]) { nodes { key } } }')

        calls = (await talk.hear())["payload"]["extensions"]["upstream"]["calls"]

    assert [call["route"] for call in calls] == ["GET /api/lms/v1/courses"] or len(calls) == 1


async def test_an_id_that_is_in_use_is_closed() -> None:
    async with importing(RUNNING, poll_interval=HOUR) as (graph, _):
        async with on_port(graph.app) as served, talking(served) as talk:
            await talk.begin()
            id = "é" * 100  # a reason has 123 bytes
            await talk.ask(id, FOLLOW, id=ID)
            await talk.hear()
            await talk.ask(id, "{ __typename }")

            code, reason = await talk.closed()

        assert code == 4409 and reason.startswith("Subscriber for é")
        assert await stragglers_of(served) == set()


async def test_an_id_can_be_used_again_after_its_end(talk: Talk) -> None:
    for _ in range(3):
        await talk.ask("same", "{ sources { name } }")
        assert [(await talk.hear())["type"] for _ in range(2)] == ["next", "complete"]


async def test_the_client_can_end_an_operation_and_use_its_id_at_once() -> None:
    async with importing(RUNNING, poll_interval=HOUR) as (graph, _):
        async with on_port(graph.app) as served, talking(served) as talk:
            await talk.begin()
            for _ in range(3):
                await talk.ask("1", FOLLOW, id=ID)
                assert (await talk.hear())["type"] == "next"
                await talk.say("complete", id="1")
            await talk.ask("1", "{ sources { name } }")
            assert await talk.hear() == {"id": "1", "type": "next", "payload": NAMES}


async def test_ending_what_isnt_there_does_nothing(talk: Talk) -> None:
    await talk.say("complete", id="nothing")
    await talk.say("ping")

    assert await talk.hear() == {"type": "pong"}


# What ends with what.


async def stragglers_of(served: Served) -> set[str]:
    """What is still under way at the graph, once its sockets could end."""
    await served.at_rest()
    return {str(task) for task in served.state.tasks}


@pytest.mark.parametrize("query", [FOLLOW, "query ($id: ID!) { courseImport(id: $id) { key } }"])
async def test_the_clients_complete_ends_the_call_upstream(graph: Graph, query: str) -> None:
    async with on_port(graph.app) as served, talking(served) as talk:
        await graph.fault("scormcloud", "slow", delay=HOUR)
        await talk.begin()
        before = await stragglers()
        await talk.ask("1", query, id=ID)
        await under_way(graph, 1)
        assert await stragglers() - before

        await talk.say("complete", id="1")
        await talk.say("ping")

        assert await talk.hear() == {"type": "pong"}
        assert await stragglers() <= before


async def test_the_clients_leaving_ends_all_calls_upstream(graph: Graph) -> None:
    async with on_port(graph.app) as served:
        await graph.fault("scormcloud", "slow", delay=HOUR)
        async with talking(served) as talk:
            await talk.begin()
            for id in "abc":
                await talk.ask(id, FOLLOW, id=ID)
            await under_way(graph, 1)  # equal reads are one

        assert await stragglers_of(served) == set()
        assert not [each for each in await stragglers() if "providers" in each]


async def test_the_servers_shutdown_tells_clients_to_come_again() -> None:
    async with importing(RUNNING, poll_interval=HOUR) as (graph, _):
        async with AsyncExitStack() as open:
            async with on_port(graph.app) as served:
                talk = await open.enter_async_context(talking(served))
                await talk.begin()
                await talk.ask("1", FOLLOW, id=ID)
                await talk.hear()

            assert (await talk.closed())[0] == 1012
        assert await stragglers_of(served) == set()


# Limits.


async def test_more_operations_than_the_setting_are_refused_one_by_one() -> None:
    async with importing(RUNNING, poll_interval=HOUR, socket_operations=2) as (graph, _):
        async with on_port(graph.app) as served, talking(served) as talk:
            await talk.begin()
            for id in ("1", "2"):
                await talk.ask(id, FOLLOW, id=ID)
                await talk.hear()
            await talk.ask("3", "{ __typename }")
            refused = await talk.hear()
            await talk.say("complete", id="1")
            await talk.ask("3", "{ __typename }")

            assert (refused["id"], refused["type"]) == ("3", "error")
            (error,) = refused["payload"]
            assert error["extensions"]["code"] == "OPERATION_LIMIT_EXCEEDED"
            assert [(await talk.hear())["type"] for _ in range(2)] == ["next", "complete"]


async def test_sockets_dont_wait_for_each_other(graph: Graph, served: Served) -> None:
    await graph.fault("bindbee", "slow", delay=HOUR)
    async with talking(served) as slow, talking(served) as quick:
        await slow.begin()
        await quick.begin()
        await slow.ask("1", '{ courses(first: 1, sources: ["demo-bindbee"]) { nodes { key } } }')
        await under_way(graph, 1)

        await quick.ask("1", "{ sources { name } }")

        assert await quick.hear() == {"id": "1", "type": "next", "payload": NAMES}


# A client that doesn't read, as a server hands it over.


@dataclass(slots=True)
class Stuck:
    """A client that says what it has to say, reads so many messages, and no more."""

    saying: list[dict[str, Any]]
    reads: int
    got: list[Any] = field(default_factory=list)

    async def receive(self) -> Message:
        """The handshake, then the messages, then nothing."""
        if self.saying:
            message = self.saying.pop(0)
            return {"type": "websocket.receive", "text": json.dumps(message)}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: Message) -> None:
        """Take a message, or let the server wait."""
        if len(self.got) >= self.reads:
            await asyncio.Event().wait()
        self.got.append(json.loads(message["text"]) if "text" in message else message)


def test_who_doesnt_read_slows_its_own_subscription_down_and_is_given_up() -> None:
    scope = {"type": "websocket", "path": "/graphql", "headers": [], "subprotocols": [PROTOCOL]}
    changing = [{**RUNNING, "message": str(number)} for number in range(1000)]
    stuck = Stuck(
        [
            {"type": "handshake"},
            {"type": "connection_init"},
            {"type": "subscribe", "id": "1", "payload": {"query": FOLLOW, "variables": {"id": ID}}},
        ],
        reads=4,
    )

    async def serve() -> tuple[float, int]:
        async with importing(*changing, socket_keepalive=25.0) as (graph, job):
            began = asyncio.get_running_loop().time()
            await graph.app(scope, stuck.receive, stuck.send)
            assert await stragglers() == set()
            return asyncio.get_running_loop().time() - began, len(job.polls)

    seconds, polls = at_once(serve())

    assert [each["type"] for each in stuck.got] == [
        "websocket.accept",
        "connection_ack",
        "next",
        "next",
    ]
    assert polls == 3  # the third couldn't be told, so that there was no fourth
    assert seconds == pytest.approx(25 + 25 + 1)
