"""Who asks, which sources they have, and what happened: one context for one operation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from providers.base import Ask, Client
from providers.errors import ProviderError
from providers.model import Record
from resolvers.attempts import Attempts
from resolvers.broadcast import Broadcast
from resolvers.errors import LimitReached
from resolvers.ledger import Ledger
from resolvers.loaders import Batch, Level, afresh, seen

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

    latest: float | None = None
    """When an operation that changes something has to end, on the event loop's clock: giving a
    change up leaves it unknown, so this is later than the deadline of one that reads."""

    changes: bool = False
    """Whether the operation changes something."""

    ledger: Ledger = field(default_factory=Ledger)
    """What is remembered between operations."""

    attempts: Attempts = field(default_factory=Attempts)
    """What was attempted under callers' keys."""

    public_url: str = ""
    """Where clients reach the server; paths on it are given without it where it isn't known."""

    largest_upload: int = 0
    """Largest file that is taken, in bytes."""

    poll_interval: float = 1.0
    """Seconds between two looks at what goes on by itself at a source; longer while nothing
    changes."""

    given: int = 0
    """Records given so far."""

    timing: Any = None
    """Where the executor notes when each field was answered, for who asked to be told."""

    events: Broadcast = field(default_factory=Broadcast)
    """What the server's sources tell of themselves; a tenant is shown those of its own."""

    problems: list[Problem] = field(default_factory=list)
    """What went wrong beside the data."""

    primed: list[Sequence[Record]] = field(default_factory=list)
    """Records that lists gave, each list of one type; see ``resolvers.entities.prime``."""

    indexed: dict[str, int] = field(default_factory=dict)
    """By plural, how many of these lists its loader has looked at."""

    _batches: dict[Hashable, Batch] = field(default_factory=dict)
    _once: dict[Hashable, asyncio.Task[Any]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    _ended: bool = False

    def batch(self, name: Hashable, level: Level) -> Batch:
        """The loader of this name, made at its first use: what it loads is loaded once an
        operation."""
        found = self._batches.get(name)
        if found is None:
            found = self._batches[name] = Batch(self, level)
        return found

    async def once(self, name: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """What the work of this name gives, which is done at its first use.

        Whoever asks again is given the same, the provider's error as well. Who is cancelled
        doesn't cancel the work that others may wait for; it ends with the operation.
        """
        task = self._once.get(name)
        if task is None:
            task = self._once[name] = self.start(_answer(work))
            task.add_done_callback(seen)
        answer = await asyncio.shield(task)
        if isinstance(answer, ProviderError):
            raise afresh(answer)
        return cast(T, answer)

    def begin_changes(self) -> None:
        """The operation is one that changes something."""
        self.changes = True
        self.ask.deadline = self.latest

    def changed(self) -> None:
        """Forget what was read: something was changed since."""
        for batch in self._batches.values():
            batch.forget()
        self._batches.clear()
        self._once.clear()
        self.primed.clear()
        self.indexed.clear()
        self.ask.shared.clear()

    def again(self) -> None:
        """Forget what an execution adds up, so that the operation can be executed once more over
        what it has read."""
        self.given = 0
        self.problems.clear()

    def give(self, records: int) -> None:
        """Count so many records that the operation gives.

        What a document asks for shows only as its relations are followed: every record costs time
        that other requests wait for, however few calls it took.

        Raises:
            LimitReached: where they are too many.
        """
        self.given += records
        if self.given > self.most_records:
            raise LimitReached(
                f"One operation may give {self.most_records} records; ask for less at once.",
                "records",
                self.most_records,
            )

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run work that ends with the operation at the latest."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self._ended:
            task.cancel()
        return task

    def cancel(self) -> None:
        """Stop whatever still runs, and whatever would begin, and let go of what was loaded: nobody
        waits for it."""
        self._ended = True
        for task in self._tasks:
            task.cancel()
        for batch in self._batches.values():
            batch.forget()
        self._batches.clear()


async def _answer(work: Callable[[], Awaitable[Any]]) -> Any:
    """What the work gives; the provider's error as a value, so that it can be raised anew."""
    try:
        return await work()
    except ProviderError as error:
        return error
