"""How uvicorn sends an answer: its head together with the beginning of its body.

uvicorn writes what an application sends piece by piece, so that a small answer takes two system
calls, which cost more than all else that a server does for it. ASGI lets a server wait for the
body before it sends the head.
https://asgi.readthedocs.io/en/latest/specs/www.html#response-start-send-event
"""

from __future__ import annotations

from asyncio import Transport
from typing import Any, cast

from starlette.types import ASGIApp, Message, Receive, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from graph.carriers import CLOSING


class Together(HttpToolsProtocol):
    """uvicorn's protocol, whose answers begin with a single write where they are of a known length.

    It also ends streams before the server ends, which would wait for them.
    """

    def shutdown(self) -> None:
        """End the stream that is under way; wait for any other answer."""
        super().shutdown()
        close: Any = self.scope.get(CLOSING) if self.scope else None
        if close is not None:
            close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        super()._start_asgi_task(cycle, cast(Any, _Application(cycle, app)))


class _Application:
    """An application that answers one request, its answer's head held back until more comes."""

    __slots__ = ("_app", "_cycle", "_head")

    def __init__(self, cycle: RequestResponseCycle, app: ASGIApp) -> None:
        self._cycle = cycle
        self._app = app
        self._head: Message | None = None

    async def __call__(self, scope: Scope, receive: Receive, _: Any) -> Any:
        """Answer; a head that nothing followed is sent after all."""
        result: Any = await self._app(scope, receive, self._send)  # type: ignore[func-returns-value]
        if self._head is not None:
            await self._cycle.send(cast(Any, self._head))
        return result

    async def _send(self, message: Message) -> None:
        head, self._head = self._head, None
        if head is not None:
            await self._begin(head, message)
        elif _is_brief(message) and not self._cycle.response_started:
            self._head = message
        else:
            await self._cycle.send(cast(Any, message))

    async def _begin(self, *messages: Message) -> None:
        """Send these by one write."""
        cycle = self._cycle
        transport, joined = cycle.transport, _Joined(cycle.transport)
        cycle.transport = cast(Transport, joined)
        try:
            for message in messages:
                await cycle.send(cast(Any, message))
        finally:
            cycle.transport = transport
            joined.flush()


def _is_brief(message: Message) -> bool:
    """Whether this is the head of an answer whose body comes at once: that of a stream may be all
    there is for long, and its client is to know that it is open."""
    return message["type"] == "http.response.start" and any(
        name == b"content-length" for name, _ in message.get("headers", ())
    )


class _Joined:
    """As much of a transport as an answer needs, which writes all at once in the end."""

    __slots__ = ("_pieces", "_transport")

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> None:
        self._pieces.append(data)

    def flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        if pieces:
            self._transport.writelines(pieces)

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()
