"""Reads a package of any standard: finds the file that describes it, hands over to its reader."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.packages.archive import Archive, Source
from sandbox.packages.model import PackageError, ParsedPackage
from sandbox.packages.read_aicc import read_aicc
from sandbox.packages.read_scorm import MANIFEST, read_scorm
from sandbox.packages.read_xapi import CMI5, TINCAN, read_cmi5, read_tincan

# Authoring tools put several descriptions side by side; the most recent standard is taken.
_READERS: tuple[tuple[str, Callable[[Archive, str], ParsedPackage]], ...] = (
    (CMI5, read_cmi5),
    (TINCAN, read_tincan),
    (MANIFEST, read_scorm),
)


def parse(source: Source) -> ParsedPackage:
    """Reads a zip file; `PackageError` says why it can't be imported, where that is so."""
    with Archive(source) as archive:
        archive.verify()
        return _read(archive)


def _read(archive: Archive) -> ParsedPackage:
    for name, read in _READERS:
        path = archive.find(name)
        if path is not None:
            return read(archive, path)
    for path in archive.names():
        if path.lower().endswith(".crs") and "/" not in path:
            return read_aicc(archive, path)
    raise PackageError(_not_found(archive))


def _not_found(archive: Archive) -> str:
    for path in archive.names():
        if path.rpartition("/")[2].lower() in (CMI5, TINCAN, MANIFEST):
            return f"{path} is not at the top of the zip archive; pack its folder's content."
    return "The zip archive holds no imsmanifest.xml, cmi5.xml, tincan.xml or .crs file at its top."
