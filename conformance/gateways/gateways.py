"""The gateways that run from npm packages: how each is started over subgraphs."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from conformance import node
from conformance.composition.composing import COMPOSERS, Subgraph

FOLDER = Path(__file__).parent

PACKAGES = FOLDER / "node_modules"

PASSED_ON = ("x-request-id", "x-explain")
"""Headers of the client that the gateways are told to send to the subgraphs."""

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
    """What it tells of a subscription that can't begin, if not why."""


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
        *command, folder=FOLDER, says=r"listening at (\S+)", SUPERGRAPH=supergraph, PORT=0
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
            SUPERGRAPH=supergraph,
            PLANNER=planner,
            CARRIER=carrier,
            PORT=free_port(),
            NO_COLOR=1,
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
        *command, folder=folder, says=r"GraphQL.*(http://\S+)", HOME=folder
    ) as said:
        yield said[1]


def grafbase_config(subgraphs: Sequence[Subgraph], port: int, carrier: Carrier) -> str:
    """What Grafbase's gateway is told of subgraphs, whose SDL is in files of their names."""
    lines = ["[network]", f'listen_address = "127.0.0.1:{port}"']
    for header in PASSED_ON:
        lines += ["[[headers]]", 'rule = "forward"', f'name = "{header}"']
    for each in subgraphs:
        lines += [
            f"[subgraphs.{each.name}]",
            f'url = "{each.url}"',
            f'schema_path = "{each.name}.graphql"',
        ]
        if carrier == "socket":
            lines.append(f'websocket_url = "{each.url.replace("http", "ws", 1)}"')
    return "\n".join([*lines, ""])


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
