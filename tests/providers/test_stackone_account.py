"""StackOne's linked account: signing in, how it is, what it can do, and people by e-mail."""

from __future__ import annotations

from base64 import b64decode

import pytest
from starlette.requests import Request

from providers.base import Query, Sighting
from providers.errors import Kind, ProviderError
from providers.model import HealthStatus
from providers.sources import SettingsError, make_settings
from providers.stackone import StackOne
from providers.stackone.account import LinkedAccount
from sandbox.academy import Academy, Sizes
from tests.providers.stackone_accounts import JUNE, WHOLE, Desk, answering, asking, every, opened

ADA = "ada.byron@academy.example"


@pytest.fixture(scope="module")
def academy() -> Academy:
    return Academy()


@pytest.fixture
def desk(academy: Academy) -> Desk:
    return Desk(academy)


@pytest.fixture
def stackone(desk: Desk) -> StackOne:
    return desk.open()


async def test_the_key_signs_in_as_the_user_name_with_an_empty_password() -> None:
    seen: list[Request] = []
    await opened(answering({"data": []}, seen)).list_users(asking(), Query(5))

    headers = seen[0].headers
    assert b64decode(headers["authorization"].removeprefix("Basic ")) == b"demo-key:"
    assert headers["x-account-id"] == "demo-account"
    assert headers["user-agent"]


@pytest.mark.parametrize("account_id", ["", "a b", "a\nb", "☃", "x" * 300])
def test_an_account_id_that_no_header_can_carry_is_refused(account_id: str) -> None:
    source = {
        "provider": "stackone",
        "name": "campus",
        "api_key": "k",
        "account_id": account_id,
        "generation": "2025-12",
    }
    with pytest.raises(SettingsError, match="account_id"):
        make_settings({"sources": [source]}, {})
    with pytest.raises(SettingsError, match="generation"):
        make_settings({"sources": [{**source, "account_id": "1", "generation": "2024"}]}, {})


def test_no_secret_is_shown(stackone: StackOne) -> None:
    shown = repr(stackone.http.credentials) + repr(vars(stackone))

    assert "demo-key" not in shown
    assert "ZGVtby1rZXk6" not in shown


@pytest.mark.parametrize(
    ("account", "api_key", "kind"),
    [
        ("demo-account", "wrong", Kind.AUTH_FAILED),
        ("nobody", "demo-key", Kind.AUTH_FAILED),
        ("demo-disabled", "demo-key", Kind.ACCOUNT_DISABLED),
    ],
)
async def test_an_account_that_can_not_be_used_is_an_error_of_its_own_kind(
    desk: Desk, account: str, api_key: str, kind: Kind
) -> None:
    client = desk.open(account, api_key=api_key)
    with pytest.raises(ProviderError) as caught:
        await client.list_courses(asking(), Query(5))

    assert caught.value.kind is kind
    assert caught.value.source == "campus"
    assert api_key not in str(caught.value)


@pytest.mark.parametrize("plural", ["completions", "skills"])
async def test_what_a_system_does_not_offer_is_unsupported(desk: Desk, plural: str) -> None:
    client = desk.open("demo-limited")
    with pytest.raises(ProviderError) as caught:
        await getattr(client, f"list_{plural}")(asking(), Query(5))

    assert caught.value.kind is Kind.UNSUPPORTED


async def test_children_that_a_system_does_not_offer_are_unsupported(desk: Desk) -> None:
    client = desk.open("demo-limited")
    courses = [each.key for each in await every(client.list_courses)]
    found = await client.completions_of_courses(asking(), courses, 5)

    kinds = [each.kind for each in found.values() if isinstance(each, ProviderError)]
    assert kinds == [Kind.UNSUPPORTED] * len(courses)


# Health.


@pytest.mark.parametrize(
    ("account", "status", "detail"),
    [
        ("demo-account", HealthStatus.UP, None),
        (JUNE, HealthStatus.UP, None),
        ("demo-disabled", HealthStatus.DEGRADED, "the linked account is suspended"),
        (
            "nobody",
            HealthStatus.DOWN,
            "the provider doesn't know the linked account; check account_id in the settings",
        ),
    ],
)
async def test_health_is_what_the_account_says(
    desk: Desk, account: str, status: HealthStatus, detail: str | None
) -> None:
    ask = asking()
    health = await desk.open(account).health(ask)

    assert (health.status, health.detail) == (status, detail)
    assert [call.route for call in ask.calls] == ["GET /accounts/{}"]


async def test_a_key_that_may_not_read_accounts_is_up_if_it_may_read_courses(
    desk: Desk, stackone: StackOne
) -> None:
    await desk.break_with(403, "/accounts/")
    assert (await stackone.health(asking())).status is HealthStatus.UP
    assert (await desk.sent())[1] == ("/courses", {"fields": "id", "page_size": "1"})

    await desk.break_with(403, "/")
    with pytest.raises(ProviderError) as caught:
        await stackone.health(asking())
    assert caught.value.kind is Kind.FORBIDDEN


async def test_a_source_that_fails_has_no_health(desk: Desk, stackone: StackOne) -> None:
    await desk.break_with(502, "/accounts/")
    with pytest.raises(ProviderError) as caught:
        await stackone.health(asking())

    assert caught.value.kind is Kind.UNAVAILABLE


# What the account is.


async def test_the_linked_account_is_the_one_of_the_settings(stackone: StackOne) -> None:
    account = await stackone.linked_account(asking())

    assert account is not None
    assert (account.key, account.provider, account.provider_name) == (
        "demo-account",
        "academylms",
        "Academy LMS",
    )
    assert (account.status, account.type) == ("active", "test")


async def test_why_an_account_is_suspended_is_told(desk: Desk) -> None:
    account = await desk.open("demo-disabled").linked_account(asking())

    assert account and account.status_reasons
    assert account.status_reasons[0].code == "integration_disabled"


async def test_an_account_under_data_is_read_all_the_same() -> None:
    client = opened(answering({"data": {"id": "9", "provider": "p"}}))

    found = await client.linked_account(asking())
    assert found == LinkedAccount(source="campus", key="9", provider="p")


async def test_what_the_account_can_be_asked_is_told(desk: Desk) -> None:
    meta = await desk.open("demo-limited").account_meta(asking())

    assert meta and meta.operations
    assert meta.key == "demo-limited"
    assert {each.model for each in meta.operations} == set(meta.models)
    assert "skills" not in meta.models
    listing = next(each for each in meta.operations if (each.model, each.name) == ("users", "list"))
    assert listing.path == "/unified/lms/users"
    assert ("email", "string") in [(field.name, field.type) for field in listing.gives]


async def test_the_connector_is_the_accounts_own(desk: Desk, stackone: StackOne) -> None:
    connector = await stackone.connector_meta(asking())

    assert connector is not None
    assert (connector.key, connector.is_active) == ("academylms", True)
    assert connector.logo_url == "https://lms.academy.example/logos/academylms.png"
    assert [path for path, _ in await desk.sent()] == [
        "/accounts/demo-account",
        "/connectors/meta/academylms",
    ]


async def test_an_unknown_account_has_nothing_to_tell(desk: Desk) -> None:
    client = desk.open("nobody")

    assert await client.linked_account(asking()) is None
    assert await client.account_meta(asking()) is None
    assert await client.connector_meta(asking()) is None


# People.


@pytest.mark.parametrize("email", [ADA, ADA.upper(), f" {ADA} "])
async def test_a_person_is_found_by_email(desk: Desk, stackone: StackOne, email: str) -> None:
    ask = asking(User={"name"})
    sighting = await stackone.users_by_email(ask, email.strip())

    assert [user.name for user in sighting.users] == ["Ada Byron"]
    assert (sighting.complete, sighting.searched) == (True, True)
    ((path, params),) = await desk.sent()
    assert path == "/users"
    assert params == {
        "filter[email]": email.strip(),
        "fields": "id,name,email",
        "page_size": "100",
    }


async def test_a_person_is_found_where_the_system_ignores_the_filter(desk: Desk) -> None:
    client = desk.open("demo-ignores-filters")
    sighting = await client.users_by_email(asking(), ADA)

    assert [user.email for user in sighting.users] == [ADA]
    assert sighting.complete
    assert await client.users_by_email(asking(), "nobody@academy.example") == Sighting([])


async def test_a_search_that_would_not_end_says_that_it_did_not() -> None:
    sizes = Sizes(people=1_200, subjects=5, skills=5, courses=5, attempts=5)
    desk = Desk(Academy(sizes={"stackone": sizes}))
    ask = asking()
    sighting = await desk.open("demo-ignores-filters").users_by_email(ask, ADA)

    assert [user.email for user in sighting.users] == [ADA]
    assert not sighting.complete and sighting.searched
    assert len(ask.calls) == 10
    assert (await desk.open().users_by_email(asking(), ADA)).complete


async def test_a_search_that_breaks_off_keeps_whom_it_found() -> None:
    sizes = Sizes(people=300, subjects=5, skills=5, courses=5, attempts=5)
    client = Desk(Academy(sizes={"stackone": sizes})).open("demo-ignores-filters")
    sighting = await client.users_by_email(asking(budget=1), ADA)

    assert [user.email for user in sighting.users] == [ADA]
    assert not sighting.complete


async def test_a_system_without_users_can_not_be_searched(desk: Desk, stackone: StackOne) -> None:
    await desk.break_with(501, "/users")
    assert await stackone.users_by_email(asking(), ADA) == Sighting(
        [], complete=False, searched=False
    )
    await desk.break_with(502, "/users")
    with pytest.raises(ProviderError) as caught:
        await stackone.users_by_email(asking(), ADA)
    assert caught.value.kind is Kind.UNAVAILABLE


async def test_raw_data_of_a_person_are_read_for_that_person_alone(stackone: StackOne) -> None:
    ask = asking(User={*WHOLE["User"], "raw_data"})
    sighting = await stackone.users_by_email(ask, ADA)

    assert sighting.users[0].raw_data
    assert len(ask.calls) == 2
