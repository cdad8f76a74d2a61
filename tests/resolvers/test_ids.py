"""Global ids: what goes in comes out, and nothing else is let in."""

from __future__ import annotations

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers import ids
from resolvers.entities import ENTITIES
from resolvers.errors import BadInput
from resolvers.loaders import Place

MALFORMED = "The id is malformed: use an id that this graph gave, unchanged."

types = st.sampled_from([*ENTITIES, "Source"])
sources = st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True)
keys = st.text(st.characters(codec="utf-8"), min_size=1, max_size=200)


def packed(text: str) -> str:
    """Text as an id would carry it."""
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


@given(types, sources, keys)
def test_an_id_says_again_what_it_was_made_of(type: str, source: str, key: str) -> None:
    id = ids.encode(type, source, key)

    assert ids.decode(id) == (type, source, key)
    assert ids.decode(id, type) == (type, source, key)
    assert set(id) <= set(string.ascii_letters + string.digits + "-_")


@given(types, st.lists(st.tuples(st.text(st.characters(codec="utf-8"), max_size=9), keys)))
def test_many_ids_are_the_same_as_each_alone(type: str, places: list[tuple[str, str]]) -> None:
    records = [Place(*each) for each in places]

    assert ids.encode_all(type, records) == [ids.encode(type, *each) for each in places]


@given(st.tuples(types, sources, keys), st.tuples(types, sources, keys))
def test_different_records_have_different_ids(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert (ids.encode(*one) == ids.encode(*other)) is (one == other)


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_any_text_is_an_id_of_ours_or_refused(text: str) -> None:
    try:
        found = ids.decode(text)
    except BadInput as error:
        assert str(error) == MALFORMED
    else:
        assert ids.encode(*found) == text


@given(st.binary(max_size=80))
def test_any_bytes_are_an_id_of_ours_or_refused(data: bytes) -> None:
    text = base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    try:
        found = ids.decode(text)
    except BadInput as error:
        assert str(error) == MALFORMED
    else:
        assert ids.encode(*found) == text


@given(types, sources, keys, st.data())
def test_an_id_that_was_changed_is_never_the_same_record(
    type: str, source: str, key: str, data: st.DataObject
) -> None:
    id = ids.encode(type, source, key)
    at = data.draw(st.integers(0, len(id) - 1))
    letter = data.draw(st.sampled_from(string.printable))
    changed = id[:at] + letter + id[at + 1 :]
    try:
        found = ids.decode(changed)
    except BadInput:
        assert changed != id
    else:
        assert (found == (type, source, key)) is (changed == id)


@pytest.mark.parametrize(
    "id",
    [
        "",
        " ",
        "=",
        "Q",
        "Course:acme:1",
        packed(""),
        packed("Course"),
        packed("Course:acme"),
        packed("Course:acme:"),
        packed("Course::1"),
        packed(":acme:1"),
        packed("Course:acme:1") + "=",
        packed("Course:acme:1") + "\n",
        " " + packed("Course:acme:1"),
        packed("Course:acme:?~?~").replace("_", "/").replace("-", "+"),
        packed("Course:acme:12")[:-1] + "B",
        base64.urlsafe_b64encode(b"Course:acme:\xff\xfe").rstrip(b"=").decode(),
        packed("Course:acme:1").replace("Q", "\N{FULLWIDTH LATIN CAPITAL LETTER Q}"),
        packed("Course:acme:" + "1" * ids.LONGEST),
        "A" * 1_000_000,
        "\x00",
        "\ud800",
    ],
)
def test_what_no_graph_of_ours_gave_is_refused(id: str) -> None:
    with pytest.raises(BadInput) as caught:
        ids.decode(id)

    assert str(caught.value) == MALFORMED


def test_only_one_text_stands_for_a_record() -> None:
    id = ids.encode("Course", "acme", "12")
    spare = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    accepted = []
    for letter in spare:
        try:
            accepted.append(ids.encode(*ids.decode(id[:-1] + letter)))
        except BadInput:
            continue

    assert accepted.count(id) == 1
    assert len(accepted) < len(spare)  # the others differ in bits that say nothing


def test_an_id_of_another_type_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="The id is one of a User; one of a Course is needed"):
        ids.decode(ids.encode("User", "acme", "1"), "Course")
    with pytest.raises(BadInput, match="one of a Course or a Content is needed"):
        ids.decode(ids.encode("User", "acme", "1"), "Course", "Content")
    with pytest.raises(BadInput, match="one of an Assignment; one of an Instructor is needed"):
        ids.decode(ids.encode("Assignment", "acme", "1"), "Instructor")


@pytest.mark.parametrize("type", ["<script>", "a b", "x" * 41, "Bücher", "line\nbreak"])
def test_a_type_that_is_none_is_not_repeated(type: str) -> None:
    with pytest.raises(BadInput) as caught:
        ids.decode(ids.encode(type, "acme", "1"), "Course")

    assert type not in str(caught.value)
    assert "type unknown here" in str(caught.value)


def test_a_key_may_hold_colons_and_slashes() -> None:
    key = "urn:uuid:1/../2%2F3"

    assert ids.decode(ids.encode("Content", "acme", key)).key == key
