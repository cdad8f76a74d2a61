"""Packages of every standard through the graph: sent in, imported, and read as what they are."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from sandbox.academy import Course
from sandbox.packages import Standard, generate
from tests.graph.asking import Graph, demo
from tests.sandbox.specs import shared
from tests.sandbox.test_packages_refused import WRITTEN, manifest, packed

UPLOAD = """mutation($key: String!) {
  courseUpload(input: {source: "demo-scorm-cloud", key: $key}) { upload { url } }
}"""
IMPORT = """query($id: ID!) { courseImport(id: $id) {
  status message warnings languages { tag } userErrors { message code }
  course { title scormCloud { learningStandard rootActivity {
    children { title children { title children { title } } } } } }
} }"""


async def imported(graph: Graph, key: str, package: bytes) -> dict[str, Any]:
    """The import of a package, when it is over."""
    address = await graph.ask(UPLOAD, key=key)
    url = address.data["courseUpload"]["upload"]["url"]
    headers = {"content-type": "application/zip"}
    response = await graph.client.put(url, content=package, headers=headers)
    assert response.status_code == 200, response.text
    for _ in range(5):  # it is seen running a few times
        answer = await graph.ask(IMPORT, id=response.json()["data"]["id"])
        assert answer.errors == []
        found: dict[str, Any] = answer.data["courseImport"]
        if found["status"] != "RUNNING":
            return found
    raise AssertionError("the import didn't end")


def leaves(activity: dict[str, Any]) -> Iterator[str]:
    """Titles of the units of an outline, which may be in chapters."""
    for child in activity["children"]:
        if child.get("children"):
            yield from leaves(child)
        else:
            yield child["title"]


def a_course() -> Course:
    """A course with several lessons."""
    courses = demo()[0].campus("scormcloud").courses
    return next(course for course in courses if len(course.lessons) > 2)


@pytest.mark.parametrize("standard", WRITTEN, ids=str)
async def test_a_package_of_any_standard_shows_its_title_standard_and_units(
    workshop: Graph, standard: Standard
) -> None:
    course = a_course()
    found = await imported(workshop, f"standard/{standard.value}", generate(course, standard))
    assert found["status"] == "COMPLETE"
    assert found["warnings"] == []
    read = found["course"]
    assert read["title"] == course.title
    assert read["scormCloud"]["learningStandard"] == standard.value
    units = list(leaves(read["scormCloud"]["rootActivity"]))
    assert units == [lesson.title for lesson in course.lessons]


KNOWN = {
    "aicc-single-au.zip": "AICC",
    "cmi5-multi-au-geology.zip": "CMI5",
    "scorm12-single-sco-golf.zip": "SCORM12",
    "scorm2004-3rd-metadata-golf.zip": "SCORM20043RDEDITION",
    "broken-empty.zip": None,
}


@pytest.mark.parametrize("name", KNOWN)
async def test_packages_of_others_are_read_as_what_they_are(workshop: Graph, name: str) -> None:
    path = shared() / "contracts" / "scorm_packages" / name
    if not path.exists():
        pytest.skip(f"{path} is not there: set COURSEGRAPH_SHARED to where the contracts are")
    found = await imported(workshop, f"sample/{name}", path.read_bytes())
    if KNOWN[name] is None:
        assert found["status"] == "ERROR"
        return
    assert found["course"]["title"]
    assert found["course"]["scormCloud"]["learningStandard"] == KNOWN[name]


def bomb() -> bytes:
    """A manifest, and 300 MB of nothing in 300 kB."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", manifest())
        with archive.open("a.html", "w") as page:
            for _ in range(300):
                page.write(bytes(1024 * 1024))
    return file.getvalue()


ENTITIES = b"""<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<manifest>&b;</manifest>"""

HOSTILE = {
    "nothing": b"",
    "no zip": b"<html>",
    "no manifest": packed({"a.html": b""}),
    "a way out": packed({"imsmanifest.xml": manifest(), "../../a.html": b""}),
    "an absolute path": packed({"imsmanifest.xml": manifest(), "/etc/a.html": b""}),
    "a drive": packed({"imsmanifest.xml": manifest(), "C:\\\\a.html": b""}),
    "entities": packed({"imsmanifest.xml": ENTITIES, "a.html": b""}),
    "a bomb": bomb(),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_package_ends_in_an_error_that_says_why(workshop: Graph, name: str) -> None:
    found = await imported(workshop, f"hostile/{name}", HOSTILE[name])
    assert found["status"] == "ERROR"
    assert found["course"] is None
    (error,) = found["userErrors"]
    assert error["code"] == "INVALID"
    assert "Course is not properly formatted: " in error["message"]
