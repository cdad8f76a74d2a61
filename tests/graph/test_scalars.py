"""Scalars: what is taken, and that what isn't is told so."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from graphql import GraphQLError

from graph.scalars import SCALARS
from tests.graph.asking import Graph

WRONG = [
    "2026-01-31",
    "yesterday",
    "2026-01-31T09:30:00",
    "2026-01-31T09:30:60Z",
    "0001-01-01T00:00:00+14:00",
    12,
]


@pytest.mark.parametrize("value", WRONG)
async def test_a_wrong_instant_in_a_variable_is_bad_input_with_its_cure(
    graph: Graph, value: object
) -> None:
    query = "query ($at: DateTime) { courses(filter: {createdFrom: $at}) { nodes { id } } }"
    answer = await graph.ask(query, at=value)

    assert answer.codes == ["BAD_USER_INPUT"]
    assert "such as 2026-01-31T09:30:00Z" in answer.errors[0]["message"]
    assert answer.calls == []


@pytest.mark.parametrize("value", ['"yesterday"', "12", '"2026-01-31T09:30:60Z"'])
async def test_a_wrong_instant_in_the_document_is_invalid_with_its_cure(
    graph: Graph, value: str
) -> None:
    answer = await graph.ask(
        f"{{ courses(filter: {{createdFrom: {value}}}) {{ nodes {{ id }} }} }}"
    )

    assert answer.codes == ["GRAPHQL_VALIDATION_FAILED"]
    assert "such as 2026-01-31T09:30:00Z" in answer.errors[0]["message"]
    assert answer.errors[0]["locations"] == [{"line": 1, "column": 33}]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-31T09:30:00Z", datetime(2026, 1, 31, 9, 30, tzinfo=UTC)),
        ("2026-01-31t09:30:00.5+01:30", datetime(2026, 1, 31, 8, 0, 0, 500_000, UTC)),
    ],
)
def test_an_instant_is_read_with_any_offset(text: str, instant: datetime) -> None:
    assert parsed(datetime, text) == instant


def test_a_day_is_read_and_what_is_none_is_refused() -> None:
    assert parsed(date, "2026-01-31") == date(2026, 1, 31)
    for wrong in ("2026-02-31", 5, None):
        with pytest.raises(GraphQLError, match="such as 2026-01-31"):
            parsed(date, wrong)


def parsed(kind: object, value: object) -> Any:
    parse = SCALARS[kind].parse_value
    assert parse is not None
    return parse(value)
