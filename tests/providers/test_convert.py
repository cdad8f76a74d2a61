"""The converters: what they make of good values, and that they make nothing of bad ones."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import convert
from providers.model import Grade, Language, Result, Status

REFUSALS = (TypeError, ValueError, ArithmeticError)
"""What a reader takes for "this field can't be read"."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)

SINGLE = (
    convert.text, convert.key, convert.texts, convert.keys, convert.flag, convert.number,
    convert.integer, convert.number_text, convert.instant, convert.day, convert.duration,
    convert.duration_seconds, convert.seconds_duration, convert.languages, convert.grade,
    convert.result_of_grade, convert.full_name, convert.first_text,
)  # fmt: skip


@given(JSON)
def test_a_converter_answers_or_refuses_and_never_breaks(value: Any) -> None:
    for converter in SINGLE:
        try:
            converter(value)
        except REFUSALS:
            continue


@given(JSON)
def test_numbers_are_finite(value: Any) -> None:
    for converter in (convert.number, convert.integer):
        try:
            found = converter(value)
        except REFUSALS:
            continue
        assert isinstance(found, int) or math.isfinite(found)


@pytest.mark.parametrize(
    ("value", "key"), [("a/b", "a/b"), (12345678910, "12345678910"), (0, "0"), (" ", " ")]
)
def test_a_key_is_text_or_a_whole_number(value: Any, key: str) -> None:
    assert convert.key(value) == key


@pytest.mark.parametrize("value", ["", True, False, 1.0, None, [], {}])
def test_nothing_else_is_a_key(value: Any) -> None:
    with pytest.raises(TypeError):
        convert.key(value)


def test_lists_hold_one_kind_of_thing() -> None:
    assert convert.texts(["a", ""]) == ("a", "")
    assert convert.keys(["a", 1]) == ("a", "1")
    assert convert.texts([]) == convert.keys([]) == ()
    for wrong in ("ab", {"a": 1}, ["a", None], ["a", ["b"]]):
        with pytest.raises(TypeError):
            convert.texts(wrong)


def test_the_first_text_that_is_not_blank_is_taken() -> None:
    assert convert.first_text(None, "  ", "", "Title", "id") == "Title"
    assert convert.first_text([], True, 12) == "12"
    with pytest.raises(TypeError):
        convert.first_text(None, " ", {})


def test_a_name_is_made_of_the_parts_that_are_there() -> None:
    assert convert.full_name(" Ada ", None, "Byron") == "Ada Byron"
    assert convert.full_name("Ada", 7, " ") == "Ada"
    with pytest.raises(ValueError):
        convert.full_name(None, "", 7)


@pytest.mark.parametrize(
    ("value", "found"), [(True, True), (False, False), ("true", True), ("FALSE", False)]
)
def test_a_flag_may_be_text(value: Any, found: bool) -> None:
    assert convert.flag(value) is found


@pytest.mark.parametrize("value", ["yes", "", 1, 0, None, []])
def test_nothing_else_is_a_flag(value: Any) -> None:
    with pytest.raises(TypeError):
        convert.flag(value)


@pytest.mark.parametrize(
    ("value", "found"), [(95, 95.0), ("95.5", 95.5), (-0.5, -0.5), ("1e2", 100.0)]
)
def test_a_number_may_be_text(value: Any, found: float) -> None:
    assert convert.number(value) == found


@pytest.mark.parametrize("value", ["NaN", "inf", "", "95%", True, None, math.nan, [1], 10**400])
def test_nothing_else_is_a_number(value: Any) -> None:
    with pytest.raises(REFUSALS):
        convert.number(value)


def test_a_whole_number_may_have_a_zero_fraction() -> None:
    assert convert.integer("3.0") == 3
    assert convert.integer(1234567891) == 1234567891
    with pytest.raises(ValueError):
        convert.integer(3.5)


def test_a_score_is_also_kept_as_it_was_written() -> None:
    assert convert.number_text(95) == "95"
    assert convert.number_text(95.5) == "95.5"
    assert convert.number_text("very good") == "very good"
    with pytest.raises(TypeError):
        convert.number_text(True)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2018-12-04T15:59:59Z", datetime(2018, 12, 4, 15, 59, 59, tzinfo=UTC)),
        ("2018-12-04T15:59:59.5+02:00", datetime(2018, 12, 4, 13, 59, 59, 500_000, tzinfo=UTC)),
        ("2018-12-04T15:59:59", datetime(2018, 12, 4, 15, 59, 59, tzinfo=UTC)),
        ("2018-12-04", datetime(2018, 12, 4, tzinfo=UTC)),
    ],
)
def test_an_instant_is_in_utc(value: str, found: datetime) -> None:
    assert convert.instant(value) == found
    assert convert.instant(value).tzinfo is UTC


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_read_as_it_was_written(moment: datetime) -> None:
    assert convert.instant(moment.isoformat()) == moment


@pytest.mark.parametrize(
    "value", ["", "yesterday", "2018-13-01", 1543939199, None, "0001-01-01T00:00:00+14:00"]
)
def test_nothing_else_is_an_instant(value: Any) -> None:
    with pytest.raises(REFUSALS):
        convert.instant(value)


def test_a_day_is_the_one_in_its_own_offset() -> None:
    assert convert.day("2018-12-20") == date(2018, 12, 20)
    assert convert.day("2018-12-20T23:30:00-05:00") == date(2018, 12, 20)


COUNT = st.integers(min_value=0, max_value=9_999)


@given(
    weeks=COUNT, days=COUNT, hours=COUNT, minutes=COUNT, seconds=st.integers(0, 10**6), thousandths=
    st.integers(0, 999),
)  # fmt: skip
def test_a_duration_is_as_long_as_its_parts(
    weeks: int, days: int, hours: int, minutes: int, seconds: int, thousandths: int
) -> None:
    written = f"P{weeks}W{days}DT{hours}H{minutes}M{seconds}.{thousandths:03}S"
    whole = ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds

    assert convert.duration(written) == written
    assert convert.duration_seconds(written) == pytest.approx(whole + thousandths / 1000)


@given(st.text(alphabet="PTYMWDHS0123456789.,-+ ١", max_size=20) | st.text())
def test_what_is_taken_for_a_duration_is_one(value: str) -> None:
    try:
        found = convert.duration(value)
    except ValueError:
        return
    assert re.fullmatch(r"P(\d+[YMWD])*(T(\d+[HM])*(\d+(\.\d+)?S)?)?", found, re.ASCII)
    assert found[-1] not in "PT"


@given(st.floats(min_value=0, max_value=1e15))
def test_seconds_make_a_duration_of_that_length(seconds: float) -> None:
    written = convert.seconds_duration(seconds)

    assert convert.duration(written) == written
    assert convert.duration_seconds(written) == pytest.approx(seconds, rel=1e-9, abs=0.0006)


@pytest.mark.parametrize("value", [-1, "-0.5", "NaN", True, None, [90]])
def test_nothing_else_makes_a_duration(value: Any) -> None:
    with pytest.raises(REFUSALS):
        convert.seconds_duration(value)


@pytest.mark.parametrize("value", ["P1Y", "P2M", "P1Y6M3DT4H"])
def test_years_and_months_have_no_length(value: str) -> None:
    assert convert.duration(value) == value
    with pytest.raises(ValueError, match="no fixed length"):
        convert.duration_seconds(value)
    assert convert.duration_seconds("P0Y0M1D") == 86_400


@pytest.mark.parametrize("value", ["", "P", "PT", "P1DT", "1H", "PT1H1D", "-P1D", "90", 90, None])
def test_nothing_else_is_a_duration(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        convert.duration(value)


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("en_GB", "en-GB"),
        ("en", "en"),
        ("zh_Hans_CN", "zh-Hans-CN"),
        ("C", None),
        ("POSIX", None),
        ("", None),
        ("en_GB.UTF-8", None),
        ("klingon!", None),
    ],
)
def test_a_language_has_its_code_and_its_tag(code: str, tag: str | None) -> None:
    assert convert.language(code) == Language(code, tag)


def test_languages_are_codes_or_objects_with_a_code() -> None:
    english = Language("en_GB", "en-GB")

    assert convert.languages(["en_GB", {"value": "en_GB"}, None, {"value": None}]) == (
        english,
        english,
    )
    for wrong in ("en_GB", [1], [{"value": ["en"]}]):
        with pytest.raises(TypeError):
            convert.languages(wrong)


def test_a_word_is_looked_up_whatever_its_case() -> None:
    status = convert.choice({each.value: each for each in Status})

    assert status("active") is Status.ACTIVE
    assert status("ARCHIVED") is None
    with pytest.raises(TypeError):
        status(1)


@pytest.mark.parametrize(
    ("value", "grade", "result"),
    [
        ("A", Grade.A, Result.PASSED),
        ("d", Grade.D, Result.PASSED),
        ("F", Grade.F, Result.FAILED),
        ("pass", Grade.PASS, Result.PASSED),
        ("FAIL", Grade.FAIL, Result.FAILED),
        ("-", Grade.NONE, None),
        ("A+", None, None),
        ("NONE", None, None),
    ],
)
def test_a_grade_says_whether_it_is_a_pass(
    value: str, grade: Grade | None, result: Result | None
) -> None:
    assert convert.grade(value) is grade
    assert convert.result_of_grade(value) is result


@pytest.mark.parametrize("value", [2**31, -(2**31), 99_999_999_999, "4294967296", 1e12])
def test_a_whole_number_beyond_what_callers_can_be_given_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="too large"):
        convert.integer(value)
