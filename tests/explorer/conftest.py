"""A browser, and a small graph of the explorer's own for it to visit."""

from collections.abc import AsyncIterator, Iterator

import pytest
import strawberry
from playwright.async_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from strawberry.asgi import GraphQL
from strawberry.types import Info

from graph import explorer
from graph.explorer import Tab
from tests.explorer.browser import launched
from tests.explorer.serving import served

TABS = [
    Tab("query Greeting($name: String!) {\n  greeting(name: $name)\n}\n", {"name": "Ada"}),
    Tab("query Heard {\n  heard\n}\n", headers={"x-said": "good morning"}),
]


def greet(name: str) -> str:
    return f"Hello, {name}!"


def hear(info: Info) -> list[str]:
    headers = info.context["request"].headers
    return [headers.get("x-explain", "nothing"), headers.get("x-said", "nothing")]


@strawberry.type
class Query:
    greeting: str = strawberry.field(resolver=greet, description="Greets whom you name.")
    heard: list[str] = strawberry.field(resolver=hear, description="What was said in the headers.")


async def show(_: Request) -> HTMLResponse:
    return HTMLResponse(explorer.page(TABS, "/graphql"), headers=dict(explorer.PAGE_HEADERS))


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """Where the explorer is served over a graph that greets."""
    assert (explorer.FOLDER / "manifest.json").is_file(), "the explorer isn't built: make demo"
    graph = GraphQL[object, object](strawberry.Schema(Query), graphql_ide=None)
    app = Starlette(
        routes=[
            Route("/", show),
            Route("/graphql", graph, methods=["POST"]),
            Mount(explorer.ASSETS_PATH, explorer.static),
        ]
    )
    with served(app) as url:
        yield url


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium with a profile of its own."""
    async with launched() as browser:
        yield browser
