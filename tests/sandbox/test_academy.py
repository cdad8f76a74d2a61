"""The academy: the same every time, big enough to page through, and as untidy as real data."""

from collections import Counter
from dataclasses import fields
from typing import Any

import pytest

from sandbox.academy import CAMPUSES, TODAY, Academy, Campus, Sizes

ADA = "ada.byron@academy.example"

# At the page sizes that the providers default to.
PAGES = {"bindbee": 50, "stackone": 25, "scormcloud": 10, "vitalsource": 100}


@pytest.fixture(params=CAMPUSES)
def campus(request: pytest.FixtureRequest, academy: Academy) -> Campus:
    return academy.campus(request.param)


def completions(campus: Campus) -> Counter[int]:
    return Counter(attempt.course for attempt in campus.attempts if attempt.completed)


def test_one_seed_makes_one_academy(campus: Campus, academy: Academy) -> None:
    assert Academy().campus(campus.name) == campus
    assert Academy(seed=8).campus(campus.name) != campus
    assert academy.campus(campus.name) is campus


def test_a_campus_has_its_sizes() -> None:
    sizes = Sizes(people=12, subjects=7, skills=200, courses=9, attempts=50)
    campus = Academy(sizes={"stackone": sizes}).campus("stackone")
    made = (campus.people, campus.subjects, campus.skills, campus.courses, campus.attempts)
    assert [len(each) for each in made] == [12, 7, 200, 9, 50]
    assert sum(completions(campus).values()) == 40


def test_sizes_beyond_the_words_still_make_different_names() -> None:
    sizes = Sizes(people=10_500, subjects=900, skills=3, courses=1_000, attempts=0)
    campus = Academy(sizes={"bindbee": sizes}).campus("bindbee")
    addresses = [person.email for person in campus.people if person.email]
    assert len(set(addresses)) == len(addresses) > 10_000
    assert len({subject.name for subject in campus.subjects}) == 900
    assert len({course.title for course in campus.courses}) == 999


def test_an_empty_campus_is_empty() -> None:
    nothing = Sizes(people=0, subjects=0, skills=0, courses=0, attempts=0)
    campus = Academy(sizes={"bindbee": nothing}).campus("bindbee")
    assert (campus.people, campus.courses, campus.attempts, campus.lessons) == ((), (), (), ())


def test_everything_takes_three_pages(campus: Campus) -> None:
    two_pages = 2 * PAGES[campus.name]
    assert min(len(campus.courses), len(campus.people), len(campus.attempts)) > two_pages
    if campus.name != "vitalsource":  # It has no subjects, skills or lessons.
        assert min(len(campus.subjects), len(campus.skills), len(campus.lessons)) > two_pages


def test_bindbee_has_its_1200_completions_unevenly_spread(academy: Academy) -> None:
    campus = academy.campus("bindbee")
    counts = sorted(completions(campus).values(), reverse=True)
    assert (len(campus.courses), sum(counts)) == (120, 1_200)
    assert sum(counts[:50]) <= 800
    assert 25 < counts[0] <= 40
    assert 3 <= len(campus.courses) - len(counts) <= 12
    assert sum(2 <= count <= 20 for count in counts) > 90


def test_one_course_of_vitalsource_has_a_roster_of_three_pages(academy: Academy) -> None:
    campus = academy.campus("vitalsource")
    people = {(attempt.course, attempt.person) for attempt in campus.attempts}
    assert Counter(course for course, _ in people).most_common(1)[0][1] > 200


def test_references_lead_to_records_of_the_campus(campus: Campus) -> None:
    for attempt in campus.attempts:
        course = campus.course_by_number[attempt.course]
        assert attempt.person in campus.person_by_number
        assert attempt.lesson is None or attempt.lesson in {each.number for each in course.lessons}
    for course in campus.courses:
        assert set(course.subjects) <= campus.subject_by_number.keys()
        assert set(course.skills) <= campus.skill_by_number.keys()
        assert set(course.teachers) <= campus.person_by_number.keys()
        for lesson in course.lessons:
            assert course.number in lesson.courses
    assert any(len(lesson.courses) > 1 for lesson in campus.lessons)


def test_numbers_are_unique_and_in_no_order(campus: Campus) -> None:
    for records in (campus.people, campus.subjects, campus.courses, campus.attempts):
        numbers = [record.number for record in records]
        assert len(set(numbers)) == len(numbers)
        assert numbers != sorted(numbers)


def test_time_goes_forward_and_ends_today(campus: Campus) -> None:
    for attempt in campus.attempts:
        passed = [attempt.assigned, attempt.started, attempt.completed]
        known = [moment for moment in passed if moment]
        assert known == sorted(known)
        assert known[-1] <= TODAY
    for course in campus.courses:
        assert course.created <= course.updated <= TODAY
    assert max(Counter(course.updated for course in campus.courses).values()) > 1


def test_every_optional_field_is_null_somewhere_and_set_somewhere(campus: Campus) -> None:
    kinds: tuple[tuple[Any, ...], ...] = (
        campus.people,
        campus.subjects,
        campus.skills,
        campus.courses,
        campus.lessons,
        campus.attempts,
    )
    for records in kinds:
        for field in fields(records[0]):
            values = [getattr(record, field.name) for record in records]
            assert any(value is not None for value in values)
            if "None" in str(field.type):
                assert None in values, f"{type(records[0]).__name__}.{field.name}"


def test_some_values_are_outside_the_enums(campus: Campus) -> None:
    assert "ARCHIVED" in {course.status for course in campus.courses}
    assert "A+" in {attempt.grade for attempt in campus.attempts}
    assert "hologram" in {lesson.kind for lesson in campus.lessons}


def test_some_courses_lack_lessons_completions_teachers_and_languages(campus: Campus) -> None:
    assert any(not course.lessons for course in campus.courses)
    assert any(not course.teachers for course in campus.courses)
    assert any(not course.languages for course in campus.courses)
    assert len(completions(campus)) < len(campus.courses)


def test_two_courses_of_a_campus_share_a_title(campus: Campus) -> None:
    titles = Counter(course.title for course in campus.courses)
    assert [count for count in titles.values() if count > 1] == [2]


def test_ada_learns_everywhere(campus: Campus) -> None:
    (ada,) = (person for person in campus.people if person.email == ADA)
    attempts = campus.attempts_by_person[ada.number]
    assert any(attempt.completed for attempt in attempts)
    assert any(attempt.completed is None for attempt in attempts)
    assert max(Counter(attempt.course for attempt in attempts).values()) > 1


def test_people_known_on_several_campuses_are_spelled_in_several_ways(academy: Academy) -> None:
    spellings: dict[str, set[tuple[str, str]]] = {}
    known: Counter[str] = Counter()
    for name in CAMPUSES:
        for person in academy.campus(name).people:
            if person.email:
                email = person.email.lower()
                known[email] += 1
                spellings.setdefault(email, set()).add((person.first_name, person.last_name))
    assert known[ADA] == 4
    assert 30 < sum(count > 1 for count in known.values()) <= 40
    assert sum(len(each) > 1 for each in spellings.values()) > 5
