"""The rules of graphql-transport-ws that a client which keeps to them never sees: a bare WebSocket
against a server, and what becomes of it.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from conformance.peers.tables import OK

PROTOCOL = "graphql-transport-ws"

LONGEST = 5.0
"""How many seconds a server may take to say something, or to close."""

QUERY = "{ sources { name } }"
UNREADABLE = "{"
UNKNOWN = "{ nope }"


class Differs(Exception):
    """A server did something else; the message says what."""


@dataclass(slots=True)
class Talk:
    """A client's side of a socket."""

    socket: ClientConnection
    endless: Mapping[str, Any]
    """A subscription without an end, which has answers at once."""

    async def say(self, type: str, **parts: Any) -> None:
        """Send a message."""
        await self.socket.send(json.dumps({"type": type, **parts}))

    async def ask(self, id: str, query: str | None = None) -> None:
        """Ask for a query, or for the subscription without an end."""
        await self.say("subscribe", id=id, payload={"query": query} if query else self.endless)

    async def hear(self, *types: str) -> dict[str, Any]:
        """The next message, which is to be of one of these types; pings are left aside.

        Raises:
            Differs: where there is another, or none.
        """
        try:
            async with asyncio.timeout(LONGEST):
                while (message := json.loads(await self.socket.recv()))["type"] == "ping":
                    pass
        except ConnectionClosed as closed:
            raise Differs(_closed(closed)) from None
        except TimeoutError:
            raise Differs("nothing is said") from None
        if message["type"] not in types:
            raise Differs(f"`{message['type']}` is said")
        found: dict[str, Any] = message
        return found

    async def begin(self) -> None:
        """Say hello, and be acknowledged."""
        await self.say("connection_init")
        await self.hear("connection_ack")

    async def is_answered(self, id: str) -> None:
        """Ask a query under an id, and be told its answer and that there is no other.

        Raises:
            Differs: where that isn't so.
        """
        await self.ask(id, QUERY)
        for type in ("next", "complete"):
            if (await self.hear(type))["id"] != id:
                raise Differs("another operation is told of")

    async def is_closed(self, code: int) -> None:
        """Wait until the socket is closed, whatever is said before.

        Raises:
            Differs: where it isn't, or with another code.
        """
        try:
            async with asyncio.timeout(LONGEST):
                while True:
                    await self.socket.recv()
        except ConnectionClosed as closed:
            if closed.rcvd is None or closed.rcvd.code != code:
                raise Differs(_closed(closed)) from None
        except TimeoutError:
            raise Differs("it stays open") from None


def _closed(closed: ConnectionClosed) -> str:
    return f"closed with {closed.rcvd.code if closed.rcvd else 1006}"


async def _is_late(talk: Talk) -> None:
    await talk.is_closed(4408)


async def _begins_twice(talk: Talk) -> None:
    await talk.begin()
    await talk.say("connection_init")
    await talk.is_closed(4429)


async def _begins_with_nothing(talk: Talk) -> None:
    await talk.ask("1", QUERY)
    await talk.is_closed(4401)


async def _repeats_an_id(talk: Talk) -> None:
    await talk.begin()
    await talk.ask("1")
    await talk.hear("next")
    await talk.ask("1")
    await talk.is_closed(4409)


async def _says_what_is_unknown(talk: Talk) -> None:
    await talk.begin()
    await talk.say("start", id="1")
    await talk.is_closed(4400)


async def _says_no_json(talk: Talk) -> None:
    await talk.begin()
    await talk.socket.send("hello")
    await talk.is_closed(4400)


async def _pings(talk: Talk) -> None:
    await talk.begin()
    await talk.say("ping")
    await talk.hear("pong")


async def _is_refused(talk: Talk, document: str) -> None:
    await talk.begin()
    await talk.ask("1", document)
    refused = await talk.hear("error")
    if refused["id"] != "1":
        raise Differs("another operation is told of")
    await talk.is_answered("2")


async def _cant_be_read(talk: Talk) -> None:
    await _is_refused(talk, UNREADABLE)


async def _asks_what_isnt_there(talk: Talk) -> None:
    await _is_refused(talk, UNKNOWN)


async def _uses_an_id_again(talk: Talk) -> None:
    await talk.begin()
    await talk.is_answered("1")
    await talk.is_answered("1")


async def _ends_what_isnt_there(talk: Talk) -> None:
    await talk.begin()
    await talk.say("complete", id="1")
    await talk.is_answered("2")


Rule = Callable[[Talk], Awaitable[None]]

RULES: Mapping[str, Rule] = {
    "says no hello in time: closed with 4408": _is_late,
    "says hello twice: closed with 4429": _begins_twice,
    "asks before its hello is answered: closed with 4401": _begins_with_nothing,
    "takes an id that is in use: closed with 4409": _repeats_an_id,
    "says what the protocol doesn't know: closed with 4400": _says_what_is_unknown,
    "says what is no JSON: closed with 4400": _says_no_json,
    "pings: is told `pong`": _pings,
    "sends a document that can't be read: ends that operation, not the socket": _cant_be_read,
    "asks for a field that there isn't: ends that operation, not the socket": _asks_what_isnt_there,
    "takes the id of an operation that has ended: is answered": _uses_an_id_again,
    "ends an operation that has ended: nothing happens": _ends_what_isnt_there,
}
"""By what a client does, and what has to come of it."""

OTHERS = "speaks other protocols only: refused, or closed with 4406"


async def found(url: str, endless: Mapping[str, Any]) -> dict[str, str]:
    """By rule, how the server at this URL keeps it."""
    address = url.replace("http", "ws", 1)
    rules = {**RULES, OTHERS: _is_unheard}
    kept = await asyncio.gather(*(_kept(address, endless, name, rules[name]) for name in rules))
    return dict(zip(rules, kept, strict=True))


async def _is_unheard(talk: Talk) -> None:
    await talk.is_closed(4406)


async def _kept(address: str, endless: Mapping[str, Any], name: str, rule: Rule) -> str:
    protocol = Subprotocol("soap" if name == OTHERS else PROTOCOL)
    try:
        async with connect(address, subprotocols=[protocol], proxy=None, close_timeout=1) as socket:
            await rule(Talk(socket, endless))
    except InvalidHandshake:
        return OK if name == OTHERS else "refused"
    except Differs as differs:
        return str(differs)
    except ConnectionClosed as closed:  # before all was said
        return _closed(closed)
    return OK
