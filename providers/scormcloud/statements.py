"""What learners did, in the words of xAPI, as SCORM Cloud's record store holds it.

https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Data.md ; the parts of a statement are
open-ended and given as they come.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from providers.model import Record
from providers.reading import Reader

# The published model spells the object by its kind, xAPI itself calls it ``object``. Which of them
# the service sends is not shown anywhere, so both are read.
OBJECTS = (
    "object",
    "objectActivity",
    "objectAgentGroup",
    "objectStatementReference",
    "objectSubStatement",
)


def first_given(*values: Any) -> Any:
    """The first of several values that is there."""
    return next(value for value in values if value is not None)


class ScormCloudStatement(Record, frozen=True, kw_only=True):
    """An xAPI statement: who did what. Its key is its id."""

    actor: Any = None
    """Who did it: an agent or a group."""
    verb_id: str | None = None
    """What was done, as an IRI."""
    verb: Any = None
    """What was done, with its names by language."""
    object_id: str | None = None
    """What it was done to, as an IRI or a statement's id; None where the object has no id."""
    object: Any = None
    """What it was done to: an activity, an agent or group, or another statement."""
    result: Any = None
    context: Any = None
    happened_at: datetime | None = None
    stored_at: datetime | None = None
    authority: Any = None
    """Who vouches for it."""
    attachments: Any = None


STATEMENT = Reader(
    ScormCloudStatement,
    key="id",
    actor="actor",
    verb_id="verb.id",
    verb="verb",
    object_id=(tuple(f"{name}.id" for name in OBJECTS), first_given),
    object=(OBJECTS, first_given),
    result="result",
    context="context",
    happened_at="timestamp",
    stored_at="stored",
    authority="authority",
    attachments="attachments",
)
