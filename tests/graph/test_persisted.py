"""Operations by hash or id: over every carrier, known before or from then on, or nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from graph.errors import Code
from graph.persisted import LONGEST, SLOTS, Texts, Unknown
from graph.policies import SECRET, Policy
from graph.requests import Operation
from providers.secrets import Secret
from resolvers.ledger import Ledger
from tests.graph.asking import Answer, Graph, answered, opened, settings
from tests.graph.importing import DONE, FOLLOW, ID, RUNNING, importing
from tests.graph.issuing import Issuer, bearer
from tests.graph.test_carriers import EVENTS, PARTS, events, parts
from tests.graph.test_policies import KEY
from tests.graph.test_sockets import NAMES, serving, talking
from tests.graph.test_tokens import asking

QUERY = "query Names { sources { name } }"
OTHER = "query Types { __typename }"

ANY = Policy()
LISTED = Policy(any_document=False)


def hashed(text: str) -> str:
    """The hash of a text."""
    return sha256(text.encode()).hexdigest()


def automatic(text: str, **changes: Any) -> dict[str, Any]:
    """The extensions that name a text by its hash."""
    return {"persistedQuery": {"version": 1, "sha256Hash": hashed(text), **changes}}


async def by_url(graph: Graph, **parameters: Any) -> Answer:
    """The answer to a GET."""
    written = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in parameters.items()
    }
    return answered(await graph.client.get("/graphql", params=written))


def manifest(folder: Path, content: Any, name: str = "documents.json") -> str:
    """The path of a manifest with this content."""
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(file)


def of_apollo(texts: Mapping[str, str]) -> dict[str, Any]:
    """Apollo's manifest of texts by their ids."""
    operations = [
        {"id": id, "body": body, "name": "Names", "type": "query"} for id, body in texts.items()
    ]
    return {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": operations,
    }


# Automatic persisted queries.


async def test_a_hash_is_unknown_until_its_text_came_with_it() -> None:
    async with opened() as graph:
        unknown = await graph.post({"extensions": automatic(QUERY)})
        assert unknown.codes == ["PERSISTED_QUERY_NOT_FOUND"]
        assert unknown.errors[0]["message"] == "PersistedQueryNotFound"
        assert unknown.status == 200 and unknown.headers["cache-control"] == "no-store"

        told = await graph.post({"query": QUERY, "extensions": automatic(QUERY)})
        assert told.body["data"] == NAMES["data"]

        for answer in (
            await graph.post({"extensions": automatic(QUERY)}),
            await graph.post({"query": None, "extensions": automatic(QUERY)}),
            await graph.post({"query": "", "extensions": automatic(QUERY)}),
            await by_url(graph, extensions=automatic(QUERY)),
        ):
            assert answer.data == NAMES["data"]


async def test_a_hash_may_be_told_by_a_url() -> None:
    async with opened() as graph:
        told = await by_url(graph, query=QUERY, extensions=automatic(QUERY))
        assert told.data == NAMES["data"]
        assert (await by_url(graph, extensions=automatic(QUERY))).data == NAMES["data"]


async def test_a_newer_media_type_hears_of_an_unknown_hash_by_the_same_status(
    graph: Graph,
) -> None:
    headers = {"accept": "application/graphql-response+json"}
    answer = await graph.post({"extensions": automatic("{ unknown }")}, headers)
    assert (answer.status, answer.codes) == (200, ["PERSISTED_QUERY_NOT_FOUND"])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"query": QUERY, "extensions": automatic(OTHER)}, "is not the hash of"),
        ({"extensions": automatic(QUERY, version=2)}, "version` must be 1"),
        ({"extensions": automatic(QUERY, sha256Hash="../etc")}, "must be a SHA-256 hash"),
        ({"extensions": automatic(QUERY, sha256Hash=None)}, "must be a SHA-256 hash"),
        ({"extensions": automatic(QUERY, sha256Hash="")}, "must be a SHA-256 hash"),
        ({"query": QUERY, "extensions": automatic(QUERY, sha256Hash="")}, "be a SHA-256 hash"),
        ({"extensions": automatic(QUERY, sha256Hash=hashed(QUERY).upper())}, "SHA-256 hash"),
        ({"extensions": {"persistedQuery": [1]}}, "must be an object"),
    ],
)
async def test_a_hash_that_can_not_be_used_is_a_bad_request(
    graph: Graph, body: dict[str, Any], words: str
) -> None:
    for accepted in ("application/graphql-response+json", "application/json"):
        answer = await graph.post(body, {"accept": accepted})
        assert (answer.status, answer.codes) == (400, ["BAD_REQUEST"])
        assert words in answer.errors[0]["message"]
    by_GET = await by_url(graph, **body)
    assert (by_GET.status, by_GET.codes) == (400, ["BAD_REQUEST"])


@pytest.mark.parametrize("extensions", [None, {}, {"other": 1}, {"persistedQuery": None}])
async def test_other_extensions_change_nothing(graph: Graph, extensions: Any) -> None:
    answer = await graph.post({"query": QUERY, "extensions": extensions})
    assert answer.data == NAMES["data"]


async def test_where_no_documents_are_kept_clients_are_told_to_stop_asking() -> None:
    async with opened(settings(automatic_documents=False)) as graph:
        answer = await graph.post({"extensions": automatic(QUERY)})
        assert answer.codes == ["PERSISTED_QUERY_NOT_SUPPORTED"]
        assert answer.errors[0]["message"] == "PersistedQueryNotSupported"
        assert answer.status == 200
        whole = await graph.post({"query": QUERY, "extensions": automatic(QUERY)})
        assert whole.data == NAMES["data"]
        again = await graph.post({"extensions": automatic(QUERY)})
        assert again.codes == ["PERSISTED_QUERY_NOT_SUPPORTED"]


async def test_mutations_by_hash_are_not_carried_by_a_url(graph: Graph) -> None:
    text = 'mutation { courseDelete(input: { course: "x" }) { deletedId } }'
    await graph.post({"query": text, "extensions": automatic(text)})  # of no such course
    answer = await graph.client.get("/graphql", params={"extensions": json.dumps(automatic(text))})
    assert answer.status_code == 405


async def test_limits_hold_for_what_is_asked_by_hash() -> None:
    async with opened(settings(limits={"fields": 1})) as graph:
        for body in ({"query": QUERY, "extensions": automatic(QUERY)},) * 2:
            assert (await graph.post(body)).codes == ["OPERATION_LIMIT_EXCEEDED"]


@pytest.mark.parametrize("query", ["{ nothing }", "{", "query A { __typename } query B { node }"])
async def test_what_can_not_be_executed_is_not_kept(graph: Graph, query: str) -> None:
    told = await graph.post({"query": query, "extensions": automatic(query)})
    assert told.errors and told.codes != ["PERSISTED_QUERY_NOT_FOUND"]

    assert (await graph.post({"extensions": automatic(query)})).codes == [
        "PERSISTED_QUERY_NOT_FOUND"
    ]


async def test_what_the_caller_may_not_ask_is_not_kept(tmp_path: Path) -> None:
    issuer = Issuer()
    async with asking(issuer, issuer.write(tmp_path)) as graph:
        denied = await graph.post({"query": QUERY, "extensions": automatic(QUERY)})
        assert denied.codes == ["UNAUTHENTICATED"]
        unknown = await graph.post({"extensions": automatic(QUERY)}, bearer(issuer.token()))
        assert unknown.codes == ["PERSISTED_QUERY_NOT_FOUND"]


def test_all_processes_know_what_one_was_told(tmp_path: Path) -> None:
    path = str(tmp_path / "ledger")
    one, other = Texts(Ledger(path)), Texts(Ledger(path))
    one.learn(Operation(query=QUERY, extensions=automatic(QUERY)), ANY)

    assert other.of(Operation(extensions=automatic(QUERY)), ANY) == QUERY


def test_what_is_kept_is_bounded() -> None:
    ledger = Ledger()
    texts = Texts(ledger)
    for at in range(SLOTS // 4):
        text = f"{{ a{at} }}" + "#" * (LONGEST - 10)
        texts.learn(Operation(query=text, extensions=automatic(text)), ANY)
    assert texts._kept.weight <= 1_000_000

    long = "{ a }" + "#" * LONGEST
    asked = Operation(query=long, extensions=automatic(long))
    texts.learn(asked, ANY)
    assert texts.of(asked, ANY) == long
    with pytest.raises(Unknown) as raised:
        texts.of(Operation(extensions=automatic(long)), ANY)
    assert raised.value.code is Code.PERSISTED_QUERY_NOT_FOUND


def test_a_hash_in_anothers_place_is_not_mistaken_for_it() -> None:
    ledger = Ledger()
    first = hashed(QUERY)
    Texts(ledger).learn(Operation(query=QUERY, extensions=automatic(QUERY)), ANY)
    twin = first[:8] + "0" * 56  # the same place

    with pytest.raises(Unknown) as raised:
        Texts(ledger).of(Operation(extensions=automatic(QUERY, sha256Hash=twin)), ANY)
    assert raised.value.code is Code.PERSISTED_QUERY_NOT_FOUND


# Trusted documents.


@pytest.mark.parametrize(
    ("id", "content"),
    [
        (hashed(QUERY), of_apollo({hashed(QUERY): QUERY})),
        (hashed(QUERY), {hashed(QUERY): QUERY}),
        ("1d3fd04f8bb6b3e5a9f1c2d4e5f60718", {"1d3fd04f8bb6b3e5a9f1c2d4e5f60718": QUERY}),
    ],
)
async def test_an_operation_is_asked_by_its_id_in_a_manifest(
    tmp_path: Path, id: str, content: Any
) -> None:
    async with opened(settings(documents=[manifest(tmp_path, content)])) as graph:
        for answer in (
            await graph.post({"documentId": id}),
            await graph.post({"doc_id": id}),
            await by_url(graph, documentId=id),
            await by_url(graph, doc_id=id, variables={}),
        ):
            assert answer.data == NAMES["data"]


async def test_apollos_clients_ask_for_trusted_documents_by_hash(tmp_path: Path) -> None:
    """Their link sends a manifest's ids as automatic ones."""
    documents = [manifest(tmp_path, of_apollo({hashed(QUERY): QUERY}))]
    changes: list[dict[str, Any]] = [{}, {"only_trusted": True}, {"automatic_documents": False}]
    for own in changes:
        async with opened(settings(documents=documents, **own)) as graph:
            answer = await graph.post({"extensions": automatic(QUERY)})
            assert answer.data == NAMES["data"]


@pytest.mark.parametrize("id", ["1d3fd04f8bb6b3e5a9f1c2d4e5f60718", "Names"])
async def test_a_listed_text_is_known_by_its_hash_whatever_its_list_calls_it(
    tmp_path: Path, id: str
) -> None:
    """Apollo's and urql's links send a text's SHA-256 hash; lists may have Relay's MD5 or names."""
    documents = [manifest(tmp_path, {id: QUERY})]
    changes: list[dict[str, Any]] = [{}, {"only_trusted": True}, {"automatic_documents": False}]
    for own in changes:
        async with opened(settings(documents=documents, **own)) as graph:
            for answer in (
                await graph.post({"extensions": automatic(QUERY)}),
                await graph.post({"documentId": hashed(QUERY)}),
                await graph.post({"documentId": f"sha256:{hashed(QUERY)}"}),
                await by_url(graph, extensions=automatic(QUERY)),
            ):
                assert answer.data == NAMES["data"]


async def test_the_specifications_ids_name_their_hash(tmp_path: Path) -> None:
    documents = [manifest(tmp_path, {hashed(QUERY): QUERY})]
    async with opened(settings(documents=documents)) as graph:
        answer = await graph.post({"documentId": f"sha256:{hashed(QUERY)}"})
        assert answer.data == NAMES["data"]


async def test_an_id_that_is_in_no_list_is_a_bad_request(graph: Graph) -> None:
    headers = {"accept": "application/graphql-response+json"}
    answer = await graph.post({"documentId": "nope"}, headers)
    assert (answer.status, answer.codes) == (400, ["PERSISTED_QUERY_NOT_IN_LIST"])


@pytest.mark.parametrize("extensions", [None, {}, {"a": 1}])
async def test_a_text_that_may_be_asked_goes_before_an_id(graph: Graph, extensions: Any) -> None:
    body = {"query": QUERY, "documentId": "nope", "extensions": extensions}
    assert (await graph.post(body)).data == NAMES["data"]


@pytest.mark.parametrize("body", [{"documentId": 5}, {"documentId": None}, {"extensions": {}}, {}])
async def test_who_names_nothing_is_told_what_is_missing(
    graph: Graph, body: dict[str, Any]
) -> None:
    answer = await graph.post(body)
    assert (answer.status, answer.codes) == (400, ["BAD_REQUEST"])


# Nothing else.


async def test_where_only_trusted_documents_are_taken_nothing_else_is(tmp_path: Path) -> None:
    documents = [manifest(tmp_path, {hashed(QUERY): QUERY})]
    own = settings(documents=documents, only_trusted=True, gateway_secret=Secret(KEY))
    async with opened(own) as graph:
        assert (await graph.post({"documentId": hashed(QUERY)})).data == NAMES["data"]
        assert (await graph.post({"query": QUERY})).data == NAMES["data"]
        for body in (
            {"query": OTHER},
            {"query": OTHER, "extensions": automatic(OTHER)},
            {"extensions": automatic(OTHER)},
            {"documentId": hashed(OTHER)},
        ):
            answer = await graph.post(body)
            assert answer.codes == ["PERSISTED_QUERY_NOT_IN_LIST"]
            assert "lists of documents" in answer.errors[0]["message"]
        assert (await by_url(graph, query=OTHER)).codes == ["PERSISTED_QUERY_NOT_IN_LIST"]
        gateways = await graph.post({"query": OTHER}, {SECRET: KEY})
        assert gateways.data == {"__typename": "Query"}


async def test_sockets_take_the_same_names_and_nothing_else_either(tmp_path: Path) -> None:
    documents = [manifest(tmp_path, {hashed(QUERY): QUERY})]
    async with (
        serving(documents=documents, only_trusted=True) as (_, served),
        talking(served) as talk,
    ):
        await talk.begin()
        for id, payload in (
            ("1", {"documentId": hashed(QUERY)}),
            ("2", {"extensions": automatic(QUERY)}),
        ):
            await talk.say("subscribe", id=id, payload=payload)
            assert await talk.hear() == {"id": id, "type": "next", "payload": NAMES}
            assert await talk.hear() == {"id": id, "type": "complete"}
        await talk.ask("3", OTHER)
        refused = await talk.hear()
        assert refused["type"] == "error"
        (error,) = refused["payload"]
        assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_IN_LIST"


async def test_what_a_socket_was_told_is_known_to_requests() -> None:
    async with serving() as (graph, served), talking(served) as talk:
        await talk.begin()
        payload = {"query": QUERY, "extensions": automatic(QUERY)}
        await talk.say("subscribe", id="1", payload=payload)
        assert (await talk.hear())["payload"] == NAMES
        assert (await by_url(graph, extensions=automatic(QUERY))).data == NAMES["data"]


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_streams_take_the_same_names_and_nothing_else_either(
    tmp_path: Path, method: str
) -> None:
    documents = [manifest(tmp_path, {hashed(QUERY): QUERY})]
    own = settings(documents=documents, only_trusted=True, gateway_secret=Secret(KEY))

    async def streamed(graph: Graph, headers: Mapping[str, str], **body: Any) -> list[Any]:
        params = {name: each if isinstance(each, str) else json.dumps(each)
                  for name, each in body.items()}  # fmt: skip
        response = await graph.client.request(
            method,
            "/graphql",
            headers={"accept": EVENTS, **headers},
            **({"json": body} if method == "POST" else {"params": params}),
        )
        return events(response)

    async with opened(own) as graph:
        assert await streamed(graph, {}, documentId=hashed(QUERY)) == [NAMES]
        assert await streamed(graph, {}, extensions=automatic(QUERY)) == [NAMES]
        assert await streamed(graph, {SECRET: KEY}, query=QUERY + " ") == [NAMES]
        for body in ({"query": OTHER}, {"documentId": "none"}):
            (refused,) = await streamed(graph, {}, **body)
            (error,) = refused["errors"]
            assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_IN_LIST"


async def test_a_subscription_is_followed_by_its_hash() -> None:
    async with importing(RUNNING, DONE, poll_interval=0.01) as (graph, _):
        body = {"extensions": automatic(FOLLOW), "variables": {"id": ID}}
        whole = {"query": FOLLOW, **body}
        refused = await graph.post(whole, {})
        assert refused.codes == ["BAD_REQUEST"]  # a POST without a stream follows none
        await graph.client.post("/graphql", json=whole, headers={"accept": EVENTS})
        for accept, read in ((EVENTS, events), (PARTS, parts)):
            response = await graph.client.post("/graphql", json=body, headers={"accept": accept})
            assert read(response)


def test_a_text_in_a_list_is_taken_as_it_is_listed() -> None:
    texts = Texts(Ledger(), {"1": QUERY})
    assert texts.of(Operation(query=QUERY), LISTED) == QUERY
    with pytest.raises(Unknown):
        texts.of(Operation(query=QUERY + " "), LISTED)
