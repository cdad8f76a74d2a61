"""What OWASP's sheet on GraphQL warns of, as far as it can be tried from outside.

https://cheatsheetseries.owasp.org/cheatsheets/GraphQL_Cheat_Sheet.html
"""

from __future__ import annotations

from conformance.hardening import documents
from conformance.hardening.attack import (
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
from conformance.hardening.servers import BROKEN, SECRET

ELSEWHERE = "https://elsewhere.example"
"""Another site, which the user's browser is on."""

_BROWSER = {
    "origin": ELSEWHERE,
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "no-cors",
    "user-agent": "Mozilla/5.0",
}
_FORM = "multipart/form-data; boundary=x"
_PART = '--x\r\ncontent-disposition: form-data; name="{}"\r\n\r\n{}\r\n'

_HASH = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}

MARKUP = "<script>alert(1)</script>"

CHANGE = 'mutation { courseDelete(input: { id: "x" }) { deletedId } }'


_SIZED = "query ($first: Int!) { courses(first: $first) { nodes { id } } }"
_NAMED = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }"


def _guesses(count: int) -> str:
    """As many people looked for."""
    looks = (f'a{at}: learner(email: "{at}@example.com") {{ __typename }}' for at in range(count))
    return f"{{ __typename {many(looks)} }}"


def _links(count: int, *names: str) -> str:
    """Fragments each of which spreads the next, three levels deeper, in fields of these names."""
    fragments = (
        f"fragment F{at} on Course {{ {many(_link(name, at + 1) for name in names)} }}"
        for at in range(count)
    )
    last = f"fragment F{count} on Course {{ id }}"
    return f"{{ courses(first: 1) {{ nodes {{ ...F0 }} }} }} {many(fragments)} {last}"


def _link(name: str, at: int) -> str:
    return f"{name}: completions(first: 1) {{ nodes {{ course {{ ...F{at} }} }} }}"


def _overlap(fields: int) -> str:
    """As many pairs to be compared as the square of the fields."""
    inside = "completions(first: 1) { nodes { id } } " * fields
    return f"{{ courses(first: 1) {{ nodes {{ {inside} }} }} }}"


def _shown_to_others(reply: Reply) -> Outcome:
    """Whether a browser lets another site's page read the answer."""
    allowed = reply.headers.get("access-control-allow-origin", "")
    return Outcome.TOLD if allowed in ("*", ELSEWHERE) else Outcome.KEPT


def _as_page(reply: Reply) -> Outcome:
    """Whether a browser takes what the caller sent for a page's markup."""
    is_page = "html" in reply.headers.get("content-type", "text/html")
    return Outcome.TOLD if is_page and MARKUP.encode() in reply.body else Outcome.KEPT


def _opened(reply: Reply) -> Outcome:
    return Outcome.ANSWERED if reply.status == 101 else Outcome.REFUSED


ATTACKS = (
    Attack(
        "A list of 1,000,000",
        "all there is, and the work of reading it",
        (asking("{ courses(first: 1000000) { nodes { id } } }"),),
        executed,
        mild=asking(documents.rows(1)),
    ),
    Attack(
        "A list of 1,000,000, by a variable",
        "the same, where only the text is looked at",
        (
            asking(_SIZED, variables={"first": 1_000_000}),
        ),
        executed,
        mild=asking(_SIZED, variables={"first": 1}),
    ),
    Attack(
        "Lists in lists: 100 × 100 × 100 × 100",
        "an answer of 100,000,000 objects for 200 bytes",
        (asking(documents.nested(100, 100, 100, 100)),),
        executed,
        mild=asking(documents.nested(1, 1)),
    ),
    Attack(
        "10,000 records by their ids",
        "as many reads",
        (asking(_NAMED, variables={"ids": ["course-1"] * 10_000}),),
        executed,
        mild=asking(_NAMED, variables={"ids": ["course-1"]}),
    ),
    Attack(
        "41 levels, by fragments",
        "a read for each level, where only the text's own depth is looked at",
        (asking(_links(13, "a")),),
        executed,
        mild=asking(_links(0)),
    ),
    Attack(
        "Fragments that double, 25 times",
        "an answer of 33,554,432 objects for 4 KB; or as long a look at how large it would be",
        (asking(_links(25, "a", "b")),),
        executed,
        mild=asking(_links(0)),
    ),
    Attack(
        "The same field 120 times, with fields of its own",
        "time of validation, which compares each with each",
        (asking(_overlap(120)),),
        executed,
        mild=asking(_overlap(2)),
    ),
    Attack(
        "Guessing by 100 aliases",
        "100 guesses for one request that is counted",
        (asking(_guesses(100)),),
        executed,
        mild=asking(_guesses(1)),
    ),
    Attack(
        "Introspection by other ways: `__type`, GET, a fragment",
        "the schema, where only the usual way is closed",
        (
            asking('{ __type(name: "Course") { fields { name } } }'),
            by_url('{ __type(name: "Course") { fields { name } } }', apollo_require_preflight="1"),
            asking("{ ...F } fragment F on Query { s: __schema { queryType { name } } }"),
        ),
        executed,
        is_shown=True,
    ),
    Attack(
        "The subgraph's schema, by `_service`",
        "the schema, where introspection is off",
        (asking("{ _service { sdl } }"),),
        executed,
        is_shown=True,
    ),
    Attack(
        "What a failure inside says",
        "addresses, passwords, the code's places",
        (asking(f'{{ courses(sources: ["{BROKEN}"]) {{ nodes {{ id }} }} }}'),),
        says(f"{SECRET}|stacktrace|traceback|\\.py\\b|\\.m?js\\b"),
    ),
    Attack(
        "Markup that comes back as a page",
        "a script in the site's name",
        (
            Sent(method="GET", headers={"accept": "text/html"}, parameters={"query": MARKUP}),
            Sent(
                method="GET",
                headers={"accept": "text/html"},
                parameters={"query": f'{{ course(id: "{MARKUP}") {{ {MARKUP} }} }}'},
            ),
            asking(f'{{ course(id: "{MARKUP}") {{ id }} }}'),
        ),
        _as_page,
    ),
    Attack(
        "Query by GET, from another site's page",
        "work in the user's name",
        (Sent(headers=_BROWSER, method="GET", parameters={"query": "{ __typename }"}),),
        executed,
    ),
    Attack(
        "Mutation as plain text, from another site's page",
        "a change in the user's name",
        (Sent(asking(CHANGE).body, {**_BROWSER, "content-type": "text/plain"}),),
        executed,
    ),
    Attack(
        "Mutation by a form with parts, from another site's page",
        "a change in the user's name",
        (
            Sent(
                (
                    _PART.format("operations", asking(CHANGE).body.decode())
                    + _PART.format("map", "{}")
                    + "--x--\r\n"
                ).encode(),
                {**_BROWSER, "content-type": _FORM},
            ),
        ),
        executed,
    ),
    Attack(
        "Answers for another site's page",
        "to read what only the user's browser can reach",
        (
            Sent(asking("{ __typename }").body, {**_BROWSER, "content-type": "application/json"}),
            Sent(
                headers={**_BROWSER, "access-control-request-method": "POST",
                         "access-control-request-headers": "content-type"},
                method="OPTIONS",
            ),
        ),
        _shown_to_others,
    ),
    Attack(
        "A WebSocket for another site's page",
        "to ask and follow in the user's name",
        (
            Sent(
                headers={
                    **_BROWSER,
                    "connection": "upgrade",
                    "upgrade": "websocket",
                    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
                    "sec-websocket-version": "13",
                    "sec-websocket-protocol": "graphql-transport-ws",
                },
                method="GET",
            ),
        ),
        _opened,
    ),
    Attack(
        "A text under another text's hash",
        "to have others' clients ask what the attacker wrote",
        (asking(None, extensions=_HASH),),
        executed,
        before=(asking("{ __typename }", extensions=_HASH),),
    ),
)  # fmt: skip
