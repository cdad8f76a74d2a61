"""The state of the sandbox's SCORM Cloud: built from the campus at first, then changed by clients.

Every app has its own. Making one costs some 40 ms, so that a new app is the way to begin anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from sandbox.academy import TODAY, Campus
from sandbox.chance import Chance
from sandbox.packages import Standard
from sandbox.scormcloud.access import Clock
from sandbox.scormcloud.folder import Folder
from sandbox.scormcloud.jobs import Jobs
from sandbox.scormcloud.library import ImportJob, Shelf, Version, import_jobs, shelve
from sandbox.scormcloud.links import Link
from sandbox.scormcloud.refusals import bad_request, not_found
from sandbox.scormcloud.roster import Registration, enrol
from sandbox.scormcloud.stores import Level, SettingStore, Tagged, TagStore, Values

if TYPE_CHECKING:
    from sandbox.scormcloud.invitations import Invitation

LOOKS = 2
_LEARNER_TAGS = ("cohort-2025", "cohort-2026", "night-shift", "remote")

_APPLICATION: Values = {
    "RedirectOnExitUrl": "https://learn.academy.example/done",
    "PlayerShowFinishButton": "YES",
}
_STANDARDS: Mapping[str, Values] = {
    Standard.SCORM12: {"PlayerStatusRollupModeThresholdScore": "70"},
    Standard.AICC: {"PlayerScoreOverridesStatus": "YES"},
}
_EVENING: Values = {"PlayerLaunchType": "NEW_WINDOW", "PlayerShowCourseStructure": "YES"}
_RETAKE: Values = {"PlayerTimeLimit": "45"}


class Cloud:
    """One application's courses, registrations and imports, looked up the way that paths name them.

    Every look-up is refused, as the API refuses it, where there is nothing of that name. `clock`
    is what links expire by; `looks` says how often an import is seen running before it is over, and
    `folder` keeps what is uploaded.
    """

    def __init__(
        self,
        campus: Campus,
        clock: Clock = time.time,
        looks: int = LOOKS,
        folder: Folder | None = None,
    ) -> None:
        self.campus = campus
        self.clock = clock
        self.folder = folder or Folder()
        self._looks = looks
        self.tags = TagStore(self._given_tags)
        self.settings = SettingStore(self._given_settings)
        self.links: dict[str, Link] = {}
        self.invitations: dict[str, Invitation] = {}
        self.pending: list[Callable[[], None]] = []
        self._changes = 0

    def now(self) -> datetime:
        """When a change happens: the academy's present, a second later every time it is asked.

        The clock that tokens expire by would make every run another.
        """
        self._changes += 1
        return TODAY + timedelta(seconds=self._changes)

    def settle(self) -> None:
        """Do what was promised and not done yet."""
        pending, self.pending = self.pending, []
        for change in pending:
            change()

    @cached_property
    def _seed(self) -> dict[str, Shelf]:
        """The campus's courses as they were at first."""
        return shelve(self.campus)

    @cached_property
    def shelves(self) -> dict[str, Shelf]:
        return dict(self._seed)

    @cached_property
    def jobs(self) -> Jobs:
        return Jobs(import_jobs(self._seed), self._looks)

    @cached_property
    def registrations(self) -> dict[str, tuple[Registration, ...]]:
        """The instances of every registration by its id, oldest first; to be changed in place."""
        return enrol(self.campus, self._seed)

    @property
    def current(self) -> list[Registration]:
        """The latest instance of every registration."""
        return [instances[-1] for instances in self.registrations.values()]

    def registrations_of(self, course_id: str) -> list[Registration]:
        return [each for each in self.current if each.version.course_id == course_id]

    def keep(self, registration: Registration) -> None:
        """Puts an instance in the place of the one with its number, or after the others."""
        others = (
            each
            for each in self.registrations.get(registration.id, ())
            if each.instance != registration.instance
        )
        ordered = sorted((*others, registration), key=lambda each: each.instance)
        self.registrations[registration.id] = tuple(ordered)

    def forget_registration(self, registration_id: str) -> None:
        """Deletes a registration with all its instances, their settings and its tags."""
        for each in self.registrations.pop(registration_id):
            self.settings.forget("registration", (registration_id, each.instance))
        self.tags.forget("registration", registration_id)

    def add_version(self, version: Version) -> None:
        """Puts a version after those that its course has, or begins the course with it."""
        key = version.course_id
        shelf = self.shelves.get(key, Shelf(key, None, ()))
        self.shelves[key] = replace(shelf, versions=(*shelf.versions, version))

    def delete_version(self, version: Version) -> None:
        """Deletes a version and the instances that took it; with the last one goes the course."""
        shelf = self.shelves[version.course_id]
        left = tuple(each for each in shelf.versions if each is not version)
        for registration_id, instances in list(self.registrations.items()):
            kept = tuple(each for each in instances if each.version is not version)
            if not kept:
                self.forget_registration(registration_id)
            elif len(kept) < len(instances):
                self.registrations[registration_id] = kept
        self.settings.forget("course", (version.course_id, version.number))
        version.content.discard()
        if left:
            self.shelves[version.course_id] = replace(shelf, versions=left)
        else:
            del self.shelves[version.course_id]
            self.tags.forget("course", version.course_id)

    def delete_course(self, course_id: str) -> None:
        """Deletes a course with all that hangs on it.

        The live service removes the registrations a while later; nobody can see when, so at once.
        """
        for version in self.shelf(course_id).versions:
            self.delete_version(version)

    def shelf(self, course_id: str) -> Shelf:
        if course_id not in self.shelves:
            raise not_found("course", course_id)
        return self.shelves[course_id]

    def version(self, course_id: str, version_id: str | None) -> Version:
        shelf = self.shelf(course_id)
        if version_id is None:
            return shelf.latest
        number = _number(version_id, "version")
        for version in shelf.versions:
            if version.number == number:
                return version
        raise not_found(f"version [{number}] of course", course_id)

    def registration(self, registration_id: str, instance_id: str | None = None) -> Registration:
        instances = self.instances(registration_id)
        if instance_id is None:
            return instances[-1]
        number = _number(instance_id, "instance")
        for each in instances:
            if each.instance == number:
                return each
        raise not_found(f"instance [{number}] of registration", registration_id)

    def instances(self, registration_id: str) -> tuple[Registration, ...]:
        if registration_id not in self.registrations:
            raise not_found("registration", registration_id)
        return self.registrations[registration_id]

    def job(self, job_id: str) -> ImportJob:
        """An import as it is now; looking at one that runs brings it nearer to its end."""
        found = self.jobs.look(job_id)
        if found is None:
            raise not_found("import job", job_id)
        return found

    def _given_tags(self, kind: Tagged, key: str) -> Iterable[str]:
        match kind:
            case "course":
                taught = self._seed[key].course if key in self._seed else None
                return () if taught is None else taught.tags
            case "registration":
                return self.registration(key).tags
            case "learner":
                return self._given_learner_tags(key)

    def _given_learner_tags(self, learner_id: str) -> Iterable[str]:
        """Tags that a learner came with; none for one who is in no registration.

        Learners are no entities of their own, so nobody can say that one does not exist (whether
        the live service does is not documented).
        """
        if all(each.learner.id != learner_id for each in self.current):
            return ()
        return Chance(f"learner {learner_id}").some(_LEARNER_TAGS, 0, 2)

    def _given_settings(self, level: Level, key: Hashable) -> Values:
        """What the academy set: evening courses open in a window and show their outline."""
        match level, key:
            case "application", _:
                return _APPLICATION
            case "learningStandardForApplication", _:
                return _STANDARDS.get(str(key), {})
            case "course", (course_id, number):
                shelf = self._seed.get(str(course_id))
                was_there = shelf and number in [each.number for each in shelf.versions]
                tags = self._given_tags("course", str(course_id)) if was_there else ()
                return _EVENING if "evening" in tags else {}
            case "registration", (registration_id, _):
                found = self.registrations.get(str(registration_id))
                return _RETAKE if found and "retake" in found[-1].tags else {}
        return {}


def _number(given: str, what: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise bad_request(f"'{given[:40]}' is not a valid {what} number")
    return int(given)
