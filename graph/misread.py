"""Where JSON has half of a character, which no text can have; looked for once JSON was refused.

Beyond the first 65,536 characters, JSON writes one as two escapes, a pair of surrogates. Programs
that cut texts by the count of such halves leave one alone, and JSON's grammar lets them.
https://www.rfc-editor.org/rfc/rfc8259#section-8.2
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_HALF = re.compile("[\ud800-\udfff]")

_LONGEST = 100
"""Characters of a place that are told, at most: its names are the caller's."""


class Torn(NamedTuple):
    """JSON with half of a character."""

    found: Any
    """What it is otherwise."""
    half: str
    place: str
    """Where the first one is, as ``variables.email`` or ``variables.ids[0]``."""

    def told(self, what: str) -> str:
        """What is wrong with ``what`` was sent."""
        place = f" at `{self.place[:_LONGEST]}`" if self.place else ""
        return (
            f"{what} has half of a character{place} (`\\u{ord(self.half):04x}`, a surrogate without"
            " its other half): send whole characters."
        )


def torn(text: str, below: str = "") -> Torn | None:
    """JSON's first half of a character, if it has one; ``below`` is where places begin. None, too,
    where it is no JSON.

    Raises:
        RecursionError: where it is nested too deeply to be read.
    """
    try:
        found = json.loads(text, parse_constant=_refuse)
    except ValueError:
        return None
    for place, value in _texts(found):
        if half := _HALF.search(value):
            return Torn(found, half[0], place.removeprefix(f"{below}."))
    return None


def _texts(found: Any) -> Iterator[tuple[str, str]]:
    """The texts in JSON with their places, in order; the names of an object with its own."""
    open = [("", found)]
    while open:
        place, value = open.pop()
        if isinstance(value, str):
            yield place, value
        elif isinstance(value, list):
            parts = [(f"{place}[{at}]", each) for at, each in enumerate(value)]
            open += reversed(parts)
        elif isinstance(value, dict):
            yield from ((place, name) for name in value)
            parts = [(f"{place}.{name}".removeprefix("."), each) for name, each in value.items()]
            open += reversed(parts)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)  # NaN and the like, which Python takes, are no JSON
