"""Where every subscription begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from graph.entity import followed_by, value
from graph.query import Id
from providers import model
from resolvers import imports

if TYPE_CHECKING:
    from graph.course_import import CourseImport


def _course_import(info: strawberry.Info, id: Id) -> object:
    return imports.follow(info.context, id)


# A watch ends by the status, whether it is selected or not.
@value(reads={model.CourseImport: frozenset({"status"})})
class Subscription:
    """What changes by itself, told whenever it does. Over a WebSocket: `graphql-transport-ws`."""

    course_import: CourseImport | None = followed_by(_course_import, "course_imports")
    """An import of a course: as it is now, and again whenever what is selected of it has changed,
    until it is complete or has failed. An id that the source doesn't know is an error."""
