"""StackOne's read operations as routes: the Unified LMS API.

Written after StackOne's own OpenAPI documents of 2025-06-17 and 2025-12-03.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.stackone.accounts import Account
from sandbox.stackone.fields import OLDER, RESOURCES, Resource
from sandbox.stackone.heartbeat import Endpoint, heartbeating
from sandbox.stackone.keys import remote
from sandbox.stackone.library import Register, Shelf
from sandbox.stackone.paging import page_of
from sandbox.stackone.questions import Question, moment, understand
from sandbox.stackone.refusals import refused
from sandbox.stackone.rows import Row
from sandbox.stackone.state import LMS, StackOne, admit
from sandbox.wire import JSONAnswer, key

# What stands below a user: the same rows as on the resource's own list.
BELOW_USERS = ("assignments", "completions")


@dataclass(frozen=True, slots=True)
class Call:
    """One operation on one resource, by an account whose LMS offers it."""

    account: Account
    register: Register
    resource: Resource
    question: Question
    request: Request

    @property
    def shelf(self) -> Shelf:
        return self.register.shelf(self.resource.name)

    def answer(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        generation, fields = self.account.generation, self.question.fields
        return [row.answer(self.resource, generation, fields) for row in rows]

    def raw(self, rows: Sequence[Row]) -> dict[str, Any]:
        """The exchange with the LMS, if `raw` asks for it: RawResponse, beside `data`."""
        if not self.question.raw:
            return {}
        query = urlencode(self.question.passed_on)
        url = f"https://lms.academy.example/api/{self.resource.name}" + (query and f"?{query}")
        records = [msgspec.to_builtins(row.source) for row in rows]
        exchange = {"method": "GET", "url": url, "body": None, "response": {"items": records}}
        return {"raw": [exchange]}


def received(stackone: StackOne, resource: Resource, request: Request) -> Call:
    """Check who asks and what for, before any row is looked at."""
    account = admit(stackone, request, resource.name)
    question = understand(request.query_params, resource, account.generation)
    register = stackone.register(account)
    register.pass_read()
    return Call(account, register, resource, question, request)


def read_routes(stackone: StackOne) -> list[BaseRoute]:
    routes: list[BaseRoute] = []
    for name, resource in RESOURCES.items():
        routes.append(Route(f"{LMS}/{name}", listing(stackone, resource)))
        routes.append(Route(f"{LMS}/{name}/{{id}}", record(stackone, resource)))
    for name in BELOW_USERS:
        below, resource = f"{LMS}/users/{{id}}/{name}", RESOURCES[name]
        routes.append(Route(below, user_listing(stackone, resource)))
        routes.append(Route(f"{below}/{{sub}}", user_record(stackone, resource)))
    return routes


def listing(stackone: StackOne, resource: Resource) -> Endpoint:
    @heartbeating
    async def answer(request: Request) -> Response:
        call = received(stackone, resource, request)
        return page(call, call.shelf.rows)

    return answer


def record(stackone: StackOne, resource: Resource) -> Endpoint:
    @heartbeating
    async def answer(request: Request) -> Response:
        call = received(stackone, resource, request)
        return single(call, call.shelf.find(key(request)))

    return answer


def user_listing(stackone: StackOne, resource: Resource) -> Endpoint:
    @heartbeating
    async def answer(request: Request) -> Response:
        call = received(stackone, resource, request)
        user = known_user(call)
        return page(call, call.shelf.of_user(user.remote_id))

    return answer


def user_record(stackone: StackOne, resource: Resource) -> Endpoint:
    @heartbeating
    async def answer(request: Request) -> Response:
        call = received(stackone, resource, request)
        user = known_user(call)
        row = call.shelf.find(key(request, "sub"))
        return single(call, row if row and row.user == user.remote_id else None)

    return answer


def known_user(call: Call) -> Row:
    user = call.register.shelf("users").find(key(call.request))
    if user is None:
        raise refused(404)
    return user


def single(call: Call, row: Row | None) -> Response:
    """Answer with one record: `data` and, if asked for, `raw`."""
    if row is None:
        raise refused(404)
    return JSONAnswer({"data": call.answer([row])[0], **call.raw([row])})


def page(call: Call, rows: Sequence[Row]) -> Response:
    """Answer with a page of those rows that pass the filters, and the cursor to the next one."""
    rows = matching(call, rows)
    cut, following = page_of(rows, call.question.place, call.question.size)
    cut = [row for row in cut if call.shelf.holds(row)]
    older = call.account.generation == OLDER
    # At the end `next` may be null, absent or empty: each generation shows one of these.
    end = "" if older else None
    cursor = following.cursor(call.resource.name) if following else end
    body: dict[str, Any] = {"next": cursor}
    if call.resource.counted:
        body["next_page"] = cursor
        if not older:
            body["total"] = len(rows)
    return JSONAnswer({**body, "data": call.answer(cut), **call.raw(cut)}, rows=len(cut))


def matching(call: Call, rows: Sequence[Row]) -> Sequence[Row]:
    """Pick the rows that are asked for; an LMS that can't filter lets all of them pass."""
    filters = call.question.filters if call.account.connector.filters else {}
    user = asked_user(call)
    if user is not None:
        rows = [row for row in rows if row.user == user]
    for name, value in filters.items():
        rows = [row for row in rows if satisfies(row, name, value)]
    return rows


def asked_user(call: Call) -> str | None:
    """The user that `user_id` or `remote_user_id` of the lists of assignments names."""
    if call.resource.name != "assignments":
        return None
    query = call.request.query_params
    named = query.get("user_id") or query.get("remote_user_id")
    return remote(named) if named else None


def satisfies(row: Row, name: str, value: str) -> bool:
    match name:
        case "updated_after":
            # Rows that don't say when they changed can't be filtered by it.
            return row.updated is None or row.updated > moment(value)
        case "status":
            return bool(row.shown["status"]["value"] == value)
        case "active":
            return row.shown["active"] in (True, "true")
        case "email":
            return (row.shown["email"] or "").lower() == value.lower()
        case _:
            return bool(row.shown[name] == value)
