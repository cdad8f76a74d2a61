"""How many clients may hold something open at once, so that no number of them uses up the process.

What is answered at once ends by its deadline; streams and sockets last as long as their clients
want. Beyond the bound a client is told to come back later, and everybody else goes on as before.
(uvicorn's ``limit_concurrency`` counts every connection, idle ones too, but lets WebSockets pass
beyond it; where it is reached, nothing is answered to anybody, health checks included.)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp, Receive, Scope, Send

from graph.answers import busy


class Room:
    """Places for so many, in this process."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Hold a place until the block ends; False where there is none."""
        if self.taken >= self.most:
            yield False
            return
        self.taken += 1
        try:
            yield True
        finally:
            self.taken -= 1


class Bounded:
    """An application for WebSockets, so many of which it serves at once."""

    def __init__(self, app: ASGIApp, room: Room) -> None:
        self.app = app
        self.room = room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a socket, or refuse it before it is accepted."""
        with self.room.place() as free:
            if free:
                await self.app(scope, receive, send)
                return
        await busy("WebSockets").deny(scope, receive, send)
