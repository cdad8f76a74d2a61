"""What a provider's messages to us have in common: who may send them, and how they are read."""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Annotated, Any, Protocol

import msgspec

from providers.events import Event
from providers.secrets import Secret

MOST_SECRETS = 2
"""As many secrets are in use while one replaces another."""

Secrets = Annotated[tuple[Secret, ...], msgspec.Meta(max_length=MOST_SECRETS)]
"""What messages are signed with, in settings."""

_NONE = Secret("")


class Unreadable(Exception):
    """An authentic message that makes no sense."""


@dataclass(frozen=True, slots=True)
class News:
    """What a message says."""

    events: Sequence[Event] = ()
    """Empty where it is about another account, or about what the graph doesn't hold."""
    sent_at: datetime | None = None
    """When the provider sent it; None where messages don't say."""


class Sender(Protocol):
    """The provider of one source, as it writes to us."""

    def is_authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether a message comes from it. Takes as long for any answer.

        ``headers`` has names in small letters; ``body`` is as it arrived, not yet decoded.
        """

    def news(self, body: bytes, received_at: datetime) -> News:
        """What an authentic message says.

        Raises:
            Unreadable: where it makes no sense.
        """


def is_signed(body: bytes, signature: str, secrets: Sequence[Secret]) -> bool:
    """Whether a signature is the HMAC-SHA256 of a body by one of these secrets, as URL-safe base64
    with or without its padding.

    The work is the same for any number of secrets, none as well, and for any answer.
    """
    found = False
    given = signature.rstrip("=").encode("utf-8", "surrogateescape")
    for secret, _ in zip_longest(secrets, range(MOST_SECRETS)):
        digest = hmac.digest((secret or _NONE).reveal().encode(), body, "sha256")
        fits = hmac.compare_digest(urlsafe_b64encode(digest).rstrip(b"="), given)
        found |= fits and secret is not None
    return found


def has_password(authorization: str, user: str, password: Secret) -> bool:
    """Whether an ``Authorization`` header signs in as this user (RFC 7617), in constant time."""
    scheme, _, credentials = authorization.partition(" ")
    try:
        given = binascii.a2b_base64(credentials.strip().encode("ascii"), strict_mode=True)
    except ValueError:
        given = b""
    fits = hmac.compare_digest(f"{user}:{password.reveal()}".encode(), given)
    return fits and scheme.lower() == "basic"


def read_object(body: bytes) -> Mapping[str, Any]:
    """The JSON object in a body.

    Raises:
        Unreadable: where there is none.
    """
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unreadable("not JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("no JSON object")
    return found


def part(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object inside a message; empty where it isn't there."""
    found = message.get(name)
    return found if isinstance(found, dict) else {}


def key_of(value: Any) -> str | None:
    """A record's key, which some write as a number; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


def instant(value: Any) -> datetime | None:
    """An ISO 8601 instant; UTC where it has no offset, None where it is none."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
