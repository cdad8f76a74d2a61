"""Publishing a course: it is hosted at one source, and offered at others.

The steps are those that a person would take: have the hosting source import the package, wait until
it has, get an address that the course starts at, and write the course with that address to every
chosen target. Each step can be taken again without harm: an import is known by its idempotency key,
an address that is there is used again, and targets know the course by its reference. So what is
left undone is done by asking for the same again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from providers.base import Client
from providers.errors import Kind, ProviderError
from providers.model import Course, CourseImport, ImportStatus
from resolvers import entities
from resolvers.changes import CODES, UserError, UserErrorCode, made, unsupported, user_error
from resolvers.context import Context
from resolvers.errors import BadInput
from resolvers.imports import ENDED, IMPORT, user_errors
from resolvers.watching import GROWTH

HOSTING = replace(
    IMPORT,
    check="with an `idempotencyKey`, ask for the same again: the import is not begun twice; else"
    " look for a course of this key in a while, and go on without `packageUrl` if there is one",
)
"""How the hosting source takes a package."""

RESERVED = 6.0
"""Seconds of an operation's time that waiting for an import leaves for what comes after it."""

MOST_TARGETS = 20
"""Most sources that a course is offered at in one operation."""


class PublishStatus(Enum):
    """What became of offering a course at a source."""

    DONE = "DONE"
    """The source has the course, with its address."""

    FAILED = "FAILED"
    """The source doesn't have it, or not as it is now; the message says why."""

    PENDING = "PENDING"
    """Nothing was sent to the source yet: a step before it isn't through."""


@dataclass(frozen=True, slots=True)
class PublishTarget:
    """A source that a course is to be offered at, and what became of that."""

    source: str
    reference: str
    """By which the target knows the course."""
    status: PublishStatus = PublishStatus.PENDING
    key: str | None = None
    """Key of the course there."""
    message: str | None = None
    error: ProviderError | None = None
    resume: str | None = None
    """What to do for what is not done."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What came of publishing a course."""

    source: str
    """Where the course is hosted."""
    key: str | None = None
    """Key of the course there; None where it isn't there."""
    import_key: str | None = None
    launch_url: str | None = None
    targets: Sequence[PublishTarget] = ()
    user_errors: Sequence[UserError] = ()


class Wrong(Exception):
    """Something in the input can't be used."""

    def __init__(self, errors: Sequence[UserError]) -> None:
        super().__init__(len(errors))
        self.errors = errors


async def publish(context: Context, given: Mapping[str, Any]) -> Publication:
    """Host a course, and offer it at the chosen sources, side by side.

    Raises:
        BadInput: where a source isn't one of the tenant's.
        ProviderError: where the hosting source fails; what was begun there can be gone on with.
    """
    host = _client(context, given["source"], "source")
    publication = Publication(host.source)
    try:
        publication = replace(publication, targets=_targets(context, given))
        publication = await _imported(context, host, given, publication)
        if publication.key is None:
            return publication
        return await _offered(context, host, given, publication)
    except Wrong as wrong:
        return _refused(publication, wrong.errors, "put that right, and ask for the same again")


def _client(context: Context, name: str, argument: str) -> Client:
    client = context.sources.get(name)
    if client is None:
        shown = ", ".join(context.sources)
        raise BadInput(f"`{argument}` is {name!r}; the sources here are {shown}.")
    return client


def _targets(context: Context, given: Mapping[str, Any]) -> list[PublishTarget]:
    """The targets, nothing done yet.

    Raises:
        Wrong: where there are none, too many, or one twice; or where not exactly one way to start
            the course is given.
    """
    wished = given["targets"]
    names = [each["source"] for each in wished]
    for name in names:
        _client(context, name, "targets.source")
    if not 0 < len(names) <= MOST_TARGETS:
        raise _wrong(["targets"], f"give 1 to {MOST_TARGETS} targets")
    for at, name in enumerate(names):
        if name in names[:at]:
            raise _wrong(["targets", str(at), "source"], f"{name} is a target already")
    if (given.get("launch_url") is None) == (given.get("invited_by") is None):
        raise _wrong(["launchUrl"], "give `launchUrl` or `invitedBy`, and only one of them")
    if not _is_web_address(given.get("launch_url") or "https://a"):
        raise _wrong(["launchUrl"], "it must begin with https:// or http://, and name a host")
    usual = f"{given['source']}:{given['key']}"
    return [
        PublishTarget(each["source"], each.get("external_reference") or usual) for each in wished
    ]


def _is_web_address(url: str) -> bool:
    """Whether learners can be sent there: targets show it as a link, which must run nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable()


async def _imported(
    context: Context, host: Client, given: Mapping[str, Any], publication: Publication
) -> Publication:
    """The publication with the hosted course's key, if its import is through or none is asked for.

    Raises:
        Wrong: where the package can't be imported, or there is no such course.
    """
    key = given["key"]
    url = given.get("package_url")
    if url is None:
        return replace(publication, key=key)
    names = ("key", "may_create_new_version", "tags", "idempotency_key")
    wanted = {name: given[name] for name in names if name in given}
    outcome = await HOSTING.made(context, {"source": host.source, "fetch": {"url": url}, **wanted})
    if outcome.user_errors:
        raise Wrong([_of_package(each) for each in outcome.user_errors])
    publication = replace(publication, import_key=outcome.key)
    if outcome.key is None:  # its answer was lost, but its course is there
        return replace(publication, key=key)
    found = await _ended(context, host.source, outcome.key, given.get("wait_for"))
    if found is not None and found.status is ImportStatus.ERROR:
        words = [replace(each, field=["packageUrl"]) for each in user_errors(found)]
        return _refused(publication, words, _anew(given))
    if found is None or found.status not in ENDED:
        return _put_off(publication, "the import is still under way", _again(given))
    return replace(publication, key=key)


def _of_package(error: UserError) -> UserError:
    """The error with the path of this input, where the import's own has another name for it."""
    is_package = bool(error.field) and error.field[0] == "fetch" if error.field else False
    return replace(error, field=["packageUrl"]) if is_package else error


async def _ended(
    context: Context, source: str, key: str, wait_for: float | None
) -> CourseImport | None:
    """The import, once it has ended, or as it is when there is no more time to wait."""
    clock = asyncio.get_running_loop().time
    latest = (context.ask.deadline or clock() + 60) - RESERVED
    until = latest if wait_for is None else min(latest, clock() + wait_for)
    wait = context.poll_interval / 2
    while True:
        try:
            found: CourseImport | None = await entities.load(context, "course_imports", source, key)
        except ProviderError as error:
            if not error.retryable:
                raise
            found = None
        if found is not None and found.status in ENDED or clock() + wait > until:
            return found
        await asyncio.sleep(wait)
        context.changed()  # what was read of it is over
        wait *= GROWTH


def _refused(publication: Publication, errors: Sequence[UserError], again: str) -> Publication:
    """The publication that ends at something for the user to put right."""
    why = "it was not come to: see `userErrors`"
    return replace(_put_off(publication, why, again), user_errors=errors)


def _anew(given: Mapping[str, Any]) -> str:
    # Under the same key, the import that failed would be told of again.
    keyed = ", with another `idempotencyKey`" if given.get("idempotency_key") else ""
    return f"put the package right, and ask for the same again{keyed}"


def _again(given: Mapping[str, Any]) -> str:
    if given.get("idempotency_key"):
        return "ask for the same again, with the same `idempotencyKey`"
    return "when it is complete, ask for the same again without `packageUrl`"


def _alone(given: Mapping[str, Any]) -> str:
    """How to go on at a target that failed: nothing is to be imported once more."""
    known = given.get("package_url") is None or given.get("idempotency_key")
    same = "the same again" if known else "the same again without `packageUrl`"
    return f"ask for {same}, of this target alone if you like: the others know the course"


def _put_off(publication: Publication, why: str, again: str) -> Publication:
    """The publication as far as it has come, each target told how to go on."""
    targets = [replace(each, message=why, resume=again) for each in publication.targets]
    return replace(publication, targets=targets)


async def _offered(
    context: Context, host: Client, given: Mapping[str, Any], publication: Publication
) -> Publication:
    """The publication, with what became of every target."""
    key = given["key"]
    course: Course | None = await entities.load(context, "courses", host.source, key)
    if course is None:
        raise _wrong(["key"], f"{host.source}: there is no course of this key", NOT_FOUND)
    url = given.get("launch_url")
    if url is None:
        url = await _launch_url(context, host, key, given["invited_by"])
    said = {
        "title": given.get("title") or course.title or key,
        "description": given.get("description") or course.description,
        "duration": course.duration,
        "url": url,
        "is_active": True,
    }
    body = {name: each for name, each in said.items() if each is not None}
    again = _alone(given)
    offers = (_offer(context, each, body, again) for each in publication.targets)
    targets = await asyncio.gather(*map(context.start, offers))
    return replace(publication, launch_url=url, targets=targets)


async def _launch_url(context: Context, host: Client, key: str, invited_by: str) -> str:
    try:
        done = await made(context, host, "launch_url_of_course", key, {"invited_by": invited_by})
    except ProviderError as error:
        if error.kind not in CODES:
            raise
        raise Wrong([user_error(error, ["invitedBy"])]) from None
    url: str = done.value
    return url


async def _offer(
    context: Context, target: PublishTarget, body: Mapping[str, Any], again: str
) -> PublishTarget:
    """Write the course to a target; what fails there is told there."""
    client = context.sources[target.source]
    course = {**body, "external_reference": target.reference}
    try:
        if not hasattr(client, "upsert_course"):
            raise unsupported(context, target.source, "upsert_course")
        done = await made(context, client, "upsert_course", None, {"course": course})
    except ProviderError as error:
        words = error.said or error.detail
        resume = None if error.kind is Kind.UNSUPPORTED else again
        return replace(
            target, status=PublishStatus.FAILED, message=words, error=error, resume=resume
        )
    if done.refused:
        words = "; ".join(each.message for each in done.refused)
        return replace(target, status=PublishStatus.FAILED, message=words, resume=again)
    return replace(target, status=PublishStatus.DONE, key=done.key)


NOT_FOUND = UserErrorCode.NOT_FOUND


def _wrong(path: Sequence[str], message: str, code: UserErrorCode = UserErrorCode.INVALID) -> Wrong:
    return Wrong([UserError(path, message, code)])
