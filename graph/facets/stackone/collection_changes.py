"""Collections of courses and contents that are written at StackOne, in June 2025.

They can't be read, and have no id in this graph. Since then they are written as contents of the
type `collection`. https://docs.stackone.com/lms/api-reference/collections/create-collection
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from graph.changes import change, payload
from graph.entity import computed, extend, input
from graph.facets.stackone.course_changes import within
from graph.scalars import JSON, URL
from providers.errors import Kind
from resolvers.changes import Change

if TYPE_CHECKING:
    from graph.facets.stackone.parts import StackOneCategoryInput, StackOneSkillInput


@input
class StackOneCollectionInput:
    """A collection as it is to be."""

    external_reference: str | None
    """Reference of the source's customer."""

    title: str | None
    """Title of the collection."""

    description: str | None
    """What the collection is about."""

    courses: list[strawberry.ID] | None
    """Courses in it."""

    contents: list[strawberry.ID] | None
    """Contents in it."""

    remote_learning_object_ids: list[str] | None
    """Courses and contents in it, by their ids in the learning system."""

    languages: list[str] | None
    """Codes of the languages that it is offered in, for example `en_GB`."""

    cover_url: URL | None
    """Address of the cover picture."""

    categories: list[StackOneCategoryInput] | None
    """Subjects that the collection is filed under."""

    skills: list[StackOneSkillInput] | None
    """Skills that the collection teaches."""

    custom_fields: JSON | None
    """Object of the fields that StackOne's customer has set up."""


@input
class CollectionCreateInput:
    """A source and a collection."""

    source: str
    """Name of the source."""

    collection: StackOneCollectionInput
    """The collection."""


@payload
class CollectionCreatePayload:
    """What came of making a collection."""

    key: str | None
    """StackOne's id of the collection, which it takes to change it; null where none was made."""

    remote_id: str | None = computed(lambda _, root: root.value and root.value.remote_id)
    """Id in the learning system, where StackOne tells it."""


@input
class CollectionUpdateInput:
    """A collection and what is to change of it."""

    source: str
    """Name of the source."""

    key: str
    """StackOne's id of the collection, or the learning system's."""

    changes: StackOneCollectionInput
    """What it is to have; what is left out stays as it is."""


@payload
class CollectionUpdatePayload:
    """What came of changing a collection."""

    key: str | None
    """StackOne's id of the collection; null where it wasn't changed."""


def _keys(name: str) -> dict[str, str]:
    return {f"{name}.courses": "Course", f"{name}.contents": "Content", **within(name)}


CHECK = "StackOne shows no collections, so look in the learning system"


@extend("Mutation")
class CollectionMutations:
    """What is added to the mutations."""

    collection_create: CollectionCreatePayload | None = change(
        CollectionCreateInput,
        Change(
            "create_collection",
            check=CHECK,
            keys=_keys("collection"),
            blamed={Kind.CONFLICT: "collection"},
        ),
    )
    """Make a collection of courses and contents. Only sources that speak the API of June 2025 can:
    at others, upsert a content of the type `collection`."""

    collection_update: CollectionUpdatePayload | None = change(
        CollectionUpdateInput,
        Change(
            "update_collection",
            check=CHECK,
            keys=_keys("changes"),
            blamed={Kind.NOT_FOUND: "key", Kind.INVALID_KEY: "key", Kind.CONFLICT: "changes"},
        ),
    )
    """Change parts of a collection. Only sources that speak the API of June 2025 can."""
