"""The types that have ids: how each is listed and read by key."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from providers.model import (
    Assignment,
    Category,
    Completion,
    Content,
    Course,
    Instructor,
    Record,
    Skill,
    User,
)
from resolvers.context import Context
from resolvers.loaders import Batch, Level, Place


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


async def _read(plural: str, context: Context, source: str, keys: Sequence[str]) -> Any:
    method = getattr(context.sources.get(source), plural, None)
    return await method(context.ask, keys) if method else {}


_LEVELS: Mapping[str, Level] = {plural: partial(_read, plural) for plural in BY_PLURAL}


def load(context: Context, plural: str, source: str, key: str) -> Awaitable[Any]:
    """The record of that key, or None where there is none; one read for all that a level asks
    for."""
    return _batch(context, plural).wait(source, key)


def prime(context: Context, records: Iterable[Record]) -> None:
    """Remember records that a list gave, embedded ones too, so that nothing asks for them by key
    again.

    What was read for this operation is as wide as a read by key would be.
    """
    for record in records:
        entity = ENTITIES.get(type(record).__name__)
        if entity is None:
            continue
        _batch(context, entity.plural).prime(Place(record.source, record.key), record)
        for name in REFERENCES[entity.type]:
            value = getattr(record, name)
            several = value if isinstance(value, tuple) else (value,)
            prime(context, (each for each in several if isinstance(each, Record)))


def _batch(context: Context, plural: str) -> Batch:
    return context.batch(plural, _LEVELS[plural])
