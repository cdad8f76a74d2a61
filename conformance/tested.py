"""Suites that are tests of ours with programs of others: run by pytest, told as a table."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from conformance import node

LONGEST = 500.0
"""Longest time for a suite's tests, in seconds."""

Outcomes = Mapping[str, Mapping[str, str]]
"""By test, in words, and by its parameter: "yes", or why it was skipped."""


async def outcomes(folder: Path) -> Outcomes:
    """How a folder's tests ended.

    Raises:
        Failed: where one failed, with what pytest says of it.
    """
    with TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        command = (sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", str(folder))
        await node.run(*command, folder=Path(__file__).parents[1], seconds=LONGEST)
        return read(report.read_text(encoding="utf-8"))


def read(report: str) -> Outcomes:
    """The outcomes in a report of pytest's, of tests that didn't fail."""
    found: dict[str, dict[str, str]] = {}
    for case in ElementTree.fromstring(report).iter("testcase"):
        name, _, parameter = case.attrib["name"].partition("[")
        sentence = name.removeprefix("test_").replace("_", " ").capitalize()
        skipped = case.find("skipped")
        outcome = "yes" if skipped is None else skipped.attrib["message"]
        found.setdefault(sentence, {})[parameter.removesuffix("]")] = outcome
    return found


def table(found: Outcomes, columns: Mapping[str, str]) -> str:
    """The outcomes of tests with a parameter, as Markdown: a row for each test, and a column, which
    has a title, for each parameter."""
    lines = [["", *columns.values()], ["---"] * (1 + len(columns))]
    for sentence, outcome in found.items():
        if "" not in outcome:
            lines.append([sentence, *(outcome[each] for each in columns)])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def listed(found: Outcomes) -> str:
    """The outcomes of tests without a parameter, as a list in Markdown."""
    return "\n".join(
        f"* {sentence}: {outcome['']}" for sentence, outcome in found.items() if "" in outcome
    )
