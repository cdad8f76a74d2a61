"""The suites that others wrote, run against this server: `python -m conformance.run [SUITE …]`.

A suite is a folder with a ``suite.py``; what it found becomes its section of docs/conformance.md,
between two marks that bear the folder's name. README.md beside this says how one is added.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from pathlib import Path

from conformance import node
from conformance.node import Failed

HERE = Path(__file__).parent
REPORT = HERE.parent / "docs" / "conformance.md"

LONGEST = 600.0
"""Longest time for one suite, its packages installed, in seconds."""


def suites() -> list[str]:
    """The suites' names, in the order in which they run."""
    return sorted(each.parent.name for each in HERE.glob("*/suite.py"))


async def found(name: str) -> str:
    """What a suite found, as Markdown.

    Raises:
        Failed: where something isn't as it has to be.
    """
    folder = HERE / name
    if (folder / "package.json").exists():
        await node.install(folder)
    run: Callable[[], Awaitable[str]] = import_module(f"conformance.{name}.suite").run
    try:
        async with asyncio.timeout(LONGEST):
            return await run()
    except TimeoutError:
        raise Failed(f"it took longer than {LONGEST:g} s") from None


def filled(page: str, name: str, text: str) -> str:
    """The page with a suite's section as it is now.

    Raises:
        Failed: where the page has no marks for it.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if begin not in page or end not in page:
        raise Failed(f"{REPORT.name} lacks the marks {begin} and {end}")
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n\n{text.strip()}\n\n{end}{rest.partition(end)[2]}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suites that are named, or all; how many failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=", ".join(suites()))
    names = parser.parse_args(arguments).suites or suites()
    if unknown := set(names) - set(suites()):
        parser.error(f"no such suite: {', '.join(sorted(unknown))}")
    failures = 0
    for name in names:
        began = time.monotonic()
        try:
            text = asyncio.run(found(name))
            REPORT.write_text(filled(REPORT.read_text(encoding="utf-8"), name, text), "utf-8")
            outcome = "ok"
        except (Failed, AssertionError) as failure:
            failures += 1
            outcome = f"FAILED: {failure or type(failure).__name__}"
        print(f"{name:<16} {time.monotonic() - began:5.0f} s  {outcome}", flush=True)
    return failures


if __name__ == "__main__":
    sys.exit(main())
