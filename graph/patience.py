"""Waiting for what may never come, at no cost where it is there already.

A timer takes longer to make than a small request takes to be answered, and most bodies have arrived
by the time that somebody asks for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")

Work = Coroutine[Any, Any, T]


class Within(Generic[T]):
    """What comes of work, if it comes within so many seconds of having to be waited for.

    Raises:
        TimeoutError: where it doesn't; the work is cancelled.
    """

    __slots__ = ("seconds", "work")

    def __init__(self, seconds: float, work: Work[T]) -> None:
        self.seconds = seconds
        self.work = work

    def __await__(self) -> Generator[Any, Any, T]:
        try:
            waited = self.work.send(None)
        except StopIteration as end:
            found: T = end.value
            return found
        return (yield from self._timed(waited).__await__())

    async def _timed(self, waited: Any) -> T:
        async with asyncio.timeout(self.seconds):
            return await _Begun(self.work, waited)


class _Begun(Generic[T]):
    """Work that waits for something already, to be awaited from there on."""

    __slots__ = ("waited", "work")

    def __init__(self, work: Work[T], waited: Any) -> None:
        self.work = work
        self.waited = waited

    def __await__(self) -> Generator[Any, Any, T]:
        waited = self.waited
        try:
            while True:
                try:
                    value = yield waited
                except BaseException as error:  # that it is cancelled is for the work to know
                    waited = self.work.throw(error)
                else:
                    waited = self.work.send(value)
        except StopIteration as end:
            found: T = end.value
            return found
