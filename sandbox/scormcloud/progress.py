"""How a registration went, activity by activity, at the levels of detail that can be asked for.

Plain answers hold the course alone, `includeChildResults` its activities, `includeRuntime` what the
deepest ones last reported, `includeInteractionsAndObjectives` answers and objectives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from sandbox.packages import Activity, Standard
from sandbox.scormcloud.query import Query
from sandbox.scormcloud.reports import Activity as Reported
from sandbox.scormcloud.reports import Completion, Success, said
from sandbox.scormcloud.roster import Registration

_WITHOUT_RUNTIME = (Standard.XAPI, Standard.CMI5)


@dataclass(frozen=True, slots=True)
class Detail:
    """What an answer includes."""

    children: bool
    objectives: bool
    runtime: bool

    @classmethod
    def asked_for(cls, query: Query) -> Detail:
        return cls(
            children=query.flag("includeChildResults"),
            objectives=query.flag("includeInteractionsAndObjectives"),
            runtime=query.flag("includeRuntime"),
        )


@dataclass(frozen=True, slots=True)
class Result:
    """How one activity went; `amount` 0–1, `score` 0–100 where there is one."""

    activity: Activity
    completion: Completion
    success: Success
    amount: float
    score: float | None
    seconds: float
    children: tuple[Result, ...] = ()
    reported: Reported | None = None
    """What a customer said of the activity, of which the fields above hold a part."""

    @property
    def is_suspended(self) -> bool:
        if self.reported is not None and self.reported.suspended is not None:
            return self.reported.suspended
        return self.completion == "INCOMPLETE"


def results(registration: Registration) -> Result:
    """The results of the whole course, with those of its activities below."""
    root = registration.version.package.root
    leaves = list(root.leaves())
    done = _completions(registration, leaves)
    scored = _scored(registration, leaves)
    share = registration.seconds / max(sum(each > 0 for each in done.values()), 1)
    whole = _result(root, registration, done, scored, share)
    # The course as a whole says what the registration says.
    return Result(
        root,
        registration.completion,
        registration.success,
        registration.amount or 0.0,
        registration.score,
        float(registration.seconds),
        whole.children,
        registration.reported.get(root.item_identifier),
    )


def _completions(registration: Registration, leaves: Sequence[Activity]) -> dict[str, float]:
    """How much of each leaf is done, by its identifier."""
    if registration.completion == "COMPLETED":
        return {leaf.item_identifier: 1.0 for leaf in leaves}
    if registration.lesson is not None:
        ending = f"L{registration.lesson}"
        found = [each for each in leaves if each.item_identifier.endswith(ending)] or leaves[:1]
        return {leaf.item_identifier: float(leaf in found) for leaf in leaves}
    progress = (registration.amount or 0.0) * len(leaves)
    return {
        leaf.item_identifier: round(min(max(progress - place, 0.0), 1.0), 2)
        for place, leaf in enumerate(leaves)
    }


def _scored(registration: Registration, leaves: Sequence[Activity]) -> frozenset[str]:
    """The leaves that the score comes from: the tests, or the last one where there are none."""
    if registration.score is None:
        return frozenset()
    tests = [leaf for leaf in leaves if leaf.scaled_passing_score is not None] or leaves[-1:]
    return frozenset(leaf.item_identifier for leaf in tests)


def _result(
    activity: Activity,
    registration: Registration,
    done: Mapping[str, float],
    scored: frozenset[str],
    share: float,
) -> Result:
    result = _inferred(activity, registration, done, scored, share)
    reported = registration.reported.get(activity.item_identifier)
    return result if reported is None else _corrected(result, reported)


def _corrected(result: Result, reported: Reported) -> Result:
    """The result with what a customer said of it in the place of what follows from the whole."""
    amount, seconds = reported.amount, reported.seconds
    return replace(
        result,
        completion=reported.activity_completion or result.completion,
        success=reported.activity_success or result.success,
        amount=result.amount if amount is None else amount,
        score=result.score if reported.points is None else reported.points,
        seconds=result.seconds if seconds is None else seconds,
        reported=reported,
    )


def _inferred(
    activity: Activity,
    registration: Registration,
    done: Mapping[str, float],
    scored: frozenset[str],
    share: float,
) -> Result:
    if activity.children:
        below = tuple(
            _result(child, registration, done, scored, share) for child in activity.children
        )
        amount = sum(each.amount for each in below) / len(below)
        seconds = sum(each.seconds for each in below)
        return Result(activity, _state(amount), "UNKNOWN", round(amount, 2), None, seconds, below)
    amount = done[activity.item_identifier]
    is_scored = activity.item_identifier in scored
    return Result(
        activity,
        _state(amount),
        registration.success if is_scored else "UNKNOWN",
        amount,
        registration.score if is_scored else None,
        round(share if amount else 0.0, 2),
    )


def _state(amount: float) -> Completion:
    return "COMPLETED" if amount >= 1 else "INCOMPLETE" if amount > 0 else "UNKNOWN"


def suspended_activity(result: Result) -> str | None:
    """The identifier of the first leaf that was begun and not finished."""
    if not result.children:
        return result.activity.item_identifier if result.is_suspended else None
    found = (suspended_activity(child) for child in result.children)
    return next((each for each in found if each is not None), None)


def result_json(result: Result, detail: Detail, registration: Registration) -> dict[str, Any]:
    """An ActivityResultSchema."""
    shown: dict[str, Any] = {
        "id": result.activity.item_identifier,
        "title": result.activity.title,
        "attempts": 1 if result.amount else 0,
        "activityCompletion": result.completion,
        "activitySuccess": result.success,
        "timeTracked": _clock(result.seconds),
        # Documented as 0–100; users report 0–1, as the registration's own amount is.
        "completionAmount": {"scaled": result.amount},
        "suspended": result.is_suspended,
        "children": [],
    }
    if result.score is not None:
        shown["score"] = {"scaled": float(result.score)}
    if detail.objectives:
        shown["objectives"] = _objectives(result)
    if detail.children:
        shown["children"] = [result_json(child, detail, registration) for child in result.children]
    has_runtime = registration.version.package.standard not in _WITHOUT_RUNTIME
    if detail.runtime and has_runtime and not result.children:
        shown["staticProperties"] = _static_properties(result.activity)
        shown["runtime"] = _runtime(result, detail, registration)
    return shown if result.reported is None else _with_the_rest(shown, result.reported)


def _with_the_rest(shown: dict[str, Any], reported: Reported) -> dict[str, Any]:
    """The answer with what was reported beyond the result itself, as far as it was asked for."""
    given = said(msgspec.structs.replace(reported, children=None))
    if reported.attempts is not None:
        shown["attempts"] = reported.attempts
    for name in ("staticProperties", "runtime"):
        if name in shown:
            shown[name] |= given.get(name, {})
    if "objectives" in shown and reported.objectives is not None:
        shown["objectives"] = given["objectives"]
    return shown


def _clock(seconds: float) -> str:
    """`0000:00:26.66`: hours, minutes, seconds."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours:04}:{minutes:02}:{rest:05.2f}"


def _objectives(result: Result) -> list[dict[str, Any]]:
    if result.activity.scaled_passing_score is None:
        return []
    objective: dict[str, Any] = {
        "id": f"O-{result.activity.item_identifier}",
        "primary": True,
        "progressMeasure": result.amount,
        "objectiveCompletion": result.completion,
        "objectiveSuccess": result.success,
        "previousObjectiveSuccess": "UNKNOWN",
    }
    if result.score is not None:
        objective |= {
            "score": {"scaled": float(result.score)},
            "scoreRaw": float(result.score),
            "scoreMin": 0.0,
            "scoreMax": 100.0,
        }
    return [objective]


def _static_properties(activity: Activity) -> dict[str, Any]:
    passing = activity.scaled_passing_score
    return {
        "completionThreshold": "",
        "launchData": "",
        "maxTimeAllowed": "",
        "scaledPassingScore": float(passing or 0),
        "scaledPassingScoreUsed": passing is not None,
        "timeLimitAction": "",
    }


def _runtime(result: Result, detail: Detail, registration: Registration) -> dict[str, Any]:
    """What the content last reported (RuntimeSchema); all numbers are text in it."""
    score = "" if result.score is None else f"{result.score:g}"
    runtime: dict[str, Any] = {
        "completionStatus": {"COMPLETED": "completed", "INCOMPLETE": "incomplete"}.get(
            result.completion, "not attempted"
        ),
        "credit": "credit",
        "entry": "resume" if result.is_suspended else "ab-initio",
        "exit": "suspend" if result.is_suspended else "normal",
        "learnerPreference": {
            "audioLevel": 1.0,
            "language": "",
            "deliverySpeed": 1.0,
            "audioCaptioning": 0,
        },
        "location": "page-2" if result.is_suspended else "",
        "mode": "normal",
        "progressMeasure": str(result.amount),
        "scoreScaled": "" if result.score is None else str(result.score / 100),
        "scoreRaw": score,
        "scoreMin": "0" if score else "",
        "scoreMax": "100" if score else "",
        "totalTime": _clock(result.seconds),
        "timeTracked": _clock(result.seconds),
        "runtimeSuccessStatus": result.success,
        "suspendData": "{}" if result.is_suspended else "",
        "learnerComments": [],
        "lmsComments": [],
    }
    # Interactions are part of the runtime, so they need both flags.
    if detail.objectives:
        runtime["runtimeInteractions"] = _interactions(result, registration)
        runtime["runtimeObjectives"] = _runtime_objectives(result)
    return runtime


def _interactions(result: Result, registration: Registration) -> list[dict[str, Any]]:
    if result.score is None:
        return []
    when = (registration.last_access or registration.updated).strftime("%Y-%m-%dT%H:%M:%SZ")
    is_right = result.score >= 50
    return [
        {
            "id": f"{result.activity.item_identifier}-question",
            "type": "TrueFalse",
            "objectives": [f"O-{result.activity.item_identifier}"],
            "timestamp": when,
            "timestampUtc": when,
            "correctResponses": ["true"],
            "weighting": "1",
            "learnerResponse": "true" if is_right else "false",
            "result": "correct" if is_right else "incorrect",
            "latency": "0000:00:12.50",
            "description": f"What matters most in {result.activity.title}?",
        }
    ]


def _runtime_objectives(result: Result) -> list[dict[str, Any]]:
    if result.activity.scaled_passing_score is None:
        return []
    score = "" if result.score is None else f"{result.score:g}"
    return [
        {
            "id": f"O-{result.activity.item_identifier}",
            "scoreScaled": "" if result.score is None else str(result.score / 100),
            "scoreMin": "0",
            "scoreMax": "100",
            "scoreRaw": score,
            "runtimeObjectiveSuccessStatus": result.success,
            "runtimeObjectiveCompletionStatus": result.completion,
            "progressMeasure": str(result.amount),
            "description": result.activity.title,
        }
    ]
