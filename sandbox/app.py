"""The sandbox as one ASGI app: four providers side by side, their log, and their faults."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from sandbox import bindbee, scormcloud, stackone, vitalsource
from sandbox.academy import CAMPUSES, Academy
from sandbox.scormcloud.cloud import LOOKS
from sandbox.scormcloud.folder import Folder
from sandbox.wire import Desk, Entry, Fault, Faults, JSONAnswer, WhenAsked

# What a newcomer needs to talk to each provider: where it is and what to send along.
PROVIDERS: dict[str, dict[str, Any]] = {
    "bindbee": {
        "base": "/bindbee/api/lms/v1",
        "headers": {"Authorization": "Bearer demo-key", "x-connector-token": "demo-connector"},
    },
    "stackone": {
        "base": "/stackone/unified/lms",
        "basic": {"user": "demo-key", "password": ""},
        "headers": {"x-account-id": "demo-account"},
    },
    "scormcloud": {
        "base": "/scormcloud/api/v2",
        "basic": {"user": "demo-app", "password": "demo-secret"},
    },
    "vitalsource": {
        "base": "/vitalsource/api/v4",
        "headers": {"X-VitalSource-API-Key": "DEMOKEY"},
    },
}


class Provider(Protocol):
    """What the module of a provider brings."""

    @property
    def routes(self) -> Callable[..., list[BaseRoute]]:
        """Its API over a campus, below its base URL; what follows the campus is its own."""

    def refusal(self, status: int, /) -> Response:
        """Its words for an error that has no particular reason."""


def create_app(academy: Academy | None = None, *, import_looks: int = LOOKS) -> Starlette:
    """The four providers below `/bindbee`, `/stackone`, `/scormcloud` and `/vitalsource`.

    Every app has its own log (`/_requests`), faults (`/_faults`) and changes; a campus is built
    when its provider is first asked. SCORM Cloud shows an import running `import_looks` times
    before it is over.
    """
    academy = academy or Academy()
    log: list[Entry] = []
    faults = Faults()
    desks: dict[str, WhenAsked] = {}
    folder = Folder()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        folder.close()

    def desk(
        name: str, provider: Provider, *, folds_slashes: bool = False, **settings: Any
    ) -> Mount:
        def make() -> Desk:
            return Desk(
                name,
                provider.routes(academy.campus(name), **settings),
                log=log,
                faults=faults,
                refusal=provider.refusal,
                folds_slashes=folds_slashes,
            )

        desks[name] = WhenAsked(make)
        return Mount(f"/{name}", app=desks[name])

    return Starlette(
        routes=[
            Route("/", index),
            *log_routes(log),
            *fault_routes(faults),
            *reset_routes(desks),
            desk("bindbee", bindbee),
            desk("stackone", stackone),
            # The official client puts two slashes after the base.
            desk("scormcloud", scormcloud, folds_slashes=True, looks=import_looks, folder=folder),
            desk("vitalsource", vitalsource),
        ],
        lifespan=lifespan,
    )


async def index(request: Request) -> Response:
    """What is here: the providers with demo credentials, and how to watch and disturb them."""
    return JSONAnswer(
        {
            "providers": PROVIDERS,
            "log": {"read": "GET /_requests", "clear": "DELETE /_requests"},
            "faults": {"set": "PUT /_faults/{provider}", "clear": "DELETE /_faults[/{provider}]"},
            "reset": "PUT /_reset[/{provider}]",
            "webhooks": {"set": "PUT /bindbee/_webhooks", "send": "POST /bindbee/_webhooks/send"},
        }
    )


def log_routes(log: list[Entry]) -> list[Route]:
    async def read(request: Request) -> Response:
        return JSONAnswer({"requests": log})

    async def clear(request: Request) -> Response:
        log.clear()
        return Response(status_code=204)

    return [
        Route("/_requests", read, methods=["GET"]),
        Route("/_requests", clear, methods=["DELETE"]),
    ]


def fault_routes(faults: Faults) -> list[Route]:
    async def put(request: Request) -> Response:
        provider = request.path_params["provider"]
        if provider not in CAMPUSES:
            return JSONAnswer({"error": f"No provider {provider}."}, 404)
        try:
            fault = msgspec.json.decode(await request.body(), type=Fault)
        except msgspec.DecodeError as error:
            return JSONAnswer({"error": str(error)}, 400)
        faults.set(provider, fault)
        return Response(status_code=204)

    async def clear(request: Request) -> Response:
        faults.clear(request.path_params.get("provider"))
        return Response(status_code=204)

    return [
        Route("/_faults/{provider}", put, methods=["PUT"]),
        Route("/_faults/{provider}", clear, methods=["DELETE"]),
        Route("/_faults", clear, methods=["DELETE"]),
    ]


def reset_routes(desks: Mapping[str, WhenAsked]) -> list[Route]:
    """Where what clients changed at a provider, or at all of them, is undone."""

    async def reset(request: Request) -> Response:
        names = list(request.path_params.values()) or list(desks)
        if unknown := [name for name in names if name not in desks]:
            return JSONAnswer({"error": f"No provider {unknown[0]}."}, 404)
        for name in names:
            desks[name].forget()
        return Response(status_code=204)

    return [
        Route("/_reset", reset, methods=["PUT"]),
        Route("/_reset/{provider}", reset, methods=["PUT"]),
    ]
