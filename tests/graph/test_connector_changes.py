"""Bindbee's connectors are synced once more and deleted: the source's own, and no other."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from coursegraph import CONNECTOR
from tests.graph.bindbee import SOURCE, Desk, opened
from tests.graph.subscribing import connected

RESYNC = "POST /api/embedded/v1/connectors/resync"
DELETE = f"DELETE /api/lms/v1/connectors/{CONNECTOR}/delete"
LIST = "GET /api/lms/v1/connectors"

SYNCING = "source { name bindbee { connector { syncStatus lastSyncStartedAt } } } message"
DELETED = "deletedKey message"

OWN = {"source": SOURCE, "key": CONNECTOR}

TROUBLE = [
    (401, "UPSTREAM_AUTH_FAILED"),
    (403, "UPSTREAM_FORBIDDEN"),
    (429, "UPSTREAM_RATE_LIMITED"),
    (503, "UPSTREAM_UNAVAILABLE"),
    (500, "OUTCOME_UNKNOWN"),
]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened() as desk:
        yield desk


# Syncs.


async def test_a_source_is_synced_by_one_call_and_shows_that_it_is(desk: Desk) -> None:
    answer = await desk.change("sourceResync", {"source": SOURCE}, SYNCING)

    assert answer.errors == []
    assert answer.data["sourceResync"] == {
        "source": {
            "name": SOURCE,
            "bindbee": {
                "connector": {
                    "syncStatus": "Syncing",
                    "lastSyncStartedAt": "2026-03-02T09:00:00Z",
                }
            },
        },
        "message": "Resync started",
        "userErrors": [],
    }
    sync, _ = desk.wire.sent
    assert desk.wire.calls == [RESYNC, LIST]
    assert sync.headers["x-connector-token"] == "demo-connector"
    assert sync.body is None


async def test_the_sync_that_was_asked_for_is_told_to_its_end(desk: Desk) -> None:
    """Through the sandbox's own webhooks, from the mutation to the subscription."""
    hooks = [{"url": f"http://127.0.0.1/webhooks/{SOURCE}"}]
    await desk.graph.sandbox.put("/bindbee/_webhooks", json=hooks)
    async with connected(desk.graph.app) as socket:
        await socket.subscribe("1", "subscription { sourceSynced { source { name } status } }")

        await desk.change("sourceResync", {"source": SOURCE}, "message")
        await desk.clock.sleeper()
        await desk.clock.turn(2)

        told = [(await socket.event())[1]["sourceSynced"] for _ in range(2)]
    assert told == [
        {"source": {"name": SOURCE}, "status": "STARTED"},
        {"source": {"name": SOURCE}, "status": "SYNCED"},
    ]
    answer = await desk.ask(
        "query ($s: String!) { source(name: $s) { bindbee { connector { syncStatus } } } }",
        s=SOURCE,
    )
    assert answer.data["source"]["bindbee"]["connector"] == {"syncStatus": "Done"}


@pytest.mark.parametrize(("status", "code"), TROUBLE)
async def test_a_sync_that_fails_is_an_error(desk: Desk, status: int, code: str) -> None:
    await desk.graph.fault("bindbee", "status", status=status, path="/resync")

    answer = await desk.change("sourceResync", {"source": SOURCE}, "message")

    assert answer.data == {"sourceResync": None}
    assert answer.codes == [code]
    assert desk.wire.calls == [RESYNC]
    if code == "OUTCOME_UNKNOWN":
        assert answer.errors[0]["message"].endswith("`lastSyncStartedAt` of the source's connector")


async def test_a_connector_that_is_gone_cant_be_synced(desk: Desk) -> None:
    await desk.change("connectorDelete", OWN, DELETED)

    answer = await desk.change("sourceResync", {"source": SOURCE}, "message")

    assert answer.codes == ["UPSTREAM_AUTH_FAILED"]


@pytest.mark.parametrize(
    ("name", "more"), [("sourceResync", {}), ("connectorDelete", {"key": CONNECTOR})]
)
async def test_other_providers_have_no_connectors(
    desk: Desk, name: str, more: dict[str, str]
) -> None:
    elsewhere = await desk.change(name, {"source": "demo-vitalsource", **more}, "message")
    nowhere = await desk.change(name, {"source": "nobody's", **more}, "message")

    assert (elsewhere.codes, nowhere.codes) == (["UNSUPPORTED"], ["BAD_USER_INPUT"])
    assert desk.wire.calls == []


# Deleting.


async def test_a_source_s_connector_is_deleted_once_it_is_seen_to_be_its_own(desk: Desk) -> None:
    answer = await desk.change("connectorDelete", OWN, DELETED)

    assert answer.errors == []
    assert answer.data["connectorDelete"] == {
        "deletedKey": CONNECTOR,
        "message": "Connector deleted successfully",
        "userErrors": [],
    }
    assert desk.wire.calls == [LIST, DELETE]
    for each in desk.wire.sent:  # what belongs to the API key is asked for with the key alone
        assert "x-connector-token" not in each.headers
    later = await desk.ask(
        """query ($s: String!) { source(name: $s) {
          bindbee { connector { key } } courses(first: 1) { nodes { id } }
        } }""",
        s=SOURCE,
    )
    assert later.data["source"] == {"bindbee": {"connector": None}, "courses": None}
    assert later.codes == ["UPSTREAM_AUTH_FAILED"]


async def test_nothing_is_deleted_unless_the_settings_let_it() -> None:
    async with opened(manage_connectors=False) as desk:
        answer = await desk.change("connectorDelete", OWN, DELETED)

    assert answer.data == {"connectorDelete": None}
    assert answer.codes == ["UNSUPPORTED"]
    assert "`manage_connectors = true`" in answer.errors[0]["message"]
    assert desk.wire.calls == []


@pytest.mark.parametrize("key", ["another", "of another source", "no id"])
async def test_another_customer_s_connector_is_not_deleted(desk: Desk, key: str) -> None:
    listed = (
        await desk.graph.sandbox.get(
            "/bindbee/api/lms/v1/connectors", headers={"Authorization": "Bearer demo-key"}
        )
    ).json()["items"]
    keys = {
        "another": next(each["id"] for each in listed if each["id"] != CONNECTOR),
        "of another source": CONNECTOR[:-1] + "0",
        "no id": "../" + CONNECTOR,
    }

    answer = await desk.change("connectorDelete", {"source": SOURCE, "key": keys[key]}, DELETED)

    assert answer.errors == []
    assert answer.data["connectorDelete"] == {
        "deletedKey": None,
        "message": None,
        "userErrors": [
            {
                "field": ["key"],
                "message": f"{SOURCE}: the source's connector has another key, or there is none",
                "code": "NOT_FOUND",
            }
        ],
    }
    assert desk.wire.calls == [LIST]


async def test_a_lost_answer_is_settled_where_the_connector_is_gone(desk: Desk) -> None:
    desk.wire.losing = "DELETE"

    answer = await desk.change("connectorDelete", OWN, DELETED)

    assert answer.errors == []
    assert answer.data["connectorDelete"] == {
        "deletedKey": CONNECTOR,
        "message": None,
        "userErrors": [],
    }
    assert desk.wire.calls == [LIST, DELETE, LIST]


async def test_a_lost_answer_is_left_open_where_the_connector_is_there(desk: Desk) -> None:
    desk.wire.holding = "DELETE"

    answer = await desk.change("connectorDelete", OWN, DELETED)

    assert answer.data == {"connectorDelete": None}
    assert answer.codes == ["OUTCOME_UNKNOWN"]
    assert answer.errors[0]["message"].endswith("whether the source still has a connector")
    assert desk.wire.calls == [LIST, DELETE, LIST]


async def test_a_connector_that_somebody_else_deleted_meanwhile_is_not_found(desk: Desk) -> None:
    await desk.graph.fault("bindbee", "status", status=404, path="/delete")

    answer = await desk.change("connectorDelete", OWN, DELETED)

    (error,) = answer.data["connectorDelete"]["userErrors"]
    assert (error["field"], error["code"]) == (["key"], "NOT_FOUND")


@pytest.mark.parametrize(("status", "code"), TROUBLE)
async def test_a_connector_that_can_t_be_deleted_is_an_error(
    desk: Desk, status: int, code: str
) -> None:
    await desk.graph.fault("bindbee", "status", status=status, path="/delete")

    answer = await desk.change("connectorDelete", OWN, DELETED)

    assert answer.data == {"connectorDelete": None}
    assert answer.codes == [code]
