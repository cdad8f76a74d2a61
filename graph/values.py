"""Parts of records that have no id of their own."""

from __future__ import annotations

from strawberry.federation.schema_directives import Shareable

from graph.entity import value
from providers import model


@value(model.Language, directives=(Shareable(),))
class Language:
    """A language, as the source writes it and as the web does."""

    code: str
    """Code that the source uses, for example `en_GB`."""

    tag: str | None
    """BCP 47 tag, for example `en-GB`; null where the source's code names no language."""


@value(model.Localization, directives=(Shareable(),))
class Localization:
    """Words of a course or content in one language."""

    title: str | None
    """Title in that language."""

    description: str | None
    """Description in that language."""

    language: Language | None
    """The language."""

    tags: list[str] | None
    """Words that it is marked with, in that language."""
