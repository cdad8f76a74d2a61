"""One application at SCORM Cloud: signing in, and the ways of reading that all its resources
share."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import msgspec

from providers.base import Ask, Found
from providers.errors import Kind, ProviderError
from providers.http import Http, fill
from providers.model import Health, HealthStatus, Record
from providers.reading import Reader, Reading
from providers.scormcloud.listing import Collection, Params, Roll, Rows, read_rows
from providers.scormcloud.outline import ABOUT, PING, ScormCloudAbout, ScormCloudPing
from providers.scormcloud.tokens import Tokens
from providers.secrets import Header, Secret, basic
from providers.typed import Bodies

R = TypeVar("R", bound=Record)
T = TypeVar("T")

Verb = Literal["read", "write", "delete"]
"""What scopes allow."""

_SCOPE = re.compile("(read|write|delete)(:[a-z]+)?|admin")
"""What a scope looks like; which nouns there are is SCORM Cloud's to say.

https://cloud.scorm.com/docs/v2/reference/swagger/ (OAUTH)
"""

FEW = 3
"""So many records are read one by one without a look at how long their whole list is."""


class Settings(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="provider", tag="scorm_cloud",
    forbid_unknown_fields=True,
):  # fmt: skip
    """An application at SCORM Cloud, and how to sign in to it."""

    name: str
    app_id: str
    secret: Secret
    auth: Literal["basic", "oauth2"] = "basic"
    """Whether the secret goes along with each call, or is only used to get tokens."""
    scopes: tuple[str, ...] = ("read",)
    """What tokens are to allow. ``read`` is enough for every call that reads; a source that is to
    be changed through tokens needs ``write``, and ``delete`` if things are to go, or these for some
    things only, such as ``write:course``."""
    base_url: str = "https://cloud.scorm.com/api/v2"
    postback_user: str | None = None
    """Whom postbacks sign in as, by HTTP basic. Without one, postbacks are not taken."""
    postback_password: Secret | None = None

    def __post_init__(self) -> None:
        if (self.postback_user is None) != (self.postback_password is None):
            raise ValueError("postback_user and postback_password go together")
        if self.auth == "basic" and self.scopes != ("read",):
            raise ValueError('scopes are those of tokens: they need auth = "oauth2"')
        for scope in self.scopes:
            if not _SCOPE.fullmatch(scope):
                raise ValueError(
                    f"scopes has {scope!r}; a scope is read, write or delete, alone or with a "
                    "noun, as in write:course"
                )


class Application:
    """One application at SCORM Cloud."""

    provider = "scorm_cloud"

    def __init__(self, settings: Settings, http: Callable[..., Http]) -> None:
        self.source = settings.name
        secret = basic(settings.app_id, settings.secret.reveal())
        self._tokens = Tokens(secret, settings.scopes) if settings.auth == "oauth2" else None
        self._scopes = settings.scopes
        credentials = self._tokens or Header({"authorization": secret})
        self.http = http(base_url=settings.base_url, credentials=credentials)
        self._typed = Bodies()

    async def close(self) -> None:
        """Close the connections."""
        if self._tokens is not None:
            self._tokens.close()
        await self.http.close()

    async def health(self, ask: Ask) -> Health:
        """GET /ping."""
        await self.http.get(ask, "/ping")
        return Health(status=HealthStatus.UP)

    async def about(self, ask: Ask) -> ScormCloudAbout:
        """GET /about: which version of the API answers."""
        answer = await self.http.get(ask, "/about")
        body = answer.body if isinstance(answer.body, Mapping) else {}
        return ABOUT.read(body, self._reading(ask), "about")

    async def ping(self, ask: Ask) -> ScormCloudPing:
        """GET /ping: that the API works, and its clock."""
        answer = await self.http.get(ask, "/ping")
        body = answer.body if isinstance(answer.body, Mapping) else {}
        return PING.read(body, self._reading(ask), "ping")

    def _permit(self, verb: Verb, noun: str) -> None:
        """Go on only if the sign-in allows it, as far as that is known before it is tried.

        A token is good for what one of its scopes names, alone or with the noun:
        https://cloud.scorm.com/docs/v2/reference/swagger/#/course

        Raises:
            ProviderError: ``UNSUPPORTED`` where the scopes in the settings don't.
        """
        # ``admin`` is said to include reading and writing; nothing is said of deleting.
        enough = {verb, f"{verb}:{noun}"} | ({"admin"} if verb != "delete" else set())
        if self._tokens is None or enough & set(self._scopes):
            return
        raise self._unsupported(
            f"the source signs in with tokens for {' '.join(self._scopes) or 'nothing'}; for this, "
            f"add {verb} or {verb}:{noun} to its `scopes` in the settings"
        )

    def _permit_by_secret(self) -> None:
        """Go on only if the source signs in with its secret itself: there are no scopes for this.

        Raises:
            ProviderError: ``UNSUPPORTED`` where it signs in with tokens.
        """
        if self._tokens is not None:
            raise self._unsupported(
                "the source signs in with tokens, which aren't taken for this; "
                "set its `auth` in the settings to basic"
            )

    def _unsupported(self, detail: str) -> ProviderError:
        return ProviderError(Kind.UNSUPPORTED, detail, source=self.source, provider=self.provider)

    def _reading(self, ask: Ask) -> Reading:
        return Reading(self.source, ask)

    async def _each(
        self, keys: Sequence[str], read: Callable[[str], Awaitable[T | None]]
    ) -> dict[str, T | ProviderError]:
        """An answer for each key, by a call for each, side by side; who has none is absent."""

        async def attempt(key: str) -> T | ProviderError | None:
            try:
                return await read(key)
            except ProviderError as error:
                return error

        distinct = list(dict.fromkeys(keys))
        answers = zip(distinct, await asyncio.gather(*map(attempt, distinct)), strict=True)
        return {key: answer for key, answer in answers if answer is not None}

    def _roll(self, ask: Ask, collection: Collection, params: Params) -> Roll:
        """The whole list, in its usual order, shared by all who ask for it with these
        parameters."""
        asked = {**params, "includeTotalCount": "true"}

        async def read(more: str | None) -> Rows:
            return await read_rows(
                self.http, ask, collection.route, name=collection.name, params=asked, more=more
            )

        name = (self.source, collection.name, *sorted(asked.items()))
        return ask.once(name, lambda: Roll(self.source, read, key_of_row))

    async def _is_walk_cheaper(self, roll: Roll, singles: int) -> bool:
        """Whether reading the whole list takes no more calls than one for each of so many records.

        Raises:
            ProviderError: where the list's first page, which tells, can't be read.
        """
        if singles <= FEW and not roll.begun:
            return False
        left = await roll.pages_left()
        return left is not None and left <= singles

    async def _bodies(
        self, ask: Ask, collection: Collection, params: Params, keys: Sequence[str]
    ) -> dict[str, Any]:
        """JSON by key, or the error that stands for a key: one by one, or out of the whole list."""
        wanted = [key for key in dict.fromkeys(keys) if is_usable(key)]
        roll = self._roll(ask, collection, params)
        try:
            if not await self._is_walk_cheaper(roll, len(wanted)):
                return await self._each(wanted, self._single(ask, collection, params))
        except ProviderError as error:
            return dict.fromkeys(wanted, error)
        missing = dict.fromkeys(wanted)
        found: dict[str, Any] = {}
        number = 0
        try:
            while missing and (page := await roll.page(number)) is not None:
                for row in page:
                    if row.key in missing:
                        del missing[row.key]
                        found[row.key] = row.raw
                number += 1
        except ProviderError as error:
            found |= dict.fromkeys(missing, error)
        return {key: found[key] for key in wanted if key in found}

    def _single(
        self, ask: Ask, collection: Collection, params: Params
    ) -> Callable[[str], Awaitable[Any]]:
        async def read(key: str) -> Any:
            answer = await self.http.find(ask, collection.route + "/{}", key, params=params)
            return answer.body if answer else None

        return read

    async def _again(
        self, ask: Ask, collection: Collection, params: Params, rows: Sequence[Any]
    ) -> list[Any]:
        """The rows of a page once more, by key: the walk that it belongs to was begun for less.

        Raises:
            ProviderError: where one of them can't be read.
        """
        bodies = await self._bodies(ask, collection, params, [key_of_row(row) for row in rows])
        for body in bodies.values():
            if isinstance(body, ProviderError):
                raise body
        return list(bodies.values())

    def _found(self, reader: Reader[R], ask: Ask, bodies: Mapping[str, Any]) -> Found[R]:
        """Records by key, out of JSON by key."""
        found: dict[str, R | ProviderError] = {}
        for key, body in bodies.items():
            if isinstance(body, ProviderError):
                found[key] = body
            else:
                for record in reader.read_all([body], self._reading(ask)):
                    found[record.key] = record
        return found


def key_of_row(raw: Any) -> str:
    """The ``id`` of a row; empty where it has none that can be used."""
    found = raw.get("id") if isinstance(raw, Mapping) else None
    return found if isinstance(found, str) else ""


def is_id(key: str) -> bool:
    """Whether a key can be one of SCORM Cloud's: the customer's own text, up to 255 characters.

    https://cloud.scorm.com/docs/v2/guides/lms_integration/
    """
    return 0 < len(key) <= 255 and key.isprintable()


def is_usable(key: str) -> bool:
    """Whether there can be something that is read by this key."""
    return is_id(key) and _is_segment(key)


def _is_segment(key: str) -> bool:
    """Whether a key can be part of a path, so that there can be such a thing."""
    try:
        fill("{}", key)
    except ProviderError:
        return False
    return True
