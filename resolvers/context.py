"""Who asks, which sources they have, and what happened: one context for one operation."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from providers.base import Ask, Client
from providers.errors import ProviderError
from resolvers.errors import LimitReached
from resolvers.loaders import Batch, Level

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong beside data that could be given.

    ``where`` is the caller's own mark of the place in the answer; ``cursor`` resumes what was cut
    off.
    """

    where: Any
    error: ProviderError
    cursor: str | None = None


@dataclass(slots=True)
class Context:
    """What one operation shares. It holds no source that its tenant doesn't own."""

    sources: Mapping[str, Client]
    """The tenant's sources by name, in the order in which lists run through them."""

    ask: Ask = field(default_factory=Ask)
    """The terms of this operation: fields, deadline, budget; and the calls it made."""

    largest_page: int = 100
    """Largest ``first`` of a connection."""

    most_records: int = 20_000
    """How many records one operation may give, each counted wherever it is given."""

    given: int = 0
    """Records given so far."""

    problems: list[Problem] = field(default_factory=list)
    """What went wrong beside the data."""

    _batches: dict[Hashable, Batch] = field(default_factory=dict)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def batch(self, name: Hashable, level: Level) -> Batch:
        """The loader of this name, made at its first use: what it loads is loaded once an
        operation."""
        if name not in self._batches:
            self._batches[name] = Batch(self, level)
        return self._batches[name]

    def give(self, records: Sequence[Any]) -> None:
        """Count records that the operation gives.

        What a document asks for shows only as its relations are followed: every record costs time
        that other requests wait for, however few calls it took.

        Raises:
            LimitReached: where they are too many.
        """
        self.given += len(records)
        if self.given > self.most_records:
            raise LimitReached(
                f"One operation may give {self.most_records} records; ask for less at once."
            )

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run work that ends with the operation at the latest."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def cancel(self) -> None:
        """Stop whatever still runs: nobody waits for it."""
        for task in self._tasks:
            task.cancel()
