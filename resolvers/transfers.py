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

from providers.base import Client, Done
from resolvers.changes import Change, unsupported
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


@dataclass(frozen=True, slots=True)
class UploadOpening(Change):
    """A change that has to wait for a file: what comes of it is the address to send that to.

    The method is called when the file comes, with its pieces. Before that the client's method of
    the same name behind ``check_``, if it has one, is asked what is wrong with all the rest.
    """

    named: str = ""
    """Field of the input that holds the key of what is made, where the target is a source."""
    gives: str = ""
    """Type of what is made, if it has an id."""

    async def done(
        self, context: Context, client: Client, key: str | None, rest: Mapping[str, Any]
    ) -> Done:
        """Open an address for it.

        Raises:
            ProviderError: ``UNSUPPORTED`` where the source can't take it.
        """
        if not hasattr(client, self.method):
            raise unsupported(context, client.source, self.method)
        terms = {name: each for name, each in rest.items() if each is not None}
        key = terms.pop(self.named) if self.named else key
        check = getattr(client, f"check_{self.method}", None)
        if check is not None and (refused := check(key, **terms)):
            return Done(refused=refused)
        transfer = Transfer(client.source, self.method, key or "", terms, self.gives)
        return Done(value=opened(context, "uploads", transfer))


def download(context: Context, source: str, method: str, key: str, **terms: Any) -> Ticket | None:
    """An address to fetch a file from; None where the source gives none."""
    client = context.sources.get(source)
    if client is None or not hasattr(client, method):
        return None
    given = {name: each for name, each in terms.items() if each is not None}
    return opened(context, "downloads", Transfer(source, method, key, given))


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
