"""SCORM Cloud's Learner Service: https://cloud.scorm.com/docs/api_reference/v2/.

Learners are no entities of their own, but what registrations say of them: none is ever unknown, and
what changes one changes each registration, some time after the answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from sandbox.scormcloud.bodies import TagBatch, TagList, read_body
from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.enrolments import LearnerBody
from sandbox.scormcloud.refusals import bad_request
from sandbox.scormcloud.roster import Learner
from sandbox.scormcloud.writes import Write, done
from sandbox.wire import JSONAnswer, key

_LEARNER = "/learner/{id}"
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def tags(cloud: Cloud, request: Request) -> Response:
    return JSONAnswer({"tags": cloud.tags.of("learner", key(request))})


async def put_tags(cloud: Cloud, request: Request) -> Response:
    """Adds them, as the reference says of learners."""
    cloud.tags.add("learner", key(request), (await read_body(request, TagList)).tags)
    return done()


async def delete_tags(cloud: Cloud, request: Request) -> Response:
    cloud.tags.remove("learner", key(request), (await read_body(request, TagList)).tags)
    return done()


async def put_tags_batch(cloud: Cloud, request: Request) -> Response:
    batch = await read_body(request, TagBatch)
    for learner_id in batch.ids:
        cloud.tags.add("learner", learner_id, batch.tags)
    return done()


async def update(cloud: Cloud, request: Request) -> Response:
    """What is left out stays, what is empty becomes empty, as the reference says."""
    learner_id, said = key(request), await read_body(request, LearnerBody)
    # Whether a learner could be given another id here is not documented; it would break links.
    if said.id != learner_id:
        raise bad_request(f"The body is about the learner [{said.id}], the path about another")
    given = {"email": said.email, "first_name": said.first_name, "last_name": said.last_name}
    known = {name: value for name, value in given.items() if value is not None}
    _later(cloud, learner_id, lambda learner: replace(learner, **known))
    return done()


async def forget(cloud: Cloud, request: Request) -> Response:
    """Deletes what tells who somebody was; their registrations stay, without a name.

    What takes the place of the id, mostly an address itself, is not documented.
    """
    email = request.query_params.get("userEmail", "")
    # That it must be a user's of the realm can't be checked here: any address will do.
    if not _ADDRESS.fullmatch(email):
        raise bad_request("'userEmail' must be the address of who asks for the deletion.")
    learner_id = key(request)
    stranger = f"deleted-{sha256(learner_id.encode()).hexdigest()[:12]}"
    _later(cloud, learner_id, lambda learner: Learner(stranger, None, None, None))
    for each in (learner_id, stranger):
        cloud.tags.forget("learner", each)
    return done()


def _later(cloud: Cloud, learner_id: str, change: Callable[[Learner], Learner]) -> None:
    """Change the learner of all registrations that are theirs by then."""

    def act() -> None:
        now = cloud.now()
        for instances in list(cloud.registrations.values()):
            for each in instances:
                if each.learner.id == learner_id:
                    cloud.keep(replace(each, learner=change(each.learner), updated=now))

    cloud.pending.append(act)


WRITES: tuple[Write, ...] = (
    Write("PUT", "/learner/tags", put_tags_batch, "write", "registration"),
    Write("PUT", f"{_LEARNER}/tags", put_tags, "write", "registration"),
    Write("DELETE", f"{_LEARNER}/tags", delete_tags, "write", "registration"),
    Write("POST", f"{_LEARNER}/updateInfo", update, "write", "registration"),
    Write("POST", f"{_LEARNER}/delete-information", forget, "delete", "registration"),
)
