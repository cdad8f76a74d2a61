"""How values of the academy look in the graph's JSON, whatever the provider."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

Row = Mapping[str, Any]
"""One record as the graph is to show it: ``key``, and each unified field by its GraphQL name.

Names with a dash before them are of what isn't shown but filtered by.
"""

STATUSES = ("ACTIVE", "PENDING", "INACTIVE")
GRADES = {**{word: word for word in "A B C D F PASS FAIL".split()}, "-": "NONE"}
RESULTS = {
    **dict.fromkeys(("A", "B", "C", "D", "PASS"), "PASSED"),
    **dict.fromkeys(("F", "FAIL"), "FAILED"),
}

MOST = 50
"""Rows of a child connection that are compared."""


def instant(value: datetime | None) -> str | None:
    """A whole second, in UTC."""
    return None if value is None else value.strftime("%Y-%m-%dT%H:%M:%SZ")


def day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def language(code: str) -> dict[str, str]:
    """The academy's codes are those of operating systems: ``en_GB`` is the web's ``en-GB``."""
    return {"code": code, "tag": code.replace("_", "-")}


def known(word: str | None) -> str | None:
    """A status, where it is one of ours."""
    return word if word in STATUSES else None


def length(minutes: int | None) -> float | None:
    """Minutes in seconds."""
    return None if minutes is None else minutes * 60.0


def decimal(value: float | None) -> float | None:
    return None if value is None else float(value)


def keyed(keys: Iterable[str]) -> list[dict[str, str]]:
    """Records of which only the key is shown."""
    return [{"key": key} for key in keys]


def one(key: str | None) -> dict[str, str] | None:
    return None if key is None else {"key": key}


def nodes(keys: Iterable[str]) -> dict[str, Any]:
    """The first page of a connection."""
    return {"nodes": keyed(keys)[:MOST]}


def named(names: Iterable[str | None]) -> list[dict[str, str | None]]:
    """Records of which only the name is shown."""
    return [{"name": name} for name in names]


def full_name(*parts: str | None) -> str | None:
    return " ".join(part for part in parts if part) or None
