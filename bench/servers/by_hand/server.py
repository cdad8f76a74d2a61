"""No GraphQL: the same answers written by hand, on asyncio, orjson and the graph's own HTTP client.

With ``expand`` it takes two rounds of calls, without it three. It knows the benchmark's operations
by their names, and nothing else.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
import uvicorn

from bench.servers.by_hand.client import Client

API = "/api/lms/v1"
LARGEST_PAGE = 200

PERSON = "id,first_name,middle_name,last_name,email_address"
EXPANDED_COURSE = f"categories[id,name],skills[id,name],instructors[{PERSON}]"

Row = Mapping[str, Any]


class ByHand:
    """The operations."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.operations: Mapping[str, Callable[[Row], Awaitable[Any]]] = {
            "Tiny": self.tiny,
            "Nested": self.nested,
            "NestedExpanded": self.nested_expanded,
            "List": self.list,
        }

    async def get(self, model: str, params: Mapping[str, str]) -> list[Any]:
        """The rows of a page; those asked for here are chosen so that one holds them all."""
        rows: list[Any] = (await self.client.get(f"{API}/{model}", params))["items"]
        return rows

    async def tiny(self, _: Row) -> Any:
        return {"__typename": "Query"}

    async def list(self, variables: Row) -> Any:
        first = variables["first"]
        rows = await self.get("courses", {"page_size": str(min(first, LARGEST_PAGE))})
        return {"courses": {"nodes": [course(row) for row in rows[:first]]}}

    async def nested(self, _: Row) -> Any:
        rows = await self.get("courses", {"page_size": "50"})
        keys = [row["id"] for row in rows]
        named_by_id = asyncio.gather(
            self.by_ids("categories", members(rows, "categories")),
            self.by_ids("skills", members(rows, "skills")),
            self.by_ids("users", members(rows, "instructors")),
        )
        groups = await asyncio.gather(
            *(self.completions(keys[at : at + 40]) for at in range(0, len(keys), 40))
        )
        completions = [row for group in groups for row in group]
        users = await self.by_ids("users", unique(row["user"] for row in completions))
        categories, skills, instructors = await named_by_id
        named_categories = {key: named(row) for key, row in categories.items()}
        named_skills = {key: named(row) for key, row in skills.items()}
        people = {key: person(row) for key, row in (instructors | users).items()}
        heads = headed(completions, lambda row: people[row["user"]])
        return {
            "courses": {
                "nodes": [
                    {
                        **summary(row),
                        "categories": [named_categories[key] for key in row["categories"]],
                        "skills": [named_skills[key] for key in row["skills"]],
                        "instructors": [people[key] for key in row["instructors"]],
                        "completions": {"nodes": heads[row["id"]]},
                    }
                    for row in rows
                ]
            }
        }

    async def nested_expanded(self, _: Row) -> Any:
        rows = await self.get("courses", {"page_size": "50", "expand": EXPANDED_COURSE})
        keys = [row["id"] for row in rows]
        groups = await asyncio.gather(
            *(
                self.completions(keys[at : at + 40], expand=f"user[{PERSON}]")
                for at in range(0, len(keys), 40)
            )
        )
        heads = headed((row for group in groups for row in group), lambda row: person(row["user"]))
        return {
            "courses": {
                "nodes": [
                    {
                        **summary(row),
                        "categories": list(map(named, row["categories"])),
                        "skills": list(map(named, row["skills"])),
                        "instructors": list(map(person, row["instructors"])),
                        "completions": {"nodes": heads[row["id"]]},
                    }
                    for row in rows
                ]
            }
        }

    async def completions(self, courses: Sequence[str], **params: str) -> Sequence[Row]:
        asked = {"course": ",".join(courses), "page_size": str(LARGEST_PAGE), **params}
        return await self.get("completions", asked)

    async def by_ids(self, model: str, keys: Sequence[str]) -> dict[str, Row]:
        groups = [keys[at : at + LARGEST_PAGE] for at in range(0, len(keys), LARGEST_PAGE)]
        size = str(LARGEST_PAGE)
        pages = await asyncio.gather(
            *(self.get(model, {"ids": ",".join(group), "page_size": size}) for group in groups)
        )
        return {row["id"]: row for page in pages for row in page}


def unique(keys: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(keys))


def members(rows: Sequence[Row], relation: str) -> list[str]:
    return unique(key for row in rows for key in row[relation])


def headed(
    completions: Iterable[Row], user: Callable[[Row], Any]
) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The first five completions of each course."""
    heads: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in completions:
        head = heads[row["course"]]
        if len(head) < 5:
            head.append(
                {
                    "key": row["id"],
                    "score": row["score"],
                    "grade": row["grade"],
                    "user": user(row),
                }
            )
    return heads


def named(row: Row) -> Mapping[str, Any]:
    return {"key": row["id"], "name": row["name"]}


def person(row: Row) -> Mapping[str, Any]:
    parts = (row["first_name"], row["middle_name"], row["last_name"])
    name = " ".join(part for part in parts if part)
    return {"key": row["id"], "name": name, "email": row["email_address"]}


def summary(row: Row) -> Mapping[str, Any]:
    return {
        "key": row["id"],
        "title": row["name"],
        "url": row["url"],
        "duration": row["duration"],
        "status": row["status"],
    }


def course(row: Row) -> Mapping[str, Any]:
    return {
        "key": row["id"],
        "title": row["name"],
        "description": row["description"],
        "coverUrl": row["cover_image"],
        "url": row["url"],
        "duration": row["duration"],
        "status": row["status"],
        "statusText": row["status"],
        "remoteId": row["remote_id"],
        "updatedAt": row["modified_at"],
    }


class App:
    """The ASGI application."""

    def __init__(self, upstream: str, *, expand: bool) -> None:
        self.upstream = upstream
        self.expand = expand
        self.by_hand: ByHand | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if self.by_hand is None:
            self.by_hand = ByHand(Client(self.upstream))
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        request = orjson.loads(body)
        name = request["operationName"]
        if self.expand and name == "Nested":
            name = "NestedExpanded"
        data = await self.by_hand.operations[name](request.get("variables") or {})
        answer = orjson.dumps({"data": data})
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(answer)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


if __name__ == "__main__":
    port, upstream, *options = sys.argv[1:]
    uvicorn.run(
        App(upstream, expand="expand" in options),
        port=int(port),
        log_level="warning",
        access_log=False,
        lifespan="off",
    )
