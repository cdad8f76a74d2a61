"""Learners: one person across all sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from graph.connections import Connection
from graph.entity import After, First, answered_by, given, value
from graph.lists import Sources
from providers import model
from resolvers import learners
from resolvers.relations import Children
from resolvers.sources import every

if TYPE_CHECKING:
    from graph.assignment import Assignment
    from graph.completion import Completion
    from graph.source import Source
    from graph.user import User
    from resolvers.learners import Completeness


def _children(heads: str, page: str) -> Any:
    relation = Children(heads, page)

    def resolve(
        root: Any, info: strawberry.Info, first: First = 20, after: After = strawberry.UNSET
    ) -> Any:
        return learners.children(
            info.context, root, relation, first=first, after=given(after), where=info.path
        )

    return answered_by(resolve, heads)


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

    completions: Connection[Completion] | None = _children(
        "completions_of_users", "completions_of_user"
    )
    """What the person finished there, one user after the other; null where the source keeps no
    completions."""

    assignments: Connection[Assignment] | None = _children(
        "assignments_of_users", "assignments_of_user"
    )
    """What the person is to take there, one user after the other; null where the source doesn't
    say."""


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

    places: list[LearnerAtSource] = answered_by(_places)
    """The person at every source, whether known there or not. A cursor of a list below is of one
    place: give its source's name to go on after it."""
