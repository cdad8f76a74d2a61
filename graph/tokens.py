"""Whose token a request presents, and what it lets them do: bearer tokens that are signed JWTs.

The server is what OAuth 2 calls a resource server: it issues nothing, and believes what one issuer
has signed for it. What is checked: signature, by an algorithm with a public key; issuer, audience,
times; that the token is one for access. Nothing that a token says reaches an error or a log.
https://www.rfc-editor.org/rfc/rfc6750 https://www.rfc-editor.org/rfc/rfc9068
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from joserfc import jws
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jwa import JWSAlgModel
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from graph.bounded import Bounded
from graph.denials import Denied, invalid, misplaced, unverifiable
from providers.authentication import Authentication, NoKeys, SigningKeys

ALGORITHMS = frozenset(
    f"{family}{size}" for family in ("RS", "PS", "ES") for size in (256, 384, 512)
) | {"EdDSA", "Ed25519"}
"""Those by which only the issuer can sign: none that has no key, or one that verifiers share."""

TYPES = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})
"""Values of ``typ`` that tokens for access have: RFC 9068's, and those of issuers before it."""

LEEWAY = 30
"""Seconds that the issuer's clock may be wrong."""

LONGEST = 16_384
"""Bytes of the longest token that is looked at."""

FARTHEST = 366 * 24 * 3600
"""Seconds until a token's end that are told apart: timers know no end of all days."""

MOST_KNOWN = 4_096
"""How many tokens it is remembered of that they are good."""

EXPIRED = "The token has expired"
ELSEWHERE = "The token is not for this server"
KEYLESS = "No key of the issuer's is known for the token"
UNSIGNED = "The token's signature doesn't verify"
WRONG = "The token can't be used here"

_HEADER = re.compile(rb"bearer +([A-Za-z0-9._~+/-]+=*) *", re.IGNORECASE)
_SCHEME = re.compile(rb"bearer(?: |$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who presented a token."""

    scopes: frozenset[str]
    """What they are allowed."""
    expires: float
    """Until when the token is good, in seconds since 1970."""


def presented(headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """The token among a request's headers, as ASGI gives them; None where there is none.

    Raises:
        Denied: where there are several, or what is there is no token.
    """
    return one_token([value for name, value in headers if name == b"authorization"])


def one_token(credentials: list[bytes]) -> bytes | None:
    """The token in these values of ``Authorization``. Other schemes are none of ours.

    Raises:
        Denied: as ``presented``.
    """
    if len(credentials) > 1:
        raise misplaced()
    if not credentials or not _SCHEME.match(credentials[0]):
        return None
    found = _HEADER.fullmatch(credentials[0])
    if found is None:
        raise misplaced()
    return found[1]


class _Signatures(JWSRegistry):
    """The algorithms above, and no other, whatever the library recommends. A header may have more
    than the registered parameters, and as much as a token: certificates, say (RFC 7515, 4.1.6)."""

    max_header_length = LONGEST

    def __init__(self) -> None:
        super().__init__(strict_check_header=False)

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in ALGORITHMS:
            raise invalid(WRONG)
        return self.algorithms[name]


_SIGNATURES = _Signatures()


class Tokens:
    """Verifies tokens; what it knows of one that was good, it knows until the token's end."""

    def __init__(
        self, trusted: Authentication, keys: SigningKeys, now: Callable[[], datetime]
    ) -> None:
        self.trusted = trusted
        self.keys = keys
        self._now = now
        self._known: Bounded[tuple[int, bytes], Caller] = Bounded(MOST_KNOWN)

    async def caller(self, token: bytes) -> Caller:
        """Whom a token is of.

        Raises:
            Denied: where it isn't believed, or can't be verified now.
        """
        if len(token) > LONGEST:
            raise invalid(WRONG)
        # Whoever asks has the keys looked after, with a token that is known, too: else one that is
        # withdrawn would be good as long as its tokens are remembered.
        self.keys.refresh()
        now = self._now().timestamp()
        digest = sha256(token).digest()
        # The keys' version is part of it: a key that is withdrawn takes its tokens with it.
        caller = self._known.get((self.keys.version, digest))
        if caller is not None and caller.expires <= now:
            self._known.drop((self.keys.version, digest))
            caller = None
        if caller is None:
            caller = self._caller(await self._claims(token), now)
            self._known.keep((self.keys.version, digest), caller)
        return caller

    def ends(self, caller: Caller) -> float:
        """When a caller's token ends, on the event loop's clock."""
        remaining = caller.expires - self._now().timestamp()
        return asyncio.get_running_loop().time() + remaining

    async def _claims(self, token: bytes) -> dict[str, Any]:
        """What a token says, whose signature is the issuer's."""
        try:
            signed = jws.extract_compact(token, registry=_SIGNATURES)
            header = signed.headers()
            _SIGNATURES.check_header(header)
            algorithm = header["alg"]
            _SIGNATURES.get_alg(algorithm)
            if header.get("typ", "").lower() not in TYPES:
                raise invalid(WRONG)
            key = await self.keys.find(header.get("kid"), algorithm)
            if key is None:
                raise invalid(KEYLESS)
            if not jws.validate_compact(signed, key, registry=_SIGNATURES):
                raise invalid(UNSIGNED)
            claims = msgspec.json.decode(signed.payload or b"")
        except NoKeys:
            raise unverifiable() from None
        except Denied:
            raise
        # Whatever hostile bytes make of a parser: they aren't a token.
        except (JoseError, ValueError, TypeError, AttributeError, LookupError, RecursionError):
            raise invalid(WRONG) from None
        if not isinstance(claims, dict):
            raise invalid(WRONG)
        return claims

    def _caller(self, claims: dict[str, Any], now: float) -> Caller:
        """Who these claims are about, if they are meant for us, now."""
        expected = JWTClaimsRegistry(
            int(now),
            LEEWAY,
            iss={"essential": True, "value": self.trusted.issuer},
            aud={"essential": True, "value": self.trusted.audience},
            exp={"essential": True},
        )
        try:
            expected.validate(claims)
        except ExpiredTokenError:
            raise invalid(EXPIRED) from None
        except (InvalidClaimError, MissingClaimError) as error:
            raise invalid(ELSEWHERE if error.claim == "aud" else WRONG) from None
        # It was bound to a key of its holder's, who has to prove that they have it, which a bearer
        # doesn't (RFC 9449, section 7.1; RFC 8705, section 3).
        if claims.get("cnf") is not None:
            raise invalid(WRONG)
        expires = min(claims["exp"] + LEEWAY, now + FARTHEST)
        return Caller(_scopes(claims), expires)


def _scopes(claims: Mapping[str, Any]) -> frozenset[str]:
    """What is allowed: ``scope``, a text with spaces between (RFC 9068, section 2.2.3), or
    ``scp``, which is a text or a list."""
    found: set[str] = set()
    for given in (claims.get("scope"), claims.get("scp")):
        if isinstance(given, str):
            found.update(given.split(" "))
        elif isinstance(given, list):
            found.update(each for each in given if isinstance(each, str))
    return frozenset(found - {""})
