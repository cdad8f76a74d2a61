"""Work for a client that may leave, in a time that may be up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import TypeVar

from starlette.types import Message, Receive, Scope, Send

from graph.requests import Gone
from providers.http import IDLE

T = TypeVar("T")

GRACE = 1.0
"""Seconds after its deadline that an operation has to hand over what it found."""

ABORT = "coursegraph.abort"
"""Key of a request's scope: what breaks its connection off at once, whatever is still to be sent
over it. Our server puts it there; another may not."""


GONE = "coursegraph.gone"
"""Key of a WebSocket's scope: an event that is set once its connection is no more. Our server puts
it there; another may not."""

PARTING = 5.0
"""Seconds for a client to answer that a WebSocket is closed, until its connection is broken off."""


class Stalled(Exception):
    """The client neither sends nor reads any more: others wait for its place."""


async def taken(send: Send, message: Message) -> None:
    """Wait until a client has read so much that there is room for this message, too.

    Raises:
        Stalled: where it doesn't for ``IDLE`` seconds.
    """
    try:
        async with asyncio.timeout(IDLE):
            await send(message)
    except TimeoutError:
        raise Stalled from None


def abort(scope: Scope) -> bool:
    """Break the connection of a request off, if the server lets that be done."""
    breaking = scope.get(ABORT)
    if breaking is not None:
        breaking()
    return breaking is not None


async def break_off(scope: Scope, receive: Receive) -> None:
    """Give up a client that doesn't read: closed like others, its connection would be kept until it
    has read what was sent, which is never. Returns once the server has it that the client left, for
    which nothing is missing of the answer."""
    if abort(scope):
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await left(receive)


async def left(receive: Receive) -> None:
    """Until the client has left. The request's body has been read."""
    while (await receive())["type"] != "http.disconnect":
        continue


async def parted(scope: Scope) -> None:
    """Wait for the connection of a WebSocket that was closed to be no more. As long as the client
    doesn't answer, or read, there is one."""
    gone = scope.get(GONE)
    if gone is None:
        return
    try:
        async with asyncio.timeout(PARTING):
            await gone.wait()
    except TimeoutError:
        abort(scope)


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
        await left(receive)
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
