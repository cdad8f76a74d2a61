"""Turns what is written about a user into rows: assignments and completions."""

from datetime import datetime

from sandbox.stackone.progress import LearningObject, deprecated
from sandbox.stackone.refusals import timestamp
from sandbox.stackone.rows import JSONObject, Row, identity
from sandbox.stackone.shown import shown
from sandbox.stackone.values import coded
from sandbox.stackone.written import LEARNING_OBJECTS, Pen, Unfit


def assign(pen: Pen, user: Row, given: JSONObject) -> Row:
    """Give a user something to learn; what is already to be learned is a conflict."""
    about = learning_object(pen, given)
    shelf = pen.register.shelf("assignments")
    if any(is_open(row, about) for row in shelf.of_user(user.remote_id)):
        raise Unfit(409, "Conflict: the learning object is assigned already")
    now = pen.register.now()
    status = shown("status", given.get("status")) or coded("pending", "Assigned")
    record = {
        "unified_custom_fields": None,
        "external_reference": given.get("external_reference"),
        **about.shown(),
        **learner(user),
        "course_id": deprecated(about)["course_id"],
        "remote_course_id": deprecated(about)["remote_course_id"],
        "progress": given.get("progress", 0),
        "status": status,
        "assigned_at": given.get("assigned_at") or given.get("created_at") or timestamp(now),
        "due_date": given.get("due_date"),
        "completed_at": timestamp(now) if status["value"] == "completed" else None,
        "result": None,
        "certificate_url": None,
    }
    return keep(pen, "assignments", user, record, given, now)


def is_open(row: Row, about: LearningObject) -> bool:
    same = row.shown["remote_learning_object_id"] == about.remote_id
    return bool(same and row.shown["status"]["value"] != "completed")


def complete(pen: Pen, user: Row, given: JSONObject) -> Row:
    """Note that a user finished something, as often as it is told: creating isn't idempotent.

    Whether an LMS ends the assignment then is its own affair; this one doesn't.
    """
    about = learning_object(pen, given)
    now = pen.register.now()
    record = {
        "unified_custom_fields": None,
        "external_reference": None,
        "result": shown("result", given.get("result")),
        "completed_at": given.get("completed_at") or timestamp(now),
        **about.shown(),
        **learner(user),
        "time_spent": given.get("time_spent"),
        "certificate_url": None,
        "score": shown("score", given["score"]) if "score" in given else None,
        **deprecated(about),
    }
    return keep(pen, "completions", user, record, given, now)


def keep(
    pen: Pen, shelf: str, user: Row, record: JSONObject, given: JSONObject, now: datetime
) -> Row:
    remote_id = pen.register.new_remote_id(shelf.removesuffix("s"))
    times = {"created_at": given.get("created_at") or timestamp(now), "updated_at": timestamp(now)}
    row = Row(
        remote_id,
        identity(remote_id) | record | times,
        {"id": remote_id, "user": user.remote_id} | given,
        now,
        user=user.remote_id,
    )
    pen.register.shelf(shelf).put(row)
    return row


def learner(user: Row) -> JSONObject:
    return {"user_id": user.shown["id"], "remote_user_id": user.remote_id}


def learning_object(pen: Pen, given: JSONObject) -> LearningObject:
    """Find what a body is about: by an id if there is one, or by its reference.

    The reference is "the main identifier"; June 2025 required neither, and completions had the
    older names for content beside them. An object without a reference is known by its id alone.
    """
    reference = first(given, "learning_object_external_reference", "content_external_reference")
    key = first(given, "learning_object_id", "content_id")
    if not reference and not key:
        raise Unfit(400, "Missing field: learning_object_external_reference")
    about = named(pen, reference, key)
    if about is None or (reference and about.reference not in (None, reference)):
        raise Unfit(422, "No such learning object")
    return about


def first(given: JSONObject, *names: str) -> str | None:
    return next((given[name] for name in names if given.get(name)), None)


def named(pen: Pen, reference: str | None, key: str | None) -> LearningObject | None:
    for name, kind in LEARNING_OBJECTS.items():
        shelf = pen.register.shelf(name)
        row = shelf.find(key) if key else shelf.named("external_reference", reference or "")
        if row:
            return LearningObject(kind, row.remote_id, row.shown["external_reference"])
    return None
