"""How uvicorn serves the graph: whole answers by one write, and requests that arrive in time.

uvicorn writes what an application sends piece by piece, so that a small answer takes two system
calls, which cost more than all else that a server does for it. ASGI lets a server wait for the
body before it sends the head.
https://asgi.readthedocs.io/en/latest/specs/www.html#response-start-send-event

It also waits for ever for a request that was begun, and for the first one. Here a head has to
arrive in time, and within a size; the body is the application's to wait for.
"""

from __future__ import annotations

from asyncio import Event, TimerHandle, Transport
from enum import Enum
from typing import Any, cast

from starlette.types import ASGIApp, Message, Receive, Scope
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from graph import answers
from graph.attendance import ABORT, GONE
from graph.carriers import CLOSING
from graph.requests import LONGEST_URL, PLAIN_JSON, Unreadable, request_id

PATIENCE = 60.0
"""Seconds for a request's head to arrive, unless told otherwise: as long as Node waits.
https://nodejs.org/api/http.html#serverheaderstimeout"""

LARGEST_HEAD = 128 * 1024
"""Bytes of a head that are taken: a URL as long as can be read, and as many headers."""


class Reading(Enum):
    """What of a request is being read."""

    NOTHING = "nothing"
    HEAD = "head"
    BODY = "body"


class Together(HttpToolsProtocol):
    """uvicorn's protocol, whose answers begin with a single write where they are of a known length.

    It also ends streams before the server ends, which would wait for them; gives up who is silent
    in the middle of a head; and refuses by answers of ours what it can't read.
    """

    def __init__(self, *given: Any, patience: float = PATIENCE, **named: Any) -> None:
        super().__init__(*given, **named)
        self._patience = patience
        self._reading = Reading.NOTHING
        self._head = 0
        """Bytes of the head, if it didn't come at once."""
        self._overdue: TimerHandle | None = None

    def shutdown(self) -> None:
        """End the stream that is under way; wait for any other answer."""
        super().shutdown()
        close: Any = self.scope.get(CLOSING) if self.scope else None
        if close is not None:
            close()

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Wait for the first request, but not for ever."""
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        super().connection_lost(exc)
        self._expect_nothing()

    def data_received(self, data: bytes) -> None:
        """Read on; what is left half read is to go on in time."""
        super().data_received(data)
        if self.transport.is_closing() or self not in self.connections:  # it is a WebSocket's now
            return
        if self._reading is Reading.HEAD:
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                self._refuse(Unreadable(431, f"The head is larger than {LARGEST_HEAD} bytes."))
                return
        if self._overdue is None and (self._reading is Reading.HEAD or not self._is_answering()):
            self._expect()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        cast(Any, self.scope)[ABORT] = self.transport.abort
        self._reading = Reading.HEAD

    def on_headers_complete(self) -> None:
        """It is there."""
        self._reading, self._head = Reading.BODY, 0
        self._expect_nothing()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is there, too."""
        self._reading = Reading.NOTHING
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request of HTTP's, or has a URL that the parser doesn't take."""
        if len(getattr(self, "url", b"")) > LONGEST_URL:
            self._refuse(Unreadable.too_long())
        else:
            self._refuse(Unreadable(400, "What was sent is no request of HTTP/1.1."))

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect(self) -> None:
        self._overdue = self.loop.call_later(self._patience, self._give_up)

    def _expect_nothing(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None

    def _give_up(self) -> None:
        """Close the connection; who has begun to ask is told why."""
        self._overdue = None
        if self.transport.is_closing():
            return
        if self._is_answering():  # the next request can't be answered before, either
            self._expect()
        elif self._reading is Reading.HEAD:
            self._refuse(Unreadable(408, "The request's head took too long: send it at once."))
        else:
            self.transport.close()

    def _refuse(self, error: Unreadable) -> None:
        """Answer without asking the application, and close the connection."""
        refusal = answers.refusal(error, PLAIN_JSON, request_id(""))
        headers = [
            *self.server_state.default_headers,
            *refusal.headers,
            (b"connection", b"close"),
        ]
        lines = [b"%b: %b\r\n" % header for header in headers]
        self.transport.write(b"".join((STATUS_LINE[refusal.status], *lines, b"\r\n", refusal.body)))
        self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        super()._start_asgi_task(cycle, cast(Any, _Application(cycle, app)))


class Upgraded(WebSocketsSansIOProtocol):
    """uvicorn's protocol for WebSockets, which knows that one was refused by an answer: uvicorn
    calls it a fault of the application that the handshake was never completed. It tells the
    application when a connection is no more: uvicorn says so as soon as the socket is closed."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._gone = Event()

    def handle_connect(self, event: Any) -> None:
        """Hand a handshake over."""
        super().handle_connect(event)
        if hasattr(self, "scope"):  # it has none where the handshake was none
            cast(Any, self.scope).update({ABORT: self.transport.abort, GONE: self._gone})

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell it."""
        super().connection_lost(exc)
        self._gone.set()

    async def send(self, message: Any) -> None:
        """Send a message of the application's."""
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True


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
