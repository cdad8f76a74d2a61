"""`Prefer: heartbeat`: newlines that keep a connection alive until its JSON is there.

RFC 7240, and StackOne's client since February 2026. Only an answer that took work has any: what is
refused is refused at once.
"""

from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

Endpoint = Callable[[Request], Awaitable[Response]]

# How many are sent isn't published, nor how often: two show that they may come in pieces.
BEATS = 2


class Beating(Response):
    """An answer that sends its status and newlines first, then its body."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_slowly(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                await send({**message, "headers": self.beating_headers()})
                for _ in range(BEATS):
                    await send({"type": "http.response.body", "body": b"\n", "more_body": True})
            else:
                await send(message)

        await self.answer(scope, receive, send_slowly)  # type: ignore[arg-type]

    def beating_headers(self) -> list[tuple[bytes, bytes]]:
        headers = [pair for pair in self.answer.raw_headers if pair[0] != b"content-length"]
        return [*headers, (b"preference-applied", b"heartbeat")]


def heartbeating(endpoint: Endpoint) -> Endpoint:
    """Make an endpoint heed the preference; an empty answer has nothing to put them before."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        response = await endpoint(request)
        wanted = "heartbeat" in request.headers.get("prefer", "").lower()
        return Beating(response) if wanted and response.body else response

    return answer
