"""One connector at Bindbee: signing in, walking through pages, and what belongs to the account.

https://docs.bindbee.dev/basics/connectors
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import msgspec

from providers.base import Ask
from providers.bindbee import reading as tables
from providers.bindbee.models import LARGEST_PAGE
from providers.bindbee.reading import Connector, Integration
from providers.errors import Kind, ProviderError
from providers.http import Answer, Http
from providers.reading import Reading
from providers.secrets import Header, Secret, bearer
from providers.typed import Bodies, Body, Envelope, unread
from providers.webhooks import Secrets

T = TypeVar("T")

API = "/api/lms/v1"

PAGE = Envelope("items", rest=("cursor",))
"""https://docs.bindbee.dev/basics/pagination"""


class Settings(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="provider", tag="bindbee",
    forbid_unknown_fields=True,
):  # fmt: skip
    """A connector at Bindbee, and the API key of its environment."""

    name: str
    api_key: Secret
    connector_token: Secret
    base_url: str = "https://api.bindbee.dev"
    """The European region is ``https://api-eu.bindbee.dev``; a connector lives in one region."""
    connector_id: str | None = None
    """Id of the connector, which webhooks name it by."""
    webhook_secrets: Secrets = ()
    """The organisation's signature key; two while one replaces the other. Without any, webhooks are
    not taken."""

    passthrough: bool = False
    """Whether requests of callers' own making may be passed to the learning system."""
    manage_connectors: bool = False
    """Whether the connector may be deleted."""

    def __post_init__(self) -> None:
        if self.webhook_secrets and self.connector_id is None:
            raise ValueError("webhook_secrets needs connector_id: webhooks name connectors by it")


class Connected:
    """One connector, and the API key of its environment."""

    provider = "bindbee"

    def __init__(self, settings: Settings, http: Callable[..., Http]) -> None:
        self.source = settings.name
        self.passes = settings.passthrough
        self.manages = settings.manage_connectors
        self._token = settings.connector_token
        authorization = bearer(settings.api_key)
        self.key = Header({"authorization": authorization})
        signed = {"authorization": authorization, "x-connector-token": settings.connector_token}
        self.http = http(base_url=settings.base_url, credentials=Header(signed))
        self._bodies = Bodies()

    async def close(self) -> None:
        """Close the connections."""
        await self.http.close()

    def error(self, kind: Kind, detail: str) -> ProviderError:
        """An error of this source's."""
        return ProviderError(kind, detail, source=self.source, provider=self.provider)

    async def connector(
        self, ask: Ask, *, is_active: bool | None = None, origin_id: str | None = None
    ) -> Connector | None:
        """GET /connectors, of which only the source's own is taken: the others belong to others.
        None where the own one doesn't pass these filters.

        The filter ``connector_token`` would find it as well, but would put a credential into a URL,
        which servers log. https://docs.bindbee.dev/basics/connectors
        """
        active = None if is_active is None else str(is_active).lower()
        params = {"is_active": active, "origin_id": origin_id}
        async for rows in self._walk(partial(self._account_page, ask, "connectors"), params):
            for row in rows:
                if isinstance(row, Mapping) and row.get("connector_token") == self._token.reveal():
                    return tables.CONNECTOR.read(row, Reading(self.source, ask))
        return None

    async def integrations(self, ask: Ask) -> Sequence[Integration]:
        """GET /integrations: the systems that can be connected to."""
        found: list[Integration] = []
        async for rows in self._walk(partial(self._account_page, ask, "integrations"), {}):
            found += tables.INTEGRATION.read_all(rows, Reading(self.source, ask))
        return found

    async def _account_page(
        self, ask: Ask, path: str, params: Mapping[str, str | None]
    ) -> tuple[list[Any], str | None]:
        """One page's rows, as they came, of what belongs to the API key, not to the connector."""
        decode = partial(unread, PAGE)
        return opened(
            await self.http.get(
                ask, f"{API}/{path}", params=params, credentials=self.key, decode=decode
            )
        )

    async def _walk(
        self,
        read: Callable[[Mapping[str, str | None]], Awaitable[tuple[list[T], str | None]]],
        params: Mapping[str, str | None],
    ) -> AsyncIterator[list[T]]:
        """Every page's rows. A cursor that comes again ends the walk with an error."""
        seen: set[str | None] = set()
        cursor: str | None = None
        while cursor not in seen:
            seen.add(cursor)
            rows, cursor = await read({**params, "page_size": str(LARGEST_PAGE), "cursor": cursor})
            yield rows
            if cursor is None:
                return
        raise self.error(Kind.BAD_RESPONSE, "the provider's pages run in a circle")


def opened(answer: Answer) -> tuple[list[Any], str | None]:
    """Rows and cursor of a page. https://docs.bindbee.dev/basics/pagination"""
    body: Body[Any] = answer.body
    if body.records is None:
        raise ProviderError(Kind.BAD_RESPONSE, "the provider's page has no items")
    cursor = body.rest["cursor"]
    if cursor is not None and not isinstance(cursor, str):
        raise ProviderError(Kind.BAD_RESPONSE, "the provider's page has a cursor that is no text")
    answer.call.rows = body.count
    return body.records, cursor or None
