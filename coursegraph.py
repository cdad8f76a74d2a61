"""The command line: serve the graph, play the sandbox, print the schema, check what is given."""

from __future__ import annotations

import asyncio
import gc
import math
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from multiprocessing import resource_tracker
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from graph.app import access_of, check, check_documents, create_app
from graph.explorer.tabs import examples
from graph.limits import Limits
from graph.manifests import PATIENCE
from graph.schema import make_schema, sdl
from graph.serving import Together, Upgraded
from providers.base import Ask
from providers.errors import ProviderError
from providers.model import HealthStatus
from providers.sources import (
    Settings,
    SettingsError,
    make_settings,
    open_sources,
    read_settings,
)

HOST = "127.0.0.1"

PERSON = "ada.byron@academy.example"
"""Somebody whom every provider of the sandbox knows."""

JOB = "D27A9E6043531251296-om"
"""Key of the import by which a course of the sandbox's SCORM Cloud came there."""

CONNECTOR = "01998351-cc00-792f-a9e0-5f855ce48a65"
"""Id of the connector that the sandbox's Bindbee has for its demo token."""

cli = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="One GraphQL graph over the learning systems a company uses.",
)

Port = Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help="Port of the graph.")]
SandboxPort = Annotated[
    int, typer.Option(envvar="SANDBOX_PORT", min=1, max=65535, help="Port of the sandbox.")
]
SettingsFile = Annotated[
    Path,
    typer.Option("--settings", envvar="COURSEGRAPH_SETTINGS", help="File that names the sources."),
]
OverSandbox = Annotated[
    bool, typer.Option("--sandbox", help="Use the sandbox's sources; `serve` starts it as well.")
]
Workers = Annotated[
    int, typer.Option(min=1, max=64, help="Processes that answer, each with its own connections.")
]

Documents = Annotated[
    list[Path] | None,
    typer.Option(help="Manifest of the operations that a client was built with; may be repeated."),
]

Manifests = Annotated[
    list[Path] | None,
    typer.Argument(help="Manifests, beside those that the settings name."),
]

Size = Annotated[int | None, typer.Option(min=1, max=100_000, help="How many of them.")]

SchemaSettings = Annotated[
    Path | None,
    # No variable of the environment gives it: schema.graphql is the same wherever it is made.
    typer.Option("--settings", "--config", help="File that says whether callers present tokens."),
]

DEFAULT_SETTINGS = Path("coursegraph.toml")

WITHOUT_SETTINGS = "\nTo try the graph without any account: coursegraph serve --sandbox"


def sandbox_settings(port: int) -> Settings:
    """Settings with one source at each provider of a sandbox on this port."""
    base = f"http://{HOST}:{port}"
    return make_settings(
        {
            "explain": True,
            "sources": [
                {
                    "name": "demo-bindbee",
                    "provider": "bindbee",
                    "api_key": "demo-key",
                    "connector_token": "demo-connector",
                    "connector_id": CONNECTOR,
                    "webhook_secrets": ["demo-webhook-key"],
                    "base_url": f"{base}/bindbee",
                },
                {
                    "name": "demo-stackone",
                    "provider": "stackone",
                    "api_key": "demo-key",
                    "account_id": "demo-account",
                    "webhook_secrets": ["demo-webhook-key"],
                    "base_url": f"{base}/stackone",
                },
                {
                    "name": "demo-scorm-cloud",
                    "provider": "scorm_cloud",
                    "app_id": "demo-app",
                    "secret": "demo-secret",
                    "postback_user": "demo-postback",
                    "postback_password": "demo-secret",
                    "base_url": f"{base}/scormcloud/api/v2",
                },
                {
                    "name": "demo-vitalsource",
                    "provider": "vitalsource",
                    "api_key": "DEMOKEY",
                    "base_url": f"{base}/vitalsource/api/v4",
                },
            ],
        },
        {},
    )


def graph(
    settings: Settings, person: str | None = None, *, limits: Limits | None = None
) -> ASGIApp:
    """The graph over these sources, in a process that does nothing else; ``person`` is somebody
    known there, for the explorer's examples; ``limits`` are others than what is shipped."""
    gc.disable()  # building makes next to no garbage
    tabs = examples(settings, person, JOB) if person else None
    app = create_app(settings, tabs=tabs, limits=limits)
    # What is there now stays, so that no collection has to look at it again. What an operation
    # makes is let go of at its end, so that collections find little, and may be rare.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()
    return app


@cli.command()
def serve(
    port: Port = 8000,
    sandbox_port: SandboxPort = 8001,
    settings: SettingsFile = DEFAULT_SETTINGS,
    sandbox: OverSandbox = False,
    workers: Workers = 1,
    documents: Documents = None,
) -> None:
    """Serve the graph, and GraphiQL for browsers, at /graphql."""
    with ExitStack() as stack:
        given = sandbox_settings(sandbox_port) if sandbox else _read(settings)
        trusting = _trusting(given, documents or [])
        _look_over(trusting, PATIENCE)
        chosen = _shared(trusting, workers, stack)
        if not sandbox:
            app = partial(graph, chosen)
            own = stack.enter_context(_listen(port, "PORT"))
            typer.echo(f"GraphQL and GraphiQL  http://{HOST}:{port}/graphql  (Ctrl-C ends it)")
        else:
            from sandbox.app import create_app as create_sandbox

            app = partial(graph, chosen, PERSON)
            own = stack.enter_context(_listen(port, "PORT"))
            other = stack.enter_context(_listen(sandbox_port, "SANDBOX_PORT"))
            stack.enter_context(_beside(create_sandbox, other))
            typer.echo(f"GraphQL and GraphiQL  http://{HOST}:{port}/graphql")
            typer.echo(f"Sandbox               http://{HOST}:{sandbox_port}/")
            typer.echo("Ctrl-C ends both.")
        _run(app, own, workers, chosen)


@cli.command()
def sandbox(
    sandbox_port: SandboxPort = 8001,
    people: Size = None,
    courses: Size = None,
    attempts: Size = None,
) -> None:
    """Play the four providers' APIs over an academy of made-up data.

    The sizes are of each provider; left out, each has a size of its own.
    """
    from sandbox.academy import DEFAULT_SIZES, Academy
    from sandbox.app import create_app as create_sandbox

    wished = {"people": people, "courses": courses, "attempts": attempts}
    given = {name: size for name, size in wished.items() if size is not None}
    sizes = {campus: replace(own, **given) for campus, own in DEFAULT_SIZES.items()}
    with _listen(sandbox_port, "SANDBOX_PORT") as listener:
        typer.echo(f"Sandbox  http://{HOST}:{sandbox_port}/  (Ctrl-C ends it)")
        _run(lambda: create_sandbox(Academy(sizes=sizes)), listener)


@cli.command()
def schema(settings: SchemaSettings = None) -> None:
    """Print the schema, as schema.graphql holds it; or as a server of these settings tells it to
    gateways, who read in it what takes a token, or scopes."""
    access = access_of(_read(settings)) if settings else None
    sys.stdout.write(sdl(make_schema(access=access)))


@cli.command()
def sources(
    settings: SettingsFile = DEFAULT_SETTINGS,
    sandbox: OverSandbox = False,
    sandbox_port: SandboxPort = 8001,
) -> None:
    """List the sources, and check each with one cheap call; fails if one is down."""
    chosen = sandbox_settings(sandbox_port) if sandbox else _read(settings)
    if not asyncio.run(_check(chosen)):
        raise typer.Exit(1)


@cli.command()
def documents(
    manifests: Manifests = None,
    settings: SettingsFile = DEFAULT_SETTINGS,
    sandbox: OverSandbox = False,
) -> None:
    """Look whether every operation in the manifests can be asked; fails if one can't be.

    `serve` looks before it starts, too, but not for longer than ten seconds.
    """
    given = sandbox_settings(8001) if sandbox else _read(settings)
    looked = _look_over(_trusting(given, manifests or []))
    typer.echo(f"Looked at {looked}: all can be asked.")


def _look_over(settings: Settings, seconds: float = math.inf) -> int:
    """Look over the trusted documents, which ends the command where one can't be asked; give how
    many there are."""
    try:
        found = check_documents(settings, seconds)
    except SettingsError as error:
        raise typer.BadParameter(str(error)) from None
    for fault in found.faults:
        typer.echo(fault, err=True)
    if found.faults:
        typer.echo(
            f"{len(found.faults)} of {found.looked} documents can't be asked: build their client"
            " against this server's schema, or leave them out.",
            err=True,
        )
        raise typer.Exit(2)
    if left := found.listed - found.looked:
        typer.echo(
            f"{left} of {found.listed} documents were not looked at, so as to start in time:"
            " `coursegraph documents` looks at all of them.",
            err=True,
        )
    return found.looked


async def _check(settings: Settings) -> bool:
    clients = open_sources(settings)

    async def state(client: Any) -> tuple[str, str]:
        try:
            health = await client.health(Ask())
        except ProviderError as error:
            return HealthStatus.DOWN.value, error.detail
        return health.status.value, health.detail or ""

    states = await asyncio.gather(*map(state, clients.values()))
    await asyncio.gather(*(client.close() for client in clients.values()))
    for (name, client), (status, detail) in zip(clients.items(), states, strict=True):
        typer.echo(f"{name:<24} {client.provider:<12} {status:<9} {detail}".rstrip())
    return all(status != HealthStatus.DOWN.value for status, _ in states)


def _read(path: Path) -> Settings:
    try:
        settings = read_settings(path)
        check(settings)
        return settings
    except SettingsError as error:
        hint = "" if path.exists() else WITHOUT_SETTINGS
        raise typer.BadParameter(f"{error}{hint}") from None


def _trusting(settings: Settings, documents: Sequence[Path]) -> Settings:
    """The settings with further manifests of trusted documents."""
    found = replace(settings, documents=[*settings.documents, *map(str, documents)])
    try:
        check(found)
    except SettingsError as error:
        raise typer.BadParameter(str(error)) from None
    return found


def _shared(settings: Settings, workers: int, stack: ExitStack) -> Settings:
    """The settings with a ledger that several processes share, as long as the stack lasts."""
    if workers == 1 or settings.ledger:
        return settings
    folder = stack.enter_context(TemporaryDirectory(prefix="coursegraph-"))
    return replace(settings, ledger=str(Path(folder) / "ledger"))


def _listen(port: int, variable: str) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        reason = os.strerror(error.errno or 0)  # the error's own words repeat the address
        other = port + 10 if port + 10 <= 65535 else port - 10
        typer.echo(
            f"Port {port} can't be used ({reason}): end what uses it, or choose another "
            f"with {variable}={other}.",
            err=True,
        )
        raise typer.Exit(1) from None


SERVER: Mapping[str, Any] = {
    "interface": "asgi3",
    "http": Together,
    "ws": Upgraded,
    "ws_ping_interval": None,  # the graph pings by its own protocol, and is told who is silent
    "ws_per_message_deflate": False,  # it takes memory for every socket; messages are small
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,  # nothing that is answered depends on the address of who asks
}
"""How uvicorn is to serve the graph."""


def _config(
    app: Callable[[], ASGIApp], workers: int = 1, settings: Settings | None = None
) -> uvicorn.Config:
    """How an application is served; without settings, which are the graph's, it has no
    WebSockets."""
    own: Mapping[str, Any] = {"ws": "none"}
    if settings is not None:
        patient = partial(Together, patience=settings.arrival_timeout)
        own = {"http": patient, "ws_max_size": settings.max_body}
    return uvicorn.Config(
        app,
        factory=True,
        workers=workers,
        lifespan="on",
        log_level="warning",
        **{**SERVER, **own},
    )


def _run(
    app: Callable[[], ASGIApp],
    listener: socket.socket,
    workers: int = 1,
    settings: Settings | None = None,
) -> None:
    config = _config(app, workers, settings)
    if workers == 1:
        uvicorn.Server(config).run([listener])
    else:
        Crew(config, [listener]).run()


class Crew(Multiprocess):
    """Several processes that serve together, and end together."""

    def init_processes(self) -> None:
        """Start them deaf to Ctrl-C, which a terminal sends to every process: the first one tells
        the others to end, however far they are."""
        if sys.platform == "win32":
            super().init_processes()
            return
        # It lets SIGINT through again once it has started, which would be among the others' starts.
        resource_tracker.ensure_running()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            super().init_processes()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _beside(app: Callable[[], ASGIApp], listener: socket.socket) -> Iterator[None]:
    """Run an application in a thread, which ends with us."""
    server = uvicorn.Server(_config(app))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=5)


def main() -> None:
    """Entry point of the ``coursegraph`` command."""
    cli()


if __name__ == "__main__":
    main()
