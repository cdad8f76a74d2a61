"""The server: opens the sources, makes a context for each operation, and leads to its routes."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from graph import explorer, inbound
from graph.answers import guarded, refusal
from graph.caching import Ages
from graph.endpoint import PATH, Endpoint
from graph.errors import Code
from graph.explorer import Tab
from graph.explorer.tabs import examples
from graph.hosts import Addressed
from graph.inbound import Inbound
from graph.limits import Limits, bounds
from graph.manifests import Look, look_over, read_manifests
from graph.origins import Shared
from graph.persisted import Texts
from graph.policies import Policies
from graph.requests import PLAIN_JSON, Unreadable, request_id
from graph.room import Anteroom, Room
from graph.schema import make_schema
from graph.scopes import Access
from graph.sockets import Sockets
from graph.streams import Streams
from graph.tokens import Tokens
from graph.transfers import DOWNLOADS, UPLOADS, Downloads, Uploads
from providers.authentication import NoKeys, SigningKeys
from providers.base import Ask, Client
from providers.http import Transport
from providers.sources import Settings, SettingsError, open_senders, open_sources
from resolvers.attempts import Attempts
from resolvers.broadcast import Broadcast
from resolvers.context import Context
from resolvers.inbox import Inbox, utc_now
from resolvers.ledger import MEMORY, Ledger
from resolvers.relay import Relay
from resolvers.watching import Pace

_NOTHING = Unreadable(404, f"Nothing is here; the graph is at {PATH}.", code=Code.NOT_FOUND)


@dataclass(slots=True)
class Server:
    """What the routes share."""

    settings: Settings
    transport: Transport | None = None
    sources: Mapping[str, Client] | None = None
    """None until the sources are open, and after they are closed."""
    keys: SigningKeys | None = None
    """With which callers' tokens are signed; None where nobody presents any."""
    ledger: Ledger = field(init=False)
    events: Broadcast = field(init=False)
    """What the sources tell of themselves, to who subscribes."""
    attempts: Attempts = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.settings.ledger or MEMORY)
        self.events = Relay(self.ledger) if self.settings.ledger else Broadcast()
        self.attempts = Attempts(self.ledger)

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Open the sources, and close them at the end."""
        self.sources = open_sources(self.settings, self.transport)
        relaying = asyncio.create_task(self._relay())
        try:
            yield
        finally:
            relaying.cancel()
            if self.keys is not None:
                await self.keys.close()
            await self.attempts.close()
            closing, self.sources = self.sources, None
            await asyncio.gather(*(each.close() for each in closing.values()))
            self.ledger.close()

    async def _relay(self) -> None:
        if isinstance(self.events, Relay):
            await self.events.run(self.settings.poll_interval)

    def context(self) -> Context:
        """The context of one operation, whose time begins now."""
        now = asyncio.get_running_loop().time()
        return Context(
            sources=self.sources or {},
            ask=Ask(deadline=now + self.settings.request_timeout, budget=self.settings.budget),
            latest=now + self.settings.mutation_timeout,
            ledger=self.ledger,
            poll_interval=self.settings.poll_interval,
            attempts=self.attempts,
            public_url=self.settings.public_url.rstrip("/"),
            largest_upload=self.settings.max_upload,
            largest_page=self.settings.largest_page,
            events=self.events,
        )

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


async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer where no route leads."""
    if scope["type"] == "websocket":
        await refusal(_NOTHING, PLAIN_JSON, request_id("")).deny(scope, receive, send)
    else:
        raise HTTPException(404)


async def elsewhere(request: Request, error: Exception) -> Response:
    """Tell who asks what there isn't where the graph is."""
    assert isinstance(error, HTTPException)
    allow = (error.headers or {}).get("Allow", "")
    if error.status_code == 405:
        told = Unreadable(405, f"This is asked by {allow}.", allow=allow)
    else:
        told = _NOTHING
    id = request_id(request.headers.get("x-request-id", ""))
    found = refusal(told, PLAIN_JSON, id)
    headers = {name.decode(): value.decode() for name, value in found.headers}
    return Response(found.body, found.status, headers)


class Application(Starlette):
    """A Starlette application that hands GraphQL requests straight to their endpoint.

    Its middleware and its router cost more than a small answer, and have nothing to add to one.
    """

    endpoint: Endpoint
    addressed: ASGIApp
    """Lets through to the endpoint who asks under a name of the server's."""
    answering: ASGIApp
    """Answers HTTP requests: ``answer``, or what is around it."""
    server: Server
    streams: Streams
    """Answers operations of every type, for whatever carries them."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or begin and end with the server."""
        if scope["type"] == "http":
            await self.answering(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an HTTP request."""
        if scope["path"] == PATH:
            await self.addressed(scope, receive, send)
        else:
            await super().__call__(scope, receive, guarded(send))


def check(settings: Settings) -> None:
    """Look whether an application can be made of settings, before anything is opened.

    Raises:
        SettingsError: as ``create_app``.
    """
    Policies.of(settings)
    Ages(settings.max_ages)
    read_manifests(settings.documents)
    keys_of(settings)


def keys_of(settings: Settings) -> SigningKeys | None:
    """The keys that callers' tokens are signed with, if settings name any.

    Raises:
        SettingsError: where they are in a file that has none.
    """
    if settings.authentication is None:
        return None
    try:
        return SigningKeys(settings.authentication.keys)
    except NoKeys as error:
        raise SettingsError(f"authentication.keys: {error}") from None


def access_of(settings: Settings) -> Access | None:
    """What fields take of callers, if settings have them present tokens."""
    trusted = settings.authentication
    return None if trusted is None else Access(required=trusted.required)


def check_documents(settings: Settings, seconds: float = math.inf) -> Look:
    """Look whether the operations in the settings' manifests can be asked, for as many seconds.

    ``create_app`` doesn't: it is called for each process of a server, and this takes its time.

    Raises:
        SettingsError: as ``create_app``.
    """
    if not settings.documents:
        return Look()
    return look_over(settings.documents, make_schema(bounds(settings.limits)), seconds)


def create_app(
    settings: Settings,
    *,
    transport: Transport | None = None,
    tabs: Sequence[Tab] | None = None,
    limits: Limits | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Application:
    """The application over the sources of these settings.

    ``transport`` replaces the network of every source; ``tabs`` are what the explorer opens with;
    ``now`` is the time that providers' messages are received at, and tokens end by.

    Raises:
        SettingsError: where a limit, an age, a manifest or a key of the settings can't be used.
    """
    server = Server(settings, transport)
    server.keys = keys_of(settings)
    shown = examples(settings) if tabs is None else tabs
    trusted, keys = settings.authentication, server.keys
    tokens = Tokens(trusted, keys, now) if trusted is not None and keys is not None else None
    own = limits or bounds(settings.limits)
    policies = Policies.of(settings, own, tokens)
    schema = make_schema(
        own,
        policy=policies.general,
        max_ages=settings.max_ages,
        access=access_of(settings),
    )
    texts = Texts(
        server.ledger, read_manifests(settings.documents), automatic=settings.automatic_documents
    )
    streams = Streams(schema, server.context, Pace(settings.poll_interval), texts, policies)
    room = Room(settings.streams)
    endpoint = Endpoint(settings, schema, shown, server.context, streams, policies, room)
    inbox = Inbox(open_senders(settings), server.events, server.ledger, now)
    addressed = Addressed(endpoint, settings, policies)
    sockets = Sockets(settings, streams, Room(settings.sockets), Anteroom(settings.sockets))
    app = Application(
        routes=[
            Route(PATH, addressed),
            WebSocketRoute(PATH, Addressed(sockets, settings, policies)),
            Route("/", server.root),
            Route("/livez", server.live),
            Route("/readyz", server.ready),
            Route(UPLOADS, Uploads(settings, server.context), methods=["PUT"]),
            Route(DOWNLOADS, Downloads(settings, server.context), methods=["GET"]),
            Route(inbound.PATH, Inbound(inbox, settings.max_body).answer, methods=["POST"]),
            *([Mount(explorer.ASSETS_PATH, explorer.static)] if policies.explorer else []),
        ],
        exception_handlers={HTTPException: elsewhere},
        lifespan=server.lifespan,
    )
    app.router.default = nowhere
    # It would lead to an address that begins with whatever the caller said the host was.
    app.router.redirect_slashes = False
    app.endpoint, app.addressed, app.server = endpoint, addressed, server
    app.streams = streams
    app.answering = Shared(app.answer, settings.origins) if settings.origins else app.answer
    return app
