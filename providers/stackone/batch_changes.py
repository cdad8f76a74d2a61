"""Many courses or contents written at once, which StackOne takes before it writes them.

It tells what it refuses, one list for each item, and has no job to ask for.
https://docs.stackone.com/lms/api-reference/courses/batch-upsert-course
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from providers.base import Ask, Done, Refusal
from providers.errors import Kind, ProviderError
from providers.http import Answer
from providers.stackone import bodies
from providers.stackone.linked import Linked
from providers.stackone.settling import Watch, by_reference, proves
from providers.stackone.ways import Way, content_way, course_way

Given = Mapping[str, Any]


class UpsertStatus(Enum):
    """What became of an item of a batch."""

    CONFIRMED = "CONFIRMED"
    """The source shows it as it was sent."""

    PENDING = "PENDING"
    """The source took it, and doesn't show it yet, or not as it was sent."""

    REFUSED = "REFUSED"
    """The source refused it."""


@dataclass(frozen=True, slots=True)
class BatchItem:
    """An item of a batch."""

    source: str
    index: int
    external_reference: str | None
    status: UpsertStatus
    errors: Sequence[str] = ()
    key: str | None = None
    """Key of the record, where it was found."""

    def refusal(self, plural: str) -> Refusal:
        """What the source refused of it."""
        return Refusal([plural, str(self.index)], "; ".join(self.errors))


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of a batch."""

    operation: str
    items: Sequence[BatchItem]
    how_to_verify: str


HOW_TO_VERIFY = {
    "courses": "There is no job to ask for: list the source's courses with the filter "
    "`externalReference`, one by one, or give `waitFor`.",
    "contents": "There is no job to ask for: list the source's contents and look for each "
    "`externalReference`, since there is no filter for it, or give `waitFor`.",
}


class BatchChanges(Linked):
    """Writes many courses or contents at once."""

    async def upsert_courses(
        self, ask: Ask, *, courses: Sequence[Given], wait_for: float | None = None
    ) -> Done:
        """POST /courses/batch in June 2025, POST /content/batch since."""
        return await self._upsert_all(
            ask, course_way(self.generation), "courses", courses, wait_for
        )

    async def upsert_contents(
        self, ask: Ask, *, contents: Sequence[Given], wait_for: float | None = None
    ) -> Done:
        """POST /content/batch."""
        return await self._upsert_all(
            ask, content_way(self.generation), "contents", contents, wait_for
        )

    async def _upsert_all(
        self, ask: Ask, way: Way, plural: str, items: Sequence[Given], wait_for: float | None
    ) -> Done:
        if wrong := list(_faults(way, plural, items)):
            return Done(refused=wrong)
        watch = Watch(self, way.resource, by_reference(items))
        errors = await self._sent(ask, way, items, watch, wait_for)
        told = [
            self._item(at, given, wrong, watch)
            for at, (given, wrong) in enumerate(zip(items, errors, strict=True))
        ]
        batch = Batch(f"POST {way.path}/batch", told, HOW_TO_VERIFY[plural])
        return Done(value=batch, refused=[each.refusal(plural) for each in told if each.errors])

    async def _sent(
        self,
        ask: Ask,
        way: Way,
        items: Sequence[Given],
        watch: Watch,
        wait_for: float | None,
    ) -> Sequence[Sequence[str]]:
        """Send a batch, and look for it if that is wanted; what is refused, for each item."""
        body = bodies.Items([way.made(each) for each in items])
        try:
            answer = await self.change(ask, "POST", f"{way.path}/batch", body=body)
        except ProviderError as error:
            if not await self._all_settled(ask, error, watch, items, wait_for):
                raise
            return [()] * len(items)
        errors = _errors(answer, len(items))
        taken = [each for each, wrong in zip(items, errors, strict=True) if not wrong]
        watch.sent = by_reference(taken)
        if wait_for is not None:
            await watch.wait(ask, wait_for)
        return errors

    async def _all_settled(
        self,
        ask: Ask,
        error: ProviderError,
        watch: Watch,
        items: Sequence[Given],
        wait_for: float | None,
    ) -> bool:
        """Whether a batch whose answer was lost is there, all of it, for certain."""
        if error.kind is not Kind.OUTCOME_UNKNOWN or len(watch.sent) < len(items):
            return False
        await watch.wait(ask, wait_for or 0)
        rows = watch.found
        return all(name in rows and proves(rows[name], each) for name, each in watch.sent.items())

    def _item(self, at: int, given: Given, errors: Sequence[str], watch: Watch) -> BatchItem:
        reference = given.get("external_reference")
        status = UpsertStatus.REFUSED if errors else UpsertStatus.PENDING
        row = watch.found.get(reference or "") if not errors else None
        if row is not None and reference in watch.confirmed:
            status = UpsertStatus.CONFIRMED
        key = row.key if row is not None else None
        return BatchItem(self.source, at, reference, status, errors, key)


def _faults(way: Way, plural: str, items: Sequence[Given]) -> Iterator[Refusal]:
    """What is known to be wrong with items, before any is sent."""
    if not items:
        yield Refusal([plural], "there is nothing in it")
    references: set[str] = set()
    for at, each in enumerate(items):
        yield from way.faults(each, plural, str(at))
        reference = each.get("external_reference")
        if reference in references:
            path = [plural, str(at), "externalReference"]
            yield Refusal(path, "another item has it: only one of them would stay")
        references.update([reference] if reference else [])


def _errors(answer: Answer, count: int) -> list[list[str]]:
    """``BatchResultApiModel.errors``, one list for each item; none where all are taken."""
    told = answer.body.get("errors") if isinstance(answer.body, Mapping) else None
    rows = told if isinstance(told, list) else []
    found = [_words(row) for row in rows[:count]]
    return found + [[] for _ in range(count - len(found))]


def _words(row: Any) -> list[str]:
    return [str(each) for each in row if each] if isinstance(row, list) else []
