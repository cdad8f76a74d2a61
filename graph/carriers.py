"""Streams of answers in the body of one HTTP answer: server-sent events, and parts of a multipart.

A subscription's answers come as events happen, an incremental one's as they are found. In between,
a sign of life is sent, so that nothing on the way takes the connection for dead. When the client
leaves, or the server is about to, the answers are closed, which ends what is under way upstream.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from graph import attendance
from graph.accepted import EVENT_STREAM, MULTIPART, Form
from graph.answers import SAFE, VARY, Body, encode
from graph.attendance import Stalled, break_off, taken
from graph.streams import Failed

CLOSING = "coursegraph.closing"
"""Key of a request's scope: what a server is to call before it ends, so that a stream ends too."""

LARGEST = 64 * 1024
"""Bytes that are sent at once: who reads a large answer slowly takes it in pieces, each in time."""

FAREWELL = 1.0
"""Seconds that a client has to read that its token ended."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How answers become bytes."""

    content_type: str
    opening: bytes
    """Sent at once, so that the client knows that it is heard."""
    before: bytes
    after: bytes
    """What each answer stands between."""
    closing: bytes
    sign: bytes = b""
    """The sign of life; where there is none, the protocol has none."""
    wrapped: Callable[[Body], Any] = lambda body: body
    """What an answer stands in."""
    failure: Callable[[list[dict[str, Any]]], Any] = lambda errors: {"errors": errors}
    """What is told where errors end the stream."""


def _parts(boundary: str, parameters: str, **rest: Any) -> Framing:
    # Each part is followed by the next one's boundary at once: it is the end of what can be read.
    edge = f"\r\n--{boundary}".encode()
    return Framing(
        content_type=f'{MULTIPART};boundary="{boundary}";{parameters}',
        opening=edge,
        before=b"\r\ncontent-type: application/json\r\n\r\n",
        after=edge,
        closing=b"--\r\n",
        **rest,
    )


FRAMINGS = {
    # Lines end with LF alone: clients that split at empty lines know no other end. The event that
    # says the end has data, if empty: browsers don't tell of events without any.
    # https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
    Form.EVENTS: Framing(
        content_type=f"{EVENT_STREAM}; charset=utf-8",
        opening=b":\n\n",
        before=b"event: next\ndata: ",
        after=b"\n\n",
        closing=b"event: complete\ndata:\n\n",
        sign=b":\n\n",
    ),
    # https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
    Form.SUBSCRIPTION_PARTS: _parts(
        "graphql",
        "subscriptionSpec=1.0",
        sign=b"\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql",
        wrapped=lambda body: {"payload": body},
        failure=lambda errors: {"payload": None, "errors": errors},
    ),
    # https://specs.apollo.dev/incremental/v0.2/
    Form.INCREMENTAL_PARTS: _parts("-", "incrementalSpec=v0.2"),
    Form.PATCHES: _parts("-", "deferSpec=20220824"),
}


@dataclass(frozen=True, slots=True)
class Stream:
    """Answers to one HTTP request."""

    form: Form
    bodies: AsyncGenerator[Body, None]
    """The answers; raises ``Failed`` where errors end them."""
    id: str
    every: float
    """Seconds between two signs of life."""
    end: float | None = None
    """When the token ends that they were asked with, by the event loop's clock."""

    async def send(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answers until there are no more, or nobody is there to read them, or who is
        there doesn't."""
        left = asyncio.create_task(attendance.left(receive))
        scope[CLOSING] = left.cancel
        try:
            async with aclosing(self.bodies), aclosing(self._pieces(left)) as pieces:
                await self._hand(_start(FRAMINGS[self.form], self.id), left, send)
                async for piece in pieces:
                    for at in range(0, len(piece), LARGEST):
                        await self._hand(_body(piece[at : at + LARGEST]), left, send)
            await self._hand({"type": "http.response.body", "body": b""}, left, send)
        except Stalled:
            await break_off(scope, receive)
        finally:
            scope.pop(CLOSING, None)
            left.cancel()

    async def _hand(self, message: Message, left: asyncio.Task[None], send: Send) -> None:
        """Send a message, for which there has to be room in time.

        Raises:
            Stalled: where there is none; nor when the client leaves, or is left, or its token ends.
        """
        patience = None
        if self.end is not None:
            patience = max(self.end - asyncio.get_running_loop().time(), 0) + FAREWELL
        handing = asyncio.create_task(taken(send, message))
        try:
            first = asyncio.FIRST_COMPLETED
            await asyncio.wait((handing, left), timeout=patience, return_when=first)
            if not handing.done():
                raise Stalled
            handing.result()
        finally:
            await _ended(handing)

    async def _pieces(self, left: asyncio.Task[None]) -> AsyncGenerator[bytes, None]:
        """What is sent. Who leaves, or is left, is not told that this was all."""
        framing = FRAMINGS[self.form]
        yield framing.opening
        while True:
            coming = asyncio.create_task(_next(self.bodies))
            try:
                while not await self._is_there(coming, left):
                    if left.done():
                        return
                    yield framing.sign
                body = coming.result()
            except Failed as failed:
                yield _framed(framing, framing.failure(failed.errors))
                break
            finally:
                await _ended(coming)
            if body is None:
                break
            yield _framed(framing, framing.wrapped(body))
        yield framing.closing

    async def _is_there(self, coming: asyncio.Task[Any], left: asyncio.Task[None]) -> bool:
        """Whether the next answer has come, once it has, or it is time for a sign of life."""
        patience = self.every if FRAMINGS[self.form].sign else None
        first = asyncio.FIRST_COMPLETED
        await asyncio.wait((coming, left), timeout=patience, return_when=first)
        return coming.done()


def _framed(framing: Framing, value: Any) -> bytes:
    return b"".join((framing.before, encode(value), framing.after))


async def _next(bodies: AsyncGenerator[Body, None]) -> Body | None:
    return await anext(bodies, None)


async def _ended(task: asyncio.Task[Any]) -> None:
    if not task.done():
        task.cancel()
        await asyncio.wait((task,))


def _body(piece: bytes) -> Message:
    return {"type": "http.response.body", "body": piece, "more_body": True}


def _start(framing: Framing, id: str) -> Message:
    headers = [
        (b"content-type", framing.content_type.encode()),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),  # so nginx passes each answer on as it comes
        (b"x-request-id", id.encode()),
        VARY,
        *SAFE,
    ]
    return {"type": "http.response.start", "status": 200, "headers": headers}
