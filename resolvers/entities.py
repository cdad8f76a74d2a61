"""The types that have ids: how each is listed and read by key."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Any

from providers.model import (
    Assignment,
    Category,
    Completion,
    Content,
    Course,
    CourseImport,
    Instructor,
    Record,
    Skill,
    User,
)
from resolvers.context import Context
from resolvers.loaders import Batch, Level


@dataclass(frozen=True, slots=True)
class Entity:
    """A type with ids: the client methods that list it and that read it by keys."""

    record: type[Record]
    plural: str

    @property
    def type(self) -> str:
        """Name of the type."""
        return self.record.__name__

    @property
    def listing(self) -> str:
        """Name of the method that lists it."""
        return f"list_{self.plural}"


_PLURALS: Mapping[type[Record], str] = {
    Course: "courses",
    Content: "contents",
    Completion: "completions",
    Assignment: "assignments",
    User: "users",
    Category: "categories",
    Skill: "skills",
    Instructor: "instructors",
    CourseImport: "course_imports",
}

ENTITIES: Mapping[str, Entity] = {
    record.__name__: Entity(record, plural) for record, plural in _PLURALS.items()
}
"""By the name of the type."""

BY_PLURAL: Mapping[str, Entity] = {entity.plural: entity for entity in ENTITIES.values()}
"""By the name of the method that reads it by keys."""

REFERENCES: Mapping[str, tuple[str, ...]] = {
    name: tuple(
        field for field in entity.record.__struct_fields__ if field.endswith(("_ref", "_refs"))
    )
    for name, entity in ENTITIES.items()
}
"""By the name of the type, its fields that may hold other records."""


def _held(field: str) -> str:
    """The type of the records that a field may hold, which it is named after."""
    return field.removesuffix("s").removesuffix("_ref").title()


def _reached(type: str, passed: frozenset[str] = frozenset()) -> frozenset[str]:
    """The types of the records that may be inside one, however deep."""
    found = frozenset(map(_held, REFERENCES[type])) - passed
    return found.union(*(_reached(each, passed | found) for each in found))


LEADS: Mapping[tuple[str, str], tuple[str, ...]] = {
    (name, entity.plural): tuple(
        field
        for field in fields
        if entity.type == _held(field) or entity.type in _reached(_held(field))
    )
    for name, fields in REFERENCES.items()
    for entity in ENTITIES.values()
}
"""By the name of a type and the plural of another, the fields that lead from the one to the
other."""


async def _read(plural: str, context: Context, source: str, keys: Sequence[str]) -> Any:
    method = getattr(context.sources.get(source), plural, None)
    return await method(context.ask, keys) if method else {}


_LEVELS: Mapping[str, Level] = {plural: partial(_read, plural) for plural in BY_PLURAL}


def load(context: Context, plural: str, source: str, key: str) -> Awaitable[Any]:
    """The record of that key, or None where there is none; one read for all that a level asks
    for."""
    return loader(context, plural).wait(source, key)


def loader(context: Context, plural: str) -> Batch:
    """What loads records by key, the ones that lists gave already known to it."""
    batch = context.batch(plural, _LEVELS[plural])
    known = context.indexed.get(plural, 0)
    if known < len(context.primed):
        context.indexed[plural] = len(context.primed)
        for records in context.primed[known:]:
            _index(batch, plural, records)
    return batch


def prime(context: Context, records: Sequence[Record]) -> None:
    """Remember records of one type that a list gave, embedded ones too, so that nothing asks for
    them by key again.

    What was read for this operation is as wide as a read by key would be. The records are looked at
    only when one of a type that may be among them is asked for.
    """
    if records:
        context.primed.append(records)


def _index(batch: Batch, plural: str, records: Sequence[Record]) -> None:
    """Tell a loader of the records of its type among these, and inside them."""
    entity = ENTITIES.get(type(records[0]).__name__)
    if entity is None:
        return
    if entity.plural == plural:
        batch.prime_all(records)
    for name in LEADS[entity.type, plural]:
        inside: Iterable[Any] = map(attrgetter(name), records)
        if name.endswith("_refs"):
            inside = chain.from_iterable(filter(None, inside))
        held = list(inside)
        kinds = set(map(type, held))
        if any(issubclass(kind, Record) for kind in kinds):
            _index(batch, plural, [each for each in held if isinstance(each, Record)])
