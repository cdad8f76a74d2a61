"""Writes ``docs/operations.md``: for each operation of each provider, where it is in the graph.

What it writes stands in the TOML files beside it, one for each part of a provider's API. Run by
``make operations``; ``tests/test_operations.py`` holds the files against the schema, the tests and
the providers' own specifications.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PAGE = FOLDER.parent / "operations.md"

BEGINNING = """\
# Operations

Every operation that a provider documents, and where the graph has it. *Field* is where it is asked
for; *Test* is the test that goes from a GraphQL request through the provider's API, as the sandbox
plays it, and back; *Errors* is the one for what can go wrong. `make operations` writes this page
out of `docs/operations/*.toml`.

To find an operation, search this page for its path or its name on the provider's page. What a field
takes and gives is said in [`schema.graphql`](../schema.graphql), and beside each field in GraphiQL.
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of the table."""

    id: str
    """The provider's own name for it."""
    call: str
    """Method and path."""
    field: Sequence[str] = ()
    """Where the graph has it: coordinates such as ``Query.courses``."""
    test: Sequence[str] = ()
    errors: Sequence[str] = ()
    """Tests, as pytest names them."""
    note: str = ""
    reason: str = ""
    """Why the graph doesn't have it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a provider's API."""

    title: str
    link: str
    operations: Sequence[Operation]


def parts() -> list[Part]:
    """All parts, in the order of their files."""
    return [_part(path) for path in sorted(FOLDER.glob("*.toml"))]


def _part(path: Path) -> Part:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = [
        Operation(**{name: _given(name, each) for name, each in row.items()})
        for row in data["operation"]
    ]
    return Part(data["title"], data["link"], rows)


def _given(name: str, value: Any) -> Any:
    """A row's value; of what there can be several, a list."""
    if name not in ("field", "test", "errors") or isinstance(value, list):
        return value
    return [value] if value else []


def page() -> str:
    """The page's text."""
    return "\n".join([BEGINNING, *_sections()])


def _sections() -> Iterator[str]:
    for part in parts():
        yield f"## {part.title}\n\n[The provider's own page]({part.link})\n"
        yield "| Operation | Call | Field | Test | Errors |\n| --- | --- | --- | --- | --- |"
        for row in part.operations:
            yield _row(row)
        yield ""


def _row(row: Operation) -> str:
    call = f"`{row.call}`"
    if row.reason:
        return f"| {row.id} | {call} | – {row.reason} | | |"
    fields = ", ".join(f"`{each}`" for each in row.field)
    note = f". {row.note}" if row.note else ""
    return f"| {row.id} | {call} | {fields}{note} | {_tests(row.test)} | {_tests(row.errors)} |"


def _tests(names: Sequence[str]) -> str:
    return ", ".join(f"[{_short(name)}](../{name.partition('::')[0]})" for name in names)


def _short(name: str) -> str:
    function = name.rpartition("::")[2].partition("[")[0]
    words = function.removeprefix("test_").replace("_", " ")
    return re.sub(r"(\w) (s|t)\b", r"\1'\2", words)  # a name has no apostrophes


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(None if PAGE.read_text(encoding="utf-8") == page() else f"{PAGE} is out of date")
    PAGE.write_text(page(), encoding="utf-8")
