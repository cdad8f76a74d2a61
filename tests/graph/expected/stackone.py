"""The academy as the graph is to show it, where StackOne stands between: its synthetic ids are
minted as the sandbox mints them; the values are the academy's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

import msgspec

from sandbox.academy import TODAY
from sandbox.records import Attempt, Campus, Course, Lesson, Localization, Person, Skill, Subject
from sandbox.stackone.keys import synthetic
from sandbox.stackone.learning import authors, categories, skills
from sandbox.stackone.rows import (
    custom_fields,
    remote_category,
    remote_content,
    remote_course,
    remote_skill,
    remote_user,
)
from sandbox.stackone.values import UNLISTED, duration
from tests.graph.expected.values import (
    Row,
    decimal,
    full_name,
    instant,
    keyed,
    length,
    named,
    nodes,
    one,
)
from tests.graph.expected.values import language as plain_language

LEVELS = {"1": "PRIMARY", "2": "SECONDARY", "3": "TERTIARY"}
TYPES = ("VIDEO", "QUIZ", "DOCUMENT", "AUDIO", "ARTICLE")


@dataclass(frozen=True)
class StackOne:
    """A campus at StackOne."""

    campus: Campus

    @cached_property
    def completed(self) -> list[Attempt]:
        return [each for each in self.campus.attempts if each.completed]

    def courses(self) -> Iterable[Row]:
        return map(self._course, self.campus.courses)

    def _course(self, course: Course) -> Row:
        key = synthetic(remote_course(course.number))
        return {
            **common(remote_course(course.number), course, "courses"),
            "title": course.title,
            "description": course.description,
            "coverUrl": course.cover_url,
            "url": course.url,
            "duration": duration(course.minutes and course.minutes * 60),
            "durationSeconds": length(course.minutes),
            "languages": [language(code) for code in course.languages],
            **status(course.status),
            "categories": self._subjects(course.subjects),
            "skills": self._skills(course.skills),
            "instructors": self._authors(course.teachers),
            "contents": keyed(synthetic(remote_content(each.number)) for each in course.lessons),
            "completions": nodes(
                key_of("completion", each)
                for each in self.completed
                if about(each) == ("course", course.number)
            ),
            "assignments": nodes(
                key_of("assignment", each)
                for each in self.campus.attempts
                if about(each) == ("course", course.number)
            ),
            "externalReference": course.reference,
            "localizations": localizations(course.localizations, course.tags),
            "createdAt": instant(course.created),
            "updatedAt": instant(course.updated),
            "customFields": custom_fields(course.number),
            **self._filed(course.subjects, course.skills, course.number),
            "-instructors": [
                "/".join(
                    quote(part, safe="") for part in ("course", key, each["id"] or each["name"])
                )
                for each in authors(self.campus, course.teachers)
            ],
        }

    def _filed(
        self, subjects: Iterable[int], skill_numbers: Iterable[int], holder: int
    ) -> dict[str, list[str]]:
        """Keys of what something is filed under; what comes without an id can't be looked for."""
        return {
            "-categories": ids_in(categories(self.campus, subjects, holder)),
            "-skills": ids_in(skills(self.campus, skill_numbers, holder)),
        }

    def _subjects(self, numbers: Iterable[int]) -> list[dict[str, str | None]]:
        return named(self.campus.subject_by_number[number].name for number in numbers)

    def _skills(self, numbers: Iterable[int]) -> list[dict[str, str | None]]:
        return named(self.campus.skill_by_number[number].name for number in numbers)

    def _authors(self, numbers: Iterable[int]) -> list[dict[str, str | None]]:
        return named(whole_name(self.campus.person_by_number[number]) for number in numbers)

    def contents(self) -> Iterable[Row]:
        return map(self._content, self.campus.lessons)

    def _content(self, lesson: Lesson) -> Row:
        kind = lesson.kind and lesson.kind.upper()
        has_small_page = lesson.url and lesson.kind in ("video", "article")
        mobile = f"https://m.academy.example/lessons/{lesson.number}" if has_small_page else None
        first_course = self.campus.course_by_number[lesson.courses[0]]
        texts = [
            Localization(code, lesson.title, lesson.description or "") for code in lesson.languages
        ]
        return {
            **common(remote_content(lesson.number), lesson, "content"),
            "title": lesson.title,
            "description": lesson.description,
            "url": lesson.url,
            "mobileUrl": mobile,
            "coverUrl": lesson.cover_url,
            "duration": duration(lesson.minutes and lesson.minutes * 60),
            "durationSeconds": length(lesson.minutes),
            "order": float(lesson.order),
            "type": kind if kind in TYPES else None,
            "typeText": kind,
            "provider": lesson.provider,
            "tags": list(lesson.tags),
            "localizations": localizations(texts, lesson.tags),
            "languages": [language(code) for code in lesson.languages],
            **status(lesson.status),
            "courses": keyed(synthetic(remote_course(number)) for number in lesson.courses),
            "categories": self._subjects(lesson.subjects),
            "skills": self._skills(lesson.skills),
            "instructors": self._authors(first_course.teachers[:1]),
            "completions": nodes(
                key_of("completion", each)
                for each in self.completed
                if about(each) == ("content", lesson.number)
            ),
            "externalReference": f"LESSON-{lesson.number}" if lesson.number % 4 else None,
            "createdAt": instant(lesson.created),
            "updatedAt": instant(lesson.updated),
            "customFields": custom_fields(lesson.number),
            **self._filed(lesson.subjects, lesson.skills, lesson.number),
        }

    def completions(self) -> Iterable[Row]:
        return map(self._completion, self.completed)

    def _completion(self, attempt: Attempt) -> Row:
        # The system behind says true and false; of one without a verdict, it shows the grade.
        said = attempt.grade if attempt.passed is None else str(attempt.passed).lower()
        return {
            **common(f"completion-{attempt.number}", attempt, "completions"),
            **whose(attempt),
            "score": decimal(attempt.score),
            "scoreText": attempt.score_text,
            "result": {True: "PASSED", False: "FAILED", None: None}[attempt.passed],
            "resultText": said,
            "completedAt": instant(attempt.completed),
            "timeSpent": duration(attempt.seconds),
            "timeSpentSeconds": decimal(attempt.seconds),
            "certificateUrl": attempt.certificate_url,
            "createdAt": instant(attempt.started),
            "updatedAt": instant(attempt.completed),
            "customFields": custom_fields(attempt.number),
        }

    def users(self) -> Iterable[Row]:
        return map(self._user, self.campus.people)

    def _user(self, person: Person) -> Row:
        number = person.number
        return {
            **common(remote_user(number), person, "users"),
            "name": whole_name(person),
            "email": person.email,
            "phone": person.phone,
            **status(person.status),
            "completions": nodes(
                key_of("completion", each) for each in self.completed if each.person == number
            ),
            "assignments": nodes(
                key_of("assignment", each) for each in self.campus.attempts if each.person == number
            ),
            "externalReference": f"staff-{number}" if number % 3 else None,
            "createdAt": instant(person.joined),
            "updatedAt": instant(person.changed),
            "customFields": custom_fields(number),
        }

    def assignments(self) -> Iterable[Row]:
        return map(self._assignment, self.campus.attempts)

    def _assignment(self, attempt: Attempt) -> Row:
        state, said = progress(attempt)
        share = attempt.progress
        return {
            **common(f"assignment-{attempt.number}", attempt, "assignments"),
            **whose(attempt),
            "status": state,
            "statusText": said,
            "progress": None if share is None else float(round(share * 100)),
            "assignedAt": instant(attempt.assigned),
            "dueAt": instant(attempt.due),
            "completedAt": instant(attempt.completed),
            "createdAt": instant(attempt.assigned),
            "updatedAt": instant(last_change(attempt)),
            "customFields": custom_fields(attempt.number),
        }

    def categories(self) -> Iterable[Row]:
        for subject in self.campus.subjects:
            own = common(remote_category(subject.number), subject, "categories")
            yield {**own, **filed(subject), "customFields": custom_fields(subject.number)}

    def skills(self) -> Iterable[Row]:
        for skill in self.campus.skills:
            yield {**common(remote_skill(skill.number), skill, "skills"), **filed(skill)}

    def instructors(self) -> Iterable[Row]:
        """By course, its authors: they stand in what they wrote and nowhere else."""
        for course in self.campus.courses:
            teachers = [self.campus.person_by_number[number] for number in course.teachers]
            yield {
                "key": synthetic(remote_course(course.number)),
                "name": [whole_name(person) for person in teachers],
            }


def ids_in(embedded: Iterable[Mapping[str, Any]]) -> list[str]:
    return [each["id"] for each in embedded if each["id"]]


def whole_name(person: Person) -> str | None:
    return full_name(person.first_name, person.middle_name, person.last_name)


def common(remote_id: str, record: Any, resource: str) -> dict[str, Any]:
    """Raw data are the exchange with the system behind, which holds its own record."""
    url = f"https://lms.academy.example/api/{resource}"
    answer = {"items": [msgspec.json.decode(msgspec.json.encode(record))]}
    exchange = {"method": "GET", "url": url, "body": None, "response": answer}
    return {"key": synthetic(remote_id), "remoteId": remote_id, "rawData": [exchange]}


def language(code: str) -> dict[str, str]:
    """Of a language that StackOne doesn't list, the code of the system behind is shown."""
    shown = plain_language(code)
    return {**shown, "code": shown["tag"]} if code in UNLISTED else shown


def status(word: str | None) -> dict[str, Any]:
    """StackOne knows active or not."""
    if word is None:
        return {"status": None, "statusText": None}
    is_active = word == "ACTIVE"
    return {
        "status": "ACTIVE" if is_active else "INACTIVE",
        "statusText": "true" if is_active else "false",
    }


def filed(each: Subject | Skill) -> dict[str, Any]:
    return {
        "name": each.name,
        **status(each.status),
        "language": each.language and language(each.language),
        "level": LEVELS.get(each.level or ""),
        "levelText": each.level,
    }


def localizations(texts: Iterable[Localization], tags: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "title": each.title,
            "description": each.description or None,
            "language": language(each.language),
            "tags": list(tags) or None,
        }
        for each in texts
    ]


def about(attempt: Attempt) -> tuple[str, int]:
    """What an attempt is of; a collection leads nowhere."""
    if attempt.lesson is not None:
        return "content", attempt.lesson
    return ("collection" if attempt.number % 61 == 0 else "course"), attempt.course


def whose(attempt: Attempt) -> dict[str, Any]:
    kind, number = about(attempt)
    course = synthetic(remote_course(number)) if kind == "course" else None
    content = synthetic(remote_content(number)) if kind == "content" else None
    return {
        "user": one(synthetic(remote_user(attempt.person))),
        "course": one(course),
        "content": one(content),
    }


def key_of(kind: str, attempt: Attempt) -> str:
    return synthetic(f"{kind}-{attempt.number}")


def progress(attempt: Attempt) -> tuple[str | None, str]:
    if attempt.completed:
        return "COMPLETED", "Completed"
    if attempt.started:
        return "IN_PROGRESS", "Started"
    if attempt.due and attempt.due < TODAY:
        return None, "Overdue"
    return "PENDING", "Assigned"


def last_change(attempt: Attempt) -> datetime:
    return attempt.completed or attempt.started or attempt.assigned
