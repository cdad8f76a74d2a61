"""What the sandbox's SCORM Cloud application holds: courses really imported from their packages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from sandbox.academy import Campus, Course
from sandbox.packages import PackageError, ParsedPackage, Standard, generate, parse
from sandbox.scormcloud.content import Content

_STANDARDS = (
    Standard.SCORM2004_4TH,
    Standard.SCORM12,
    Standard.SCORM2004_3RD,
    Standard.CMI5,
    Standard.AICC,
    Standard.SCORM2004_2ND,
    Standard.XAPI,
)
RUNNING_JOB = "RUNNING0001793491200-om"
FAILED_JOB = "FAILED00001793491200-om"
SUCCESS = "Import Successful"
FAILURE = "Course is not properly formatted: "
# A zip file that somebody cut off in the middle of its first header.
_BROKEN = b"PK\x03\x04\x14\x00\x00\x00\x08\x00"


@dataclass(slots=True, eq=False)
class Version:
    """One version of a course: the package as it was uploaded, and what was read in it.

    Registrations hold on to it, so that it changes in place when its title or its files do.
    """

    course_id: str
    number: int
    created: datetime
    updated: datetime
    package: ParsedPackage
    content: Content

    @property
    def xapi_activity_id(self) -> str:
        return f"https://cloud.academy.example/xapi/{uuid5(NAMESPACE_URL, self.course_id)}"

    @property
    def job_id(self) -> str:
        return import_job_id(self.course_id, self.number)


def retitled(version: Version, title: str, when: datetime) -> None:
    """Changes the title by which the API shows a version; its package keeps its own."""
    version.package = replace(version.package, title=title)
    version.updated = when


@dataclass(frozen=True, slots=True)
class Shelf:
    """A course with all its versions, oldest first; the last one is meant where none is named.

    `course` is what the academy teaches in it, None where somebody imported it.
    """

    course_id: str
    course: Course | None
    versions: tuple[Version, ...]

    @property
    def reference(self) -> str:
        return self.course_id if self.course is None else self.course.reference

    @property
    def latest(self) -> Version:
        return self.versions[-1]

    def at(self, time: datetime) -> Version:
        """The version that was the latest one at that time."""
        older = [version for version in self.versions if version.created <= time]
        return older[-1] if older else self.versions[0]


@dataclass(frozen=True, slots=True)
class ImportJob:
    """An import: RUNNING, COMPLETE (with the version that it made) or ERROR (with the reason)."""

    id: str
    status: str
    message: str
    version: Version | None = None

    @property
    def web_path(self) -> str | None:
        if self.version is None:
            return None
        key = quote(self.version.course_id, safe="")
        return f"/content/courses/demo-app/{key}/{self.version.number}"


def shelve(campus: Campus) -> dict[str, Shelf]:
    """Every course of the campus, by its id, made into packages that are then read."""
    shelves = (_shelf(place, course) for place, course in enumerate(campus.courses))
    return {shelf.course_id: shelf for shelf in shelves}


def course_id(place: int, course: Course) -> str:
    """Ids are the customer's own: most are references, some hold what a URL has to encode."""
    match place % 9:
        case 1:
            return f"catalogue/{course.reference}"
        case 3:
            return f"{course.title} {course.number}"
        case 5:
            return f"übung {course.reference}"
        case 7:
            return f"100%2F{course.number}"
        case _:
            return course.reference


def _shelf(place: int, course: Course) -> Shelf:
    key = course_id(place, course)
    newest = _STANDARDS[place % len(_STANDARDS)]
    count = {2: 2, 9: 3}.get(place % 12, 1)
    versions = tuple(_versions(key, course, newest, count))
    return Shelf(key, course, versions)


def _versions(key: str, course: Course, newest: Standard, count: int) -> Iterator[Version]:
    span = (course.updated - course.created) / count
    for number in range(count):
        is_newest = number == count - 1
        made = (course.created + span * number).replace(microsecond=0)
        changed = course.updated if is_newest else made
        edition = replace(course, updated=changed)
        if not is_newest:
            edition = replace(
                edition,
                title=f"{course.title} ({made.year} edition)",
                lessons=course.lessons[: max(len(course.lessons) - 1, 1)],
            )
        data = generate(edition, newest if is_newest else Standard.SCORM12)
        package = parse(data)
        content = Content.of_package(data, package.files)
        yield Version(key, number, made, changed, package, content)


def import_job_id(key: str, version: int) -> str:
    """The id of the job that imported a version; opaque, like `N9LLNMD6Z1356474284-om`."""
    digest = hashlib.sha256(f"{version}/{key}".encode()).digest()
    return f"{digest.hex()[:9].upper()}{int.from_bytes(digest[:4], 'big'):010}-om"


def import_jobs(shelves: dict[str, Shelf]) -> dict[str, ImportJob]:
    """The jobs that brought the courses in, one that still runs, one that failed.

    SCORM Cloud forgets a job a week after it finished; the sandbox, whose clock stands still, does
    not.
    """
    done = (
        ImportJob(version.job_id, "COMPLETE", SUCCESS, version)
        for shelf in shelves.values()
        for version in shelf.versions
    )
    others = (ImportJob(RUNNING_JOB, "RUNNING", ""), _failed())
    return {job.id: job for job in (*done, *others)}


def _failed() -> ImportJob:
    try:
        parse(_BROKEN)
    except PackageError as error:
        return ImportJob(FAILED_JOB, "ERROR", f"{FAILURE}{error}")
    raise AssertionError("the broken package was read")
