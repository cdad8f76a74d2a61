"""graphql-core's own tests of execution pass through our engine.

They come with its source distribution, which is fetched once, in the pinned version, and kept in
the environment. See ``core_plugin`` for how the engine gets into them, and for the few tests that
are left out.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements-dev.lock"
CACHE = Path(sys.prefix) / "cache"

SUITE = (
    "tests/execution",
    "tests/test_graphql.py",
    "tests/test_star_wars_introspection.py",
    "tests/test_star_wars_query.py",
    "tests/test_user_registry.py",
)
WITHOUT = ("tests/execution/incremental",)
"""Incremental delivery is graphql-core's own affair."""

MOST_SECONDS = 300


@pytest.fixture(scope="module")
def distribution() -> Path:
    """The unpacked source distribution."""
    name = f"graphql_core-{version('graphql-core')}"
    folder = CACHE / name
    if not folder.exists():
        archive = download(name)
        with tarfile.open(archive) as packed:
            packed.extractall(CACHE / "unpacking", filter="data")
        (CACHE / "unpacking" / name).rename(folder)
    return folder


def download(name: str) -> Path:
    """The archive, as the lock knows it; skips the test where it can't be had."""
    CACHE.mkdir(exist_ok=True)
    pinned = re.search(r"^graphql-core==(?:.*\\\n)*.*\n", LOCK.read_text("utf-8"), re.MULTILINE)
    assert pinned is not None
    requirement = CACHE / "graphql-core.txt"
    requirement.write_text(pinned[0], encoding="utf-8")
    options = ["--no-deps", "--no-binary", "graphql-core", "--require-hashes", "--quiet"]
    command = [
        *pip(),
        "download",
        *options,
        "--requirement",
        str(requirement),
        "--dest",
        str(CACHE),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=MOST_SECONDS)
    if done.returncode != 0:
        reason = f"graphql-core's source distribution can't be fetched: {done.stderr[-500:]}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return CACHE / f"{name}.tar.gz"


def pip() -> list[str]:
    """What runs pip: an environment that uv made hasn't got it."""
    has_pip = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True)
    if has_pip.returncode == 0:
        return [sys.executable, "-m", "pip"]
    return [str(Path(sys.prefix) / "bin" / "uv"), "tool", "run", "pip"]


@pytest.fixture(scope="module")
def report(distribution: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What happened when they ran."""
    path = tmp_path_factory.mktemp("core") / "report.json"
    # Not through our packages: "tests" is a package of its own there.
    environment = {
        **os.environ,
        "CORE_REPORT": str(path),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(ROOT)]),
        "PYTEST_ADDOPTS": "",
    }
    plugins = ["-p", "core_plugin", "-p", "no:asyncio", "-p", "no:cacheprovider"]
    ignored = [f"--ignore={each}" for each in WITHOUT]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "-o", "addopts=", "-q", *ignored, *SUITE],
        cwd=distribution,
        env=environment,
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
    )
    assert path.exists(), done.stdout + done.stderr
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def test_all_of_them_pass(report: dict[str, Any]) -> None:
    assert report["failed"] == []
    assert report["outcomes"] == {"passed": report["outcomes"]["passed"]}
    assert report["outcomes"]["passed"] >= 500
    assert report["left_out"] <= 20


def test_the_plan_executes_what_it_can(report: dict[str, Any]) -> None:
    reasons: dict[str, int] = report["reasons"]
    ours = {name: count for name, count in reasons.items() if not name.startswith("option")}
    print(reasons)
    assert ours["planned"] >= 280
    assert ours["planned"] >= 0.85 * sum(ours.values())
