"""How courses, contents and collections are written at StackOne.

June 2025 wrote courses and collections by operations of their own. Since then both are written as
content of such a type.
https://docs.stackone.com/lms/api-reference/content/upsert-content
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from msgspec import Struct

from providers.base import Ask, Done, Refusal
from providers.errors import Kind, ProviderError
from providers.http import Answer
from providers.model import Content
from providers.stackone import bodies
from providers.stackone.bodies import faults, made
from providers.stackone.linked import Linked
from providers.stackone.resources import CONTENTS, COURSES, Resource
from providers.stackone.settling import Watch, by_reference, located, narrow, proves

COURSE = {"content_type": {"value": "course"}}
"""What makes a content a course, since June 2025."""


class UpsertState(Enum):
    """What became of an item of a batch."""

    CONFIRMED = "CONFIRMED"
    """The source shows it as it was sent."""

    PENDING = "PENDING"
    """The source took it, and doesn't show it yet, or not as it was sent."""

    REFUSED = "REFUSED"
    """The source refused it."""


@dataclass(frozen=True, slots=True)
class Written:
    """What StackOne tells of what was written."""

    operation: str
    """Method and path below ``/unified/lms``."""
    remote_id: str | None = None
    external_reference: str | None = None


@dataclass(frozen=True, slots=True)
class BatchItem:
    """An item of a batch."""

    source: str
    index: int
    external_reference: str | None
    state: UpsertState
    errors: Sequence[str] = ()
    key: str | None = None
    """Key of the record, where it was found."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of a batch."""

    operation: str
    items: Sequence[BatchItem]
    how_to_verify: str


@dataclass(frozen=True, slots=True)
class Way:
    """How one kind of thing is upserted in one generation."""

    path: str
    body: type[Struct]
    resource: Resource[Any]
    needs: tuple[str, ...] = ()
    adds: Mapping[str, Any] | None = None
    """What each body has besides what was given."""

    def faults(self, given: Mapping[str, Any], *path: str) -> list[Refusal]:
        """What is known to be wrong with an item, before it is sent."""
        return faults(self.body, given, path, *self.needs)

    def made(self, given: Mapping[str, Any]) -> Struct:
        """The body of an item."""
        return made(self.body, {**given, **(self.adds or {})})


REFERENCE = ("external_reference",)
OLDER_COURSE = Way("/courses", bodies.OlderCourse, COURSES)
NEWER_COURSE = Way("/content", bodies.Content, COURSES, REFERENCE, COURSE)
OLDER_CONTENT = Way("/content", bodies.OlderContent, CONTENTS)
NEWER_CONTENT = Way("/content", bodies.Content, CONTENTS, REFERENCE)


class LearningChanges(Linked):
    """Writes courses, contents and collections."""

    async def upsert_course(self, ask: Ask, *, course: Mapping[str, Any]) -> Done:
        """PUT /courses in June 2025, PUT /content since."""
        return await self._upsert(ask, self._course, "course", course)

    async def upsert_courses(
        self, ask: Ask, *, courses: Sequence[Mapping[str, Any]], wait_for: float | None = None
    ) -> Done:
        """POST /courses/batch in June 2025, POST /content/batch since."""
        return await self._upsert_all(ask, self._course, "courses", courses, wait_for)

    async def upsert_content(self, ask: Ask, *, content: Mapping[str, Any]) -> Done:
        """PUT /content."""
        return await self._upsert(ask, self._content, "content", content)

    async def upsert_contents(
        self, ask: Ask, *, contents: Sequence[Mapping[str, Any]], wait_for: float | None = None
    ) -> Done:
        """POST /content/batch."""
        return await self._upsert_all(ask, self._content, "contents", contents, wait_for)

    async def update_content(self, ask: Ask, key: str, *, changes: Mapping[str, Any]) -> Done:
        """PATCH /content/{id}, of June 2025 only."""
        self._needs_older("upsert it instead")
        if wrong := faults(bodies.OlderContent, changes, ["changes"]):
            return Done(refused=wrong)
        body = made(bodies.OlderContent, changes)
        try:
            await self.change(ask, "PATCH", "/content/{}", key, body=body)
        except ProviderError as error:
            row = await self._read_back(ask, error, key)
            if row is None or not proves(row, changes):
                raise
        return Done(value=Written("PATCH /content/{id}"))

    async def create_collection(self, ask: Ask, *, collection: Mapping[str, Any]) -> Done:
        """POST /collections, of June 2025 only."""
        self._needs_older(AS_CONTENT)
        given = _with_members(collection)
        if wrong := faults(bodies.Collection, given, ["collection"]):
            return Done(refused=wrong)
        body = made(bodies.Collection, given)
        answer = await self.change(ask, "POST", "/collections", body=body)
        return Done(_key(answer), _written("POST /collections", answer))

    async def update_collection(self, ask: Ask, *, key: str, changes: Mapping[str, Any]) -> Done:
        """PATCH /collections/{id}, of June 2025 only."""
        self._needs_older(AS_CONTENT)
        given = _with_members(changes)
        if wrong := faults(bodies.Collection, given, ["changes"]):
            return Done(refused=wrong)
        body = made(bodies.Collection, given)
        await self.change(ask, "PATCH", "/collections/{}", key, body=body)
        return Done(key, Written("PATCH /collections/{id}"))

    @property
    def _course(self) -> Way:
        return OLDER_COURSE if self.is_older else NEWER_COURSE

    @property
    def _content(self) -> Way:
        return OLDER_CONTENT if self.is_older else NEWER_CONTENT

    def _needs_older(self, instead: str) -> None:
        if not self.is_older:
            detail = f"StackOne dropped this operation after June 2025; {instead}"
            raise self.error(Kind.UNSUPPORTED, detail)

    # One.

    async def _upsert(self, ask: Ask, way: Way, name: str, given: Mapping[str, Any]) -> Done:
        if wrong := way.faults(given, name):
            return Done(refused=wrong)
        operation = f"PUT {way.path}"
        reference = given.get("external_reference")
        try:
            answer = await self.change(ask, "PUT", way.path, body=way.made(given))
        except ProviderError as error:
            row = await self._settled(ask, error, way, given)
            if row is None:
                raise
            return Done(row.key, Written(operation, row.remote_id, reference))
        written = _written(operation, answer)
        key = _key(answer) or await self._key_of(ask, way, reference)
        return Done(key, written)

    async def _settled(
        self, ask: Ask, error: ProviderError, way: Way, given: Mapping[str, Any]
    ) -> Any:
        """What an upsert whose answer was lost has come to, if that can be said for certain."""
        if error.kind is not Kind.OUTCOME_UNKNOWN or not given.get("external_reference"):
            return None
        watch = Watch(self, way.resource, by_reference([given]))
        try:
            await watch.look(ask)
        except ProviderError:
            return None  # Nothing is certain then; the error that there was says so.
        row = next(iter(watch.found.values()), None)
        return row if row is not None and proves(row, given) else None

    async def _key_of(self, ask: Ask, way: Way, reference: str | None) -> str | None:
        """The key of what was written, where StackOne tells no id: not all LMSs need one.

        https://docs.stackone.com/lms/unified-lms-features/lms-features
        """
        if not reference:
            return None
        try:
            rows = await located(self, way.resource, ask, [reference])
        except ProviderError:
            return None  # It is written all the same.
        return rows[reference].key if reference in rows else None

    async def _read_back(self, ask: Ask, error: ProviderError, key: str) -> Any:
        if error.kind is not Kind.OUTCOME_UNKNOWN:
            return None
        try:
            return await self.lists.find(CONTENTS, narrow(ask, Content), key)
        except ProviderError:
            return None

    # Many.

    async def _upsert_all(
        self,
        ask: Ask,
        way: Way,
        plural: str,
        items: Sequence[Mapping[str, Any]],
        wait_for: float | None,
    ) -> Done:
        wrong = [
            fault for at, each in enumerate(items) for fault in way.faults(each, plural, str(at))
        ]
        if not items:
            wrong = [Refusal([plural], "there is nothing in it")]
        if wrong:
            return Done(refused=wrong)
        operation = f"POST {way.path}/batch"
        body = bodies.Items([way.made(each) for each in items])
        watch = Watch(self, way.resource, by_reference(items))
        try:
            answer = await self.change(ask, "POST", f"{way.path}/batch", body=body)
        except ProviderError as error:
            if not await self._all_settled(ask, error, watch, items, wait_for):
                raise
            errors: Sequence[Sequence[str]] = [()] * len(items)
        else:
            errors = _errors(answer, len(items))
            good = [each for each, wrong in zip(items, errors, strict=True) if not wrong]
            watch.sent = by_reference(good)
            if wait_for is not None:
                await watch.wait(ask, wait_for)
        told = [
            self._item(at, *each, watch) for at, each in enumerate(zip(items, errors, strict=True))
        ]
        refused = [
            Refusal([plural, str(each.index)], "; ".join(each.errors))
            for each in told
            if each.errors
        ]
        return Done(value=Batch(operation, told, HOW_TO_VERIFY[plural]), refused=refused)

    async def _all_settled(
        self,
        ask: Ask,
        error: ProviderError,
        watch: Watch,
        items: Sequence[Mapping[str, Any]],
        wait_for: float | None,
    ) -> bool:
        """Whether a batch whose answer was lost is there, all of it, for certain."""
        if error.kind is not Kind.OUTCOME_UNKNOWN or len(watch.sent) < len(items):
            return False
        await watch.wait(ask, wait_for or 0)
        rows = watch.found
        return all(name in rows and proves(rows[name], each) for name, each in watch.sent.items())

    def _item(
        self, at: int, given: Mapping[str, Any], errors: Sequence[str], watch: Watch
    ) -> BatchItem:
        reference = given.get("external_reference")
        state = UpsertState.REFUSED if errors else UpsertState.PENDING
        row = watch.found.get(reference or "") if not errors else None
        if row is not None and reference in watch.confirmed:
            state = UpsertState.CONFIRMED
        key = row.key if row is not None else None
        return BatchItem(self.source, at, reference, state, errors, key)


AS_CONTENT = "collections are written as contents of the type `collection` since"

HOW_TO_VERIFY = {
    "courses": "There is no job to ask for: list the source's courses with the filter "
    "`externalReference`, one by one, or give `waitFor`.",
    "contents": "There is no job to ask for: list the source's contents and look for each "
    "`externalReference`, since there is no filter for it, or give `waitFor`.",
}


def _with_members(given: Mapping[str, Any]) -> dict[str, Any]:
    """A collection's courses and contents under the one name that they have on the wire."""
    rest = dict(given)
    members = [*(rest.pop("courses", None) or ()), *(rest.pop("contents", None) or ())]
    return {**rest, "learning_object_ids": members or None}


def _data(answer: Answer) -> Mapping[str, Any]:
    """``UpsertResult`` and ``CreateResult``: what they tell, all of which may be missing."""
    data = answer.body.get("data") if isinstance(answer.body, Mapping) else None
    return data if isinstance(data, Mapping) else {}


def _text(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    return str(value) if value not in (None, "") else None


def _key(answer: Answer) -> str | None:
    """Either id leads to the record. https://docs.stackone.com/docs/stackone-identifiers"""
    data = _data(answer)
    return _text(data, "id") or _text(data, "remote_id")


def _written(operation: str, answer: Answer) -> Written:
    data = _data(answer)
    return Written(operation, _text(data, "remote_id"), _text(data, "external_reference"))


def _errors(answer: Answer, count: int) -> list[list[str]]:
    """``BatchResultApiModel.errors``, one list for each item; none where all are taken."""
    told = answer.body.get("errors") if isinstance(answer.body, Mapping) else None
    rows = told if isinstance(told, list) else []
    found = [_words(row) for row in rows[:count]]
    return found + [[] for _ in range(count - len(found))]


def _words(row: Any) -> list[str]:
    return [str(each) for each in row if each] if isinstance(row, list) else []
