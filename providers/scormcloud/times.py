"""Times and amounts, in the ways that SCORM Cloud writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from providers import convert

_CLOCK = re.compile(r"(?P<hours>\d{1,6}):(?P<minutes>\d{1,2}):(?P<seconds>\d{1,2}(?:\.\d+)?)")


def clock_seconds(value: Any) -> float:
    """Hours, minutes and seconds, as in ``0000:00:26.66``, in seconds."""
    match = _CLOCK.fullmatch(convert.text(value).strip())
    if match is None:
        raise ValueError("not hours:minutes:seconds")
    hours, minutes, seconds = match.groups()
    return round(int(hours) * 3600 + int(minutes) * 60 + float(seconds), 3)


def clock_duration(value: Any) -> str:
    """Hours, minutes and seconds as an ISO 8601 duration: ``0000:00:26.66`` is ``PT26.66S``."""
    return convert.seconds_duration(clock_seconds(value))


def duration_clock(value: Any) -> str:
    """An ISO 8601 duration as hours, minutes and seconds: ``PT26.66S`` is ``0000:00:26.66``."""
    hundredths = round(convert.duration_seconds(value) * 100)
    minutes, seconds = divmod(hundredths, 6000)
    return f"{minutes // 60:04}:{minutes % 60:02}:{seconds / 100:05.2f}"


def package_duration(value: Any) -> str | None:
    """The duration that a package's metadata names, in ISO 8601; None where it is blank.

    LOM of SCORM 2004 writes ISO 8601, that of SCORM 1.2 often hours:minutes:seconds; SCORM Cloud
    gives the author's words.
    """
    written = convert.text(value).strip()
    if not written:
        return None
    return clock_duration(written) if ":" in written else convert.duration(written)


def package_seconds(value: Any) -> float | None:
    """The duration that a package's metadata names, in seconds; None where it is blank."""
    written = package_duration(value)
    return None if written is None else convert.duration_seconds(written)


def optional_number(value: Any) -> float | None:
    """A number; None where there is none to tell, which is written ``NaN``."""
    return None if isinstance(value, str) and value.lower() == "nan" else convert.number(value)


def percent(value: Any) -> float | None:
    """A share of one as 0–100, or None for ``NaN``.

    ``registrationCompletionAmount`` is "a decimal value between 0 and 1", by the documentation of
    the engine under SCORM Cloud; more than 1 can only be a percentage already.
    """
    found = optional_number(value)
    return found if found is None or found > 1 else round(found * 100, 4)


def moment(value: datetime) -> str:
    """A time for ``since`` and ``until``: ISO 8601 in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
