"""Messages of providers: taken if they are authentic, once, and told to who subscribes.

What an outsider sees of this must not help them: that there is no such source, that it takes no
messages, and that the proof is wrong look alike, and take as long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from hashlib import sha256

from providers.webhooks import News, Sender, Unreadable, is_signed
from resolvers.broadcast import Broadcast
from resolvers.ledger import Ledger

WINDOW = timedelta(hours=24)
"""How long a message is remembered, and how old one may be that says when it was sent."""

AHEAD = timedelta(minutes=5)
"""How far a provider's clock may be ahead of ours."""


class Verdict(Enum):
    """What became of a message."""

    TAKEN = "TAKEN"
    """It was read, and what it says was told."""

    REPEATED = "REPEATED"
    """It was taken before, or is too old to tell: nothing was told."""

    REFUSED = "REFUSED"
    """Nobody here takes messages from who wrote it."""

    UNREADABLE = "UNREADABLE"
    """It is authentic, and makes no sense."""


class Nobody:
    """Who writes to a source that takes no messages: never proven, in as much time as others."""

    def is_authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        """False, after as much work as a signature takes."""
        return is_signed(body, "", ())

    def news(self, body: bytes, received_at: datetime) -> News:
        """Nothing."""
        return News()


def utc_now() -> datetime:
    """The time of day, UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Inbox:
    """Takes the messages for every source of the server."""

    senders: Mapping[str, Sender]
    """Who may write to each source."""
    broadcast: Broadcast
    ledger: Ledger
    """Remembers the messages, for every process of the server."""
    now: Callable[[], datetime] = utc_now
    _nobody: Nobody = field(default_factory=Nobody)

    def take(self, source: str, headers: Mapping[str, str], body: bytes) -> Verdict:
        """Take a message for a source; ``headers`` has names in small letters.

        A provider repeats a message that it believes lost, so one that was taken is no mistake of
        its sender's: it is only not told again.
        """
        sender = self.senders.get(source, self._nobody)
        if not sender.is_authentic(headers, body):
            return Verdict.REFUSED
        now = self.now()
        try:
            news = sender.news(body, now)
        except Unreadable:
            return Verdict.UNREADABLE
        if not self._is_recent(news.sent_at, now) or not self._is_new(source, body):
            return Verdict.REPEATED
        try:
            self.broadcast.publish(news.events)
        except Exception:
            self.ledger.drop(_name(source, body))  # so that its repetition is told
            raise
        return Verdict.TAKEN

    def _is_recent(self, sent_at: datetime | None, now: datetime) -> bool:
        return sent_at is None or now - WINDOW < sent_at <= now + AHEAD

    def _is_new(self, source: str, body: bytes) -> bool:
        """Messages carry no id of their own that can be relied on: the same bytes are the same
        message. Only those of who is authentic are remembered."""
        return self.ledger.claim(_name(source, body), b"", WINDOW.total_seconds()) is None


def _name(source: str, body: bytes) -> str:
    return f"messages:{source}:{sha256(body).hexdigest()}"
