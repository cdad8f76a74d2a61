"""A file of 300 MB passes through a running server in little memory, both ways."""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from resolvers import ids
from tests.graph.test_transfers import MANIFEST
from tests.test_coursegraph import fetched, free_ports, started

SIZE = 300 * 1024 * 1024
MOST = 64 * 1024 * 1024
PIECE = 256 * 1024

UPLOAD = """mutation {
  courseUpload(input: {source: "cloud", key: "large"}) { upload { url } userErrors { message } }
}"""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the peak of another process's memory is read from /proc"
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with a film that doesn't get smaller."""
    path = tmp_path / "large.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("imsmanifest.xml", MANIFEST)
        archive.writestr("index.html", "<p>Up</p>")
        with archive.open("film.mp4", "w", force_zip64=True) as film:
            for number in range(SIZE // PIECE):
                film.write(number.to_bytes(4, "big") * (PIECE // 4))
    return path


def peak(pid: int) -> int:
    """Most memory that a process has used since ``forget_peak``, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(each for each in status.splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def test_a_large_package_passes_in_little_memory(package: Path, tmp_path: Path) -> None:
    port, other = free_ports(2)
    settings = tmp_path / "sources.toml"
    settings.write_text(
        f"""
        [[sources]]
        name = "cloud"
        provider = "scorm_cloud"
        app_id = "demo-app"
        secret = "demo-secret"
        base_url = "http://127.0.0.1:{other}/scormcloud/api/v2"
        """,
        encoding="utf-8",
    )
    small = {"SANDBOX_PORT": str(other)}
    environment = {"COURSEGRAPH_SETTINGS": str(settings), "PORT": str(port)}
    with (
        started("sandbox", "--courses", "3", until="Ctrl-C", **small),
        started("serve", until="Ctrl-C", **environment) as graph,
    ):

        def ask(query: str) -> Any:
            _, answer = fetched(f"http://127.0.0.1:{port}/graphql", {"query": query})
            return json.loads(answer)["data"]

        address = ask(UPLOAD)["courseUpload"]["upload"]["url"]
        within = measured(graph.process.pid)
        found = sent(port, address, package)
        assert found["data"]["type"] == "CourseImport", found
        assert within() < MOST
        course = finished(ask, found["data"]["id"])
        assert course["title"] == "Kite flying"
        url = course["scormCloud"]["zip"]["url"]
        within = measured(graph.process.pid)
        assert downloaded(port, url) == hashlib.sha256(package.read_bytes()).hexdigest()
        assert within() < MOST


def measured(pid: int) -> Callable[[], int]:
    """What tells how much more memory was used since."""
    forget_peak(pid)
    before = peak(pid)
    return lambda: peak(pid) - before


def sent(port: int, path: str, file: Path) -> Any:
    line = HTTPConnection("127.0.0.1", port, timeout=120)
    with file.open("rb") as body:
        line.request("PUT", path, body, {"content-type": "application/zip"})
        answer = json.loads(line.getresponse().read())
    line.close()
    return answer


def finished(ask: Callable[[str], Any], id: str) -> Any:
    """The course that an import made, once it has."""
    job = ids.decode(id, "CourseImport").key
    query = f"""{{ source(name: "cloud") {{ scormCloud {{ importJob(id: "{job}") {{
      status message course {{ title scormCloud {{ zip {{ url }} }} }} }} }} }} }}"""
    for _ in range(20):  # it is done after some looks
        found = ask(query)["source"]["scormCloud"]["importJob"]
        if found["status"] != "RUNNING":
            return found["course"]
    raise AssertionError("the import didn't finish")


def downloaded(port: int, path: str) -> str:
    line = HTTPConnection("127.0.0.1", port, timeout=120)
    line.request("GET", path)
    response = line.getresponse()
    assert response.status == 200
    digest = hashlib.sha256()
    while piece := response.read(PIECE):
        digest.update(piece)
    line.close()
    return digest.hexdigest()
