"""An issuer of tokens, and the file or server that tells its keys: for tests of who asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.registry import Header
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from providers.authentication import Authentication
from tests.graph.sockets import on_port

ISSUER = "https://id.example/"
AUDIENCE = "https://courses.example"
START = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""When tests without a clock of their own say that it is."""

HOUR = 3600

FAMILIES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}


@dataclass(slots=True)
class Issuer:
    """Who issues tokens."""

    keys: list[Key] = field(default_factory=lambda: [new_key("ES256", "one")])
    now: datetime = START

    def jwks(self) -> dict[str, Any]:
        """The public keys."""
        return {"keys": [each.as_dict(private=False) for each in self.keys]}

    def write(self, folder: Path) -> str:
        """Write the keys into a file."""
        path = folder / "jwks.json"
        path.write_text(json.dumps(self.jwks()))
        return str(path)

    def token(
        self,
        scope: str | None = None,
        *,
        key: Key | None = None,
        header: Header | None = None,
        without: str = "",
        **claims: Any,
    ) -> str:
        """A token with a scope, for an hour; ``without`` one of the claims it would have."""
        signing = key or self.keys[0]
        at = int(self.now.timestamp())
        said = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "subject-7",
            "iat": at,
            "exp": at + HOUR,
            **({} if scope is None else {"scope": scope}),
            **claims,
        }
        said.pop(without, None)
        named = {"alg": "ES256", "typ": "at+jwt", "kid": signing.kid, **(header or {})}
        named = {name: value for name, value in named.items() if value is not None}
        return jwt.encode(named, said, signing, registry=Signing(), default_type=None)


class Signing(JWSRegistry):
    """Signs by any algorithm, good or bad."""

    def __init__(self) -> None:
        super().__init__(strict_check_header=False)

    def get_alg(self, name: str) -> JWSAlgModel:
        """Any of those that there are."""
        return self.algorithms[name]


def new_key(algorithm: str, name: str) -> Key:
    """A key for an algorithm, under a name."""
    terms: Any = {"kid": name}
    family = FAMILIES[algorithm[:2]]
    if family == "RSA":
        return RSAKey.generate_key(2048, terms)
    if family == "OKP":
        return OKPKey.generate_key("Ed25519", terms)
    curve = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}[algorithm]
    return ECKey.generate_key(curve, terms)


def bearer(token: str) -> dict[str, str]:
    """The header that presents a token."""
    return {"authorization": f"Bearer {token}"}


def believing(keys: str, **terms: Any) -> Authentication:
    """Settings by which the issuer's tokens are believed."""
    return Authentication(issuer=ISSUER, audience=AUDIENCE, keys=keys, **terms)


@dataclass(slots=True)
class KeyServer:
    """Where the keys are fetched from."""

    issuer: Issuer
    url: str = ""
    asked: int = 0
    status: int = 200
    silent: bool = False

    async def keys(self, _: Request) -> Response:
        """Tell the keys, or fail, or say nothing for very long."""
        self.asked += 1
        if self.silent:
            await asyncio.sleep(HOUR)
        return JSONResponse(self.issuer.jwks(), self.status, media_type="application/jwk-set+json")


@asynccontextmanager
async def key_server(issuer: Issuer) -> AsyncIterator[KeyServer]:
    """A server of an issuer's keys, on a port of this machine."""
    server = KeyServer(issuer)
    app = Starlette(routes=[Route("/jwks.json", server.keys)])
    async with on_port(app, lifespan="off") as served:
        server.url = f"http://127.0.0.1:{served.port}/jwks.json"
        yield server
