"""Bindbee: the connector that a source is, and the integrations around it.

https://docs.bindbee.dev/basics/connectors
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry

from graph.entity import answered_by, asked, extend, source_facet, told, value
from graph.facets import EXAMPLES
from graph.facets.bindbee import connector_changes
from graph.scalars import URL
from providers.bindbee import reading
from resolvers import sources

__all__ = ["connector_changes"]

EXAMPLES["bindbee"] = """\
# A source at Bindbee: courses come expanded,
# and their completions in a few bulk reads.
query Bindbee($source: String!) {
  source(name: $source) {
    health { status lastSyncedAt }
    bindbee { connector { status syncStatus } }
    courses(first: 50) {
      nodes {
        id
        title
        categories { id name }
        skills { id name }
        instructors { id name }
        completions(first: 5) {
          nodes { score grade user { name email } }
        }
      }
    }
  }
}
"""


@value(reading.Connector)
class BindbeeConnector:
    """A customer's connection to one learning system. Its token is a credential and is never
    shown."""

    key: str
    """Id of the connector at Bindbee."""

    is_active: bool | None
    """Whether the connector is in use."""

    status: str | None
    """COMPLETE, INCOMPLETE or RELINK_NEEDED, in Bindbee's words."""

    integration_slug: str | None
    """Short name of the system that is connected."""

    end_user: str | None
    """Name of the customer."""

    origin_id: str | None
    """Id that the customer has at the origin."""

    sync_status: str | None
    """Syncing, Done or Failed, in Bindbee's words."""

    last_sync_started_at: datetime | None
    """When the last sync began."""

    next_sync_starts_at: datetime | None
    """When the next sync begins."""

    category: str | None
    """Kind of system, in Bindbee's words: LMS, HRIS, ATS."""

    relink_needed_at: datetime | None
    """When the connector began to need a new link."""

    is_test: bool | None
    """Whether it is a test connector."""

    completed_at: datetime | None
    """When its set-up was completed."""

    created_at: datetime | None
    """When it was created."""


@value(reading.Integration)
class BindbeeIntegration:
    """A system that Bindbee can connect to."""

    key: str
    """Id of the entry at Bindbee."""

    integration_id: str | None
    """Id of the integration itself."""

    is_enabled: bool | None
    """Whether it can be used."""

    slug: str | None
    """Short name."""

    type: str | None
    """How it is connected, in Bindbee's words."""

    category: str | None
    """Kind of system, in Bindbee's words: LMS, HRIS, ATS."""

    name: str | None
    """Name for people."""

    icon_url: URL | None
    """Address of its icon."""

    description: str | None
    """What it is."""


IsActive = Annotated[
    bool | None, strawberry.argument(description="Whether the connector has to be in use.")
]
Origin = Annotated[
    str | None,
    strawberry.argument(
        description="Id that the customer has at the origin. Where an API key has many connectors, "
        "it saves calls."
    ),
]


def _connector(
    root: Any,
    info: strawberry.Info,
    is_active: IsActive = strawberry.UNSET,
    origin_id: Origin = strawberry.UNSET,
) -> Any:
    narrowed = asked(is_active=is_active, origin_id=origin_id)
    return sources.told(info.context, root, "connector", **narrowed)


@value()
class BindbeeSource:
    """What only a source at Bindbee has."""

    connector: BindbeeConnector | None = answered_by(_connector)
    """The connector that the source is; null where its API key doesn't show it, or where it isn't
    what the arguments ask for. Costs a call for each 200 connectors that the API key has."""

    integrations: list[BindbeeIntegration] | None = told("integrations")
    """Systems that can be connected to. Costs a call."""


@extend("Source")
class SourceFacet:
    """What is added to sources."""

    bindbee: BindbeeSource | None = source_facet("bindbee")
    """What only Bindbee has; null at every other provider."""
