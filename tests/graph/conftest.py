"""The graph over the default sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from graph.app import create_app
from tests.graph.asking import Graph, demo, opened, running, settings


@pytest.fixture(scope="session")
def application() -> Starlette:
    """The application over all four demo sources; each test opens its sources anew."""
    return create_app(settings(), transport=httpx.ASGITransport(demo()[1]))


@pytest.fixture
async def graph(application: Starlette) -> AsyncIterator[Graph]:
    """The running graph over the default sandbox, with an empty log and no faults.

    For other settings, sizes or limits: ``async with tests.graph.asking.opened(…) as graph``.
    """
    academy, sandbox = demo()
    async with running(application, sandbox, academy, settings()) as graph:
        yield graph


@pytest.fixture
async def workshop() -> AsyncIterator[Graph]:
    """As ``graph``, over a sandbox of its own, which may be changed."""
    async with opened(fresh=True) as graph:
        yield graph
