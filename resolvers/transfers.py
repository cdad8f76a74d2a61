"""Files that pass through the server: targets to send them to, and addresses to fetch them from.

GraphQL carries no files. A mutation makes an upload *target*: an address that takes one file, once,
within a short time, for the change that the mutation was asked for. A download has such an address
too, which may be used more than once while it lasts. Whoever has the address needs no more to use
it; it holds nothing but chance.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from resolvers.context import Context
from resolvers.ledger import Ledger

UPLOAD_LASTS = 900
"""Seconds within which an upload has to begin."""

DOWNLOAD_LASTS = 300
"""Seconds within which a download has to begin."""

Way = Literal["uploads", "downloads"]


class Transfer(msgspec.Struct, frozen=True):
    """What a file is for, or where it is from."""

    source: str
    """Name of the source that takes or gives it: one of the tenant's whose operation asked."""
    method: str
    """Method of the source's client that moves it."""
    key: str
    """Key of what it belongs to."""
    terms: dict[str, Any] = {}
    """What else the method is told."""
    gives: str = ""
    """Type of what is made of an upload, if it has an id."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """An address that a file may be sent to, or fetched from."""

    url: str
    expires_at: datetime
    most: int | None = None
    """Bytes that it takes at most."""


def opened(context: Context, way: Way, transfer: Transfer) -> Ticket:
    """A new address for a transfer."""
    token = secrets.token_urlsafe(32)
    seconds = UPLOAD_LASTS if way == "uploads" else DOWNLOAD_LASTS
    context.ledger.write(_name(way, token), msgspec.json.encode(transfer), seconds)
    ends = datetime.fromtimestamp(context.ledger.clock(), UTC) + timedelta(seconds=seconds)
    most = context.largest_upload if way == "uploads" else None
    return Ticket(f"{context.public_url}/{way}/{token}", ends, most)


def taken(ledger: Ledger, token: str) -> Transfer | None:
    """What an upload's address is for; after this nobody else can use it."""
    return _read(ledger.take(_name("uploads", token)))


def found(ledger: Ledger, token: str) -> Transfer | None:
    """What a download's address leads to."""
    return _read(ledger.read(_name("downloads", token)))


def _read(value: bytes | None) -> Transfer | None:
    return None if value is None else msgspec.json.decode(value, type=Transfer)


def _name(way: Way, token: str) -> str:
    # The token itself is kept nowhere: who reads the ledger can't use it.
    return f"{way}:{hashlib.sha256(token.encode()).hexdigest()}"


def given(terms: Mapping[str, Any]) -> dict[str, Any]:
    """What was given of some terms."""
    return {name: value for name, value in terms.items() if value is not None}
