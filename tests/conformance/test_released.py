"""The last release is found in a repository's history, and says what may change."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from conformance.composition.released import (
    RELEASE,
    ROOT,
    Forgotten,
    Version,
    is_free_to_break,
    last_release,
    own_version,
)

GIT = shutil.which("git")


@pytest.mark.skipif(GIT is None, reason="git isn't there")
@pytest.mark.parametrize("tagged", [True, False])
async def test_a_release_is_found_by_its_tag_or_its_heading(tagged: bool, tmp_path: Path) -> None:
    def commit(log: str, schema: str) -> None:
        (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n## Unreleased\n\n{log}")
        (tmp_path / "schema.graphql").write_text(schema)
        git("add", ".")
        git("-c", "user.name=x", "-c", "user.email=x@x.example", "commit", "-qm", "x")

    def git(*arguments: str) -> None:
        subprocess.run(("git", "-C", str(tmp_path), *arguments), check=True)

    git("init", "-q")
    commit("", "draft")
    nothing = await last_release(tmp_path)
    commit("## 0.1.0 - 2026-01-01\n", "first")
    commit("## 0.2.0 - 2026-02-01\n\n## 0.1.0 - 2026-01-01\n", "second")
    if tagged:
        git("tag", "v0.2.0")
    commit("### Added\n\n## 0.2.0 - 2026-02-01\n\n## 0.1.0 - 2026-01-01\n", "third")

    found = await last_release(tmp_path)

    assert nothing is None
    assert found is not None and (found.version, found.schema) == ((0, 2, 0), "second")


async def test_a_release_without_its_history_is_no_release_that_never_was(tmp_path: Path) -> None:
    (tmp_path / "CHANGELOG.md").write_text("## 0.1.0 - 2026-01-01\n")

    with pytest.raises(Forgotten, match=r"0\.1\.0"):
        await last_release(tmp_path)


@pytest.mark.parametrize(
    ("released", "own", "free"),
    [
        ((0, 1, 0), (0, 1, 9), False),
        ((0, 1, 0), (0, 2, 0), True),
        ((1, 2, 0), (1, 3, 0), False),
        ((1, 2, 0), (2, 0, 0), True),
        ((0, 9, 0), (1, 0, 0), True),
    ],
)
def test_only_some_versions_may_break_clients(released: Version, own: Version, free: bool) -> None:
    assert is_free_to_break(released, own) is free


def test_the_version_worked_on_is_no_older_than_the_last_release() -> None:
    released = RELEASE.search((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))

    assert released is None or own_version() >= tuple(map(int, released.groups()))
