"""What StackOne says in its own words, and what is passed through it to the learning system.

https://docs.stackone.com/guides/using-the-passthrough-query-parameters
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from msgspec import Struct

from providers.base import Ask, Done
from providers.content import json
from providers.errors import Kind
from providers.passing import (
    Passed,
    PassthroughFormat,
    PassthroughMethod,
    refusals,
    shown,
    with_parameters,
)
from providers.stackone.linked import Linked
from providers.stackone.lists import API
from providers.stackone.resources import LARGEST_PAGE

Params = tuple[tuple[str, str], ...]

UNPASSED = (PassthroughMethod.HEAD, PassthroughMethod.OPTIONS)
"""Methods that the proxy doesn't know: ``ProxyRequestBody.method``."""


NOTHING_BUT_JSON = (
    "this source passes on GET, POST, PUT, PATCH and DELETE, in JSON, without a `timeout`"
)


class StackOneResource(Enum):
    """One of StackOne's lists, and what is in it."""

    COURSES = "courses"
    """Courses."""

    CONTENT = "content"
    """Contents."""

    COMPLETIONS = "completions"
    """Completions, of everybody or of one user."""

    ASSIGNMENTS = "assignments"
    """Assignments, of everybody or of one user."""

    USERS = "users"
    """Users."""

    CATEGORIES = "categories"
    """Categories."""

    SKILLS = "skills"
    """Skills."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A page as StackOne gives it."""

    rows: Sequence[Any]
    next: str | None
    total: float | None
    raw: Any


@dataclass(frozen=True, slots=True)
class Row:
    """A record as StackOne gives it."""

    row: Any
    raw: Any


class ProxyRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``ProxyRequestBody``. Its ``url`` names another host, and is never sent."""

    method: str
    path: str
    headers: Mapping[str, str] | None = None
    body: Any = None


class RawReads(Linked):
    """Reads what StackOne gives as it gives it."""

    async def raw_rows(
        self,
        ask: Ask,
        *,
        of: StackOneResource,
        first: int,
        user: str | None = None,
        params: Params = (),
        proxied: Params = (),
    ) -> Rows | None:
        """GET /{resource}, or GET /users/{id}/{resource}; None where there is no such user."""
        sent = self._params(params, proxied)
        sent["page_size"] = str(min(max(first, 1), LARGEST_PAGE))
        below = "" if user is None else "/users/{}"
        answer = await self.lists.read(ask, f"{API}{below}/{of.value}", user, sent)
        if answer is None:
            return None
        body = answer.body if isinstance(answer.body, Mapping) else {}
        rows, cursor, total = (body.get(name) for name in ("data", "next", "total"))
        if not isinstance(rows, list):
            raise self.error(Kind.BAD_RESPONSE, "the provider's page has no data")
        answer.call.rows = len(rows)
        return Rows(
            rows,
            cursor if isinstance(cursor, str) and cursor else None,
            total if isinstance(total, int | float) else None,
            body.get("raw"),
        )

    async def raw_row(
        self,
        ask: Ask,
        *,
        of: StackOneResource,
        key: str,
        user: str | None = None,
        params: Params = (),
        proxied: Params = (),
    ) -> Row | None:
        """GET /{resource}/{id}, or GET /users/{id}/{resource}/{subResourceId}."""
        keys = (key,) if user is None else (user, key)
        below = "" if user is None else "/users/{}"
        route = f"{API}{below}/{of.value}/{{}}"
        answer = await self.http.find(ask, route, *keys, params=self._params(params, proxied))
        if answer is None:
            return None
        body = answer.body if isinstance(answer.body, Mapping) else {}
        return Row(body.get("data"), body.get("raw"))

    async def passthrough(
        self,
        ask: Ask,
        *,
        method: Enum,
        path: str,
        headers: Sequence[Mapping[str, str]] | None = None,
        parameters: Sequence[Mapping[str, str]] | None = None,
        body: Any = None,
        request_format: PassthroughFormat | None = None,
        response_format: PassthroughFormat | None = None,
        timeout: float | None = None,
    ) -> Done:
        """POST /unified/proxy, to the host that the account is linked to and no other."""
        self.needs_passing()
        formats = {request_format, response_format} - {None, PassthroughFormat.JSON}
        if formats or timeout is not None or method in UNPASSED:
            raise self.error(Kind.UNSUPPORTED, NOTHING_BUT_JSON)
        if wrong := refusals(path, headers or ()):
            return Done(refused=wrong)
        request = ProxyRequest(
            method=method.value.lower(),
            path=with_parameters(path, parameters or ()),
            headers={each["name"]: each["value"] for each in headers or ()} or None,
            body=body,
        )
        answer = await self.http.change(ask, "POST", "/unified/proxy", content=json(request))
        told = answer.body if isinstance(answer.body, Mapping) else {}
        status = told.get("status")
        return Done(
            value=Passed(
                status if isinstance(status, int) else None,
                shown(told.get("headers")),
                told.get("data"),
                told.get("provider_errors"),
            )
        )

    def _params(self, params: Params, proxied: Params) -> dict[str, str | None]:
        if proxied:
            self.needs_passing()
        return dict((*params, *proxied))


def bracketed(name: str, value: Any) -> Params:
    """A value as ``deepObject`` parameters: ``proxy[filter[eq][age]]=25`` as StackOne documents it.

    https://docs.stackone.com/guides/using-the-passthrough-query-parameters
    """
    return tuple((f"{name}[{inner}]", text) for inner, text in _bracketed(value))


def _bracketed(value: Any) -> Iterator[tuple[str, str]]:
    for name, each in value.items() if isinstance(value, Mapping) else ():
        if isinstance(each, Mapping):
            yield from ((f"{name}{_within(inner)}", text) for inner, text in _bracketed(each))
        elif each is not None:
            yield str(name), _text(each)


def _within(inner: str) -> str:
    """A name inside another's brackets: ``eq[age]`` becomes ``[eq][age]``."""
    first, bracket, rest = inner.partition("[")
    return f"[{first}]{bracket}{rest}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(_text, value)) if isinstance(value, list) else str(value)
