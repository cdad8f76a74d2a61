"""What a source tells of itself, unasked: that it was synced, that records changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class SyncStatus(Enum):
    """How far a copy of the learning system's data is."""

    STARTED = "STARTED"
    """The provider began to copy."""

    SYNCED = "SYNCED"
    """The copy is complete: what is read from now on is new."""

    FAILED = "FAILED"
    """The copy ended early; what is read is the copy before."""


class RecordType(Enum):
    """A type of records that a source tells changes of."""

    # The values are names of the graph's types.
    COURSE = "Course"
    """Courses."""

    CONTENT = "Content"
    """Contents."""

    COMPLETION = "Completion"
    """Completions."""

    ASSIGNMENT = "Assignment"
    """Assignments."""

    USER = "User"
    """Users."""

    CATEGORY = "Category"
    """Categories."""

    SKILL = "Skill"
    """Skills."""

    SOURCE = "Source"
    """The source itself: the account that it is at its provider."""


class Change(Enum):
    """What happened to records."""

    CREATED = "CREATED"
    """They are new."""

    UPDATED = "UPDATED"
    """They were there, and are different now."""

    DELETED = "DELETED"
    """They are gone."""

    WRITTEN = "WRITTEN"
    """They are new or different; the source doesn't say which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSynced:
    """A source's copy of the learning system behind it began, is complete, or failed."""

    source: str
    status: SyncStatus
    received_at: datetime
    missed: int = 0
    """How many events a subscriber that is slow lost before this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsChanged:
    """Records of one type changed at a source."""

    source: str
    type: RecordType
    keys: tuple[str, ...]
    """Empty where the source doesn't say which."""
    change: Change
    received_at: datetime
    missed: int = 0
    """How many events a subscriber that is slow lost before this one."""


Event = SourceSynced | RecordsChanged
