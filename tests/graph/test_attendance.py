"""Work for a client that may leave: it ends with the client, with its time, or by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from starlette.types import Message

from graph.attendance import attended
from graph.requests import Gone
from tests.graph.hourglass import at_once
from tests.graph.visiting import stragglers

HOUR = 3600.0


@dataclass(slots=True)
class Client:
    """Sends what is left of a body, and leaves when it is told to."""

    rest: int = 0
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self) -> Message:
        """A message from the client."""
        if self.rest:
            self.rest -= 1
            return {"type": "http.request", "body": b" ", "more_body": True}
        await self.left.wait()
        return {"type": "http.disconnect"}

    def leave_soon(self) -> None:
        """Leave when the work has begun."""
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self.left.set)


async def forever() -> str:
    await asyncio.Event().wait()
    return "never"


async def in_spite() -> str:
    """Doesn't end when it is told to."""
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.sleep(0)
    return "too late"


async def test_what_comes_of_the_work_is_given() -> None:
    async def work() -> str:
        await asyncio.sleep(0)
        return "done"

    assert await attended(work(), Client().receive, HOUR) == "done"
    assert await stragglers() == set()


async def test_a_failure_of_the_work_is_its_own() -> None:
    async def work() -> str:
        raise LookupError

    with pytest.raises(LookupError):
        await attended(work(), Client().receive, HOUR)
    assert await stragglers() == set()


@pytest.mark.parametrize("rest", [0, 3])
@pytest.mark.parametrize("work", [forever, in_spite])
async def test_work_is_cancelled_when_its_client_leaves(
    rest: int, work: Callable[[], Awaitable[str]]
) -> None:
    client = Client(rest)
    client.leave_soon()

    with pytest.raises(Gone):
        await attended(work(), client.receive, HOUR)

    task = asyncio.current_task()
    assert task is not None and task.cancelling() == 0
    assert await stragglers() == set()


def test_work_is_cancelled_when_its_time_is_up() -> None:
    async def run() -> float:
        with pytest.raises(TimeoutError):
            await attended(forever(), Client().receive, 2.0)
        assert await stragglers() == set()
        return asyncio.get_running_loop().time()

    assert at_once(run()) == pytest.approx(2.0)


def test_a_client_that_leaves_in_the_last_moment_has_left() -> None:
    async def run() -> None:
        client = Client()
        asyncio.get_running_loop().call_at(2.0, client.left.set)
        with pytest.raises((Gone, TimeoutError)):
            await attended(forever(), client.receive, 2.0)
        task = asyncio.current_task()
        assert task is not None and task.cancelling() == 0
        assert await stragglers() == set()

    at_once(run())


async def test_a_server_that_ends_cancels_the_work_and_hears_of_it() -> None:
    serving = asyncio.create_task(attended(forever(), Client().receive, HOUR))
    await asyncio.sleep(0)
    serving.cancel()

    with pytest.raises(asyncio.CancelledError):
        await serving
    assert await stragglers() == set()
