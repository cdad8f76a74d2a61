"""The enums of the graph: ours, and closed. What a source says beyond them is in the `…Text`
twins."""

from __future__ import annotations

from enum import Enum

from graph.entity import choices
from graph.errors import Code
from providers.events import Change, RecordType, SyncStatus
from providers.model import (
    AssignmentStatus,
    ContentType,
    Grade,
    HealthStatus,
    ImportStatus,
    Level,
    Result,
    Status,
)
from providers.sources import PROVIDERS, Provider
from resolvers.merging import Completeness
from resolvers.sources import Capability


class CourseOrder(Enum):
    """Orders of a list of courses; each source sorts for itself."""

    CREATED_ASC = "created_asc"
    """Oldest first."""

    CREATED_DESC = "created_desc"
    """Newest first."""

    UPDATED_ASC = "updated_asc"
    """Longest unchanged first."""

    UPDATED_DESC = "updated_desc"
    """Latest changed first."""

    TITLE_ASC = "title_asc"
    """By title, from A."""

    TITLE_DESC = "title_desc"
    """By title, from Z."""


class RecordOrder(Enum):
    """Orders of a list of completions or assignments; each source sorts for itself."""

    CREATED_ASC = "created_asc"
    """Oldest first."""

    CREATED_DESC = "created_desc"
    """Newest first."""

    UPDATED_ASC = "updated_asc"
    """Longest unchanged first."""

    UPDATED_DESC = "updated_desc"
    """Latest changed first."""

    COURSE_TITLE_ASC = "course_title_asc"
    """By the course's title, from A."""

    COURSE_TITLE_DESC = "course_title_desc"
    """By the course's title, from Z."""

    USER_FIRST_NAME_ASC = "user_first_name_asc"
    """By the user's first name, from A."""

    USER_FIRST_NAME_DESC = "user_first_name_desc"
    """By the user's first name, from Z."""

    USER_LAST_NAME_ASC = "user_last_name_asc"
    """By the user's last name, from A."""

    USER_LAST_NAME_DESC = "user_last_name_desc"
    """By the user's last name, from Z."""


for _enum in (
    AssignmentStatus,
    Capability,
    Change,
    Completeness,
    ContentType,
    CourseOrder,
    Grade,
    HealthStatus,
    ImportStatus,
    Level,
    RecordOrder,
    RecordType,
    Result,
    Status,
    SyncStatus,
):
    choices(_enum)

choices(Code, name="ErrorCode")
choices(Provider, {name.upper(): each.description for name, each in PROVIDERS.items()})
