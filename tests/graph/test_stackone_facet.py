"""What only StackOne says, asked through the graph."""

from __future__ import annotations

from typing import Any

import pytest

from tests.graph.asking import Graph

ABOUT = """
  learningObjectType { value sourceValue } learningObjectId remoteLearningObjectId
  learningObjectExternalReference remoteUserId result { value sourceValue } courseId
  remoteCourseId
"""
WORD = "{ value sourceValue }"
PLACED = f"hierarchy {WORD} level {WORD} language {WORD}"
FACETS = {
    "courses": f"remoteContentIds provider content languages {WORD}",
    "contents": f"""
      remoteCourseIds shortDescription contentType {WORD} languages {WORD}
      additionalData {{ id remoteId value }}
    """,
    "completions": f"""
      {ABOUT} contentId remoteContentId contentExternalReference externalId remoteExternalId
    """,
    "assignments": f"{ABOUT} certificateUrl status {WORD}",
    "categories": PLACED,
    "skills": PLACED,
}
ALWAYS_EMPTY = {"externalId", "remoteExternalId"}
"""Deprecated fields that the academy leaves empty."""

ROUTES = {"contents": "content"}


async def raw_rows(graph: Graph, plural: str) -> dict[str, Any]:
    """The sandbox's own rows by id, all fields asked for."""
    rows: list[Any] = []
    cursor = ""
    while True:
        answer = await graph.sandbox.get(
            f"/stackone/unified/lms/{ROUTES.get(plural, plural)}",
            params={
                "page_size": "100",
                **({"next": cursor} if cursor else {}),
            },
            headers={"x-account-id": "demo-account"},
            auth=("demo-key", ""),
        )
        body = answer.json()
        rows += body["data"]
        if not (cursor := body["next"]):
            return {row["id"]: row for row in rows}


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def plain(value: Any) -> Any:
    """A facet's value in the provider's own form."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {snake(name): plain(each) for name, each in value.items()}
    return value


@pytest.mark.parametrize("plural", FACETS)
async def test_a_facet_shows_what_stackone_says(graph: Graph, plural: str) -> None:
    query = f"""
      {{ {plural}(first: 100, sources: ["demo-stackone"]) {{
          nodes {{ key stackOne {{ {FACETS[plural]} }} }} }} }}
    """
    answer = await graph.ask(query)
    rows = await raw_rows(graph, plural)
    # Shown only where they are asked for; the rows above are whole otherwise.
    asked_for = {"courses": {"content"}, "contents": {"additional_data"}}.get(plural, set())

    assert answer.errors == []
    filled: set[str] = set()
    nodes = answer.data[plural]["nodes"]
    assert len(nodes) >= 20
    for node in nodes:
        row = rows[node["key"]]
        for name, value in node["stackOne"].items():
            filled |= {name} if value not in (None, []) else set()
            if snake(name) not in asked_for:
                assert plain(value) == row[snake(name)], name
    assert filled | ALWAYS_EMPTY >= set(nodes[0]["stackOne"])


async def test_a_facet_is_null_everywhere_else(graph: Graph) -> None:
    answer = await graph.ask(
        """{ courses(first: 5, sources: ["demo-bindbee"]) { nodes { title stackOne { provider } } }
             sources { name stackOne { account { key } } } }"""
    )

    assert answer.errors == []
    assert {node["stackOne"] for node in answer.data["courses"]["nodes"]} == {None}
    assert {each["name"]: each["stackOne"] for each in answer.data["sources"]} == {
        "demo-bindbee": None,
        "demo-stackone": {"account": {"key": "demo-account"}},
        "demo-scorm-cloud": None,
        "demo-vitalsource": None,
    }


async def test_a_source_shows_its_account_and_what_can_be_asked(graph: Graph) -> None:
    answer = await graph.ask(
        """{ sources(names: ["demo-stackone"]) { stackOne {
             account { key provider providerName status
                       statusReasons { code description occurredAt }
                       originOwnerId originOwnerName originUsername label type createdAt updatedAt }
             meta { provider category models
                    operations { model name path takes { name } gives { name type } } }
             connector { key providerName category isActive models logoUrl
                         originalLogoHorizontalUrl operations { model name } } } } }"""
    )

    assert answer.errors == []
    (found,) = (each["stackOne"] for each in answer.data["sources"])
    account, meta, connector = found["account"], found["meta"], found["connector"]
    assert (account["provider"], account["status"], account["type"]) == (
        "academylms",
        "active",
        "test",
    )
    assert account["createdAt"] == "2025-04-11T09:30:00Z"
    assert meta["category"] == "lms"
    assert {"model": "users", "name": "get"} in connector["operations"]
    assert {each["model"] for each in meta["operations"]} == set(meta["models"])
    assert connector["logoUrl"].endswith("/academylms.png")
    assert len(answer.calls) == 4


async def test_a_source_that_fails_costs_its_facet_only(graph: Graph) -> None:
    await graph.fault("stackone", "status", status=502, path="/meta")
    answer = await graph.ask(
        """{ sources(names: ["demo-stackone"]) {
             name stackOne { account { key } meta { category } } } }"""
    )

    (found,) = answer.data["sources"]
    assert found == {
        "name": "demo-stackone",
        "stackOne": {"account": {"key": "demo-account"}, "meta": None},
    }
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
