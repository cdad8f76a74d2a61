"""Global ids: opaque text of type, source and key, the same for as long as the record exists.

An id is base64url (RFC 4648, section 5, unpadded) of ``Type:source:key``. It is decoded strictly:
only the one text that encoding gives is accepted, so that equal ids are equal text.
"""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from typing import Any, NamedTuple

from resolvers.errors import BadInput

LONGEST = 4096
"""Longest id accepted, in characters."""


class GlobalId(NamedTuple):
    """What an id says."""

    type: str
    source: str
    key: str


def encode(type: str, source: str, key: str) -> str:
    """The id of a record."""
    return pack(f"{type}:{source}:{key}".encode())


def encode_all(type: str, records: Sequence[Any]) -> list[str]:
    """The ids of many records, which have a source and a key."""
    begins: dict[str, tuple[str, bytes]] = {}
    found = []
    for record in records:
        source = record.source
        begin = begins.get(source)
        if begin is None:
            begin = begins[source] = _begun(f"{type}:{source}:")
        packed, rest = begin
        found.append(packed + pack(rest + record.key.encode()))
    return found


def _begun(text: str) -> tuple[str, bytes]:
    """As much of a text as can be packed before it is known what follows, and the rest.

    Three bytes become four characters, whatever stands behind them.
    """
    data = text.encode()
    whole = len(data) - len(data) % 3
    return pack(data[:whole]), data[whole:]


def decode(id: str, *types: str) -> GlobalId:
    """What an id says; with types given, it must be of one of them.

    Raises:
        BadInput: where the text is no id of ours, or of another type.
    """
    try:
        type, source, key = unpack(id).decode().split(":", 2)
    except ValueError:
        raise BadInput("The id is malformed: use an id that this graph gave, unchanged.") from None
    if not type or not source or not key:
        raise BadInput("The id is malformed: use an id that this graph gave, unchanged.")
    if types and type not in types:
        needed = " or ".join(map(_article, types))
        raise BadInput(f"The id is one of {_article(_shown(type))}; one of {needed} is needed.")
    return GlobalId(type, source, key)


def _article(name: str) -> str:
    return f"an {name}" if name[0] in "AEIO" else f"a {name}"


def _shown(type: str) -> str:
    return type if type.isascii() and type.isalpha() and len(type) <= 40 else "type unknown here"


_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_STANDARD = bytes.maketrans(b"-_", b"+/")


def pack(data: bytes) -> str:
    """Bytes as unpadded base64url."""
    return binascii.b2a_base64(data, newline=False).translate(_URL_SAFE, b"=").decode()


def unpack(text: str, longest: int = LONGEST) -> bytes:
    """The bytes of unpadded base64url.

    Raises:
        ValueError: where the text isn't exactly what ``pack`` gives.
    """
    if not text or len(text) > longest:
        raise ValueError("not base64url")
    # Characters of no meaning and padding are passed over, and found by packing again.
    data = binascii.a2b_base64(text.encode("ascii").translate(_STANDARD) + b"==")
    if pack(data) != text:
        raise ValueError("not canonical")
    return data
