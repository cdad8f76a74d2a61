"""What every provider's client keeps to when its source is in trouble, or asked for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pytest

from providers.base import Ask, Query
from providers.errors import Kind, ProviderError
from providers.model import HealthStatus
from tests.providers.conforming import (
    Opened,
    asking,
    every,
    relations,
    wanted,
)


async def test_a_source_that_is_up_says_so(source: Opened) -> None:
    ask = Ask()
    health = await source.client.health(ask)

    assert health.status is HealthStatus.UP
    assert 1 <= len(ask.calls) <= 2


TROUBLE = [
    ({"kind": "status", "status": 500}, Kind.UNAVAILABLE),
    ({"kind": "status", "status": 429, "retry_after": "7"}, Kind.RATE_LIMITED),
    ({"kind": "status", "status": 403}, Kind.FORBIDDEN),
    ({"kind": "html"}, Kind.BAD_RESPONSE),
    ({"kind": "broken_json"}, Kind.BAD_RESPONSE),
    ({"kind": "truncated"}, Kind.BAD_RESPONSE),
]


@pytest.mark.parametrize(("fault", "kind"), TROUBLE, ids=lambda each: str(each)[:40])
async def test_trouble_fails_lists_and_stands_for_keys(
    source: Opened, fault: dict[str, Any], kind: Kind
) -> None:
    keys = {plural: (await source.keys(plural))[:5] for plural in source.lists}
    given = {plural: await source.given(plural) for plural in source.lists}
    await source.break_with(**fault)
    for plural in source.lists:
        with pytest.raises(ProviderError) as caught:
            await source.read(f"list_{plural}", asking(), Query(5, filters=given[plural]))
        error = caught.value
        assert error.kind is kind, plural
        assert (error.source, error.provider) == (source.client.source, source.client.provider)
        assert error.retry_after == (7 if kind is Kind.RATE_LIMITED else None)
        found = await source.read(plural, asking(), keys[plural])
        check_errors(found, keys[plural], kind, plural)
    for children, parents, _ in relations(source.client):
        if parents in keys:
            found = await source.read(f"{children}_of_{parents}", asking(), keys[parents], 3)
            check_errors(found, keys[parents], kind, (children, parents))


def check_errors(found: Mapping[str, Any], keys: Sequence[str], kind: Kind, where: Any) -> None:
    """An error of this kind stands for every key."""
    assert set(found) == set(keys), where
    for answer in found.values():
        assert isinstance(answer, ProviderError) and answer.kind is kind, (where, answer)


UNTOLD = {("scorm_cloud", "contents"), ("scorm_cloud", "completions")}
"""Rows that are known by what the sandbox spoils: activities by the texts that name them, and
completions among registrations by their status."""


async def test_wrong_types_cost_fields_never_rows(source: Opened) -> None:
    whole = {plural: await source.every(plural) for plural in source.lists}
    given = {plural: await source.given(plural) for plural in source.lists}
    await source.break_with(kind="wrong_types")
    for plural in source.lists:
        if (source.client.provider, plural) in UNTOLD:
            continue
        read = partial(source.read, f"list_{plural}")
        rows = await every(read, 100, **given[plural])
        assert [row.key for row in rows] == [row.key for row in whole[plural]], plural


async def test_a_budget_ends_a_question_not_the_process(source: Opened) -> None:
    keys = {plural: await source.keys(plural) for plural in source.lists}
    for plural in source.lists:
        ask = Ask(wanted(), budget=1)
        found = await source.read(plural, ask, keys[plural][:20])
        assert len(ask.calls) <= 1
        errors = [each for each in found.values() if isinstance(each, ProviderError)]
        assert all(error.kind is Kind.BUDGET_EXCEEDED for error in errors), plural
        assert set(found) <= set(keys[plural])


async def test_somebody_is_found_by_address_whatever_its_case(source: Opened) -> None:
    if not source.has("users_by_email"):
        pytest.skip("the provider knows no people")
    sighting = await source.read("users_by_email", asking(), "ada.byron@academy.example")
    if not sighting.searched:
        assert not sighting.users and not sighting.complete
        return
    found = {user.key for user in sighting.users if user.email}
    assert found
    shouted = await source.read("users_by_email", asking(), "Ada.Byron@Academy.Example")
    assert {user.key for user in shouted.users} >= found
    nobody = await source.read("users_by_email", asking(), "nobody@nowhere.example")
    assert not [user for user in nobody.users if user.email == "nobody@nowhere.example"]
