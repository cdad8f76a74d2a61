"""What a tenant is told of its sources: that one was synced, that records changed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence
from typing import TypeVar, cast

from providers.events import Event, RecordsChanged, RecordType, SourceSynced
from resolvers import ids, sources
from resolvers.broadcast import Wanted
from resolvers.context import Context

E = TypeVar("E", SourceSynced, RecordsChanged)


def source_synced(
    context: Context, names: Sequence[str] | None = None
) -> AsyncGenerator[SourceSynced, None]:
    """Syncs of the tenant's sources, or of those of these names.

    Raises:
        BadInput: where a name is not among them.
    """
    asked = _names(context, names)
    return _followed(context, lambda event: isinstance(event, SourceSynced), asked)


def records_changed(
    context: Context,
    names: Sequence[str] | None = None,
    types: Collection[RecordType] | None = None,
) -> AsyncGenerator[RecordsChanged, None]:
    """Changes of the records of the tenant's sources, or of those of these names and types.

    Raises:
        BadInput: where a name is not among them.
    """
    asked = _names(context, names)

    def wanted(event: Event) -> bool:
        return isinstance(event, RecordsChanged) and (types is None or event.type in types)

    return _followed(context, wanted, asked)


def ids_of(event: RecordsChanged) -> list[str]:
    """Ids of the records that changed."""
    return [ids.encode(event.type.value, event.source, key) for key in event.keys]


def _names(context: Context, names: Sequence[str] | None) -> frozenset[str]:
    return frozenset(each.name for each in sources.every(context, names, "sources"))


def _followed(context: Context, wanted: Wanted, names: frozenset[str]) -> AsyncGenerator[E, None]:
    """Events of these sources alone: whatever else is published is another tenant's."""
    found = context.events.follow(lambda event: event.source in names and wanted(event))
    return cast("AsyncGenerator[E, None]", found)
