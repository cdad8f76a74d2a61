"""The explorer over the real graph: its tabs run, its docs open, and it asks nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import Browser, expect

from coursegraph import PERSON
from graph.app import create_app
from graph.endpoint import PATH
from graph.explorer.tabs import examples
from resolvers import ids
from sandbox.app import create_app as create_sandbox
from sandbox.scormcloud.library import import_job_id
from tests.explorer.serving import served
from tests.explorer.test_explorer import TABS, fill, opened, response, run
from tests.graph.asking import opened as opened_graph
from tests.graph.asking import settings
from tests.graph.importing import FOLLOW

NAMES = ["Everywhere", "Bindbee", "StackOne", "ScormCloud", "VitalSource", "Person", "Entities"]


@pytest.fixture(scope="module")
def graph_url() -> Iterator[str]:
    """Where the graph is served over a sandbox in the same process, for browsers."""
    own = settings()
    transport = httpx.ASGITransport(create_sandbox())
    with served(create_app(own, transport=transport, tabs=examples(own, PERSON))) as url:
        yield url + PATH


async def test_a_query_over_all_sources_runs_in_the_browser(
    browser: Browser, graph_url: str
) -> None:
    async with opened(browser, graph_url) as visit:
        await expect(visit.page.locator(TABS)).to_have_text(NAMES)
        await run(visit.page)
        await expect(response(visit.page)).to_contain_text('"demo-bindbee"')


async def test_a_subscription_runs_in_the_browser(browser: Browser, graph_url: str) -> None:
    id = ids.encode("CourseImport", "demo-scorm-cloud", import_job_id("GEO-2516", 0))
    async with opened(browser, graph_url) as visit:
        await fill(visit.page, "operation.graphql", FOLLOW)
        await fill(visit.page, "variables.json", json.dumps({"id": id}))
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


@pytest.mark.parametrize("tab", examples(settings(), PERSON), ids=NAMES)
async def test_every_tab_answers_with_data_and_without_an_error(tab: object) -> None:
    query, variables = tab.query, dict(tab.variables)  # type: ignore[attr-defined]
    async with opened_graph() as graph:
        answer = await graph.ask(query, **variables)
    assert answer.errors == []
    assert "null" != json.dumps(answer.data)
    assert all(value is not None for value in answer.data.values())
