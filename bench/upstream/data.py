"""The rows of the fake Bindbee: every field of the contract filled, at the widths of real ones.

The same numbers give the same rows, so that two runs can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sandbox.bindbee.rows import moment, uuid7
from sandbox.bindbee.table import Record, Table

COURSES = 5_000
"""Most courses that a list can be asked for."""
CATEGORIES = 12
SKILLS = 30
USERS = 1_000
INSTRUCTORS = 20
"""Users who teach: the last ones."""
LEARNERS = 240
"""Users who completed something: the first ones."""
COMPLETED = 50
"""Courses that anybody completed: the first ones."""
COMPLETIONS_EACH = 5

EPOCH = datetime(2024, 1, 1, 9, tzinfo=UTC)
FIRST_NAMES = ("Ada", "Grace", "Katherine", "Radia", "Frances", "Barbara", "Mary", "Jean", "Joan")
LAST_NAMES = ("Byron", "Hopper", "Johnson", "Perlman", "Allen", "Liskov", "Jackson", "Bartik")
TOPICS = ("Safety at work", "Data protection", "Statistics", "Negotiation", "Welding", "Spanish")
GRADES = ("A", "B", "C", "D", "PASS", "FAIL")
TEXT = (
    "An introduction with exercises, for people who have never done it and for those who want to "
    "do it better: short lessons, a test at the end of each part, and a certificate that is "
    "renewed every second year. "
)


def make_tables() -> Mapping[str, Table]:
    """Every model's table, by the name that it has in the path."""
    return {
        "courses": Table(_course(number) for number in range(COURSES)),
        "completions": Table(
            _completion(course, turn)
            for turn in range(COMPLETIONS_EACH)
            for course in range(COMPLETED)
        ),
        "users": Table(_user(number) for number in range(USERS)),
        "categories": Table(_category(number) for number in range(CATEGORIES)),
        "skills": Table(_skill(number) for number in range(SKILLS)),
        "contents": Table(),
        "enrollments": Table(),
    }


def _id(kind: str, number: int) -> str:
    return uuid7(kind, number, _made(number))


def _made(number: int) -> datetime:
    return EPOCH + timedelta(minutes=number)


def _record(kind: str, number: int, fields: Mapping[str, object]) -> Record:
    common = {
        "id": _id(kind, number),
        "remote_id": f"{kind}-{number:06}",
        "modified_at": moment(_made(number) + timedelta(days=30)),
        "custom_fields": None,
        "raw_data": None,
    }
    return Record({**common, **fields})


def _ids(kind: str, numbers: Sequence[int]) -> list[str]:
    return [_id(kind, number) for number in numbers]


def _course(number: int) -> Record:
    taught = USERS - INSTRUCTORS
    return _record(
        "course",
        number,
        {
            "name": f"{TOPICS[number % len(TOPICS)]}, part {number}",
            "description": TEXT[: 120 + number % 80],
            "cover_image": f"https://media.academy.example/courses/{number}/cover.jpg",
            "url": f"https://learn.academy.example/courses/{number}",
            "duration": f"PT{1 + number % 7}H30M",
            "languages": ["en_US", "de_DE"],
            "categories": _ids("category", [(number + each * 5) % CATEGORIES for each in range(2)]),
            "contents": [],
            "skills": _ids("skill", [(number + each * 7) % SKILLS for each in range(3)]),
            "instructors": _ids(
                "user", [taught + (number + each * 9) % INSTRUCTORS for each in range(2)]
            ),
            "status": "INACTIVE" if number % 9 == 8 else "ACTIVE",
        },
    )


def _completion(course: int, turn: int) -> Record:
    number = course + turn * COMPLETED
    return _record(
        "completion",
        number,
        {
            "user": _id("user", number % LEARNERS),
            "course": _id("course", course),
            "content": None,
            "score": 40 + number % 61,
            "grade": GRADES[number % len(GRADES)],
            "started_at": moment(_made(number)),
            "completed_at": moment(_made(number) + timedelta(hours=5)),
            "time_duration": f"PT{1 + number % 4}H{number % 60}M",
        },
    )


def _user(number: int) -> Record:
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = LAST_NAMES[number % len(LAST_NAMES)]
    return _record(
        "user",
        number,
        {
            "first_name": first,
            "last_name": f"{last}-{number}",
            "middle_name": "M." if number % 3 else None,
            "email_address": f"{first}.{last}.{number}@academy.example".lower(),
            "phone_number": f"+44 20 7946 {number:04}",
            "status": "ACTIVE",
        },
    )


def _category(number: int) -> Record:
    return _record(
        "category",
        number,
        {"name": f"Subject {number}", "description": TEXT[:80], "status": "ACTIVE"},
    )


def _skill(number: int) -> Record:
    return _record("skill", number, {"name": f"Skill {number}", "status": "ACTIVE"})
