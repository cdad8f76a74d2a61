"""The recipes of docs/gateways.md, which the tests run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "gateways.md"


def recipe(file: str) -> str:
    """The block of the page that begins with this file's name, as a comment."""
    page = PAGE.read_text(encoding="utf-8")
    (found,) = re.findall(rf"```\w+\n(# {re.escape(file)}\b.*?)```", page, re.DOTALL)
    return str(found)
