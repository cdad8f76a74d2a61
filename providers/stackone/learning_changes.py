"""How courses, contents and collections are written at StackOne.

June 2025 wrote courses and collections by operations of their own. Since then both are written as
content of such a type.
https://docs.stackone.com/lms/api-reference/content/upsert-content
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers.base import Ask, Done
from providers.errors import Kind, ProviderError
from providers.model import Content
from providers.stackone import bodies
from providers.stackone.bodies import faults, made
from providers.stackone.linked import Linked
from providers.stackone.resources import CONTENTS
from providers.stackone.settling import Watch, by_reference, located, narrow, proves
from providers.stackone.ways import Way, Written, content_way, course_way, key_of, written_of


class LearningChanges(Linked):
    """Writes courses, contents and collections."""

    async def upsert_course(self, ask: Ask, *, course: Mapping[str, Any]) -> Done:
        """PUT /courses in June 2025, PUT /content since."""
        return await self._upsert(ask, course_way(self.generation), "course", course)

    async def upsert_content(self, ask: Ask, *, content: Mapping[str, Any]) -> Done:
        """PUT /content."""
        return await self._upsert(ask, content_way(self.generation), "content", content)

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
        return Done(key_of(answer), written_of("POST /collections", answer))

    async def update_collection(self, ask: Ask, *, key: str, changes: Mapping[str, Any]) -> Done:
        """PATCH /collections/{id}, of June 2025 only."""
        self._needs_older(AS_CONTENT)
        given = _with_members(changes)
        if wrong := faults(bodies.Collection, given, ["changes"]):
            return Done(refused=wrong)
        body = made(bodies.Collection, given)
        await self.change(ask, "PATCH", "/collections/{}", key, body=body)
        return Done(key, Written("PATCH /collections/{id}"))

    def _needs_older(self, instead: str) -> None:
        if not self.is_older:
            detail = f"StackOne dropped this operation after June 2025; {instead}"
            raise self.error(Kind.UNSUPPORTED, detail)

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
        written = written_of(operation, answer)
        key = key_of(answer) or await self._key_of(ask, way, reference)
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


AS_CONTENT = "collections are written as contents of the type `collection` since"


def _with_members(given: Mapping[str, Any]) -> dict[str, Any]:
    """A collection's courses and contents under the one name that they have on the wire; none at
    all is told, too, since it empties the collection."""
    rest = dict(given)
    said = [each for name in ("courses", "contents") if (each := rest.pop(name, None)) is not None]
    members = [key for keys in said for key in keys] if said else None
    return {**rest, "learning_object_ids": members}
