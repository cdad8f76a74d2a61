"""The table of operations: complete, and true of the schema, the tests and the specifications."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from graphql import GraphQLSchema, is_input_object_type, is_object_type

from docs.operations.generate import PAGE, Operation, page, parts
from graph.schema import make_schema
from tests.sandbox.specs import specification

ROOT = Path(__file__).parents[1]

ROWS = [row for part in parts() for row in part.operations]


def name_of(row: Operation) -> str:
    return row.id


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return make_schema()._schema


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make operations`"


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_an_operation_is_in_the_graph_with_tests_or_left_out_with_a_reason(row: Operation) -> None:
    if row.reason:
        assert not row.field and len(row.reason) > 20
    else:
        assert row.field and row.test and row.errors


@pytest.mark.parametrize("row", [row for row in ROWS if row.field], ids=name_of)
def test_its_fields_exist(row: Operation, schema: GraphQLSchema) -> None:
    for coordinate in row.field:
        type_name, _, field = coordinate.partition(".")
        type = schema.type_map[type_name]
        assert is_object_type(type) or is_input_object_type(type)
        if field:
            assert field in type.fields, coordinate


@pytest.mark.parametrize("row", [row for row in ROWS if row.field], ids=name_of)
def test_its_tests_exist(row: Operation) -> None:
    for name in (*row.test, *row.errors):
        file, _, function = name.partition("::")
        assert function.partition("[")[0] in functions(file), name


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(each.name for each in tree.body if isinstance(each, kinds))


SPECIFICATIONS = (
    "bindbee-lms.openapi.json",
    "stackone-lms.union.openapi.json",
    "stackone-platform-accounts.openapi.json",
    "scormcloud-v2.json",
)
SERVICES = {
    "CourseApi",
    "RegistrationApi",
    "LearnerApi",
    "AboutApi",
    "AuthenticationApi",
    "PingApi",
}
"""SCORM Cloud's services that are about learning; the others manage its product."""

VERBS = ("get", "put", "post", "patch", "delete", "head")


@pytest.mark.parametrize("file", SPECIFICATIONS)
def test_no_operation_of_a_specification_is_missing(file: str) -> None:
    known = {plain(row.call) for row in ROWS}
    document = specification(file)
    for path, methods in document["paths"].items():
        for verb, operation in methods.items():
            if verb in VERBS and (file != "scormcloud-v2.json" or SERVICES & {*operation["tags"]}):
                assert plain(f"{verb.upper()} {path}") in known


def plain(call: str) -> str:
    """A call without the names of its path's parameters."""
    return re.sub("{[^}]*}", "{}", call)


def test_every_operation_stands_once() -> None:
    calls = [row.call for row in ROWS]
    assert len(calls) == len(set(calls))
