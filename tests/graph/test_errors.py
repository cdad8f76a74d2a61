"""Errors: a closed set of codes, words that are safe, and nothing from inside in any of them."""

from __future__ import annotations

import base64
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
import pytest
from graphql import GraphQLError

from coursegraph import sandbox_settings
from graph import explorer
from graph.app import create_app
from graph.descriptions import attribute_descriptions
from graph.errors import CODES, MOST_SAID, Code, formatted, problem_error
from graph.explorer.tabs import examples
from graph.subgraph import MOST_MISTAKES
from providers.errors import DETAILS, RETRYABLE, Kind, ProviderError
from providers.sources import Settings
from resolvers.context import Problem
from resolvers.errors import BadInput
from sandbox.app import create_app as create_sandbox
from tests.explorer.serving import served
from tests.graph.asking import SOURCES, Graph, answered, demo, opened, running, settings

EVERYTHING = """{
  sources {
    name
    health { status detail code rateLimit { remaining } }
    courses(first: 3) {
      nodes {
        id title rawData
        categories { name } skills { name } instructors { name } contents { title }
        completions(first: 2) { nodes { score user { name email } content { title } } }
        assignments(first: 2) { nodes { status user { name } } }
      }
    }
    users(first: 2) { nodes { name completions(first: 1) { nodes { key } } } }
    completions(first: 2) { nodes { key } }
    contents(first: 2) { nodes { key } }
  }
  courses(first: 100) { nodes { title } }
  learner(email: "ada.byron@academy.example") { places { completeness users { name } } }
}"""

FAULTS: list[dict[str, Any]] = [
    *({"kind": "status", "status": status} for status in (400, 401, 403, 404, 412, 422, 500, 501)),
    {"kind": "status", "status": 429, "retry_after": "7"},
    {"kind": "html"},
    {"kind": "html", "status": 502},
    {"kind": "broken_json"},
    {"kind": "truncated"},
    {"kind": "wrong_types"},
]

SECRETS = {
    "demo-key",
    "demo-connector",
    "demo-secret",
    "DEMOKEY",
    *(
        base64.b64encode(pair.encode()).decode().rstrip("=")
        for pair in ("demo-key:", "demo-app:demo-secret")
    ),
}
"""The demo sources' credentials, plain and as they are sent."""

VENDORS_WORDS = ["The sandbox was told to answer", "Be right back", "Invalid API key", "Traceback"]


# The set of codes.


def test_every_kind_of_failure_has_a_code() -> None:
    assert set(CODES) == set(Kind)
    assert set(CODES.values()) <= set(Code)


def test_every_code_says_what_it_means() -> None:
    assert set(attribute_descriptions(Code)) == {code.name for code in Code}
    assert all(code.name == code.value for code in Code)


def shown(cause: Exception | None, **terms: Any) -> dict[str, Any]:
    """An error of execution, as it leaves the server."""
    return formatted(
        GraphQLError("words of the executor", original_error=cause, path=["a", 0, "b"], **terms),
        "r-1",
        valid=True,
    )


@pytest.mark.parametrize("kind", Kind)
def test_a_providers_failure_says_whose_it_is_and_whether_to_try_again(kind: Kind) -> None:
    error = ProviderError(
        kind, "in our words", source="acme", provider="bindbee", status=418, retry_after=1.5
    )

    assert shown(error) == {
        "message": "acme: in our words",
        "path": ["a", 0, "b"],
        "extensions": {
            "code": CODES[kind].value,
            "retryable": kind in RETRYABLE,
            "source": "acme",
            "provider": "BINDBEE",
            "retryAfterMs": 1500,
            "upstreamStatus": 418,
            "requestId": "r-1",
        },
    }


def test_what_is_not_known_of_a_failure_is_left_out() -> None:
    extensions = shown(ProviderError(Kind.UNAVAILABLE, "gone"))["extensions"]

    assert extensions == {"code": "UPSTREAM_UNAVAILABLE", "retryable": True, "requestId": "r-1"}


def test_the_kinds_own_words_quote_nobody() -> None:
    assert set(DETAILS) <= set(Kind)
    assert all("{" not in detail and "%" not in detail for detail in DETAILS.values())


def test_what_stands_beside_the_data_carries_its_cursor() -> None:
    error = ProviderError(Kind.UNAVAILABLE, "gone", source="acme")
    found = formatted(problem_error(Problem(None, error, "CURSOR")), "r-1", valid=True)

    assert found["message"] == "acme: gone"
    assert found["extensions"]["cursor"] == "CURSOR"
    assert found["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"


def test_what_the_caller_got_wrong_is_told_in_full() -> None:
    error = shown(BadInput("`first` is 0; ask for 1 to 100 rows."))

    assert error["message"] == "`first` is 0; ask for 1 to 100 rows."
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


# Faults of our own.

PASSWORD = "postgres://admin:hunter2@db/people"


class Faulty(httpx.AsyncBaseTransport):
    """A way out that fails as only a bug does, in words that must not get out."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise KeyError(PASSWORD)


async def test_a_bug_is_masked_and_logged_under_the_requests_id(
    caplog: pytest.LogCaptureFixture,
) -> None:
    query = '{ courses(first: 1) { nodes { id } } source(name: "demo-bindbee") { name } }'
    async with opened(transport=Faulty()) as graph:
        answer = await graph.post({"query": query}, {"x-request-id": "order-66"})

    assert answer.status == 200
    assert answer.data == {"courses": None, "source": {"name": "demo-bindbee"}}
    (error,) = answer.errors
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": "order-66"}
    assert error["message"] == "The server failed at this; its log has more under the request's id."
    assert error["path"] == ["courses"]
    (record,) = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert record.name == "coursegraph"
    assert "order-66" in record.getMessage()
    assert "KeyError" in record.getMessage()
    assert "handle_async_request" in caplog.text  # where it failed
    assert PASSWORD not in caplog.text
    assert PASSWORD not in str(answer.body)


async def test_a_bug_in_many_places_is_told_in_each_and_nulls_no_other() -> None:
    query = "{ sources { name courses(first: 1) { nodes { id } } } }"
    async with opened(transport=Faulty()) as graph:
        answer = await graph.ask(query)

    assert [each["name"] for each in answer.data["sources"]] == list(SOURCES)
    assert answer.codes == ["INTERNAL_SERVER_ERROR"] * 4


async def test_an_error_in_the_document_is_told_in_graphqls_own_words(
    graph: Graph, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await graph.ask("{ courses(frist: 1) { nodes { id } } }")

    (error,) = answer.errors
    assert error["message"].startswith("Unknown argument 'frist' on field 'Query.courses'")
    assert error["locations"] == [{"line": 1, "column": 11}]
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert caplog.records == []


async def test_a_failing_provider_fills_no_log(
    graph: Graph, caplog: pytest.LogCaptureFixture
) -> None:
    await graph.fault("bindbee", "status", status=500)
    answer = await graph.ask("{ courses(first: 100) { nodes { title } } }")

    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


# Secrets.


class Overheard(httpx.AsyncBaseTransport):
    """The way to the sandbox, and every credential that went along it."""

    def __init__(self) -> None:
        self.inner = httpx.ASGITransport(demo()[1])
        self.heard: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for name in ("authorization", "x-connector-token", "x-vitalsource-api-key"):
            if value := request.headers.get(name):
                self.heard.add(value.rpartition(" ")[2])
        return await self.inner.handle_async_request(request)


def secrets_in(text: str, secrets: set[str]) -> set[str]:
    return {secret for secret in secrets if secret in text}


@contextmanager
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Every logger of every library at its most talkative."""
    with caplog.at_level(logging.DEBUG):
        yield


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: "-".join(map(str, fault.values())))
async def test_no_failure_tells_a_secret_or_a_vendors_words(
    fault: dict[str, Any], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    transport = Overheard()
    with everything_logged(caplog):
        async with opened(transport=transport) as graph:
            for provider in SOURCES.values():
                await graph.fault(provider, **fault)
            answer = await graph.ask(EVERYTHING)

    text = str(answer.body) + repr(answer)
    printed = "".join(capfd.readouterr())
    heard = {each for each in transport.heard if each}
    assert len(heard) >= 4
    assert answer.errors or fault["kind"] == "wrong_types"
    assert "INTERNAL_SERVER_ERROR" not in answer.codes
    assert set(answer.codes) <= {code.value for code in Code}
    for place in (text, caplog.text, printed):
        assert secrets_in(place, SECRETS | heard) == set()
    for words in VENDORS_WORDS:
        assert words not in text and words not in caplog.text
    assert "http://127.0.0.1" not in text


async def test_no_answer_tells_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    transport = Overheard()
    with everything_logged(caplog):
        async with opened(transport=transport) as graph:
            answer = await graph.ask(EVERYTHING)

    heard = {each for each in transport.heard if each}
    assert len(heard) >= 4
    assert secrets_in(str(answer.body) + caplog.text, SECRETS | heard) == set()


@asynccontextmanager
async def over_a_network(own: Settings) -> AsyncIterator[Graph]:
    """A graph whose calls go through sockets, as in earnest."""
    academy, sandbox = demo()
    async with running(create_app(own), sandbox, academy, own) as graph:
        yield graph


async def test_no_library_below_logs_a_secret_or_what_was_asked_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sandbox = create_sandbox(demo()[0])
    with everything_logged(caplog), served(sandbox) as url:
        own = sandbox_settings(int(url.rpartition(":")[2]))
        async with over_a_network(own) as graph:
            answer = await graph.ask(EVERYTHING)

    assert answer.data is not None and len(answer.calls) > 10
    assert secrets_in(caplog.text, SECRETS) == set()
    assert "ada.byron" not in caplog.text


def test_settings_show_no_secret() -> None:
    assert secrets_in(repr(settings()), SECRETS) == set()
    assert repr(settings()).count("***") >= 5


def test_the_page_of_the_explorer_holds_no_secret() -> None:
    page = explorer.page(examples(settings(), "ada.byron@academy.example"), "/graphql")

    assert secrets_in(page, SECRETS) == set()


async def test_an_answer_names_its_request_in_every_error(graph: Graph) -> None:
    await graph.fault("bindbee", "status", status=500)
    response = await graph.client.post(
        "/graphql", json={"query": EVERYTHING}, headers={"x-request-id": "order-66"}
    )
    answer = answered(response)

    assert len(answer.errors) > 1
    assert {each["extensions"]["requestId"] for each in answer.errors} == {"order-66"}


MANY = 400

FILTERED = "query ($filter: CourseFilter) { courses(filter: $filter) { nodes { id } } }"
SEVERAL = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
UNKNOWN = " ".join(f"k{at}: 1" for at in range(MANY))


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        (FILTERED, {"filter": {f"k{at}": 1 for at in range(20 * MANY)}}),
        (SEVERAL, {"ids": [[]] * 20 * MANY}),
        (f"{{ courses(filter: {{ {UNKNOWN} }}) {{ nodes {{ id }} }} }}", {}),
        (f"{{ sources {{ {' '.join(f'a{at}' for at in range(MANY))} }} }}", {}),
        (f"{{ {'x' * 90_000} }}", {}),
    ],
    ids=["members of a variable", "items of a variable", "members", "fields", "one name"],
)
async def test_a_mistake_made_very_often_is_answered_briefly(
    graph: Graph, text: str, variables: dict[str, Any]
) -> None:
    answer = await graph.ask(text, **variables)

    assert 1 <= len(answer.errors) <= MOST_MISTAKES + 1
    assert all(len(each["message"]) <= MOST_SAID + 3 for each in answer.errors)
    assert all(each["extensions"]["code"] for each in answer.errors)


def test_a_long_message_keeps_its_beginning_and_its_end() -> None:
    told = formatted(GraphQLError(f"Here {'x' * 10_000} there."), "test", valid=True)

    assert told["message"].startswith("Here x") and told["message"].endswith("x there.")
    assert " … " in told["message"]
