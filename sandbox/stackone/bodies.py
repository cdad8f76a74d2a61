"""What may be written: the fields of each body, their types, and which of them must be there.

The tables follow StackOne's own LMS OpenAPI documents of 2025-06-17 and 2025-12-03.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.stackone.fields import NEWER, OLDER, Generation, words
from sandbox.stackone.rows import JSONObject

Check = Callable[[Any, Generation], Iterator[str]]
"""Says what is wrong with a value, in words that go after the field's name."""

ISO_DURATION = re.compile(
    r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"
)


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON object that an operation takes; null is as good as absent everywhere."""

    fields: Mapping[str, Check]
    required: frozenset[str] = frozenset()
    """Fields that must be there in the newer generation; June 2025 required none of these."""
    newer: frozenset[str] = frozenset()
    """Fields that June 2025 didn't have."""
    older: frozenset[str] = frozenset()
    """Fields that only June 2025 had."""

    def takes(self, generation: Generation) -> frozenset[str]:
        hidden = self.newer if generation == OLDER else self.older
        return frozenset(self.fields) - hidden

    def given(self, body: JSONObject, generation: Generation) -> JSONObject:
        """Keep what the operation knows; what else a body holds is ignored, as nothing says."""
        known = self.takes(generation)
        return {name: value for name, value in body.items() if name in known and value is not None}

    def complaints(self, body: object, generation: Generation) -> Iterator[str]:
        """Say what is wrong with a body: `Missing field: name` is in the documents' own words."""
        if not isinstance(body, dict):
            yield "Body must be an object"
            return
        given = self.given(body, generation)
        if generation == NEWER:
            yield from (
                f"Missing field: {name}" for name in sorted(self.required) if not given.get(name)
            )
        for name, value in given.items():
            yield from (f"{name} {text}" for text in self.fields[name](value, generation))


def a(what: str, accepts: Callable[[Any], bool]) -> Check:
    def check(value: Any, generation: Generation) -> Iterator[str]:
        if not accepts(value):
            yield f"must be {what}"

    return check


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_code(value: Any) -> bool:
    """Tell an enum object; which values it may have is open: x-speakeasy-unknown-values."""
    return isinstance(value, dict) and isinstance(value.get("value"), str | None)


string = a("a string", lambda value: isinstance(value, str))
number = a("a number", is_number)
an_object = a("an object", lambda value: isinstance(value, dict))
code = a("an object with value and source_value", is_code)
duration = a(
    "an ISO 8601 duration",
    lambda value: isinstance(value, str) and bool(ISO_DURATION.fullmatch(value)),
)
percentage = a("a number from 0 to 100", lambda value: is_number(value) and 0 <= value <= 100)
text_or_texts = a("a string or a list of strings", lambda value: is_text_or_texts(value))


def is_text_or_texts(value: Any) -> bool:
    texts = value if isinstance(value, list) else [value]
    return all(isinstance(text, str) for text in texts)


def moment(value: Any, generation: Generation) -> Iterator[str]:
    """Check a date-time: until September 2025 any string was one."""
    if not isinstance(value, str):
        yield "must be a string"
    elif generation == NEWER and not is_moment(value):
        yield "must be a valid ISO 8601 date string"


def is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def switch(value: Any, generation: Generation) -> Iterator[str]:
    """Check `active`: a boolean, since July 2025 also its name in a string."""
    if not isinstance(value, bool) and not (generation == NEWER and value in ("true", "false")):
        yield "must be a boolean"


def one(body: Body) -> Check:
    def check(value: Any, generation: Generation) -> Iterator[str]:
        yield from (f"is wrong: {text}" for text in body.complaints(value, generation))

    return check


def several(check: Check) -> Check:
    def check_all(values: Any, generation: Generation) -> Iterator[str]:
        if not isinstance(values, list):
            yield "must be a list"
            return
        for index, value in enumerate(values):
            yield from (f"[{index}] {text}" for text in check(value, generation))

    return check_all


def fields(**names: tuple[Check, str]) -> dict[str, Check]:
    """Turn `texts=(string, "id name")` into a check by field name."""
    return {name: check for check, listed in names.values() for name in listed.split()}


FILED = fields(texts=(string, "id name"), codes=(code, "hierarchy level language"))
CATEGORY = Body({**FILED, "unified_custom_fields": an_object})
SKILL = Body(FILED)
AUTHOR = Body(fields(texts=(string, "id name")))
ADDITIONAL = Body({**fields(texts=(string, "id remote_id")), "value": text_or_texts})
SCORE = Body({"percentage": percentage, "raw_value": string})

# The schema says `language`, every published example writes `languages`: both are taken.
LOCALIZATION = Body(
    {
        **fields(texts=(string, "title description"), codes=(code, "language languages")),
        "tags": several(string),
    }
)

LEARNING_OBJECT = {
    **fields(texts=(string, "external_reference title description cover_url")),
    "unified_custom_fields": an_object,
    "categories": several(one(CATEGORY)),
    "skills": several(one(SKILL)),
}

CHILD = Body(
    {
        **fields(
            texts=(
                string,
                "external_reference title description content_url mobile_launch_content_url",
            )
        ),
        "order": number,
    }
)

# In June 2025 only; since then, a course is written as content of the type course.
COURSE = Body(
    {
        **LEARNING_OBJECT,
        "url": string,
        "active": switch,
        "duration": duration,
        "languages": several(code),
        "localizations": several(one(LOCALIZATION)),
        "content": several(one(CHILD)),
    }
)

CONTENT = Body(
    {
        **LEARNING_OBJECT,
        **fields(
            texts=(string, "content_url mobile_launch_content_url short_description"),
            moments=(moment, "updated_at created_at"),
        ),
        "content_type": code,
        "active": switch,
        "duration": duration,
        "order": number,
        "languages": several(code),
        "localizations": several(one(LOCALIZATION)),
        "tags": several(string),
        "authors": several(one(AUTHOR)),
        "additional_data": several(one(ADDITIONAL)),
        # Not before February 2026; taken at once, since it is optional and an addition.
        "passthrough": an_object,
    },
    required=words("external_reference"),
    newer=words("authors passthrough"),
)

COLLECTION = Body(
    {
        **LEARNING_OBJECT,
        "languages": several(string),
        "learning_object_ids": several(string),
        "remote_learning_object_ids": several(string),
    }
)

ASSIGNMENT = Body(
    {
        **fields(
            texts=(
                string,
                "external_reference learning_object_id learning_object_external_reference",
            ),
            moments=(moment, "assigned_at due_date created_at"),
        ),
        "passthrough": an_object,
        "progress": percentage,
        "status": code,
    },
    required=words("learning_object_external_reference"),
    newer=words("assigned_at"),
    older=words("created_at"),
)

COMPLETION = Body(
    {
        **fields(
            texts=(
                string,
                "learning_object_id learning_object_external_reference content_id"
                " content_external_reference",
            )
        ),
        "passthrough": an_object,
        "result": code,
        "completed_at": moment,
        "time_spent": duration,
        "score": one(SCORE),
    },
    required=words("learning_object_external_reference"),
    newer=words("score"),
)


@dataclass(frozen=True, slots=True)
class Write:
    """One write operation: where it is, what it takes, and whether it was dropped."""

    resource: str
    name: str
    method: str
    path: str
    body: Body | None = None
    dropped: bool = False
    """Only June 2025 had it."""

    def is_of(self, generation: Generation) -> bool:
        return generation == OLDER or not self.dropped


WRITES = (
    Write("courses", "upsert", "PUT", "/courses", COURSE, dropped=True),
    Write("courses", "batch_upsert", "POST", "/courses/batch", COURSE, dropped=True),
    Write("content", "upsert", "PUT", "/content", CONTENT),
    Write("content", "batch_upsert", "POST", "/content/batch", CONTENT),
    Write("content", "update", "PATCH", "/content/{id}", CONTENT, dropped=True),
    Write("collections", "create", "POST", "/collections", COLLECTION, dropped=True),
    Write("collections", "update", "PATCH", "/collections/{id}", COLLECTION, dropped=True),
    Write("assignments", "create", "POST", "/users/{id}/assignments", ASSIGNMENT),
    Write("completions", "create", "POST", "/users/{id}/completions", COMPLETION),
    Write("completions", "delete", "DELETE", "/users/{id}/completions/{sub}"),
)
"""Every write of both generations."""
