"""Bindbee's own ways: walks whose expansion stays the same, and rows that are read again by id."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs
from uuid import UUID

import httpx
import pytest

from coursegraph import sandbox_settings
from providers.base import Ask, Head, Query
from providers.bindbee import Bindbee
from providers.errors import Kind, ProviderError
from providers.model import Category, Course
from providers.sources import open_sources

PLAIN = {"Course": frozenset({"title"})}
RAW = {"Course": frozenset({"title", "raw_data", "custom_fields"})}


@pytest.fixture
async def bindbee(transport: httpx.ASGITransport) -> AsyncIterator[Bindbee]:
    """The demo connector, over the sandbox."""
    (client, *others) = open_sources(sandbox_settings(8001), transport).values()
    assert isinstance(client, Bindbee)
    yield client
    for each in (client, *others):
        await each.close()


async def sent(sandbox: httpx.AsyncClient) -> list[str]:
    log = (await sandbox.get("/_requests")).json()["requests"]
    return [entry["query"] for entry in log]


async def test_rows_of_a_walk_that_began_without_raw_data_are_read_again(bindbee: Bindbee) -> None:
    begun = await bindbee.list_courses(Ask(wanted=PLAIN), Query(5))
    ask = Ask(wanted=RAW)
    page = await bindbee.list_courses(ask, Query(5, begun.next))

    assert len(page.items) == 5
    assert all(course.raw_data for course in page.items)
    assert len(ask.calls) == 2


async def test_rows_that_cant_be_read_again_fail_the_page_and_are_not_lost(
    bindbee: Bindbee,
) -> None:
    begun = await bindbee.list_courses(Ask(wanted=PLAIN), Query(5))
    ask = Ask(wanted=RAW, budget=1)
    with pytest.raises(ProviderError) as caught:
        await bindbee.list_courses(ask, Query(5, begun.next))

    assert caught.value.kind is Kind.BUDGET_EXCEEDED


async def test_what_a_walk_expands_stays_the_same_to_its_end(
    bindbee: Bindbee, sandbox: httpx.AsyncClient
) -> None:
    names = {"Course": frozenset({"category_refs"}), "Category": frozenset({"name"})}
    wider = {"Course": frozenset({"category_refs"}), "Category": frozenset({"name", "status"})}
    begun = await bindbee.list_courses(Ask(wanted=names), Query(5))
    page = await bindbee.list_courses(Ask(wanted=wider), Query(5, begun.next))

    queries = await sent(sandbox)
    assert all("expand=categories%5Bid%2Cname%5D" in query for query in queries)
    # Narrower than what is wanted now: only the keys are taken, and lead to the whole.
    refs = [ref for course in page.items for ref in course.category_refs or ()]
    assert refs and all(isinstance(ref, str) for ref in refs)
    first = [ref for course in begun.items for ref in course.category_refs or ()]
    assert all(isinstance(ref, Category) for ref in first)


@pytest.mark.parametrize(
    "changed",
    [
        ["x", 5, "categories[secret]", False, False],
        ["x", 5, "accounts[id]", False, False],
        ["x", 5, "categories[id],", False, False, 1],
        ["x", 201, None, False, False],
        ["x", True, None, False, False],
        ["x", 5, None, 1, False],
        [None, 5, None, False, False],
    ],
)
async def test_a_token_that_no_page_gave_is_refused_without_a_call(
    bindbee: Bindbee, changed: list[object]
) -> None:
    ask = Ask(wanted=PLAIN)
    with pytest.raises(ProviderError) as caught:
        await bindbee.list_courses(ask, Query(5, json.dumps(changed)))

    assert caught.value.kind is Kind.INVALID_PAGE
    assert ask.calls == []


async def test_a_cursor_that_bindbee_doesnt_know_is_an_unknown_page(bindbee: Bindbee) -> None:
    token = json.dumps(["bm9uZQ", 5, None, False, False])
    with pytest.raises(ProviderError) as caught:
        await bindbee.list_courses(Ask(wanted=PLAIN), Query(5, token))

    assert caught.value.kind is Kind.INVALID_PAGE


async def test_a_key_that_is_no_uuid_is_absent_alone_and_among_others(bindbee: Bindbee) -> None:
    (known,) = (await bindbee.list_courses(Ask(wanted=PLAIN), Query(1))).items
    assert isinstance(known, Course)

    assert await bindbee.courses(Ask(wanted=PLAIN), ["a"]) == {}
    assert await bindbee.courses(Ask(wanted=PLAIN), ["a", "b,c", known.key]) == {known.key: known}


def keys(count: int) -> list[str]:
    return [str(UUID(int=number)) for number in range(count)]


@pytest.mark.parametrize(
    ("parents", "first", "walks"),
    [
        (1, 1000, [1]),
        (50, 1, [50]),
        (50, 4, [50]),
        (50, 5, [25, 25]),
        (20, 5, [20]),
        (50, 100, [13, 13, 13, 11]),
        (51, 1, [26, 25]),
        (100, 5, [34, 34, 32]),
        (100, 100, [13] * 7 + [9]),
    ],
)
async def test_children_are_read_in_as_many_walks_as_their_rows_fill_pages(
    bindbee: Bindbee, sandbox: httpx.AsyncClient, parents: int, first: int, walks: list[int]
) -> None:
    await sandbox.delete("/_requests")
    found = await bindbee.completions_of_courses(Ask(wanted=PLAIN), keys(parents), first)

    assert list(found) == keys(parents)
    named = [parse_qs(query)["course"][0].split(",") for query in await sent(sandbox)]
    assert sorted(map(len, named), reverse=True) == walks
    assert sorted(key for each in named for key in each) == keys(parents)


async def test_no_parents_have_no_children_and_cost_no_call(bindbee: Bindbee) -> None:
    ask = Ask(wanted=PLAIN)

    assert await bindbee.completions_of_courses(ask, [], 5) == {}
    assert ask.calls == []


async def test_whose_children_they_are_is_known_without_being_expanded(
    bindbee: Bindbee, sandbox: httpx.AsyncClient
) -> None:
    wanted = {"Course": frozenset({"title"}), "Completion": frozenset({"score"})}
    courses = (await bindbee.list_courses(Ask(wanted=wanted), Query(20))).items
    await sandbox.delete("/_requests")
    heads = await bindbee.completions_of_courses(
        Ask(wanted=wanted), [course.key for course in courses], 3
    )

    rows = {key: head.items for key, head in heads.items() if isinstance(head, Head)}
    assert any(rows.values())
    assert all(row.course_ref == key for key, own in rows.items() for row in own)
    assert all("expand" not in query for query in await sent(sandbox))
