"""Who is let in to the sandbox's SCORM Cloud: by the secret, or by a token for some scopes."""

from base64 import b64encode
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox.academy import Academy
from sandbox.scormcloud import READS, routes
from sandbox.scormcloud.access import SCOPES
from sandbox.wire import Desk, Faults
from tests.sandbox.scormcloud_calls import BASE, SECRET, connect

NOW = 1_793_491_200.0


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Iterator[Clock]:
    yield Clock()


@pytest.fixture
async def cloud(academy: Academy, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    """The API without credentials, at a time of our own."""
    desk = Desk(
        "scormcloud",
        routes(academy.campus("scormcloud"), clock),
        log=[],
        faults=Faults(),
        folds_slashes=True,
    )
    transport = httpx.ASGITransport(Starlette(routes=[Mount("/scormcloud", app=desk)]))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://sandbox{BASE}") as client:
        yield client


async def token(cloud: httpx.AsyncClient, scope: str, **form: str) -> str:
    answer = await cloud.post(
        "/oauth/authenticate/application/token", data={"scope": scope, **form}, auth=SECRET
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def bearer(given: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {given}"}


def basic(text: str) -> str:
    return f"Basic {b64encode(text.encode()).decode()}"


async def test_the_secret_opens_everything(academy: Academy) -> None:
    async with connect(academy) as cloud:
        assert (await cloud.get("/ping")).json()["apiMessage"] == "API is alive."
        assert (await cloud.get("/about")).json() == {
            "version": "2.0",
            "distribution": "SCORM Cloud",
        }
        assert (await cloud.get("/courses")).status_code == 200


async def test_nobody_comes_in_without_credentials(cloud: httpx.AsyncClient) -> None:
    for path, _, _ in READS:
        answer = await cloud.get(path)
        assert answer.status_code == 401
        assert answer.json()["error"] == answer.json()["message"] == "Authorization Required."


@pytest.mark.parametrize(
    "authorization",
    [basic("demo-app:wrong"), basic("other:demo-secret"), basic("demo-app"), "Basic !", "Basic"],
)
async def test_a_wrong_secret_is_refused(cloud: httpx.AsyncClient, authorization: str) -> None:
    answer = await cloud.get("/courses", headers={"Authorization": authorization})

    assert answer.status_code == 401
    assert answer.json()["error"].startswith("Provided credentials are invalid")


@pytest.mark.parametrize("scope", ["read", "read:course", "admin", "write read:course"])
async def test_any_one_of_the_scopes_suffices(cloud: httpx.AsyncClient, scope: str) -> None:
    headers = bearer(await token(cloud, scope))

    assert (await cloud.get("/courses", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ("write", "/courses"),
        ("read:registration", "/courses"),
        ("write:course delete:course", "/courses"),
        ("read:course", "/registrations"),
        ("read:course", "/learner/x/tags"),
        ("read:course", "/ping"),
        ("read:ping", "/appManagement/configuration"),
    ],
)
async def test_other_scopes_do_not(cloud: httpx.AsyncClient, scope: str, path: str) -> None:
    answer = await cloud.get(path, headers=bearer(await token(cloud, scope)))

    assert answer.status_code == 403
    assert "none of the scopes" in answer.json()["message"]


async def test_a_token_says_how_long_it_lives(cloud: httpx.AsyncClient, clock: Clock) -> None:
    answer = await cloud.post(
        "/oauth/authenticate/application/token", data={"scope": "read"}, auth=SECRET
    )
    body = answer.json()

    assert (body["expires_in"], body["token_type"]) == (300, "bearer")
    clock.now = NOW + 299
    assert (await cloud.get("/ping", headers=bearer(body["access_token"]))).status_code == 200
    clock.now = NOW + 300
    late = await cloud.get("/ping", headers=bearer(body["access_token"]))
    assert (late.status_code, late.json()["error"]) == (401, "The access token has expired.")


async def test_a_token_lives_as_long_as_was_asked(cloud: httpx.AsyncClient, clock: Clock) -> None:
    given = await token(cloud, "read", expiration="3600")

    clock.now = NOW + 3599
    assert (await cloud.get("/ping", headers=bearer(given))).status_code == 200


async def test_a_forged_token_is_refused(cloud: httpx.AsyncClient) -> None:
    given = await token(cloud, "read:ping")
    other = await token(cloud, "read")
    spliced = f"{other.partition('.')[0]}.{given.partition('.')[2]}"

    for forged in (spliced, given[:-1], f"{given}x", "", "a.b", "é", "."):
        headers = [(b"authorization", f"Bearer {forged}".encode("latin-1"))]
        answer = await cloud.get("/ping", headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (
            401,
            "The access token is invalid.",
        )


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"scope": ""},
        {"scope": "read everything"},
        {"scope": "read", "expiration": "soon"},
        {"scope": "read", "expiration": "0"},
        {"scope": "read", "expiration": "-5"},
        {"scope": "read", "expiration": "9" * 400},
    ],
)
async def test_a_request_for_no_proper_token_is_refused(
    cloud: httpx.AsyncClient, form: dict[str, str]
) -> None:
    answer = await cloud.post("/oauth/authenticate/application/token", data=form, auth=SECRET)

    assert answer.status_code == 400


async def test_a_token_is_no_key_to_further_tokens(cloud: httpx.AsyncClient) -> None:
    given = await token(cloud, "admin")

    for path in ("/oauth/authenticate/application/token", "/appManagement/token"):
        answer = await cloud.post(path, data={"scope": "read"}, headers=bearer(given))
        assert answer.status_code == 401


async def test_application_management_issues_tokens_too(
    cloud: httpx.AsyncClient, clock: Clock
) -> None:
    asked = {
        "permissions": {"scopes": ["read:registration"], "applicationName": "demo-app"},
        "expiry": "2026-11-01T01:00:00Z",
    }

    answer = await cloud.post("/appManagement/token", json=asked, auth=SECRET)

    headers = bearer(answer.json()["result"])
    assert (await cloud.get("/registrations", headers=headers)).status_code == 200
    clock.now = NOW + 3600
    assert (await cloud.get("/registrations", headers=headers)).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"permissions": {"scopes": ["read"]}},
        {"permissions": {"scopes": ["fly"]}, "expiry": "2026-12-01T00:00:00Z"},
        {"permissions": {"scopes": ["read"]}, "expiry": "2026-10-01T00:00:00Z"},
        {"permissions": {"scopes": ["read"]}, "expiry": "soon"},
        {
            "permissions": {"scopes": ["read"], "applicationName": "other"},
            "expiry": "2026-12-01T00:00:00Z",
        },
    ],
)
async def test_application_management_refuses_what_makes_no_sense(
    cloud: httpx.AsyncClient, body: object
) -> None:
    answer = await cloud.post("/appManagement/token", json=body, auth=SECRET)

    assert answer.status_code == 400


def test_scopes_are_those_of_the_reference() -> None:
    assert len(SCOPES) == 27
    assert {"read", "write", "delete", "admin", "read:ping", "read:reporting"} < SCOPES
    assert "write:ping" not in SCOPES
