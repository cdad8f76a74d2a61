"""Loaders: one load a level and source, answers by key, and nobody pays for another's failure."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from providers.errors import Kind, ProviderError
from resolvers.context import Context
from resolvers.loaders import Place


@dataclass(slots=True)
class Store:
    """A level function over records that are their own keys in capitals."""

    dead: frozenset[str] = frozenset()
    """Sources that fail."""
    held: Mapping[str, asyncio.Event] = field(default_factory=dict)
    """Sources that answer only once their event is set."""
    loads: list[tuple[str, Sequence[str]]] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0

    async def load(self, _: Context, source: str, keys: Sequence[str]) -> Mapping[str, Any]:
        """Answers by key, in another order than asked; none for a key that begins with ``no``."""
        self.loads.append((source, list(keys)))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if source in self.held:
                await self.held[source].wait()
            else:
                await asyncio.sleep(0)
        finally:
            self.under_way -= 1
        if source in self.dead:
            raise ProviderError(Kind.UNAVAILABLE, "the provider can't be reached or failed")
        answers: dict[str, Any] = {}
        for key in reversed(keys):
            if key.startswith("bad"):
                answers[key] = ProviderError(Kind.FORBIDDEN, "not this one")
            elif not key.startswith("no"):
                answers[key] = key.upper()
        return answers


async def turns(count: int = 20) -> None:
    """Let everything run that can."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_level_is_one_load_a_source_and_each_key_is_in_it_once() -> None:
    store, context = Store(), Context(sources={})
    batch = context.batch("letters", store.load)

    found = await asyncio.gather(
        *(batch.wait(*place) for place in [("x", "a"), ("y", "b"), ("x", "c"), ("x", "a")])
    )

    assert found == ["A", "B", "C", "A"]
    assert store.loads == [("x", ["a", "c"]), ("y", ["b"])]


async def test_sources_are_asked_side_by_side() -> None:
    store, context = Store(), Context(sources={})
    batch = context.batch("letters", store.load)

    await asyncio.gather(*(batch.wait(source, "a") for source in "uvwxyz"))

    assert store.most_under_way == 6


async def test_a_source_that_answers_early_does_not_wait_for_another() -> None:
    event = asyncio.Event()
    store, context = Store(held={"y": event}), Context(sources={})
    batch = context.batch("letters", store.load)

    slow = asyncio.ensure_future(batch.wait("y", "b"))
    assert await batch.wait("x", "a") == "A"
    assert not slow.done()
    event.set()
    assert await slow == "B"


async def test_answers_are_placed_by_key_and_a_missing_one_is_none() -> None:
    store, context = Store(), Context(sources={})
    batch = context.batch("letters", store.load)
    keys = ["a", "none", "b", "nothing", "c"]

    found = await asyncio.gather(*(batch.wait("x", key) for key in keys))

    assert found == ["A", None, "B", None, "C"]


async def test_a_key_is_loaded_once_in_an_operation() -> None:
    store, context = Store(), Context(sources={})
    batch = context.batch("letters", store.load)

    await batch.wait("x", "a")
    await asyncio.gather(batch.wait("x", "a"), batch.wait("x", "b"))

    assert context.batch("letters", store.load) is batch
    assert store.loads == [("x", ["a"]), ("x", ["b"])]


async def test_what_is_primed_is_not_loaded() -> None:
    store, context = Store(), Context(sources={})
    batch = context.batch("letters", store.load)
    batch.prime(Place("x", "a"), "known")

    assert await batch.wait("x", "a") == "known"
    assert await batch.wait("y", "a") == "A"  # of another source
    assert store.loads == [("y", ["a"])]


async def test_operations_share_nothing() -> None:
    store = Store()
    for _ in range(2):
        assert await Context(sources={}).batch("letters", store.load).wait("x", "a") == "A"

    assert len(store.loads) == 2


async def test_a_source_that_fails_fails_its_own_keys_only_and_is_named() -> None:
    store, context = Store(dead=frozenset("y")), Context(sources={})
    batch = context.batch("letters", store.load)
    places = [("x", "a"), ("y", "b"), ("x", "c"), ("y", "d")]

    found = await asyncio.gather(*(batch.wait(*each) for each in places), return_exceptions=True)

    assert found[0] == "A" and found[2] == "C"
    for error in (found[1], found[3]):
        assert isinstance(error, ProviderError)
        assert (error.kind, error.source) == (Kind.UNAVAILABLE, "y")


async def test_an_error_among_the_answers_is_its_own_keys() -> None:
    store, context = Store(), Context(sources={})
    batch = context.batch("letters", store.load)

    found = await asyncio.gather(
        *(batch.wait("x", key) for key in ["a", "bad", "b"]), return_exceptions=True
    )

    assert found[0] == "A" and found[2] == "B"
    assert isinstance(found[1], ProviderError)
    assert (found[1].kind, found[1].source) == (Kind.FORBIDDEN, "x")


async def test_a_waiter_that_is_cancelled_leaves_the_others_their_load() -> None:
    event = asyncio.Event()
    store, context = Store(held={"x": event}), Context(sources={})
    batch = context.batch("letters", store.load)
    waiters = [asyncio.ensure_future(batch.wait("x", key)) for key in ("a", "b", "a")]
    await turns()

    waiters[0].cancel()
    await turns()
    event.set()

    assert await waiters[1] == "B"
    assert await waiters[2] == "A"
    with pytest.raises(asyncio.CancelledError):
        await waiters[0]
    assert store.loads == [("x", ["a", "b"])]


async def test_a_slow_source_holds_up_no_other_of_the_same_level() -> None:
    event = asyncio.Event()
    store, context = Store(held={"x": event}), Context(sources={})
    batch = context.batch("letters", store.load)
    slow, quick = (asyncio.ensure_future(batch.wait(source, "a")) for source in "xy")

    assert await quick == "A"
    assert not slow.done()
    event.set()
    assert await slow == "A"


async def test_loads_end_with_their_operation() -> None:
    store, context = Store(held={"x": asyncio.Event()}), Context(sources={})
    waiting = asyncio.ensure_future(context.batch("letters", store.load).wait("x", "a"))
    await turns()
    assert store.under_way == 1

    waiting.cancel()  # what waits is cancelled with the operation; the load is nobody's but its own
    await turns()
    assert store.under_way == 1
    context.cancel()
    await turns()

    assert store.under_way == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


# Many keys at once.


async def test_many_keys_are_one_future_until_all_are_known_and_then_there_at_once() -> None:
    store, context = Store(), Context(sources={})
    batch = context.batch("letters", store.load)

    found = batch.many("x", ["a", "none", "a", "b"])
    assert isinstance(found, asyncio.Future)
    assert await found == ["A", None, "A", "B"]

    assert batch.many("x", ["b", "a"]) == ["B", "A"]
    assert batch.many("x", []) == []
    assert await batch.wait("x", "b") == "B"
    assert store.loads == [("x", ["a", "none", "b"])]


async def test_whoever_asks_in_the_same_tick_however_shares_one_load() -> None:
    store, context = Store(), Context(sources={})
    batch = context.batch("letters", store.load)

    one, single = batch.many("x", ["a", "b"]), batch.wait("x", "c")
    other, again = batch.many("x", ["b", "d"]), batch.wait("x", "a")

    assert isinstance(one, asyncio.Future) and isinstance(other, asyncio.Future)
    assert await one == ["A", "B"] and await other == ["B", "D"]
    assert (await single, await again) == ("C", "A")
    assert sorted(key for _, keys in store.loads for key in keys) == ["a", "b", "c", "d"]
    assert len(store.loads) == 1


async def test_keys_of_a_load_that_is_under_way_are_waited_for_and_not_loaded_again() -> None:
    event = asyncio.Event()
    store, context = Store(held={"x": event}), Context(sources={})
    batch = context.batch("letters", store.load)
    one = batch.many("x", ["a", "b"])
    await turns()
    other = batch.many("x", ["b", "c"])
    await turns()

    event.set()

    assert isinstance(one, asyncio.Future) and isinstance(other, asyncio.Future)
    assert await other == ["B", "C"]
    assert await one == ["A", "B"]
    assert store.loads == [("x", ["a", "b"]), ("x", ["c"])]


async def test_among_many_an_error_is_a_value_and_remembered() -> None:
    store, context = Store(dead=frozenset("y")), Context(sources={})
    batch = context.batch("letters", store.load)

    for _ in range(2):
        x, y = batch.many("x", ["a", "bad"]), batch.many("y", ["a", "b"])
        a, bad = await x if isinstance(x, asyncio.Future) else x
        dead = await y if isinstance(y, asyncio.Future) else y
        assert a == "A" and (bad.kind, bad.source) == (Kind.FORBIDDEN, "x")
        assert [(each.kind, each.source) for each in dead] == [(Kind.UNAVAILABLE, "y")] * 2

    with pytest.raises(ProviderError, match="not this one"):
        await batch.wait("x", "bad")
    assert len(store.loads) == 2


async def test_a_fault_is_the_value_of_every_key_and_keeps_its_place() -> None:
    async def load(_: Context, __: str, keys: Sequence[str]) -> Mapping[str, Any]:
        raise ZeroDivisionError(keys)

    batch = Context(sources={}).batch("letters", load)

    found = batch.many("x", ["a", "b"])
    assert isinstance(found, asyncio.Future)
    assert [type(each) for each in await found] == [ZeroDivisionError] * 2
    with pytest.raises(ZeroDivisionError) as caught:
        await batch.wait("x", "a")
    assert caught.traceback[-1].name == "load"


async def test_what_is_made_of_many_answers_is_what_arrives() -> None:
    store, context = Store(), Context(sources={})
    batch = context.batch("letters", store.load)

    found = batch.many("x", ["a", "b"], lambda answers: ["".join(answers)])

    assert isinstance(found, asyncio.Future)
    assert await found == ["AB"]
    assert batch.many("x", ["b", "a"], lambda answers: ["".join(answers)]) == ["BA"]


async def test_many_that_are_given_up_leave_the_others_their_load() -> None:
    event = asyncio.Event()
    store, context = Store(held={"x": event}), Context(sources={})
    batch = context.batch("letters", store.load)
    one, other = batch.many("x", ["a", "b"]), batch.many("x", ["b"])
    assert isinstance(one, asyncio.Future) and isinstance(other, asyncio.Future)
    await turns()

    one.cancel()
    event.set()

    assert await other == ["B"]
    assert store.loads == [("x", ["a", "b"])]


async def test_many_end_with_their_operation() -> None:
    store, context = Store(held={"x": asyncio.Event()}), Context(sources={})
    found = context.batch("letters", store.load).many("x", ["a"])
    assert isinstance(found, asyncio.Future)
    await turns()

    context.cancel()
    await turns()

    assert store.under_way == 0 and found.cancelled()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_nothing_is_loaded_for_an_operation_that_has_ended() -> None:
    store, context = Store(), Context(sources={})
    found = context.batch("letters", store.load).many("x", ["a"])
    assert isinstance(found, asyncio.Future)

    context.cancel()
    await turns()

    assert store.loads == [] and found.cancelled()
