"""A learner's page, in every state that it can be in."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from playwright.async_api import Browser, expect

from tests.examples.catalogue import Shop
from tests.examples.visiting import PERSON, at, button, section

pytestmark = pytest.mark.asyncio(loop_scope="session")


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
        dated = [
            datetime.strptime(day, "Finished %b %d, %Y") for day in days if "undated" not in day
        ]
        assert dated == sorted(dated, reverse=True)
        assert len(set(await rows.locator(".source").all_inner_texts())) == 3


async def test_nobody_is_found_without_an_error(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/learners?email=nobody@academy.example") as visit:
        await expect(visit.page.get_by_role("status")).to_contain_text("No source knows")


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
            silent = page.locator("[data-completeness]").filter(has_text="Not answering")
            # Nothing else: how far it was searched can't be said of a source that is silent.
            await expect(silent).to_have_text(re.compile(r"^demo-stackone\s*Not answering$"))
            shop.heal()
            await completions.get_by_role("button", name="Try again").click()
            await expect(completions.get_by_role("alert")).to_have_count(0)
            await expect(completions.get_by_text("demo-stackone").first).to_be_visible()
            told = page.locator("[data-completeness]").nth(1)
            await expect(told).not_to_contain_text("Not answering")
            await expect(told).to_contain_text("Known as Ada Byron")


async def test_who_is_looked_up_next_stands_in_the_address_too(
    browser: Browser, shop: Shop
) -> None:
    async with at(browser, shop, "/learners") as visit:
        page = visit.page
        await page.get_by_role("link", name="ada.byron@academy.example").click()
        await expect(page.get_by_role("heading", level=2)).to_have_text("Ada Byron")
        email = page.get_by_label("E-mail address")
        await expect(email).to_have_value("ada.byron@academy.example")
        await email.fill("nobody@academy.example")
        await email.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("No source knows nobody@")
        await expect(email).to_be_focused()
        await page.go_back()
        await expect(page.get_by_role("heading", level=2)).to_have_text("Ada Byron")
        await expect(email).to_have_value("ada.byron@academy.example")


async def test_what_is_no_address_is_told_at_its_field(browser: Browser, shop: Shop) -> None:
    async with at(browser, shop, "/learners?email=ada.byron") as visit:
        email = visit.page.get_by_label("E-mail address")
        await expect(email).to_have_attribute("aria-invalid", "true")
        await expect(email).to_have_accessible_description(re.compile("No e-mail address"))
        await expect(button(visit.page, "Try again")).to_have_count(0)
