"""StackOne's write operations as routes, those that were dropped after June 2025 among them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.stackone.accounts import Account
from sandbox.stackone.bodies import WRITES, Body, Write
from sandbox.stackone.fields import OLDER
from sandbox.stackone.heartbeat import Endpoint, heartbeating
from sandbox.stackone.keys import remote
from sandbox.stackone.recorded import assign, complete
from sandbox.stackone.refusals import refused, timestamp
from sandbox.stackone.rows import JSONObject, Row, identity
from sandbox.stackone.state import LMS, StackOne, admit
from sandbox.stackone.written import LEARNING_OBJECTS, Pen, Unfit
from sandbox.wire import JSONAnswer, key

LARGEST_BATCH = 1_000
"""Items of a batch; only SAP's 1000 is published: docs.stackone.com/integration-guides/lms/sap."""


@dataclass(frozen=True, slots=True)
class Order:
    """One write by an account whose LMS takes it."""

    account: Account
    pen: Pen
    request: Request
    write: Write
    body: Any

    def complaints(self, body: object) -> list[str]:
        table = self.write.body or Body({})
        return list(table.complaints(body, self.account.generation))

    def known(self, body: JSONObject) -> JSONObject:
        """The fields of a body that the operation knows, without nulls."""
        return (self.write.body or Body({})).given(body, self.account.generation)

    def given(self) -> JSONObject:
        """The fields of the request's body; 400 with every complaint if it isn't as published."""
        if complaints := self.complaints(self.body):
            raise refused(400, "; ".join(complaints))
        return self.known(self.body)

    def row(self, shelf: str, name: str = "id") -> Row:
        found = self.pen.register.shelf(shelf).find(key(self.request, name))
        if found is None:
            raise refused(404)
        return found

    def answer(self, status: int, message: str, code: int | None = None, **more: Any) -> Response:
        moment = timestamp(self.pen.register.now())
        told = {"statusCode": code or status, "message": message, "timestamp": moment}
        return JSONAnswer(told | more, status)


def write_routes(stackone: StackOne) -> list[BaseRoute]:
    """List the writes of both generations; an account of the newer one lacks what was dropped."""
    return [
        Route(LMS + write.path, taking(stackone, write), methods=[write.method]) for write in WRITES
    ]


def taking(stackone: StackOne, write: Write) -> Endpoint:
    """Make the endpoint of a write: it checks who asks and reads the body, an act does the rest."""
    act = ACTS[write.resource, write.name]

    @heartbeating
    async def answer(request: Request) -> Response:
        account = admit(stackone, request, write.resource)
        # An operation that is gone is a path that isn't there: what else it could be isn't said.
        if not write.is_of(account.generation):
            raise refused(404)
        if not account.connector.takes(write.resource):
            raise refused(501)
        body = await json_body(request) if write.body else None
        pen = Pen(stackone.register(account), account.generation)
        try:
            return act(Order(account, pen, request, write, body))
        except Unfit as unfit:
            raise refused(unfit.status, "; ".join(unfit.texts)) from None

    return answer


async def json_body(request: Request) -> Any:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise refused(400, "Content-Type must be application/json")
    try:
        return msgspec.json.decode(await request.body())
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise refused(400, "Body is not valid JSON") from None


@dataclass(frozen=True, slots=True)
class Upsert:
    """Upserts of one kind: one at a time, or a batch of them."""

    check: Callable[[Pen, JSONObject], None]
    write: Callable[[Pen, JSONObject], Row]

    def one(self, order: Order) -> Response:
        row = self.write(order.pen, order.given())
        ids = identity(row.remote_id) if order.account.connector.tells_ids else {}
        data = ids | {"external_reference": row.shown["external_reference"]}
        # An update is answered with the same words: no others are published.
        return order.answer(201, "Record created successfully.", data=data)

    def many(self, order: Order) -> Response:
        """Accept a batch: what is wrong with an item is told in its place among `errors`.

        There is no job to ask for: what became of the others only a read tells.
        """
        items = order.body.get("items") if isinstance(order.body, dict) else None
        if not isinstance(items, list):
            raise refused(400, "items must be a list")
        if len(items) > LARGEST_BATCH:
            raise refused(400, f"items must contain no more than {LARGEST_BATCH} elements")
        errors = [list(self.complaints(order, item)) for item in items]
        given = [order.known(item) for item, wrong in zip(items, errors, strict=True) if not wrong]
        order.pen.register.accept(partial(self.arrive, order.pen, given))
        return order.answer(202, "Batch operation accepted", errors=errors)

    def complaints(self, order: Order, item: object) -> Iterator[str]:
        yield from (wrong := order.complaints(item))
        if wrong or not isinstance(item, dict):
            return
        try:
            self.check(order.pen, order.known(item))
        except Unfit as unfit:
            yield from unfit.texts

    def arrive(self, pen: Pen, items: Iterable[JSONObject]) -> None:
        for item in items:
            if item.get("external_reference") in pen.register.habits.loses:
                continue
            # Two items of one batch may stand in each other's way: nobody hears of it.
            with suppress(Unfit):
                self.write(pen, item)


def update_content(order: Order) -> Response:
    """PATCH /content/{id}, which answers 201 although its body says 200: as published."""
    row = order.row("content")
    order.pen.update("content", row, order.given())
    return order.answer(201, "Record updated successfully.", code=200)


def create_collection(order: Order) -> Response:
    given = with_ids(order, order.given())
    row = order.pen.create("collections", given)
    return order.answer(201, "Record created successfully.", data=identity(row.remote_id))


def update_collection(order: Order) -> Response:
    row = order.row("collections")
    order.pen.update("collections", row, with_ids(order, order.given()))
    return order.answer(201, "Record updated successfully.", code=200)


def with_ids(order: Order, given: JSONObject) -> JSONObject:
    """Name the members of a collection by both their ids; 422 if there is no such thing."""
    named = [*given.get("learning_object_ids", ()), *given.get("remote_learning_object_ids", ())]
    if not named:
        return given
    keys = dict.fromkeys(map(remote, named))
    shelves = [order.pen.register.shelf(name) for name in LEARNING_OBJECTS]
    if not all(any(shelf.find(key) for shelf in shelves) for key in keys):
        raise Unfit(422, "No such learning object")
    ids = [identity(key)["id"] for key in keys]
    return given | {"learning_object_ids": ids, "remote_learning_object_ids": list(keys)}


def create_assignment(order: Order) -> Response:
    row = assign(order.pen, order.row("users"), order.given())
    return order.answer(201, "Record created successfully.", data=identity(row.remote_id))


def create_completion(order: Order) -> Response:
    row = complete(order.pen, order.row("users"), order.given())
    return order.answer(201, "Record created successfully.", data=identity(row.remote_id))


def delete_completion(order: Order) -> Response:
    """Delete: 200 with a body that says 204, or 204 without one; each generation shows one."""
    user, row = order.row("users"), order.row("completions", "sub")
    if row.user != user.remote_id:
        raise refused(404)
    order.pen.register.shelf("completions").remove(row)
    if order.account.generation == OLDER:
        return Response(status_code=204)
    return order.answer(200, "Record deleted successfully.", code=204)


COURSES = Upsert(Pen.check_course, Pen.upsert_course)
CONTENT = Upsert(Pen.check_content, Pen.upsert_content)

ACTS: Mapping[tuple[str, str], Callable[[Order], Response]] = {
    ("courses", "upsert"): COURSES.one,
    ("courses", "batch_upsert"): COURSES.many,
    ("content", "upsert"): CONTENT.one,
    ("content", "batch_upsert"): CONTENT.many,
    ("content", "update"): update_content,
    ("collections", "create"): create_collection,
    ("collections", "update"): update_collection,
    ("assignments", "create"): create_assignment,
    ("completions", "create"): create_completion,
    ("completions", "delete"): delete_completion,
}
