"""The schema: every declared type put together, as a federated subgraph.

https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig

from graph import (
    assignment,
    category,
    completion,
    content,
    course,
    course_import,
    course_publish,
    events,
    facets,
    instructor,
    learner,
    mutation,
    query,
    skill,
    source,
    subscription,
    user,
    values,
)
from graph.connections import Connection
from graph.entity import DECLARATIONS, build
from graph.limits import Limits
from graph.node import Node
from graph.policies import EVERYTHING, Policy
from graph.scalars import SCALARS
from graph.scopes import Access
from graph.subgraph import Subgraph

FEDERATION: Literal["2.9"] = "2.9"
"""The newest version that every composer accepts."""

MODULES = (
    assignment,
    category,
    completion,
    content,
    course,
    course_import,
    course_publish,
    events,
    instructor,
    learner,
    mutation,
    query,
    skill,
    source,
    subscription,
    user,
    values,
)
"""The modules that declare types; importing them is what declares."""


def make_schema(
    bounds: Limits | None = None,
    *,
    compiled: bool = True,
    policy: Policy = EVERYTHING,
    max_ages: Mapping[str, int] | None = None,
    access: Access | None = None,
) -> Subgraph:
    """The schema, refusing documents beyond these bounds; ``compiled`` executes them by plans.
    ``policy`` is what callers are shown, ``max_ages`` for how long answers may be kept, ``access``
    what fields take of callers who present tokens.

    The declared types are finished at the first call; further schemas share them.
    """
    types = declared()
    return Subgraph(
        bounds or Limits(),
        compiled=compiled,
        policy=policy,
        max_ages=max_ages,
        access=access,
        query=DECLARATIONS["Query"].cls,
        mutation=DECLARATIONS["Mutation"].cls,
        subscription=DECLARATIONS["Subscription"].cls,
        types=types,
        config=StrawberryConfig(scalar_map=SCALARS),
        federation_version=FEDERATION,
    )


_built: list[type] = []


def declared() -> Sequence[type]:
    """The declared types with ids, finished: Strawberry's."""
    if not _built:
        facets.load()
        _built.extend(build({"Node": Node, "Connection": Connection}))
    return _built


def sdl(schema: Subgraph) -> str:
    """The schema's text, as ``schema.graphql`` holds it."""
    return print_schema(schema) + "\n"
