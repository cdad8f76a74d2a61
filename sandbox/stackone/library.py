"""What the LMS behind each account keeps, by resource: the campus, and what was written since."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.chance import TODAY
from sandbox.records import Campus
from sandbox.stackone.keys import remote
from sandbox.stackone.learning import content_rows, course_rows
from sandbox.stackone.progress import assignment_rows, collection_rows, completion_rows
from sandbox.stackone.rows import Row, category_rows, skill_rows, user_rows

SOURCES: Mapping[str, Callable[[Campus], Iterable[Row]]] = {
    "courses": course_rows,
    "content": content_rows,
    "collections": collection_rows,
    "users": user_rows,
    "completions": completion_rows,
    "assignments": assignment_rows,
    "categories": category_rows,
    "skills": skill_rows,
}


class Shelf:
    """The rows of one resource, in the order in which they are listed.

    New rows come last, changed ones stay where they are, and a deleted one leaves its place empty:
    so an offset into a list, filtered or not, means the same for as long as a walk takes.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = {row.remote_id: row for row in rows}
        self._at_first = len(self._rows)
        self._gone: set[str] = set()
        self._derived: dict[str, Mapping[str, Sequence[Row]]] = {}
        self._listed: Sequence[Row] | None = None

    @property
    def rows(self) -> Sequence[Row]:
        """Every row that ever was: `holds` tells which of them still are."""
        if self._listed is None:
            self._listed = tuple(self._rows.values())
        return self._listed

    def holds(self, row: Row) -> bool:
        return row.remote_id not in self._gone

    def find(self, key: str) -> Row | None:
        """Find a row by its id or its remote id: StackOne takes both everywhere."""
        row = self._rows.get(remote(key))
        return row if row and self.holds(row) else None

    def named(self, field: str, value: str) -> Row | None:
        """Find the first row that shows this value in `external_reference`, `title` or `name`."""
        if field not in self._derived:
            self._derived[field] = grouped(self.rows, lambda row: row.shown.get(field))
        rows = self._derived[field].get(value, ())
        return next((row for row in rows if self.holds(row)), None)

    def of_user(self, key: str) -> Sequence[Row]:
        """List the rows of a user, in the order in which the user's own list has them.

        That is the reverse of the whole list's, but for what was written since: StackOne documents
        no order, so that nobody may take a place in one list for a place in the other.
        """
        if "user" not in self._derived:
            first, written = self.rows[: self._at_first], self.rows[self._at_first :]
            self._derived["user"] = grouped((*reversed(first), *written), lambda row: row.user)
        return self._derived["user"].get(remote(key), ())

    def put(self, row: Row) -> None:
        """Add a row, or replace the one with its remote id."""
        self._rows[row.remote_id] = row
        self._gone.discard(row.remote_id)
        self._listed = None
        self._derived.clear()

    def remove(self, row: Row) -> None:
        self._gone.add(row.remote_id)


def grouped(rows: Iterable[Row], by: Callable[[Row], str | None]) -> Mapping[str, Sequence[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if (name := by(row)) is not None:
            groups.setdefault(name, []).append(row)
    return groups


@dataclass(slots=True)
class Habits:
    """How the LMS takes a batch after StackOne has accepted it; nobody is told at StackOne."""

    lag: int = 0
    """How many reads of the account pass before the batch shows up."""
    loses: frozenset[str] = frozenset()
    """External references that the LMS silently drops."""


@dataclass(slots=True)
class Waiting:
    """A batch that was accepted and hasn't arrived."""

    reads: int
    arrive: Callable[[], None]


class Register:
    """What the LMS behind one account keeps; what is written at one isn't seen at another."""

    def __init__(self, first: Callable[[str], Sequence[Row]]) -> None:
        self._first = first
        self._shelves: dict[str, Shelf] = {}
        self._made = 0
        self._moment = TODAY
        self._waiting: list[Waiting] = []
        self.habits = Habits()

    def shelf(self, resource: str) -> Shelf:
        if resource not in self._shelves:
            self._shelves[resource] = Shelf(self._first(resource))
        return self._shelves[resource]

    def now(self) -> datetime:
        """Tell the time of a write: a second later than the one before, beginning at TODAY."""
        self._moment += timedelta(seconds=1)
        return self._moment

    def new_remote_id(self, kind: str) -> str:
        """Mint the LMS's own id of a new record: `new-course-1`."""
        self._made += 1
        return f"new-{kind}-{self._made}"

    def accept(self, arrive: Callable[[], None]) -> None:
        """Let a batch arrive: now, or after as many reads as the LMS is slow."""
        if self.habits.lag:
            self._waiting.append(Waiting(self.habits.lag, arrive))
        else:
            arrive()

    def pass_read(self) -> None:
        """Note that the account was read: batches that have waited long enough arrive first."""
        for batch in tuple(self._waiting):
            batch.reads -= 1
            if batch.reads < 0:
                self._waiting.remove(batch)
                batch.arrive()


class Library:
    """The registers of all accounts over one campus, each made when it is first asked for."""

    def __init__(self, campus: Campus) -> None:
        self.campus = campus
        self._first: dict[str, Sequence[Row]] = {}
        self._registers: dict[str, Register] = {}

    def register(self, account: str) -> Register:
        if account not in self._registers:
            self._registers[account] = Register(self.first)
        return self._registers[account]

    def first(self, resource: str) -> Sequence[Row]:
        """The rows that every account begins with."""
        if resource not in self._first:
            self._first[resource] = tuple(SOURCES[resource](self.campus))
        return self._first[resource]
