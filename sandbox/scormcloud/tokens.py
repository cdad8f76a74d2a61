"""Texts that carry what the sandbox once said, so that it has nothing to remember."""

from __future__ import annotations

import binascii
import hashlib
import hmac
from typing import TypeVar

import msgspec

from sandbox.scormcloud.query import decode, encode

T = TypeVar("T")

SECRET = "demo-secret"


def sealed(content: object) -> str:
    """A text that nobody else could have written, fit for any part of a URL."""
    body = encode(msgspec.json.encode(content))
    return f"{body}.{_sign(body)}"


def unsealed(token: str, kind: type[T]) -> T | None:
    """What was sealed; None where this is no such text."""
    body, _, signature = token.partition(".")
    if not hmac.compare_digest(signature.encode(), _sign(body).encode()):
        return None
    try:
        return msgspec.json.decode(decode(body), type=kind)
    except (binascii.Error, msgspec.DecodeError, UnicodeError):
        return None


def _sign(body: str) -> str:
    return encode(hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).digest())
