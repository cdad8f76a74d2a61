"""What became of the learners, as StackOne's rows: completions and assignments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.chance import TODAY
from sandbox.records import Attempt, Campus
from sandbox.stackone import values
from sandbox.stackone.keys import synthetic
from sandbox.stackone.learning import content_reference
from sandbox.stackone.refusals import timestamp
from sandbox.stackone.rows import (
    JSONObject,
    Row,
    custom_fields,
    identity,
    remote_content,
    remote_course,
    remote_user,
)


@dataclass(frozen=True, slots=True)
class LearningObject:
    """What a completion or an assignment is about: content, a course, or a collection of both."""

    kind: str
    remote_id: str
    reference: str | None

    def shown(self) -> JSONObject:
        return {
            "learning_object_type": values.coded(self.kind, self.kind.upper()),
            "learning_object_id": synthetic(self.remote_id),
            "remote_learning_object_id": self.remote_id,
            "learning_object_external_reference": self.reference,
        }


def learning_object(campus: Campus, attempt: Attempt) -> LearningObject:
    """Find what an attempt is about; now and then an LMS names a collection with the course in it.

    Collections have no read operation: their id leads nowhere.
    """
    course = campus.course_by_number[attempt.course]
    if attempt.lesson is not None:
        lesson = campus.lesson_by_number[attempt.lesson]
        return LearningObject("content", remote_content(lesson.number), content_reference(lesson))
    if attempt.number % 61 == 0:
        number = course.number
        return LearningObject("collection", f"collection-{number}", f"COLLECTION-{number}")
    return LearningObject("course", remote_course(course.number), course.reference)


def collection_rows(campus: Campus) -> Iterable[Row]:
    """Yield the collections that attempts name: nobody reads them, but they can be written to."""
    seen = set()
    for attempt in campus.attempts:
        about = learning_object(campus, attempt)
        if about.kind == "collection" and about.remote_id not in seen:
            seen.add(about.remote_id)
            within = remote_course(attempt.course)
            shown = identity(about.remote_id) | {
                "external_reference": about.reference,
                "title": f"Collection {attempt.course}",
                "learning_object_ids": [synthetic(within)],
                "remote_learning_object_ids": [within],
            }
            yield Row(about.remote_id, shown, shown)


def completion_rows(campus: Campus) -> Iterable[Row]:
    for attempt in campus.attempts:
        if attempt.completed is not None:
            remote_id = f"completion-{attempt.number}"
            yield Row(
                remote_id,
                identity(remote_id) | completion(campus, attempt),
                attempt,
                attempt.completed,
                user=remote_user(attempt.person),
            )


def completion(campus: Campus, attempt: Attempt) -> JSONObject:
    about = learning_object(campus, attempt)
    return {
        "unified_custom_fields": custom_fields(attempt.number),
        "external_reference": None,
        "result": values.result(attempt.passed, attempt.grade),
        "completed_at": moment(attempt.completed),
        "created_at": moment(attempt.started),
        "updated_at": moment(attempt.completed),
        **about.shown(),
        **learner(attempt),
        "time_spent": values.duration(attempt.seconds),
        "certificate_url": attempt.certificate_url,
        "score": score(attempt),
        **deprecated(about),
    }


def deprecated(about: LearningObject) -> JSONObject:
    """Name the learning object in the words that came before `learning_object_id`."""
    content = about.remote_id if about.kind == "content" else None
    course = about.remote_id if about.kind == "course" else None
    return {
        "external_id": None,
        "remote_external_id": None,
        "content_external_reference": about.reference if content else None,
        "content_id": content and synthetic(content),
        "remote_content_id": content,
        "course_id": course and synthetic(course),
        "remote_course_id": course,
    }


def learner(attempt: Attempt) -> JSONObject:
    remote_id = remote_user(attempt.person)
    return {"user_id": synthetic(remote_id), "remote_user_id": remote_id}


def score(attempt: Attempt) -> JSONObject | None:
    if attempt.score is None and attempt.score_text is None:
        return None
    return {"percentage": attempt.score, "raw_value": attempt.score_text}


def moment(when: datetime | None) -> str | None:
    return None if when is None else timestamp(when)


def assignment_rows(campus: Campus) -> Iterable[Row]:
    has_text = False
    for attempt in campus.attempts:
        remote_id = f"assignment-{attempt.number}"
        shown = identity(remote_id) | assignment(campus, attempt)
        older = assignment_before(attempt, shown)
        # The published example of this number is the string "40": June shows one such row. The
        # newer generation doesn't, because its official client refuses the answer then.
        if not has_text and 0 < (shown["progress"] or 0) < 100:
            has_text = True
            older["progress"] = str(shown["progress"])
        yield Row(
            remote_id,
            shown,
            attempt,
            last_change(attempt),
            older,
            user=remote_user(attempt.person),
        )


def assignment_before(attempt: Attempt, shown: JSONObject) -> JSONObject:
    """Show what June 2025 wrote otherwise: a date was any string, some without a time."""
    due = attempt.due and attempt.due.date().isoformat()
    return {"due_date": due if attempt.number % 2 else shown["due_date"]}


def assignment(campus: Campus, attempt: Attempt) -> JSONObject:
    about = learning_object(campus, attempt)
    old_names = deprecated(about)
    return {
        "unified_custom_fields": custom_fields(attempt.number),
        "external_reference": None,
        **about.shown(),
        **learner(attempt),
        "course_id": old_names["course_id"],
        "remote_course_id": old_names["remote_course_id"],
        "progress": percentage(attempt.progress),
        "status": status(attempt),
        "assigned_at": moment(attempt.assigned),
        "due_date": moment(attempt.due),
        "completed_at": moment(attempt.completed),
        "created_at": moment(attempt.assigned),
        "updated_at": moment(last_change(attempt)),
        "result": values.result(attempt.passed, attempt.grade),
        "certificate_url": attempt.certificate_url,
    }


def percentage(progress: float | None) -> int | None:
    return None if progress is None else round(progress * 100)


def status(attempt: Attempt) -> dict[str, Any]:
    """Write how far an assignment is; a late one that nobody began is a state of the LMS's own."""
    if attempt.completed is not None:
        return values.coded("completed", "Completed")
    if attempt.started is not None:
        return values.coded("in_progress", "Started")
    if attempt.due is not None and attempt.due < TODAY:
        return values.coded(values.UNMAPPED, "Overdue")
    return values.coded("pending", "Assigned")


def last_change(attempt: Attempt) -> datetime:
    return attempt.completed or attempt.started or attempt.assigned
