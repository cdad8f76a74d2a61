"""One linked account at StackOne: signing in, and what all that is asked of it shares."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import Struct

from providers.base import Ask
from providers.content import json
from providers.errors import Kind, ProviderError
from providers.http import Answer, Http
from providers.passing import SWITCHED_OFF
from providers.secrets import Header, Secret, basic
from providers.stackone.lists import API, UNKNOWN_ACCOUNT, Lists
from providers.stackone.resources import NEWER, OLDER, Generation
from providers.webhooks import Secrets


class Settings(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="provider", tag="stackone",
    forbid_unknown_fields=True,
):  # fmt: skip
    """A linked account at StackOne, and the API key of its project."""

    name: str
    api_key: Secret
    account_id: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,255}$")]
    """Goes into a header and a path, so it is printable ASCII without blanks."""
    generation: Generation = NEWER
    """Which state of the unified API the account speaks: of December 2025, or of June 2025."""
    passthrough: bool = False
    """Whether requests of callers' own making may be passed to the learning system."""
    base_url: str = "https://api.stackone.com"
    webhook_secrets: Secrets = ()
    """Signing secret of the webhook; two while one replaces the other. Without any, webhooks are
    not taken."""


class Linked:
    """One linked account."""

    provider = "stackone"

    def __init__(self, settings: Settings, http: Callable[..., Http]) -> None:
        self.source = settings.name
        self.generation = settings.generation
        self.passes = settings.passthrough
        self.pause: Callable[[float], Any] = asyncio.sleep
        """Waits so many seconds, between looks at what becomes of a batch."""
        self.system: str | None = None
        """Name of the learning system behind the account, once it was told."""
        self._account_id = settings.account_id
        signed = {
            # The key is the user name, the password is empty.
            # https://docs.stackone.com/api/authentication
            "authorization": basic(settings.api_key.reveal()),
            "x-account-id": Secret(settings.account_id),
        }
        self.http = http(base_url=settings.base_url, credentials=Header(signed))
        self.lists = Lists(self.http, self.generation)

    async def close(self) -> None:
        """Close the connections."""
        await self.http.close()

    @property
    def is_older(self) -> bool:
        """Whether it speaks the API of June 2025."""
        return self.generation == OLDER

    async def change(
        self, ask: Ask, method: str, route: str, *keys: str, body: Struct | None = None
    ) -> Answer:
        """Send a change below ``/unified/lms``.

        Raises:
            ProviderError: as any change. ``UNSUPPORTED`` names the learning system, if that is
                known; a path without keys that isn't there is the account's fault.
        """
        content = None if body is None else json(body)
        try:
            return await self.http.change(ask, method, API + route, *keys, content=content)
        except ProviderError as error:
            if error.kind is Kind.UNSUPPORTED:
                system = self.system or "the learning system behind the account"
                error.detail = f"{system} doesn't offer this ({method} {route})"
            elif error.kind is Kind.NOT_FOUND and not keys:
                raise self.error(Kind.AUTH_FAILED, NOT_THERE, error.status) from None
            raise

    def error(self, kind: Kind, detail: str, status: int | None = None) -> ProviderError:
        """An error of this source's."""
        return ProviderError(
            kind, detail, source=self.source, provider=self.provider, status=status
        )

    def needs_passing(self) -> None:
        """Refuse where the settings let nothing of callers' own making through.

        Raises:
            ProviderError: ``UNSUPPORTED``.
        """
        if not self.passes:
            raise self.error(Kind.UNSUPPORTED, SWITCHED_OFF)


NOT_THERE = f"{UNKNOWN_ACCOUNT}, and generation, on which it depends what can be written"
