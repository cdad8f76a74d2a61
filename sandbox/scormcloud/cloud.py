"""The state of the sandbox's SCORM Cloud: built when it is first asked for, from the campus."""

from __future__ import annotations

from functools import cached_property

from sandbox.academy import Campus
from sandbox.chance import Chance
from sandbox.scormcloud.library import ImportJob, Shelf, Version, import_jobs, shelve
from sandbox.scormcloud.refusals import bad_request, not_found
from sandbox.scormcloud.roster import Registration, enrol

_LEARNER_TAGS = ("cohort-2025", "cohort-2026", "night-shift", "remote")


class Cloud:
    """One application's courses, registrations and imports, looked up the way that paths name them.

    Every look-up is refused, as the API refuses it, where there is nothing of that name.
    """

    def __init__(self, campus: Campus) -> None:
        self.campus = campus

    @cached_property
    def shelves(self) -> dict[str, Shelf]:
        return shelve(self.campus)

    @cached_property
    def jobs(self) -> dict[str, ImportJob]:
        return import_jobs(self.shelves)

    @cached_property
    def registrations(self) -> dict[str, tuple[Registration, ...]]:
        return enrol(self.campus, self.shelves)

    @cached_property
    def current(self) -> list[Registration]:
        """The latest instance of every registration."""
        return [instances[-1] for instances in self.registrations.values()]

    @cached_property
    def _by_course(self) -> dict[str, list[Registration]]:
        grouped: dict[str, list[Registration]] = {}
        for registration in self.current:
            grouped.setdefault(registration.version.course_id, []).append(registration)
        return grouped

    def registrations_of(self, course_id: str) -> list[Registration]:
        return self._by_course.get(course_id, [])

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
        if job_id not in self.jobs:
            raise not_found("import job", job_id)
        return self.jobs[job_id]

    def learner_tags(self, learner_id: str) -> tuple[str, ...]:
        """Tags of a learner; none for one who is in no registration.

        Learners are no entities of their own, so nobody can say that one does not exist (whether
        the live service does is not documented).
        """
        if all(each.learner.id != learner_id for each in self.current):
            return ()
        return Chance(f"learner {learner_id}").some(_LEARNER_TAGS, 0, 2)


def _number(given: str, what: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise bad_request(f"'{given[:40]}' is not a valid {what} number")
    return int(given)
