"""Every read that StackOne documents of learning, asked for through the graph's own types."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.graph.stackone import DISABLED, NEWER, OLDER, Desk, opened

PATHS = {
    "courses": "courses",
    "contents": "content",
    "completions": "completions",
    "assignments": "assignments",
    "users": "users",
    "categories": "categories",
    "skills": "skills",
}
"""By list of the graph, StackOne's path."""

ONE = {plural: plural.removesuffix("s") for plural in PATHS} | {"categories": "category"}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened() as desk:
        yield desk


@pytest.mark.parametrize("source", [NEWER, OLDER])
@pytest.mark.parametrize("plural", PATHS)
async def test_a_list_is_one_call(desk: Desk, plural: str, source: str) -> None:
    await desk.first(source, plural)
    assert [each.call for each in desk.wire.sent] == [f"GET /{PATHS[plural]}"]


@pytest.mark.parametrize("source", [NEWER, OLDER])
@pytest.mark.parametrize("plural", PATHS)
async def test_a_record_is_read_by_its_id(desk: Desk, plural: str, source: str) -> None:
    found = await desk.first(source, plural, "id key")
    query = f"query($id: ID!) {{ found: {ONE[plural]}(id: $id) {{ id key }} }}"
    answer = await desk.ask(query, id=found["id"])
    assert answer.data == {"found": found}
    assert [each.call for each in desk.wire.sent] == [f"GET /{PATHS[plural]}/{found['key']}"]


@pytest.mark.parametrize("plural", ["completions", "assignments"])
async def test_what_a_user_has_is_listed(desk: Desk, plural: str) -> None:
    record = await desk.first(NEWER, plural, "user { id key }")
    query = f"""query($id: ID!) {{ user(id: $id) {{ {plural}(first: 3) {{
        nodes {{ user {{ id }} }} }} }} }}"""
    answer = await desk.ask(query, id=record["user"]["id"])
    assert answer.errors == []
    nodes = answer.data["user"][plural]["nodes"]
    assert nodes and {each["user"]["id"] for each in nodes} == {record["user"]["id"]}
    assert f"GET /users/{record['user']['key']}/{plural}" in {each.call for each in desk.wire.sent}


@pytest.mark.parametrize("plural", PATHS)
async def test_a_list_of_a_suspended_account_is_an_error(desk: Desk, plural: str) -> None:
    query = f"query($s: String!) {{ source(name: $s) {{ {plural} {{ nodes {{ id }} }} }} }}"
    answer = await desk.ask(query, s=DISABLED)
    assert answer.codes == ["UPSTREAM_ACCOUNT_DISABLED"]
    assert answer.data == {"source": {plural: None}}


@pytest.mark.parametrize(("status", "code"), [(404, None), (502, "UPSTREAM_UNAVAILABLE")])
@pytest.mark.parametrize("plural", PATHS)
async def test_a_record_that_cannot_be_read_is_null(
    desk: Desk, plural: str, status: int, code: str | None
) -> None:
    found = await desk.first(NEWER, plural, "id key")
    await desk.graph.fault("stackone", "status", status=status, path=f"/{PATHS[plural]}/")
    query = f"query($id: ID!) {{ found: {ONE[plural]}(id: $id) {{ id }} }}"
    answer = await desk.ask(query, id=found["id"])
    assert answer.data == {"found": None}
    assert answer.codes == ([code] if code else [])


@pytest.mark.parametrize("plural", ["completions", "assignments"])
async def test_what_a_user_has_that_cannot_be_listed_is_an_error(desk: Desk, plural: str) -> None:
    record = await desk.first(NEWER, plural, "user { id }")
    await desk.graph.fault("stackone", "status", status=502, path=f"/{plural}")
    query = f"query($id: ID!) {{ user(id: $id) {{ {plural} {{ nodes {{ id }} }} }} }}"
    answer = await desk.ask(query, id=record["user"]["id"])
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    assert answer.data == {"user": {plural: None}}
