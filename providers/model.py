"""The unified records: what the providers' clients return, whatever the vendor calls it.

A record belongs to one source and carries its provider's key. A field that nobody asked for, that
the source left out or that could not be read is ``None``; which of the three can't be confused,
because every read of one operation asks for the same fields of a type (see ``providers.base.Ask``).

A field that names other records (``…_ref``, ``…_refs``) holds a key, or the record itself where the
provider embedded it. ``None`` means that the source doesn't say; an empty tuple means none.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Any

from msgspec import Struct


class Record(Struct, frozen=True, kw_only=True):
    """Anything that a source can be asked for again, by its key."""

    source: str
    """Name of the source that holds the record."""

    key: str
    """The record's id as its provider gives it; several parts joined by
    ``providers.base.join_key``."""

    # Decoders make records of subclasses that have fields of their own, which begin with ``_``.

    def __eq__(self, other: object) -> bool:
        """Whether both are of one type and have the same fields, however they were read."""
        if not isinstance(other, Record) or type(self).__name__ != type(other).__name__:
            return NotImplemented
        return all(
            getattr(self, name) == getattr(other, name)
            for name in self.__struct_fields__
            if not name.startswith("_")
        )

    def __ne__(self, other: object) -> bool:
        return not self == other  # A struct's own compares structs of one class.

    def __hash__(self) -> int:
        return hash((self.source, self.key))


class Status(Enum):
    """Whether something can be used at its source."""

    ACTIVE = "ACTIVE"
    """In use: offered, visible, allowed to sign in."""

    PENDING = "PENDING"
    """Not in use yet."""

    INACTIVE = "INACTIVE"
    """No longer in use: retired, hidden, blocked."""


class AssignmentStatus(Enum):
    """How far somebody has come with an assignment."""

    PENDING = "PENDING"
    """Not begun."""

    IN_PROGRESS = "IN_PROGRESS"
    """Begun, not finished."""

    COMPLETED = "COMPLETED"
    """Finished."""


class Grade(Enum):
    """A mark in letters, or a pass or fail."""

    A = "A"
    """The best mark."""

    B = "B"
    """The second best mark."""

    C = "C"
    """The middle mark."""

    D = "D"
    """The lowest mark that usually passes."""

    F = "F"
    """Failed, in letters."""

    PASS = "PASS"
    """Passed, where no letters are given."""

    FAIL = "FAIL"
    """Failed, where no letters are given."""

    NONE = "NONE"
    """The source says that no grade is given."""


class Result(Enum):
    """Whether a completion counts as a success."""

    PASSED = "PASSED"
    """The learner passed."""

    FAILED = "FAILED"
    """The learner finished without passing."""


class ContentType(Enum):
    """What a piece of content is."""

    VIDEO = "VIDEO"
    """A film."""

    QUIZ = "QUIZ"
    """Questions to answer."""

    DOCUMENT = "DOCUMENT"
    """A document to read or download."""

    AUDIO = "AUDIO"
    """A recording to listen to."""

    ARTICLE = "ARTICLE"
    """A page to read."""


class Level(Enum):
    """Where a category or skill stands in its source's hierarchy."""

    PRIMARY = "PRIMARY"
    """Top of the hierarchy."""

    SECONDARY = "SECONDARY"
    """One step below the top."""

    TERTIARY = "TERTIARY"
    """Two steps below the top."""


class Language(Struct, frozen=True):
    """A language, as the source writes it and as the web does."""

    code: str
    """The source's own code, for example ``en_GB`` or ``C``."""

    tag: str | None
    """BCP 47 tag (``en-GB``), or None where the code names no language."""


class Localization(Struct, frozen=True, kw_only=True):
    """The words of a course or content in one language."""

    title: str | None = None
    description: str | None = None
    language: Language | None = None
    tags: tuple[str, ...] | None = None


class Course(Record, frozen=True, kw_only=True):
    """A unit of learning that a source offers."""

    title: str | None = None
    description: str | None = None
    cover_url: str | None = None
    url: str | None = None
    duration: str | None = None
    duration_seconds: float | None = None
    languages: tuple[Language, ...] | None = None
    status: Status | None = None
    status_text: str | None = None
    category_refs: tuple[str | Category, ...] | None = None
    skill_refs: tuple[str | Skill, ...] | None = None
    instructor_refs: tuple[str | Instructor, ...] | None = None
    content_refs: tuple[str | Content, ...] | None = None
    external_reference: str | None = None
    remote_id: str | None = None
    localizations: tuple[Localization, ...] | None = None
    tags: tuple[str, ...] | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    custom_fields: Any = None
    raw_data: Any = None
    facet: Record | None = None


class Content(Record, frozen=True, kw_only=True):
    """A piece of a course: a video, a quiz, a lesson."""

    title: str | None = None
    description: str | None = None
    url: str | None = None
    mobile_url: str | None = None
    cover_url: str | None = None
    duration: str | None = None
    duration_seconds: float | None = None
    order: float | None = None
    type: ContentType | None = None
    type_text: str | None = None
    provider: str | None = None
    tags: tuple[str, ...] | None = None
    localizations: tuple[Localization, ...] | None = None
    languages: tuple[Language, ...] | None = None
    status: Status | None = None
    status_text: str | None = None
    course_refs: tuple[str | Course, ...] | None = None
    category_refs: tuple[str | Category, ...] | None = None
    skill_refs: tuple[str | Skill, ...] | None = None
    instructor_refs: tuple[str | Instructor, ...] | None = None
    external_reference: str | None = None
    remote_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    custom_fields: Any = None
    raw_data: Any = None
    facet: Record | None = None


class Completion(Record, frozen=True, kw_only=True):
    """That somebody finished a course or a piece of content."""

    user_ref: str | User | None = None
    course_ref: str | Course | None = None
    content_ref: str | Content | None = None
    score: float | None = None
    score_text: str | None = None
    grade: Grade | None = None
    grade_text: str | None = None
    result: Result | None = None
    result_text: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    time_spent: str | None = None
    time_spent_seconds: float | None = None
    certificate_url: str | None = None
    external_reference: str | None = None
    remote_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    custom_fields: Any = None
    raw_data: Any = None
    facet: Record | None = None


class Assignment(Record, frozen=True, kw_only=True):
    """That somebody is to take a course or a piece of content."""

    user_ref: str | User | None = None
    course_ref: str | Course | None = None
    content_ref: str | Content | None = None
    completion_ref: str | Completion | None = None
    status: AssignmentStatus | None = None
    status_text: str | None = None
    progress: float | None = None
    assigned_at: datetime | None = None
    starts_at: datetime | None = None
    due_at: datetime | None = None
    completed_at: datetime | None = None
    external_reference: str | None = None
    remote_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    custom_fields: Any = None
    raw_data: Any = None
    facet: Record | None = None


class User(Record, frozen=True, kw_only=True):
    """Somebody who learns or teaches, as one source knows them."""

    name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    status: Status | None = None
    status_text: str | None = None
    external_reference: str | None = None
    remote_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    custom_fields: Any = None
    raw_data: Any = None
    facet: Record | None = None


class Category(Record, frozen=True, kw_only=True):
    """A subject that courses are filed under."""

    name: str | None = None
    description: str | None = None
    status: Status | None = None
    status_text: str | None = None
    language: Language | None = None
    level: Level | None = None
    level_text: str | None = None
    remote_id: str | None = None
    updated_at: datetime | None = None
    custom_fields: Any = None
    raw_data: Any = None
    facet: Record | None = None


class Skill(Record, frozen=True, kw_only=True):
    """An ability that a course teaches."""

    name: str | None = None
    status: Status | None = None
    status_text: str | None = None
    language: Language | None = None
    level: Level | None = None
    level_text: str | None = None
    remote_id: str | None = None
    updated_at: datetime | None = None
    custom_fields: Any = None
    raw_data: Any = None
    facet: Record | None = None


class Instructor(Record, frozen=True, kw_only=True):
    """Somebody who teaches or wrote a course."""

    name: str | None = None
    email: str | None = None
    user_ref: str | User | None = None


class ImportStatus(Enum):
    """How far the import of a course has come."""

    RUNNING = "RUNNING"
    """Under way, or waiting for its turn."""

    COMPLETE = "COMPLETE"
    """Done: the course is there."""

    ERROR = "ERROR"
    """Failed: there is no course."""


class CourseImport(Record, frozen=True, kw_only=True):
    """The making of a course out of a package of files, which takes its source a while."""

    status: ImportStatus | None = None
    status_text: str | None = None
    message: str | None = None
    """How it went; of an error, why."""
    warnings: tuple[str, ...] | None = None
    """What the source found strange in the package."""
    languages: tuple[Language, ...] | None = None
    course_ref: str | Course | None = None
    facet: Record | None = None


class HealthStatus(Enum):
    """Whether a source answers."""

    UP = "UP"
    """The source answers and its data can be used."""

    DEGRADED = "DEGRADED"
    """The source answers, but says that something needs attention, such as a failed sync."""

    DOWN = "DOWN"
    """The source doesn't answer, or refuses our credentials."""


class Health(Struct, frozen=True, kw_only=True):
    """What one cheap call to a source showed."""

    status: HealthStatus
    detail: str | None = None
    """What needs attention, in words that we chose; never a vendor's text."""
    last_synced_at: datetime | None = None
    next_sync_at: datetime | None = None


RECORDS: tuple[type[Record], ...] = (
    Course,
    Content,
    Completion,
    Assignment,
    User,
    Category,
    Skill,
    Instructor,
    CourseImport,
)
"""The record types that every provider shares."""
