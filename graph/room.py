"""How many clients may hold something open at once, so that no number of them uses up the process.

What is answered at once ends by its deadline; streams and sockets last as long as their clients
want. Beyond the bound a client is told to come back later, and everybody else goes on as before.
(uvicorn's ``limit_concurrency`` counts every connection, idle ones too, but lets WebSockets pass
beyond it; where it is reached, nothing is answered to anybody, health checks included.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Room:
    """Places for so many, in this process."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0

    @property
    def is_full(self) -> bool:
        """Whether there is no place."""
        return self.taken >= self.most

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Hold a place until the block ends; False where there is none."""
        if self.is_full:
            yield False
            return
        self.taken += 1
        try:
            yield True
        finally:
            self.taken -= 1


class Anteroom:
    """Places for so many who can be anybody: the one who has waited longest is sent away for the
    next one, so that who comes to stay gets in however many come and stand about."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._waiting: dict[object, Callable[[], bool]] = {}
        """The one who has waited longest first."""

    @contextmanager
    def place(self, send_away: Callable[[], bool]) -> Iterator[bool]:
        """Hold a place until the block ends, or one is sent away; False where there is none, since
        nobody can be."""
        if len(self._waiting) >= self.most and not self._send_away():
            yield False
            return
        own = object()
        self._waiting[own] = send_away
        try:
            yield True
        finally:
            self._waiting.pop(own, None)

    def _send_away(self) -> bool:
        first = next(iter(self._waiting), None)
        if first is None or not self._waiting[first]():
            return False
        del self._waiting[first]
        return True
