"""When the fields of one execution began, and when their values were there: for who traces it.

A plan notes times if it is made of ``Timed`` fields; other plans are made of plain ones, and pay
nothing. A field is timed once for its level: all objects of a level have its value together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter_ns, time_ns
from typing import TYPE_CHECKING, Any

from graph.engine.columns import Level
from graph.engine.fields import Field
from graph.engine.places import Places
from graph.engine.run import Run
from graph.engine.waiting import Part

if TYPE_CHECKING:
    from graph.engine.execution import Plan
    from graph.engine.selection import Selection


@dataclass(slots=True)
class Span:
    """Nanoseconds from the beginning of the execution: from when a field was first asked, to when
    its last value was there."""

    begin: int
    end: int


@dataclass(slots=True)
class Timing:
    """The times of one execution."""

    plan: Plan | None = None
    """What was executed; None where graphql-core did it, which notes nothing."""
    began: int = field(default_factory=time_ns)
    """When it began, in nanoseconds since 1970."""
    spans: dict[Field, Span] = field(default_factory=dict)
    shown: dict[tuple[str | int, ...], Selection] = field(default_factory=dict)
    """By its path in the answer, what is selected of an object of an abstract type."""
    _zero: int = field(default_factory=perf_counter_ns)

    def now(self) -> int:
        """Nanoseconds since it began."""
        return perf_counter_ns() - self._zero

    def show(self, places: Places, selection: Selection) -> None:
        """Note that the objects in these places are of a type that this is selected of."""
        for path in places.paths or ():
            if path is not None:
                self.shown[tuple(path.as_list())] = selection


class Timed(Field):
    """A field that notes when its values were there, if the request has a ``Timing``."""

    def values(
        self, run: Run, level: Level, places: Places
    ) -> tuple[Sequence[Any], Sequence[Part], bool]:
        """See ``Field.values``."""
        timing: Timing | None = run.request.timing
        if timing is None:
            return super().values(run, level, places)
        now = timing.now()
        span = timing.spans.setdefault(self, Span(now, now))

        def arrived(_: object) -> None:
            span.end = timing.now()

        values, parts, looked = super().values(run, level, places)
        arrived(None)
        coming: list[Part] = []
        for where, awaitable in parts:
            future = asyncio.ensure_future(awaitable)
            future.add_done_callback(arrived)
            coming.append((where, future))
        return values, coming, looked
