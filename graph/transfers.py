"""Files over HTTP: ``PUT /uploads/{token}`` and ``GET /downloads/{token}``, passed on as they come.

A token stands for one transfer that an operation asked for (``resolvers.transfers``); what it is
for, the source checks. No file is held: pieces go on as fast as the other side takes them.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from graph.attendance import Stalled, attended, break_off, taken
from graph.errors import Code, formatted
from graph.requests import Gone, request_id
from providers.base import Client, Done
from providers.errors import Kind, ProviderError
from providers.http import IDLE, File
from providers.sources import Settings
from resolvers import ids, transfers
from resolvers.context import Context
from resolvers.transfers import Transfer

UPLOADS = "/uploads/{token}"
DOWNLOADS = "/downloads/{token}"

STATUSES: Mapping[Kind, int] = {
    Kind.NOT_FOUND: 404,
    Kind.INVALID_KEY: 404,
    Kind.CONFLICT: 409,
    Kind.REJECTED: 422,
    Kind.UNSUPPORTED: 501,
    Kind.RATE_LIMITED: 503,
    Kind.TIMEOUT: 504,
    Kind.DEADLINE_EXCEEDED: 504,
}
"""By kind of error, the status of the answer; 502 for the others."""

_SAFE_HEADERS = {
    "cache-control": "private, no-store",
    # It is somebody's file, not a page of ours, whatever it says it is.
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
}
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,64}/[\w.+-]{1,64}", re.ASCII)


class TooLarge(Exception):
    """The file is larger than what is taken."""


@dataclass(frozen=True, slots=True)
class Uploads:
    """Passes a file on to the source that its address is for.

    Answers 200 with what was made of it, or, as GraphQL does, with ``errors``: 404 where the
    address is unknown, used or over, 408 where nothing comes for ``IDLE`` seconds, 413 where the
    file is too large, else by what the source says (``STATUSES``).
    """

    settings: Settings
    context: Callable[[], Context]
    """Makes the context of one operation."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nothing is sent to a client that has left."""
        request = Request(scope, receive)
        id = request_id(request.headers.get("x-request-id", ""))
        try:
            answer = await self._uploaded(request, id)
        except ClientDisconnect:
            return
        await answer(scope, receive, send)

    async def _uploaded(self, request: Request, id: str) -> Response:
        length = request.headers.get("content-length")
        most = self.settings.max_upload
        if length is not None and (not length.isdigit() or int(length) > most):
            return _told(413, _too_large(most), id)
        context = self.context()
        context.ask.deadline = None
        try:
            transfer = transfers.taken(context.ledger, request.path_params["token"])
            client = context.sources.get(transfer.source) if transfer else None
            if transfer is None or client is None:
                return _told(404, _UNKNOWN, id)
            done = await self._passed_on(client, transfer, context, request, length)
            return _made(transfer, done, id)
        except TooLarge:
            return _told(413, _too_large(most), id)
        except Stalled:
            return _told(408, _STALLED, id)
        except ProviderError as error:
            return _refused(error, id)
        finally:
            context.cancel()

    async def _passed_on(
        self,
        client: Client,
        transfer: Transfer,
        context: Context,
        request: Request,
        length: str | None,
    ) -> Done:
        send = getattr(client, transfer.method)
        media_type = request.headers.get("content-type", "").partition(";")[0].strip()
        async with aclosing(_pieces(request, self.settings.max_upload)) as pieces:
            done: Done = await send(
                context.ask,
                transfer.key,
                pieces=pieces,
                length=None if length is None else int(length),
                media_type=media_type if _MEDIA_TYPE.fullmatch(media_type) else None,
                timeout=self.settings.upload_timeout,
                **transfer.terms,
            )
        return done


@dataclass(frozen=True, slots=True)
class Downloads:
    """Passes a file on from the source that its address is for, to a client that stays and reads.

    Answers 200 with the file, or with ``errors``, as ``Uploads`` does. What ends too soon breaks
    the connection, or it would pass for the whole file.
    """

    settings: Settings
    context: Callable[[], Context]
    """Makes the context of one operation."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nothing is fetched for a client that has left."""
        request = Request(scope, receive)
        id = request_id(request.headers.get("x-request-id", ""))
        context = self.context()
        context.ask.deadline = None
        began = False

        async def say(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            transfer = transfers.found(context.ledger, request.path_params["token"])
            client = context.sources.get(transfer.source) if transfer else None
            if transfer is None or client is None:
                answer = _told(404, _UNKNOWN, id)
            else:
                work = _passed_on(client, transfer, context, request.method, say)
                await attended(work, receive, self.settings.upload_timeout)
                return
        except ProviderError as error:
            answer = _refused(error, id)
        except TimeoutError:
            answer = _told(504, _TOO_SLOW, id)
        except Stalled:
            await break_off(scope, receive)
            return
        except Gone:
            return
        finally:
            context.cancel()
        if not began:
            await answer(scope, receive, send)


async def _passed_on(
    client: Client, transfer: Transfer, context: Context, method: str, send: Send
) -> None:
    """Pass a file on to who asked for it; to who asked by HEAD, only what is said of it.

    Raises:
        Stalled: where the client doesn't read it.
        ProviderError: where the source doesn't give it, or not all of it.
    """
    fetch = getattr(client, transfer.method)
    async with fetch(context.ask, transfer.key, **transfer.terms) as file:
        headers = _headers(file, transfer)
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if method != "HEAD":
            async for piece in file.pieces():
                message = {"type": "http.response.body", "body": piece, "more_body": True}
                await taken(send, message)
    await send({"type": "http.response.body", "body": b""})


async def _pieces(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """The body as it comes.

    Raises:
        TooLarge: where more comes than is taken.
        Stalled: where nothing comes.
        ClientDisconnect: where the client leaves before the end.
    """
    size = 0
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(IDLE):
                piece = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise Stalled from None
        size += len(piece)
        if size > most:
            raise TooLarge
        if piece:
            yield piece


_UNKNOWN = "The address is unknown, was used, or is over: ask for another one."


_STALLED = "Nothing came for too long: ask for another address, and send the file again."
_TOO_SLOW = "The file didn't come in time: try again."


def _too_large(most: int) -> str:
    return f"The file is larger than {most} bytes, which is the most that is taken."


def _made(transfer: Transfer, done: Done, id: str) -> Response:
    found: dict[str, Any] = dict(done.value or {})
    if transfer.gives and done.key:
        found = {
            "type": transfer.gives,
            "id": ids.encode(transfer.gives, transfer.source, done.key),
        }
    return _json(200, {"data": found}, id)


def _told(status: int, message: str, id: str) -> Response:
    code = Code.NOT_FOUND if status == 404 else Code.BAD_REQUEST
    error = {"message": message, "extensions": {"code": code.value, "requestId": id}}
    return _json(status, {"errors": [error]}, id)


def _refused(error: ProviderError, id: str) -> Response:
    shown = formatted(GraphQLError(str(error), original_error=error), id, valid=True)
    if error.said:
        shown["message"] = f"{error.source}: {error.said}"
    return _json(STATUSES.get(error.kind, 502), {"errors": [shown]}, id)


def _json(status: int, body: Any, id: str) -> Response:
    headers = {"x-request-id": id, "cache-control": "no-store"}
    return Response(msgspec.json.encode(body), status, headers, "application/json")


def _headers(file: File, transfer: Transfer) -> list[tuple[bytes, bytes]]:
    """What is said of a download: its length and kind as the source says, and a name to keep it
    by (RFC 6266)."""
    media_type = file.headers.get("content-type", "").partition(";")[0].strip()
    name = quote(str(transfer.terms.get("path") or f"{transfer.key}.zip").rpartition("/")[2], "")
    said = {
        **_SAFE_HEADERS,
        "content-type": media_type
        if _MEDIA_TYPE.fullmatch(media_type)
        else "application/octet-stream",
        "content-disposition": f"attachment; filename*=UTF-8''{name}",
    }
    length = file.headers.get("content-length", "")
    if length.isascii() and length.isdigit():
        said["content-length"] = length
    return [(name.encode(), value.encode()) for name, value in said.items()]
