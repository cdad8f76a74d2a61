"""Parts of what is written at StackOne: words of its enums, and what courses and contents hold.

https://docs.stackone.com/lms/api-reference/content/upsert-content
"""

from __future__ import annotations

import strawberry

from graph.entity import deprecated, input
from graph.scalars import JSON, URL


@input
class StackOneWordInput:
    """A word of one of StackOne's enums, or the learning system's own word."""

    value: str | None
    """StackOne's word. A word that StackOne doesn't know is passed on all the same."""

    source_value: JSON | None
    """What to tell the learning system where `value` is left out or `unmapped_value`: text, number,
    boolean, object or list."""


@input
class StackOneCategoryInput:
    """A category to file something under: one that there is, or one by name."""

    category: strawberry.ID | None
    """A category that there is, of the same source."""

    name: str | None
    """Name of the category."""

    hierarchy: StackOneWordInput | None
    """Level: `primary`, `secondary` or `tertiary`."""

    level: StackOneWordInput | None = deprecated("Use `hierarchy` instead.")
    """Level, under the name that StackOne is giving up."""

    language: StackOneWordInput | None
    """Language that its name is in, for example `en_GB`."""

    custom_fields: JSON | None
    """Object of the fields that StackOne's customer has set up."""


@input
class StackOneSkillInput:
    """A skill that is taught: one that there is, or one by name."""

    skill: strawberry.ID | None
    """A skill that there is, of the same source."""

    name: str | None
    """Name of the skill."""

    hierarchy: StackOneWordInput | None
    """Level: `primary`, `secondary` or `tertiary`."""

    level: StackOneWordInput | None = deprecated("Use `hierarchy` instead.")
    """Level, under the name that StackOne is giving up."""

    language: StackOneWordInput | None
    """Language that its name is in, for example `en_GB`."""


@input
class StackOneAuthorInput:
    """Who wrote something."""

    id: str | None
    """Id of the author in the learning system."""

    name: str | None
    """Name of the author."""


@input
class StackOneLocalizationInput:
    """Words in one language."""

    title: str | None
    """Title in that language."""

    description: str | None
    """Description in that language."""

    language: StackOneWordInput | None
    """The language, for example `en_GB`."""

    tags: list[str] | None
    """Words that it is marked with, in that language."""


@input
class StackOneAdditionalDataInput:
    """A field that a learning system keeps beside the unified ones."""

    id: str | None
    """Name of the field."""

    remote_id: str | None
    """Id of the field in the learning system."""

    value: JSON | None
    """Text, or a list of text."""


@input
class StackOnePartInput:
    """A content that is written with the course that it is in."""

    external_reference: str | None
    """Reference of the source's customer, by which the content is found again."""

    title: str | None
    """Title of the content."""

    description: str | None
    """What the content is about."""

    url: URL | None
    """Address of the content."""

    mobile_url: URL | None
    """Address of the content for phones."""

    order: float | None
    """Place among the course's contents."""


@input
class StackOneScoreInput:
    """How well somebody did."""

    percentage: float | None
    """Score from 0 to 100."""

    raw_value: str | None
    """Score in the learning system's own form."""
