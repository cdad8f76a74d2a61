"""SCORM Cloud's Course Service, looking at a course without taking it.

https://cloud.scorm.com/docs/api_reference/v2/endpoints/courseservice/. A link shows what the player
would be told: the sandbox has no player.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.packages import Activity, Standard
from sandbox.scormcloud.bodies import Schema, read_body
from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.outward import is_address
from sandbox.scormcloud.refusals import bad_request
from sandbox.scormcloud.tokens import sealed, unsealed
from sandbox.scormcloud.writes import Write
from sandbox.wire import JSONAnswer, Refused, key

PATH = "/api/cloud/course/preview"
EXPIRY = range(10, 301)
KEYWORDS = ("closer", "blank", "message")


class ItemValue(Schema, frozen=True):
    item: str = ""
    value: str = ""


class PreviewRequest(Schema, frozen=True):
    """A PreviewLaunchLinkRequestSchema; the fields of the LaunchLinkRequestSchema that came before
    it and are not in it are passed over."""

    expiry: int = 120
    redirect_on_exit_url: str = ""
    start_sco: str | None = None
    culture: str | None = None
    css_url: str | None = None
    additionalvalues: tuple[ItemValue, ...] = ()


class _Link(Schema, frozen=True):
    """What a link carries along."""

    course_id: str
    version: int
    until: float
    asked: PreviewRequest


def check_link(expiry: int, redirect_on_exit_url: str) -> None:
    """400 for a time or a place to go to that no launch link can have."""
    if expiry not in EXPIRY:
        raise bad_request(f"The expiry {expiry} is not within 10 to 300 seconds.")
    url = redirect_on_exit_url
    if url and url not in KEYWORDS and not is_address(url):
        raise bad_request(f"'{url[:80]}' is neither a URL nor one of {', '.join(KEYWORDS)}.")


def here(request: Request) -> str:
    """The address of the application that the request reached, without a slash at its end."""
    root: str = request.scope.get("root_path", "")
    return f"{request.url.scheme}://{request.url.netloc}{root}"


async def build(cloud: Cloud, request: Request) -> Response:
    version = cloud.version(key(request, "course"), request.path_params.get("version"))
    asked = await read_body(request, PreviewRequest)
    check_link(asked.expiry, asked.redirect_on_exit_url)
    if asked.css_url and not is_address(asked.css_url):
        raise bad_request(f"'{asked.css_url[:80]}' is not a URL.")
    link = _Link(version.course_id, version.number, cloud.clock() + asked.expiry, asked)
    return JSONAnswer({"launchLink": f"{here(request)}{PATH}/{sealed(link)}"})


WRITES: tuple[Write, ...] = (
    Write("POST", "/courses/{course}/preview", build, "read", "course"),
    Write("POST", "/courses/{course}/versions/{version}/preview", build, "read", "course"),
)


def route(cloud: Cloud) -> Route:
    """Where the links lead; whoever has one needs no other credentials."""

    async def visit(request: Request) -> Response:
        link = unsealed(key(request, "token"), _Link)
        if link is None:
            return _page("This is no link.", status=404)
        if link.until <= cloud.clock():
            return _page("This link has expired.", status=410)
        try:
            version = cloud.version(link.course_id, str(link.version))
        except Refused:
            return _page("There is no such course any more.", status=404)
        if version.package.standard is Standard.CMI5:
            return _page("A cmi5 course has no preview.", status=400)
        return _page(version.package.title, _outline(version.package.root), _told(link))

    return Route(f"{PATH}/{{token}}", visit, methods=["GET"])


def _page(title: str, *parts: str, status: int = 200) -> Response:
    body = "".join(parts)
    return HTMLResponse(
        f"<!doctype html><meta charset=utf-8><title>{escape(title)}</title>"
        f"<h1>{escape(title)}</h1>{body}",
        status,
        headers={"Content-Security-Policy": "default-src 'none'"},
    )


def _outline(activity: Activity) -> str:
    below = "".join(_outline(child) for child in activity.children)
    return f"<li>{escape(activity.title)}{f'<ul>{below}</ul>' if below else ''}</li>"


def _told(link: _Link) -> str:
    """What the request said, as a list of names and values."""
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in _values(link.asked)
    )
    return f"<dl>{rows}</dl>"


def _values(asked: PreviewRequest) -> Iterator[tuple[str, str]]:
    told = msgspec.to_builtins(asked)
    for name in ("redirectOnExitUrl", "startSco", "culture", "cssUrl"):
        if told[name]:
            yield name, told[name]
    for each in asked.additionalvalues:
        yield each.item, each.value
