"""How VitalSource's lists are asked: numbered pages, narrowed to periods, of an envelope unknown.

https://developer.vitalsource.com/hc/en-us/articles/360025486773
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from providers.base import Query, split_key
from providers.errors import Kind, ProviderError
from providers.http import Answer
from providers.typed import Body, Envelope

LARGEST_PAGE = 1000
"""https://developer.vitalsource.com/hc/en-us/articles/360025486773 : ``per_page``."""

PAGE = Envelope(first=True, rest=("per_page",))
"""See ``rows_of``."""

PERIODS = ("created_from", "created_until", "updated_from", "updated_until")
"""The filters that VitalSource knows, in courses, rosters and opt-outs alike."""

_ID = "[1-9][0-9]{0,19}"
_TOKEN = re.compile(
    rf"(?P<course>(?:{_ID})?)\.(?P<number>[1-9][0-9]{{0,8}})\.(?P<size>[1-9][0-9]{{0,3}})"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list stands: a numbered page, whose number holds for pages of one size only."""

    size: int
    number: int = 1
    course: str = ""

    @classmethod
    def of(cls, query: Query, course: str = "") -> Place:
        """Where a query wants to read; a list that begins, begins in this course.

        Filters that VitalSource doesn't know are left to the caller: pages are then the largest, so
        that many rows are looked at with few calls.

        Raises:
            ProviderError: as ``resume``.
        """
        if query.page is not None:
            return cls.resume(query.page)
        size = query.size if query.filters.keys() <= {*PERIODS, "courses"} else LARGEST_PAGE
        return cls(size=min(max(size, 1), LARGEST_PAGE), course=course)

    def params(self) -> dict[str, str | None]:
        """The query parameters."""
        return {"page": str(self.number), "per_page": str(self.size)}

    def token(self) -> str:
        """The page token."""
        return ".".join((self.course, str(self.number), str(self.size)))

    @classmethod
    def resume(cls, token: str) -> Place:
        """The place that a page token names.

        Raises:
            ProviderError: ``INVALID_PAGE`` where no page of ours gave this token.
        """
        match = _TOKEN.fullmatch(token)
        if match is None or int(match["size"]) > LARGEST_PAGE:
            raise unknown_page()
        return cls(int(match["size"]), int(match["number"]), match["course"])


def unknown_page() -> ProviderError:
    """The error for a page token of another list, or of none."""
    return ProviderError(Kind.INVALID_PAGE, "no page of this list gave that cursor")


def is_id(key: str) -> bool:
    """Whether a key can be VitalSource's: ids are whole numbers."""
    return re.fullmatch(_ID, key) is not None


def course_of(key: str) -> str | None:
    """The course in the key of a roster's row, or None where it isn't such a key."""
    parts = split_key(key, 2)
    return parts[0] if parts and all(map(is_id, parts)) else None


def periods(filters: Mapping[str, Any]) -> dict[str, str | None]:
    """The parameters for periods. Both ends are included; without ``Z`` the time zone is unsure."""
    return {
        name: value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        for name in PERIODS
        if isinstance(value := filters.get(name), datetime)
    }


def rows_of(answer: Answer, size: int) -> tuple[list[Any], bool]:
    """Records of a page, and whether it is full, so that another may follow.

    The documentation says that ``page`` and ``per_page`` stand in the body, too, but not what the
    rows stand under: they are the first list of the object, or the body itself. No total is
    documented, so the page that isn't full is the last; what full is says the body, where pages are
    smaller than we asked for. https://developer.vitalsource.com/hc/en-us/articles/360025486773
    """
    body: Body[Any] = answer.body
    if body.records is None:
        raise ProviderError(Kind.BAD_RESPONSE, "the provider's page holds no list")
    told = body.rest["per_page"]
    granted = min(size, told) if type(told) is int and told > 0 else size
    answer.call.rows = body.count
    return body.records, body.count >= granted
