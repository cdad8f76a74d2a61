"""The server: opens the sources, makes a context for each operation, and answers over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from graph import explorer, requests
from graph.errors import Code, told
from graph.explorer import Tab
from graph.explorer.tabs import examples
from graph.limits import Limits
from graph.requests import Operation, Unreadable
from graph.schema import make_schema
from graph.subgraph import Subgraph
from providers.base import Ask, Client
from providers.errors import DETAILS, Kind
from providers.http import Transport
from providers.sources import Settings, open_sources
from resolvers.context import Context

log = logging.getLogger("coursegraph")

GRACE = 1.0
"""Seconds after its deadline that an operation has to hand over what it found."""

PATH = "/graphql"


@dataclass(slots=True)
class Server:
    """What the routes share."""

    settings: Settings
    schema: Subgraph
    tabs: Sequence[Tab]
    transport: Transport | None = None
    sources: Mapping[str, Client] | None = None
    """None until the sources are open, and after they are closed."""

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Open the sources, and close them at the end."""
        self.sources = open_sources(self.settings, self.transport)
        try:
            yield
        finally:
            closing, self.sources = self.sources, None
            await asyncio.gather(*(each.close() for each in closing.values()))

    def context(self) -> Context:
        """The context of one operation, whose time begins now."""
        deadline = asyncio.get_running_loop().time() + self.settings.request_timeout
        return Context(
            sources=self.sources or {},
            ask=Ask(deadline=deadline, budget=self.settings.budget),
            largest_page=self.settings.largest_page,
        )

    async def graphql(self, request: Request) -> Response:
        """Answer a GraphQL request, or a browser with the explorer."""
        if requests.wants_page(request):
            page = explorer.page(self.tabs, PATH)
            return HTMLResponse(page, headers=dict(explorer.PAGE_HEADERS))
        id = requests.request_id(request, uuid.uuid4().hex)
        try:
            media_type = requests.media_type(request)
            operation = await requests.read(request, self.settings.max_body)
        except Unreadable as error:
            return _refusal(error, id)
        explain = self.settings.explain and request.headers.get(requests.EXPLAIN, "") == "upstream"
        types = {OperationType.QUERY}
        if request.method == "POST":
            types.add(OperationType.MUTATION)
        status, body = await self.answer(operation, types, id, explain=explain)
        if media_type == requests.PLAIN_JSON and status == 400:
            status = 200  # the older media type says nothing by its status
        headers = {requests.REQUEST_ID: id, "cache-control": "no-store"}
        if status == 405:
            headers["allow"] = "POST"
        return Response(
            msgspec.json.encode(body, enc_hook=str),
            status,
            headers,
            media_type=f"{media_type}; charset=utf-8",
        )

    async def answer(
        self, operation: Operation, types: set[OperationType], id: str, *, explain: bool
    ) -> tuple[int, dict[str, Any]]:
        """Execute an operation: HTTP status and body of the answer."""
        context = self.context()
        try:
            result = await self.execute(operation, types, context)
        except (CannotGetOperationTypeError, InvalidOperationTypeError) as error:
            return _unanswered(error, id)
        finally:
            context.cancel()
        executed = not _refused(result)
        body: dict[str, Any] = {}
        if result.errors:
            valid = not isinstance(result, PreExecutionError)
            body["errors"] = told(result.errors, id, valid=valid)
        if executed:
            body["data"] = result.data
        if explain:
            body["extensions"] = {"upstream": upstream(context)}
        return (200 if executed else 400), body

    async def execute(
        self, operation: Operation, types: set[OperationType], context: Context
    ) -> ExecutionResult:
        """Execute, but no longer than the operation's time and a little grace."""
        try:
            async with asyncio.timeout(self.settings.request_timeout + GRACE):
                return await self.schema.execute(
                    operation.query,
                    variable_values=operation.variables,
                    context_value=context,
                    operation_name=operation.operation_name,
                    allowed_operation_types=types,
                )
        except TimeoutError:
            extensions = {"code": Code.DEADLINE_EXCEEDED.value, "retryable": True}
            error = GraphQLError(DETAILS[Kind.DEADLINE_EXCEEDED], extensions=extensions)
            return ExecutionResult(data=None, errors=[error])

    async def root(self, _: Request) -> Response:
        """Lead who visits the server to the graph."""
        return RedirectResponse(PATH)

    async def live(self, _: Request) -> Response:
        """The process runs."""
        return JSONResponse({"status": "ok"})

    async def ready(self, _: Request) -> Response:
        """The process can answer: its sources are open. Whether they answer is ``sources``'
        matter."""
        if self.sources is None:
            return JSONResponse({"status": "starting"}, 503)
        return JSONResponse({"status": "ok", "sources": len(self.sources)})


def upstream(context: Context) -> dict[str, Any]:
    """What an operation did upstream, for its developer. Neither keys nor parameters are among
    it."""
    ask = context.ask
    return {
        "calls": [asdict(call) for call in ask.calls],
        "unreadable": [
            {"source": source, "field": field, "count": count}
            for (source, field), count in ask.unreadable.items()
        ],
    }


def _refused(result: ExecutionResult) -> bool:
    """Whether execution never began: the document, or its variables, can't be used."""
    errors = result.errors or ()
    return isinstance(result, PreExecutionError) or (
        result.data is None
        and bool(errors)
        and all(
            each.path is None
            and isinstance(each.original_error, GraphQLError | None)
            and not each.extensions
            for each in errors
        )
    )


def _refusal(error: Unreadable, id: str) -> Response:
    shown = {
        "message": str(error),
        "extensions": {"code": Code.BAD_REQUEST.value, "requestId": id},
    }
    headers = {requests.REQUEST_ID: id, "cache-control": "no-store", **error.headers}
    return JSONResponse({"errors": [shown]}, error.status, headers)


def _unanswered(
    error: CannotGetOperationTypeError | InvalidOperationTypeError, id: str
) -> tuple[int, dict[str, Any]]:
    """The document has no operation of that name, or one that this method may not carry."""
    if not isinstance(error, InvalidOperationTypeError):
        status, message = 400, "`operationName` must name one of the document's operations."
    elif error.operation_type is OperationType.SUBSCRIPTION:
        status, message = 400, "This graph has no subscriptions."
    else:
        status, message = 405, "Only queries can be sent by GET; send this one by POST."
    extensions = {"code": Code.BAD_REQUEST.value, "requestId": id}
    return status, {"errors": [{"message": message, "extensions": extensions}]}


class Attended:
    """Ends the work for a client that has gone: nobody would read the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application against the client's disconnection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        arrived = asyncio.Event()
        gone = asyncio.Event()
        if scope["method"] in ("GET", "HEAD"):
            arrived.set()  # nobody will read the body that such a request hasn't got

        async def pass_on() -> Message:
            if arrived.is_set():
                await gone.wait()
                return {"type": "http.disconnect"}
            message = await receive()
            if message["type"] == "http.disconnect":
                gone.set()
            if not message.get("more_body"):
                arrived.set()
            return message

        async def listen() -> None:
            # Only once the body is there: reading ahead would hold a body of any size.
            await arrived.wait()
            while (await receive())["type"] != "http.disconnect":
                continue
            gone.set()

        await _while_there(self.app(scope, pass_on, send), listen(), gone)


async def _while_there(
    work: Awaitable[None], listening: Coroutine[Any, Any, None], gone: asyncio.Event
) -> None:
    """Run work until it ends, or until the client is gone."""
    working = asyncio.ensure_future(work)
    watching = [asyncio.create_task(listening), asyncio.create_task(_wait(gone))]
    try:
        await asyncio.wait({working, watching[1]}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in watching:
            task.cancel()
        if not working.done():
            working.cancel()
    with contextlib.suppress(asyncio.CancelledError, ClientDisconnect):
        await working


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


def create_app(
    settings: Settings,
    *,
    transport: Transport | None = None,
    tabs: Sequence[Tab] | None = None,
    limits: Limits | None = None,
) -> Starlette:
    """The application over the sources of these settings.

    ``transport`` replaces the network of every source; ``tabs`` are what the explorer opens with.
    """
    schema = make_schema(limits)
    shown = examples(settings) if tabs is None else tabs
    server = Server(settings, schema, shown, transport)
    return Starlette(
        routes=[
            Route(PATH, server.graphql, methods=["GET", "POST"]),
            Route("/", server.root),
            Route("/livez", server.live),
            Route("/readyz", server.ready),
            Mount(explorer.ASSETS_PATH, explorer.static),
        ],
        lifespan=server.lifespan,
        middleware=[Middleware(Attended)],
    )
