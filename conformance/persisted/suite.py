"""Asking by hash with clients' own links: what goes over the wire, and what comes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from conformance import node
from tests.graph.asking import opened, settings
from tests.graph.sockets import on_port

HERE = Path(__file__).parent


class Sent(msgspec.Struct):
    """A request, and the answer to it."""

    method: str
    text: str | None
    """The operation's text; None where only its hash was sent."""
    code: str | None
    """The first error's."""
    kept: str | None
    """``Cache-Control`` of the answer."""


class Asked(msgspec.Struct):
    """What one client did for one query."""

    name: str
    get: bool
    time: str
    sent: list[Sent]
    titles: int
    error: str | None


@asynccontextmanager
async def serving(**changes: Any) -> AsyncIterator[str]:
    """This server, over the sandbox, under settings with these changes."""
    async with opened(settings(**changes)) as graph, on_port(graph.app) as served:
        yield f"http://127.0.0.1:{served.port}/graphql"


async def asked(url: str) -> list[Asked]:
    """What all clients do, each twice."""
    output = await node.run("node", "clients.mjs", folder=HERE, URL=url)
    return msgspec.json.decode(output, type=list[Asked])


async def run() -> str:
    """Ask an open server, then one that takes nothing but those operations, whatever its list calls
    them, then one that takes nothing of theirs."""
    async with serving() as url:
        automatic = await asked(url)
    for each in automatic:
        assert each.titles == 2 and each.error is None, each
        codes = [sent.code for sent in each.sent]
        assert codes in ([None], ["PERSISTED_QUERY_NOT_FOUND", None]), each
        assert each.time == "first" or codes == [None], each
        if each.get and each.time == "again":
            assert (each.sent[0].method, each.sent[0].kept) == ("GET", "max-age=60"), each
    texts = {sent.text for each in automatic for sent in each.sent if sent.text}
    with TemporaryDirectory() as folder:
        listed = {f"operation {at}": text for at, text in enumerate(sorted(texts))}
        trusted = await _only(Path(folder) / "trusted.json", listed)
        others = await _only(Path(folder) / "others.json", {"1": "{ __typename }"})
    for each in trusted:
        assert each.titles == 2 and [sent.text for sent in each.sent] == [None], each
    for each in others:
        assert each.titles == 0 and each.error and "lists of documents" in each.error, each
    return _table(automatic, trusted, others)


async def _only(path: Path, documents: dict[str, str]) -> list[Asked]:
    path.write_bytes(msgspec.json.encode(documents))
    async with serving(documents=[str(path)], only_trusted=True, mode="production") as url:
        return await asked(url)


def _table(*found: list[Asked]) -> str:
    lines = [
        "| client | by | asked first | asked again | only trusted documents | not among them |",
        "|---|---|---|---|---|---|",
    ]
    automatic, trusted, others = (iter(each) for each in found)
    for first, again in zip(automatic, automatic, strict=False):
        listed, _ = next(trusted), next(trusted)
        other, _ = next(others), next(others)
        cells = " | ".join(map(_steps, (first, again, listed, other)))
        lines.append(f"| {first.name} | {'GET' if first.get else 'POST'} | {cells} |")
    return "\n".join(lines)


def _steps(asked: Asked) -> str:
    """What was sent, and what came of it."""
    steps = [
        f"{'text' if sent.text else 'hash'}: {f'`{sent.code}`' if sent.code else 'answered'}"
        for sent in asked.sent
    ]
    return ", ".join(steps)
