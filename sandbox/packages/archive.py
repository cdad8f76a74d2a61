"""Opens an uploaded zip without trusting it.

A package comes from outside, so nothing in it is believed: not the names of its files, not the
sizes that it declares, not that its checksums hold. Whatever fails is a `PackageError`, whose
message is fit for the author of the package. Nothing is ever unpacked to disk.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from io import SEEK_END, BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import unquote

from sandbox.packages.model import PackagedFile, PackageError

Source = bytes | Path
"""A zip file: in memory, or where it lies on the disk."""

MAX_FILES = 10_000
MAX_BYTES = 1024 * 1024 * 1024
MAX_RATIO = 200
MAX_DOCUMENT_BYTES = 4 * 1024 * 1024
_CHUNK = 256 * 1024
_ENCRYPTED = 0x1
# The other methods are not in SCORM's profile of zip, and zipfile unpacks them without a bound.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)
_DAMAGED = (*_UNREADABLE, RuntimeError)


class Archive:
    """The files of a package, by paths that lead nowhere else; to be closed."""

    def __init__(self, source: Source) -> None:
        self._file = _Cautious(BytesIO(source) if isinstance(source, bytes) else source.open("rb"))
        try:
            self._zip = zipfile.ZipFile(self._file)
            self._members = _members(self._zip, self._file.size)
        except _UNREADABLE as error:
            self.close()
            raise PackageError("The file is not a readable zip archive.") from error
        except PackageError:
            self.close()
            raise
        self._folded = {path.lower(): path for path in self._members}

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def verify(self) -> None:
        """Reads every file through once; `PackageError` where one isn't sound."""
        for path in self._members:
            for _ in self.chunks(path):
                pass

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

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of one file, piece by piece; `KeyError` where there is none."""
        member = self._members[path]
        try:
            # zipfile stops at the declared size and compares the checksum there: a size that lies
            # fails.
            with self._zip.open(member) as content:
                while chunk := content.read(_CHUNK):
                    yield chunk
        except _DAMAGED as error:
            raise PackageError(f"{path} is damaged or compressed in an unknown way.") from error

    def document(self, path: str) -> bytes:
        """The bytes of a manifest or another file that is going to be parsed."""
        if self._members[path].file_size > MAX_DOCUMENT_BYTES:
            raise PackageError(f"{path} is larger than {MAX_DOCUMENT_BYTES} bytes.")
        return b"".join(self.chunks(path))


class _Cautious:
    """A file of which no read is larger than a document may be.

    zipfile takes in a table of contents whole, of the size that the archive says; this one is
    longer than that of the largest package that is allowed.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = file.seek(0, SEEK_END)
        self.seek, self.tell, self.close = file.seek, file.tell, file.close

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        left = self.size - self.tell()
        if (left if size < 0 else min(size, left)) > MAX_DOCUMENT_BYTES:
            raise zipfile.BadZipFile("a table of contents that is too long")
        return self._file.read(size)


def _members(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    if not entries:
        raise PackageError("The zip archive is empty.")
    if len(entries) > MAX_FILES:
        raise PackageError(f"The zip archive holds more than {MAX_FILES} files.")
    declared = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if declared > MAX_BYTES or declared > MAX_RATIO * max(packed, _CHUNK):
        raise PackageError("The zip archive unpacks to more than is allowed.")
    if packed > size:
        raise PackageError("The zip archive holds files that lie over each other.")
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
    if path.startswith("/") or leaves(path):
        raise PackageError(f"The zip archive holds a path that leaves it: {path}")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise PackageError(f"The zip archive holds a symbolic link: {path}")
    if entry.flag_bits & _ENCRYPTED:
        raise PackageError(f"The zip archive is encrypted: {path}")
    if entry.compress_type not in _METHODS:
        raise PackageError(f"{path} is damaged or compressed in an unknown way.")
    kept = plain(path)
    if not kept:
        raise PackageError("The zip archive holds a file without a name.")
    return kept


def leaves(path: str) -> bool:
    """Whether a path leads up, or to a drive."""
    return ".." in path.split("/") or re.match(r"[A-Za-z]:", path) is not None


def plain(path: str) -> str:
    """A path without the parts that lead nowhere."""
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def _modified(member: zipfile.ZipInfo) -> datetime:
    try:
        return datetime(*member.date_time)
    except ValueError:
        return datetime(1980, 1, 1)  # the zip format's own zero; some tools write month 0
