"""The launches of a registration: when learners came and went, and how far they had got."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import quoteattr

from starlette.requests import Request
from starlette.responses import Response

from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.query import Query, written
from sandbox.scormcloud.roster import Registration
from sandbox.wire import JSONAnswer, key

_SITTING = 3_600
_MOST = 3


def history(cloud: Cloud, request: Request) -> Response:
    found = cloud.registration(key(request), request.path_params.get("instance"))
    logged = Query(request).flag("includeHistoryLog")
    launches = _launches(found, logged=logged)
    return JSONAnswer({"launchHistory": launches}, rows=len(launches))


def _launches(registration: Registration, *, logged: bool) -> list[dict[str, Any]]:
    """One launch for every hour of work, three at most; none before it began."""
    if not registration.is_begun:
        return []
    count = min(registration.seconds // _SITTING + 1, _MOST)
    return [_launch(registration, place, count, logged=logged) for place in range(count)]


def _launch(registration: Registration, place: int, count: int, *, logged: bool) -> dict[str, Any]:
    end = registration.last_access or registration.updated
    first = min(registration.first_access or end, end)
    launched = first + (end - first) * place / count
    is_last = place == count - 1
    left = end if is_last else launched + timedelta(seconds=registration.seconds / count)
    launch: dict[str, Any] = {
        "id": registration.id,
        "instance": registration.instance,
        "completionStatus": registration.completion if is_last else "INCOMPLETE",
        "successStatus": registration.success if is_last else "UNKNOWN",
        "totalSecondsTracked": round(registration.seconds / count, 2),
        "launchTime": written(launched),
        "exitTime": written(left),
        "lastRuntimeUpdate": written(left),
        "launchHistoryId": str(uuid5(NAMESPACE_URL, f"{registration.xapi_id} {place}")),
    }
    if is_last and registration.score is not None:
        launch["score"] = {"scaled": float(registration.score)}
    if logged:
        launch["historyLog"] = _log(registration, launch)
    return launch


def _log(registration: Registration, launch: dict[str, Any]) -> str:
    """What happened in the player, as XML; its form is not documented."""
    return (
        f"<RTDHistory launch={quoteattr(launch['launchTime'])}>"
        f"<LearnerInformation id={quoteattr(registration.learner.id)}/>"
        f"<ControlUpdate exit={quoteattr(launch['exitTime'])}/>"
        "</RTDHistory>"
    )
