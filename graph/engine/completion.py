"""Value completion: what a field's values become in the answer (GraphQL, section 6.4.3).

A ``Shape`` stands for a field's type. It completes a whole column at once: a value that is right
stays as it is, a list is flattened into one column of items, objects go to their selection all
together. The class of each value decides how it is looked at, so that a column is checked by the
few classes that are in it, not value by value.

Where a value can't stand in its place, ``Broken`` stands there in its stead (an error) or None (a
null where none may be), and the run is marked as broken: ``errors`` then goes through the answer,
finds the paths, and makes nulls of what has to be null. An exception among the values is an error
whose place is that of the value.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import partial
from itertools import chain, islice
from types import CoroutineType, GeneratorType, NoneType
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import (
    GraphQLAbstractType,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLString,
    Undefined,
)
from graphql.pyutils import inspect, is_awaitable, is_iterable
from graphql.pyutils.undefined import UndefinedType

from graph.engine.columns import Arriving, Written
from graph.engine.places import Places
from graph.engine.run import Run

if TYPE_CHECKING:
    from graph.engine.fields import Field
    from graph.engine.selection import Selection

Candidate = tuple[GraphQLObjectType, type]
"""An object type, and the class of the objects that it shows."""

Kinds = set[type]
"""The classes of the values of a column."""


class Typed(NamedTuple):
    """An object of an abstract type, of which the concrete type is known."""

    value: Any
    type: GraphQLObjectType


Part = tuple[Sequence[int], Awaitable[Sequence[Any]]]


class Shape:
    """How the values of one type are completed."""

    looking = True
    """Whether there may be something to look at before completion; see ``looks``."""

    def __init__(self, field: Field, *, nullable: bool) -> None:
        self.field = field
        self.nullable = nullable

    def complete(self, run: Run, values: Sequence[Any], places: Places) -> Sequence[Any]:
        """The values as they stand in the answer."""
        kinds = set(map(type, values))
        if _all_there(kinds):
            return self.there(run, values, kinds, places)
        if kinds == {NoneType}:
            run.broken = run.broken or not self.nullable
            return values
        return self._partly(run, values, places)

    def _partly(self, run: Run, values: Sequence[Any], places: Places) -> list[Any]:
        found: list[Any] = [None] * len(values)
        present = []
        for place, value in enumerate(values):
            if isinstance(value, Exception):
                found[place] = run.fail(value)
            elif value is None or value is Undefined:
                run.broken = run.broken or not self.nullable
            else:
                present.append(place)
        if present:
            column = [values[place] for place in present]
            kinds = set(map(type, column))
            there = self.there(run, column, kinds, places.take(present))
            for place, value in zip(present, there, strict=True):
                found[place] = value
        return found

    def there(self, run: Run, values: Sequence[Any], kinds: Kinds, places: Places) -> Sequence[Any]:
        """Complete values of which none is null or an error."""
        raise NotImplementedError

    def looks(self, kinds: Kinds) -> bool:
        """Whether values of these classes are to be looked at, one by one, before completion."""
        return False

    def look(self, run: Run, value: Any, places: Places, place: int) -> Any:
        """The value to complete: another one, an exception, or what to await for it."""
        return value


def _all_there(kinds: Kinds) -> bool:
    return (
        NoneType not in kinds
        and UndefinedType not in kinds
        and not any(issubclass(kind, Exception) for kind in kinds)
    )


# Leaves: scalars and enums.


def _is_int(values: Sequence[Any]) -> bool:
    return bool(-(2**31) <= min(values) and max(values) < 2**31)


def _is_finite(values: Sequence[Any]) -> bool:
    return all(map(math.isfinite, values))


_PLAIN: dict[str, tuple[type, Callable[[Sequence[Any]], bool] | None]] = {
    GraphQLString.name: (str, None),
    GraphQLID.name: (str, None),
    GraphQLBoolean.name: (bool, None),
    GraphQLInt.name: (int, _is_int),
    GraphQLFloat.name: (float, _is_finite),
}
"""By GraphQL's own scalars: the class whose instances are written as they are, and what else must
hold of a column of them (section 3.5)."""

_BUILT_IN = (GraphQLString, GraphQLID, GraphQLBoolean, GraphQLInt, GraphQLFloat)


class Leaf(Shape):
    """Scalars and enums: result coercion (section 3.5)."""

    looking = False

    def __init__(
        self, field: Field, type: GraphQLLeafType, written: Written | None = None, *, nullable: bool
    ) -> None:
        super().__init__(field, nullable=nullable)
        self.type = type
        self.plain: Any = None
        self.written = written
        if written is not None and written.write is None:
            self.plain = written.kind
        self.check: Callable[[Sequence[Any]], bool] | None = None
        built_in = next((each for each in _BUILT_IN if _same_scalar(each, type)), None)
        if built_in is not None:
            self.plain, self.check = _PLAIN[built_in.name]
        self.names: dict[Any, dict[int, str]] = {}

    def complete(self, run: Run, values: Sequence[Any], places: Places) -> Sequence[Any]:
        """The values, written."""
        if self.plain is not None and self.nullable and self.check is None:
            kinds = set(map(type, values))
            if kinds <= {self.plain, NoneType}:
                return values
        return super().complete(run, values, places)

    def there(self, run: Run, values: Sequence[Any], kinds: Kinds, places: Places) -> Sequence[Any]:
        """The values, written."""
        if kinds == {self.plain} and (self.check is None or self.check(values)):
            return values
        (kind, *others) = kinds
        if not others and isinstance(self.type, GraphQLEnumType) and issubclass(kind, Enum):
            return self._members(run, values, kind)
        if not others and self.written is not None and kind is self.written.kind:
            assert self.written.write is not None
            return self.written.write(values)
        write = self.type.coerce_output_value
        try:
            written = list(map(write, values))
        except Exception:
            return [self._one(run, value) for value in values]
        if {NoneType, UndefinedType} & set(map(type, written)):
            return [self._one(run, value) for value in values]
        return written

    def _members(self, run: Run, values: Sequence[Any], kind: type[Enum]) -> Sequence[Any]:
        """Members of one enumeration: there is one object for each, whose name is known by it."""
        names = self.names.setdefault(kind, {})
        try:
            return list(map(names.__getitem__, map(id, values)))
        except KeyError:
            written = [self._one(run, value) for value in values]
            for value, name in zip(values, written, strict=True):
                if type(name) is str:
                    names[id(value)] = name
            return written

    def _one(self, run: Run, value: Any) -> Any:
        try:
            written = self.type.coerce_output_value(value)
            if written is None or written is Undefined:
                call = f"{self.type}.coerce_output_value({inspect(value)})"
                raise TypeError(
                    f"Expected `{call}` to return non-nullable value, returned: {inspect(written)}"
                )
        except Exception as error:
            return run.fail(error)
        return written


def _same_scalar(own: Any, type: GraphQLLeafType) -> bool:
    """Whether a type is, or behaves as, one of GraphQL's own: a schema may have copies of them."""
    return type.name == own.name and (
        type is own or type.coerce_output_value == own.coerce_output_value
    )


# Lists.


class List(Shape):
    """Lists: the items of all of them are one column (section 6.4.3, "List")."""

    def __init__(self, field: Field, item: Shape, *, nullable: bool) -> None:
        super().__init__(field, nullable=nullable)
        self.item = item

    def there(self, run: Run, values: Sequence[Any], kinds: Kinds, places: Places) -> Sequence[Any]:
        """The lists of completed items."""
        coming: Sequence[Part] = ()
        if not kinds <= {list, tuple}:
            values = [self._listed(run, value) for value in values]
            if not _all_there(set(map(type, values))):
                return self._partly(run, values, places)
            values, coming = _flat(values)
        lengths = list(map(len, values))
        items: Sequence[Any] = list(chain.from_iterable(values))
        if not items:
            return [[] for _ in values]
        standing = places.items(lengths)
        looked = not coming
        if looked:
            items, coming = look_at(run, self.item, items, standing, awaited=self.field.resolves)
        column, later = begin(run, self.item, items, coming, standing, looked=looked)
        flat = iter(column)
        lists = [list(islice(flat, length)) for length in lengths]
        if later is not None:
            later(_Items(lists, lengths))
        return lists

    def _listed(self, run: Run, value: Any) -> Any:
        if isinstance(value, list | tuple) or isinstance(value, Arriving):
            return value
        if not is_iterable(value):
            return GraphQLError(
                "Expected Iterable, but did not find one for field"
                f" '{self.field.parent}.{self.field.name}'."
            )
        items: list[Any] = []
        try:
            for item in value:
                items.append(item)
        except Exception as error:
            self._broke_off(run, items)
            return error
        return items

    def _broke_off(self, run: Run, items: Sequence[Any]) -> None:
        """Note whether there may be errors in what a list gave before it failed: those are told,
        too, unless they would have had to be awaited."""
        there = []
        for item in items:
            if asyncio.iscoroutine(item):
                item.close()
            elif not is_awaitable(item):
                there.append(item)
        if not there:
            return
        if isinstance(self.item, Leaf):
            alone = Run(run.request)
            self.item.complete(alone, there, Places())
            run.ambiguous = run.ambiguous or alone.broken
        else:
            run.ambiguous = True

    def looks(self, kinds: Kinds) -> bool:
        """Asynchronous iterables are read to their end first."""
        return any(hasattr(kind, "__aiter__") for kind in kinds)

    def look(self, run: Run, value: Any, places: Places, place: int) -> Any:
        """The list that an asynchronous iterable gives."""
        return self._read(run, value) if hasattr(value, "__aiter__") else value

    async def _read(self, run: Run, values: Any) -> list[Any]:
        items: list[Any] = []
        try:
            async for item in values:
                items.append(item)
        except Exception:
            self._broke_off(run, items)
            raise
        return items


class _Items:
    """The items of all lists, by their place in all of them."""

    def __init__(self, lists: Sequence[list[Any]], lengths: Sequence[int]) -> None:
        self.where = [
            (each, at) for each, length in zip(lists, lengths, strict=True) for at in range(length)
        ]

    def __call__(self, places: Sequence[int], values: Sequence[Any]) -> None:
        for place, value in zip(places, values, strict=True):
            owner, at = self.where[place]
            owner[at] = value


def _flat(lists: Sequence[Any]) -> tuple[list[Sequence[Any]], list[Part]]:
    """The lists, and the parts of those whose items are still to come, by place in all of them."""
    found: list[Sequence[Any]] = []
    parts: list[Part] = []
    before = 0
    for each in lists:
        if isinstance(each, Arriving):
            parts += [([before + place for place in places], part) for places, part in each.parts]
            each = each.values
        found.append(each)
        before += len(each)
    return found, parts


# Objects.


class Object(Shape):
    """Objects: their selection is executed for all of them at once."""

    def __init__(
        self,
        field: Field,
        type: GraphQLObjectType,
        select: Callable[[], Selection],
        record: type | None,
        *,
        nullable: bool,
    ) -> None:
        super().__init__(field, nullable=nullable)
        self.type = type
        self.record = record
        self._select = select
        self._selection: Selection | None = None

    @property
    def selection(self) -> Selection:
        """What is selected of the object; planned when it is first needed."""
        if self._selection is None:
            self._selection = self._select()
        return self._selection

    def there(self, run: Run, values: Sequence[Any], kinds: Kinds, places: Places) -> Sequence[Any]:
        """The rows of the objects; an object that stands in several places has one row."""
        selection = self.selection
        if places.paths is None:
            marks = list(map(id, values))
            if len(set(marks)) < len(marks):
                return self._each_once(run, values, marks, places.weights)
        return selection.execute(run, values, places)

    def _each_once(
        self, run: Run, values: Sequence[Any], marks: list[int], weights: Sequence[int] | None
    ) -> Sequence[Any]:
        objects = dict(zip(marks, values, strict=True))
        heavy = _added(marks, weights)
        standing = Places(None, [heavy[mark] for mark in objects])
        rows = self.selection.execute(run, list(objects.values()), standing)
        row_of = dict(zip(objects, rows, strict=True))
        return list(map(row_of.__getitem__, marks))

    def looks(self, kinds: Kinds) -> bool:
        """Whether ``is_type_of`` is to be asked."""
        if self.type.is_type_of is None:
            return False
        record = self.record
        return record is None or not all(issubclass(kind, record) for kind in _present(kinds))

    def look(self, run: Run, value: Any, places: Places, place: int) -> Any:
        """The object, if ``is_type_of`` says that it is one."""
        assert self.type.is_type_of is not None
        return self.checked(
            self.type.is_type_of(value, self.field.info(run, places, place)), value, value
        )

    def checked(self, passes: Any, value: Any, found: Any) -> Any:
        """What was found, or the error of a value that its type doesn't recognize."""
        if is_awaitable(passes):
            return self._check_later(passes, value, found)
        if passes:
            return found
        return GraphQLError(
            f"Expected value of type '{self.type}' but got: {inspect(value)}.", self.field.nodes
        )

    async def _check_later(self, passes: Awaitable[bool], value: Any, found: Any) -> Any:
        return self.checked(bool(await passes), value, found)


def _added(marks: Sequence[int], weights: Sequence[int] | None) -> Mapping[int, int]:
    """In how many places each of the objects stands, by its identity."""
    if weights is None:
        return Counter(marks)
    found: Counter[int] = Counter()
    for mark, weight in zip(marks, weights, strict=True):
        found[mark] += weight
    return found


class Abstract(Shape):
    """Interfaces and unions: each object is completed as its concrete type (section 6.4.3,
    "ResolveAbstractType")."""

    def __init__(
        self,
        field: Field,
        type: GraphQLAbstractType,
        concrete: Callable[[GraphQLObjectType], Object],
        candidates: Iterable[Candidate],
        *,
        nullable: bool,
    ) -> None:
        super().__init__(field, nullable=nullable)
        self.type = type
        self._concrete = concrete
        self._candidates = list(candidates)
        self._shapes: dict[str, Object] = {}
        self._by_kind: dict[Any, GraphQLObjectType | None] = {}

    def shape(self, type: GraphQLObjectType) -> Object:
        """How objects of a concrete type are completed."""
        if type.name not in self._shapes:
            self._shapes[type.name] = self._concrete(type)
        return self._shapes[type.name]

    def there(self, run: Run, values: Sequence[Any], kinds: Kinds, places: Places) -> Sequence[Any]:
        """The rows of the objects, each of its own type."""
        groups: dict[str, tuple[GraphQLObjectType, list[int], list[Any]]] = {}
        for place, value in enumerate(values):
            kind = value.type if isinstance(value, Typed) else self._by_kind[type(value)]
            assert kind is not None
            group = groups.setdefault(kind.name, (kind, [], []))
            group[1].append(place)
            group[2].append(value.value if isinstance(value, Typed) else value)
        found: list[Any] = [None] * len(values)
        for kind, at, objects in groups.values():
            shape = self.shape(kind)
            here = places.take(at)
            rows = shape.there(run, objects, set(map(type, objects)), here)
            run.shown.append((rows, shape.selection))
            if run.request.timing is not None:
                run.request.timing.show(here, shape.selection)
            for place, row in zip(at, rows, strict=True):
                found[place] = row
        return found

    def looks(self, kinds: Kinds) -> bool:
        """Whether the concrete type of some value is not known by the value's class."""
        return not all([self._known(kind) for kind in _present(kinds)])

    def _known(self, kind: type) -> bool:
        if kind not in self._by_kind:
            found = [type for type, record in self._candidates if issubclass(kind, record)]
            self._by_kind[kind] = found[0] if len(found) == 1 else None
        return self._by_kind[kind] is not None

    def look(self, run: Run, value: Any, places: Places, place: int) -> Any:
        """The value with its concrete type."""
        if self._by_kind.get(type(value)) is not None:
            return value
        resolve = self.type.resolve_type or run.request.type_resolver
        found = resolve(value, self.field.info(run, places, place), self.type)
        if is_awaitable(found):
            return self._later(found, run, value, places, place)
        return self._typed(found, run, value, places, place)

    async def _later(
        self, name: Awaitable[Any], run: Run, value: Any, places: Places, place: int
    ) -> Any:
        found = self._typed(await name, run, value, places, place)
        return await found if is_awaitable(found) else found

    def _typed(self, name: Any, run: Run, value: Any, places: Places, place: int) -> Any:
        type = self.field.concrete_type(run, name, self.type, value, places, place)
        shape = self.shape(type)
        typed = Typed(value, type)
        if type.is_type_of is None:
            return typed
        passes = type.is_type_of(value, self.field.info(run, places, place))
        return shape.checked(passes, value, typed)


def _present(kinds: Kinds) -> Iterable[type]:
    return (kind for kind in kinds if kind is not NoneType and not issubclass(kind, Exception))


# Looking at values before they are completed.


def look_at(
    run: Run, shape: Shape, values: Sequence[Any], places: Places, *, awaited: bool
) -> tuple[Sequence[Any], Sequence[Part]]:
    """The values that can be completed now, and the parts that have to be awaited.

    ``awaited`` says that there may be awaitables among the values.
    """
    kinds = set(map(type, values))
    pending = awaited and any(_is_awaitable_kind(kind) for kind in kinds)
    if not pending and not shape.looks(kinds):
        return values, ()
    found = list(values)
    parts: list[Part] = []
    for place, value in enumerate(values):
        if awaited and is_awaitable(value):
            later: Any = _look_later(run, shape, value, places, place)
        else:
            later = found[place] = _looked(run, shape, value, places, place)
        if is_awaitable(later):
            found[place] = None
            parts.append(((place,), _one(later)))
    return found, parts


Put = Callable[[Sequence[int], Sequence[Any]], None]
"""Puts completed values into their places in the answer."""

Later = Callable[[Put], None]
"""Waits for the rest of a column; it is told how to put that into its places."""


def begin(
    run: Run,
    shape: Shape,
    values: Sequence[Any],
    parts: Sequence[Part],
    places: Places,
    *,
    looked: bool,
) -> tuple[Sequence[Any], Later | None]:
    """Complete what is there of a column, and say how to go on with the rest, if there is any.

    ``looked`` says that all values were looked at, those to come included.
    """
    if not parts and (looked or not shape.looking):
        return shape.complete(run, values, places), None
    awaited = {place for at, _ in parts for place in at}
    known = [place for place in range(len(values)) if place not in awaited]
    column: list[Any] = [None] * len(values)
    looked_at: Sequence[Part] = ()
    present: Sequence[Any] = [values[place] for place in known]
    if known and not looked:
        present, more = look_at(run, shape, present, places.take(known), awaited=False)
        if more:
            looked_at = _within(known, more)
            known, present = _without(known, present, more)
    if known:
        standing = places.take(known)
        for place, value in zip(known, shape.complete(run, present, standing), strict=True):
            column[place] = value
    if looked:
        parts, looked_at = (), parts
    if not parts and not looked_at:
        return column, None
    return column, partial(_go_on, run, shape, parts, looked_at, places)


def _go_on(
    run: Run,
    shape: Shape,
    parts: Sequence[Part],
    looked_at: Sequence[Part],
    places: Places,
    put: Put,
) -> None:
    def complete(at: Sequence[int], values: Sequence[Any]) -> None:
        put(at, shape.complete(run, values, places.take(at)))

    def arrive(at: Sequence[int], values: Sequence[Any]) -> None:
        found, more = look_at(run, shape, list(values), places.take(at), awaited=False)
        if more:
            run.wait(_within(at, more), complete)
            at, found = _without(at, found, more)
        if at:
            complete(at, found)

    run.wait(parts, arrive)
    run.wait(looked_at, complete)


def _within(known: Sequence[int], parts: Sequence[Part]) -> list[Part]:
    """Parts of some values of a column, by the places in the whole of it."""
    return [([known[place] for place in places], later) for places, later in parts]


def _without(
    known: Sequence[int], values: Sequence[Any], parts: Sequence[Part]
) -> tuple[list[int], list[Any]]:
    """Those of the values, and their places, that are in none of the parts."""
    awaited = {place for places, _ in parts for place in places}
    kept = [place for place in range(len(values)) if place not in awaited]
    return [known[place] for place in kept], [values[place] for place in kept]


def _looked(run: Run, shape: Shape, value: Any, places: Places, place: int) -> Any:
    if value is None or value is Undefined or isinstance(value, Exception):
        return value
    try:
        return shape.look(run, value, places, place) if shape.looks({type(value)}) else value
    except Exception as error:
        return error


async def _look_later(
    run: Run, shape: Shape, value: Awaitable[Any], places: Places, place: int
) -> Any:
    found = _looked(run, shape, await value, places, place)
    return await found if is_awaitable(found) else found


async def _one(later: Awaitable[Any]) -> Sequence[Any]:
    return (await later,)


def _is_awaitable_kind(kind: type) -> bool:
    return kind is CoroutineType or kind is GeneratorType or hasattr(kind, "__await__")
