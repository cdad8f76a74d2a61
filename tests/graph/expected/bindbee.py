"""The academy as the graph is to show it, where Bindbee stands between: the ids, and which values
the connector lost, are taken from the sandbox's rows; the values are the academy's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sandbox.bindbee.rows import Ids, Store, duration, make_ids, make_store, uuid7
from sandbox.bindbee.table import Record
from sandbox.records import Attempt, Campus, Course, Lesson, Person, Skill, Subject
from tests.graph.expected.values import (
    GRADES,
    RESULTS,
    Row,
    decimal,
    full_name,
    instant,
    keyed,
    known,
    language,
    length,
    named,
    nodes,
    one,
)


@dataclass(frozen=True)
class Bindbee:
    """A campus at Bindbee."""

    campus: Campus

    @cached_property
    def ids(self) -> Ids:
        return make_ids(self.campus)

    @cached_property
    def store(self) -> Store:
        return make_store(self.campus)

    @cached_property
    def completed(self) -> list[Attempt]:
        """Attempts that are completions, in the order of their ids."""
        done = (each for each in self.campus.attempts if each.completed)
        return sorted(done, key=lambda each: self.ids.completions[each.number])

    @cached_property
    def enrolled(self) -> list[Attempt]:
        """Attempts that are enrollments, in the order of their ids."""
        whole = (each for each in self.campus.attempts if each.lesson is None)
        return sorted(whole, key=enrollment_id)

    def row(self, model: str, key: str) -> Record:
        return self.store[model].by_id[key]

    def courses(self) -> Iterable[Row]:
        for course in self.campus.courses:
            key = self.ids.courses[course.number]
            yield self._course(key, course, self.row("courses", key))

    def _course(self, key: str, course: Course, record: Record) -> Row:
        def said(name: str, value: Any) -> Any:
            return None if record.row[name] is None else value

        persons = self.campus.person_by_number
        return {
            **common(key, course.number, record),
            "title": said("name", course.title) or key,
            "description": course.description,
            "coverUrl": course.cover_url,
            "url": course.url,
            "duration": said("duration", duration(course.minutes and course.minutes * 60)),
            "durationSeconds": length(course.minutes),
            "languages": said("languages", [language(code) for code in course.languages]),
            "status": known(course.status),
            "statusText": course.status,
            "categories": said("categories", named(map(self.subject_name, course.subjects))),
            "skills": said("skills", named(map(self.skill_name, course.skills))),
            "instructors": said(
                "instructors",
                named(self.person_name(persons[number]) for number in course.teachers),
            ),
            "contents": said(
                "contents", keyed(self.ids.lessons[each.number] for each in course.lessons)
            ),
            "completions": nodes(
                self.ids.completions[each.number]
                for each in self.completed
                if each.course == course.number and each.lesson is None
            ),
            "assignments": nodes(
                enrollment_id(each) for each in self.enrolled if each.course == course.number
            ),
            "updatedAt": instant(course.updated),
            "-categories": [self.ids.subjects[number] for number in course.subjects],
            "-skills": [self.ids.skills[number] for number in course.skills],
            "-instructors": [self.ids.people[number] for number in course.teachers],
        }

    def subject_name(self, number: int) -> str | None:
        name = self.campus.subject_by_number[number].name
        return name if self.row("categories", self.ids.subjects[number]).row["name"] else None

    def skill_name(self, number: int) -> str | None:
        name = self.campus.skill_by_number[number].name
        return name if self.row("skills", self.ids.skills[number]).row["name"] else None

    def first_and_last(self, person: Person) -> tuple[str | None, str | None]:
        row = self.row("users", self.ids.people[person.number]).row
        return (
            person.first_name if row["first_name"] else None,
            person.last_name if row["last_name"] else None,
        )

    def person_name(self, person: Person) -> str | None:
        first, last = self.first_and_last(person)
        return full_name(first, person.middle_name, last)

    def contents(self) -> Iterable[Row]:
        for lesson in self.campus.lessons:
            key = self.ids.lessons[lesson.number]
            yield self._content(key, lesson, self.row("contents", key))

    def _content(self, key: str, lesson: Lesson, record: Record) -> Row:
        def said(name: str, value: Any) -> Any:
            return None if record.row[name] is None else value

        return {
            **common(key, lesson.number, record),
            "title": said("title", lesson.title) or key,
            "description": lesson.description,
            "url": lesson.url,
            "coverUrl": lesson.cover_url,
            "duration": said("duration", duration(lesson.minutes and lesson.minutes * 60)),
            "durationSeconds": length(lesson.minutes),
            "order": said("order", float(lesson.order)),
            "provider": lesson.provider,
            "languages": said("languages", [language(code) for code in lesson.languages]),
            "status": known(lesson.status),
            "statusText": lesson.status,
            "courses": keyed(self.ids.courses[number] for number in lesson.courses),
            "categories": said("categories", named(map(self.subject_name, lesson.subjects))),
            "skills": said("skills", named(map(self.skill_name, lesson.skills))),
            "completions": nodes(
                self.ids.completions[each.number]
                for each in self.completed
                if each.lesson == lesson.number
            ),
            "updatedAt": instant(lesson.updated),
            "-categories": [self.ids.subjects[number] for number in lesson.subjects],
            "-skills": [self.ids.skills[number] for number in lesson.skills],
        }

    def completions(self) -> Iterable[Row]:
        for attempt in self.completed:
            key = self.ids.completions[attempt.number]
            yield self._completion(key, attempt, self.row("completions", key))

    def _completion(self, key: str, attempt: Attempt, record: Record) -> Row:
        is_course = attempt.lesson is None
        lesson = None if attempt.lesson is None else self.ids.lessons[attempt.lesson]
        return {
            **common(key, attempt.number, record),
            "user": one(self.ids.people[attempt.person]),
            "course": one(self.ids.courses[attempt.course]) if is_course else None,
            "content": one(lesson),
            "score": decimal(attempt.score),
            "scoreText": None if attempt.score is None else str(attempt.score),
            "grade": GRADES.get(attempt.grade or ""),
            "gradeText": attempt.grade,
            "result": RESULTS.get(attempt.grade or ""),
            "resultText": attempt.grade,
            "startedAt": instant(attempt.started),
            "completedAt": instant(attempt.completed) if record.row["completed_at"] else None,
            "timeSpent": duration(attempt.seconds),
            "timeSpentSeconds": decimal(attempt.seconds),
            "updatedAt": instant(attempt.completed),
        }

    def users(self) -> Iterable[Row]:
        for person in self.campus.people:
            key = self.ids.people[person.number]
            yield self._user(key, person, self.row("users", key))

    def _user(self, key: str, person: Person, record: Record) -> Row:
        first, last = self.first_and_last(person)
        return {
            **common(key, person.number, record),
            "name": self.person_name(person),
            "firstName": first,
            "middleName": person.middle_name,
            "lastName": last,
            "email": person.email,
            "phone": person.phone,
            "status": known(person.status),
            "statusText": person.status,
            "completions": nodes(
                self.ids.completions[each.number]
                for each in self.completed
                if each.person == person.number
            ),
            "assignments": nodes(
                enrollment_id(each) for each in self.enrolled if each.person == person.number
            ),
            "updatedAt": instant(person.changed),
        }

    def assignments(self) -> Iterable[Row]:
        for attempt in self.enrolled:
            key = enrollment_id(attempt)
            yield self._assignment(key, attempt, self.row("enrollments", key))

    def _assignment(self, key: str, attempt: Attempt, record: Record) -> Row:
        starts = attempt.started
        if starts and len(record.row["start_date"]) == 10:  # the day alone is known
            starts = starts.replace(hour=0, minute=0, second=0)
        return {
            **common(key, attempt.number, record),
            "user": one(self.ids.people[attempt.person]),
            "course": one(self.ids.courses[attempt.course]),
            "completion": one(self.ids.completions.get(attempt.number)),
            "status": "COMPLETED" if attempt.completed else "PENDING",
            "startsAt": instant(starts),
            "updatedAt": instant(attempt.completed or attempt.started or attempt.assigned),
            "-endsAt": instant(attempt.completed),
        }

    def categories(self) -> Iterable[Row]:
        for subject in self.campus.subjects:
            key = self.ids.subjects[subject.number]
            yield {
                **self._filed(key, subject, "categories"),
                "name": self.subject_name(subject.number),
                "description": subject.description,
                "courses": self._courses_with("subjects", subject.number),
            }

    def skills(self) -> Iterable[Row]:
        for skill in self.campus.skills:
            key = self.ids.skills[skill.number]
            yield {
                **self._filed(key, skill, "skills"),
                "name": self.skill_name(skill.number),
                "courses": self._courses_with("skills", skill.number),
            }

    def _filed(self, key: str, each: Subject | Skill, model: str) -> dict[str, Any]:
        # Bindbee wrote them when it first wrote courses.
        first = min(course.created for course in self.campus.courses)
        return {
            **common(key, each.number, self.row(model, key)),
            "status": known(each.status),
            "statusText": each.status,
            "updatedAt": instant(first),
        }

    def _courses_with(self, relation: str, number: int) -> dict[str, Any]:
        courses = (each for each in self.campus.courses if number in getattr(each, relation))
        return nodes(sorted(self.ids.courses[each.number] for each in courses))

    def instructors(self) -> Iterable[Row]:
        """By course, its instructors."""
        for course in self.campus.courses:
            key = self.ids.courses[course.number]
            if self.row("courses", key).row["instructors"] is None:
                continue
            teachers = [self.campus.person_by_number[number] for number in course.teachers]
            yield {
                "key": key,
                "name": [self.person_name(person) for person in teachers],
                "email": [person.email for person in teachers],
                "user": keyed(self.ids.people[person.number] for person in teachers),
            }


def enrollment_id(attempt: Attempt) -> str:
    return uuid7("enrollment", attempt.number, attempt.assigned)


def common(key: str, number: int, record: Record) -> dict[str, Any]:
    """What every model has; a record without a remote id has nothing of its system's at all."""
    has_remote: bool = record.row["remote_id"] is not None
    custom: Mapping[str, Any] | None = record.custom
    raw: Mapping[str, Any] | None = record.raw
    return {
        "key": key,
        "remoteId": str(number) if has_remote else None,
        "customFields": custom,
        "rawData": raw,
    }
