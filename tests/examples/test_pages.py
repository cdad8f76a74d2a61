"""What holds for every page of the example: who can read it, and what it asks for."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import Browser, Page, Request, expect

from tests.examples.catalogue import FOLDER, Shop
from tests.examples.visiting import PAGES, PERSON, at, button, first_course, page_link, ready

pytestmark = pytest.mark.asyncio(loop_scope="session")

AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"

STATES = [
    *PAGES,
    "/?title=zzzz&source=demo-stackone",
    "/?category=Environment",
    "/?source=nope",
    "/learners",
    "/learners?email=ada.byron",
    "/courses/xyz",
    "/import/xyz",
    "/nowhere",
]
"""Pages as they are, and as they are where there is nothing to show."""

TARGETS = "nav a, button, .button, select, input:not([type=radio], [type=checkbox]), .option"
"""What a finger has to hit, but for links in a text."""

BOXES = """tags => tags.map((tag) => {
  const card = tag.closest(".card");
  return [tag, card.querySelector(".about"), card].map((each) => {
    const { left, top, right, bottom } = each.getBoundingClientRect();
    return [left, top, right, bottom];
  });
})"""
"""Of each tag: its own box, that of the words beside it, and that of the card around both."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


async def test_a_graph_that_cannot_be_reached_is_asked_again(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/import") as visit:
        page = visit.page
        await expect(page.get_by_role("option", name="demo-scorm-cloud")).to_have_count(1)
        await page.route("**/graphql", lambda route: route.abort())
        await page_link(page, "Sources").click()
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
            await expect(page.get_by_role("status")).to_contain_text("1 source of 4 has trouble.")
            await expect(page.get_by_text("Requests left")).to_be_visible()
            shop.heal()
            await button(page, "Check again").click()
            await expect(page.locator("[data-health=UP]")).to_have_count(4)
            await expect(page.get_by_role("status")).to_contain_text("All 4 sources work.")


async def test_a_page_asks_once_by_a_hash_for_all_that_it_shows(
    browser: Browser, shop: Shop
) -> None:
    asked: list[Request] = []
    async with at(browser, shop, "/") as visit:
        course = await first_course(visit.page)
        await ready(visit.page, shop, "/")
        visit.page.on("request", lambda each: asked.append(each) if each.post_data else None)
        # The catalogue's filters stay while its courses change, so they are asked for beside them.
        for path, times in [("/", 2), (course, 1), (PERSON, 1), ("/import", 1), ("/sources", 1)]:
            asked.clear()
            await ready(visit.page, shop, path)
            sent = [json.loads(each.post_data or "") for each in asked]
            assert len(sent) == times, path
            assert all("documentId" in each and "query" not in each for each in sent)


async def test_nothing_moves_while_a_page_is_read(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/") as visit:
        await visit.page.add_init_script(
            "window.moved = 0; new PerformanceObserver((all) => all.getEntries().forEach("
            "(each) => { moved += each.value; })).observe({ type: 'layout-shift', buffered: true })"
        )
        for path in ["/", PERSON, "/import", "/sources"]:
            await ready(visit.page, shop, path)
            assert await visit.page.evaluate("moved") < 0.02, path


async def test_every_page_fits_a_phone_and_a_finger(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/") as visit:
        page = visit.page
        course = await first_course(page)
        await page.set_viewport_size({"width": 390, "height": 844})
        for path in [*STATES, course]:
            await ready(page, shop, path)
            assert await page.evaluate("document.documentElement.scrollWidth") == 390, path
            heights = await page.locator(TARGETS).evaluate_all(
                "all => all.map((each) => each.getBoundingClientRect().height)"
            )
            assert min(heights) >= 44, path


@pytest.mark.parametrize("width", [390, 1280])
async def test_how_a_course_stands_covers_none_of_its_words(
    browser: Browser, shop: Shop, width: int
) -> None:
    async with at(browser, shop, "/?status=INACTIVE") as visit:
        page = visit.page
        await page.set_viewport_size({"width": width, "height": 844})
        tags = page.locator(".card > .tag")
        await expect(tags.first).to_have_text("Inactive")
        # As long as titles may be: they reach the ends of their lines.
        await page.locator(".card h2 a").evaluate_all(
            "all => all.forEach((each) => { each.textContent = 'Portuguese for All '.repeat(9) })"
        )
        cards = await tags.evaluate_all(BOXES)
        assert cards
        for tag, words, card in cards:
            assert not intersects(tag, words)
            assert contains(card, tag)


async def test_a_title_without_a_space_breaks(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/") as visit:
        page = visit.page
        course = await first_course(page)
        await page.set_viewport_size({"width": 390, "height": 844})
        for path, places in [("/", "h2 a, .source, .subjects"), (course, "h1, .grow a, .tag")]:
            await ready(page, shop, path)
            await page.locator(places).evaluate_all(
                "all => all.forEach((each) => { each.textContent = 'antidisestablish'.repeat(9) })"
            )
            assert await page.evaluate("document.documentElement.scrollWidth") == 390, path


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_axe_finds_nothing_on_any_page(browser: Browser, shop: Shop, dark: bool) -> None:
    # In the dark only the colours are others.
    states, rules = (PAGES, "{ runOnly: ['color-contrast'] }") if dark else (STATES, "{}")
    async with at(browser, shop, "/", dark=dark) as visit:
        for path in [*states, await first_course(visit.page)]:
            await ready(visit.page, shop, path)
            await examine(visit.page, path, rules)
        with shop.failing("stackone"):
            for path in ["/sources", PERSON, "/?source=demo-stackone"]:
                await ready(visit.page, shop, path)
                silent = visit.page.get_by_text("demo-stackone").filter(visible=True)
                await expect(silent.first).to_be_visible()
                await examine(visit.page, f"{path} of a source that is down", rules)


async def examine(page: Page, name: str, rules: str) -> None:
    """Let axe look at the page as it is now."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(f"axe.run({rules})")
    assert [(each["id"], each["help"]) for each in found["violations"]] == [], name


def intersects(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def contains(outer: Box, inner: Box) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )
