"""Where providers write to us: `POST /webhooks/{source}`, answered at once, with no call upstream.

Only what is authentic is looked at any further; see `resolvers/inbox.py`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from resolvers.inbox import Inbox, Verdict

PATH = "/webhooks/{source}"

PATIENCE = 10.0
"""Seconds for a body to arrive. The shortest time that a provider gives us to answer is ten."""


class TooLarge(Exception):
    """A body has more bytes than are taken."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """Answers providers' messages."""

    inbox: Inbox
    most: int
    """Largest body, in bytes."""

    async def answer(self, request: Request) -> Response:
        """Take one message."""
        try:
            async with asyncio.timeout(PATIENCE):
                body = await _body(request, self.most)
        except TooLarge:
            # Whether or not there is such a source: nobody was asked yet.
            return PlainTextResponse(f"The body is larger than {self.most} bytes.", 413)
        except TimeoutError:
            return PlainTextResponse("The body took too long.", 408)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        # Of several headers of one name the first counts. Their text is latin-1.
        headers = dict(request.headers)
        verdict = self.inbox.take(request.path_params["source"], headers, body)
        if verdict is Verdict.REFUSED:
            raise HTTPException(404)  # as where there is no such address
        if verdict is Verdict.UNREADABLE:
            return PlainTextResponse("The message can't be read.", 400)
        return Response(status_code=204)


async def _body(request: Request, most: int) -> bytes:
    """A body as it arrives, up to so many bytes.

    Raises:
        TooLarge: where it is larger, before the rest of it is read.
    """
    found = bytearray()
    async for part in request.stream():
        found += part
        if len(found) > most:
            raise TooLarge
    return bytes(found)
