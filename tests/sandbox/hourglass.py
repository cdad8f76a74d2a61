"""A clock that tests turn: nothing that sleeps by it wakes up by itself."""

import asyncio
from datetime import UTC, datetime, timedelta

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Hourglass:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def now(self) -> datetime:
        """The time, UTC."""
        return BEGIN + timedelta(seconds=self.passed)

    async def sleep(self, seconds: float) -> None:
        """Return once so much time has passed."""
        woken = asyncio.Event()
        self._sleepers.append((self.passed + seconds, woken))
        await woken.wait()

    async def sleeper(self) -> None:
        """Return once somebody sleeps."""
        while not self._sleepers:
            await asyncio.sleep(0)

    async def turn(self, seconds: float) -> None:
        """Let time pass, and whoever it wakes do what there is to do, in the order of waking."""
        end = self.passed + seconds
        await settle()
        while due := sorted(each for each in self._sleepers if each[0] <= end):
            self.passed, woken = due[0]
            self._sleepers.remove(due[0])
            woken.set()
            await settle()
        self.passed = end


async def settle() -> None:
    """Let every task go on until it waits for something else than its turn."""
    for _ in range(50):
        await asyncio.sleep(0)
