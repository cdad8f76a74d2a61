"""Every provider's source in turn, over a small academy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import product
from urllib.parse import urlsplit

import httpx
import pytest

from coursegraph import sandbox_settings
from providers.sources import PROVIDERS, open_sources
from sandbox.academy import Academy
from sandbox.app import create_app
from tests.providers import calling
from tests.providers.conforming import SMALL, Opened
from tests.providers.faults import relay, serving


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


@pytest.fixture(params=product(PROVIDERS, calling.WIRES), ids="-".join)
async def source(
    request: pytest.FixtureRequest, transport: httpx.ASGITransport, sandbox: httpx.AsyncClient
) -> AsyncIterator[Opened]:
    """Each provider's source in turn, over the network, by each wire."""
    provider, wire = request.param
    async with serving(relay(transport)) as server:
        settings = sandbox_settings(urlsplit(server.url).port or 0)
        own = None if wire == "aiohttp" else httpx.AsyncHTTPTransport(verify=False)
        clients = open_sources(settings, own)
        (client,) = (each for each in clients.values() if each.provider == provider)
        yield Opened(client, sandbox)
        for each in clients.values():
            await each.close()
