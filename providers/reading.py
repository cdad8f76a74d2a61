"""Readers as tables: how a provider's JSON becomes a record, declared field by field.

A table names, for each unified field, where in the JSON it comes from and, where a judgment is
needed, the converter that makes it::

    COURSE = Reader(
        Course,
        key="id",
        title=(("name", "id"), first_text),
        duration=("duration", duration),
        category_refs=("categories", Refs(CATEGORY)),
    )

A cell is a path, a pair (path, converter), or a pair (several paths, converter of as many values).
A path is names joined by dots; the empty path is the whole object. Without a converter the field's
type decides.

The same table says which parts of the JSON a set of fields needs (``names``), so that a provider
can be asked for just these. Reading is tolerant of everything but the key: a field that can't be
read is None and counted; an object without a key raises ``Unkeyed``, and the caller leaves it out
and reports it.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from types import UnionType
from typing import Any, Generic, TypeVar

from providers import convert
from providers.base import Ask
from providers.model import Record

R = TypeVar("R", bound=Record)

Converter = Callable[..., Any]

Selection = tuple[frozenset[str] | None, ...]
"""Wanted fields of each record in a table's reach, in its order; None where none are wanted."""


class Unkeyed(Exception):
    """An object has no usable key, so it can't be a record."""


FAILURES = (Unkeyed, TypeError, ValueError, ArithmeticError)
"""What a converter raises where it can make nothing of a value."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading: whose data it is, and on which terms.

    ``shallow`` names fields whose embedded objects hold less than is wanted: only their keys are
    taken.
    """

    source: str
    ask: Ask
    shallow: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Nested:
    """A converter that makes records out of a part of an object.

    ``of`` is the part's table, or a function that gives it, where two tables name each other.
    """

    of: Reader[Any] | Callable[[], Reader[Any]]

    @property
    def reader(self) -> Reader[Any]:
        """The part's table."""
        return self.of if isinstance(self.of, Reader) else self.of()

    def read(self, value: Any, reading: Reading, owner: str, *, shallow: bool) -> Any:
        """A key as it is; an object as a record, or its key alone where it is shallow."""
        if not isinstance(value, Mapping):
            return convert.key(value)
        if shallow:
            return self.reader.key_of(value, owner)
        return self.reader.read(value, reading, owner)


class Ref(Nested):
    """Another record: its key, or an object that holds it."""


class Refs(Nested):
    """Other records: a list of keys or objects. What has no key is left out and counted."""

    def read(self, value: Any, reading: Reading, owner: str, *, shallow: bool) -> Any:
        """A tuple of keys and records."""
        if not isinstance(value, list):
            raise TypeError("not a list")
        found = []
        for item in value:
            try:
                found.append(Nested.read(self, item, reading, owner, shallow=shallow))
            except (Unkeyed, TypeError, ValueError):
                reading.ask.dropped[reading.source, self.reader.record.__name__] += 1
        return tuple(found)


class Facet(Nested):
    """What only this provider has, read from the same object; only where it is wanted."""

    def read(self, value: Any, reading: Reading, owner: str, *, shallow: bool) -> Any:
        """The facet's record, or None where it isn't wanted."""
        # Wanted may be nothing of it but what takes its key, such as a list of its own.
        if self.reader.record.__name__ not in reading.ask.wanted:
            return None
        return self.reader.read(value, reading, owner)


@dataclass(frozen=True, slots=True)
class Cell:
    """Where one field comes from, and how it is made."""

    name: str
    paths: tuple[tuple[str, ...], ...]
    converter: Converter | Nested


class Reader(Generic[R]):
    """A table that makes records of one type from one kind of JSON object."""

    def __init__(
        self,
        record: type[R],
        *,
        key: str | tuple[Any, Converter] = "",
        owned: bool = False,
        about: str = "",
        notes: Mapping[str, str] | None = None,
        **cells: Any,
    ) -> None:
        """Declare a table.

        ``about`` says what the record is called at this provider, and ``notes`` what is particular
        about its fields there: parts of sentences, which stand in descriptions.

        With ``owned``, the converter of ``key`` sees the owner's key before its own values; without
        a ``key`` as well, the owner's key is the record's.
        """
        hints = typing.get_type_hints(record)
        unknown = sorted(set(cells) - set(hints))
        if unknown:
            raise TypeError(f"{record.__name__} has no field {', '.join(unknown)}")
        self.record = record
        self.owned = owned
        self.about = about
        self.notes = notes or {}
        self.key = _cell("key", key, convert.key) if key else None
        self.cells = {
            name: _cell(name, cell, _default(hints[name])) for name, cell in cells.items()
        }
        self.chosen = lru_cache(maxsize=256)(self._choose)

    @cached_property
    def reach(self) -> tuple[str, ...]:
        """The names of the records that the table may read: its own, and those inside it."""
        found: dict[Reader[Any], str] = {}
        waiting: list[Reader[Any]] = [self]
        while waiting:
            each = waiting.pop()
            if each not in found:
                found[each] = each.record.__name__
                converters = (cell.converter for cell in each.cells.values())
                waiting += [nested.reader for nested in converters if isinstance(nested, Nested)]
        return tuple(dict.fromkeys(found.values()))

    def selection(self, ask: Ask) -> Selection:
        """What an ask wants of all that the table may read: what is made for it is kept by this."""
        return tuple(map(ask.wanted.get, self.reach))

    def selected(self, selection: Selection) -> dict[str, frozenset[str]]:
        """The wanted fields by the record's name, out of a selection."""
        named = zip(self.reach, selection, strict=True)
        return {name: fields for name, fields in named if fields is not None}

    def _choose(self, fields: frozenset[str]) -> tuple[Cell, ...]:
        return tuple(cell for name, cell in self.cells.items() if name in fields)

    def names(self, fields: Iterable[str]) -> list[str]:
        """The top-level names that these fields, and the key, are read from, in the table's
        order."""
        cells = [self.key, *self.chosen(frozenset(fields))]
        paths = (path for cell in cells if cell for path in cell.paths)
        return list(dict.fromkeys(path[0] for path in paths if path))

    def key_of(self, raw: Mapping[str, Any], owner: str = "") -> str:
        """The key of an object.

        Raises:
            Unkeyed: where it has none that can be used.
        """
        if self.key is None:
            return owner
        values = [at(raw, path) for path in self.key.paths]
        converter = typing.cast(Converter, self.key.converter)
        try:
            key = converter(owner, *values) if self.owned else converter(*values)
        except (TypeError, ValueError):
            raise Unkeyed(self.record.__name__) from None
        if not key or not isinstance(key, str):
            raise Unkeyed(self.record.__name__)
        return key

    def read(self, raw: Any, reading: Reading, owner: str = "") -> R:
        """The record of an object, with the fields that the reading's ask wants.

        Raises:
            Unkeyed: where the object has no usable key, or is no object.
        """
        if not isinstance(raw, Mapping):
            raise Unkeyed(self.record.__name__)
        key = self.key_of(raw, owner)
        values: dict[str, Any] = {}
        for cell in self.chosen(reading.ask.fields(self.record)):
            found = [at(raw, path) for path in cell.paths]
            if all(value is None for value in found):
                continue
            try:
                if isinstance(cell.converter, Nested):
                    shallow = cell.name in reading.shallow
                    values[cell.name] = cell.converter.read(found[0], reading, key, shallow=shallow)
                else:
                    values[cell.name] = cell.converter(*found)
            except FAILURES:
                field = f"{self.record.__name__}.{cell.name}"
                reading.ask.unreadable[reading.source, field] += 1
        return self.record(source=reading.source, key=key, **values)

    def read_all(self, rows: Iterable[Any], reading: Reading, owner: str = "") -> list[R]:
        """The records of a list; what has no key is left out and counted."""
        found = []
        for row in rows:
            try:
                found.append(self.read(row, reading, owner))
            except Unkeyed:
                reading.ask.dropped[reading.source, self.record.__name__] += 1
        return found


def at(raw: Any, path: tuple[str, ...]) -> Any:
    """What stands at a path; None where nothing does."""
    for name in path:
        if not isinstance(raw, Mapping):
            return None
        raw = raw.get(name)
    return raw


def _cell(name: str, cell: Any, default: Converter | None) -> Cell:
    paths, converter = cell if isinstance(cell, tuple) else (cell, default)
    if converter is None:
        raise TypeError(f"{name} needs a converter: its type doesn't say how to read it")
    several = (paths,) if isinstance(paths, str) else paths
    return Cell(name, tuple(tuple(path.split(".")) if path else () for path in several), converter)


def _default(hint: Any) -> Converter | None:
    """The converter for a type, where the type alone says how to read it."""
    if isinstance(hint, UnionType) or typing.get_origin(hint) is typing.Union:
        kinds = [each for each in typing.get_args(hint) if each is not type(None)]
        hint = kinds[0] if len(kinds) == 1 else None
    if typing.get_origin(hint) is tuple and typing.get_args(hint)[0] is str:
        return convert.texts
    return _BY_TYPE.get(hint)


_BY_TYPE: dict[Any, Converter] = {
    str: convert.text,
    float: convert.number,
    int: convert.integer,
    bool: convert.flag,
    datetime: convert.instant,
    date: convert.day,
    Any: convert.anything,
}
