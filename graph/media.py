"""Media types as headers name them: their parts, and which of a caller's ranges says how wanted.

A quoted value may hold what separates elsewhere; nothing that is malformed is an error here.
https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

_PARTS = re.compile(r'(?:[^",;]|"(?:[^"\\]|\\.)*"?)+|[,;]', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# The digit before the point is missing in what old programs send.
_WEIGHT = re.compile(r"\d{1,9}(?:\.\d{0,20})?|\.\d{1,20}", re.ASCII)

_ANY = "*/*"


MOST = 100
"""Ranges of an ``Accept`` that are looked at; who means it has a few."""


class Media(NamedTuple):
    """A media type, or a range of them."""

    type: str
    """In small letters, as ``application/json``, ``application/*`` or ``*/*``."""
    parameters: frozenset[tuple[str, str]] = frozenset()
    """Names and values, all in small letters."""


class Range(NamedTuple):
    """Media types that a caller accepts, or doesn't."""

    media: Media
    weight: float = 1.0
    """How much they are wanted, up to 1; 0 where they aren't accepted."""
    place: int = 0
    """How early it was said: 0 is the first, and others are less."""


EVERYTHING = Range(Media(_ANY))


class Wanted(NamedTuple):
    """How much a media type is wanted; larger is more."""

    weight: float
    is_named: bool
    """Whether by its name, rather than by a range that has it among others."""
    place: int
    """That of the range."""


def media(value: str) -> Media:
    """The media type of a ``Content-Type``."""
    return _known(value) if len(value) <= CACHEABLE else _read(value)


def _read(value: str) -> Media:
    return _media(next(_elements(value)))[0]


# Callers say the same thing with every request. Longer than this they could fill the memory.
CACHEABLE = 250

_known = lru_cache(maxsize=256)(_read)


def ranges(accept: str) -> list[Range]:
    """The ranges of an ``Accept``, in their order. A weight that is none counts as left out."""
    found = [_media(parts) for parts in islice(_elements(accept), MOST)]
    return [
        Range(media, _weight(weight), -at) for at, (media, weight) in enumerate(found) if media.type
    ]


def wanted(offered: Media, accepted: Iterable[Range]) -> Wanted | None:
    """How much a media type is wanted: as the most specific range says that it is in, the first of
    several alike (RFC 9110, section 12.5.1). None where it is in none."""
    most, found = 0, None
    for range, weight, place in accepted:
        if (rank := _rank(range, offered)) > most:
            most, found = rank, Wanted(weight, range.type == offered.type, place)
    return found


def _rank(range: Media, offered: Media) -> int:
    """How specific a range is; 0 where the media type isn't in it."""
    if not range.parameters <= offered.parameters:
        return 0
    if range.type == offered.type:
        return 3 + len(range.parameters)
    if range.type == _ANY:
        return 1
    whole, _, part = range.type.partition("/")
    return 2 if part == "*" and offered.type.startswith(f"{whole}/") else 0


def _elements(value: str) -> Iterator[list[str]]:
    """The elements of a list, each in its parts."""
    parts = [""]
    for each in _PARTS.findall(value):
        if each == ",":
            yield parts
            parts = [""]
        elif each == ";":
            parts.append("")
        else:
            parts[-1] += each
    yield parts


def _media(parts: list[str]) -> tuple[Media, str]:
    """A media type, and its weight as it is written. Of several parameters of one name, the first
    counts."""
    type, *rest = (each.strip().lower() for each in parts)
    parameters: dict[str, str] = {}
    for each in rest:
        name, _, value = each.partition("=")
        if name:
            parameters.setdefault(name.strip(), _plain(value.strip()))
    weight = parameters.pop("q", "")
    return Media(type, frozenset(parameters.items())), weight


def _plain(value: str) -> str:
    """A parameter's value without its quotes."""
    return _ESCAPED.sub(r"\1", value[1:].removesuffix('"')) if value.startswith('"') else value


def _weight(value: str) -> float:
    return min(float(value), 1.0) if _WEIGHT.fullmatch(value) else 1.0
