"""Which providers exist, and how the sources of a settings file are opened and closed."""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import msgspec

from providers import bindbee, scormcloud, stackone, vitalsource
from providers.authentication import Authentication
from providers.base import Client, Listing
from providers.http import CALL_TIMEOUT, CONCURRENCY, Transport, open_http
from providers.secrets import Secret
from providers.webhooks import Sender


@dataclass(frozen=True, slots=True)
class Entry:
    """What there is to know of a provider from outside."""

    settings: type[msgspec.Struct]
    """What a source of it needs."""
    client: Callable[..., Client]
    reading: ModuleType
    """The module that holds its tables."""
    listings: Mapping[str, Listing]
    """What its lists can be asked, at most."""
    title: str
    description: str
    sender: Callable[[Any], Sender | None] = lambda _: None
    """How it writes to a source; None where it doesn't, or where nothing would prove that it is
    the one who writes."""


PROVIDERS: Mapping[str, Entry] = {
    "bindbee": Entry(
        bindbee.Settings,
        bindbee.Bindbee,
        bindbee.reading,
        bindbee.Bindbee.listings,
        "Bindbee",
        "Bindbee, a unified API over many learning systems. https://docs.bindbee.dev/",
        bindbee.sender,
    ),
    "stackone": Entry(
        stackone.Settings,
        stackone.StackOne,
        stackone.reading,
        stackone.LISTINGS,
        "StackOne",
        "StackOne, a unified API over many learning systems. https://docs.stackone.com/",
        stackone.sender,
    ),
    "scorm_cloud": Entry(
        scormcloud.Settings,
        scormcloud.ScormCloud,
        scormcloud.reading,
        scormcloud.ScormCloud.listings,
        "SCORM Cloud",
        "Rustici SCORM Cloud, which hosts and tracks SCORM, AICC, cmi5 and xAPI courses. "
        "https://cloud.scorm.com/docs/",
        scormcloud.sender,
    ),
    "vitalsource": Entry(
        vitalsource.Settings,
        vitalsource.VitalSource,
        vitalsource.reading,
        vitalsource.VitalSource.listings,
        "VitalSource",
        "VitalSource Launch, which delivers courseware. https://developer.vitalsource.com/",
    ),
}
"""Every provider, by its name in settings. A fifth one goes here, and its folder beside the
others."""

Provider = Enum("Provider", {name.upper(): name.upper() for name in PROVIDERS})  # type: ignore[misc]
Provider.__doc__ = "A vendor whose API the graph reads."

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""What a source may be called: its name is part of every id."""


HOST = re.compile(r"(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
"""What a host may be called, or hosts below a name."""


class SettingsError(Exception):
    """The settings can't be used; the message says what is wrong, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server is told about its sources and limits."""

    sources: Sequence[Any]
    """The sources, in the order in which lists run through them."""

    call_timeout: float = CALL_TIMEOUT
    """Longest time for one upstream call, in seconds."""

    request_timeout: float = 10.0
    """Longest time for one operation that reads, in seconds."""

    mutation_timeout: float = 25.0
    """Longest time for one operation that changes something, in seconds."""

    budget: int = 100
    """How many upstream calls one operation may make to each source."""

    largest_page: int = 100
    """Largest ``first`` of a connection."""

    arrival_timeout: float = 60.0
    """Longest time for a request to arrive, its head, and then its body, in seconds; files have
    ``upload_timeout``."""

    max_body: int = 1024 * 1024
    """Largest request body, or message over a WebSocket, in bytes."""

    origins: Sequence[str] = ()
    """Origins of other sites, such as ``https://app.example.com``, whose pages may ask and open a
    WebSocket; pages of the server's own site always may."""

    hosts: Sequence[str] = ()
    """Names by which browsers reach the server, such as ``graph.example.com`` or
    ``*.example.com``, beside this machine's, addresses, and those in ``public_url`` and
    ``origins``."""

    streams: int = 1_000
    """How many streams over HTTP a process may have open at once."""

    sockets: int = 1_000
    """How many WebSockets a process may have open at once."""

    socket_operations: int = 50
    """How many operations may be under way over one WebSocket."""

    socket_patience: float = 3.0
    """How long a WebSocket may be open before its client begins the protocol, in seconds."""

    socket_keepalive: float = 25.0
    """How long a WebSocket's client may be silent before it is pinged; silent as long again, it is
    given up. In seconds."""

    heartbeat: float = 10.0
    """How long a stream over HTTP may say nothing before it gives a sign of life, in seconds."""

    incremental: bool = True
    """Whether ``@defer`` and ``@stream`` give an answer in parts, which takes more of the processor
    in all; without, they are known and do nothing."""

    poll_interval: float = 1.0
    """Time between two looks at what a subscription follows and a source doesn't tell of, in
    seconds; longer while nothing changes."""

    max_upload: int = 1024 * 1024 * 1024
    """Largest file that is passed on to a source, in bytes."""

    upload_timeout: float = 1800.0
    """Longest time for passing a file on, or back, in seconds."""

    public_url: str = ""
    """Where clients reach the server, for example ``https://graph.example.com``: addresses for
    files begin with it, or are paths without it."""

    ledger: str = ""
    """File that keeps what is remembered between operations, which all processes of a server
    share; left out, it is kept in memory, or in a file as long as the server runs."""

    mode: str = "development"
    """``development`` shows all of itself to everybody; ``production`` hides what only helps who
    looks for a way in. The next five override it where they are given."""

    introspection: bool | None = None
    """Whether the schema can be asked about itself by everybody; by who presents the gateways'
    secret, or a token with the scope ``introspect``, it always can."""

    suggestions: bool | None = None
    """Whether errors say which name of the schema may have been meant."""

    explorer: bool | None = None
    """Whether browsers get GraphiQL."""

    sdl: bool | None = None
    """Whether ``_service`` is answered to everybody; to who presents the gateways' secret, or a
    token with the scope ``introspect``, it always is."""

    traces: bool | None = None
    """Whether Apollo's federation traces are told to everybody who asks for them; to who presents
    the gateways' secret, they always are."""

    gateway_secret: Secret | None = None
    """What gateways present as ``router-authorization``."""

    authentication: Authentication | None = None
    """Whose tokens callers present; without, nobody is asked who they are."""

    documents: Sequence[str] = ()
    """Files with the operations that clients were built with, which are asked by their ids; paths
    begin where the server was started."""

    only_trusted: bool = False
    """Whether nothing but the operations in ``documents`` is taken, except from gateways; where
    there are none, nothing but what gateways ask."""

    automatic_documents: bool = True
    """Whether clients may register operations by their hashes (automatic persisted queries)."""

    limits: Mapping[str, int] = field(default_factory=dict)
    """How large a document may be, where that is other than the server's defaults, by the names of
    ``graph.limits``."""

    gateway_limits: Mapping[str, int] = field(default_factory=dict)
    """How large a gateway's may be, where that is other than a multiple of ``limits``; see
    ``graph.policies``."""

    max_ages: Mapping[str, int] = field(default_factory=dict)
    """For how many seconds answers with records of a type may be kept, where that is other than
    the server's defaults, by the names of types; 0 keeps none."""
    concurrency: int = CONCURRENCY
    """How many calls each source may have under way at once, of all operations; others wait."""

    single_flight: bool = True
    """Whether equal reads of a source under way at once share one request."""

    explain: bool = False
    """Whether ``x-explain: upstream`` is answered, which shows callers what was asked of the
    sources."""


class _File(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A settings file; what it leaves out has the default that ``Settings`` gives."""

    sources: list[dict[str, Any]] = []
    call_timeout: float | msgspec.UnsetType = msgspec.UNSET
    request_timeout: float | msgspec.UnsetType = msgspec.UNSET
    mutation_timeout: float | msgspec.UnsetType = msgspec.UNSET
    budget: int | msgspec.UnsetType = msgspec.UNSET
    largest_page: int | msgspec.UnsetType = msgspec.UNSET
    arrival_timeout: float | msgspec.UnsetType = msgspec.UNSET
    max_body: int | msgspec.UnsetType = msgspec.UNSET
    max_upload: int | msgspec.UnsetType = msgspec.UNSET
    upload_timeout: float | msgspec.UnsetType = msgspec.UNSET
    public_url: str | msgspec.UnsetType = msgspec.UNSET
    ledger: str | msgspec.UnsetType = msgspec.UNSET
    origins: list[str] | msgspec.UnsetType = msgspec.UNSET
    hosts: list[str] | msgspec.UnsetType = msgspec.UNSET
    streams: int | msgspec.UnsetType = msgspec.UNSET
    sockets: int | msgspec.UnsetType = msgspec.UNSET
    socket_operations: int | msgspec.UnsetType = msgspec.UNSET
    socket_patience: float | msgspec.UnsetType = msgspec.UNSET
    socket_keepalive: float | msgspec.UnsetType = msgspec.UNSET
    heartbeat: float | msgspec.UnsetType = msgspec.UNSET
    incremental: bool | msgspec.UnsetType = msgspec.UNSET
    poll_interval: float | msgspec.UnsetType = msgspec.UNSET
    mode: Literal["development", "production"] | msgspec.UnsetType = msgspec.UNSET
    introspection: bool | msgspec.UnsetType = msgspec.UNSET
    suggestions: bool | msgspec.UnsetType = msgspec.UNSET
    explorer: bool | msgspec.UnsetType = msgspec.UNSET
    sdl: bool | msgspec.UnsetType = msgspec.UNSET
    traces: bool | msgspec.UnsetType = msgspec.UNSET
    gateway_secret: str | msgspec.UnsetType = msgspec.UNSET
    authentication: Authentication | msgspec.UnsetType = msgspec.UNSET
    documents: list[str] | msgspec.UnsetType = msgspec.UNSET
    only_trusted: bool | msgspec.UnsetType = msgspec.UNSET
    automatic_documents: bool | msgspec.UnsetType = msgspec.UNSET
    limits: dict[str, int] | msgspec.UnsetType = msgspec.UNSET
    gateway_limits: dict[str, int] | msgspec.UnsetType = msgspec.UNSET
    max_ages: dict[str, int] | msgspec.UnsetType = msgspec.UNSET
    concurrency: int | msgspec.UnsetType = msgspec.UNSET
    single_flight: bool | msgspec.UnsetType = msgspec.UNSET
    explain: bool | msgspec.UnsetType = msgspec.UNSET


def read_settings(path: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in a TOML file; ``env:NAME`` in place of a value takes it from the environment.

    Raises:
        SettingsError: where the file is missing, isn't TOML, or says something that can't be.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path}: no such file; README shows what to put there") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from None
    try:
        return make_settings(data, environment)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None


def make_settings(data: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Settings out of plain data, as a TOML file holds it.

    Raises:
        SettingsError: as ``read_settings``.
    """
    for table in NUMBERS:
        _refuse_other_than_numbers(table, data.get(table))
    if isinstance(trusted := data.get("authentication"), dict):
        where = "authentication"
        own = {name: _filled(where, name, each, environment) for name, each in trusted.items()}
        data = {**data, where: own}
    try:
        file = msgspec.convert(data, _File)
    except msgspec.ValidationError as error:
        raise SettingsError(_explained(error, _File)) from None
    sources = [_source(at, entry, environment) for at, entry in enumerate(file.sources)]
    names = [source.name for source in sources]
    if not names:
        raise SettingsError("there is no [[sources]] entry; add one for each account")
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise SettingsError(f"several sources are called {', '.join(doubled)}; names are unique")
    terms = {name: getattr(file, name) for name in _File.__struct_fields__ if name != "sources"}
    given = {name: value for name, value in terms.items() if value is not msgspec.UNSET}
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if not 0 < value < math.inf:
            raise SettingsError(f"{name} must be more than 0, and finite")
    if (url := given.get("public_url")) and not _is_base(url):
        raise SettingsError("public_url must be an address such as https://graph.example.com")
    if (ledger := given.get("ledger")) and not Path(ledger).absolute().parent.is_dir():
        raise SettingsError(f"ledger is {ledger!r}, in a folder that isn't there: make it first")
    for origin in given.get("origins", ()):
        if not _is_origin(origin):
            raise SettingsError(
                f"origins has {origin!r}; an origin is what a browser calls a site, such as "
                "https://app.example.com"
            )
    for host in given.get("hosts", ()):
        if not HOST.fullmatch(host):
            raise SettingsError(
                f"hosts has {host!r}; a host is a name without scheme and port, such as "
                "graph.example.com or *.example.com"
            )
    if "gateway_secret" in given:
        given["gateway_secret"] = _gateway_secret(given["gateway_secret"], environment)
    if given.get("only_trusted") and not (given.get("documents") or "gateway_secret" in given):
        raise SettingsError(
            "only_trusted needs documents, or a gateway_secret: nothing else would be taken"
        )
    if "gateway_limits" in given and "gateway_secret" not in given:
        raise SettingsError("gateway_limits needs a gateway_secret, by which a gateway is known")
    settings = Settings(sources=sources, **given)
    if settings.largest_page > 1000:
        raise SettingsError("largest_page can be 1000 at most")
    return settings


NUMBERS = ("limits", "gateway_limits", "max_ages")
"""Settings that are tables of whole numbers."""


def _refuse_other_than_numbers(table: str, given: Any) -> None:
    for name, value in given.items() if isinstance(given, dict) else ():
        if isinstance(value, bool) or not isinstance(value, int):
            raise SettingsError(f"{table}.{name} is {value!r}; it must be a whole number")


def _source(at: int, entry: Mapping[str, Any], environment: Mapping[str, str]) -> Any:
    where = f"sources[{at}]"
    provider = entry.get("provider")
    if not isinstance(provider, str) or provider not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise SettingsError(f"{where}.provider is {provider!r}; it must be one of {known}")
    filled = {name: _filled(where, name, value, environment) for name, value in entry.items()}
    kind: Any = PROVIDERS[provider].settings
    try:
        source = msgspec.convert(filled, kind, dec_hook=_secret)
    except msgspec.ValidationError as error:
        # The message names types and fields; of values, only a choice that there isn't.
        raise SettingsError(f"{where} ({provider}): {_explained(error, kind)}") from None
    name = getattr(source, "name", "")
    if not NAME.fullmatch(name):
        raise SettingsError(
            f"{where}.name is {name!r}; use small letters, digits and hyphens, at most 63"
        )
    for name in kind.__struct_fields__:
        if getattr(source, name) == "":
            raise SettingsError(f"{where}.{name} is empty; fill it, or leave it out")
    if not _is_base(source.base_url):
        raise SettingsError(
            f"{where}.base_url must be an address such as https://api.example.com, without a query"
        )
    return source


_NO_CHOICE = re.compile(r"Invalid enum value (?P<value>.*) - at `\$\.(?P<name>\w+).*`", re.DOTALL)


def _explained(error: msgspec.ValidationError, kind: type) -> str:
    """What is wrong with a setting; where it is one of a few, which there are."""
    found = _NO_CHOICE.fullmatch(str(error))
    known = ", ".join(_choices(get_type_hints(kind).get(found["name"]))) if found else ""
    if found is None or not known:
        return str(error)
    return f"{found['name']} is {found['value']}; it must be one of {known}"


def _choices(hint: Any) -> Iterator[str]:
    """The texts that a type allows, in its order."""
    if get_origin(hint) is Literal:
        yield from map(str, get_args(hint))
    else:
        for part in get_args(hint):
            yield from _choices(part)


def _is_base(url: str) -> bool:
    """Whether a URL is one that paths can be put behind."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        known = known and "@" not in parts.netloc  # credentials have places of their own
    except ValueError:
        return False
    return (
        bool(known)
        and not parts.query
        and not parts.fragment
        and url.isprintable()
        and " " not in url
    )


def _is_origin(text: str) -> bool:
    """Whether a text is what browsers send as a page's origin (RFC 6454, section 6.2)."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.hostname) and text == f"{parts.scheme}://{parts.netloc}".lower()


def _filled(where: str, name: str, value: Any, environment: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_filled(where, name, each, environment) for each in value]
    if not isinstance(value, str) or not value.startswith("env:"):
        return value
    variable = value.removeprefix("env:")
    if variable not in environment:
        place = f"{where}.{name}" if where else name
        raise SettingsError(
            f"{place} takes its value from the environment variable {variable}, which is not set"
        )
    return environment[variable]


SHORTEST_SECRET = 16
"""Least characters of a secret that whoever reaches the server may try to guess."""


def _gateway_secret(value: str, environment: Mapping[str, str]) -> Secret:
    filled = _filled("", "gateway_secret", value, environment)
    if len(filled) < SHORTEST_SECRET:
        raise SettingsError(f"gateway_secret must have {SHORTEST_SECRET} characters at least")
    try:
        found: Secret = _secret(Secret, filled)
    except ValueError as error:
        raise SettingsError(f"gateway_secret: {error}") from None
    return found


def _secret(kind: type, value: Any) -> Any:
    if kind is Secret and isinstance(value, str):
        if not value.isascii() or not value.isprintable() or not value.strip():
            raise ValueError("a credential must be printable ASCII text, and not empty")
        return Secret(value)
    raise TypeError("expected text")


def provider_of(source: Any) -> str:
    """Name of the provider that a source's settings are for."""
    return next(name for name, entry in PROVIDERS.items() if isinstance(source, entry.settings))


def open_sources(settings: Settings, transport: Transport | None = None) -> dict[str, Client]:
    """Open every source, by name, in order. ``transport`` replaces the network."""
    return {name: client for name, client in _opened(settings, transport)}


def open_senders(settings: Settings) -> dict[str, Sender]:
    """How providers write to us, by source: those whose messages can be told from others'."""
    found = {each.name: PROVIDERS[provider_of(each)].sender(each) for each in settings.sources}
    return {name: sender for name, sender in found.items() if sender is not None}


def _opened(settings: Settings, transport: Transport | None) -> Iterator[tuple[str, Client]]:
    for source in settings.sources:
        provider = provider_of(source)
        http = partial(
            open_http,
            source=source.name,
            provider=provider,
            transport=transport,
            timeout=settings.call_timeout,
            concurrency=settings.concurrency,
            single_flight=settings.single_flight,
        )
        yield source.name, PROVIDERS[provider].client(source, http)
