"""A course laid out as a package: its tree, and the page that each lesson becomes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox.academy import Course, Lesson

_SECTION = 4
_SECTIONS = ("First Steps", "Going Further", "In Practice")
_PASSING = 0.8


@dataclass(frozen=True, slots=True)
class Part:
    """A node below the course: a section of parts, or a page to launch.

    `passing` is the score of 0–1 that a test asks for; `tracked` says whether the page reports
    to whoever launched it.
    """

    identifier: str
    title: str
    description: str
    page: str = ""
    tracked: bool = True
    passing: float | None = None
    parts: tuple[Part, ...] = ()

    def pages(self) -> Iterator[Part]:
        if self.page:
            yield self
        for part in self.parts:
            yield from part.pages()


def outline(course: Course) -> tuple[Part, ...]:
    """The parts of a course: in sections where there are many, one page where there are none."""
    if not course.lessons:
        return (Part("L0", course.title, course.description or course.title, "lessons/00.html"),)
    pages = [_part(place, lesson) for place, lesson in enumerate(course.lessons, start=1)]
    if len(pages) <= _SECTION:
        return tuple(pages)
    half = (len(pages) + 1) // 2
    return tuple(
        Part(f"S{place}", title, f"{title}: {course.title}", parts=tuple(group))
        for place, (title, group) in enumerate(
            zip(_SECTIONS, _groups(pages, half), strict=False), start=1
        )
    )


def _groups(parts: Sequence[Part], size: int) -> list[Sequence[Part]]:
    return [parts[start : start + size] for start in range(0, len(parts), size)]


def _part(place: int, lesson: Lesson) -> Part:
    return Part(
        identifier=f"L{lesson.number}",
        title=lesson.title,
        description=lesson.description or lesson.title,
        page=f"lessons/{place:02}-{slug(lesson.title)}.html",
        tracked=lesson.kind not in ("document", "article"),
        passing=_PASSING if lesson.kind == "quiz" else None,
    )


def slug(title: str) -> str:
    """A title as a file name: lower-case ASCII letters and digits with hyphens between."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "page"


def language_tag(code: str) -> str:
    """`en_GB`, as operating systems write it, in the form that manifests use: `en-GB`."""
    return code.replace("_", "-")


def duration(minutes: int | None) -> str | None:
    """Minutes as an ISO 8601 duration."""
    if minutes is None:
        return None
    hours, rest = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest or not hours else "")
