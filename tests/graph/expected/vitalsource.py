"""The academy as the graph is to show it, where VitalSource stands between: which values a row
lacks is taken from the sandbox's rows; the values are the academy's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sandbox.records import Attempt, Campus, Course, Person
from sandbox.vitalsource import COURSE_USERS, COURSES, Shelf
from tests.graph.expected.values import Row, day, full_name, instant, nodes, one


@dataclass(frozen=True)
class VitalSource:
    """A campus at VitalSource."""

    campus: Campus

    @cached_property
    def shelf(self) -> Shelf:
        return self.campus.derived(Shelf)

    def courses(self) -> Iterable[Row]:
        for course in sorted(self.campus.courses, key=lambda each: each.number):
            yield self._course(course, self.shelf.courses[COURSES + course.number])

    def _course(self, course: Course, row: Mapping[str, Any]) -> Row:
        key = str(COURSES + course.number)
        is_active = course.status == "ACTIVE"
        activity = ("ACTIVE", "true") if is_active else ("INACTIVE", "false")
        status, said = (None, None) if course.status is None else activity
        students = self.shelf.first_attempts(COURSES + course.number)
        return {
            "key": key,
            "title": course.title if row.get("title") else key,
            "status": status,
            "statusText": said,
            "assignments": nodes(map(student_key, students)),
            "externalReference": f"SIS-{course.reference}" if row.get("sis_id") else None,
            "remoteId": str(course.number) if row.get("lms_course_id") else None,
            "startsOn": day(course.starts),
            "endsOn": day(course.ends),
            "createdAt": instant(course.created),
            "updatedAt": instant(course.updated),
        }

    def students(self) -> Iterator[tuple[Attempt, Person, Mapping[str, Any]]]:
        """Every row of every roster, course by course."""
        for course_id in self.shelf.courses:
            rows = self.shelf.rosters(course_id)
            for attempt, row in zip(self.shelf.first_attempts(course_id), rows, strict=True):
                yield attempt, self.campus.person_by_number[attempt.person], row

    def users(self) -> Iterable[Row]:
        for attempt, person, row in self.students():
            first = person.first_name if row.get("first_name") else None
            yield {
                "key": student_key(attempt),
                "name": full_name(first, person.last_name),
                "firstName": first,
                "lastName": person.last_name,
                "email": person.email,
                "assignments": nodes([student_key(attempt)]),
                "-courses": [str(COURSES + attempt.course)],
                **times(attempt),
            }

    def assignments(self) -> Iterable[Row]:
        for attempt, _, _ in self.students():
            key = student_key(attempt)
            yield {
                "key": key,
                "user": one(key),
                "course": one(str(COURSES + attempt.course)),
                "assignedAt": instant(attempt.assigned),
                **times(attempt),
            }


def student_key(attempt: Attempt) -> str:
    """A row is found again through its course only."""
    return f"{COURSES + attempt.course}/{COURSE_USERS + attempt.number}"


def times(attempt: Attempt) -> dict[str, str | None]:
    changed = attempt.completed or attempt.started or attempt.assigned
    return {"createdAt": instant(attempt.assigned), "updatedAt": instant(changed)}
