"""Registrations, before they are completions or assignments: what they include, and whose they are.

https://cloud.scorm.com/docs/v2/reference/swagger/#/registration
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from providers.base import Ask
from providers.errors import ProviderError
from providers.model import Completion, Record
from providers.reading import Reader
from providers.scormcloud.listing import Params, Roll
from providers.scormcloud.progress import (
    ACTIVITY_RESULT,
    REGISTRATION_FACET,
    RUNTIME,
    ScormCloudActivityResult,
    ScormCloudInstance,
    ScormCloudRegistration,
    ScormCloudRuntime,
)
from providers.scormcloud.reading import (
    ACTIVITY_COMPLETION,
    ASSIGNMENT,
    COMPLETION,
    finished_activities,
    is_finished,
)

R = TypeVar("R", bound=Record)

CHILDREN = "includeChildResults"
OBJECTIVES = "includeInteractionsAndObjectives"
RUNTIMES = "includeRuntime"
INCLUDES = frozenset({CHILDREN, OBJECTIVES, RUNTIMES})


def registration_includes(ask: Ask) -> frozenset[str]:
    """The parameters that bring what is wanted of registrations and their instances.

    Without them a registration has its course's results alone. Runtime data hang on the lowest
    activities, so they come with the children only.
    """
    facet = REGISTRATION_FACET.names(
        ask.fields(ScormCloudRegistration) | ask.fields(ScormCloudInstance)
    )
    activity: Sequence[str] = ()
    if "activityDetails" in facet:
        activity = ACTIVITY_RESULT.names(ask.fields(ScormCloudActivityResult))
    runtime = RUNTIME.names(ask.fields(ScormCloudRuntime)) if "runtime" in activity else ()
    found = set()
    if {"children", "runtime", "staticProperties"} & set(activity):
        found.add(CHILDREN)
    if {"runtime", "staticProperties"} & set(activity):
        found.add(RUNTIMES)
    if {"globalObjectives", "sharedData"} & set(facet) or "objectives" in activity:
        found.add(OBJECTIVES)
    if {"runtimeInteractions", "runtimeObjectives"} & set(runtime):
        found.add(OBJECTIVES)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Form(Generic[R]):
    """What registrations are read as: which rows of the table's kind are in one, and what they
    need."""

    reader: Reader[R]
    rows: Callable[[Any], Sequence[Any]]
    """Raises ValueError where a registration can't be taken apart."""
    include: frozenset[str] = frozenset()

    def includes(self, ask: Ask) -> frozenset[str]:
        """The parameters that bring all that is wanted."""
        return registration_includes(ask) | self.include


def _if_finished(registration: Any) -> Sequence[Any]:
    return (registration,) if is_finished(registration) else ()


def _itself(registration: Any) -> Sequence[Any]:
    return (registration,)


def of_activities(wanted: Sequence[str]) -> Form[Completion]:
    """Completions of some activities, by their identifiers."""

    def rows(registration: Any) -> Sequence[Any]:
        finished = finished_activities(registration)
        return [each for each in finished if each["activity"].get("id") in wanted]

    return Form(ACTIVITY_COMPLETION, rows, frozenset({CHILDREN}))


COMPLETIONS = Form(COMPLETION, _if_finished)
ASSIGNMENTS = Form(ASSIGNMENT, _itself)

OWNERS = {"courseId": "course", "learnerId": "learner"}
"""By parameter, the part of a registration that it looks at the id of."""


def owner_of(registration: Any, parameter: str) -> str | None:
    """The id of a registration's course or learner."""
    part = registration.get(OWNERS[parameter]) if isinstance(registration, Mapping) else None
    found = part.get("id") if isinstance(part, Mapping) else None
    return found if isinstance(found, str) else None


@dataclass(slots=True)
class Gathered:
    """Registrations of one parent, out of a read that may have ended early."""

    rows: list[Any] = field(default_factory=list)
    complete: bool = False
    error: ProviderError | None = None


async def gather(
    roll: Roll, parameter: str, parents: Sequence[str], enough: Callable[[str, list[Any]], bool]
) -> dict[str, Gathered]:
    """Read a list until every parent has enough. A read that breaks off keeps what it had."""
    found = {parent: Gathered() for parent in parents}
    number = 0
    try:
        while (page := await roll.page(number)) is not None:
            for row in page:
                if (owner := owner_of(row.raw, parameter)) in found:
                    found[owner].rows.append(row.raw)
            if all(enough(parent, each.rows) for parent, each in found.items()):
                break
            number += 1
    except ProviderError as error:
        for each in found.values():
            each.error = error
        return found
    for each in found.values():
        each.complete = roll.is_last(number)
    return found


def belongs(row: Any, params: Params) -> bool:
    """Whether a row is one that the parameters ask for: they are not to be trusted blindly."""
    return all(owner_of(row, name) == value for name, value in params.items() if name in OWNERS)


def _texts(row: Any, *path: str) -> list[str]:
    """The text at a path, or the texts of a list there."""
    for name in path:
        row = row.get(name) if isinstance(row, Mapping) else None
    several = row if isinstance(row, list) else [row]
    return [each for each in several if isinstance(each, str)]


_SEARCHED = {
    "course_title": ("course", "title"),
    "user_first_name": ("learner", "firstName"),
    "user_last_name": ("learner", "lastName"),
    "tag": ("tags",),
}


def passes(row: Any, filters: Mapping[str, Any]) -> bool:
    """Whether a registration has what the filters ask for that our records don't carry."""
    if "tags" in filters and not set(filters["tags"]) & set(_texts(row, "tags")):
        return False
    return all(
        any(filters[name].casefold() in each.casefold() for each in _texts(row, *path))
        for name, path in _SEARCHED.items()
        if name in filters
    )
