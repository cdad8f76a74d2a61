"""Reads SCORM 1.1, 1.2 and 2004 packages: `imsmanifest.xml` (IMS content packaging by ADL)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from sandbox.packages.archive import Archive
from sandbox.packages.lom import metadata_of
from sandbox.packages.model import Activity, Findings, PackageError, ParsedPackage, Standard
from sandbox.packages.xml import BASE, attribute, child, children, name_of, read_xml, text

MANIFEST = "imsmanifest.xml"
# `schemaversion` of each edition; 2nd edition manifests say the version of the CAM book.
_VERSIONS = {
    "1.1": Standard.SCORM11,
    "1.2": Standard.SCORM12,
    "cam 1.3": Standard.SCORM2004_2ND,
    "2004 2nd edition": Standard.SCORM2004_2ND,
    "2004 3rd edition": Standard.SCORM2004_3RD,
    "2004 4th edition": Standard.SCORM2004_4TH,
}


@dataclass(frozen=True, slots=True)
class _Resource:
    identifier: str
    href: str
    kind: str


def read_scorm(archive: Archive, path: str) -> ParsedPackage:
    manifest = read_xml(archive.document(path), path)
    if name_of(manifest) != "manifest":
        raise PackageError(f"{path} has no <manifest> at its top.")
    findings = Findings()
    organization = _organization(manifest, findings)
    reader = _Items(_resources(manifest, archive, findings), archive, findings)
    root = reader.organization(organization)
    metadata = metadata_of(manifest, archive, findings) or metadata_of(
        organization, archive, findings
    )
    return ParsedPackage(
        standard=_standard(manifest, findings),
        identifier=attribute(manifest, "identifier") or "",
        title=root.title,
        root=root,
        metadata=metadata,
        languages=findings.languages,
        files=archive.files,
        warnings=findings.warnings,
    )


def _standard(manifest: Element, findings: Findings) -> Standard:
    said = text(child(manifest, "metadata", "schemaversion")) or ""
    known = _VERSIONS.get(said.lower())
    if known is not None:
        return known
    # Of SCORM 1.2 the version is free text; the namespaces in use tell the generations apart.
    newer = any("adlcp_v1p3" in element.tag + "".join(element.keys()) for element in _all(manifest))
    guess = Standard.SCORM2004_3RD if newer else Standard.SCORM12
    findings.warn(f"The schemaversion {said!r} is unknown; read as {guess}.")
    return guess


def _all(manifest: Element) -> list[Element]:
    return [element for element in manifest.iter() if isinstance(element.tag, str)]


def _organization(manifest: Element, findings: Findings) -> Element:
    holder = child(manifest, "organizations")
    found = list(children(holder, "organization"))
    if holder is None or not found:
        raise PackageError("The manifest has no <organization>, so there is nothing to launch.")
    wanted = attribute(holder, "default")
    for organization in found:
        if attribute(organization, "identifier") == wanted:
            return organization
    if wanted is not None:
        findings.warn(f"The default organization {wanted!r} does not exist; the first one is used.")
    return found[0]


def _resources(manifest: Element, archive: Archive, findings: Findings) -> dict[str, _Resource]:
    holder = child(manifest, "resources")
    base = _join(manifest, "") if holder is None else _join(holder, _join(manifest, ""))
    resources: dict[str, _Resource] = {}
    for element in children(holder, "resource"):
        identifier = attribute(element, "identifier") or ""
        href = attribute(element, "href") or ""
        if identifier in resources:
            findings.warn(f"The resource {identifier!r} is declared twice; the first one is used.")
            continue
        resources[identifier] = _Resource(
            identifier,
            _link(_join(element, base), href) if href else "",
            "SCO" if (attribute(element, "scormtype") or "").lower() == "sco" else "ASSET",
        )
        for file in children(element, "file"):
            path = _link(_join(element, base), attribute(file, "href") or "")
            _look_for(path, archive, findings)
    return resources


def _join(element: Element, base: str) -> str:
    return _link(base, element.get(BASE, ""))


def _link(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return href  # an address of no form at all, such as `http://[`; it leads nowhere


def _look_for(href: str, archive: Archive, findings: Findings) -> None:
    if archive.lacks(href):
        findings.warn(f"The file {href} is named in the manifest but missing from the package.")


class _Items:
    """Reads the tree of items over the resources that they refer to."""

    def __init__(
        self, resources: dict[str, _Resource], archive: Archive, findings: Findings
    ) -> None:
        self.resources = resources
        self.archive = archive
        self.findings = findings
        self.seen: set[str] = set()

    def organization(self, element: Element) -> Activity:
        return self._aggregation(element, _title(element) or "Untitled")

    def item(self, element: Element) -> Activity:
        identifier = self._identifier(element)
        title = _title(element) or identifier
        if any(children(element, "item")):
            return self._aggregation(element, title)
        resource = self._resource(element, identifier)
        href = resource.href + (attribute(element, "parameters") or "") if resource.href else ""
        if href:
            _look_for(href, self.archive, self.findings)
        return Activity(
            external_identifier=identifier,
            item_identifier=identifier,
            resource_identifier=resource.identifier,
            kind=resource.kind,
            title=title,
            href=href,
            scaled_passing_score=_passing_score(element),
        )

    def _aggregation(self, element: Element, title: str) -> Activity:
        identifier = attribute(element, "identifier") or "root"
        if attribute(element, "identifierref"):
            self.findings.warn(f"The item {identifier!r} has items of its own and a resource.")
        return Activity(
            external_identifier=identifier,
            item_identifier=identifier,
            resource_identifier="",
            kind="AGGREGATION",
            title=title,
            scaled_passing_score=_passing_score(element),
            children=tuple(self.item(each) for each in children(element, "item")),
        )

    def _identifier(self, element: Element) -> str:
        identifier = attribute(element, "identifier") or f"item-{len(self.seen) + 1}"
        if identifier in self.seen:
            self.findings.warn(f"The identifier {identifier!r} is used by more than one item.")
        self.seen.add(identifier)
        return identifier

    def _resource(self, element: Element, identifier: str) -> _Resource:
        wanted = attribute(element, "identifierref") or ""
        if wanted not in self.resources:
            self.findings.warn(f"The item {identifier!r} has no resource to launch.")
        return self.resources.get(wanted, _Resource("", "", "UNKNOWN"))


def _title(element: Element) -> str | None:
    return text(child(element, "title"))


def _passing_score(item: Element) -> str | None:
    """0–1 as text: from `masteryscore` (1.2: 0–100) or `minNormalizedMeasure` (2004: -1–1)."""
    mastery = text(child(item, "masteryscore"))
    if mastery is not None:
        return scaled(mastery)
    primary = child(item, "sequencing", "objectives", "primaryobjective")
    if primary is None or attribute(primary, "satisfiedByMeasure") != "true":
        return None
    return text(child(primary, "minnormalizedmeasure")) or "1.0"  # 1.0 is the standard's default


def scaled(mastery: str) -> str | None:
    """A mastery score of 0–100 as a share of one; None where it is no number."""
    try:
        return f"{float(mastery) / 100:g}"
    except ValueError:
        return None
