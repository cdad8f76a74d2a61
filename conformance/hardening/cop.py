"""graphql-cop's tests: what each of them sends, and what it takes for a finding.

It is in no package registry, so that its tests are written here anew, by what it says of them.
https://github.com/dolevf/graphql-cop
"""

from __future__ import annotations

from typing import Any

import msgspec

from conformance.hardening.attack import (
    JSON,
    UNHARMED,
    Attack,
    Outcome,
    Reply,
    Sent,
    asking,
    by_url,
    executed,
    many,
    says,
)

NAME = "cop"
"""What the operations are called."""

BATCH = 11
UNKNOWN_DIRECTIVES = 10

_IDE = "graphiql|graphql[ -]playground|embeddedsandbox|<title>[^<]*explorer"
_INSIDE = '"stacktrace"|"exception"|"tracing"|"ftv1"|traceback'


def _cop(selection: str, **members: Any) -> Sent:
    return asking(f"query {NAME} {{ {selection} }}", operationName=NAME, **members)


def _each_told(reply: Reply) -> Outcome:
    """Whether each of the directives was looked at and complained of."""
    if len(reply.errors) == UNKNOWN_DIRECTIVES:
        return Outcome.ANSWERED
    return executed(reply)


def _page(path: str) -> Sent:
    return Sent(method="GET", path=path, headers={"accept": "text/html"})


def _circles(name: str, depth: int) -> str:
    return "fields { type { " * depth + name + " } }" * depth


ATTACKS = (
    Attack(
        "Alias overloading: 101 aliases",
        "one field's work many times over, for one request",
        (_cop(many(f"alias{at}: __typename" for at in range(101))),),
        executed,
        mild=_cop("alias0: __typename"),
    ),
    Attack(
        "Array batching: 11 operations",
        "many operations for one request that is counted",
        (Sent(msgspec.json.encode([{"query": "{ __typename }"}] * BATCH)),),
        executed,
        mild=asking("{ __typename }"),
    ),
    Attack(
        "Directive overloading: 10 that nobody knows",
        "an answer that grows with each",
        (_cop("__typename " + "@aa" * UNKNOWN_DIRECTIVES),),
        _each_told,
    ),
    Attack(
        "Field duplication: 500 times the same",
        "time of validation, which compares each with each",
        (_cop("__typename " * 500),),
        executed,
        mild=_cop("__typename " * 2),
    ),
    Attack(
        "Circular query by introspection",
        "an answer that multiplies with each level",
        (_cop(f"__schema {{ types {{ {_circles('name', 4)} }} }}"),),
        executed,
    ),
    Attack(
        "Circular fragments",
        "an execution without an end",
        (
            asking(
                f"query {NAME} {{ __schema {{ ...A }} }} fragment A on __Schema {{ __typename ...B"
                " } fragment B on __Schema { ...A }",
                operationName=NAME,
            ),
        ),
        executed,
    ),
    Attack(
        "Introspection",
        "the whole schema, to look for a way in",
        (_cop("__schema { types { name fields { name } } }"),),
        executed,
        is_shown=True,
    ),
    Attack(
        "Field suggestions",
        "the schema's names, one by one, where introspection is off",
        (_cop("__schema { directive }"),),
        says("did you mean"),
        is_shown=True,
    ),
    Attack(
        "GraphiQL, Playground or the like",
        "the schema, with a console to try it in",
        tuple(_page(path) for path in ("/graphiql", "/playground", "/console", "/graphql", "/")),
        says(_IDE),
        is_shown=True,
    ),
    Attack(
        "Trace mode",
        "how long what takes, and what failed where",
        (
            _cop("__typename", extensions={"tracing": True}),
            Sent(_cop("__typename").body, {**JSON, "apollo-federation-include-trace": "ftv1"}),
        ),
        says(_INSIDE),
        is_shown=True,
    ),
    Attack(
        "Unhandled errors",
        "what the server is made of",
        (
            asking("qwerty cop { abc }", operationName=NAME),
            asking({"a": 1}, operationName=NAME),
            asking(f"query {NAME} ($a: Int!) {{ __typename }}", variables={"a": "x"}),
        ),
        says(_INSIDE),
    ),
    Attack(
        "Query by GET, from a program",
        "nothing, by GraphQL over HTTP: who can be misused for it are browsers",
        (by_url("query cop {__typename}"),),
        executed,
        held=UNHARMED,
    ),
    Attack(
        "Mutation by GET",
        "a change made by a link or an image",
        (
            by_url("mutation cop {__typename}"),
            by_url("mutation cop {__typename}", apollo_require_preflight="1"),
        ),
        executed,
    ),
    Attack(
        "POST with an encoded form",
        "an operation sent by another site's form",
        (
            Sent(
                b"query=query+cop+%7B__typename%7D",
                {"content-type": "application/x-www-form-urlencoded"},
            ),
            Sent(headers={}, parameters={"query": "query cop {__typename}"}),
        ),
        executed,
    ),
)
