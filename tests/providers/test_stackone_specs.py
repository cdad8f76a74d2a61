"""Holds what StackOne's client asks for against StackOne's own OpenAPI documents, where they
are."""

from __future__ import annotations

from typing import Any

import pytest

from providers.stackone.account import CONNECTOR_META, LINKED_ACCOUNT
from providers.stackone.embedding import wanted_names
from providers.stackone.reading import RAW
from providers.stackone.resources import (
    ASSIGNMENTS,
    CATEGORIES,
    COMPLETIONS,
    CONTENTS,
    COURSES,
    NEWER,
    OLDER,
    SKILLS,
    USERS,
    Generation,
    Resource,
)
from tests.providers.stackone_accounts import asking
from tests.sandbox.specs import specification

SPECS: dict[Generation, str] = {
    NEWER: "stackone-lms.openapi.json",
    OLDER: "stackone-lms.2025-06-17.openapi.json",
}
ROWS: list[tuple[Resource[Any], str]] = [
    (COURSES, "Course"),
    (CONTENTS, "Content"),
    (USERS, "LmsUser"),
    (COMPLETIONS, "Completion"),
    (ASSIGNMENTS, "Assignment"),
    (CATEGORIES, "Category"),
    (SKILLS, "Skills"),
]

each_resource = pytest.mark.parametrize(
    ("resource", "schema"), ROWS, ids=[resource.path for resource, _ in ROWS]
)
each_generation = pytest.mark.parametrize("generation", SPECS)


def listing(generation: Generation, resource: Resource[Any]) -> dict[str, Any]:
    """The parameters of a resource's list, by name."""
    operation = specification(SPECS[generation])["paths"][f"/unified/lms/{resource.path}"]["get"]
    return {each["name"]: each for each in operation["parameters"]}


def properties(generation: Generation, schema: str) -> set[str]:
    """The properties of a row."""
    return set(specification(SPECS[generation])["components"]["schemas"][schema]["properties"])


@each_generation
@each_resource
def test_fields_are_those_that_the_document_lists(
    resource: Resource[Any], schema: str, generation: Generation
) -> None:
    documented = set(listing(generation, resource)["fields"]["schema"]["example"].split(","))
    newer = resource.newer | {"unified_custom_fields"} if generation == OLDER else set()

    assert documented == resource.selectable - newer


@each_resource
def test_what_is_newer_is_in_no_row_of_june(resource: Resource[Any], schema: str) -> None:
    assert resource.newer <= properties(NEWER, schema)
    assert not resource.newer & properties(OLDER, schema)


@each_generation
@each_resource
def test_what_must_be_asked_for_is_in_no_published_row(
    resource: Resource[Any], schema: str, generation: Generation
) -> None:
    if resource is SKILLS:  # `fields` takes unified_custom_fields, which no row of a skill has.
        return
    hidden = resource.selectable - resource.newer - properties(generation, schema)

    assert resource.unlisted == hidden


@each_resource
def test_every_property_of_a_row_is_read(resource: Resource[Any], schema: str) -> None:
    own, facet = wanted_names(resource.reader, asking())
    # Deprecated twins of ids that are read: the id itself stands in the path to the record.
    unread = properties(NEWER, schema) - {*own, *facet}

    assert unread == set()
    assert {*own, *facet} - {RAW} <= properties(NEWER, schema) | resource.selectable


@each_generation
@each_resource
def test_filters_are_those_that_the_document_has(
    resource: Resource[Any], schema: str, generation: Generation
) -> None:
    parameters = listing(generation, resource)
    documented = {f"filter[{name}]" for name in parameters["filter"]["schema"]["properties"]}
    asked = {
        pushed.parameter
        for pushed in resource.pushed.values()
        if not (pushed.newer and generation == OLDER)
    }

    assert asked <= documented | parameters.keys()
    if resource not in (CATEGORIES, SKILLS):
        assert documented <= asked


def test_every_property_of_an_account_but_its_secrets_is_read() -> None:
    schemas = specification("stackone-platform-accounts.openapi.json")["components"]["schemas"]

    account = set(schemas["LinkedAccount"]["properties"])
    assert set(LINKED_ACCOUNT.names(LINKED_ACCOUNT.cells)) == account - {
        "credentials",
        "setup_information",
    }
    connector = set(schemas["ConnectorsMeta"]["properties"])
    assert set(CONNECTOR_META.names(CONNECTOR_META.cells)) == connector
