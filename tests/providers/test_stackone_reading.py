"""How StackOne's JSON is read: whole, sparse, null, of wrong types, and inside other objects."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from providers.base import Ask
from providers.model import (
    Assignment,
    AssignmentStatus,
    Category,
    Completion,
    Content,
    ContentType,
    Course,
    HealthStatus,
    Instructor,
    Language,
    Level,
    Localization,
    Record,
    Result,
    Skill,
    Status,
    User,
)
from providers.reading import Facet, Reader, Reading, Unkeyed
from providers.stackone import facets
from providers.stackone.account import (
    ACCOUNT_META,
    CONNECTOR_META,
    FAULTS,
    LINKED_ACCOUNT,
    AccountMeta,
    ConnectorMeta,
    FieldMeta,
    LinkedAccount,
    OperationMeta,
    StatusReason,
    health_of,
)
from providers.stackone.embedding import embedding_owner, owner_of
from providers.stackone.facets import AdditionalData
from providers.stackone.reading import (
    ASSIGNMENT,
    CATEGORY,
    COMPLETION,
    CONTENT,
    COURSE,
    SKILL,
    USER,
)
from providers.stackone.values import Coded, language_of, learning_object, said
from tests.providers.stackone_samples import (
    CHANGED,
    CUSTOM,
    FULL_ACCOUNT,
    FULL_ASSIGNMENT,
    FULL_CATEGORY,
    FULL_COMPLETION,
    FULL_CONNECTOR,
    FULL_CONTENT,
    FULL_COURSE,
    FULL_SKILL,
    FULL_USER,
    MODELS,
    PRIMARY,
    RAW_EXCHANGE,
)

TABLES: tuple[Reader[Any], ...] = (
    COURSE,
    CONTENT,
    USER,
    COMPLETION,
    ASSIGNMENT,
    CATEGORY,
    SKILL,
    facets.COURSE_FACET,
    facets.CONTENT_FACET,
    facets.COMPLETION_FACET,
    facets.ASSIGNMENT_FACET,
    facets.CATEGORY_FACET,
    facets.SKILL_FACET,
    LINKED_ACCOUNT,
    ACCOUNT_META,
    CONNECTOR_META,
)

SAMPLES: list[tuple[Reader[Any], dict[str, Any]]] = [
    (COURSE, FULL_COURSE),
    (CONTENT, FULL_CONTENT),
    (USER, FULL_USER),
    (COMPLETION, FULL_COMPLETION),
    (ASSIGNMENT, FULL_ASSIGNMENT),
    (CATEGORY, FULL_CATEGORY),
    (SKILL, FULL_SKILL),
    (LINKED_ACCOUNT, FULL_ACCOUNT),
    (CONNECTOR_META, FULL_CONNECTOR),
]


def asking(**less: frozenset[str]) -> Ask:
    """An ask for every field of every type, but for those that are given."""
    wanted = {each.record.__name__: frozenset(each.cells) for each in TABLES}
    return Ask({**wanted, "Instructor": frozenset({"name"}), **less})


def read(reader: Reader[Any], raw: Any, ask: Ask | None = None) -> Any:
    return reader.read(raw, Reading("campus", ask or asking()), "owner")


def of(record: type[Record], key: str, **fields: Any) -> Any:
    return record(source="campus", key=key, **fields)


PLACED = {
    "hierarchy": Coded("primary", 1),
    "level": Coded("secondary", 2),
    "language": Coded("en_GB", "en-gb"),
}
NAMED: dict[str, Any] = {
    "status": Status.ACTIVE,
    "status_text": "true",
    "language": Language("en_GB", "en-GB"),
    "level": Level.PRIMARY,
    "level_text": "1",
    "remote_id": "9",
    "custom_fields": CUSTOM,
}


def a_category(**more: Any) -> Any:
    facet = of(facets.StackOneCategory, "cat-1", **PLACED)
    return of(Category, "cat-1", name="Safety", facet=facet, raw_data=RAW_EXCHANGE, **NAMED)


def a_skill() -> Any:
    facet = of(facets.StackOneSkill, "skill-1", **PLACED)
    return of(Skill, "skill-1", name="First aid", facet=facet, raw_data=RAW_EXCHANGE, **NAMED)


FRENCH = Localization(
    title="Sécurité", description="En bref", language=Language("fr_FR", "fr-FR"), tags=("court",)
)


def test_a_course_is_read_whole() -> None:
    key = "c28xIQcourse"
    assert read(COURSE, FULL_COURSE) == of(
        Course,
        key,
        title="Fire Safety",
        description="What to do",
        cover_url="https://img.example/77.jpg",
        url="https://lms.example/77",
        duration="PT1H30M",
        duration_seconds=5400.0,
        languages=(Language("en_GB", "en-GB"), Language("cy-GB", "cy-GB")),
        status=Status.ACTIVE,
        status_text="true",
        category_refs=(
            a_category(),
            of(
                Category,
                f"in:course/{key}/Health",
                name="Health",
                facet=of(facets.StackOneCategory, f"in:course/{key}/Health"),
            ),
        ),
        skill_refs=(a_skill(),),
        instructor_refs=(
            of(Instructor, f"course/{key}/7", name="Ada Byron"),
            of(Instructor, f"course/{key}/Grace%2FHopper", name="Grace/Hopper"),
        ),
        content_refs=("content-1", "content-2"),
        external_reference="SAF-77",
        remote_id="77",
        localizations=(FRENCH,),
        custom_fields=CUSTOM,
        raw_data=RAW_EXCHANGE,
        facet=of(
            facets.StackOneCourse,
            key,
            remote_content_ids=("1", "2"),
            provider="Academy Press",
            content=[{"title": "Lesson"}],
            languages=(Coded("en_GB", "en-gb"), Coded("unmapped_value", "cy-GB")),
        ),
        **CHANGED,
    )


def test_a_content_is_read_whole() -> None:
    skill = "in:content/content-1/First%20aid"
    assert read(CONTENT, FULL_CONTENT) == of(
        Content,
        "content-1",
        title="Alarms",
        description="How they ring",
        url="https://lms.example/1",
        mobile_url="https://m.lms.example/1",
        cover_url="https://img.example/1.jpg",
        duration="PT45M",
        duration_seconds=2700.0,
        order=2.0,
        type=ContentType.VIDEO,
        type_text="VIDEO",
        provider="Academy Press",
        tags=("fire", "alarm"),
        localizations=(FRENCH,),
        languages=(Language("en_GB", "en-GB"),),
        status=Status.INACTIVE,
        status_text="false",
        course_refs=("c28xIQcourse",),
        category_refs=(a_category(),),
        skill_refs=(
            of(
                Skill,
                skill,
                name="First aid",
                status=Status.ACTIVE,
                status_text="true",
                facet=of(facets.StackOneSkill, skill),
            ),
        ),
        instructor_refs=(),
        external_reference="LESSON-1",
        remote_id="library/1",
        custom_fields=CUSTOM,
        raw_data=RAW_EXCHANGE,
        facet=of(
            facets.StackOneContent,
            "content-1",
            remote_course_ids=("77",),
            short_description="Ringing",
            additional_data=(AdditionalData(id="format", remote_id="f", value=["a", "b"]),),
            content_type=Coded("video", "VIDEO"),
            languages=(Coded("en_GB", "en-gb"),),
        ),
        **CHANGED,
    )


def test_a_user_is_read_whole() -> None:
    assert read(USER, FULL_USER) == of(
        User,
        "user-1",
        name="Ada Byron",
        email="ada.byron@academy.example",
        phone="+44 1632 960001",
        status=Status.INACTIVE,
        status_text="false",
        external_reference="staff-5",
        remote_id="5",
        custom_fields=CUSTOM,
        raw_data=RAW_EXCHANGE,
        **CHANGED,
    )


ABOUT_IN_FACET: dict[str, Any] = {
    "learning_object_type": Coded("course", "COURSE"),
    "learning_object_id": "c28xIQcourse",
    "remote_learning_object_id": "77",
    "learning_object_external_reference": "SAF-77",
    "remote_user_id": "5",
    "course_id": "c28xIQcourse",
    "remote_course_id": "77",
    "result": Coded("Pass", True),
}


def test_a_completion_is_read_whole() -> None:
    assert read(COMPLETION, FULL_COMPLETION) == of(
        Completion,
        "completion-1",
        user_ref="user-1",
        course_ref="c28xIQcourse",
        score=87.5,
        score_text="87.5 / 100",
        result=Result.PASSED,
        result_text="true",
        completed_at=datetime(2021, 7, 22, tzinfo=UTC),
        time_spent="PT1H",
        time_spent_seconds=3600.0,
        certificate_url="https://lms.example/certificates/1.pdf",
        external_reference="E-11",
        remote_id="11",
        custom_fields=CUSTOM,
        raw_data=RAW_EXCHANGE,
        facet=of(
            facets.StackOneCompletion,
            "completion-1",
            external_id="12",
            remote_external_id="13",
            content_external_reference="E-14",
            content_id="content-1",
            remote_content_id="1",
            **ABOUT_IN_FACET,
        ),
        **CHANGED,
    )


def test_an_assignment_is_read_whole() -> None:
    assert read(ASSIGNMENT, FULL_ASSIGNMENT) == of(
        Assignment,
        "assignment-1",
        user_ref="user-1",
        course_ref="c28xIQcourse",
        status=AssignmentStatus.IN_PROGRESS,
        status_text="Started",
        progress=40.0,
        assigned_at=CHANGED["created_at"],
        due_at=CHANGED["updated_at"],
        completed_at=datetime(2021, 7, 22, tzinfo=UTC),
        external_reference="E-21",
        remote_id="21",
        custom_fields=CUSTOM,
        raw_data=RAW_EXCHANGE,
        facet=of(
            facets.StackOneAssignment,
            "assignment-1",
            status=Coded("in_progress", "Started"),
            certificate_url="https://lms.example/certificates/1.pdf",
            **ABOUT_IN_FACET,
        ),
        **CHANGED,
    )


def test_categories_and_skills_are_read_whole() -> None:
    assert read(CATEGORY, FULL_CATEGORY) == a_category()
    assert read(SKILL, FULL_SKILL) == a_skill()


OPERATIONS = (
    OperationMeta(
        model="courses",
        name="list",
        path="/unified/lms/courses",
        takes=(FieldMeta(name="page"),),
        gives=(FieldMeta(name="id", type="string"),),
    ),
)


def test_a_linked_account_is_read_without_its_secrets() -> None:
    found = read(LINKED_ACCOUNT, FULL_ACCOUNT)

    assert found == of(
        LinkedAccount,
        "45355976281015164504",
        provider="academylms",
        provider_name="Academy LMS",
        status="expired",
        status_reasons=(
            StatusReason(code="expired", description="Too old", occurred_at=CHANGED["created_at"]),
        ),
        origin_owner_id="owner-1",
        origin_owner_name="The school",
        origin_username="ada",
        label="Main",
        type="production",
        **CHANGED,
    )
    assert "hush" not in repr(found)


def test_what_an_account_and_a_connector_can_do_is_read_whole() -> None:
    meta = {"provider": "academylms", "category": "lms", "models": MODELS}
    assert read(ACCOUNT_META, meta) == of(AccountMeta, "owner", operations=OPERATIONS, **meta)
    assert read(CONNECTOR_META, FULL_CONNECTOR) == of(
        ConnectorMeta,
        "academylms",
        provider_name="Academy LMS",
        category="lms",
        is_active=True,
        operations=OPERATIONS,
        models=MODELS,
        logo_url="https://lms.example/logo.png",
        original_logo_horizontal_url="https://lms.example/wide.png",
    )


def test_an_active_account_is_up() -> None:
    health = health_of(of(LinkedAccount, "1", status="active"))

    assert (health.status, health.detail) == (HealthStatus.UP, None)


@pytest.mark.parametrize("status", [*FAULTS, "paused by <b>the vendor</b>", None])
def test_any_other_account_is_degraded_and_said_why_in_our_words(status: str | None) -> None:
    health = health_of(of(LinkedAccount, "1", status=status))

    assert health.status is HealthStatus.DEGRADED
    assert health.detail and "vendor" not in health.detail


@pytest.mark.parametrize(("reader", "raw"), SAMPLES)
def test_every_cell_of_a_table_is_filled_by_the_whole_sample(
    reader: Reader[Any], raw: dict[str, Any]
) -> None:
    record = read(reader, raw)
    empty = {name for name in reader.cells if getattr(record, name) is None}

    assert empty == ({"content_ref"} if reader in (COMPLETION, ASSIGNMENT) else set())


@pytest.mark.parametrize(("reader", "raw"), SAMPLES)
def test_what_is_null_or_missing_is_none(reader: Reader[Any], raw: dict[str, Any]) -> None:
    key = "provider" if reader is CONNECTOR_META else "id"
    bare = read(reader, {key: raw[key]})

    assert bare == read(reader, dict.fromkeys(raw) | {key: raw[key]})
    told = {name for name in reader.cells if getattr(bare, name) is not None}
    assert told <= {"title", "facet"}
    assert getattr(bare, "title", raw[key]) == raw[key]


WRONG: tuple[Any, ...] = ({"unexpected": 1}, [17], 17.5, "\x00", True)


@pytest.mark.parametrize(("reader", "raw"), SAMPLES)
def test_a_field_of_the_wrong_type_costs_itself_only(
    reader: Reader[Any], raw: dict[str, Any]
) -> None:
    whole = read(reader, raw)
    key = "provider" if reader is CONNECTOR_META else "id"
    for name in raw.keys() - {key}:
        touched = {
            cell.name
            for cell in reader.cells.values()
            if any(path[:1] in ((), (name,)) for path in cell.paths)
        }
        for wrong in WRONG:
            found = read(reader, {**raw, name: wrong})
            for field in reader.record.__struct_fields__:
                if field not in touched:
                    assert getattr(found, field) == getattr(whole, field), (name, wrong, field)


@pytest.mark.parametrize(("reader", "raw"), SAMPLES)
def test_what_cannot_be_read_is_counted(reader: Reader[Any], raw: dict[str, Any]) -> None:
    ask = asking()
    broken = dict.fromkeys(raw, object()) | {"id": "1", "provider": "p"}
    read(reader, broken, ask)

    typed = {
        name
        for name, cell in reader.cells.items()
        if not isinstance(cell.converter, Facet)
        and name not in ("title", "provider", "custom_fields", "raw_data", "models")
        # What lies deeper than an object that isn't one is missing, not broken.
        and all(len(path) == 1 for path in cell.paths)
    }
    counted = {field.split(".")[1] for _, field in ask.unreadable}
    assert typed <= counted


@pytest.mark.parametrize("reader", [COURSE, CONTENT, USER, COMPLETION, ASSIGNMENT, CATEGORY, SKILL])
@pytest.mark.parametrize("raw", [{}, {"id": None}, {"id": ""}, {"id": []}, [], None, "text"])
def test_what_has_no_id_is_no_record(reader: Reader[Any], raw: Any) -> None:
    with pytest.raises(Unkeyed):
        read(reader, raw)


# Enums.


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"value": "pending", "source_value": "Assigned"}, "Assigned"),
        ({"value": "pending", "source_value": 4}, "4"),
        ({"value": "pending", "source_value": False}, "false"),
        ({"value": "pending", "source_value": {"nested": 1}}, "pending"),
        ({"value": "pending", "source_value": " "}, "pending"),
        ({"value": "pending"}, "pending"),
        ({"value": "unmapped_value", "source_value": ["a"]}, None),
        ({"value": "unmapped_value", "source_value": "Overdue"}, "Overdue"),
        ("pending", "pending"),
    ],
)
def test_the_text_of_an_enum_is_what_the_system_says(value: Any, text: str | None) -> None:
    assert said(value) == text


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("pending", AssignmentStatus.PENDING),
        ("in_progress", AssignmentStatus.IN_PROGRESS),
        ("in-progress", AssignmentStatus.IN_PROGRESS),
        ("completed", AssignmentStatus.COMPLETED),
        ("unmapped_value", None),
        ("new word", None),
        (None, None),
    ],
)
def test_the_status_of_an_assignment_is_ours_or_none(
    word: str | None, status: AssignmentStatus | None
) -> None:
    ask = asking()
    found = read(ASSIGNMENT, {"id": "1", "status": {"value": word}}, ask)

    assert found.status is status
    assert not ask.unreadable


def test_a_fail_is_a_fail() -> None:
    found = read(COMPLETION, {"id": "1", "result": {"value": "Fail", "source_value": "0"}})

    assert (found.result, found.result_text) == (Result.FAILED, "0")


def test_the_deprecated_level_serves_where_hierarchy_is_null() -> None:
    found = read(CATEGORY, {**FULL_CATEGORY, "hierarchy": None})

    assert (found.level, found.level_text) == (Level.SECONDARY, "2")


def test_a_language_that_nobody_names_is_none() -> None:
    assert language_of({"value": "unmapped_value", "source_value": None}) is None
    assert language_of({"value": None, "source_value": "C"}) == Language("C", None)
    assert language_of("bs-ME") == Language("bs-ME", "bs-ME")


# Learning objects.


@pytest.mark.parametrize(
    ("type", "id", "course_id", "content_id", "course", "content"),
    [
        ("course", "1", None, None, "1", None),
        ("content", "2", None, None, None, "2"),
        ("Content", "2", "1", None, None, "2"),
        ("collection", "3", "1", "2", None, None),
        ("course", None, "1", "2", "1", None),
        (None, "9", "1", "2", "1", "2"),
        ("unmapped_value", "9", "1", None, "1", None),
        (None, "9", None, None, None, None),
    ],
)
def test_the_type_of_a_learning_object_says_what_its_id_is_of(
    type: str | None,
    id: str | None,
    course_id: str | None,
    content_id: str | None,
    course: str | None,
    content: str | None,
) -> None:
    raw = {
        "id": "1",
        "learning_object_type": None if type is None else {"value": type},
        "learning_object_id": id,
        "course_id": course_id,
        "content_id": content_id,
    }
    found = read(COMPLETION, raw)

    assert (found.course_ref, found.content_ref) == (course, content)


def test_an_assignment_of_a_content_names_the_content() -> None:
    raw = {**FULL_ASSIGNMENT, "learning_object_type": {"value": "content"}}
    found = read(ASSIGNMENT, raw)

    assert (found.course_ref, found.content_ref) == (None, "c28xIQcourse")


def test_a_learning_object_of_a_strange_type_is_refused() -> None:
    with pytest.raises(TypeError):
        learning_object("course")(17, "1", None)


# Objects inside others.


def test_an_embedded_object_that_lacks_what_is_wanted_is_only_its_key() -> None:
    stub = {"id": "cat-1", "name": "Safety", "hierarchy": PRIMARY}
    course = {**FULL_COURSE, "categories": [stub], "skills": [stub]}
    narrow = asking(Category=frozenset({"name", "level"}), Skill=frozenset({"name", "status"}))
    found = read(COURSE, course, narrow)

    assert found.category_refs == (of(Category, "cat-1", name="Safety", level=Level.PRIMARY),)
    assert found.skill_refs == ("cat-1",)


def test_a_property_that_is_null_says_something_one_that_is_missing_does_not() -> None:
    narrow = asking(Category=frozenset({"name", "status"}))
    null = {"id": "cat-1", "name": "Safety", "active": None}
    found = read(COURSE, {**FULL_COURSE, "categories": [null]}, narrow)

    assert found.category_refs == (of(Category, "cat-1", name="Safety"),)


def test_raw_data_of_an_embedded_object_are_read_by_its_key() -> None:
    stub = {name: value for name, value in FULL_CATEGORY.items() if name != "raw"}
    found = read(COURSE, {**FULL_COURSE, "categories": [stub]})

    assert found.category_refs == ("cat-1",)


def test_embedded_objects_with_neither_id_nor_name_are_left_out_and_counted() -> None:
    ask = asking()
    nameless = [{"id": None, "name": None}, {}, 17.5, None]
    found = read(COURSE, {**FULL_COURSE, "categories": nameless, "authors": nameless}, ask)

    assert (found.category_refs, found.instructor_refs) == ((), ())
    assert ask.dropped == {("campus", "Category"): 4, ("campus", "Instructor"): 4}


def test_the_way_to_an_embedded_object_is_in_its_key() -> None:
    course = read(COURSE, {**FULL_COURSE, "id": "a/b"})
    author, category = course.instructor_refs[1].key, course.category_refs[1].key

    assert owner_of(author) == embedding_owner(category) == ("course", "a/b")
    assert owner_of(category) is embedding_owner(author) is None


@pytest.mark.parametrize(
    "key",
    ["", "course", "course/1", "user/1/2", "course//2", "course/1/2/3", "course/%/2", "c/1/2"],
)
def test_other_keys_lead_nowhere(key: str) -> None:
    assert owner_of(key) is None
    assert embedding_owner(key) is embedding_owner(f"in:{key}") is None


def test_nothing_that_nobody_wants_is_read() -> None:
    for reader, raw in SAMPLES:
        found = reader.read(raw, Reading("campus", replace(asking(), wanted={})))
        assert found == reader.record(source="campus", key=found.key)
