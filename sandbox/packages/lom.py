"""Reads learning object metadata (IEEE 1484.12.3 LOM, and IMS metadata 1.2 before it).

The two differ in spelling only: `langstring xml:lang` became `string language`, `datetime` became
`duration`, `keywords` became `keyword`.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sandbox.packages.archive import Archive
from sandbox.packages.model import Findings, Metadata
from sandbox.packages.xml import LANGUAGE, attribute, child, children, name_of, read_xml, text

_STRINGS = ("string", "langstring")
_KEYWORDS = ("keyword", "keywords")


def metadata_of(holder: Element | None, archive: Archive, findings: Findings) -> Metadata:
    """What the `<metadata>` of a manifest says, in place or in the file that it points to."""
    lom = _lom(child(holder, "metadata"), archive, findings)
    if lom is None:
        return Metadata()
    general = child(lom, "general")
    for language in children(general, "language"):
        findings.language(text(language))
    title, title_language = _string(child(general, "title"), findings)
    description, description_language = _string(child(general, "description"), findings)
    return Metadata(
        title=title,
        title_language=title_language,
        description=description,
        description_language=description_language,
        duration=_duration(child(lom, "technical", "duration")),
        typical_time=_duration(child(lom, "educational", "typicallearningtime")),
        keywords=_keywords(general, findings),
    )


def _lom(metadata: Element | None, archive: Archive, findings: Findings) -> Element | None:
    inline = child(metadata, "lom")
    location = text(child(metadata, "location"))
    if inline is not None or location is None:
        return inline
    path = archive.find(location)
    if path is None:
        findings.warn(f"The metadata file {location} is missing from the package.")
        return None
    return read_xml(archive.document(path), path)


def _string(element: Element | None, findings: Findings) -> tuple[str | None, str | None]:
    """The first text of a multilingual one, with its language; the other languages are noted."""
    spoken = [] if element is None else [each for each in element if name_of(each) in _STRINGS]
    for each in spoken:
        findings.language(_language(each))
    for each in spoken:
        if text(each):
            return text(each), _language(each)
    return None, None


def _language(element: Element) -> str | None:
    return element.get(LANGUAGE) or attribute(element, "language")


def _keywords(general: Element | None, findings: Findings) -> tuple[str, ...]:
    holders = (each for name in _KEYWORDS for each in children(general, name))
    found = (_string(holder, findings)[0] for holder in holders)
    return tuple(dict.fromkeys(keyword for keyword in found if keyword))


def _duration(element: Element | None) -> str | None:
    # The element also holds a description, so its own text won't do.
    return text(child(element, "duration")) or text(child(element, "datetime"))
