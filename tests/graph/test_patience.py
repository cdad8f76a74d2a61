"""Waiting for what may never come."""

from __future__ import annotations

import asyncio

import pytest

from graph.patience import Within
from tests.graph.hourglass import at_once


def test_what_is_there_is_had_without_a_timer() -> None:
    async def there() -> str:
        return "there"

    with pytest.raises(StopIteration) as raised:
        Within(1, there()).__await__().send(None)  # outside any loop, which a timer would take

    assert raised.value.value == "there"


def test_what_comes_in_time_is_had() -> None:
    async def coming() -> list[int]:
        found = []
        for at in range(9):
            await asyncio.sleep(1)
            found.append(at)
        return found

    async def waiting() -> list[int]:
        return await Within(10, coming())

    assert at_once(waiting()) == list(range(9))


def test_what_takes_too_long_is_cancelled() -> None:
    ended = []

    async def endless() -> None:
        try:
            await asyncio.sleep(11)
        finally:
            ended.append(asyncio.get_running_loop().time())

    async def waiting() -> None:
        await Within(10, endless())

    with pytest.raises(TimeoutError):
        at_once(waiting())
    assert ended == [10]


def test_an_error_is_raised_whether_it_was_waited_for_or_not() -> None:
    async def failing(seconds: float) -> None:
        if seconds:
            await asyncio.sleep(seconds)
        raise ValueError(seconds)

    async def waiting() -> None:
        for seconds in (0, 1):
            with pytest.raises(ValueError, match=str(seconds)):
                await Within(10, failing(seconds))

    at_once(waiting())


def test_who_waits_can_be_cancelled() -> None:
    async def endless() -> None:
        await asyncio.sleep(100)

    async def waiting() -> None:
        async def wait() -> None:
            await Within(10, endless())

        task = asyncio.create_task(wait())
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    at_once(waiting())
