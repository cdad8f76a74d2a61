"""The gateways that run from npm packages: how each is started over subgraphs."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from conformance import node
from conformance.composition.composing import COMPOSERS, Subgraph
from conformance.gateways.recipes import recipe

FOLDER = Path(__file__).parent

PACKAGES = FOLDER / "node_modules"

SECRET = "a-secret-that-only-gateways-have"
"""What gateways show that they are such; each is told it by the variable ``GATEWAY_SECRET``."""

LOG = "gateway.log"
"""File, in a gateway's folder, with what it prints."""

PRODUCTION: Mapping[str, Any] = {"GATEWAY_SECRET": SECRET, "NODE_ENV": "production"}
"""Variables of a gateway's environment."""

Carrier = Literal["events", "socket"]
"""How a gateway follows the graph's subscriptions: by server-sent events, or over a WebSocket."""

Start = Callable[[Sequence[Subgraph], Path, Carrier], AbstractAsyncContextManager[str]]
"""What starts a gateway over subgraphs, with a folder for its files, until the block ends; gives
the URL of its endpoint."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway."""

    package: str
    start: Start
    subscribes: bool = True
    """Whether it passes subscriptions on."""
    hides: str = ""
    """What it tells of an error beside an event's data, if not its code."""


@asynccontextmanager
async def apollo(
    subgraphs: Sequence[Subgraph], folder: Path, _: Carrier = "events"
) -> AsyncIterator[str]:
    """Apollo Gateway.

    https://www.apollographql.com/docs/apollo-server/using-federation/api/apollo-gateway
    """
    supergraph = await _supergraph("@apollo/composition", subgraphs, folder)
    command = ("node", "apollo.mjs")
    async with node.serving(
        *command,
        folder=FOLDER,
        says=r"listening at (\S+)",
        log=folder / LOG,
        SUPERGRAPH=supergraph,
        PORT=0,
        **PRODUCTION,
    ) as said:
        yield said[1]


def hive(planner: str) -> Start:
    """Hive Gateway, with its own planner, ``js``, or with that of Hive Router, ``rust``.

    https://the-guild.dev/graphql/hive/docs/gateway
    """

    @asynccontextmanager
    async def start(
        subgraphs: Sequence[Subgraph], folder: Path, carrier: Carrier = "events"
    ) -> AsyncIterator[str]:
        supergraph = await _supergraph("@theguild/federation-composition", subgraphs, folder)
        program = PACKAGES / "@graphql-hive" / "gateway" / "dist" / "bin.js"
        command = ("node", str(program), "supergraph", "-c", "hive.config.mjs")
        async with node.serving(
            *command,
            folder=FOLDER,
            says=r"Listening on http://127\.0\.0\.1:(\d+)",
            log=folder / LOG,
            SUPERGRAPH=supergraph,
            PLANNER=planner,
            CARRIER=carrier,
            PORT=free_port(),
            NO_COLOR=1,
            **PRODUCTION,
        ) as said:
            yield f"http://127.0.0.1:{said[1]}/graphql"

    return start


@asynccontextmanager
async def grafbase(
    subgraphs: Sequence[Subgraph], folder: Path, carrier: Carrier = "events"
) -> AsyncIterator[str]:
    """Grafbase Gateway, a native program, which composes by itself.

    https://grafbase.com/docs/gateway/configuration
    """
    for each in subgraphs:
        (folder / f"{each.name}.graphql").write_text(each.sdl)
    config = folder / "grafbase.toml"
    config.write_text(grafbase_config(subgraphs, free_port(), carrier))
    program = PACKAGES / "@grafbase" / "cli-x86_64-unknown-linux-musl" / "grafbase"
    command = (str(program), "dev", "--config", str(config))
    async with node.serving(
        *command,
        folder=folder,
        says=r"GraphQL.*(http://\S+)",
        log=folder / LOG,
        HOME=folder,
        **PRODUCTION,
    ) as said:
        yield said[1]


def grafbase_config(subgraphs: Sequence[Subgraph], port: int, carrier: Carrier) -> str:
    """The recipe for Grafbase's gateway, with the addresses that there are here; the subgraphs' SDL
    is in files of their names."""
    text = recipe("grafbase.toml").replace("127.0.0.1:5000", f"127.0.0.1:{port}")
    if carrier == "socket":
        text = text.replace("# websocket_url", "websocket_url")
    for each in subgraphs:
        for scheme in ("http", "ws"):
            url = each.url.replace("http", scheme, 1)
            text = text.replace(f"{scheme}://{each.name}.example/graphql", url)
    return text


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


async def _supergraph(composer: str, subgraphs: Sequence[Subgraph], folder: Path) -> Path:
    supergraph = folder / "supergraph.graphql"
    supergraph.write_text(await COMPOSERS[composer](subgraphs, folder))
    return supergraph


GATEWAYS: Mapping[str, Gateway] = {
    "Apollo Gateway": Gateway("@apollo/gateway", apollo, subscribes=False),
    "Hive Gateway": Gateway("@graphql-hive/gateway", hive("js")),
    "Hive Gateway, Rust planner": Gateway(
        "@graphql-hive/router-runtime", hive("rust"), hides="it tells INTERNAL_SERVER_ERROR"
    ),
    "Grafbase Gateway": Gateway("@grafbase/cli-x86_64-unknown-linux-musl", grafbase),
}
"""By name."""
