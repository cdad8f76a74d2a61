"""What every client is built from: keys, the terms of a question, pages and walks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.base import (
    Ask,
    Head,
    Page,
    Walk,
    found_one_by_one,
    heads,
    heads_one_by_one,
    join_key,
    split_key,
)
from providers.errors import Kind, ProviderError
from providers.http import fill
from providers.model import Course, User


def courses(*keys: str) -> list[Course]:
    return [Course(source="acme", key=key) for key in keys]


PART = st.text(min_size=1)


@given(st.lists(PART, min_size=1, max_size=4))
def test_a_joined_key_is_split_into_the_same_parts(parts: list[str]) -> None:
    assert split_key(join_key(*parts), len(parts)) == tuple(parts)
    assert split_key(join_key(*parts), len(parts) + 1) is None


@given(st.lists(PART, min_size=2, max_size=3), st.lists(PART, min_size=2, max_size=3))
def test_different_parts_make_different_keys(one: list[str], other: list[str]) -> None:
    assert (join_key(*one) == join_key(*other)) == (one == other)


@given(st.text(), st.integers(1, 3))
def test_what_is_no_joined_key_is_not_split(key: str, parts: int) -> None:
    found = split_key(key, parts)

    assert found is None or join_key(*found) == key


@pytest.mark.parametrize("key", ["", "a", "a/", "/b", "a//b", "a/b/c", "a%2fb/c", "ä/b", "a b/c"])
def test_there_is_one_way_to_write_a_key(key: str) -> None:
    assert split_key(key, 2) is None


@given(st.text())
def test_a_key_fills_exactly_one_place_of_a_path(key: str) -> None:
    try:
        path = fill("/things/{}/parts", key)
    except ProviderError as error:
        assert error.kind is Kind.INVALID_KEY
        return
    assert path.count("/") == 3
    url = httpx.URL("http://vendor.example/api" + path)
    assert url.raw_path == f"/api{path}".encode()
    assert url.path == f"/api/things/{key}/parts"


async def test_a_walk_reads_each_page_once_whoever_asks() -> None:
    read: list[str | None] = []

    async def page(token: str | None) -> Page[Course]:
        read.append(token)
        await asyncio.sleep(0)
        number = int(token or 0)
        return Page(courses(f"{number}a", f"{number}b"), str(number + 1) if number < 2 else None)

    walk = Walk(page)

    async def every() -> list[str]:
        found, number = [], 0
        while (rows := await walk.page(number)) is not None:
            found += [row.key for row in rows]
            number += 1
        return found

    one, other = await asyncio.gather(every(), every())
    assert one == other == ["0a", "0b", "1a", "1b", "2a", "2b"]
    assert read == [None, "1", "2"]
    assert walk.ended


async def test_a_walk_that_breaks_off_keeps_its_pages_and_tries_again() -> None:
    failures = [ProviderError(Kind.UNAVAILABLE, "down")]

    async def page(token: str | None) -> Page[Course]:
        if token and failures:
            raise failures.pop()
        return Page(courses(token or "0"), None if token else "1")

    walk = Walk(page)

    with pytest.raises(ProviderError):
        await walk.page(1)
    assert await walk.page(0) == courses("0")
    assert await walk.page(1) == courses("1")
    assert await walk.page(2) is None


async def test_a_walk_ends_where_a_page_names_itself_as_the_next() -> None:
    async def page(token: str | None) -> Page[Course]:
        return Page(courses("a"), "same")

    walk = Walk(page)

    assert [await walk.page(number) is not None for number in range(3)] == [True, True, False]


def test_first_rows_say_whether_there_are_more() -> None:
    rows = {"x": courses("a", "b", "c"), "y": courses("d", "e")}

    assert heads(["x", "y", "z"], rows, 2, complete=True) == {
        "x": Head(courses("a", "b"), more=True),
        "y": Head(courses("d", "e")),
        "z": Head([]),
    }
    assert heads(["y", "z"], rows, 2, complete=False) == {
        "y": Head(courses("d", "e"), more=True),
        "z": Head([], more=True),
    }


async def test_one_parent_that_fails_costs_its_own_rows() -> None:
    error = ProviderError(Kind.FORBIDDEN, "no")

    async def read(parent: str) -> Page[Course]:
        if parent == "bad":
            raise error
        return Page(courses("a", "b"), "2" if parent == "long" else None)

    found = await heads_one_by_one(["bad", "long", "short", "cut"], read, 2)
    assert found == {
        "bad": error,
        "long": Head(courses("a", "b"), more=True),
        "short": Head(courses("a", "b")),
        "cut": Head(courses("a", "b")),
    }
    assert (await heads_one_by_one(["short"], read, 1))["short"] == Head(courses("a"), more=True)


async def test_a_missing_record_is_absent_and_an_error_stands_for_its_own_key() -> None:
    error = ProviderError(Kind.UNAVAILABLE, "down")

    async def read(key: str) -> Course | None:
        if key == "bad":
            raise error
        return None if key == "gone" else courses(key)[0]

    found = await found_one_by_one(["a", "gone", "bad"], read)
    assert found == {"a": courses("a")[0], "bad": error}


def test_a_budget_is_spent_source_by_source() -> None:
    ask = Ask(budget=2)
    ask.spend("one", "bindbee")
    ask.spend("one", "bindbee")
    ask.spend("other", "bindbee")

    with pytest.raises(ProviderError) as caught:
        ask.spend("one", "bindbee")
    error = caught.value
    assert (error.kind, error.source, error.provider) == (Kind.BUDGET_EXCEEDED, "one", "bindbee")
    assert not error.retryable
    assert ask.spent == {"one": 2, "other": 1}


def test_an_ask_knows_the_fields_by_type_and_makes_shared_things_once() -> None:
    ask = Ask({"Course": frozenset({"title"})})
    made: list[Sequence[int]] = []

    def make() -> Sequence[int]:
        made.append([])
        return made[-1]

    assert ask.fields(Course) == {"title"}
    assert ask.fields(User) == frozenset()
    assert ask.once(("a", 1), make) is ask.once(("a", 1), make)
    assert ask.once(("a", 2), make) is made[1]
    assert len(made) == 2


def test_what_is_wanted_besides_shares_all_else_with_the_ask() -> None:
    ask = Ask({"Course": frozenset({"title"})})
    wider = ask.wanting(Course, "url").wanting(User, "email")

    assert wider.wanted == {"Course": frozenset({"title", "url"}), "User": frozenset({"email"})}
    assert wider.calls is ask.calls and wider.unreadable is ask.unreadable
    assert ask.wanting(Course, "title") is ask
    assert ask.wanted == {"Course": frozenset({"title"})}
