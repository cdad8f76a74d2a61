"""Large answers are packed for who takes gzip; small ones, and streams, are not."""

from __future__ import annotations

import gzip
import json

import httpx
import pytest

from graph.compression import LONG, SMALLEST
from tests.graph.asking import Graph
from tests.graph.sockets import on_port, request

JSON = ("content-type", "application/json")
GZIP = ("accept-encoding", "br, gzip")
SMALL = "{ __typename }"
LARGE = "{ courses(first: 100) { nodes { id title description } } }"
HUGE = "{ _service { sdl } }"


async def raw(graph: Graph, query: str, *headers: tuple[str, str]) -> tuple[dict[str, str], bytes]:
    """Headers and body as they came over the wire."""
    body = json.dumps({"query": query}).encode()
    async with on_port(graph.app) as served, served.line() as line:
        line.send(request(body, JSON, *headers))
        reply = await line.reply()
        return dict(reply.headers), reply.body


@pytest.mark.parametrize("query", [LARGE, HUGE])
async def test_a_large_answer_is_packed_and_the_same(graph: Graph, query: str) -> None:
    _, plain = await raw(graph, query)
    headers, packed = await raw(graph, query, GZIP)

    assert len(plain) >= (LONG if query == HUGE else SMALLEST)
    assert headers["content-encoding"] == "gzip"
    assert headers["content-length"] == str(len(packed))
    assert "Accept-Encoding" in headers["vary"]
    assert len(packed) < len(plain) / 2
    assert gzip.decompress(packed) == plain


@pytest.mark.parametrize(
    ("query", "encodings"),
    [(SMALL, "gzip"), (LARGE, "br"), (LARGE, "gzip;q=0"), (LARGE, "identity")],
)
async def test_what_is_small_or_not_taken_is_sent_as_it_is(
    graph: Graph, query: str, encodings: str
) -> None:
    headers, body = await raw(graph, query, ("accept-encoding", encodings))

    assert "content-encoding" not in headers
    assert json.loads(body)["data"]


async def test_a_stream_is_not_packed(graph: Graph) -> None:
    headers = {"accept": "text/event-stream", "accept-encoding": "gzip"}
    response: httpx.Response = await graph.client.post(
        "/graphql", json={"query": LARGE}, headers=headers
    )

    assert "content-encoding" not in response.headers
    assert response.text.startswith(":\n\nevent: next\n")
