"""What an attack is: requests, and how to see from their answers what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

JSON: Mapping[str, str] = {"content-type": "application/json", "accept": "application/json"}


SHORT = 20_000
"""Bytes below which an answer is short."""


class Outcome(StrEnum):
    """What came of an attack, the worse the later."""

    REFUSED = "refused"
    """Nothing was executed, or all of it came to nothing."""
    KEPT = "not told"
    """The answer doesn't say what it shouldn't."""
    ANSWERED = "answered"
    """What was asked for was given."""
    FAILED = "failed"
    """As when it was refused, but by the server's own fault: with a status of 500 or more."""
    LONG = "long answer"
    """It was refused at length."""
    TOLD = "told"
    """The answer says what it shouldn't."""
    HUNG = "hung"
    """No answer in time, or none to the next request."""
    CRASHED = "crashed"
    """The server ended."""


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Of what came of several requests."""
    return max(outcomes, key=list(Outcome).index)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request."""

    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    method: str = "POST"
    parameters: Mapping[str, str] = field(default_factory=dict)
    path: str | None = None
    """None for the graph's endpoint."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a request."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """What the body says; None where it isn't JSON."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None

    @property
    def errors(self) -> list[Any]:
        """The errors of an answer; empty where there is none."""
        found = self.json
        return (found.get("errors") or []) if isinstance(found, dict) else []


Judge = Callable[[Reply], Outcome]
"""Says what came of a request, by its answer."""

STOPPED = frozenset({Outcome.REFUSED, Outcome.KEPT, Outcome.FAILED})
"""Who wanted something didn't get it."""
UNHARMED = frozenset({Outcome.REFUSED, Outcome.ANSWERED})
"""It was no trouble."""


@dataclass(frozen=True, slots=True)
class Attack:
    """A row of the table."""

    name: str
    wants: str
    """What an attacker would have of it."""
    sends: tuple[Sent, ...]
    judge: Judge
    held: frozenset[Outcome] = STOPPED
    """The outcomes that do no harm."""
    mild: Sent | None = None
    """The same in a size that everybody answers: else nothing would follow from a refusal."""
    before: tuple[Sent, ...] = ()
    """What is sent beforehand, whatever comes of it."""
    is_shown: bool = False
    """Whether this server means to answer it in development."""


def executed(reply: Reply) -> Outcome:
    """Whether anything was given."""
    found = reply.json
    answers = found if isinstance(found, list) else [found]
    if any(_gives(each.get("data")) for each in answers if isinstance(each, dict)):
        return Outcome.ANSWERED
    return Outcome.REFUSED


def _gives(data: Any) -> bool:
    return isinstance(data, dict) and any(value is not None for value in data.values())


def says(pattern: str) -> Judge:
    """Whether an answer has a text that fits this pattern, whatever the case."""
    sought = re.compile(pattern, re.IGNORECASE)

    def judge(reply: Reply) -> Outcome:
        found = sought.search(reply.body.decode(errors="replace"))
        return Outcome.TOLD if found else Outcome.KEPT

    return judge


def briefly(reply: Reply) -> Outcome:
    """Whether the answer is short."""
    return Outcome.REFUSED if len(reply.body) < SHORT else Outcome.LONG


def asking(query: Any, **members: Any) -> Sent:
    """A request for a document, as clients send it."""
    return Sent(msgspec.json.encode({"query": query, **members}))


def by_url(query: str, **headers: str) -> Sent:
    """A request for a document in a URL."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Sent(
        headers={"accept": "application/json", **named},
        method="GET",
        parameters={"query": query},
    )


def raw(body: bytes | str, **headers: str) -> Sent:
    """A request with this body."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Sent(body.encode() if isinstance(body, str) else body, {**JSON, **named})


def many(texts: Iterable[str]) -> str:
    """Texts in a row."""
    return " ".join(texts)
