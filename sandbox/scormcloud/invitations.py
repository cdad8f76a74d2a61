"""Public invitations: one address for whoever wants to take a course.

https://cloud.scorm.com/docs/v2/reference/swagger/#/invitations. Who visits the address says who
they are, is registered under their e-mail, and sent on to the course. Of the Invitation Service,
the sandbox has what it takes to make such an address and to look at it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.scormcloud import enrolments, pages
from sandbox.scormcloud.bodies import Schema, read_body
from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.links import Link, LinkRequest
from sandbox.scormcloud.player import LAUNCHES
from sandbox.scormcloud.postbacks import PostBack
from sandbox.scormcloud.previews import here
from sandbox.scormcloud.query import Query, encode, read_time, written
from sandbox.scormcloud.refusals import bad_request, refusal
from sandbox.scormcloud.writes import Write
from sandbox.wire import JSONAnswer, Refused, key

_PATH = "/api/cloud/invitations/public"
_MOST_BYTES = 4_096


class PublicInvitation(Schema, frozen=True):
    """CreatePublicInvitationSchema."""

    course_id: str
    creating_user_email: str
    registration_cap: int | None = None
    post_back: PostBack | None = None
    expiration_date: str | None = None
    tags: tuple[str, ...] | None = None


@dataclass(slots=True)
class Invitation:
    """An invitation that was made."""

    id: str
    asked: PublicInvitation
    url: str
    made: str
    expires: float | None
    registrations: list[str] = field(default_factory=list)


async def invite(cloud: Cloud, request: Request) -> Response:
    asked = await read_body(request, PublicInvitation)
    cloud.version(asked.course_id, None)
    if "@" not in asked.creating_user_email:
        raise bad_request("creatingUserEmail is not an e-mail address.")
    id = encode(sha256(f"{len(cloud.invitations)} {asked.course_id}".encode()).digest()[:12])
    expires = read_time(asked.expiration_date).timestamp() if asked.expiration_date else None
    url = f"{here(request)}{_PATH}/{id}"
    cloud.invitations[id] = Invitation(id, asked, url, written(cloud.now()), expires)
    return JSONAnswer(_json(cloud, cloud.invitations[id]))


def single(cloud: Cloud, request: Request) -> Response:
    """GET /invitations/public/{invitationId}."""
    found = cloud.invitations.get(key(request, "invitation"))
    if found is None:
        raise Refused(refusal(404, "Could not find the invitation."))
    return JSONAnswer(_json(cloud, found))


def listed(cloud: Cloud, request: Request) -> Response:
    """GET /invitations/public, the newest first; of its parameters, `courseId` counts here."""
    course = Query(request).text("courseId")
    rows = [each for each in cloud.invitations.values() if course in (None, each.asked.course_id)]
    shown = [_json(cloud, each) for each in reversed(rows)]
    return JSONAnswer({"invitations": shown}, rows=len(shown))


def _json(cloud: Cloud, found: Invitation) -> dict[str, Any]:
    """PublicInvitationSchema."""
    return {
        "id": found.id,
        "courseId": found.asked.course_id,
        "courseTitle": cloud.version(found.asked.course_id, None).package.title,
        "allowLaunch": True,
        "allowNewRegistrations": True,
        "url": found.url,
        "createDate": found.made,
        "registrationCount": len(found.registrations),
        "registrationCap": found.asked.registration_cap or 0,
        **({"expirationDate": found.asked.expiration_date} if found.expires else {}),
    }


def routes(cloud: Cloud) -> list[Route]:
    """What invitations lead to; who has the address needs nothing else to come in."""

    async def ask(request: Request) -> Response:
        _open(cloud, request)
        return pages.who("Who wants to take this course?")

    async def admit(request: Request) -> Response:
        found = _open(cloud, request)
        body = (await request.body())[:_MOST_BYTES]
        said = {name: each[0] for name, each in parse_qs(body.decode("utf-8", "replace")).items()}
        email = said.get("email", "").strip()
        if "@" not in email:
            raise Refused(pages.message("That is no e-mail address.", 400))
        registration = f"invited-{found.id}-{email.casefold()}"[:255]
        if registration not in cloud.registrations:
            _register(cloud, found, registration, email, said.get("name", ""))
        token = encode(sha256(f"{len(cloud.links)} {registration}".encode()).digest())
        terms = LinkRequest(redirect_on_exit_url="message")
        cloud.links[token] = Link(registration, cloud.clock() + terms.expiry, terms)
        return RedirectResponse(f"{here(request)}{LAUNCHES}/{token}", 303)

    path = f"{_PATH}/{{invitation}}"
    return [Route(path, ask, methods=["GET"]), Route(path, admit, methods=["POST"])]


def _open(cloud: Cloud, request: Request) -> Invitation:
    found = cloud.invitations.get(request.path_params["invitation"])
    if found is None or found.asked.course_id not in cloud.shelves:
        raise Refused(pages.message("There is no such invitation.", 404))
    if found.expires is not None and found.expires <= cloud.clock():
        raise Refused(pages.message("The invitation has expired.", 410))
    return found


def _register(cloud: Cloud, found: Invitation, registration: str, email: str, name: str) -> None:
    cap = found.asked.registration_cap or 0
    if cap and len(found.registrations) >= cap:
        raise Refused(pages.message("As many as were invited have come.", 403))
    first, _, last = name.strip().partition(" ")
    learner = enrolments.LearnerBody(email, email, first or None, last or None)
    asked = enrolments.Enrolment(
        found.asked.course_id, learner, registration, post_back=found.asked.post_back
    )
    enrolments.create(cloud, asked, None)
    found.registrations.append(registration)


WRITES = (Write("POST", "/invitations/public", invite, "write", "invitation"),)
