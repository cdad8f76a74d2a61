"""Values for a whole level of records at once: what is known, and what is still to come.

A value that is an exception is the error of its record. What is to come is parted by source, so
that a fast one doesn't wait for a slow one.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from resolvers.context import Context
from resolvers.errors import LimitReached

Part = tuple[Sequence[int], Awaitable[Sequence[Any]]]
"""Places in the level, and what to await for their values, in the same order."""


@dataclass(frozen=True, slots=True)
class Arriving:
    """Values of which some are still to come."""

    values: list[Any]
    """What is known, in the order of the records; anything in the places of the rest."""

    parts: Sequence[Part]
    """The rest."""


Values = Sequence[Any] | Arriving
"""One value for each record, in their order."""


def by_source(
    records: Sequence[Any], places: Sequence[int] | None = None
) -> Mapping[str, Sequence[int]]:
    """The places of the records by source; of all records, or of those at some places."""
    where = range(len(records)) if places is None else places
    names = [records[place].source for place in where]
    if len(set(names)) == 1:
        return {names[0]: where}
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place, name in zip(where, names, strict=True):
        found[name].append(place)
    return found


def put(
    values: list[Any],
    parts: list[Part],
    places: Sequence[int],
    found: Sequence[Any] | asyncio.Future[Sequence[Any]],
) -> None:
    """Put values in their places, or take note that they are still to come."""
    if isinstance(found, asyncio.Future):
        parts.append((places, found))
    else:
        for place, value in zip(places, found, strict=True):
            values[place] = value


async def arrived(values: Values) -> Sequence[Any]:
    """The values, all of them; what a part fails with stands in all of its places."""
    if not isinstance(values, Arriving):
        return values
    found = list(values.values)
    coming = (part for _, part in values.parts)
    outcomes = await asyncio.gather(*coming, return_exceptions=True)
    for (places, _), outcome in zip(values.parts, outcomes, strict=True):
        if isinstance(outcome, BaseException):
            if not isinstance(outcome, Exception):
                raise outcome
            outcome = [outcome] * len(places)
        for place, value in zip(places, outcome, strict=True):
            found[place] = value
    return found


def given(
    context: Context, counts: Sequence[int | None], weights: Sequence[int] | None
) -> Sequence[LimitReached | None]:
    """Count the records that each object of a level gives, in all the places where it stands; None
    is for an object that gives nothing at all.

    The errors of the objects, from the one on with which there are too many; empty where there are
    not.
    """
    if weights is not None:
        counts = [
            None if count is None else count * weight
            for count, weight in zip(counts, weights, strict=True)
        ]
    if context.given + (total := sum(filter(None, counts))) <= context.most_records:
        context.given += total
        return ()
    return [None if count is None else _refused(context, count) for count in counts]


def _refused(context: Context, count: int) -> LimitReached | None:
    try:
        context.give(count)
    except LimitReached as error:
        return error
    return None
