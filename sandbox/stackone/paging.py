"""Cursors, and pages that end early: https://docs.stackone.com/docs/pagination."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

DEFAULT_SIZE = 25
LARGEST_SIZE = 100

# An "early cursor": the LMS behind was slow, so StackOne answers with what it has and a cursor.
# The second and the fourth page of every walk show it, the fourth with no row at all.
SHORT_TURN = 1
EMPTY_TURN = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a page begins, and the how manieth page of a walk it is (from 0)."""

    offset: int = 0
    turn: int = 0

    def cursor(self, resource: str) -> str:
        plain = json.dumps({"list": resource, "offset": self.offset, "turn": self.turn})
        return urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    @classmethod
    def of_cursor(cls, cursor: str, resource: str) -> "Place":
        """Read a cursor that an answer of the same list gave; ValueError if it is not one."""
        match json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))):
            case {"list": str(named), "offset": int(offset), "turn": int(turn)}:
                if named == resource and offset >= 0 and turn >= 0:
                    return cls(offset, turn)
        raise ValueError("cursor of another list")


def page_of(rows: Sequence[T], place: Place, size: int) -> tuple[Sequence[T], Place | None]:
    """Cut a page of at most `size` rows, and say where the next one begins: None at the end."""
    end = place.offset + page_length(place.turn, size)
    following = Place(end, place.turn + 1) if end < len(rows) else None
    return rows[place.offset : end], following


def page_length(turn: int, size: int) -> int:
    if turn == EMPTY_TURN:
        return 0
    # Three fifths, but never none: only the empty turn answers with no row.
    return max(1, size * 3 // 5) if turn == SHORT_TURN else size
