"""The README's queries run, and the answer that it shows is the one that they get."""

from __future__ import annotations

import inspect
import json
import re
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest
from graphql import GraphQLObjectType, build_schema

from graph.caching import Ages
from graph.limits import Limits, bounds
from graph.scopes import MANAGING
from providers.sources import PROVIDERS, Settings, make_settings
from tests.graph.asking import opened
from tests.graph.importing import DONE, RUNNING, following, importing, shown

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")

DOCUMENTS = re.findall(r"```graphql\n(.*?)```", README, re.DOTALL)
SUBSCRIPTIONS = [each for each in DOCUMENTS if "\nsubscription " in each]
MUTATIONS = [each for each in DOCUMENTS if each.lstrip().startswith("mutation")]
QUERIES = [each for each in DOCUMENTS if each not in (*SUBSCRIPTIONS, *MUTATIONS)]
ANSWERS = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
OPERATING = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
CLIENTS = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
SETTINGS = re.findall(r"```toml\n(.*?)```", README + OPERATING, re.DOTALL)


async def test_the_first_query_gets_the_answer_that_is_shown_in_two_calls() -> None:
    async with opened() as graph:
        answer = await graph.ask(QUERIES[0])
    assert {"data": answer.data} == json.loads(ANSWERS[0])
    assert [call["route"].rpartition("/")[2] for call in answer.calls] == ["courses", "completions"]


@pytest.mark.parametrize("query", QUERIES[1:])
async def test_each_further_query_runs_without_an_error(query: str) -> None:
    async with opened() as graph:
        answer = await graph.ask(query)
    assert answer.errors == []
    assert answer.data


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_each_mutation_changes_a_course(mutation: str) -> None:
    async with opened(fresh=True) as graph:
        query = '{ source(name: "demo-scorm-cloud") { courses(first: 1) { nodes { id } } } }'
        (course,) = (await graph.ask(query)).data["source"]["courses"]["nodes"]
        answer = await graph.ask(mutation, course=course["id"])
    assert answer.errors == []
    assert [each["userErrors"] for each in answer.data.values()] == [[]]


@pytest.mark.parametrize("subscription", SUBSCRIPTIONS)
async def test_each_subscription_is_followed_to_its_end(subscription: str) -> None:
    async with importing(RUNNING, DONE, poll_interval=0.001) as (graph, _):
        told = await shown(following(graph, subscription))
    assert [each["status"] for each in told] == ["RUNNING", "COMPLETE"]


def test_the_settings_file_is_one() -> None:
    variables = re.findall(r"env:(\w+)\"", SETTINGS[0])
    settings = make_settings(tomllib.loads(SETTINGS[0]), dict.fromkeys(variables, "something"))
    assert [source.name for source in settings.sources] == re.findall(
        r'^name = "(.*?)"', SETTINGS[0], re.MULTILINE
    )


@pytest.mark.parametrize(
    "kind",
    [Settings, *(entry.settings for entry in PROVIDERS.values())],
    ids=lambda kind: kind.__module__,
)
def test_every_setting_is_said_somewhere(kind: type) -> None:
    said = README + OPERATING
    names = inspect.signature(kind).parameters
    assert [name for name in names if not re.search(rf"\b{name}\b", said)] == []


def test_the_example_of_policies_is_settings_that_can_be() -> None:
    (example,) = (each for each in SETTINGS if "only_trusted" in each)
    variables = re.findall(r"env:(\w+)\"", example)
    values = dict.fromkeys(variables, "something that is long enough")
    made = make_settings(tomllib.loads(example), values)
    assert bounds(made.limits).cost == 10_000
    assert Ages(made.max_ages).types["Course"].seconds == 300


def test_the_example_of_an_issuer_is_settings_that_can_be() -> None:
    (example,) = (each for each in SETTINGS if "[authentication]" in each)
    source = {"name": "a", "provider": "vitalsource", "api_key": "x"}
    made = make_settings({**tomllib.loads(example), "sources": [source]}, {}).authentication
    assert made is not None and made.required


def test_what_takes_a_further_scope_is_in_the_table() -> None:
    (row,) = (line for line in OPERATING.splitlines() if "with `write` and `manage`" in line)
    assert set(re.findall(r"`(\w+)`", row.split("|")[1])) == MANAGING


def test_every_limit_is_in_the_table_with_its_default() -> None:
    rows = [line for line in OPERATING.splitlines() if line.startswith("| `")]
    for name, most in asdict(Limits()).items():
        (row,) = (row for row in rows if f"`{name}`" in row and "at most" not in row)
        assert f"{most:,}" in row


def objects() -> dict[str, GraphQLObjectType]:
    """The schema's objects, but for those that only gateways see."""
    types = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"), assume_valid=True)
    return {
        name: each
        for name, each in types.type_map.items()
        if isinstance(each, GraphQLObjectType) and not name.startswith("_")
    }


def test_the_page_for_clients_names_all_that_is_no_entity() -> None:
    (named,) = re.findall(r"PARTS = `\n(.*?)\n`", CLIENTS, re.DOTALL)
    known = {"Query", "Mutation", "Subscription", "Learner"}
    parts = [name for name, each in objects().items() if "id" not in each.fields]
    assert sorted(named.split()) == sorted(set(parts) - known)


def test_the_page_for_clients_names_every_list_that_goes_on() -> None:
    (named,) = re.findall(r"LISTS = {\n(.*?)\n}", CLIENTS, re.DOTALL)
    lists = {
        type: re.findall(r"'(\w+)'", fields)
        for type, fields in re.findall(r"^  (\w+): \[(.*)\],$", named, re.MULTILINE)
    }
    assert lists == {
        type: found
        for type, each in sorted(objects().items())
        if (found := [name for name, field in each.fields.items() if "after" in field.args])
    }


@pytest.mark.parametrize("document", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
def test_every_file_that_is_linked_to_is_there(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_clients_are_installed_as_they_are_tried() -> None:
    folder = ROOT / "conformance" / "clients"
    tried = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    lines = re.findall(r"^npm install (.*)$", CLIENTS, re.MULTILINE)
    installed = [each.rpartition("@") for line in lines for each in line.split()]

    assert {name for name, _, _ in installed} >= {"@apollo/client", "@urql/core", "graphql"}
    assert all(tried[name] == version for name, _, version in installed)
