"""Counts how often a module's functions run: what a document costs, without a clock."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any


def calls(module: ModuleType, act: Callable[[], Any]) -> int:
    """How many calls of the module's functions an act takes, comprehensions included."""
    count = 0

    def note(frame: FrameType, event: str, _: Any) -> None:
        nonlocal count
        count += event == "call" and frame.f_code.co_filename == module.__file__

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def doubled(levels: int, *, leaf: str = "title") -> str:
    """A document whose fragments each spread the next one twice: 2 to the power of so many
    leaves."""
    fragments = [
        f"fragment F{at} on Course {{ ...F{at + 1} ...F{at + 1} }}" for at in range(levels)
    ]
    last = f"fragment F{levels} on Course {{ {leaf} }}"
    return "\n".join(["{ courses(first: 1) { nodes { ...F0 } } }", *fragments, last])


def nested(levels: int) -> str:
    """The same, each fragment two fields further down."""
    fragments = [
        f"fragment F{at} on Category {{ a{at}: courses(first: 1) {{ nodes {{ "
        f"categories {{ ...F{at + 1} }} skills {{ id }} "
        f"b{at}: categories {{ ...F{at + 1} }} }} }} }}"
        for at in range(levels)
    ]
    last = f"fragment F{levels} on Category {{ name }}"
    return "\n".join(["{ categories(first: 1) { nodes { ...F0 } } }", *fragments, last])
