"""Tables that make records: what is read, what a bad value costs, and what a table needs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import convert
from providers.base import Ask, join_key
from providers.model import Category, Completion, Course, Level, Record, User
from providers.reading import Facet, Reader, Reading, Ref, Refs, Unkeyed


class Extra(Record, frozen=True, kw_only=True):
    """What only one provider has."""

    shade: str | None = None


EXTRA = Reader(Extra, owned=True, shade="extras.shade")
CATEGORY = Reader(Category, key="id", name="name")
COURSE: Reader[Course] = Reader(
    Course,
    key="id",
    title=(("name", "id"), convert.first_text),
    description="about.text",
    duration_seconds="length",
    tags="tags",
    created_at="created",
    starts_on="start",
    custom_fields="custom",
    category_refs=("categories", Refs(CATEGORY)),
    facet=("", Facet(EXTRA)),
)
COMPLETION = Reader(
    Completion,
    key=(("user", "number"), lambda owner, user, number: join_key(owner, user, str(number))),
    owned=True,
    course_ref=("course", Ref(lambda: COURSE)),
)
EVERYTHING = {
    table.record.__name__: frozenset(table.cells) for table in (EXTRA, CATEGORY, COURSE, COMPLETION)
}

RAW = {
    "id": "c1",
    "name": "Fire Safety",
    "about": {"text": "What burns."},
    "length": 90,
    "tags": ["a"],
    "created": "2026-01-01T00:00:00Z",
    "start": "2026-01-02",
    "custom": {"deep": [1, {"er": None}]},
    "categories": ["k1", {"id": "k2", "name": "Safety"}],
    "extras": {"shade": "red"},
}


def reading(ask: Ask | None = None, *shallow: str) -> Reading:
    return Reading("acme", ask or Ask(EVERYTHING), frozenset(shallow))


def test_a_table_reads_every_field_from_its_place() -> None:
    course = COURSE.read(RAW, reading())

    assert course.title == "Fire Safety"
    assert course.description == "What burns."
    assert course.duration_seconds == 90.0
    assert course.tags == ("a",)
    assert course.custom_fields == {"deep": [1, {"er": None}]}
    assert course.created_at and course.created_at.isoformat() == "2026-01-01T00:00:00+00:00"
    assert course.starts_on and course.starts_on.isoformat() == "2026-01-02"
    assert course.category_refs == ("k1", Category(source="acme", key="k2", name="Safety"))
    assert course.facet == Extra(source="acme", key="c1", shade="red")


def test_only_what_is_wanted_is_read() -> None:
    ask = Ask({"Course": frozenset({"title", "facet"})})

    assert COURSE.read({**RAW, "length": []}, reading(ask)) == Course(
        source="acme", key="c1", title="Fire Safety"
    )
    assert not ask.unreadable


def test_a_facet_that_is_wanted_for_its_key_alone_is_there() -> None:
    ask = Ask({"Course": frozenset({"facet"}), "Extra": frozenset()})

    assert COURSE.read(RAW, reading(ask)).facet == Extra(source="acme", key="c1")


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("about.text", "description"),
        ("length", "duration_seconds"),
        ("tags", "tags"),
        ("created", "created_at"),
        ("start", "starts_on"),
        ("categories", "category_refs"),
    ],
)
@pytest.mark.parametrize("wrong", [{"x": 1}, True, "nonsense", 17, [{"x": 1}, 2.5]])
def test_a_bad_value_costs_its_own_field_and_is_counted(name: str, field: str, wrong: Any) -> None:
    if (name, wrong) in [("length", 17), ("about.text", "nonsense")]:
        return
    ask = Ask(EVERYTHING)
    head, _, rest = name.partition(".")
    found = COURSE.read({**RAW, head: {rest: wrong} if rest else wrong}, reading(ask))
    whole = COURSE.read(RAW, reading())

    assert getattr(found, field) in (None, ())
    for other in set(COURSE.cells) - {field}:
        assert getattr(found, other) == getattr(whole, other)
    assert ask.unreadable["acme", f"Course.{field}"] + ask.dropped["acme", "Category"] > 0


@given(
    st.dictionaries(
        st.sampled_from(sorted(RAW)),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["id", "text", "shade", "name"]), inner)
            ),
            max_leaves=5,
        ),
    )
)
def test_whatever_comes_in_a_list_never_breaks_a_page(raw: dict[str, Any]) -> None:
    ask = Ask(EVERYTHING)
    found = COURSE.read_all([RAW, raw, RAW], reading(ask))

    assert len(found) + ask.dropped["acme", "Course"] == 3
    assert found[0] == found[-1] == COURSE.read(RAW, reading())


@pytest.mark.parametrize("broken", [None, 7, "c1", [], {}, {"id": None}, {"id": ""}, {"id": {}}])
def test_what_has_no_key_is_left_out_and_counted(broken: Any) -> None:
    ask = Ask(EVERYTHING)

    with pytest.raises(Unkeyed):
        COURSE.read(broken, reading(ask))
    assert [each.key for each in COURSE.read_all([RAW, broken], reading(ask))] == ["c1"]
    assert ask.dropped["acme", "Course"] == 1


def test_records_in_a_list_that_have_no_key_are_left_out_and_counted() -> None:
    ask = Ask(EVERYTHING)
    found = COURSE.read({"id": "c1", "categories": ["k1", {"name": "?"}, None, 7]}, reading(ask))

    assert found.category_refs == ("k1", "7")
    assert ask.dropped["acme", "Category"] == 2


def test_of_embedded_objects_that_hold_too_little_only_the_key_is_taken() -> None:
    found = COURSE.read(RAW, reading(None, "category_refs"))

    assert found.category_refs == ("k1", "k2")


def test_a_key_may_hold_its_owners() -> None:
    raw = {"user": "u/1", "number": 3, "course": RAW}
    found = COMPLETION.read(raw, reading(), "owner")

    assert found.key == "owner/u%2F1/3"
    assert found.course_ref == COURSE.read(RAW, reading())
    assert COMPLETION.read({**raw, "course": "c1"}, reading(), "o").course_ref == "c1"
    with pytest.raises(Unkeyed):
        COMPLETION.read({"number": 3}, reading(), "owner")


def test_a_table_knows_which_names_its_fields_need() -> None:
    assert COURSE.names(["title"]) == ["id", "name"]
    assert COURSE.names(["category_refs", "description"]) == ["id", "about", "categories"]
    assert COURSE.names(["facet"]) == ["id"]
    assert COMPLETION.names(["course_ref"]) == ["user", "number", "course"]


def test_a_selection_is_what_is_wanted_within_a_tables_reach() -> None:
    assert COMPLETION.reach == ("Completion", "Course", "Extra", "Category")
    wanted = {"Course": frozenset({"title"}), "Category": frozenset[str](), "User": frozenset("x")}
    selection = COMPLETION.selection(Ask(wanted))

    assert selection == COMPLETION.selection(Ask({**wanted, "User": frozenset()}))
    assert selection != COMPLETION.selection(Ask({**wanted, "Extra": frozenset()}))
    assert COMPLETION.selected(selection) == {name: wanted[name] for name in ("Course", "Category")}


def test_a_table_with_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="Course has no field titel"):
        Reader(Course, key="id", titel="name")


@pytest.mark.parametrize(
    ("record", "field"), [(Course, "status"), (Course, "category_refs"), (Category, "level")]
)
def test_a_field_whose_type_does_not_say_how_needs_a_converter(
    record: type[Record], field: str
) -> None:
    with pytest.raises(TypeError, match="needs a converter"):
        Reader(record, **{"key": "id", field: "word"})  # type: ignore[arg-type]


def test_the_type_of_a_field_says_how_to_read_it() -> None:
    table = Reader(
        Category,
        key="id",
        name="name",
        updated_at="when",
        raw_data="raw",
        level=("level", convert.choice({each.value: each for each in Level})),
    )
    ask = Ask({"Category": frozenset(table.cells)})
    raw = {"id": 1, "name": "n", "when": "2026-01-01", "raw": [1], "level": "primary"}
    found = table.read(raw, reading(ask))

    assert (found.key, found.name, found.raw_data) == ("1", "n", [1])
    assert found.updated_at is not None
    assert found.level is Level.PRIMARY


def test_a_missing_value_is_not_an_unreadable_one() -> None:
    ask = Ask({"User": frozenset({"name", "email"})})
    table = Reader(
        User, key="id", name=(("first", "last"), convert.full_name), email="contact.email"
    )

    for raw in ({"id": "u"}, {"id": "u", "first": None, "last": None, "contact": None}):
        assert table.read(raw, reading(ask)) == User(source="acme", key="u")
    assert table.read({"id": "u", "contact": "no object"}, reading(ask)).email is None
    assert not ask.unreadable
