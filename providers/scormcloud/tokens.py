"""OAuth2 tokens: asked for when first needed, kept while they last, asked for once by many at once.

https://cloud.scorm.com/docs/v2/reference/swagger/ (OAUTH, flow ``application``). Tokens are signed,
not stored: SCORM Cloud can't take one back, so they are short-lived.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from providers.base import Ask
from providers.errors import DETAILS, Kind, ProviderError
from providers.http import Http
from providers.secrets import Header, Secret, bearer

ROUTE = "/oauth/authenticate/application/token"

LIFETIME = 300
"""Seconds that a token is asked for: SCORM Cloud's own default."""

MARGIN = 30
"""Seconds before its end at which a token is no longer used; half of its life, if that is less."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token, and when to ask for the next one, on the clock of ``Tokens``."""

    header: Secret
    renew_at: float


class Tokens:
    """Signs in with a token that is renewed before it ends.

    Calls that come while a token is being asked for wait for that one. If it can't be had, they all
    fail, and the next call asks anew. Who gives up waiting leaves the others their token.
    """

    def __init__(
        self,
        application: Secret,
        scopes: Sequence[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``application`` is the header of HTTP basic authentication that tokens are asked for
        with."""
        self._application = Header({"authorization": application})
        self._form = {"scope": " ".join(scopes), "expiration": str(LIFETIME)}
        self._clock = clock
        self._token: Token | None = None
        self._flight: asyncio.Task[Token] | None = None

    async def headers(self, http: Http, ask: Ask) -> Mapping[str, str]:
        """The header with a token that is still good for a while.

        Raises:
            ProviderError: where no token can be had.
        """
        token = self._token
        if token is None or self._clock() >= token.renew_at:
            token = await self._wait(http, ask)
        return {"authorization": token.header.reveal()}

    def refused(self, headers: Mapping[str, str]) -> None:
        """Forget the token that was sent: the provider doesn't accept it.

        A newer one, which was asked for while the call was under way, stays.
        """
        token = self._token
        if token is not None and token.header.reveal() == headers.get("authorization"):
            self._token = None

    def close(self) -> None:
        """Stop asking for a token."""
        if self._flight is not None:
            self._flight.cancel()

    async def _wait(self, http: Http, ask: Ask) -> Token:
        mine = self._flight is None
        if self._flight is None:
            self._flight = asyncio.get_running_loop().create_task(self._fetch(http, ask))
            self._flight.add_done_callback(self._landed)
        try:
            async with asyncio.timeout_at(ask.deadline):
                return await asyncio.shield(self._flight)
        except TimeoutError:
            raise ProviderError(Kind.DEADLINE_EXCEEDED, DETAILS[Kind.DEADLINE_EXCEEDED]) from None
        except ProviderError as error:
            # Whoever asked had no calls left; that says nothing of the operations that waited
            # along.
            if error.kind is Kind.BUDGET_EXCEEDED and not mine:
                return await self._wait(http, ask)
            raise _again(error) from None

    def _landed(self, flight: asyncio.Task[Token]) -> None:
        self._flight = None
        if not flight.cancelled() and flight.exception() is None:
            self._token = flight.result()

    async def _fetch(self, http: Http, ask: Ask) -> Token:
        # The call counts for whoever needed it first. Its time is that of a call, not of that
        # operation, since others wait for it too.
        unhurried = replace(ask, deadline=None)
        asked_at = self._clock()
        answer = await http.post_form(unhurried, ROUTE, self._form, self._application)
        return _token(answer.body, asked_at)


def _token(body: Any, asked_at: float) -> Token:
    """https://cloud.scorm.com/docs/v2/reference/swagger/ : ApplicationToken."""
    said = body if isinstance(body, Mapping) else {}
    token, lasts = said.get("access_token"), said.get("expires_in", LIFETIME)
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise ProviderError(Kind.BAD_RESPONSE, "the provider's answer holds no token")
    if isinstance(lasts, bool) or not isinstance(lasts, int | float) or not lasts > 0:
        raise ProviderError(Kind.BAD_RESPONSE, "the provider's token has no lifetime")
    return Token(bearer(Secret(token)), asked_at + max(lasts - MARGIN, lasts / 2))


def _again(error: ProviderError) -> ProviderError:
    """The same error, for one of several who wait: each names it and places it for itself."""
    return ProviderError(
        error.kind, error.detail, status=error.status, retry_after=error.retry_after
    )
