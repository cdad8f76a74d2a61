"""Columns: every declared field answers a whole level, and says the same as its resolver."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import httpx
import pytest
from graphql import GraphQLField, GraphQLObjectType

from graph import facets
from graph.columns import COLUMN, Attribute
from graph.engine.columns import Column, Level
from graph.facets import EXAMPLES, GENERAL
from graph.schema import make_schema
from graph.subgraph import Subgraph
from providers.base import Ask, Client
from providers.sources import open_sources
from resolvers.context import Context
from resolvers.levels import Arriving, arrived
from tests.graph.asking import demo, settings

WIDE = """{
  courses(first: 40) {
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges {
      cursor
      node {
        id key title source { id name provider capabilities } languages { code tag } tags status
        durationSeconds categories { id name courses(first: 2) { nodes { key } } }
        assignments(first: 2) {
          nodes { id status user { id name vitalSource { tenantId } } completion { key } }
          pageInfo { hasNextPage endCursor }
        }
        scormCloud {
          versions { version } later: versions(since: "2100-01-01T00:00:00Z") { version }
          versionByNumber(number: 0) { version }
          statements(first: 2) { nodes { key } } since: statements(since: "2100-01-01T00:00:00Z") {
            nodes { key }
          }
        }
        vitalSource { optOuts(first: 2) { edges { cursor node { key course { title } } } } }
      }
    }
  }
}"""

SOURCES = """{
  sources {
    name health { status detail code rateLimit { limit } }
    bindbee { connector { status } integrations { slug } }
    stackOne { account { provider } meta { category } connector { key } }
    scormCloud { about { version } ping { message } }
    completions(first: 3) { nodes { id score user { email } course { title } } }
  }
}"""

facets.load()

RESOLVED = {
    "Query",
    "Mutation",
    "Subscription",
    "Learner.places",
    "ScormCloudSource.hasRegistration",
    "ScormCloudSource.importJob",
    "BindbeeSource.connector",
    "StackOneSource.row",
    "StackOneSource.rows",
    "_Service",
}
"""Types and fields that a level is not asked for: there is one object of them, or few."""


def columns(schema: Subgraph) -> Mapping[str, tuple[GraphQLField, Column | None]]:
    """The schema's fields, by type and name, and how a level of them is answered."""
    return {
        f"{type.name}.{name}": (field, strawberry_field.metadata.get(COLUMN))
        for type in schema._schema.type_map.values()
        if isinstance(type, GraphQLObjectType)
        for name, field in type.fields.items()
        if (strawberry_field := field.extensions.get("strawberry-definition"))
    }


def by_level(schema: Subgraph) -> Subgraph:
    """The schema, each field answered by its column, for a level of one object."""
    for field, column in columns(schema).values():
        if column is not None:
            field.resolve = _of_one(column, field.resolve)
    return schema


def _of_one(column: Column, otherwise: Any) -> Callable[..., Any]:
    def resolve(root: Any, info: Any, **arguments: Any) -> Any:
        if column.unless & {each.name.value for each in info.field_nodes[0].arguments or ()}:
            return otherwise(root, info, **arguments)
        found = column.load(Level(info.context, [root]), arguments)
        if isinstance(found, Arriving):
            return _first(found)
        (value,) = found  # type: ignore[misc]
        return value

    return resolve


async def _first(found: Arriving) -> Any:
    (value,) = await arrived(found)
    return value


@pytest.fixture
async def clients() -> AsyncIterator[Mapping[str, Client]]:
    """The demo sources, opened."""
    opened = open_sources(settings(), httpx.ASGITransport(demo()[1]))
    yield opened
    for client in opened.values():
        await client.close()


def test_every_field_below_the_query_has_a_column_but_for_lists_of_their_own() -> None:
    without = {name for name, (_, column) in columns(make_schema()).items() if column is None}
    listed = {name for name in without if name.startswith("LearnerAtSource.")}
    known = {name for name in without if {name, name.split(".")[0]} & RESOLVED}

    assert without == listed | known
    assert listed == {"LearnerAtSource.completions", "LearnerAtSource.assignments"}


def test_an_attribute_says_which_it_is() -> None:
    fields = columns(make_schema())

    (_, title), (_, info) = fields["Course.title"], fields["CourseConnection.pageInfo"]
    assert isinstance(title, Attribute) and title.name == "title"
    assert isinstance(info, Attribute) and info.name == "page_info"


@pytest.mark.parametrize(
    ("query", "source"),
    [
        (WIDE, None),
        (SOURCES, None),
        *((EXAMPLES[each], f"demo-{each.replace('_', '-')}") for each in sorted(EXAMPLES)),
        (GENERAL, "demo-stackone"),
    ],
)
async def test_columns_say_what_resolvers_say(
    clients: Mapping[str, Client], query: str, source: str | None
) -> None:
    told = []
    for schema in (make_schema(), by_level(make_schema())):
        context = Context(sources=clients, ask=Ask(budget=1000))
        variables = {"source": source} if source else None
        result = await schema.execute(query, variables, context_value=context)
        context.cancel()
        errors = sorted((str(each.path), each.message) for each in result.errors or ())
        told.append((result.data, errors, context.given))

    assert told[0] == told[1]
    assert told[0][0]
