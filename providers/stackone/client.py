"""StackOne's endpoints: seven resources of one shape, and the linked account that they come from.

https://docs.stackone.com/lms/introduction
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from providers.base import Ask, Found, Heads, Listing, Page, Query, Sighting
from providers.errors import Kind, ProviderError
from providers.http import Http
from providers.model import (
    Assignment,
    Category,
    Completion,
    Content,
    Course,
    Health,
    HealthStatus,
    Instructor,
    Record,
    Skill,
    User,
)
from providers.reading import Reader, Reading
from providers.stackone.account import (
    ACCOUNT_META,
    CONNECTOR_META,
    LINKED_ACCOUNT,
    AccountMeta,
    ConnectorMeta,
    LinkedAccount,
    health_of,
)
from providers.stackone.batch_changes import BatchChanges
from providers.stackone.children import heads_of_parents, heads_of_users, page_of_parent
from providers.stackone.embedding import embedding_owner, owner_of
from providers.stackone.learning_changes import LearningChanges
from providers.stackone.linked import Settings
from providers.stackone.lists import UNKNOWN_ACCOUNT
from providers.stackone.progress_changes import ProgressChanges
from providers.stackone.raw import RawReads
from providers.stackone.resources import (
    ASSIGNMENTS,
    CATEGORIES,
    COMPLETIONS,
    CONTENTS,
    COURSES,
    LARGEST_PAGE,
    OLDER,
    SKILLS,
    USERS,
    Resource,
    listings,
)

R = TypeVar("R", bound=Record)
E = TypeVar("E", Category, Skill)

PAGES_SEARCHED = 10
"""Pages that are looked through for a person, where the LMS can't filter by e-mail."""


class StackOne(LearningChanges, BatchChanges, ProgressChanges, RawReads):
    """One linked account at StackOne."""

    def __init__(self, settings: Settings, http: Callable[..., Http]) -> None:
        super().__init__(settings, http)
        self.listings: Mapping[str, Listing] = listings(self.generation)

    # Listing. Nothing can be sorted.

    async def list_courses(self, ask: Ask, query: Query) -> Page[Course]:
        """GET /courses."""
        return await self.lists.page(COURSES, ask, query)

    async def list_contents(self, ask: Ask, query: Query) -> Page[Content]:
        """GET /content."""
        return await self.lists.page(CONTENTS, ask, query)

    async def list_completions(self, ask: Ask, query: Query) -> Page[Completion]:
        """GET /completions, or GET /users/{id}/completions where it is of one user."""
        users = query.filters.get("users", ())
        if len(users) != 1 or {"ids", "remote_id"} & set(query.filters):
            return await self.lists.page(COMPLETIONS, ask, query)
        others = {name: value for name, value in query.filters.items() if name != "users"}
        return await self.completions_of_user(ask, users[0], replace(query, filters=others))

    async def list_assignments(self, ask: Ask, query: Query) -> Page[Assignment]:
        """GET /assignments, with user_id= where it is of one user."""
        return await self.lists.page(ASSIGNMENTS, ask, query)

    async def list_users(self, ask: Ask, query: Query) -> Page[User]:
        """GET /users."""
        return await self.lists.page(USERS, ask, query)

    async def list_categories(self, ask: Ask, query: Query) -> Page[Category]:
        """GET /categories."""
        return await self.lists.page(CATEGORIES, ask, query)

    async def list_skills(self, ask: Ask, query: Query) -> Page[Skill]:
        """GET /skills."""
        return await self.lists.page(SKILLS, ask, query)

    # Reading by key.

    async def courses(self, ask: Ask, keys: Sequence[str]) -> Found[Course]:
        """GET /courses/{id} or GET /courses."""
        return await self.lists.many(COURSES, ask, keys)

    async def contents(self, ask: Ask, keys: Sequence[str]) -> Found[Content]:
        """GET /content/{id} or GET /content."""
        return await self.lists.many(CONTENTS, ask, keys)

    async def completions(self, ask: Ask, keys: Sequence[str]) -> Found[Completion]:
        """GET /completions/{id} or GET /completions."""
        return await self.lists.many(COMPLETIONS, ask, keys)

    async def assignments(self, ask: Ask, keys: Sequence[str]) -> Found[Assignment]:
        """GET /assignments/{id} or GET /assignments."""
        return await self.lists.many(ASSIGNMENTS, ask, keys)

    async def users(self, ask: Ask, keys: Sequence[str]) -> Found[User]:
        """GET /users/{id} or GET /users."""
        return await self.lists.many(USERS, ask, keys)

    async def categories(self, ask: Ask, keys: Sequence[str]) -> Found[Category]:
        """GET /categories/{id} or GET /categories; without an id, what embeds the category."""
        return await self._many_or_embedded(CATEGORIES, ask, keys, "category_refs")

    async def skills(self, ask: Ask, keys: Sequence[str]) -> Found[Skill]:
        """GET /skills/{id} or GET /skills; without an id, what embeds the skill."""
        return await self._many_or_embedded(SKILLS, ask, keys, "skill_refs")

    async def _many_or_embedded(
        self, resource: Resource[E], ask: Ask, keys: Sequence[str], relation: str
    ) -> Found[E]:
        owners = {key: owner for key in keys if (owner := embedding_owner(key))}
        plain = [key for key in keys if key not in owners]
        inside = await self.lists.embedded(ask, owners, relation, resource.reader.record)
        return {**inside, **await self.lists.many(resource, ask, plain)}

    async def instructors(self, ask: Ask, keys: Sequence[str]) -> Found[Instructor]:
        """GET /courses/{id} or GET /content/{id}: authors stand in what they wrote, not
        elsewhere."""
        if self.generation == OLDER:
            raise ProviderError(
                Kind.UNSUPPORTED,
                "the API of June 2025 doesn't name authors",
                source=self.source,
                provider=self.provider,
            )
        owners = {key: owner for key in keys if (owner := owner_of(key))}
        return await self.lists.embedded(ask, owners, "instructor_refs", Instructor)

    # Children. What is about a collection belongs to neither a course nor a piece of content.

    async def completions_of_courses(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Completion]:
        """GET /completions, walked once for all courses: it can't be narrowed to any."""
        return await heads_of_parents(self.lists, COMPLETIONS, ask, "course_ref", keys, first)

    async def completions_of_course(self, ask: Ask, key: str, query: Query) -> Page[Completion]:
        """GET /completions, the course's rows of a page."""
        return await page_of_parent(self.lists, COMPLETIONS, ask, query, "course_ref", key)

    async def completions_of_contents(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Completion]:
        """GET /completions, walked once for all contents."""
        return await heads_of_parents(self.lists, COMPLETIONS, ask, "content_ref", keys, first)

    async def completions_of_content(self, ask: Ask, key: str, query: Query) -> Page[Completion]:
        """GET /completions, the content's rows of a page."""
        return await page_of_parent(self.lists, COMPLETIONS, ask, query, "content_ref", key)

    async def completions_of_users(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Completion]:
        """GET /completions if it is short, else GET /users/{id}/completions of each user."""
        return await heads_of_users(self.lists, COMPLETIONS, ask, keys, first)

    async def completions_of_user(self, ask: Ask, key: str, query: Query) -> Page[Completion]:
        """GET /users/{id}/completions."""
        return await self.lists.page(COMPLETIONS, ask, query, user=key)

    async def assignments_of_courses(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Assignment]:
        """GET /assignments, walked once for all courses."""
        return await heads_of_parents(self.lists, ASSIGNMENTS, ask, "course_ref", keys, first)

    async def assignments_of_course(self, ask: Ask, key: str, query: Query) -> Page[Assignment]:
        """GET /assignments, the course's rows of a page."""
        return await page_of_parent(self.lists, ASSIGNMENTS, ask, query, "course_ref", key)

    async def assignments_of_users(
        self, ask: Ask, keys: Sequence[str], first: int
    ) -> Heads[Assignment]:
        """GET /assignments if it is short, else GET /users/{id}/assignments of each user."""
        return await heads_of_users(self.lists, ASSIGNMENTS, ask, keys, first)

    async def assignments_of_user(self, ask: Ask, key: str, query: Query) -> Page[Assignment]:
        """GET /users/{id}/assignments."""
        return await self.lists.page(ASSIGNMENTS, ask, query, user=key)

    # People, and the account itself.

    async def users_by_email(self, ask: Ask, email: str, courses: Sequence[str] = ()) -> Sighting:
        """GET /users?filter[email]=.

        Most systems ignore that filter: then the list of all users is walked, as far as is
        sensible.
        https://docs.stackone.com/lms/unified-lms-features/user-syncing
        """
        asked = ask.wanting(User, "email")
        wanted = email.strip().casefold()
        query = Query(size=LARGEST_PAGE, filters={"email": email})
        users: list[User] = []
        for number in range(PAGES_SEARCHED):
            try:
                page = await self.lists.page(
                    USERS,
                    asked,
                    query,
                    keep=lambda user: (user.email or "").strip().casefold() == wanted,
                )
            except ProviderError as error:
                if error.kind is Kind.UNSUPPORTED:
                    return Sighting(users, complete=False, searched=False)
                if number == 0:
                    raise
                return Sighting(users, complete=False)
            users += page.items
            if page.next is None:
                return Sighting(users)
            query = replace(query, page=page.next)
        return Sighting(users, complete=False)

    async def health(self, ask: Ask) -> Health:
        """GET /accounts/{id}: whether the account can be used.

        Where the API key may not read accounts, that the LMS can be asked is what can be told.
        """
        try:
            account = await self.linked_account(replace(ask, wanted=_only(LinkedAccount, "status")))
        except ProviderError as error:
            if error.kind is not Kind.FORBIDDEN:
                raise
            await self.lists.page(COURSES, replace(ask, wanted={}), Query(size=1))
            return Health(status=HealthStatus.UP)
        if account is None:
            return Health(status=HealthStatus.DOWN, detail=UNKNOWN_ACCOUNT)
        return health_of(account)

    async def linked_account(self, ask: Ask) -> LinkedAccount | None:
        """GET /accounts/{id} of this account; the API key's others have other owners."""
        return await self._around(LINKED_ACCOUNT, ask, "/accounts/{}", self._account_id)

    async def connectors(self, ask: Ask) -> tuple[ConnectorMeta, ...]:
        """GET /connectors/meta: the kinds of LMS that StackOne connects to, switched on or not."""
        params = {"include": "resources,inactive"}
        answer = await self.http.get(ask, "/connectors/meta", params=params)
        rows = answer.body.get("data") if isinstance(answer.body, Mapping) else answer.body
        if not isinstance(rows, list):
            raise self.error(Kind.BAD_RESPONSE, "the provider's list has no data")
        return tuple(CONNECTOR_META.read_all(rows, Reading(self.source, ask)))

    async def account_meta(self, ask: Ask) -> AccountMeta | None:
        """GET /accounts/{id}/meta: what the LMS behind the account can be asked."""
        return await self._around(ACCOUNT_META, ask, "/accounts/{}/meta", self._account_id)

    async def connector_meta(self, ask: Ask) -> ConnectorMeta | None:
        """GET /connectors/meta/{provider}: the kind of LMS behind the account."""
        account = await self.linked_account(replace(ask, wanted=_only(LinkedAccount, "provider")))
        if account is None or account.provider is None:
            return None
        params = {"include": "resources"}
        return await self._around(
            CONNECTOR_META, ask, "/connectors/meta/{}", account.provider, params
        )

    async def _around(
        self,
        reader: Reader[R],
        ask: Ask,
        route: str,
        key: str,
        params: Mapping[str, str | None] | None = None,
    ) -> R | None:
        answer = await self.http.find(ask, route, key, params=params)
        if answer is None:
            return None
        self._note_system(_unwrapped(answer.body))
        found = reader.read_all([_unwrapped(answer.body)], Reading(self.source, ask), key)
        return next(iter(found), None)

    def _note_system(self, told: Any) -> None:
        """Remember what the LMS is called, for the words of errors to come."""
        name = told.get("provider_name") if isinstance(told, Mapping) else None
        if isinstance(name, str) and name:
            self.system = name


def _only(record: type[Record], *fields: str) -> dict[str, frozenset[str]]:
    return {record.__name__: frozenset(fields)}


def _unwrapped(body: Any) -> Any:
    """An account's object: bare in the OpenAPI document, under ``data`` in a page of the docs.

    https://docs.stackone.com/api/multi-tenant-accounts
    """
    inner = body.get("data") if isinstance(body, Mapping) else None
    return inner if isinstance(inner, Mapping) else body
