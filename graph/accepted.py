"""What a request's ``Accept`` means for its answer: one of JSON, or a stream of several.

What is wanted most is given (RFC 9110, section 12.5.1). Between JSON's two media types and events,
where two are wanted alike, one that is named goes before one that a range has among others, then
the one named first, then plain JSON. Streams, and GraphiQL's page, are for who names them: ``*/*``
comes from clients that know nothing of them.
https://graphql.github.io/graphql-over-http/draft/#sec-Accept
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

import msgspec

from graph.media import CACHEABLE, EVERYTHING, Media, Range, Wanted, ranges, wanted
from graph.requests import GRAPHQL_JSON, PLAIN_JSON, Unreadable

EVENT_STREAM = "text/event-stream"
MULTIPART = "multipart/mixed"
PAGE = "text/html"


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
    page: bool
    """Whether a page of HTML is, as much as JSON."""

    def of(self, *forms: Form) -> Form | None:
        """The most wanted of these forms."""
        return next((form for form in self.forms if form in forms), None)


def accepted(accept: str) -> Accepted:
    """What an ``Accept`` accepts."""
    return _known(accept) if len(accept) <= CACHEABLE else _read(accept)


def refuse_unanswerable(found: Accepted) -> None:
    """Refuse a request whose answer would be nothing that is accepted.

    Raises:
        Unreadable: with status 406.
    """
    if not found.json and not found.forms:
        raise Unreadable(
            406,
            f"Nothing is accepted that there is: accept {GRAPHQL_JSON} or {PLAIN_JSON}, or, for"
            f" streams, {EVENT_STREAM} or {MULTIPART}.",
        )


_UTF_8 = frozenset({("charset", "utf-8")})

_JSONS = Media(PLAIN_JSON, _UTF_8), Media(GRAPHQL_JSON, _UTF_8)
_EVENTS = Media(EVENT_STREAM, _UTF_8)
_PAGE = Media(PAGE, _UTF_8)

_PARTS = {
    Form.SUBSCRIPTION_PARTS: ("subscriptionspec", "1.0"),
    Form.INCREMENTAL_PARTS: ("incrementalspec", "v0.2"),
    Form.PATCHES: ("deferspec", "20220824"),
}
"""What says which protocol of multipart is meant."""

_PROTOCOLS = {name for name, _ in _PARTS.values()}

_UNWANTED = Wanted(0.0, False, 0)


def _read(accept: str) -> Accepted:
    given = ranges(accept) or [EVERYTHING]
    jsons = {media.type: _wanted(media, given) for media in _JSONS}
    json = max(jsons, key=lambda type: jsons[type])  # of those that are wanted alike, the first
    most = jsons[json]
    forms = {each: _parts(each, given) for each in _PARTS}
    forms[Form.EVENTS] = _named(_EVENTS, given)
    streams = sorted(forms, key=lambda form: forms[form], reverse=True)
    page = _named(_PAGE, given)
    return Accepted(
        json if most.weight else "",
        tuple(form for form in streams if forms[form].weight),
        forms[Form.EVENTS] > most,
        page.weight > 0 and page.weight >= most.weight,
    )


_known = lru_cache(maxsize=256)(_read)


def _parts(form: Form, given: list[Range]) -> Wanted:
    """How much a form of multipart is wanted. By its mere name, it is that of today's clients.
    Clients name a boundary too, which says nothing before there is a body."""
    own = _PARTS[form]
    said = []
    for media, weight, place in given:
        protocols = frozenset(each for each in media.parameters if each[0] in _PROTOCOLS)
        if own in protocols or (form is Form.INCREMENTAL_PARTS and not protocols):
            said.append(Range(Media(media.type, protocols), weight, place))
    return _named(Media(MULTIPART, frozenset({own})), said)


def _named(media: Media, given: list[Range]) -> Wanted:
    """How much a media type is wanted by who names it."""
    return _wanted(media, [each for each in given if each.media.type == media.type])


def _wanted(media: Media, given: list[Range]) -> Wanted:
    """How much a media type is wanted. Where no range has it, those of its name count, whatever
    their parameters: who asks for JSON in a manner of speaking is helped by JSON."""
    found = wanted(media, given)
    if found is None:
        own = [each for each in given if each.media.type == media.type]
        found = wanted(media, [each._replace(media=Media(media.type)) for each in own])
    return found if found and found.weight else _UNWANTED
