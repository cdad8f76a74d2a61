"""StackOne's read operations as routes: the Unified LMS API and the platform API around it.

Written after StackOne's own OpenAPI documents of 2025-06-17 and 2025-12-03.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.records import Campus
from sandbox.stackone.accounts import (
    CONNECTORS,
    Account,
    asked_account,
    authenticate,
    linked_accounts,
)
from sandbox.stackone.fields import NEWER, OLDER, RESOURCES, Generation, Resource
from sandbox.stackone.keys import remote
from sandbox.stackone.library import Library
from sandbox.stackone.paging import page_of
from sandbox.stackone.platform import account_meta, connector_meta, found, linked_account, several
from sandbox.stackone.questions import Question, moment, understand
from sandbox.stackone.refusals import refused
from sandbox.stackone.rows import Row
from sandbox.wire import JSONAnswer, key

Endpoint = Callable[[Request], Awaitable[Response]]

LMS = "/unified/lms"

# What stands below a user: the same rows as on the resource's own list.
BELOW_USERS = ("assignments", "completions")


def routes(campus: Campus, *, generation: Generation = NEWER) -> list[BaseRoute]:
    """List the routes of StackOne's API over a campus; paths are matched as they were sent.

    All linked accounts speak `generation` but one, which always speaks that of June 2025.
    """
    stackone = StackOne(Library(campus), linked_accounts(generation))
    return [*lms_routes(stackone), *platform_routes(stackone)]


@dataclass(frozen=True, slots=True)
class StackOne:
    """What every operation reads from: the rows, and the accounts that may ask for them."""

    library: Library
    accounts: Sequence[Account]


@dataclass(frozen=True, slots=True)
class Call:
    """One operation on one resource, by an account whose LMS offers it."""

    stackone: StackOne
    account: Account
    resource: Resource
    question: Question
    request: Request

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
    authenticate(request.headers)
    account = asked_account(stackone.accounts, request.headers)
    if resource.name in account.connector.lacks:
        raise refused(501)
    question = understand(request.query_params, resource, account.generation)
    return Call(stackone, account, resource, question, request)


def lms_routes(stackone: StackOne) -> list[BaseRoute]:
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
    async def answer(request: Request) -> Response:
        call = received(stackone, resource, request)
        return page(call, stackone.library.shelf(resource.name).rows)

    return answer


def record(stackone: StackOne, resource: Resource) -> Endpoint:
    async def answer(request: Request) -> Response:
        call = received(stackone, resource, request)
        return single(call, stackone.library.shelf(resource.name).find(key(request)))

    return answer


def user_listing(stackone: StackOne, resource: Resource) -> Endpoint:
    async def answer(request: Request) -> Response:
        call = received(stackone, resource, request)
        user = known_user(call)
        return page(call, stackone.library.shelf(resource.name).of_user(user.remote_id))

    return answer


def user_record(stackone: StackOne, resource: Resource) -> Endpoint:
    async def answer(request: Request) -> Response:
        call = received(stackone, resource, request)
        user = known_user(call)
        row = stackone.library.shelf(resource.name).find(key(request, "sub"))
        return single(call, row if row and row.user == user.remote_id else None)

    return answer


def known_user(call: Call) -> Row:
    user = call.stackone.library.shelf("users").find(key(call.request))
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


def platform_routes(stackone: StackOne) -> list[BaseRoute]:
    return [
        Route("/accounts", list_accounts(stackone)),
        Route("/accounts/{id}", get_account(stackone, linked_account)),
        Route("/accounts/{id}/meta", get_account(stackone, account_meta)),
        Route("/connectors/meta", list_connectors),
        Route("/connectors/meta/{id}", get_connector),
    ]


def list_accounts(stackone: StackOne) -> Endpoint:
    async def answer(request: Request) -> Response:
        authenticate(request.headers)
        accounts = found(stackone.accounts, request.query_params)
        # One page of the docs shows {"data": […]}; the OpenAPI document has a bare array.
        return JSONAnswer([linked_account(each) for each in accounts], rows=len(accounts))

    return answer


def get_account(stackone: StackOne, show: Callable[[Account], dict[str, Any]]) -> Endpoint:
    async def answer(request: Request) -> Response:
        authenticate(request.headers)
        account = next((each for each in stackone.accounts if each.id == key(request)), None)
        if account is None:
            raise refused(404)
        return JSONAnswer(show(account))

    return answer


async def list_connectors(request: Request) -> Response:
    authenticate(request.headers)
    include = several(request.query_params, "include")
    shown = [each for each in CONNECTORS if each.active or "inactive" in include]
    return JSONAnswer([connector_meta(each, include) for each in shown], rows=len(shown))


async def get_connector(request: Request) -> Response:
    authenticate(request.headers)
    connector = next((each for each in CONNECTORS if each.provider == key(request)), None)
    if connector is None:
        raise refused(404)
    return JSONAnswer(connector_meta(connector, several(request.query_params, "include")))
