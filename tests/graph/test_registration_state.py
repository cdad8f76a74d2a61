"""Every field of a new registration's input reaches the wire, under the name of its schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLSchema,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
)

from graph.schema import make_schema
from resolvers import ids
from tests.graph.test_registration_changes import LEARNER
from tests.graph.wiretap import SOURCE, attempt, change, tapped
from tests.sandbox.specs import complaints, specification

INSTANT = "2026-01-31T09:30:00Z"
DEEPEST = 2
"""Levels of activities; below them stand none."""


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return make_schema()._schema


class Values:
    """Values for inputs, no two of the same type alike."""

    def __init__(self) -> None:
        self.count = 0

    def of_input(self, type: GraphQLInputObjectType, depth: int = 0) -> dict[str, Any]:
        """A value for each field; of what stands inside itself, so many levels."""
        return {
            name: self.of(field.type, depth + (name == "children"))
            for name, field in type.fields.items()
            if name != "children" or depth < DEEPEST
        }

    def of(self, type: Any, depth: int) -> Any:
        """A value of a type."""
        if is_non_null_type(type):
            return self.of(type.of_type, depth)
        if is_list_type(type):
            return [self.of(type.of_type, depth), self.of(type.of_type, depth)]
        if is_input_object_type(type):
            return self.of_input(type, depth)
        self.count += 1
        if is_enum_type(type):
            return list(type.values)[-1]
        match type.name:
            case "Int":
                return self.count
            case "Float":
                return self.count + 0.5
            case "Boolean":
                return self.count % 2 == 0
            case "DateTime":
                return INSTANT
            case "Duration":
                return "PT26.66S"
            case "URL":
                return f"https://academy.example/{self.count}"
            case _:
                return f"text {self.count}"


def leaves(value: Any) -> Iterator[Any]:
    """All that is neither an object nor a list."""
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield value


async def sent(schema: GraphQLSchema) -> tuple[dict[str, Any], Any, dict[str, str]]:
    """What the graph is given for every field, and the body and query that it sends."""
    type = schema.type_map["RegistrationCreateInput"]
    assert is_input_object_type(type)
    given = Values().of_input(type)
    given["course"] = ids.encode("Course", SOURCE, "GEO-2516")
    async with tapped() as (graph, tap):
        await attempt(graph, "registrationCreate", given)
    (request,) = tap.changes
    return given, request.body, request.query


async def test_all_values_are_sent(schema: GraphQLSchema) -> None:
    given, body, query = await sent(schema)
    assert query == {"courseVersion": str(given.pop("courseVersion"))}
    given["course"] = "GEO-2516"
    expected = ["0000:00:26.66" if each == "PT26.66S" else each for each in leaves(given)]
    assert sorted(map(repr, leaves(body))) == sorted(map(repr, expected))


async def test_they_are_sent_as_the_specification_names_them(schema: GraphQLSchema) -> None:
    document = specification("scormcloud-v2.json")
    _, body, _ = await sent(schema)
    assert complaints(document, "#/definitions/CreateRegistrationSchema", body) == []
    assert set(missing(document, "CreateRegistrationSchema", body)) == set()


def missing(document: Any, name: str, value: Any, place: str = "") -> Iterator[str]:
    """The schema's properties that a value doesn't have, at any depth."""
    for key, property in document["definitions"][name]["properties"].items():
        where = f"{place}.{key}"
        if key not in value:
            if not where.endswith(".children" * (DEEPEST + 1)):
                yield where
            continue
        found = value[key] if isinstance(value[key], list) else [value[key]]
        reference = property.get("$ref") or property.get("items", {}).get("$ref")
        kind = reference.rpartition("/")[2] if reference else ""
        for each in found:
            if "properties" in document["definitions"].get(kind, {}):
                yield from missing(document, kind, each, where)


RESULTS = """
  completion completionAmount success score secondsTracked firstAccessedAt lastAccessedAt
  completedAt createdAt suspendedActivityId sharedData { dataId value }
  objectives { objectiveId isPrimary score completion success }
  activityDetails { completion success score timeTracked attempts }
"""


async def test_results_that_were_read_can_begin_another_registration() -> None:
    state = {
        "completion": "COMPLETED",
        "completionAmount": 1.0,
        "success": "PASSED",
        "score": 70.5,
        "secondsTracked": 120.5,
        "firstAccessedAt": "2026-01-01T00:00:00Z",
        "lastAccessedAt": "2026-01-02T00:00:00Z",
        "completedAt": "2026-01-02T00:00:00Z",
        "createdAt": "2025-12-31T00:00:00Z",
        "suspendedActivityId": "item_1",
        "sharedData": [{"dataId": "shelf", "value": "book"}],
        "objectives": [
            {
                "objectiveId": "goal",
                "isPrimary": True,
                "score": 70.5,
                "completion": "COMPLETED",
                "success": "PASSED",
            }
        ],
    }
    wanted = f"assignment {{ scormCloud {{ {RESULTS} }} }}"
    async with tapped() as (graph, tap):
        given = {"course": ids.encode("Course", SOURCE, "GEO-2516"), "learner": LEARNER}
        payload = await change(
            graph, "registrationCreate", {**given, "key": "1", "initialState": state}, wanted
        )
        first = payload["assignment"]["scormCloud"]
        assert {name: first[name] for name in state} == state
        payload = await change(
            graph, "registrationCreate", {**given, "key": "2", "initialState": first}, wanted
        )
        assert payload["assignment"]["scormCloud"] == first
