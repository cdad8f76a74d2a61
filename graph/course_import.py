"""Imports of courses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.entity import computed, entity, reference
from graph.node import Node
from providers import model
from resolvers import imports

if TYPE_CHECKING:
    from graph.changes import UserError
    from graph.course import Course
    from graph.values import Language
    from providers.model import ImportStatus


@entity(model.CourseImport)
class CourseImport(Node):
    """The making of a course out of a package of files, which takes its source a while."""

    status: ImportStatus | None
    """How far the import has come. Null where `statusText` is none of ours."""

    status_text: str | None
    """Status in the source's own word."""

    message: str | None
    """How it went, in the source's words; of an error, why."""

    user_errors: list[UserError] = computed(
        lambda _, root: imports.user_errors(root), "status", "message"
    )
    """What is wrong with the package, where the import failed; else empty."""

    warnings: list[str] | None
    """What the source found strange in the package; null unless the import is complete."""

    languages: list[Language] | None
    """Languages that the package says it is in; null unless the import is complete."""

    course: Course | None = reference("courses", by="course_ref")
    """Course that was made; null unless the import is complete."""
