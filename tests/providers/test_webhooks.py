"""What providers write to us: who proves to be one, and what their messages say."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from providers.events import Change, RecordsChanged, RecordType, SourceSynced, SyncStatus
from providers.secrets import Secret, basic
from providers.sources import SettingsError, make_settings, open_senders
from providers.webhooks import Sender, Unreadable, instant, is_signed

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CONNECTOR = "018f99e2-ed3a-7f4c-ae97-83d619bdf95c"

BINDBEE = {
    "provider": "bindbee",
    "name": "hr",
    "api_key": "key",
    "connector_token": "token",
    "connector_id": CONNECTOR,
    "webhook_secrets": ["hush", "hush-before"],
}
STACKONE = {
    "provider": "stackone",
    "name": "lms",
    "api_key": "key",
    "account_id": "account-1",
    "webhook_secrets": ["hush"],
}
SCORM_CLOUD = {
    "provider": "scorm_cloud",
    "name": "cloud",
    "app_id": "app",
    "secret": "secret",
    "postback_user": "poster",
    "postback_password": "hush:hush",
}


def sender(source: dict[str, Any]) -> Sender:
    (found,) = open_senders(make_settings({"sources": [source]}, {})).values()
    return found


def told(source: dict[str, Any], message: object) -> list[Any]:
    return list(sender(source).news(json.dumps(message).encode(), AT).events)


def signature(body: bytes, secret: str = "hush") -> str:
    return base64.urlsafe_b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def bindbee(event: str, data: Any = None, **connector: Any) -> dict[str, Any]:
    return {
        "webhook": {"webhook_id": "1", "url": "https://ours.example/", "event": event},
        "connector": {"id": CONNECTOR, "display_name": "Harbour Learn"} | connector,
        "sync": {"sync_id": "7", "sync_type": "MANUAL", "sync_name": "LMS"},
        "data": data,
    }


def test_a_signature_is_that_of_the_bytes_by_one_of_the_secrets() -> None:
    secrets = (Secret("hush"), Secret("hush-before"))
    body = b'{"a": 1}'

    assert is_signed(body, signature(body), secrets)
    assert is_signed(body, signature(body, "hush-before"), secrets)
    assert is_signed(body, signature(body).rstrip("="), secrets)
    assert not is_signed(b'{"a":1}', signature(body), secrets)
    assert not is_signed(body, signature(body, "other"), secrets)
    assert not is_signed(body, "", secrets)
    assert not is_signed(body, "é\udc80", secrets)
    assert not is_signed(body, signature(body), ())
    assert not is_signed(body, signature(body, ""), secrets[:1])


@pytest.mark.parametrize("source", [BINDBEE, STACKONE, SCORM_CLOUD])
def test_who_proves_nothing_is_nobody(source: dict[str, Any]) -> None:
    assert not sender(source).is_authentic({}, b"{}")
    assert not sender(source).is_authentic({"authorization": "Basic"}, b"{}")


@pytest.mark.parametrize(
    ("source", "header"),
    [(BINDBEE, "x-bindbee-webhook-signature"), (STACKONE, "x-stackone-signature")],
)
def test_each_provider_signs_in_a_header_of_its_own(source: dict[str, Any], header: str) -> None:
    assert sender(source).is_authentic({header: signature(b"{}")}, b"{}")
    assert not sender(source).is_authentic({"x-signature": signature(b"{}")}, b"{}")


@pytest.mark.parametrize(
    ("user", "password", "is_known"),
    [
        ("poster", "hush:hush", True),
        ("poster", "hush", False),
        ("Poster", "hush:hush", False),
        ("", "", False),
    ],
)
def test_scorm_cloud_signs_in_by_http_basic(user: str, password: str, is_known: bool) -> None:
    headers = {"authorization": basic(user, password).reveal()}
    assert sender(SCORM_CLOUD).is_authentic(headers, b"{}") is is_known


@pytest.mark.parametrize("value", ["Bearer cG9zdGVyOmh1c2g6aHVzaA==", "Basic é", "Basic ====", ""])
def test_what_is_no_basic_sign_in_signs_nobody_in(value: str) -> None:
    assert not sender(SCORM_CLOUD).is_authentic({"authorization": value}, b"{}")


def test_the_scheme_of_a_sign_in_may_be_in_any_case() -> None:
    headers = {"authorization": basic("poster", "hush:hush").reveal().replace("Basic", "bAsIc")}
    assert sender(SCORM_CLOUD).is_authentic(headers, b"")


@pytest.mark.parametrize("source", [BINDBEE, STACKONE, SCORM_CLOUD])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"text"', b"null", b'{"a": "\xff\xfe"}', b"[" * 100_000]
)
def test_what_is_no_json_object_is_unreadable(source: dict[str, Any], body: bytes) -> None:
    with pytest.raises(Unreadable):
        sender(source).news(body, AT)


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ("connector_sync_started", SyncStatus.STARTED),
        ("connector_synced", SyncStatus.SYNCED),
        ("connector_sync_error", SyncStatus.FAILED),
    ],
)
def test_bindbees_syncs_are_the_sources(event: str, status: SyncStatus) -> None:
    expected = SourceSynced(source="hr", status=status, received_at=AT)
    assert told(BINDBEE, bindbee(event)) == [expected]


def test_what_a_sync_of_bindbee_wrote_is_told_by_type() -> None:
    data = {
        "lms_course": ["c1", "c2"],
        "lms_enrollment": ["e1"],
        "lms_user": [],
        "lms_skill": "s1",
        "lms_category": ["g1", None, {"id": "g2"}],
        "hris_employment": ["h1"],
    }
    events = told(BINDBEE, bindbee("connector_data_modified", data))
    assert [(each.type, each.keys) for each in events] == [
        (RecordType.COURSE, ("c1", "c2")),
        (RecordType.ASSIGNMENT, ("e1",)),
        (RecordType.CATEGORY, ("g1",)),
    ]
    assert {each.change for each in events} == {Change.WRITTEN}


@pytest.mark.parametrize(
    "message",
    [
        bindbee("connector_synced", id="018f99e2-ed3a-7f4c-ae97-000000000000"),
        bindbee("connector_synced", id=None),
        bindbee("employee_data_changed"),
        bindbee("connector_data_modified", ["c1"]),
        {"webhook": "connector_synced", "connector": {"id": CONNECTOR}},
        {"webhook": {"event": ["connector_synced"]}, "connector": {"id": CONNECTOR}},
        {"connector": CONNECTOR},
        {},
    ],
)
def test_what_bindbee_says_of_others_or_of_nothing_is_no_news(message: dict[str, Any]) -> None:
    assert told(BINDBEE, message) == []


def test_a_connectors_id_may_be_in_any_case() -> None:
    assert len(told(BINDBEE, bindbee("connector_synced", id=CONNECTOR.upper()))) == 1


@pytest.mark.parametrize(
    ("event", "type", "change"),
    [
        ("lms_completions.created", RecordType.COMPLETION, Change.CREATED),
        ("lms_assignments.updated", RecordType.ASSIGNMENT, Change.UPDATED),
        ("lms_content.deleted", RecordType.CONTENT, Change.DELETED),
    ],
)
def test_stackones_events_are_changes_of_records(
    event: str, type: RecordType, change: Change
) -> None:
    message = {"event": event, "account_id": "account-1", "record_id": "r1"}
    expected = RecordsChanged(source="lms", type=type, keys=("r1",), change=change, received_at=AT)
    assert told(STACKONE, message) == [expected]
    assert told(STACKONE, message | {"record_id": 17}) == [replace(expected, keys=("17",))]
    assert told(STACKONE, message | {"record_id": None}) == [replace(expected, keys=())]
    assert told(STACKONE, message | {"account_id": "account-2"}) == []


def test_an_event_of_the_linked_account_is_one_of_the_source() -> None:
    (event,) = told(STACKONE, {"event": "account.deleted", "account_id": "account-1"})
    assert (event.type, event.keys, event.change) == (RecordType.SOURCE, ("lms",), Change.DELETED)


@pytest.mark.parametrize(
    "event", ["hris_employees.created", "lms_content.renamed", "account", "", 7, None]
)
def test_events_that_the_graph_has_no_records_of_are_no_news(event: Any) -> None:
    assert told(STACKONE, {"event": event, "account_id": "account-1", "record_id": "r"}) == []


def test_stackone_says_when_it_sent_a_message() -> None:
    body = json.dumps({"event": "account.updated", "sent_at": "2026-03-02T08:59:00Z"}).encode()
    assert sender(STACKONE).news(body, AT).sent_at == datetime(2026, 3, 2, 8, 59, tzinfo=UTC)


def test_a_registration_is_an_assignment_and_a_completion_once_it_is_finished() -> None:
    message = {
        "id": "r/1",
        "registrationCompletion": "INCOMPLETE",
        "registrationSuccess": "UNKNOWN",
    }
    begun = told(SCORM_CLOUD, message)
    assert [(each.type, each.keys, each.change) for each in begun] == [
        (RecordType.ASSIGNMENT, ("r/1",), Change.UPDATED)
    ]
    done = told(SCORM_CLOUD, message | {"registrationCompletion": "COMPLETED"})
    assert [(each.type, each.keys) for each in done] == [
        (RecordType.ASSIGNMENT, ("r/1",)),
        (RecordType.COMPLETION, ("r/1",)),
    ]


def test_a_registration_without_an_id_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        told(SCORM_CLOUD, {"registrationCompletion": "COMPLETED"})


@pytest.mark.parametrize(
    ("message", "keys"),
    [
        ({"jobId": "j", "importResult": {"course": {"id": "c/1"}}}, ("c/1",)),
        ({"courseId": "c/1"}, ("c/1",)),
        ({"course": {"id": "c/1"}}, ("c/1",)),
        ({"jobId": "j", "status": "COMPLETE"}, ()),
    ],
)
def test_anything_else_of_scorm_cloud_is_a_finished_import(
    message: dict[str, Any], keys: tuple[str, ...]
) -> None:
    (event,) = told(SCORM_CLOUD, message)
    assert (event.type, event.keys, event.change) == (RecordType.COURSE, keys, Change.WRITTEN)


def test_a_source_without_a_secret_takes_no_messages() -> None:
    without = [
        {name: value for name, value in each.items() if name not in {*SECRETS}}
        for each in (BINDBEE, STACKONE, SCORM_CLOUD)
    ]
    campus = {"provider": "vitalsource", "name": "campus", "api_key": "key"}
    assert open_senders(make_settings({"sources": [*without, campus]}, {})) == {}


SECRETS = ("webhook_secrets", "postback_user", "postback_password")


def test_secrets_come_from_the_environment_and_are_not_printed() -> None:
    source = BINDBEE | {"webhook_secrets": ["env:NEW", "env:OLD"]}
    settings = make_settings({"sources": [source]}, {"NEW": "hush-new", "OLD": "hush-old"})
    assert [each.reveal() for each in settings.sources[0].webhook_secrets] == [
        "hush-new", "hush-old",
    ]  # fmt: skip
    assert "hush" not in repr(settings)
    cloud = make_settings({"sources": [SCORM_CLOUD]}, {})
    assert "hush" not in repr(cloud)
    with pytest.raises(SettingsError, match="environment variable NEW"):
        make_settings({"sources": [source]}, {})


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (BINDBEE | {"connector_id": None}, "needs connector_id"),
        (BINDBEE | {"webhook_secrets": [""]}, "printable ASCII text"),
        (STACKONE | {"webhook_secrets": ["a", "b", "c"]}, "length <= 2"),
        (SCORM_CLOUD | {"postback_user": None}, "go together"),
        (SCORM_CLOUD | {"postback_password": ""}, "printable ASCII text"),
    ],
)
def test_settings_that_would_let_others_in_are_refused(source: dict[str, Any], said: str) -> None:
    given = {name: value for name, value in source.items() if value is not None}
    with pytest.raises(SettingsError, match=said):
        make_settings({"sources": [given]}, {})


@pytest.mark.parametrize("value", [None, 7, "", "yesterday", [], "2026-13-01"])
def test_what_is_no_instant_is_none(value: Any) -> None:
    assert instant(value) is None
