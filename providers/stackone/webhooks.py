"""StackOne's webhooks: records that changed at the learning system, and the linked account.

https://docs.stackone.com/guides/webhooks and
https://docs.stackone.com/legacy-unified-apis/common-guide/webhooks
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from providers.events import Change, RecordsChanged, RecordType
from providers.stackone.linked import Settings
from providers.webhooks import News, instant, is_signed, key_of, read_object

HEADER = "x-stackone-signature"

ACCOUNT = "account"

TYPES = {
    "lms_courses": RecordType.COURSE,
    "lms_content": RecordType.CONTENT,
    "lms_completions": RecordType.COMPLETION,
    "lms_assignments": RecordType.ASSIGNMENT,
    "lms_users": RecordType.USER,
    "lms_categories": RecordType.CATEGORY,
    "lms_skills": RecordType.SKILL,
    ACCOUNT: RecordType.SOURCE,
}
"""By what stands before the dot in an event's name. Documented are content, completions,
assignments and the account; the others are taken to be called like their paths."""

CHANGES = {
    "created": Change.CREATED,
    "updated": Change.UPDATED,
    "deleted": Change.DELETED,
}


def sender(settings: Settings) -> Webhooks | None:
    """How it writes to a source; None where nothing would prove who writes."""
    return Webhooks(settings) if settings.webhook_secrets else None


class Webhooks:
    """StackOne as it writes to one source."""

    def __init__(self, settings: Settings) -> None:
        self._source = settings.name
        self._account = settings.account_id
        self._secrets = settings.webhook_secrets

    def is_authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the body is signed with the webhook's secret."""
        return is_signed(body, headers.get(HEADER, ""), self._secrets)

    def news(self, body: bytes, received_at: datetime) -> News:
        """What the message says of the source's account.

        A webhook gets the events of every account of its project: what is about another account is
        no news here.
        """
        message = read_object(body)
        sent_at = instant(message.get("sent_at"))
        subject, _, happened = str(message.get("event", "")).partition(".")
        type, change = TYPES.get(subject), CHANGES.get(happened)
        if type is None or change is None or message.get("account_id") != self._account:
            return News(sent_at=sent_at)
        key = self._source if subject == ACCOUNT else key_of(message.get("record_id"))
        event = RecordsChanged(
            source=self._source,
            type=type,
            keys=() if key is None else (key,),
            change=change,
            received_at=received_at,
        )
        return News([event], sent_at)
