"""VitalSource's Launch API v4 over one campus: courses, rosters and opt-outs, read-only.

Follows four pages of developer.vitalsource.com, "GET v4/courses" and those below it, and its page
"Rate Limiting"; what they leave open is a comment where it is decided.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from hashlib import sha256
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.records import Attempt, Campus, Course, Person
from sandbox.wire import JSONAnswer, Refused, key

__all__ = ["refusal", "routes"]

API_KEY = "DEMOKEY"
PREFIX = "/api/v4"

PER_PAGE = 100
MOST_PER_PAGE = 1_000

# Ids don't fit into 32 bits, as the documentation's example doesn't (12345678910).
TENANT = 9_007_000_001
COURSES, COURSE_USERS, TENANT_USERS, OPT_OUTS = (n * 10_000_000_000 for n in (1, 2, 3, 4))

WORDS = {
    401: "The API key provided is not associated with any LTI integration",
    404: "The id provided does not correspond to any existing course",
}

Row = dict[str, Any]


def routes(campus: Campus) -> list[BaseRoute]:
    """The four GETs below `/api/v4`."""
    shelf = campus.derived(Shelf)
    return [
        Route(f"{PREFIX}/courses", guarded(partial(list_courses, shelf))),
        Route(f"{PREFIX}/courses/{{id}}", guarded(partial(find_course, shelf))),
        Route(f"{PREFIX}/courses/{{id}}/rosters", guarded(partial(list_rosters, shelf))),
        Route(f"{PREFIX}/courses/{{id}}/opt_outs", guarded(partial(list_opt_outs, shelf))),
    ]


def refusal(status: int) -> Response:
    """An error; only its status is documented.

    The bodies differ on purpose: an API says it in JSON, what stands before it in plain text.
    """
    if status in WORDS:
        return JSONAnswer({"message": WORDS[status]}, status)
    return PlainTextResponse("Too Many Requests" if status == 429 else f"Error {status}", status)


def guarded(answer: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint of this, for those who send the key."""

    async def endpoint(request: Request) -> Response:
        if request.headers.get("x-vitalsource-api-key") != API_KEY:
            return refusal(401)
        return answer(request)

    return endpoint


def list_courses(shelf: "Shelf", request: Request) -> Response:
    return page("courses", list(shelf.courses.values()), request.query_params)


def find_course(shelf: "Shelf", request: Request) -> Response:
    return JSONAnswer(shelf.courses[course_id(shelf, request)])


def list_rosters(shelf: "Shelf", request: Request) -> Response:
    rows = shelf.rosters(course_id(shelf, request))
    return page("rosters", rows, request.query_params)


def list_opt_outs(shelf: "Shelf", request: Request) -> Response:
    rows = shelf.opt_outs(course_id(shelf, request))
    return page("opt_outs", rows, request.query_params)


def course_id(shelf: "Shelf", request: Request) -> int:
    """The course that the path names; whatever isn't the id of one is 404."""
    text = key(request)
    if re.fullmatch(r"[0-9]{1,18}", text) and int(text) in shelf.courses:
        return int(text)
    raise Refused(refusal(404))


def page(name: str, rows: Sequence[Row], params: QueryParams) -> Response:
    """One page of those rows that were created and updated in time, ordered by id.

    The documentation says that `page` and `per_page` are in the body, not what is around them:
    here it is an object, with the array under the resource's name. The order isn't documented.
    """
    number = read_number(params.get("page"), default=1)
    # More than 1000 may as well be refused: not documented.
    size = min(read_number(params.get("per_page"), default=PER_PAGE), MOST_PER_PAGE)
    fitting = [row for row in rows if is_in_time(row, params)]
    shown = fitting[(number - 1) * size : number * size]
    return JSONAnswer({"page": number, "per_page": size, name: shown}, rows=len(shown))


def read_number(text: str | None, *, default: int) -> int:
    """A number from 1; what isn't one counts as absent (not documented)."""
    return int(text) if text and re.fullmatch(r"0*[1-9][0-9]{0,8}", text) else default


def is_in_time(row: Row, params: QueryParams) -> bool:
    """Whether a row's times are within `created_from` … `updated_until`, all ends included."""
    for name in ("created", "updated"):
        text = row.get(f"{name}_at")
        earliest = read_time(params.get(f"{name}_from"))
        latest = read_time(params.get(f"{name}_until"))
        if earliest is None and latest is None:
            continue
        if text is None:
            return False
        moment = datetime.fromisoformat(text)
        if (earliest and moment < earliest) or (latest and moment > latest):
            return False
    return True


def read_time(text: str | None) -> datetime | None:
    """An ISO 8601 time; without an offset it is taken for UTC (not documented)."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    # Not documented either: what can't be read is a bad request.
    except ValueError:
        raise Refused(JSONAnswer({"message": f"Not an ISO 8601 time: {text}"}, 400)) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Shelf:
    """The campus as VitalSource shows it."""

    campus: Campus

    @cached_property
    def courses(self) -> Mapping[int, Row]:
        """Rows of all courses by id, in its order."""
        counted = enumerate(self.campus.courses, start=1)
        rows = [course_row(index, course) for index, course in counted]
        return {row["id"]: row for row in sorted(rows, key=lambda row: row["id"])}

    def rosters(self, course_id: int) -> list[Row]:
        """The students of a course, each of them once."""
        return [
            roster_row(index, attempt, self.campus.person_by_number[attempt.person])
            for index, attempt in enumerate(self.first_attempts(course_id), start=1)
        ]

    def opt_outs(self, course_id: int) -> list[Row]:
        """What each student decided about the course's book."""
        return [
            opt_out_row(index, attempt)
            for index, attempt in enumerate(self.first_attempts(course_id), start=1)
        ]

    def first_attempts(self, course_id: int) -> list[Attempt]:
        attempts = self.campus.attempts_by_course.get(course_id - COURSES, ())
        first = {attempt.person: attempt for attempt in reversed(attempts)}
        return sorted(first.values(), key=lambda attempt: attempt.number)


def course_row(index: int, course: Course) -> Row:
    """A course; a term, a census and LMS identifiers are there for some only."""
    starts, ends = course.starts, course.ends
    context = sha256(course.reference.encode()).hexdigest()[:32]
    return sparse(
        index,
        {
            "id": COURSES + course.number,
            "tenant_id": TENANT,
            "term_id": 5_000_000_000 + starts.year if starts and index % 5 else None,
            # Often the LTI context id, says the documentation.
            "name": None if index % 49 == 0 else context if index % 3 else course.title,
            "title": None if index % 45 == 0 else course.title,
            "label": course.reference if index % 11 else None,
            "lms_context_id": context,
            "sis_id": f"SIS-{course.reference}" if index % 9 else None,
            "lms_course_id": str(course.number) if index % 7 else None,
            "start_date": day(starts),
            "end_date": day(ends),
            "census_date": day(starts and starts + timedelta(days=21)) if index % 3 else None,
            "opt_out_date": day(starts and starts + timedelta(days=14)) if index % 3 else None,
            "active": None if course.status is None else course.status == "ACTIVE",
            "created_at": moment(course.created),
            "updated_at": moment(course.updated),
        },
    )


def roster_row(index: int, attempt: Attempt, person: Person) -> Row:
    """A student of one course: the id is the course user's, another one in each course.

    That rows have the times that they are filtered by isn't documented.
    """
    return sparse(
        index,
        {
            "id": COURSE_USERS + attempt.number,
            "tenant_id": TENANT,
            "course_id": COURSES + attempt.course,
            "first_name": None if index % 49 == 0 else person.first_name,
            "last_name": person.last_name,
            "bookshelf_email_address": person.email,
            "created_at": moment(attempt.assigned),
            "updated_at": moment(attempt.completed or attempt.started or attempt.assigned),
        },
    )


def opt_out_row(index: int, attempt: Attempt) -> Row:
    """A decision; `tenant_user_id` says who made it, and is not the id of a roster's row."""
    return sparse(
        index,
        {
            "id": OPT_OUTS + attempt.number,
            "tenant_id": TENANT,
            "tenant_user_id": TENANT_USERS + attempt.person,
            "course_id": COURSES + attempt.course,
            "opt_out": attempt.number % 5 == 0,
            "sku": None if index % 49 == 0 else f"97800{attempt.course:08}",
            "created_at": moment(attempt.assigned),
            "updated_at": moment(attempt.started or attempt.assigned),
        },
    )


def sparse(index: int, row: Row) -> Row:
    """Every other row leaves out what it has no value for; the rest say null (not documented)."""
    return {name: value for name, value in row.items() if index % 2 or value is not None}


def day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def moment(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")
