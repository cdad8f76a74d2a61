"""What every provider's client keeps to, picked by the methods that it has: lists, keys, pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pytest

from providers.base import Ask, Head, Page, Query
from providers.errors import Kind, ProviderError
from providers.model import RECORDS
from providers.sources import PROVIDERS
from tests.providers.conforming import (
    BULKY,
    GARBAGE,
    HOSTILE,
    MOUNTS,
    PLURALS,
    Opened,
    asking,
    every,
    key_of,
    page_of,
    relations,
    wanted,
)


def test_every_provider_is_in_the_sandbox() -> None:
    assert set(MOUNTS) == set(PROVIDERS)


def test_every_shared_record_can_be_read_by_key() -> None:
    assert set(PLURALS.values()) == {record.__name__ for record in RECORDS}


# Lists and reads by key.


async def test_what_is_listed_can_be_read_by_its_key_and_is_equal(source: Opened) -> None:
    for plural in source.lists:
        rows = (await source.every(plural))[:40]
        assert len(rows) >= 12, plural
        assert {row.source for row in rows} == {source.client.source}
        found = await source.read(plural, asking(), [row.key for row in rows])
        assert found == {row.key: row for row in rows}, plural


async def test_whole_answers_are_the_same_in_lists_and_by_key(source: Opened) -> None:
    for plural in source.lists:
        fields = wanted() | {PLURALS[plural]: wanted()[PLURALS[plural]] | BULKY}
        query = Query(10, filters=await source.given(plural))
        page = await source.read(f"list_{plural}", Ask(fields, budget=10_000), query)
        keys = [row.key for row in page.items]
        found = await source.read(plural, Ask(fields, budget=10_000), keys)
        assert found == dict(zip(keys, page.items, strict=True)), plural


async def test_the_fields_that_are_not_wanted_are_not_there(source: Opened) -> None:
    for plural in source.lists:
        given = await source.given(plural)
        ask = Ask({PLURALS[plural]: frozenset()}, budget=10_000)
        page = await source.read(f"list_{plural}", ask, Query(5, filters=given))
        for row in page.items:
            assert row == type(row)(source=source.client.source, key=row.key)


@pytest.mark.parametrize("size", [1, 7, 100])
async def test_a_walk_of_any_size_gives_every_row_once(source: Opened, size: int) -> None:
    for plural in source.lists:
        whole = await source.every(plural, 1000)
        rows = await source.every(plural, size)
        keys = [row.key for row in rows]
        assert len(keys) == len(set(keys)) >= 12, plural
        assert rows == whole, plural


async def test_a_page_is_the_same_whoever_asks_for_it(source: Opened) -> None:
    for plural in source.lists:
        given = await source.given(plural)
        read = partial(source.read, f"list_{plural}")
        first = await read(asking(), Query(5, filters=given))
        assert await read(asking(), Query(5, filters=given)) == first, plural
        if first.next is not None:
            query = Query(5, first.next, given)
            assert await read(asking(), query) == await read(asking(), query), plural


async def test_one_operation_may_ask_for_a_record_twice(source: Opened) -> None:
    for plural in source.lists:
        key = (await source.keys(plural))[0]
        ask = asking()
        first = await source.read(plural, ask, [key])
        assert first == await source.read(plural, ask, [key])
        assert list(first) == [key]


# Rows of parents.

IN_ANOTHER_ORDER = {("stackone", "users")}
"""Parents whose own lists are in another order than the whole list: all of a parent's rows may be
read from the whole list, but no part of them, since what follows it is read from the parent's."""


def keys_of(rows: Sequence[Any]) -> list[str]:
    return [row.key for row in rows]


async def test_first_rows_of_many_parents_are_those_of_each_ones_pages(source: Opened) -> None:
    checked = 0
    for children, parents, parent in relations(source.client):
        keys = (await source.keys(parents))[:14]
        for first in (1, 3):
            heads = await source.read(f"{children}_of_{parents}", asking(), keys, first)
            assert set(heads) == set(keys), (children, parents)
            for key, head in heads.items():
                if head is None:
                    continue
                assert isinstance(head, Head), (children, parents, head)
                rows = await every(partial(page_of, source, children, parent, key), 100)
                if not head.more and (source.client.provider, parents) in IN_ANOTHER_ORDER:
                    assert sorted(keys_of(head.items)) == sorted(keys_of(rows))
                else:
                    assert list(head.items) == rows[:first], (children, parents, key)
                assert head.more or len(rows) <= first, (children, parents, key)
                checked += len(head.items)
    assert checked > 20


@pytest.mark.parametrize("size", [1, 7])
async def test_a_walk_through_one_parents_rows_gives_every_row_once(
    source: Opened, size: int
) -> None:
    for children, parents, parent in relations(source.client):
        for key in (await source.keys(parents))[:4]:
            read = partial(page_of, source, children, parent, key)
            rows = await every(read, size)
            assert rows == await every(read, 100), (children, parent, key)
            assert len({row.key for row in rows}) == len(rows)


async def test_the_rows_of_a_parent_name_it(source: Opened) -> None:
    fields = {"course": "course_ref", "user": "user_ref", "content": "content_ref"}
    for children, parents, parent in relations(source.client):
        if children not in PLURALS or parent not in fields:
            continue
        for key in (await source.keys(parents))[:6]:
            for row in await every(partial(page_of, source, children, parent, key), 100):
                assert key_of(getattr(row, fields[parent])) == key, (children, parent)


# Keys that lead nowhere.


async def test_unknown_and_hostile_keys_are_absent_and_reach_no_other_path(source: Opened) -> None:
    unknown = ["does-not-exist", "99999999", "0", "nobody@nowhere.example"]
    await source.asked()
    for plural in PLURALS:
        if not source.has(plural):
            continue
        for joined in ([], [f"{key}/{key}" for key in unknown]):
            found = await source.read(plural, asking(), [*HOSTILE, *unknown, *joined])
            assert found == {}, plural
    for children, parents, _ in relations(source.client):
        heads = await source.read(f"{children}_of_{parents}", asking(), [*HOSTILE, *unknown], 3)
        for key, head in heads.items():
            assert head is None or (isinstance(head, Head) and not head.items), (children, key)
    check_paths(await source.asked(), source.client.provider)


async def test_hostile_keys_cost_the_good_ones_nothing(source: Opened) -> None:
    for plural in PLURALS:
        if not source.has(plural):
            continue
        keys = (await source.keys(plural))[:3]
        found = await source.read(plural, asking(), [HOSTILE[2], *keys, "does-not-exist", "a,b"])
        assert list(found) == keys or set(found) == set(keys), plural


def check_paths(entries: Sequence[Mapping[str, Any]], provider: str) -> None:
    """Every request stayed inside the provider's API, and no key became two parts of a path."""
    mount = MOUNTS[provider].split("/")[1]
    assert {entry["provider"] for entry in entries} <= {mount}
    for entry in entries:
        path = f"/{mount}{entry['path']}"
        assert path.startswith(MOUNTS[provider]), path
        assert not {".", ".."} & set(path.split("/")), path
        assert "\\" not in path and " " not in path, path
        assert entry["method"] == "GET" or path.endswith("/token"), entry


# Pages.


async def test_page_tokens_that_nobody_gave_out_are_refused_without_a_call(source: Opened) -> None:
    reads: dict[str, Callable[[Ask, Query], Awaitable[Page[Any]]]] = {}
    filters: dict[str, Any] = {}
    for plural in source.lists:
        reads[f"list_{plural}"] = partial(source.read, f"list_{plural}")
        filters[f"list_{plural}"] = await source.given(plural)
    for children, parents, parent in relations(source.client):
        key = (await source.keys(parents))[0]
        reads[f"{children}_of_{parent}"] = partial(page_of, source, children, parent, key)
    for name, read in reads.items():
        for token in GARBAGE:
            ask = asking()
            with pytest.raises(ProviderError) as caught:
                await read(ask, Query(5, token, filters.get(name, {})))
            assert caught.value.kind is Kind.INVALID_PAGE, (name, token[:40])
            assert ask.calls == [], (name, token[:40])
