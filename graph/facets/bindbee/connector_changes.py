"""Mutations of the connector that a source at Bindbee is.

https://docs.bindbee.dev/basics/connectors
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.changes import change, payload
from graph.entity import computed, extend, input
from providers.errors import Kind
from resolvers import sources
from resolvers.changes import Change

if TYPE_CHECKING:
    from graph.source import Source


def _source(context: Any, root: Any) -> Any:
    return sources.find(context, root.source)


def _said(context: Any, root: Any) -> Any:
    return root.value


@input
class SourceResyncInput:
    """A source that is to be synced once more."""

    source: str
    """Name of the source."""


@payload
class SourceResyncPayload:
    """What came of asking for a sync."""

    source: Source | None = computed(_source)
    """The source. Its `health` and its `bindbee { connector }` say how far the sync is;
    `sourceSynced` tells when it ends."""

    message: str | None = computed(_said)
    """What Bindbee said."""


@input
class ConnectorDeleteInput:
    """A connector that is to go."""

    source: str
    """Name of the source, whose settings must say `manage_connectors = true`."""

    key: str
    """Id of the connector at Bindbee, as `bindbee { connector { key } }` gives it. It must be the
    source's own: no other is deleted."""


@payload
class ConnectorDeletePayload:
    """What came of deleting a connector."""

    deleted_key: str | None = computed(lambda _, root: root.key)
    """Id of what is no more; null where it wasn't deleted."""

    message: str | None = computed(_said)
    """What Bindbee said; null where its answer was lost, and the connector is gone."""


RESYNC = Change("resync", check="read `lastSyncStartedAt` of the source's connector")

DELETE = Change(
    "delete_connector",
    check="read whether the source still has a connector",
    blamed={Kind.NOT_FOUND: "key"},
)


@extend("Mutation")
class ConnectorMutations:
    """What is added to the mutations."""

    source_resync: SourceResyncPayload | None = change(SourceResyncInput, RESYNC)
    """Have a source's data copied from its learning system now, instead of at the next sync. It is
    begun, and not waited for; where one is under way, it may be that one."""

    connector_delete: ConnectorDeletePayload | None = change(ConnectorDeleteInput, DELETE)
    """Delete the connector that a source is: the customer's learning system is unlinked, and the
    source gives nothing until it is linked anew and set up. Off unless the source's settings say
    `manage_connectors = true`; UNSUPPORTED says so."""
