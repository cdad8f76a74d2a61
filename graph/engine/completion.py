"""Completion of what has parts: lists, objects, interfaces and unions (GraphQL, section 6.4.3)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import chain, islice
from types import NoneType
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import GraphQLAbstractType, GraphQLError, GraphQLObjectType
from graphql.pyutils import inspect, is_awaitable, is_iterable

from graph.engine.columns import Arriving
from graph.engine.leaves import Leaf
from graph.engine.places import Places
from graph.engine.run import Run
from graph.engine.shapes import Kinds, Shape, all_there
from graph.engine.waiting import Part, begin, look_at

if TYPE_CHECKING:
    from graph.engine.fields import Field
    from graph.engine.selection import Selection

Candidate = tuple[GraphQLObjectType, type]
"""An object type, and the class of the objects that it shows."""


class Typed(NamedTuple):
    """An object of an abstract type, of which the concrete type is known."""

    value: Any
    type: GraphQLObjectType


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
            if not all_there(set(map(type, values))):
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
