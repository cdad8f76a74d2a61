"""How SCORM Cloud's JSON is read: whole, sparse, null, of wrong types, and taken apart."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from providers.base import Ask, join_key
from providers.model import (
    Assignment,
    AssignmentStatus,
    Completion,
    Content,
    Course,
    CourseImport,
    Language,
    Record,
    Result,
    User,
)
from providers.reading import Reader, Reading, Unkeyed
from providers.scormcloud import outline, progress, statements
from providers.scormcloud import reading as tables
from providers.scormcloud.parts import DEEPEST
from providers.scormcloud.reading import (
    activities,
    assignment_status,
    finished_activities,
    is_finished,
    key_of_activity_completion,
    split_activity_completion,
)
from providers.scormcloud.times import (
    clock_duration,
    clock_seconds,
    moment,
    optional_number,
    package_duration,
    package_seconds,
    percent,
)
from tests.providers import scormcloud_samples as samples
from tests.providers.scormcloud_samples import asking

CONTENT = {"course": "catalogue/GOLF-1", "activity": {**samples.LEAF, "children": [samples.LEAF]}}
DONE = {"registration": samples.REGISTRATION, "activity": samples.ACTIVITY_RESULT}

SAMPLES: dict[Reader[Any], dict[str, Any]] = {
    tables.COURSE: samples.COURSE,
    tables.CONTENT: CONTENT,
    tables.USER: samples.REGISTRATION,
    tables.COMPLETION: samples.REGISTRATION,
    tables.ASSIGNMENT: samples.REGISTRATION,
    tables.ACTIVITY_COMPLETION: DONE,
    outline.COURSE_FACET: samples.COURSE,
    outline.VERSION: samples.COURSE,
    outline.METADATA: samples.METADATA,
    outline.ACTIVITY: samples.LEAF,
    outline.FILE: samples.FILE,
    outline.SETTING: samples.SETTING,
    outline.SETTING_METADATA: samples.SETTING["metadata"],
    outline.VALID_VALUE: {"value": "FRAMESET", "valueDescription": "In the same window."},
    tables.COURSE_IMPORT: samples.IMPORT_JOB,
    outline.COURSE_IMPORT_FACET: samples.IMPORT_JOB,
    outline.ABOUT: samples.ABOUT,
    outline.PING: samples.PING,
    progress.OBJECTIVE: samples.OBJECTIVE,
    progress.STATIC_PROPERTIES: samples.ACTIVITY_RESULT["staticProperties"],
    progress.LEARNER_PREFERENCE: samples.RUNTIME["learnerPreference"],
    progress.COMMENT: samples.COMMENT,
    progress.INTERACTION: samples.RUNTIME["runtimeInteractions"][0],
    progress.RUNTIME_OBJECTIVE: samples.RUNTIME["runtimeObjectives"][0],
    progress.RUNTIME: samples.RUNTIME,
    progress.ACTIVITY_RESULT: samples.ACTIVITY_RESULT,
    progress.SHARED_DATA: {"id": "bucket", "value": "42"},
    progress.REGISTRATION_FACET: samples.REGISTRATION,
    progress.INSTANCE: samples.REGISTRATION,
    progress.LAUNCH: samples.LAUNCH,
    statements.STATEMENT: samples.STATEMENT,
}
"""A full sample for every table that has cells."""


def read(table: Reader[Any], raw: Any, ask: Ask | None = None, owner: str = "owner") -> Any:
    """The record of an object, with all its fields."""
    return table.read(raw, Reading("cloud", ask or asking()), owner)


def replaced(raw: Any, path: tuple[str, ...], value: Any) -> Any:
    """A copy of an object with another value at a path."""
    found = copy.deepcopy(raw)
    place = found
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return found


def at(raw: Any, path: tuple[str, ...]) -> Any:
    """What stands at a path."""
    for name in path:
        raw = raw.get(name) if isinstance(raw, dict) else None
    return raw


def leaves(table: Reader[Any]) -> Iterator[tuple[str, ...]]:
    """The paths that a table's cells read, without those of its key, and the whole object."""
    keys = table.key.paths if table.key else ()
    for path in dict.fromkeys(path for cell in table.cells.values() for path in cell.paths if path):
        if not any(each[: len(path)] == path for each in keys):
            yield path


def test_every_table_has_a_full_sample() -> None:
    with_cells = {table for table in samples.TABLES if table.cells}

    assert with_cells == set(SAMPLES)


@pytest.mark.parametrize("table", SAMPLES, ids=lambda table: table.record.__name__)
def test_every_cell_of_a_full_sample_is_read(table: Reader[Any]) -> None:
    ask = asking()

    record = read(table, SAMPLES[table], ask)

    assert [name for name in table.cells if getattr(record, name) is None] == []
    assert not ask.unreadable and not ask.dropped


@pytest.mark.parametrize("table", SAMPLES, ids=lambda table: table.record.__name__)
def test_what_is_not_wanted_is_not_read(table: Reader[Any]) -> None:
    record = read(table, SAMPLES[table], Ask())

    assert [name for name in table.cells if getattr(record, name) is not None] == []


@pytest.mark.parametrize("nothing", ["missing", "null"])
@pytest.mark.parametrize("table", SAMPLES, ids=lambda table: table.record.__name__)
def test_what_is_missing_or_null_is_none_and_counts_as_nothing(
    table: Reader[Any], nothing: str
) -> None:
    ask = asking()
    sample = SAMPLES[table]
    raw: Any = copy.deepcopy(sample)
    for path in leaves(table):
        if at(sample, path) is not None:
            raw = replaced(raw, path, None) if at(raw, path) is not None else raw
    if nothing == "missing":
        raw = {name: value for name, value in raw.items() if value is not None}

    record = read(table, raw, ask)

    from_key = {"title", "facet", "course_refs", "external_reference", "path", "instance"}
    from_key |= {"version", "completion_ref", "user_ref"}
    assert {name for name in table.cells if getattr(record, name) is not None} <= from_key
    assert not ask.unreadable and not ask.dropped


@pytest.mark.parametrize(
    ("table", "path"),
    [
        pytest.param(table, path, id=f"{table.record.__name__}-{'.'.join(path)}")
        for table in SAMPLES
        for path in leaves(table)
        if at(SAMPLES[table], path) is not None
    ],
)
def test_a_field_of_the_wrong_type_costs_itself_alone(
    table: Reader[Any], path: tuple[str, ...]
) -> None:
    whole = read(table, SAMPLES[table])
    touched = {name for name, cell in table.cells.items() if path in cell.paths}
    # What is read from around or inside the field is tested for itself.
    related = {
        name
        for name, cell in table.cells.items()
        if any(each[: len(path)] == path[: len(each)] for each in cell.paths)
    }
    ask = asking()

    record = read(table, replaced(SAMPLES[table], path, {"unexpected": [1]}), ask)

    assert record.key == whole.key
    for name in set(table.cells) - related:
        assert getattr(record, name) == getattr(whole, name), name
    # The status follows from three words: without one of them, the others still tell it.
    for name in touched - ({"status"} if path != ("registrationCompletion",) else set()):
        assert getattr(record, name) != getattr(whole, name), name
        if getattr(record, name) is None:
            assert ask.unreadable["cloud", f"{table.record.__name__}.{name}"] == 1


def test_a_course_is_read_field_by_field() -> None:
    course: Course = read(tables.COURSE, samples.COURSE)

    assert course.key == course.external_reference == "catalogue/GOLF-1"
    assert course.title == "Golf Explained - Run-time"
    assert course.description == "How golf is played."
    assert (course.duration, course.duration_seconds) == ("PT1H30M", 5400)
    assert course.tags == ("sport", "outdoors")
    assert course.created_at == datetime(2020, 9, 1, 8, tzinfo=UTC)
    assert course.updated_at == datetime(2020, 9, 25, 22, 59, 25, tzinfo=UTC)


def test_a_course_says_nothing_of_what_scorm_cloud_does_not_know() -> None:
    course = read(tables.COURSE, samples.COURSE)

    unknown = {"cover_url", "url", "languages", "status", "status_text", "category_refs"}
    unknown |= {"skill_refs", "instructor_refs", "remote_id", "localizations", "starts_on"}
    unknown |= {"ends_on", "custom_fields", "raw_data"}
    assert {name for name in unknown if getattr(course, name) is not None} == set()
    assert set(Course.__struct_fields__) == {"source", "key", *tables.COURSE.cells, *unknown}


def test_contents_are_the_activities_below_the_root_in_the_order_of_the_outline() -> None:
    course = read(tables.COURSE, samples.COURSE)

    assert [content.title for content in course.content_refs] == [
        "Part One",
        "Golf Explained",
        "Etiquette",
    ]
    assert [content.key for content in course.content_refs] == [
        join_key("catalogue/GOLF-1", activity) for activity in ("part", "item_1", "item_2")
    ]
    assert {content.course_refs for content in course.content_refs} == {("catalogue/GOLF-1",)}


def test_a_content_without_a_title_shows_its_identifier() -> None:
    content: Content = read(tables.CONTENT, replaced(CONTENT, ("activity", "title"), "  "))

    assert content.title == "item_1"


def test_activities_without_an_identifier_are_left_out_and_counted() -> None:
    ask = asking()
    root = {"children": [{"title": "Nameless"}, "text", samples.LEAF]}

    course = read(tables.COURSE, {**samples.COURSE, "rootActivity": root}, ask)

    assert [content.title for content in course.content_refs] == ["Golf Explained"]
    assert ask.dropped["cloud", "Content"] == 2


def test_an_outline_that_is_too_deep_costs_itself_alone() -> None:
    ask = asking()
    root: dict[str, Any] = dict(samples.LEAF)
    for _ in range(DEEPEST):
        root = {**samples.LEAF, "children": [root]}

    course = read(tables.COURSE, {**samples.COURSE, "rootActivity": root}, ask)

    assert course.title == "Golf Explained - Run-time"
    assert course.content_refs is None
    assert course.facet is not None and course.facet.root_activity is None
    assert ask.unreadable["cloud", "Course.content_refs"] == 1
    assert ask.unreadable["cloud", "ScormCloudCourse.root_activity"] == 1


def test_an_outline_may_be_as_deep_as_is_said() -> None:
    root: dict[str, Any] = dict(samples.LEAF)
    for _ in range(DEEPEST - 1):
        root = {**samples.LEAF, "children": [root]}

    assert len(activities("golf", root)) == DEEPEST - 1


def test_a_finished_registration_is_a_completion() -> None:
    completion: Completion = read(tables.COMPLETION, samples.REGISTRATION)

    assert completion.key == "GOLF/7"
    assert completion.course_ref == "catalogue/GOLF-1"
    assert completion.content_ref is None
    assert (completion.score, completion.score_text) == (87.5, "87.5")
    assert (completion.result, completion.result_text) == (Result.PASSED, "PASSED")
    assert completion.started_at == datetime(2024, 1, 30, 8, tzinfo=UTC)
    assert completion.completed_at == datetime(2024, 1, 31, 19, 45, 37, tzinfo=UTC)
    assert (completion.time_spent, completion.time_spent_seconds) == ("PT5400.5S", 5400.5)
    assert completion.created_at == datetime(2024, 1, 29, 12, tzinfo=UTC)
    assert completion.updated_at == datetime(2024, 1, 31, 19, 45, 37, tzinfo=UTC)
    unknown = (completion.grade, completion.grade_text, completion.certificate_url)
    assert unknown == (None, None, None)


def test_a_registration_is_an_assignment_that_holds_its_completion() -> None:
    assignment: Assignment = read(tables.ASSIGNMENT, samples.REGISTRATION)

    assert assignment.course_ref == "catalogue/GOLF-1"
    assert assignment.completion_ref == read(tables.COMPLETION, samples.REGISTRATION)
    assert (assignment.status, assignment.status_text) == (AssignmentStatus.COMPLETED, "COMPLETED")
    assert assignment.progress == 75
    assert assignment.assigned_at == assignment.created_at == datetime(2024, 1, 29, 12, tzinfo=UTC)
    assert assignment.starts_at == datetime(2024, 1, 30, 8, tzinfo=UTC)
    assert assignment.completed_at == datetime(2024, 1, 31, 19, 45, 37, tzinfo=UTC)
    assert assignment.due_at is None


def test_an_open_registration_has_no_completion() -> None:
    raw = {
        **samples.REGISTRATION,
        "registrationCompletion": "INCOMPLETE",
        "registrationSuccess": "UNKNOWN",
    }

    assert read(tables.ASSIGNMENT, raw).completion_ref is None
    assert not is_finished(raw)


@pytest.mark.parametrize(
    ("completion", "success", "expected"),
    [
        ("COMPLETED", "UNKNOWN", True),
        ("COMPLETED", "FAILED", True),
        ("INCOMPLETE", "FAILED", True),
        ("UNKNOWN", "PASSED", True),
        ("INCOMPLETE", "UNKNOWN", False),
        ("UNKNOWN", "UNKNOWN", False),
        (None, None, False),
        ({"not": "text"}, ["not", "text"], False),
    ],
)
def test_a_registration_is_finished_when_completed_or_when_its_success_is_known(
    completion: Any, success: Any, expected: bool
) -> None:
    raw = {"registrationCompletion": completion, "registrationSuccess": success}

    assert is_finished(raw) is expected


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("COMPLETED", "UNKNOWN", None), AssignmentStatus.COMPLETED),
        (("INCOMPLETE", "FAILED", "2024-01-30"), AssignmentStatus.IN_PROGRESS),
        (("INCOMPLETE", "UNKNOWN", None), AssignmentStatus.IN_PROGRESS),
        (("UNKNOWN", "UNKNOWN", None), AssignmentStatus.PENDING),
        (("UNKNOWN", "UNKNOWN", "2024-01-30"), AssignmentStatus.IN_PROGRESS),
        (("UNKNOWN", "PASSED", "2024-01-30"), AssignmentStatus.COMPLETED),
        ((None, "PASSED", None), AssignmentStatus.COMPLETED),
        (("BROWSED", "UNKNOWN", None), None),
        ((None, None, "2024-01-30"), None),
    ],
)
def test_the_status_of_an_assignment_follows_from_three_words(
    words: tuple[Any, Any, Any], status: AssignmentStatus | None
) -> None:
    assert assignment_status(*words) is status


def test_a_learner_is_a_whole_user() -> None:
    user: User = read(tables.COMPLETION, samples.REGISTRATION).user_ref

    assert user.key == user.external_reference == user.email == "ada.byron@academy.example"
    assert (user.name, user.first_name, user.last_name) == ("Ada Byron", "Ada", "Byron")
    assert user.updated_at == datetime(2024, 1, 31, 19, 45, 37, tzinfo=UTC)
    assert user.facet == tables.ScormCloudLearner(source="cloud", key=user.key)
    unknown = (user.middle_name, user.phone, user.status, user.created_at)
    assert unknown == (None, None, None, None)


def test_a_registration_without_a_learner_names_no_user() -> None:
    ask = asking()

    completion = read(tables.COMPLETION, {**samples.REGISTRATION, "learner": None}, ask)

    assert completion.user_ref is None
    assert not ask.unreadable


def test_a_learner_without_an_id_costs_the_user_alone() -> None:
    ask = asking()

    completion = read(tables.COMPLETION, {**samples.REGISTRATION, "learner": {"email": "a@b"}}, ask)

    assert completion.user_ref is None
    assert completion.score == 87.5
    assert ask.unreadable["cloud", "Completion.user_ref"] == 1


def test_finished_activities_are_completions_of_contents() -> None:
    (row,) = finished_activities(samples.REGISTRATION)
    completion: Completion = read(tables.ACTIVITY_COMPLETION, row)

    assert completion.key == key_of_activity_completion("GOLF/7", "item_1")
    assert completion.content_ref == join_key("catalogue/GOLF-1", "item_1")
    assert completion.course_ref == "catalogue/GOLF-1"
    assert isinstance(completion.user_ref, User)
    assert (completion.score, completion.result) == (90, Result.PASSED)
    assert (completion.time_spent, completion.time_spent_seconds) == ("PT4226.66S", 4226.66)
    assert completion.started_at is completion.completed_at is None


def test_the_key_of_an_activity_completion_is_no_registration() -> None:
    key = key_of_activity_completion("a/b c", "übung/1")

    assert split_activity_completion(key) == ("a/b c", "übung/1")
    assert split_activity_completion("GOLF/7") is None
    assert split_activity_completion("a/b/c") is None


@pytest.mark.parametrize("raw", [None, "text", 17, [], {}, {"id": ""}, {"id": None}, {"id": [1]}])
def test_what_has_no_key_is_no_record(raw: Any) -> None:
    for table in (tables.COURSE, tables.COMPLETION, tables.ASSIGNMENT, outline.SETTING):
        with pytest.raises(Unkeyed):
            read(table, raw)


def test_parts_that_are_no_objects_are_left_out_and_counted() -> None:
    ask = asking()
    raw = {**samples.RUNTIME, "learnerComments": ["text", samples.COMMENT, None]}

    runtime: progress.ScormCloudRuntime = read(progress.RUNTIME, raw, ask)

    assert [comment.value for comment in runtime.learner_comments or ()] == ["Nice."]
    assert ask.dropped["cloud", "ScormCloudComment"] == 2


def test_an_import_keeps_the_key_that_it_was_asked_by() -> None:
    job: CourseImport = read(tables.COURSE_IMPORT, samples.IMPORT_JOB, owner="job-1")

    assert job.key == "job-1"
    assert job.course_ref == "catalogue/GOLF-1"
    assert job.languages == (Language("en-GB", "en-GB"),)
    assert job.warnings == ("No title.",)


def test_versions_and_instances_have_keys_of_two_parts() -> None:
    version: Record = read(outline.VERSION, samples.COURSE, owner="catalogue/GOLF-1")
    instance: Record = read(progress.INSTANCE, samples.REGISTRATION, owner="GOLF/7")

    assert version.key == join_key("catalogue/GOLF-1", "2")
    assert instance.key == join_key("GOLF/7", "1")


def test_a_statement_may_name_its_object_in_either_way() -> None:
    published: statements.ScormCloudStatement = read(statements.STATEMENT, samples.STATEMENT)
    raw: dict[str, Any] = dict(samples.STATEMENT)
    raw["object"] = raw.pop("objectActivity")

    assert read(statements.STATEMENT, raw) == published
    assert published.object_id == "https://cloud.example/golf"
    assert published.verb_id == "http://adlnet.gov/expapi/verbs/passed"


def test_a_statement_about_an_agent_has_no_object_id() -> None:
    raw: dict[str, Any] = {**samples.STATEMENT, "objectAgentGroup": samples.ACTOR}
    del raw["objectActivity"]

    statement: statements.ScormCloudStatement = read(statements.STATEMENT, raw)

    assert statement.object == samples.ACTOR
    assert statement.object_id is None


@pytest.mark.parametrize(
    ("written", "seconds", "duration"),
    [
        ("0000:00:26.66", 26.66, "PT26.66S"),
        ("0001:02:03", 3723, "PT3723S"),
        ("00:00:00", 0, "PT0S"),
        ("1234:59:59.5", 4445999.5, "PT4445999.5S"),
    ],
)
def test_hours_minutes_and_seconds_are_a_duration(
    written: str, seconds: float, duration: str
) -> None:
    assert clock_seconds(written) == seconds
    assert clock_duration(written) == duration


@pytest.mark.parametrize("written", ["", "12", "1:2", "-01:00:00", "aa:bb:cc", "PT5S", "1:2:3:4"])
def test_other_text_is_no_time(written: str) -> None:
    with pytest.raises(ValueError):
        clock_seconds(written)


def test_packages_write_durations_in_two_ways() -> None:
    assert (package_duration("PT1H30M"), package_seconds("PT1H30M")) == ("PT1H30M", 5400)
    assert (package_duration("01:30:00"), package_seconds("01:30:00")) == ("PT5400S", 5400)
    assert (package_duration(" "), package_seconds("")) == (None, None)
    with pytest.raises(ValueError):
        package_duration("an hour")


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(0, 0), (0.5, 50), (1, 100), (0.333, 33.3), (55.5, 55.5), ("NaN", None), ("nan", None)],
)
def test_a_completion_amount_is_a_share_of_one(amount: Any, expected: float | None) -> None:
    assert percent(amount) == expected


def test_not_a_number_is_no_number_and_no_error() -> None:
    ask = asking()
    raw = {**samples.REGISTRATION, "registrationCompletionAmount": "NaN"}

    assignment: Assignment = read(tables.ASSIGNMENT, raw, ask)

    assert assignment.progress is None
    assert not ask.unreadable
    assert optional_number("NaN") is None
    with pytest.raises(ValueError):
        optional_number("Infinity")


def test_times_are_asked_for_in_utc() -> None:
    assert moment(datetime.fromisoformat("2026-01-31T09:30:00+02:00")) == "2026-01-31T07:30:00Z"
