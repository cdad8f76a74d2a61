"""What customers may change again and again: tags, and settings at every level.

Nothing is copied in beforehand: what nobody touched is asked of whoever made it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from types import MappingProxyType
from typing import Literal

Tagged = Literal["course", "registration", "learner"]
"""What can carry tags."""

Level = Literal["application", "learningStandardForApplication", "course", "registration"]
"""Where settings can be, spelled as `effectiveValueSource` spells it."""

Values = Mapping[str, str]
"""Settings by their ids; all values travel as text."""


class TagStore:
    """Tags by what carries them: a course, a registration or a learner, each by its id.

    `given` says which tags something came with; they hold until others are put.
    """

    def __init__(self, given: Callable[[Tagged, str], Iterable[str]]) -> None:
        self._given = given
        self._put: dict[tuple[Tagged, str], tuple[str, ...]] = {}

    def of(self, kind: Tagged, key: str) -> tuple[str, ...]:
        found = self._put.get((kind, key))
        return tuple(self._given(kind, key)) if found is None else found

    def put(self, kind: Tagged, key: str, tags: Iterable[str]) -> None:
        """Replaces all tags; one that is named twice is there once."""
        self._put[kind, key] = tuple(dict.fromkeys(tags))

    def add(self, kind: Tagged, key: str, tags: Iterable[str]) -> None:
        self.put(kind, key, (*self.of(kind, key), *tags))

    def remove(self, kind: Tagged, key: str, tags: Iterable[str]) -> None:
        """Takes tags away; those that aren't there do no harm."""
        gone = frozenset(tags)
        self.put(kind, key, (tag for tag in self.of(kind, key) if tag not in gone))

    def forget(self, kind: Tagged, key: str) -> None:
        """Leaves no tags, as of something that was deleted."""
        self.put(kind, key, ())


class SettingStore:
    """Settings by level and by what they are set on.

    A course's key is `(course id, version number)`, a registration's `(registration id, instance
    number)`, the application's `()`. `given` says what something came with.
    """

    def __init__(self, given: Callable[[Level, Hashable], Values]) -> None:
        self._given = given
        self._set: dict[tuple[Level, Hashable], Values] = {}

    def of(self, level: Level, key: Hashable) -> Values:
        """What is set there and nowhere else."""
        found = self._set.get((level, key))
        return self._given(level, key) if found is None else found

    def set(self, level: Level, key: Hashable, values: Values) -> None:
        """Sets these, and leaves the others as they are."""
        self._set[level, key] = MappingProxyType({**self.of(level, key), **values})

    def clear(self, level: Level, key: Hashable, setting_id: str) -> None:
        """Takes one back; a setting that isn't set there does no harm."""
        kept = {name: value for name, value in self.of(level, key).items() if name != setting_id}
        self._set[level, key] = MappingProxyType(kept)

    def forget(self, level: Level, key: Hashable) -> None:
        """Leaves no settings, as of something that was deleted."""
        self._set[level, key] = MappingProxyType({})
