"""What a setting is: its type, its default, and which values it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

import msgspec

from sandbox.packages import Standard

ANY: frozenset[Standard] = frozenset()
OLD = frozenset({Standard.SCORM11, Standard.SCORM12})
NEW = frozenset({Standard.SCORM2004_2ND, Standard.SCORM2004_3RD, Standard.SCORM2004_4TH})
SCORM = OLD | NEW
ROLLUP = OLD | {Standard.CMI5}
CLASSIC = OLD | {Standard.AICC}

Choices = tuple[tuple[str, str], ...]
"""Values, each with what it means."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: `standards` limits it to some learning standards, none means all of them.

    A secret can be set and is never answered, as no password is among the recorded settings.
    """

    id: str
    kind: str
    default: str
    description: str
    standards: frozenset[Standard] = frozenset()
    values: tuple[tuple[str, str], ...] = ()
    is_secret: bool = False

    def suits(self, standard: Standard) -> bool:
        return not self.standards or standard in self.standards

    def allows(self, value: str) -> bool:
        """Whether the setting can have this value; what a course may say of text is not checked."""
        if self.values:
            return any(value == allowed for allowed, _ in self.values)
        return _CHECKS.get(self.kind, _anything)(value)


def _anything(value: str) -> bool:
    return True


def _boolean(value: str) -> bool:
    # The engine writes its older settings one way and its newer ones the other.
    return value.lower() in ("yes", "no", "true", "false")


def _count(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _nullable_double(value: str) -> bool:
    try:
        return not value or isfinite(float(value))
    except ValueError:
        return False


def _whole(value: str) -> bool:
    return _count(value.removeprefix("-"))


def _positive(value: str) -> bool:
    return _count(value) and value.strip("0") != ""


def _json(value: str) -> bool:
    try:
        msgspec.json.decode(value or "null")
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "bool": _boolean,
    "int": _whole,
    "languageList": _json,
    "mergedJson": _json,
    "nonNegativeInt": _count,
    "nullableDouble": _nullable_double,
    "positiveInt": _positive,
}


def group(
    kind: str, standards: frozenset[Standard], *rows: tuple[str, str, str]
) -> Iterator[Setting]:
    for name, default, description in rows:
        yield Setting(name, kind, default, description, standards)


def choices(*values: str) -> Choices:
    """Values that say themselves what they mean."""
    return tuple((value, value.replace("_", " ").capitalize()) for value in values)
