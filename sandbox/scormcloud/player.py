"""Where launch links lead: a page on which a person ends the course as they like.

The live service plays the course here. The page stands for it, so that what follows upon a launch
can be seen: progress, history, statements, and results posted to whoever asked for them.
"""

from __future__ import annotations

from hashlib import sha256
from typing import cast, get_args
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.scormcloud import pages
from sandbox.scormcloud.bodies import read_body
from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.configuration import effective
from sandbox.scormcloud.enrolments import tag_others
from sandbox.scormcloud.links import Link, LinkRequest
from sandbox.scormcloud.postbacks import destination
from sandbox.scormcloud.previews import KEYWORDS, check_link, here
from sandbox.scormcloud.query import encode
from sandbox.scormcloud.registrations import registration_json
from sandbox.scormcloud.reports import Completion, Success
from sandbox.scormcloud.roster import Registration
from sandbox.scormcloud.sittings import Outcome, begun, due, ended
from sandbox.wire import Refused

# The live service's links begin so; the sandbox's own are below its host.
LAUNCHES = "/api/cloud/registration/launch"
_MOST_BYTES = 4_096


async def link_to(cloud: Cloud, registration: Registration, request: Request) -> str:
    """A link to the page, after the request's LaunchLinkRequestSchema.

    Its tags are put on at once: when the live service does is not documented.
    """
    asked = await read_body(request, LinkRequest)
    check_link(asked.expiry, asked.redirect_on_exit_url)
    token = encode(sha256(f"{len(cloud.links)} {registration.id}".encode()).digest())
    cloud.links[token] = Link(registration.id, cloud.clock() + asked.expiry, asked)
    cloud.tags.add("registration", registration.id, asked.registration_tags or ())
    tag_others(cloud, registration, asked.learner_tags or (), asked.course_tags or ())
    return f"{here(request)}{LAUNCHES}/{token}"


def routes(cloud: Cloud) -> list[Route]:
    """What is below the links; who has one needs nothing else to come in."""

    async def enter(request: Request) -> Response:
        link = _link(cloud, request)
        if link.launch is None:
            _open(cloud, link)
        found = _launched(cloud, link)
        return pages.course(found, link.request, is_tracked=link.is_tracked)

    async def leave(request: Request) -> Response:
        link = _link(cloud, request)
        outcome = await _outcome(request)
        if link.launch is None:
            raise _refused(403, "The course is not open: visit the link to launch it.")
        found = _launched(cloud, link)
        if link.is_tracked:
            found = ended(found, link.launch, outcome, cloud.now())
            cloud.keep(found)
        link.launch = None
        posted = await _post(cloud, found) if link.is_tracked else None
        return _exit(cloud, found, link, posted)

    return [
        Route(f"{LAUNCHES}/{{token}}", enter, methods=["GET"]),
        Route(f"{LAUNCHES}/{{token}}", leave, methods=["POST"]),
    ]


def _refused(status: int, text: str) -> Refused:
    return Refused(pages.message(text, status))


def _link(cloud: Cloud, request: Request) -> Link:
    link = cloud.links.get(request.path_params["token"])
    if link is None or link.registration_id not in cloud.registrations:
        raise _refused(404, "There is nothing to launch here.")
    return link


def _open(cloud: Cloud, link: Link) -> None:
    """Launch what is due; a launch that isn't tracked leaves no trace."""
    if link.expires <= cloud.clock():
        raise _refused(410, "This link has expired.")
    found = cloud.registration(link.registration_id)
    link.launch = "untracked"
    if link.is_tracked:
        found = begun(due(cloud, found), cloud.now())
        cloud.keep(found)
        link.launch = (found.launches or ())[-1].id
    link.instance = found.instance


def _launched(cloud: Cloud, link: Link) -> Registration:
    """The instance that was launched, unless somebody reset or deleted it since."""
    for found in cloud.registrations[link.registration_id]:
        is_open = any(each.id == link.launch for each in found.launches or ())
        if found.instance == link.instance and (is_open or not link.is_tracked):
            return found
    raise _refused(404, "What was launched here is gone.")


async def _outcome(request: Request) -> Outcome:
    """What the form says; fields that are left empty were not said."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise _refused(413, "The form says too much.")
    form = parse_qs(body.decode("utf-8", "replace"))
    said = {name: values[0] for name, values in form.items()}
    completion = said.get("completion", "COMPLETED")
    success = said.get("success", "UNKNOWN")
    if completion not in get_args(Completion) or success not in get_args(Success):
        raise _refused(400, "Nobody can leave a course like that.")
    return Outcome(
        completion=cast(Completion, completion),
        success=cast(Success, success),
        score=_number(said["score"], 100) if "score" in said else None,
        seconds=_number(said.get("seconds", "0"), 10**7) or 0.0,
    )


def _number(text: str, most: int) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise _refused(400, f"{text[:40]} is not a number.") from error
    if not 0 <= number <= most:
        raise _refused(400, f"{text[:40]} is not between 0 and {most}.")
    return number


async def _post(cloud: Cloud, found: Registration) -> str | None:
    """What became of the results, in words; None where nobody wants them."""
    target = destination(effective(cloud, found))
    if target is None:
        return None
    status = await target.send(registration_json(cloud, found, target.detail))
    if status is None:
        return f"The results could not be posted to {target.url}."
    return f"The results were posted to {target.url}, which answered {status}."


def _exit(cloud: Cloud, found: Registration, link: Link, posted: str | None) -> Response:
    """Where the link or, where it leaves that open, the settings say."""
    place = link.request.redirect_on_exit_url or effective(cloud, found)["RedirectOnExitUrl"]
    match place:
        case "closer":
            return pages.closer()
        case "blank":
            return pages.blank()
        case _ if not place or place in KEYWORDS:
            return pages.message(" ".join(filter(None, ("You have left the course.", posted))))
        case _:
            return RedirectResponse(place, 303)
