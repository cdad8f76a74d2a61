"""Relay connections: how every list that grows is shown.

https://relay.dev/graphql/connections.htm
"""

from __future__ import annotations

from typing import Generic, TypeVar

import strawberry
import strawberry.federation

from graph.columns import attribute, marked

Item = TypeVar("Item")


@strawberry.federation.type(
    shareable=True, description="Where a page stands in its list, for going on after it."
)
class PageInfo:
    """Relay's page info; there is no going backwards, since no provider offers it."""

    has_next_page: bool = strawberry.field(
        description="Whether there may be rows after this page. A source may say so and then have "
        "none: the next page can be empty.",
        metadata=marked(attribute("has_next_page")),
    )
    has_previous_page: bool = strawberry.field(
        description="Whether this page was asked for with `after`.",
        metadata=marked(attribute("has_previous_page")),
    )
    start_cursor: str | None = strawberry.field(
        description="Cursor of the first row; null where the page is empty.",
        metadata=marked(attribute("start_cursor")),
    )
    end_cursor: str | None = strawberry.field(
        description="Cursor to go on after; null where the page is empty and nothing follows.",
        metadata=marked(attribute("end_cursor")),
    )


@strawberry.type(description="A row of a list, and its place there.")
class Edge(Generic[Item]):
    """Relay's edge."""

    node: Item = strawberry.field(description="The row.", metadata=marked(attribute("node")))
    cursor: str = strawberry.field(
        description="Cursor to go on after this row.", metadata=marked(attribute("cursor"))
    )


@strawberry.type(description="A page of a list.")
class Connection(Generic[Item]):
    """Relay's connection, with the rows themselves beside their edges."""

    edges: list[Edge[Item]] = strawberry.field(
        description="Rows with their cursors.", metadata=marked(attribute("edges"))
    )
    nodes: list[Item] = strawberry.field(
        description="Rows without their cursors.", metadata=marked(attribute("nodes"))
    )
    page_info: PageInfo = strawberry.field(
        description="Where the page stands in its list.", metadata=marked(attribute("page_info"))
    )
