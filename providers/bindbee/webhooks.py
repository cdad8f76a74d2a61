"""Bindbee's webhooks: syncs of connectors, and what they wrote.

https://docs.bindbee.dev/webhooks/overview
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from providers.bindbee.connected import Settings
from providers.events import Change, Event, RecordsChanged, RecordType, SourceSynced, SyncStatus
from providers.webhooks import News, is_signed, key_of, part, read_object

HEADER = "x-bindbee-webhook-signature"

SYNCS = {
    "connector_sync_started": SyncStatus.STARTED,
    "connector_synced": SyncStatus.SYNCED,
    "connector_sync_error": SyncStatus.FAILED,
}

MODIFIED = "connector_data_modified"

MODELS = {
    "lms_course": RecordType.COURSE,
    "lms_content": RecordType.CONTENT,
    "lms_completion": RecordType.COMPLETION,
    "lms_enrollment": RecordType.ASSIGNMENT,
    "lms_user": RecordType.USER,
    "lms_category": RecordType.CATEGORY,
    "lms_skill": RecordType.SKILL,
}
"""By the name that ``connector_data_modified`` gives a model. Published is ``hris_employment``; the
names of LMS models are taken to be made like it."""


def sender(settings: Settings) -> Webhooks | None:
    """How it writes to a source; None where nothing would prove who writes."""
    return Webhooks(settings) if settings.webhook_secrets else None


class Webhooks:
    """Bindbee as it writes to one source."""

    def __init__(self, settings: Settings) -> None:
        self._source = settings.name
        self._secrets = settings.webhook_secrets
        self._connector = (settings.connector_id or "").lower()

    def is_authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the body is signed with the organisation's key."""
        return is_signed(body, headers.get(HEADER, ""), self._secrets)

    def news(self, body: bytes, received_at: datetime) -> News:
        """What the message says of the source's connector.

        A webhook gets the events of every connector of its environment, and all of them are signed
        with one key: so a message about another customer's connector is no news here.
        """
        message = read_object(body)
        if str(part(message, "connector").get("id", "")).lower() != self._connector:
            return News()
        event = part(message, "webhook").get("event")
        if event == MODIFIED:
            return News(self._modified(part(message, "data"), received_at))
        status = SYNCS.get(event) if isinstance(event, str) else None
        if status is None:
            return News()
        return News([SourceSynced(source=self._source, status=status, received_at=received_at)])

    def _modified(self, data: Mapping[str, object], received_at: datetime) -> list[Event]:
        """What was written, by model. Bindbee tells neither what is new nor what is gone."""
        found: list[Event] = []
        for model, type in MODELS.items():
            rows = data.get(model)
            keys = tuple(filter(None, map(key_of, rows))) if isinstance(rows, list) else ()
            if keys:
                event = RecordsChanged(
                    source=self._source,
                    type=type,
                    keys=keys,
                    change=Change.WRITTEN,
                    received_at=received_at,
                )
                found.append(event)
        return found
