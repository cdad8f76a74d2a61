"""Writes the four files that describe an AICC course (CMI001, level 1)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from sandbox.academy import Course
from sandbox.packages.outline import Part

_UNIT = (
    "system_id",
    "type",
    "command_line",
    "max_time_allowed",
    "time_limit_action",
    "file_name",
    "max_score",
    "mastery_score",
    "system_vendor",
    "core_vendor",
    "web_launch",
    "au_password",
)


def write_aicc(course: Course, parts: Sequence[Part]) -> dict[str, bytes]:
    return {
        "course.crs": _course(course, parts),
        "course.au": _table(_UNIT, (_unit(part) for part in _walk(parts) if part.page)),
        "course.des": _table(
            ("system_id", "developer_id", "title", "description"),
            (
                (part.identifier, part.identifier, part.title, part.description)
                for part in _walk(parts)
            ),
        ),
        "course.cst": _structure(parts),
    }


def _course(course: Course, parts: Sequence[Part]) -> bytes:
    units = [part for part in _walk(parts) if part.page]
    blocks = [part for part in _walk(parts) if part.parts]
    lines = [
        "[Course]",
        "Course_Creator=The Academy",
        f"Course_ID={course.reference}",
        "Course_System=HTML",
        f"Course_Title={course.title}",
        "Level=1",
        f"Max_Fields_CST={_width(parts)}",
        f"Total_AUs={len(units)}",
        f"Total_Blocks={len(blocks)}",
        "Version=4.0",
        "[Course_Behavior]",
        "Max_Normal=1",
        "[Course_Description]",
        course.description or "",
    ]
    return "\r\n".join(lines).encode()


def _unit(part: Part) -> tuple[str, ...]:
    mastery = "" if part.passing is None else f"{part.passing * 100:g}"
    empty = ""
    return (
        part.identifier,
        "Lesson",
        empty,
        "00:00:00",
        "C,N",
        part.page,
        "100",
        mastery,
        empty,
        empty,
        empty,
        empty,
    )


def _structure(parts: Sequence[Part]) -> bytes:
    rows = [_row("ROOT", parts), *(_row(part.identifier, part.parts) for part in _blocks(parts))]
    width = _width(parts)
    padded = (row + ("",) * (width - len(row)) for row in rows)
    return _table(("block", *("member" for _ in range(width - 1))), padded)


def _blocks(parts: Sequence[Part]) -> Iterator[Part]:
    return (part for part in _walk(parts) if part.parts)


def _row(name: str, parts: Sequence[Part]) -> tuple[str, ...]:
    return (name, *(part.identifier for part in parts))


def _width(parts: Sequence[Part]) -> int:
    return 1 + max(len(parts), *(len(part.parts) for part in parts))


def _walk(parts: Sequence[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        yield from _walk(part.parts)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    written = StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerows([header, *rows])
    return written.getvalue().encode()
