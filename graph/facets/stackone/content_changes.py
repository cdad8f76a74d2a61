"""Contents that are written at StackOne, one or many.

https://docs.stackone.com/lms/api-reference/content/upsert-content
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import strawberry

from graph.changes import change, payload
from graph.entity import computed, deprecated, extend, input, reference, value
from graph.facets.stackone.course_changes import within
from graph.scalars import JSON, URL, Duration
from providers.errors import Kind
from providers.stackone.batch_changes import BatchItem
from resolvers.changes import Change

if TYPE_CHECKING:
    from graph.content import Content
    from graph.facets.stackone.parts import (
        StackOneAdditionalDataInput,
        StackOneAuthorInput,
        StackOneCategoryInput,
        StackOneLocalizationInput,
        StackOneSkillInput,
        StackOneWordInput,
    )
    from providers.stackone.batch_changes import UpsertStatus


@input
class StackOneContentInput:
    """A content as it is to be. What the source's generation of the API lacks is refused before
    anything is sent."""

    external_reference: str | None
    """Reference of the source's customer, by which the content is found again. A source that speaks
    the API of June 2025 may do without."""

    title: str | None
    """Title of the content."""

    description: str | None
    """What the content is about."""

    languages: list[StackOneWordInput] | None
    """Languages that the content is offered in, for example `en_GB`."""

    url: URL | None
    """Address of the content."""

    mobile_url: URL | None
    """Address of the content for phones."""

    content_type: StackOneWordInput | None
    """Kind of content: `video`, `quiz`, `document`, `audio`, `article`; and, but not in the API of
    June 2025, `book`, `event`, `course`, `collection`, `interactive`."""

    cover_url: URL | None
    """Address of the cover picture."""

    is_active: bool | None
    """Whether the content is offered."""

    duration: Duration | None
    """Time that the content takes."""

    categories: list[StackOneCategoryInput] | None
    """Subjects that the content is filed under."""

    skills: list[StackOneSkillInput] | None
    """Skills that the content teaches."""

    order: float | None
    """Place of the content among others that it is grouped with."""

    short_description: str | None = deprecated("Use `description` instead.")
    """What the content is about, in short."""

    localizations: list[StackOneLocalizationInput] | None
    """Its words in several languages."""

    tags: list[str] | None
    """Words that the content is marked with."""

    authors: list[StackOneAuthorInput] | None
    """Who wrote the content. Not in the API of June 2025."""

    additional_data: list[StackOneAdditionalDataInput] | None
    """Fields that the learning system keeps beside the unified ones."""

    custom_fields: JSON | None
    """Object of the fields that StackOne's customer has set up."""

    created_at: datetime | None
    """When the content was made."""

    updated_at: datetime | None
    """When the content was last changed."""

    passthrough: JSON | None
    """Object that is passed on to the learning system as it is. Not in the API of June 2025."""


@input
class ContentUpsertInput:
    """A source and a content."""

    source: str
    """Name of the source."""

    content: StackOneContentInput
    """The content."""


@payload
class ContentUpsertPayload:
    """What came of writing a content."""

    content: Content | None = reference("contents", by="key")
    """The content as it is now; null where it wasn't written, can't be read yet, or was written as
    something else, such as a course."""

    operation: str | None = computed(lambda _, root: root.value and root.value.operation)
    """Operation of StackOne's that wrote it."""

    remote_id: str | None = computed(lambda _, root: root.value and root.value.remote_id)
    """Id in the learning system, where StackOne tells it."""

    external_reference: str | None = computed(
        lambda _, root: root.value and root.value.external_reference
    )
    """Reference by which the content is found again, as StackOne repeats it."""


@input
class ContentsUpsertInput:
    """A source and contents."""

    source: str
    """Name of the source."""

    contents: list[StackOneContentInput]
    """The contents. Where one of them can't be sent, none is."""

    wait_for: float | None
    """For how many seconds at most to look whether the contents are there, within the operation's
    time; 0 looks once. Left out, nothing is read. The list can't be narrowed, so it is looked
    through."""


@dataclass(frozen=True, slots=True)
class ContentItem:
    """An item of a batch of contents."""

    item: BatchItem

    @property
    def source(self) -> str:
        """Name of the source."""
        return self.item.source

    @property
    def key(self) -> str | None:
        """Key of the content, where it was found."""
        return self.item.key


@value(ContentItem)
class ContentsUpsertItem:
    """What became of one of several contents."""

    index: int = computed(lambda _, root: root.item.index)
    """Its place among `contents`, from 0."""

    external_reference: str | None = computed(lambda _, root: root.item.external_reference)
    """Reference that it was sent with."""

    status: UpsertStatus = computed(lambda _, root: root.item.status)
    """What became of it, as far as it was looked at."""

    errors: list[str] = computed(lambda _, root: root.item.errors)
    """Why the source refused it; empty where it didn't."""

    content: Content | None = reference("contents", by="key")
    """The content, where it was looked for and found. Costs a call each, beside the looking."""


@payload
class ContentsUpsertPayload:
    """What came of writing contents. That they were taken doesn't say that they are there."""

    items: list[ContentsUpsertItem] = computed(
        lambda _, root: [ContentItem(each) for each in root.value.items] if root.value else []
    )
    """What became of each, in the order of `contents`; empty where nothing was sent."""

    operation: str | None = computed(lambda _, root: root.value and root.value.operation)
    """Operation of StackOne's that took them."""

    how_to_verify: str | None = computed(lambda _, root: root.value and root.value.how_to_verify)
    """How to see what became of those that are pending."""


@input
class ContentUpdateInput:
    """A content and what is to change of it."""

    content: strawberry.ID
    """Content to change."""

    changes: StackOneContentInput
    """What it is to have; what is left out stays as it is."""


@payload
class ContentUpdatePayload:
    """What came of changing a content."""

    content: Content | None = reference("contents", by="key")
    """The content as it is now; null where it wasn't changed."""


CHECK = "look for a content with this `externalReference`; writing it again does no harm"


@extend("Mutation")
class ContentMutations:
    """What is added to the mutations."""

    content_upsert: ContentUpsertPayload | None = change(
        ContentUpsertInput,
        Change(
            "upsert_content",
            check=CHECK,
            keys=within("content"),
            blamed={Kind.CONFLICT: "content"},
        ),
    )
    """Write a content, or replace the one that has its `externalReference`. Where the answer is
    lost, it is read back, if that can tell for certain."""

    contents_upsert: ContentsUpsertPayload | None = change(
        ContentsUpsertInput,
        Change("upsert_contents", check=CHECK, keys=within("contents")),
    )
    """Write several contents, or replace those that have their `externalReference`. The source
    takes them first and writes them later; `waitFor` looks what becomes of them."""

    content_update: ContentUpdatePayload | None = change(
        ContentUpdateInput,
        Change(
            "update_content", "Content", "content", check="read the content", keys=within("changes")
        ),
    )
    """Change parts of a content. Only sources that speak the API of June 2025 can: at others,
    upsert the whole."""
