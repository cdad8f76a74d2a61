"""Instructors: who teaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.entity import entity, reference
from graph.node import Node
from providers import model

if TYPE_CHECKING:
    from graph.user import User


@entity(model.Instructor)
class Instructor(Node):
    """Somebody who teaches or wrote a course."""

    name: str | None
    """Full name."""

    email: str | None
    """E-mail address."""

    user: User | None = reference("users", by="user_ref")
    """The instructor as a user of the source."""
