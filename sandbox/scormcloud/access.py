"""Who may read what: the application's secret, or tokens that it had issued for some scopes.

A token carries its scopes and expiry and a signature over them, so nothing is stored and no token
can be taken back: https://cloud.scorm.com/docs/api_reference/v2/.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Iterable
from datetime import datetime
from urllib.parse import parse_qs

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.scormcloud.query import read_time
from sandbox.scormcloud.refusals import bad_request, refusal
from sandbox.scormcloud.tokens import SECRET, sealed, unsealed
from sandbox.wire import JSONAnswer, Refused

APPLICATION = "demo-app"

Clock = Callable[[], float]
"""Seconds since 1970, as `time.time` counts them."""

_NOUNS = {
    "course": ("read", "write", "delete"),
    "dispatch": ("read", "write", "delete"),
    "invitation": ("read", "write", "delete"),
    "registration": ("read", "write", "delete"),
    "xapicredential": ("read", "write", "delete"),
    "xapipipe": ("read", "write", "delete"),
    "appmgmt": ("read", "write", "delete"),
    "ping": ("read",),
    "reporting": ("read",),
}
SCOPES = frozenset(
    ["read", "write", "delete", "admin"]
    + [f"{verb}:{noun}" for noun, verbs in _NOUNS.items() for verb in verbs]
)
_LIFETIME = 300


class Grant(msgspec.Struct, frozen=True):
    """What a token says."""

    scopes: list[str]
    expires: float


class _Permissions(msgspec.Struct, frozen=True, rename="camel"):
    scopes: list[str] = []
    application_name: str | None = None


class _TokenRequest(msgspec.Struct, frozen=True):
    permissions: _Permissions
    expiry: str


class Door:
    """Lets requests in, and issues tokens that let others in later."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def admit(self, request: Request, verb: str, noun: str) -> None:
        """`Refused` unless the request carries the secret, or a token for one of the scopes.

        No token opens what only the secret does, the verb "secret": the reference lists no scopes
        for changes of assets. What a valid token is told there is not documented; 403, as where it
        lacks a scope.
        """
        scheme, credentials = _authorization(request)
        if scheme != "bearer":
            _check_secret(scheme, credentials)
            return
        grant = self._grant(credentials)
        if verb == "secret":
            raise Refused(refusal(403, "This operation takes no token."))
        # `admin` is described as read, write and account management access.
        enough = {verb, f"{verb}:{noun}"} | ({"admin"} if verb != "delete" else set())
        if not enough & set(grant.scopes):
            # Neither the status nor the text of missing scopes is documented.
            raise Refused(refusal(403, f"The token has none of the scopes {sorted(enough)}."))

    def issue(self, scopes: Iterable[str], expires: float) -> str:
        return sealed(Grant(list(scopes), expires))

    def _grant(self, token: str) -> Grant:
        grant = unsealed(token, Grant)
        if grant is None:
            raise Refused(refusal(401, "The access token is invalid."))
        if grant.expires <= self.clock():
            raise Refused(refusal(401, "The access token has expired."))
        return grant

    async def issue_for_form(self, request: Request) -> Response:
        """`POST /oauth/authenticate/application/token`: form fields `scope` and `expiration`."""
        _check_secret(*_authorization(request))
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        scopes = _known(" ".join(form.get("scope", [])).split())
        seconds = _positive(form.get("expiration", [str(_LIFETIME)])[0])
        token = self.issue(scopes, self.clock() + seconds)
        return JSONAnswer({"access_token": token, "expires_in": seconds, "token_type": "bearer"})

    async def issue_for_json(self, request: Request) -> Response:
        """`POST /appManagement/token`: a TokenRequestSchema, answered by `{"result": token}`."""
        _check_secret(*_authorization(request))
        try:
            asked = msgspec.json.decode(await request.body(), type=_TokenRequest)
        except msgspec.DecodeError as error:
            raise bad_request(str(error)) from error
        if asked.permissions.application_name not in (None, APPLICATION):
            raise bad_request(f"There is no application {asked.permissions.application_name}.")
        expiry: datetime = read_time(asked.expiry)
        if expiry.timestamp() <= self.clock():
            raise bad_request("The expiry lies in the past.")
        token = self.issue(_known(asked.permissions.scopes), expiry.timestamp())
        return JSONAnswer({"result": token})


def _authorization(request: Request) -> tuple[str, str]:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    return scheme.lower(), credentials.strip()


def _check_secret(scheme: str, credentials: str) -> None:
    if scheme != "basic":
        raise Refused(refusal(401, "Authorization Required."))
    try:
        given = b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        given = ""
    if given != f"{APPLICATION}:{SECRET}":
        raise Refused(refusal(401, "Provided credentials are invalid for this application."))


def _known(scopes: list[str]) -> list[str]:
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise bad_request(f"Unknown or missing scopes: {unknown}")
    return scopes


def _positive(seconds: str) -> int:
    if not (seconds.isascii() and seconds.isdigit() and 0 < int(seconds[:12]) < 10**11):
        raise bad_request(f"'{seconds[:40]}' is not a number of seconds.")
    return int(seconds)
