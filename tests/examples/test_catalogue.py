"""The example catalogue in a browser: every page, and every state that a page can be in."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.examples.catalogue import FOLDER, Shop, opened
from tests.explorer.browser import Visit, visited
from tests.graph.test_transfers import package

pytestmark = pytest.mark.asyncio(loop_scope="session")

PERSON = "/learners?email=ada.byron@academy.example"
PAGES = ["/", PERSON, "/import", "/sources"]
CARD = ".card:not([aria-hidden] *)"
AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"


@asynccontextmanager
async def at(browser: Browser, shop: Shop, path: str, **kind: Any) -> AsyncIterator[Visit]:
    async with visited(browser, shop.url + path, **kind) as visit:
        yield visit


def cards(page: Page) -> Locator:
    return page.locator(CARD)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def choice(page: Page, name: str) -> Locator:
    return page.get_by_role("combobox", name=name, exact=True)


def section(page: Page, title: str) -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name=title))


def heading(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("heading", level=1, name=name)


async def test_courses_go_on_page_by_page_and_the_keyboard_with_them(
    browser: Browser, shop: Shop
) -> None:
    async with at(browser, shop, "/") as visit:
        await expect(cards(visit.page)).to_have_count(24)
        await button(visit.page, "Show more courses").press("Enter")
        await expect(cards(visit.page)).to_have_count(48)
        await expect(cards(visit.page).nth(24)).to_be_focused()
        titles = await visit.page.locator(f"{CARD} h2 a").evaluate_all(
            "links => links.map(link => link.href)"
        )
        assert len(set(titles)) == 48


async def test_a_search_is_in_the_address_and_names_who_cannot_search(
    browser: Browser, shop: Shop
) -> None:
    async with at(browser, shop, "/") as visit:
        page = visit.page
        await page.get_by_label("Title").fill("data")
        await expect(cards(page)).to_have_count(5)
        await expect(page.get_by_role("note")).to_contain_text("demo-bindbee")
        assert urlsplit(page.url).query == "title=data"
        await choice(page, "Source").select_option("demo-stackone")
        await expect(cards(page)).to_have_count(1)
        await expect(page.get_by_role("note")).to_have_count(0)


async def test_filters_from_an_address_hold_at_every_source_that_has_them(
    browser: Browser, shop: Shop
) -> None:
    async with at(browser, shop, "/?category=Environment&status=ACTIVE") as visit:
        page = visit.page
        await expect(choice(page, "Category")).to_have_value("Environment")
        await expect(cards(page).first).to_be_visible()
        shown = await cards(page).locator(".source").all_inner_texts()
        assert set(shown) == {"demo-bindbee", "demo-stackone"}
        await expect(page.get_by_role("note").first).to_contain_text("demo-scorm-cloud")


async def test_a_search_that_finds_nothing_says_so(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/?title=zzzz&source=demo-stackone") as visit:
        await expect(visit.page.get_by_role("status")).to_contain_text("No course is like that.")


async def test_what_is_awaited_is_as_large_as_what_comes(browser: Browser, shop: Shop) -> None:
    released = asyncio.Event()

    async def hold(route: Route) -> None:
        await released.wait()
        await route.continue_()

    async with at(browser, shop, "/sources") as visit:
        page = visit.page
        await expect(page.locator("[data-health=UP]")).to_have_count(4)
        await page.route("**/graphql", hold)
        await page.get_by_role("link", name="Catalogue").click()
        await expect(page.locator(".card .blank").first).to_be_visible()
        blank = await page.locator(".card").first.bounding_box()
        released.set()
        await expect(cards(page)).to_have_count(24)
        assert await cards(page).first.bounding_box() == blank


async def test_a_course_is_opened_and_read_by_keyboard(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/") as visit:
        page = visit.page
        await cards(page).first.get_by_role("link").press("Enter")
        await expect(heading(page, "Portuguese for Absolute Beginners")).to_be_focused()
        for name in ("Categories", "Skills", "Instructors", "Contents", "Completions"):
            await expect(page.get_by_role("heading", name=name)).to_be_visible()
        names = await page.locator("aside .tag").all_inner_texts()
        assert {"Translation", "Phonetics", "Mohammed Tariq Rahmani"} <= set(names)
        assert await section(page, "Contents").locator("li").count() > 0
        completions = section(page, "Completions").locator("li")
        await expect(completions).to_have_count(10)
        await button(page, "Show more completions").click()
        await expect(completions).to_have_count(15)
        await expect(completions.nth(10)).to_be_focused()
        somebody = completions.get_by_role("link").first
        name = await somebody.inner_text()
        await somebody.click()
        await expect(page.get_by_role("heading", level=2)).to_have_text(name)


async def test_a_relation_that_fails_costs_its_section_alone(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/") as visit:
        page = visit.page
        with shop.failing("bindbee", kind="status", status=503, path="/completions"):
            await cards(page).first.get_by_role("link").click()
            completions = section(page, "Completions")
            await expect(completions.get_by_role("alert")).to_contain_text("demo-bindbee")
            await expect(section(page, "Contents").locator("li").first).to_be_visible()
        await completions.get_by_role("button", name="Try again").click()
        await expect(completions.locator("li")).to_have_count(10)
        await expect(page.get_by_role("alert")).to_have_count(0)


async def test_a_source_that_is_down_costs_the_page_of_its_course_until_it_is_back(
    browser: Browser, shop: Shop
) -> None:
    async with at(browser, shop, "/") as visit:
        page = visit.page
        await expect(cards(page)).to_have_count(24)
        with shop.failing("bindbee"):
            await cards(page).first.get_by_role("link").click()
            await expect(page.get_by_role("alert")).to_contain_text("demo-bindbee")
        await button(page, "Try again").click()
        await expect(heading(page, "Portuguese for Absolute Beginners")).to_be_visible()


@pytest.mark.parametrize("id", ["xyz", "Q291cnNlOmRlbW8tYmluZGJlZTpub3BlLW5vcGU"])
async def test_a_course_that_is_not_there_is_no_error(
    browser: Browser, shop: Shop, id: str
) -> None:
    async with at(browser, shop, f"/courses/{id}") as visit:
        await expect(heading(visit.page, "No such course")).to_be_visible()


async def test_a_learner_is_merged_from_all_sources_the_latest_first(
    browser: Browser, shop: Shop
) -> None:
    async with at(browser, shop, "/learners") as visit:
        page = visit.page
        await page.get_by_label("E-mail address").fill("Ada.Byron@academy.example")
        await button(page, "Look up").click()
        await expect(page.get_by_role("heading", level=2)).to_have_text("Ada Byron")
        places = page.locator("[data-completeness]")
        told = await places.evaluate_all("all => all.map(each => each.dataset.completeness)")
        assert told == ["COMPLETE", "COMPLETE", "PARTIAL", "UNSUPPORTED"]
        rows = section(page, "Completions").locator("li")
        await expect(rows).to_have_count(10)
        await button(page, "Show more completions").click()
        await expect(rows.nth(10)).to_be_focused()
        days = await rows.locator(".cell:last-child").all_inner_texts()
        dated = [datetime.strptime(day, "%b %d, %Y") for day in days if day != "undated"]
        assert dated == sorted(dated, reverse=True)
        assert len(set(await rows.locator(".source").all_inner_texts())) == 3


async def test_nobody_is_found_without_an_error(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/learners?email=nobody@academy.example") as visit:
        await expect(visit.page.get_by_role("status")).to_contain_text("No source knows")


async def test_a_source_that_is_down_is_named_and_resumed_by_its_cursor(
    browser: Browser, shop: Shop
) -> None:
    async with at(browser, shop, "/sources") as visit:
        page = visit.page
        with shop.failing("bindbee"):
            await page.get_by_role("link", name="Catalogue").click()
            missing = page.get_by_role("alert").filter(has_text="demo-bindbee is missing")
            await expect(missing).to_contain_text("not answering")
            await expect(cards(page)).to_have_count(24)
            assert "demo-bindbee" not in await cards(page).locator(".source").all_inner_texts()
            await button(page, "Try again").click()
            await expect(missing).to_be_visible()
        await button(page, "Try again").click()
        await expect(cards(page)).to_have_count(48)
        await expect(missing).to_have_count(0)
        sources = await cards(page).locator(".source").all_inner_texts()
        assert sources.count("demo-bindbee") == 24


async def test_a_learner_lacks_what_a_source_that_is_down_has_until_it_is_back(
    browser: Browser, shop: Shop
) -> None:
    with shop.failing("stackone"):
        async with at(browser, shop, PERSON) as visit:
            page = visit.page
            completions = section(page, "Completions")
            await expect(completions.get_by_role("alert")).to_contain_text(
                "demo-stackone is missing"
            )
            await expect(completions.locator(".rows > li").first).to_be_visible()
            shop.heal()
            await completions.get_by_role("button", name="Try again").click()
            await expect(completions.get_by_role("alert")).to_have_count(0)
            await expect(completions.get_by_text("demo-stackone").first).to_be_visible()
            told = page.locator("[data-completeness]").nth(1)
            await expect(told).to_contain_text("Known as Ada Byron")


async def test_a_graph_that_cannot_be_reached_is_asked_again(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/import") as visit:
        page = visit.page
        await expect(page.get_by_role("option", name="demo-scorm-cloud")).to_have_count(1)
        await page.route("**/graphql", lambda route: route.abort())
        await page.get_by_role("link", name="Sources").click()
        await expect(page.get_by_role("alert")).to_contain_text("can’t be reached")
        assert visit.complaints and all("ERR_FAILED" in each for each in visit.complaints)
        visit.complaints.clear()
        await page.unroute("**/graphql")
        await button(page, "Try again").click()
        await expect(page.locator("[data-health=UP]")).to_have_count(4)


async def test_sources_say_how_they_are(browser: Browser, shop: Shop) -> None:
    with shop.failing("stackone", kind="status", status=401):
        async with at(browser, shop, "/sources") as visit:
            page = visit.page
            down = page.locator("[data-health=DOWN]")
            await expect(down).to_contain_text("demo-stackone")
            await expect(down).to_contain_text("credentials")
            await expect(page.get_by_text("Quota left")).to_be_visible()
            shop.heal()
            await button(page, "Check again").click()
            await expect(page.locator("[data-health=UP]")).to_have_count(4)


async def test_an_import_from_an_address_is_followed_to_its_course(
    browser: Browser, shop: Shop
) -> None:
    async with at(browser, shop, "/import") as visit:
        page = visit.page
        await page.get_by_label("Key of the course").fill("kites-by-address")
        await button(page, "Import").click()
        step = page.locator("[aria-current=step]")
        await expect(step).to_have_text("The source makes a course of it")
        await expect(page.get_by_text("Kites for Windy Days is ready.")).to_be_visible()
        await page.get_by_role("link", name="Open the course").click()
        await expect(heading(page, "Kites for Windy Days")).to_be_focused()
        await expect(page.get_by_text("Three knots that hold")).to_be_visible()


async def test_a_file_is_uploaded_and_its_import_followed(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/import") as visit:
        page = visit.page
        await upload(page, "kites-by-file", package())
        await expect(page.get_by_text("Kite flying is ready.")).to_be_visible()
        await button(page, "Import another").click()
        await upload(page, "kites-broken", b"PK, but no more than that")
        await expect(page.get_by_text("No course was made.")).to_be_visible()


async def upload(page: Page, key: str, data: bytes) -> None:
    await page.get_by_label("Key of the course").fill(key)
    await page.get_by_label("From a file on this device").check()
    file = {"name": "kites.zip", "mimeType": "application/zip", "buffer": data}
    await page.get_by_label("File", exact=True).set_input_files(file)  # type: ignore[arg-type]
    await button(page, "Import").click()


async def test_what_is_wrong_with_an_input_is_told_at_its_field(
    browser: Browser, shop: Shop
) -> None:
    async with at(browser, shop, "/import") as visit:
        page = visit.page
        key = page.get_by_label("Key of the course")
        await key.fill("GEO-2516")
        await button(page, "Import").click()
        await expect(key).to_have_attribute("aria-invalid", "true")
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
            await page.get_by_role("link", name="Import").click()
            await upload(page, "kites-untrusted", package())
            await expect(page.get_by_text("Kite flying is ready.")).to_be_visible()


async def test_every_page_fits_a_phone(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/") as visit:
        await visit.page.set_viewport_size({"width": 390, "height": 844})
        for path in [*PAGES, await first_course(visit.page)]:
            await ready(visit.page, shop, path)
            width = await visit.page.evaluate("document.documentElement.scrollWidth")
            assert width == 390, path


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_axe_finds_nothing_on_any_page(browser: Browser, shop: Shop, dark: bool) -> None:
    async with at(browser, shop, "/", dark=dark) as visit:
        for path in [*PAGES, await first_course(visit.page)]:
            await ready(visit.page, shop, path)
            await visit.page.evaluate(AXE.read_text(encoding="utf-8"))
            found = await visit.page.evaluate("axe.run()")
            assert [(each["id"], each["help"]) for each in found["violations"]] == [], path


async def first_course(page: Page) -> str:
    link = await cards(page).first.get_by_role("link").get_attribute("href")
    assert link
    return link


async def ready(page: Page, shop: Shop, path: str) -> None:
    """Open a page, and wait until all of it is there."""
    await page.goto(shop.url + path)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.locator(".blank")).to_have_count(0)
