"""What is remembered, so much of it and no more."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Bounded(Generic[K, T]):
    """What was made for a key, the latest used first to be kept; each weighs something."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.weight = 0
        self._kept: OrderedDict[K, tuple[T, int]] = OrderedDict()

    def get(self, key: K) -> T | None:
        """What is kept under a key."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def keep(self, key: K, value: T, weight: int = 1) -> None:
        """Keep a value, and let go of those that were not used for the longest time."""
        if weight > self.most:
            return
        self.drop(key)
        self._kept[key] = value, weight
        self.weight += weight
        while self.weight > self.most:
            _, (_, lighter) = self._kept.popitem(last=False)
            self.weight -= lighter

    def drop(self, key: K) -> None:
        """Let go of what is kept under a key, if anything is."""
        if key in self._kept:
            self.weight -= self._kept.pop(key)[1]

    def __len__(self) -> int:
        return len(self._kept)
