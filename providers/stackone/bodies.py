"""What is sent to StackOne: its request bodies, and what each generation has of them.

Attributes have our names, which are those of inputs; ``rename`` has StackOne's. What is None is
left out. https://docs.stackone.com/lms/api-reference
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, get_args

from msgspec import Struct
from msgspec.structs import fields

from providers.base import Refusal
from providers.stackone.embedding import EMBEDDED

S = TypeVar("S", bound=Struct)


class Word(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``LanguageEnum`` and StackOne's other open enums."""

    value: str | None = None
    source_value: Any = None


class Category(
    Struct, frozen=True, kw_only=True, omit_defaults=True,
    rename={"category": "id", "custom_fields": "unified_custom_fields"},
):  # fmt: skip
    """``CreateCategoriesApiModel``."""

    category: str | None = None
    """Key of one that there is."""
    name: str | None = None
    hierarchy: Word | None = None
    level: Word | None = None
    language: Word | None = None
    custom_fields: Any = None


class Skill(Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"skill": "id"}):
    """``CreateSkillsApiModel``."""

    skill: str | None = None
    """Key of one that there is."""
    name: str | None = None
    hierarchy: Word | None = None
    level: Word | None = None
    language: Word | None = None


class Author(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``AuthorModel``."""

    id: str | None = None
    name: str | None = None


class Localization(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``LocalizationModel``. Its key is ``language``; only a published example says
    ``languages``."""

    title: str | None = None
    description: str | None = None
    language: Word | None = None
    tags: list[str] | None = None


class Addition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``AdditionalData``: its value is text, or a list of text."""

    id: str | None = None
    remote_id: str | None = None
    value: Any = None


class Score(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``ScoreModel``."""

    percentage: float | None = None
    raw_value: str | None = None


WHERE = {"url": "content_url", "mobile_url": "mobile_launch_content_url"}
COMMON = {"custom_fields": "unified_custom_fields", "is_active": "active"}


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True, rename=WHERE):
    """``CreateContentApiModel``: a content inside a course."""

    external_reference: str | None = None
    title: str | None = None
    description: str | None = None
    url: str | None = None
    mobile_url: str | None = None
    order: float | None = None


class OlderCourse(
    Struct, frozen=True, kw_only=True, omit_defaults=True, rename={**COMMON, "contents": "content"}
):
    """``LmsUpsertCourseRequestDto`` of June 2025. Since then, courses are written as content."""

    external_reference: str | None = None
    title: str | None = None
    description: str | None = None
    languages: list[Word] | None = None
    cover_url: str | None = None
    url: str | None = None
    is_active: bool | None = None
    duration: str | None = None
    categories: list[Category] | None = None
    skills: list[Skill] | None = None
    contents: list[Part] | None = None
    localizations: list[Localization] | None = None
    custom_fields: Any = None


class OlderContent(
    Struct, frozen=True, kw_only=True, omit_defaults=True, rename={**COMMON, **WHERE}
):
    """``LmsUpsertContentRequestDto`` and ``LmsCreateContentRequestDto`` of June 2025."""

    external_reference: str | None = None
    title: str | None = None
    description: str | None = None
    languages: list[Word] | None = None
    url: str | None = None
    mobile_url: str | None = None
    content_type: Word | None = None
    cover_url: str | None = None
    is_active: bool | None = None
    duration: str | None = None
    skills: list[Skill] | None = None
    order: float | None = None
    short_description: str | None = None
    localizations: list[Localization] | None = None
    tags: list[str] | None = None
    updated_at: datetime | None = None
    created_at: datetime | None = None
    categories: list[Category] | None = None
    additional_data: list[Addition] | None = None
    custom_fields: Any = None


class Content(
    OlderContent, frozen=True, kw_only=True, omit_defaults=True, rename={**COMMON, **WHERE}
):
    """``LmsUpsertContentRequestDto``; ``passthrough`` came in February 2026."""

    authors: list[Author] | None = None
    passthrough: Any = None


class Collection(Struct, frozen=True, kw_only=True, omit_defaults=True, rename=COMMON):
    """``LmsCreateCollectionRequestDto``, of June 2025 only. Its languages are plain codes."""

    external_reference: str | None = None
    learning_object_ids: list[str] | None = None
    remote_learning_object_ids: list[str] | None = None
    title: str | None = None
    description: str | None = None
    languages: list[str] | None = None
    cover_url: str | None = None
    categories: list[Category] | None = None
    skills: list[Skill] | None = None
    custom_fields: Any = None


class About(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What assignments and completions have in common: what they are of."""

    learning_object_id: str | None = None
    learning_object_external_reference: str | None = None
    passthrough: Any = None


ASSIGNED = {"due_at": "due_date"}


class OlderAssignment(About, frozen=True, kw_only=True, omit_defaults=True, rename=ASSIGNED):
    """``LmsCreateAssignmentRequestDto`` of June 2025."""

    external_reference: str | None = None
    progress: float | None = None
    created_at: datetime | None = None
    due_at: datetime | None = None
    status: Word | None = None


class Assignment(About, frozen=True, kw_only=True, omit_defaults=True, rename=ASSIGNED):
    """``LmsCreateAssignmentRequestDto``."""

    external_reference: str | None = None
    progress: float | None = None
    assigned_at: datetime | None = None
    due_at: datetime | None = None
    status: Word | None = None


class OlderCompletion(About, frozen=True, kw_only=True, omit_defaults=True):
    """``LmsCreateCompletionRequestDto`` of June 2025."""

    result: Word | None = None
    completed_at: datetime | None = None
    time_spent: str | None = None
    content_external_reference: str | None = None
    content_id: str | None = None


class Completion(OlderCompletion, frozen=True, kw_only=True, omit_defaults=True):
    """``LmsCreateCompletionRequestDto``."""

    score: Score | None = None


class Items(Struct, frozen=True):
    """``LmsBatchUpsertCourseRequestDto`` and ``LmsBatchUpsertContentRequestDto``."""

    items: Sequence[Struct]


def made(kind: type[S], given: Mapping[str, Any]) -> S:
    """The body that has what was given, by our names; null is as good as left out, also of what
    its generation of the API lacks."""
    inside = _inside(kind)
    said = {name: value for name, value in given.items() if value is not None}
    return kind(**{name: _made(inside.get(name), value) for name, value in said.items()})


def _made(kind: type[Struct] | None, value: Any) -> Any:
    if kind is None:
        return value
    if isinstance(value, list):
        return [made(kind, each) for each in value]
    return made(kind, value)


@cache
def _inside(kind: type[Struct]) -> Mapping[str, type[Struct]]:
    """The bodies inside a body, by our names."""
    found = {each.name: next(_structs(each.type), None) for each in fields(kind)}
    return {name: struct for name, struct in found.items() if struct is not None}


def _structs(hint: Any) -> Iterator[type[Struct]]:
    if isinstance(hint, type) and issubclass(hint, Struct):
        yield hint
    for part in get_args(hint):
        yield from _structs(part)


def faults(
    kind: type[Struct], given: Mapping[str, Any], path: Sequence[str], *needed: str
) -> list[Refusal]:
    """What is known to be wrong with what is given for a body, before it is sent."""
    known = {each.name for each in fields(kind)}
    asked = [name for name, value in given.items() if value is not None]
    found = [
        _refusal((*path, name), "the generation of the API that this source speaks lacks it")
        for name in asked
        if name not in known
    ]
    found += [
        _refusal((*path, name), "the generation of the API that this source speaks needs it")
        for name in needed
        if name not in asked
    ]
    return found + list(_embedded(given, path))


def _embedded(given: Mapping[str, Any], path: Sequence[str]) -> Iterator[Refusal]:
    for plural, name in (("categories", "category"), ("skills", "skill")):
        for at, each in enumerate(given.get(plural) or ()):
            if (each.get(name) or "").startswith(EMBEDDED):
                where = (*path, plural, str(at), name)
                yield _refusal(where, "it has no id at the source; give its name instead")


def _refusal(path: Sequence[str], message: str) -> Refusal:
    return Refusal([camel(name) for name in path], message)


def camel(name: str) -> str:
    """A field's name as inputs have it."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
