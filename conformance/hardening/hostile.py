"""Requests that are made to break a server rather than to ask it something.

What a parser may stumble over is known from advisories on JSON's, GraphQL's and HTTP's parsers; a
request of this kind may be answered, but must not be the server's own fault, or take long.
"""

from __future__ import annotations

import gzip
import json

from conformance.hardening.attack import (
    JSON,
    UNHARMED,
    Attack,
    Sent,
    asking,
    briefly,
    executed,
    many,
    raw,
)

TEN_MEGABYTES = 10_000_000

_DIGITS = "9" * 10_000
_BY_VARIABLE = "query ($first: Int!) { courses(first: $first) { nodes { id } } }"
_BY_ID = "query ($id: ID!) { course(id: $id) { id } }"
_MEMBERS = many(f"a{at}: 1" for at in range(600))


def _change(variable: str, input: str) -> str:
    return f"mutation {variable} {{ courseDelete(input: {input}) {{ deletedId }} }}"


def _with_variables(query: str, variables: str) -> str:
    return f'{{"query": {json.dumps(query)}, "variables": {variables}}}'


_PADDED = asking("{ __typename }", variables={"a": "a" * TEN_MEGABYTES}).body

ATTACKS = (
    Attack(
        "A body of 10 MB",
        "memory, and the time to read it",
        (raw(_PADDED),),
        executed,
        mild=asking("{ __typename }", variables={"a": "a"}),
    ),
    Attack(
        "A body that unpacks to 10 MB",
        "the same for 10 KB",
        (raw(gzip.compress(_PADDED), content_encoding="gzip"),),
        executed,
    ),
    Attack(
        "A header of 500,000 characters",
        "time, of what looks at each of the media types that it accepts",
        (Sent(asking("{ __typename }").body, {**JSON, "accept": "application/json," * 30_000}),),
        executed,
        mild=Sent(asking("{ __typename }").body, {**JSON, "accept": "application/json," * 3}),
    ),
    Attack(
        "100,000 comments",
        "time, where only tokens are counted",
        (asking("{ __typename }" + "\n#" * 100_000),),
        executed,
        mild=asking("{ __typename }\n#"),
    ),
    Attack(
        "A name of 50,000 letters",
        "an answer as long",
        (asking("{ " + "a" * 50_000 + " }"),),
        briefly,
    ),
    Attack(
        "2,000 mistakes",
        "an answer many times as long",
        (asking("{ " + many(f"a{at}" for at in range(2_000)) + " }"),),
        briefly,
    ),
    Attack(
        "2,000 members that an input doesn't have",
        "as many mistakes to be told, each with all of them",
        (
            asking(
                _change("($input: CourseDeleteInput!)", "$input"),
                variables={"input": {f"a{at}": 1 for at in range(2_000)}},
            ),
            asking(_change("", f"{{ {_MEMBERS} }}")),
        ),
        briefly,
    ),
    Attack(
        "10,000 selections inside each other",
        "an overflow of the parser's stack",
        (asking("{ a " * 10_000 + "}" * 10_000),),
        executed,
        held=UNHARMED,
    ),
    Attack(
        "10,000 lists inside each other, in the document",
        "the same",
        (asking("{ course(id: " + "[" * 10_000 + "]" * 10_000 + ") { id } }"),),
        executed,
        held=UNHARMED,
    ),
    Attack(
        "100,000 lists inside each other, in the variables",
        "the same, of JSON's parser, or of what reads what it made",
        (
            raw(_with_variables(_BY_ID, '{"id": ' + "[" * 100_000 + "]" * 100_000 + "}")),
            raw("[" * 100_000 + "]" * 100_000),
        ),
        executed,
        held=UNHARMED,
    ),
    Attack(
        "A list of 10,000 values where one is wanted",
        "as many mistakes to be told",
        (
            asking("{ course(id: [" + "1," * 10_000 + "]) { id } }"),
            asking(_BY_ID, variables={"id": [1] * 10_000}),
        ),
        briefly,
        held=UNHARMED,
    ),
    Attack(
        "Numbers of 10,000 digits, and beyond all",
        "an overflow, or a fault in reading them",
        (
            raw(_with_variables(_BY_VARIABLE, f'{{"first": {_DIGITS}}}')),
            raw(_with_variables(_BY_VARIABLE, f'{{"first": 1e{_DIGITS}}}')),
            raw(_with_variables(_BY_VARIABLE, '{"first": 1e400}')),
            asking(f"{{ courses(first: {_DIGITS}) {{ nodes {{ id }} }} }}"),
            asking(f"{{ courses(first: 1e{_DIGITS}) {{ nodes {{ id }} }} }}"),
        ),
        executed,
        held=UNHARMED,
    ),
    Attack(
        "NaN and Infinity in JSON",
        "a number that no comparison holds for",
        (
            raw(_with_variables(_BY_VARIABLE, '{"first": NaN}')),
            raw(_with_variables(_BY_VARIABLE, '{"first": Infinity}')),
        ),
        executed,
    ),
    Attack(
        "`__proto__` and `constructor` as variables",
        "to change what all objects have",
        (
            raw(_with_variables(_BY_ID, '{"id": "x", "__proto__": {"polluted": 1}}')),
            raw(_with_variables(_BY_ID, '{"constructor": {"prototype": {"polluted": 1}}}')),
            raw('{"query": "{ __typename }", "__proto__": {"query": "{ x }"}}'),
            asking("query ($__proto__: Int) { __proto__: __typename constructor: __typename }"),
        ),
        executed,
        held=UNHARMED,
    ),
    Attack(
        "Members of wrong types",
        "a fault in what expects others",
        (
            asking(["{ __typename }"]),
            asking(1),
            asking("{ __typename }", operationName={"a": 1}),
            asking("{ __typename }", variables=[1]),
            asking("{ __typename }", variables="x"),
            asking("{ __typename }", extensions=[1]),
            asking("{ __typename }", extensions={"persistedQuery": 1}),
            asking("{ __typename }", extensions={"persistedQuery": {"sha256Hash": [1]}}),
        ),
        executed,
        held=UNHARMED,
    ),
    Attack(
        "Bodies that are no object",
        "the same",
        tuple(raw(body) for body in ("", "null", "1", '"x"', "[]", "[1]", "[null]", "{", "{}")),
        executed,
        held=UNHARMED,
    ),
    Attack(
        "Bytes that are no UTF-8",
        "the same",
        (
            raw(b'{"query": "{ __typename #\xff }"}'),
            raw(b"\xff\xfe{\x00}\x00"),
            raw(b'{"query": "{ __typename }", "\xc0\x80": 1}'),
        ),
        executed,
        held=UNHARMED,
    ),
    Attack(
        "Null bytes",
        "an end of the text for one reader, and none for another",
        (
            asking("{ __typename }\x00 { x }"),
            asking('{ course(id: "\x00") { id } }'),
            asking('{ course(id: "\\u0000") { id } }'),
            asking(_BY_ID, variables={"id": "\x00"}),
        ),
        executed,
        held=UNHARMED,
    ),
    Attack(
        "Escapes of half a character, and of none",
        "a text that can't be written again",
        (
            asking('{ course(id: "\\uD800") { id } }'),
            asking('{ course(id: "\\u{110000}") { id } }'),
            asking('{ course(id: "\\u{D83D}") { id } }'),
            raw(_with_variables(_BY_ID, '{"id": "\\ud800"}')),
            raw('{"query": "{ \\ud800 }"}'),
            raw('{"query": "{ __typename }", "operationName": "\\ud800"}'),
        ),
        executed,
        held=UNHARMED,
    ),
    Attack(
        "`query` twice in one object",
        "one text for what looks at requests, another for what executes them",
        (raw('{"query": "{ x }", "query": "{ __typename }"}'),),
        executed,
        held=UNHARMED,
    ),
)
