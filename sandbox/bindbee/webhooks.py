"""Webhooks as Bindbee sends them: signed, and tried again when nobody takes them.

https://docs.bindbee.dev/webhooks/overview
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec

from sandbox.bindbee.rows import uuid7
from sandbox.bindbee.table import Row
from sandbox.clock import Clock
from sandbox.outbound import Post

HEADER = "X-Bindbee-Webhook-Signature"

KEY = "demo-webhook-key"
"""Signature key of the organisation, which all of its webhooks share."""

EVENTS = (
    "connector_sync_started",
    "connector_synced",
    "connector_sync_error",
    "connector_data_modified",
    "employee_data_changed",
)

TIMEOUT = 10.0
"""Seconds that one attempt may take."""

# Up to four more attempts within 60 seconds; how far apart isn't published.
WAITS = (2.0, 6.0, 16.0, 30.0)


class Hook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A webhook, as the dashboard makes one."""

    url: str
    events: tuple[str, ...] = EVENTS
    key: str = KEY
    """What its bodies are signed with."""


class Attempt(msgspec.Struct, frozen=True):
    """One delivery that was tried."""

    url: str
    event: str
    status: int | None
    """None where there was no answer."""
    body: str
    signature: str


@dataclass(frozen=True, slots=True)
class Sync:
    """One sync of a connector."""

    id: str
    type: str
    """`MANUAL` where somebody asked for it, else `AUTOMATED`."""

    @property
    def row(self) -> dict[str, str]:
        """What a payload says of it."""
        return {"sync_id": self.id, "sync_type": self.type, "sync_name": "LMS sync"}


class Outbox:
    """The webhooks of one app, and what became of each delivery."""

    def __init__(self, clock: Clock, post: Post) -> None:
        self.clock = clock
        self.post = post
        self.hooks: list[Hook] = []
        self.attempts: list[Attempt] = []

    async def send(
        self,
        event: str,
        connector: Row,
        names: Mapping[str, str],
        sync: Sync,
        data: Any = None,
        error: str | None = None,
    ) -> None:
        """Deliver an event to every webhook that wants it, one after the other."""
        for number, hook in enumerate(self.hooks, 1):
            if event in hook.events:
                about = {
                    "webhook_id": uuid7("webhook", number, None),
                    "url": hook.url,
                    "event": event,
                }
                payload = {
                    "webhook": about,
                    "connector": shown(connector, names),
                    "sync": sync.row,
                    "data": data,
                    **({} if error is None else {"error": error}),
                }
                await self.deliver(hook, event, msgspec.json.encode(payload))

    async def deliver(self, hook: Hook, event: str, body: bytes) -> None:
        """Send one body until it is taken: a status of 2xx."""
        signature = sign(hook.key, body)
        headers = {"Content-Type": "application/json", HEADER: signature}
        for wait in (0.0, *WAITS):
            if wait:
                await self.clock.sleep(wait)
            status = await self.post(hook.url, body, headers, TIMEOUT)
            tried = Attempt(hook.url, event, status, body.decode(), signature)
            self.attempts.append(tried)
            if status is not None and 200 <= status < 300:
                return


def sign(key: str, body: bytes) -> str:
    """URL-safe base64, padded, of the HMAC-SHA256 of a body."""
    return urlsafe_b64encode(hmac.digest(key.encode(), body, sha256)).decode()


def shown(connector: Row, names: Mapping[str, str]) -> dict[str, Any]:
    """A connector as payloads show it; `names` are of integrations, by slug. The token is not
    among what the documents list."""
    slug = connector["integration_slug"]
    return {
        "id": connector["id"],
        "display_name": names.get(slug, slug),
        "integration_slug": slug,
        "categories": [connector["category"]],
        "org_name": connector["end_user"],
        "origin_id": connector["origin_id"],
        "connector_status": connector["status"],
    }


def modified(ids: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What `connector_data_modified` tells, by model. Bindbee's example is `hris_employment`: so
    `courses` are taken to be `lms_course`."""
    return {f"lms_{SINGULAR[model]}": list(rows) for model, rows in ids.items() if rows}


SINGULAR = {
    "courses": "course",
    "contents": "content",
    "completions": "completion",
    "enrollments": "enrollment",
    "users": "user",
    "categories": "category",
    "skills": "skill",
}
