"""Every provider's source in turn, over a small academy."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import product
from urllib.parse import urlsplit

import httpx
import pytest

from coursegraph import sandbox_settings
from providers.sources import PROVIDERS, open_sources
from sandbox.academy import Academy
from sandbox.app import create_app
from tests.explorer import serving
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


@pytest.fixture(scope="module")
def served(academy: Academy) -> Iterator[str]:
    """Where a sandbox over the module's academy listens."""
    with serving.served(create_app(academy)) as url:
        yield url


@pytest.fixture(params=product(PROVIDERS, calling.WIRES), ids="-".join)
async def source(request: pytest.FixtureRequest, served: str) -> AsyncIterator[Opened]:
    """Each provider's source in turn, over the network, by each wire."""
    provider, wire = request.param
    transport = None if wire == "aiohttp" else httpx.AsyncHTTPTransport(verify=False)
    clients = open_sources(sandbox_settings(urlsplit(served).port or 0), transport)
    (client,) = (each for each in clients.values() if each.provider == provider)
    async with httpx.AsyncClient(base_url=served, verify=False) as sandbox:
        await sandbox.delete("/_requests")
        yield Opened(client, sandbox)
        await sandbox.delete("/_faults")
    for each in clients.values():
        await each.close()
