"""What a request's ``Accept`` means for its answer: one of JSON, or a stream of several.

https://graphql.github.io/graphql-over-http/draft/#sec-Accept
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache

import msgspec

from graph.requests import GRAPHQL_JSON, PLAIN_JSON, Unreadable

EVENT_STREAM = "text/event-stream"
MULTIPART = "multipart/mixed"


class Form(Enum):
    """How several answers are put into the body of one; see ``graph.carriers``."""

    EVENTS = "events"
    """Server-sent events, for operations of every type."""

    SUBSCRIPTION_PARTS = "subscription parts"
    """Apollo's multipart protocol, for subscriptions."""

    INCREMENTAL_PARTS = "incremental parts"
    """Multipart, for operations with ``@defer`` and ``@stream``."""

    PATCHES = "patches"
    """The same, as it was drafted in August 2022."""


class Accepted(msgspec.Struct, frozen=True):
    """What is accepted."""

    json: str
    """Media type of a single answer; empty where none is accepted."""
    forms: tuple[Form, ...]
    """Of streams, the most wanted first."""
    prefers_events: bool
    """Whether events are wanted more than JSON, whatever is asked for."""

    def of(self, *forms: Form) -> Form | None:
        """The most wanted of these forms."""
        return next((form for form in self.forms if form in forms), None)


# Callers say the same thing with every request. Longer than this they could fill the memory.
_CACHEABLE = 250


_LONGEST = 4_000
"""Characters of what a browser, or anyone, accepts; httptools lets headers be of any length."""


def accepted(accept: str) -> Accepted:
    """What an ``Accept`` accepts.

    Raises:
        Unreadable: with status 406, where nothing is accepted that there is; with 431, where it
            says too much.
    """
    if len(accept) > _LONGEST:
        raise Unreadable(431, f"`accept` is longer than {_LONGEST} characters.")
    found = _known(accept) if len(accept) <= _CACHEABLE else _read(accept)
    if not found.json and not found.forms:
        raise Unreadable(406, f"Answers are {GRAPHQL_JSON} or {PLAIN_JSON}; accept one of them.")
    return found


_Parameters = Mapping[str, str]


def _read(accept: str) -> Accepted:
    ranges = _ranges(accept)
    types = [type for type, _ in ranges]
    forms = [form for each in ranges if (form := _form(*each))]
    json = _json(types, accept)
    at = types.index(json) if json in types else len(types)
    prefers = EVENT_STREAM in types and (not json or types.index(EVENT_STREAM) < at)
    return Accepted(json, tuple(dict.fromkeys(forms)), prefers)


_known = lru_cache(maxsize=256)(_read)


def _json(types: list[str], accept: str) -> str:
    """The newer media type for who accepts it by name, else plain JSON."""
    if GRAPHQL_JSON in types and (
        PLAIN_JSON not in types or types.index(GRAPHQL_JSON) < types.index(PLAIN_JSON)
    ):
        return GRAPHQL_JSON
    if not accept or {PLAIN_JSON, "application/*", "*/*"} & set(types):
        return PLAIN_JSON
    return ""


def _form(type: str, parameters: _Parameters) -> Form | None:
    if type == EVENT_STREAM:
        return Form.EVENTS
    if type != MULTIPART:
        return None
    if "subscriptionspec" in parameters:
        return Form.SUBSCRIPTION_PARTS if parameters["subscriptionspec"] == "1.0" else None
    return Form.PATCHES if "deferspec" in parameters else Form.INCREMENTAL_PARTS


_WEIGHT = re.compile(r"[01](?:\.\d{0,3})?", re.ASCII)


def _ranges(accept: str) -> list[tuple[str, _Parameters]]:
    """The accepted media types, the most wanted first (RFC 9110, section 12.5.1)."""
    found: list[tuple[float, str, _Parameters]] = []
    for each in accept.lower().split(","):
        type, *rest = (part.strip() for part in each.split(";"))
        pairs = (part.partition("=") for part in rest)
        parameters = {name.strip(): value.strip().strip('"') for name, _, value in pairs}
        weight = parameters.get("q", "1")
        found.append((float(weight) if _WEIGHT.fullmatch(weight) else 1.0, type, parameters))
    wanted = sorted(found, key=lambda each: -each[0])
    return [(type, parameters) for weight, type, parameters in wanted if type and weight > 0]
