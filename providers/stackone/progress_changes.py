"""How a user's assignments and completions are written at StackOne.

What they are about is named by its external reference, "the main identifier" since June 2025,
which required neither that nor an id.
https://docs.stackone.com/lms/api-reference/assignments/create-user-assignment
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from msgspec import Struct

from providers.base import Ask, Done, Refusal
from providers.errors import Kind, ProviderError
from providers.http import Answer
from providers.model import Completion
from providers.stackone import bodies
from providers.stackone.bodies import faults, made
from providers.stackone.linked import Linked
from providers.stackone.lists import API
from providers.stackone.resources import COMPLETIONS, CONTENTS, COURSES, Resource

OBJECTS: Mapping[str, Resource[Any] | None] = {
    "course": COURSES,
    "content": CONTENTS,
    "collection": None,
}
"""By input, what can be assigned and completed; collections can't be read."""

REFERENCE = "learning_object_external_reference"


@dataclass(frozen=True, slots=True)
class Noted:
    """What StackOne tells of what was made."""

    remote_id: str | None = None


class ProgressChanges(Linked):
    """Writes assignments and completions."""

    async def create_assignment(self, ask: Ask, user: str, **given: Any) -> Done:
        """POST /users/{id}/assignments."""
        kind: type[Struct] = bodies.OlderAssignment if self.is_older else bodies.Assignment
        return await self._create(ask, "/users/{}/assignments", user, kind, given)

    async def create_completion(self, ask: Ask, user: str, **given: Any) -> Done:
        """POST /users/{id}/completions."""
        kind: type[Struct] = bodies.OlderCompletion if self.is_older else bodies.Completion
        return await self._create(ask, "/users/{}/completions", user, kind, given)

    async def delete_completion(self, ask: Ask, key: str, *, user: str | None = None) -> Done:
        """DELETE /users/{id}/completions/{subResourceId}; whose it is, is read if it isn't said."""
        user = user or await self._owner(ask, key)
        try:
            await self.change(ask, "DELETE", "/users/{}/completions/{}", user, key)
        except ProviderError as error:
            if error.kind is not Kind.OUTCOME_UNKNOWN or not await self._is_gone(ask, user, key):
                raise
        return Done()

    async def _create(
        self, ask: Ask, route: str, user: str, kind: type[Struct], given: Mapping[str, Any]
    ) -> Done:
        rest = {name: value for name, value in given.items() if name not in OBJECTS}
        named = [(name, given[name]) for name in OBJECTS if given.get(name) is not None]
        if len(named) > 1:
            (_, (name, _), *_) = named
            return Done(refused=[Refusal([name], "it can be about one thing only")])
        if wrong := faults(kind, rest, []):
            return Done(refused=wrong)
        for name, key in named:
            rest["learning_object_id"] = key
            if rest.get(REFERENCE) is None:
                rest[REFERENCE] = await self._reference(ask, name, key)
        if rest.get(REFERENCE) is None and not (self.is_older and _is_named(rest)):
            return Done(refused=[_nameless(named[0][0] if named else None)])
        answer = await self.change(ask, "POST", route, user, body=made(kind, rest))
        told = _data(answer)
        id, remote_id = told.get("id"), told.get("remote_id")
        return Done(id or remote_id, Noted(remote_id))

    async def _reference(self, ask: Ask, name: str, key: str) -> str | None:
        """The external reference of what is assigned or completed, as it is read."""
        resource = OBJECTS[name]
        if resource is None or self.is_older:
            return None
        own = {resource.reader.record.__name__: frozenset({"external_reference"})}
        row = await self.lists.find(resource, replace(ask, wanted=own), key)
        found: str | None = row.external_reference if row is not None else None
        return found

    async def _owner(self, ask: Ask, key: str) -> str:
        own = replace(ask, wanted={Completion.__name__: frozenset({"user_ref"})})
        row = await self.lists.find(COMPLETIONS, own, key)
        if row is None or not isinstance(row.user_ref, str):
            raise self.error(
                Kind.NOT_FOUND, "there is no such completion, or nobody's: give `user`"
            )
        return row.user_ref

    async def _is_gone(self, ask: Ask, user: str, key: str) -> bool:
        """GET /users/{id}/completions/{subResourceId}: whether there is nothing any more."""
        route = f"{API}/users/{{}}/completions/{{}}"
        try:
            return await self.http.find(ask, route, user, key, params={"fields": "id"}) is None
        except ProviderError:
            return False


def _is_named(given: Mapping[str, Any]) -> bool:
    """Whether June's optional names say what it is about."""
    names = ("learning_object_id", "content_id", "content_external_reference")
    return any(given.get(name) is not None for name in names)


def _nameless(name: str | None) -> Refusal:
    words = (
        f"the {name} has no external reference that could be read; give it here"
        if name
        else "give it, or `course`, `content` or `collection`"
    )
    return Refusal([bodies.camel(REFERENCE)], words)


def _data(answer: Answer) -> Mapping[str, str | None]:
    """``CreateResult``: what it tells, all of which may be missing."""
    data = answer.body.get("data") if isinstance(answer.body, Mapping) else None
    found = data if isinstance(data, Mapping) else {}
    return {name: str(value) for name, value in found.items() if value not in (None, "")}
