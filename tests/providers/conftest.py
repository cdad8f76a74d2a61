"""Every provider's source in turn, over a small academy."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from coursegraph import sandbox_settings
from providers.sources import PROVIDERS, open_sources
from sandbox.academy import Academy
from sandbox.app import create_app
from tests.providers import calling
from tests.providers.conforming import SMALL, Opened


@pytest.fixture(params=list(calling.WIRES))
def wire(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each wire in turn: what ``calling.opened`` reads by."""
    monkeypatch.setattr(calling, "chosen", request.param)
    return str(request.param)


@pytest.fixture(scope="module")
def academy() -> Academy:
    return Academy(sizes=dict.fromkeys(("bindbee", "stackone", "scormcloud", "vitalsource"), SMALL))


@pytest.fixture
async def transport(academy: Academy) -> httpx.ASGITransport:
    """Carries requests to a sandbox over the module's academy."""
    return httpx.ASGITransport(app=create_app(academy))


@pytest.fixture
async def sandbox(transport: httpx.ASGITransport) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks to that sandbox itself."""
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        yield client


@pytest.fixture(params=list(PROVIDERS))
async def source(
    request: pytest.FixtureRequest, transport: httpx.ASGITransport, sandbox: httpx.AsyncClient
) -> AsyncIterator[Opened]:
    clients = open_sources(sandbox_settings(80), transport)
    (client,) = (each for each in clients.values() if each.provider == request.param)
    yield Opened(client, sandbox)
    for each in clients.values():
        await each.close()
