"""Objects inside an object, read by tables of their own, so that a bad field costs itself alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers.reading import Nested, Reading, Unkeyed

DEEPEST = 50
"""Levels of a course's outline; one that has more is not read, so that reading it can't
overflow."""


class Part(Nested):
    """An object inside another; its record has the owner's key, unless its table says otherwise."""

    def read(self, value: Any, reading: Reading, owner: str, *, shallow: bool) -> Any:
        """The object's record."""
        if not isinstance(value, Mapping):
            raise TypeError("not an object")
        return self.reader.read(value, reading, owner)


class Parts(Part):
    """A list of objects. What is no object, or has no key, is left out and counted."""

    def read(self, value: Any, reading: Reading, owner: str, *, shallow: bool) -> Any:
        """A tuple of the objects' records."""
        if not isinstance(value, list):
            raise TypeError("not a list")
        found = []
        for item in value:
            try:
                found.append(Part.read(self, item, reading, owner, shallow=shallow))
            except (Unkeyed, TypeError):
                reading.ask.dropped[reading.source, self.reader.record.__name__] += 1
        return tuple(found)


class Tree(Part):
    """An object with others of its kind under ``children``, at most ``DEEPEST`` levels of them."""

    def read(self, value: Any, reading: Reading, owner: str, *, shallow: bool) -> Any:
        """The record of the object at the top."""
        check_depth(value)
        return Part.read(self, value, reading, owner, shallow=shallow)


def children(node: Any) -> list[Any]:
    """What stands under ``children``, if it is a list."""
    found = node.get("children") if isinstance(node, Mapping) else None
    return found if isinstance(found, list) else []


def check_depth(root: Any) -> None:
    """Raise ``ValueError`` where a tree has more than ``DEEPEST`` levels."""
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise ValueError("too many levels")
        level = [child for node in level for child in children(node)]
