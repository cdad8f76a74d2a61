"""Sends bytes a fixed time later, to the tenth of a millisecond.

Event loops count in whole milliseconds, which would be 4 % of the 25 that are played here; Linux's
timerfd doesn't. Every delay is equally long, so what is due first was put in first.
https://man7.org/linux/man-pages/man2/timerfd_create.2.html
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import time
from collections import deque

CLOCK_MONOTONIC = 1

libc = ctypes.CDLL(None, use_errno=True)


class _Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


class _Setting(ctypes.Structure):
    _fields_ = [("interval", _Time), ("value", _Time)]


class Delay:
    """What is to be written, each with the nanosecond when it is due."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.nanoseconds = 0
        self.waiting: deque[tuple[int, asyncio.WriteTransport, bytes]] = deque()
        self.timer = libc.timerfd_create(CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
        if self.timer < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")
        loop.add_reader(self.timer, self._due)

    def close(self) -> None:
        """Let go of the timer."""
        self.loop.remove_reader(self.timer)
        os.close(self.timer)

    def write(self, transport: asyncio.WriteTransport, data: bytes) -> None:
        """Write now, or as much later as is played."""
        if not self.nanoseconds:
            transport.write(data)
            return
        self.waiting.append((time.monotonic_ns() + self.nanoseconds, transport, data))
        if len(self.waiting) == 1:
            self._set()

    def _due(self) -> None:
        os.read(self.timer, 8)
        now = time.monotonic_ns()
        while self.waiting and self.waiting[0][0] <= now:
            _, transport, data = self.waiting.popleft()
            if not transport.is_closing():
                transport.write(data)
        if self.waiting:
            self._set()

    def _set(self) -> None:
        left = max(self.waiting[0][0] - time.monotonic_ns(), 1)
        value = _Time(left // 1_000_000_000, left % 1_000_000_000)
        setting = _Setting(_Time(0, 0), value)
        libc.timerfd_settime(self.timer, 0, ctypes.byref(setting), None)
