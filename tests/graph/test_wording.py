"""How GraphQL's errors are worded."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from graph.wording import in_json
from tests.graph.asking import Graph, opened, settings

NODE = "query ($v: ID!) { node(id: $v) { id } }"
FIRST = "query ($v: Int) { courses(first: $v) { nodes { id } } }"
FILTER = "query ($v: CourseFilter) { courses(filter: $v) { nodes { id } } }"
SOURCES = "query ($v: [String!]) { courses(sources: $v) { nodes { id } } }"


@pytest.mark.parametrize(
    ("query", "value", "told"),
    [
        (NODE, None, "Expected value of non-null type 'ID!' not to be null."),
        (SOURCES, ["a", None], "at [1]: Expected value of non-null type 'String!' not to be null."),
        (NODE, ["a"], 'ID cannot represent value: ["a"]'),
        (NODE, {"it's": [True, None, 'a "b"']}, '{"it\'s": [true, null, "a \\"b\\""]}'),
        (FIRST, "it's", 'Int cannot represent non-integer value: "it\'s"'),
        (FIRST, False, "Int cannot represent non-integer value: false"),
        (FIRST, "\u0000\n\\ é 😀", 'value: "\\u0000\\n\\\\ é 😀"'),
        (FILTER, {"nope": 1}, "unknown field 'nope', found: {\"nope\": 1}."),
        (FILTER, ["x"], 'to be an object, found: ["x"].'),
        (FILTER, "None", 'to be an object, found: "None".'),
    ],
)
async def test_a_value_that_can_not_be_used_is_told_in_json(
    graph: Graph, query: str, value: Any, told: str
) -> None:
    answer = await graph.ask(query, v=value)

    assert answer.codes == ["BAD_USER_INPUT"]
    assert answer.errors[0]["message"].endswith(told)
    assert answer.errors[0]["locations"]


@hypothesis_settings(max_examples=200)
@given(st.text(max_size=60), st.text("found: '\"\\\\xuUnN{0}", max_size=40))
def test_whatever_is_quoted_is_left_or_told_in_json(text: str, odd: str) -> None:
    message = f"Int cannot represent non-integer value: {text!r}"
    shown = in_json(GraphQLError(message)).message
    assert json.loads(shown.partition("value: ")[2]) == text
    assert in_json(GraphQLError(f"bad {odd} found: {odd}")).message


async def test_a_document_of_fragments_alone_is_told_that_it_asks_nothing(graph: Graph) -> None:
    for name in (None, "A"):
        answer = await graph.post({"query": "fragment A on Course { id }", "operationName": name})
        assert answer.codes == ["BAD_REQUEST"]
        assert "has no operation" in answer.errors[0]["message"]


@pytest.mark.parametrize("query", ["{ courses }", "{ courses { nodes } }", "{ course { title } }"])
async def test_no_error_hints_where_suggestions_are_off(query: str) -> None:
    async with opened(settings(mode="production")) as graph:
        answer = await graph.ask(query)

    assert set(answer.codes) == {"GRAPHQL_VALIDATION_FAILED"}
    assert "Did you mean" not in str(answer.body)
    for error in answer.errors:
        assert error["locations"] and error["message"].endswith((".", "was not provided."))
