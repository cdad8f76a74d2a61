"""What only Bindbee has: the connector that a source is, and what can be connected to."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from providers.secrets import Secret
from tests.graph.asking import Graph, opened, settings

QUERY = """{
  sources {
    name
    health { status detail code }
    bindbee { connector { key status endUser originId } integrations { slug } }
  }
}"""


async def test_a_source_shows_its_own_connector_and_nobody_elses(graph: Graph) -> None:
    answer = await graph.ask(QUERY)

    bindbee, *others = answer.data["sources"]
    assert bindbee["bindbee"]["connector"]["status"] == "COMPLETE"
    assert bindbee["bindbee"]["integrations"]
    assert [each["bindbee"] for each in others] == [None, None, None]
    log = await graph.requests()
    assert not any("connector_token" in each["query"] for each in log)


async def test_the_connector_that_health_asks_for_is_asked_for_once(graph: Graph) -> None:
    health = 'sources(names: ["demo-bindbee"]) { health { status } }'
    answer = await graph.ask(f"{{ a: {health} b: {health} }}")

    assert [call["route"] for call in answer.calls] == ["GET /api/lms/v1/connectors"]


async def test_a_connector_token_that_the_key_doesnt_know_is_down() -> None:
    own = settings(only=["demo-bindbee"])
    (source,) = own.sources
    wrong = msgspec.structs.replace(source, connector_token=Secret("wrong"))
    async with opened(replace(own, sources=[wrong])) as other:
        answer = await other.ask(QUERY)

    (bindbee,) = answer.data["sources"]
    assert bindbee["health"]["status"] == "DOWN"
    assert "connector_token" in bindbee["health"]["detail"]
    assert bindbee["bindbee"]["connector"] is None
