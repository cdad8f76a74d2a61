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

from collections.abc import Sequence
from types import NoneType
from typing import TYPE_CHECKING, Any

from graphql import Undefined
from graphql.pyutils.undefined import UndefinedType

from graph.engine.places import Places
from graph.engine.run import Run

if TYPE_CHECKING:
    from graph.engine.fields import Field

Kinds = set[type]
"""The classes of the values of a column."""


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
        if all_there(kinds):
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


def all_there(kinds: Kinds) -> bool:
    """Whether no value of these classes is null or an error."""
    return (
        NoneType not in kinds
        and UndefinedType not in kinds
        and not any(issubclass(kind, Exception) for kind in kinds)
    )
