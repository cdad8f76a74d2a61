"""Sends the results of a registration to whoever asked for them.

https://cloud.scorm.com/docs/v2/guides/postback/. Where to, and how, are settings of the
registration, to which `postBack` of its creation sets them; so can its course and the application.
The live service tries again, 70 times over hours; the sandbox tries once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

import msgspec

from sandbox.scormcloud.bodies import Schema
from sandbox.scormcloud.outward import is_address, post
from sandbox.scormcloud.progress import Detail
from sandbox.scormcloud.refusals import bad_request
from sandbox.scormcloud.stores import Values

_SETTING = "ApiRollupRegistration"
Format = Literal["course", "activity", "full"]
_DETAILS = {
    "course": Detail(children=False, objectives=False, runtime=False),
    "activity": Detail(children=True, objectives=False, runtime=False),
    "full": Detail(children=True, objectives=True, runtime=True),
}


class PostBack(Schema, frozen=True):
    """PostBackSchema."""

    url: str | None = None
    auth_type: str | None = None
    user_name: str | None = None
    password: str | None = None
    results_format: str | None = None
    legacy: bool | None = None

    def settings(self) -> Values:
        """The settings that say the same; 400 where they could not."""
        if not self.url or not is_address(self.url):
            raise bad_request(f"'{(self.url or '')[:80]}' is not a URL to post results to")
        said = {
            "PostBackUrl": self.url,
            "AuthType": _choice("authType", self.auth_type, ("form", "httpbasic")),
            "AuthUser": self.user_name,
            "AuthPassword": self.password,
            "Format": _choice("resultsFormat", self.results_format, tuple(_DETAILS)),
            "IsJson": None if self.legacy is None else str(not self.legacy).lower(),
        }
        return {_SETTING + name: value for name, value in said.items() if value is not None}


def _choice(name: str, given: str | None, choices: tuple[str, ...]) -> str | None:
    """As settings spell it: small, where the schema has capitals; None where it's left open."""
    small = (given or "undefined").lower()
    if small == "undefined":
        return None
    if small not in choices:
        known = ", ".join(choices).upper()
        raise bad_request(f"'{small[:40]}' is not a valid value of '{name}': UNDEFINED, {known}")
    return small


@dataclass(frozen=True, slots=True)
class Destination:
    """Where results go, and in which form."""

    url: str
    takes_form: bool
    user: str
    password: str
    format: Format
    is_json: bool

    @property
    def detail(self) -> Detail:
        return _DETAILS[self.format]

    async def send(self, registration: dict[str, Any]) -> int | None:
        """The status of the answer to the results; None where there is none."""
        data = msgspec.json.encode(registration) if self.is_json else _legacy(registration, self)
        if self.takes_form:
            fields = {"username": self.user, "password": self.password, "data": data.decode()}
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            return await post(self.url, urlencode(fields).encode(), kind)
        kind = {"Content-Type": "application/json" if self.is_json else "text/xml"}
        secret = (self.user, self.password) if self.user or self.password else None
        return await post(self.url, data, kind, secret)


def destination(settings: Values) -> Destination | None:
    """What these settings say, missing ones having their defaults; None for nowhere."""
    url = settings.get(f"{_SETTING}PostBackUrl")
    if not url:
        return None
    form = settings.get(f"{_SETTING}Format", "").lower()
    return Destination(
        url=url,
        takes_form=settings.get(f"{_SETTING}AuthType", "").lower() == "form",
        user=settings.get(f"{_SETTING}AuthUser", ""),
        password=settings.get(f"{_SETTING}AuthPassword", ""),
        format=cast(Format, form) if form in _DETAILS else "activity",
        is_json=settings.get(f"{_SETTING}IsJson", "true").lower() in ("true", "yes"),
    )


async def test(post_back: PostBack) -> None:
    """Send results of nobody; 400 where they don't arrive, for which no answer is documented."""
    target = destination(post_back.settings())
    assert target is not None
    status = await target.send(_DUMMY)
    if status is None or status >= 400:
        said = "nothing" if status is None else status
        raise bad_request(f"The postback failed: {target.url} answered {said}")


_DUMMY: dict[str, Any] = {
    "id": "test-registration",
    "instance": 0,
    "updated": "2026-11-01T00:00:00Z",
    "registrationCompletion": "COMPLETED",
    "registrationCompletionAmount": 1.0,
    "registrationSuccess": "PASSED",
    "score": {"scaled": 100.0},
    "totalSecondsTracked": 60.0,
    "course": {"id": "test-course", "title": "Test Course", "version": 0},
    "learner": {"id": "test-learner", "firstName": "Test", "lastName": "Learner"},
}


def _legacy(registration: dict[str, Any], target: Destination) -> bytes:
    """The summary as XML, as the first version of the API wrote it; it has no other form here."""
    score = registration.get("score")
    fields = {
        "complete": "complete"
        if registration["registrationCompletion"] == "COMPLETED"
        else "incomplete",
        "success": registration["registrationSuccess"].lower(),
        "totaltime": f"{registration['totalSecondsTracked']:.0f}",
        "score": "unknown" if score is None else f"{score['scaled']:g}",
    }
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    attributes = (
        f"format={quoteattr('summary' if target.format == 'course' else target.format)} "
        f'regid={quoteattr(registration["id"])} instanceid="{registration["instance"]}"'
    )
    return f"<registrationreport {attributes}>{inner}</registrationreport>".encode()
