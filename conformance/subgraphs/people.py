"""A subgraph of a personnel department's: who works where, people known by their e-mail address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.asgi import GraphQL
from strawberry.federation import Schema

Info = strawberry.Info[Any, Any]


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody who is employed."""

    email: str
    department: str


@strawberry.federation.type(keys=["email"])
class Learner:
    email: str

    @strawberry.field
    def employment(self, info: Info) -> Person | None:
        employed: Sequence[Employee] = info.context["employed"]
        address = self.email.casefold()
        return next((shown(each) for each in employed if each.email.casefold() == address), None)


@strawberry.federation.type(keys=["email"])
class Person:
    email: str
    department: str
    learner: Learner | None


@strawberry.type
class Query:
    @strawberry.field
    def people(self, info: Info) -> list[Person]:
        return [shown(each) for each in info.context["employed"]]


def shown(employee: Employee) -> Person:
    """A person, as this subgraph shows them: as a learner by the key alone."""
    learner = Learner(email=employee.email)
    return Person(email=employee.email, department=employee.department, learner=learner)


SCHEMA = Schema(query=Query, types=[Learner, Person], federation_version="2.9")


class People(GraphQL[Any, Any]):
    """The subgraph, serving these people: an ASGI application."""

    def __init__(self, employed: Sequence[Employee]) -> None:
        super().__init__(SCHEMA, graphql_ide=None)
        self.employed = employed

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        """What its resolvers see."""
        return {"employed": self.employed}
