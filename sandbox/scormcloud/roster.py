"""Registrations of the sandbox's SCORM Cloud application, made of the campus's attempts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sandbox.academy import TODAY, Attempt, Campus, Person
from sandbox.chance import Chance
from sandbox.packages import Standard
from sandbox.scormcloud.library import Shelf, Version
from sandbox.scormcloud.reports import Activity, Completion, Objective, SharedData, Success

_ADA = "ada.byron@academy.example"
_TAGS = ("autumn", "funded", "mandatory", "retake")


@dataclass(frozen=True, slots=True)
class Learner:
    """Who a registration is for, as its customer named them."""

    id: str
    email: str | None
    first_name: str | None
    last_name: str | None

    @property
    def name(self) -> str:
        return " ".join(each for each in (self.first_name, self.last_name) if each)


@dataclass(frozen=True, slots=True)
class Launch:
    """One visit of a learner to the course; `left` is None while it lasts."""

    id: str
    launched: datetime
    updated: datetime
    left: datetime | None
    completion: Completion
    success: Success
    score: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Registration:
    """One instance of a registration; `instance` counts from 0, the highest is the current one.

    `amount` is how much of the course is done, 0–1, None where nobody can tell; `score` 0–100;
    `lesson` is the number of the only lesson that was taken. `launches` is None where they follow
    from the rest. `reported` says what a customer reported of the course's parts, by identifier,
    `suspended` which part they said was left half done.
    """

    id: str
    instance: int
    version: Version
    learner: Learner
    created: datetime
    updated: datetime
    first_access: datetime | None
    last_access: datetime | None
    completed: datetime | None
    completion: Completion
    success: Success
    amount: float | None
    score: float | None
    seconds: float
    lesson: int | None
    tags: tuple[str, ...]
    xapi_id: str
    objectives: tuple[Objective, ...] = ()
    shared_data: tuple[SharedData, ...] = ()
    reported: Mapping[str, Activity] = field(default_factory=dict)
    suspended: str | None = None
    launches: tuple[Launch, ...] | None = None

    @property
    def is_begun(self) -> bool:
        return self.last_access is not None

    @property
    def was_launched(self) -> bool:
        """Results may come from elsewhere, without a launch here."""
        return self.is_begun and self.launches != ()


def xapi_id(registration_id: str, instance: int) -> str:
    """What statements call an instance, where its customer didn't say."""
    return str(uuid5(NAMESPACE_URL, f"{registration_id}#{instance}"))


def enrol(campus: Campus, shelves: Mapping[str, Shelf]) -> dict[str, tuple[Registration, ...]]:
    """The instances of every registration, oldest first, by the registration's id."""
    by_course = {shelf.course.number: shelf for shelf in shelves.values() if shelf.course}
    opaque = _opaque_attempt(campus)
    enrolled: dict[str, tuple[Registration, ...]] = {}
    for place, attempt in enumerate(campus.attempts):
        person = campus.person_by_number[attempt.person]
        learner = _learner(person, is_opaque=attempt.number == opaque)
        shelf = by_course[attempt.course]
        instances = tuple(_instances(place, attempt, learner, shelf))
        enrolled[instances[0].id] = instances
    return enrolled


def _opaque_attempt(campus: Campus) -> int | None:
    """The one attempt of Ada's for which she goes by another id than her e-mail address."""
    ada = {person.number for person in campus.people if person.email == _ADA}
    return min((each.number for each in campus.attempts if each.person in ada), default=None)


def _learner(person: Person, *, is_opaque: bool) -> Learner:
    # Customers choose: most take the e-mail address, some a number of their own.
    by_number = person.email is None or (person.number % 6 == 0 and person.email != _ADA)
    key = f"L-{person.number}" if by_number or is_opaque else str(person.email)
    return Learner(key, person.email, person.first_name, person.last_name)


def registration_id(attempt: Attempt, shelf: Shelf) -> str:
    """Ids are the customer's own, so that some hold what has to be encoded in a URL."""
    match attempt.number % 10:
        case 0:
            return f"{shelf.reference}/{attempt.number}"
        case 5:
            return f"reg {attempt.number}"
        case 7:
            return str(uuid5(NAMESPACE_URL, f"registration {attempt.number}"))
        case _:
            return f"R{attempt.number:06}"


def _instances(
    place: int, attempt: Attempt, learner: Learner, shelf: Shelf
) -> Iterator[Registration]:
    current = _registration(place, attempt, learner, shelf)
    first = shelf.versions[0]
    if len(shelf.versions) == 1 or attempt.started is None or attempt.number % 2:
        yield current
        return
    # Begun on an old version, then started anew on the latest one.
    yield replace(
        current,
        version=first,
        updated=attempt.started,
        last_access=attempt.started,
        completed=None,
        completion="INCOMPLETE",
        success="UNKNOWN",
        amount=0.5,
        score=None,
        seconds=min(current.seconds, 600),
        lesson=None,
        objectives=(),
    )
    key = xapi_id(current.id, 1)
    yield replace(current, instance=1, version=shelf.latest, xapi_id=key)


def _registration(place: int, attempt: Attempt, learner: Learner, shelf: Shelf) -> Registration:
    completion, success = _outcome(attempt)
    is_done = completion == "COMPLETED"
    last = attempt.completed or _left(attempt)
    amount = 1.0 if is_done else 0.5 if attempt.lesson else attempt.progress
    key, version = registration_id(attempt, shelf), shelf.at(attempt.assigned)
    return Registration(
        id=key,
        instance=0,
        version=version,
        learner=learner,
        created=attempt.assigned,
        updated=last or attempt.assigned,
        first_access=attempt.started,
        last_access=last,
        completed=attempt.completed if is_done else None,
        completion=completion,
        success=success,
        # The live service has been seen to answer NaN; one registration here does too.
        amount=None if place == 0 else 0.0 if amount is None else amount,
        score=attempt.score if attempt.lesson is None else None,
        seconds=attempt.seconds or 0,
        lesson=attempt.lesson,
        tags=Chance(f"registration {attempt.number}").some(_TAGS, 0, 2),
        xapi_id=xapi_id(key, 0),
        objectives=global_objectives(version, completion, success),
    )


def global_objectives(
    version: Version, completion: Completion, success: Success
) -> tuple[Objective, ...]:
    """Of the newest SCORM edition, whose courses share objectives, once it is known how it went."""
    if version.package.standard != Standard.SCORM2004_4TH or success == "UNKNOWN":
        return ()
    goal = f"{version.package.identifier}-goal"
    return (
        Objective(
            id=goal,
            primary=False,
            objective_completion=completion,
            objective_success=success,
        ),
    )


def _left(attempt: Attempt) -> datetime | None:
    """When somebody who has not finished was last there."""
    if attempt.started is None:
        return None
    return min(attempt.started + timedelta(seconds=attempt.seconds or 0), TODAY)


def _outcome(attempt: Attempt) -> tuple[Completion, Success]:
    """Completion and success; a lesson alone does not complete a course, nor does a failed test."""
    if attempt.lesson is not None:
        return "INCOMPLETE", "UNKNOWN"
    successes: dict[bool | None, Success] = {None: "UNKNOWN", True: "PASSED", False: "FAILED"}
    success = successes[attempt.passed]
    if attempt.completed is None:
        return ("INCOMPLETE" if attempt.started else "UNKNOWN"), success
    failed_before_the_end = success == "FAILED" and attempt.number % 3 == 0
    return ("INCOMPLETE" if failed_before_the_end else "COMPLETED"), success
