"""Whose pages may ask: no other site's, unless its origin is named.

https://www.apollographql.com/docs/apollo-server/security/cors
https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import httpx
import pytest

from tests.graph.asking import Graph, opened, settings

NAMES = {"query": "{ sources { name } }"}
JSON = {"content-type": "application/json"}
FRIEND = "https://app.example.com"
STRANGER = "https://evil.example"
CHROMIUM = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"


async def got(graph: Graph, headers: Mapping[str, str]) -> httpx.Response:
    return await graph.client.get("/graphql", params=NAMES, headers=dict(headers))


# Requests that a browser makes without asking.


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "accept": "text/event-stream"},
        {"sec-fetch-site": "cross-site", "content-type": "text/plain"},
        {"sec-fetch-site": "cross-site", "content-type": "Multipart/Form-Data; boundary=x"},
        {"sec-fetch-site": "cross-site", "apollo-require-preflight": ""},
        {"origin": STRANGER},
        {"origin": "null"},
        {"origin": STRANGER, "sec-fetch-site": "same-origin"},
        {"user-agent": CHROMIUM},  # neither over TLS nor at localhost, so it doesn't say from where
    ],
)
async def test_what_another_sites_page_could_ask_unasked_is_refused(
    graph: Graph, headers: dict[str, str]
) -> None:
    response = await got(graph, headers)

    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert "apollo-require-preflight" in error["message"]
    assert error["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    "headers",
    [
        {},  # a program
        {"sec-fetch-mode": "cors", "user-agent": "node"},
        {"sec-fetch-site": "same-origin", "user-agent": CHROMIUM},
        {"sec-fetch-site": "none", "user-agent": CHROMIUM},
        {"sec-fetch-site": "cross-site", "apollo-require-preflight": "true"},
        {"sec-fetch-site": "cross-site", "x-apollo-operation-name": "Names"},
        {"sec-fetch-site": "cross-site", **JSON},
        {"origin": "http://graph", "user-agent": CHROMIUM},
    ],
)
async def test_what_no_other_sites_page_could_ask_unasked_is_answered(
    graph: Graph, headers: dict[str, str]
) -> None:
    response = await got(graph, headers)

    assert response.status_code == 200
    assert response.json()["data"]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_no_form_can_ask_even_with_the_header(graph: Graph, content_type: str) -> None:
    headers = {"content-type": content_type, "apollo-require-preflight": "true"}
    response = await graph.client.post("/graphql", content=json.dumps(NAMES), headers=headers)

    assert response.status_code == 415


# Pages of other origins.


def preflight(origin: str) -> dict[str, str]:
    return {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-explain",
    }


async def test_no_origin_is_shared_with_unless_it_is_named(graph: Graph) -> None:
    asked = await graph.client.options("/graphql", headers=preflight(FRIEND))
    answer = await graph.client.post("/graphql", json=NAMES, headers={"origin": FRIEND})

    assert asked.status_code == 405
    for response in (asked, answer):
        assert not [each for each in response.headers if each.startswith("access-control")]


async def test_a_named_origin_may_ask_and_see_the_answer() -> None:
    async with opened(settings(origins=[FRIEND])) as graph:
        asked = await graph.client.options("/graphql", headers=preflight(FRIEND))
        answer = await graph.client.post("/graphql", json=NAMES, headers={"origin": FRIEND})
        simple = await got(graph, {"origin": FRIEND, "sec-fetch-site": "cross-site"})

    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == FRIEND
    assert asked.headers["access-control-allow-headers"] == "content-type,x-explain"
    assert "POST" in asked.headers["access-control-allow-methods"]
    for response in (answer, simple):
        assert response.json()["data"]
        assert response.headers["access-control-allow-origin"] == FRIEND
        exposed = response.headers["access-control-expose-headers"]
        assert {"x-request-id", "www-authenticate"} <= set(exposed.split(", "))
        assert "Origin" in response.headers["vary"]
    for response in (asked, answer):
        assert "access-control-allow-credentials" not in response.headers


async def test_a_stranger_is_told_nothing_beside_a_named_origin() -> None:
    async with opened(settings(origins=[FRIEND])) as graph:
        asked = await graph.client.options("/graphql", headers=preflight(STRANGER))
        answer = await graph.client.post("/graphql", json=NAMES, headers={"origin": STRANGER})
        none = await graph.client.post("/graphql", json=NAMES)

    assert asked.status_code == 405
    for response in (asked, answer, none):
        assert "access-control-allow-origin" not in response.headers
        assert "Origin" in response.headers["vary"]  # a cache has to know that it might have been


# What every answer has.


@pytest.mark.parametrize("path", ["/graphql", "/livez", "/readyz", "/nowhere", "/", "/uploads/x"])
async def test_every_answer_is_no_page_and_nothing_but_what_it_says(
    graph: Graph, path: str
) -> None:
    response = await graph.client.get(path)

    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "strict-transport-security" not in response.headers  # the proxy's to say
