"""An import in the browser, from its form to its end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from tests.examples.catalogue import Shop, opened
from tests.examples.visiting import at, button, heading, page_link
from tests.graph.test_transfers import package

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_import_from_an_address_is_followed_to_its_course(
    browser: Browser, shop: Shop
) -> None:
    async with at(browser, shop, "/import") as visit:
        page = visit.page
        await page.get_by_label("Course ID").fill("kites-by-address")
        await button(page, "Import").click()
        step = page.locator("[aria-current=step]")
        await expect(step).to_have_text("The source unpacks it")
        await expect(page.get_by_text("Kites for Windy Days is ready.")).to_be_visible()
        await page.get_by_role("link", name="Open the course").click()
        await expect(heading(page, "Kites for Windy Days")).to_be_focused()
        await expect(page.get_by_text("Three knots that hold")).to_be_visible()


@dataclass
class Cable:
    """What the page's sockets go through, and can be cut."""

    is_cut: bool = False
    sockets: list[WebSocketRoute] = field(default_factory=list)

    async def pass_on(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            await socket.close(code=1012)
        else:
            self.sockets.append(socket)
            socket.connect_to_server()

    async def cut(self) -> None:
        self.is_cut = True
        for socket in self.sockets:
            await socket.close(code=1012)


async def test_an_import_that_is_cut_off_is_told_and_followed_on(
    browser: Browser, shop: Shop
) -> None:
    cable = Cable()
    async with at(browser, shop, "/import") as visit:
        page = visit.page
        await page.route_web_socket("**/graphql", cable.pass_on)
        await page.reload()  # only what is loaded from now on goes through it
        await page.get_by_label("Course ID").fill("kites-cut-off")
        await button(page, "Import").click()
        await expect(page.locator("[aria-current=step]")).to_be_visible()
        await cable.cut()
        progress = page.get_by_role("region", name="Progress of the import")
        await expect(progress).to_have_attribute("aria-live", "polite")
        await expect(progress).to_contain_text("The connection is lost.")
        cable.is_cut = False
        await expect(progress).to_contain_text("Kites for Windy Days is ready.")
        await expect(progress).not_to_contain_text("The connection is lost.")
        await page.reload()
        await expect(progress).to_contain_text("Kites for Windy Days is ready.")


async def test_an_import_that_is_not_there_is_no_error(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/import/xyz") as visit:
        await expect(visit.page.get_by_role("status")).to_contain_text("No such import.")
        await visit.page.get_by_role("link", name="Import a course").click()
        await expect(visit.page.get_by_label("Course ID")).to_be_visible()


async def test_the_form_of_an_import_says_that_the_server_cannot_be_reached(
    browser: Browser, shop: Shop
) -> None:
    async with at(browser, shop, "/sources") as visit:
        page = visit.page
        await expect(page.locator("[data-health=UP]")).to_have_count(4)
        await page.route("**/graphql", lambda route: route.abort())
        await page_link(page, "Import").click()
        await expect(page.get_by_role("alert")).to_contain_text("can’t be reached")
        visit.complaints.clear()
        await page.unroute("**/graphql")
        await button(page, "Try again").click()
        await expect(page.get_by_role("option", name="demo-scorm-cloud")).to_have_count(1)


async def test_a_file_is_uploaded_and_its_import_followed(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/import") as visit:
        page = visit.page
        await upload(page, "kites-by-file", package())
        await expect(page.get_by_text("Kite flying is ready.")).to_be_visible()
        await page.get_by_role("link", name="Import another").click()
        await upload(page, "kites-broken", b"PK, but no more than that")
        await expect(page.get_by_text("No course was made.")).to_be_visible()


async def upload(page: Page, key: str, data: bytes) -> None:
    await page.get_by_label("Course ID").fill(key)
    await page.get_by_label("From a file on this device").check()
    file = {"name": "kites.zip", "mimeType": "application/zip", "buffer": data}
    await page.get_by_label("File", exact=True).set_input_files(file)  # type: ignore[arg-type]
    await button(page, "Import").click()


async def test_what_is_wrong_with_an_input_is_told_at_its_field(
    browser: Browser, shop: Shop
) -> None:
    async with at(browser, shop, "/import") as visit:
        page = visit.page
        key = page.get_by_label("Course ID")
        await key.fill("GEO-2516")
        await button(page, "Import").click()
        await expect(key).to_have_attribute("aria-invalid", "true")
        await expect(key).to_be_focused()
        await expect(key).to_have_accessible_description(re.compile("already exists"))
        await expect(key).to_have_value("GEO-2516")


async def test_a_graph_that_refuses_a_hash_gets_full_documents(
    browser: Browser, built: Path
) -> None:
    with opened(built) as shop:
        async with at(browser, shop, "/sources") as visit:
            page = visit.page
            await expect(page.locator("[data-health=UP]")).to_have_count(4)
            assert visit.complaints and all("400" in each for each in visit.complaints)
            visit.complaints.clear()
            await page_link(page, "Import").click()
            await upload(page, "kites-untrusted", package())
            await expect(page.get_by_text("Kite flying is ready.")).to_be_visible()
