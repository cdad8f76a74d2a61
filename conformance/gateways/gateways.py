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
from conformance.gateways.recipes import recipe, replaced, with_lines

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
    await _compose("@apollo/composition", subgraphs, folder)
    _put(folder, "apollo.mjs", replaced(recipe("apollo.mjs"), "port: 4000", "port: 0"))
    async with node.serving(
        "node",
        "apollo.mjs",
        folder=folder,
        says=r"listening at (\S+)",
        log=folder / LOG,
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
        await _compose("@theguild/federation-composition", subgraphs, folder)
        _put(folder, "hive.config.mjs", hive_config(planner, carrier, free_port()))
        program = PACKAGES / "@graphql-hive" / "gateway" / "dist" / "bin.js"
        command = ("node", str(program), "supergraph", "-c", "hive.config.mjs")
        async with node.serving(
            *command,
            folder=folder,
            says=r"Listening on http://127\.0\.0\.1:(\d+)",
            log=folder / LOG,
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


def hive_config(planner: str, carrier: Carrier, port: int) -> str:
    """The recipe for Hive Gateway, with what is commented out there, as far as it is wanted."""
    text = replaced(recipe("hive.config.mjs"), "port: 4000", f"port: {port}")
    if planner == "rust":
        text = with_lines(text, "import { unifiedGraphHandler }", "unifiedGraphHandler,")
    return with_lines(text, "options:") if carrier == "socket" else text


def grafbase_config(subgraphs: Sequence[Subgraph], port: int, carrier: Carrier) -> str:
    """The recipe for Grafbase's gateway, with the addresses that there are here, and with the other
    subgraphs; the subgraphs' SDL is in files of their names."""
    graph, *others = subgraphs
    text = replaced(recipe("grafbase.toml"), "127.0.0.1:4000", f"127.0.0.1:{port}")
    if carrier == "socket":
        text = with_lines(text, "websocket_url")
    for scheme in ("http", "ws"):
        url = graph.url.replace("http", scheme, 1)
        text = replaced(text, f"{scheme}://127.0.0.1:8000/graphql", url)
    for each in others:
        text += f"""
[subgraphs.{each.name}]
url = "{each.url}"
schema_path = "{each.name}.graphql"
"""
    return text


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


async def _compose(composer: str, subgraphs: Sequence[Subgraph], folder: Path) -> None:
    supergraph = await COMPOSERS[composer](subgraphs, folder)
    (folder / "supergraph.graphql").write_text(supergraph)


def _put(folder: Path, file: str, text: str) -> None:
    """Put a gateway's file into a folder, as if its packages had been installed there."""
    (folder / file).write_text(text)
    packages = folder / PACKAGES.name
    if not packages.exists():
        packages.symlink_to(PACKAGES)


GATEWAYS: Mapping[str, Gateway] = {
    "Apollo Gateway": Gateway("@apollo/gateway", apollo, subscribes=False),
    "Hive Gateway": Gateway("@graphql-hive/gateway", hive("js")),
    "Hive Gateway, Rust planner": Gateway(
        "@graphql-hive/router-runtime", hive("rust"), hides="it tells INTERNAL_SERVER_ERROR"
    ),
    "Grafbase Gateway": Gateway("@grafbase/cli-x86_64-unknown-linux-musl", grafbase),
}
"""By name."""
