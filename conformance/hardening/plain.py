"""Serves Strawberry as it comes, over what ``part.graphql`` has, and prints the URL: `python -m
conformance.hardening.plain`. BROKEN is a source's name, and SECRET what its failure says."""

from __future__ import annotations

import logging
import socket
from enum import Enum
from os import environ

import strawberry
import uvicorn
from strawberry.asgi import GraphQL

BROKEN, SECRET = environ["BROKEN"], environ["SECRET"]

LARGEST = 1000
"""What lists hold; as in ``peers.mjs``."""


@strawberry.enum
class CourseStatus(Enum):
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


@strawberry.type
class Course:
    id: strawberry.ID
    title: str
    status: CourseStatus

    @strawberry.field
    def completions(self, first: int = 20) -> CompletionConnection:
        ids = [strawberry.ID(f"{self.id}-{at}") for at in range(min(first, LARGEST))]
        return CompletionConnection(nodes=[Completion(id=id, course=self) for id in ids])


@strawberry.type
class Completion:
    id: strawberry.ID
    course: Course


@strawberry.type
class CompletionConnection:
    nodes: list[Completion]


@strawberry.type
class CourseConnection:
    nodes: list[Course]


@strawberry.type
class Learner:
    name: str | None


HELD = {
    f"course-{at}": Course(
        id=strawberry.ID(f"course-{at}"), title=f"Course {at}", status=CourseStatus.ACTIVE
    )
    for at in range(LARGEST)
}


@strawberry.type
class Query:
    @strawberry.field
    def courses(self, first: int = 20, sources: list[str] | None = None) -> CourseConnection:
        if sources and BROKEN in sources:
            raise RuntimeError(SECRET)
        return CourseConnection(nodes=list(HELD.values())[:first])

    @strawberry.field
    def course(self, id: strawberry.ID) -> Course | None:
        return HELD.get(id)

    @strawberry.field
    def nodes(self, ids: list[strawberry.ID]) -> list[Course | None]:
        return [HELD.get(id) for id in ids]

    @strawberry.field
    def learner(self, email: str) -> Learner | None:
        return None


@strawberry.input
class CourseDeleteInput:
    id: strawberry.ID


@strawberry.type
class CourseDeletePayload:
    deleted_id: strawberry.ID | None


@strawberry.type
class Mutation:
    @strawberry.mutation
    def course_delete(self, input: CourseDeleteInput) -> CourseDeletePayload:
        return CourseDeletePayload(deleted_id=input.id)


def main() -> None:
    """Serve until the process is ended."""
    logging.getLogger("strawberry.execution").setLevel(logging.CRITICAL)  # it tells every refusal
    app = GraphQL[None, None](strawberry.Schema(Query, Mutation))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"listening at http://127.0.0.1:{listener.getsockname()[1]}/graphql", flush=True)
        server.run([listener])


if __name__ == "__main__":
    main()
