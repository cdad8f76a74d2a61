"""The tenant's sources themselves: what each can answer, and how it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from providers.base import Client
from providers.errors import ProviderError
from providers.http import RateLimit
from providers.model import Health, HealthStatus
from providers.sources import Provider
from resolvers.context import Context
from resolvers.errors import BadInput
from resolvers.loaders import named


class Capability(Enum):
    """Something that a source may be able to answer."""

    COURSES = "COURSES"
    """Lists courses and reads them by id."""

    CONTENTS = "CONTENTS"
    """Lists contents and reads them by id."""

    COMPLETIONS = "COMPLETIONS"
    """Lists completions and reads them by id."""

    ASSIGNMENTS = "ASSIGNMENTS"
    """Lists assignments and reads them by id."""

    USERS = "USERS"
    """Lists users, perhaps only with a filter, and reads them by id."""

    CATEGORIES = "CATEGORIES"
    """Lists categories and reads them by id."""

    SKILLS = "SKILLS"
    """Lists skills and reads them by id."""

    INSTRUCTORS = "INSTRUCTORS"
    """Knows who teaches or wrote a course."""

    COURSE_IMPORTS = "COURSE_IMPORTS"
    """Says how far imports of courses have come."""

    COMPLETIONS_OF_COURSES = "COMPLETIONS_OF_COURSES"
    """Tells who completed a course."""

    COMPLETIONS_OF_USERS = "COMPLETIONS_OF_USERS"
    """Tells what a user completed."""

    ASSIGNMENTS_OF_COURSES = "ASSIGNMENTS_OF_COURSES"
    """Tells who is to take a course."""

    ASSIGNMENTS_OF_USERS = "ASSIGNMENTS_OF_USERS"
    """Tells what a user is to take."""

    COURSES_OF_CATEGORIES = "COURSES_OF_CATEGORIES"
    """Tells which courses are filed under a category."""

    COURSES_OF_SKILLS = "COURSES_OF_SKILLS"
    """Tells which courses teach a skill."""


@dataclass(frozen=True, slots=True)
class Source:
    """One account at a provider."""

    client: Client

    @property
    def source(self) -> str:
        """The source's own name: a source belongs to itself."""
        return self.client.source

    @property
    def key(self) -> str:
        """The name again: what it takes to find the source."""
        return self.client.source

    @property
    def name(self) -> str:
        """Name in the settings."""
        return self.client.source

    @property
    def provider(self) -> Provider:
        """Whose API it is."""
        return Provider[self.client.provider.upper()]

    @property
    def capabilities(self) -> list[Capability]:
        """What it can answer: the methods that its client has."""
        return [each for each in Capability if hasattr(self.client, each.value.lower())]


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a source is, as one cheap call showed."""

    health: Health
    rate: RateLimit | None
    error: ProviderError | None = None


def find(context: Context, name: str) -> Source | None:
    """A source by name, or None where the tenant has none of that name."""
    client = context.sources.get(name)
    return Source(client) if client else None


def every(context: Context, names: Sequence[str] | None, argument: str = "names") -> list[Source]:
    """The tenant's sources, or those of these names, in the settings' order.

    Raises:
        BadInput: where a name is not among them.
    """
    known: Mapping[str, Client] = context.sources
    if unknown := [name for name in names or () if name not in known]:
        shown = ", ".join(known)
        raise BadInput(f"`{argument}` has {unknown[0]!r}; the sources here are {shown}.")
    return [Source(client) for name, client in known.items() if names is None or name in names]


async def pulse(context: Context, source: Source) -> Pulse:
    """Ask whether a source answers. That it doesn't is an answer, not an error."""
    client = source.client
    try:
        health = await _once(context, source, "health")
    except ProviderError as error:
        down = Health(status=HealthStatus.DOWN, detail=error.detail)
        return Pulse(down, None, error)
    told = client.http.rate
    return Pulse(health, told if told != RateLimit() else None)


async def told(context: Context, source: Source, method: str, **arguments: Any) -> Any:
    """What a method of the source's client answers about the account itself."""
    try:
        return await _once(context, source, method, **arguments)
    except ProviderError as error:
        raise named(context, source.name, error) from None


async def _once(context: Context, source: Source, method: str, **arguments: Any) -> Any:
    """What a method of the client answers, asked once in an operation."""
    name = (source.name, method, *sorted(arguments.items()))
    ask = getattr(source.client, method)
    return await context.once(name, lambda: ask(context.ask, **arguments))
