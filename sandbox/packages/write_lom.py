"""Writes what a course says about itself as LOM: IMS had it one way, IEEE has it another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from sandbox.academy import Course
from sandbox.packages.outline import duration, language_tag
from sandbox.packages.write_xml import element, group


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words that differ between the two editions of the metadata standard."""

    namespace: str
    string: str
    language: str
    typical_time: str
    duration: str
    category: str


IMS = Dialect(
    namespace="http://www.imsglobal.org/xsd/imsmd_rootv1p2p1",
    string="langstring",
    language="xml:lang",
    typical_time="typicallearningtime",
    duration="datetime",
    category="lifecycle",
)
IEEE = Dialect(
    namespace="http://ltsc.ieee.org/xsd/LOM",
    string="string",
    language="language",
    typical_time="typicalLearningTime",
    duration="duration",
    category="lifeCycle",
)


def lom(course: Course, dialect: Dialect) -> Element:
    length = duration(course.minutes)
    time = None if length is None else element(dialect.duration, length)
    return element(
        "lom",
        element(
            "general",
            _strings("title", _titles(course), dialect),
            *(element("language", language_tag(code)) for code in course.languages),
            _strings("description", _descriptions(course), dialect),
            *(_strings("keyword", [(None, tag)], dialect) for tag in course.tags),
        ),
        element(dialect.category, _strings("version", [(None, "1.0")], dialect)),
        None if time is None else element("technical", element("duration", time)),
        None if time is None else element("educational", element(dialect.typical_time, time)),
        attributes={"xmlns": dialect.namespace},
    )


_Texts = Iterable[tuple[str | None, str]]


def _titles(course: Course) -> Iterator[tuple[str | None, str]]:
    yield _main_language(course), course.title
    for each in course.localizations:
        yield language_tag(each.language), each.title


def _descriptions(course: Course) -> Iterator[tuple[str | None, str]]:
    if course.description is not None:
        yield _main_language(course), course.description
    for each in course.localizations:
        yield language_tag(each.language), each.description


def _main_language(course: Course) -> str | None:
    return next((language_tag(code) for code in course.languages), None)


def _strings(name: str, texts: _Texts, dialect: Dialect) -> Element | None:
    return group(
        name,
        (
            element(dialect.string, said, attributes={dialect.language: language})
            for language, said in texts
        ),
    )
