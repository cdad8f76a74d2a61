"""What public lists know to go wrong with GraphQL servers, tried on this one and on others."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from conformance import node
from conformance.hardening import armor, cop, hostile, owasp
from conformance.hardening.attack import Attack, Outcome
from conformance.hardening.bounds import GROWTHS, largest
from conformance.hardening.servers import OWN, OWN_IN_DEVELOPMENT, SERVERS, running

GROUPS: Mapping[str, Sequence[Attack]] = {
    "graphql-cop's tests": cop.ATTACKS,
    "GraphQL Armor's protections": armor.ATTACKS,
    "OWASP's sheet, from outside": owasp.ATTACKS,
    "What breaks parsers": hostile.ATTACKS,
}

AT_ONCE = 2
"""Servers that are attacked side by side: more would be slow for want of processors."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of everything at one server."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    """By attack."""
    bounds: dict[str, int | None] = field(default_factory=dict)
    """By growth."""


async def run() -> str:
    """Try everything on all; this one has to hold in production, and in development as well but
    for what is meant to be shown there."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def attacked(name: str) -> Found:
        async with slots:
            return await found(name)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = {name: group.create_task(attacked(name)) for name in SERVERS}
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    results = {name: task.result() for name, task in tasks.items()}
    _demand(results)
    return "\n\n".join([_counts(results), *_details(results), _bounds(results)])


async def found(name: str) -> Found:
    """What comes of everything at the server of this name."""
    results = Found()
    async with running(SERVERS[name]) as target:
        for attack in _all():
            results.outcomes[attack.name] = await target.suffer(attack)
        for growth in GROWTHS:
            results.bounds[growth.name] = await largest(target, growth)
    return results


def _all() -> Iterable[Attack]:
    return (attack for attacks in GROUPS.values() for attack in attacks)


def _demand(results: Mapping[str, Found]) -> None:
    faults = [
        f"{name} lets an attacker have {attack.wants}: {attack.name}: {outcome}"
        for name in (OWN, OWN_IN_DEVELOPMENT)
        for attack in _all()
        if (outcome := results[name].outcomes[attack.name]) not in attack.held
        and not (attack.is_shown and name == OWN_IN_DEVELOPMENT)
    ]
    faults += [
        f"{name} has no limit, or takes nothing: {kind}"
        for name in (OWN, OWN_IN_DEVELOPMENT)
        for kind, bound in results[name].bounds.items()
        if not bound
    ]
    if faults:
        raise node.Failed("\n".join(faults))


def _counts(results: Mapping[str, Found]) -> str:
    rows = [
        [title, *(_count(each, attacks) for each in results.values())]
        for title, attacks in GROUPS.items()
    ]
    return _table("held", results, rows)


def _count(result: Found, attacks: Sequence[Attack]) -> str:
    held = sum(result.outcomes[each.name] in each.held for each in attacks)
    return f"{held} of {len(attacks)}"


def _details(results: Mapping[str, Found]) -> list[str]:
    return [
        _table(title, results, [_row(attack, results) for attack in attacks])
        for title, attacks in GROUPS.items()
    ]


def _row(attack: Attack, results: Mapping[str, Found]) -> list[str]:
    cells = [attack.name]
    for name, result in results.items():
        outcome = result.outcomes[attack.name]
        if outcome in attack.held:
            cells.append(outcome)
        elif attack.is_shown and name == OWN_IN_DEVELOPMENT:
            cells.append("on in development")
        else:
            cells.append(f"**{outcome}**")
    return cells


def _bounds(results: Mapping[str, Found]) -> str:
    rows = []
    for growth in GROWTHS:
        bounds = (result.bounds[growth.name] for result in results.values())
        most = f"{growth.sizes[-1]:,} and more"
        rows.append([growth.name, *(most if each is None else f"{each:,}" for each in bounds)])
    return _table("answered, at most", results, rows)


def _table(corner: str, columns: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    head = [corner, *columns]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
