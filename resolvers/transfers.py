"""Files that pass through the server: targets to send them to, and addresses to fetch them from.

GraphQL carries no files. A mutation makes an upload *target*: an address that takes one file, once,
within a short time, for the change that the mutation was asked for. It holds nothing but chance;
what it is for stands in the ledger, so that it can be used up. A download has an address too, which
may be used more than once while it lasts: it says itself what it leads to, under a seal of the
server's, so that asking for thousands of them writes nothing. Whoever has an address needs no more
to use it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from providers.base import Client, Done
from resolvers.changes import Change, unsupported
from resolvers.context import Context
from resolvers.errors import BadInput
from resolvers.ids import pack, unpack
from resolvers.ledger import Ledger

UPLOAD_LASTS = 900
"""Seconds within which an upload has to begin."""

DOWNLOAD_LASTS = 300
"""Seconds within which a download has to begin."""

LONGEST_TOKEN = 8192
"""Longest token that is looked at, in characters."""

SEALED = "seals:downloads"
"""Name of the ledger's entry that seals downloads."""

SEAL_LASTS = 10 * 365 * 24 * 60 * 60
"""Seconds for which a seal is kept; a server's ledger seldom lives as long."""


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
        return Done(value=upload(context, transfer))


def download(context: Context, source: str, method: str, key: str, **terms: Any) -> Ticket | None:
    """An address to fetch a file from; None where the source gives none."""
    client = context.sources.get(source)
    if client is None or not hasattr(client, method):
        return None
    given = {name: each for name, each in terms.items() if each is not None}
    transfer = Transfer(source, method, key, given)
    ends = _ends(context, DOWNLOAD_LASTS)
    said = msgspec.json.encode((ends, transfer))
    token = f"{pack(said)}.{pack(_seal(context.ledger, said))}"
    if len(token) > LONGEST_TOKEN:
        raise BadInput("`path` is too long to be a file's.")
    return Ticket(f"{context.public_url}/downloads/{token}", ends)


def upload(context: Context, transfer: Transfer) -> Ticket:
    """A new address that takes a file."""
    token = secrets.token_urlsafe(32)
    context.ledger.write(_name(token), msgspec.json.encode(transfer), UPLOAD_LASTS)
    ends, most = _ends(context, UPLOAD_LASTS), context.largest_upload
    return Ticket(f"{context.public_url}/uploads/{token}", ends, most)


def taken(ledger: Ledger, token: str) -> Transfer | None:
    """What an upload's address is for; after this nobody else can use it."""
    value = ledger.take(_name(token))
    return None if value is None else msgspec.json.decode(value, type=Transfer)


def found(ledger: Ledger, token: str) -> Transfer | None:
    """What a download's address leads to; None where it isn't the server's, or is over."""
    said, _, seal = token.partition(".")
    try:
        text, given = unpack(said, LONGEST_TOKEN), unpack(seal)
    except ValueError:
        return None
    if not hmac.compare_digest(given, _seal(ledger, text)):
        return None
    ends, transfer = msgspec.json.decode(text, type=tuple[datetime, Transfer])
    return transfer if ledger.clock() < ends.timestamp() else None


def _ends(context: Context, seconds: float) -> datetime:
    return datetime.fromtimestamp(context.ledger.clock(), UTC) + timedelta(seconds=seconds)


def _seal(ledger: Ledger, said: bytes) -> bytes:
    return hmac.digest(ledger.kept(SEALED, SEAL_LASTS), said, "sha256")


def _name(token: str) -> str:
    # The token itself is kept nowhere: who reads the ledger can't use it.
    return f"uploads:{hashlib.sha256(token.encode()).hexdigest()}"
