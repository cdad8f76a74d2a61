"""Learners: one person across all sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import strawberry

from graph.columns import each_where
from graph.connections import Connection, Edge, PageInfo
from graph.entity import After, First, answered_by, given, value
from graph.lists import Sources
from graph.weights import SEARCH
from providers import model
from resolvers import learners, merging
from resolvers.context import Context
from resolvers.learners import ASSIGNMENTS, COMPLETIONS, Timeline
from resolvers.sources import every

if TYPE_CHECKING:
    from graph.assignment import Assignment
    from graph.completion import Completion
    from graph.source import Source
    from graph.user import User
    from resolvers.merging import Completeness


def _children(timeline: Timeline) -> Any:
    def resolve(
        root: Any, info: strawberry.Info, first: First = 20, after: After = strawberry.UNSET
    ) -> Any:
        return learners.children(
            info.context, root, timeline, first=first, after=given(after), where=info.path
        )

    return answered_by(resolve, timeline.relation.heads)


def _merged(timeline: Timeline) -> Any:
    def resolve(
        root: Any,
        info: strawberry.Info,
        first: First = 20,
        after: After = strawberry.UNSET,
        sources: Sources = strawberry.UNSET,
    ) -> Any:
        return learners.merged(
            info.context,
            root,
            timeline,
            first=first,
            after=given(after),
            sources=given(sources),
            where=info.path,
        )

    def page(context: Context, root: Any, arguments: Mapping[str, Any], where: Any) -> Any:
        return learners.merged(
            context,
            root,
            timeline,
            first=arguments["first"],
            after=arguments.get("after"),
            sources=arguments.get("sources"),
            where=where,
        )

    return answered_by(resolve, timeline.relation.heads, each_where(page), weight=SEARCH)


def _places(
    root: learners.Learner, info: strawberry.Info, sources: Sources = strawberry.UNSET
) -> Any:
    named = {each.name for each in every(info.context, given(sources), "sources")}
    return [each for each in root.places if each.source.name in named]


@value(learners.LearnerAtSource)
class LearnerAtSource:
    """What one source knows about a person."""

    source: Source
    """The source."""

    completeness: Completeness
    """How much of what the source knows was found."""

    users: list[User]
    """The person as users of the source; more than one where the source knows the same e-mail
    twice."""

    completions: Connection[Completion] | None = _children(COMPLETIONS)
    """What the person finished there, one user after the other; null where the source keeps no
    completions."""

    assignments: Connection[Assignment] | None = _children(ASSIGNMENTS)
    """What the person is to take there, one user after the other; null where the source doesn't
    say."""


@value(merging.Coverage)
class Coverage:
    """How much of one source a list shows."""

    source: Source
    """The source."""

    completeness: Completeness
    """Complete where the list, page after page, shows all that the source has of the person.
    Partial where the search for the person was, where the source failed, or where it has more rows
    than are merged."""


@value(learners.MergedCompletions, reads={model.Completion: frozenset({"completed_at"})})
class LearnerCompletionConnection:
    """A page of a person's completions, of all sources."""

    edges: list[Edge[Completion]]
    """Rows with their cursors."""

    nodes: list[Completion]
    """Rows without their cursors."""

    page_info: PageInfo
    """Where the page stands in its list."""

    coverage: list[Coverage]
    """How much of each source the list shows."""


@value(
    learners.MergedAssignments,
    reads={model.Assignment: frozenset({"assigned_at", "starts_at"})},
)
class LearnerAssignmentConnection:
    """A page of a person's assignments, of all sources."""

    edges: list[Edge[Assignment]]
    """Rows with their cursors."""

    nodes: list[Assignment]
    """Rows without their cursors."""

    page_info: PageInfo
    """Where the page stands in its list."""

    coverage: list[Coverage]
    """How much of each source the list shows."""


@value(
    learners.Learner,
    keys=("email",),
    # Rows are matched by e-mail, and the first user with a name gives the learner's.
    reads={model.User: frozenset({"email", "name"})},
)
class Learner:
    """A person across all sources, matched by e-mail."""

    email: str
    """E-mail address, in small letters."""

    name: str | None
    """Full name, as the first source gives it that knows one."""

    users: list[User]
    """The person as users of every source."""

    completions: LearnerCompletionConnection | None = _merged(COMPLETIONS)
    """What the person finished anywhere, the latest first by `completedAt`, what has none at the
    end. A source that fails costs its rows, and its error has a cursor for these alone."""

    assignments: LearnerAssignmentConnection | None = _merged(ASSIGNMENTS)
    """What the person is to take anywhere, the latest first by `assignedAt`, or by `startsAt` where
    there is only that, what has neither at the end. A source that fails costs its rows, and its
    error has a cursor for these alone."""

    places: list[LearnerAtSource] = answered_by(_places)
    """The person at every source, whether known there or not. A cursor of a list below is of one
    place: give its source's name to go on after it."""
