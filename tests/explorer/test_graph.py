"""The explorer over the real graph: its tabs run, its docs open, and it asks nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import Browser, expect

from coursegraph import JOB, PERSON
from graph.app import create_app
from graph.endpoint import PATH
from graph.explorer.tabs import examples
from sandbox.app import create_app as create_sandbox
from tests.explorer.serving import served
from tests.explorer.test_explorer import TABS, fill, opened, response, run, switch_to
from tests.graph.asking import opened as opened_graph
from tests.graph.asking import settings
from tests.graph.subscribing import connected

NAMES = ["Everywhere", "Bindbee", "StackOne", "ScormCloud", "VitalSource", "Person"]
NAMES += ["Import", "Follow", "Entities"]


@pytest.fixture(scope="module")
def graph_url() -> Iterator[str]:
    """Where the graph is served over a sandbox in the same process, for browsers."""
    own = settings()
    transport = httpx.ASGITransport(create_sandbox())
    with served(create_app(own, transport=transport, tabs=examples(own, PERSON, JOB))) as url:
        yield url + PATH


async def test_a_query_over_all_sources_runs_in_the_browser(
    browser: Browser, graph_url: str
) -> None:
    async with opened(browser, graph_url) as visit:
        await expect(visit.page.locator(TABS)).to_have_text(NAMES)
        await run(visit.page)
        await expect(response(visit.page)).to_contain_text('"demo-bindbee"')


async def test_a_mutation_runs_in_the_browser_again_and_again(
    browser: Browser, graph_url: str
) -> None:
    async with opened(browser, graph_url) as visit:
        await switch_to(visit.page, "Import")
        for _ in range(2):
            await fill(visit.page, "response.json", "")
            await run(visit.page)
            await expect(response(visit.page)).to_contain_text('"status": "RUNNING"')
            await expect(response(visit.page)).to_contain_text('"userErrors": []')


async def test_a_subscription_runs_in_the_browser(browser: Browser, graph_url: str) -> None:
    async with opened(browser, graph_url) as visit:
        await switch_to(visit.page, "Follow")
        await run(visit.page)
        await expect(response(visit.page)).to_contain_text('"Import Successful"')
        await expect(response(visit.page)).to_contain_text('"upstream"')  # by the headers editor


async def test_the_docs_tell_of_a_course(browser: Browser, graph_url: str) -> None:
    async with opened(browser, graph_url) as visit:
        await visit.page.get_by_role("button", name="Show Documentation Explorer").click()
        docs = visit.page.locator(".graphiql-doc-explorer")
        await docs.get_by_role("link", name="Query", exact=True).click()
        await docs.get_by_role("link", name="CourseConnection").first.click()
        await expect(docs).to_contain_text("A page of a list.")


@pytest.mark.parametrize("tab", examples(settings(), PERSON, JOB), ids=NAMES)
async def test_every_tab_answers_with_data_and_without_an_error(tab: object) -> None:
    query, variables = tab.query, dict(tab.variables)  # type: ignore[attr-defined]
    async with opened_graph(fresh=True) as graph:
        if "\nsubscription" in query:
            async with connected(graph.app) as socket:
                await socket.subscribe("1", query, **variables)
                _, data = await socket.event()
        else:
            answer = await graph.ask(query, **variables)
            assert answer.errors == []
            data = answer.data
    assert data and all(value is not None for value in data.values())
    assert all(not value.get("userErrors") for value in data.values() if isinstance(value, dict))


async def test_objects_for_a_scalar_are_not_underlined(browser: Browser, graph_url: str) -> None:
    async with opened(browser, graph_url) as visit:
        await switch_to(visit.page, "Entities")
        # The worker that looks at variables has looked once it complains of one that is wrong.
        await fill(visit.page, "variables.json", '{"representations": [{}, {}, 1]}')
        variables = visit.page.locator("[data-uri$='variables.json']")
        await expect(variables.locator(".squiggly-error")).to_have_count(1)
