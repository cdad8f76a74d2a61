"""A token that is written into the explorer's headers editor: sent with each operation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect

from coursegraph import JOB, PERSON
from graph.app import create_app
from graph.endpoint import PATH
from graph.explorer.tabs import examples
from resolvers.inbox import utc_now
from sandbox.app import create_app as create_sandbox
from tests.explorer.serving import served
from tests.explorer.test_explorer import fill, opened, response, run, switch_to
from tests.graph.asking import settings
from tests.graph.issuing import Issuer, bearer, believing


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(now=utc_now())


@pytest.fixture(scope="module")
def graph_url(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a graph is served whose callers present tokens."""
    keys: Path = tmp_path_factory.mktemp("keys")
    own = settings(authentication=believing(issuer.write(keys)))
    transport = httpx.ASGITransport(create_sandbox())
    with served(create_app(own, transport=transport, tabs=examples(own, PERSON, JOB))) as url:
        yield url + PATH


async def test_a_query_is_asked_with_the_token_of_the_headers_which_is_not_kept(
    browser: Browser, graph_url: str, issuer: Issuer
) -> None:
    async with opened(browser, graph_url) as visit:
        token = issuer.token()
        await fill(visit.page, "request-headers.json", json.dumps(bearer(token)))
        await run(visit.page)
        await expect(response(visit.page)).to_contain_text('"demo-bindbee"')
        assert token not in await visit.page.evaluate("JSON.stringify(localStorage)")


async def test_a_subscription_is_followed_with_the_token_of_the_headers(
    browser: Browser, graph_url: str, issuer: Issuer
) -> None:
    async with opened(browser, graph_url) as visit:
        await switch_to(visit.page, "Follow")
        await fill(visit.page, "request-headers.json", json.dumps(bearer(issuer.token())))
        await run(visit.page)
        await expect(response(visit.page)).to_contain_text('"Import Successful"')
