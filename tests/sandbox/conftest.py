"""The sandbox over ASGI, one app a test, all of them over one academy."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.academy import Academy
from sandbox.app import create_app


@pytest.fixture(scope="session")
def academy() -> Academy:
    return Academy()


@pytest.fixture
async def sandbox(academy: Academy) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(academy))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        yield client
