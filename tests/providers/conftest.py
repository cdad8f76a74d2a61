"""Every provider's source in turn, over a small academy."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from coursegraph import sandbox_settings
from providers.sources import PROVIDERS, open_sources
from sandbox.academy import Academy
from sandbox.app import create_app
from tests.providers.conforming import SMALL, Opened


@pytest.fixture(scope="module")
def academy() -> Academy:
    return Academy(sizes=dict.fromkeys(("bindbee", "stackone", "scormcloud", "vitalsource"), SMALL))


@pytest.fixture(params=list(PROVIDERS))
async def source(request: pytest.FixtureRequest, academy: Academy) -> AsyncIterator[Opened]:
    transport = httpx.ASGITransport(app=create_app(academy))
    clients = open_sources(sandbox_settings(80), transport)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as sandbox:
        (client,) = (each for each in clients.values() if each.provider == request.param)
        yield Opened(client, sandbox)
    for each in clients.values():
        await each.close()
