"""The academy as StackOne's rows, beginning with categories, skills and users.

https://docs.stackone.com/lms/api-reference shows each row; the schemas are those of its OpenAPI
document. What the two generations write differently stands in `Row.older`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.records import Campus, Person, Skill, Subject
from sandbox.stackone import values
from sandbox.stackone.fields import OLDER, Generation, Resource
from sandbox.stackone.keys import synthetic
from sandbox.stackone.refusals import timestamp

JSONObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a resource, as the newer generation shows it."""

    remote_id: str
    shown: JSONObject
    source: object
    """What the LMS itself keeps: the answer to `raw=true`."""
    updated: datetime | None = None
    older: Mapping[str, Any] = field(default_factory=dict)
    """Values that June 2025 showed in another form."""
    user: str | None = None
    """Remote id of the user below whom the record is read too."""

    def answer(
        self, resource: Resource, generation: Generation, fields: frozenset[str]
    ) -> JSONObject:
        """Show the row in a generation's form, with just the asked fields if any are asked."""
        row = {**self.shown, **self.older} if generation == OLDER else self.shown
        wanted = fields or frozenset(resource.types) - resource.on_request
        return {name: row[name] for name in resource.shows(generation) if name in wanted}


def remote_course(number: int) -> str:
    return str(number)


def remote_content(number: int) -> str:
    """Remote ids are free text: that of every seventh content has a slash in it."""
    return f"library/{number}" if number % 7 == 0 else f"library-{number}"


def remote_user(number: int) -> str:
    return f"user-{number}"


def remote_category(number: int) -> str:
    return f"category-{number}"


def remote_skill(number: int) -> str:
    return f"skill-{number}"


def identity(remote_id: str) -> JSONObject:
    return {"id": synthetic(remote_id), "remote_id": remote_id}


def custom_fields(number: int) -> JSONObject | None:
    """Custom fields are set up per project; a third of the records have a cost centre."""
    return {"cost_centre": f"CC-{number % 9 + 1}"} if number % 3 == 0 else None


def category_rows(campus: Campus) -> Iterable[Row]:
    for subject in campus.subjects:
        yield Row(
            remote_category(subject.number),
            category(subject),
            subject,
            older={"active": values.active(subject.status)},
        )


def category(subject: Subject) -> JSONObject:
    return identity(remote_category(subject.number)) | {
        "unified_custom_fields": custom_fields(subject.number),
        "name": subject.name,
        "active": values.switch(subject.status, subject.number),
        "hierarchy": values.level(subject.level),
        "level": values.level(subject.level),
        "language": values.language(subject.language),
    }


def skill_rows(campus: Campus) -> Iterable[Row]:
    for each in campus.skills:
        yield Row(
            remote_skill(each.number),
            skill(each),
            each,
            older={"active": values.active(each.status)},
        )


def skill(each: Skill) -> JSONObject:
    return identity(remote_skill(each.number)) | {
        "name": each.name,
        "active": values.switch(each.status, each.number),
        "hierarchy": values.level(each.level),
        "language": values.language(each.language),
        "level": values.level(each.level),
    }


def user_rows(campus: Campus) -> Iterable[Row]:
    for person in campus.people:
        yield Row(
            remote_user(person.number),
            user(person),
            person,
            person.changed,
            older={"active": values.active(person.status)},
        )


def user(person: Person) -> JSONObject:
    return identity(remote_user(person.number)) | {
        "unified_custom_fields": custom_fields(person.number),
        "external_reference": f"staff-{person.number}" if person.number % 3 else None,
        "name": full_name(person),
        "email": person.email,
        "phone_number": person.phone,
        "active": values.switch(person.status, person.number),
        "created_at": timestamp(person.joined),
        "updated_at": timestamp(person.changed),
    }


def full_name(person: Person) -> str:
    parts = (person.first_name, person.middle_name, person.last_name)
    return " ".join(part for part in parts if part)
