"""Settings: what can be said in them, and what is said of mistakes in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from providers.base import Client
from providers.sources import (
    PROVIDERS,
    Provider,
    SettingsError,
    make_settings,
    open_sources,
    read_settings,
)

SECRET = "hush-0123456789"

BINDBEE = {
    "provider": "bindbee",
    "name": "acme-hr",
    "api_key": SECRET,
    "connector_token": f"{SECRET}-token",
}
VITALSOURCE = {"provider": "vitalsource", "name": "campus", "api_key": SECRET}


def made(*sources: dict[str, Any], environment: dict[str, str] | None = None, **more: Any) -> Any:
    return make_settings({"sources": list(sources), **more}, environment or {})


def refused(*sources: dict[str, Any], **more: Any) -> str:
    """What is said of these settings."""
    with pytest.raises(SettingsError) as caught:
        made(*sources, **more)
    assert SECRET not in f"{caught.value}{caught.value!r}"
    return str(caught.value)


async def test_sources_are_opened_in_their_order() -> None:
    clients = open_sources(made(VITALSOURCE, BINDBEE, {**VITALSOURCE, "name": "other"}))

    assert list(clients) == ["campus", "acme-hr", "other"]
    assert [client.provider for client in clients.values()] == [
        "vitalsource",
        "bindbee",
        "vitalsource",
    ]
    for name, client in clients.items():
        assert client.source == name
        await client.close()


def test_every_provider_has_settings_with_its_own_tag() -> None:
    for name, entry in PROVIDERS.items():
        assert entry.settings.__struct_config__.tag == name
        assert getattr(entry.client, "provider", None) == name
        assert "https://" in entry.description
    assert {each.value for each in Provider} == {
        "BINDBEE",
        "STACKONE",
        "SCORM_CLOUD",
        "VITALSOURCE",
    }


def test_values_may_come_from_the_environment() -> None:
    source = {**VITALSOURCE, "api_key": "env:VITALSOURCE_KEY"}
    settings = made(source, environment={"VITALSOURCE_KEY": SECRET})

    assert settings.sources[0].api_key.reveal() == SECRET
    assert "environment variable VITALSOURCE_KEY, which is not set" in refused(source)


def test_secrets_stay_out_of_settings_that_are_printed() -> None:
    settings = made(BINDBEE, VITALSOURCE)

    assert SECRET not in f"{settings}{settings!r}{settings.sources}"


async def test_secrets_stay_out_of_clients_that_are_printed() -> None:
    clients: dict[str, Client] = open_sources(made(BINDBEE, VITALSOURCE))

    for client in clients.values():
        assert SECRET not in f"{client!r}{vars(client)}"
        await client.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"provider": "moodle"}, "sources[0].provider is 'moodle'; it must be one of bindbee"),
        ({"provider": None}, "sources[0].provider is None"),
        ({"name": "Acme HR"}, "use small letters, digits and hyphens"),
        ({"name": ""}, "use small letters"),
        ({"name": "a" * 64}, "at most 63"),
        ({"name": "a\n"}, "use small letters"),
        ({"api_key": 7}, "sources[0] (bindbee)"),
        ({"api_key": ""}, "printable ASCII text"),
        ({"api_key": f"{SECRET}\r\nx-evil: 1"}, "printable ASCII text"),
        ({"api_key": f"{SECRET}é"}, "printable ASCII text"),
        ({"apikey": SECRET}, "apikey"),
        ({"base_url": 1}, "base_url"),
    ],
)
def test_a_mistake_in_a_source_is_named_with_its_place(change: dict[str, Any], said: str) -> None:
    assert said in refused({**BINDBEE, **change})


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            {"provider": "stackone", "account_id": "1", "generation": "2024"},
            "sources[0] (stackone): generation is '2024'; it must be one of 2025-06, 2025-12",
        ),
        (
            {"provider": "scorm_cloud", "app_id": "a", "secret": SECRET, "auth": "digest"},
            "sources[0] (scorm_cloud): auth is 'digest'; it must be one of basic, oauth2",
        ),
    ],
)
def test_a_choice_that_there_is_not_is_told_with_those_there_are(
    source: dict[str, Any], said: str
) -> None:
    assert said in refused({"name": "campus", **source})


def test_a_missing_value_is_named() -> None:
    without = {name: value for name, value in BINDBEE.items() if name != "connector_token"}

    assert "connector_token" in refused(without)


def test_names_are_unique_and_there_is_a_source() -> None:
    assert "several sources are called campus" in refused(VITALSOURCE, VITALSOURCE)
    assert "no [[sources]] entry" in refused()


@pytest.mark.parametrize(
    "limit",
    [
        "call_timeout",
        "request_timeout",
        "budget",
        "largest_page",
        "max_body",
        "socket_operations",
        "socket_patience",
        "socket_keepalive",
        "poll_interval",
    ],
)
@pytest.mark.parametrize("value", [0, -1])
def test_limits_are_more_than_nothing(limit: str, value: int) -> None:
    assert f"{limit} must be more than 0" in refused(VITALSOURCE, **{limit: value})


def test_what_settings_can_not_say_is_refused() -> None:
    assert "unknown field `budgett`" in refused(VITALSOURCE, budgett=5)
    assert "Expected `int`" in refused(VITALSOURCE, budget="many")
    with pytest.raises(SettingsError):
        make_settings({}, {})
    with pytest.raises(SettingsError):
        make_settings({"sources": {"a": 1}}, {})


@pytest.mark.parametrize(
    "origin",
    [
        "app.example.com",
        "https://app.example.com/",
        "https://",
        "HTTPS://app.example.com",
        "http://[",
        "*",
    ],
)
def test_what_is_no_origin_is_refused(origin: str) -> None:
    assert "origin" in refused(VITALSOURCE, origins=[origin])


def test_origins_are_taken_as_browsers_send_them() -> None:
    origins = ["https://app.example.com", "http://localhost:3000", "http://[::1]:3000"]

    assert made(VITALSOURCE, origins=origins).origins == origins


def test_limits_are_taken_as_they_are_said() -> None:
    settings = made(VITALSOURCE, call_timeout=1.5, budget=7, explain=True)

    assert (settings.call_timeout, settings.budget, settings.explain) == (1.5, 7, True)
    assert settings.request_timeout == 10.0


@pytest.mark.parametrize("given", [{}, {"concurrency": 3}])
async def test_so_many_calls_of_a_source_may_be_under_way(given: dict[str, Any]) -> None:
    (client,) = open_sources(made(VITALSOURCE, **given)).values()

    assert client.http.concurrency == given.get("concurrency", 8)
    await client.close()


@pytest.mark.parametrize("given", [{}, {"single_flight": True}, {"single_flight": False}])
async def test_equal_reads_are_shared_unless_settings_say_otherwise(given: dict[str, Any]) -> None:
    (client,) = open_sources(made(VITALSOURCE, **given)).values()

    assert client.http.single_flight is given.get("single_flight", True)
    await client.close()


def test_a_file_is_read_and_its_mistakes_name_it(tmp_path: Path) -> None:
    path = tmp_path / "coursegraph.toml"
    with pytest.raises(SettingsError, match="no such file"):
        read_settings(path)
    path.write_text("sources = [")
    with pytest.raises(SettingsError, match=r"coursegraph\.toml: "):
        read_settings(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"coursegraph\.toml: "):
        read_settings(path)
    path.write_text('[[sources]]\nprovider = "vitalsource"\nname = "campus"\napi_key = "env:KEY"\n')
    assert read_settings(path, {"KEY": SECRET}).sources[0].name == "campus"
    with pytest.raises(SettingsError, match=r"coursegraph\.toml: sources\[0\]\.api_key"):
        read_settings(path, {})


@pytest.mark.parametrize(
    "url",
    ["", "127.0.0.1:8001/x", "ftp://x", "http://", "http://[::1", "http://x?y=1", "http://x y"],
)
def test_a_base_url_that_paths_cant_be_put_behind_is_refused(url: str) -> None:
    entry = {"name": "one", "provider": "vitalsource", "api_key": "K", "base_url": url}
    with pytest.raises(SettingsError, match=r"sources\[0\]\.base_url"):
        make_settings({"sources": [entry]}, {})


@pytest.mark.parametrize("number", [0, -1, float("nan"), float("inf")])
def test_a_limit_is_a_number_more_than_nothing(number: float) -> None:
    entry = {"name": "one", "provider": "vitalsource", "api_key": "K"}
    with pytest.raises(SettingsError, match="request_timeout must be more than 0, and finite"):
        make_settings({"sources": [entry], "request_timeout": number}, {})


SCORM_CLOUD = {"provider": "scorm_cloud", "name": "host", "app_id": "A", "secret": SECRET}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"auth": "oauth2", "scopes": ["read", "rite"]}, "scopes has 'rite'"),
        ({"auth": "oauth2", "scopes": ["write:"]}, "scopes has 'write:'"),
        ({"scopes": ["read", "write"]}, 'they need auth = "oauth2"'),
    ],
)
def test_scopes_that_no_token_has_are_refused(given: dict[str, Any], said: str) -> None:
    assert said in refused({**SCORM_CLOUD, **given})


def test_scopes_are_of_verbs_alone_or_with_a_noun() -> None:
    scopes = ["read", "write:course", "delete:registration", "admin"]
    (source,) = made({**SCORM_CLOUD, "auth": "oauth2", "scopes": scopes}).sources
    assert list(source.scopes) == scopes


def test_a_ledger_has_a_folder_to_be_in(tmp_path: Path) -> None:
    assert "make it first" in refused(VITALSOURCE, ledger=str(tmp_path / "nowhere" / "ledger"))
    assert made(VITALSOURCE, ledger=str(tmp_path / "ledger")).ledger == str(tmp_path / "ledger")
