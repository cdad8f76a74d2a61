"""Time as the sandbox sees it, so that tests need not wait for it."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time, and lets it pass."""

    def now(self) -> datetime:
        """The time, UTC."""

    async def sleep(self, seconds: float) -> None:
        """Return so many seconds later."""


class WallClock:
    """The time of day."""

    def now(self) -> datetime:
        """The time, UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Return so many seconds later."""
        await asyncio.sleep(seconds)
