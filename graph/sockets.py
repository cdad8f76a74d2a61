"""GraphQL over WebSocket: the server's side of the graphql-transport-ws protocol, as ASGI.

Operations of every type can be asked, many at once, each under an id of the client's. One whose
document isn't executed ends with an ``error``; what comes of the others is in their answers. The
socket is closed for what is wrong with the protocol.
https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack, aclosing, suppress
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from starlette.types import Receive, Scope, Send

from graph import answers, requests
from graph.answers import Body
from graph.attendance import abort, parted
from graph.denials import Denied, without_token
from graph.errors import Code
from graph.misread import torn
from graph.origins import RawHeaders, is_welcome
from graph.policies import SECRET
from graph.requests import PLAIN_JSON, Gone, Operation, Unreadable
from graph.room import Anteroom, Room
from graph.streams import Failed, Refused, Streams
from graph.tokens import EXPIRED, one_token
from providers.sources import Settings

PROTOCOL = "graphql-transport-ws"

LONGEST_REASON = 123
"""Longest reason for closing, in bytes (RFC 6455, section 5.5)."""

FAREWELL = 1.0
"""Seconds for a client to take the reason, where it doesn't read."""


_STRANGER = Unreadable(
    403,
    "Pages of this site may not open a WebSocket: if they are to, name its origin in the server's"
    " `origins`.",
)


class Closing(Exception):
    """The socket is to be closed, with a code of the protocol's or of WebSocket's."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:LONGEST_REASON].decode(errors="ignore")


Id = Annotated[str, msgspec.Meta(min_length=1)]


class _Message(msgspec.Struct, tag_field="type"):
    """A message of the client's."""


class Init(_Message, tag="connection_init"):
    """Begins the protocol. ``x-explain``, ``router-authorization`` and ``authorization`` in it mean
    what the headers of these names do, and go before those of the handshake."""

    payload: dict[str, Any] | None = None


class Ping(_Message, tag="ping"):
    """Asks for a pong, with the same payload."""

    payload: dict[str, Any] | None = None


class Pong(_Message, tag="pong"):
    """Says that the client is there, asked or not."""

    payload: dict[str, Any] | None = None


class Subscribe(_Message, tag="subscribe"):
    """Asks for an operation, under an id."""

    id: Id
    payload: Operation


class _Asking(_Message, tag="subscribe"):
    """As much of it as tells which one it is."""

    id: Id


class Complete(_Message, tag="complete"):
    """Ends an operation."""

    id: Id


@dataclass(frozen=True, slots=True)
class Garbled:
    """Asks for an operation with what no text can have."""

    id: str
    why: str


_decode = msgspec.json.Decoder(Init | Ping | Pong | Subscribe | Complete).decode


@dataclass(frozen=True, slots=True)
class Sockets:
    """Answers WebSockets: an ASGI application for their scopes."""

    settings: Settings
    streams: Streams
    room: Room
    """For those that have begun the protocol."""
    anteroom: Anteroom
    """For those that haven't yet."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until either side closes it, and its connection is no more; or refuse it
        before it is accepted."""
        if not is_welcome(scope["headers"], self.settings.origins):
            refusal = answers.refusal(_STRANGER, PLAIN_JSON, requests.request_id(""))
            await refusal.deny(scope, receive, send)
            return
        with ExitStack() as place:
            waiting = self.anteroom.place(lambda: abort(scope))
            if self.room.is_full or not place.enter_context(waiting):
                await answers.busy("WebSockets").deny(scope, receive, send)
                return
            await self._accepted(scope, receive, send, place)
            await parted(scope)

    async def _accepted(self, scope: Scope, receive: Receive, send: Send, place: ExitStack) -> None:
        await receive()  # the handshake
        if PROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            reason = f"Subprotocol not acceptable: use {PROTOCOL}"
            await send({"type": "websocket.close", "code": 4406, "reason": reason})
            return
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})

        def enter() -> bool:
            if self.room.is_full:
                return False  # and keeps its place among the others until its connection is no more
            place.close()
            return place.enter_context(self.room.place())

        await Socket(self.settings, self.streams, scope["headers"], receive, send, enter).serve()


class Socket:
    """One accepted socket, and the operations that are under way over it."""

    def __init__(
        self,
        settings: Settings,
        streams: Streams,
        headers: RawHeaders,
        receive: Receive,
        send: Send,
        enter: Callable[[], bool],
    ) -> None:
        self.settings = settings
        self.streams = streams
        self.policy = streams.policies.admit(requests.headers(headers).secret)
        self._credentials = [value for name, value in headers if name == b"authorization"]
        self._receive = receive
        self._send = send
        self._enter = enter
        """Takes a place among those that have begun, if there is one."""
        self._begin_by = asyncio.get_running_loop().time() + settings.socket_patience
        self._begun = False
        self._end_of_token: asyncio.Timeout | None = None
        self._explain = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        """By id, those that the client hasn't ended."""
        self._tasks: set[asyncio.Task[None]] = set()
        """All that still run, those among them that are about to end."""

    async def serve(self) -> None:
        """Take the client's messages until the socket is closed; then end its operations."""
        try:
            await self._talk()
        except Closing as closing:
            message = {"type": "websocket.close", "code": closing.code, "reason": closing.reason}
            with suppress(TimeoutError, OSError):
                async with asyncio.timeout(FAREWELL):
                    await self._send(message)
        except Gone:
            return
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _talk(self) -> None:
        """Take the client's messages, as long as its token is good.

        Raises:
            Closing: where the socket is to be closed.
            Gone: where the client left.
        """
        try:
            async with asyncio.timeout(None) as self._end_of_token:
                while True:
                    await self._take(await self._heard())
        except TimeoutError:
            if self._end_of_token is None or not self._end_of_token.expired():
                raise  # whatever ran out of time, it was no token
            # Not an error for each operation: the protocol's own client then asks them again, over
            # a new socket with a new token.
            raise Closing(4403, f"Forbidden: {EXPIRED}") from None

    # What the client says.

    async def _heard(self) -> Any:
        """The client's next message. Where there is none for long, it is asked for a pong.

        Raises:
            Closing: where none comes in time, or none that can be read.
            Gone: where the client left.
        """
        if not self._begun:
            try:
                async with asyncio.timeout_at(self._begin_by):
                    return await self._message()
            except TimeoutError:
                raise Closing(4408, "Connection initialisation timeout") from None
        try:
            async with asyncio.timeout(self.settings.socket_keepalive):
                return await self._message()
        except TimeoutError:
            pass  # it may be there all the same, with nothing to say
        try:
            async with asyncio.timeout(self.settings.socket_keepalive):
                await self._tell({"type": "ping"})
                return await self._message()
        except TimeoutError:
            # The code by which the protocol's own client knows that it may connect again.
            raise Closing(4499, "Terminated: no pong came") from None

    async def _message(self) -> Any:
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            raise Gone
        text = message.get("text")
        if text is None:
            raise Closing(4400, "Invalid message: messages are text")
        if len(text) > self.settings.max_body:  # the server may have counted bytes before
            raise Closing(1009, f"Message too large: at most {self.settings.max_body} bytes")
        try:
            return _decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            return _garbled(text, error)

    async def _take(self, message: Any) -> None:
        match message:
            case Init():
                await self._begin(message)
            case Ping():
                echo = {} if message.payload is None else {"payload": message.payload}
                await self._tell({"type": "pong", **echo})
            case Subscribe():
                await self._subscribe(message)
            case Garbled():
                await self._refuse(message)
            case Complete():
                self._end(message.id)

    async def _begin(self, init: Init) -> None:
        if self._begun:
            raise Closing(4429, "Too many initialisation requests")
        self._begun = True
        wishes = init.payload or {}
        self._explain = self.settings.explain and wishes.get("x-explain") == "upstream"
        # A gateway whose handshake had the secret may pass on what its clients begin with.
        secret = wishes.get(SECRET)
        if isinstance(secret, str) and self._is_anybody:
            self.policy = self.streams.policies.admit(secret.encode())
        await self._authenticate(wishes)
        if not self._enter():
            raise Closing(1013, "Try again later: as many WebSockets are open as the server takes")
        await self._tell({"type": "connection_ack"})

    @property
    def _is_anybody(self) -> bool:
        return self.policy is self.streams.policies.general

    async def _authenticate(self, wishes: dict[str, Any]) -> None:
        """Look at the token that the client presents, if any does.

        Raises:
            Closing: where it isn't believed, or there must be one.
        """
        policies = self.streams.policies
        if policies.tokens is None:
            return
        given = [value for name, value in wishes.items() if name.lower() == "authorization"]
        told = [str(each).encode() for each in given if each is not None]
        try:
            token = one_token(told or self._credentials)
            # What is shown without one is asked by HTTP, and holds no place. Gateways have one
            # socket for many callers, whose tokens come with what they ask.
            if token is None and policies.tokens.trusted.required and self._is_anybody:
                raise without_token()
            self.policy = await policies.authenticated(self.policy, token)
        except Denied as denied:
            if denied.status == 503:
                raise Closing(1013, denied.message) from None
            raise Closing(4403, f"Forbidden: {denied.message}") from None
        if self._end_of_token is not None:
            self._end_of_token.reschedule(policies.ends(self.policy))

    async def _subscribe(self, message: Subscribe) -> None:
        if not self._begun:
            raise Closing(4401, "Unauthorized")
        if message.payload.query is None and not message.payload.is_named:
            raise Closing(4400, f"Invalid message: {requests.NO_QUERY}")
        if message.id in self._operations:
            raise Closing(4409, f"Subscriber for {message.id} already exists")
        request_id = requests.request_id("")
        if len(self._operations) >= self.settings.socket_operations:
            await self._tell(_error(message.id, [_too_many(self.settings, request_id)]))
            return
        task = asyncio.create_task(self._answer(message.id, message.payload, request_id))
        self._operations[message.id] = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _refuse(self, message: Garbled) -> None:
        if not self._begun:
            raise Closing(4401, "Unauthorized")
        if message.id in self._operations:
            raise Closing(4409, f"Subscriber for {message.id} already exists")
        extensions = {
            "code": Code.BAD_USER_INPUT.value,
            "requestId": requests.request_id(""),
        }
        error = {"message": message.why, "extensions": extensions}
        await self._tell(_error(message.id, [error]))

    def _end(self, id: str) -> None:
        """End an operation. One that isn't there may have ended while the client's message was on
        its way."""
        task = self._operations.pop(id, None)
        if task is not None:
            task.cancel()

    # What the client is told.

    async def _answer(self, id: str, operation: Operation, request_id: str) -> None:
        last: dict[str, Any] = {"id": id, "type": "complete"}
        try:
            answering = self.streams.answers(
                operation, request_id, explain=self._explain, policy=self.policy
            )
            async with aclosing(_told(answering)) as bodies:
                async for body in bodies:
                    await self._tell({"id": id, "type": "next", "payload": body})
        except Denied as denied:
            last = _error(id, denied.told(request_id))
        except Refused as refused:
            last = _error(id, refused.errors)
        except Gone:
            return
        # The id is free before the client is told that it is.
        del self._operations[id]
        with suppress(Gone):
            await self._tell(last)

    async def _tell(self, message: dict[str, Any]) -> None:
        """Send a message.

        Raises:
            Gone: where the client left.
        """
        try:
            await self._send({"type": "websocket.send", "text": answers.encode(message).decode()})
        except OSError:  # so says ASGI: https://asgi.readthedocs.io/en/latest/specs/www.html
            raise Gone from None


async def _told(answering: AsyncGenerator[Body, None]) -> AsyncGenerator[Body, None]:
    """The answers, and as the last one what ended them, if it was an error.

    The protocol's own server tells so why a subscription can't begin. Where one breaks off, it may
    be told so or by ``error``; gateways pass on what is an answer, and hide, or lose, the other.
    """
    async with aclosing(answering):
        try:
            async for body in answering:
                yield body
        except Refused:
            raise
        except Failed as failed:
            yield {"errors": failed.errors}


def _garbled(text: str, error: Exception) -> Garbled:
    """What can't be read, but for which operation it is.

    Raises:
        Closing: where that doesn't show, either.
    """
    try:
        half = torn(text, below="payload")
    except RecursionError:
        raise Closing(4400, "Invalid message: it is nested too deeply to be read") from None
    if half is None:
        raise Closing(4400, f"Invalid message: {error}")
    try:
        found = msgspec.convert(half.found, _Asking)
        found.id.encode()
    except (msgspec.ValidationError, UnicodeEncodeError):
        raise Closing(4400, f"Invalid message: {half.told('it')}") from None
    return Garbled(found.id, half.told("The operation"))


def _error(id: str, errors: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": id, "type": "error", "payload": errors}


def _too_many(settings: Settings, request_id: str) -> dict[str, Any]:
    most = settings.socket_operations
    message = (
        f"There are {most} operations under way over this socket already, which is the most:"
        " complete one, or open another socket."
    )
    extensions = {
        "code": Code.OPERATION_LIMIT_EXCEEDED.value,
        "limit": "socket operations",
        "maximum": most,
        "requestId": request_id,
    }
    return {"message": message, "extensions": extensions}
