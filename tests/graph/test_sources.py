"""The sources themselves: what they can answer, and how they are."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from graph.schema import make_schema
from resolvers import ids
from tests.graph.asking import SOURCES, Graph, opened, settings
from tests.graph.failing import FAULTS, PROVIDERS, SLOW, failing, source_of
from tests.graph.hourglass import at_once

PULSE = """query ($names: [String!]) { sources(names: $names) {
  name health { status detail code lastSyncedAt nextSyncAt rateLimit { limit remaining resetsAt } }
} }"""

LEARNING = {
    "COMPLETIONS",
    "COMPLETIONS_OF_COURSES",
    "COMPLETIONS_OF_USERS",
}
TAKING = {"ASSIGNMENTS", "ASSIGNMENTS_OF_COURSES", "ASSIGNMENTS_OF_USERS"}
FILED = {"CATEGORIES", "SKILLS", "INSTRUCTORS"}

CAPABILITIES: Mapping[str, set[str]] = {
    "demo-bindbee": {"COURSES", "CONTENTS", "USERS", *LEARNING, *TAKING, *FILED}
    | {"COURSES_OF_CATEGORIES", "COURSES_OF_SKILLS"},
    "demo-stackone": {"COURSES", "CONTENTS", "USERS", *LEARNING, *TAKING, *FILED},
    "demo-scorm-cloud": {"COURSES", "CONTENTS", "USERS", *LEARNING, *TAKING, "COURSE_IMPORTS"},
    "demo-vitalsource": {"COURSES", "USERS", *TAKING},
}


async def test_sources_come_in_the_order_of_the_settings(graph: Graph) -> None:
    answer = await graph.ask("{ sources { id name provider capabilities } }")

    shown = answer.data["sources"]
    assert [source["name"] for source in shown] == list(SOURCES)
    assert [source["provider"] for source in shown] == list(PROVIDERS.values())
    assert {source["name"]: set(source["capabilities"]) for source in shown} == CAPABILITIES
    assert [source["id"] for source in shown] == [
        ids.encode("Source", name, name) for name in SOURCES
    ]
    assert not answer.calls


async def test_sources_can_be_chosen_by_name(graph: Graph) -> None:
    chosen = await graph.ask('{ sources(names: ["demo-stackone", "demo-bindbee"]) { name } }')
    none = await graph.ask("{ sources(names: []) { name } }")
    every = await graph.ask("{ sources(names: null) { name } }")

    assert [each["name"] for each in chosen.data["sources"]] == ["demo-bindbee", "demo-stackone"]
    assert none.data == {"sources": []}
    assert len(every.data["sources"]) == 4


async def test_a_name_that_is_no_sources_is_bad_input(graph: Graph) -> None:
    one = await graph.ask('{ source(name: "nobody") { name } }')
    several = await graph.ask('{ sources(names: ["demo-bindbee", "nobody"]) { name } }')
    rows = await graph.ask('{ courses(sources: ["nobody"]) { nodes { title } } }')

    assert one.data == {"source": None} and not one.errors
    assert several.codes == rows.codes == ["BAD_USER_INPUT"]
    for answer in (several, rows):
        assert "nobody" in answer.errors[0]["message"]
        assert "demo-vitalsource" in answer.errors[0]["message"]


async def test_the_pulse_of_each_source_costs_one_call(graph: Graph) -> None:
    answer = await graph.ask(PULSE)

    assert not answer.errors
    assert {source["health"]["status"] for source in answer.data["sources"]} == {"UP"}
    assert {source["health"]["code"] for source in answer.data["sources"]} == {None}
    assert len(answer.calls) == 4


async def test_only_bindbee_tells_of_syncs_and_quotas(graph: Graph) -> None:
    answer = await graph.ask(PULSE)

    bindbee, *others = (source["health"] for source in answer.data["sources"])
    assert bindbee["lastSyncedAt"] and bindbee["nextSyncAt"]
    assert bindbee["rateLimit"]["limit"] == 200
    assert 0 <= bindbee["rateLimit"]["remaining"] < 200
    for health in others:
        assert health["lastSyncedAt"] is health["nextSyncAt"] is health["rateLimit"] is None


# StackOne's 404 is an answer: the account is unknown. It has a test of its own.
DOWN = [
    (name, provider)
    for name in FAULTS
    for provider in PROVIDERS
    if (name, provider) != ("404", "stackone")
]


@pytest.mark.parametrize(("name", "provider"), DOWN)
async def test_a_source_that_doesnt_answer_is_down_which_is_no_error(
    graph: Graph, name: str, provider: str
) -> None:
    dead = source_of(provider)

    async with failing(graph, FAULTS[name], provider) as other:
        answer = await other.ask(PULSE)

    assert not answer.errors
    for source in answer.data["sources"]:
        health = source["health"]
        if source["name"] != dead:
            assert (health["status"], health["code"], health["detail"]) == ("UP", None, None)
        else:
            assert health["status"] == "DOWN" and health["detail"]
            assert health["code"] == FAULTS[name].code


async def test_an_unknown_account_at_stackone_is_down(graph: Graph) -> None:
    await graph.fault("stackone", "status", status=404)

    answer = await graph.ask(PULSE, names=["demo-stackone"])

    (source,) = answer.data["sources"]
    assert source["health"]["status"] == "DOWN"
    assert "account_id" in source["health"]["detail"]


def test_a_source_that_is_too_slow_is_down() -> None:
    async def check() -> None:
        async with opened(settings()) as graph, failing(graph, SLOW, "vitalsource"):
            answer = await graph.ask(PULSE, names=["demo-vitalsource"])
        (source,) = answer.data["sources"]
        assert source["health"]["status"] == "DOWN"
        assert source["health"]["code"] == "UPSTREAM_TIMEOUT"

    at_once(check())


async def test_a_source_at_bindbee_shows_its_own_connector_and_no_other(graph: Graph) -> None:
    answer = await graph.ask(
        "{ sources { name bindbee { connector { key isActive status } integrations { key } } } }"
    )

    assert not answer.errors
    own, *others = (source["bindbee"] for source in answer.data["sources"])
    assert own["connector"]["isActive"] is True and own["integrations"]
    assert others == [None] * 3
    assert "demo-connector" not in str(answer.body)  # the token is a credential


async def test_a_source_has_the_same_lists_for_itself(graph: Graph) -> None:
    lists = "courses contents completions assignments users categories skills".split()
    fields = " ".join(f"{name}(first: 2) {{ nodes {{ key source {{ name }} }} }}" for name in lists)

    for source in ("demo-bindbee", "demo-stackone"):
        answer = await graph.ask(f'{{ source(name: "{source}") {{ {fields} }} }}')

        assert not answer.errors
        for name in lists:
            nodes = answer.data["source"][name]["nodes"]
            assert len(nodes) == 2
            assert {node["source"]["name"] for node in nodes} == {source}


async def test_what_a_list_needs_is_said_where_it_is_missing(graph: Graph) -> None:
    answer = await graph.ask(
        """{ source(name: "demo-vitalsource") {
          users { nodes { key } } assignments { nodes { key } }
        } }"""
    )

    assert answer.data == {"source": {"users": None, "assignments": None}}
    assert answer.codes == ["UNSUPPORTED"] * 2
    assert all("courses" in error["message"] for error in answer.errors)
    assert not answer.calls


async def test_a_source_says_which_mutations_its_provider_offers(graph: Graph) -> None:
    answer = await graph.ask("{ sources { name mutations } }")
    offered = {each["name"]: each["mutations"] for each in answer.data["sources"]}
    assert answer.calls == []
    assert offered["demo-vitalsource"] == []
    assert offered["demo-bindbee"] == ["connectorDelete", "passthrough", "sourceResync"]
    assert {"completionCreate", "courseUpsert", "passthrough"} < set(offered["demo-stackone"])
    assert {"courseImport", "coursePublish", "courseUpload"} < set(offered["demo-scorm-cloud"])
    schema = make_schema()._schema
    assert schema.mutation_type is not None
    assert set().union(*offered.values()) == set(schema.mutation_type.fields)


def test_mutations_stand_in_the_order_of_what_they_change() -> None:
    mutation = make_schema()._schema.mutation_type
    assert mutation is not None
    assert list(mutation.fields) == sorted(mutation.fields)
