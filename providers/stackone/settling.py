"""Reads back what was written, to know whether it is there: StackOne tells of no job to ask for.

https://docs.stackone.com/lms/api-reference/courses/batch-upsert-course
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from providers.base import Ask, Query
from providers.errors import ProviderError
from providers.model import Content, Course, Status
from providers.stackone.linked import Linked
from providers.stackone.lists import FEW
from providers.stackone.reading import CONTENT_TYPES
from providers.stackone.resources import LARGEST_PAGE, Resource
from providers.stackone.values import mapped

Row = Course | Content

_content_type = mapped(CONTENT_TYPES)

PAGES_SEARCHED = 10
"""Pages of a list that one look goes through at most."""

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 4.0
"""Seconds between looks: each pause is twice the one before."""

RESERVED = 2.0
"""Seconds of the operation's time that are left for the answer."""

COMPARED: Mapping[str, str] = {
    "external_reference": "external_reference",
    "title": "title",
    "description": "description",
    "url": "url",
    "mobile_url": "mobile_url",
    "cover_url": "cover_url",
    "duration": "duration",
    "order": "order",
    "is_active": "status",
    "tags": "tags",
    "content_type": "type",
}
"""Fields that are read as they are written, by input: the record's field."""


def shows(row: Row, given: Mapping[str, Any]) -> bool:
    """Whether nothing that a row shows differs from what was given."""
    return all(_same(row, name, value) for name, value in _comparable(given))


def proves(row: Row, given: Mapping[str, Any]) -> bool:
    """Whether a row shows all that was given: then it doesn't matter whose write it was."""
    asked = {name for name, value in given.items() if value is not None}
    pairs = list(_comparable(given))
    told = {name for name, _ in pairs if getattr(row, COMPARED[name], None) is not None}
    return asked <= told and shows(row, given)


def _comparable(given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, given[name]) for name in COMPARED if given.get(name) is not None]


def _same(row: Row, name: str, value: Any) -> bool:
    found = getattr(row, COMPARED[name], None)
    if name == "is_active":
        value = Status.ACTIVE if value else Status.INACTIVE
    elif name == "content_type":
        # A word of the LMS's own can't be recognised in what is read.
        value = None if value.get("source_value") else _content_type(value)
    elif name == "tags":
        value = tuple(value)
    return found is None or found == value


def narrow(ask: Ask, record: type[Row]) -> Ask:
    """The same terms for just what is compared, with time left to tell what was seen."""
    wanted = frozenset({"remote_id", *COMPARED.values()} & set(record.__struct_fields__))
    deadline = None if ask.deadline is None else ask.deadline - RESERVED
    return replace(ask, wanted={record.__name__: wanted}, shared={}, deadline=deadline)


@dataclass(slots=True)
class Watch:
    """Looks for what a batch wrote, by external reference, until all is there or time is up."""

    linked: Linked
    resource: Resource[Any]
    sent: Mapping[str, Mapping[str, Any]]
    """What was sent, by external reference."""
    found: dict[str, Row] = field(default_factory=dict)
    """What is there of it, be it as it was sent or not."""
    confirmed: set[str] = field(default_factory=set)
    """References of what is there as it was sent."""

    @property
    def missing(self) -> list[str]:
        """References of what isn't there yet."""
        return [each for each in self.sent if each not in self.confirmed]

    async def wait(self, ask: Ask, seconds: float) -> None:
        """Look, and look again, for so many seconds; what fails ends it, since nothing is lost."""
        pause, waited = FIRST_PAUSE, 0.0
        end = asyncio.get_running_loop().time() + seconds
        while await self._look_again(ask):
            pause = min(pause, LONGEST_PAUSE, seconds - waited)
            if pause <= 0 or _over(end) or _over(ask.deadline, pause + RESERVED):
                return
            await self.linked.pause(pause)
            waited, pause = waited + pause, pause * 2

    async def _look_again(self, ask: Ask) -> bool:
        """Look once; whether there is reason to look again."""
        if not self.missing or ask.spent[self.linked.source] * 2 > ask.budget:
            return False
        try:
            await self.look(ask)
        except ProviderError:
            return False  # What is not there stays pending, which is what is known of it.
        return bool(self.missing)

    async def look(self, ask: Ask) -> None:
        """Look once.

        Raises:
            ProviderError: as reading.
        """
        rows = await located(self.linked, self.resource, ask, self.missing)
        self.found |= rows
        self.confirmed |= {name for name, row in rows.items() if shows(row, self.sent[name])}


def _over(end: float | None, ahead: float = 0.0) -> bool:
    return end is not None and asyncio.get_running_loop().time() + ahead >= end


async def located(
    linked: Linked, resource: Resource[Any], ask: Ask, references: Collection[str]
) -> dict[str, Row]:
    """Records by external reference, those that the list shows within some pages.

    Few courses are asked for by the filter, one by one; others are looked for in the whole list,
    since contents have no such filter.
    """
    own = narrow(ask, resource.reader.record)
    if "external_reference" not in resource.pushed or len(references) > FEW:
        return await _searched(linked, resource, own, references, {})
    parts = await asyncio.gather(
        *(
            _searched(linked, resource, own, [each], {"external_reference": each})
            for each in references
        )
    )
    return {name: row for part in parts for name, row in part.items()}


async def _searched(
    linked: Linked,
    resource: Resource[Any],
    ask: Ask,
    references: Collection[str],
    filters: Mapping[str, Any],
) -> dict[str, Row]:
    """The same, out of a list. An LMS may ignore the filter, so that there is more than a page."""
    wanted = set(references)
    found: dict[str, Row] = {}
    query = Query(size=LARGEST_PAGE, filters=filters)
    for _ in range(PAGES_SEARCHED):
        page = await linked.lists.page(
            resource, ask, query, keep=lambda row: row.external_reference in wanted
        )
        found |= {row.external_reference: row for row in page.items}
        if page.next is None or wanted <= found.keys():
            break
        query = replace(query, page=page.next)
    return found


def by_reference(items: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """What was sent, by external reference; the last one of equals counts."""
    named = ((each.get("external_reference"), each) for each in items)
    return {reference: each for reference, each in named if reference}
