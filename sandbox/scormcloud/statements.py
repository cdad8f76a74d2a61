"""The xAPI statements that a registration leaves behind, newest first.

The published model calls the object of a statement `objectActivity`, where xAPI says `object`;
what the live service sends is not shown anywhere, so the sandbox follows the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from starlette.requests import Request
from starlette.responses import Response

from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.progress import Result, results
from sandbox.scormcloud.query import Query, page, within, written_to_the_millisecond
from sandbox.scormcloud.roster import Learner, Registration
from sandbox.wire import key

_VERBS = "http://adlnet.gov/expapi/verbs/"
_TYPES = "http://adlnet.gov/expapi/activities/"
_HOME = "http://cloud.academy.example"

Event = tuple[datetime, dict[str, Any]]


def of_course(cloud: Cloud, request: Request) -> Response:
    version = cloud.version(key(request, "course"), request.path_params.get("version"))
    learner = Query(request).text("learnerId")
    return _answer(
        request,
        (
            instance
            for instances in cloud.registrations.values()
            for instance in instances
            if instance.version is version and learner in (None, instance.learner.id)
        ),
    )


def of_registration(cloud: Cloud, request: Request) -> Response:
    return _answer(request, [cloud.registration(key(request), request.path_params.get("instance"))])


def _answer(request: Request, registrations: Iterable[Registration]) -> Response:
    query = Query(request)
    events = [event for registration in registrations for event in statements(registration)]
    # Of those of the same second, the one that came last stands first too.
    newest_first = sorted(reversed(events), key=lambda event: event[0], reverse=True)
    kept = within(newest_first, query, lambda event: event[0])
    return page("statements", kept, query, lambda event: event[1])


def statements(registration: Registration) -> Iterator[Event]:
    """Launched, a line for every part that is done, and how it ended; none before it began."""
    if not registration.was_launched:
        return
    end = registration.last_access or registration.updated
    start = min(registration.first_access or end - timedelta(hours=1), end)
    whole = results(registration)
    done = [leaf for leaf in _leaves(whole) if leaf.completion == "COMPLETED"]
    step = (end - start) / (len(done) + 1)
    yield _statement(registration, "launched", whole, start)
    for place, leaf in enumerate(done, start=1):
        when = (start + step * place).replace(microsecond=0)
        yield _statement(registration, "completed", leaf, when, {"completion": True})
    if registration.success != "UNKNOWN":
        is_passed = registration.success == "PASSED"
        outcome = {"success": is_passed, **_score(registration)}
        yield _statement(registration, registration.success.lower(), whole, end, outcome)


def _leaves(result: Result) -> Iterator[Result]:
    if not result.children:
        yield result
    for child in result.children:
        yield from _leaves(child)


def _score(registration: Registration) -> dict[str, Any]:
    if registration.score is None:
        return {}
    score = float(registration.score)
    return {"score": {"scaled": score / 100, "raw": score, "min": 0.0, "max": 100.0}}


def _statement(
    registration: Registration,
    verb: str,
    about: Result,
    when: datetime,
    outcome: dict[str, Any] | None = None,
) -> Event:
    course = registration.version.xapi_activity_id
    identifier = about.activity.item_identifier
    statement: dict[str, Any] = {
        "id": str(uuid5(NAMESPACE_URL, f"{registration.xapi_id} {verb} {identifier}")),
        "actor": _actor(registration.learner),
        "verb": {"id": _VERBS + verb, "display": {"en-US": verb}},
        "objectActivity": {
            "objectType": "Activity",
            "id": course if about.children else f"{course}/{uuid5(NAMESPACE_URL, identifier)}",
            "definition": {
                "name": {"und": about.activity.title},
                "type": _TYPES + ("course" if about.children else "lesson"),
            },
        },
        "context": {
            "registration": registration.xapi_id,
            "contextActivities": {"grouping": [{"objectType": "Activity", "id": course}]},
        },
        "timestamp": written_to_the_millisecond(when),
        "stored": written_to_the_millisecond(when),
        "authority": {
            "objectType": "Agent",
            "account": {"homePage": _HOME, "name": "demo-app"},
        },
    }
    return when, statement if outcome is None else {**statement, "result": outcome}


def _actor(learner: Learner) -> dict[str, Any]:
    agent: dict[str, Any] = {"objectType": "Agent"}
    if learner.name:
        agent["name"] = learner.name
    if "@" in learner.id:
        return {**agent, "mbox": f"mailto:{learner.id}"}
    return {**agent, "account": {"homePage": _HOME, "name": learner.id}}
