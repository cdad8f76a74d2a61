"""Who issues the tokens that callers present: what settings say of it, and the keys it signs with.

The keys are a JSON Web Key Set (RFC 7517), in a file or at a URL. They are read when the first
token comes, and kept; a token that names another key has them read again, as often as ``FLOOR``
lets. So a key that is new is known at once, and nobody can have the issuer asked without end. Once
an hour they are read anyhow, while tokens come, and a key that is gone then takes its tokens along.
"""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import JWKRegistry, Key, OctKey
from joserfc.jws import JWSRegistry

from providers.base import Ask
from providers.decoding import bad, decoded
from providers.errors import ProviderError
from providers.http import Http, open_http

log = logging.getLogger("coursegraph")

FLOOR = 10.0
"""Least time between two readings of the keys, in seconds, whatever keys tokens name."""

LASTING = 3600.0
"""Seconds after which the keys are read again, so that those that were withdrawn are forgotten."""

PATIENCE = 5.0
"""Longest time for reading the keys, in seconds."""

LARGEST = 1024 * 1024
"""Largest key set, in bytes."""

AGREEING = ("X25519", "X448")
"""Curves by which secrets are agreed upon, and nothing is signed."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Authentication(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose tokens are believed."""

    issuer: str
    """What their ``iss`` must be."""

    audience: str
    """What must be among their ``aud``: this server, as the issuer knows it."""

    keys: str
    """Where the issuer's keys are: a URL, or a file."""

    required: bool = True
    """Whether reading takes a token, too; a change always does."""

    def __post_init__(self) -> None:
        """Look whether this can be meant.

        Raises:
            ValueError: where it can't.
        """
        for name in ("issuer", "audience", "keys"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name} is empty")
        if "://" in self.keys and not _is_safe(self.keys):
            raise ValueError("keys must be an https address, one of this machine, or a file")


def _is_safe(url: str) -> bool:
    """Whether what is read there can't be another's on the way."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    named = bool(parts.hostname) and "@" not in parts.netloc and not parts.fragment
    return named and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    )


class NoKeys(Exception):
    """The issuer's keys can't be read now; the message says why, without an address."""


class _NoCredentials:
    """Signs nothing in: keys are for everybody."""

    async def headers(self, http: Http, ask: Ask) -> Mapping[str, str]:
        return {}

    def refused(self, headers: Mapping[str, str]) -> None:
        """Nothing to forget."""


class SigningKeys:
    """The public keys of an issuer."""

    def __init__(self, where: str) -> None:
        """Take what is at a URL, or in a file, which is read at once.

        Raises:
            NoKeys: where the file can't be read, or has no key that can be used.
        """
        self.where = where
        self.version = 0
        """Grows whenever the keys change: what was verified before is to be verified again."""
        self._is_file = "://" not in where
        self._keys: list[Key] | None = None
        self._found: list[Any] | None = None
        self._read_at: float | None = None
        self._failure: NoKeys | None = None
        self._reading: asyncio.Task[None] | None = None
        self._http: Http | None = None
        if self._is_file:
            self._take(self._from_file())

    def refresh(self) -> None:
        """Have the keys read again where they are old. Nobody waits for it: those that are there
        will do meanwhile."""
        if self._keys is not None and self._is_old() and not self._is_early():
            self._begin()

    async def find(self, name: str | None, algorithm: str) -> Key | None:
        """The key of that name (``kid``) for an algorithm, or None where there is no such key; for
        a token that names none, the only one.

        Raises:
            NoKeys: where it takes reading the keys, and they can't be read.
        """
        if self._keys is None:
            await self._read()
        found = self._known(name, algorithm)
        if found is None:
            await self._read()
            found = self._known(name, algorithm)
        return found

    async def close(self) -> None:
        """End what is under way, and close the connections."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait((self._reading,))
            self._reading = None
        http, self._http = self._http, None
        if http is not None:
            await http.close()

    def _known(self, name: str | None, algorithm: str) -> Key | None:
        fitting = [key for key in self._keys or () if _fits(key, algorithm)]
        if name is None:
            return fitting[0] if len(fitting) == 1 else None
        return next((key for key in fitting if key.kid == name), None)

    def _is_old(self) -> bool:
        # Where reading them failed, they are as old as they were before.
        if self._read_at is None or self._failure is not None:
            return True
        return _now() - self._read_at > LASTING

    def _is_early(self) -> bool:
        """Whether the last reading is too short a time ago for another one."""
        return self._read_at is not None and _now() - self._read_at < FLOOR

    async def _read(self) -> None:
        """Read the keys, or wait for whoever does; nothing where that was only just done.

        Raises:
            NoKeys: where that failed, now or then.
        """
        if self._reading is not None or not self._is_early():
            await asyncio.shield(self._begin())
        if self._failure is not None:
            raise NoKeys(str(self._failure))

    def _begin(self) -> asyncio.Task[None]:
        if self._reading is None:
            self._reading = asyncio.create_task(self._refreshed())
            self._reading.add_done_callback(self._end)
        return self._reading

    def _end(self, task: asyncio.Task[None]) -> None:
        if self._reading is task:
            self._reading = None

    async def _refreshed(self) -> None:
        """Read the keys. Those that are there stay where that fails."""
        try:
            self._take(self._from_file() if self._is_file else await self._from_server())
            self._failure = None
        except NoKeys as failure:
            log.warning("the keys that tokens are checked with can't be read: %s", failure)
            self._failure = failure
        finally:
            self._read_at = _now()

    def _from_file(self) -> Any:
        try:
            return decoded(Path(self.where).read_bytes())
        except OSError as error:
            raise NoKeys(f"the file can't be read ({error.strerror})") from None
        except ProviderError as error:
            raise NoKeys(error.detail) from None

    async def _from_server(self) -> Any:
        if self._http is None:
            self._http = open_http(
                source="authentication",
                provider="",
                base_url=self.where,
                credentials=_NoCredentials(),
                timeout=PATIENCE,
            )
            self._http.max_body = LARGEST
        try:
            answer = await self._http.get(Ask(), "/" if self.where.endswith("/") else "")
        except ProviderError as error:
            raise NoKeys(f"their server gives {error.kind.value}") from None
        return answer.body

    def _take(self, found: Any) -> None:
        keys = _keys_of(found)
        if not keys:
            raise NoKeys("there is no public key among them that can be used")
        if found != self._found:
            self.version += 1
        self._keys, self._found = keys, found


def _now() -> float:
    return asyncio.get_running_loop().time()


def _fits(key: Key, algorithm: str) -> bool:
    """Whether a key is one for an algorithm, by its type and curve, and by what it says it is for,
    as far as it says so (RFC 7517, 4.1 to 4.4)."""
    try:
        JWSRegistry.algorithms[algorithm].check_key(key)
    except JoseError:
        return False
    operations = key.get("key_ops")
    return operations is None or "verify" in operations


def _keys_of(found: Any) -> list[Key]:
    """The keys of a set that can be used. Others are left out, as RFC 7517 has it (section 5):
    secrets among them, which everybody who reads the set would know, what is too short, and what
    signs nothing."""
    listed = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise NoKeys(bad("it is no key set").detail)
    return [key for each in listed if (key := _key(each)) is not None]


def _key(found: Any) -> Key | None:
    if not isinstance(found, dict):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SecurityWarning)  # RSA below 2048 bits
            key = JWKRegistry.import_key(_by_either_name(found))
    except (JoseError, SecurityWarning, ValueError, TypeError, KeyError, AttributeError):
        return None
    return None if isinstance(key, OctKey) or found.get("crv") in AGREEING else key


def _by_either_name(found: dict[str, Any]) -> dict[str, Any]:
    """A key as it is; one of Ed25519 without the name of its algorithm, which has two (RFC 8037
    and RFC 9864): issuers give keys the one, and tokens the other."""
    if found.get("crv") == "Ed25519" and found.get("alg") in ("EdDSA", "Ed25519"):
        return {name: value for name, value in found.items() if name != "alg"}
    return found
