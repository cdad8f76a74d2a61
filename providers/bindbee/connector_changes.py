"""What is done to a connector itself: it is synced once more, and deleted.

https://docs.bindbee.dev/basics/connectors
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers.base import Ask, Done
from providers.bindbee.connected import API, Connected
from providers.errors import Kind, ProviderError


class ConnectorChanges(Connected):
    """Changes the source's own connector, and no other."""

    async def resync(self, ask: Ask) -> Done:
        """POST /api/embedded/v1/connectors/resync: its answer is a bare text."""
        answer = await self.http.change(ask, "POST", "/api/embedded/v1/connectors/resync")
        return Done(value=_text(answer.body))

    async def delete_connector(self, ask: Ask, *, key: str) -> Done:
        """DELETE /connectors/{connector_id}/delete.

        The API key could delete any connector of its environment. So the list is asked first which
        one is the source's own, and what the key names has to be that.
        """
        if not self.manages:
            raise self.error(Kind.UNSUPPORTED, SWITCHED_OFF)
        own = await self.connector(ask)
        if own is None or own.key.lower() != key.lower():
            raise self.error(Kind.NOT_FOUND, NOT_ITS_OWN)
        try:
            answer = await self.http.change(
                ask, "DELETE", f"{API}/connectors/{{}}/delete", own.key, credentials=self.key
            )
        except ProviderError as error:
            if error.kind is Kind.OUTCOME_UNKNOWN and await self._is_gone(ask):
                return Done(key=own.key)
            raise
        body = answer.body if isinstance(answer.body, Mapping) else {}
        return Done(key=own.key, value=_text(body.get("message")))

    async def _is_gone(self, ask: Ask) -> bool:
        """Whether it is certain that the connector isn't there: it doesn't come back."""
        try:
            return await self.connector(ask) is None
        except ProviderError:
            return False


SWITCHED_OFF = (
    "deleting the connector is switched off; `manage_connectors = true` among the source's "
    "settings switches it on"
)

NOT_ITS_OWN = "the source's connector has another key, or there is none"


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
