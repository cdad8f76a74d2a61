"""Visits pages in headless Chromium, and remembers all that a page asked for and complained of.

Playwright drives the Chromium that the machine has: of the drivers that are kept well it is the
one that needs neither a browser build nor a driver program of its own, and it sees the requests
of workers as well as those of the page.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, ConsoleMessage, Error, Page, Request, async_playwright

LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """The path of the machine's Chromium; without one the test is skipped, but not in CI."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        fail = pytest.fail if os.environ.get("CI") else pytest.skip
        fail(f"no browser is installed: none of {', '.join(names)} is on PATH")
    return path


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """A headless browser with a profile of its own, gone afterwards."""
    path = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=SWITCHES)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Visit:
    """A page, with what it requested and what went wrong in it."""

    page: Page
    urls: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def notice_request(self, request: Request) -> None:
        self.urls.append(request.url)

    def notice_failure(self, request: Request) -> None:
        # Leaving or reloading a page aborts what it still waits for.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.url[:300]}: {request.failure}")

    def notice_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text[:300]}")

    def notice_error(self, error: Error) -> None:
        self.complaints.append(f"uncaught: {error}")

    def strangers(self) -> list[str]:
        """The URLs that lead off this machine."""
        return [url for url in self.urls if host_of(url) not in LOOPBACK]


def host_of(url: str) -> str:
    parts = urlsplit(url)
    # A blob or data URL holds its content; it is requested of nobody.
    return "127.0.0.1" if parts.scheme in {"blob", "data"} else parts.netloc.rpartition(":")[0]


@asynccontextmanager
async def visited(browser: Browser, url: str, *, dark: bool = False) -> AsyncIterator[Visit]:
    """A visit to ``url``, which must end without a complaint or a request off this machine.

    Violations of the page's content security policy are complaints, since Chromium reports them
    on the console.
    """
    context = await browser.new_context(
        color_scheme="dark" if dark else "light", viewport={"width": 1280, "height": 800}
    )
    visit = Visit(await context.new_page())
    context.on("request", visit.notice_request)
    context.on("requestfailed", visit.notice_failure)
    context.on("console", visit.notice_message)
    visit.page.on("pageerror", visit.notice_error)
    try:
        await visit.page.goto(url)
        yield visit
    finally:
        await context.close()
    assert visit.urls and not visit.strangers()
    assert visit.complaints == []
