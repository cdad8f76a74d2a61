"""The example catalogue, built and served beside a graph over a sandbox of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from coursegraph import sandbox_settings
from graph.app import create_app
from sandbox.app import create_app as create_sandbox
from tests.explorer.serving import served

FOLDER = Path(__file__).parents[2] / "examples" / "catalogue"
MANIFEST = FOLDER / "src" / "graph" / "persisted-documents.json"
VITE = FOLDER / "node_modules" / "vite" / "bin" / "vite.js"

POLL_INTERVAL = 0.3
"""Seconds between two looks at an import: long enough for it to be seen running."""


@dataclass(frozen=True, slots=True)
class Shop:
    """Where the page is, and where its sandbox is."""

    url: str
    sandbox_url: str

    @contextmanager
    def failing(self, *providers: str, **fault: Any) -> Iterator[None]:
        """Providers of the sandbox fail until the end, by default by saying that they are down."""
        told = fault or {"kind": "status", "status": 503}
        for provider in providers:
            httpx.put(f"{self.sandbox_url}/_faults/{provider}", json=told).raise_for_status()
        try:
            yield
        finally:
            self.heal()

    def heal(self) -> None:
        """No provider fails any more."""
        httpx.delete(f"{self.sandbox_url}/_faults").raise_for_status()


def install() -> None:
    """What the example's lock names; where it isn't installed, the test is skipped, but not in
    CI."""
    if not shutil.which("npm"):
        pytest.skip("Node and npm aren't installed")
    if VITE.is_file():
        return
    if not os.environ.get("CI"):
        pytest.skip("the example isn't installed: `make example`, or set CI to have it done")
    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def build(target: Path) -> None:
    """Generate, check and bundle the example, as one that sends hashes, into a folder."""
    run("npm", "run", "build", "--", "--outDir", str(target), "--emptyOutDir")


def run(*command: str) -> None:
    done = subprocess.run(
        command,
        cwd=FOLDER,
        env={**os.environ, "VITE_TRUSTED_DOCUMENTS": "1"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def opened(built: Path, **settings: Any) -> Iterator[Shop]:
    """The built page over a graph, with other settings than the sandbox's, and a sandbox."""
    with served(create_sandbox(import_looks=3)) as sandbox_url:
        port = int(sandbox_url.rpartition(":")[2])
        own = replace(sandbox_settings(port), poll_interval=POLL_INTERVAL, **settings)
        with served(create_app(own)) as graph_url, previewed(built, graph_url) as url:
            yield Shop(url, sandbox_url)


@contextmanager
def previewed(built: Path, graph_url: str) -> Iterator[str]:
    """Vite serves the page, and passes what is the graph's on to it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["node", str(VITE), "preview", "--outDir", str(built)],
        cwd=FOLDER,
        env={**os.environ, "GRAPH_URL": graph_url, "EXAMPLE_PORT": str(port)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(200):
            assert process.poll() is None, "the preview ended before it began"
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        # A Node out of a wheel is started by a script, which would be ended alone.
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=10)
