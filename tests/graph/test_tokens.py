"""Whose tokens are believed: what is checked of them, where they are presented, and the keys."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import Key, OctKey, OKPKey

from graph.app import Application, check, create_app
from graph.tokens import ALGORITHMS, FARTHEST, LEEWAY, LONGEST, Caller
from providers.authentication import FLOOR, LASTING
from providers.sources import SettingsError, make_settings
from tests.graph.asking import Graph, demo, opened, running, settings
from tests.graph.hourglass import at_once
from tests.graph.issuing import (
    AUDIENCE,
    HOUR,
    START,
    Issuer,
    bearer,
    believing,
    key_server,
    new_key,
)

QUERY = "{ sources { name } }"
CHALLENGE = 'Bearer realm="coursegraph"'


@pytest.fixture(scope="module")
def founded() -> Issuer:
    return Issuer()


@pytest.fixture
def issuer(founded: Issuer) -> Iterator[Issuer]:
    """The issuer, with its keys and by the clock as at first."""
    keys = founded.keys
    yield founded
    founded.keys, founded.now = keys, START


@asynccontextmanager
async def asking(issuer: Issuer, keys: str, **changes: Any) -> AsyncIterator[Graph]:
    """A graph that believes the issuer, whose clock both go by."""
    own = settings(authentication=believing(keys), **changes)
    async with opened(own, now=lambda: issuer.now) as graph:
        yield graph


@pytest.fixture(scope="module")
def application(founded: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Application:
    own = settings(authentication=believing(founded.write(tmp_path_factory.mktemp("keys"))))
    carried = httpx.ASGITransport(demo()[1])
    return create_app(own, transport=carried, now=lambda: founded.now)


@pytest.fixture
async def graph(application: Application, issuer: Issuer) -> AsyncIterator[Graph]:
    """The graph, which believes the issuer."""
    academy, sandbox = demo()
    async with running(application, sandbox, academy, application.server.settings) as graph:
        yield graph


async def asked(graph: Graph, headers: Any, query: str = QUERY) -> httpx.Response:
    """What comes of a query with these headers."""
    return await graph.client.post("/graphql", json={"query": query}, headers=headers)


def codes(response: httpx.Response) -> list[str]:
    return [each["extensions"]["code"] for each in response.json().get("errors", [])]


async def why(graph: Graph, token: str) -> str:
    """Why a token isn't believed."""
    response = await asked(graph, bearer(token))
    assert response.status_code == 401 and codes(response) == ["UNAUTHENTICATED"]
    (error,) = response.json()["errors"]
    challenge = response.headers["www-authenticate"]
    reason = error["message"].removesuffix(".")
    assert challenge == f'{CHALLENGE}, error="invalid_token", error_description="{reason}"'
    assert "data" not in response.json()
    assert await graph.requests() == []
    return str(error["message"])


EXPIRED = "The token has expired."
ELSEWHERE = "The token is not for this server."
KEYLESS = "No key of the issuer's is known for the token."
UNSIGNED = "The token's signature doesn't verify."
WRONG = "The token can't be used here."


# Tokens that are believed.


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
async def test_a_token_is_believed_whatever_the_issuer_signs_with(
    algorithm: str, tmp_path: Path
) -> None:
    issuer = Issuer([new_key(algorithm, "own")])
    async with asking(issuer, issuer.write(tmp_path)) as graph:
        token = issuer.token(header={"alg": algorithm})
        for _ in range(2):  # verified, and known
            response = await asked(graph, bearer(token))
            assert (response.status_code, codes(response)) == (200, [])


@pytest.mark.parametrize("type", ["at+jwt", "application/AT+JWT", "JWT", None])
async def test_a_token_for_access_may_be_called_so_or_a_JWT(
    graph: Graph, issuer: Issuer, type: str | None
) -> None:
    assert codes(await asked(graph, bearer(issuer.token(header={"typ": type})))) == []


@pytest.mark.parametrize("audience", [[AUDIENCE], ["https://other.example", AUDIENCE]])
async def test_the_server_may_be_one_of_several_that_a_token_is_for(
    graph: Graph, issuer: Issuer, audience: list[str]
) -> None:
    assert codes(await asked(graph, bearer(issuer.token(aud=audience)))) == []


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer  "])
async def test_the_scheme_is_written_as_one_likes(
    graph: Graph, issuer: Issuer, scheme: str
) -> None:
    headers = {"authorization": f"{scheme} {issuer.token()}"}
    assert codes(await asked(graph, headers)) == []


async def test_a_token_without_the_name_of_a_key_is_by_the_only_one(
    graph: Graph, issuer: Issuer
) -> None:
    assert codes(await asked(graph, bearer(issuer.token(header={"kid": None})))) == []


def several(*keys: Key, without: str = "") -> list[dict[str, Any]]:
    """The public keys as they are in a set, ``without`` one of their parameters."""
    told = [each.as_dict(private=False) for each in keys]
    return [{name: each[name] for name in each if name != without} for each in told]


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(
    ("algorithm", "own"), [("ES256", 0), ("RS256", 1), ("PS512", 1), ("ES384", 2), ("EdDSA", 3)]
)
async def test_a_tokens_key_is_the_one_that_its_algorithm_can_be_used_with(
    tmp_path: Path, algorithm: str, own: int, named: bool
) -> None:
    keys = [new_key(each, "same") for each in ("ES256", "RS256", "ES384", "EdDSA")]
    keys.append(OKPKey.generate_key("X25519", {"kid": "same"}))
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": several(*keys, without="" if named else "kid")}))
    issuer = Issuer([keys[own]])
    async with asking(issuer, str(path)) as graph:
        header = {"alg": algorithm, "kid": "same" if named else None}
        assert codes(await asked(graph, bearer(issuer.token(header=header)))) == []


@pytest.mark.parametrize(("key", "token"), [("EdDSA", "Ed25519"), ("Ed25519", "EdDSA")])
async def test_an_algorithm_with_two_names_is_one(tmp_path: Path, key: str, token: str) -> None:
    issuer = Issuer([new_key("EdDSA", "own")])
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": [{**each, "alg": key} for each in several(*issuer.keys)]}))
    async with asking(issuer, str(path)) as graph:
        assert codes(await asked(graph, bearer(issuer.token(header={"alg": token})))) == []


async def test_of_several_keys_that_could_be_meant_none_is_guessed(tmp_path: Path) -> None:
    issuer = Issuer([new_key("ES256", "one"), new_key("ES256", "two")])
    async with asking(issuer, issuer.write(tmp_path)) as graph:
        assert await why(graph, issuer.token(header={"kid": None})) == KEYLESS


async def test_a_header_may_have_the_certificates_of_its_key(graph: Graph, issuer: Issuer) -> None:
    header: Any = {"x5c": ["MIIC" * 700, "MIIC" * 700], "x5t": "A" * 27}
    assert codes(await asked(graph, bearer(issuer.token(header=header)))) == []


async def test_a_header_may_say_more_than_is_known(graph: Graph, issuer: Issuer) -> None:
    assert codes(await asked(graph, bearer(issuer.token(header={"nonce": "x"})))) == []


async def test_clocks_may_differ_a_little(graph: Graph, issuer: Issuer) -> None:
    at = int(issuer.now.timestamp())
    near: list[dict[str, Any]] = [{"exp": at - LEEWAY + 1}, {"nbf": at + LEEWAY}]
    for claims in [*near, {"iat": at + LEEWAY}]:
        assert codes(await asked(graph, bearer(issuer.token(**claims)))) == []


async def test_an_end_beyond_all_times_is_an_end(graph: Graph, issuer: Issuer) -> None:
    assert codes(await asked(graph, bearer(issuer.token(exp=10**30)))) == []


# Tokens that aren't.


async def test_a_token_of_another_issuer_is_refused(graph: Graph, issuer: Issuer) -> None:
    assert await why(graph, issuer.token(iss="https://other.example/")) == WRONG


@pytest.mark.parametrize("audience", ["https://other.example", [], f"{AUDIENCE}/", ["a", 7], None])
async def test_a_token_for_another_server_is_refused(
    graph: Graph, issuer: Issuer, audience: Any
) -> None:
    assert await why(graph, issuer.token(aud=audience)) == ELSEWHERE


async def test_a_token_that_has_expired_is_refused(graph: Graph, issuer: Issuer) -> None:
    at = int(issuer.now.timestamp())
    assert await why(graph, issuer.token(exp=at - LEEWAY)) == EXPIRED


async def test_a_token_expires_that_was_good_before(graph: Graph, issuer: Issuer) -> None:
    token = issuer.token()
    assert codes(await asked(graph, bearer(token))) == []
    issuer.now += timedelta(seconds=HOUR + LEEWAY)
    assert await why(graph, token) == EXPIRED


@pytest.mark.parametrize("claim", ["nbf", "iat"])
async def test_a_token_that_isnt_valid_yet_is_refused(
    graph: Graph, issuer: Issuer, claim: str
) -> None:
    at = int(issuer.now.timestamp())
    claims: dict[str, Any] = {claim: at + LEEWAY + 1}
    assert await why(graph, issuer.token(**claims)) == WRONG


@pytest.mark.parametrize(("claim", "reason"), [("iss", WRONG), ("aud", ELSEWHERE), ("exp", WRONG)])
async def test_a_token_that_doesnt_say_what_it_must_is_refused(
    graph: Graph, issuer: Issuer, claim: str, reason: str
) -> None:
    assert await why(graph, issuer.token(without=claim)) == reason


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": "tomorrow"},
        {"exp": True},
        {"nbf": []},
        {"sub": 7},
        {"cnf": {"jkt": "x"}},  # whoever has it would have to prove more
    ],
)
async def test_a_token_whose_claims_cant_be_meant_is_refused(
    graph: Graph, issuer: Issuer, claims: Mapping[str, Any]
) -> None:
    assert await why(graph, issuer.token(**claims)) == WRONG


@pytest.mark.parametrize("type", ["id+jwt", "logout+jwt", "secevent+jwt", "dpop+jwt"])
async def test_a_token_for_anything_but_access_is_refused(
    graph: Graph, issuer: Issuer, type: str
) -> None:
    assert await why(graph, issuer.token(header={"typ": type})) == WRONG


async def test_a_token_that_nobody_signed_is_refused(graph: Graph, issuer: Issuer) -> None:
    header, claims, _ = issuer.token().split(".")
    unsigned = issuer.token(header={"alg": "none", "kid": None}).rpartition(".")[0]
    for token in (f"{unsigned}.", f"{header}.{claims}.", f"{header}.{claims}.AAAA"):
        assert await why(graph, token) in (WRONG, UNSIGNED)


async def test_a_token_that_was_changed_is_refused(graph: Graph, issuer: Issuer) -> None:
    header, _, signature = issuer.token().split(".")
    _, claims, _ = issuer.token("write manage introspect").split(".")
    assert await why(graph, f"{header}.{claims}.{signature}") == UNSIGNED


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
async def test_the_public_key_is_no_secret_to_sign_with(tmp_path: Path, algorithm: str) -> None:
    issuer = Issuer([new_key("RS256", "own")])
    (key,) = issuer.keys
    async with asking(issuer, issuer.write(tmp_path)) as graph:
        for public in (key.as_pem(private=False), json.dumps(key.as_dict()).encode()):  # type: ignore[union-attr]
            terms: Any = {"kid": "own"}
            forged = OctKey(public, public, terms)  # as importing it as a secret is refused
            token = issuer.token(key=forged, header={"alg": algorithm})
            assert await why(graph, token) == WRONG


async def test_a_secret_among_the_keys_is_no_key(tmp_path: Path) -> None:
    secret = OctKey.generate_key(256, {"kid": "shared"})
    issuer = Issuer([new_key("ES256", "one")])
    path = Path(issuer.write(tmp_path))
    path.write_text(json.dumps({"keys": [secret.as_dict(private=True), *issuer.jwks()["keys"]]}))
    async with asking(issuer, str(path)) as graph:
        assert await why(graph, issuer.token(key=secret, header={"alg": "HS256"})) == WRONG
        assert codes(await asked(graph, bearer(issuer.token()))) == []


async def test_a_key_is_used_for_what_it_says_it_is_for(tmp_path: Path) -> None:
    issuer = Issuer([new_key("RS256", "own")])
    for terms in ({"alg": "PS256"}, {"use": "enc"}, {"key_ops": ["sign"]}):
        path = Path(issuer.write(tmp_path))
        spare = new_key("ES256", "spare").as_dict(private=False)
        path.write_text(json.dumps({"keys": [{**issuer.jwks()["keys"][0], **terms}, spare]}))
        async with asking(issuer, str(path)) as graph:
            assert await why(graph, issuer.token(header={"alg": "RS256"})) == KEYLESS


async def test_a_token_cannot_bring_its_own_key(graph: Graph, issuer: Issuer) -> None:
    other = new_key("ES256", "one")
    public = other.as_dict(private=False)
    for header in ({"jwk": public}, {"jku": "https://evil.example/keys.json"}):
        assert await why(graph, issuer.token(key=other, header=header)) == UNSIGNED


@pytest.mark.parametrize(
    "token",
    [
        "a",
        "a.b",
        "a.b.c.d.e",
        "e30.e30.e30",  # {}
        "W10.e30.AAAA",  # []
        "ImFsZyI.e30.AAAA",  # "alg"
        "eyJhbGciOltdfQ.e30.AAAA",  # {"alg":[]}
        "eyJhbGciOiJFUzI1NiIsImtpZCI6N30.e30.AAAA",  # {"alg":"ES256","kid":7}
        "eyJhbGciOiJFUzI1NiIsInR5cCI6N30.e30.AAAA",  # {"alg":"ES256","typ":7}
        "eyJhbGciOiJFUzI1NiIsImNyaXQiOlsieCJdLCJ4IjoxfQ.e30.AAAA",  # crit: ["x"]
        "." * 1000,
        "a" * (LONGEST + 1),
        f"{'a' * 600}.{'b' * 600}.c",
    ],
    ids=lambda token: token[:20],
)
async def test_what_is_no_token_is_refused(graph: Graph, token: str) -> None:
    assert await why(graph, token) in (WRONG, KEYLESS)


# Where they are presented.


async def test_without_a_token_the_challenge_names_no_error(graph: Graph) -> None:
    for headers in ({}, {"authorization": "Basic YTpi"}):
        response = await asked(graph, headers)
        assert response.status_code == 401 and codes(response) == ["UNAUTHENTICATED"]
        assert response.headers["www-authenticate"] == CHALLENGE


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer a b", "Bearer ä", "Bearer a,b"])
async def test_what_cant_be_a_token_is_a_bad_request(graph: Graph, value: str) -> None:
    response = await asked(graph, {b"authorization": value.encode("latin-1")})
    assert response.status_code == 400 and codes(response) == ["BAD_REQUEST"]
    assert response.headers["www-authenticate"] == f'{CHALLENGE}, error="invalid_request"'


async def test_two_tokens_are_a_bad_request(graph: Graph, issuer: Issuer) -> None:
    one = ("authorization", f"Bearer {issuer.token()}")
    for other in (one, ("authorization", "Basic YTpi")):
        response = await asked(graph, [one, other])
        assert response.status_code == 400 and codes(response) == ["BAD_REQUEST"]


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_who_presents_no_good_token_is_told_so_by_the_status(
    graph: Graph, accept: str
) -> None:
    for headers in ({}, bearer("a.b.c")):
        response = await asked(graph, {"accept": accept, **headers})
        assert response.status_code == 401
        assert response.headers["content-type"].startswith(accept)


async def test_answers_differ_by_the_token(graph: Graph, issuer: Issuer) -> None:
    parameters = {"query": QUERY}
    for headers in ({}, bearer(issuer.token())):
        response = await graph.client.get("/graphql", params=parameters, headers=headers)
        assert varied(response)
        assert "public" not in response.headers["cache-control"]


def varied(response: httpx.Response) -> bool:
    """Whether an answer says that it differs by the token."""
    return "Authorization" in [each.strip() for each in response.headers["vary"].split(",")]


async def test_streams_refusals_and_what_is_unchanged_differ_by_the_token(
    graph: Graph, issuer: Issuer
) -> None:
    token = bearer(issuer.token())
    stream = await asked(graph, {"accept": "text/event-stream", **token})
    assert stream.headers["content-type"].startswith("text/event-stream") and varied(stream)
    refused = await graph.client.post("/graphql", content=b"{", headers=token)
    assert refused.status_code >= 400 and varied(refused)
    parameters = {"query": QUERY}
    first = await graph.client.get("/graphql", params=parameters, headers=token)
    known = {"if-none-match": first.headers["etag"], **token}
    again = await graph.client.get("/graphql", params=parameters, headers=known)
    assert again.status_code == 304 and varied(again)


async def test_what_is_asked_with_a_token_is_kept_by_who_asked_alone(
    issuer: Issuer, tmp_path: Path
) -> None:
    async with opened(
        settings(authentication=believing(issuer.write(tmp_path), required=False)),
        now=lambda: issuer.now,
    ) as graph:
        for headers, kept in (({}, "max-age=60"), (bearer(issuer.token()), "private, max-age=60")):
            response = await graph.client.get("/graphql", params={"query": QUERY}, headers=headers)
            assert response.headers["cache-control"] == kept


async def test_a_query_in_a_url_takes_its_token_in_the_header(graph: Graph, issuer: Issuer) -> None:
    parameters = {"query": QUERY, "access_token": issuer.token()}
    assert (await graph.client.get("/graphql", params=parameters)).status_code == 401


async def test_what_isnt_the_graph_takes_no_token(graph: Graph) -> None:
    for path in ("/livez", "/readyz"):
        assert (await graph.client.get(path)).status_code == 200


async def test_nothing_of_a_token_is_told_or_logged(
    graph: Graph, issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "b41c9d"
    tokens = [
        issuer.token(sub=secret, scope=secret),
        issuer.token(sub=secret, aud=secret),
        issuer.token(sub=secret, iss=secret),
        issuer.token(key=new_key("ES256", secret), sub=secret),
    ]
    mutation = 'mutation { sourceResync(input: { source: "demo-bindbee" }) { __typename } }'
    for token in tokens:
        response = await asked(graph, bearer(token), mutation)
        assert codes(response)[0] in ("FORBIDDEN", "UNAUTHENTICATED")
        assert secret not in response.text + str(response.headers)
        assert token not in response.text + str(response.headers)
    assert secret not in caplog.text and not any(each in caplog.text for each in tokens)


async def test_of_a_token_its_scopes_and_its_end_are_remembered_alone(
    graph: Graph, issuer: Issuer
) -> None:
    policies = graph.app.streams.policies  # type: ignore[attr-defined]
    token = issuer.token("write", tenant="t-7").encode()
    policy = await policies.authenticated(policies.general, token)
    end = issuer.now.timestamp() + HOUR + LEEWAY
    assert policy.caller == Caller(scopes=frozenset({"write"}), expires=end)


# The keys.


async def test_keys_are_fetched_when_the_first_token_comes_and_kept(issuer: Issuer) -> None:
    async with key_server(issuer) as server, asking(issuer, server.url) as graph:
        await asked(graph, {})
        assert server.asked == 0
        for scope in "abc":
            assert codes(await asked(graph, bearer(issuer.token(scope)))) == []
        assert server.asked == 1


async def test_a_key_that_is_new_is_fetched(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.authentication.FLOOR", 0.0)
    async with key_server(issuer) as server, asking(issuer, server.url) as graph:
        old = issuer.token()
        assert codes(await asked(graph, bearer(old))) == []
        issuer.keys = [new_key("ES256", "two")]
        assert codes(await asked(graph, bearer(issuer.token()))) == []
        assert server.asked == 2
        assert await why(graph, old) == KEYLESS  # its key was withdrawn, and it with it


def test_a_key_that_is_withdrawn_takes_its_tokens_along_within_the_hour(
    issuer: Issuer, tmp_path: Path
) -> None:
    async def ask() -> None:
        async with asking(issuer, issuer.write(tmp_path)) as graph:
            token = issuer.token()
            assert codes(await asked(graph, bearer(token))) == []
            await asyncio.sleep(1)  # of the hourglass's time: the file is read with the first token
            issuer.keys = [new_key("ES256", "two")]
            issuer.write(tmp_path)
            assert codes(await asked(graph, bearer(token))) == []
            await asyncio.sleep(LASTING + 1)
            await asked(graph, bearer(token))  # has the keys read, and doesn't wait for it
            await asyncio.sleep(1)
            assert await why(graph, token) == KEYLESS

    at_once(ask())


def test_keys_that_couldnt_be_read_again_are_tried_again_soon(
    issuer: Issuer, tmp_path: Path
) -> None:
    async def ask() -> None:
        path = Path(issuer.write(tmp_path))
        async with asking(issuer, str(path)) as graph:
            token = issuer.token()
            assert codes(await asked(graph, bearer(token))) == []
            path.write_text("{}")
            await asyncio.sleep(LASTING + 1)
            for _ in range(2):  # what was known is good while nothing better is
                assert codes(await asked(graph, bearer(token))) == []
                await asyncio.sleep(1)
            issuer.keys = [new_key("ES256", "two")]
            issuer.write(tmp_path)
            await asyncio.sleep(FLOOR + 1)
            await asked(graph, bearer(token))
            await asyncio.sleep(1)
            assert await why(graph, token) == KEYLESS

    at_once(ask())


async def test_unknown_keys_dont_have_the_server_asked_again_and_again(issuer: Issuer) -> None:
    async with key_server(issuer) as server, asking(issuer, server.url) as graph:
        for number in range(20):
            forged = issuer.token(key=new_key("ES256", f"made up {number}"))
            assert await why(graph, forged) == KEYLESS
        assert server.asked == 1
        assert codes(await asked(graph, bearer(issuer.token()))) == []


async def test_keys_that_cant_be_fetched_cost_an_error_and_no_more(issuer: Issuer) -> None:
    async with key_server(issuer) as server, asking(issuer, server.url) as graph:
        server.status = 500
        for _ in range(3):
            response = await asked(graph, bearer(issuer.token()))
            assert response.status_code == 503
            assert codes(response) == ["AUTHENTICATION_UNAVAILABLE"]
            assert response.headers["retry-after"] == "10"
            (error,) = response.json()["errors"]
            assert error["extensions"]["retryable"] is True
            assert "127.0.0.1" not in response.text
        assert server.asked == 1


async def test_a_key_server_that_says_nothing_is_not_waited_for(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.authentication.PATIENCE", 0.05)
    async with key_server(issuer) as server, asking(issuer, server.url) as graph:
        server.silent = True
        response = await asked(graph, bearer(issuer.token()))
        assert (response.status_code, codes(response)) == (503, ["AUTHENTICATION_UNAVAILABLE"])


async def test_a_key_server_that_isnt_there_costs_an_error(issuer: Issuer) -> None:
    async with asking(issuer, "http://127.0.0.1:9/jwks.json") as graph:
        response = await asked(graph, bearer(issuer.token()))
        assert (response.status_code, codes(response)) == (503, ["AUTHENTICATION_UNAVAILABLE"])


@pytest.mark.parametrize("content", ["{}", "[]", '{"keys": []}', '{"keys": [7, {"kty": "x"}]}'])
async def test_what_is_no_key_set_costs_an_error(
    issuer: Issuer, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Issuer, "jwks", lambda _: json.loads(content))
    async with key_server(issuer) as server, asking(issuer, server.url) as graph:
        response = await asked(graph, bearer(issuer.token()))
        assert (response.status_code, codes(response)) == (503, ["AUTHENTICATION_UNAVAILABLE"])


async def test_known_keys_are_good_while_their_server_is_down(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with key_server(issuer) as server, asking(issuer, server.url) as graph:
        assert codes(await asked(graph, bearer(issuer.token()))) == []
        server.status = 500
        monkeypatch.setattr("providers.authentication.FLOOR", 0.0)
        monkeypatch.setattr("providers.authentication.LASTING", 0.0)
        assert codes(await asked(graph, bearer(issuer.token("a")))) == []
        other = issuer.token(key=new_key("ES256", "two"))
        assert (await asked(graph, bearer(other))).status_code == 503
        assert codes(await asked(graph, bearer(issuer.token("b")))) == []


async def test_many_tokens_at_once_fetch_the_keys_once(issuer: Issuer) -> None:
    async with key_server(issuer) as server, asking(issuer, server.url) as graph:
        policies = graph.app.streams.policies  # type: ignore[attr-defined]
        found = [issuer.token(str(number)).encode() for number in range(20)]
        waiting = [asyncio.ensure_future(policies.tokens.caller(each)) for each in found]
        await asyncio.sleep(0)
        waiting[0].cancel()  # who leaves doesn't take the keys along
        callers = await asyncio.gather(*waiting[1:])
        assert len(callers) == 19 and server.asked == 1


async def test_a_key_in_a_file_may_be_replaced(
    issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.authentication.FLOOR", 0.0)
    async with asking(issuer, issuer.write(tmp_path)) as graph:
        assert codes(await asked(graph, bearer(issuer.token()))) == []
        issuer.keys = [new_key("RS256", "two")]
        issuer.write(tmp_path)
        assert codes(await asked(graph, bearer(issuer.token(header={"alg": "RS256"})))) == []


async def test_what_is_known_of_tokens_is_bounded(graph: Graph, issuer: Issuer) -> None:
    tokens = graph.app.streams.policies.tokens  # type: ignore[attr-defined]
    known = tokens._known
    known.most = 3
    for number in range(5):
        await tokens.caller(issuer.token(str(number)).encode())
    assert len(known) == 3


async def test_nothing_is_remembered_of_a_token_that_was_found_expired(
    issuer: Issuer, tmp_path: Path
) -> None:
    async with asking(issuer, issuer.write(tmp_path)) as graph:
        known = graph.app.streams.policies.tokens._known  # type: ignore[attr-defined]
        token = issuer.token()
        assert codes(await asked(graph, bearer(token))) == []
        assert len(known) == 1
        issuer.now += timedelta(seconds=HOUR + LEEWAY)
        for _ in range(2):
            assert await why(graph, token) == EXPIRED
        assert len(known) == 0


async def test_a_token_that_ends_farther_off_than_is_told_apart_is_verified_again(
    issuer: Issuer, tmp_path: Path
) -> None:
    async with asking(issuer, issuer.write(tmp_path)) as graph:
        token = issuer.token(exp=10**30)
        assert codes(await asked(graph, bearer(token))) == []
        issuer.now += timedelta(seconds=FARTHEST + 1)
        assert codes(await asked(graph, bearer(token))) == []


# Settings.

GOOD = {"issuer": "https://id.example/", "audience": "a", "keys": "https://id.example/jwks.json"}
SOURCE = {"name": "a", "provider": "vitalsource", "api_key": "x"}


def test_settings_name_the_issuer() -> None:
    made = make_settings({"authentication": GOOD, "sources": [SOURCE]}, {}).authentication
    assert made is not None and (made.issuer, made.audience, made.required) == (
        "https://id.example/",
        "a",
        True,
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"issuer": " "}, "issuer is empty"),
        ({"audience": ""}, "audience is empty"),
        ({"keys": "http://id.example/jwks.json"}, "keys must be an https address"),
        ({"keys": "ftp://id.example/jwks.json"}, "keys must be an https address"),
        ({"keys": "https://user:pass@id.example/jwks.json"}, "keys must be an https address"),
        ({"keys": "https://[/"}, "keys must be an https address"),
        ({"secret": "x"}, "unknown field `secret`"),
    ],
)
def test_settings_of_the_issuer_that_can_not_be_say_so(change: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        make_settings({"authentication": {**GOOD, **change}, "sources": [SOURCE]}, {})


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/k", "http://localhost/k", "http://[::1]/k"])
def test_keys_of_this_machine_may_be_fetched_without_tls(url: str) -> None:
    make_settings({"authentication": {**GOOD, "keys": url}, "sources": [SOURCE]}, {})


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file"), ("{", "broken"), ("{}", "no key set"), ('{"keys": []}', "no public")],
)
def test_a_file_without_keys_is_told_of_before_anything_is_opened(
    tmp_path: Path, content: str | None, words: str
) -> None:
    path = tmp_path / "jwks.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError, match=f"authentication.keys: .*{words}"):
        check(settings(authentication=believing(str(path))))


def test_where_the_keys_are_may_stand_in_the_environment() -> None:
    given = {**GOOD, "keys": "env:KEYS"}
    url = "https://id.example/keys"

    made = make_settings({"authentication": given, "sources": [SOURCE]}, {"KEYS": url})
    assert made.authentication is not None and made.authentication.keys == url
    with pytest.raises(SettingsError, match="authentication.keys takes its value from .* KEYS"):
        make_settings({"authentication": given, "sources": [SOURCE]}, {})
