"""How VitalSource's JSON becomes our records.

Ids are whole numbers beyond 32 bits. Every field is optional ("Required: No"), and whether a
missing value is null or left out isn't documented: both are read. Rows of a course (its students,
its opt-outs) are found again only through the course, so their keys hold its id too.

https://developer.vitalsource.com/hc/en-us/articles/360025489673 (course)
https://developer.vitalsource.com/hc/en-us/articles/360025648674 (rosters)
https://developer.vitalsource.com/hc/en-us/articles/360025783373 (opt-outs)
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from providers.base import join_key
from providers.convert import first_text, flag, full_name, number_key, text
from providers.model import Assignment, Course, Record, Status, User
from providers.reading import Facet, Reader, Ref


def activity(value: Any) -> Status:
    """Status by the flag ``active``."""
    return Status.ACTIVE if flag(value) else Status.INACTIVE


def activity_text(value: Any) -> str:
    """The flag ``active`` as VitalSource writes it; text as it is."""
    return str(value).lower() if isinstance(value, bool) else text(value)


def key_in_course(course: str, row: Any) -> str:
    """The key of a row of a course, by the course's key and the row's id."""
    return join_key(course, number_key(row))


class VitalSourceCourse(Record, frozen=True, kw_only=True):
    """What only VitalSource says of a course."""

    tenant_id: str | None = None
    """The school."""
    term_id: str | None = None
    """The term; not always used, it depends on the LMS."""
    name: str | None = None
    """Often the LTI ``context_id``."""
    title: str | None = None
    """LTI ``context_title``; not unique."""
    label: str | None = None
    """LTI ``context_label``; not unique."""
    lms_context_id: str | None = None
    """LTI ``context_id``; unique to the course."""
    census_on: date | None = None
    """End of the time for adding and dropping, which governs licences."""
    opt_out_on: date | None = None
    """End of the time for adding and dropping, which governs opting in and out."""
    is_active: bool | None = None
    """The flag as it came: false after the end date, or where there is none, 45 days after the last
    student came in from the LMS."""


class VitalSourceUser(Record, frozen=True, kw_only=True):
    """What only VitalSource says of a student, whom it knows in one course at a time."""

    tenant_id: str | None = None
    """The school."""
    course_ref: str | None = None
    """The course whose roster names the student."""


class OptOut(Record, frozen=True, kw_only=True):
    """A decision for or against a course's material."""

    tenant_id: str | None = None
    """The school."""
    tenant_user_id: str | None = None
    """Who decided. Nothing documented joins this id to a student of a roster."""
    course_ref: str | None = None
    """The course."""
    is_opted_out: bool | None = None
    """True where the material was turned down."""
    sku: str | None = None
    """VitalSource's identifier of the product."""
    created_at: datetime | None = None
    updated_at: datetime | None = None


COURSE_FACET = Reader(
    VitalSourceCourse,
    owned=True,
    tenant_id=("tenant_id", number_key),
    term_id=("term_id", number_key),
    name="name",
    title="title",
    label="label",
    lms_context_id="lms_context_id",
    census_on="census_date",
    opt_out_on="opt_out_date",
    is_active="active",
)

COURSE: Reader[Course] = Reader(
    Course,
    key=("id", number_key),
    title=(("title", "id"), first_text),
    status=("active", activity),
    status_text=("active", activity_text),
    external_reference="sis_id",
    remote_id="lms_course_id",
    starts_on="start_date",
    ends_on="end_date",
    created_at="created_at",
    updated_at="updated_at",
    facet=("", Facet(COURSE_FACET)),
)

USER_FACET = Reader(
    VitalSourceUser,
    owned=True,
    tenant_id=("tenant_id", number_key),
    course_ref=("course_id", number_key),
)

# Nowhere does the documentation show these in rosters and opt-outs, but it filters by them.
TIMES: dict[str, Any] = {"created_at": "created_at", "updated_at": "updated_at"}

_STUDENT: dict[str, Any] = {
    "name": (("first_name", "last_name"), full_name),
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "bookshelf_email_address",
    "facet": ("", Facet(USER_FACET)),
    **TIMES,
}

USER: Reader[User] = Reader(User, key=("id", key_in_course), owned=True, **_STUDENT)
"""A student, out of a row of the owner's (the course's) roster."""

ASSIGNED_USER: Reader[User] = Reader(User, owned=True, **_STUDENT)
"""The student in the row that is an assignment: one row, one key."""

ASSIGNMENT = Reader(
    Assignment,
    key=("id", key_in_course),
    owned=True,
    user_ref=("", Ref(ASSIGNED_USER)),
    course_ref=("course_id", number_key),
    assigned_at="created_at",
    **TIMES,
)
"""That a student is to take a course: a row of the owner's (the course's) roster."""

OPT_OUT = Reader(
    OptOut,
    key=("id", key_in_course),
    owned=True,
    tenant_id=("tenant_id", number_key),
    tenant_user_id=("tenant_user_id", number_key),
    course_ref=("course_id", number_key),
    is_opted_out="opt_out",
    sku="sku",
    **TIMES,
)
