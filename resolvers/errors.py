"""What a caller got wrong."""

from __future__ import annotations


class LimitReached(Exception):
    """The operation gives more than one operation may; the message says how much. It is stopped
    there, so nobody knows how much it would be."""

    def __init__(self, message: str, limit: str, maximum: int) -> None:
        super().__init__(message)
        self.limit = limit
        self.maximum = maximum


class BadInput(Exception):
    """An argument that can't be used; the message says which, why, and what to do."""
