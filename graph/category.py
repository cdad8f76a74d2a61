"""Categories: what courses are filed under."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from graph.connections import Connection
from graph.entity import children, entity
from graph.node import Node
from graph.scalars import JSON
from providers import model

if TYPE_CHECKING:
    from graph.course import Course
    from graph.values import Language
    from providers.model import Level, Status


@entity(model.Category)
class Category(Node):
    """A subject that courses are filed under."""

    name: str | None
    """Name of the category."""

    description: str | None
    """What belongs to the category."""

    status: Status | None
    """Whether the category is in use; null where `statusText` is none of ours."""

    status_text: str | None
    """Status in the source's own word."""

    language: Language | None
    """Language of the name."""

    level: Level | None
    """Place in the source's hierarchy. Null where `levelText` is none of ours."""

    level_text: str | None
    """Place in the hierarchy, in the source's own word."""

    courses: Connection[Course] | None = children(
        "courses_of_categories", "courses_of_category", expected=True
    )
    """Courses that are filed under the category; null, with the error UNSUPPORTED, where the source
    can't be asked for them."""

    remote_id: str | None
    """Id in the learning system behind the source."""

    updated_at: datetime | None
    """When the category was last changed at its source."""

    custom_fields: JSON | None
    """Fields that the source's customer defined."""

    raw_data: JSON | None
    """Record of the learning system behind the source, unread."""
