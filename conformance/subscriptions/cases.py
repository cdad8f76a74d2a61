"""What clients do with a server, and how what they are told is judged: ``ok``, or what happened
instead, in a few words that are the same for the same happening."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from conformance.peers.tables import OK, quoted
from tests.graph.asking import settings

NAMES = [each.name for each in settings().sources]
STATUSES = ["RUNNING", "RUNNING", "COMPLETE"]

NOT_ACCEPTABLE = re.compile(r"\b406\b|'accept' header")
"""What clients say of HTTP's 406, or servers with it."""


class Outcome(msgspec.Struct):
    """What a client was told, in the order in which it was, and how that ended if by an error."""

    told: list[Any] = []
    errors: list[dict[str, Any]] = []
    error: str | None = None

    @property
    def reason(self) -> str | None:
        """Why there is no more, in the words of the server or the client."""
        return self.error or next((each["error"] for each in self.told if each.get("error")), None)

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The data that was told."""
        return [each["data"] for each in self.told if each.get("data")]

    @property
    def complaints(self) -> list[dict[str, Any]]:
        """The errors that were told, whatever carried them."""
        told = (error for each in self.told for error in each.get("errors") or ())
        return [*self.errors, *told]


def instead(outcome: Outcome) -> str:
    """What happened, where it isn't what it should have been."""
    if outcome.reason is None:
        nulls = any(None in each.values() for each in outcome.shown)
        return "null in place of answers" if nulls else f"told {len(outcome.shown)} answers only"
    if NOT_ACCEPTABLE.search(outcome.reason):
        return "406 Not Acceptable"
    return quoted(outcome.reason)


def names(shown: Mapping[str, Any]) -> list[str]:
    """The names of the sources that are shown."""
    return [each["name"] for each in shown["sources"]]


def asks(outcome: Outcome) -> str:
    """Whether a query was answered."""
    return OK if [names(each) for each in outcome.shown] == [NAMES] else instead(outcome)


def follows(outcome: Outcome) -> str:
    """Whether an import was followed to its end."""
    found = [each["courseImport"] for each in outcome.shown]
    # urql shows the last answer once more, when there are no others.
    statuses = [each["status"] for each in found if each][: len(STATUSES)]
    return OK if statuses == STATUSES and outcome.reason is None else instead(outcome)


def leaves(outcome: Outcome) -> str:
    """Whether leaving after the first answer ended the calls upstream."""
    match outcome.told:
        case [{"data": _}, *_, {"ended": ended}]:  # more answers may have been on their way
            return OK if ended else "the calls go on"
    return instead(outcome)


def told(code: str) -> Callable[[Outcome], str]:
    """Judges whether an error was told, with this code."""

    def judge(outcome: Outcome) -> str:
        codes = [each.get("extensions", {}).get("code") for each in outcome.complaints]
        if codes == [code]:
            return OK
        return "told, without a code" if codes == [None] else instead(outcome)

    return judge


def many(outcome: Outcome) -> str:
    """Whether all of many operations were answered over one socket."""
    if outcome.reason is not None:
        return instead(outcome)
    *followed, asked, last = outcome.told
    judged = {follows(Outcome(each["answers"])) for each in followed}
    judged.add(asks(Outcome(asked["answers"])))
    if judged != {OK}:
        return ", ".join(sorted(judged - {OK}))
    return OK if last == {"opened": 1} else f"over {last['opened']} sockets"


def streams(outcome: Outcome) -> str:
    """Whether a list's first item was shown first, and the others later."""
    shown = [names(each) for each in outcome.shown]
    ends = shown[:1] + shown[-1:]
    return OK if ends == [NAMES[:1], NAMES] and outcome.reason is None else instead(outcome)


def defers(outcome: Outcome) -> str:
    """Whether courses were shown first, and their completions later."""
    if outcome.reason is not None or not outcome.shown:
        return instead(outcome)
    first, *_, last = ([*map(_completed, each["courses"]["nodes"])] for each in outcome.shown)
    if any(first):
        return "everything at once"
    return OK if all(last) else "what is deferred never comes"


def _completed(course: Mapping[str, Any]) -> bool:
    return bool(course.get("completions", {}).get("nodes"))


@dataclass(frozen=True, slots=True)
class Case:
    """What a client does."""

    client: str
    act: str
    judge: Callable[[Outcome], str]
    imports: int = 0
    """How many imports it follows."""
    endless: bool = False
    """Whether these don't end by themselves."""


REFUSED = told("GRAPHQL_VALIDATION_FAILED")
UNKNOWN = told("BAD_USER_INPUT")

V0_2, V2022 = "as of incremental delivery v0.2", "as drafted in August 2022"

CASES: Mapping[str, Case] = {
    "sse": Case("graphql-sse", "follows a subscription to its end", follows, 1),
    "sse_query": Case("graphql-sse", "asks a query", asks),
    "sse_refused": Case("graphql-sse", "is told why a document is refused", REFUSED),
    "sse_unknown": Case("graphql-sse", "is told why a subscription can't be followed", UNKNOWN),
    "sse_first": Case(
        "graphql-sse",
        "leaves after the first answer, which ends the calls upstream",
        leaves,
        1,
        True,
    ),
    "socket": Case("graphql-ws", "follows a subscription to its end", follows, 1),
    "socket_query": Case("graphql-ws", "asks a query", asks),
    "socket_refused": Case("graphql-ws", "is told why a document is refused", REFUSED),
    "socket_unknown": Case("graphql-ws", "is told why a subscription can't be followed", UNKNOWN),
    "socket_first": Case(
        "graphql-ws",
        "leaves after the first answer, which ends the calls upstream",
        leaves,
        1,
        True,
    ),
    "socket_many": Case("graphql-ws", "has many operations answered over one socket", many, 20),
    "apollo_subscription": Case(
        "Apollo Client", "follows a subscription, in parts of a multipart", follows, 1
    ),
    "apollo_unknown": Case(
        "Apollo Client", "is told why a subscription can't be followed", UNKNOWN
    ),
    "apollo_defer": Case("Apollo Client", f"shows `@defer`, {V0_2}", defers),
    "apollo_defer_2022": Case("Apollo Client", f"shows `@defer`, {V2022}", defers),
    "apollo_stream": Case("Apollo Client", f"shows `@stream`, {V0_2}", streams),
    "urql_query": Case("urql", "asks a query, which it would take events for", asks),
    "urql_subscription": Case("urql", "follows a subscription, in events", follows, 1),
    "urql_defer": Case("urql", "shows `@defer`, in events", defers),
    "urql_stream": Case("urql", "shows `@stream`, in events", streams),
}
"""By the name that ``clients.mjs`` gives it."""


def jobs(name: str) -> Sequence[str]:
    """The imports that a case follows."""
    return [f"{name}-{place}" for place in range(CASES[name].imports)]


ENDLESS = [job for name, case in CASES.items() if case.endless for job in jobs(name)]
