"""By which names browsers may ask: no page asks by a name that it had lead here.

https://owasp.org/www-community/attacks/DNS_Rebinding
"""

from __future__ import annotations

import httpx
import pytest

from providers.secrets import Secret
from providers.sources import SettingsError, make_settings
from tests.graph.asking import Graph, opened, settings
from tests.graph.test_origins import CHROMIUM, FRIEND, NAMES

EVIL = "evil.example:8000"

PAGES = (
    {"origin": f"http://{EVIL}"},
    {"origin": "null"},
    {"sec-fetch-site": "same-origin", "user-agent": CHROMIUM},
    {"sec-fetch-site": "none", "user-agent": CHROMIUM},
)
"""How browsers may ask."""


async def got(graph: Graph, method: str, host: str, headers: dict[str, str]) -> httpx.Response:
    sent = {"host": host, "accept": "application/graphql-response+json", **headers}
    given = {"params": NAMES} if method == "GET" else {"json": NAMES}
    return await graph.client.request(method, "/graphql", headers=sent, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("headers", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("host", [EVIL, "localhost.evil.example", "127.0.0.1.evil.example", "[::1"])
async def test_a_page_that_has_its_own_name_lead_here_is_refused(
    graph: Graph, method: str, host: str, headers: dict[str, str]
) -> None:
    response = await got(graph, method, host, headers)

    assert response.status_code == 421
    assert response.headers["content-type"].startswith("application/graphql-response+json")
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert host in error["message"] and "`hosts`" in error["message"]
    assert await graph.requests() == []


@pytest.mark.parametrize(
    "headers",
    [
        {},  # over plain HTTP, a browser doesn't say where a page's GET comes from
        {"user-agent": "curl/8"},  # and some let the page say what it is
        {"apollo-require-preflight": "true"},
        {"content-type": "application/json"},
    ],
)
async def test_nor_may_it_pass_for_a_program(graph: Graph, headers: dict[str, str]) -> None:
    assert (await got(graph, "GET", EVIL, headers)).status_code == 421


async def test_nor_is_it_shown_the_explorer(graph: Graph) -> None:
    headers = {"host": EVIL, "accept": "text/html"}
    response = await graph.client.get("/graphql", headers=headers)

    assert response.status_code == 421


@pytest.mark.parametrize(
    "host",
    ["localhost:8000", "LOCALHOST", "app.localhost", "localhost.", "127.0.0.1:8000", "127.0.0.1",
     "[::1]:8000", "192.168.1.5", "graph", "GRAPH:8000"],
)  # fmt: skip
async def test_a_page_may_ask_by_an_address_and_by_the_servers_names(
    graph: Graph, host: str
) -> None:
    for method in ("GET", "POST"):
        response = await got(graph, method, host, {"origin": f"http://{host.lower()}"})
        assert response.status_code == 200, response.text


@pytest.mark.parametrize("host", ["graph.example.com", "app.example.com", "a.b.example.org:8443"])
async def test_names_in_the_settings_are_the_servers(host: str) -> None:
    own = settings(
        public_url="https://graph.example.com/learning",
        origins=[FRIEND],
        hosts=["*.example.org"],
    )
    async with opened(own) as graph:
        for headers in ({"origin": f"https://{host}"}, {"sec-fetch-site": "same-origin"}):
            for method in ("GET", "POST"):
                response = await got(graph, method, host, dict(headers))
                assert response.status_code == 200, response.text
        assert (await got(graph, "POST", EVIL, {"origin": FRIEND})).status_code == 200
        for other in ("example.org", "example.com", "evilexample.org"):
            assert (await got(graph, "GET", other, {})).status_code == 421


async def test_programs_and_gateways_may_call_it_what_they_like(graph: Graph) -> None:
    for headers in ({}, {"user-agent": "node"}, {"x-forwarded-host": EVIL}):
        response = await got(graph, "POST", "coursegraph.internal:4001", dict(headers))
        assert response.status_code == 200


async def test_whether_it_runs_is_told_by_any_name(graph: Graph) -> None:
    for path in ("/livez", "/readyz"):
        assert (await graph.client.get(path, headers={"host": EVIL})).status_code == 200


@pytest.mark.parametrize(
    "host", ["https://graph.example.com", "graph:8000", "", "*", "a..b", "a/b"]
)
def test_a_host_that_is_no_name_is_told(host: str) -> None:
    with pytest.raises(SettingsError, match="hosts has"):
        make_settings(
            {
                "hosts": [host],
                "sources": [{"name": "a", "provider": "vitalsource", "api_key": "k"}],
            },
            {},
        )


async def test_a_gateway_with_the_secret_asks_by_any_name() -> None:
    secret = "a-secret-of-the-gateways"
    async with opened(settings(gateway_secret=Secret(secret))) as graph:
        for method in ("GET", "POST"):
            known = await got(graph, method, EVIL, {"router-authorization": secret})
            guessed = await got(graph, method, EVIL, {"router-authorization": "x", **PAGES[2]})
            assert (known.status_code, guessed.status_code) == (200, 421)
