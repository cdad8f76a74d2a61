"""The page's commands install what the tests run."""

from __future__ import annotations

import json
from pathlib import Path

from conformance.composition import composing
from conformance.gateways.gateways import FOLDER
from conformance.gateways.recipes import versions


def test_the_page_installs_what_is_run_here() -> None:
    run: dict[str, set[str]] = {}
    for folder in (FOLDER, composing.FOLDER):
        asked = json.loads((Path(folder) / "package.json").read_text())
        for name, version in {
            **asked["dependencies"],
            **asked.get("optionalDependencies", {}),
        }.items():
            run.setdefault(name, set()).add(version)

    installed = versions()

    assert {name: run[name] & found for name, found in installed.items()} == installed
    assert {"@apollo/composition", "@apollo/gateway", "@graphql-hive/gateway", "wgc"} <= set(
        installed
    )
