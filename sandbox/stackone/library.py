"""All rows of a campus by resource, found by either of their ids."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from sandbox.records import Campus
from sandbox.stackone.keys import remote
from sandbox.stackone.learning import content_rows, course_rows
from sandbox.stackone.progress import assignment_rows, completion_rows
from sandbox.stackone.rows import Row, category_rows, skill_rows, user_rows

SOURCES: Mapping[str, Callable[[Campus], Iterable[Row]]] = {
    "courses": course_rows,
    "content": content_rows,
    "users": user_rows,
    "completions": completion_rows,
    "assignments": assignment_rows,
    "categories": category_rows,
    "skills": skill_rows,
}


class Shelf:
    """The rows of one resource, in the order in which they are listed."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows: Sequence[Row] = tuple(rows)

    @cached_property
    def by_remote_id(self) -> Mapping[str, Row]:
        return {row.remote_id: row for row in self.rows}

    @cached_property
    def by_user(self) -> Mapping[str, Sequence[Row]]:
        """The rows of each user, in the order in which the user's own list has them.

        That is the reverse of the whole list's: StackOne documents no order, so that nobody may
        take a place in one list for a place in the other.
        """
        grouped: dict[str, list[Row]] = {}
        for row in reversed(self.rows):
            if row.user is not None:
                grouped.setdefault(row.user, []).append(row)
        return grouped

    def find(self, key: str) -> Row | None:
        """Find a row by its id or its remote id: StackOne takes both everywhere."""
        return self.by_remote_id.get(remote(key))

    def of_user(self, key: str) -> Sequence[Row]:
        return self.by_user.get(remote(key), ())


class Library:
    """The shelves of a campus, each filled when it is first asked for."""

    def __init__(self, campus: Campus) -> None:
        self.campus = campus
        self._shelves: dict[str, Shelf] = {}

    def shelf(self, resource: str) -> Shelf:
        if resource not in self._shelves:
            self._shelves[resource] = Shelf(SOURCES[resource](self.campus))
        return self._shelves[resource]
