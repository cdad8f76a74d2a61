"""What a caller got wrong."""

from __future__ import annotations


class LimitReached(Exception):
    """The operation gives more than one operation may; the message says how much."""


class BadInput(Exception):
    """An argument that can't be used; the message says which, why, and what to do."""
