"""Builds a package from a course: a valid zip file, the same bytes whenever it is built."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

from sandbox.academy import Course
from sandbox.packages.model import Standard
from sandbox.packages.outline import Part, outline
from sandbox.packages.pages import SCRIPT, STYLE, contents, crest, page
from sandbox.packages.write_aicc import write_aicc
from sandbox.packages.write_scorm import write_scorm
from sandbox.packages.write_xapi import CONTENTS, write_cmi5, write_tincan

_UNIX = 3


def generate(course: Course, standard: Standard) -> bytes:
    """The course as a zip file in that standard, with a page for each of its lessons.

    Titles, descriptions, languages, tags and duration are the course's own. `ValueError` for
    SCORM 1.1, which nothing writes any more, and for what comes in no package.
    """
    parts = outline(course)
    files = {**_descriptors(course, parts, standard), **_content(course, parts, standard)}
    return _zip(files, course)


def _descriptors(course: Course, parts: Sequence[Part], standard: Standard) -> dict[str, bytes]:
    match standard:
        case Standard.AICC:
            return write_aicc(course, parts)
        case Standard.CMI5:
            return write_cmi5(course, parts)
        case Standard.XAPI:
            return write_tincan(course, parts)
        case Standard.SCORM11 | Standard.LTI13 | Standard.UNKNOWN:
            raise ValueError(f"{standard} packages can't be written")
        case _:
            return write_scorm(course, parts, standard)


def _content(course: Course, parts: Sequence[Part], standard: Standard) -> dict[str, bytes]:
    is_scorm = standard is Standard.SCORM12 or standard.is_scorm_2004
    files = {
        each.page: page(course, each, reports=is_scorm and each.tracked).encode()
        for part in parts
        for each in part.pages()
    }
    if standard is Standard.XAPI:
        files[CONTENTS] = contents(course, parts).encode()
    if is_scorm:
        files["shared/report.js"] = SCRIPT.encode()
    files["shared/style.css"] = STYLE.encode()
    files["shared/crest.png"] = crest(course.number)
    return files


def _zip(files: Mapping[str, bytes], course: Course) -> bytes:
    when = course.updated
    stamp = (when.year, when.month, when.day, when.hour, when.minute, when.second)
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, stamp)
            # Both differ between platforms otherwise; stored, since zlib's output is not the same
            # in every version of it.
            entry.create_system = _UNIX
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return written.getvalue()
