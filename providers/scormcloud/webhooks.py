"""SCORM Cloud's postbacks: how registrations go on, and that an import has finished.

https://cloud.scorm.com/docs/v2/guides/postback/
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from providers.events import Change, Event, RecordsChanged, RecordType
from providers.scormcloud.application import Settings
from providers.scormcloud.reading import is_finished
from providers.secrets import Secret
from providers.webhooks import News, Unreadable, has_password, is_signed, key_of, part, read_object


def sender(settings: Settings) -> Webhooks | None:
    """How it writes to a source; None where nothing would prove who writes."""
    return Webhooks(settings) if settings.postback_password else None


class Webhooks:
    """SCORM Cloud as it writes to one source."""

    def __init__(self, settings: Settings) -> None:
        self._source = settings.name
        self._user = settings.postback_user or ""
        self._password = settings.postback_password or Secret("")

    def is_authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether it signs in as postbacks were told to: by HTTP basic, their default."""
        is_signed(body, "", ())  # takes as long as looking at a signature, so that none can tell
        return has_password(headers.get("authorization", ""), self._user, self._password)

    def news(self, body: bytes, received_at: datetime) -> News:
        """What the message says: a registration's state, or else that an import has finished.

        What is posted after an import isn't documented: a course is looked for where SCORM Cloud's
        other answers have it, and otherwise some course was written, without saying which.
        """
        message = read_object(body)
        if is_registration(message):
            return News(self._registration(message, received_at))
        course = course_of(message)
        keys = () if course is None else (course,)
        return News([self._changed(RecordType.COURSE, keys, Change.WRITTEN, received_at)])

    def _registration(self, message: Mapping[str, Any], received_at: datetime) -> list[Event]:
        """A registration is an assignment, and a completion too once it is finished."""
        key = key_of(message.get("id"))
        if key is None:
            raise Unreadable("a registration without an id")
        found: list[Event] = [
            self._changed(RecordType.ASSIGNMENT, (key,), Change.UPDATED, received_at)
        ]
        if is_finished(message):
            # A finished registration is posted again when its score changes.
            found.append(self._changed(RecordType.COMPLETION, (key,), Change.WRITTEN, received_at))
        return found

    def _changed(
        self, type: RecordType, keys: tuple[str, ...], change: Change, received_at: datetime
    ) -> RecordsChanged:
        return RecordsChanged(
            source=self._source, type=type, keys=keys, change=change, received_at=received_at
        )


def is_registration(message: Mapping[str, Any]) -> bool:
    """Whether a message is a registration: no other answer says how complete one is."""
    return "registrationCompletion" in message or "registrationSuccess" in message


def course_of(message: Mapping[str, Any]) -> str | None:
    """The key of the course that an import's message names, if it does."""
    for place in (message, part(message, "importResult")):
        found = key_of(place.get("courseId")) or key_of(part(place, "course").get("id"))
        if found is not None:
            return found
    return None
