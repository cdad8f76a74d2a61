"""Walks through connections: every row once, in the sources' order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from resolvers import ids
from tests.graph.asking import SOURCES, Graph
from tests.graph.known import expected


async def walk(
    graph: Graph, query: str, *path: str, **variables: Any
) -> AsyncIterator[dict[str, Any]]:
    """The pages of a connection, whose query takes ``$after``."""
    after = None
    while True:
        answer = await graph.ask(query, after=after, **variables)
        assert not answer.errors, answer.errors[:1]
        page = answer.data
        for name in path:
            page = page[name]
        yield page
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize("first", [100, 37])
async def test_a_walk_through_courses_gives_every_row_of_every_source_once(
    graph: Graph, first: int
) -> None:
    query = """query ($after: String, $first: Int!) { courses(first: $first, after: $after) {
      nodes { key source { name } } pageInfo { hasNextPage endCursor }
    } }"""
    rows = [
        (node["source"]["name"], node["key"])
        async for page in walk(graph, query, "courses", first=first)
        for node in page["nodes"]
    ]

    wanted = {
        (source, row["key"])
        for source, letter in zip(SOURCES, "BSCV", strict=True)
        for row in expected(letter).courses()
    }
    assert len(rows) == len(wanted) and set(rows) == wanted
    order = [source for source, _ in rows]
    assert order == sorted(order, key=list(SOURCES).index)


BUSIEST = """query ($id: ID!, $after: String) { course(id: $id) { LIST(first: 7, after: $after) {
  nodes { key } pageInfo { hasNextPage endCursor }
} } }"""


@pytest.mark.parametrize(
    ("letter", "relation"), [("B", "completions"), ("S", "completions"), ("C", "assignments")]
)
async def test_a_walk_through_a_courses_children_gives_each_of_them_once(
    graph: Graph, letter: str, relation: str
) -> None:
    source = list(SOURCES)["BSCV".index(letter)]
    course = max(expected(letter).courses(), key=lambda row: len(row[relation]["nodes"]))
    wanted = [each["key"] for each in course[relation]["nodes"]]
    assert 8 <= len(wanted) < 50

    pages = walk(
        graph,
        BUSIEST.replace("LIST", relation),
        "course",
        relation,
        id=ids.encode("Course", source, course["key"]),
    )

    assert [node["key"] async for page in pages for node in page["nodes"]] == wanted


async def test_a_walk_through_a_crowded_roster_gives_each_student_once(graph: Graph) -> None:
    roster = [row["key"] for row in expected("V").assignments()]
    courses = [key.partition("/")[0] for key in roster]
    crowded = max(courses, key=courses.count)
    wanted = [key for key in roster if key.startswith(f"{crowded}/")]
    assert len(wanted) > 200

    pages = walk(
        graph,
        BUSIEST.replace("LIST", "assignments").replace("7", "45"),
        "course",
        "assignments",
        id=ids.encode("Course", "demo-vitalsource", crowded),
    )

    assert [node["key"] async for page in pages for node in page["nodes"]] == wanted


OF_USERS = """query ($source: String!) { source(name: $source) { users(first: 100) { nodes {
  id LIST(first: 2) { nodes { key } pageInfo { hasNextPage endCursor } }
} } } }"""

OF_USER = """query ($id: ID!, $after: String) { user(id: $id) { LIST(first: 2, after: $after) {
  nodes { key } pageInfo { hasNextPage endCursor }
} } }"""


@pytest.mark.parametrize("relation", ["completions", "assignments"])
async def test_a_users_children_go_on_where_a_list_of_users_left_them(
    graph: Graph, relation: str
) -> None:
    wanted = {
        ids.encode("User", "demo-stackone", row["key"]): {
            each["key"] for each in row[relation]["nodes"]
        }
        for row in expected("S").users()
    }
    listed = await graph.ask(OF_USERS.replace("LIST", relation), source="demo-stackone")
    assert not listed.errors
    users = [
        user
        for user in listed.data["source"]["users"]["nodes"]
        if user[relation]["pageInfo"]["hasNextPage"]
    ]
    assert len(users) > 5

    for user in sorted(users, key=lambda user: -len(wanted[user["id"]]))[:8]:
        keys = [node["key"] for node in user[relation]["nodes"]]
        after = user[relation]["pageInfo"]["endCursor"]
        while after is not None:
            answer = await graph.ask(OF_USER.replace("LIST", relation), id=user["id"], after=after)
            assert not answer.errors
            page = answer.data["user"][relation]
            keys += [node["key"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
        assert len(keys) == len(set(keys)) and set(keys) == wanted[user["id"]]
