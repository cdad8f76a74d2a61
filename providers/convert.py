"""Converters: plain functions from a value in a provider's JSON to a value of the model.

A converter is never called with nothing (``None`` in all its places). It raises ``TypeError`` or
``ValueError`` where it can't make sense of a value; the reader then leaves the field out and counts
it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, TypeVar

import langcodes

from providers.model import Grade, Language, Result

T = TypeVar("T")


LARGEST_INTEGER = 2**31 - 1
"""Largest whole number that callers can be given: GraphQL's Int has 32 bits."""


def anything(value: Any) -> Any:
    """The value as it is: what a source's customers put there."""
    return value


def text(value: Any) -> str:
    """Text as it is."""
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def key(value: Any) -> str:
    """A key: text that is not empty, or a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value:
        raise TypeError("not a key")
    return value


def number_key(value: Any) -> str:
    """A key that comes as a whole number, as a rule; for the rest as ``key``."""
    return key(value)


def texts(value: Any) -> tuple[str, ...]:
    """A list of text."""
    if not isinstance(value, list):
        raise TypeError("not a list")
    return tuple(map(text, value))


def keys(value: Any) -> tuple[str, ...]:
    """A list of keys."""
    if not isinstance(value, list):
        raise TypeError("not a list")
    return tuple(map(key, value))


def first_text(*values: Any) -> str:
    """The first of several values that is text and not blank, or a whole number as text."""
    for value in values:
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    raise TypeError("no text")


def full_name(*parts: Any) -> str:
    """A name out of its parts, leaving out the missing ones."""
    found = ""
    for part in parts:
        if isinstance(part, str) and (word := part.strip()):
            found = f"{found} {word}" if found else word
    if not found:
        raise ValueError("no name")
    return found


def flag(value: Any) -> bool:
    """A boolean, also where it comes as the text ``true`` or ``false``."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise TypeError("not a boolean")


def number(value: Any) -> float:
    """A finite number, also where it comes as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError("not a number")
    found = float(value)
    if not math.isfinite(found):
        raise ValueError("not finite")
    return found


def integer(value: Any) -> int:
    """A whole number, also where it comes as text or with a zero fraction."""
    found = number(value)
    if found != int(found):
        raise ValueError("not whole")
    if abs(found) > LARGEST_INTEGER:
        raise ValueError("too large")
    return value if isinstance(value, int) else int(found)


def number_text(value: Any) -> str:
    """A number as the source wrote it, or text as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError("neither number nor text")
    return str(value)


def instant(value: Any) -> datetime:
    """ISO 8601 date and time, in UTC; without an offset, UTC is meant; a date is its first
    moment."""
    return _in_utc(datetime.fromisoformat(value))


def _in_utc(found: datetime) -> datetime:
    if found.tzinfo is UTC:
        return found
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def instants(values: Sequence[Any]) -> list[datetime]:
    """``instant`` of each of many values."""
    found = list(map(datetime.fromisoformat, values))
    return [each if each.tzinfo is UTC else _in_utc(each) for each in found]


WHOLE: Mapping[Any, Callable[[Sequence[Any]], list[Any]]] = {instant: instants}
"""By converter, one that does the same for a column at once, and sooner."""


def day(value: Any) -> date:
    """ISO 8601 date; of a date and time, the date in its own offset."""
    return datetime.fromisoformat(text(value)).date()


_DURATION = re.compile(
    r"P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?",
    re.ASCII,
)
_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


def _duration(value: Any) -> re.Match[str]:
    # What is remembered is bounded so as well.
    match = _DURATION.fullmatch(value.strip().replace(",", ".")) if len(text(value)) <= 64 else None
    if match is None:
        raise ValueError("not an ISO 8601 duration")
    return match


# Lists hold the same few durations again and again.
@lru_cache(maxsize=1024)
def duration(value: Any) -> str:
    """ISO 8601 duration, as the source wrote it."""
    return _duration(value)[0]


@lru_cache(maxsize=1024)
def duration_seconds(value: Any) -> float:
    """ISO 8601 duration in seconds. One with years or months has no fixed length:
    ``ValueError``."""
    match = _duration(value)
    if int(match["years"] or 0) or int(match["months"] or 0):
        raise ValueError("years and months have no fixed length")
    return sum(float(match[unit] or 0) * seconds for unit, seconds in _SECONDS.items())


def seconds_duration(value: Any) -> str:
    """A number of seconds as an ISO 8601 duration: 5400.5 is ``PT5400.5S``."""
    found = number(value)
    if found < 0:
        raise ValueError("negative")
    return f"PT{int(found) if found == int(found) else round(found, 3)}S"


@lru_cache(maxsize=1024)
def language(code: str) -> Language:
    """A language by the source's code; its tag is None where the code names no language (``C``)."""
    try:
        parsed = langcodes.Language.get(code.replace("_", "-"))
    except ValueError:
        return Language(code, None)
    return Language(code, parsed.to_tag() if parsed.is_valid() else None)


def languages(value: Any) -> tuple[Language, ...]:
    """Languages out of a list of codes, or of objects with the code under ``value``."""
    if not isinstance(value, list):
        raise TypeError("not a list")
    codes = (each.get("value") if isinstance(each, Mapping) else each for each in value)
    return tuple(language(text(code)) for code in codes if code is not None)


def choice(table: Mapping[str, T]) -> Callable[[Any], T | None]:
    """A converter that looks a word up, whatever its case; None for a word that is not in the
    table."""
    folded = {word.casefold(): value for word, value in table.items()}
    usual = {
        form: value
        for word, value in folded.items()
        for form in (word, word.upper(), word.capitalize())
    }

    def convert(value: Any) -> T | None:
        try:
            return usual[value]
        except KeyError:
            return folded.get(text(value).casefold())

    return convert


GRADES: Mapping[str, Grade] = {
    **{grade.value: grade for grade in Grade if grade is not Grade.NONE},
    "-": Grade.NONE,
}
"""Grades by the word that providers use; ``-`` says that no grade is given."""

grade = choice(GRADES)

_RESULTS = {
    **dict.fromkeys((Grade.A, Grade.B, Grade.C, Grade.D, Grade.PASS), Result.PASSED),
    **dict.fromkeys((Grade.F, Grade.FAIL), Result.FAILED),
}


def result_of_grade(value: Any) -> Result | None:
    """Whether a grade is a pass; None where it says neither."""
    found = grade(value)
    return _RESULTS.get(found) if found else None
