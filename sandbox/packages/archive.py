"""Opens an uploaded zip without trusting it.

A package comes from outside, so nothing in it is believed: not the names of its files, not the
sizes that it declares, not that its checksums hold. Whatever fails is a `PackageError`, whose
message is fit for the author of the package.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from datetime import datetime
from io import BytesIO
from typing import IO
from urllib.parse import unquote

from sandbox.packages.model import PackagedFile, PackageError

MAX_FILES = 10_000
MAX_BYTES = 256 * 1024 * 1024
MAX_RATIO = 200
MAX_DOCUMENT_BYTES = 8 * 1024 * 1024
_CHUNK = 256 * 1024
_ENCRYPTED = 0x1
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


class Archive:
    """The files of a package, every one of which has been read through once and found sound."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except _UNREADABLE as error:
            raise PackageError("The file is not a readable zip archive.") from error
        self._members = _members(self._zip)
        self._folded = {path.lower(): path for path in self._members}
        for path, member in self._members.items():
            _verify(self._zip, path, member)

    @property
    def files(self) -> tuple[PackagedFile, ...]:
        return tuple(
            PackagedFile(path, member.file_size, _modified(member))
            for path, member in self._members.items()
        )

    def names(self) -> tuple[str, ...]:
        return tuple(self._members)

    def find(self, path: str) -> str | None:
        """The name under which the archive holds `path`, which authors spell in any case."""
        return path if path in self._members else self._folded.get(path.lower())

    def lacks(self, href: str) -> bool:
        """Whether a link leads to a file of the package that isn't there."""
        path = unquote(href.partition("?")[0].partition("#")[0])
        return bool(path) and "://" not in path and self.find(path) is None

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        """The bytes of one file; refused beyond `limit` bytes, `KeyError` where there is none."""
        member = self._members[path]
        if member.file_size > limit:
            raise PackageError(f"{path} is larger than {limit} bytes.")
        return self._zip.read(member)

    def document(self, path: str) -> bytes:
        """The bytes of a manifest or another file that is going to be parsed."""
        return self.read(path, MAX_DOCUMENT_BYTES)


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    if not entries:
        raise PackageError("The zip archive is empty.")
    if len(entries) > MAX_FILES:
        raise PackageError(f"The zip archive holds more than {MAX_FILES} files.")
    declared = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if declared > MAX_BYTES or declared > MAX_RATIO * max(packed, _CHUNK):
        raise PackageError("The zip archive unpacks to more than is allowed.")
    members: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        path = _path(entry)
        if path in members:
            raise PackageError(f"The zip archive holds {path} twice.")
        members[path] = entry
    return members


def _path(entry: zipfile.ZipInfo) -> str:
    """The entry's path from the top of the package, `/` between its parts."""
    path = entry.filename.replace("\\", "/")
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", path):
        raise PackageError(f"The zip archive holds a path that leaves it: {path}")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise PackageError(f"The zip archive holds a symbolic link: {path}")
    if entry.flag_bits & _ENCRYPTED:
        raise PackageError(f"The zip archive is encrypted: {path}")
    kept = [part for part in parts if part not in ("", ".")]
    if not kept:
        raise PackageError("The zip archive holds a file without a name.")
    return "/".join(kept)


def _verify(archive: zipfile.ZipFile, path: str, member: zipfile.ZipInfo) -> None:
    try:
        with archive.open(member) as content:
            _drain(content)
    except (*_UNREADABLE, RuntimeError) as error:
        raise PackageError(f"{path} is damaged or compressed in an unknown way.") from error


def _drain(content: IO[bytes]) -> None:
    # zipfile stops at the declared size and compares the checksum there: a size that lies fails.
    while content.read(_CHUNK):
        pass


def _modified(member: zipfile.ZipInfo) -> datetime:
    try:
        return datetime(*member.date_time)
    except ValueError:
        return datetime(1980, 1, 1)  # the zip format's own zero; some tools write month 0
