"""GraphQL over HTTP: what may be sent, how it is answered, and that nothing sent breaks it."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from graph.app import create_app
from graph.errors import Code
from graph.explorer import ASSETS_PATH, PAGE_HEADERS
from tests.graph.asking import Graph, demo, opened, settings

GRAPHQL_JSON = "application/graphql-response+json"
PLAIN_JSON = "application/json"
JSON = {"content-type": PLAIN_JSON}

NAMES = "{ sources { name } }"
FOUR = {"sources": [{"name": each.name} for each in settings().sources]}

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def refused(response: httpx.Response, status: int) -> str:
    """The message of an answer that says only why the request wasn't taken."""
    assert response.status_code == status, response.text
    body = response.json()
    assert list(body) == ["errors"]
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert error["extensions"]["requestId"] == response.headers["x-request-id"]
    assert response.headers["cache-control"] == "no-store"
    message: str = error["message"]
    return message


# Asking, by POST and by GET.


async def test_a_query_is_asked_by_post(graph: Graph) -> None:
    response = await graph.client.post("/graphql", json={"query": NAMES})

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.json() == {"data": FOUR}


async def test_a_query_is_asked_by_get(graph: Graph) -> None:
    response = await graph.client.get("/graphql", params={"query": NAMES})

    assert response.json() == {"data": FOUR}


async def test_variables_and_the_operations_name_are_taken_by_both(graph: Graph) -> None:
    query = "query A { sources { name } } query B($n: String!) { source(name: $n) { name } }"
    variables = {"n": "demo-bindbee"}
    asked = {"query": query, "operationName": "B"}

    by_post = await graph.client.post(
        "/graphql", json={**asked, "extensions": {"a": 1}, "variables": variables}
    )
    by_get = await graph.client.get(
        "/graphql",
        params={**asked, "extensions": '{"a": 1}', "variables": json.dumps(variables)},
    )

    assert by_post.json() == by_get.json() == {"data": {"source": {"name": "demo-bindbee"}}}


@pytest.mark.parametrize("empty", [{}, {"variables": None}, {"operationName": None}])
async def test_what_is_null_is_as_good_as_left_out(graph: Graph, empty: dict[str, None]) -> None:
    response = await graph.client.post("/graphql", json={"query": NAMES, **empty})

    assert response.json() == {"data": FOUR}


async def test_a_head_request_is_answered_as_a_get(graph: Graph) -> None:
    response = await graph.client.head("/graphql", params={"query": NAMES})

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("name", ["C", ""])
async def test_an_operation_that_is_not_there_is_told(graph: Graph, name: str) -> None:
    query = "query A { __typename } query B { __typename }"
    answer = await graph.post({"query": query, "operationName": name}, {"accept": GRAPHQL_JSON})

    assert answer.status == 400
    assert answer.errors[0]["message"].startswith("`operationName` must name one of")
    assert answer.codes == ["BAD_REQUEST"]
    assert "data" not in answer.body


async def test_which_of_several_operations_is_meant_must_be_said(graph: Graph) -> None:
    query = "query A { __typename } query B { sources { health { status } } }"
    answer = await graph.post({"query": query}, {"accept": GRAPHQL_JSON})

    assert answer.status == 400
    assert answer.codes == ["BAD_REQUEST"]
    assert await graph.requests() == []


# What is answered, by what is accepted.


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, PLAIN_JSON),
        ("*/*", PLAIN_JSON),
        ("application/*", PLAIN_JSON),
        (PLAIN_JSON, PLAIN_JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (GRAPHQL_JSON.upper(), GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}; charset=utf-8", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON},{PLAIN_JSON};q=0.9", GRAPHQL_JSON),
        (f"{PLAIN_JSON};q=0.9, {GRAPHQL_JSON}", GRAPHQL_JSON),
        (f"{PLAIN_JSON}, {GRAPHQL_JSON};q=0.8", PLAIN_JSON),
        (f"{GRAPHQL_JSON};q=0, {PLAIN_JSON}", PLAIN_JSON),
        (f"text/html, {GRAPHQL_JSON}, */*;q=0.1", GRAPHQL_JSON),
        (f"{PLAIN_JSON};q=0, */*", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};q=0.5, */*", PLAIN_JSON),
        (f"{PLAIN_JSON};q=0.2, {GRAPHQL_JSON};q=0.4, */*", GRAPHQL_JSON),
        (f"*/*;q=0, {GRAPHQL_JSON}", GRAPHQL_JSON),
        (f"{PLAIN_JSON};charset=utf-8;q=0, {PLAIN_JSON}, {GRAPHQL_JSON};q=0.1", GRAPHQL_JSON),
        (f"{PLAIN_JSON};odata=verbose", PLAIN_JSON),
        (f"{PLAIN_JSON};q=", PLAIN_JSON),
        ("text/html, *; q=.2, */*; q=.2", PLAIN_JSON),
        (", ,", PLAIN_JSON),
        ("text/html, */*;q=0.1", PLAIN_JSON),
    ],
)
async def test_the_answers_media_type_is_one_that_is_accepted(
    graph: Graph, accept: str | None, media_type: str
) -> None:
    headers = [] if accept is None else [("accept", accept)]
    request = httpx.Request("POST", "http://graph/graphql", json={"query": NAMES}, headers=headers)
    response = await graph.client.send(request)

    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert response.json() == {"data": FOUR}


async def test_several_accept_headers_are_one(graph: Graph) -> None:
    response = await graph.client.post(
        "/graphql",
        json={"query": NAMES},
        headers=[("accept", "text/html"), ("accept", GRAPHQL_JSON)],
    )

    assert response.headers["content-type"].startswith(GRAPHQL_JSON)


@pytest.mark.parametrize("accept", ["text/html", "image/*", "application/xml", f"{PLAIN_JSON};q=0",
                                    "application/*;q=0, */*", "*/*;q=0.0",
                                    "multipart/mixed; subscriptionSpec=2.0",
                                    "text/event-stream;q=0"])  # fmt: skip
async def test_who_accepts_no_answer_of_ours_is_told_which_there_are(
    graph: Graph, accept: str
) -> None:
    response = await graph.client.post(
        "/graphql", json={"query": NAMES}, headers={"accept": accept}
    )

    assert GRAPHQL_JSON in refused(response, 406)


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: Int!) { courses(first: $n) { nodes { id } } }", {}, "BAD_USER_INPUT"),
        ("query ($n: Int) { courses(first: $n) { nodes { id } } }", {"n": "x"}, "BAD_USER_INPUT"),
        ("{ sources { " + "name " * 3_000 + "} }", {}, "OPERATION_LIMIT_EXCEEDED"),
    ],
)
async def test_a_request_that_can_not_be_executed_has_no_data(
    graph: Graph, query: str, variables: dict[str, Any], code: str
) -> None:
    body = {"query": query, "variables": variables}
    new = await graph.post(body, {"accept": GRAPHQL_JSON})
    old = await graph.post(body, {"accept": PLAIN_JSON})

    assert (new.status, old.status) == (400, 200)  # the older media type says nothing by its status
    for answer in (new, old):
        assert set(answer.codes) == {code}
        assert "data" not in answer.body


async def test_a_field_that_fails_leaves_the_status_as_it_is(graph: Graph) -> None:
    query = '{ course(id: "nonsense") { id } sources { name } }'
    answer = await graph.post({"query": query}, {"accept": GRAPHQL_JSON})

    assert answer.status == 200
    assert answer.data == {"course": None, **FOUR}
    assert answer.codes == ["BAD_USER_INPUT"]
    assert answer.errors[0]["path"] == ["course"]


# What isn't taken.


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "The body is not JSON."),
        (b" ", "The body is not JSON."),
        (b'"text"', "The body must be a JSON object with `query`."),
        (b"7", "The body must be a JSON object with `query`."),
        (b"null", "The body must be a JSON object with `query`."),
        (b"true", "The body must be a JSON object with `query`."),
        (b"[]", "Batches are not taken: send one operation in a request."),
        (b'[{"query": "{ __typename }"}]', "Batches are not taken: send one operation"),
        (b"{}", "`query` is missing: it is the GraphQL document to execute."),
        (b'{"query": null}', "`query` is missing"),
        (b'{"query": ""}', "`query` is missing"),
        (b'{"Query": "{ __typename }"}', "`query` is missing"),
        (b'{"query": 7}', "The request can't be read: "),
        (b'{"query": ["{ __typename }"]}', "The request can't be read: "),
        (b'{"query": "{ __typename }", "variables": []}', "The request can't be read: "),
        (b'{"query": "{ __typename }", "variables": "{}"}', "The request can't be read: "),
        (b'{"query": "{ __typename }", "variables": 7}', "The request can't be read: "),
        (b'{"query": "{ __typename }", "operationName": 7}', "The request can't be read: "),
        (b'{"query": "{ __typename }", "extensions": "x"}', "The request can't be read: "),
        (b'{"query": "{ __typename }"', "The body is not JSON."),
        (b'{"query": "{ __typename }"} more', "The body is not JSON."),
        (b"{'query': '{ __typename }'}", "The body is not JSON."),
        (b'{"query": "{ __typename }", "variables": {"a": NaN}}', "The body is not JSON."),
        (b'{"query": "{ __typename }", "variables": {"a": Infinity}}', "The body is not JSON."),
        (b'{"query": "\xff\xfe"}', "The body is not JSON."),
        (b"\xff\xfe{\x00}\x00", "The body is not JSON."),
        (b"[" * 100_000 + b"]" * 100_000, "The body is nested too deeply to be read."),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "The body is nested too deeply to be read."),
        (b'{"query": "{ __typename }", "variables": {"a": ' + b"9" * 10_000 + b"}}",
         "The body can't be read: Integer value out of range"),
        (b"9" * 10_000, "The body can't be read: Integer value out of range"),
    ],
)  # fmt: skip
async def test_a_body_that_is_no_request_is_told_why(
    graph: Graph, body: bytes, message: str
) -> None:
    response = await graph.client.post("/graphql", content=body, headers=JSON)

    assert refused(response, 400).startswith(message)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"query": ""},
        {"query": NAMES, "variables": "{"},
        {"query": NAMES, "variables": "[]"},
        {"query": NAMES, "variables": "NaN"},
        {"query": NAMES, "variables": "[" * 10_000},
        {"query": NAMES, "extensions": "7"},
        {"query": [NAMES, NAMES]},
        {"query": NAMES, "operationName": ["A", "B"]},
    ],
)
async def test_a_url_that_is_no_request_is_told_why(graph: Graph, params: dict[str, Any]) -> None:
    response = await graph.client.get("/graphql", params=params, headers={"accept": PLAIN_JSON})

    assert refused(response, 400)


@pytest.mark.parametrize(
    "media_type",
    [None, "text/plain", "application/graphql", "application/x-www-form-urlencoded",
     "multipart/form-data; boundary=x", "json", "application/json+x"],
)  # fmt: skip
async def test_only_json_is_taken_so_that_no_form_of_another_site_can_ask(
    graph: Graph, media_type: str | None
) -> None:
    headers = {} if media_type is None else {"content-type": media_type}
    response = await graph.client.post(
        "/graphql", content=json.dumps({"query": NAMES}).encode(), headers=headers
    )

    assert refused(response, 415) == (
        "Send the request as JSON, with `Content-Type: application/json`."
    )
    assert response.headers["accept"] == PLAIN_JSON


@pytest.mark.parametrize(
    "media_type",
    ["Application/JSON; charset=utf-8", "application/json;charset=UTF-8", "application/json;",
     'application/json ; odd="a;charset=utf-16" ; Charset="Utf-8"', "application/json;charset=utf8",
     "application/json;profile=x"],
)  # fmt: skip
async def test_json_may_say_that_it_is_in_utf_8(graph: Graph, media_type: str) -> None:
    body = json.dumps({"query": NAMES}).encode()
    response = await graph.client.post(
        "/graphql", content=body, headers={"content-type": media_type}
    )

    assert response.json() == {"data": FOUR}


@pytest.mark.parametrize("charset", ["utf-16", "ISO-8859-1", '"latin1"', "x-unknown", "", "a" * 99])
@pytest.mark.parametrize("accept", [GRAPHQL_JSON, PLAIN_JSON])
async def test_json_in_another_charset_is_not_taken(
    graph: Graph, charset: str, accept: str
) -> None:
    response = await graph.client.post(
        "/graphql",
        content=json.dumps({"query": NAMES}).encode(),
        headers={"content-type": f"application/json; charset={charset}", "accept": accept},
    )

    message = refused(response, 415)
    assert message.startswith("Send the request in UTF-8") and len(message) < 200
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"


@pytest.mark.parametrize("coding", [["gzip"], ["BR"], ["identity", "gzip"], ["gzip, identity"],
                                    ["x-nobodys"]])  # fmt: skip
@pytest.mark.parametrize("accept", [GRAPHQL_JSON, PLAIN_JSON])
async def test_compressed_requests_are_not_taken(
    graph: Graph, coding: list[str], accept: str
) -> None:
    """A small body could be unpacked into one that fills the memory."""
    response = await graph.client.post(
        "/graphql",
        content=gzip.compress(json.dumps({"query": NAMES}).encode()),
        headers=[
            ("content-type", PLAIN_JSON),
            ("accept", accept),
            *(("content-encoding", each) for each in coding),
        ],
    )

    assert "Send the request as it is" in refused(response, 415)
    assert response.headers["accept-encoding"] == "identity"
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"


@pytest.mark.parametrize("coding", ["identity", "Identity", "", ", identity"])
async def test_a_request_may_say_that_it_is_not_compressed(graph: Graph, coding: str) -> None:
    response = await graph.client.post(
        "/graphql", json={"query": NAMES}, headers={"content-encoding": coding}
    )

    assert response.json() == {"data": FOUR}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
async def test_other_methods_are_not_taken(graph: Graph, method: str) -> None:
    response = await graph.client.request(method, "/graphql", json={"query": NAMES})

    assert refused(response, 405) == "Send the request by POST or GET."
    assert response.headers["allow"] == "GET, HEAD, POST"


async def test_what_is_no_query_can_not_be_sent_by_get(graph: Graph) -> None:
    response = await graph.client.get("/graphql", params={"query": "mutation { __typename }"})

    assert refused(response, 405) == "Only queries can be sent by GET; send this one by POST."
    assert response.headers["allow"] == "POST"


async def test_subscriptions_are_sent_to_a_websocket(graph: Graph) -> None:
    subscription = 'subscription { courseImport(id: "?") { status } }'
    answer = await graph.post({"query": subscription}, {"accept": GRAPHQL_JSON})

    assert answer.status == 400
    assert "graphql-transport-ws" in answer.errors[0]["message"]


async def test_a_body_is_read_up_to_the_setting() -> None:
    query = {"query": "{ __typename }"}
    size = len(json.dumps(query))
    async with opened(settings(max_body=size)) as graph:
        exact = await graph.client.post("/graphql", content=json.dumps(query), headers=JSON)
        larger = await graph.client.post("/graphql", content=json.dumps(query) + " ", headers=JSON)

    assert exact.json() == {"data": {"__typename": "Query"}}
    assert refused(larger, 413) == f"The body is larger than {size} bytes: ask for less at once."


async def test_a_body_without_an_end_is_given_up_at_the_limit() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1000
            yield b" " * 1000

    async with opened(settings(max_body=10_000)) as graph:
        # The transport in the same process hands over a body as it is read.
        response = await graph.client.post("/graphql", content=endless(), headers=JSON)

    assert refused(response, 413)
    assert sent <= 12_000


# Whatever is sent.

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner,
                                                                max_size=3),
    max_leaves=8,
)  # fmt: skip
documents = st.one_of(
    st.sampled_from(
        [
            "query ($a: Int) { courses(first: $a) { nodes { id } } }",
            "query ($a: ID!) { course(id: $a) { title } }",
            "query ($a: [ID!]!) { nodes(ids: $a) { id } }",
            "query ($a: String) { courses(after: $a) { nodes { id } } }",
            "query ($a: CourseFilter) { courses(filter: $a) { nodes { id } } }",
            "query ($a: String!) { learner(email: $a) { name } }",
            "query ($a: [_Any!]!) { _entities(representations: $a) { __typename } }",
            "query ($a: [String!]) { courses(sources: $a) { nodes { id } } }",
        ]
    ),
    st.text(max_size=40),
    st.text("{}()[]:$!@.#\"' abcFquery\n", max_size=40),
)


@hypothesis_settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(query=documents | values, variables=st.dictionaries(st.just("a"), values) | values)
async def test_nothing_that_is_sent_fails_the_server(
    graph: Graph, query: Any, variables: Any
) -> None:
    body = json.dumps({"query": query, "variables": variables}).encode()
    response = await graph.client.post("/graphql", content=body, headers=JSON)

    assert response.status_code in (200, 400)
    errors = response.json().get("errors", [])
    codes = {error["extensions"]["code"] for error in errors}
    assert codes <= {code.value for code in Code} - {"INTERNAL_SERVER_ERROR"}


@pytest.mark.parametrize("deep", [100, 300, 500, 900])
async def test_variables_may_be_deep(graph: Graph, deep: int) -> None:
    value = "[" * deep + "]" * deep
    query = "query ($a: [_Any!]!) { _entities(representations: $a) { __typename } }"
    body = f'{{"query": {json.dumps(query)}, "variables": {{"a": {value}}}}}'
    response = await graph.client.post("/graphql", content=body.encode(), headers=JSON)

    assert response.status_code in (200, 400)
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] in ("BAD_USER_INPUT", "BAD_REQUEST")


# JSON that can't be read, and is JSON all the same.


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ('{"e": "cut \\ud83d@x.de"}', "variables.e"),
        ('{"e": {"f": [1, ["\\uDE00 whole \\ud83d\\ude00"]]}}', "variables.e.f[1][0]"),
        ('{"e": {"\\ud83d": 1}}', "variables.e"),
        ('{"\\udfff": 1}', "variables"),
    ],
)
async def test_half_a_character_is_told_with_its_place(
    graph: Graph, variables: str, place: str
) -> None:
    query = "query ($e: String!) { learner(email: $e) { name } }"
    body = f'{{"query": {json.dumps(query)}, "variables": {variables}}}'
    response = await graph.client.post("/graphql", content=body, headers=JSON)
    carried = {"query": query, "variables": variables}
    of_url = await graph.client.get("/graphql", params=carried)

    for each, where in ((response, place), (of_url, place.removeprefix("variables").strip("."))):
        (error,) = each.json()["errors"]
        assert each.status_code == 400
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert not where or f" at `{where}`" in error["message"]
        assert "half of a character" in error["message"]
    assert await graph.requests() == []


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("[" * 5_000 + "]" * 5_000, "nested too deeply"),
        ("1e999", "out of range"),
        ("NaN", "not JSON"),
        ('"\\ud83d', "not JSON"),
        ("[1", "not JSON"),
    ],
)
async def test_why_json_can_not_be_read_is_told(graph: Graph, value: str, why: str) -> None:
    body = f'{{"query": "{{ __typename }}", "variables": {{"a": {value}}}}}'
    response = await graph.client.post("/graphql", content=body, headers=JSON)
    assert why in refused(response, 400)

    carried = {"query": "{ __typename }", "variables": f'{{"a": {value}}}'}
    assert why in refused(await graph.client.get("/graphql", params=carried), 400)


# Names of requests.


async def test_a_request_keeps_its_callers_name(graph: Graph) -> None:
    answer = await graph.post({"query": "{ nope }"}, {"x-request-id": "Order-66_a.b"})

    assert answer.headers["x-request-id"] == "Order-66_a.b"
    assert answer.errors[0]["extensions"]["requestId"] == "Order-66_a.b"


@pytest.mark.parametrize("name", ["", "a b", "a" * 65, "a;b", "<script>", '"', "\xe4"])
async def test_a_name_that_could_harm_a_log_is_replaced(graph: Graph, name: str) -> None:
    request = httpx.Request(
        "POST",
        "http://graph/graphql",
        json={"query": "{ nope }"},
        headers=[(b"x-request-id", name.encode("latin-1"))],
    )
    response = await graph.client.send(request)

    given = response.headers["x-request-id"]
    assert len(given) == 32 and set(given) <= set("0123456789abcdef")
    assert response.json()["errors"][0]["extensions"]["requestId"] == given


async def test_two_requests_have_two_names(graph: Graph) -> None:
    one, other = await graph.ask(NAMES), await graph.ask(NAMES)

    assert one.headers["x-request-id"] != other.headers["x-request-id"]


# Upstream calls, for developers.


async def test_what_was_asked_upstream_is_told_to_who_asks(graph: Graph) -> None:
    query = {"query": '{ courses(first: 1, sources: ["demo-bindbee"]) { nodes { id } } }'}
    explained = await graph.post(query)
    plain = await graph.post(query, {})
    other = await graph.post(query, {"x-explain": "everything"})

    (call,) = explained.body["extensions"]["upstream"]["calls"]
    assert call.pop("ms") >= 0
    assert call == {
        "source": "demo-bindbee",
        "provider": "bindbee",
        "route": "GET /api/lms/v1/courses",
        "status": 200,
        "rows": 1,
        "shared": False,
    }
    assert list(plain.body) == list(other.body) == ["data"]


async def test_what_was_asked_upstream_is_told_only_where_the_settings_say_so() -> None:
    async with opened(settings(explain=False)) as graph:
        answer = await graph.ask("{ courses(first: 1) { nodes { id } } }")

    assert list(answer.body) == ["data"]


# Beside the graph.


async def test_a_browser_gets_the_explorer(graph: Graph) -> None:
    response = await graph.client.get("/graphql", headers={"accept": BROWSER})

    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert {name.lower(): response.headers[name] for name in PAGE_HEADERS} == {
        name.lower(): value for name, value in PAGE_HEADERS.items()
    }
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "Accept" in response.headers["vary"]  # a cache doesn't show it to who wants JSON
    assert ASSETS_PATH in response.text or "The explorer isn't built yet" in response.text
    assert await graph.requests() == []


@pytest.mark.parametrize("accept", ["text/html;q=0, */*", f"{PLAIN_JSON}, text/html;q=0.9", "*/*"])
async def test_who_wants_no_page_gets_none(graph: Graph, accept: str) -> None:
    response = await graph.client.get("/graphql", headers={"accept": accept})

    assert "`query` is missing" in refused(response, 400)


async def test_a_browser_that_brings_a_query_gets_its_answer(graph: Graph) -> None:
    response = await graph.client.get(
        "/graphql", params={"query": NAMES}, headers={"accept": BROWSER}
    )

    assert response.json() == {"data": FOUR}


async def test_the_process_is_live_and_ready_once_its_sources_are_open() -> None:
    app = create_app(settings(), transport=httpx.ASGITransport(demo()[1]))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://graph"
    ) as client:
        before = await client.get("/readyz")
        live = await client.get("/livez")
        async with app.router.lifespan_context(app):
            ready = await client.get("/readyz")
        after = await client.get("/readyz")

    assert (live.status_code, live.json()) == (200, {"status": "ok"})
    assert (before.status_code, before.json()) == (503, {"status": "starting"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "sources": 4})
    assert after.status_code == 503


async def test_the_root_leads_to_the_graph(graph: Graph) -> None:
    response = await graph.client.get("/", headers={"accept": BROWSER})

    assert (response.status_code, response.headers["location"]) == (307, "/graphql")


async def test_there_is_nothing_elsewhere(graph: Graph) -> None:
    for path in ("/graphql/", "/graphql/x", "/webhooks/a/", "/livez/", "/_requests", "/metrics"):
        for method in ("GET", "POST"):
            answer = await graph.client.request(method, path)
            assert answer.status_code == 404, path
            assert "location" not in answer.headers
            (error,) = answer.json()["errors"]
            assert error["extensions"] == {
                "code": "NOT_FOUND", "requestId": answer.headers["x-request-id"]
            }  # fmt: skip
            assert "/graphql" in error["message"]


async def test_another_method_than_an_address_takes_is_told_which_it_takes(graph: Graph) -> None:
    answer = await graph.client.get("/webhooks/demo-bindbee")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    (error,) = answer.json()["errors"]
    assert "POST" in error["message"] and error["extensions"]["code"] == "BAD_REQUEST"


async def test_who_visits_the_server_is_led_to_the_graph(graph: Graph) -> None:
    answer = await graph.client.get("/")

    assert answer.status_code == 307 and answer.headers["location"] == "/graphql"
