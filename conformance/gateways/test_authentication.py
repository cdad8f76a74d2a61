"""A token and its scopes, at the gateway and at the graph behind it: both let through the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from conformance import node
from conformance.composition.composing import COMPOSERS, Subgraph
from conformance.gateways.gateways import FOLDER, GATEWAYS, PACKAGES, free_port
from conformance.gateways.stage import Heard
from conformance.subgraphs.all import SDL
from conformance.subgraphs.reviews import Reviews, Said
from graph.schema import make_schema, sdl
from graph.scopes import MANAGE, WRITE, Access
from resolvers.inbox import utc_now
from tests.graph.asking import Answer, answered, opened, settings
from tests.graph.issuing import AUDIENCE, ISSUER, Issuer, bearer, believing, key_server, new_key
from tests.graph.sockets import on_port

pytestmark = pytest.mark.asyncio(loop_scope="module")

READ = "{ sources { name } }"
CHANGE = 'mutation { sourceResync(input: { source: "none" }) { userErrors { code } } }'
UNLINK = 'mutation { connectorDelete(input: { source: "none", key: "x" }) { userErrors { code } } }'
REVIEWS = "{ latestReviews { stars } }"

RS256 = {"alg": "RS256"}


@dataclass(slots=True)
class World:
    """An issuer of tokens, and the graph that believes it beside a subgraph that asks nobody."""

    issuer: Issuer
    keys: str
    """URL of the issuer's keys."""
    heard: Heard
    """The graph, as gateways reach it."""
    subgraphs: list[Subgraph]

    def token(self, scope: str = "") -> str:
        """A token with a scope."""
        self.issuer.now = utc_now()
        return self.issuer.token(scope, header=RS256)


@dataclass(slots=True)
class Stage:
    """A gateway over the subgraphs."""

    world: World
    url: str
    client: httpx.AsyncClient

    async def ask(self, query: str, token: str | None = None) -> Answer:
        """Ask the gateway."""
        headers = bearer(token) if token else {}
        return answered(await self.client.post(self.url, json={"query": query}, headers=headers))


@asynccontextmanager
async def hive(world: World, folder: Path) -> AsyncIterator[str]:
    """Hive Gateway."""
    supergraph = folder / "supergraph.graphql"
    compose = COMPOSERS["@theguild/federation-composition"]
    supergraph.write_text(await compose(world.subgraphs, folder))
    program = PACKAGES / "@graphql-hive" / "gateway" / "dist" / "bin.js"
    command = ("node", str(program), "supergraph", "-c", "hive.authentication.config.mjs")
    async with node.serving(
        *command,
        folder=FOLDER,
        says=r"Listening on http://127\.0\.0\.1:(\d+)",
        SUPERGRAPH=supergraph,
        KEYS=world.keys,
        ISSUER=ISSUER,
        AUDIENCE=AUDIENCE,
        PORT=free_port(),
        NO_COLOR=1,
    ) as said:
        yield f"http://127.0.0.1:{said[1]}/graphql"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def made() -> AsyncIterator[World]:
    issuer = Issuer([new_key("RS256", "one")])
    said = [Said("r", 5, "c", "ada.byron@academy.example")]
    async with key_server(issuer) as server:
        own = settings(authentication=believing(server.url), mode="production")
        async with opened(own) as graph:
            heard = Heard(graph.app)
            async with on_port(heard) as courses, on_port(Reviews(said), lifespan="off") as other:
                marked = sdl(make_schema(access=Access()))
                yield World(
                    issuer,
                    server.url,
                    heard,
                    [
                        Subgraph("courses", f"http://127.0.0.1:{courses.port}/graphql", marked),
                        Subgraph("reviews", f"http://127.0.0.1:{other.port}/", SDL["reviews"]),
                    ],
                )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def behind(made: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("gateway")
    async with hive(made, folder) as url, httpx.AsyncClient(timeout=30) as own:
        yield Stage(made, url, own)


@pytest_asyncio.fixture(loop_scope="module")
async def stage(behind: Stage) -> Stage:
    behind.world.heard.requests.clear()
    return behind


def heard(stage: Stage) -> list[dict[str, str]]:
    """The requests that came to the graph."""
    return stage.world.heard.requests


async def test_Hive_Gateway_asks_the_graph_nothing_without_a_token(stage: Stage) -> None:
    answer = await stage.ask(READ)

    assert answer.errors and not (answer.data or {}).get("sources")
    assert heard(stage) == []


async def test_Hive_Gateway_takes_no_token_for_what_another_subgraph_has(stage: Stage) -> None:
    answer = await stage.ask(REVIEWS)

    assert answer.data == {"latestReviews": [{"stars": 5}]} and not answer.errors


async def test_Hive_Gateway_passes_a_token_on_to_the_graph(stage: Stage) -> None:
    token = stage.world.token()

    answer = await stage.ask(READ, token)

    assert not answer.errors and len(answer.data["sources"]) == 4
    assert [each["authorization"] for each in heard(stage)] == [f"Bearer {token}"]


async def test_Hive_Gateway_refuses_a_change_without_its_scope(stage: Stage) -> None:
    for change, scope in ((CHANGE, ""), (UNLINK, WRITE)):
        answer = await stage.ask(change, stage.world.token(scope))

        assert answer.errors
        assert heard(stage) == []


async def test_Hive_Gateway_lets_a_change_with_its_scopes_through(stage: Stage) -> None:
    scopes = f"{WRITE} {MANAGE}"
    for change, scope in ((CHANGE, WRITE), (UNLINK, scopes)):
        answer = await stage.ask(change, stage.world.token(scope))

        assert answer.codes in ([], ["BAD_USER_INPUT"], ["UNSUPPORTED"]), answer
    assert len(heard(stage)) == 2


async def test_Hive_Gateway_refuses_a_token_of_another_key(stage: Stage) -> None:
    forged = stage.world.issuer.token(WRITE, key=new_key("RS256", "other"), header=RS256)

    answer = await stage.ask(CHANGE, forged)

    assert answer.errors
    assert heard(stage) == []


SAID = {"Grafbase Gateway": "SUBGRAPH_REQUEST_ERROR"}
"""What gateways tell of what the graph says of a token that isn't there, if not that."""


@pytest.mark.parametrize("name", GATEWAYS)
async def test_a_gateway_that_looks_at_no_tokens_tells_that_one_is_missing(
    name: str, made: World, tmp_path: Path
) -> None:
    unmarked = [replace(each, sdl=SDL[each.name]) for each in made.subgraphs]
    async with (
        GATEWAYS[name].start(unmarked, tmp_path, "events") as url,
        httpx.AsyncClient(timeout=30) as client,
    ):
        answer = await Stage(made, url, client).ask(READ)

    assert not (answer.data or {}).get("sources")
    assert answer.codes == [SAID.get(name, "UNAUTHENTICATED")]
    if name in SAID:
        pytest.skip(f"it tells {SAID[name]}")


async def test_Apollo_Gateway_doesnt_start_over_what_it_would_have_to_enforce(
    made: World, tmp_path: Path
) -> None:
    with pytest.raises(node.Failed, match="ended before it served"):
        async with GATEWAYS["Apollo Gateway"].start(made.subgraphs, tmp_path, "events"):
            pass
