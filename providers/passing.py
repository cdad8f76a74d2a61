"""What may be passed on to a learning system in a caller's name: never another host, never another
place than the one that the path says, never other credentials than the source's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import unquote, urlencode

from providers.base import Refusal


class PassthroughMethod(Enum):
    """How a request is made that is passed on."""

    GET = "GET"
    """Read something."""

    POST = "POST"
    """Make or do something."""

    PUT = "PUT"
    """Put something in a place."""

    PATCH = "PATCH"
    """Change parts of something."""

    DELETE = "DELETE"
    """Delete something."""

    HEAD = "HEAD"
    """Read what is said of something, without the thing itself."""

    OPTIONS = "OPTIONS"
    """Ask what can be done to something."""


class PassthroughFormat(Enum):
    """What a request or an answer is made of."""

    JSON = "JSON"
    """JSON, as a value."""

    XML = "XML"
    """XML, as text."""

    MULTIPART = "MULTIPART"
    """A form in several parts: sent as an object of its fields, answered as text."""

    BINARY = "BINARY"
    """Bytes: in answers only."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What a learning system answered."""

    status: int | None
    """HTTP status, where the provider tells it."""
    headers: Sequence[Pair] = ()
    body: Any = None
    """JSON, or text."""
    errors: Any = None
    """What went wrong there, as the provider tells it."""
    media_type: str | None = None
    content: bytes | None = None
    """The body's bytes, where these were asked for instead."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A header."""

    name: str
    value: str


SWITCHED_OFF = (
    "passing on requests of one's own is switched off; `passthrough = true` among the source's "
    "settings switches it on"
)

LONGEST_PATH = 8_000
"""In characters, parameters included."""

OURS = frozenset(
    (
        "accept-encoding authorization connection content-length cookie cookie2 expect forwarded"
        " host keep-alive origin referer set-cookie te trailer transfer-encoding upgrade via"
        " x-account-id x-connector-token x-host x-original-host x-original-url x-rewrite-url"
    ).split()
)
"""Headers that are the connection's, say who asks, or lead to another place than the path does:
the provider's own to set.

https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
"""

PREFIXES = ("proxy-", "sec-", "x-forwarded-", "x-http-method")

_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2"""


def refusals(path: str, headers: Sequence[Mapping[str, str]]) -> list[Refusal]:
    """Why a request is not passed on, if so."""
    found = [] if is_path(path) else [Refusal(["path"], PATH)]
    names: set[str] = set()
    for at, header in enumerate(headers):
        name = header["name"].lower()
        if name in OURS or name.startswith(PREFIXES):
            found.append(Refusal(["headers", str(at), "name"], "it is not a caller's to set"))
        elif not name or not _TOKEN.issuperset(name):
            found.append(Refusal(["headers", str(at), "name"], "it is no header's name"))
        elif name in names:
            found.append(Refusal(["headers", str(at), "name"], "it is there already"))
        elif not (header["value"].isascii() and header["value"].isprintable()):
            found.append(Refusal(["headers", str(at), "value"], "it must be printable ASCII"))
        names.add(name)
    return found


PATH = "it must be a path from the root, such as /api/v2/groups, without dot segments"


def is_path(path: str) -> bool:
    """Whether a text is a path from a host's root that leads where it says.

    Whatever a server may unquote, once or twice, is looked at as well.
    """
    if not path.startswith("/") or len(path) > LONGEST_PATH or not path.isprintable():
        return False
    place = path.partition("?")[0]
    once = unquote(place)
    for form in (place, once, unquote(once)):
        if "\\" in form or "#" in form or "//" in form or not form.isprintable():
            return False
        if {".", ".."} & {each.partition(";")[0] for each in form.split("/")}:
            return False
    return not any(each in path for each in " \\#")


def with_parameters(path: str, parameters: Sequence[Mapping[str, str]]) -> str:
    """A path with parameters behind it."""
    if not parameters:
        return path
    query = urlencode([(each["name"], each["value"]) for each in parameters])
    return f"{path}{'&' if '?' in path else '?'}{query}"


HIDDEN = frozenset({"set-cookie", "set-cookie2", "authorization", "www-authenticate"})
"""Headers of answers that are not shown: they carry sessions."""


def shown(headers: Any) -> list[Pair]:
    """The headers of an answer that may be shown."""
    rows = headers.items() if isinstance(headers, Mapping) else ()
    return [
        Pair(str(name), value if isinstance(value, str) else str(value))
        for name, value in rows
        if str(name).lower() not in HIDDEN and not str(name).lower().startswith("proxy-")
    ]
