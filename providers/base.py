"""What a provider's client is to its callers: capabilities, pages, and the terms of one question.

Every method of a client takes an ``Ask`` first. It says which fields are wanted, until when, and
how many calls may be made, and it gathers what happened. A *plural* read takes keys and answers
with records by key: a missing record is absent, not an error; an error stands in the place of the
keys that it concerns. A *list* takes a ``Query`` and answers with a ``Page``.

A client has a capability if it has the method. Nobody asks for a client's class.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast
from urllib.parse import quote, unquote

from msgspec import Struct

from providers.errors import Kind, ProviderError
from providers.model import (
    Assignment,
    Category,
    Completion,
    Content,
    Course,
    CourseImport,
    Health,
    Instructor,
    Record,
    Skill,
    User,
)

if TYPE_CHECKING:
    from providers.http import Http

R = TypeVar("R", bound=Record)
R_co = TypeVar("R_co", bound=Record, covariant=True)
T = TypeVar("T")


def join_key(*parts: str) -> str:
    """One key of several parts, each percent-encoded, joined by ``/``."""
    return "/".join(quote(part, safe="") for part in parts)


def split_key(key: str, parts: int) -> tuple[str, ...] | None:
    """The parts of a joined key, or None where it isn't one of that many parts."""
    found = tuple(unquote(part) for part in key.split("/"))
    return found if len(found) == parts and all(found) and join_key(*found) == key else None


@dataclass(slots=True)
class Call:
    """One request upstream."""

    source: str
    provider: str
    route: str
    """Method and route template, for example ``GET /courses/{id}``; never a key or a parameter."""
    status: int | None = None
    """HTTP status, or None where no answer came."""
    ms: float = 0.0
    rows: int | None = None
    """How many records the answer held, where it is a list."""
    shared: bool = False
    """Whether an equal request was under way, so that its answer served here and none was sent."""


Counted = defaultdict[T, int]
"""How often, by what. (A ``Counter`` takes ten times as long to be made.)"""


def _none() -> Counted[Any]:
    return defaultdict(int)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One of several changes that a source refused."""

    path: Sequence[str]
    """Where it stands in what was asked for: names and, of lists, indexes from 0."""
    message: str
    kind: Kind = Kind.REJECTED


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a change that a source took."""

    key: str | None = None
    """Key of what was made, where something was."""
    value: Any = None
    """What else the source tells."""
    refused: Sequence[Refusal] = ()
    """What it refused, where several things were asked for."""


@dataclass(slots=True)
class Ask:
    """The terms of one question, shared by every call that helps to answer it."""

    wanted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Fields wanted, by the name of the record type: the union over the whole operation."""

    deadline: float | None = None
    """When to stop, on the event loop's clock; None for no limit."""

    budget: int = 100
    """How many calls may be made to each source."""

    calls: list[Call] = field(default_factory=list)
    """What was sent, in order of sending."""

    unreadable: Counted[tuple[str, str]] = field(default_factory=_none)
    """How often a field could not be read, by source and ``Type.field``."""

    dropped: Counted[tuple[str, str]] = field(default_factory=_none)
    """How many records without a usable key were left out, by source and type."""

    spent: Counted[str] = field(default_factory=_none)
    """Calls made, by source."""

    shared: dict[Hashable, Any] = field(default_factory=dict)
    """Work that several reads of this question share; see ``once``."""

    def fields(self, record: type[Record]) -> frozenset[str]:
        """The fields wanted of a record type."""
        return self.wanted.get(record.__name__, frozenset())

    def wanting(self, record: type[Record], *fields: str) -> Ask:
        """The same ask, for which these fields of a record are wanted too."""
        wanted = self.fields(record)
        if wanted.issuperset(fields):
            return self
        return replace(self, wanted={**self.wanted, record.__name__: wanted.union(fields)})

    def spend(self, source: str, provider: str) -> None:
        """Count one call against the source's budget.

        Raises:
            ProviderError: ``BUDGET_EXCEEDED`` where nothing is left.
        """
        if self.spent[source] >= self.budget:
            raise ProviderError(
                Kind.BUDGET_EXCEEDED,
                f"one operation may make {self.budget} calls to a source; ask for less at once",
                source=source,
                provider=provider,
            )
        self.spent[source] += 1

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """The value made under this name, made at its first use."""
        if name not in self.shared:
            self.shared[name] = make()
        return cast(T, self.shared[name])


@dataclass(frozen=True, slots=True)
class Query:
    """Which page of a list is wanted.

    ``page`` is a token that an earlier page gave as ``next``; ``size`` is a wish, in rows;
    ``filters`` are unified names with their values (see ``Listing``); ``order`` is a unified order.
    """

    size: int
    page: str | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[R_co]):
    """Some rows of a list, and the token of the page after it (None after the last).

    A page may be short, or empty, and still have a next one.
    """

    items: Sequence[R_co]
    next: str | None = None


class Head(Struct, Generic[R_co], frozen=True):
    """The first rows of one parent's list, out of a read for many parents.

    ``more`` is False only where it is certain that these are all.
    """

    items: Sequence[R_co]
    more: bool = False


Found = Mapping[str, R_co | ProviderError]
"""Records by key; an error stands where it is known why a key has no answer."""

Heads = Mapping[str, "Head[R_co] | ProviderError | None"]
"""First rows by the parent's key; None where the source doesn't say."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source's list can be asked: the unified names of its filters and orders."""

    filters: frozenset[str] = frozenset()
    orders: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    """Filters without which the source can't list at all."""


class Client(Protocol):
    """One open source. Which capabilities it has shows in the methods that it has."""

    source: str
    provider: str
    http: Http
    listings: Mapping[str, Listing]
    """By the name of the list method, what it can be asked."""

    async def health(self, ask: Ask) -> Health:
        """Ask the cheapest thing that shows whether the source answers."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Courses(Protocol):
    """Lists courses and reads them by key."""

    async def list_courses(self, ask: Ask, query: Query) -> Page[Course]: ...

    async def courses(self, ask: Ask, keys: Sequence[str]) -> Found[Course]: ...


class Contents(Protocol):
    """Lists pieces of content and reads them by key."""

    async def list_contents(self, ask: Ask, query: Query) -> Page[Content]: ...

    async def contents(self, ask: Ask, keys: Sequence[str]) -> Found[Content]: ...


class Completions(Protocol):
    """Lists completions and reads them by key, by course and by user."""

    async def list_completions(self, ask: Ask, query: Query) -> Page[Completion]: ...

    async def completions(self, ask: Ask, keys: Sequence[str]) -> Found[Completion]: ...

    async def completions_of_courses(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Completion]: ...

    async def completions_of_course(self, ask: Ask, key: str, query: Query) -> Page[Completion]: ...

    async def completions_of_users(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Completion]: ...

    async def completions_of_user(self, ask: Ask, key: str, query: Query) -> Page[Completion]: ...


class Assignments(Protocol):
    """Lists assignments and reads them by key, by course and by user."""

    async def list_assignments(self, ask: Ask, query: Query) -> Page[Assignment]: ...

    async def assignments(self, ask: Ask, keys: Sequence[str]) -> Found[Assignment]: ...

    async def assignments_of_courses(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Assignment]: ...

    async def assignments_of_course(self, ask: Ask, key: str, query: Query) -> Page[Assignment]: ...

    async def assignments_of_users(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Assignment]: ...

    async def assignments_of_user(self, ask: Ask, key: str, query: Query) -> Page[Assignment]: ...


class Users(Protocol):
    """Lists users and reads them by key."""

    async def list_users(self, ask: Ask, query: Query) -> Page[User]: ...

    async def users(self, ask: Ask, keys: Sequence[str]) -> Found[User]: ...


class People(Protocol):
    """Finds a person by e-mail; ``courses`` narrows a source that knows people only per course."""

    async def users_by_email(
        self, ask: Ask, email: str, courses: Sequence[str] = ()
    ) -> Sighting: ...


class Categories(Protocol):
    """Lists categories and reads them by key."""

    async def list_categories(self, ask: Ask, query: Query) -> Page[Category]: ...

    async def categories(self, ask: Ask, keys: Sequence[str]) -> Found[Category]: ...


class Skills(Protocol):
    """Lists skills and reads them by key."""

    async def list_skills(self, ask: Ask, query: Query) -> Page[Skill]: ...

    async def skills(self, ask: Ask, keys: Sequence[str]) -> Found[Skill]: ...


class Instructors(Protocol):
    """Reads instructors by key."""

    async def instructors(self, ask: Ask, keys: Sequence[str]) -> Found[Instructor]: ...


class CourseImports(Protocol):
    """Says how far the imports of courses have come, by key."""

    async def course_imports(self, ask: Ask, keys: Sequence[str]) -> Found[CourseImport]: ...


class CoursesOfCategories(Protocol):
    """Reads the courses that are filed under a category."""

    async def courses_of_categories(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Course]: ...

    async def courses_of_category(self, ask: Ask, key: str, query: Query) -> Page[Course]: ...


class CoursesOfSkills(Protocol):
    """Reads the courses that teach a skill."""

    async def courses_of_skills(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Course]: ...

    async def courses_of_skill(self, ask: Ask, key: str, query: Query) -> Page[Course]: ...


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a search for one person found, and whether it looked everywhere.

    ``complete`` is False where more may exist beyond what was searched; ``searched`` is False where
    the source has no way to search at all.
    """

    users: Sequence[User] = ()
    complete: bool = True
    searched: bool = True


def heads(
    parents: Sequence[str], rows: Mapping[str, list[R]], first: int, *, complete: bool
) -> dict[str, Head[R] | ProviderError | None]:
    """First rows by parent, out of rows that a shared read grouped.

    ``complete`` says that the read came to its end, so that fewer rows than ``first`` are all.
    """
    found: dict[str, Head[R] | ProviderError | None] = {}
    for parent in parents:
        own = rows.get(parent, [])
        found[parent] = Head(own[:first], more=len(own) > first or not complete)
    return found


async def heads_one_by_one(
    parents: Sequence[str], read: Callable[[str], Awaitable[Page[R]]], first: int
) -> dict[str, Head[R] | ProviderError | None]:
    """First rows of each parent, by a call for each, side by side.

    For sources that have no bulk read; the source's concurrency and the ask's budget bound it.
    """

    async def head(parent: str) -> Head[R] | ProviderError:
        try:
            page = await read(parent)
        except ProviderError as error:
            return error
        more = page.next is not None or len(page.items) > first
        return Head(page.items[:first], more=more)

    return dict(zip(parents, await asyncio.gather(*map(head, parents)), strict=True))


async def found_one_by_one(
    keys: Sequence[str], read: Callable[[str], Awaitable[R | None]]
) -> dict[str, R | ProviderError]:
    """Records by key, by a call for each, side by side; a missing one is absent."""

    async def find(key: str) -> R | ProviderError | None:
        try:
            return await read(key)
        except ProviderError as error:
            return error

    answers = zip(keys, await asyncio.gather(*map(find, keys)), strict=True)
    return {key: answer for key, answer in answers if answer is not None}


class Walk(Generic[R]):
    """A list that several reads of one ask walk together: each page is read once, when first
    needed.

    Every reader sees all rows from the beginning, and reads on where nobody was before.
    """

    def __init__(self, read: Callable[[str | None], Awaitable[Page[R]]]) -> None:
        self._read = read
        self._lock = asyncio.Lock()
        self._next: str | None = None
        self.pages: list[Sequence[R]] = []
        self.ended = False

    async def page(self, number: int) -> Sequence[R] | None:
        """The page of that number, from 0, or None after the last.

        Raises:
            ProviderError: where the source could not give the next page. Asked again, it is tried
                again.
        """
        async with self._lock:
            while len(self.pages) <= number and not self.ended:
                page = await self._read(self._next)
                self.pages.append(page.items)
                seen, self._next = self._next, page.next
                self.ended = page.next is None or page.next == seen
        return self.pages[number] if number < len(self.pages) else None
