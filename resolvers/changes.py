"""How mutations are answered: who is asked, with what, and what a refusal means to who asked.

What the user can put right is data: ``UserError``, with the field of the input that it is about.
What only an operator or a vendor can is an error of the field, as in queries. After a change
nothing that was read before it is believed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any

from providers.base import Client, Done
from providers.coverage import answerers, titles
from providers.errors import DETAILS, Kind, ProviderError
from resolvers import ids
from resolvers.context import Context
from resolvers.errors import BadInput
from resolvers.loaders import named

SOURCE = "Source"
"""Type of what is changed where that is something new, or the account itself."""


class UserErrorCode(Enum):
    """What is wrong with an input."""

    NOT_FOUND = "NOT_FOUND"
    """There is nothing of that id."""

    CONFLICT = "CONFLICT"
    """It is there already, or its state doesn't allow the change."""

    INVALID = "INVALID"
    """The source refuses a value; the message says which, as far as the source does."""


CODES: Mapping[Kind, UserErrorCode] = MappingProxyType(
    {
        Kind.NOT_FOUND: UserErrorCode.NOT_FOUND,
        Kind.INVALID_KEY: UserErrorCode.NOT_FOUND,
        Kind.CONFLICT: UserErrorCode.CONFLICT,
        Kind.REJECTED: UserErrorCode.INVALID,
    }
)
"""Kinds of refusals that the user can do something about."""


@dataclass(frozen=True, slots=True)
class UserError:
    """Something that is wrong with an input."""

    field: Sequence[str] | None
    """Path to the field of the input; None where it is none of them in particular."""
    message: str
    code: UserErrorCode


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a change."""

    source: str
    """Name of the source that was asked."""
    key: str | None = None
    """Key of what was changed or made; None where nothing was."""
    id: str | None = None
    """Its id, as the input gave it."""
    keys: Sequence[str] | None = None
    """Keys of what was changed, where that is several things at once; None where nothing was."""
    value: Any = None
    """What else the source tells."""
    user_errors: Sequence[UserError] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A kind of change: which method of a source's client makes it, and what its input names.

    The method is called with the operation's terms, the key of what is changed (unless that is a
    source), and the rest of the input by name. It gives a ``Done``, or None where there is no more
    to tell than that it is done.
    """

    method: str
    type: str = SOURCE
    """Type of what is changed."""
    target: str = "source"
    """Field of the input that holds its id; of a source, its name."""
    check: str = "read what it was to change before you repeat it"
    """What to do where it isn't known whether it was made."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """By name, further fields of the input that hold ids of the same source, with their type; of
    fields inside fields, the names with dots between them."""
    blamed: Mapping[Kind, str] = field(default_factory=dict)
    """By kind of refusal, the field that it is about, where that isn't the target."""
    also: Sequence[str] = ()
    """Further types whose ids name the same, by the same key."""

    async def made(self, context: Context, given: Mapping[str, Any]) -> Outcome:
        """Make the change that an input asks for.

        Raises:
            BadInput: where an id is malformed, or of another type or source.
            ProviderError: where it isn't for the user to put right.
        """
        rest = dict(given)
        target = rest.pop(self.target)
        if self.type == SOURCE:
            source, key = target, None
            client = context.sources.get(source) or _unknown(context, source)
        else:
            _, source, key = ids.decode(target, self.type, *self.also)
            found = context.sources.get(source)
            if found is None:
                return Outcome(source, user_errors=[self._error(_nothing())])
            client = found
        for path, type in self.keys.items():
            rest = _keyed(rest, path.split("."), type, source)
        try:
            done = await self.done(context, client, key, rest)
        except ProviderError as error:
            if error.kind in CODES:
                return Outcome(source, user_errors=[self._error(error)])
            raise _checked(error, self.check) from None
        errors = [UserError(each.path, each.message, CODES[each.kind]) for each in done.refused]
        changed = done.key or key
        id = None if key is None else target
        return Outcome(source, changed, id, value=done.value, user_errors=errors)

    async def done(
        self, context: Context, client: Client, key: str | None, rest: Mapping[str, Any]
    ) -> Done:
        """Have the client make it."""
        return await made(context, client, self.method, key, rest)

    def _error(self, error: ProviderError) -> UserError:
        name = self.blamed.get(error.kind, self.target if error.kind in _ABOUT_TARGET else None)
        return user_error(error, [name] if name else None)


@dataclass(frozen=True, slots=True)
class ChangeOfMany(Change):
    """A kind of change of several things of one source at once: its target is a list of ids.

    The method is called with their keys.
    """

    async def made(self, context: Context, given: Mapping[str, Any]) -> Outcome:
        """Make the change that an input asks for; see ``Change``."""
        rest = dict(given)
        found = [ids.decode(id, self.type, *self.also) for id in rest.pop(self.target)]
        if not found:
            return Outcome("", user_errors=[self._misplaced("name one at least")])
        source = found[0].source
        for place, each in enumerate(found):
            if each.source != source:
                words = f"it is of {each.source}, the first one of {source}: one source at a time"
                return Outcome(source, user_errors=[self._misplaced(words, str(place))])
        client = context.sources.get(source)
        if client is None:
            return Outcome(source, user_errors=[self._error(_nothing())])
        keys = [each.key for each in found]
        try:
            done = await made(context, client, self.method, keys, rest)
        except ProviderError as error:
            if error.kind in CODES:
                return Outcome(source, user_errors=[self._error(error)])
            raise _checked(error, self.check) from None
        return Outcome(source, keys=keys, value=done.value)

    def _misplaced(self, words: str, *place: str) -> UserError:
        return UserError([self.target, *place], words, UserErrorCode.INVALID)


_ABOUT_TARGET = frozenset({Kind.NOT_FOUND, Kind.INVALID_KEY})


def user_error(error: ProviderError, path: Sequence[str] | None) -> UserError:
    """A refusal, as the user is told of it."""
    words = error.said or error.detail
    return UserError(path, f"{error.source}: {words}" if error.source else words, CODES[error.kind])


async def made(
    context: Context,
    client: Client,
    method: str,
    key: str | Sequence[str] | None,
    rest: Mapping[str, Any],
) -> Done:
    """Have a client make a change.

    Raises:
        ProviderError: ``UNSUPPORTED`` where it can't make such changes; else as the method.
    """
    make = getattr(client, method, None)
    if make is None:
        raise unsupported(context, client.source, method)
    target = () if key is None else (key,)
    try:
        done = await make(context.ask, *target, **rest)
    except ProviderError as error:
        raise named(context, client.source, error) from None
    finally:
        context.changed()
    return done or Done()


def unsupported(context: Context, source: str, method: str) -> ProviderError:
    """The error of a source whose provider offers no such change, with who does."""
    words = "the source's provider offers no such change"
    if offering := answerers(method):
        words = f"{words}; sources at {titles(offering)} do"
    return named(context, source, ProviderError(Kind.UNSUPPORTED, words))


def _unknown(context: Context, source: str) -> Client:
    shown = ", ".join(context.sources)
    raise BadInput(f"`source` is {source!r}; the sources here are {shown}.")


def _nothing() -> ProviderError:
    """The refusal of a source that the tenant doesn't have: as if it had nothing of that id."""
    return ProviderError(Kind.NOT_FOUND, "there is nothing of this id")


def _keyed(given: Any, path: Sequence[str], type: str, source: str) -> Any:
    """What was given, with keys in the places of the ids at a path; lists are gone through."""
    if not path:
        return _keys(given, type, source)
    if isinstance(given, list):
        return [_keyed(each, path, type, source) for each in given]
    if given is None:
        return None
    name, *below = path
    return {**given, name: _keyed(given.get(name), below, type, source)}


def _keys(given: Any, type: str, source: str) -> Any:
    if given is None:
        return None
    if isinstance(given, str):
        return key_of(given, type, source)
    return [key_of(each, type, source) for each in given]


def key_of(id: str, type: str, source: str) -> str:
    """The key in an id of this type and source.

    Raises:
        BadInput: where it is another's.
    """
    found = ids.decode(id, type)
    if found.source != source:
        raise BadInput(f"The id is one of {found.source!r}; one of {source!r} is needed.")
    return found.key


def _checked(error: ProviderError, check: str) -> ProviderError:
    if error.kind is Kind.OUTCOME_UNKNOWN:
        error.detail = f"{DETAILS[Kind.OUTCOME_UNKNOWN]}; {check}"
    return error
