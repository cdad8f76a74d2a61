"""Takes a single file for a course: a document, a sound or a film.

Which learning standard such a course has is not documented; the sandbox says UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from sandbox.packages.model import (
    Activity,
    Metadata,
    PackagedFile,
    PackageError,
    ParsedPackage,
    Standard,
)

_HEAD = 1024


@dataclass(frozen=True, slots=True)
class MediaMetadata:
    """What whoever uploads a file says of it; the duration in seconds, for all that is known."""

    title: str | None = None
    description: str | None = None
    language: str | None = None
    seconds: int | None = None


def _is_pdf(head: bytes) -> bool:
    return b"%PDF-" in head  # readers take one that begins later


def _is_mp3(head: bytes) -> bool:
    return head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] >= 0xE0)


def _is_mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp"


MEDIA: Mapping[str, Callable[[bytes], bool]] = {
    "application/pdf": _is_pdf,
    "audio/mpeg": _is_mp3,
    "audio/mp3": _is_mp3,
    "video/mp4": _is_mp4,
}
"""MIME types of what can be a course alone, and how its first bytes look."""


def read_media(
    path: Path, name: str, kind: str, metadata: MediaMetadata, modified: datetime
) -> ParsedPackage:
    """The file at `path` as a course; `PackageError` where it isn't of the kind that it is said."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise PackageError(f"{name} is empty.")
    if not MEDIA[kind](head):
        raise PackageError(f"{name} is not of the type {kind}.")
    stored = PackagedFile(name, path.stat().st_size, modified)
    return describe_media(name, name, metadata, files=(stored,))


def describe_media(
    href: str, name: str, metadata: MediaMetadata, files: tuple[PackagedFile, ...] = ()
) -> ParsedPackage:
    """A course of one file that is at `href`, stored here or elsewhere."""
    title = metadata.title or PurePosixPath(name).stem or name
    language = metadata.language
    seconds = metadata.seconds
    return ParsedPackage(
        standard=Standard.UNKNOWN,
        identifier=name,
        title=title,
        root=Activity(name, name, name, "SCO", title, href=href),
        metadata=Metadata(
            title=metadata.title,
            title_language=language if metadata.title else None,
            description=metadata.description,
            description_language=language if metadata.description else None,
            duration=None if seconds is None else f"PT{seconds}S",
        ),
        languages=() if language is None else (language,),
        files=files,
    )


def describe_tool(connector: str, content: str, title: str) -> ParsedPackage:
    """A course that another host runs, reached by a connector (LTI 1.3)."""
    return ParsedPackage(
        standard=Standard.LTI13,
        identifier=content,
        title=title,
        root=Activity(content, content, connector, "SCO", title),
        metadata=Metadata(),
        languages=(),
        files=(),
    )
