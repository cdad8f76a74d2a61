"""Serves this server over the sandbox, in a process of its own, and prints the URL: `python -m
conformance.hardening.served production`, or another mode. What hangs takes along whoever shares
its process. BROKEN is a source's name, and SECRET what its failure says."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from os import environ

import httpx

from tests.graph.asking import demo, opened, settings
from tests.graph.sockets import on_port

BROKEN, SECRET = environ["BROKEN"], environ["SECRET"]


class Breaking(httpx.ASGITransport):
    """The way to the sandbox, which fails for one source as code with a mistake does."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on, unless it is for that source."""
        if request.url.path.startswith(f"/{BROKEN.removeprefix('demo-')}/"):
            raise RuntimeError(SECRET)
        return await super().handle_async_request(request)


async def main(mode: str) -> None:
    """Serve until the process is ended."""
    _, sandbox = demo()
    as_it_comes = replace(settings(mode=mode), explain=False)
    async with (
        opened(as_it_comes, transport=Breaking(sandbox)) as graph,
        on_port(graph.app) as served,
    ):
        print(f"listening at http://127.0.0.1:{served.port}/graphql", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
