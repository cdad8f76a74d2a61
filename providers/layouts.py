"""Layouts: the structs that JSON is decoded into, of just the fields that are wanted of a record.

A table (``providers.reading``) and the fields that are wanted of it make a struct that is a
subclass of the model's record. Each wanted field has the name that its value has in the JSON, and
the strict type that its converter lets through as it is; so msgspec finds, checks and builds them
in one pass, and skips what nobody asked for. Where a converter judges, the value is decoded as it
is into a field beside the record's own (their names begin with ``_``), and then judged by that very
converter, a column at a time. Records inside records are structs of the same making.

What a layout can't take as it is, it refuses: see ``providers.typed``.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import repeat, starmap
from operator import attrgetter
from types import NoneType
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta
from msgspec.structs import force_setattr

from providers import convert
from providers.model import Record
from providers.reading import (
    FAILURES,
    Cell,
    Facet,
    Nested,
    Reader,
    Reading,
    Ref,
    Refs,
    Selection,
    at,
)

R = TypeVar("R", bound=Record)

MOST_LAYOUTS = 256
"""Layouts that are kept; a selection makes one for each table that it reads."""


AT_ONCE = 256
"""Rows of which one column after the other is judged: few enough to be in the processor's cache
still when it comes to the last column."""


class _Nothing:
    """The type of what no JSON gives: a value that is there after all is refused."""


_NOWHERE = "\uffff"
"""Begins the names of fields that are not in the JSON: no text has this character. (Where one has
it after all, there is still no value of the field's type.)"""

SOURCE: ContextVar[str] = ContextVar("source")
"""Whose data is being decoded. Records are given it as they are built."""

_KEY = Annotated[str, Meta(min_length=1)]
_INTEGER = Annotated[int, Meta(ge=-convert.LARGEST_INTEGER, le=convert.LARGEST_INTEGER)]

SAME: Mapping[Any, Any] = {
    convert.text: str,
    convert.key: _KEY,
    convert.flag: bool,
    convert.integer: _INTEGER,
    convert.anything: Any,
}
"""By converter, the type whose values it gives back as they came."""

CAST: Mapping[Any, Any] = {
    convert.number: float,
    convert.texts: tuple[str, ...],
    convert.keys: tuple[_KEY, ...],
}
"""By converter, the type that it makes and a decoder makes alike; what came is gone then."""


@lru_cache(maxsize=MOST_LAYOUTS)
def layout_of(reader: Reader[R], selection: Selection, shallow: frozenset[str]) -> Layout[R] | None:
    """The layout of a table; None where it has none."""
    try:
        return Drawing(reader.selected(selection), shallow).draw(reader)
    except Unsuited:
        return None


class Unsuited(Exception):
    """A table or a cell reads its object in a way that no layout can follow."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A field that a converter judges, of all rows at once."""

    name: str
    judge: Callable[[Sequence[Any], Reading], int]
    """Fills the field in; says how often it couldn't be read."""


@dataclass(frozen=True, slots=True, eq=False)
class Inner:
    """A field whose values are records of a layout of their own."""

    layout: Layout[Any]
    found: Callable[[Sequence[Any]], list[Any]]
    """The records inside of some rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout(Generic[R]):
    """How rows of a table are decoded, where certain fields are wanted."""

    name: str
    """The record's name."""
    struct: type[R]
    key: Callable[[Any, str], str] | None
    """Makes a row's key, with the owner's; None where it is in the row as it is."""
    columns: tuple[Column, ...]
    inner: tuple[Inner, ...]

    def complete(self, rows: Sequence[Any], reading: Reading, owner: str) -> None:
        """Fill in what the decoder left to the converters.

        Raises:
            Unkeyed: where a row has no key that can be used; nothing is counted yet then.
        """
        if self.key is not None:
            for row in rows:
                force_setattr(row, "key", self.key(row, owner))
        for begin in range(0, len(rows), AT_ONCE):
            part = rows[begin : begin + AT_ONCE]
            for column in self.columns:
                if missed := column.judge(part, reading):
                    reading.ask.unreadable[reading.source, f"{self.name}.{column.name}"] += missed
        for inner in self.inner:
            inner.layout.complete(inner.found(rows), reading, "")


@dataclass(frozen=True, slots=True)
class Drawing:
    """Makes the layout of a table, and those of what is inside it."""

    wanted: Mapping[str, frozenset[str]]
    shallow: frozenset[str]
    above: tuple[Reader[Any], ...] = ()
    """The tables that this one is inside of."""

    def draw(self, reader: Reader[R]) -> Layout[R]:
        """The layout of a table.

        Raises:
            Unsuited: where it reads in a way that no layout can follow.
        """
        cells = [cell for cell in self._chosen(reader) if not self._is_unwanted(cell)]
        uses = Counter(name for cell in (reader.key, *cells) if cell for name in self._names(cell))
        struct = _Struct(reader.record)
        key = self._key(reader, struct)
        inner: list[Inner] = []
        judged = [cell for cell in cells if not self._is_plain(cell, struct, uses, reader, inner)]
        columns = [self._column(cell, struct) for cell in judged]
        return Layout(reader.record.__name__, struct.make(), key, tuple(columns), tuple(inner))

    def _chosen(self, reader: Reader[Any]) -> tuple[Cell, ...]:
        return reader.chosen(self.wanted.get(reader.record.__name__, frozenset()))

    def _is_unwanted(self, cell: Cell) -> bool:
        facet = cell.converter
        return isinstance(facet, Facet) and facet.reader.record.__name__ not in self.wanted

    def _names(self, cell: Cell) -> Iterator[str]:
        """The members of an object that a cell reads."""
        for path in cell.paths:
            if path:
                yield path[0]
            elif type(cell.converter) in (Facet, Ref):
                reader = cell.converter.reader  # type: ignore[union-attr]
                for inner in (reader.key, *self._chosen(reader)):
                    if inner and not self._is_unwanted(inner):
                        yield from self._names(inner)
            else:  # Who knows what of the object it looks at.
                raise Unsuited(cell.name)

    def _key(self, reader: Reader[Any], struct: _Struct) -> Callable[[Any, str], str] | None:
        if has_plain_key(reader):
            assert reader.key
            struct.place("key", _KEY, reader.key.paths[0][0])
            return None
        if reader.key is None:
            return lambda row, owner: owner
        part = self._part(reader.key, struct)
        return lambda row, owner: reader.key_of(part(row), owner)

    def _is_plain(
        self,
        cell: Cell,
        struct: _Struct,
        uses: Mapping[str, int],
        reader: Reader[Any],
        inner: list[Inner],
    ) -> bool:
        """Whether the decoder makes the field by itself; then it is placed."""
        if len(cell.paths) != 1 or len(cell.paths[0]) != 1:
            return False
        (name,) = cell.paths[0]
        if name in struct.slots:
            return False
        kind = SAME.get(cell.converter)
        if kind is None and uses[name] == 1:
            kind = CAST.get(cell.converter) or self._inner(cell, reader, inner)
        if kind is None:
            return False
        struct.place(cell.name, kind | None, name)
        return True

    def _inner(self, cell: Cell, reader: Reader[Any], inner: list[Inner]) -> Any:
        """The type of a field that holds keys or records, or None where its cell must judge."""
        nested = cell.converter
        if type(nested) not in (Ref, Refs) or cell.name in self.shallow:
            return None
        of = nested.reader  # type: ignore[union-attr]
        above = (*self.above, reader)
        # What is inside itself, to any depth, would be a type inside itself.
        if of in above or not has_plain_key(of):
            return None
        try:
            layout = Drawing(self.wanted, self.shallow, above).draw(of)
        except Unsuited:
            return None
        many = type(nested) is Refs
        if layout.columns or layout.inner:
            inner.append(Inner(layout, _inside(cell.name, layout.struct, many)))
        kind: Any = _KEY | layout.struct
        return tuple.__class_getitem__((kind, ...)) if many else kind

    def _column(self, cell: Cell, struct: _Struct) -> Column:
        converter = cell.converter
        if isinstance(converter, Nested):
            value = self._part(cell, struct) if () in cell.paths else _value(cell.paths[0], struct)
            shallow = cell.name in self.shallow
            return Column(cell.name, _nesting(cell.name, value, converter, shallow))
        if len(cell.paths) == 1:
            return Column(cell.name, _judging(cell.name, _value(cell.paths[0], struct), converter))
        values = _values(cell.paths, struct)
        return Column(cell.name, _weighing(cell.name, values, len(cell.paths), converter))

    def _part(self, cell: Cell, struct: _Struct) -> Callable[[Any], dict[str, Any]]:
        """Gives of a row's object as much as a cell reads."""
        slots = [(name, struct.slot(name)) for name in dict.fromkeys(self._names(cell))]
        return lambda row: {name: getattr(row, slot) for name, slot in slots}


class _Struct:
    """A subclass of a record, in the making."""

    def __init__(self, record: type[Record]) -> None:
        self.record = record
        self.slots: dict[str, str] = {}
        """By name in the JSON, the field that holds the value as it came."""
        self._kinds: dict[str, Any] = {}
        self._names: dict[str, str] = {}

    def place(self, field: str, kind: Any, name: str) -> None:
        """Have a value of this name decoded into a field."""
        self.slots[name] = field
        self._kinds[field] = kind
        self._names[field] = name

    def slot(self, name: str) -> str:
        """The field that holds the value of this name, placed where there is none yet."""
        if name not in self.slots:
            self.place(f"_{len(self.slots)}", Any, name)
        return self.slots[name]

    def make(self) -> Any:
        """The struct."""
        fields: list[Any] = []
        for name in dict.fromkeys((*self.record.__struct_fields__, *self._kinds)):
            kind = self._kinds.get(name, _Nothing)
            if name == "source":
                fields.append((name, kind, msgspec.field(default_factory=SOURCE.get)))
            elif name == "key":
                fields.append((name, kind) if name in self._kinds else (name, kind, ""))
            else:
                fields.append((name, kind, None))
        # Records decoded from JSON can't be in a circle, so the collector needn't look.
        return msgspec.defstruct(
            self.record.__name__,
            fields,
            bases=(self.record,),
            rename={name: self._names.get(name, _NOWHERE + name) for name, *_ in fields},
            frozen=True,
            kw_only=True,
            gc=False,
        )


def has_plain_key(reader: Reader[Any]) -> bool:
    """Whether the key of a table's records is text under one name."""
    key = reader.key
    return (
        key is not None
        and not reader.owned
        and key.converter is convert.key
        and len(key.paths) == 1
        and len(key.paths[0]) == 1
    )


# Ways through the rows.


def _inside(name: str, struct: type, many: bool) -> Callable[[Sequence[Any]], list[Any]]:
    get = attrgetter(name)
    if many:
        return lambda rows: [
            each for row in rows for each in get(row) or () if type(each) is struct
        ]
    return lambda rows: [each for row in rows if type(each := get(row)) is struct]


def _value(path: tuple[str, ...], struct: _Struct) -> Callable[[Any], Any]:
    get = attrgetter(struct.slot(path[0]))
    rest = path[1:]
    return (lambda row: at(get(row), rest)) if rest else get


def _values(paths: Sequence[tuple[str, ...]], struct: _Struct) -> Callable[[Any], tuple[Any, ...]]:
    if all(len(path) == 1 for path in paths):
        return attrgetter(*(struct.slot(name) for (name,) in paths))
    each = [_value(path, struct) for path in paths]
    return lambda row: tuple(value(row) for value in each)


def _judging(
    name: str, value: Callable[[Any], Any], converter: Any
) -> Callable[[Sequence[Any], Reading], int]:
    """One value to judge."""
    whole = convert.WHOLE.get(converter)

    def judge(rows: Sequence[Any], reading: Reading) -> int:
        values = list(map(value, rows))
        kinds = set(map(type, values))
        if NoneType in kinds:
            rows, values = _present(rows, values)
        try:
            found = whole(values) if whole else _converted(values, converter, kinds)
        except FAILURES:
            return _one_by_one(name, rows, map(partial(partial, converter), values))
        _fill(name, rows, found)
        return 0

    return judge


def _weighing(
    name: str, values: Callable[[Any], tuple[Any, ...]], count: int, converter: Any
) -> Callable[[Sequence[Any], Reading], int]:
    """Several values to judge together."""
    nothing = (None,) * count

    def judge(rows: Sequence[Any], reading: Reading) -> int:
        given = list(map(values, rows))
        if nothing in given:
            rows, given = _present(rows, [None if each == nothing else each for each in given])
        try:
            found = list(starmap(converter, given))
        except FAILURES:
            return _one_by_one(name, rows, (partial(converter, *each) for each in given))
        _fill(name, rows, found)
        return 0

    return judge


def _present(rows: Sequence[Any], values: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """The rows that have a value, and these values."""
    there = [place for place, value in enumerate(values) if value is not None]
    return [rows[place] for place in there], [values[place] for place in there]


def _converted(values: list[Any], converter: Any, kinds: set[type]) -> list[Any]:
    """What a converter makes of values. Words come again and again: each is judged once."""
    # Of other classes, values may be equal that aren't the same to a converter, such as 1 and True.
    if kinds <= {str, NoneType} and len(words := set(values)) * 2 <= len(values):
        found = {word: converter(word) for word in words}
        return list(map(found.__getitem__, values))
    return list(map(converter, values))


def _fill(name: str, rows: Sequence[Any], values: Sequence[Any]) -> None:
    """Give each row its value."""
    deque(map(force_setattr, rows, repeat(name), values), 0)


def _one_by_one(name: str, rows: Sequence[Any], made: Iterable[Callable[[], Any]]) -> int:
    """Give each row the value that is made for it; says how often none could be."""
    missed = 0
    for row, make in zip(rows, made, strict=True):
        try:
            force_setattr(row, name, make())
        except FAILURES:
            missed += 1
    return missed


def _nesting(
    name: str, value: Callable[[Any], Any], nested: Nested, shallow: bool
) -> Callable[[Sequence[Any], Reading], int]:
    """Records that are read tolerantly, out of a part of the row's object."""

    def judge(rows: Sequence[Any], reading: Reading) -> int:
        missed = 0
        for row in rows:
            if (found := value(row)) is not None:
                try:
                    read = nested.read(found, reading, row.key, shallow=shallow)
                    force_setattr(row, name, read)
                except FAILURES:
                    missed += 1
        return missed

    return judge
