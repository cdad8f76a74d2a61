"""The protocol's own client, npm's graphql-ws, follows the graph."""

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from graph.tokens import LEEWAY
from resolvers.inbox import utc_now
from tests.graph.importing import DONE, FOLLOW, HALF, ID, RUNNING, importing
from tests.graph.issuing import Issuer, believing
from tests.graph.sockets import on_port

SCRIPT = Path(__file__).parent / "graphql_ws_client"

if not shutil.which("npm"):
    pytest.skip("Node and npm aren't installed", allow_module_level=True)
if not os.environ.get("CI"):
    pytest.skip("installs a client from the network; set CI to run it", allow_module_level=True)


async def run(*command: str, folder: Path, **environment: str) -> str:
    """What a program prints."""
    process = await asyncio.create_subprocess_exec(
        shutil.which(command[0]) or command[0],
        *command[1:],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(120):
            output, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, errors.decode()
    return output.decode()


async def test_the_protocols_own_client_understands_the_graph(tmp_path: Path) -> None:
    folder = tmp_path / "client"
    shutil.copytree(SCRIPT, folder, ignore=shutil.ignore_patterns("node_modules"))
    await run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=folder)
    queries = {
        "follow": {"query": FOLLOW, "variables": {"id": ID}},
        "query": {"query": "{ sources { name } }"},
        "invalid": {"query": "{ nope }"},
        "unknown": {"query": FOLLOW, "variables": {"id": "?"}},
    }
    async with importing(RUNNING, HALF, DONE, RUNNING, poll_interval=0.01) as (graph, _):
        async with on_port(graph.app) as served:
            output = await run(
                "node",
                "follow.cjs",
                folder=folder,
                URL=f"ws://127.0.0.1:{served.port}/graphql",
                QUERIES=json.dumps(queries),
            )
            await served.at_rest()
            assert not served.state.tasks

    told: dict[str, Any] = json.loads(output)
    shown = [each["data"]["courseImport"]["status"] for each in told["follow"]["nexts"]]
    assert (shown, told["follow"]["error"]) == (["RUNNING", "RUNNING", "COMPLETE"], None)
    assert len(told["query"]["nexts"]) == 1 and told["query"]["error"] is None
    assert told["invalid"]["nexts"] == []
    assert told["invalid"]["error"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    (unknown,) = told["unknown"]["nexts"]
    assert unknown["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert told["unknown"]["error"] is None
    assert told["first"]["data"]["courseImport"]["status"] == "RUNNING"


async def test_the_protocols_own_client_goes_on_with_a_new_token(tmp_path: Path) -> None:
    folder = tmp_path / "client"
    shutil.copytree(SCRIPT, folder, ignore=shutil.ignore_patterns("node_modules"))
    await run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=folder)
    issuer = Issuer()
    believed = believing(issuer.write(tmp_path))
    slow = importing(RUNNING, poll_interval=0.05, authentication=believed)
    async with slow as (graph, job):
        sockets = 0

        async def counting(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal sockets
            sockets += 1
            if sockets == 2:  # over which the rest is told
                job.polls.clear()
                job.answers = (RUNNING, DONE)
            await graph.app(scope, receive, send)

        async with on_port(counting) as served:
            issuer.now = utc_now()
            soon = int(issuer.now.timestamp()) - LEEWAY + 2
            output = await run(
                "node",
                "renew.cjs",
                folder=folder,
                URL=f"ws://127.0.0.1:{served.port}/graphql",
                QUERY=json.dumps({"query": FOLLOW, "variables": {"id": ID}}),
                TOKENS=json.dumps([issuer.token(exp=soon), issuer.token()]),
            )

    told: dict[str, Any] = json.loads(output)
    statuses = [each["data"]["courseImport"]["status"] for each in told["nexts"]]
    assert (statuses, told["error"]) == (["RUNNING", "RUNNING", "COMPLETE"], None)
    assert told["closed"][0] == [4403, "Forbidden: The token has expired"]
