"""Where every subscription begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from graph.entity import followed_by, given, value
from graph.events import Types
from graph.lists import Sources
from graph.query import Id
from providers import model
from resolvers import events, imports

if TYPE_CHECKING:
    from graph.course_import import CourseImport
    from graph.events import RecordsChanged, SourceSynced


def _course_import(info: strawberry.Info, id: Id) -> object:
    return imports.follow(info.context, id)


def _source_synced(info: strawberry.Info, sources: Sources = strawberry.UNSET) -> object:
    return events.source_synced(info.context.context(), given(sources))


def _records_changed(
    info: strawberry.Info,
    sources: Sources = strawberry.UNSET,
    types: Types = strawberry.UNSET,
) -> object:
    return events.records_changed(info.context.context(), given(sources), given(types))


# A watch ends by the status, whether it is selected or not.
@value(reads={model.CourseImport: frozenset({"status"})})
class Subscription:
    """What changes by itself, told whenever it does. Over a WebSocket: `graphql-transport-ws`.

    What is told is null only beside an error.
    """

    course_import: CourseImport | None = followed_by(_course_import, "course_imports")
    """An import of a course: as it is now, and again whenever what is selected of it has changed,
    until it is complete or has failed. An id that the source doesn't know is an error."""

    source_synced: SourceSynced | None = followed_by(_source_synced)
    """Syncs of the sources whose provider tells of them, from now on. Such a source reads a copy of
    the learning system behind it: what is read after a sync is new. A source tells nothing unless
    its settings say how it proves that it is the one who tells."""

    records_changed: RecordsChanged | None = followed_by(_records_changed)
    """Changes of records at the sources whose provider tells of them, from now on. A change may be
    told twice, and may be missed: it says that reading again is worth it. A source tells nothing
    unless its settings say how it proves that it is the one who tells."""
