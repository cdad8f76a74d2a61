"""Writes `imsmanifest.xml` for SCORM 1.2 and the editions of SCORM 2004."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from sandbox.academy import Course
from sandbox.packages.model import Standard
from sandbox.packages.outline import Part
from sandbox.packages.write_lom import IEEE, IMS, lom
from sandbox.packages.write_xml import document, element

_VERSIONS = {
    Standard.SCORM12: "1.2",
    Standard.SCORM2004_2ND: "CAM 1.3",
    Standard.SCORM2004_3RD: "2004 3rd Edition",
    Standard.SCORM2004_4TH: "2004 4th Edition",
}
_NAMESPACES_12 = {
    "xmlns": "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
    "xmlns:adlcp": "http://www.adlnet.org/xsd/adlcp_rootv1p2",
}
_NAMESPACES_2004 = {
    "xmlns": "http://www.imsglobal.org/xsd/imscp_v1p1",
    "xmlns:adlcp": "http://www.adlnet.org/xsd/adlcp_v1p3",
    "xmlns:imsss": "http://www.imsglobal.org/xsd/imsss",
}
_SHARED = ("shared/report.js", "shared/style.css", "shared/crest.png")


def write_scorm(course: Course, parts: Sequence[Part], standard: Standard) -> dict[str, bytes]:
    """The manifest, and the metadata file that it points to where the metadata stands apart."""
    # One edition keeps its metadata in a file of its own: both ways are in use.
    apart = standard is Standard.SCORM2004_3RD
    described = lom(course, IMS if standard is Standard.SCORM12 else IEEE)
    manifest = element(
        "manifest",
        element(
            "metadata",
            element("schema", "ADL SCORM"),
            element("schemaversion", _VERSIONS[standard]),
            element("adlcp:location", "metadata.xml") if apart else described,
        ),
        element(
            "organizations",
            element(
                "organization",
                element("title", course.title),
                *(_item(part, standard) for part in parts),
                attributes={"identifier": f"ORG-{course.number}"},
            ),
            attributes={"default": f"ORG-{course.number}"},
        ),
        element("resources", *_resources(parts, standard)),
        attributes={
            "identifier": f"academy.{course.reference}",
            "version": "1",
            **(_NAMESPACES_2004 if standard.is_scorm_2004 else _NAMESPACES_12),
        },
    )
    files = {"imsmanifest.xml": document(manifest)}
    return {**files, "metadata.xml": document(described)} if apart else files


def _item(part: Part, standard: Standard) -> Element:
    return element(
        "item",
        element("title", part.title),
        *(_item(each, standard) for each in part.parts),
        *_passing(part, standard),
        attributes={
            "identifier": part.identifier,
            "identifierref": f"R-{part.identifier}" if part.page else None,
        },
    )


def _passing(part: Part, standard: Standard) -> Iterator[Element]:
    if part.passing is None:
        return
    if not standard.is_scorm_2004:
        yield element("adlcp:masteryscore", f"{part.passing * 100:g}")
        return
    yield element(
        "imsss:sequencing",
        element(
            "imsss:objectives",
            element(
                "imsss:primaryObjective",
                element("imsss:minNormalizedMeasure", f"{part.passing:g}"),
                attributes={"objectiveID": f"O-{part.identifier}", "satisfiedByMeasure": "true"},
            ),
        ),
    )


def _resources(parts: Sequence[Part], standard: Standard) -> Iterator[Element]:
    kind = "adlcp:scormType" if standard.is_scorm_2004 else "adlcp:scormtype"
    for each in (page for part in parts for page in part.pages()):
        yield element(
            "resource",
            element("file", attributes={"href": each.page}),
            *(element("file", attributes={"href": path}) for path in _SHARED),
            attributes={
                "identifier": f"R-{each.identifier}",
                "type": "webcontent",
                kind: "sco" if each.tracked else "asset",
                "href": each.page,
            },
        )
