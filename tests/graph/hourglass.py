"""Time that passes at once: for tests of what happens when nobody answers for long."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Hourglass(asyncio.SelectorEventLoop):
    """An event loop whose clock stands still while anything runs, and jumps to the next timer when
    nothing can."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(Jumping(self))

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self.now


class Jumping(selectors.DefaultSelector):
    """Turns the hourglass instead of waiting."""

    def __init__(self, hourglass: Hourglass) -> None:
        super().__init__()
        self.hourglass = hourglass

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(timeout if timeout is None else 0)
        if timeout and not ready:
            self.hourglass.now += timeout
        return ready


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """Run work on a loop where waiting takes no time."""
    with asyncio.Runner(loop_factory=Hourglass) as runner:
        return runner.run(work)
