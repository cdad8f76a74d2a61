"""xAPI statements: who did what, as SCORM Cloud's record store holds it.

https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Data.md
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry

from graph.columns import first_pages
from graph.entity import After, First, answered_by, given, page_of, value
from graph.scalars import JSON
from providers.scormcloud import statements
from resolvers import ids
from resolvers.errors import BadInput
from resolvers.relations import Children

UserId = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Id of the user whose statements are asked for."),
]
Since = Annotated[
    datetime | None, strawberry.argument(description="Leaves out what was before; inclusive.")
]
Until = Annotated[
    datetime | None, strawberry.argument(description="Leaves out what was after; inclusive.")
]


@value(statements.ScormCloudStatement)
class ScormCloudStatement:
    """That somebody did something, in the words of xAPI."""

    key: str
    """Id of the statement."""

    actor: JSON | None
    """Who did it: an agent or a group."""

    verb_id: str | None
    """What was done, as an IRI."""

    verb: JSON | None
    """What was done, with its names by language."""

    object_id: str | None
    """What it was done to, as an IRI or a statement's id; null where the object has no id."""

    object: JSON | None
    """What it was done to: an activity, an agent or group, or another statement."""

    result: JSON | None
    """What came of it: score, success, completion, response."""

    context: JSON | None
    """Circumstances: registration, instructor, related activities."""

    happened_at: datetime | None
    """When it happened."""

    stored_at: datetime | None
    """When it was stored."""

    authority: JSON | None
    """Who vouches for it."""

    attachments: JSON | None
    """Files that belong to it, described."""


def _key_of(root: Any, user: str | None) -> str | None:
    """The key of a user of the same source.

    Raises:
        BadInput: where the id is none of such a user.
    """
    if user is None:
        return None
    found = ids.decode(user, "User")
    if found.source != root.source:
        raise BadInput("`user` is of another source than the course: nothing can be said of them.")
    return found.key


def statements_of_course(heads: str, page: str) -> Any:
    """A connection of the statements about a course; one learner's, or of some time, if asked."""
    relation = Children(heads, page)

    def resolve(
        root: Any,
        info: strawberry.Info,
        first: First = 20,
        after: After = strawberry.UNSET,
        user: UserId = strawberry.UNSET,
        since: Since = strawberry.UNSET,
        until: Until = strawberry.UNSET,
    ) -> Any:
        learner = _key_of(root, given(user))
        return page_of(
            relation, info, root, first, after, learner=learner, since=since, until=until
        )

    return answered_by(resolve, heads, first_pages(relation, "user", "since", "until"))


def of_time(heads: str, page: str) -> Any:
    """A connection of children, or of those of some time, if asked."""
    relation = Children(heads, page)

    def resolve(
        root: Any,
        info: strawberry.Info,
        first: First = 20,
        after: After = strawberry.UNSET,
        since: Since = strawberry.UNSET,
        until: Until = strawberry.UNSET,
    ) -> Any:
        return page_of(relation, info, root, first, after, since=since, until=until)

    return answered_by(resolve, heads, first_pages(relation, "since", "until"))
