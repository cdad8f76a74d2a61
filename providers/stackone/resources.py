"""StackOne's resources: what ``fields`` and ``filter`` may name, and what a page token holds.

A generation is the state of the API at a time, which neither path nor header names: that of
December 2025 can be asked all that June's could, and more.
https://docs.stackone.com/lms/api-reference
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Literal, TypeVar

from providers.base import Ask, Listing
from providers.errors import Kind, ProviderError
from providers.model import (
    Assignment,
    AssignmentStatus,
    Category,
    Completion,
    Content,
    Course,
    Record,
    Skill,
    Status,
    User,
)
from providers.reading import Reader
from providers.stackone import reading as tables
from providers.stackone.embedding import owner_of, wanted_names

R = TypeVar("R", bound=Record)

Generation = Literal["2025-06", "2025-12"]

OLDER: Generation = "2025-06"
NEWER: Generation = "2025-12"

LARGEST_PAGE = 100
"""https://docs.stackone.com/docs/pagination"""


@dataclass(frozen=True, slots=True)
class Pushed:
    """A filter that StackOne applies: its parameter, and the unified value on the wire.

    ``wire`` gives None for a value that StackOne can't be asked for: the caller sorts the rows out.
    """

    parameter: str
    wire: Callable[[Any], str | None]
    newer: bool = False
    """Whether June 2025 hadn't got it."""


def _words(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _updated_after(value: datetime) -> str | None:
    """The second before: ``updated_after`` leaves out the moment itself, ours is inclusive.

    An LMS may compare whole seconds only, so a smaller step could lose rows.
    """
    try:
        before = value.astimezone(UTC) - timedelta(seconds=1)
    except OverflowError:  # before anything was updated
        return None
    return before.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _active(value: Any) -> str | None:
    """``filter[active]`` knows ``true`` only."""
    return "true" if value is Status.ACTIVE else None


def _alone(keys: Any) -> str | None:
    """One user's assignments can be asked for, not several users'."""
    return keys[0] if len(keys) == 1 else None


def _assignment_status(value: Any) -> str | None:
    return value.value.lower() if isinstance(value, AssignmentStatus) else None


# On some lists the spec doesn't declare the form of ``filter``, and there the official client sends
# the names without brackets. The documented form is ``filter[name]``.
# https://docs.stackone.com/docs/stackone-identifiers
UPDATED = {"updated_from": Pushed("filter[updated_after]", _updated_after)}
REFERENCE = {"external_reference": Pushed("filter[external_reference]", _words)}
ACTIVE = {"status": Pushed("filter[active]", _active, newer=True)}
EMAIL = {"email": Pushed("filter[email]", _words)}
STATUS = {"status": Pushed("filter[status]", _assignment_status)}
USER = {"users": Pushed("user_id", _alone)}


@dataclass(frozen=True, slots=True)
class Resource(Generic[R]):
    """One of StackOne's resources: where it is, how it is read, and how its list is narrowed."""

    path: str
    reader: Reader[R]
    selectable: frozenset[str]
    """Names that ``fields`` is documented to take."""
    newer: frozenset[str] = frozenset()
    """Names among them that June's rows hadn't got."""
    unlisted: frozenset[str] = frozenset()
    """Names that rows show only where ``fields`` asks for them."""
    pushed: Mapping[str, Pushed] = field(default_factory=dict)
    """By unified name, the filters that StackOne applies, if the LMS can."""
    checked: frozenset[str] = frozenset()
    """Filters that are left to the caller: their fields are in every row."""
    authored: bool = False
    """Whether the list can be narrowed to what an instructor wrote; June had no authors."""
    grouped: tuple[str, ...] = ()
    """Fields by which rows of a walk through the whole list are told apart."""

    def listing(self, generation: Generation) -> Listing:
        """What the list can be asked."""
        names = {"ids", "remote_id", *self.pushed, *self.checked}
        return Listing(frozenset({*names, *(["instructors"] if self._tells(generation) else [])}))

    def keys_in(self, filters: Mapping[str, Any], generation: Generation) -> list[str] | None:
        """The keys that filters name, so that there is nothing to walk: each is read by itself.

        A record can be read by either of its ids, and an author's key leads through the course.
        https://docs.stackone.com/docs/stackone-identifiers
        """
        if "ids" in filters:
            return list(dict.fromkeys(filters["ids"]))
        if "remote_id" in filters:
            return [filters["remote_id"]]
        if "instructors" in filters and self._tells(generation):
            owners = filter(None, map(owner_of, filters["instructors"]))
            return list(dict.fromkeys(key for kind, key in owners if kind == "course"))
        return None

    def _tells(self, generation: Generation) -> bool:
        return self.authored and generation != OLDER

    def fields(self, ask: Ask, generation: Generation) -> str | None:
        """The ``fields`` parameter: what is wanted, and no more; None for all.

        Without it, rows hold all that their schema has: more than ``fields`` is documented to take.
        """
        own, facet = wanted_names(self.reader, ask)
        names = [name for name in dict.fromkeys(own + facet) if name != tables.RAW]
        selectable = self.selectable
        if generation == OLDER:
            names = [name for name in names if name not in self.newer]
            selectable = selectable - {"unified_custom_fields"}  # in June's rows all the same
        if selectable.issuperset(names) or self.unlisted.intersection(names):
            return ",".join(names)
        return None

    def params(self, filters: Mapping[str, Any], generation: Generation) -> dict[str, str]:
        """The parameters of those filters that StackOne applies."""
        return {
            self.pushed[name].parameter: value
            for name in filters
            if (value := self._wire(name, filters[name], generation)) is not None
        }

    def leaves(self, filters: Mapping[str, Any], generation: Generation) -> bool:
        """Whether any filter is left to the caller, so that many rows are read to keep a few."""
        return any(self._wire(name, value, generation) is None for name, value in filters.items())

    def _wire(self, name: str, value: Any, generation: Generation) -> str | None:
        pushed = self.pushed.get(name)
        if pushed is None or (pushed.newer and generation == OLDER):
            return None
        return pushed.wire(value)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


CREATED_OR_UPDATED = _names("created_from created_until updated_until")

COURSES: Resource[Course] = Resource(
    "courses",
    tables.COURSE,
    _names(
        "id remote_id external_reference content_ids remote_content_ids title description languages"
        " cover_url url active duration categories skills updated_at created_at content provider"
        " localizations authors unified_custom_fields"
    ),
    newer=_names("authors"),
    unlisted=_names("content localizations"),
    pushed={**UPDATED, **REFERENCE, **ACTIVE},
    checked=CREATED_OR_UPDATED | _names("status_text categories skills contents languages title"),
    authored=True,
)
CONTENTS: Resource[Content] = Resource(
    "content",
    tables.CONTENT,
    _names(
        "id remote_id external_reference course_ids remote_course_ids title description"
        " additional_data languages content_url mobile_launch_content_url content_type cover_url"
        " active duration order categories skills updated_at created_at provider localizations"
        " tags authors unified_custom_fields"
    ),
    newer=_names("authors"),
    unlisted=_names("additional_data"),
    pushed={**UPDATED, **ACTIVE},
    checked=_names("status_text courses categories skills languages"),
)
USERS: Resource[User] = Resource(
    "users",
    tables.USER,
    _names(
        "id remote_id external_reference active email phone_number created_at updated_at name"
        " unified_custom_fields"
    ),
    pushed={**UPDATED, **REFERENCE, **EMAIL},
    checked=_names("status status_text"),
)
COMPLETIONS: Resource[Completion] = Resource(
    "completions",
    tables.COMPLETION,
    _names(
        "id remote_id external_id remote_external_id external_reference content_id"
        " remote_content_id course_id remote_course_id user_id remote_user_id completed_at"
        " updated_at created_at result content_external_reference learning_object_type"
        " learning_object_id remote_learning_object_id learning_object_external_reference"
        " time_spent certificate_url score unified_custom_fields"
    ),
    newer=_names("certificate_url score"),
    pushed=UPDATED,
    # Of one user alone, they are read below the user.
    checked=CREATED_OR_UPDATED | _names("courses users contents completed_from completed_until"),
    grouped=("user_ref", "course_ref", "content_ref"),
)
ASSIGNMENTS: Resource[Assignment] = Resource(
    "assignments",
    tables.ASSIGNMENT,
    _names(
        "id remote_id external_reference user_id remote_user_id course_id remote_course_id"
        " updated_at created_at assigned_at due_date status progress learning_object_type"
        " learning_object_id remote_learning_object_id learning_object_external_reference"
        " certificate_url result completed_at unified_custom_fields"
    ),
    newer=_names("assigned_at certificate_url result completed_at"),
    pushed={**UPDATED, **STATUS, **USER},
    checked=CREATED_OR_UPDATED | _names("courses status_text"),
    grouped=("user_ref", "course_ref", "content_ref"),
)
# ``filter[updated_after]`` of categories and skills is not offered: their rows don't say when they
# changed, so that nobody could tell an LMS that honours it from one that ignores it.
CATEGORIES: Resource[Category] = Resource(
    "categories",
    tables.CATEGORY,
    _names("id remote_id name active hierarchy level language unified_custom_fields"),
    checked=_names("status status_text"),
)
SKILLS: Resource[Skill] = Resource(
    "skills",
    tables.SKILL,
    _names("id remote_id name active hierarchy language unified_custom_fields"),
    checked=_names("status status_text"),
)


LISTS: Mapping[str, Resource[Any]] = {
    "list_courses": COURSES,
    "list_contents": CONTENTS,
    "list_completions": COMPLETIONS,
    "list_assignments": ASSIGNMENTS,
    "list_users": USERS,
    "list_categories": CATEGORIES,
    "list_skills": SKILLS,
}
"""By the name of the client's method, what it lists."""


def listings(generation: Generation) -> dict[str, Listing]:
    """What the lists of a generation can be asked."""
    return {name: resource.listing(generation) for name, resource in LISTS.items()}


LISTINGS: Mapping[str, Listing] = listings(NEWER)
"""What lists can be asked at most."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a list stands. Pages must keep their size through a walk, and the cursor doesn't hold
    it.

    https://docs.stackone.com/docs/pagination
    """

    list: str
    size: int
    cursor: str | None = None

    def token(self, cursor: str) -> str:
        """The page token for the page at this cursor."""
        return json.dumps([self.list, self.size, cursor])

    @classmethod
    def resume(cls, list: str, token: str) -> Spot:
        """The spot that a page token of a list names.

        Raises:
            ProviderError: ``INVALID_PAGE`` where no page of that list gave this token.
        """
        try:
            named, size, cursor = json.loads(token)
        except (ValueError, TypeError, RecursionError):
            named = size = cursor = None
        known = (
            named == list
            and type(size) is int
            and 1 <= size <= LARGEST_PAGE
            and isinstance(cursor, str)
            and 0 < len(cursor) <= LONGEST_CURSOR
            and cursor.isprintable()
        )
        if not known:
            raise unknown_page()
        return cls(list, size, cursor)


LONGEST_CURSOR = 10_000
"""Longest cursor that is sent, in characters."""


def unknown_page() -> ProviderError:
    """The error for a page token that isn't ours."""
    return ProviderError(Kind.INVALID_PAGE, "no page of this list gave that cursor")
