"""The servers that are attacked, each in a process of its own, which is started anew when it hangs
or ends."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from conformance import node
from conformance.hardening.attack import (
    STOPPED,
    Attack,
    Judge,
    Outcome,
    Reply,
    Sent,
    asking,
    executed,
    worst,
)

HERE = Path(__file__).parent

PATIENCE = 5.0
"""Seconds until a server that doesn't answer hangs."""

BROKEN = "demo-vitalsource"
"""The source that always fails, by a mistake in the code."""

SECRET = "postgres://admin:hunter2@10.0.0.7/courses"
"""What its failure says."""

_FAILURE = {"BROKEN": BROKEN, "SECRET": SECRET}

ALIVE = asking("{ __typename }")
"""What is asked to see whether a server still answers."""


@dataclass(frozen=True, slots=True)
class Server:
    """How a server is started."""

    command: Sequence[str]
    folder: Path = HERE
    environment: Mapping[str, Any] = field(default_factory=dict)


def _python(module: str, *arguments: str) -> Server:
    command = (sys.executable, "-m", f"conformance.hardening.{module}", *arguments)
    return Server(command, HERE.parents[1], _FAILURE)


def _peer(name: str, armor: str = "") -> Server:
    """As it comes in production, which is where it is attacked."""
    environment = {"NODE_ENV": "production", "PEER": name, "ARMOR": armor, **_FAILURE}
    return Server(("node", "peers.mjs"), HERE, environment)


OWN, OWN_IN_DEVELOPMENT = "coursegraph", "coursegraph, in development"

SERVERS: Mapping[str, Server] = {
    OWN: _python("served", "production"),
    OWN_IN_DEVELOPMENT: _python("served", "development"),
    "Apollo Server": _peer("apollo"),
    "Apollo Server, Armor": _peer("apollo", "1"),
    "Yoga": _peer("yoga"),
    "Yoga, Armor": _peer("yoga", "1"),
    "Strawberry": _python("plain"),
}
"""By what the tables call them."""


@dataclass(slots=True)
class Target:
    """A server that runs."""

    server: Server
    client: httpx.AsyncClient
    url: str = ""
    running: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        """Start the server, after ending it if it runs."""
        await self.running.aclose()
        said = await self.running.enter_async_context(
            node.serving(
                *self.server.command,
                folder=self.server.folder,
                says=r"listening at (\S+)",
                **self.server.environment,
            )
        )
        self.url = said[1]

    async def suffer(self, attack: Attack) -> Outcome:
        """What comes of an attack; of its requests, what came of the worst.

        Raises:
            Failed: where not even the mild form of it is answered.
        """
        if attack.mild is not None:
            reply = await self.reply(attack.mild)
            if not isinstance(reply, Reply) or executed(reply) is not Outcome.ANSWERED:
                raise node.Failed(f"{attack.name}: its mild form isn't answered: {reply}")
        for sent in attack.before:
            await self.reply(sent)
        found = []
        for sent in attack.sends:
            found.append(await self._outcome(sent, attack.judge))
            if found[-1] in (Outcome.HUNG, Outcome.CRASHED):
                await self.start()
            if found[-1] not in attack.held:
                break
        return worst(found)

    async def _outcome(self, sent: Sent, judge: Judge) -> Outcome:
        reply = await self.reply(sent)
        if isinstance(reply, Outcome):
            return reply
        if isinstance(alive := await self.reply(ALIVE), Outcome):
            return alive
        found = judge(reply)
        return Outcome.FAILED if reply.status >= 500 and found in STOPPED else found

    async def reply(self, sent: Sent) -> Reply | Outcome:
        """The answer to a request, or how it failed to come."""
        url = self.url if sent.path is None else _beside(self.url, sent.path)
        try:
            async with asyncio.timeout(PATIENCE):
                response = await self.client.request(
                    sent.method,
                    url,
                    content=sent.body or None,
                    params=dict(sent.parameters) or None,
                    headers=dict(sent.headers),
                )
        except TimeoutError:
            return Outcome.HUNG
        except httpx.TransportError:
            return await self._after_hanging_up() if sent is not ALIVE else Outcome.CRASHED
        return Reply(response.status_code, response.headers, response.content)

    async def _after_hanging_up(self) -> Reply | Outcome:
        """The server may have refused that request alone."""
        alive = await self.reply(ALIVE)
        return Reply(400, {}, b"") if isinstance(alive, Reply) else alive


def _beside(url: str, path: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{path}"


@asynccontextmanager
async def running(server: Server) -> AsyncIterator[Target]:
    """A server, until the end of the block."""
    async with httpx.AsyncClient(timeout=None, follow_redirects=True) as client:
        target = Target(server, client)
        try:
            await target.start()
            yield target
        finally:
            await target.running.aclose()
