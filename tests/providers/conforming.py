"""One open source of any provider, and the sandbox behind it: what the conformance tests share."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

from providers.base import Ask, Client, Page, Query
from providers.model import Record
from resolvers.entities import ENTITIES
from sandbox.academy import Sizes

SMALL = Sizes(people=24, subjects=12, skills=12, courses=24, attempts=90)

MOUNTS = {
    "bindbee": "/bindbee/api/lms/v1/",
    "stackone": "/stackone/unified/",
    "scorm_cloud": "/scormcloud/api/v2/",
    "vitalsource": "/vitalsource/api/v4/",
}
"""Where each provider's API is in the sandbox; nothing may be asked outside."""

PLURALS = {entity.plural: entity.type for entity in ENTITIES.values()}

# fmt: off
HOSTILE = [
    "", ".", "..", "../..", "../../accounts", "a/../../b", "..\\..", "%2e%2e", "a,b", ",", "a\r\nb",
    "\x00", "a?b=c", "a#b", "a b", "*", "☃", "x" * 2000, "a/b/c/d", "//", "null",
]

GARBAGE = [
    "", " ", "x", "null", "0", "-1", "[]", "{}", '["a"]', '[["a"]]', '{"a":1}', "[1,2,3,4,5]",
    '["x",0,null,false,false]', '["x",1e9,null,false,false]', "\x00", "☃", "..", "a.b.c",
    "NaN", "[" * 5000, "9" * 5000, "true", '""', '"x"',
]
# fmt: on


BULKY = frozenset({"raw_data", "custom_fields"})
"""Fields that make answers large, and that some providers give by key only."""


@dataclass(slots=True)
class Opened:
    """A source of one provider, and the sandbox behind it."""

    client: Client
    sandbox: httpx.AsyncClient

    def has(self, method: str) -> bool:
        return hasattr(self.client, method)

    def read(self, method: str, *arguments: Any) -> Any:
        return getattr(self.client, method)(*arguments)

    @property
    def lists(self) -> list[str]:
        """Plurals of what can be listed."""
        return [plural for plural in PLURALS if self.has(f"list_{plural}")]

    async def given(self, plural: str) -> dict[str, Any]:
        """The filters without which the source can't list these, each with every value."""
        needs = self.client.listings[f"list_{plural}"].needs
        return {name: tuple(await self.keys(name)) for name in needs}

    async def every(self, plural: str, size: int = 100, **filters: Any) -> list[Any]:
        """Every row of a list."""
        wanted = {**await self.given(plural), **filters}
        return await every(partial(self.read, f"list_{plural}"), size, **wanted)

    async def keys(self, plural: str) -> list[str]:
        """The keys of a type: of its list, or as other records name them."""
        if self.has(f"list_{plural}"):
            return [row.key for row in await self.every(plural)]
        named = [course.instructor_refs or () for course in await self.every("courses")]
        refs = [ref for each in named for ref in each] if plural == "instructors" else []
        return list(dict.fromkeys(key_of(ref) for ref in refs))

    async def asked(self) -> list[dict[str, Any]]:
        """The requests that the sandbox got since it was last asked."""
        entries = (await self.sandbox.get("/_requests")).json()["requests"]
        await self.sandbox.delete("/_requests")
        assert isinstance(entries, list)
        return entries

    async def break_with(self, **fault: Any) -> None:
        """Make the provider fail."""
        name = MOUNTS[self.client.provider].split("/")[1]
        answer = await self.sandbox.put(f"/_faults/{name}", json=fault)
        assert answer.status_code == 204


def wanted() -> dict[str, frozenset[str]]:
    """Every field of every record, whole answers of the systems behind the sources apart."""

    def below(record: type[Record]) -> Iterator[type[Record]]:
        for each in record.__subclasses__():
            yield each
            yield from below(each)

    # What decoders have made of a record has fields of its own, which begin with ``_``.
    return {
        each.__name__: frozenset(
            name
            for name in each.__struct_fields__
            if name not in {"source", "key", *BULKY} and not name.startswith("_")
        )
        for each in below(Record)
    }


def asking(**terms: Any) -> Ask:
    return Ask(wanted(), budget=10_000, **terms)


def key_of(ref: Any) -> str:
    return ref.key if isinstance(ref, Record) else ref


async def every(
    read: Callable[[Ask, Query], Awaitable[Page[Any]]], size: int, **filters: Any
) -> list[Any]:
    """All rows of a list, walked in pages of this size, each page by an ask of its own."""
    rows: list[Any] = []
    token: str | None = None
    for _ in range(10_000):
        page = await read(asking(), Query(size, token, filters))
        rows += page.items
        if (token := page.next) is None:
            return rows
    raise AssertionError("a walk that doesn't end")


def relations(client: Client) -> list[tuple[str, str, str]]:
    """Reads of many parents with the read of one parent's page: (children, parents, parent)."""
    singular = {
        plural: entity.type.lower() for plural, entity in
        ((entity.plural, entity) for entity in ENTITIES.values())
    }  # fmt: skip
    found = []
    for name in dir(client):
        match = re.fullmatch(r"([a-z_]+)_of_([a-z]+)", name)
        if (
            match
            and (parent := singular.get(match[2]))
            and hasattr(client, f"{match[1]}_of_{parent}")
        ):
            found.append((match[1], match[2], parent))
    return found


async def page_of(
    source: Opened, children: str, parent: str, key: str, ask: Ask, query: Query
) -> Page[Any]:
    found: Page[Any] = await source.read(f"{children}_of_{parent}", ask, key, query)
    return found
