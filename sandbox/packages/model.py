"""What a package says once it has been read, whichever standard it is written in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

MAX_FINDINGS = 200


class PackageError(Exception):
    """A package that can't be imported; the message says why, in words for whoever uploaded it."""


class Standard(StrEnum):
    """The learning standards, spelled as SCORM Cloud's `courseLearningStandard` spells them.

    The last two are those of no package: of a tool that another host runs, and of a single file.
    """

    SCORM11 = "SCORM11"
    SCORM12 = "SCORM12"
    SCORM2004_2ND = "SCORM20042NDEDITION"
    SCORM2004_3RD = "SCORM20043RDEDITION"
    SCORM2004_4TH = "SCORM20044THEDITION"
    AICC = "AICC"
    XAPI = "XAPI"
    CMI5 = "CMI5"
    LTI13 = "LTI13"
    UNKNOWN = "UNKNOWN"

    @property
    def is_scorm_2004(self) -> bool:
        return self.value.startswith("SCORM2004")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a package says about itself; durations in the form in which it says them (ISO 8601)."""

    title: str | None = None
    title_language: str | None = None
    description: str | None = None
    description_language: str | None = None
    duration: str | None = None
    typical_time: str | None = None
    keywords: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Metadata()


@dataclass(frozen=True, slots=True)
class Activity:
    """A node of a course's tree: `kind` is AGGREGATION, SCO, ASSET, OBJECTIVE or UNKNOWN.

    `href` is relative to the package's top and empty where nothing can be launched;
    `scaled_passing_score` is 0–1, as text.
    """

    external_identifier: str
    item_identifier: str
    resource_identifier: str
    kind: str
    title: str
    href: str = ""
    scaled_passing_score: str | None = None
    children: tuple[Activity, ...] = ()

    def leaves(self) -> Iterator[Activity]:
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """A file in a package: path from the top, size in bytes, time of last change (no zone)."""

    path: str
    size: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class ParsedPackage:
    """A whole package: `identifier` is its name for itself, `warnings` what a reader got over."""

    standard: Standard
    identifier: str
    title: str
    root: Activity
    metadata: Metadata
    languages: tuple[str, ...]
    files: tuple[PackagedFile, ...]
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class Findings:
    """What a reader meets on its way besides the tree: languages in use, things to warn of.

    As many of each as somebody would read; a hostile package has a hundred thousand.
    """

    _languages: dict[str, str] = field(default_factory=dict)
    _warnings: dict[str, None] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._languages.values())

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings)

    def language(self, code: str | None) -> None:
        spoken = (code or "").strip()
        if spoken and len(self._languages) < MAX_FINDINGS:
            self._languages.setdefault(spoken.lower(), spoken)

    def warn(self, text: str) -> None:
        if len(self._warnings) < MAX_FINDINGS:
            self._warnings[text] = None
        else:
            self._warnings["There is more that is not as it should be."] = None
