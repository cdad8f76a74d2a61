"""What the academy keeps: people, courses and what becomes of them, before any provider dresses it.

Records refer to each other by `number`, which is unique inside one campus and one kind, and says
nothing about order. Times are UTC. Numbers become ids in each provider's own fashion.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who learns, teaches, or both."""

    number: int
    first_name: str
    middle_name: str | None
    last_name: str
    email: str | None
    phone: str | None
    status: str | None
    """ACTIVE, PENDING, INACTIVE, or a word of the campus's own."""
    joined: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """What courses are about; providers call it a category."""

    number: int
    name: str
    description: str | None
    language: str | None
    level: str | None
    status: str | None


@dataclass(frozen=True, slots=True)
class Skill:
    """What somebody can do after a course."""

    number: int
    name: str
    language: str | None
    level: str | None
    status: str | None


@dataclass(frozen=True, slots=True)
class Localization:
    """Title and description of a course in one language (`fr_FR`)."""

    language: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """A piece of one or more courses."""

    number: int
    title: str
    description: str | None
    minutes: int | None
    order: int
    """Place in the first of its courses, from 1."""
    kind: str | None
    """video, quiz, document, audio, article, or a word that no provider lists."""
    url: str | None
    cover_url: str | None
    provider: str | None
    """Who made it, when somebody outside the academy did."""
    languages: tuple[str, ...]
    status: str | None
    tags: tuple[str, ...]
    subjects: tuple[int, ...]
    skills: tuple[int, ...]
    courses: tuple[int, ...]
    created: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class Course:
    """A unit of learning."""

    number: int
    title: str
    description: str | None
    cover_url: str | None
    url: str | None
    minutes: int | None
    languages: tuple[str, ...]
    status: str | None
    """ACTIVE, PENDING, INACTIVE, or a word of the campus's own (ARCHIVED)."""
    subjects: tuple[int, ...]
    skills: tuple[int, ...]
    teachers: tuple[int, ...]
    """Numbers of people of the same campus."""
    lessons: tuple[Lesson, ...]
    tags: tuple[str, ...]
    created: datetime
    updated: datetime
    starts: date | None
    ends: date | None
    reference: str
    """What the campus's own records call the course, like `FIR-4711`."""
    localizations: tuple[Localization, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One person's way through a course: always an enrolment, a completion too once `completed`."""

    number: int
    person: int
    course: int
    lesson: int | None
    """Set when only this lesson of the course was taken."""
    assigned: datetime
    started: datetime | None
    due: datetime | None
    completed: datetime | None
    score: int | None
    """0 to 100."""
    score_text: str | None
    grade: str | None
    """A to F, PASS, FAIL, `-`, or a word that no provider lists (`A+`)."""
    passed: bool | None
    progress: float | None
    """0 to 1."""
    seconds: int | None
    certificate_url: str | None


@dataclass(frozen=True)
class Campus:
    """The part of the academy that one provider knows."""

    name: str
    people: tuple[Person, ...]
    subjects: tuple[Subject, ...]
    skills: tuple[Skill, ...]
    courses: tuple[Course, ...]
    attempts: tuple[Attempt, ...]
    _derived: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def derived(self, make: Callable[["Campus"], T]) -> T:
        """What `make` makes of this campus: made once and shared, so nobody may change it."""
        if make not in self._derived:
            self._derived[make] = make(self)
        made: T = self._derived[make]
        return made

    @cached_property
    def person_by_number(self) -> dict[int, Person]:
        return {person.number: person for person in self.people}

    @cached_property
    def subject_by_number(self) -> dict[int, Subject]:
        return {subject.number: subject for subject in self.subjects}

    @cached_property
    def skill_by_number(self) -> dict[int, Skill]:
        return {skill.number: skill for skill in self.skills}

    @cached_property
    def course_by_number(self) -> dict[int, Course]:
        return {course.number: course for course in self.courses}

    @cached_property
    def lesson_by_number(self) -> dict[int, Lesson]:
        return {lesson.number: lesson for course in self.courses for lesson in course.lessons}

    @cached_property
    def lessons(self) -> tuple[Lesson, ...]:
        """Every lesson once, in the order in which the courses name them."""
        return tuple(self.lesson_by_number.values())

    @cached_property
    def attempts_by_course(self) -> dict[int, tuple[Attempt, ...]]:
        """Attempts of every course that has any, keyed by the course's number."""
        grouped: dict[int, list[Attempt]] = {}
        for attempt in self.attempts:
            grouped.setdefault(attempt.course, []).append(attempt)
        return {number: tuple(attempts) for number, attempts in grouped.items()}

    @cached_property
    def attempts_by_person(self) -> dict[int, tuple[Attempt, ...]]:
        """Attempts of every person who made any, keyed by the person's number."""
        grouped: dict[int, list[Attempt]] = {}
        for attempt in self.attempts:
            grouped.setdefault(attempt.person, []).append(attempt)
        return {number: tuple(attempts) for number, attempts in grouped.items()}
