"""The academy as Bindbee shows it: rows of the seven models, with UUIDv7 ids."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from sandbox.bindbee.table import Record, Table
from sandbox.records import Attempt, Campus, Course, Lesson, Person, Skill, Subject

Store = Mapping[str, Table]
"""Every model's table, by the name that it has in the path."""


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of everything at a campus, by number."""

    people: Mapping[int, str]
    subjects: Mapping[int, str]
    skills: Mapping[int, str]
    courses: Mapping[int, str]
    lessons: Mapping[int, str]
    completions: Mapping[int, str]


def make_store(campus: Campus) -> Store:
    """The tables of a campus; an attempt is an enrolment, and a completion once it is done."""
    ids = make_ids(campus)
    made: dict[str, Iterator[Record]] = {
        "courses": map(partial(course_record, ids), *counted(campus.courses)),
        "contents": map(partial(content_record, ids), *counted(campus.lessons)),
        "completions": map(partial(completion_record, ids), *counted(completed(campus))),
        # Who took a single lesson completed a content, without being enrolled in the course.
        "enrollments": map(
            partial(enrollment_record, ids),
            *counted([attempt for attempt in campus.attempts if attempt.lesson is None]),
        ),
        "users": map(partial(user_record, ids), *counted(campus.people)),
        "categories": map(partial(category_record, ids), *counted(campus.subjects)),
        "skills": map(partial(skill_record, ids), *counted(campus.skills)),
    }
    return {model: Table(records) for model, records in made.items()}


def counted(things: Sequence[Any]) -> tuple[Sequence[int], Sequence[Any]]:
    return range(1, len(things) + 1), things


def completed(campus: Campus) -> list[Attempt]:
    return [attempt for attempt in campus.attempts if attempt.completed]


def make_ids(campus: Campus) -> Ids:
    first = min((course.created for course in campus.courses), default=None)
    return Ids(
        people={each.number: uuid7("user", each.number, each.joined) for each in campus.people},
        subjects={each.number: uuid7("category", each.number, first) for each in campus.subjects},
        skills={each.number: uuid7("skill", each.number, first) for each in campus.skills},
        courses={
            each.number: uuid7("course", each.number, each.created) for each in campus.courses
        },
        lessons={
            each.number: uuid7("content", each.number, each.created) for each in campus.lessons
        },
        completions={
            each.number: uuid7("completion", each.number, each.completed)
            for each in completed(campus)
        },
    )


def uuid7(kind: str, number: int, moment: datetime | None) -> str:
    """A version 7 UUID of this millisecond, the rest of it decided by kind and number."""
    milliseconds = int(moment.timestamp() * 1_000) if moment else 0
    noise = int.from_bytes(sha256(f"{kind}/{number}".encode()).digest()[:10], "big")
    high = milliseconds << 16 | 0x7000 | noise >> 62 & 0xFFF
    low = 0x2 << 62 | noise & (1 << 62) - 1
    return str(UUID(int=high << 64 | low))


def record(
    index: int,
    number: int,
    row_id: str,
    modified: datetime,
    fields: Mapping[str, Any],
    times: Mapping[str, datetime | None] | None = None,
) -> Record:
    """A record with what all models have: one in forty has no remote id, and nothing raw."""
    remote_id = None if index % 40 == 0 else str(number)
    row = {
        "id": row_id,
        "remote_id": remote_id,
        "modified_at": moment(modified),
        # Required, and null unless asked for; raw data stays away altogether.
        "custom_fields": None,
        **fields,
    }
    if remote_id is None:
        return Record(row, times or {})
    custom = {
        "cost_centre": f"CC-{number % 90 + 10}",
        # What Bindbee says of a mapping that leads nowhere.
        "department": "INVALID_JSON_PATH" if index % 7 == 0 else "Learning and Development",
    }
    raw = {"sourceId": remote_id, "sourceRevision": index % 5 + 1} | {
        camel_case(name): value for name, value in fields.items()
    }
    return Record(row, times or {}, raw, custom)


def course_record(ids: Ids, index: int, course: Course) -> Record:
    fields = {
        "name": None if index % 60 == 0 else course.title,
        "description": course.description,
        "cover_image": course.cover_url,
        "url": course.url,
        "duration": duration(course.minutes and course.minutes * 60),
        "languages": listed(course.number, course.languages),
        "categories": listed(course.number, [ids.subjects[each] for each in course.subjects]),
        "contents": listed(course.number, [ids.lessons[each.number] for each in course.lessons]),
        "skills": listed(course.number, [ids.skills[each] for each in course.skills]),
        "instructors": listed(course.number, [ids.people[each] for each in course.teachers]),
        "status": course.status,
    }
    return record(index, course.number, ids.courses[course.number], course.updated, fields)


def content_record(ids: Ids, index: int, lesson: Lesson) -> Record:
    fields = {
        "title": None if index % 60 == 0 else lesson.title,
        "description": lesson.description,
        "languages": listed(lesson.number, lesson.languages),
        "cover_image": lesson.cover_url,
        "url": lesson.url,
        "duration": duration(lesson.minutes and lesson.minutes * 60),
        "categories": listed(lesson.number, [ids.subjects[each] for each in lesson.subjects]),
        "skills": listed(lesson.number, [ids.skills[each] for each in lesson.skills]),
        "courses": [ids.courses[each] for each in lesson.courses],
        "order": None if index % 30 == 0 else lesson.order,
        "provider": lesson.provider,
        "status": lesson.status,
    }
    return record(index, lesson.number, ids.lessons[lesson.number], lesson.updated, fields)


def completion_record(ids: Ids, index: int, attempt: Attempt) -> Record:
    is_course = attempt.lesson is None
    fields = {
        "user": ids.people[attempt.person],
        # A completion is of a course or of a content, never of both.
        "course": ids.courses[attempt.course] if is_course else None,
        "content": None if attempt.lesson is None else ids.lessons[attempt.lesson],
        "score": attempt.score,
        "grade": attempt.grade,
        "started_at": moment(attempt.started),
        "completed_at": None if index % 200 == 0 else moment(attempt.completed),
        "time_duration": duration(attempt.seconds),
    }
    times = {
        "started_at": attempt.started,
        "completed_at": None if index % 200 == 0 else attempt.completed,
    }
    assert attempt.completed is not None
    row_id = ids.completions[attempt.number]
    return record(index, attempt.number, row_id, attempt.completed, fields, times)


def enrollment_record(ids: Ids, index: int, attempt: Attempt) -> Record:
    starts = attempt.started
    fields = {
        "user": ids.people[attempt.person],
        "course": ids.courses[attempt.course],
        # A string without a published format: some providers know the day only.
        "start_date": starts.date().isoformat() if starts and index % 25 == 0 else moment(starts),
        "completion": ids.completions.get(attempt.number),
    }
    times = {"start_date": starts, "end_date": attempt.completed}
    modified = attempt.completed or starts or attempt.assigned
    row_id = uuid7("enrollment", attempt.number, attempt.assigned)
    return record(index, attempt.number, row_id, modified, fields, times)


def user_record(ids: Ids, index: int, person: Person) -> Record:
    fields = {
        "first_name": None if index % 50 == 0 else person.first_name,
        "last_name": None if index % 70 == 0 else person.last_name,
        "middle_name": person.middle_name,
        "email_address": person.email,
        "phone_number": person.phone,
        "status": person.status,
    }
    return record(index, person.number, ids.people[person.number], person.changed, fields)


def category_record(ids: Ids, index: int, subject: Subject) -> Record:
    row_id = ids.subjects[subject.number]
    fields = {
        "name": None if index % 60 == 0 else subject.name,
        "description": subject.description,
        "status": subject.status,
    }
    return record(index, subject.number, row_id, made_at(row_id), fields)


def skill_record(ids: Ids, index: int, skill: Skill) -> Record:
    row_id = ids.skills[skill.number]
    fields = {"name": None if index % 60 == 0 else skill.name, "status": skill.status}
    return record(index, skill.number, row_id, made_at(row_id), fields)


def made_at(row_id: str) -> datetime:
    """When a UUIDv7 was made."""
    return datetime.fromtimestamp((UUID(row_id).int >> 80) / 1_000, UTC)


def listed(number: int, values: Sequence[str]) -> list[str] | None:
    """A list; of those that are empty, some are null, as every field but four may be."""
    return list(values) if values or number % 3 else None


def moment(value: datetime | None) -> str | None:
    return None if value is None else value.strftime("%Y-%m-%dT%H:%M:%SZ")


def duration(seconds: int | None) -> str | None:
    """ISO 8601, like PT5H30M and P1DT1H."""
    if seconds is None:
        return None
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    day = f"{days}D" if days else ""
    time = "".join(f"{n}{unit}" for n, unit in ((hour, "H"), (minute, "M"), (second, "S")) if n)
    return f"P{day}T{time}" if time else f"P{day}" if day else "PT0S"


def camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
