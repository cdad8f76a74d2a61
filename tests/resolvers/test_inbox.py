"""Messages of providers: what is taken, what is told, and to whom."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from providers.base import Client
from providers.events import Change, Event, RecordsChanged, RecordType, SourceSynced, SyncStatus
from providers.webhooks import News, Unreadable
from resolvers import events, ids
from resolvers.broadcast import Broadcast
from resolvers.context import Context
from resolvers.errors import BadInput
from resolvers.inbox import AHEAD, WINDOW, Inbox, Verdict
from resolvers.ledger import MEMORY, Ledger

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PROOF = {"proof": "yes"}


class Clock:
    """Tells the time that it is set to."""

    def __init__(self) -> None:
        self.time = BEGIN

    def now(self) -> datetime:
        return self.time


class Writer:
    """A provider that proves itself by a word, and says that a sync ended."""

    def __init__(self, source: str, sent_at: datetime | None = None) -> None:
        self.source = source
        self.sent_at = sent_at

    def is_authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        return headers == PROOF

    def news(self, body: bytes, received_at: datetime) -> News:
        if body == b"nonsense":
            raise Unreadable
        return News([synced(self.source, received_at)], self.sent_at)


def synced(source: str, at: datetime = BEGIN) -> SourceSynced:
    return SourceSynced(source=source, status=SyncStatus.SYNCED, received_at=at)


def changed(source: str, type: RecordType, *keys: str) -> RecordsChanged:
    return RecordsChanged(
        source=source, type=type, keys=keys, change=Change.UPDATED, received_at=BEGIN
    )


class Told(Broadcast):
    """Keeps what is published."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []

    def publish(self, events: Any) -> None:
        self.events += events


@pytest.fixture
def clock() -> Clock:
    return Clock()


def context(broadcast: Broadcast, *names: str) -> Context:
    """Of a tenant that has these sources."""
    sources = {name: cast(Client, Owned(name)) for name in names}
    return Context(sources=sources, events=broadcast)


class Owned:
    """A source that nobody asks."""

    def __init__(self, name: str) -> None:
        self.source = name


def inbox_of(
    clock: Clock, path: str = MEMORY, told: Broadcast | None = None, **senders: Writer
) -> Inbox:
    ledger = Ledger(path, lambda: clock.time.timestamp())
    return Inbox(senders, Told() if told is None else told, ledger, clock.now)


def test_an_authentic_message_is_taken_once(clock: Clock) -> None:
    told = Told()
    inbox = inbox_of(clock, told=told, a=Writer("a"))

    assert inbox.take("a", PROOF, b"1") is Verdict.TAKEN
    assert inbox.take("a", PROOF, b"1") is Verdict.REPEATED
    assert inbox.take("a", PROOF, b"2") is Verdict.TAKEN
    assert told.events == [synced("a"), synced("a")]


def test_equal_messages_to_two_sources_are_two(clock: Clock) -> None:
    inbox = inbox_of(clock, a=Writer("a"), b=Writer("b"))

    assert inbox.take("a", PROOF, b"1") is Verdict.TAKEN
    assert inbox.take("b", PROOF, b"1") is Verdict.TAKEN


def test_a_message_that_was_refused_is_not_remembered(clock: Clock) -> None:
    inbox = inbox_of(clock, a=Writer("a"))

    assert inbox.take("a", {}, b"1") is Verdict.REFUSED
    assert inbox.take("a", PROOF, b"1") is Verdict.TAKEN
    assert inbox.take("b", PROOF, b"1") is Verdict.REFUSED
    assert inbox.take("a", PROOF, b"nonsense") is Verdict.UNREADABLE


@pytest.mark.parametrize(
    ("age", "verdict"),
    [
        (timedelta(), Verdict.TAKEN),
        (WINDOW - timedelta(seconds=1), Verdict.TAKEN),
        (WINDOW, Verdict.REPEATED),
        (-AHEAD, Verdict.TAKEN),
        (-AHEAD - timedelta(seconds=1), Verdict.REPEATED),
    ],
)
def test_a_message_that_says_when_it_was_sent_grows_too_old(
    clock: Clock, age: timedelta, verdict: Verdict
) -> None:
    inbox = inbox_of(clock, a=Writer("a", BEGIN - age))
    assert inbox.take("a", PROOF, b"1") is verdict


def test_a_message_is_remembered_for_its_window(clock: Clock) -> None:
    inbox = inbox_of(clock, a=Writer("a"))

    assert inbox.take("a", PROOF, b"1") is Verdict.TAKEN
    clock.time += WINDOW - timedelta(seconds=1)
    assert inbox.take("a", PROOF, b"1") is Verdict.REPEATED
    clock.time += timedelta(seconds=1)
    assert inbox.take("a", PROOF, b"1") is Verdict.TAKEN


def test_of_several_processes_one_takes_a_message(clock: Clock, tmp_path: Path) -> None:
    path = str(tmp_path / "ledger")
    one, other = (inbox_of(clock, path, a=Writer("a")) for _ in range(2))

    assert one.take("a", PROOF, b"1") is Verdict.TAKEN
    assert other.take("a", PROOF, b"1") is Verdict.REPEATED
    one.ledger.close()
    other.ledger.close()


async def following(stream: Any) -> tuple[Any, asyncio.Task[Any]]:
    """A stream, and its next event once it is there; it listens from now on."""
    task = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    return stream, task


async def test_a_tenant_is_told_of_its_own_sources_only() -> None:
    broadcast = Broadcast()
    mine, own = await following(events.source_synced(context(broadcast, "a", "b")))
    other, others = await following(events.source_synced(context(broadcast, "c")))

    broadcast.publish([synced("c"), synced("b")])

    assert await own == synced("b")
    assert await others == synced("c")
    await mine.aclose()
    await other.aclose()
    assert len(broadcast) == 0


async def test_a_subscriber_is_told_of_the_sources_and_types_that_they_name() -> None:
    broadcast = Broadcast()
    mine = context(broadcast, "a", "b")
    stream, first = await following(
        events.records_changed(mine, ["b"], [RecordType.COURSE, RecordType.USER])
    )

    broadcast.publish(
        [
            synced("b"),
            changed("a", RecordType.COURSE, "1"),
            changed("b", RecordType.SKILL, "2"),
            changed("b", RecordType.USER, "3"),
        ]
    )

    event = await first
    assert (event.source, event.type) == ("b", RecordType.USER)
    assert events.ids_of(event) == [ids.encode("User", "b", "3")]
    await stream.aclose()


def test_a_source_of_somebody_else_can_not_be_named() -> None:
    broadcast = Broadcast()
    with pytest.raises(BadInput):
        events.source_synced(context(broadcast, "a"), ["c"])
    with pytest.raises(BadInput):
        events.records_changed(context(broadcast, "a"), ["c"])


async def test_a_slow_subscriber_loses_the_oldest_and_is_told_how_many() -> None:
    broadcast = Broadcast(room=3)
    stream, first = await following(broadcast.follow(lambda event: True))
    broadcast.publish([synced("0")])
    await first

    broadcast.publish([synced(str(number)) for number in range(1, 8)])

    found = [await anext(stream) for _ in range(3)]
    assert [(each.source, each.missed) for each in found] == [("5", 4), ("6", 0), ("7", 0)]
    await stream.aclose()


async def test_a_slow_subscriber_holds_nobody_up() -> None:
    broadcast = Broadcast(room=1)
    slow, stuck = await following(broadcast.follow(lambda event: True))
    broadcast.publish([synced("0")])
    await stuck  # and is never read again
    quick, first = await following(broadcast.follow(lambda event: True))

    broadcast.publish([synced("1")])
    broadcast.publish([synced("2")])

    assert (await first).source == "2"
    assert (await anext(slow)).source == "2"
    await slow.aclose()
    await quick.aclose()


async def test_who_stops_waiting_is_forgotten() -> None:
    broadcast = Broadcast()
    stream, waiting = await following(broadcast.follow(lambda event: True))
    assert len(broadcast) == 1

    waiting.cancel()
    await asyncio.wait([waiting])

    assert len(broadcast) == 0
    await stream.aclose()


class Deaf(Broadcast):
    """Can tell nobody, at first."""

    fails = True

    def publish(self, events: Any) -> None:
        if self.fails:
            raise OSError


def test_a_message_that_could_not_be_told_is_told_when_it_is_repeated(clock: Clock) -> None:
    deaf = Deaf()
    inbox = inbox_of(clock, told=deaf, a=Writer("a"))
    with pytest.raises(OSError):
        inbox.take("a", PROOF, b"1")
    deaf.fails = False
    assert inbox.take("a", PROOF, b"1") is Verdict.TAKEN
