"""What is accepted, by the rule of RFC 9110, section 12.5.1, written down here a second time."""

from __future__ import annotations

import time

from hypothesis import example, given
from hypothesis import strategies as st

from graph.accepted import Form, accepted

JSON = "application/json"
NEW = "application/graphql-response+json"
EVENTS = "text/event-stream"
PAGE = "text/html"

weights = st.sampled_from(["", ";q=0", ";q=0.0", ";q=0.3", ";q=0.7", ";q=1", "; Q=0.5"])
names = st.sampled_from([JSON, NEW, EVENTS, PAGE, "application/*", "text/*", "*/*", "image/png"])
accepts = st.lists(st.tuples(names, weights), min_size=1, max_size=6)


def quality(type: str, said: list[tuple[str, str]]) -> float | None:
    """How much a type is wanted: the first range says, by falling specificity."""
    for range in (type, type.partition("/")[0] + "/*", "*/*"):
        for name, weight in said:
            if name == range:
                return float(weight.partition("=")[2] or 1)
    return None


def written(said: list[tuple[str, str]]) -> str:
    return ", ".join(name + weight for name, weight in said)


@given(accepts)
@example([(JSON, ";q=0"), ("*/*", "")])
def test_json_is_of_the_type_that_is_wanted_most_and_of_none_that_is_not_accepted(
    said: list[tuple[str, str]],
) -> None:
    found = accepted(written(said)).json
    plain, new = quality(JSON, said) or 0, quality(NEW, said) or 0

    assert found == "" or quality(found, said)
    assert (found == "") == (plain == new == 0)
    if plain != new:
        assert found == (JSON if plain > new else NEW)
    elif found:  # wanted alike: what is named goes first, and then in the order of the names
        named = [name for name, _ in said if name in (JSON, NEW)]
        assert found == (named[0] if named else JSON)


@given(accepts)
def test_events_are_for_who_names_them(said: list[tuple[str, str]]) -> None:
    found = accepted(written(said))
    named = any(name == EVENTS for name, _ in said)
    wanted = (quality(EVENTS, said) or 0) if named else 0
    json = max(quality(JSON, said) or 0, quality(NEW, said) or 0)

    assert (Form.EVENTS in found.forms) == (wanted > 0)
    if wanted != json:
        assert found.prefers_events == (wanted > json)
    elif not wanted:
        assert not found.prefers_events


@given(accepts)
def test_a_page_is_for_who_names_it_and_wants_no_json_more(said: list[tuple[str, str]]) -> None:
    wanted = (quality(PAGE, said) or 0) if any(name == PAGE for name, _ in said) else 0
    json = max(quality(JSON, said) or 0, quality(NEW, said) or 0)

    assert accepted(written(said)).page == (wanted > 0 and wanted >= json)


parts = {
    Form.SUBSCRIPTION_PARTS: "multipart/mixed;boundary=graphql;subscriptionSpec=1.0",
    Form.INCREMENTAL_PARTS: "multipart/mixed;incrementalSpec=v0.2",
    Form.PATCHES: 'multipart/mixed; deferSpec="20220824"',
}


@given(st.permutations(list(parts)), st.lists(st.integers(0, 9), min_size=3, max_size=3))
def test_streams_come_in_the_order_in_which_they_are_wanted(
    order: list[Form], tenths: list[int]
) -> None:
    weighed = dict(zip(order, tenths, strict=True))
    accept = ", ".join(f"{parts[each]};q=0.{tenth}" for each, tenth in weighed.items())

    assert list(accepted(accept).forms) == sorted(
        (each for each in order if weighed[each]), key=lambda each: -weighed[each]
    )


def test_multipart_by_its_mere_name_is_todays_and_says_nothing_of_the_others() -> None:
    assert accepted("multipart/mixed").forms == (Form.INCREMENTAL_PARTS,)
    assert accepted(f"multipart/mixed;q=0, {parts[Form.PATCHES]}").forms == (Form.PATCHES,)
    assert accepted("multipart/mixed;subscriptionSpec=2.0, */*").forms == ()
    assert accepted("multipart/mixed;deferSpec=20990101").forms == ()


@given(st.text('aq0.1=;,*/"\\ +json', max_size=60) | st.text(max_size=60))
@example('application/json;q="')
@example('application/json;a="\\')
@example(";q=1,;,=")
@example("*;q=..1")
def test_nothing_that_is_malformed_fails(accept: str) -> None:
    assert accepted(accept).json in ("", JSON, NEW)


def test_a_comma_in_quotes_separates_nothing() -> None:
    assert accepted(f'image/png;a="x, {JSON};q=1", {NEW};q=0.1').json == NEW
    assert accepted(f'image/png;a="\\", {JSON}').json == ""


def test_long_headers_are_read_in_time_linear_in_them() -> None:
    for piece in ('"', '\\"', ";", ',"a', "a;q=0.1,", '"a"b', ' ;a="'):
        begun = time.process_time()
        accepted(piece * (60_000 // len(piece)))
        assert time.process_time() - begun < 0.5, piece
