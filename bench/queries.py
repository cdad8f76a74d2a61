"""The operations that every contender is asked, without global ids: those are a server's own."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.upstream.data import make_tables

LEAVES = "key title description coverUrl url duration status statusText remoteId updatedAt"
"""The ten fields of the list."""

ALIASES = 40
"""Aliases of the wide query."""

ENTITIES = 1_000


@dataclass(frozen=True, slots=True)
class Operation:
    """A named operation, as it is sent."""

    name: str
    """Contenders without GraphQL know the operation by it."""
    text: str
    variables: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> bytes:
        """The body of its request."""
        request = {"query": self.text, "operationName": self.name, "variables": self.variables}
        return json.dumps(request).encode()


TINY = Operation("Tiny", "query Tiny { __typename }")

NESTED = Operation(
    "Nested",
    """query Nested {
  courses(first: 50) {
    nodes {
      key title url duration status
      categories { key name }
      skills { key name }
      instructors { key name email }
      completions(first: 5) { nodes { key score grade user { key name email } } }
    }
  }
}""",
)
"""50 courses with four relations: 250 completions, each with its user."""


def listed(rows: int) -> Operation:
    """A list of so many rows, ten fields each."""
    text = f"query List($first: Int!) {{ courses(first: $first) {{ nodes {{ {LEAVES} }} }} }}"
    return Operation("List", text, {"first": rows})


def wide() -> Operation:
    """50 courses, each with 40 aliases of the ten fields."""
    leaves = LEAVES.split()
    fields = " ".join(f"a{at}: {leaves[at % len(leaves)]}" for at in range(ALIASES))
    return Operation("Wide", f"query Wide {{ courses(first: 50) {{ nodes {{ {fields} }} }} }}")


def entities() -> Operation:
    """1,000 users by the ids that a gateway would send."""
    text = """query Entities($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on User { key name email } }
}"""
    ids = [global_id("User", key) for key in make_tables()["users"].ids[:ENTITIES]]
    known = [{"__typename": "User", "id": id} for id in ids]
    return Operation("Entities", text, {"representations": known})


def deep(steps: int) -> Operation:
    """50 courses, then so many steps in turn: from a course to a completion's user, and back."""
    inner = "key"
    for step in reversed(range(steps)):
        relation = "course" if step % 2 else "user"
        inner = f"key completions(first: 1) {{ nodes {{ key {relation} {{ {inner} }} }} }}"
    return Operation("Deep", f"query Deep {{ courses(first: 50) {{ nodes {{ {inner} }} }} }}")


def by_source() -> Operation:
    """Ten courses of each source: as many calls as there are sources."""
    text = "query Sources { sources { name courses(first: 10) { nodes { key title } } } }"
    return Operation("Sources", text)


def global_id(type: str, key: str) -> str:
    """The id that every contender with federation gives a record."""
    return base64.urlsafe_b64encode(f"{type}:bench:{key}".encode()).rstrip(b"=").decode()
