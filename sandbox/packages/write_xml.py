"""Writes XML the short way: an element is its name, its attributes and what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, indent, tostring

Holds = Element | str | None


def element(
    name: str, *holds: Holds, attributes: Mapping[str, str | None] | None = None
) -> Element:
    """An element; attributes and contents that are None are left out.

    Names carry their prefixes as written (`adlcp:location`): the root declares them.
    """
    made = Element(name, {key: value for key, value in (attributes or {}).items() if value})
    for each in holds:
        if isinstance(each, str):
            made.text = (made.text or "") + each
        elif each is not None:
            made.append(each)
    return made


def group(name: str, holds: Iterable[Element]) -> Element | None:
    """An element around others, or none where there are none."""
    found = list(holds)
    return element(name, *found) if found else None


def document(root: Element) -> bytes:
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
