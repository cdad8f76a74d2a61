"""Operations that clients were built with: what a manifest is, and that each of it can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from graph.limits import Limits
from graph.manifests import look_over, read_manifests
from graph.schema import make_schema
from providers.sources import SettingsError
from tests.graph.test_persisted import OTHER, QUERY, manifest, of_apollo

SCHEMA = make_schema(Limits(tokens=60, rows=1_000, cost=2_000))


def test_several_manifests_are_one_list(tmp_path: Path) -> None:
    paths = [
        manifest(tmp_path, of_apollo({"a": QUERY}), "one.json"),
        manifest(tmp_path, {"b": OTHER, "a": QUERY}, "two.json"),
    ]
    assert read_manifests(paths) == {"a": QUERY, "b": OTHER}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is no manifest"),
        ("[]", "is no manifest"),
        ('{"a": 5}', "is no manifest"),
        ({"format": "apollo-persisted-query-manifest", "version": 1}, "is no manifest"),
        ({**of_apollo({}), "version": 2}, "version 2"),
        ({**of_apollo({}), "format": "other"}, "'other'"),
    ],
)
def test_what_is_no_manifest_is_said_to_be_none(tmp_path: Path, content: Any, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        read_manifests([manifest(tmp_path, content)])


def test_a_manifest_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nowhere.json: No such file"):
        read_manifests([str(tmp_path / "nowhere.json")])


def test_an_id_has_one_text(tmp_path: Path) -> None:
    paths = [
        manifest(tmp_path, {"a": QUERY}, "one.json"),
        manifest(tmp_path, {"a": OTHER}, "two.json"),
    ]
    with pytest.raises(SettingsError, match="gives 'a' another text"):
        read_manifests(paths)


# That they can be asked.

SIZED = (
    "query ($n: Int!, $m: Int = 100) "
    "{ courses(first: $n) { nodes { completions(first: $m) { nodes { key } } } } }"
)
BATCH = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
FOLLOWING = 'subscription { courseImport(id: "x") { status } }'
CHANGING = "mutation ($c: ID!) { courseDelete(input: { course: $c }) { deletedId } }"
SEVERAL = "query A { __typename } query B { __typename }"


@pytest.mark.parametrize("text", [QUERY, SIZED, BATCH, FOLLOWING, CHANGING, SEVERAL])
def test_what_can_be_asked_with_some_variables_is_no_fault(tmp_path: Path, text: str) -> None:
    look = look_over([manifest(tmp_path, {"a": text})], SCHEMA)

    assert (look.listed, look.looked, look.faults) == (1, 1, [])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("query { courses {", "Syntax Error: Expected Name, found <EOF>. (line 1)"),
        ("", "Syntax Error: Unexpected <EOF>. (line 1)"),
        ("query A {\n  nope\n}", "Did you mean 'node' or 'nodes'? (line 2)"),
        ("query ($n: Int) { __typename }", "Variable '$n' is never used"),
        ("{ sources { " + "name " * 60 + "} }", "The document has 65 tokens; at most 60"),
        ("{ courses(first: 100) { nodes { completions(first: 100) { nodes { key } } } } }",
         "rows in its lists"),
        ("{ " + "... { " * 600 + "a" + " }" * 601, "tokens"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("written", [dict, of_apollo])
def test_what_can_never_be_asked_is_said_with_its_file_and_its_id(
    tmp_path: Path, text: str, why: str, written: Any
) -> None:
    fine = manifest(tmp_path, written({"1": QUERY}), "fine.json")
    other = manifest(tmp_path, written({"2": OTHER, "wrong": text}), "other.json")

    look = look_over([fine, other], SCHEMA)

    (fault,) = look.faults
    assert fault.startswith(f"{other}: 'wrong': ") and why in fault
    assert (look.listed, look.looked) == (3, 3)


def test_looking_ends_when_its_time_is_up(tmp_path: Path) -> None:
    paths = [
        manifest(tmp_path, {f"{name}{at}": QUERY for at in range(10)}, f"{name}.json")
        for name in "ab"
    ]
    ticks: Iterator[int] = count()

    look = look_over(paths, SCHEMA, seconds=12, now=lambda: float(next(ticks)))

    assert (look.listed, look.looked) == (20, 12)
