"""Where every change begins: one field for each, most of them added by what offers it."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from graph.changes import change, payload
from graph.entity import choices, computed, input, value
from graph.scalars import JSON
from providers import passing
from providers.errors import Kind
from resolvers.changes import Change

if TYPE_CHECKING:
    from providers.passing import PassthroughFormat, PassthroughMethod

choices(passing.PassthroughMethod)
choices(passing.PassthroughFormat)


@input
class NameValueInput:
    """Something that has a name and a value, such as a header or a parameter."""

    name: str
    """Its name."""

    value: str
    """Its value."""


@value(passing.Pair)
class Header:
    """A header of an answer."""

    name: str
    """Its name."""

    value: str
    """Its value."""


@input
class PassthroughInput:
    """A request to the learning system behind a source, in its own API's words."""

    source: str
    """Name of the source, whose settings must say `passthrough = true`."""

    method: PassthroughMethod
    """How to make the request."""

    path: str
    """Path in the learning system's API, from its root: never another host."""

    headers: list[NameValueInput] | None
    """Headers to send along, each once. Those that sign in, or are the connection's, are the
    provider's to set."""

    parameters: list[NameValueInput] | None
    """Parameters, in their order; they go behind the path."""

    body: JSON | None
    """What to send, if anything."""

    request_format: PassthroughFormat | None
    """What to send it as; JSON unless given. What a source can't send is UNSUPPORTED."""

    response_format: PassthroughFormat | None
    """What the answer is expected to be; JSON unless given."""

    timeout: float | None
    """How long the learning system may take, in seconds; less than the operation has left."""


def _passed(name: str) -> Any:
    return computed(lambda _, root: root.value and getattr(root.value, name))


def _base64(passed: passing.Passed | None) -> str | None:
    if passed is None or passed.content is None:
        return None
    return b64encode(passed.content).decode()


@payload
class PassthroughPayload:
    """What a learning system answered, whatever it says."""

    status: int | None = _passed("status")
    """HTTP status of the learning system's answer; null where the provider doesn't tell, or nothing
    was sent."""

    headers: list[Header] | None = _passed("headers")
    """Headers of the answer, but those that carry sessions."""

    body: JSON | None = _passed("body")
    """The answer: JSON, or text."""

    media_type: str | None = _passed("media_type")
    """What the answer is, where it isn't told among its headers."""

    content: str | None = computed(lambda _, root: _base64(root.value))
    """The answer's bytes in base64, where BINARY was asked for."""

    errors: JSON | None = _passed("errors")
    """What went wrong there, in the provider's own form; null where it tells nothing."""


PASSING = Change(
    "passthrough",
    check="ask the learning system, by a request that changes nothing, what it has",
    blamed={Kind.NOT_FOUND: "path"},
)


@value()
class Mutation:
    """Changes at the sources.

    Each is sent once, and never repeated by itself. Where an answer is lost, the error
    OUTCOME_UNKNOWN says so: the change may have been made. What is wrong with an input is told in
    `userErrors`; a payload is null only beside an error.
    """

    passthrough: PassthroughPayload | None = change(PassthroughInput, PASSING)
    """Pass a request on to the learning system behind a source. Off unless the source's settings
    say `passthrough = true`; UNSUPPORTED says so."""
