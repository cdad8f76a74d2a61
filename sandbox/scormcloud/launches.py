"""The launches of a registration: when learners came and went, and how far they had got."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import quoteattr

from starlette.requests import Request
from starlette.responses import Response

from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.query import Query, written
from sandbox.scormcloud.roster import Launch, Registration
from sandbox.wire import JSONAnswer, key

_SITTING = 3_600
_MOST = 3


def history(cloud: Cloud, request: Request) -> Response:
    found = cloud.registration(key(request), request.path_params.get("instance"))
    logged = Query(request).flag("includeHistoryLog")
    launches = [launch_json(found, each, logged=logged) for each in launches_of(found)]
    return JSONAnswer({"launchHistory": launches}, rows=len(launches))


def launches_of(registration: Registration) -> tuple[Launch, ...]:
    """What was recorded; else one launch for every hour of work, three at most."""
    if registration.launches is not None:
        return registration.launches
    if not registration.is_begun:
        return ()
    count = min(int(registration.seconds) // _SITTING + 1, _MOST)
    return tuple(_supposed(registration, place, count) for place in range(count))


def launch_id(registration: Registration, place: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"{registration.xapi_id} {place}"))


def _supposed(registration: Registration, place: int, count: int) -> Launch:
    end = registration.last_access or registration.updated
    first = min(registration.first_access or end, end)
    launched = first + (end - first) * place / count
    is_last = place == count - 1
    left = end if is_last else launched + timedelta(seconds=registration.seconds / count)
    return Launch(
        id=launch_id(registration, place),
        launched=launched,
        updated=left,
        left=left,
        completion=registration.completion if is_last else "INCOMPLETE",
        success=registration.success if is_last else "UNKNOWN",
        score=registration.score if is_last else None,
        seconds=registration.seconds / count,
    )


def launch_json(registration: Registration, launch: Launch, *, logged: bool) -> dict[str, Any]:
    """A LaunchHistorySchema; what has not happened yet is left out."""
    shown: dict[str, Any] = {
        "id": registration.id,
        "instance": registration.instance,
        "completionStatus": launch.completion,
        "successStatus": launch.success,
        "totalSecondsTracked": round(launch.seconds, 2),
        "launchTime": written(launch.launched),
        "lastRuntimeUpdate": written(launch.updated),
        "launchHistoryId": launch.id,
    }
    if launch.left is not None:
        shown["exitTime"] = written(launch.left)
    if launch.score is not None:
        shown["score"] = {"scaled": float(launch.score)}
    return {**shown, "historyLog": _log(registration, launch)} if logged else shown


def _log(registration: Registration, launch: Launch) -> str:
    """What happened in the player, as XML; its form is not documented."""
    left = "" if launch.left is None else f"<ControlUpdate exit={_quoted(launch.left)}/>"
    return (
        f"<RTDHistory launch={_quoted(launch.launched)}>"
        f"<LearnerInformation id={quoteattr(registration.learner.id)}/>"
        f"{left}</RTDHistory>"
    )


def _quoted(time: datetime) -> str:
    return quoteattr(written(time))
