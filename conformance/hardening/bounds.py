"""Where each server stops: the largest document of a kind that it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from conformance.hardening import documents
from conformance.hardening.attack import Outcome, Reply, asking, executed
from conformance.hardening.servers import Target


@dataclass(frozen=True, slots=True)
class Growth:
    """Documents that differ in one size."""

    name: str
    document: Callable[[int], str]
    sizes: Sequence[int]
    """In growing order; who takes the last is taken to have no limit."""
    members: Mapping[str, str] | None = None
    """Further members of the request."""


GROWTHS = (
    Growth("aliases", documents.aliases, range(1, 501)),
    Growth("levels of fields", documents.depth, documents.DEPTHS),
    Growth("directives", documents.directives, range(1, 501)),
    Growth("tokens", documents.tokens, range(5, 5_001, 5), {"operationName": "q0"}),
    Growth("times the same field", documents.repeated, range(1, 501)),
    Growth("characters", documents.characters, range(14, 500_001)),
    Growth("rows of a list", documents.rows, range(1, 10_001)),
)


async def largest(target: Target, growth: Growth) -> int | None:
    """The largest size that a server answers; None where it answers all, 0 where none."""
    low, high = 0, len(growth.sizes)
    while low < high:
        # The last one first: most servers have no limit.
        at = high - 1 if low == 0 and high == len(growth.sizes) else (low + high) // 2
        if await _answers(target, growth, growth.sizes[at]):
            low = at + 1
        else:
            high = at
    return None if low == len(growth.sizes) else growth.sizes[low - 1] if low else 0


async def _answers(target: Target, growth: Growth, size: int) -> bool:
    reply = await target.reply(asking(growth.document(size), **(growth.members or {})))
    if not isinstance(reply, Reply):
        await target.start()
        return False
    return executed(reply) is Outcome.ANSWERED
