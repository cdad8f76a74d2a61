"""Reads AICC packages: the course, descriptor, assignable unit and structure files (CMI001)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping

from sandbox.packages.archive import Archive
from sandbox.packages.model import (
    Activity,
    Findings,
    Metadata,
    PackageError,
    ParsedPackage,
    Standard,
)
from sandbox.packages.read_scorm import scaled
from sandbox.packages.xml import MAX_DEPTH

_ROOT = "root"
_Rows = dict[str, dict[str, str]]


def read_aicc(archive: Archive, path: str) -> ParsedPackage:
    """`path` is the .crs file; its companions have the same name and another ending."""
    sections = _sections(_text(archive.document(path)))
    findings = Findings()
    course = _pairs(sections.get("course", []))
    units = _table(archive, path, "au")
    if not units:
        raise PackageError("The package lists no assignable units (.au) to launch.")
    title = course.get("course_title") or path.rpartition("/")[2].rpartition(".")[0]
    tree = _Tree(units, _table(archive, path, "des"), _members(archive, path), archive, findings)
    return ParsedPackage(
        standard=Standard.AICC,
        identifier=course.get("course_id", ""),
        title=title,
        root=tree.root(course.get("course_id") or _ROOT, title),
        metadata=Metadata(description=_paragraph(sections.get("course_description", []))),
        languages=(),
        files=archive.files,
        warnings=findings.warnings,
    )


class _Tree:
    """Puts assignable units and blocks into the order that the structure file gives."""

    def __init__(
        self,
        units: _Rows,
        descriptors: _Rows,
        members: dict[str, list[str]],
        archive: Archive,
        findings: Findings,
    ) -> None:
        self.units = units
        self.descriptors = descriptors
        self.members = members
        self.archive = archive
        self.findings = findings
        self.placed: set[str] = set()
        self.depth = 0

    def root(self, identifier: str, title: str) -> Activity:
        if _ROOT not in self.members:
            self.findings.warn("The structure (.cst) has no ROOT; all units are put at the top.")
        members = self.members.get(_ROOT, list(self.units))
        return Activity(
            identifier, identifier, "", "AGGREGATION", title, children=tuple(self._place(members))
        )

    def _place(self, members: list[str]) -> Iterator[Activity]:
        for member in members:
            key = member.lower()
            if key in self.placed:
                self.findings.warn(f"The structure names {member!r} more than once.")
            elif key in self.units:
                self.placed.add(key)
                yield self._unit(member, self.units[key])
            elif key in self.members:
                self.placed.add(key)
                yield self._block(member)
            else:
                self.findings.warn(f"The structure names {member!r}, which is not described.")

    def _block(self, member: str) -> Activity:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise PackageError(f"The structure nests more than {MAX_DEPTH} levels deep.")
        children = tuple(self._place(self.members[member.lower()]))
        self.depth -= 1
        return Activity(member, member, "", "AGGREGATION", self._title(member), children=children)

    def _unit(self, member: str, row: Mapping[str, str]) -> Activity:
        file = row.get("file_name", "")
        if self.archive.lacks(file):
            self.findings.warn(f"The file {file} is named by {member!r} but missing.")
        launch = row.get("web_launch", "")
        return Activity(
            external_identifier=member,
            item_identifier=member,
            resource_identifier=member,
            kind="SCO",
            title=self._title(member),
            href=f"{file}?{launch.lstrip('?')}" if launch else file,
            scaled_passing_score=scaled(row.get("mastery_score", "")),
        )

    def _title(self, member: str) -> str:
        return self.descriptors.get(member.lower(), {}).get("title") or member


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")  # the standard is from 1993 and names no encoding


def _sections(content: str) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in content.splitlines():
        if line.strip().startswith("[") and line.strip().endswith("]"):
            current = sections.setdefault(line.strip()[1:-1].strip().lower(), [])
        else:
            current.append(line)
    return sections


def _pairs(lines: list[str]) -> dict[str, str]:
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _paragraph(lines: list[str]) -> str | None:
    return " ".join(" ".join(lines).split()) or None


def _rows(archive: Archive, course: str, ending: str) -> list[list[str]]:
    path = archive.find(f"{course.rpartition('.')[0]}.{ending}")
    if path is None:
        return []
    try:
        rows = list(csv.reader(_text(archive.document(path)).splitlines(), skipinitialspace=True))
    except csv.Error as error:
        raise PackageError(f"{path} is not readable as comma-separated values.") from error
    return [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]


def _table(archive: Archive, course: str, ending: str) -> _Rows:
    """The rows of a file by their `system_id` in lower case; columns are named in any case."""
    header, *rows = _rows(archive, course, ending) or [[]]
    names = [name.lower() for name in header]
    records = (dict(zip(names, row, strict=False)) for row in rows)
    return {record["system_id"].lower(): record for record in records if record.get("system_id")}


def _members(archive: Archive, course: str) -> dict[str, list[str]]:
    _, *rows = _rows(archive, course, "cst") or [[]]
    return {row[0].lower(): [member for member in row[1:] if member] for row in rows}
