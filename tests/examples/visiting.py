"""A visit to the example catalogue, and how what it shows is found there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect

from tests.examples.catalogue import Shop
from tests.explorer.browser import Visit, visited

PERSON = "/learners?email=ada.byron@academy.example"
PAGES = ["/", PERSON, "/import", "/sources"]
CARD = ".card:not([aria-hidden] *)"


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


def page_link(page: Page, name: str) -> Locator:
    """One of the links at the top of every page."""
    return page.get_by_role("navigation").get_by_role("link", name=name)


def heading(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("heading", level=1, name=name)


async def first_course(page: Page) -> str:
    """The address of the first course that is shown."""
    link = await cards(page).first.get_by_role("link").get_attribute("href")
    assert link
    return link


async def ready(page: Page, shop: Shop, path: str) -> None:
    """Open a page, and wait until all of it is there."""
    await page.goto(shop.url + path)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.locator(".blank")).to_have_count(0)
