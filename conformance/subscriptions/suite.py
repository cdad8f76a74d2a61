"""The clients that follow subscriptions and incremental answers over HTTP, against this server.

npm's graphql-sse, Apollo Client 4 (its multipart protocol, and both of its formats of incremental
delivery), and urql (events for subscriptions and incremental answers alike).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conformance import node
from tests.graph.asking import settings
from tests.graph.importing import DONE, FOLLOW, HALF, ID, RUNNING, importing
from tests.graph.sockets import on_port

HERE = Path(__file__).parent

WHOLE = "{ sources { name } }"
STREAMED = "{ sources @stream(initialCount: 1) { name } }"
DEFERRED = """
{
  courses(first: 2) {
    nodes { id title ... @defer(label: "later") { completions(first: 1) { nodes { id score } } } }
  }
}
"""

NAMES = [each.name for each in settings().sources]
STATUSES = ["RUNNING", "RUNNING", "COMPLETE"]

PACKAGES = {"graphql-sse": "graphql-sse", "Apollo Client": "@apollo/client", "urql": "@urql/core"}

CASES = {
    "sse": ("graphql-sse", "follows a subscription to its end"),
    "sse_query": ("graphql-sse", "asks a query"),
    "sse_refused": ("graphql-sse", "is told why a document is refused"),
    "sse_first": ("graphql-sse", "leaves after the first answer, which ends the calls upstream"),
    "apollo_subscription": ("Apollo Client", "follows a subscription, in parts of a multipart"),
    "apollo_unknown": ("Apollo Client", "is told why a subscription can't be followed"),
    "apollo_defer": ("Apollo Client", "shows `@defer`, as of incremental delivery v0.2"),
    "apollo_defer_2022": ("Apollo Client", "shows `@defer`, as drafted in August 2022"),
    "apollo_stream": ("Apollo Client", "shows `@stream`, as of incremental delivery v0.2"),
    "urql_query": ("urql", "asks a query, which it would take events for"),
    "urql_subscription": ("urql", "follows a subscription, in events"),
    "urql_defer": ("urql", "shows `@defer`, in events"),
    "urql_stream": ("urql", "shows `@stream`, in events"),
}
"""By the name that ``clients.mjs`` gives it: which client does what."""


async def run() -> str:
    """Ask by all clients; each has to be told what was asked for."""
    # Three see the import through, one after the other; the last leaves while it runs.
    course = [RUNNING, HALF, DONE] * 3
    async with importing(*course, RUNNING, poll_interval=0.01) as (graph, _):
        async with on_port(graph.app) as served:
            output = await node.run(
                "node",
                "clients.mjs",
                folder=HERE,
                URL=f"http://127.0.0.1:{served.port}/graphql",
                DOCUMENTS=json.dumps(
                    {"follow": FOLLOW, "whole": WHOLE, "deferred": DEFERRED, "streamed": STREAMED}
                ),
                VARIABLES=json.dumps({"id": ID}),
            )
            await served.at_rest()
            assert not served.state.tasks, "a stream outlived its client"
    told: dict[str, Any] = json.loads(output)
    failed = [name for name, each in told.items() if each.get("error")]
    if failed or told.keys() != CASES.keys():
        raise node.Failed(json.dumps({name: told[name] for name in failed}, indent=1))
    _look(told)
    versions = json.loads((HERE / "package.json").read_text())["dependencies"]
    packages = {
        "graphql-sse": "graphql-sse",
        "Apollo Client": "@apollo/client",
        "urql": "@urql/core",
    }
    lines = ["| client | | |", "|---|---|---|"]
    for client, act in CASES.values():
        lines.append(f"| {client} {versions[packages[client]]} | {act} | ok |")
    return "\n".join(lines)


def _look(told: dict[str, Any]) -> None:
    """Hold what the clients were told to what there is."""
    answers = {name: each["told"] for name, each in told.items()}
    for name in ("sse", "apollo_subscription", "urql_subscription"):
        # urql shows the last answer once more, when there are no others.
        found = [each["data"]["courseImport"]["status"] for each in answers[name]][:3]
        assert found == STATUSES, f"{name}: {found}"
    assert len(answers["sse_first"]) == 1, "sse_first"
    (refused,), (unknown,) = answers["sse_refused"], answers["apollo_unknown"]
    assert refused["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED", refused
    assert unknown["error"]["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", unknown
    for name in ("sse_query", "urql_query"):
        (answer,) = answers[name]
        assert _names(answer) == NAMES, f"{name}: {answer}"
    for name in ("apollo_stream", "urql_stream"):
        first, *_, last = answers[name]
        assert (_names(first), _names(last)) == (NAMES[:1], NAMES), f"{name}: {answers[name]}"
    for name in ("apollo_defer", "apollo_defer_2022", "urql_defer"):
        first, *_, last = (each["data"]["courses"]["nodes"] for each in answers[name])
        assert all("completions" not in each for each in first), f"{name}: {first}"
        assert all(each["completions"]["nodes"] for each in last), f"{name}: {last}"


def _names(answer: dict[str, Any]) -> list[str]:
    return [each["name"] for each in answer["data"]["sources"]]
