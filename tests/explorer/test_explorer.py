"""The explorer as a person sees it: in a browser, with nothing but this machine to ask."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Locator, Page, expect

from graph import explorer
from tests.explorer.browser import Visit, visited

TABS = ".graphiql-tab-button"


@asynccontextmanager
async def opened(browser: Browser, url: str, *, dark: bool = False) -> AsyncIterator[Visit]:
    """A visit to the explorer, with its editors in place."""
    async with visited(browser, url, dark=dark) as visit:
        await expect(visit.page.locator(".graphiql-query-editor .view-line").first).to_be_visible()
        yield visit


def response(page: Page) -> Locator:
    return page.locator(".graphiql-response .view-lines")


def headers(page: Page) -> Locator:
    return page.locator("[data-uri$='request-headers.json']")


async def run(page: Page) -> None:
    """Press the button, once GraphiQL has noticed which operation the editor holds."""
    await page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 300))")
    await page.click(".graphiql-execute-button")


async def switch_to(page: Page, tab: str) -> None:
    await page.locator(TABS, has_text=tab).click()
    await expect(page.locator(".graphiql-tab-active")).to_contain_text(tab)


async def fill(page: Page, editor: str, text: str) -> None:
    """Replace what an editor holds; typed, quotes and brackets would be closed for us."""
    await page.evaluate(
        """([name, text]) => __MONACO.editor.getModels()
            .find((model) => model.uri.path.endsWith(name)).setValue(text)""",
        [editor, text],
    )


async def stored(page: Page, key: str, awaited: str) -> str:
    """What the browser keeps under a key; GraphiQL writes it half a second after the fact."""
    kept = ""
    for _ in range(50):
        kept = await page.evaluate("(key) => localStorage[`coursegraph:graphiql:${key}`]", key)
        if awaited in (kept or ""):
            break
        await asyncio.sleep(0.1)
    return kept or ""


async def test_the_first_tab_runs_as_it_opens(browser: Browser, server_url: str) -> None:
    async with opened(browser, server_url) as visit:
        await expect(visit.page.locator(TABS)).to_have_text(["Greeting", "Heard"])
        await run(visit.page)
        await expect(response(visit.page)).to_contain_text('"Hello, Ada!"')
        assert await visit.page.title() == "coursegraph: explorer"


async def test_the_headers_editor_starts_with_what_explains(
    browser: Browser, server_url: str
) -> None:
    async with opened(browser, server_url) as visit:
        await visit.page.get_by_role("button", name="Headers", exact=True).click()
        await expect(headers(visit.page)).to_contain_text('"x-explain": "upstream"')


async def test_the_headers_of_a_tab_are_sent_with_its_query(
    browser: Browser, server_url: str
) -> None:
    async with opened(browser, server_url) as visit:
        await switch_to(visit.page, "Heard")
        await run(visit.page)
        await expect(response(visit.page)).to_contain_text('"good morning"')
        await expect(response(visit.page)).to_contain_text('"nothing"')


async def test_no_header_is_kept(browser: Browser, server_url: str) -> None:
    async with opened(browser, server_url) as visit:
        page = visit.page
        await fill(page, "request-headers.json", '{"x-said": "a secret"}')
        await fill(page, "operation.graphql", "query Mine { heard }")
        await expect(page.locator(TABS)).to_have_text(["Mine", "Heard"])
        await run(page)
        await expect(response(page)).to_contain_text('"a secret"')
        assert "Mine" in await stored(page, "queries", "Mine")
        assert "a secret" not in await page.evaluate("JSON.stringify(localStorage)")


async def test_what_was_written_is_there_at_the_next_visit(
    browser: Browser, server_url: str
) -> None:
    async with opened(browser, server_url) as visit:
        page = visit.page
        await fill(page, "operation.graphql", 'query Mine { greeting(name: "Bo") }')
        await expect(page.locator(TABS)).to_have_text(["Mine", "Heard"])
        assert "Mine" in await stored(page, "tabState", "Mine")
        await page.reload()
        await expect(page.locator(TABS)).to_have_text(["Mine", "Heard"])
        await run(page)
        await expect(response(page)).to_contain_text('"Hello, Bo!"')


async def test_a_field_that_the_schema_lacks_is_underlined(
    browser: Browser, server_url: str
) -> None:
    async with opened(browser, server_url) as visit:
        await fill(visit.page, "operation.graphql", "{ farewell }")
        await expect(visit.page.locator(".squiggly-error").first).to_be_visible()


async def test_a_query_is_made_pretty(browser: Browser, server_url: str) -> None:
    async with opened(browser, server_url) as visit:
        await fill(visit.page, "operation.graphql", "{hello(name:$who)}")
        await visit.page.get_by_role("button", name="Prettify query").click()
        lines = visit.page.locator(".graphiql-query-editor .view-line")
        await expect(lines).to_have_text(["{", "hello(name: $who)", "}", ""])


async def test_the_documentation_and_the_explorer_show_the_schema(
    browser: Browser, server_url: str
) -> None:
    async with opened(browser, server_url) as visit:
        plugin = visit.page.locator(".graphiql-plugin")
        await visit.page.get_by_label("Show Documentation Explorer").click()
        await plugin.get_by_text("Query", exact=True).click()
        await expect(plugin).to_contain_text("Greets whom you name.")
        await visit.page.get_by_label("Show GraphiQL Explorer").click()
        await expect(plugin.get_by_text("heard", exact=True)).to_be_visible()


async def test_colours_follow_the_system(browser: Browser, server_url: str) -> None:
    seen = []
    for dark in (False, True):
        async with opened(browser, server_url, dark=dark) as visit:
            seen.append(await colours(visit.page))
    (light_page, light_editor), (dark_page, dark_editor) = seen
    assert light_page != dark_page
    assert (light_editor, dark_editor) == (False, True)


async def colours(page: Page) -> tuple[str, bool]:
    """The page's background, and whether its editors wear Monaco's dark theme."""
    background = await page.locator(".graphiql-container").evaluate(
        "(element) => getComputedStyle(element).backgroundColor"
    )
    dark = await page.locator(".monaco-editor").first.evaluate(
        "(element) => element.classList.contains('vs-dark')"
    )
    return background, dark


async def test_workers_come_from_where_the_bundle_is(browser: Browser, server_url: str) -> None:
    async with opened(browser, server_url) as visit:
        await fill(visit.page, "operation.graphql", "{ farewell }")
        await expect(visit.page.locator(".squiggly-error").first).to_be_visible()
        workers = {worker.url for worker in visit.page.workers}
    assert any(f"{server_url}{explorer.ASSETS_PATH}/graphql-" in url for url in workers)
    assert workers <= set(visit.urls)
