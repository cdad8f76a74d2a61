"""Learners of SCORM Cloud, changed through the graph: what is sent, and what is there then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from resolvers import ids
from tests.graph.asking import Graph
from tests.graph.wiretap import SOURCE, Tap, attempt, change, refusal, tapped

ADA = ids.encode("User", SOURCE, "ada.byron@academy.example")
NOBODY = ids.encode("User", SOURCE, "no/body")


@pytest.fixture
async def taps() -> AsyncIterator[tuple[Graph, Tap]]:
    async with tapped() as both:
        yield both


@pytest.fixture
def graph(taps: tuple[Graph, Tap]) -> Graph:
    return taps[0]


@pytest.fixture
def tap(taps: tuple[Graph, Tap]) -> Tap:
    return taps[1]


async def seen(graph: Graph, user: str) -> Any:
    """A user, as the registrations say."""
    query = "query($id: ID!) { user(id: $id) { key email firstName lastName } }"
    answer = await graph.ask(query, id=user)
    assert answer.errors == []
    return answer.data["user"]


async def test_what_is_said_of_a_learner_changes_after_a_while(graph: Graph, tap: Tap) -> None:
    before = await seen(graph, ADA)
    tap.sent.clear()
    given = {"user": ADA, "email": "ada@byron.example", "firstName": "Augusta", "lastName": ""}
    payload = await change(graph, "userUpdate", given, "user { firstName }")
    assert payload == {"user": {"firstName": before["firstName"]}}
    (sent,) = tap.changes
    assert sent.call == "POST /learner/ada.byron@academy.example/updateInfo"
    assert sent.body == {
        "id": "ada.byron@academy.example",
        "email": "ada@byron.example",
        "firstName": "Augusta",
        "lastName": "",
    }
    after = await seen(graph, ADA)
    assert (after["email"], after["firstName"]) == ("ada@byron.example", "Augusta")
    assert not after["lastName"]


async def test_what_is_left_out_of_a_learner_stays(graph: Graph, tap: Tap) -> None:
    before = await seen(graph, ADA)
    given = {"user": ADA, "firstName": "Augusta", "lastName": None}
    await change(graph, "userUpdate", given)
    assert tap.changes[0].body == {"id": "ada.byron@academy.example", "firstName": "Augusta"}
    await seen(graph, ADA)
    assert await seen(graph, ADA) == {**before, "firstName": "Augusta"}


async def test_learners_are_marked_and_marks_are_taken_off(graph: Graph, tap: Tap) -> None:
    (before,) = await tags(graph, ADA)
    payload = await change(graph, "userTagsAdd", {"user": ADA, "tags": ["x", "y"]}, "tags")
    assert payload == {"tags": [*before, "x", "y"]}
    wanted = "tags user { key scormCloud { tags } }"
    given = {"user": ADA, "tags": ["x", "none"]}
    payload = await change(graph, "userTagsRemove", given, wanted)
    assert payload["tags"] == payload["user"]["scormCloud"]["tags"] == [*before, "y"]
    base = "/learner/ada.byron@academy.example/tags"
    assert [(each.call, each.body) for each in tap.changes] == [
        (f"PUT {base}", {"tags": ["x", "y"]}),
        (f"DELETE {base}", {"tags": ["x", "none"]}),
    ]


async def tags(graph: Graph, *users: str) -> list[list[str]]:
    """Tags of users."""
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on User { scormCloud { tags } } } }"
    answer = await graph.ask(query, ids=users)
    assert answer.errors == []
    return [node["scormCloud"]["tags"] for node in answer.data["nodes"]]


async def test_several_learners_are_marked_by_one_call(graph: Graph, tap: Tap) -> None:
    query = "query($s: String!) { source(name: $s) { users(first: 2) { nodes { id key } } } }"
    nodes = (await graph.ask(query, s=SOURCE)).data["source"]["users"]["nodes"]
    before = await tags(graph, *(node["id"] for node in nodes))
    given = {"users": [node["id"] for node in nodes], "tags": ["x"]}
    wanted = "users { key scormCloud { tags } }"
    payload = await change(graph, "usersTagsAdd", given, wanted)
    assert payload["users"] == [
        {"key": node["key"], "scormCloud": {"tags": [*own, "x"]}}
        for node, own in zip(nodes, before, strict=True)
    ]
    (sent,) = tap.changes
    assert (sent.call, sent.body) == (
        "PUT /learner/tags",
        {"ids": [node["key"] for node in nodes], "tags": ["x"]},
    )


async def test_a_learner_is_forgotten_after_a_while(graph: Graph, tap: Tap) -> None:
    given = {"user": ADA, "requesterEmail": "dpo@academy.example"}
    payload = await change(graph, "userInformationDelete", given, "isBegun")
    assert payload == {"isBegun": True}
    (sent,) = tap.sent
    assert sent.call == "POST /learner/ada.byron@academy.example/delete-information"
    assert (sent.query, sent.body) == ({"userEmail": "dpo@academy.example"}, None)
    assert await seen(graph, ADA) is not None
    assert await seen(graph, ADA) is None


async def test_who_asks_for_it_has_to_be_somebody(graph: Graph) -> None:
    given = {"user": ADA, "requesterEmail": "somebody"}
    field, code, message = await refusal(graph, "userInformationDelete", given)
    assert (field, code) == (["requesterEmail"], "INVALID")
    assert "userEmail" in message


async def test_nobody_is_unknown(graph: Graph, tap: Tap) -> None:
    # Learners are no entities: SCORM Cloud takes any id.
    given = {"user": NOBODY, "tags": ["x"]}
    payload = await change(graph, "userTagsAdd", given, "tags user { key }")
    assert payload == {"tags": ["x"], "user": None}
    assert tap.changes[0].path == "/learner/no/body/tags"


CHANGES: dict[str, dict[str, Any]] = {
    "userUpdate": {"user": ADA, "email": "ada@byron.example"},
    "userTagsAdd": {"user": ADA, "tags": ["x"]},
    "userTagsRemove": {"user": ADA, "tags": ["x"]},
    "usersTagsAdd": {"users": [ADA], "tags": ["x"]},
    "userInformationDelete": {"user": ADA, "requesterEmail": "dpo@academy.example"},
}


@pytest.mark.parametrize("name", CHANGES)
async def test_a_refusal_is_told(workshop: Graph, name: str) -> None:
    await workshop.fault("scormcloud", "status", status=400, path="/learner")
    field, code, _ = await refusal(workshop, name, CHANGES[name])
    assert code == "INVALID"
    assert field in (None, ["tags"], ["requesterEmail"])


@pytest.mark.parametrize("name", CHANGES)
async def test_an_answer_that_is_lost_leaves_it_unknown(workshop: Graph, name: str) -> None:
    await workshop.fault("scormcloud", "status", status=502, path="/learner")
    answer = await attempt(workshop, name, CHANGES[name])
    assert answer.codes == ["OUTCOME_UNKNOWN"]
    _, _, check = answer.errors[0]["message"].partition("whether it was made; ")
    assert check
    assert len(await workshop.requests()) == 1


@pytest.mark.parametrize("name", CHANGES)
async def test_a_sign_in_that_only_reads_is_told_before_it_is_tried(name: str) -> None:
    async with tapped(auth="oauth2", scopes=("read",)) as (graph, tap):
        answer = await attempt(graph, name, CHANGES[name])
    assert answer.codes == ["UNSUPPORTED"]
    assert tap.sent == []


async def test_users_of_other_providers_are_no_learners(workshop: Graph) -> None:
    user = ids.encode("User", "demo-stackone", "1")
    answer = await attempt(workshop, "userUpdate", {"user": user, "firstName": "A"})
    assert answer.codes == ["UNSUPPORTED"]
    assert answer.calls == []
