"""The graph's traces, read by Apollo's own decoder and by its gateway."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conformance import node
from conformance.gateways.gateways import FOLDER, GATEWAYS
from conformance.gateways.stage import GATEWAY, staged, world

ASKED = {"apollo-federation-include-trace": "ftv1"}


async def decoded(trace: str) -> dict[str, Any]:
    """A trace, as Apollo's decoder reads it."""
    found: dict[str, Any] = json.loads(await node.run("node", "decode.mjs", trace, folder=FOLDER))
    return found


def fetches(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The requests to subgraphs in a query plan."""
    if "fetch" in plan:
        yield plan["fetch"]
    for kind in ("sequence", "parallel"):
        for each in plan.get(kind, {}).get("nodes", ()):
            yield from fetches(each)
    if "flatten" in plan:
        yield from fetches(plan["flatten"]["node"])


async def test_the_decoder_of_Apollo_reads_the_traces_of_the_graph() -> None:
    query = '{ courses(first: 2) { called: nodes { title } } course(id: "zz") { title } }'
    async with world() as made:
        answer = await made.graph.post({"query": query}, {**GATEWAY, **ASKED})

    trace = await decoded(answer.body["extensions"]["ftv1"])

    courses, course = trace["root"]["child"]
    (nodes,) = courses["child"]
    assert (nodes["responseName"], nodes["originalFieldName"]) == ("called", "nodes")
    assert [each.get("index") for each in nodes["child"]] == [0, 1]
    (title,) = nodes["child"][1]["child"]
    assert (title["responseName"], title["type"], title["parentType"]) == (
        "title",
        "String!",
        "Course",
    )
    assert 0 < title["startTime"] <= title["endTime"] <= trace["durationNs"]
    (error,) = course["error"]
    assert json.loads(error["json"])["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["location"] == [{"line": 1, "column": 49}]


async def test_the_gateway_of_Apollo_puts_the_traces_of_the_graph_into_its_own(
    tmp_path: Path,
) -> None:
    query = "{ latestReviews { stars course { title source { name } } } }"
    async with world() as made, staged(GATEWAYS["Apollo Gateway"], made, tmp_path) as stage:
        answer = await stage.ask(query, ASKED)

    trace = await decoded(answer.body["extensions"]["ftv1"])

    asked = [each for each in fetches(trace["queryPlan"]) if each["serviceName"] == "courses"]
    assert len(asked) == 1 and not asked[0].get("traceParsingFailed")
    (entities,) = asked[0]["trace"]["root"]["child"]
    assert entities["responseName"] == "_entities"
    names = [[field["responseName"] for field in each["child"]] for each in entities["child"]]
    assert names == [["title", "source"]] * 3
