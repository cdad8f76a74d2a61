"""Which pages may speak to the server: those of its own site, and of the origins that are named.

A browser lets any page send what a form or an image could send, with the user's cookies and from
inside the user's network, and open a WebSocket. What isn't so simple it asks about beforehand, and
answers are shown to pages of other origins only where these allow it.
https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.requests import Unreadable

RawHeaders = Iterable[tuple[bytes, bytes]]
"""Headers as ASGI gives them, the names in small letters."""

PREFLIGHT = (b"apollo-require-preflight", b"x-apollo-operation-name")
"""Headers that no simple request has: who sends one was asked about beforehand, or is no page."""

_SIMPLE = {"", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded"}

AGE = 7200
"""How long a browser may remember what it was allowed, in seconds; Chromium takes no more."""

_NAMES = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,500}")
_EXPOSED = b"x-request-id, retry-after, www-authenticate"


def is_welcome(headers: RawHeaders, origins: Sequence[str]) -> bool:
    """Whether the page that opens a socket may: one of the same site, or of these origins.

    Browsers let any page open a socket anywhere, and send the user's cookies along; all that tells
    such a page from another is this header. Who sends none is no page.
    https://owasp.org/www-community/attacks/Cross-site_WebSocket_hijacking_(CSWSH)
    """
    found = _found(headers)
    return b"origin" not in found or _is_known(found, origins)


def _found(headers: RawHeaders) -> dict[bytes, str]:
    return {name: value.decode("latin-1").lower() for name, value in headers}


def _is_known(found: dict[bytes, str], origins: Sequence[str]) -> bool:
    origin = found[b"origin"]
    if origin in origins:
        return True
    try:
        # Not the scheme: what stands in front of the server may speak TLS for it.
        return bool(site := urlsplit(origin).netloc) and site == found.get(b"host")
    except ValueError:
        return False


def refuse_forgery(headers: RawHeaders, origins: Sequence[str]) -> None:
    """Refuse a request without a body that a page of another site could have made unasked.

    As Apollo Server does, it is taken with a header, or a content type, that browsers ask about
    beforehand. Without one, Apollo Server refuses programs as well; here only a browser has to say
    that the page is of the same site, which every one does over TLS and on localhost (``Sec-Fetch-
    Site``), so that GraphQL over HTTP's plain GET, and gateways that follow events by it, work.
    https://www.apollographql.com/docs/apollo-server/security/cors#preventing-cross-site-request-forgery-csrf

    Raises:
        Unreadable: with status 400.
    """
    if not _is_safe(_found(headers), origins):
        raise Unreadable(
            400,
            "This could be a page of another site asking in its user's name: send it by POST, or"
            " with the header `apollo-require-preflight: true`.",
        )


def _is_safe(found: dict[bytes, str], origins: Sequence[str]) -> bool:
    if any(found.get(each) for each in PREFLIGHT):
        return True
    if found.get(b"content-type", "").partition(";")[0].strip() not in _SIMPLE:
        return True
    if b"origin" in found:
        return _is_known(found, origins)
    if b"sec-fetch-site" in found:
        return found[b"sec-fetch-site"] in ("same-origin", "none")  # none: the user's own doing
    return not found.get(b"user-agent", "").startswith("mozilla/")


class Shared:
    """An application whose answers are shown to pages of these origins too.

    No credentials are allowed: the graph reads no cookies.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.app = app
        self.origins = {each.encode() for each in origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what browsers ask beforehand, and mark the other answers."""
        asked = {name: value for name, value in scope["headers"] if name in _ASKED}
        origin = asked.get(b"origin")
        known = origin is not None and origin in self.origins
        wished = asked.get(b"access-control-request-method")
        if origin is not None and known and wished is not None and scope["method"] == "OPTIONS":
            await send(_allowing(origin, wished, asked.get(_HEADERS, b"")))
            await send({"type": "http.response.body", "body": b""})
            return
        marks = [(b"vary", b"Origin")]
        if origin is not None and known:
            marks += [
                (b"access-control-allow-origin", origin),
                (b"access-control-expose-headers", _EXPOSED),
            ]

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *marks]}
            await send(message)

        await self.app(scope, receive, marked)


_HEADERS = b"access-control-request-headers"
_ASKED = (b"origin", b"access-control-request-method", _HEADERS)


def _allowing(origin: bytes, method: bytes, headers: bytes) -> Message:
    """The answer that allows a page what it is about to do. Which methods there are, its address
    says."""
    found = [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-methods", b"GET, POST, PUT"),
        (b"access-control-max-age", b"%d" % AGE),
        (b"vary", b"Origin, Access-Control-Request-Headers"),
        (b"content-length", b"0"),
    ]
    if _NAMES.fullmatch(headers):
        found.append((b"access-control-allow-headers", headers))
    return {"type": "http.response.start", "status": 204, "headers": found}
