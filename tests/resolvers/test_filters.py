"""Filters: which rows pass, what looking at them takes, and what a source is not asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from graph.entity import INPUTS
from graph.schema import make_schema
from providers.base import Client, Listing
from providers.errors import Kind, ProviderError
from providers.model import (
    Assignment,
    Category,
    Completion,
    Content,
    Course,
    Grade,
    Language,
    Record,
    Status,
    User,
)
from providers.sources import open_sources
from resolvers.entities import BY_PLURAL, ENTITIES
from resolvers.filters import BY_TYPE, CHECKS, needed, passes, refuse_unsupported
from tests.graph.asking import demo, settings

UNLISTED = ("instructors", "course_imports")
"""What is read by id alone."""

EARLY, NOON, LATE = (datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in (8, 12, 20))


def course(**fields: Any) -> Course:
    """A course of which this is known."""
    return Course(**{"source": "acme", "key": "c1", "title": "Pond Life", **fields})


def completion(**fields: Any) -> Completion:
    """A completion of which this is known."""
    return Completion(**{"source": "acme", "key": "x1", **fields})


@pytest.fixture
def clients() -> Mapping[str, Client]:
    """The demo sources, opened; nothing is asked of them."""
    return open_sources(settings(), httpx.ASGITransport(demo()[1]))


@pytest.mark.parametrize(
    ("row", "filters", "passed"),
    [
        (course(), {}, True),
        (course(), {"ids": ("c1", "c2")}, True),
        (course(), {"ids": ("c2",)}, False),
        (course(), {"ids": ()}, False),
        (course(key="ORG/Course-1"), {"key": "course"}, True),
        (course(), {"key": "c2"}, False),
        (course(), {"title": "POND"}, True),
        (course(title="Straße"), {"title": "STRASSE"}, True),
        (course(), {"title": "lake"}, False),
        (course(status=Status.ACTIVE), {"status": Status.ACTIVE}, True),
        (course(status=Status.PENDING), {"status": Status.ACTIVE}, False),
        (course(status=None), {"status": Status.ACTIVE}, False),
        (course(status_text="archived"), {"status_text": "archived"}, True),
        (course(status_text="archived"), {"status_text": "ARCHIVED"}, False),
        (course(remote_id="7"), {"remote_id": "7"}, True),
        (course(remote_id="70"), {"remote_id": "7"}, False),
        (course(external_reference=None), {"external_reference": "7"}, False),
        (course(category_refs=("k1", "k2")), {"categories": ("k2", "k9")}, True),
        (
            course(category_refs=(Category(source="acme", key="k2", name="x"),)),
            {"categories": ("k2",)},
            True,
        ),
        (course(category_refs=()), {"categories": ("k2",)}, False),
        (course(category_refs=None), {"categories": ("k2",)}, False),
        (course(skill_refs=("s1",)), {"skills": ("s1",)}, True),
        (course(instructor_refs=("i1",)), {"instructors": ("i2",)}, False),
        (course(content_refs=("t1",)), {"contents": ("t1",)}, True),
        (course(languages=(Language("en_GB", "en-GB"),)), {"languages": ["en-GB"]}, True),
        (course(languages=(Language("en_GB", "en-GB"),)), {"languages": ["en_GB"]}, True),
        (course(languages=(Language("en_GB", "en-GB"),)), {"languages": ["en"]}, False),
        (course(languages=None), {"languages": ["en"]}, False),
        (course(tags=("red", "green")), {"tags": ["green", "blue"]}, True),
        (course(tags=("red",)), {"tags": ["Red"]}, False),
        (course(tags=("crimson",)), {"tag": "RIM"}, True),
        (course(tags=None), {"tag": "rim"}, False),
        (course(created_at=NOON), {"created_from": NOON}, True),
        (course(created_at=NOON), {"created_from": LATE}, False),
        (course(created_at=None), {"created_from": EARLY}, False),
        (course(updated_at=NOON), {"updated_until": NOON}, True),
        (course(updated_at=NOON), {"updated_until": EARLY}, False),
        (course(updated_at=None), {"updated_until": LATE}, False),
        (course(status=Status.ACTIVE), {"status": Status.ACTIVE, "title": "lake"}, False),
        (course(status=Status.ACTIVE), {"status": Status.ACTIVE, "title": "pond"}, True),
        (completion(user_ref="u1"), {"users": ("u1",)}, True),
        (completion(user_ref=User(source="acme", key="u1")), {"users": ("u1",)}, True),
        (completion(user_ref=None), {"users": ("u1",)}, False),
        (completion(course_ref="c1"), {"courses": ("c2",)}, False),
        (completion(content_ref="t1"), {"contents": ("t1",)}, True),
        (completion(grade=Grade.A), {"grade": Grade.A}, True),
        (completion(grade=Grade.NONE), {"grade": Grade.A}, False),
        (completion(grade_text="-"), {"grade_text": "-"}, True),
        (completion(started_at=NOON), {"started_from": EARLY, "started_until": LATE}, True),
        (completion(completed_at=NOON), {"completed_from": LATE}, False),
        (completion(completed_at=NOON), {"completed_until": EARLY}, False),
        (
            Assignment(source="acme", key="a1", starts_at=NOON),
            {"starts_from": NOON, "starts_until": NOON},
            True,
        ),
        (Assignment(source="acme", key="a1", course_ref="c1"), {"courses": ("c1",)}, True),
        (Content(source="acme", key="t1", course_refs=("c1",)), {"courses": ("c1",)}, True),
        (User(source="acme", key="u1", email="Ada@Acme.org"), {"email": "aDa@acme.ORG"}, True),
        (User(source="acme", key="u1", email=None), {"email": "ada@acme.org"}, False),
    ],
)
def test_a_row_passes_if_it_shows_what_is_wanted(
    row: Record, filters: dict[str, Any], passed: bool
) -> None:
    assert passes(type(row).__name__, filters)(row) is passed


def test_a_filter_whose_value_rows_do_not_carry_lets_them_pass() -> None:
    assert passes("Completion", {"user_last_name": "Byron"})(completion())
    assert needed("Completion", ["user_last_name"]) == set()


def test_a_filter_wants_the_field_that_it_looks_at() -> None:
    assert needed("Course", ["status", "categories", "updated_from", "ids"]) == {
        "status",
        "category_refs",
        "updated_at",
    }
    assert needed("Completion", ["courses", "users"]) == {"course_ref", "user_ref"}
    assert needed("Content", ["courses"]) == {"course_refs"}
    assert needed("Course", []) == set()


@pytest.mark.parametrize("plural", [name for name in BY_PLURAL if name not in UNLISTED])
def test_every_field_that_a_filter_looks_at_is_one_of_its_record(plural: str) -> None:
    make_schema()
    entity = BY_PLURAL[plural]
    (offered,) = (cls for cls, listing in INPUTS.values() if listing == entity.listing)
    fields = ENTITIES[entity.type].record.__struct_fields__

    assert offered.__annotations__
    assert needed(entity.type, offered.__annotations__) <= set(fields)


def test_every_filter_that_a_source_offers_can_be_asked_for(
    clients: Mapping[str, Client],
) -> None:
    make_schema()
    askable = {listing: set(cls.__annotations__) for cls, listing in INPUTS.values()}
    for client in clients.values():
        for listing, offered in client.listings.items():
            if listing in askable:
                assert offered.filters <= askable[listing], (client.source, listing)
                assert offered.needs <= offered.filters


def test_every_filter_that_can_be_asked_for_is_offered_or_said_to_be_unsupported(
    clients: Mapping[str, Client],
) -> None:
    make_schema()
    for cls, listing in INPUTS.values():
        for name in cls.__annotations__:
            offers = [
                each.source
                for each in clients.values()
                if name in each.listings.get(listing, Listing()).filters
            ]
            for client in clients.values():
                if client.source in offers:
                    continue
                with pytest.raises(ProviderError) as caught:
                    refuse_unsupported(client, listing, {name: "x"}, None)
                assert caught.value.kind is Kind.UNSUPPORTED
                assert caught.value.source == client.source


def test_every_check_belongs_to_a_filter_that_can_be_asked_for() -> None:
    make_schema()
    names = {name for cls, _ in INPUTS.values() for name in cls.__annotations__}

    assert set(CHECKS) <= names
    assert {name for _, name in BY_TYPE} <= names


def test_what_a_source_can_not_do_is_named_as_the_query_wrote_it(
    clients: Mapping[str, Client],
) -> None:
    client = clients["demo-bindbee"]
    with pytest.raises(ProviderError) as caught:
        refuse_unsupported(client, "list_courses", {"created_from": EARLY, "tag": "x"}, None)

    error = caught.value
    assert error.kind is Kind.UNSUPPORTED
    assert error.detail == "this source can't filter by `createdFrom`, `tag`"
    assert (error.source, error.provider) == ("demo-bindbee", "bindbee")


def test_an_order_that_a_source_has_not_is_refused(clients: Mapping[str, Client]) -> None:
    with pytest.raises(ProviderError, match="can't sort so") as caught:
        refuse_unsupported(clients["demo-stackone"], "list_courses", {}, "title_asc")
    assert caught.value.kind is Kind.UNSUPPORTED

    refuse_unsupported(clients["demo-scorm-cloud"], "list_courses", {}, "title_asc")


def test_a_filter_that_a_source_can_not_list_without_is_asked_for(
    clients: Mapping[str, Client],
) -> None:
    client = clients["demo-vitalsource"]
    with pytest.raises(ProviderError, match="lists only with a filter by `courses`") as caught:
        refuse_unsupported(client, "list_users", {}, None)
    assert caught.value.kind is Kind.UNSUPPORTED

    refuse_unsupported(client, "list_users", {"courses": ("1",)}, None)
