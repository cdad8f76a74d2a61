"""What StackOne says in its own words: pages and records as it gives them, with every parameter.

https://docs.stackone.com/guides/using-the-passthrough-query-parameters
"""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from graph.entity import First, choices, given, value
from graph.scalars import JSON
from providers.stackone import raw
from providers.stackone.raw import StackOneResource, bracketed
from resolvers import paging, sources
from resolvers.changes import key_of

choices(StackOneResource)


@value(raw.Rows)
class StackOneRows:
    """A page as StackOne gives it."""

    rows: list[JSON]
    """Records in StackOne's own form."""

    next: str | None
    """What to ask the next page with; null after the last. A page may be short and have one."""

    total: float | None
    """How many records there are, where StackOne tells: of courses and content, but not in the API
    of June 2025."""

    raw: JSON | None
    """Exchanges with the learning system, where they were asked for."""


@value(raw.Row)
class StackOneRow:
    """A record as StackOne gives it."""

    row: JSON | None
    """The record in StackOne's own form."""

    raw: JSON | None
    """Exchanges with the learning system, where they were asked for."""


def _argument(text: str) -> Any:
    return strawberry.argument(description=text)


Of = Annotated[StackOneResource, _argument("Which list.")]
Key = Annotated[str, _argument("Id of the record at StackOne, or in the learning system.")]
User = Annotated[
    strawberry.ID | None,
    _argument("Whose: of assignments and completions. It is part of the path."),
]
Fields = Annotated[
    list[str] | None,
    _argument("Names of the fields to give, in StackOne's words; all of them where left out."),
]
IsRaw = Annotated[
    bool, _argument("Whether the exchanges with the learning system are given as well.")
]
Proxy = Annotated[
    JSON | None,
    _argument(
        "Object of parameters that are passed to the learning system: `proxy[…]`. Only where the "
        "source's settings say `passthrough = true`."
    ),
]
Next = Annotated[str | None, _argument("`next` of the page before.")]
Filter = Annotated[JSON | None, _argument("Object of StackOne's filters: `filter[…]`.")]
UpdatedAfter = Annotated[
    str | None,
    strawberry.argument(
        description="Instant, as RFC 3339 text, after which a record was changed.",
        deprecation_reason="Use `updated_after` in `filter` instead.",
    ),
]
PageNumber = Annotated[
    str | None,
    strawberry.argument(
        description="Number of the page.", deprecation_reason="Use `next` instead."
    ),
]
UserKey = Annotated[
    str | None, _argument("StackOne's id of whose assignments are listed: `user_id`.")
]
RemoteUser = Annotated[
    str | None,
    _argument("Learning system's id of whose assignments are listed: `remote_user_id`."),
]


def rows(
    root: Any,
    info: strawberry.Info,
    of: Of,
    first: First = 20,
    next: Next = strawberry.UNSET,
    user: User = strawberry.UNSET,
    fields: Fields = strawberry.UNSET,
    filter: Filter = strawberry.UNSET,
    is_raw: IsRaw = False,
    proxy: Proxy = strawberry.UNSET,
    user_key: UserKey = strawberry.UNSET,
    remote_user: RemoteUser = strawberry.UNSET,
    updated_after: UpdatedAfter = strawberry.UNSET,
    page: PageNumber = strawberry.UNSET,
) -> Any:
    """A page of a list."""
    own = {
        "next": given(next),
        "user_id": given(user_key),
        "remote_user_id": given(remote_user),
        "updated_after": given(updated_after),
        "page": given(page),
    }
    params = (*_params(own, fields, is_raw), *bracketed("filter", given(filter)))
    return sources.told(
        info.context,
        root,
        "raw_rows",
        of=of,
        first=paging.page_size(info.context, first),
        user=_user(root, user),
        params=params,
        proxied=bracketed("proxy", given(proxy)),
    )


def row(
    root: Any,
    info: strawberry.Info,
    of: Of,
    key: Key,
    user: User = strawberry.UNSET,
    fields: Fields = strawberry.UNSET,
    is_raw: IsRaw = False,
    proxy: Proxy = strawberry.UNSET,
) -> Any:
    """A record."""
    return sources.told(
        info.context,
        root,
        "raw_row",
        of=of,
        key=key,
        user=_user(root, user),
        params=_params({}, fields, is_raw),
        proxied=bracketed("proxy", given(proxy)),
    )


def _params(own: dict[str, str | None], fields: Any, is_raw: bool) -> raw.Params:
    chosen = given(fields)
    own["fields"] = None if chosen is None else ",".join(chosen)
    own["raw"] = "true" if is_raw else None
    return tuple((name, text) for name, text in own.items() if text is not None)


def _user(root: Any, user: Any) -> str | None:
    return None if given(user) is None else key_of(user, "User", root.source)
