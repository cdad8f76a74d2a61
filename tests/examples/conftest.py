"""The example catalogue, built once, and a browser to visit it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.examples import catalogue
from tests.examples.catalogue import MANIFEST, Shop
from tests.explorer.browser import chromium, launched


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built page."""
    chromium()
    catalogue.install()
    folder = tmp_path_factory.mktemp("catalogue")
    catalogue.build(folder)
    return folder


@pytest.fixture(scope="session")
def shop(built: Path) -> Iterator[Shop]:
    """The page over a sandbox and a graph that takes only the page's own operations."""
    with catalogue.opened(built, documents=[str(MANIFEST)], only_trusted=True) as shop:
        yield shop


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium; every visit has a profile of its own."""
    async with launched() as browser:
        yield browser
