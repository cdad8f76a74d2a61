"""The files of a version: those of its package, and what was put over them since."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sandbox.packages import PackagedFile
from sandbox.packages.archive import Archive, Source

_CHUNK = 256 * 1024


@dataclass(slots=True)
class Content:
    """Files by their paths: in a package that stays as it came, or single ones on the disk.

    The files on the disk belong to the content, which deletes them when nothing shows them any
    more.
    """

    package: Source | None
    listing: dict[str, PackagedFile]
    single: dict[str, Path] = field(default_factory=dict)
    _is_changed: bool = False

    @classmethod
    def of_package(cls, package: Source, files: tuple[PackagedFile, ...]) -> Content:
        return cls(package, {file.path: file for file in files})

    @classmethod
    def of_file(cls, file: PackagedFile, source: Path) -> Content:
        return cls(None, {file.path: file}, {file.path: source}, _is_changed=True)

    @property
    def files(self) -> tuple[PackagedFile, ...]:
        return tuple(self.listing.values())

    def put(self, path: str, source: Path, modified: datetime) -> None:
        """Adds the file at `source`, or puts it in the place of the one with this path."""
        self._unlink(path)
        self.single[path] = source
        self.listing[path] = PackagedFile(path, source.stat().st_size, modified)
        self._is_changed = True

    def remove(self, path: str) -> None:
        """`KeyError` where there is no such file."""
        del self.listing[path]
        self._unlink(path)
        self._is_changed = True

    def clashes(self, path: str) -> bool:
        """Whether a file of this path would be a folder of another one, or lie in one."""
        return any(
            other.startswith(f"{path}/") or path.startswith(f"{other}/") for other in self.listing
        )

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of one file, piece by piece; `KeyError` where there is none."""
        if path in self.single:
            yield from _chunks(self.single[path])
            return
        if self.package is None:
            raise KeyError(path)
        with Archive(self.package) as archive:
            yield from archive.chunks(path)

    def whole(self) -> Source | None:
        """The package, where it is still as it came."""
        return None if self._is_changed else self.package

    def packed(self, target: Path) -> Iterator[bytes]:
        """All files in a new zip, which is made at `target` and deleted once it was read."""
        try:
            self._pack(target)
            yield from _chunks(target)
        finally:
            target.unlink(missing_ok=True)

    def _pack(self, target: Path) -> None:
        with zipfile.ZipFile(target, "x") as packed:
            for file in self.files:
                time = file.modified
                stamp = (time.year, time.month, time.day, time.hour, time.minute, time.second)
                entry = zipfile.ZipInfo(file.path, stamp)
                entry.compress_type = zipfile.ZIP_DEFLATED
                with packed.open(entry, "w") as member:
                    for chunk in self.chunks(file.path):
                        member.write(chunk)

    def discard(self) -> None:
        """Deletes what is on the disk."""
        for path in list(self.single):
            self._unlink(path)
        if isinstance(self.package, Path):
            self.package.unlink(missing_ok=True)

    def _unlink(self, path: str) -> None:
        if path in self.single:
            self.single.pop(path).unlink(missing_ok=True)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
