"""Reads XML that somebody else wrote, by local names: authors mix namespaces up."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from sandbox.packages.model import PackageError

MAX_DEPTH = 100
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
BASE = "{http://www.w3.org/XML/1998/namespace}base"


def read_xml(data: bytes, path: str) -> Element:
    """The root element of a document; a `PackageError` that names `path` where it has none."""
    try:
        root: Element = fromstring(data)
    except ParseError as error:
        raise PackageError(f"{path} is not well-formed XML: {error}") from error
    except DefusedXmlException as error:
        raise PackageError(f"{path} declares entities, which are not allowed.") from error
    except (LookupError, ValueError) as error:
        raise PackageError(f"{path} is written in an unknown encoding.") from error
    _refuse_depth(root, path)
    return root


def _refuse_depth(root: Element, path: str) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise PackageError(f"{path} nests more than {MAX_DEPTH} levels deep.")
        level = [child for element in level for child in element]


def name_of(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def children(element: Element | None, name: str) -> Iterator[Element]:
    """The child elements called `name` (lower case), in any namespace."""
    if element is not None:
        yield from (child for child in element if name_of(child) == name)


def child(element: Element | None, *names: str) -> Element | None:
    """The first element that a path of names leads to."""
    for name in names:
        element = next(children(element, name), None)
    return element


def text(element: Element | None) -> str | None:
    """The element's text with its white space folded; None where there is none."""
    if element is None:
        return None
    return " ".join("".join(element.itertext()).split()) or None


def attribute(element: Element, name: str) -> str | None:
    """An attribute by its local name: SCORM 1.2 writes `scormtype`, SCORM 2004 `scormType`."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2].lower() == name.lower():
            return value.strip()
    return None
