"""What the last release promised its clients: its schema, found in the history."""

from __future__ import annotations

import asyncio
import re
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

RELEASE = re.compile(r"^## (\d+)\.(\d+)\.(\d+)\b", re.MULTILINE)
"""The heading of a release in the changelog."""

Version = tuple[int, int, int]


class Forgotten(Exception):
    """There is a release, and no history to find its schema in."""


@dataclass(frozen=True, slots=True)
class Release:
    """A version that clients may rely on."""

    version: Version
    schema: str
    """Its ``schema.graphql``."""


def is_free_to_break(released: Version, own: Version) -> bool:
    """Whether a version may break what clients of a released one rely on: a new major version may,
    and before 1.0 a new minor one (https://semver.org/#spec-item-4)."""
    kept = 2 if released[0] == 0 else 1
    return own[:kept] > released[:kept]


def own_version() -> Version:
    """The version that is being worked on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    major, minor, patch = map(int, project["version"].split("."))
    return major, minor, patch


async def last_release(root: Path = ROOT) -> Release | None:
    """The newest release in the changelog of a repository.

    Its schema is that of the commit which its tag names or, where tags weren't fetched, which wrote
    its heading. None where nothing is released yet.

    Raises:
        Forgotten: where its schema can't be found.
    """
    found = RELEASE.search((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    if found is None:
        return None
    version = ".".join(found.groups())
    commit = await _git(root, "rev-parse", "--verify", "--quiet", f"v{version}^{{commit}}")
    if commit is None:
        wrote = ("log", "--reverse", "--format=%H", f"-S## {version}", "--", "CHANGELOG.md")
        commit = (await _git(root, *wrote) or "").partition("\n")[0]
    schema = await _git(root, "show", f"{commit.strip()}:schema.graphql") if commit else None
    if schema is None:
        raise Forgotten(version)
    major, minor, patch = map(int, found.groups())
    return Release((major, minor, patch), schema)


async def _git(root: Path, *arguments: str) -> str | None:
    """What git prints; None where it fails, or isn't there."""
    program = shutil.which("git")
    if program is None:
        return None
    process = await asyncio.create_subprocess_exec(
        program,
        "-C",
        str(root),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    output, _ = await process.communicate()
    return None if process.returncode else output.decode()
