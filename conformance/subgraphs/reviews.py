"""A subgraph of somebody else's: what people say about courses, which are this graph's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.asgi import GraphQL
from strawberry.federation import Schema

Info = strawberry.Info[Any, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """A review, as its subgraph keeps it."""

    id: str
    stars: int
    course: str
    """Id of the course in this graph."""
    by: str
    """E-mail address of who wrote it."""


@strawberry.federation.type(keys=["id"])
class Course:
    id: strawberry.ID

    @strawberry.field
    def reviews(self, info: Info) -> list[Review]:
        return [shown(each) for each in info.context["said"] if each.course == self.id]


@strawberry.federation.type(keys=["email"])
class Learner:
    email: str

    @strawberry.field
    def reviews(self, info: Info) -> list[Review]:
        said: Sequence[Said] = info.context["said"]
        return [shown(each) for each in said if each.by.casefold() == self.email.casefold()]


@strawberry.federation.type(keys=["id"])
class Review:
    id: strawberry.ID
    stars: int
    # Null where the other subgraph has no such course: what it can't find costs no more than this.
    course: Course | None
    author: Learner | None

    @classmethod
    def resolve_reference(cls, info: Info, id: strawberry.ID) -> Review | None:
        return next((shown(each) for each in info.context["said"] if each.id == id), None)


@strawberry.type
class Query:
    @strawberry.field
    def latest_reviews(self, info: Info, first: int = 20) -> list[Review]:
        return [shown(each) for each in info.context["said"][:first]]


def shown(said: Said) -> Review:
    """A review, as its subgraph shows it: the course and the learner by their keys alone."""
    return Review(
        id=strawberry.ID(said.id),
        stars=said.stars,
        course=Course(id=strawberry.ID(said.course)),
        author=Learner(email=said.by),
    )


SCHEMA = Schema(query=Query, types=[Course, Learner, Review], federation_version="2.3")


class Reviews(GraphQL[Any, Any]):
    """The subgraph, serving these reviews: an ASGI application."""

    def __init__(self, said: Sequence[Said]) -> None:
        super().__init__(SCHEMA, graphql_ide=None)
        self.said = said

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        """What its resolvers see."""
        return {"said": self.said}
