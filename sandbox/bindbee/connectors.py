"""Who may ask Bindbee what: connectors, integrations, keys, and how often."""

import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.bindbee.rows import moment, uuid7
from sandbox.bindbee.table import Record, Table
from sandbox.chance import TODAY

API_KEY = "demo-key"

LIMIT = 200
"""Requests a minute for each connector token, https://docs.bindbee.dev/basics/rate-limits."""

# Another category's token: Bindbee refuses it on LMS endpoints.
HRIS_TOKEN = "demo-hris-connector"


def connector(
    number: int,
    token: str,
    slug: str,
    end_user: str,
    synced: datetime | None,
    **changes: Any,
) -> Record:
    """A connector that works and was synced then; `changes` say what is different about it."""
    created = TODAY - timedelta(days=400 + number)
    return Record(
        {
            "id": uuid7("connector", number, created),
            "is_active": True,
            "status": "COMPLETE",
            "integration_slug": slug,
            "end_user": end_user,
            "origin_id": f"academy-{number}",
            "sync_status": "Done",
            "last_sync_start_time": moment(synced),
            "next_sync_start_time": moment(synced and synced + timedelta(days=1)),
            "connector_token": token,
            "category": "LMS",
            "relink_needed_at": None,
            "is_test_connector": True,
            "completed_at": moment(created + timedelta(minutes=12)),
            "created_at": moment(created),
        }
        | changes
    )


def make_connectors() -> list[Record]:
    """One that works, one whose first sync is under way, one whose credentials ran out."""
    return list(
        [
            connector(
                1, "demo-connector", "harbour-learn", "The Academy", TODAY - timedelta(hours=9)
            ),
            connector(
                2,
                "demo-connector-new",
                "open-shelf",
                "The Academy, Evening School",
                TODAY - timedelta(minutes=3),
                sync_status="Syncing",
                next_sync_start_time=None,
                origin_id=None,
            ),
            connector(
                3,
                "demo-connector-relink",
                "harbour-learn",
                "The Academy, Old Campus",
                TODAY - timedelta(days=12),
                status="RELINK_NEEDED",
                sync_status="Failed",
                next_sync_start_time=None,
                relink_needed_at=moment(TODAY - timedelta(days=11)),
            ),
            connector(
                4,
                "demo-connector-unfinished",
                "open-shelf",
                "The Academy, Summer School",
                None,
                is_active=False,
                status="INCOMPLETE",
                sync_status=None,
                completed_at=None,
            ),
        ]
    )


# Reads come from Bindbee's copy: a connector that has to be linked again still answers from it,
# and one that was never synced answers with empty pages.
HAS_DATA: Mapping[str, bool] = {
    "demo-connector": True,
    "demo-connector-relink": True,
    "demo-connector-new": False,
    "demo-connector-unfinished": False,
}


class Connectors:
    """The connectors of one app: they are deleted and synced, and whoever asks sees them so."""

    def __init__(self, records: Iterable[Record], has_data: Mapping[str, bool]) -> None:
        self.table = Table(records)
        self._has_data = dict(has_data)

    def of_token(self, token: str) -> Record | None:
        """The connector that a token is of."""
        records = self.table.records
        return next((each for each in records if each.row["connector_token"] == token), None)

    def has_data(self, token: str) -> bool:
        """Whether a sync of this connector has ended: before that, its reads are empty."""
        return self._has_data.get(token, False)

    def delete(self, row_id: str) -> bool:
        """Forget a connector, so that its token is one of nobody; False where there is none."""
        kept = [each for each in self.table.records if each.row["id"] != row_id]
        found = len(kept) < len(self.table.records)
        self.table = Table(kept)
        return found

    def begin_sync(self, token: str, now: datetime) -> None:
        """A sync of the connector is under way."""
        self._change(
            token,
            sync_status="Syncing",
            last_sync_start_time=moment(now),
            next_sync_start_time=None,
        )

    def end_sync(self, token: str, now: datetime) -> None:
        """The sync ended: with data, or, where the credentials ran out, without."""
        found = self.of_token(token)
        if found is None:
            return
        if found.row["status"] != "COMPLETE":
            self._change(token, sync_status="Failed")
            return
        self._has_data[token] = True
        tomorrow = moment(now + timedelta(days=1))
        self._change(token, sync_status="Done", next_sync_start_time=tomorrow)

    def _change(self, token: str, **changes: Any) -> None:
        self.table = Table(
            Record({**each.row, **changes}) if each.row["connector_token"] == token else each
            for each in self.table.records
        )


def integration(number: int, slug: str, name: str, description: str | None) -> Record:
    return Record(
        {
            "id": uuid7("integration", number, TODAY - timedelta(days=600)),
            "integration_id": uuid7("integration of all", number, TODAY - timedelta(days=900)),
            "is_enabled": number != 3,
            "integration_slug": slug,
            "integration_type": "API",
            "category": "LMS",
            "display_name": name,
            "icon_url": f"https://img.academy.example/integrations/{slug}.png",
            "description": description,
        }
    )


def make_integrations() -> Table:
    return Table(
        [
            integration(1, "harbour-learn", "Harbour Learn", "Courses for ports and ships."),
            integration(2, "open-shelf", "Open Shelf", None),
            integration(3, "lamplight", "Lamplight", "Evening classes."),
        ]
    )


class Meter:
    """Counts what is left of each token's minute.

    It never runs out: once one request is left, the next minute begins. What it is like when
    nothing is left, a fault of status 429 shows.
    """

    def __init__(self) -> None:
        self._windows: dict[str, tuple[int, int]] = {}

    def headers(self, token: str) -> dict[str, str]:
        """Take one request from a token's minute, and say what is left of it."""
        now = int(time.time())
        remaining, reset = self._windows.get(token, (0, 0))
        if remaining <= 1 or now >= reset:
            remaining, reset = LIMIT, now + 60
        self._windows[token] = remaining - 1, reset
        return limit_headers(remaining - 1, reset)


def limit_headers(remaining: int, reset: int) -> dict[str, str]:
    """`reset` is a Unix time in seconds."""
    return {
        "X-RateLimit-Limit": str(LIMIT),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(reset),
    }
