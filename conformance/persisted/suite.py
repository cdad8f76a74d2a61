"""Asking by hash with clients' own links, this server and three others: what goes over the wire,
and what comes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from conformance import node
from conformance.peers.servers import OWN, SERVERS, Serve, peer
from conformance.peers.tables import Rows, quoted, table
from tests.graph.asking import opened, settings

HERE = Path(__file__).parent

OTHERS = "{ __typename }"
"""A document that none of the clients asks for."""

YOGA = "Yoga"

HAS_NONE = "has none"
"""What is told of a server that can't be given a list of documents."""


class Sent(msgspec.Struct):
    """A request, and the answer to it, if there was one."""

    method: str
    text: str | None
    """The operation's text; None where only its hash was sent."""
    status: int | None = None
    answered: bool = False
    """Whether there was data."""
    code: str | None = None
    """The first error's."""
    message: str | None = None
    """The first error's."""
    kept: str | None = None
    """``Cache-Control`` of the answer."""


class Asked(msgspec.Struct):
    """What one client did for one query."""

    name: str
    get: bool
    time: str
    sent: list[Sent]
    titles: int
    error: str | None

    @property
    def by(self) -> tuple[str, str]:
        """The client, and the method that it asks by hashes with."""
        return self.name, "GET" if self.get else "POST"


@asynccontextmanager
async def serving(serve: Serve = SERVERS[OWN], **changes: Any) -> AsyncIterator[str]:
    """A server over the sandbox, this one's settings having these changes."""
    async with opened(settings(**changes)) as graph, serve(graph) as url:
        yield url


async def asked(url: str) -> list[Asked]:
    """What all clients do, each twice."""
    output = await node.run("node", "clients.mjs", folder=HERE, URL=url)
    return msgspec.json.decode(output, type=list[Asked])


Modes = Mapping[str, Sequence[Asked]]
"""What the clients do, by what the server is given."""


async def run() -> str:
    """Ask servers that are open, then such as take nothing but those operations, then such as take
    nothing of theirs."""
    found: dict[str, Modes] = {OWN: await _own()}
    trusted = _listed(_texts(found[OWN]["automatic"]))
    for name, serve in SERVERS.items():
        if name != OWN:
            async with serving(serve) as url:
                found[name] = {"automatic": await asked(url)}
    found[YOGA] = {
        **found[YOGA],
        "trusted": await _yoga(trusted),
        "others": await _yoga(_listed([OTHERS])),
    }
    return table(("client", "by", ""), _rows(found))


async def _own() -> Modes:
    """This server, which has to do as it says."""
    async with serving() as url:
        automatic = await asked(url)
    for each in automatic:
        assert each.titles == 2 and each.error is None, each
        missed = ["PERSISTED_QUERY_NOT_FOUND"] if each.time == "first" else []
        assert [sent.code for sent in each.sent] == [*missed, None], each
        if each.get and each.time == "again":
            assert (each.sent[0].method, each.sent[0].kept) == ("GET", "max-age=60"), each
    trusted = await _only(_texts(automatic))
    others = await _only([OTHERS])
    for each in trusted:
        assert each.titles == 2 and [sent.text for sent in each.sent] == [None], each
    for each in others:
        assert each.titles == 0 and each.error and "lists of documents" in each.error, each
    return {"automatic": automatic, "trusted": trusted, "others": others}


def _texts(automatic: Iterable[Asked]) -> Iterable[str]:
    """The texts that clients sent: each has its own way to write one."""
    return {sent.text for each in automatic for sent in each.sent if sent.text}


def _listed(texts: Iterable[str]) -> Mapping[str, str]:
    """A list of documents."""
    return {sha256(text.encode()).hexdigest(): text for text in texts}


async def _only(texts: Iterable[str]) -> list[Asked]:
    """This server, taking these documents only."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "documents.json"
        # Whatever a list calls them, texts are known by their hashes.
        named = {f"operation {at}": text for at, text in enumerate(sorted(texts))}
        path.write_bytes(msgspec.json.encode(named))
        async with serving(documents=[str(path)], only_trusted=True, mode="production") as url:
            return await asked(url)


async def _yoga(documents: Mapping[str, str]) -> list[Asked]:
    """Yoga, taking these documents only."""
    async with serving(partial(peer, "yoga", documents=documents)) as url:
        return await asked(url)


def _rows(found: Mapping[str, Modes]) -> Rows:
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for at, first in enumerate(found[OWN]["automatic"]):
        once = first.time == "first"
        acts = {f"asks {'for the first time' if once else 'again'}": "automatic"}
        if not once:
            acts |= {
                "asks who takes only trusted documents": "trusted",
                "asks who doesn't trust its documents": "others",
            }
        for act, mode in acts.items():
            rows[*first.by, act] = {
                name: _steps(modes[mode][at]) if mode in modes else HAS_NONE
                for name, modes in found.items()
            }
    return rows


def _steps(asked: Asked) -> str:
    """What was sent, and what came of it."""
    return ", ".join(f"{'text' if each.text else 'hash'}: {_came(each)}" for each in asked.sent)


def _came(sent: Sent) -> str:
    if sent.code:
        return f"`{sent.code}`"
    if sent.message:
        return quoted(sent.message)
    if sent.status is None:
        return "nothing comes"
    return "answered" if sent.answered else f"status {sent.status}"
