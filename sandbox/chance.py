"""Dice that fall the same way on every run, and the academy's calendar."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")

TODAY = datetime(2026, 11, 1, tzinfo=UTC)
"""The academy's present; nothing has happened after it."""

# Nights when a whole campus was imported at once: many records share these times to the second.
IMPORTS = tuple(TODAY - timedelta(days=days, hours=22) for days in (41, 180, 402))


class Chance:
    """A seeded source of choices."""

    def __init__(self, seed: str) -> None:
        # Random hashes a string itself, so this doesn't depend on PYTHONHASHSEED.
        self.random = Random(seed)

    def happens(self, probability: float) -> bool:
        return self.random.random() < probability

    def maybe(self, value: T, missing: float) -> T | None:
        """The value, or None with the probability `missing`."""
        return None if self.happens(missing) else value

    def one(self, values: Sequence[T]) -> T:
        return self.random.choice(values)

    def some(self, values: Sequence[T], least: int, most: int) -> tuple[T, ...]:
        """Between `least` and `most` different values, fewer if there aren't as many."""
        count = min(self.random.randint(least, most), len(values))
        return tuple(self.random.sample(values, count))

    def shuffled(self, values: Sequence[T]) -> list[T]:
        return self.random.sample(values, len(values))

    def weighted(self, weights: dict[T, int]) -> T:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def numbers(self, count: int) -> list[int]:
        """As many different numbers, in no order."""
        return self.random.sample(range(1_000, 10_000 + 20 * count), count)

    def before(self, latest: datetime, *, least: float, most: float) -> datetime:
        """A whole second between `least` and `most` days before `latest`."""
        days = self.random.uniform(least, most)
        return latest - timedelta(seconds=int(days * 86_400))

    def between(self, earliest: datetime, latest: datetime) -> datetime:
        """A whole second of that time, both ends included."""
        seconds = int((latest - earliest).total_seconds())
        return earliest + timedelta(seconds=self.random.randint(0, max(seconds, 0)))

    def lifetime(self) -> tuple[datetime, datetime]:
        """When a record was made and last changed; a quarter came with an import, unchanged."""
        if self.happens(0.25):
            imported = self.one(IMPORTS)
            return imported, imported
        made = self.before(TODAY, least=30, most=1_400)
        return made, self.between(made, TODAY)

    def status(self) -> str | None:
        """What most records say is ACTIVE; a few say what no provider documents."""
        return self.weighted({"ACTIVE": 76, "PENDING": 5, "INACTIVE": 7, "ARCHIVED": 5, None: 7})
