"""Changes that are made once: what is remembered of them, and when it is looked at again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from providers import outcomes
from providers.base import Done
from providers.errors import Kind, ProviderError
from resolvers.attempts import ABANDONED, REMEMBERED, Attempts, digest
from resolvers.ledger import Ledger


class World:
    """What is changed, and a clock."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.made = 0
        self.error: BaseException | None = None

    async def change(self) -> Done:
        self.made += 1
        if self.error is not None:
            raise self.error
        return Done(key=f"thing {self.made}")

    async def trace(self) -> int:
        return self.made

    async def untraceable(self) -> int:
        raise ProviderError(Kind.UNAVAILABLE, "away")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def attempts(world: World) -> Attempts:
    return Attempts(Ledger(clock=lambda: world.now))


async def attempt(attempts: Attempts, world: World, said: str = "said", trace: Any = None) -> Any:
    return await attempts.made("source", "key", said, world.change, trace or world.trace)


async def test_a_change_is_made_once_for_a_key(attempts: Attempts, world: World) -> None:
    assert await attempt(attempts, world) == (Done(key="thing 1"), False)
    assert await attempt(attempts, world) == (Done(key="thing 1"), True)
    world.now += REMEMBERED + 1
    assert await attempt(attempts, world) == (Done(key="thing 2"), False)


async def test_what_another_process_began_is_left_to_it_for_a_while(
    attempts: Attempts, world: World
) -> None:
    async def cut_off() -> Done:
        raise RuntimeError("a fault")

    with pytest.raises(RuntimeError):
        await attempts.made("source", "key", "said", cut_off, world.trace)
    done, repeated = await attempt(attempts, world)
    assert repeated and [each.kind for each in done.refused] == [Kind.CONFLICT]
    world.now += ABANDONED + 1
    with pytest.raises(ProviderError) as unknown:
        await attempt(attempts, world)
    assert unknown.value.kind is Kind.OUTCOME_UNKNOWN
    world.made = 1
    assert await attempt(attempts, world) == (Done(), True)
    assert world.made == 1


async def test_what_was_never_sent_is_not_taken_for_made(world: World) -> None:
    ledger = Ledger(clock=lambda: world.now)
    forever = asyncio.Event()
    other = Attempts(ledger)
    broken_off = asyncio.create_task(attempt(other, world, trace=forever.wait))
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # it has claimed the key, and is gone before it has seen anything
    world.made = 1
    world.now += ABANDONED + 1
    done, _ = await attempt(Attempts(ledger), world)
    assert [each.kind for each in done.refused] == [Kind.CONFLICT]
    assert "before it was sent" in done.refused[0].message
    forever.set()
    await broken_off


async def test_a_lost_answer_is_settled_where_the_trace_shows(
    attempts: Attempts, world: World
) -> None:
    world.error = outcomes.unknown()
    assert await attempt(attempts, world) == (Done(), False)
    assert await attempt(attempts, world) == (Done(), True)
    assert world.made == 1


async def test_a_trace_that_cannot_be_read_settles_nothing(
    attempts: Attempts, world: World
) -> None:
    with pytest.raises(ProviderError) as away:
        await attempt(attempts, world, trace=world.untraceable)
    assert (away.value.kind, world.made) == (Kind.UNAVAILABLE, 0)
    world.error = outcomes.unknown()
    traces = [0]

    async def trace() -> int:
        return traces.pop() if traces else await world.untraceable()

    with pytest.raises(ProviderError) as unknown:
        await attempt(attempts, world, trace=trace)
    assert unknown.value.kind is Kind.OUTCOME_UNKNOWN
    assert await attempt(attempts, world) == (Done(), True)


async def test_other_arguments_under_the_same_key_are_a_conflict(
    attempts: Attempts, world: World
) -> None:
    await attempt(attempts, world)
    done, _ = await attempt(attempts, world, "something else")
    assert [(each.path, each.kind) for each in done.refused] == [
        (("idempotencyKey",), Kind.CONFLICT)
    ]


def test_equal_arguments_have_one_digest_whatever_their_order() -> None:
    assert digest("m", {"a": 1, "b": [2]}) == digest("m", {"b": [2], "a": 1})
    assert digest("m", {"a": 1}) != digest("n", {"a": 1})
    assert digest("m", {"a": 1}) != digest("m", {"a": "1"})
    assert "secret" not in digest("m", {"a": "secret"})
