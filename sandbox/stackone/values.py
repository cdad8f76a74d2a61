"""How StackOne writes values: enums with their source, durations, switches that may be text."""

from typing import Any

UNMAPPED = "unmapped_value"

# Languages of the academy that aren't among the 410 which StackOne lists.
UNLISTED = frozenset({"cy_GB"})

LEVELS = {"1": "primary", "2": "secondary", "3": "tertiary"}
CONTENT_TYPES = frozenset({"video", "quiz", "document", "audio", "article"})


def coded(value: str, source: Any) -> dict[str, Any]:
    """Write an enum: the unified value, and what the LMS says."""
    return {"value": value, "source_value": source}


def language(code: str | None) -> dict[str, Any] | None:
    if code is None:
        return None
    return coded(UNMAPPED if code in UNLISTED else code, code.replace("_", "-"))


def languages(codes: tuple[str, ...]) -> list[dict[str, Any] | None]:
    return [language(code) for code in codes]


def level(text: str | None) -> dict[str, Any] | None:
    """Write a hierarchy, whose source is a number here; there are LMSs with more than three."""
    return None if text is None else coded(LEVELS.get(text, UNMAPPED), int(text))


def content_type(kind: str | None) -> dict[str, Any] | None:
    if kind is None:
        return None
    return coded(kind if kind in CONTENT_TYPES else UNMAPPED, kind.upper())


def result(passed: bool | None, grade: str | None) -> dict[str, Any] | None:
    """Write Pass or Fail, capitalised as published; a grade alone isn't mapped."""
    if passed is not None:
        return coded("Pass" if passed else "Fail", passed)
    return None if grade is None else coded(UNMAPPED, grade)


def active(status: str | None) -> bool | None:
    return None if status is None else status == "ACTIVE"


def switch(status: str | None, number: int) -> bool | str | None:
    """Write `active` as since July 2025: a boolean, or here and there its name in a string."""
    is_active = active(status)
    return str(is_active).lower() if is_active is not None and number % 5 == 0 else is_active


def duration(seconds: int | None) -> str | None:
    """Write an ISO 8601 duration without needless parts: PT1H30M45S."""
    if seconds is None:
        return None
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    counts = {"H": hours, "M": minute, "S": second}
    parts = [f"{count}{unit}" for unit, count in counts.items() if count]
    return "PT" + ("".join(parts) or "0S")
