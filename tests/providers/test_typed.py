"""Typed decoders: whatever the bytes are, they give what the table's tolerant read gives."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import providers
from coursegraph import sandbox_settings
from providers import convert
from providers.base import Ask, Query
from providers.bindbee import reading as bindbee
from providers.errors import ProviderError
from providers.layouts import AT_ONCE
from providers.model import Completion, Grade, Record, User
from providers.reading import Cell, Nested, Reader, Reading, Ref, Refs
from providers.sources import open_sources
from providers.stackone import reading as stackone
from providers.typed import Bodies, Body, Envelope, tolerant
from providers.vitalsource import reading as vitalsource
from resolvers.entities import ENTITIES

PAGE = Envelope("items", rest=("cursor",))
DATA = Envelope("data", rest=("next",))
LOOSE = Envelope(first=True, rest=("cursor",))
ONE = Envelope(many=False)
UNDER = Envelope("items", many=False)


def tables() -> Iterator[tuple[str, Reader[Any]]]:
    """Every table of every provider, by its place."""
    for module in pkgutil.walk_packages(providers.__path__, "providers."):
        found = vars(importlib.import_module(module.name))
        for name, value in found.items():
            if isinstance(value, Reader):
                yield f"{module.name.removeprefix('providers.')}.{name}", value


TABLES = {id(table): (place, table) for place, table in tables()}
"""Each once, however many modules name it."""

every_table = pytest.mark.parametrize(
    "table", [table for _, table in TABLES.values()], ids=[place for place, _ in TABLES.values()]
)


# What providers send, and what they had better not.

WORDS = st.sampled_from(
    [
        "", " ", "x", "ACTIVE", "active", "Pending", "PASS", "-", "VIDEO", "PRIMARY", "true",
        "en_GB", "C", "PT1H30M", "P1Y", "PT", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05+02:00",
        "2026-01-02T03:04:05.123456789Z", "2026-01-02", "2026-13-01", "0001-01-01T00:00:00+14:00",
        "12.5", "1e999", "nan", "COMPLETED", "UNKNOWN", "PASSED", "course", "content", "é☃",
        "\ud800", "a/b", "0000:01:02.5", "raw\n\u0000",
    ]
)  # fmt: skip
NUMBERS = st.sampled_from([0, 1, -1, 17, 2**31, 2**53 + 1, 2**70, 0.5, -0.0, 90.0, 1e300]) | (
    st.sampled_from([float("nan"), float("inf")])
)
PLAIN = st.none() | st.booleans() | NUMBERS | WORDS
CODED = st.fixed_dictionaries({"value": PLAIN, "source_value": PLAIN})
ANYTHING = st.recursive(
    PLAIN | CODED,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "value", "title", "name", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)

FITTING: Mapping[Any, st.SearchStrategy[Any]] = {
    convert.text: st.sampled_from(["x", "ACTIVE", "Fire Safety", "é☃", ""]),
    convert.key: st.sampled_from(["k1", "k2", "a/b"]),
    convert.number_key: st.sampled_from([1, 2**40, "7"]),
    convert.flag: st.booleans(),
    convert.number: st.sampled_from([0, 7, 90.5, -0.0, 2**53 + 1]),
    convert.integer: st.sampled_from([0, 7, -3]),
    convert.instant: st.sampled_from(["2026-01-02T03:04:05Z", "2026-01-02T03:04:05+02:00"]),
    convert.texts: st.lists(st.sampled_from(["a", "b"]), max_size=2),
    convert.duration: st.sampled_from(["PT1H30M", "P1Y", "PT5.5S"]),
    convert.first_text: st.sampled_from(["Fire Safety", "7"]),
    convert.full_name: st.sampled_from(["Ada", "Byron"]),
}


def values(cell: Cell, name: str, depth: int) -> st.SearchStrategy[Any]:
    """What may stand at one of a cell's places."""
    nested = cell.converter
    if not isinstance(nested, Nested):
        return FITTING.get(nested, FITTING[convert.key] if name == "id" else CODED | WORDS)
    one = FITTING[convert.key]
    if depth:
        one = one | objects(nested.reader, depth - 1)
    if isinstance(nested, Refs):
        return st.lists(one, max_size=2)
    return one if isinstance(nested, Ref) else one | st.lists(one, max_size=2)


def places(reader: Reader[Any], depth: int) -> dict[str, st.SearchStrategy[Any]]:
    """By name, what may stand in an object that a table reads; below it, as its paths have it."""
    found: dict[str, st.SearchStrategy[Any]] = {"unread": ANYTHING}
    cells = [cell for cell in (reader.key, *reader.cells.values()) if cell]
    for cell, path in [(each, path) for each in cells for path in each.paths]:
        if path:
            value = values(cell, path[-1], depth)
            for name in reversed(path[1:]):
                value = st.fixed_dictionaries({}, optional={name: value})
            found[path[0]] = found[path[0]] | value if path[0] in found else value
        elif isinstance(cell.converter, Nested):
            found = {**places(cell.converter.reader, depth), **found}
    return found


@cache
def objects(reader: Reader[Any], depth: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    """Objects as a table reads them, with a key as a rule."""
    found = places(reader, depth)
    paths = reader.key.paths if reader.key else ()
    keys = {path[0]: found.pop(path[0]) for path in paths if path and path[0] in found}
    return st.fixed_dictionaries(keys, optional={name: st.none() | found[name] for name in found})


@st.composite
def asks(draw: st.DrawFn, reader: Reader[Any]) -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """Wanted fields of every record that a table reaches, and shallow ones."""
    cells: dict[str, set[str]] = {}
    nested = set()
    waiting, seen = [reader], set()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        cells.setdefault(each.record.__name__, set()).update(each.cells)
        for name, cell in each.cells.items():
            if isinstance(cell.converter, Nested):
                nested.add(name)
                waiting.append(cell.converter.reader)
    wanted = {
        name: draw(st.just(frozenset(fields)) | st.frozensets(st.sampled_from(sorted(fields))))
        for name, fields in cells.items()
        if fields and (name == reader.record.__name__ or draw(st.booleans()))
    }
    some = st.frozensets(st.sampled_from(sorted(nested)), max_size=1) if nested else st.nothing()
    return wanted, draw(st.just(frozenset()) | some)


def shown(value: Any) -> Any:
    """A value with the types of all that is in it; of a record, the model's fields."""
    if isinstance(value, Record):
        fields = [name for name in value.__struct_fields__ if not name.startswith("_")]
        return type(value).__name__, [(name, shown(getattr(value, name))) for name in fields]
    if isinstance(value, tuple | list):
        return type(value).__name__, [shown(each) for each in value]
    return repr(value)


def outcome(read: Any, data: bytes, ask: Ask) -> Any:
    """All that reading a body does."""
    try:
        body: Body[Any] = read(data)
    except ProviderError as error:
        return error.kind, error.detail
    return (
        shown(body.records) if body.records is not None else None,
        body.count,
        shown(body.rest),
        +Counter(ask.unreadable),
        +Counter(ask.dropped),
    )


def check(
    reader: Reader[Any],
    data: bytes,
    wanted: Mapping[str, frozenset[str]],
    shallow: frozenset[str] = frozenset(),
    envelope: Envelope = PAGE,
) -> bool:
    """Whether the typed way took the bytes; both ways must come to the same."""
    typed, slow = Ask(wanted), Ask(wanted)
    bodies = Bodies()
    decode = bodies.reads(reader, Reading("acme", typed, shallow), envelope, "owner")

    def read(data: bytes) -> Body[Any]:
        return tolerant(reader, Reading("acme", slow, shallow), envelope, "owner", data)

    assert outcome(decode, data, typed) == outcome(read, data, slow)
    return bodies.refusals == 0


@every_table
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_what_fits_is_read_as_the_table_reads_it(table: Reader[Any], data: st.DataObject) -> None:
    wanted, shallow = data.draw(asks(table))
    rows = data.draw(st.lists(objects(table), min_size=1, max_size=3))
    envelope = data.draw(st.sampled_from([PAGE, LOOSE]))

    check(table, sent({"cursor": data.draw(PLAIN), "items": rows}), wanted, shallow, envelope)


@every_table
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_what_is_broken_is_read_as_the_table_reads_it(
    table: Reader[Any], data: st.DataObject
) -> None:
    wanted, shallow = data.draw(asks(table))
    row = data.draw(objects(table))
    for name in data.draw(st.lists(st.sampled_from(sorted(row)), max_size=2)) if row else ():
        row[name] = data.draw(ANYTHING)
    rows = [row, *data.draw(st.lists(objects(table, 1) | ANYTHING, max_size=1))]
    envelope = data.draw(st.sampled_from([PAGE, LOOSE]))

    check(table, sent({"items": rows, "cursor": None}), wanted, shallow, envelope)


@every_table
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_a_single_object_is_read_as_the_table_reads_it(
    table: Reader[Any], data: st.DataObject
) -> None:
    wanted, shallow = data.draw(asks(table))
    row = data.draw(objects(table, 1) | ANYTHING)

    check(table, sent(row), wanted, shallow, ONE)
    check(table, sent({"items": row}), wanted, shallow, UNDER)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b'{"items":', b"[", b"]", b"{", b"}", b'"id":', b'"k"', b",", b'"score":', b"-0",
             b"01", b"1.", b"NaN", b"1e999", b"null", b'"\\ud800"', b'"\xff"', b'"\\q"', b'"\n"',
             b'"cursor":', b" ", b'"score"', b":", b'"grade":"PASS"', b'"course":{"id":"c"}']
        ),
        max_size=12,
    ).map(b"".join) | st.binary(max_size=40)
)  # fmt: skip
def test_bytes_that_are_no_page_end_as_the_table_ends_them(data: bytes) -> None:
    for envelope in (PAGE, LOOSE, ONE):
        check(
            bindbee.COMPLETION,
            data,
            {"Completion": frozenset({"score", "grade"})},
            envelope=envelope,
        )


def sent(body: Any) -> bytes:
    """As a provider sends it: NaN and halves of surrogate pairs are among what some send."""
    return json.dumps(body).encode()


# What it is for: what fits is not refused, and what nobody asked for is not looked at.


EVERY_FIELD = {
    table.record.__name__: frozenset(table.record.__struct_fields__) - {"raw_data"}
    for _, table in TABLES.values()
}


class Recorded(httpx.AsyncBaseTransport):
    """Keeps the bodies of answers."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.bodies: list[bytes] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        self.bodies.append(await response.aread())
        stream = httpx.ByteStream(self.bodies[-1])
        return httpx.Response(response.status_code, headers=response.headers, stream=stream)


@pytest.mark.parametrize(
    ("module", "envelope"), [(bindbee, PAGE), (stackone, DATA), (vitalsource, LOOSE)]
)
async def test_what_a_provider_sends_is_not_refused(
    module: ModuleType, envelope: Envelope, transport: httpx.ASGITransport
) -> None:
    recorded = Recorded(transport)
    clients = open_sources(sandbox_settings(80), recorded)
    (client,) = (each for each in clients.values() if each.provider in module.__name__)
    for entity in ENTITIES.values():
        table = getattr(module, entity.type.upper(), None)
        if table is None or not hasattr(client, entity.listing):
            continue
        filters = {}
        if client.listings[entity.listing].needs:
            page = await client.list_courses(Ask(), Query(20))  # type: ignore[attr-defined]
            filters = {"courses": tuple(course.key for course in page.items)}
        await getattr(client, entity.listing)(Ask(EVERY_FIELD), Query(50, filters=filters))
        assert len(json.loads(recorded.bodies[-1])) > 1
        assert check(table, recorded.bodies[-1], EVERY_FIELD, envelope=envelope), entity.type
    for each in clients.values():
        await each.close()


WANTED = {"Completion": frozenset({"score", "grade", "user_ref"}), "User": frozenset({"name"})}
ROW = {
    "id": "c1",
    "score": 90,
    "grade": "PASS",
    "user": {"id": "u1", "first_name": "Ada", "last_name": "Byron", "email_address": 7},
    "started_at": ["nobody asks"],
}


def read(*rows: Any, bodies: Bodies, ask: Ask) -> list[Completion]:
    data = json.dumps({"items": rows}).encode()
    body: Body[Completion] = bodies.reads(bindbee.COMPLETION, Reading("acme", ask), PAGE)(data)
    assert body.records is not None
    return body.records


def test_records_are_the_models_and_stay_as_they_are() -> None:
    (found,) = read(ROW, bodies=Bodies(), ask=Ask(WANTED))
    user = User(source="acme", key="u1", name="Ada Byron")
    expected = Completion(source="acme", key="c1", score=90.0, grade=Grade.PASS, user_ref=user)

    assert isinstance(found, Completion) and type(found).__name__ == "Completion"
    assert found == expected and expected == found and hash(found) == hash(expected)
    assert found != Completion(source="acme", key="c1") and found != user
    with pytest.raises(AttributeError):
        found.score = 1.0  # type: ignore[misc]


def test_what_nobody_asked_for_is_not_looked_at() -> None:
    ask, bodies = Ask(WANTED), Bodies()
    data = b'{"items": [{"id": "c1", "score": 1, "note": "\xff", "started_at": {"x": [true]}}]}'
    body: Body[Completion] = bodies.reads(bindbee.COMPLETION, Reading("acme", ask), PAGE)(data)

    assert body.records == [Completion(source="acme", key="c1", score=1.0)]
    assert bodies.refusals == 0
    with pytest.raises(ProviderError):
        tolerant(bindbee.COMPLETION, Reading("acme", ask), PAGE, "", data)


def test_a_wrong_field_costs_itself_alone() -> None:
    ask = Ask(WANTED)
    found = read({**ROW, "score": [], "grade": 3}, {**ROW, "id": ""}, bodies=Bodies(), ask=ask)

    assert [(each.key, each.score, each.grade) for each in found] == [("c1", None, None)]
    assert found[0].user_ref == User(source="acme", key="u1", name="Ada Byron")
    assert ask.unreadable == {("acme", "Completion.score"): 1, ("acme", "Completion.grade"): 1}
    assert ask.dropped == {("acme", "Completion"): 1}


def test_a_value_that_no_converter_takes_is_counted_without_a_refusal() -> None:
    ask, bodies = Ask(WANTED), Bodies()
    (found,) = read({**ROW, "grade": 3}, bodies=bodies, ask=ask)

    assert found.grade is None and found.score == 90.0
    assert ask.unreadable == {("acme", "Completion.grade"): 1}
    assert bodies.refusals == 0


def test_many_rows_are_judged_each_by_itself() -> None:
    grades = [("PASS", Grade.PASS), (3, None), (None, None), ("fail", Grade.FAIL), ("odd", None)]
    rows = [{**ROW, "id": f"c{at}", "grade": grades[at % 5][0]} for at in range(5 * AT_ONCE)]
    ask, bodies = Ask(WANTED), Bodies()

    found = read(*rows, bodies=bodies, ask=ask)

    assert [each.key for each in found] == [row["id"] for row in rows]
    assert [each.grade for each in found] == [grade for _, grade in grades] * AT_ONCE
    assert ask.unreadable == {("acme", "Completion.grade"): AT_ONCE}
    assert bodies.refusals == 0


def test_a_table_whose_bodies_are_refused_is_left_alone_for_a_while() -> None:
    bodies = Bodies()
    tried = []
    for _ in range(40):
        ask = Ask(WANTED)
        before = bodies.refusals
        read({**ROW, "score": []}, bodies=bodies, ask=ask)
        tried.append(bodies.refusals > before)
        assert ask.unreadable == {("acme", "Completion.score"): 1}

    assert [number for number, once in enumerate(tried) if once] == [0, 3, 8, 17, 34]
    fitting = [type(read(ROW, bodies=bodies, ask=Ask(WANTED))[0]) for _ in range(64)]
    assert fitting.index(fitting[-1]) > 0 and fitting[0] is Completion is not fitting[-1]


def test_a_hostile_body_can_name_no_source_and_no_field_of_ours() -> None:
    row = {**ROW, "source": "other", "key": "other", "\uffffsource": "other", "_1": "other"}
    (found,) = read(row, bodies=Bodies(), ask=Ask(WANTED))

    assert (found.source, found.key, found.remote_id) == ("acme", "c1", None)


def test_what_is_inside_itself_is_read_to_any_depth() -> None:
    wanted = {"Course": frozenset({"content_refs"}), "Content": frozenset({"course_refs"})}
    inner = {"id": "k1", "courses": [{"id": "c2", "contents": ["k2", {"id": "k3"}]}]}

    assert check(bindbee.COURSE, sent({"items": [{"id": "c1", "contents": [inner]}]}), wanted)


def test_layouts_are_made_once_for_each_selection() -> None:
    one, two, other = (
        type(read(ROW, bodies=Bodies(), ask=Ask(wanted))[0])
        for wanted in (
            WANTED,
            {**WANTED, "Course": frozenset({"url"})},
            {**WANTED, "User": frozenset()},
        )
    )
    assert one is not other and one is not Completion
    assert type(read(ROW, bodies=Bodies(), ask=Ask(WANTED))[0]) is one
    assert two is not one  # A course is within a completion's reach.
