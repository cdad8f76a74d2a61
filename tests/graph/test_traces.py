"""Federation traces: told to gateways that ask for them, of all fields, and of no value."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.graph.asking import EXPLAIN, Graph

ASKED = {"apollo-federation-include-trace": "ftv1"}

QUERY = """{ sources(names: ["demo-bindbee", "demo-stackone"]) {
  called: name courses(first: 3) { nodes { title completions(first: 2) { nodes { score } } } }
} }"""


@dataclass(slots=True)
class Node:
    """A node of a trace: a field, by its response key, or an item of a list, by its index."""

    name: str | int = ""
    type: str = ""
    parent: str = ""
    original: str = ""
    begin: int = 0
    end: int = 0
    errors: list[str] = field(default_factory=list)
    children: dict[str | int, Node] = field(default_factory=dict)

    def __getitem__(self, name: str | int) -> Node:
        return self.children[name]

    def every(self) -> Iterator[Node]:
        """This node, and all below."""
        yield self
        for each in self.children.values():
            yield from each.every()


def parts(message: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a protocol buffer, by number."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        number, kind = divmod(varint(), 8)
        assert kind in (0, 2)
        value = varint()
        if kind == 0:
            yield number, value
        else:
            yield number, message[at : at + value]
            at += value


def node(message: bytes) -> Node:
    """A node, decoded."""
    found = Node()
    names = {3: "type", 13: "parent", 14: "original"}
    for number, value in parts(message):
        if number == 12:
            child = node(value)
            assert child.name not in found.children
            found.children[child.name] = child
        elif number == 11:
            found.errors.append(dict(parts(value))[1].decode())
        elif number in (1, 2):
            found.name = value if number == 2 else value.decode()
        elif number in (8, 9):
            setattr(found, {8: "begin", 9: "end"}[number], value)
        else:
            setattr(found, names[number], value.decode())
    return found


async def traced(graph: Graph, query: str, **variables: Any) -> tuple[Node, Mapping[int, Any], Any]:
    """The root of an answer's trace, the trace's own fields, and the answer's body."""
    answer = await graph.post({"query": query, "variables": variables}, ASKED)
    trace = b64decode(answer.body["extensions"]["ftv1"], validate=True)
    found = dict(parts(trace))
    return node(found[14]), found, answer.body


@pytest.mark.parametrize("headers", [{}, {"apollo-federation-include-trace": "ftv2"}, EXPLAIN])
async def test_who_asks_for_no_trace_gets_none(graph: Graph, headers: dict[str, str]) -> None:
    answer = await graph.post({"query": QUERY}, headers)

    assert "ftv1" not in answer.body.get("extensions", {})


async def test_a_trace_has_every_field_of_the_answer_with_its_types(graph: Graph) -> None:
    root, _, body = await traced(graph, QUERY)

    sources = root["sources"]
    assert (sources.type, sources.parent) == ("[Source!]", "Query")
    assert list(sources.children) == [0, 1]
    called = sources[0]["called"]
    assert (called.original, called.type, called.parent) == ("name", "String!", "Source")
    for at, source in enumerate(body["data"]["sources"]):
        shown = sources[at]["courses"]["nodes"]
        assert list(shown.children) == [0, 1, 2]
        for place, course in enumerate(source["courses"]["nodes"]):
            assert {"title", "completions"} == shown[place].children.keys()
            scores = shown[place]["completions"]["nodes"]
            assert len(scores.children) == len(course["completions"]["nodes"])


async def test_the_times_are_within_the_trace_and_follow_each_other(graph: Graph) -> None:
    root, trace, _ = await traced(graph, QUERY)

    took = trace[11]
    for each in root.every():
        assert 0 <= each.begin <= each.end <= took
    courses = root["sources"][0]["courses"]
    inside = courses["nodes"][0]["completions"]
    assert courses.end > courses.begin > 0
    assert inside.begin >= courses.end and inside.end > inside.begin  # it is asked of them
    begin, end = (dict(parts(trace[each])) for each in (4, 3))
    assert (end[1] - begin[1]) * 10**9 + end[2] - begin[2] == took


async def test_an_error_stands_at_the_field_that_it_made_null(graph: Graph) -> None:
    await graph.fault("stackone", "status", status=500)

    root, _, body = await traced(graph, QUERY)

    (error,) = body["errors"]
    assert root["sources"][1]["courses"].errors == [error["message"]]
    assert sum(len(each.errors) for each in root.every()) == 1


async def test_entities_are_traced_by_the_types_that_they_have(graph: Graph) -> None:
    listed = await graph.ask("{ courses(first: 2) { nodes { id } } }")
    ids = [each["id"] for each in listed.data["courses"]["nodes"]]

    root, _, body = await traced(
        graph,
        """query ($all: [_Any!]!) { _entities(representations: $all) {
          ... on Course { title } ... on Learner { name }
        } }""",
        all=[
            {"__typename": "Course", "id": ids[0]},
            {"__typename": "Course", "id": "zz"},
            {"__typename": "Learner", "email": "ada.byron@academy.example"},
        ],
    )

    entities = root["_entities"]
    assert [list(each.children) for each in entities.children.values()] == [["title"], [], ["name"]]
    assert entities[1].errors == [body["errors"][0]["message"]]


async def test_no_value_is_in_a_trace(graph: Graph) -> None:
    answer = await graph.post(
        {"query": '{ learner(email: "ada.byron@academy.example") { email name } }'}, ASKED
    )

    assert answer.data["learner"]["name"]
    trace = b64decode(answer.body["extensions"]["ftv1"])
    assert answer.data["learner"]["name"].encode() not in trace
    assert b"ada.byron" not in trace


@pytest.mark.parametrize("query", ["{ nope }", "{", "{ __schema { queryType { name } } }"])
async def test_what_no_plan_executes_has_a_trace_without_fields(graph: Graph, query: str) -> None:
    root, _, body = await traced(graph, query)

    assert not root.children
    assert root.errors == [each["message"] for each in body.get("errors", [])]


async def test_a_traced_answer_is_the_answer(graph: Graph) -> None:
    plain = await graph.post({"query": QUERY}, {})
    _, _, body = await traced(graph, QUERY)

    assert {"data": body["data"]} == plain.body


async def test_a_trace_is_not_told_in_a_stream_and_asking_for_one_changes_nothing(
    graph: Graph,
) -> None:
    """Gateways ask for traces with plain requests; in a stream there is no end to put one at."""
    deferred = "{ sources { name ... @defer { provider } } }"
    for accept, query in (
        ("text/event-stream", QUERY),
        ("multipart/mixed", deferred),
        ("multipart/mixed;deferSpec=20220824", deferred),
        ("text/event-stream", deferred),
    ):
        answers = []
        for headers in ({"accept": accept}, {"accept": accept, **ASKED}):
            response = await graph.client.post("/graphql", json={"query": query}, headers=headers)
            assert response.status_code == 200
            assert response.headers["content-type"].startswith(accept.partition(";")[0])
            answers.append(response.text)
        assert answers[0] == answers[1]
        assert "ftv1" not in answers[1]
