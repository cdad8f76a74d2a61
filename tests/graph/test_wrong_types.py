"""A source answers with types that nobody documented: what can't be read is null and counted, what
can be read stands."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest

from tests.graph.asking import Graph, demo, opened
from tests.graph.failing import PROVIDERS, source_of
from tests.graph.known import PROVIDERS as LETTERS
from tests.graph.known import expected

EACH = pytest.mark.parametrize("provider", PROVIDERS)

PLAIN = {
    "bindbee": "description coverUrl url duration languages { code } statusText remoteId",
    "stackone": "description coverUrl url duration languages { code } statusText remoteId",
    "scormcloud": "description duration tags createdAt updatedAt",
    "vitalsource": "statusText startsOn endsOn createdAt updatedAt",
}


def keys_of(provider: str) -> list[str]:
    (letter,) = (letter for letter, each in LETTERS.items() if each[1] == provider)
    return sorted(row["key"] for row in expected(letter).courses())


@EACH
async def test_wrong_types_everywhere_cost_the_fields_and_not_the_rows(
    graph: Graph, provider: str
) -> None:
    await graph.fault(provider, "wrong_types")
    rows = """query ($after: String) { source(name: "SOURCE") { courses(first: 100, after: $after) {
      nodes { id key title PLAIN } pageInfo { hasNextPage endCursor }
    } } }""".replace("SOURCE", source_of(provider)).replace("PLAIN", PLAIN[provider])
    nodes, counted, after = [], 0, None
    while True:
        answer = await graph.ask(rows, after=after)
        assert not answer.errors
        page = answer.data["source"]["courses"]
        nodes += page["nodes"]
        counted += sum(
            each["count"] for each in answer.body["extensions"]["upstream"]["unreadable"]
        )
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert sorted(node["key"] for node in nodes) == keys_of(provider)
    names = [name for name in PLAIN[provider].split() if name.isalpha() and name != "code"]
    spoiled = [name for name in names if name != "remoteId"]
    for node in nodes:
        # The title falls back to the key: it is never null.
        assert node["title"] in (node["key"], "17")
        assert all(node[name] is None for name in spoiled), node
    assert counted > len(nodes)


JSON = {"content-type": "application/json"}


class Spoiled(httpx.AsyncBaseTransport):
    """The sandbox, with one field of each row that has it of a wrong type."""

    def __init__(self, field: str) -> None:
        self.inner = httpx.ASGITransport(demo()[1])
        self.field = field

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        body = msgspec.json.decode(await response.aread())
        self.change(body)
        stream = httpx.ByteStream(msgspec.json.encode(body))
        return httpx.Response(response.status_code, headers=JSON, stream=stream)

    def change(self, body: Any) -> None:
        spoil(body, self.field)


def spoil(body: Any, field: str) -> None:
    if isinstance(body, dict):
        if body.get(field) is not None:
            body[field] = {"no": ["such", "type"]}
        for value in body.values():
            spoil(value, field)
    elif isinstance(body, list):
        for value in body:
            spoil(value, field)


@pytest.mark.parametrize(
    ("provider", "name", "field"),
    [
        ("bindbee", "duration", "duration"),
        ("bindbee", "languages", "languages"),
        ("stackone", "languages", "languages"),
        ("stackone", "createdAt", "created_at"),
        ("scormcloud", "tags", "tags"),
        ("scormcloud", "updatedAt", "updated"),
        ("vitalsource", "startsOn", "start_date"),
    ],
)
async def test_a_wrong_type_in_one_field_costs_that_field_only(
    graph: Graph, provider: str, name: str, field: str
) -> None:
    query = f"""{{ source(name: "{source_of(provider)}") {{ courses(first: 20) {{ nodes {{
      id title duration languages {{ code tag }} tags startsOn endsOn createdAt updatedAt
      contents {{ key }}
    }} }} }} }}"""
    whole = await graph.ask(query)

    async with opened(transport=Spoiled(field)) as spoiled:
        answer = await spoiled.ask(query)

    nodes = whole.data["source"]["courses"]["nodes"]
    assert any(node[name] for node in nodes)
    assert not answer.errors
    assert answer.data["source"]["courses"]["nodes"] == [{**node, name: None} for node in nodes]
    unreadable = answer.body["extensions"]["upstream"]["unreadable"]
    assert {each["source"] for each in unreadable} == {source_of(provider)}
    assert max(each["count"] for each in unreadable) == sum(
        node[name] is not None for node in nodes
    )


class Keyless(Spoiled):
    """The sandbox, with an id that is none in every third row."""

    def change(self, body: Any) -> None:
        rows = next(value for value in body.values() if isinstance(value, list))
        for row in rows[::3]:
            row["id"] = None


@EACH
async def test_rows_without_an_id_are_left_out_and_reported(provider: str) -> None:
    async with opened(transport=Keyless("id")) as graph:
        answer = await graph.ask(
            "query ($name: String!) { source(name: $name) { courses { nodes { key } } } }",
            name=source_of(provider),
        )

    nodes = answer.data["source"]["courses"]["nodes"]
    assert nodes and all(node["key"] for node in nodes)
    assert answer.codes == ["UPSTREAM_BAD_RESPONSE"]
    assert answer.errors[0]["extensions"]["source"] == source_of(provider)
    assert "left out" in answer.errors[0]["message"]
