"""Events reach the subscribers of every process that shares a ledger, once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from providers.events import Change, Event, RecordsChanged, RecordType, SourceSynced, SyncStatus
from resolvers.ledger import Ledger
from resolvers.relay import Relay

AT = datetime(2026, 3, 2, 9, 0, 0, 5, tzinfo=UTC)
SYNCED = SourceSynced(source="a", status=SyncStatus.SYNCED, received_at=AT)
CHANGED = RecordsChanged(
    source="a", type=RecordType.COURSE, keys=("1", "ü"), change=Change.UPDATED, received_at=AT
)


@pytest.fixture
def relays(tmp_path: Path) -> Iterator[tuple[Relay, Relay]]:
    ledgers = [Ledger(str(tmp_path / "ledger")) for _ in range(2)]
    yield Relay(ledgers[0]), Relay(ledgers[1])
    for ledger in ledgers:
        ledger.close()


async def listening(relay: Relay) -> tuple[Any, asyncio.Task[Event]]:
    """A stream of everything, and its next event once it is there."""
    stream = relay.follow(lambda _: True)
    task = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    return stream, task


async def test_what_one_process_takes_all_are_told_once(relays: tuple[Relay, Relay]) -> None:
    mine, other = relays
    here, first = await listening(mine)
    there, second = await listening(other)
    mine.publish([SYNCED, CHANGED])
    for relay in relays * 2:
        relay.look()
    assert [await first, await anext(here)] == [SYNCED, CHANGED]
    assert [await second, await anext(there)] == [SYNCED, CHANGED]
    for stream in (here, there):
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


async def test_what_was_told_before_somebody_listened_is_not_told_again(
    relays: tuple[Relay, Relay],
) -> None:
    mine, other = relays
    mine.publish([SYNCED])
    stream, waiting = await listening(other)
    mine.publish([CHANGED])
    other.look()
    assert await waiting == CHANGED
    await stream.aclose()


async def test_nobody_looks_where_nobody_listens(relays: tuple[Relay, Relay]) -> None:
    mine, other = relays
    mine.publish([SYNCED])
    other.look()
    assert other._seen == 0
