"""Secrets that can't be printed by accident, and the ways to sign in with them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from providers.base import Ask
from providers.http import Http


class Secret:
    """Text that shows as ``***`` everywhere but where it is used."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself: for request headers, and nothing else."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Header:
    """Signs in with fixed headers."""

    secrets: Mapping[str, Secret]

    async def headers(self, http: Http, ask: Ask) -> Mapping[str, str]:
        """The headers, with their secrets."""
        return {name: secret.reveal() for name, secret in self.secrets.items()}

    def refused(self, headers: Mapping[str, str]) -> None:
        """Nothing to forget: the secrets are all there is."""


def bearer(token: Secret) -> Secret:
    """The value of an ``Authorization`` header with a bearer token (RFC 6750)."""
    return Secret(f"Bearer {token.reveal()}")


def basic(user: str, password: str = "") -> Secret:
    """The value of an ``Authorization`` header of HTTP basic authentication (RFC 7617)."""
    return Secret("Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())
