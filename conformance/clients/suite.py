"""Clients, compilers and linters that others use, over this graph and its schema.

Relay's compiler, GraphQL Code Generator and graphql-eslint read the schema that clients see;
Apollo Client and urql, from Node, speak to the graph as it is served, and as others serve it.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from conformance import node
from conformance.clients import api
from conformance.peers.servers import OWN, SERVERS, Serve
from conformance.peers.tables import OK, quoted, table
from graph.schema import make_schema, sdl
from tests.graph.asking import opened

HERE = Path(__file__).parent
MADE = HERE / "generated"
"""What the compilers read and write; none of it is committed."""

PAGE = HERE.parents[1] / "docs" / "clients.md"
"""Says how clients are set up; they are set up so here."""

CLIENTS = {"Apollo Client 4": "apollo.mjs", "urql": "urql.mjs"}

HASHLESS = "Strawberry"
"""It knows no operations by their hashes, so that clients set up for them get nothing from it."""

HASHING = ("hashed.concat(http)", "persistedExchange({ preferGetForPersistedQueries: true }),")
"""What of the page's modules sends hashes."""


async def run() -> str:
    """Have the schema read and the graph used; all of it has to go well."""
    for folder in ("relay", "codegen"):
        (MADE / folder).mkdir(parents=True, exist_ok=True)
    (MADE / "schema.graphql").write_text(api.of(sdl(make_schema())), "utf-8")
    written()
    compiled = [await relay(), await codegen(), await lint()]
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for server, serve in SERVERS.items():
        for client, script in CLIENTS.items():
            setup = "plain" if server == HASHLESS else "page"
            for check, said in (await checks(serve, script, setup)).items():
                rows.setdefault((client, check), {})[server] = said
    faults = [f"{key}: {cells[OWN]}" for key, cells in rows.items() if cells[OWN] != OK]
    if faults or not rows:
        raise node.Failed("\n".join(faults))
    return "\n".join([table(("client", ""), rows), "", *compiled])


def written() -> None:
    """Put the modules of docs/clients.md where the clients' scripts import them: as they are, and
    without what sends hashes."""
    modules = re.findall(r"```js\n(// (\S+\.mjs)\n.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    for setup in ("page", "plain"):
        (MADE / setup).mkdir(parents=True, exist_ok=True)
        for text, name in modules:
            (MADE / setup / name).write_text(text if setup == "page" else hashless(text), "utf-8")


def hashless(module: str) -> str:
    """A module of the page, which sends every operation's text."""
    for hashing in HASHING:
        module = module.replace(hashing, "http" if "http" in hashing else "")
    return module


async def checks(serve: Serve, script: str, setup: str) -> dict[str, str]:
    """By name, what a client was seen to do: ``ok``, or what happened instead."""
    async with opened(fresh=True) as graph, serve(graph) as url:
        output = await node.run("node", script, folder=HERE, URL=url, SETUP=setup)
    results = msgspec.json.decode(output, type=dict[str, str])
    return {name: said if said == OK else quoted(said) for name, said in results.items()}


async def relay() -> str:
    """Relay's compiler, over fragments with all of its directives."""
    await node.run("npx", "relay-compiler", "relay.config.json", folder=HERE)
    made = sorted((MADE / "relay").glob("*.graphql.ts"))
    source = (HERE / "relay" / "catalogue.ts").read_text("utf-8")
    if len(made) <= source.count("graphql`"):
        raise node.Failed(f"Relay's compiler made {len(made)} files only")
    return (
        "* **Relay's compiler** takes connections, refetchable fragments (of the query, and of a"
        " course by `node`), edges deleted by `deletedId`, and a subscription."
    )


async def codegen() -> str:
    """GraphQL Code Generator's client preset, and TypeScript over what is written against it."""
    await node.run("npx", "graphql-codegen", folder=HERE)
    await node.run("npx", "tsc", "--project", ".", folder=HERE)
    return (
        "* **GraphQL Code Generator**'s client preset gives types that TypeScript takes at its"
        " strictest: scalars as text, JSON as `unknown`, enums as unions, null only where it can"
        " be."
    )


class Lint(msgspec.Struct):
    """What graphql-eslint found."""

    faults: list[str]
    rules: int


async def lint() -> str:
    """graphql-eslint's rules for schemas, and for Relay's."""
    output = await node.run("node", "lint.mjs", "generated/schema.graphql", folder=HERE)
    found = msgspec.json.decode(output, type=Lint)
    if found.faults:
        raise node.Failed("\n".join(found.faults))
    return (
        f"* **graphql-eslint** finds nothing by {found.rules} rules, the recommended ones and"
        " Relay's among them; [the exceptions](../conformance/clients/eslint.config.mjs) have"
        " their reasons."
    )
