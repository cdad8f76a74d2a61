"""By which names browsers may ask the server: its own, and none that a page could have made up.

A page can have the name of its own site lead to any address, that of this machine too, after it
was loaded (DNS rebinding). What it asks then is no other site's, and the answers are its own to
read. All that tells such a request is the name in ``Host``, which no page can choose freely. An
address is as good as a name of ours: no page can have it lead elsewhere.

Programs, and what stands before the server, may call it what they like where they can't be taken
for a page: gateways with their secret, others by POST, without what browsers say of themselves. A
page's GET may say nothing of it, since browsers say where it comes from (``Sec-Fetch-Site``) only
over TLS and on localhost.
https://owasp.org/www-community/attacks/DNS_Rebinding
https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from graph import answers, requests
from graph.accepted import accepted
from graph.policies import SECRET, Policies
from graph.requests import PLAIN_JSON, READING, Unreadable
from providers.sources import Settings

LOCAL = "localhost", "*.localhost"
"""Names that lead to this machine and nowhere else (RFC 6761, section 6.3)."""

MOST_SEEN = 1_000
"""Values of ``Host`` that are remembered as known."""

_SECRET = SECRET.encode()

_QUOTED = 100
"""Characters of a name that a message repeats, at most."""


class Names:
    """The names that a server is known by."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take names, where ``*.`` stands for any below the rest."""
        listed = {each.lower() for each in (*LOCAL, *names)}
        self.exact = {each for each in listed if not each.startswith("*.")}
        self.endings = tuple(each[1:] for each in listed if each.startswith("*."))
        self._seen: set[bytes] = set()

    @classmethod
    def of(cls, settings: Settings) -> Names:
        """The names in settings: a site that may ask is no stranger under its own name, either."""
        addresses = [settings.public_url, *settings.origins]
        hosts = [urlsplit(each).hostname for each in addresses]
        return cls([*settings.hosts, *(each for each in hosts if each)])

    def has(self, host: bytes) -> bool:
        """Whether a ``Host`` is one of them, with any port, or an address."""
        if host in self._seen:
            return True
        found = self._is_known(host.decode("latin-1").lower())
        if found and len(self._seen) < MOST_SEEN:
            self._seen.add(host)
        return found

    def _is_known(self, host: str) -> bool:
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        name = name.removesuffix(".")
        return name in self.exact or name.endswith(self.endings) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name[1:-1] if name.startswith("[") and name.endswith("]") else name)
    except ValueError:
        return False
    return True


class Addressed:
    """An application for HTTP and WebSockets that no page reaches under a name of the page's."""

    def __init__(self, app: ASGIApp, settings: Settings, policies: Policies) -> None:
        self.app = app
        self.policies = policies
        self.names = Names.of(settings)
        self.origins = {each.encode() for each in settings.origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        for name, value in scope["headers"]:
            if name == b"host" and not self.names.has(value) and self._may_be_a_page(scope):
                await _refuse(value, scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _may_be_a_page(self, scope: Scope) -> bool:
        """Whether a page may have asked this that isn't of a site which may ask."""
        found = dict(scope["headers"])
        if self.policies.is_gateway(found.get(_SECRET, b"")):  # which no page knows
            return False
        if (origin := found.get(b"origin")) is not None:
            return origin not in self.origins
        if scope["type"] == "websocket":  # browsers open none without an origin
            return False
        return scope["method"] in READING or b"sec-fetch-site" in found


async def _refuse(host: bytes, scope: Scope, receive: Receive, send: Send) -> None:
    name = host.decode("latin-1")[:_QUOTED]
    error = Unreadable(
        421,
        f"Browsers may not ask this server as `{name}`, which could be the name of any page's site."
        " If it is the server's, add it to `hosts` in the settings; programs may ask by POST.",
    )
    headers = requests.headers(scope["headers"])
    wanted = accepted(headers.accept).json or PLAIN_JSON
    refusal = answers.refusal(error, wanted, requests.request_id(headers.request_id))
    if scope["type"] == "websocket":
        await refusal.deny(scope, receive, send)
    else:
        await refusal.send(send)
