"""Writes `cmi5.xml` (a cmi5 course structure) and `tincan.xml` (xAPI activities to launch)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from sandbox.academy import Course
from sandbox.packages.outline import Part, language_tag
from sandbox.packages.write_xml import document, element

CONTENTS = "index.html"
_CMI5 = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
_TINCAN = "http://projecttincan.com/tincan.xsd"
_ACTIVITY = "http://adlnet.gov/expapi/activities/"


def write_cmi5(course: Course, parts: Sequence[Part]) -> dict[str, bytes]:
    structure = element(
        "courseStructure",
        element(
            "course",
            _translated("title", _titles(course)),
            _translated("description", _descriptions(course)),
            attributes={"id": _address(course)},
        ),
        *(_node(course, part) for part in parts),
        attributes={"xmlns": _CMI5},
    )
    return {"cmi5.xml": document(structure)}


def _node(course: Course, part: Part) -> Element:
    language = _language(course)
    return element(
        "au" if part.page else "block",
        _translated("title", [(language, part.title)]),
        _translated("description", [(language, part.description)]),
        *(_node(course, each) for each in part.parts),
        element("url", part.page) if part.page else None,
        attributes={
            "id": f"{_address(course)}/{part.identifier}",
            "moveOn": _move_on(part) if part.page else None,
            "masteryScore": None if part.passing is None else f"{part.passing:g}",
        },
    )


def _move_on(part: Part) -> str:
    return "CompletedOrPassed" if part.passing is None else "CompletedAndPassed"


def write_tincan(course: Course, parts: Sequence[Part]) -> dict[str, bytes]:
    """One activity to launch, the course, and beside it the lessons that it reports about."""
    language = _language(course)
    whole = element(
        "activity",
        *(element("name", said, attributes={"lang": code}) for code, said in _titles(course)),
        *(
            element("description", said, attributes={"lang": code})
            for code, said in _descriptions(course)
        ),
        element("launch", CONTENTS, attributes={"lang": language}),
        attributes={"id": _address(course), "type": _ACTIVITY + "course"},
    )
    lessons = (
        element(
            "activity",
            element("name", page.title, attributes={"lang": language}),
            element("description", page.description, attributes={"lang": language}),
            attributes={
                "id": f"{_address(course)}/{page.identifier}",
                "type": _ACTIVITY + ("lesson" if page.passing is None else "assessment"),
            },
        )
        for part in parts
        for page in part.pages()
    )
    root = element("tincan", element("activities", whole, *lessons), attributes={"xmlns": _TINCAN})
    return {"tincan.xml": document(root)}


def _address(course: Course) -> str:
    return f"https://learn.academy.example/xapi/{course.number}"


def _language(course: Course) -> str:
    # Both standards want a language with every text; `und` is BCP 47 for one that nobody knows.
    return next((language_tag(code) for code in course.languages), "und")


def _titles(course: Course) -> list[tuple[str, str]]:
    others = [(language_tag(each.language), each.title) for each in course.localizations]
    return [(_language(course), course.title), *others]


def _descriptions(course: Course) -> list[tuple[str, str]]:
    others = [(language_tag(each.language), each.description) for each in course.localizations]
    return [(_language(course), course.description or course.title), *others]


def _translated(name: str, texts: Sequence[tuple[str, str]]) -> Element:
    return element(
        name,
        *(element("langstring", said, attributes={"lang": language}) for language, said in texts),
    )
