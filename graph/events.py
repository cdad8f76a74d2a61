"""What subscribers are told of sources: that one was synced, that records changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from graph.entity import computed, value
from providers import events as model
from resolvers import events, sources

if TYPE_CHECKING:
    from graph.source import Source
    from providers.events import Change, RecordType, SyncStatus
    from resolvers.context import Context

Types = Annotated[
    list[model.RecordType] | None,
    strawberry.argument(description="Types that are meant; all of them where left out."),
]


def _source(context: Context, event: model.Event) -> Any:
    return sources.find(context, event.source)


def _ids(_: Context, event: model.RecordsChanged) -> list[str]:
    return events.ids_of(event)


@value(model.SourceSynced)
class SourceSynced:
    """A source's copy of the learning system behind it began, is complete, or failed."""

    source: Source | None = computed(_source)
    """Source that tells it; null where it isn't connected any more."""

    status: SyncStatus
    """How far the copy is."""

    received_at: datetime
    """When the source told it."""

    missed: int
    """How many events were lost before this one, because they were read too slowly."""


@value(model.RecordsChanged)
class RecordsChanged:
    """Records of one type changed at a source."""

    source: Source | None = computed(_source)
    """Source that holds the records; null where it isn't connected any more."""

    type: RecordType
    """Type of the records."""

    ids: list[strawberry.ID] = computed(_ids)
    """Ids of the records in this graph; empty where the source doesn't say which they are."""

    keys: list[str]
    """Ids that the provider's own API uses; empty where the source doesn't say which they are."""

    change: Change
    """What happened to the records."""

    received_at: datetime
    """When the source told it."""

    missed: int
    """How many events were lost before this one, because they were read too slowly."""
