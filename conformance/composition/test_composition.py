"""The schema composes with others by every composer, and breaks nothing of the last release."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from graphql import build_schema

from conformance import node
from conformance.composition.composing import (
    COMPOSERS,
    FOLDER,
    broken,
    by_apollo,
    cosmo_router,
)
from conformance.composition.released import Forgotten, is_free_to_break, last_release, own_version
from conformance.gateways.recipes import recipe
from conformance.node import Failed
from conformance.subgraphs.all import SDL, subgraphs
from graph.schema import make_schema, sdl
from graph.scopes import Access
from tests.graph.marks import fields, taken

URLS = {name: f"http://{name}.example/graphql" for name in SDL}

composers = pytest.mark.parametrize("composer", COMPOSERS)


@composers
async def test_the_schema_composes_with_two_others(composer: str, tmp_path: Path) -> None:
    supergraph = await COMPOSERS[composer](subgraphs(URLS), tmp_path)

    if composer == "wgc":
        config = json.loads(supergraph)
        supergraph = config["engineConfig"]["graphqlSchema"]
    course = build_schema(supergraph, assume_valid_sdl=True).type_map["Course"]
    assert {"title", "completions", "reviews"} <= course.fields.keys()  # type: ignore[attr-defined]


@composers
async def test_each_subgraph_is_found_in_what_is_composed(composer: str, tmp_path: Path) -> None:
    supergraph = await COMPOSERS[composer](subgraphs(URLS), tmp_path)

    assert all(url in supergraph for url in URLS.values())


@composers
async def test_a_conflict_with_another_subgraph_is_told(composer: str, tmp_path: Path) -> None:
    given = subgraphs(URLS)
    other = given[1].sdl.replace("  reviews: [Review!]!", "  title: Int!\n  reviews: [Review!]!", 1)
    given[1] = replace(given[1], sdl=other)

    with pytest.raises(Failed, match="title"):
        await COMPOSERS[composer](given, tmp_path)


# Nothing is marked so yet. When something is, its marks have to reach every gateway.
MARKED = """
  preview: String @inaccessible
  tagged: String @tag(name: "internal")
"""
MARKS = ("@inaccessible", "@tag")


@composers
async def test_marks_of_what_is_not_for_everybody_are_kept(composer: str, tmp_path: Path) -> None:
    own, *others = subgraphs(URLS)
    imported = ", ".join(f'"{each}"' for each in MARKS)
    sdl = own.sdl.replace("import: [", f"import: [{imported}, ", 1)
    sdl = re.sub(r"(type Course implements[^{]*{)", lambda found: found[1] + MARKED, sdl, count=1)

    supergraph = await COMPOSERS[composer]([replace(own, sdl=sdl), *others], tmp_path)

    if composer == "wgc":
        config = json.loads(supergraph)["engineConfig"]
        assert "preview: String" not in config["graphqlClientSchema"]
        assert "tagged: String" in config["graphqlClientSchema"]
        supergraph = config["graphqlSchema"]
    course = re.split(r"type Course\b", supergraph)[1].partition("\n}")[0]
    for mark in ("@inaccessible", '@tag(name: "internal")'):
        assert mark in course


@composers
async def test_what_takes_a_token_or_scopes_is_told_to_gateways(
    composer: str, tmp_path: Path
) -> None:
    own, *others = subgraphs(URLS)
    marked = replace(own, sdl=sdl(make_schema(access=Access())))

    supergraph = await COMPOSERS[composer]([marked, *others], tmp_path)

    if composer == "wgc":
        supergraph = json.loads(supergraph)["engineConfig"]["graphqlSchema"]
    marks = {at: taken(field) for at, field in fields(supergraph)}
    assert marks["Query", "courses"] == marks["Subscription", "courseImport"] == ()
    assert marks["Mutation", "courseTagsReplace"] == ("write",)
    assert marks["Mutation", "passthrough"] == ("write", "manage")
    assert marks["Course", "title"] == marks["Learner", "completions"] == ()
    # What others lead to, or have themselves, is theirs.
    for at in (("Query", "latestReviews"), ("Course", "reviews"), ("Course", "id")):
        assert marks[at] is None
    assert marks["Learner", "email"] is None


DEMO = {**URLS, "courses": "http://127.0.0.1:8000/graphql"}
"""Where the recipes have the graph."""


async def test_the_recipe_for_Cosmo_composes(tmp_path: Path) -> None:
    config = json.loads(await cosmo_router(recipe("graph.yaml"), subgraphs(DEMO)[:1], tmp_path))

    (courses,) = [
        each["customGraphql"] for each in config["engineConfig"]["datasourceConfigurations"]
    ]
    assert courses["fetch"]["url"]["staticVariableContent"] == DEMO["courses"]
    assert courses["subscription"]["protocol"] == "GRAPHQL_SUBSCRIPTION_PROTOCOL_SSE_POST"


async def test_the_recipe_for_composing_composes(tmp_path: Path) -> None:
    (graph,) = own = subgraphs(DEMO)[:1]
    (tmp_path / "compose.mjs").write_text(recipe("compose.mjs"))
    (tmp_path / "courses.graphql").write_text(graph.sdl)
    (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")

    supergraph = await node.run("node", "compose.mjs", folder=tmp_path)

    assert supergraph == await by_apollo(own, tmp_path)


async def test_the_recipe_for_composing_tells_why_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "compose.mjs").write_text(recipe("compose.mjs"))
    (tmp_path / "courses.graphql").write_text("type Query { courses: [Nothing] }")
    (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")

    with pytest.raises(Failed, match="Nothing"):
        await node.run("node", "compose.mjs", folder=tmp_path)


async def test_nothing_that_the_last_release_promised_is_broken(tmp_path: Path) -> None:
    try:
        release = await last_release()
    except Forgotten as forgotten:
        pytest.skip(f"there is no history to find {forgotten} in")
    if release is None:
        pytest.skip("there is no release yet")
    if is_free_to_break(release.version, own_version()):
        pytest.skip("the next release is one that may break clients")

    found = await broken(release.schema, SDL["courses"], tmp_path)
    assert not found, "Undo this, or let pyproject.toml have a version that may: " + str(found)


async def test_what_would_break_clients_is_found(tmp_path: Path) -> None:
    old = SDL["courses"]
    new = old.replace(" statusText: String", " word: String").replace(
        " title: String!", " title: String"
    )

    found = await broken(old, new, tmp_path)

    assert any("statusText" in each for each in found)
    assert any("title" in each and "String!" in each for each in found)


async def test_what_is_added_breaks_nobody(tmp_path: Path) -> None:
    old = SDL["courses"]
    new = old.replace(
        "type Course implements", "type Extra { name: String }\n\ntype Course implements"
    )

    assert await broken(old, new, tmp_path) == []
