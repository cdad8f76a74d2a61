"""The catalogue and its courses, in every state that they can be in."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Route, expect

from tests.examples.catalogue import Shop
from tests.examples.visiting import CARD, at, button, cards, choice, heading, page_link, section

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVERY = ("bindbee", "stackone", "scormcloud", "vitalsource")
"""All providers of the sandbox."""


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


async def test_who_goes_back_finds_the_list_as_it_was_left(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/?source=demo-bindbee") as visit:
        page = visit.page
        await button(page, "Show more courses").click()
        await expect(cards(page)).to_have_count(48)
        left = cards(page).nth(40).get_by_role("link")
        await left.scroll_into_view_if_needed()
        before = await page.evaluate("scrollY")
        title = await left.inner_text()
        await left.click()
        await expect(heading(page, title)).to_be_focused()
        assert await page.evaluate("scrollY") == 0
        await page.go_back()
        await expect(cards(page)).to_have_count(48)
        await expect(left).to_be_in_viewport()
        await expect(heading(page, "Catalogue")).to_be_focused()
        assert await page.evaluate("scrollY") == before
        await choice(page, "Status").select_option("Active")
        await expect(cards(page)).to_have_count(24)


async def test_what_was_shown_stays_while_it_cannot_be_read_again(
    browser: Browser, shop: Shop
) -> None:
    async with at(browser, shop, "/") as visit:
        page = visit.page
        await expect(cards(page)).to_have_count(24)
        await page_link(page, "Import").click()
        await page.route("**/graphql", lambda route: route.abort())
        await page_link(page, "Catalogue").click()
        await expect(page.get_by_role("alert")).to_contain_text("This was read before.")
        await expect(cards(page)).to_have_count(24)
        assert all("ERR_FAILED" in each for each in visit.complaints)
        visit.complaints.clear()
        await page.unroute("**/graphql")
        await button(page, "Try again").click()
        await expect(page.get_by_role("alert")).to_have_count(0)


async def test_a_search_is_in_the_address_and_names_who_cannot_search(
    browser: Browser, shop: Shop
) -> None:
    async with at(browser, shop, "/") as visit:
        page = visit.page
        await page.get_by_label("Title").fill("data")
        await expect(cards(page)).to_have_count(5)
        await expect(page.get_by_role("status")).to_have_text("5 courses")
        await expect(page.get_by_role("note")).to_contain_text("demo-bindbee")
        assert urlsplit(page.url).query == "title=data"
        await choice(page, "Source").select_option("demo-stackone")
        await expect(cards(page)).to_have_count(1)
        await expect(page.get_by_role("status")).to_have_text("1 course")
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
        await expect(page.get_by_role("note")).to_contain_text(
            "demo-scorm-cloud (can't filter by categories, status); demo-vitalsource"
        )


async def test_a_search_that_finds_nothing_says_so(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/?title=zzzz&source=demo-stackone") as visit:
        page = visit.page
        await expect(page.get_by_text("No course is like that.")).to_be_visible()
        await expect(page.get_by_role("status")).to_have_text("No courses")
        await button(page, "Clear search and filters").click()
        await expect(cards(page)).to_have_count(24)
        await expect(page.get_by_label("Title")).to_have_value("")
        assert urlsplit(page.url).query == ""


async def test_a_source_that_is_not_there_can_be_cleared(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/?source=nope&title=data") as visit:
        page = visit.page
        await expect(page.get_by_role("status")).to_have_text("There is no such source")
        await expect(page.get_by_role("alert")).to_have_count(0)
        await expect(button(page, "Try again")).to_have_count(0)
        await expect(page.get_by_text("`")).to_have_count(0)
        await button(page, "Clear search and filters").click()
        await expect(cards(page)).to_have_count(24)
        await expect(choice(page, "Source")).to_have_value("")
        assert urlsplit(page.url).query == ""


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


async def test_a_course_is_shown_before_its_completions_are_there(
    browser: Browser, shop: Shop
) -> None:
    async with at(browser, shop, "/?source=demo-bindbee") as visit:
        page = visit.page
        with shop.failing("bindbee", kind="slow", delay=1.5, path="/completions"):
            await cards(page).first.get_by_role("link").click()
            completions = section(page, "Completions")
            await expect(page.get_by_text("Mohammed Tariq Rahmani")).to_be_visible()
            await expect(completions.locator(".blank").first).to_be_visible()
            await expect(completions.get_by_role("listitem")).to_have_count(10)
            await expect(page.locator(".blank")).to_have_count(0)


@pytest.mark.parametrize(
    ("source", "unsaid"),
    [
        ("demo-stackone", None),
        ("demo-scorm-cloud", "categories, skills, or instructors."),
        ("demo-vitalsource", "contents, completions, categories, skills, or instructors."),
    ],
)
async def test_a_course_says_once_what_its_source_says_nothing_of(
    browser: Browser, shop: Shop, source: str, unsaid: str | None
) -> None:
    async with at(browser, shop, f"/?source={source}") as visit:
        page = visit.page
        await cards(page).first.get_by_role("link").click()
        await expect(page.locator("main .source")).to_have_text(source)
        told = page.get_by_text("This source says nothing of")
        if unsaid:
            await expect(told).to_contain_text(unsaid)
        else:
            await expect(section(page, "Completions")).to_be_visible()
            await expect(told).to_have_count(0)
        await page.reload()
        await expect(page.locator("main .source")).to_have_text(source)


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
            await expect(page.get_by_role("alert")).to_contain_text(
                "demo-bindbee is not answering."
            )
        await button(page, "Try again").click()
        await expect(heading(page, "Portuguese for Absolute Beginners")).to_be_visible()


@pytest.mark.parametrize("id", ["xyz", "Q291cnNlOmRlbW8tYmluZGJlZTpub3BlLW5vcGU"])
async def test_a_course_that_is_not_there_is_no_error(
    browser: Browser, shop: Shop, id: str
) -> None:
    async with at(browser, shop, f"/courses/{id}") as visit:
        await expect(heading(visit.page, "No such course")).to_be_visible()


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


async def test_sources_that_are_all_down_are_named_once(browser: Browser, shop: Shop) -> None:
    with shop.failing(*EVERY):
        async with at(browser, shop, "/") as visit:
            page = visit.page
            await expect(page.get_by_role("status")).to_have_text("Nothing can be shown now")
            await expect(page.get_by_role("alert")).to_have_count(1)
            await expect(page.get_by_role("alert")).to_contain_text(
                "demo-bindbee, demo-stackone, demo-scorm-cloud, and demo-vitalsource"
                " are not answering."
            )
            await expect(page.get_by_text("There are no courses yet.")).to_have_count(0)
            await button(page, "Try again").click()
            await expect(page.get_by_role("status")).to_have_text("Nothing can be shown now")
            shop.heal()
            await button(page, "Try again").click()
            await expect(cards(page)).to_have_count(24)
            await expect(page.get_by_role("alert")).to_have_count(0)


async def test_sources_that_fail_in_several_ways_are_told_apart_in_one_note(
    browser: Browser, shop: Shop
) -> None:
    with (
        shop.failing("scormcloud", "vitalsource"),
        shop.failing("stackone", kind="status", status=401),
    ):
        # The fourth can't be searched by title.
        async with at(browser, shop, "/?title=data") as visit:
            page = visit.page
            await expect(page.get_by_role("status")).to_have_text("Nothing can be shown now")
            await expect(page.get_by_role("alert").locator("p")).to_have_text(
                "demo-stackone is refusing our credentials;"
                " demo-scorm-cloud and demo-vitalsource are not answering."
            )
            await expect(page.get_by_role("note")).to_contain_text("demo-bindbee")


async def test_none_found_where_others_answer_is_still_a_count(
    browser: Browser, shop: Shop
) -> None:
    with shop.failing("stackone"):
        async with at(browser, shop, "/?title=zzzz") as visit:
            page = visit.page
            await expect(page.get_by_role("alert")).to_contain_text("demo-stackone is missing.")
            await expect(page.get_by_role("status")).to_have_text("No courses")
