"""How VitalSource's JSON is read: whole, sparse, null, and of the wrong types."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from providers.base import Ask
from providers.model import Assignment, Course, Record, Status, User
from providers.reading import Reader, Reading, Unkeyed
from providers.vitalsource.reading import (
    ASSIGNED_USER,
    ASSIGNMENT,
    COURSE,
    COURSE_FACET,
    OPT_OUT,
    USER,
    USER_FACET,
    OptOut,
    VitalSourceCourse,
    VitalSourceUser,
    activity,
    activity_text,
    key_in_course,
)

TABLES: tuple[Reader[Any], ...] = (COURSE, COURSE_FACET, USER, USER_FACET, ASSIGNMENT, OPT_OUT)

FULL_COURSE = {
    "id": 12345678910,
    "tenant_id": 9007000001,
    "term_id": 5000002026,
    "name": "3f2a9c",
    "title": "Fire Safety for Laboratories",
    "label": "FIR-4711",
    "lms_context_id": "3f2a9c44",
    "sis_id": "SIS-4711",
    "lms_course_id": "77",
    "start_date": "2018-09-03",
    "end_date": "2018-12-20",
    "census_date": "2018-09-24",
    "opt_out_date": "2018-09-17",
    "active": True,
    "created_at": "2018-08-04T15:59:59Z",
    "updated_at": "2018-12-04T17:59:59+02:00",
}
FULL_STUDENT = {
    "id": 20000000033,
    "tenant_id": 9007000001,
    "course_id": 12345678910,
    "first_name": "Ada",
    "last_name": "Byron",
    "bookshelf_email_address": "ada.byron@academy.example",
    "created_at": "2018-08-05T10:00:00Z",
    "updated_at": "2018-08-06T10:00:00Z",
}
FULL_OPT_OUT = {
    "id": 40000000044,
    "tenant_id": 9007000001,
    "tenant_user_id": 30000000055,
    "course_id": 12345678910,
    "opt_out": False,
    "sku": "9780012345678",
    "created_at": "2018-08-05T10:00:00Z",
    "updated_at": "2018-08-06T10:00:00Z",
}
SAMPLES: list[tuple[Reader[Any], dict[str, Any]]] = [
    (COURSE, FULL_COURSE),
    (USER, FULL_STUDENT),
    (ASSIGNMENT, FULL_STUDENT),
    (OPT_OUT, FULL_OPT_OUT),
]

CREATED = datetime(2018, 8, 5, 10, tzinfo=UTC)
UPDATED = datetime(2018, 8, 6, 10, tzinfo=UTC)


def asking() -> Ask:
    """An ask for every field of every table."""
    return Ask({table.record.__name__: frozenset(table.cells) for table in TABLES})


def read(table: Reader[Any], raw: Any, ask: Ask | None = None) -> Any:
    """The record of one object of the course 12345678910."""
    return table.read(raw, Reading("acme", ask or asking()), "12345678910")


def named(key: str) -> dict[str, Any]:
    return {"source": "acme", "key": key}


def test_a_full_course_is_read_whole() -> None:
    assert read(COURSE, FULL_COURSE) == Course(
        **named("12345678910"),
        title="Fire Safety for Laboratories",
        status=Status.ACTIVE,
        status_text="true",
        external_reference="SIS-4711",
        remote_id="77",
        starts_on=date(2018, 9, 3),
        ends_on=date(2018, 12, 20),
        created_at=datetime(2018, 8, 4, 15, 59, 59, tzinfo=UTC),
        updated_at=datetime(2018, 12, 4, 15, 59, 59, tzinfo=UTC),
        facet=VitalSourceCourse(
            **named("12345678910"),
            tenant_id="9007000001",
            term_id="5000002026",
            name="3f2a9c",
            title="Fire Safety for Laboratories",
            label="FIR-4711",
            lms_context_id="3f2a9c44",
            census_on=date(2018, 9, 24),
            opt_out_on=date(2018, 9, 17),
            is_active=True,
        ),
    )


STUDENT = User(
    **named("12345678910/20000000033"),
    name="Ada Byron",
    first_name="Ada",
    last_name="Byron",
    email="ada.byron@academy.example",
    created_at=CREATED,
    updated_at=UPDATED,
    facet=VitalSourceUser(
        **named("12345678910/20000000033"), tenant_id="9007000001", course_ref="12345678910"
    ),
)


def test_a_full_student_is_read_whole() -> None:
    assert read(USER, FULL_STUDENT) == STUDENT


def test_a_row_of_a_roster_is_an_assignment_that_embeds_its_student() -> None:
    assert read(ASSIGNMENT, FULL_STUDENT) == Assignment(
        **named("12345678910/20000000033"),
        user_ref=STUDENT,
        course_ref="12345678910",
        assigned_at=CREATED,
        created_at=CREATED,
        updated_at=UPDATED,
    )
    assert ASSIGNED_USER.cells == USER.cells


def test_a_full_opt_out_is_read_whole() -> None:
    assert read(OPT_OUT, FULL_OPT_OUT) == OptOut(
        **named("12345678910/40000000044"),
        tenant_id="9007000001",
        tenant_user_id="30000000055",
        course_ref="12345678910",
        is_opted_out=False,
        sku="9780012345678",
        created_at=CREATED,
        updated_at=UPDATED,
    )


@pytest.mark.parametrize(("table", "sample"), SAMPLES)
def test_every_name_in_the_samples_is_read(table: Reader[Any], sample: dict[str, Any]) -> None:
    whole = read(table, sample)
    for name in sample.keys() - {"id"}:
        without = {key: value for key, value in sample.items() if key != name}
        lost_in_assignment = table is ASSIGNMENT and name == "tenant_id"
        assert read(table, without) != whole or lost_in_assignment, name


@pytest.mark.parametrize("nothing", [{}, {name: None for name in FULL_COURSE}])
def test_a_course_of_which_nothing_is_said_has_its_key_for_a_title(nothing: Any) -> None:
    ask = asking()

    assert read(COURSE, {**nothing, "id": 7}, ask) == Course(
        **named("7"), title="7", facet=VitalSourceCourse(**named("7"))
    )
    assert not ask.unreadable


@pytest.mark.parametrize("nothing", [{}, dict.fromkeys({**FULL_STUDENT, **FULL_OPT_OUT})])
def test_a_row_of_which_nothing_is_said_has_its_key(nothing: Any) -> None:
    ask, key = asking(), named("12345678910/7")
    user = User(**key, facet=VitalSourceUser(**key))

    assert read(USER, {**nothing, "id": 7}, ask) == user
    assert read(ASSIGNMENT, {**nothing, "id": 7}, ask) == Assignment(**key, user_ref=user)
    assert read(OPT_OUT, {**nothing, "id": 7}, ask) == OptOut(**key)
    assert not ask.unreadable


@pytest.mark.parametrize("wrong", [{"unexpected": 1}, ["a"], 1.5], ids=["object", "list", "float"])
@pytest.mark.parametrize(("table", "sample"), SAMPLES)
def test_a_value_of_the_wrong_type_costs_its_own_fields_only(
    table: Reader[Any], sample: dict[str, Any], wrong: Any
) -> None:
    whole = read(table, sample)
    for name in sample.keys() - {"id"}:
        ask = asking()
        found = read(table, {**sample, name: wrong}, ask)
        spoilt = {field for _, field in ask.unreadable}
        assert changed(whole, found) <= spoilt | {"Course.title", "User.name"}, name
        assert spoilt or name == "title" or name.endswith("_name") or table is ASSIGNMENT, name


def changed(one: Any, other: Any) -> set[str]:
    """Names of the fields in which two records differ, embedded records apart."""
    found: set[str] = set()
    for name in one.__struct_fields__:
        left, right = getattr(one, name), getattr(other, name)
        if isinstance(left, Record):
            found |= changed(left, right)
        elif left != right:
            found.add(f"{type(one).__name__}.{name}")
    return found


def test_a_title_of_the_wrong_type_leaves_the_key_and_a_name_its_other_part() -> None:
    assert read(COURSE, {**FULL_COURSE, "title": ["Fire"]}).title == "12345678910"
    assert read(COURSE, {**FULL_COURSE, "title": "  "}).title == "12345678910"
    student = read(USER, {**FULL_STUDENT, "first_name": {"given": "Ada"}})
    assert (student.name, student.first_name) == ("Byron", None)


@pytest.mark.parametrize("broken", [{}, {"id": None}, {"id": ""}, {"id": [1]}, {"id": True}, 7, []])
@pytest.mark.parametrize("table", [COURSE, USER, ASSIGNMENT, OPT_OUT])
def test_what_has_no_key_is_no_record(table: Reader[Any], broken: Any) -> None:
    with pytest.raises(Unkeyed):
        read(table, broken)
    ask = asking()
    assert table.read_all([broken, FULL_STUDENT], Reading("acme", ask), "1")
    assert ask.dropped["acme", table.record.__name__] == 1


def test_fields_that_nobody_wants_are_not_read() -> None:
    ask = Ask({"Course": frozenset({"title"}), "Assignment": frozenset({"course_ref"})})

    assert read(COURSE, FULL_COURSE, ask) == Course(
        **named("12345678910"), title="Fire Safety for Laboratories"
    )
    assert read(ASSIGNMENT, FULL_STUDENT, ask).user_ref is None


@pytest.mark.parametrize(
    ("value", "status", "text"),
    [
        (True, Status.ACTIVE, "true"),
        (False, Status.INACTIVE, "false"),
        ("true", Status.ACTIVE, "true"),
        ("False", Status.INACTIVE, "False"),
    ],
)
def test_a_flag_is_a_status(value: Any, status: Status, text: str) -> None:
    assert activity(value) is status
    assert activity_text(value) == text


def test_a_word_where_the_flag_should_be_is_passed_on() -> None:
    course = read(COURSE, {**FULL_COURSE, "active": "archived"})

    assert (course.status, course.status_text, course.facet.is_active) == (None, "archived", None)


def test_a_row_is_found_again_by_its_course_and_its_id() -> None:
    assert key_in_course("12345678910", 20000000033) == "12345678910/20000000033"
    assert key_in_course("1", "a/b") == "1/a%2Fb"
    with pytest.raises(TypeError):
        key_in_course("1", None)
