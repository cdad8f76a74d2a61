"""The recipes of docs/gateways.md, which the tests run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "gateways.md"


def recipe(file: str) -> str:
    """The block of the page that begins with this file's name, as a comment."""
    page = PAGE.read_text(encoding="utf-8")
    (found,) = re.findall(rf"```\w+\n((?:#|//) {re.escape(file)}\b.*?)```", page, re.DOTALL)
    return str(found)


def with_lines(text: str, *beginnings: str) -> str:
    """A recipe with the lines that are commented out there and begin so."""
    for each in beginnings:
        pattern = rf"^( *)(?:#|//) (?={re.escape(each)})"
        text, found = re.subn(pattern, r"\1", text, flags=re.MULTILINE)
        assert found, f"no line of the recipe is commented out and begins with {each!r}"
    return text


def replaced(text: str, old: str, new: str) -> str:
    """A recipe with another address, or port, than the page has."""
    assert old in text, f"the recipe has no {old!r}"
    return text.replace(old, new)


def versions() -> dict[str, set[str]]:
    """By package, the versions that the page installs."""
    found: dict[str, set[str]] = {}
    for line in re.findall(r"^npm install (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE):
        for each in line.split():
            name, _, version = each.rpartition("@")
            found.setdefault(name, set()).add(version)
    return found
