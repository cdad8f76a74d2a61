"""The academy as the graph is to show it, where SCORM Cloud stands between: its courses are read
from real packages, so what identifies their parts is taken from these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from sandbox.packages import Activity
from sandbox.packages.outline import duration
from sandbox.records import Campus
from sandbox.scormcloud.cloud import Cloud
from sandbox.scormcloud.library import Shelf
from sandbox.scormcloud.progress import Result, results
from sandbox.scormcloud.roster import Registration
from tests.graph.expected.values import (
    Row,
    decimal,
    full_name,
    instant,
    keyed,
    length,
    nodes,
    one,
)


@dataclass(frozen=True)
class ScormCloud:
    """A campus at SCORM Cloud."""

    campus: Campus

    @cached_property
    def cloud(self) -> Cloud:
        return Cloud(self.campus)

    @cached_property
    def registrations(self) -> list[Registration]:
        """In the source's own order: those created last come first."""
        return sorted(self.cloud.current, key=lambda each: each.created, reverse=True)

    def courses(self) -> Iterable[Row]:
        return map(self._course, self.cloud.shelves.values())

    def _course(self, shelf: Shelf) -> Row:
        course, key, metadata = shelf.course, shelf.course_id, shelf.latest.package.metadata
        assert course is not None  # nothing was imported
        own = [each for each in self.registrations if each.version.course_id == key]
        says_length = metadata.duration is not None  # AICC and xAPI packages don't
        return {
            "key": key,
            "title": course.title,
            # A package speaks another of its languages, or repeats the title, where the course has
            # no description.
            "description": course.description or metadata.description,
            "duration": duration(course.minutes) if says_length else None,
            "durationSeconds": length(course.minutes) if says_length else None,
            "contents": keyed(activity_key(key, each) for each in below(shelf.latest.package.root)),
            "completions": nodes(each.id for each in own if is_completion(each)),
            "assignments": nodes(each.id for each in own),
            "externalReference": key,
            "tags": list(course.tags),
            "createdAt": instant(shelf.latest.created),
            "updatedAt": instant(shelf.latest.updated),
        }

    def contents(self) -> Iterable[Row]:
        for shelf in self.cloud.shelves.values():
            assert shelf.course is not None
            titles = {lesson.title for lesson in shelf.course.lessons}
            for activity in below(shelf.latest.package.root):
                is_lesson = not activity.children and bool(titles)
                assert not is_lesson or activity.title in titles
                yield {
                    "key": activity_key(shelf.course_id, activity),
                    "title": activity.title,
                    "courses": keyed([shelf.course_id]),
                }

    def completions(self) -> Iterable[Row]:
        return map(self._completion, filter(is_completion, self.registrations))

    def _completion(self, each: Registration) -> Row:
        return {
            "key": each.id,
            "user": one(each.learner.id),
            "course": one(each.version.course_id),
            "score": decimal(each.score),
            "scoreText": None if each.score is None else str(float(each.score)),
            "result": each.success if each.success in ("PASSED", "FAILED") else None,
            "resultText": each.success,
            "startedAt": instant(each.first_access),
            "completedAt": instant(each.completed),
            "timeSpent": f"PT{each.seconds}S",
            "timeSpentSeconds": float(each.seconds),
            "createdAt": instant(each.created),
            "updatedAt": instant(each.updated),
            **searched(each),
        }

    def users(self) -> Iterable[Row]:
        """Each learner once, as the registration has it that was changed last."""
        newest: dict[str, Registration] = {}
        for each in self.registrations:
            known = newest.get(each.learner.id)
            if known is None or each.updated > known.updated:
                newest[each.learner.id] = each
        return map(self._user, newest.values())

    def _user(self, each: Registration) -> Row:
        learner = each.learner
        own = [other for other in self.registrations if other.learner.id == learner.id]
        return {
            "key": learner.id,
            "name": full_name(learner.first_name, learner.last_name),
            "firstName": learner.first_name,
            "lastName": learner.last_name,
            "email": learner.email,
            "completions": nodes(other.id for other in own if is_completion(other)),
            "assignments": nodes(other.id for other in own),
            "externalReference": learner.id,
            "updatedAt": instant(each.updated),
            "-courses": [other.version.course_id for other in own],
        }

    def assignments(self) -> Iterable[Row]:
        return map(self._assignment, self.registrations)

    def _assignment(self, each: Registration) -> Row:
        return {
            "key": each.id,
            "user": one(each.learner.id),
            "course": one(each.version.course_id),
            "completion": one(each.id) if is_completion(each) else None,
            "status": {
                "COMPLETED": "COMPLETED",
                "INCOMPLETE": "IN_PROGRESS",
                "UNKNOWN": "PENDING",
            }[each.completion],
            "statusText": each.completion,
            # The one that is "NaN" says nothing.
            "progress": None if each.amount is None else round(each.amount * 100, 4),
            "assignedAt": instant(each.created),
            "startsAt": instant(each.first_access),
            "completedAt": instant(each.completed),
            "createdAt": instant(each.created),
            "updatedAt": instant(each.updated),
            **searched(each),
        }

    def finished_activities(self) -> dict[str, list[Row]]:
        """By key of a content: who finished it."""
        found: dict[str, list[Row]] = {}
        for each in self.registrations:
            course = each.version.course_id
            for done in inside(results(each)):
                if done.completion != "COMPLETED" and done.success == "UNKNOWN":
                    continue
                key = activity_key(course, done.activity)
                found.setdefault(key, []).append(
                    {
                        "user": one(each.learner.id),
                        "course": one(course),
                        "content": one(key),
                        "result": None if done.success == "UNKNOWN" else done.success,
                        "score": decimal(done.score),
                    }
                )
        return found


def searched(each: Registration) -> dict[str, Any]:
    """What registrations are searched by."""
    return {
        "-tags": list(each.tags),
        "-courseTitle": each.version.package.title,
        "-userFirstName": each.learner.first_name,
        "-userLastName": each.learner.last_name,
    }


def inside(result: Result) -> Iterator[Result]:
    """All results below one."""
    for child in result.children:
        yield child
        yield from inside(child)


def is_completion(registration: Registration) -> bool:
    """Whether it is completed, or its success is known."""
    return registration.completion == "COMPLETED" or registration.success != "UNKNOWN"


def below(activity: Activity) -> Iterator[Activity]:
    """All activities below one, each before those inside it."""
    for child in activity.children:
        yield child
        yield from below(child)


def activity_key(course: str, activity: Activity) -> str:
    """What it takes to find a content again: its course, and its place there."""
    parts: list[Any] = [course, activity.item_identifier]
    return "/".join(quote(part, safe="") for part in parts)
