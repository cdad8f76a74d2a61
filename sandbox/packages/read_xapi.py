"""Reads cmi5 packages (`cmi5.xml`, a course structure) and xAPI ones (`tincan.xml`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.etree.ElementTree import Element

from sandbox.packages.archive import Archive
from sandbox.packages.model import (
    Activity,
    Findings,
    Metadata,
    PackageError,
    ParsedPackage,
    Standard,
)
from sandbox.packages.xml import LANGUAGE, attribute, child, children, name_of, read_xml, text

CMI5 = "cmi5.xml"
TINCAN = "tincan.xml"


def read_cmi5(archive: Archive, path: str) -> ParsedPackage:
    structure = read_xml(archive.document(path), path)
    course = child(structure, "course")
    if name_of(structure) != "coursestructure" or course is None:
        raise PackageError(f"{path} has no <courseStructure> with a <course> in it.")
    findings = Findings()
    identifier = attribute(course, "id") or ""
    title, language = _langstring(child(course, "title"), findings)
    description, description_language = _langstring(child(course, "description"), findings)
    activities = _cmi5_children(structure, archive, findings)
    if not activities:
        raise PackageError(f"{path} has no assignable unit, so there is nothing to launch.")
    return ParsedPackage(
        standard=Standard.CMI5,
        identifier=identifier,
        title=title or identifier,
        root=Activity(
            identifier, identifier, "", "AGGREGATION", title or identifier, children=activities
        ),
        metadata=Metadata(title, language, description, description_language),
        languages=findings.languages,
        files=archive.files,
        warnings=findings.warnings,
    )


def _cmi5_children(holder: Element, archive: Archive, findings: Findings) -> tuple[Activity, ...]:
    return tuple(
        _PARTS[name_of(each)](each, archive, findings) for each in holder if name_of(each) in _PARTS
    )


def _block(element: Element, archive: Archive, findings: Findings) -> Activity:
    identifier = attribute(element, "id") or ""
    title, _ = _langstring(child(element, "title"), findings)
    nested = _cmi5_children(element, archive, findings)
    return Activity(identifier, identifier, "", "AGGREGATION", title or identifier, children=nested)


def _unit(element: Element, archive: Archive, findings: Findings) -> Activity:
    identifier = attribute(element, "id") or ""
    title, _ = _langstring(child(element, "title"), findings)
    href = text(child(element, "url")) or ""
    if archive.lacks(href):
        findings.warn(f"The file {href} is to be launched but missing from the package.")
    return Activity(
        external_identifier=identifier,
        item_identifier=identifier,
        resource_identifier="",
        kind="SCO",
        title=title or identifier,
        href=href,
        scaled_passing_score=attribute(element, "masteryScore"),  # cmi5: already 0–1
    )


_PARTS: dict[str, Callable[[Element, Archive, Findings], Activity]] = {
    "au": _unit,
    "block": _block,
}


def read_tincan(archive: Archive, path: str) -> ParsedPackage:
    document = read_xml(archive.document(path), path)
    findings = Findings()
    elements = list(children(child(document, "activities"), "activity"))
    launchable = [each for each in elements if child(each, "launch") is not None]
    if not launchable:
        raise PackageError(f"{path} names no activity with a <launch>, so nothing can be launched.")
    # The file is a flat list; what can be launched stands for the course, the rest are its parts.
    top = launchable[0]
    root = _activity(top, archive, findings, [each for each in elements if each is not top])
    name, language = _first(children(top, "name"), findings)
    description, description_language = _first(children(top, "description"), findings)
    return ParsedPackage(
        standard=Standard.XAPI,
        identifier=root.item_identifier,
        title=root.title,
        root=root,
        metadata=Metadata(name, language, description, description_language),
        languages=findings.languages,
        files=archive.files,
        warnings=findings.warnings,
    )


def _activity(
    element: Element, archive: Archive, findings: Findings, parts: list[Element]
) -> Activity:
    identifier = attribute(element, "id") or ""
    name, _ = _first(children(element, "name"), findings)
    href = text(child(element, "launch")) or ""
    if archive.lacks(href):
        findings.warn(f"The file {href} is to be launched but missing from the package.")
    objective = (attribute(element, "type") or "").endswith("/objective")
    return Activity(
        external_identifier=identifier,
        item_identifier=identifier,
        resource_identifier="",
        kind="OBJECTIVE" if objective else "SCO" if href else "UNKNOWN",
        title=name or identifier,
        href=href,
        children=tuple(_activity(part, archive, findings, []) for part in parts),
    )


def _langstring(element: Element | None, findings: Findings) -> tuple[str | None, str | None]:
    return _first(children(element, "langstring"), findings)


def _first(elements: Iterable[Element], findings: Findings) -> tuple[str | None, str | None]:
    """The first text with its language; every language is noted."""
    spoken = [(text(each), each.get(LANGUAGE) or attribute(each, "lang")) for each in elements]
    for _, language in spoken:
        findings.language(language)
    return next(((said, language) for said, language in spoken if said), (None, None))
