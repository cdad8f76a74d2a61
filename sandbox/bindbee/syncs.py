"""Syncs of connectors: Bindbee copies what the vendor has, and tells of it by webhooks."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.bindbee.connectors import Connectors
from sandbox.bindbee.rows import Store, uuid7
from sandbox.bindbee.table import Table
from sandbox.bindbee.webhooks import Outbox, Sync, modified

LASTS = 2.0
"""Seconds that a sync takes here; at Bindbee it is minutes to hours."""

TOLD = 20
"""How many ids of a model one event tells. A full sync writes every record again (so does Bindbee);
all of their ids would make larger bodies than most receivers take."""

FAILURE = "The vendor refused the connector's credentials."


@dataclass(slots=True)
class Syncs:
    """The syncs of one app."""

    connectors: Connectors
    store: Store
    """What a sync finds at the vendor."""
    integrations: Table
    outbox: Outbox
    begun: int = 0
    _running: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def begin(self, token: str) -> None:
        """Sync the connector of a token; where a sync is under way already, it is that one."""
        running = self._running.get(token)
        if running is None or running.done():
            sync = self.next(token, "MANUAL")
            self.connectors.begin_sync(token, self.outbox.clock.now())
            self._running[token] = asyncio.get_running_loop().create_task(self.run(token, sync))

    def next(self, token: str, kind: str) -> Sync:
        """Another sync, with an id that no other has."""
        self.begun += 1
        return Sync(uuid7(f"sync of {token}", self.begun, None), kind)

    async def run(self, token: str, sync: Sync) -> None:
        """Go through a sync that has begun, to its end."""
        await self.tell("connector_sync_started", token, sync)
        await self.outbox.clock.sleep(LASTS)
        self.connectors.end_sync(token, self.outbox.clock.now())
        found = self.connectors.of_token(token)
        if found is None:  # deleted meanwhile: there is nothing left to tell of
            return
        if found.row["sync_status"] == "Failed":
            await self.tell("connector_sync_error", token, sync, error=FAILURE)
            return
        await self.tell("connector_synced", token, sync)
        await self.tell("connector_data_modified", token, sync, data=modified(self.written()))

    async def tell(
        self, event: str, token: str, sync: Sync, *, data: Any = None, error: str | None = None
    ) -> None:
        """Send an event of a connector to whoever asked for it."""
        if found := self.connectors.of_token(token):
            await self.outbox.send(event, found.row, self.names(), sync, data, error)

    def written(self) -> Mapping[str, Sequence[str]]:
        """Ids of what a sync wrote, by model."""
        return {model: table.ids[:TOLD] for model, table in self.store.items()}

    def names(self) -> dict[str, str]:
        """The integrations' names, by slug."""
        rows = [each.row for each in self.integrations.records]
        return {row["integration_slug"]: row["display_name"] for row in rows}
