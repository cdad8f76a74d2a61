"""Rows in the order of their ids, found by any filter without looking at all of them."""

from base64 import b64decode, b64encode
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """A row, the times that it is filtered by, and the provider's own payload."""

    row: Row
    times: Mapping[str, datetime | None] = field(default_factory=dict)
    raw: Mapping[str, Any] | None = None
    custom: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a time of a row may be, both ends included."""

    time: str
    earliest: datetime | None
    latest: datetime | None

    def holds(self, moment: datetime | None) -> bool:
        if moment is None:
            return False
        return (self.earliest is None or moment >= self.earliest) and (
            self.latest is None or moment <= self.latest
        )


@dataclass(frozen=True, slots=True)
class Sought:
    """The values that a field has to have one of."""

    field: str
    values: Sequence[Any]
    ignores_case: bool = False


class Table:
    """The records of one model.

    Bindbee's published cursor is the base64 of a UUIDv7, so lists are taken to be walked by id.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.records = sorted(records, key=lambda record: record.row["id"])
        self.ids: list[str] = [record.row["id"] for record in self.records]
        self.by_id = {record.row["id"]: record for record in self.records}
        self._indexes: dict[tuple[str, bool], dict[Any, list[int]]] = {}

    def page(
        self, sought: Sequence[Sought], spans: Sequence[Span], *, after: str | None, size: int
    ) -> tuple[list[Record], str | None]:
        """The first records after an id that fit, and the id to go on after if there are more."""
        places = self.places(sought)
        first = bisect_right(places, bisect_right(self.ids, after) - 1) if after else 0
        found: list[Record] = []
        for place in places[first:]:
            record = self.records[place]
            if all(span.holds(record.times.get(span.time)) for span in spans):
                if len(found) == size:
                    return found, found[-1].row["id"]
                found.append(record)
        return found, None

    def places(self, sought: Sequence[Sought]) -> Sequence[int]:
        """Where the records are that have what is sought, in order."""
        if not sought:
            return range(len(self.records))
        fitting = (self.places_of(each) for each in sought)
        return sorted(set.intersection(*fitting))

    def places_of(self, sought: Sought) -> set[int]:
        index = self.index(sought.field, sought.ignores_case)
        values = [folded(value, sought.ignores_case) for value in sought.values]
        return {place for value in values for place in index.get(value, ())}

    def index(self, name: str, ignores_case: bool) -> dict[Any, list[int]]:
        """Where each value of a field is found; made once for each field."""
        if (name, ignores_case) not in self._indexes:
            index: defaultdict[Any, list[int]] = defaultdict(list)
            for place, record in enumerate(self.records):
                value = record.row[name]
                for each in value if isinstance(value, list) else [value]:
                    index[folded(each, ignores_case)].append(place)
            self._indexes[name, ignores_case] = dict(index)
        return self._indexes[name, ignores_case]


def folded(value: Any, ignores_case: bool) -> Any:
    return value.casefold() if ignores_case and isinstance(value, str) else value


def cursor_of(row_id: str | None) -> str | None:
    return None if row_id is None else b64encode(row_id.encode()).decode()


def id_of(cursor: str) -> str:
    """The id in a cursor; ValueError if there is none."""
    return str(UUID(b64decode(cursor, validate=True).decode("ascii")))
