"""Converters for StackOne's own kinds of values: open enums, languages, learning objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from providers.convert import choice, flag, language, text, texts
from providers.convert import key as plain_key
from providers.model import Language, Localization, Status

T = TypeVar("T")

UNMAPPED = "unmapped_value"
"""What StackOne says where it has no word for what the LMS says; ``source_value`` has the LMS's."""


class Coded(msgspec.Struct, frozen=True):
    """A word of one of StackOne's open enums, beside what the LMS says."""

    value: str | None
    """StackOne's word, ``unmapped_value`` included."""
    source_value: Any
    """The LMS's own: text, number, boolean, object or list."""


def coded(value: Any) -> Coded:
    """An enum object, ``{value, source_value}``; a bare word is taken for its value."""
    if isinstance(value, str):
        return Coded(value, None)
    if not isinstance(value, Mapping):
        raise TypeError("not an enum object")
    word = value.get("value")
    return Coded(None if word is None else text(word), value.get("source_value"))


def coded_list(value: Any) -> tuple[Coded, ...]:
    """A list of enum objects; null entries say nothing."""
    if not isinstance(value, list):
        raise TypeError("not a list")
    return tuple(coded(each) for each in value if each is not None)


def mapped(table: Mapping[str, T]) -> Callable[[Any], T | None]:
    """A converter of enum objects to values of ours; None for a word that is not in the table."""
    look_up = choice(table)

    def convert(value: Any) -> T | None:
        word = coded(value).value
        return None if word is None else look_up(word)

    return convert


def said(value: Any) -> str | None:
    """What the LMS says, where that is text, number or boolean; else StackOne's word for it."""
    found = coded(value)
    own = found.source_value
    if isinstance(own, bool):
        return str(own).lower()
    if isinstance(own, int | float) or (isinstance(own, str) and own.strip()):
        return str(own)
    return None if found.value == UNMAPPED else found.value


def status_of(active: Any) -> Status:
    """Whether something is in use: a boolean, or since July 2025 its name in a string."""
    return Status.ACTIVE if flag(active) else Status.INACTIVE


def flag_text(active: Any) -> str:
    """A boolean as text; text as it is."""
    return str(active).lower() if isinstance(active, bool) else text(active)


def language_of(value: Any) -> Language | None:
    """The language of an enum object: StackOne's code, or the LMS's where StackOne has none."""
    found = coded(value)
    code = found.source_value if found.value in (None, UNMAPPED) else found.value
    return None if code is None else language(text(code))


def languages_of(value: Any) -> tuple[Language, ...]:
    """A list of enum objects as languages, without those that say nothing."""
    if not isinstance(value, list):
        raise TypeError("not a list")
    found = (language_of(each) for each in value if each is not None)
    return tuple(each for each in found if each is not None)


def localizations(value: Any) -> tuple[Localization, ...]:
    """Words in several languages. The schema says ``language``, a published example ``languages``.

    https://docs.stackone.com/lms/api-reference/courses/batch-upsert-course
    """
    if not isinstance(value, list):
        raise TypeError("not a list")
    return tuple(_localization(each) for each in value if each is not None)


def _localization(value: Any) -> Localization:
    if not isinstance(value, Mapping):
        raise TypeError("not an object")
    named = value.get("language") or value.get("languages")
    return Localization(
        title=_optional(text, value.get("title")),
        description=_optional(text, value.get("description")),
        language=_optional(language_of, named),
        tags=_optional(texts, value.get("tags")),
    )


def _optional(converter: Callable[[Any], T], value: Any) -> T | None:
    return None if value is None else converter(value)


LEARNING_OBJECTS = frozenset({"content", "course", "collection"})


def learning_object(kind: str) -> Callable[[Any, Any, Any], str | None]:
    """A converter of (learning object type, its id, deprecated id) to a key, for one kind.

    The type decides. Where the LMS has none that StackOne knows, the deprecated ``course_id`` or
    ``content_id`` does. A collection is neither course nor content, and can't be read.
    """

    def convert(type: Any, id: Any, older: Any) -> str | None:
        word = (coded(type).value or "").casefold() if type is not None else ""
        if word in LEARNING_OBJECTS and word != kind:
            return None
        chosen = id if word == kind and id is not None else older
        return None if chosen is None else plain_key(chosen)

    return convert
