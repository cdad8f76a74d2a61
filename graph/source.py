"""Sources: the accounts at providers that the graph reads."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from graph.connections import Connection
from graph.entity import MUTATIONS, computed, entity, value
from graph.errors import Code, code
from graph.lists import here
from graph.node import Node
from graph.weights import CALL
from providers.http import RateLimit as Quota
from resolvers import sources

if TYPE_CHECKING:
    from graph.assignment import Assignment
    from graph.category import Category
    from graph.completion import Completion
    from graph.content import Content
    from graph.course import Course
    from graph.skill import Skill
    from graph.user import User
    from providers.model import HealthStatus
    from providers.sources import Provider
    from resolvers.context import Context
    from resolvers.sources import Capability


def _health(context: Context, root: Any) -> Awaitable[Any]:
    return sources.pulse(context, root)


def _mutations(_: Context, root: sources.Source) -> list[str]:
    client = root.client
    return sorted(name for name, method in MUTATIONS.items() if hasattr(client, method))


def _code(_: Context, root: sources.Pulse) -> Code | None:
    return code(root.error) if root.error else None


@value(Quota)
class RateLimit:
    """What the source's last answer said about its request quota."""

    limit: int | None
    """How many requests the source takes in its period."""

    remaining: int | None
    """How many requests are left in this period."""

    resets_at: datetime | None
    """When the next period begins."""


@value(sources.Pulse)
class SourceHealth:
    """How a source is, as one cheap call showed."""

    status: HealthStatus = computed(lambda _, root: root.health.status)
    """Whether the source answers."""

    detail: str | None = computed(lambda _, root: root.health.detail)
    """What needs attention; null where all is well."""

    code: Code | None = computed(_code)
    """Code of the error that the source answered with; null where it answered."""

    last_synced_at: datetime | None = computed(lambda _, root: root.health.last_synced_at)
    """When the provider last began to copy the data of the learning system behind it. Null where it
    is read live."""

    next_sync_at: datetime | None = computed(lambda _, root: root.health.next_sync_at)
    """When the provider next copies the data; null where it is read live."""

    rate_limit: RateLimit | None = computed(lambda _, root: root.rate)
    """Request quota; null where the source doesn't tell."""


@entity(sources.Source)
class Source(Node):
    """One account at a provider, with its credentials."""

    name: str
    """Name of the source in the server's settings; unique."""

    provider: Provider
    """Vendor whose API the source speaks."""

    capabilities: list[Capability]
    """What the source can answer."""

    mutations: list[str] = computed(_mutations)
    """Names of the mutations that its provider offers, in their order. Its settings, and the
    learning system behind it, may allow fewer of them."""

    health: SourceHealth | None = computed(_health, weight=CALL)
    """Whether the source answers now. Costs a call or two; never fails: null
    only where the operation has to end before."""

    courses: Connection[Course] | None = here("courses")
    """Courses of this source."""

    contents: Connection[Content] | None = here("contents")
    """Contents of this source; null where it lists none."""

    completions: Connection[Completion] | None = here("completions")
    """Completions of this source; null where it keeps none."""

    assignments: Connection[Assignment] | None = here("assignments")
    """Assignments of this source. One that knows them only per course needs a filter by course."""

    users: Connection[User] | None = here("users")
    """Users of this source. One that knows them only per course needs a filter by course; one that
    knows them only by what they took finds them by a bounded walk."""

    categories: Connection[Category] | None = here("categories")
    """Categories of this source; null where it has none."""

    skills: Connection[Skill] | None = here("skills")
    """Skills of this source; null where it has none."""
