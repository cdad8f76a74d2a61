"""How the bundle is built: once for the same sources, and into the wheel."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import hatch_build

ROOT = Path(hatch_build.__file__).parent


def test_the_digest_knows_names_and_contents(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    two.write_text("b")
    before = hatch_build.digest_of([one, two])
    assert hatch_build.digest_of([two, one]) == before
    one.write_text("b")
    two.write_text("a")
    assert hatch_build.digest_of([one, two]) != before


def test_the_same_sources_are_not_built_twice(tmp_path: Path) -> None:
    sources, static = tmp_path / "ui", tmp_path / "static"
    sources.mkdir()
    static.mkdir()
    # No npm can install this: it would raise if it were tried.
    (sources / "package.json").write_text("{")
    (static / "digest").write_text(hatch_build.digest_of(sources.iterdir()))
    (static / "manifest.json").write_text("{}")
    hatch_build.build(sources, static)
    assert (static / "manifest.json").read_text() == "{}"


def test_a_build_that_fails_says_how_to_do_without(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sources, static = tmp_path / "ui", tmp_path / "static"
    sources.mkdir()
    (sources / "package.json").write_text("{")
    with pytest.raises(SystemExit, match=r"`npm ci` failed.*COURSEGRAPH_WITHOUT_EXPLORER=1"):
        hatch_build.build(sources, static)
    assert "npm error" in capfd.readouterr().err
    assert not static.exists()


def test_the_wheel_holds_the_bundle_and_not_its_sources(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("coursegraph-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "graph/explorer/static/manifest.json" in names
    assert "graph/explorer/static/licences.txt" in names
    assert any(name.startswith("graph/explorer/static/main-") for name in names)
    assert not any(name.startswith(("graph/explorer/ui", "tests", "hatch_build")) for name in names)
    assert "coursegraph.py" in names
