"""Watching what changes by itself at a source, by looking at it again and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from providers.errors import ProviderError
from resolvers.context import Context

T = TypeVar("T")

Look = Callable[[Context], Awaitable[T]]
"""Reads once, in a context of its own."""

GROWTH = 1.5
"""How many times longer each wait is than the one before, while nothing changes."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often something is looked at."""

    interval: float = 1.0
    """Seconds between two looks, as long as each shows a change."""

    longest: float = 10.0
    """Longest time between two looks, in seconds; a source that says when to ask again may ask for
    more."""

    failures: int = 5
    """How many looks in a row may fail for reasons that pass; one more ends the watch."""

    def longer(self, wait: float) -> float:
        """The wait after one that nothing came of."""
        return min(wait * GROWTH, max(self.longest, self.interval))


@dataclass(frozen=True, slots=True)
class Watch:
    """What a subscription goes by. It shares nothing between looks but this."""

    context: Callable[[], Context]
    """Makes the context of one look, or of one answer, whose time begins with it."""

    pace: Pace = Pace()

    async def look(self, look: Look[T]) -> T:
        """Look once; whatever that leaves running ends with it."""
        context = self.context()
        try:
            return await look(context)
        finally:
            context.cancel()


async def changes(
    watch: Watch, look: Look[T], is_last: Callable[[T], bool]
) -> AsyncGenerator[T, None]:
    """What is seen first, and each time that it is another, until it is the last.

    A look that fails is passed over, and the next one made later, as the provider asks for.

    Raises:
        ProviderError: where looking again can't help, or failed too often.
    """
    last: T | None = None
    failed = 0
    wait = watch.pace.interval
    while True:
        pause = 0.0
        try:
            seen = await watch.look(look)
        except ProviderError as error:
            failed += 1
            if not error.retryable or failed > watch.pace.failures:
                raise
            pause = error.retry_after or 0.0
            wait = watch.pace.longer(wait)
        else:
            failed = 0
            wait = watch.pace.longer(wait) if seen == last else watch.pace.interval
            if seen != last:
                yield seen
            if is_last(seen):
                return
            last = seen
        await asyncio.sleep(max(wait, pause))
