"""Work for a client that may leave, in a time that may be up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.types import Receive

from graph.requests import Gone

T = TypeVar("T")

GRACE = 1.0
"""Seconds after its deadline that an operation has to hand over what it found."""


async def timed(work: Awaitable[T], seconds: float) -> T:
    """What comes of work that is done whether anybody reads the answer or not.

    Raises:
        TimeoutError: after so many seconds.
    """
    async with asyncio.timeout(seconds):
        return await work


async def attended(work: Awaitable[T], receive: Receive, seconds: float) -> T:
    """What comes of work, done in this task, which is cancelled when nobody would read the answer.

    The request's body has to be read: listening for the client's leaving discards what is left.

    Raises:
        Gone: where the client left.
        TimeoutError: after so many seconds.
    """
    working = asyncio.current_task()
    assert working is not None
    gone = False

    async def listen() -> None:
        nonlocal gone
        while (await receive())["type"] != "http.disconnect":
            continue
        gone = True
        working.cancel()

    listening = asyncio.create_task(listen())
    try:
        async with asyncio.timeout(seconds):
            result = await work
    except asyncio.CancelledError:
        if not gone:
            raise
    finally:
        listening.cancel()
    if gone:
        working.uncancel()
        raise Gone
    return result
