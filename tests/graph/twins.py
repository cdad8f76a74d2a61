"""The graph twice, over the same sandbox: executed by plans, and by graphql-core."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx

from graph.engine import Reasons
from graph.errors import told
from graph.limits import Limits
from graph.schema import make_schema
from graph.subgraph import Subgraph
from providers.base import Ask, Client
from providers.http import Transport
from providers.sources import Settings, open_sources
from resolvers.context import Context
from resolvers.ledger import Ledger
from sandbox.app import create_app as create_sandbox
from tests.engine.inputs import Pool
from tests.engine.operations import Operation
from tests.graph.asking import SOURCES, settings
from tests.graph.failing import little

LEDGER = Ledger(clock=lambda: 0.0)
"""One for both, since addresses of files have its seal, and the time that they end at."""

ANY_SIZE = Limits(
    tokens=10_000,
    depth=50,
    fields=10_000,
    aliases=10_000,
    root_fields=1_000,
    directives=1_000,
    duplicates=10_000,
    rows=10**9,
    cost=10**9,
)
"""Generated operations are as large as they are."""


@cache
def schema(compiled: bool) -> Subgraph:
    """The schema, made once."""
    return make_schema(ANY_SIZE, compiled=compiled)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a client gets, and what the sources were asked."""

    data: str
    """As JSON, keys in their order."""
    errors: Counter[str]
    calls: Counter[tuple[str, str, int | None]]
    """Source, route, status."""


class Remembered(httpx.AsyncBaseTransport):
    """The sandbox, asked each question once: it never changes. With ``dead``, the sources at this
    provider can't be reached."""

    def __init__(self, dead: str = "") -> None:
        self.sandbox = create_sandbox(little()[0])
        self.dead = dead
        self._inner = httpx.ASGITransport(self.sandbox)
        self._known: dict[Any, tuple[int, list[tuple[str, str]], bytes]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as the sandbox did the first time."""
        body = await request.aread()
        if self.dead and request.url.path.startswith(f"/{self.dead}/"):
            raise httpx.ConnectError("nobody is there", request=request)
        question = request.method, str(request.url), body
        if question not in self._known:
            answer = await self._inner.handle_async_request(request)
            found = await answer.aread()
            headers = [each for each in answer.headers.items() if each[0] != "content-encoding"]
            self._known[question] = answer.status_code, headers, found
        status, headers, found = self._known[question]
        return httpx.Response(
            status, headers=headers, stream=httpx.ByteStream(found), request=request
        )

    async def fault(self, provider: str, kind: str, **terms: Any) -> None:
        """Put a provider under a fault."""
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self.sandbox), base_url="http://sandbox"
        ) as client:
            answer = await client.put(f"/_faults/{provider}", json={"kind": kind, **terms})
        assert answer.status_code == 204, answer.text


@dataclass(slots=True)
class Twins:
    """Both graphs, each with sources of its own, so that neither knows what the other was told."""

    planned: Mapping[str, Client]
    plain: Mapping[str, Client]
    reasons: Reasons = field(default_factory=Counter)
    """How often the plans executed, and why graphql-core did."""

    async def ask(self, operation: Operation, *, by_plan: bool) -> Seen:
        """Ask one of them, with a context as every operation has it."""
        graph = schema(by_plan)
        before = graph.executed.copy()
        context = Context(
            sources=self.planned if by_plan else self.plain,
            ask=Ask(budget=1_000_000),
            ledger=LEDGER,
        )
        try:
            result = await graph.execute(
                operation.text,
                variable_values=dict(operation.variables),
                context_value=context,
                operation_name=operation.name,
            )
        finally:
            context.cancel()
        if by_plan:
            self.reasons += graph.executed - before
        errors = told(result.errors or [], "", valid=True)
        assert not any("INTERNAL" in each["extensions"]["code"] for each in errors), errors
        return Seen(
            json.dumps(result.data),
            Counter(json.dumps(each, default=str) for each in errors),
            Counter((each.source, each.route, each.status) for each in context.ask.calls),
        )

    async def differ(self, operation: Operation) -> bool:
        """Whether they answer, or ask, differently."""
        return await self.ask(operation, by_plan=True) != await self.ask(operation, by_plan=False)


@asynccontextmanager
async def twins(transport: Transport, only: Sequence[str] | None = None) -> AsyncIterator[Twins]:
    """Both graphs over these sources."""
    own: Settings = settings(only)
    both = open_sources(own, transport), open_sources(own, transport)
    try:
        yield Twins(both[0], both[1])
    finally:
        for sources in both:
            for each in sources.values():
                await each.close()


LISTS = {
    "courses": "Course",
    "contents": "Content",
    "completions": "Completion",
    "assignments": "Assignment",
    "users": "User",
    "categories": "Category",
    "skills": "Skill",
}

SAMPLES = "\n".join(
    f"{name}: {name}(first: 2) {{ nodes {{ id key }} pageInfo {{ endCursor }} }}" for name in LISTS
)
PEOPLE = "people: users(first: 2) { nodes { email } }"

INSTANTS = ("2024-01-01T00:00:00Z", "2025-06-01T12:00:00+02:00", "2031-01-01T00:00:00Z")


async def pool(graph: Twins) -> Pool:
    """Ids, keys and cursors that there are, and some that there aren't."""
    each = " ".join(
        f'{source.replace("-", "_")}: source(name: "{source}") {{ {SAMPLES} {PEOPLE} }}'
        for source in graph.plain
    )
    texts = [f"{{ {each} }}", f"{{ {SAMPLES} }}"]
    answers = [json.loads((await graph.ask(Operation(text), by_plan=False)).data) for text in texts]
    sources, everywhere = [each for each in answers[0].values() if each], answers[1]
    ids = {
        name: [node["id"] for source in sources for node in nodes(source[name])] for name in LISTS
    }
    every_id = [id for found in ids.values() for id in found]
    named: dict[str, Sequence[Any]] = {
        "first": (1, 1, 2, 3),
        "number": (0, 1),
        "id": [*every_id, "bm90aGluZw=="],
        "ids": every_id,
        "key": [node["key"] for source in sources for node in nodes(source["courses"])],
        "email": [node["email"] for source in sources for node in nodes(source["people"])],
        "sources": list(SOURCES),
        "names": list(SOURCES),
        "name": list(SOURCES),
        "user": ids["users"],
        "instructors": every_id,
        "languages": ("en_GB", "cy_GB", "?"),
        "representations": [
            {"__typename": type, "id": id} for name, type in LISTS.items() for id in ids[name]
        ]
        + [
            {"__typename": "Learner", "email": node["email"]}
            for source in sources
            for node in nodes(source["people"])
            if node["email"]
        ],
        **{name: found for name, found in ids.items() if found},
        **{f"Query.{LISTS[name].lower()}.id": found for name, found in ids.items() if found},
        **{
            f"{owner}.{name}.after": [cursor, "?"]
            for owner, found in [("Query", everywhere), *(("Source", each) for each in sources)]
            for name in LISTS
            if found[name] and (cursor := found[name]["pageInfo"]["endCursor"])
        },
    }
    named["email"] = [email for email in named["email"] if email] or ["nobody@example.org"]
    return Pool(
        {name: found for name, found in named.items() if found},
        {"DateTime": INSTANTS, "Date": ("2025-01-01",), "_Any": named["representations"]},
        always=frozenset({"first"}),
    )


def nodes(connection: Any) -> Iterable[Mapping[str, Any]]:
    """The rows of a connection that may be null."""
    return connection["nodes"] if connection else ()
