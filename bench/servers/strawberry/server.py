"""Strawberry as its guides teach it: a class for each type, loaders for each request, httpx.

https://strawberry.rocks/docs/guides/dataloaders and https://strawberry.rocks/docs/integrations/asgi
"""

from __future__ import annotations

import base64
import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import Enum
from functools import partial
from typing import Any

import httpx
import strawberry
import strawberry.federation
import uvicorn
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

API = "/api/lms/v1"
LARGEST_PAGE = 200

Row = Mapping[str, Any]


@strawberry.enum
class Status(Enum):
    ACTIVE = "ACTIVE"
    PENDING = "PENDING"
    INACTIVE = "INACTIVE"


@strawberry.enum
class Grade(Enum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    F = "F"
    PASS = "PASS"
    FAIL = "FAIL"


class Bindbee:
    """Bindbee's LMS API."""

    def __init__(self, base_url: str) -> None:
        headers = {"authorization": "Bearer bench-key", "x-connector-token": "bench-connector"}
        self.client = httpx.AsyncClient(
            base_url=base_url + API,
            headers=headers,
            timeout=60,
            limits=httpx.Limits(max_connections=128, max_keepalive_connections=128),
        )

    async def rows(
        self, model: str, enough: Callable[[Sequence[Row]], bool], **params: Any
    ) -> list[Row]:
        """The rows of a list, page by page, until there are enough."""
        found: list[Row] = []
        cursor: str | None = None
        while True:
            asked = {**params, "cursor": cursor} if cursor else params
            response = await self.client.get(f"/{model}", params=asked)
            response.raise_for_status()
            page = response.json()
            found += page["items"]
            cursor = page["cursor"]
            if cursor is None or enough(found):
                return found

    async def by_ids(self, model: str, keys: list[str]) -> list[Row | None]:
        """Rows in the order of their keys."""
        found = await self.rows(
            model,
            lambda rows: len(rows) >= len(keys),
            ids=",".join(keys),
            page_size=LARGEST_PAGE,
        )
        by_id = {row["id"]: row for row in found}
        return [by_id.get(key) for key in keys]

    async def completions_by(self, relation: str, first: int, keys: list[str]) -> list[list[Row]]:
        """The first completions of each parent."""
        heads: defaultdict[str, list[Row]] = defaultdict(list)

        def complete(rows: Sequence[Row]) -> bool:
            counts: defaultdict[str, int] = defaultdict(int)
            for row in rows:
                counts[row[relation]] += 1
            return all(counts[key] >= first for key in keys)

        asked = {relation: ",".join(keys), "page_size": LARGEST_PAGE}
        for row in await self.rows("completions", complete, **asked):
            heads[row[relation]].append(row)
        return [heads[key][:first] for key in keys]


class Loaders:
    """What one request shares."""

    def __init__(self, bindbee: Bindbee) -> None:
        self.bindbee = bindbee
        self.courses = self.by_ids("courses")
        self.categories = self.by_ids("categories")
        self.skills = self.by_ids("skills")
        self.users = self.by_ids("users")
        self.heads: dict[tuple[str, int], DataLoader[str, list[Row]]] = {}

    def by_ids(self, model: str) -> DataLoader[str, Row | None]:
        return DataLoader(partial(self.bindbee.by_ids, model), max_batch_size=LARGEST_PAGE)

    def completions_of(self, relation: str, first: int, key: str) -> Awaitable[list[Row]]:
        """As many parents a call as their completions fit on one page."""
        if (relation, first) not in self.heads:
            self.heads[relation, first] = DataLoader(
                partial(self.bindbee.completions_by, relation, first),
                max_batch_size=max(1, LARGEST_PAGE // first),
            )
        return self.heads[relation, first].load(key)


def global_id(type: str, key: str) -> strawberry.ID:
    text = base64.urlsafe_b64encode(f"{type}:bench:{key}".encode()).rstrip(b"=").decode()
    return strawberry.ID(text)


def key_of(id: str) -> str:
    return base64.urlsafe_b64decode(id + "==").decode().split(":")[2]


def full_name(row: Row) -> str:
    parts = (row["first_name"], row["middle_name"], row["last_name"])
    return " ".join(part for part in parts if part)


Info = strawberry.Info[Loaders, None]


@strawberry.federation.type(keys=["id"])
class Category:
    id: strawberry.ID
    key: str
    name: str | None
    description: str | None

    @classmethod
    def of(cls, row: Row) -> Category:
        return cls(
            id=global_id("Category", row["id"]),
            key=row["id"],
            name=row["name"],
            description=row["description"],
        )


@strawberry.federation.type(keys=["id"])
class Skill:
    id: strawberry.ID
    key: str
    name: str | None

    @classmethod
    def of(cls, row: Row) -> Skill:
        return cls(id=global_id("Skill", row["id"]), key=row["id"], name=row["name"])


@strawberry.federation.type(keys=["id"])
class Instructor:
    id: strawberry.ID
    key: str
    name: str | None
    email: str | None

    @classmethod
    def of(cls, row: Row) -> Instructor:
        return cls(
            id=global_id("Instructor", row["id"]),
            key=row["id"],
            name=full_name(row),
            email=row["email_address"],
        )


@strawberry.type
class CompletionConnection:
    nodes: list[Completion]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> CompletionConnection:
        return cls(nodes=[Completion.of(row) for row in rows])


@strawberry.federation.type(keys=["id"])
class User:
    id: strawberry.ID
    key: str
    name: str | None
    email: str | None
    phone: str | None

    @classmethod
    def of(cls, row: Row) -> User:
        return cls(
            id=global_id("User", row["id"]),
            key=row["id"],
            name=full_name(row),
            email=row["email_address"],
            phone=row["phone_number"],
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> User | None:
        row = await info.context.users.load(key_of(id))
        return cls.of(row) if row else None

    @strawberry.field
    async def completions(self, info: Info, first: int = 20) -> CompletionConnection | None:
        rows = await info.context.completions_of("user", first, self.key)
        return CompletionConnection.of(rows)


@strawberry.federation.type(keys=["id"])
class Completion:
    id: strawberry.ID
    key: str
    score: float | None
    grade: Grade | None
    completed_at: str | None
    course_ref: strawberry.Private[str]
    user_ref: strawberry.Private[str]

    @classmethod
    def of(cls, row: Row) -> Completion:
        return cls(
            id=global_id("Completion", row["id"]),
            key=row["id"],
            score=row["score"],
            grade=Grade(row["grade"]),
            completed_at=row["completed_at"],
            course_ref=row["course"],
            user_ref=row["user"],
        )

    @strawberry.field
    async def course(self, info: Info) -> Course | None:
        row = await info.context.courses.load(self.course_ref)
        return Course.of(row) if row else None

    @strawberry.field
    async def user(self, info: Info) -> User | None:
        row = await info.context.users.load(self.user_ref)
        return User.of(row) if row else None


@strawberry.federation.type(keys=["id"])
class Course:
    id: strawberry.ID
    key: str
    title: str
    description: str | None
    cover_url: str | None
    url: str | None
    duration: str | None
    status: Status | None
    status_text: str | None
    remote_id: str | None
    updated_at: str | None
    category_refs: strawberry.Private[list[str]]
    skill_refs: strawberry.Private[list[str]]
    instructor_refs: strawberry.Private[list[str]]

    @classmethod
    def of(cls, row: Row) -> Course:
        return cls(
            id=global_id("Course", row["id"]),
            key=row["id"],
            title=row["name"],
            description=row["description"],
            cover_url=row["cover_image"],
            url=row["url"],
            duration=row["duration"],
            status=Status(row["status"]),
            status_text=row["status"],
            remote_id=row["remote_id"],
            updated_at=row["modified_at"],
            category_refs=row["categories"],
            skill_refs=row["skills"],
            instructor_refs=row["instructors"],
        )

    @strawberry.field
    async def categories(self, info: Info) -> list[Category] | None:
        rows = await info.context.categories.load_many(self.category_refs)
        return [Category.of(row) for row in rows if row]

    @strawberry.field
    async def skills(self, info: Info) -> list[Skill] | None:
        rows = await info.context.skills.load_many(self.skill_refs)
        return [Skill.of(row) for row in rows if row]

    @strawberry.field
    async def instructors(self, info: Info) -> list[Instructor] | None:
        rows = await info.context.users.load_many(self.instructor_refs)
        return [Instructor.of(row) for row in rows if row]

    @strawberry.field
    async def completions(self, info: Info, first: int = 20) -> CompletionConnection | None:
        rows = await info.context.completions_of("course", first, self.key)
        return CompletionConnection.of(rows)


@strawberry.type
class CourseConnection:
    nodes: list[Course]


@strawberry.type
class Query:
    @strawberry.field
    async def courses(self, info: Info, first: int = 20) -> CourseConnection | None:
        rows = await _listed(info, "courses", first)
        return CourseConnection(nodes=[Course.of(row) for row in rows])

    @strawberry.field
    async def completions(self, info: Info, first: int = 20) -> CompletionConnection | None:
        return CompletionConnection.of(await _listed(info, "completions", first))


async def _listed(info: Info, model: str, first: int) -> Sequence[Row]:
    size = min(first, LARGEST_PAGE)
    rows = await info.context.bindbee.rows(model, lambda rows: len(rows) >= first, page_size=size)
    return rows[:first]


schema = strawberry.federation.Schema(query=Query, types=[Category, Skill, Instructor, User])


class App(GraphQL[Loaders, None]):
    """The ASGI application, which makes loaders for each request."""

    bindbee: Bindbee

    async def get_context(self, request: Any, response: Any) -> Loaders:
        """Loaders of this request."""
        return Loaders(self.bindbee)


if __name__ == "__main__":
    port, upstream, *_ = sys.argv[1:]
    app = App(schema)
    app.bindbee = Bindbee(upstream)
    uvicorn.run(app, port=int(port), log_level="warning", access_log=False)
