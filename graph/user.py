"""Users: people as one source knows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from graph.connections import Connection
from graph.entity import children, entity
from graph.node import Node
from graph.scalars import JSON
from providers import model

if TYPE_CHECKING:
    from graph.assignment import Assignment
    from graph.completion import Completion
    from providers.model import Status


@entity(model.User)
class User(Node):
    """Somebody who learns or teaches, as one source knows them. `Learner` is one person across all
    sources."""

    name: str | None
    """Full name; composed where the source gives only its parts."""

    first_name: str | None
    """First name."""

    middle_name: str | None
    """Middle name."""

    last_name: str | None
    """Last name."""

    email: str | None
    """E-mail address."""

    phone: str | None
    """Phone number."""

    status: Status | None
    """Whether the user is active. Null where `statusText` is none of ours."""

    status_text: str | None
    """Status in the source's own word."""

    completions: Connection[Completion] | None = children(
        "completions_of_users", "completions_of_user"
    )
    """What the user finished, in the source's own order; null where the source keeps no
    completions."""

    assignments: Connection[Assignment] | None = children(
        "assignments_of_users", "assignments_of_user"
    )
    """What the user is to take, in the source's own order; null where the source doesn't say."""

    external_reference: str | None
    """Reference that the source's customer chose."""

    remote_id: str | None
    """Id in the learning system behind the source."""

    created_at: datetime | None
    """When the user was created at the source."""

    updated_at: datetime | None
    """When the user was last changed at the source."""

    custom_fields: JSON | None
    """Fields that the source's customer defined."""

    raw_data: JSON | None
    """Record of the learning system behind the source, unread."""
