"""Turns what is written about courses, content and collections into rows of an account's LMS.

An upsert replaces the record with the same external reference: StackOne doesn't support partial
updates. https://docs.stackone.com/lms/unified-lms-features/lms-features
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from sandbox.stackone import values
from sandbox.stackone.fields import (
    CATEGORIES,
    CONTENT,
    COURSES,
    NEWER,
    SKILLS,
    Generation,
    Resource,
)
from sandbox.stackone.keys import remote
from sandbox.stackone.library import Register
from sandbox.stackone.refusals import timestamp
from sandbox.stackone.rows import JSONObject, Row, identity
from sandbox.stackone.shown import as_boolean, code, language, moment, shown

# The shelves of learning objects: an external reference names one thing on all of them.
LEARNING_OBJECTS = {"courses": "course", "content": "content", "collections": "collection"}

# Collections are written only: no published row shows them.
PUBLISHED: Mapping[str, Resource] = {"courses": COURSES, "content": CONTENT}

FILES: Mapping[str, Resource] = {"categories": CATEGORIES, "skills": SKILLS}

# What a record keeps although a body that replaces it can't say it.
KEPT: Mapping[str, tuple[str, ...]] = {
    "courses": ("content_ids", "remote_content_ids", "content", "provider", "created_at"),
    "content": ("course_ids", "remote_course_ids", "provider", "created_at"),
    "collections": (),
}


class Unfit(Exception):
    """What the LMS can't take: an answer of its own, or a line of a batch's `errors`."""

    def __init__(self, status: int, *texts: str) -> None:
        super().__init__(*texts)
        self.status = status
        self.texts = texts


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes records of one account in one generation's words."""

    register: Register
    generation: Generation

    def upsert_course(self, given: JSONObject) -> Row:
        """Write a course, and the content in it: PUT /courses of June 2025."""
        self.check_course(given)
        row = self.upsert("courses", given)
        children = [self.child(row, child) for child in given.get("content") or ()]
        return self.with_children(row, children) if children else row

    def check_course(self, given: JSONObject) -> None:
        """Refuse what can't be a course, before anything of it is written."""
        self.check("courses", given)
        for child in given.get("content") or ():
            reference = child.get("external_reference")
            known = self.owner(reference, "content") if reference else None
            if known is None and not child.get("title"):
                raise Unfit(422, "Missing field: content.title")

    def upsert_content(self, given: JSONObject) -> Row:
        """Write what `content_type` says that it is: content, or a course or a collection."""
        shelf = self.shelf_of(given)
        # What a course has no field for, stays with the LMS: `raw` shows it.
        more = {"url": given.get("content_url")} if shelf == "courses" else {}
        return self.upsert(shelf, given, **more)

    def check_content(self, given: JSONObject) -> None:
        self.check(self.shelf_of(given), given)

    def shelf_of(self, given: JSONObject) -> str:
        """Read WriteContentTypeEnum: `source_value` counts where `value` is absent or unmapped.

        June's enum had neither courses nor collections, which had operations of their own.
        """
        said = given.get("content_type") or {}
        value = said.get("value")
        kind = said.get("source_value") if value in (None, values.UNMAPPED) else value
        named = {"course": "courses", "collection": "collections"}
        if self.generation != NEWER or not isinstance(kind, str):
            return "content"
        return named.get(kind.lower(), "content")

    def upsert(self, shelf: str, given: JSONObject, **more: Any) -> Row:
        return self.keep(shelf, self.check(shelf, given), given, more, partial=False)

    def check(self, shelf: str, given: JSONObject) -> Row | None:
        """Find the record that would be replaced, if any; refuse what the LMS wouldn't take.

        It needs a title, whatever the schema says; so does whoever replaces a record.
        """
        if not given.get("title"):
            raise Unfit(422, "Missing field: title")
        return self.meant(shelf, given)

    def meant(self, shelf: str, given: JSONObject) -> Row | None:
        """Find the record that a body is about: by its reference, or without one by its title.

        A reference that another kind of learning object has already is a conflict.
        """
        reference = given.get("external_reference")
        if not reference:
            title = given.get("title")
            return self.register.shelf(shelf).named("title", title) if title else None
        return self.owner(reference, shelf)

    def owner(self, reference: str, shelf: str) -> Row | None:
        for name, kind in LEARNING_OBJECTS.items():
            row = self.register.shelf(name).named("external_reference", reference)
            if row and name != shelf:
                raise Unfit(409, f"Conflict: external_reference belongs to a {kind}")
            if row:
                return row
        return None

    def create(self, shelf: str, given: JSONObject) -> Row:
        """Write something new; a reference that is taken is a conflict, as this is no upsert."""
        reference = given.get("external_reference")
        if not given.get("title"):
            raise Unfit(422, "Missing field: title")
        if reference and self.owner(reference, shelf):
            raise Unfit(409, "Conflict: external_reference is taken")
        return self.keep(shelf, None, given, {}, partial=False)

    def update(self, shelf: str, old: Row, given: JSONObject) -> Row:
        """Change just the fields that are given: PATCH."""
        reference = given.get("external_reference")
        other = self.owner(reference, shelf) if reference else None
        if other and other.remote_id != old.remote_id:
            raise Unfit(409, "Conflict: external_reference is taken")
        return self.keep(shelf, old, given, {}, partial=True)

    def keep(
        self, shelf: str, old: Row | None, given: JSONObject, more: JSONObject, *, partial: bool
    ) -> Row:
        kind = LEARNING_OBJECTS[shelf]
        remote_id = old.remote_id if old else self.register.new_remote_id(kind)
        before = old.shown if old else {}
        kept = before if partial else {name: before[name] for name in KEPT[shelf] if name in before}
        now = self.register.now()
        record = blank(PUBLISHED.get(shelf)) | {"created_at": timestamp(now)} | kept
        record |= {"updated_at": timestamp(now)} | self.shown(given) | more | identity(remote_id)
        known = msgspec.to_builtins(old.source) if old and partial else {}
        row = Row(
            remote_id,
            record,
            known | {"id": remote_id} | given,
            moment(record["updated_at"]),
            older={"active": as_boolean(record.get("active"))},
        )
        self.register.shelf(shelf).put(row)
        return row

    def shown(self, given: JSONObject) -> JSONObject:
        """Write the given fields as reads show them."""
        written = {name: shown(name, value) for name, value in given.items()}
        # Children are written for themselves, and named once they have ids.
        written.pop("content", None)
        for name in FILES.keys() & written.keys():
            written[name] = [self.filed(FILES[name], each) for each in given[name]]
        return written

    def child(self, course: Row, given: JSONObject) -> Row:
        """Write content inside its course: found by its reference, or by its title in there."""
        shelf = self.register.shelf("content")
        reference, title = given.get("external_reference"), given.get("title")
        inside = [shelf.find(key) for key in course.shown["remote_content_ids"]]
        titled = (row for row in inside if row and title and row.shown["title"] == title)
        old = self.owner(reference, "content") if reference else next(titled, None)
        parents = old.shown["remote_course_ids"] if old else []
        within = [*parents, *({course.remote_id} - set(parents))]
        more = {"course_ids": [identity(key)["id"] for key in within], "remote_course_ids": within}
        return self.keep("content", old, given, more, partial=True)

    def with_children(self, course: Row, children: list[Row]) -> Row:
        """Add content to what a course has; nothing says that an upsert takes any away."""
        shelf = self.register.shelf("content")
        written = (row.remote_id for row in children)
        keys = list(dict.fromkeys([*course.shown["remote_content_ids"], *written]))
        rows = [row for row in map(shelf.find, keys) if row]
        inside = [
            {name: row.shown[name] for name in ("id", "remote_id", "title", "content_url", "order")}
            for row in rows
        ]
        more = {
            "content": inside,
            "content_ids": [identity(key)["id"] for key in keys],
            "remote_content_ids": keys,
        }
        whole = Row(
            course.remote_id, course.shown | more, course.source, course.updated, course.older
        )
        self.register.shelf("courses").put(whole)
        return whole

    def filed(self, resource: Resource, given: JSONObject) -> JSONObject:
        """Show a category or skill inside a row; one that the LMS hasn't got yet is made."""
        shelf = self.register.shelf(resource.name)
        key, name = given.get("id"), given.get("name")
        row = (shelf.find(key) if key else None) or (shelf.named("name", name) if name else None)
        if row is None:
            remote_id = remote(key) if key else self.register.new_remote_id(resource.name)
            row = Row(remote_id, self.new_file(resource, given, remote_id), given)
            shelf.put(row)
        return {
            name: row.shown[name] for name in ("id", "remote_id", "name", "hierarchy", "language")
        }

    def new_file(self, resource: Resource, given: JSONObject, remote_id: str) -> JSONObject:
        hierarchy = code(given.get("hierarchy") or given.get("level"))
        return {
            **blank(resource),
            **identity(remote_id),
            "name": given.get("name") or remote_id,
            "active": True,
            "hierarchy": hierarchy,
            "level": hierarchy,
            "language": language(given.get("language")),
            # Skills have none: a row shows what its resource has.
            "unified_custom_fields": given.get("unified_custom_fields"),
        }


def blank(resource: Resource | None) -> JSONObject:
    """Make a row that says nothing: lists are empty, all else is null."""
    types = resource.types if resource else {}
    return {name: [] if kind == "array" else None for name, kind in types.items()}
