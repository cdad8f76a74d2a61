"""Columns of which not all is there yet: what can be completed now, and what is waited for.

Some values have to be looked at one by one before they can be completed, since they are awaitables,
asynchronous iterables, or objects that say themselves what they are.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from types import CoroutineType, GeneratorType
from typing import Any

from graphql import Undefined
from graphql.pyutils import is_awaitable

from graph.engine.places import Places
from graph.engine.run import Run
from graph.engine.shapes import Shape

Part = tuple[Sequence[int], Awaitable[Sequence[Any]]]
"""Places of a column, and what to await for their values."""


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
