"""Serves an app on a loopback port while a test runs."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue

import uvicorn
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

Posted = tuple[str, bytes, dict[str, str]]
"""Path, body and headers."""


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The address at which the app is, without a slash at its end."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


class Shop:
    """A customer's own server: hands out files, redirects, and keeps what is posted to it."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.redirects: dict[str, str] = {}
        self._posted: Queue[Posted] = Queue()

    def posted(self) -> Posted:
        """What came first and was not asked for yet; waits for it as long as a network may take."""
        return self._posted.get(timeout=10)

    def is_done(self) -> bool:
        """Whether nothing that was posted is left."""
        return self._posted.empty()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await (await self.answer(request))(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        path = request.url.path
        if request.method == "POST":
            self._posted.put((path, await request.body(), dict(request.headers)))
            return Response(status_code=204)
        if path in self.redirects:
            return RedirectResponse(self.redirects[path])
        if path not in self.files:
            return Response(status_code=404)
        return Response(self.files[path])
